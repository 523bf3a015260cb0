//! What to ask logs for: names of events, endpoints and services.
//!
//! Knows nothing of how anything is fetched.

/// Values of the `endpoint` column that this program gives meaning to. Any other endpoint event or
/// sign-in API stands there under its own event name.
pub mod endpoint {
    /// `/oauth2/token`.
    pub const TOKEN: &str = "token";
    /// `/oauth2/authorize`.
    pub const AUTHORIZE: &str = "authorize";
    /// `/login` and its managed-login pages.
    pub const LOGIN: &str = "login";
    /// `/oauth2/idpresponse` and `/saml2/idpresponse`: the way back from an identity provider.
    pub const IDP_RESPONSE: &str = "idpresponse";
    /// `/error`, where a refused authorize request lands.
    pub const ERROR_PAGE: &str = "error";
    /// `/logout`.
    pub const LOGOUT: &str = "logout";
    /// `/oauth2/userInfo`.
    pub const USER_INFO: &str = "userinfo";
    /// `/oauth2/revoke`.
    pub const REVOKE: &str = "revoke";
}
