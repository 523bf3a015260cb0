//! Errors of Lambda triggers (domain.md §1.e).

use std::borrow::Cow;

use serde_json::Value;

use super::{Outcome, Record, Request, SourceKind, context::Context};
use crate::queries::endpoint;

/// The failed attempt a trigger's error tells of; `None` when the message is no such error or says
/// too little to tie it to a client or pool.
pub fn parse<'a>(json: &'a str, context: &Context<'a>) -> Option<Record<'a>> {
    memchr::memmem::find(json.as_bytes(), b"triggerSource")?;
    let value: Value = serde_json::from_str(json).ok()?;
    let trigger = find(&value, "triggerSource")?;
    let errors = [
        "errorType",
        "errorMessage",
        "error",
        "stackTrace",
        "exception",
    ];
    let failed = errors.iter().any(|name| present(&value, name))
        || find(&value, "level").is_some_and(|level| level.eq_ignore_ascii_case("error"));
    if !failed {
        return None;
    }
    let (client, pool) = (find(&value, "clientId"), find(&value, "userPoolId"));
    if client.is_none() && pool.is_none() {
        return None;
    }
    let (at, grant) = place(&trigger);
    Some(Record::Request(Request {
        time: context.time?,
        source: SourceKind::Lambda,
        event_id: context.event_id.clone(),
        request_id: None,
        account: context.account.clone(),
        region: context.region.clone(),
        user_pool: pool.map(Cow::Owned),
        client: client.map(Cow::Owned),
        domain: None,
        stream: context.stream.clone(),
        endpoint: Cow::Borrowed(at),
        grant: grant.map(Cow::Borrowed),
        redirect_uri: None,
        scopes: None,
        identity_provider: None,
        auth_method: None,
        outcome: Outcome::Failed(Cow::Borrowed("UserLambdaValidationException")),
        principal: find(&value, "sub").map(Cow::Owned),
        source_ip: None,
        ..Request::default()
    }))
}

/// The endpoint and grant on whose way a trigger lies.
fn place(trigger: &str) -> (&'static str, Option<&'static str>) {
    match trigger {
        "TokenGeneration_HostedAuth" => (endpoint::TOKEN, Some("authorization_code")),
        "TokenGeneration_RefreshTokens" => (endpoint::TOKEN, Some("refresh_token")),
        "TokenGeneration_ClientCredentials" => (endpoint::TOKEN, Some("client_credentials")),
        _ if trigger.ends_with("AuthChallenge_Authentication") => {
            ("RespondToAuthChallenge", Some("CUSTOM_CHALLENGE"))
        }
        _ => ("InitiateAuth", None),
    }
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
    }
}
