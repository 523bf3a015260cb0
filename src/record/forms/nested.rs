//! Whole records of CloudTrail inside what wraps them: as a text (Elastic's `event.original`, the
//! `message` of shippers) or as an object (Datadog's `attributes`, Logs Insights' `@message`).

use serde_json::{Map, Value};

use super::{Form, Inner};

/// Records are looked for this deep.
const DEEPEST: u32 = 8;

/// The records in a row; `None` where there are none.
pub fn of(row: &Map<String, Value>) -> Option<Vec<Form>> {
    let mut found = Vec::new();
    in_members(row, DEEPEST, &mut found);
    (!found.is_empty()).then_some(found)
}

/// Of the members of one object, the first that is a record: the others hold copies of it.
fn in_members(row: &Map<String, Value>, depth: u32, found: &mut Vec<Form>) -> bool {
    let texts_first = row
        .values()
        .filter(|value| value.is_string())
        .chain(row.values().filter(|value| !value.is_string()));
    for value in texts_first {
        if in_value(value, depth, found) {
            return true;
        }
    }
    false
}

fn in_value(value: &Value, depth: u32, found: &mut Vec<Form>) -> bool {
    let Some(deeper) = depth.checked_sub(1) else {
        return false;
    };
    match value {
        Value::String(text) if holds_record(text) => {
            found.push(Form::Text(Inner {
                text: text.clone(),
                ..Inner::default()
            }));
            true
        }
        Value::Object(members) if is_record(members) => {
            found.push(Form::Record(value.to_string()));
            true
        }
        Value::Object(members) => in_members(members, deeper, found),
        Value::Array(items) => {
            let before = found.len();
            for item in items {
                in_value(item, deeper, found);
            }
            found.len() > before
        }
        _ => false,
    }
}

/// Whether a text is a record, or a list or an envelope of records.
fn holds_record(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with(['{', '['])
        && text.contains("\"eventName\"")
        && text.contains("\"eventSource\"")
}

/// Whether an object has the members that every record has, as CloudTrail writes them.
pub fn is_record(row: &Map<String, Value>) -> bool {
    let text = |name: &str| row.get(name).is_some_and(Value::is_string);
    let flat = row.keys().any(|name| name.contains('.'));
    let told = row.contains_key("requestParameters") || row.contains_key("additionalEventData");
    ["eventName", "eventSource", "eventTime"]
        .into_iter()
        .all(text)
        && told
        && !flat
}
