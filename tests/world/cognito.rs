//! Whether Cognito accepts a request, given the settings of that moment.

use super::{
    clock::Second,
    config::{Secret, State},
};

/// What a caller asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ask {
    /// A browser at `/oauth2/authorize`, wanting a code.
    Authorize { redirect_uri: &'static str },
    /// `authorization_code` at the token endpoint.
    Code { redirect_uri: &'static str },
    /// `client_credentials` at the token endpoint.
    ClientCredentials,
    /// `refresh_token` at the token endpoint.
    Refresh,
    /// `InitiateAuth` with a password.
    Password,
    /// `InitiateAuth` with a refresh token.
    ApiRefresh,
    /// `InitiateAuth` with custom challenges.
    Custom,
    /// `RespondToAuthChallenge` to a custom challenge.
    Answer,
}

/// What is wrong with a request on the caller's side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Flaw {
    /// The refresh token has expired.
    Expired,
    /// A person mistook the password, or the badge.
    Mistaken,
    /// An attacker tries a password stolen elsewhere.
    Guessed,
}

pub struct Request {
    /// When Cognito answered.
    pub time: Second,
    pub client: &'static str,
    pub ask: Ask,
    pub secret: Option<Secret>,
    pub flaw: Option<Flaw>,
    pub caller: Caller,
}

#[derive(Clone)]
pub struct Caller {
    pub address: String,
    pub agent: &'static str,
    /// The user's `sub`, where Cognito gets to know it.
    pub sub: Option<String>,
}

/// Why Cognito says no.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refusal {
    /// OAuth error code, or name of the exception.
    pub code: &'static str,
    /// Message of the exception; the token endpoint has none.
    pub message: &'static str,
}

pub fn decide(request: &Request, state: &State) -> Result<(), Refusal> {
    authenticate(request, state)?;
    permit(request, state)?;
    match (request.flaw, request.ask) {
        (None, _) => Ok(()),
        (Some(_), Ask::Code { .. } | Ask::Refresh) => oauth("invalid_grant"),
        (Some(Flaw::Expired), _) => api("NotAuthorizedException", "Refresh Token has expired"),
        (Some(_), _) => api("NotAuthorizedException", "Incorrect username or password."),
    }
}

/// A confidential app client at the token endpoint shows a secret that Cognito knows.
fn authenticate(request: &Request, state: &State) -> Result<(), Refusal> {
    let known = &state.client(request.client).secrets;
    let at_token_endpoint = matches!(
        request.ask,
        Ask::Code { .. } | Ask::ClientCredentials | Ask::Refresh
    );
    let shown = request.secret;
    if at_token_endpoint
        && !known.is_empty()
        && !known.iter().any(|(secret, _)| Some(*secret) == shown)
    {
        return oauth("invalid_client");
    }
    Ok(())
}

/// The settings allow what is asked.
fn permit(request: &Request, state: &State) -> Result<(), Refusal> {
    let settings = &state.client(request.client).settings;
    let oauth_is_on = settings.is_on("allowedOAuthFlowsUserPoolClient");
    let allows = |flow| settings.lists("explicitAuthFlows", flow);
    match request.ask {
        Ask::Authorize { redirect_uri } | Ask::Code { redirect_uri } => {
            if !settings.lists("callbackURLs", redirect_uri) {
                let at_authorize = matches!(request.ask, Ask::Authorize { .. });
                return oauth(if at_authorize {
                    "redirect_mismatch"
                } else {
                    "invalid_grant"
                });
            }
            if !oauth_is_on || !settings.lists("allowedOAuthFlows", "code") {
                return oauth("unauthorized_client");
            }
        }
        Ask::ClientCredentials if !oauth_is_on => return oauth("invalid_grant"),
        Ask::ClientCredentials if !settings.lists("allowedOAuthFlows", "client_credentials") => {
            return oauth("unauthorized_client");
        }
        Ask::Password if !allows("ALLOW_USER_PASSWORD_AUTH") => {
            return api(
                "InvalidParameterException",
                "USER_PASSWORD_AUTH flow not enabled for this client",
            );
        }
        Ask::Custom | Ask::Answer if !allows("ALLOW_CUSTOM_AUTH") => {
            return api(
                "InvalidParameterException",
                "CUSTOM_AUTH flow not enabled for this client",
            );
        }
        Ask::Custom | Ask::Answer => {
            if !state
                .pool_of(request.client)
                .has("lambdaConfig", "defineAuthChallenge")
            {
                return api(
                    "InvalidParameterException",
                    "Custom auth lambda trigger is not configured for the user pool.",
                );
            }
        }
        Ask::ApiRefresh if !allows("ALLOW_REFRESH_TOKEN_AUTH") => {
            return api(
                "InvalidParameterException",
                "REFRESH_TOKEN_AUTH flow not enabled for this client",
            );
        }
        Ask::ClientCredentials | Ask::Refresh | Ask::Password | Ask::ApiRefresh => {}
    }
    Ok(())
}

fn oauth(code: &'static str) -> Result<(), Refusal> {
    Err(Refusal { code, message: "" })
}

fn api(code: &'static str, message: &'static str) -> Result<(), Refusal> {
    Err(Refusal { code, message })
}
