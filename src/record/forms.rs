//! Records in the forms that other programs keep and export them in.
//!
//! Told apart by content, as everything else: by the members of an object, or by how a line begins.
//! Some forms hold the text that was logged, and it is read as if it stood alone; the others hold the
//! members of a CloudTrail record under other names, and the record is made again of them.

use chrono::{DateTime, Utc};
use memchr::memmem;
use serde_json::{Map, Value};

use super::{Record, Unread};

mod elastic;
mod history;
mod lines;
mod members;
mod nested;
mod ocsf;
mod payload;
mod prefix;

pub use prefix::joined;

/// What stands in a form.
#[derive(Debug)]
pub enum Form {
    /// A text to be read in its place: a line, a record, a whole answer of AWS.
    Text(Inner),
    /// A record of CloudTrail as JSON, made again.
    Record(String),
    /// A row that is a record of its own, and its text.
    Row(Box<Record<'static>>, String),
    /// Something that is recognised and says too little.
    Unread(Unread),
}

/// A text, and what its form says of it.
#[derive(Debug, Default)]
pub struct Inner {
    pub text: String,
    /// When it was logged.
    pub time: Option<DateTime<Utc>>,
    /// Where.
    pub stream: Option<String>,
    /// Whether it is a row of Logs Insights.
    pub is_row: bool,
}

/// One of these stands in every object of these forms.
const MARKS: [&str; 13] = [
    "_raw\"",
    "\"_source\"",
    "\"cloudtrail\"",
    "cloudtrail.",
    "\"class_uid\"",
    "\"H4sI",
    "\"original\"",
    "event.original",
    "\"eventname\"",
    "eventName\\\"",
    "\"@message\"",
    "\"eventSource\"",
    "\"line\"",
];

/// How records of AWS begin; in none of these forms.
const OWN: &str = "{\"eventVersion\"";
/// Envelopes of AWS, which are opened with the record.
const ENVELOPES: [&str; 2] = ["\"detail\":{", "\"CloudTrailEvent\""];

/// What stands in a message; `None` where it is in none of these forms.
pub fn of_message(text: &str) -> Option<Vec<Form>> {
    let text = text.trim();
    match text.starts_with('{') {
        true => of_object(text),
        false => prefix::of(text)
            .or_else(|| payload::of_line(text))
            .map(|inner| vec![Form::Text(inner)]),
    }
}

/// What stands in an object; `None` where it is in none of these forms.
fn of_object(json: &str) -> Option<Vec<Form>> {
    let has = |mark: &str| memmem::find(json.as_bytes(), mark.as_bytes()).is_some();
    let is_own = json.starts_with(OWN) || ENVELOPES.iter().any(|mark| has(mark));
    if is_own || !MARKS.iter().any(|mark| has(mark)) {
        return None;
    }
    let object: Map<String, Value> = serde_json::from_str(json).ok()?;
    of_row(&object)
}

/// What stands in the members of an object or the cells of a row.
pub fn of_row(row: &Map<String, Value>) -> Option<Vec<Form>> {
    if let Some(line) = lines::of(row) {
        return Some(line);
    }
    if nested::is_record(row) {
        return None;
    }
    let parsers = [
        payload::of,
        nested::of,
        elastic::of,
        ocsf::of,
        members::of,
        history::of,
    ];
    let forms = parsers.into_iter().find_map(|parse| parse(row));
    forms.or_else(|| enveloped(row))
}

/// What searches return stands in an envelope of theirs.
fn enveloped(row: &Map<String, Value>) -> Option<Vec<Form>> {
    let inner = ["result", "_source", "fields"].into_iter();
    let mut inner = inner.filter_map(|name| row.get(name)?.as_object());
    let hits = || {
        let hits = row.get("hits")?.get("hits")?.as_array()?;
        let hits = hits.iter().filter_map(Value::as_object);
        Some(hits.filter_map(of_row).flatten().collect::<Vec<_>>())
    };
    inner
        .find_map(of_row)
        .or_else(|| hits().filter(|forms| !forms.is_empty()))
}

/// Whether the columns of a table are those of one of these forms.
pub fn is_header(columns: &[&str]) -> bool {
    lines::is_header(columns) || members::is_header(columns)
}

/// A text member, at its path or under a name that is the path.
fn text_at<'a>(row: &'a Map<String, Value>, path: &str) -> Option<&'a str> {
    value_at(row, path)?
        .as_str()
        .filter(|text| !text.is_empty())
}

/// A member at its path, or under a name that is the path; of a list the first.
fn value_at<'a>(row: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let found = row.get(path).or_else(|| {
        let (first, rest) = path.split_once('.')?;
        value_at(row.get(first)?.as_object()?, rest)
    })?;
    match found {
        Value::Array(list) => list.first(),
        found => Some(found),
    }
    .filter(|value| !value.is_null())
}

#[cfg(test)]
mod tests;
