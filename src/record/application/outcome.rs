//! How a line says that a request ended.

/// The closed set of codes.
const CODES: [&str; 11] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "redirect_mismatch",
    "unsupported_token_type",
    "access_denied",
    "login_required",
    "server_error",
];

/// Exceptions of the sign-in APIs that SDKs print.
const EXCEPTIONS: [&str; 9] = [
    "NotAuthorizedException",
    "UserNotFoundException",
    "UserLambdaValidationException",
    "UnexpectedLambdaException",
    "InvalidLambdaResponseException",
    "PasswordResetRequiredException",
    "UserNotConfirmedException",
    "TooManyRequestsException",
    "InvalidParameterException",
];

/// Prefixes by which libraries announce a code.
const PREFIXES: [&str; 8] = [
    "OPError: ",
    "OAuth2RequestError: ",
    "ErrorResponse: ",
    "AuthorizationError: ",
    "TokenError: ",
    "Error: ",
    "oauth2: \"",
    "[",
];

/// Words of a line that is about tokens.
const TOPIC: [&str; 9] = [
    "oauth", "token", "cognito", "openid", "oidc", "sign-in", "signin", "login", "authoriz",
];

/// Words of a token obtained.
const SUCCESSES: [&str; 14] = [
    "token obtained",
    "tokens obtained",
    "obtained token",
    "obtained access token",
    "access token obtained",
    "token acquired",
    "acquired token",
    "token issued",
    "token refreshed",
    "tokens refreshed",
    "refreshed access token",
    "exchanged code for token",
    "exchanged authorization code",
    "token exchange succeeded",
];

/// What a line tells of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// A token was obtained.
    Ok,
    /// It was refused.
    Failed {
        /// An OAuth code, an exception, or `http_400`.
        code: &'static str,
        /// The code stood in a URL's query: the redirect of an authorize request.
        in_url: bool,
    },
}

/// What a line tells, if anything.
pub fn of(line: &str) -> Option<Told> {
    let found: Vec<Hit> = CODES.iter().flat_map(|code| hits(line, code)).collect();
    let failed = |code, in_url| Some(Told::Failed { code, in_url });
    let by = |wanted: fn(&Hit) -> bool| found.iter().find(|hit| wanted(hit)).map(|hit| hit.code);
    if let Some(code) = by(|hit| hit.form == Form::Json) {
        return failed(code, false);
    }
    if let Some(code) = by(|hit| hit.form == Form::Url) {
        return failed(code, true);
    }
    if let Some(code) = by(|hit| hit.form == Form::Prefixed) {
        return failed(code, false);
    }
    let lower = line.to_ascii_lowercase();
    let on_topic = TOPIC.iter().any(|word| lower.contains(word)) && is_trouble(&lower);
    if let Some(code) = by(|hit| hit.form == Form::Bare).filter(|_| on_topic) {
        return failed(code, false);
    }
    if let Some(code) = EXCEPTIONS.iter().find(|name| is_exception(line, name)) {
        return failed(code, false);
    }
    if let Some(code) = status(&lower) {
        return failed(code, false);
    }
    is_success(&lower).then_some(Told::Ok)
}

/// A code as a whole word.
struct Hit {
    code: &'static str,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Url,
    Prefixed,
    Bare,
    /// Part of a path or another name.
    None,
}

fn hits(line: &str, code: &'static str) -> Vec<Hit> {
    let finder = memchr::memmem::find_iter(line.as_bytes(), code.as_bytes());
    finder
        .filter_map(|at| {
            let before = line.get(..at)?;
            let after = line.get(at + code.len()..)?;
            is_whole(before, after).then(|| Hit {
                code,
                form: form(before, after),
            })
        })
        .collect()
}

fn is_whole(before: &str, after: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    !before.chars().next_back().is_some_and(word) && !after.chars().next().is_some_and(word)
}

fn form(before: &str, after: &str) -> Form {
    // Quotes may be escaped once or more inside other JSON.
    let plain: String = before
        .chars()
        .rev()
        .filter(|c| *c != '\\' && *c != ' ')
        .take(9)
        .collect();
    let plain: String = plain.chars().rev().collect();
    if plain.ends_with("\"error\":\"") || plain.ends_with("'error':'") || plain.ends_with("error:'")
    {
        return Form::Json;
    }
    if plain.ends_with("?error=") || plain.ends_with("&error=") || plain.ends_with("#error=") {
        return Form::Url;
    }
    if plain.ends_with("error=") || plain.ends_with("error=\"") || plain.ends_with("error\":\"") {
        return Form::Prefixed;
    }
    let prefixed = PREFIXES.iter().any(|prefix| before.ends_with(prefix));
    let closed = !before.ends_with('[') || after.starts_with(']');
    if prefixed && closed {
        return Form::Prefixed;
    }
    let path = before.ends_with(['/', '.', '-', '#']) || after.starts_with(['/', '(']);
    match path {
        true => Form::None,
        false => Form::Bare,
    }
}

/// Whether a line speaks of something that went wrong.
fn is_trouble(lower: &str) -> bool {
    [
        "error",
        "fail",
        "refus",
        "reject",
        "denied",
        "invalid",
        "unauthorized",
        "400",
        "401",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// An exception's name followed by its message, or named beside the SDK's client.
fn is_exception(line: &str, name: &str) -> bool {
    let Some(at) = memchr::memmem::find(line.as_bytes(), name.as_bytes()) else {
        return false;
    };
    let after = line.get(at + name.len()..).unwrap_or_default();
    let sdk = [
        "CognitoIdentityProvider",
        "InitiateAuth",
        "RespondToAuthChallenge",
        "cognito-idp",
    ];
    let said = [
        "Incorrect username or password",
        "flow not enabled",
        "User does not exist",
        "Refresh Token",
        "Unable to verify secret hash",
        "failed with error",
        "Custom auth lambda trigger",
        "Password attempts exceeded",
        "User is disabled",
    ];
    sdk.iter().any(|word| line.contains(word)) || said.iter().any(|text| after.contains(text))
}

/// A refusal of which only the status is said, in a line about tokens.
fn status(lower: &str) -> Option<&'static str> {
    let about = ["token", "oauth", "authorization code", "operror"]
        .iter()
        .any(|word| lower.contains(word));
    let said = [
        ("http_400", "status code 400"),
        ("http_400", "status is 400"),
        ("http_400", "400 bad request"),
        ("http_400", "status=400"),
        ("http_400", "\"status\":400"),
        ("http_401", "status code 401"),
        ("http_401", "status is 401"),
        ("http_401", "401 unauthorized"),
    ];
    let found = said.into_iter().find(|(_, words)| lower.contains(words));
    found.filter(|_| about).map(|(code, _)| code)
}

fn is_success(lower: &str) -> bool {
    let trouble = lower.contains("not ") || lower.contains("fail") || lower.contains("error");
    let said = SUCCESSES.iter().any(|words| lower.contains(words));
    let answered = lower.contains("/oauth2/token")
        && (lower.contains(" 200")
            || lower.contains("status=200")
            || lower.contains("\"status\":200"));
    (said || answered) && !trouble
}
