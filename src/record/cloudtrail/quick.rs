//! The envelope of a record as AWS writes it, read without serde.

use std::borrow::Cow;

use super::{
    Envelope,
    value::{Raw, Scalar},
};
use crate::record::{
    compact,
    templates::{Object, Templates},
};

/// The envelope that serde reads too; `None` asks it to do so.
pub fn envelope(json: &str) -> Option<Envelope<'_>> {
    let mut members = [None; Key::COUNT];
    compact::members(json, |key, value| {
        let Some(member) = Key::of(key).and_then(|key| members.get_mut(key as usize)) else {
            return Some(());
        };
        // A member that is met twice is serde's to complain of.
        member.replace(Raw::Compact(value)).is_none().then_some(())
    })?;
    let told = |member: &Raw<'_>| member.get() != "null";
    with(|key| members.get(key as usize).copied().flatten().filter(told))
}

/// The envelope of a record that is written like another.
pub fn known<'a>(object: &'a Object<'a>) -> Option<Envelope<'a>> {
    with(|key| object.part(key as usize).map(Raw::Known))
}

/// Learns how a record is written, if its envelope is read without serde.
pub fn learn(json: &str, templates: &mut Templates) -> Option<()> {
    envelope(json)?;
    templates.learn(json, |key| Key::of(key).map(|key| key as usize))
}

/// A member of an [`Envelope`].
#[derive(Clone, Copy)]
enum Key {
    EventSource,
    EventName,
    EventTime,
    EventType,
    EventCategory,
    AwsRegion,
    RecipientAccountId,
    EventId,
    RequestId,
    ReadOnly,
    ErrorCode,
    ErrorMessage,
    SourceIp,
    UserAgent,
    SessionCredentialFromConsole,
    UserIdentity,
    RequestParameters,
    ResponseElements,
    AdditionalEventData,
    TlsDetails,
    InsightDetails,
    Detail,
    CloudTrailEvent,
    DigestStartTime,
}

impl Key {
    const COUNT: usize = Self::DigestStartTime as usize + 1;

    fn of(key: &str) -> Option<Self> {
        Some(match key {
            "eventSource" => Self::EventSource,
            "eventName" => Self::EventName,
            "eventTime" => Self::EventTime,
            "eventType" => Self::EventType,
            "eventCategory" => Self::EventCategory,
            "awsRegion" => Self::AwsRegion,
            "recipientAccountId" => Self::RecipientAccountId,
            "eventID" => Self::EventId,
            "requestID" => Self::RequestId,
            "readOnly" => Self::ReadOnly,
            "errorCode" => Self::ErrorCode,
            "errorMessage" => Self::ErrorMessage,
            "sourceIPAddress" => Self::SourceIp,
            "userAgent" => Self::UserAgent,
            "sessionCredentialFromConsole" => Self::SessionCredentialFromConsole,
            "userIdentity" => Self::UserIdentity,
            "requestParameters" => Self::RequestParameters,
            "responseElements" => Self::ResponseElements,
            "additionalEventData" => Self::AdditionalEventData,
            "tlsDetails" => Self::TlsDetails,
            "insightDetails" => Self::InsightDetails,
            "detail" => Self::Detail,
            "CloudTrailEvent" => Self::CloudTrailEvent,
            "digestStartTime" => Self::DigestStartTime,
            _ => return None,
        })
    }
}

/// The envelope with these members, none of them null, if each is of its type.
#[inline(always)]
fn with<'a>(raw: impl Fn(Key) -> Option<Raw<'a>>) -> Option<Envelope<'a>> {
    let text = |key| text(raw(key));
    let scalar = |key| scalar(raw(key));
    Some(Envelope {
        event_source: text(Key::EventSource)?,
        event_name: text(Key::EventName)?,
        event_time: scalar(Key::EventTime)?,
        event_type: text(Key::EventType)?,
        event_category: text(Key::EventCategory)?,
        aws_region: text(Key::AwsRegion)?,
        recipient_account_id: text(Key::RecipientAccountId)?,
        event_id: text(Key::EventId)?,
        request_id: text(Key::RequestId)?,
        read_only: scalar(Key::ReadOnly)?,
        error_code: text(Key::ErrorCode)?,
        error_message: text(Key::ErrorMessage)?,
        source_ip: text(Key::SourceIp)?,
        user_agent: text(Key::UserAgent)?,
        session_credential_from_console: scalar(Key::SessionCredentialFromConsole)?,
        user_identity: raw(Key::UserIdentity),
        request_parameters: raw(Key::RequestParameters),
        response_elements: raw(Key::ResponseElements),
        additional_event_data: raw(Key::AdditionalEventData),
        tls_details: raw(Key::TlsDetails),
        insight_details: raw(Key::InsightDetails),
        detail: raw(Key::Detail),
        cloud_trail_event: text(Key::CloudTrailEvent)?,
        digest_start_time: raw(Key::DigestStartTime),
    })
}

