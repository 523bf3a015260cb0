//! CloudTrail records, borrowed from their JSON.
//!
//! Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/logging-using-cloudtrail.html>
//! and domain.md §1.a, §1.b, §2, §9.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{LookAlike, Record, Seen, SourceKind, templates::Object};
use crate::queries;

mod change;
mod outcome;
mod quick;
mod request;
mod value;

pub(super) use quick::learn;
use value::{Raw, Scalar, borrowed, text};

/// The members that tell what a record is; the rest stays raw.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Envelope<'a> {
    #[serde(borrow, default, deserialize_with = "borrowed")]
    event_source: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "borrowed")]
    event_name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    event_time: Option<Scalar<'a>>,
    #[serde(borrow, default, deserialize_with = "borrowed")]
    event_type: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "borrowed")]
    event_category: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "borrowed")]
    aws_region: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "borrowed")]
    recipient_account_id: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "borrowed", rename = "eventID")]
    event_id: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "borrowed", rename = "requestID")]
    request_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    read_only: Option<Scalar<'a>>,
    #[serde(borrow, default, deserialize_with = "borrowed")]
    error_code: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "borrowed")]
    error_message: Option<Cow<'a, str>>,
    #[serde(
        borrow,
        default,
        deserialize_with = "borrowed",
        rename = "sourceIPAddress"
    )]
    source_ip: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "borrowed")]
    user_agent: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    session_credential_from_console: Option<Scalar<'a>>,
    #[serde(borrow, default)]
    user_identity: Option<Raw<'a>>,
    #[serde(borrow, default)]
    request_parameters: Option<Raw<'a>>,
    #[serde(borrow, default)]
    response_elements: Option<Raw<'a>>,
    #[serde(borrow, default)]
    additional_event_data: Option<Raw<'a>>,
    #[serde(borrow, default)]
    tls_details: Option<Raw<'a>>,
    #[serde(borrow, default)]
    insight_details: Option<Raw<'a>>,
    /// EventBridge's envelope.
    #[serde(borrow, default)]
    detail: Option<Raw<'a>>,
    /// LookupEvents' envelope.
    #[serde(
        borrow,
        default,
        deserialize_with = "borrowed",
        rename = "CloudTrailEvent"
    )]
    cloud_trail_event: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    digest_start_time: Option<Raw<'a>>,
}

/// Parses one record, alone or in the envelope of EventBridge or LookupEvents; `None` when the
/// JSON is something else.
///
/// # Errors
///
/// What is wrong with the JSON.
pub fn parse(json: &str) -> Result<Option<Record<'_>>, String> {
    unwrapped(json, MOST_ENVELOPES)
}

/// The same for a record that is written like another.
///
/// # Errors
///
/// What is wrong with the JSON.
pub fn parse_known<'a>(object: &'a Object<'a>) -> Result<Option<Record<'a>>, String> {
    match quick::known(object) {
        Some(record) => opened(&record, MOST_ENVELOPES),
        None => parse(object.text()),
    }
}

/// A record in envelopes in envelopes is nobody's export.
const MOST_ENVELOPES: u32 = 3;

fn unwrapped(json: &str, envelopes: u32) -> Result<Option<Record<'_>>, String> {
    if let Some(record) = quick::envelope(json) {
        return opened(&record, envelopes);
    }
    match serde_json::from_str(json) {
        Ok(record) => opened(&record, envelopes),
        Err(error) if error.is_data() => other_shape(json, &error),
        Err(error) => Err(format!("is no sound JSON: {error}")),
    }
}

/// What stands in the envelope.
fn opened<'a>(record: &Envelope<'a>, envelopes: u32) -> Result<Option<Record<'a>>, String> {
    let inside = || envelopes.checked_sub(1).ok_or("is nested too deep");
    if let Some(detail) = record.detail.filter(|_| record.event_name.is_none()) {
        return match detail.get().starts_with('{') {
            true => unwrapped(detail.get(), inside()?),
            false => Ok(None),
        };
    }
    if let Some(event) = &record.cloud_trail_event {
        return Ok(unwrapped(event, inside()?)?.map(owned));
    }
    if record.digest_start_time.is_some() {
        return Ok(Some(Record::PassedOver(LookAlike::Digest)));
    }
    row(record)
}

