//! Documents of Elastic's CloudTrail integration without `event.original`: the record's members under
//! `aws.cloudtrail`, and under the common names of ECS.
//!
//! Source: <https://www.elastic.co/docs/reference/integrations/aws/cloudtrail>

use serde_json::{Map, Value};

use super::{
    Form,
    members::{finished, object},
    text_at, value_at,
};

/// Members of a record, and where a document has them, the first that is there.
const TEXTS: [(&str, [&str; 2]); 16] = [
    ("eventTime", ["@timestamp", ""]),
    ("eventID", ["event.id", ""]),
    ("awsRegion", ["cloud.region", ""]),
    ("sourceIPAddress", ["source.address", "source.ip"]),
    ("userAgent", ["user_agent.original", ""]),
    (
        "recipientAccountId",
        ["aws.cloudtrail.recipient_account_id", "cloud.account.id"],
    ),
    ("requestID", ["aws.cloudtrail.request_id", ""]),
    ("eventType", ["aws.cloudtrail.event_type", ""]),
    ("eventCategory", ["aws.cloudtrail.event_category", ""]),
    ("errorCode", ["aws.cloudtrail.error_code", ""]),
    ("errorMessage", ["aws.cloudtrail.error_message", ""]),
    (
        "sessionCredentialFromConsole",
        ["aws.cloudtrail.session_credential_from_console", ""],
    ),
    ("readOnly", ["aws.cloudtrail.read_only", ""]),
    ("eventVersion", ["aws.cloudtrail.event_version", ""]),
    ("apiVersion", ["aws.cloudtrail.api_version", ""]),
    ("vpcEndpointId", ["aws.cloudtrail.vpc_endpoint_id", ""]),
];

/// Members that are objects: whole where they are kept flattened, else as a text.
const OBJECTS: [(&str, [&str; 2]); 3] = [
    (
        "requestParameters",
        [
            "aws.cloudtrail.flattened.request_parameters",
            "aws.cloudtrail.request_parameters",
        ],
    ),
    (
        "responseElements",
        [
            "aws.cloudtrail.flattened.response_elements",
            "aws.cloudtrail.response_elements",
        ],
    ),
    (
        "additionalEventData",
        [
            "aws.cloudtrail.flattened.additional_eventdata",
            "aws.cloudtrail.additional_eventdata",
        ],
    ),
];

const IDENTITY: [(&str, &str); 6] = [
    ("type", "aws.cloudtrail.user_identity.type"),
    ("arn", "aws.cloudtrail.user_identity.arn"),
    ("accessKeyId", "aws.cloudtrail.user_identity.access_key_id"),
    ("invokedBy", "aws.cloudtrail.user_identity.invoked_by"),
    ("userName", "user.name"),
    ("principalId", "user.id"),
];

const ISSUER: &str = "aws.cloudtrail.user_identity.session_context.session_issuer.arn";
const HOST: &str = "tls.client.server_name";

/// The record that a document is of.
pub fn of(row: &Map<String, Value>) -> Option<Vec<Form>> {
    let name = text_at(row, "event.action")?;
    let source = text_at(row, "event.provider")?;
    let is_trail = value_at(row, "aws.cloudtrail").is_some()
        || row.keys().any(|key| key.starts_with("aws.cloudtrail."));
    is_trail.then_some(())?;
    let mut record = Map::new();
    record.insert("eventName".to_owned(), name.into());
    record.insert("eventSource".to_owned(), source.into());
    for (member, places) in TEXTS {
        let found = places.iter().find_map(|place| value_at(row, place));
        if let Some(value) = found {
            record.insert(member.to_owned(), value.clone());
        }
    }
    for (member, places) in OBJECTS {
        if let Some(value) = places.iter().find_map(|place| object(row, place)) {
            record.insert(member.to_owned(), value);
        }
    }
    let mut identity = Map::new();
    for (member, place) in IDENTITY {
        if let Some(text) = text_at(row, place) {
            identity.insert(member.to_owned(), text.into());
        }
    }
    if let Some(arn) = text_at(row, ISSUER) {
        let session = serde_json::json!({"sessionIssuer": {"arn": arn}});
        identity.insert("sessionContext".to_owned(), session);
    }
    record.insert("userIdentity".to_owned(), identity.into());
    if let Some(host) = text_at(row, HOST) {
        let tls = serde_json::json!({"clientProvidedHostHeader": host});
        record.insert("tlsDetails".to_owned(), tls);
    }
    Some(vec![finished(record)])
}