/// A text or nothing; `None` where it is neither.
fn text(member: Option<Raw<'_>>) -> Option<Option<Cow<'_, str>>> {
    match member {
        Some(value) => Some(Some(Cow::Borrowed(value.compact()?.text()?))),
        None => Some(None),
    }
}

/// Any scalar; numbers are serde's to read.
fn scalar(member: Option<Raw<'_>>) -> Option<Option<Scalar<'_>>> {
    let Some(value) = member else {
        return Some(None);
    };
    if let Some(text) = value.compact()?.text() {
        return Some(Some(Scalar::Text(Cow::Borrowed(text))));
    }
    match value.get() {
        "false" => Some(Some(Scalar::Flag(false))),
        "true" => Some(Some(Scalar::Flag(true))),
        json => serde_json::from_str(json).ok().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::Index};

    use super::*;

    const TOKEN: &str = r#"{"eventVersion":"1.08","userIdentity":{"accountId":"111122223333"},"eventTime":"2026-03-02T10:00:00Z","eventSource":"cognito-idp.amazonaws.com","eventName":"Token_POST","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.7","userAgent":"agent","errorCode":"","requestParameters":null,"additionalEventData":{"responseParameters":{"status":200},"requestParameters":{"grant_type":["refresh_token"],"client_id":["1aaaaaaaaaaaaaaaaaaexample"]},"userPoolId":"eu-west-1_EXAMPLE"},"requestID":"r-1","eventID":"e-1","readOnly":false,"eventType":"AwsServiceEvent","recipientAccountId":"111122223333"}"#;
    const CALL: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole"},"eventTime":"2026-03-02T10:00:07Z","eventSource":"cognito-idp.amazonaws.com","eventName":"UpdateUserPoolClient","awsRegion":"eu-west-1","requestParameters":{"userPoolId":"eu-west-1_EXAMPLE","clientId":"1aaaaaaaaaaaaaaaaaaexample"},"responseElements":null,"eventID":"e-1","readOnly":"false","eventType":"AwsApiCall","sessionCredentialFromConsole":"true","recipientAccountId":"111122223333","eventCategory":"Management"}"#;

    /// What comes of an envelope that is read the other way.
    fn by_serde(json: &str) -> String {
        let record = serde_json::from_str::<Envelope<'_>>(json);
        let record = record.map(|record| super::super::opened(&record, 1));
        format!("{:?}", record.map_err(|error| error.to_string()))
    }

    fn quickly(json: &str) -> Option<String> {
        let record = super::super::opened(&envelope(json)?, 1);
        Some(format!("{:?}", Ok::<_, String>(record)))
    }

    #[test]
    fn records_are_read_quickly() {
        for json in [TOKEN, CALL] {
            assert_eq!(quickly(json), Some(by_serde(json)));
        }
    }

    #[test]
    fn members_of_other_types_and_repeated_ones_are_left_to_serde() {
        for (from, to) in [
            (r#""awsRegion":"eu-west-1""#, r#""awsRegion":7"#),
            (r#""eventID":"e-1""#, r#""eventID":"e-1","eventID":"e-2""#),
            (r#""readOnly":false"#, r#""readOnly": false"#),
        ] {
            let json = TOKEN.replace(from, to);
            assert_ne!(json, TOKEN);
            assert_eq!(quickly(&json), None, "{json}");
        }
    }

    proptest! {
        #[test]
        fn both_ways_say_the_same(
            call: bool,
            edits in prop::collection::vec((any::<Index>(), any::<Index>(), 0..3u8), 0..4),
        ) {
            let mut text = if call { CALL } else { TOKEN }.to_owned();
            let parts = ["null", "\"x\"", "7", "[\"a\"]", "{}", "true", "eventName", "\",\"eventID\":\"", ","];
            for (at, part, kind) in edits {
                let at = at.index(text.len());
                match kind {
                    0 => drop(text.remove(at)),
                    1 => text.insert_str(at, parts[part.index(parts.len())]),
                    // A whole value gives way to another.
                    _ => {
                        let Some(colon) = text[at..].find(':') else { continue };
                        let start = at + colon + 1;
                        let Some(end) = text[start..].find([',', '}']) else { continue };
                        text.replace_range(start..start + end, parts[part.index(parts.len())]);
                    }
                }
            }
            if let Some(found) = quickly(&text) {
                prop_assert_eq!(found, by_serde(&text));
            }
        }
    }
}