/// JSON that has a member of another type than CloudTrail gives it.
fn other_shape<'a>(json: &str, error: &serde_json::Error) -> Result<Option<Record<'a>>, String> {
    let looks_alike = json.contains("\"eventSource\"") && json.contains("\"eventName\"");
    match looks_alike {
        true => Err(format!("is no CloudTrail record: {error}")),
        false => Ok(None),
    }
}

fn row<'a>(record: &Envelope<'a>) -> Result<Option<Record<'a>>, String> {
    let (Some(source), Some(name)) = (&record.event_source, &record.event_name) else {
        return Ok(None);
    };
    if source.starts_with("aws:") {
        return Ok(Some(Record::PassedOver(LookAlike::Notification)));
    }
    if record.insight_details.is_some() || record.event_category.as_deref() == Some("Insight") {
        return Ok(Some(Record::PassedOver(LookAlike::Insight)));
    }
    let cognito = source == queries::COGNITO;
    Ok(Some(
        if cognito && (!record.is_call() || request::is_of_endpoint(name)) {
            Record::Request(request::endpoint(record, name)?)
        } else if cognito && queries::is_sign_in_api(name) {
            Record::Request(request::sign_in(record, name)?)
        } else if record.is_write()
            && (queries::is_change(source, name) || queries::is_on_users(source, name))
        {
            Record::Change(Box::new(change::of(record)?))
        } else {
            Record::Unwanted(record.seen())
        },
    ))
}

impl<'a> Envelope<'a> {
    fn time(&self) -> Result<DateTime<Utc>, String> {
        let time = self.event_time.as_ref().and_then(Scalar::time);
        time.ok_or_else(|| "has no readable `eventTime`".to_owned())
    }

    /// The account the record was delivered to, else the caller's.
    fn account(&self) -> Option<Cow<'a, str>> {
        let own = self
            .recipient_account_id
            .clone()
            .filter(|id| !id.is_empty());
        own.or_else(|| value::member(self.user_identity?, "accountId").and_then(text))
    }

    fn seen(&self) -> Seen<'a> {
        Seen {
            time: self.time().ok(),
            account: self.account(),
            region: self.aws_region.clone(),
            source: SourceKind::Trail,
            ..Seen::default()
        }
    }

    /// The error code; AWS writes "" for none.
    fn error(&self) -> Option<Cow<'a, str>> {
        self.error_code.clone().filter(|code| !code.is_empty())
    }

    fn is_write(&self) -> bool {
        let read_only = self.read_only.as_ref().is_some_and(Scalar::is_true);
        let service_event = self.event_type.as_deref() == Some("AwsServiceEvent");
        !read_only && (self.is_call() || service_event)
    }

    fn is_call(&self) -> bool {
        self.event_type.as_deref() == Some("AwsApiCall")
    }
}

/// A record parsed from a string that does not outlive the caller's.
fn owned<'a>(record: Record<'_>) -> Record<'a> {
    fn own<'b>(text: Option<Cow<'_, str>>) -> Option<Cow<'b, str>> {
        text.map(|text| Cow::Owned(text.into_owned()))
    }
    match record {
        Record::Change(change) => Record::Change(change),
        Record::PassedOver(kind) => Record::PassedOver(kind),
        Record::Unwanted(seen) => Record::Unwanted(Seen {
            time: seen.time,
            more: seen.more,
            last: seen.last,
            account: own(seen.account),
            region: own(seen.region),
            source: seen.source,
            client: own(seen.client),
            stream: own(seen.stream),
            invocation: None,
        }),
        Record::Request(request) => Record::Request(request.into_owned()),
        Record::Counted(counted) => Record::Counted(counted.into_owned()),
        Record::Unread(unread) => Record::Unread(unread),
    }
}
