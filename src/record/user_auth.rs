//! What Cognito's own log delivery writes: `userAuthEvents` and notification errors (domain.md
//! §1.c).

use std::borrow::Cow;

use serde::Deserialize;

use super::{Outcome, Record, Request, Seen, SourceKind, context::Context, time};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    /// Milliseconds, as a string.
    #[serde(borrow)]
    event_timestamp: Cow<'a, str>,
    #[serde(borrow)]
    event_source: Cow<'a, str>,
    #[serde(borrow)]
    message: Message<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    #[serde(borrow, default)]
    event_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    event_type: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    event_response: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    user_sub: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    user_pool_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    client_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    ip_address: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    request_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    idp_name: Option<Cow<'a, str>>,
}

/// What a record says; `None` when it is no record of Cognito's log delivery.
pub fn parse<'a>(json: &'a str, context: &Context<'a>) -> Option<Record<'a>> {
    memchr::memmem::find(json.as_bytes(), b"\"eventTimestamp\"")?;
    let log: Log<'a> = serde_json::from_str(json).ok()?;
    let time = time::from_millis(log.event_timestamp.parse().ok()?)?;
    let message = log.message;
    let activity = log.event_source == "USER_ACTIVITY" || log.event_source == "userAuthEvents";
    let passed = match message.event_response.as_deref() {
        Some("Pass") => Some(true),
        Some("Fail") => Some(false),
        _ => None,
    };
    let (Some(passed), Some(kind), true) = (passed, message.event_type, activity) else {
        // A message that could not be sent says nothing of tokens.
        return Some(Record::Unwanted(Seen {
            time: Some(time),
            source: SourceKind::UserAuth,
            ..Seen::default()
        }));
    };
    Some(Record::Request(Request {
        time,
        source: SourceKind::UserAuth,
        event_id: message.event_id,
        request_id: message.request_id,
        account: context.account.clone(),
        region: context.region.clone(),
        user_pool: message.user_pool_id,
        client: message.client_id,
        domain: None,
        stream: context.stream.clone(),
        endpoint: kind,
        grant: None,
        redirect_uri: None,
        scopes: None,
        identity_provider: message.idp_name.filter(|name| !name.is_empty()),
        auth_method: None,
        outcome: match passed {
            true => Outcome::Ok,
            false => Outcome::Failed(Cow::Borrowed("Fail")),
        },
        principal: message.user_sub,
        source_ip: message.ip_address,
        ..Request::default()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_ins_are_requests_and_notifications_are_not() {
        let json = r#"{"eventTimestamp":"1721237155000","eventSource":"USER_ACTIVITY","logLevel":"INFO","message":{"version":"1","eventId":"e-1","eventType":"SignIn","userSub":"s","userName":"n","userPoolId":"eu-west-1_EXAMPLE","clientId":"c","eventResponse":"Fail","ipAddress":"192.0.2.1","hasContextData":"true"},"logSourceId":{"userPoolId":"eu-west-1_EXAMPLE"}}"#;
        let Some(Record::Request(request)) = parse(json, &Context::default()) else {
            panic!("a request")
        };
        assert_eq!(
            (&*request.endpoint, request.client.as_deref()),
            ("SignIn", Some("c"))
        );
        let notification = r#"{"eventTimestamp":"1687297330677","eventSource":"USER_NOTIFICATION","logLevel":"ERROR","message":{"details":"no SMS"},"logSourceId":{"userPoolId":"eu-west-1_EXAMPLE"}}"#;
        assert!(matches!(
            parse(notification, &Context::default()),
            Some(Record::Unwanted(_))
        ));
    }
}
