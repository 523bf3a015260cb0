//! Writes JSON on one line with keys in a fixed order, whatever map `serde_json` was built with.

use serde_json::Value;

/// The order in which CloudTrail writes the members of a record; others follow by name.
const RECORD: [&str; 24] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "readOnly",
    "resources",
    "eventType",
    "managementEvent",
    "recipientAccountId",
    "serviceEventDetails",
    "eventCategory",
    "tlsDetails",
    "sessionCredentialFromConsole",
];

pub fn line(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                comma(position, out);
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|&(name, _)| (rank(name), name));
            out.push('{');
            for (position, (name, member)) in members.into_iter().enumerate() {
                comma(position, out);
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write(member, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn comma(position: usize, out: &mut String) {
    if position > 0 {
        out.push(',');
    }
}

fn rank(name: &str) -> usize {
    RECORD
        .iter()
        .position(|known| *known == name)
        .unwrap_or(RECORD.len())
}
