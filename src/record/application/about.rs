//! What a line is about: a token or a sign-in, and whether at an endpoint of ours.

use super::{entry::Entry, network};

/// Words of a line that is about OAuth or a sign-in, and not about any token at all.
const TOPIC: [&str; 22] = [
    "oauth",
    "oidc",
    "openid",
    "cognito",
    "access token",
    "access_token",
    "refresh token",
    "refresh_token",
    "id token",
    "id_token",
    "token endpoint",
    "token exchange",
    "token refresh",
    "token request",
    "fetch token",
    "fetching token",
    "authorization code",
    "sign-in",
    "sign in",
    "signin",
    "login",
    "logging in",
];

/// Words of a line about a request to a token endpoint.
const TOKEN_REQUEST: [&str; 18] = [
    "token endpoint",
    "token request",
    "token exchange",
    "token refresh",
    "token response",
    "fetch token",
    "fetching token",
    "obtain token",
    "obtain access token",
    "obtaining token",
    "refresh token",
    "refreshing token",
    "retrieve the oauth",
    "exchange code",
    "code exchange",
    "authorization code",
    "client credentials",
    "client_credentials",
];

/// Members that name the part of a program that wrote a line.
const LOGGERS: [&str; 8] = [
    "logger",
    "loggername",
    "target",
    "sourcecontext",
    "category",
    "channel",
    "module",
    "component",
];

/// Names of such parts that deal with nothing but sign-in.
const AUTH_PARTS: [&str; 10] = [
    "auth",
    "authentication",
    "oauth",
    "oauth2",
    "oidc",
    "token",
    "tokens",
    "login",
    "signin",
    "cognito",
];

/// What a line is about.
pub struct About {
    /// OAuth or a sign-in.
    pub on_topic: bool,
    /// A request to a token endpoint.
    pub token_request: bool,
    /// An attempt to reach an endpoint of ours.
    pub reaches_us: bool,
}

impl About {
    /// Reads what a line says, given in lower case.
    pub fn of(entry: &Entry<'_>, said: &str) -> Self {
        let logger = entry.text_at(&LOGGERS, |_| true).is_some_and(|logger| {
            let logger = logger.to_ascii_lowercase();
            let mut parts = logger.split(|c: char| !c.is_ascii_alphanumeric());
            parts.any(|part| AUTH_PARTS.contains(&part))
        });
        let on_topic = logger || TOPIC.iter().any(|word| said.contains(word));
        let endpoint = network::names_endpoint(said);
        Self {
            on_topic,
            token_request: endpoint
                || said.contains(".amazoncognito.com")
                || TOKEN_REQUEST.iter().any(|words| said.contains(words)),
            reaches_us: network::is_ours(said, on_topic),
        }
    }
}
