//! One log message, told apart by content: a CloudTrail record, a firewall's, Cognito's own, a
//! trigger's, an application's line.

use super::{Context, Record, Seen, alb, application, cloudtrail, lambda, user_auth, waf};

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
    } else {
        for parse in [alb::parse, lambda::parse] {
            if let Some(record) = parse(trimmed, context) {
                return Ok(record);
            }
        }
    }
    Ok(match application::parse(trimmed, context) {
        Record::Unwanted(seen) => Record::Unwanted(Seen {
            invocation: lambda::invocation(trimmed, context),
            ..seen
        }),
        record => record,
    })
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
