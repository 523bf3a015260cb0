//! One log message, told apart by content: a CloudTrail record, a firewall's, Cognito's own, a
//! trigger's, an application's line.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::{Record, alb, application, cloudtrail, lambda, user_auth, waf};

/// What the container says of a message.
#[derive(Clone, Debug, Default)]
pub struct Context<'a> {
    /// The log's own time: of the line, not of CloudTrail's event.
    pub time: Option<DateTime<Utc>>,
    /// CloudWatch's event id.
    pub event_id: Option<Cow<'a, str>>,
    /// The account that owns the log.
    pub account: Option<Cow<'a, str>>,
    /// The Region.
    pub region: Option<Cow<'a, str>>,
    /// The log group.
    pub log_group: Option<Cow<'a, str>>,
    /// `GROUP:STREAM`, `:STREAM`, or the file.
    pub stream: Option<Cow<'a, str>>,
}

/// What a message says.
///
/// # Errors
///
/// What is wrong with a message that should have been a record.
pub fn parse<'a>(message: &'a str, context: &Context<'a>) -> Result<Record<'a>, String> {
    let trimmed = message.trim();
    if trimmed.starts_with('{') {
        if looks_like_record(trimmed)
            && let Some(record) = cloudtrail::parse(trimmed)?
        {
            return Ok(record);
        }
        let parsers = [waf::parse, user_auth::parse, lambda::parse];
        for parse in parsers {
            if let Some(record) = parse(trimmed, context) {
                return Ok(record);
            }
        }
    } else if let Some(record) = alb::parse(trimmed, context) {
        return Ok(record);
    }
    Ok(application::parse(trimmed, context))
}

/// Whether JSON may be a CloudTrail record, an envelope of one, or its look-alike.
fn looks_like_record(json: &str) -> bool {
    [
        "\"eventName\"",
        "\"CloudTrailEvent\"",
        "\"detail\"",
        "\"digestStartTime\"",
    ]
    .iter()
    .any(|mark| memchr::memmem::find(json.as_bytes(), mark.as_bytes()).is_some())
}
