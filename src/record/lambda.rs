//! Errors of Lambda triggers (domain.md §1.e): told by the event that a line carries, else by the
//! name of the function.

use std::borrow::Cow;

use serde_json::Value;

mod invocation;

pub use invocation::{Invocation, Trigger, of as invocation};

use super::{KnownBy, Outcome, Record, Request, SourceKind, context::Context, mask};
use crate::queries::endpoint;

/// What the runtime says of an invocation that ended without an answer. A line that a function
/// writes at level ERROR may be of one that went on.
const ENDS: [&str; 8] = [
    "Task timed out after ",
    "Runtime exited",
    "Runtime.ExitError",
    "Runtime.ImportModuleError",
    "Runtime.HandlerNotFound",
    "\tInvoke Error",
    "\tUncaught Exception",
    "\tUnhandled Promise Rejection",
];

/// What names of functions say of the trigger, without marks and in lower case, and its source.
const NAMES: [(&str, &str); 8] = [
    ("pretoken", "TokenGeneration"),
    ("tokengeneration", "TokenGeneration"),
    ("preauth", "PreAuthentication_Authentication"),
    ("postauth", "PostAuthentication_Authentication"),
    ("usermigration", "UserMigration_Authentication"),
    ("createauthchallenge", "CreateAuthChallenge_Authentication"),
    ("defineauthchallenge", "DefineAuthChallenge_Authentication"),
    (
        "verifyauthchallenge",
        "VerifyAuthChallengeResponse_Authentication",
    ),
];

/// So much of a message is kept.
const LONGEST: usize = 240;

/// The failed attempt a trigger's error tells of; `None` when the message is no such error or says
/// too little to tie it to a client, a pool or a trigger.
pub fn parse<'a>(line: &'a str, context: &Context<'a>) -> Option<Record<'a>> {
    let by_event = memchr::memmem::find(line.as_bytes(), b"triggerSource");
    match by_event.and_then(|_| of_event(line, context)) {
        Some(request) => Some(Record::Request(request)),
        None => of_function(line, context).map(Record::Request),
    }
}

/// An error beside the event that the trigger was called with.
fn of_event<'a>(line: &'a str, context: &Context<'a>) -> Option<Request<'a>> {
    let value: Value = serde_json::from_str(&line[line.find('{')?..]).ok()?;
    let trigger = find(&value, "triggerSource")?;
    let errors = [
        "errorType",
        "errorMessage",
        "error",
        "stackTrace",
        "exception",
    ];
    let failed = errors.iter().any(|name| present(&value, name))
        || find(&value, "level").is_some_and(|level| level.eq_ignore_ascii_case("error"))
        || ENDS.iter().any(|end| line.contains(end));
    if !failed {
        return None;
    }
    let (endpoint, grant) = place(&trigger)?;
    let (client, pool) = (find(&value, "clientId"), find(&value, "userPoolId"));
    if client.is_none() && pool.is_none() {
        return None;
    }
    Some(Request {
        user_pool: pool.map(Cow::Owned),
        client: client.map(Cow::Owned),
        known_by: KnownBy::Error,
        message: error(&value).map(Cow::Owned),
        principal: find(&value, "sub").map(Cow::Owned),
        endpoint: Cow::Borrowed(endpoint),
        grant: grant.map(Cow::Borrowed),
        ..failure(context)?
    })
}

/// The end of an invocation in the log of a function whose name says which trigger it is.
fn of_function<'a>(line: &'a str, context: &Context<'a>) -> Option<Request<'a>> {
    let function = context.log_group.as_deref()?.strip_prefix("/aws/lambda/")?;
    let plain: String = function
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let plain = plain.to_ascii_lowercase();
    let (_, trigger) = NAMES.iter().find(|(name, _)| plain.contains(name))?;
    let (endpoint, grant) = place(trigger)?;
    Some(Request {
        known_by: KnownBy::Log,
        message: Some(Cow::Owned(ending(line)?)),
        endpoint: Cow::Borrowed(endpoint),
        grant: grant.map(Cow::Borrowed),
        ..failure(context)?
    })
}

