//! How a line says that a request ended.

use std::borrow::Cow;

use super::{about::About, entry::Entry, layers, network, status, words};
use crate::record::KnownBy;

/// The closed set of codes.
const CODES: [&str; 13] = [
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
    "temporarily_unavailable",
    "unsupported_response_type",
];

/// Exceptions of the sign-in APIs that SDKs print.
const EXCEPTIONS: [&str; 16] = [
    "NotAuthorizedException",
    "UserNotFoundException",
    "UserLambdaValidationException",
    "UnexpectedLambdaException",
    "InvalidLambdaResponseException",
    "PasswordResetRequiredException",
    "UserNotConfirmedException",
    "TooManyRequestsException",
    "InvalidParameterException",
    "RefreshTokenReuseException",
    "CodeMismatchException",
    "ExpiredCodeException",
    "ForbiddenException",
    "InternalErrorException",
    "LimitExceededException",
    "ResourceNotFoundException",
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It was accepted.
    Ok(KnownBy),
    /// It was refused, or never arrived.
    Failed(Failure),
}

/// How a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// An OAuth code, an exception, `http_400`, an outcome of the network, or `refused`.
    pub code: Cow<'static, str>,
    pub known_by: KnownBy,
    /// The code stood in a URL's query: the redirect of an authorize request.
    pub in_url: bool,
    /// The text that told it, in lower case.
    pub mark: Cow<'static, str>,
}

impl Failure {
    fn new(code: impl Into<Cow<'static, str>>, known_by: KnownBy, mark: &'static str) -> Self {
        Self {
            code: code.into(),
            known_by,
            in_url: false,
            mark: Cow::Borrowed(mark),
        }
    }

    fn named(code: &'static str) -> Self {
        Self {
            mark: Cow::Owned(code.to_ascii_lowercase()),
            ..Self::new(code, KnownBy::Error, "")
        }
    }
}

/// What a line tells, if anything.
pub fn of(entry: &Entry<'_>) -> Option<Told> {
    let lower = entry.raw.to_ascii_lowercase();
    if !may_tell(entry.raw, &lower) {
        return None;
    }
    let said = entry.said();
    let said_lower = said.to_ascii_lowercase();
    if network::names_another(&said_lower) {
        return None;
    }
    let about = About::of(entry, &said_lower);
    let mut layers = layers::of(&said);
    if layers.len() == 1 {
        layers.clear();
    }
    let failure = layers
        .into_iter()
        .find_map(|layer| failure(layer, &layer.to_ascii_lowercase(), entry.raw, &about))
        .or_else(|| code(entry.raw, &lower, entry.raw))
        .or_else(|| failure(&said, &said_lower, entry.raw, &about));
    if let Some(failure) = failure {
        return Some(Told::Failed(failure));
    }
    if is_success(&lower) {
        return Some(Told::Ok(KnownBy::Status));
    }
    words::of(entry, &about).map(|success| match success {
        true => Told::Ok(KnownBy::Log),
        false => Told::Failed(Failure::new("refused", KnownBy::Log, "")),
    })
}

/// What any line that tells of a sign-in has: most lines have none of it.
fn may_tell(line: &str, lower: &str) -> bool {
    let topics = [
        "token",
        "auth",
        "oidc",
        "openid",
        "cognito",
        "sign",
        "log in",
        "logged in",
        "login",
        "sso",
        "session",
        "callback",
    ];
    topics.iter().any(|word| lower.contains(word))
        || CODES.iter().any(|code| line.contains(code))
        || EXCEPTIONS.iter().any(|name| line.contains(name))
}

/// What one layer of a line tells; `line` is all of it.
fn failure(part: &str, lower: &str, line: &str, about: &About) -> Option<Failure> {
    code(part, lower, line)
        .or_else(|| status::of(lower, about))
        .or_else(|| {
            let (outcome, word) = network::of(lower).filter(|_| about.reaches_us)?;
            Some(Failure::new(outcome, KnownBy::Error, word))
        })
}

/// The code or exception that a text names; `line` is all of the line.
fn code(part: &str, lower: &str, line: &str) -> Option<Failure> {
    let found: Vec<Hit> = CODES.iter().flat_map(|code| hits(part, code)).collect();
    let by = |wanted: Form| found.iter().find(|hit| hit.form == wanted);
    if let Some(hit) = [Form::Json, Form::Url, Form::Prefixed]
        .into_iter()
        .find_map(by)
    {
        return Some(Failure {
            in_url: hit.form == Form::Url,
            ..Failure::named(hit.code)
        });
    }
    let on_topic = || TOPIC.iter().any(|word| lower.contains(word)) && is_trouble(lower);
    if let Some(hit) = by(Form::Bare).filter(|_| on_topic()) {
        return Some(Failure::named(hit.code));
    }
    let mut exceptions = EXCEPTIONS.iter();
    let exception = exceptions.find(|name| is_exception(part, name, line));
    exception.map(|name| Failure::named(name))
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
fn is_exception(part: &str, name: &str, line: &str) -> bool {
    let Some(at) = memchr::memmem::find(part.as_bytes(), name.as_bytes()) else {
        return false;
    };
    let after = part.get(at + name.len()..).unwrap_or_default();
    let sdk = [
        "CognitoIdentityProvider",
        "Cognito Identity Provider",
        "InitiateAuth",
        "GetTokensFromRefreshToken",
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
        "invocation failed due to error",
        "Custom auth lambda trigger",
        "Password attempts exceeded",
        "User is disabled",
    ];
    sdk.iter().any(|word| line.contains(word)) || said.iter().any(|text| after.contains(text))
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
