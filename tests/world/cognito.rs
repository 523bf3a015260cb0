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
    /// `client_credentials` that names a scope.
    Scoped { scope: &'static str },
    /// `refresh_token` at the token endpoint.
    Refresh,
    /// The same with a token of that age, in seconds.
    AgedRefresh { age: Second },
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
    /// A caller shows the same dead token again and again.
    Stuck,
    /// The application sends something that was never registered.
    Misbuilt,
    /// Cognito itself fails.
    Provider,
    /// It comes above the quota of the account.
    Throttled,
    /// The session was ended by an administrator.
    Revoked,
}

/// What is not established of Cognito, and may be so or so in a world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quirks {
    /// What the token endpoint says to a callback URL that is not listed.
    pub wrong_callback: &'static str,
    /// What it says to a machine whose app client may use no OAuth flow.
    pub oauth_off: &'static str,
    /// Whether it refuses a scope that is not allowed, or leaves it out.
    pub refuses_scopes: bool,
    /// A code that stands for all others: the world deviates from every rule book.
    pub deviates: Option<&'static str>,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            wrong_callback: "invalid_grant",
            oauth_off: "invalid_grant",
            refuses_scopes: true,
            deviates: None,
        }
    }
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

/// Nobody answers at the address.
pub const UNREACHABLE: Refusal = Refusal {
    code: "unreachable",
    message: "",
};

pub fn decide(request: &Request, state: &State) -> Result<(), Refusal> {
    decide_by(&Quirks::default(), request, state)
}

pub fn decide_by(quirks: &Quirks, request: &Request, state: &State) -> Result<(), Refusal> {
    if request.flaw == Some(Flaw::Provider) {
        return match at_token_endpoint(request.ask) {
            true => oauth("server_error"),
            false => api("InternalErrorException", "Something went wrong"),
        };
    }
    if request.flaw == Some(Flaw::Throttled) {
        return match at_token_endpoint(request.ask) {
            true => oauth("http_429"),
            false => api("TooManyRequestsException", "Rate exceeded"),
        };
    }
    let permitted = exists(request, state)
        .and_then(|()| authenticate(request, state))
        .and_then(|()| permit(quirks, request, state))
        .and_then(|()| run_triggers(request, state));
    if let (Err(refusal), Some(code)) = (permitted, quirks.deviates)
        && at_token_endpoint(request.ask)
    {
        return Err(Refusal { code, ..refusal });
    }
    permitted?;
    match (request.flaw, request.ask) {
        (None, _) => Ok(()),
        (Some(Flaw::Misbuilt), Ask::ClientCredentials | Ask::Scoped { .. }) => {
            oauth("invalid_request")
        }
        (Some(_), Ask::Code { .. } | Ask::Refresh | Ask::AgedRefresh { .. }) => {
            oauth("invalid_grant")
        }
        (Some(Flaw::Expired), _) => api("NotAuthorizedException", "Refresh Token has expired"),
        (Some(_), _) => api("NotAuthorizedException", "Incorrect username or password."),
    }
}

/// Whether a request goes to `/oauth2/token`.
pub fn at_token_endpoint(ask: Ask) -> bool {
    matches!(
        ask,
        Ask::Code { .. }
            | Ask::ClientCredentials
            | Ask::Scoped { .. }
            | Ask::Refresh
            | Ask::AgedRefresh { .. }
    )
}

/// The app client was not deleted.
fn exists(request: &Request, state: &State) -> Result<(), Refusal> {
    match (
        state.client(request.client).deleted,
        at_token_endpoint(request.ask),
    ) {
        (false, _) => Ok(()),
        (true, true) => oauth("invalid_client"),
        (true, false) => api(
            "ResourceNotFoundException",
            "User pool client does not exist.",
        ),
    }
}

/// A confidential app client at the token endpoint shows a secret that Cognito knows.
fn authenticate(request: &Request, state: &State) -> Result<(), Refusal> {
    let known = &state.client(request.client).secrets;
    let shown = request.secret;
    if at_token_endpoint(request.ask)
        && !known.is_empty()
        && !known.iter().any(|(secret, _)| Some(*secret) == shown)
    {
        return oauth("invalid_client");
    }
    Ok(())
}

/// The settings allow what is asked.
fn permit(quirks: &Quirks, request: &Request, state: &State) -> Result<(), Refusal> {
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
                    quirks.wrong_callback
                });
            }
            if !oauth_is_on || !settings.lists("allowedOAuthFlows", "code") {
                return oauth("unauthorized_client");
            }
        }
        Ask::ClientCredentials | Ask::Scoped { .. } if !oauth_is_on => {
            return oauth(quirks.oauth_off);
        }
        Ask::ClientCredentials | Ask::Scoped { .. }
            if !settings.lists("allowedOAuthFlows", "client_credentials") =>
        {
            return oauth("unauthorized_client");
        }
        Ask::Scoped { scope }
            if quirks.refuses_scopes && !settings.lists("allowedOAuthScopes", scope) =>
        {
            return oauth("invalid_scope");
        }
        Ask::AgedRefresh { age } if settings.refresh_lives().is_some_and(|lives| lives < age) => {
            return oauth("invalid_grant");
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
        Ask::ClientCredentials
        | Ask::Scoped { .. }
        | Ask::Refresh
        | Ask::AgedRefresh { .. }
        | Ask::Password
        | Ask::ApiRefresh => {}
    }
    Ok(())
}

/// The pool's functions do not fail. Client credentials run none, unless it is of version 3.
fn run_triggers(request: &Request, state: &State) -> Result<(), Refusal> {
    let members: &[&str] = match request.ask {
        Ask::Authorize { .. } | Ask::ClientCredentials | Ask::Scoped { .. } => &[],
        Ask::Custom => &["defineAuthChallenge", "createAuthChallenge"],
        Ask::Answer => &["verifyAuthChallengeResponse"],
        _ => &["preTokenGeneration"],
    };
    let pool = state.pool_of(request.client);
    let fails = members.iter().any(|member| {
        let function = pool.inner("lambdaConfig", member).unwrap_or_default();
        state.failing.iter().any(|name| function.ends_with(name))
    });
    match (fails, at_token_endpoint(request.ask)) {
        (false, _) => Ok(()),
        (true, true) => oauth("invalid_grant"),
        (true, false) => api(
            "UserLambdaValidationException",
            "The trigger failed with error 'claims' is undefined.",
        ),
    }
}

fn oauth(code: &'static str) -> Result<(), Refusal> {
    Err(Refusal { code, message: "" })
}

fn api(code: &'static str, message: &'static str) -> Result<(), Refusal> {
    Err(Refusal { code, message })
}