/// Whether it is worth parsing a line to learn how an invocation ended.
fn may_end(line: &str) -> bool {
    let has = |mark: &&str| memchr::memmem::find(line.as_bytes(), mark.as_bytes()).is_some();
    let marks = ["errorType", "platform.report"];
    line.starts_with("[ERROR] ") || marks.iter().any(has) || ENDS.iter().any(has)
}

/// What a line says of an invocation that ended without an answer.
fn ending(line: &str) -> Option<String> {
    let value: Option<Value> = line
        .find('{')
        .and_then(|at| serde_json::from_str(&line[at..]).ok());
    let reported = value
        .as_ref()
        .filter(|value| line.contains("errorType") && !is_mild(value))
        .and_then(error);
    let timed_out = || {
        let report = find(value.as_ref()?, "type")? == "platform.report";
        let status = find(value.as_ref()?, "status")?;
        (report && status == "timeout").then(|| "timeout".to_owned())
    };
    reported.or_else(|| ended(line)).or_else(timed_out)
}

/// Whether the line says that nothing failed for it.
fn is_mild(value: &Value) -> bool {
    let level = value.get("level").and_then(Value::as_str);
    let mild = ["trace", "debug", "info", "warn", "warning"];
    level.is_some_and(|level| mild.iter().any(|mild| level.eq_ignore_ascii_case(mild)))
}

/// What the runtime says of the end: Python's begins with `[ERROR]` and the exception.
fn ended(line: &str) -> Option<String> {
    let first = line.lines().next().unwrap_or_default();
    let python = first.strip_prefix("[ERROR] ").filter(|rest| {
        let name = rest.split(':').next().unwrap_or_default();
        name.ends_with("Error") || name.ends_with("Exception")
    });
    let mark = || ENDS.iter().find_map(|end| line.find(end));
    let said = python.or_else(|| Some(line[mark()?..].trim_start()))?;
    Some(short(said.lines().next().unwrap_or_default()))
}

/// A failed attempt, of which trigger is told elsewhere.
fn failure<'a>(context: &Context<'a>) -> Option<Request<'a>> {
    Some(Request {
        time: context.time?,
        source: SourceKind::Lambda,
        event_id: context.event_id.clone(),
        account: context.account.clone(),
        region: context.region.clone(),
        stream: context.stream.clone(),
        outcome: Outcome::Failed(Cow::Borrowed("UserLambdaValidationException")),
        ..Request::default()
    })
}

/// The error's type and words.
fn error(value: &Value) -> Option<String> {
    let message = find(value, "errorMessage").or_else(|| find(value, "error"));
    match (find(value, "errorType"), message) {
        (Some(kind), Some(message)) => Some(short(&format!("{kind}: {message}"))),
        (kind, message) => kind.or(message).map(|text| short(&text)),
    }
}

fn short(text: &str) -> String {
    mask::text(text).chars().take(LONGEST).collect()
}

/// The endpoint and grant on whose way a trigger lies; `None` where no sign-in waits for it: for
/// registrations, and messages other than those that a sign-in sends.
fn place(trigger: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match trigger {
        "TokenGeneration_HostedAuth" => (endpoint::TOKEN, Some("authorization_code")),
        "TokenGeneration_RefreshTokens" => (endpoint::TOKEN, Some("refresh_token")),
        "TokenGeneration" => (endpoint::TOKEN, None),
        "TokenGeneration_ClientCredentials" => (endpoint::TOKEN, Some("client_credentials")),
        _ if trigger.ends_with("AuthChallenge_Authentication") => {
            ("RespondToAuthChallenge", Some("CUSTOM_CHALLENGE"))
        }
        _ if trigger.ends_with("_ExternalProvider") => (endpoint::IDP_RESPONSE, None),
        _ if trigger.ends_with("_Authentication") || trigger.starts_with("TokenGeneration_") => {
            ("InitiateAuth", None)
        }
        _ => return None,
    })
}

/// A text of that name anywhere in the value.
fn find(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Object(members) => members.iter().find_map(|(key, value)| match value {
            Value::String(text) if key == name && !text.is_empty() => Some(text.clone()),
            value => find(value, name),
        }),
        Value::Array(items) => items.iter().find_map(|item| find(item, name)),
        _ => None,
    }
}

