//! What a line of a function's log tells of an invocation: that it begins, the event that Cognito called
//! it with, how it ended. A function whose name does not say which trigger it is says so by its events.

use std::borrow::Cow;

use super::{ending, failure, may_end, place};
use crate::record::{KnownBy, Request, context::Context};

/// What a line tells of an invocation.
#[derive(Clone, Debug, PartialEq)]
pub enum Invocation<'a> {
    /// The next lines of the stream are of another invocation than those before.
    Begins,
    /// Cognito called the function as this trigger; `None` for one that no sign-in waits for.
    Serves(Option<Box<Trigger>>),
    /// It ended without an answer; of which trigger, the line does not say.
    Failed(Box<Request<'a>>),
}

/// A pool's trigger on the way of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    user_pool: String,
    endpoint: &'static str,
    grant: Option<&'static str>,
}

impl Trigger {
    /// The trigger that Cognito names `source`.
    pub(crate) fn new(user_pool: &str, source: &str) -> Option<Self> {
        let (endpoint, grant) = place(source)?;
        Some(Self {
            user_pool: user_pool.to_owned(),
            endpoint,
            grant,
        })
    }

    /// Fills in what the end of an invocation does not tell.
    pub fn complete<'a>(&self, request: Request<'a>) -> Request<'a> {
        Request {
            user_pool: Some(Cow::Owned(self.user_pool.clone())),
            endpoint: Cow::Borrowed(self.endpoint),
            grant: self.grant.map(Cow::Borrowed),
            ..request
        }
    }
}

/// What a line that names no failed attempt tells of an invocation.
pub fn of<'a>(line: &'a str, context: &Context<'a>) -> Option<Invocation<'a>> {
    let group = context.log_group.as_deref()?;
    if !group.starts_with("/aws/lambda/") {
        return None;
    }
    if line.starts_with("START RequestId: ") || has(line, "\"platform.start\"") {
        return Some(Invocation::Begins);
    }
    if let Some(at) = memchr::memmem::find(line.as_bytes(), SOURCE.as_bytes()) {
        return served(line, at);
    }
    if !may_end(line) {
        return None;
    }
    let request = Request {
        known_by: KnownBy::Log,
        message: Some(Cow::Owned(ending(line)?)),
        ..failure(context)?
    };
    Some(Invocation::Failed(Box::new(request)))
}

const SOURCE: &str = "triggerSource";

fn has(line: &str, text: &str) -> bool {
    memchr::memmem::find(line.as_bytes(), text.as_bytes()).is_some()
}

/// The event in a line; programs write it as JSON, as JSON in a string, or as their language prints
/// objects.
fn served<'a>(line: &str, at: usize) -> Option<Invocation<'a>> {
    let source = value(&line[at + SOURCE.len()..])?;
    let (_, rest) = line.split_once("userPoolId")?;
    let user_pool = value(rest).filter(|pool| pool.contains('_'))?;
    let is_event = source.contains('_') && source.starts_with(|c: char| c.is_ascii_uppercase());
    is_event.then(|| Invocation::Serves(Trigger::new(user_pool, source).map(Box::new)))
}

/// The value behind the name of a member, however it is quoted.
fn value(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches(['\\', '"', '\'', ':', '=', ' ']);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c));
    Some(&rest[..end.unwrap_or(rest.len())]).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<Invocation<'_>>) {
        let context = Context {
            time: Some(DateTime::UNIX_EPOCH),
            log_group: Some("/aws/lambda/shop-claims".into()),
            ..Context::default()
        };
        assert_eq!(of(line, &context), expected, "{line}");
    }

    fn serves(source: &str) -> Option<Invocation<'static>> {
        let trigger = Trigger::new("eu-west-1_ShopEXAMPLE", source);
        Some(Invocation::Serves(trigger.map(Box::new)))
    }

    #[test]
    fn an_event_is_found_however_it_is_printed() {
        for line in [
            r#"{"version":"1","triggerSource":"TokenGeneration_RefreshTokens","userPoolId":"eu-west-1_ShopEXAMPLE","request":{}}"#,
            r#"{"level":"INFO","message":"{\"triggerSource\":\"TokenGeneration_RefreshTokens\",\"userPoolId\":\"eu-west-1_ShopEXAMPLE\"}"}"#,
            "{'version': '1', 'triggerSource': 'TokenGeneration_RefreshTokens', 'userPoolId': 'eu-west-1_ShopEXAMPLE'}",
            "2026-03-02T10:00:00.000Z\t0b1c\tINFO\t{\n  version: '1',\n  userPoolId: 'eu-west-1_ShopEXAMPLE',\n  triggerSource: 'TokenGeneration_RefreshTokens'\n}",
        ] {
            check(line, serves("TokenGeneration_RefreshTokens"));
        }
    }

    #[test]
    fn words_about_an_event_are_none() {
        check("no triggerSource in this event, userPoolId missing", None);
        check(
            "triggerSource: 'TokenGeneration_RefreshTokens', but no pool",
            None,
        );
    }

    #[test]
    fn no_sign_in_waits_for_a_registration() {
        let line = r#"{"triggerSource":"PreSignUp_SignUp","userPoolId":"eu-west-1_ShopEXAMPLE"}"#;
        check(line, Some(Invocation::Serves(None)));
    }

    #[test]
    fn a_warning_that_an_error_was_handled_ends_nothing() {
        let line = r#"{"level":"WARN","errorType":"ConditionalCheckFailedException","errorMessage":"written already"}"#;
        check(line, None);
        let ended = line.replace("WARN", "ERROR");
        let context = Context {
            time: Some(DateTime::UNIX_EPOCH),
            log_group: Some("/aws/lambda/shop-claims".into()),
            ..Context::default()
        };
        assert!(matches!(of(&ended, &context), Some(Invocation::Failed(_))));
    }

    #[test]
    fn the_runtime_says_where_an_invocation_begins() {
        let id = "0b1c2d3e-1111-4222-8333-444455556666";
        check(
            &format!("START RequestId: {id} Version: $LATEST"),
            Some(Invocation::Begins),
        );
        let json = format!(r#"{{"type":"platform.start","record":{{"requestId":"{id}"}}}}"#);
        check(&json, Some(Invocation::Begins));
    }
}
