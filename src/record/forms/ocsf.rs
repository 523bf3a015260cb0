//! CloudTrail events as OCSF has them (Security Lake): API activity, whatever its class.
//!
//! Source: <https://github.com/ocsf/examples/tree/main/mappings/markdown/AWS>

use chrono::SecondsFormat;
use serde_json::{Map, Value};

use super::{
    Form,
    members::{finished, object, put_column},
    text_at,
};
use crate::record::time;

/// Members of a record, and where an event has them, the first that is there.
const TEXTS: [(&str, [&str; 3]); 11] = [
    ("eventID", ["metadata.uid", "", ""]),
    ("eventType", ["metadata.event_code", "", ""]),
    ("eventVersion", ["metadata.product.version", "", ""]),
    ("awsRegion", ["cloud.region", "", ""]),
    (
        "recipientAccountId",
        [
            "unmapped.recipientAccountId",
            "cloud.account.uid",
            "cloud.account_uid",
        ],
    ),
    ("requestID", ["api.request.uid", "", ""]),
    ("errorCode", ["api.response.error", "", ""]),
    (
        "errorMessage",
        ["api.response.error_message", "api.response.message", ""],
    ),
    (
        "sourceIPAddress",
        [
            "src_endpoint.ip",
            "src_endpoint.domain",
            "src_endpoint.svc_name",
        ],
    ),
    ("userAgent", ["http_request.user_agent", "", ""]),
    ("apiVersion", ["api.version", "", ""]),
];

const IDENTITY: [(&str, [&str; 2]); 7] = [
    ("type", ["actor.user.type", ""]),
    ("arn", ["actor.user.uid", "actor.user.uuid"]),
    ("principalId", ["actor.user.uid_alt", "actor.user.uid"]),
    (
        "accountId",
        ["actor.user.account.uid", "actor.user.account_uid"],
    ),
    ("userName", ["actor.user.name", ""]),
    ("accessKeyId", ["actor.user.credential_uid", ""]),
    ("invokedBy", ["actor.invoked_by", ""]),
];

/// The record that an event is of.
pub fn of(row: &Map<String, Value>) -> Option<Vec<Form>> {
    row.get("class_uid")?;
    let name = text_at(row, "api.operation")?;
    let source = text_at(row, "api.service.name")?;
    let mut record = Map::new();
    record.insert("eventName".to_owned(), name.into());
    record.insert("eventSource".to_owned(), source.into());
    record.insert("eventTime".to_owned(), moment(row)?.into());
    for (member, places) in TEXTS {
        if let Some(text) = places.iter().find_map(|place| text_at(row, place)) {
            record.insert(member.to_owned(), text.into());
        }
    }
    for (member, place) in [
        ("requestParameters", "api.request.data"),
        ("responseElements", "api.response.data"),
    ] {
        if let Some(value) = object(row, place) {
            record.insert(member.to_owned(), value);
        }
    }
    record.insert("userIdentity".to_owned(), identity(row).into());
    if let Some(host) = text_at(row, "tls.sni") {
        let tls = serde_json::json!({"clientProvidedHostHeader": host});
        record.insert("tlsDetails".to_owned(), tls);
    }
    // What OCSF has no name for keeps CloudTrail's.
    let unmapped = row.get("unmapped").map(pairs).unwrap_or_default();
    for (column, value) in &unmapped {
        put_column(&mut record, column, value);
    }
    Some(vec![finished(record)])
}

/// `unmapped` is an object, a list of pairs, or JSON in a text.
fn pairs(unmapped: &Value) -> Map<String, Value> {
    match unmapped {
        Value::Object(members) => members.clone(),
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        Value::Array(pairs) => pairs
            .iter()
            .filter_map(|pair| match pair {
                Value::Array(pair) => {
                    let [key, value] = pair.as_slice() else {
                        return None;
                    };
                    Some((key.as_str()?.to_owned(), value.clone()))
                }
                pair => Some((
                    pair.get("key")?.as_str()?.to_owned(),
                    pair.get("value")?.clone(),
                )),
            })
            .collect(),
        _ => Map::new(),
    }
}

/// When it happened, as CloudTrail writes it.
fn moment(row: &Map<String, Value>) -> Option<String> {
    let time = match row.get("time") {
        Some(Value::Number(millis)) => time::from_millis(millis.as_i64()?)?,
        Some(Value::String(text)) => match text.parse() {
            Ok(millis) => time::from_millis(millis)?,
            Err(_) => super::lines::moment(text)?,
        },
        _ => super::lines::moment(text_at(row, "time_dt")?)?,
    };
    Some(time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

fn identity(row: &Map<String, Value>) -> Map<String, Value> {
    let mut identity = Map::new();
    for (member, places) in IDENTITY {
        let mut texts = places.iter().filter_map(|place| text_at(row, place));
        // One version has the ARN where the other has the principal.
        let found = texts.find(|text| match member {
            "arn" => text.starts_with("arn:"),
            "principalId" => !text.starts_with("arn:"),
            _ => true,
        });
        if let Some(text) = found {
            identity.insert(member.to_owned(), text.into());
        }
    }
    if let Some(arn) = text_at(row, "actor.session.issuer") {
        let session = serde_json::json!({"sessionIssuer": {"arn": arn}});
        identity.insert("sessionContext".to_owned(), session);
    }
    identity
}
