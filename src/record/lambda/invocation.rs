//! Invocations of a function whose name does not say which trigger it is: one line holds the event, a
//! later one of the same stream how it ended.

use std::borrow::Cow;

use serde_json::Value;

use super::{ending, failure, find, place};
use crate::record::{KnownBy, Request, context::Context};

/// What a line tells of an invocation.
#[derive(Clone, Debug, PartialEq)]
pub enum Invocation<'a> {
    /// The function serves this trigger.
    Serves(Box<Trigger>),
    /// It ended without an answer; of which trigger, the line does not say.
    Failed(Box<Request<'a>>),
}

/// A pool's trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    pub user_pool: String,
    endpoint: &'static str,
    grant: Option<&'static str>,
}

impl Trigger {
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

/// What a line of a function's log tells of an invocation.
pub fn of<'a>(line: &'a str, context: &Context<'a>) -> Option<Invocation<'a>> {
    let group = context.log_group.as_deref()?;
    if !group.starts_with("/aws/lambda/") {
        return None;
    }
    if memchr::memmem::find(line.as_bytes(), b"triggerSource").is_some() {
        return served(line).map(|trigger| Invocation::Serves(Box::new(trigger)));
    }
    let request = Request {
        known_by: KnownBy::Log,
        message: Some(Cow::Owned(ending(line)?)),
        ..failure("", context)?
    };
    Some(Invocation::Failed(Box::new(request)))
}

fn served(line: &str) -> Option<Trigger> {
    let event: Value = serde_json::from_str(line.get(line.find('{')?..)?).ok()?;
    let (endpoint, grant) = place(&find(&event, "triggerSource")?);
    let user_pool = find(&event, "userPoolId")?;
    Some(Trigger {
        user_pool,
        endpoint,
        grant,
    })
}
