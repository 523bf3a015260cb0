//! gzip as base64 in JSON: the `awslogs.data` of a subscription's event, records of Kinesis and
//! Firehose.

use std::io::Read;

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::bufread::MultiGzDecoder;
use serde_json::{Map, Value};

use super::{Form, Inner};

/// How base64 of gzip begins.
const BEGIN: &str = "H4sI";
/// More than any payload of AWS, which are 6 MB at most.
const MOST_INFLATED: u64 = 16 << 20;
/// Payloads are looked for this deep.
const DEEPEST: u32 = 6;

/// The payloads in a row.
pub fn of(row: &Map<String, Value>) -> Option<Vec<Form>> {
    let mut found = Vec::new();
    row.values()
        .for_each(|value| find(value, DEEPEST, &mut found));
    (!found.is_empty()).then_some(found)
}

/// The payload that a line is.
pub fn of_line(line: &str) -> Option<Inner> {
    inflated(line)
}

fn find(value: &Value, depth: u32, found: &mut Vec<Form>) {
    let Some(deeper) = depth.checked_sub(1) else {
        return;
    };
    match value {
        Value::String(text) => found.extend(inflated(text).map(Form::Text)),
        Value::Array(items) => items.iter().for_each(|item| find(item, deeper, found)),
        Value::Object(members) => members
            .values()
            .for_each(|value| find(value, deeper, found)),
        _ => {}
    }
}

fn inflated(text: &str) -> Option<Inner> {
    text.starts_with(BEGIN).then_some(())?;
    let packed = STANDARD.decode(text.trim()).ok()?;
    let mut text = String::new();
    let read = MultiGzDecoder::new(&packed[..])
        .take(MOST_INFLATED)
        .read_to_string(&mut text);
    read.ok().map(|_| Inner {
        text,
        ..Inner::default()
    })
}
