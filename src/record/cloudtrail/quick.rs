//! The envelope of a record as AWS writes it, read without serde.

use std::borrow::Cow;

use super::{
    Envelope,
    value::{Raw, Scalar},
};
use crate::record::compact::{self, Value};

/// The envelope that serde reads too; `None` asks it to do so.
pub fn envelope(json: &str) -> Option<Envelope<'_>> {
    let mut slots = Slots::default();
    compact::members(json, |key, value| match slots.of(key) {
        Some(slot) => slot.replace(value).is_none().then_some(()),
        None => Some(()),
    })?;
    slots.envelope()
}

/// The members of an [`Envelope`], each met once at most.
#[derive(Default)]
struct Slots<'a> {
    event_source: Option<Value<'a>>,
    event_name: Option<Value<'a>>,
    event_time: Option<Value<'a>>,
    event_type: Option<Value<'a>>,
    event_category: Option<Value<'a>>,
    aws_region: Option<Value<'a>>,
    recipient_account_id: Option<Value<'a>>,
    event_id: Option<Value<'a>>,
    request_id: Option<Value<'a>>,
    read_only: Option<Value<'a>>,
    error_code: Option<Value<'a>>,
    source_ip: Option<Value<'a>>,
    user_agent: Option<Value<'a>>,
    session_credential_from_console: Option<Value<'a>>,
    user_identity: Option<Value<'a>>,
    request_parameters: Option<Value<'a>>,
    response_elements: Option<Value<'a>>,
    additional_event_data: Option<Value<'a>>,
    tls_details: Option<Value<'a>>,
    insight_details: Option<Value<'a>>,
    detail: Option<Value<'a>>,
    cloud_trail_event: Option<Value<'a>>,
    digest_start_time: Option<Value<'a>>,
}

impl<'a> Slots<'a> {
    /// Where a member belongs, if anywhere.
    fn of(&mut self, key: &str) -> Option<&mut Option<Value<'a>>> {
        Some(match key {
            "eventSource" => &mut self.event_source,
            "eventName" => &mut self.event_name,
            "eventTime" => &mut self.event_time,
            "eventType" => &mut self.event_type,
            "eventCategory" => &mut self.event_category,
            "awsRegion" => &mut self.aws_region,
            "recipientAccountId" => &mut self.recipient_account_id,
            "eventID" => &mut self.event_id,
            "requestID" => &mut self.request_id,
            "readOnly" => &mut self.read_only,
            "errorCode" => &mut self.error_code,
            "sourceIPAddress" => &mut self.source_ip,
            "userAgent" => &mut self.user_agent,
            "sessionCredentialFromConsole" => &mut self.session_credential_from_console,
            "userIdentity" => &mut self.user_identity,
            "requestParameters" => &mut self.request_parameters,
            "responseElements" => &mut self.response_elements,
            "additionalEventData" => &mut self.additional_event_data,
            "tlsDetails" => &mut self.tls_details,
            "insightDetails" => &mut self.insight_details,
            "detail" => &mut self.detail,
            "CloudTrailEvent" => &mut self.cloud_trail_event,
            "digestStartTime" => &mut self.digest_start_time,
            _ => return None,
        })
    }

    /// The envelope, if each member is of its type.
    fn envelope(self) -> Option<Envelope<'a>> {
        Some(Envelope {
            event_source: text(self.event_source)?,
            event_name: text(self.event_name)?,
            event_time: scalar(self.event_time)?,
            event_type: text(self.event_type)?,
            event_category: text(self.event_category)?,
            aws_region: text(self.aws_region)?,
            recipient_account_id: text(self.recipient_account_id)?,
            event_id: text(self.event_id)?,
            request_id: text(self.request_id)?,
            read_only: scalar(self.read_only)?,
            error_code: text(self.error_code)?,
            source_ip: text(self.source_ip)?,
            user_agent: text(self.user_agent)?,
            session_credential_from_console: scalar(self.session_credential_from_console)?,
            user_identity: raw(self.user_identity),
            request_parameters: raw(self.request_parameters),
            response_elements: raw(self.response_elements),
            additional_event_data: raw(self.additional_event_data),
            tls_details: raw(self.tls_details),
            insight_details: raw(self.insight_details),
            detail: raw(self.detail),
            cloud_trail_event: text(self.cloud_trail_event)?,
            digest_start_time: raw(self.digest_start_time),
        })
    }
}

/// A member that is not null.
fn told(slot: Option<Value<'_>>) -> Option<Value<'_>> {
    slot.filter(|value| value.json() != "null")
}

fn text(slot: Option<Value<'_>>) -> Option<Option<Cow<'_, str>>> {
    match told(slot) {
        Some(value) => value.text().map(|text| Some(Cow::Borrowed(text))),
        None => Some(None),
    }
}

fn raw(slot: Option<Value<'_>>) -> Option<Raw<'_>> {
    told(slot).map(Raw::Compact)
}

/// Any scalar; numbers are serde's to read.
fn scalar(slot: Option<Value<'_>>) -> Option<Option<Scalar<'_>>> {
    told(slot).map_or(Some(None), |value| match value.text() {
        Some(text) => Some(Some(Scalar::Text(Cow::Borrowed(text)))),
        None => serde_json::from_str(value.json()).ok().map(Some),
    })
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