fn present(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(key, value)| {
            let set = !value.is_null() && value != "";
            (key == name && set) || present(value, name)
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn a_triggers_error_is_a_failed_attempt() {
        let context = Context {
            time: Some(DateTime::UNIX_EPOCH),
            ..Context::default()
        };
        let json = r#"{"level":"ERROR","message":{"errorType":"TypeError","event":{"triggerSource":"TokenGeneration_RefreshTokens","userPoolId":"eu-west-1_EXAMPLE","callerContext":{"clientId":"c"}}}}"#;
        let Some(Record::Request(request)) = parse(json, &context) else {
            panic!("a request")
        };
        assert_eq!(request.grant.as_deref(), Some("refresh_token"));
        assert_eq!(request.client.as_deref(), Some("c"));
        let fine = json.replace("ERROR", "INFO").replace("errorType", "note");
        assert_eq!(parse(&fine, &context), None);
        let sign_up = json.replace("TokenGeneration_RefreshTokens", "PreSignUp_SignUp");
        assert_eq!(parse(&sign_up, &context), None, "nobody signed in");
    }

    #[track_caller]
    fn check(function: &str, line: &str, expected: Option<(&str, &str)>) {
        let context = Context {
            time: Some(DateTime::UNIX_EPOCH),
            log_group: Some(format!("/aws/lambda/{function}").into()),
            ..Context::default()
        };
        let found = match parse(line, &context) {
            Some(Record::Request(request)) => Some((request.endpoint, request.message)),
            _ => None,
        };
        let found = found.as_ref();
        let found = found.map(|(at, message)| (at.as_ref(), message.as_deref().unwrap_or("?")));
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn a_triggers_name_tells_whose_end_a_line_tells() {
        let timeout = "2026-03-02T10:00:03.456Z 0b1c2d3e-1111-4222-8333-444455556666 Task timed out after 3.00 seconds";
        check(
            "shop-pre-token-generation",
            timeout,
            Some(("token", "Task timed out after 3.00 seconds")),
        );
        check("shop-orders", timeout, None);
        check(
            "PreAuthentication",
            "RequestId: 0b1c2d3e-1111-4222-8333-444455556666 Error: Runtime exited with error: exit status 1\nRuntime.ExitError",
            Some(("InitiateAuth", "Runtime exited with error: exit status 1")),
        );
        check(
            "create_auth_challenge",
            "2026-03-02T10:00:00.000Z\t0b1c2d3e-1111-4222-8333-444455556666\tERROR\tInvoke Error \t{\"errorType\":\"AccessDeniedException\",\"errorMessage\":\"User is not authorized to perform: dynamodb:GetItem\",\"stack\":[\"a\"]}",
            Some((
                "RespondToAuthChallenge",
                "AccessDeniedException: User is not authorized to perform: dynamodb:GetItem",
            )),
        );
        check(
            "pretoken",
            "[ERROR] ClientError: An error occurred (AccessDeniedException) when calling the GetItem operation\nTraceback (most recent call last):",
            Some((
                "token",
                "ClientError: An error occurred (AccessDeniedException) when calling the GetItem operation",
            )),
        );
        check(
            "pretoken",
            r#"{"time":"2026-03-02T10:00:03.456Z","type":"platform.report","record":{"requestId":"0b1c2d3e-1111-4222-8333-444455556666","status":"timeout"}}"#,
            Some(("token", "timeout")),
        );
        check(
            "pretoken",
            "2026-03-02T10:00:00.000Z\t0b1c\tERROR\tcache miss, going on",
            None,
        );
        check(
            "pretoken",
            "REPORT RequestId: 0b1c Duration: 12.1 ms Status: success",
            None,
        );
    }

    #[test]
    fn an_event_may_stand_behind_text() {
        let line = "2026-03-02T10:00:00.000Z\t0b1c\tERROR\tInvoke Error\t{\"errorType\":\"TypeError\",\"errorMessage\":\"x is undefined\",\"event\":{\"triggerSource\":\"TokenGeneration_HostedAuth\",\"userPoolId\":\"eu-west-1_EXAMPLE\"}}";
        check("any", line, Some(("token", "TypeError: x is undefined")));
    }
}
