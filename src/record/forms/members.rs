//! Rows whose columns are the members of a CloudTrail record, spelled by other programs: tables of
//! Athena and Glue (lower case; inner members as `{key=value}`), the shipped `records.sql`, columns
//! that Splunk and spreadsheets save (`requestParameters.userPoolId`).

use chrono::SecondsFormat;
use serde_json::{Map, Value};

use super::{Form, lines::moment, value_at};
use crate::{
    queries,
    record::{Record, Unread, counted},
};

/// CloudTrail's members; columns are told by their letters alone.
const MEMBERS: [&str; 25] = [
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
    "apiVersion",
    "recipientAccountId",
    "serviceEventDetails",
    "eventCategory",
    "managementEvent",
    "sessionCredentialFromConsole",
    "tlsDetails",
];

/// Members of `userIdentity` and `tlsDetails`, which Athena spells in lower case.
const INNER: [&str; 19] = [
    "type",
    "principalId",
    "arn",
    "accountId",
    "accessKeyId",
    "userName",
    "invokedBy",
    "onBehalfOf",
    "sessionContext",
    "sessionIssuer",
    "sourceIdentity",
    "attributes",
    "mfaAuthenticated",
    "creationDate",
    "webIdFederationData",
    "federatedProvider",
    "tlsVersion",
    "cipherSuite",
    "clientProvidedHostHeader",
];

/// Columns of `records.sql` that stand inside others in a record.
const FLAT: [(&str, &str); 9] = [
    ("host", "tlsDetails.clientProvidedHostHeader"),
    ("identity_type", "userIdentity.type"),
    ("identity_arn", "userIdentity.arn"),
    ("identity_account", "userIdentity.accountId"),
    ("identity_principal", "userIdentity.principalId"),
    ("identity_name", "userIdentity.userName"),
    ("invoked_by", "userIdentity.invokedBy"),
    (
        "issuer_arn",
        "userIdentity.sessionContext.sessionIssuer.arn",
    ),
    (
        "source_identity",
        "userIdentity.sessionContext.sourceIdentity",
    ),
];

/// Every record has them.
const NEEDED: [&str; 3] = ["eventName", "eventSource", "eventTime"];
/// One of them is in whatever keeps what a call asked for.
const TELLING: [&str; 3] = [
    "requestParameters",
    "responseElements",
    "additionalEventData",
];

/// The record that a row is of.
pub fn of(row: &Map<String, Value>) -> Option<Vec<Form>> {
    if let Some(counted) = counts(row) {
        return Some(vec![counted]);
    }
    let mut record = Map::new();
    for (column, value) in row {
        put_column(&mut record, column, value);
    }
    let has = |name: &str| record.contains_key(name);
    if !NEEDED.iter().all(|name| has(name)) || !keeps_calls(row.keys()) {
        return None;
    }
    Some(vec![finished(record)])
}

/// Whether columns are those of records, of what `counts.sql` counts, or of the event history.
pub fn is_header(columns: &[&str]) -> bool {
    let named = |name: &str| columns.iter().any(|column| canonical(column) == Some(name));
    let counts = ["requests", "first_time", "last_time"];
    NEEDED.into_iter().all(named) || counts.iter().all(|name| columns.contains(name))
}

/// Whether columns hold more of a call than that it was made.
fn keeps_calls<'a>(mut columns: impl Iterator<Item = &'a String>) -> bool {
    columns.any(|column| {
        let first = column.split('.').next().unwrap_or_default();
        canonical(first).is_some_and(|name| TELLING.contains(&name))
    })
}

/// A row of `counts.sql`.
fn counts(row: &Map<String, Value>) -> Option<Form> {
    let of = |name: &str| row.get(name).and_then(Value::as_str);
    let counted = counted::parse(of)?.ok()?.into_owned();
    let text = Value::Object(row.clone()).to_string();
    Some(Form::Row(Box::new(Record::Counted(counted)), text))
}

/// CloudTrail's name of a column, whatever its case and separators.
fn canonical(column: &str) -> Option<&'static str> {
    MEMBERS.into_iter().find(|name| is_same(column, name))
}

/// Whether a column is spelled like a member but for case, spaces, `_` and `-`.
pub(super) fn is_same(column: &str, member: &str) -> bool {
    let letters = column.bytes().filter(u8::is_ascii_alphanumeric);
    letters
        .map(|byte| byte.to_ascii_lowercase())
        .eq(member.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// Where a column stands in a record.
fn path(column: &str) -> Option<Vec<String>> {
    if let Some((_, path)) = FLAT.iter().find(|(name, _)| *name == column) {
        return Some(path.split('.').map(str::to_owned).collect());
    }
    let mut parts = column.split('.');
    let first = canonical(parts.next()?)?;
    let mut path = vec![first.to_owned()];
    path.extend(parts.map(|part| inner(first, part)));
    Some(path)
}

/// The name of an inner member: what a call was asked keeps its case, which is what matters there.
fn inner(first: &str, part: &str) -> String {
    let known = matches!(first, "userIdentity" | "tlsDetails").then(|| {
        let mut inner = INNER.into_iter();
        inner.find(|name| name.eq_ignore_ascii_case(part))
    });
    known.flatten().unwrap_or(part).to_owned()
}

/// Puts a column of CloudTrail's into a record, unless it is there.
pub(super) fn put_column(record: &mut Map<String, Value>, column: &str, value: &Value) {
    let Some(path) = path(column) else { return };
    if let Some(value) = told(value, &path) {
        put(record, &path, value);
    }
}

/// An object at a path: as it is, as a text, or in columns whose names begin with the path.
pub(super) fn object(row: &Map<String, Value>, path: &str) -> Option<Value> {
    match value_at(row, path) {
        Some(Value::String(text)) if text.starts_with('{') => {
            serde_json::from_str(text).ok().or_else(|| hive(text))
        }
        Some(value @ Value::Object(_)) => Some(value.clone()),
        Some(_) => None,
        None => {
            let mut members = Map::new();
            for (column, value) in row {
                let inner = column.strip_prefix(path);
                let Some(inner) = inner.and_then(|rest| rest.strip_prefix('.')) else {
                    continue;
                };
                let parts: Vec<String> = inner.split('.').map(str::to_owned).collect();
                put(&mut members, &parts, value.clone());
            }
            (!members.is_empty()).then_some(Value::Object(members))
        }
    }
}

/// What a cell says; `None` where it is empty.
fn told(value: &Value, path: &[String]) -> Option<Value> {
    let first = path.first().map(String::as_str).unwrap_or_default();
    let Value::String(text) = value else {
        return (!value.is_null()).then(|| renamed(value.clone(), first));
    };
    let text = text.trim();
    if text.is_empty() || text == "null" || text == "-" {
        return None;
    }
    if !text.starts_with(['{', '[']) {
        return Some(text.into());
    }
    let parsed = serde_json::from_str(text).ok().or_else(|| hive(text));
    let parsed = parsed.map(|value| renamed(value, first));
    Some(parsed.unwrap_or_else(|| text.into()))
}

/// The same with the names of inner members as CloudTrail writes them.
fn renamed(value: Value, first: &str) -> Value {
    match value {
        Value::Object(members) if matches!(first, "userIdentity" | "tlsDetails") => {
            let members = members.into_iter().filter(|(_, value)| !value.is_null());
            let members = members.map(|(name, value)| (inner(first, &name), renamed(value, first)));
            Value::Object(members.collect())
        }
        value => value,
    }
}

/// Puts a value at a path; what is called `name{}` or `name[0]` is a list.
fn put(record: &mut Map<String, Value>, path: &[String], value: Value) {
    let Some((last, front)) = path.split_last() else {
        return;
    };
    let mut at = record;
    for name in front {
        let member = at
            .entry(name.clone())
            .or_insert_with(|| Value::Object(Map::new()));
        // Where the whole was there already, its parts say nothing new.
        let Value::Object(members) = member else {
            return;
        };
        at = members;
    }
    let listed = last.strip_suffix("{}").or_else(|| last.strip_suffix("[0]"));
    let (name, value) = match listed {
        Some(name) => (name, Value::Array(vec![value])),
        None => (last.as_str(), value),
    };
    at.entry(name).or_insert(value);
}

/// The record with what its form leaves out, if that can be known.
pub(super) fn finished(mut record: Map<String, Value>) -> Form {
    let text = |record: &Map<String, Value>, name: &str| {
        let text = record.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let time = text(&record, "eventTime");
    if let Some(time) = moment(&time) {
        let time = time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        record.insert("eventTime".to_owned(), time.into());
    }
    let (source, name) = (text(&record, "eventSource"), text(&record, "eventName"));
    let is_page = source == queries::COGNITO && name.contains('_');
    if text(&record, "eventType").is_empty() {
        let kind = match is_page {
            true => "AwsServiceEvent",
            false => "AwsApiCall",
        };
        record.insert("eventType".to_owned(), kind.into());
    }
    let says = |name: &str| record.contains_key(name);
    if is_page && !says("additionalEventData") && !says("errorCode") {
        return Form::Unread(Unread::NoOutcome);
    }
    Form::Record(Value::Object(record).to_string())
}

/// A row inside a cell, as Athena prints it: `{type=AssumedRole, sessioncontext={…}, invokedby=null}`.
fn hive(text: &str) -> Option<Value> {
    let mut rest = text;
    let value = hive_value(&mut rest, 0)?;
    rest.trim().is_empty().then_some(value)
}

const DEEPEST: u32 = 16;

fn hive_value(rest: &mut &str, depth: u32) -> Option<Value> {
    (depth < DEEPEST).then_some(())?;
    if let Some(inside) = rest.strip_prefix('{') {
        *rest = inside;
        return hive_members(rest, depth);
    }
    if let Some(inside) = rest.strip_prefix('[') {
        *rest = inside;
        return hive_items(rest, depth);
    }
    let end = hive_end(rest);
    let (text, behind) = rest.split_at_checked(end)?;
    *rest = behind;
    Some(match text {
        "null" => Value::Null,
        text => text.into(),
    })
}

fn hive_members(rest: &mut &str, depth: u32) -> Option<Value> {
    let mut members = Map::new();
    loop {
        *rest = rest.trim_start_matches([',', ' ']);
        if let Some(behind) = rest.strip_prefix('}') {
            *rest = behind;
            return Some(Value::Object(members));
        }
        let (name, behind) = rest.split_once('=')?;
        *rest = behind;
        members.insert(name.to_owned(), hive_value(rest, depth + 1)?);
    }
}

fn hive_items(rest: &mut &str, depth: u32) -> Option<Value> {
    let mut items = Vec::new();
    loop {
        *rest = rest.trim_start_matches([',', ' ']);
        if let Some(behind) = rest.strip_prefix(']') {
            *rest = behind;
            return Some(Value::Array(items));
        }
        let left = rest.len();
        items.push(hive_value(rest, depth + 1)?);
        // Neither an item nor the end of the list.
        (rest.len() < left).then_some(())?;
    }
}

/// Where a text ends that nothing quotes: before the next member, or before the bracket that closes
/// what it stands in.
fn hive_end(text: &str) -> usize {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let bytes = text.as_bytes();
    (0..bytes.len())
        .find(|at| match bytes[*at] {
            b'}' | b']' => true,
            b',' => {
                let next = bytes.get(at + 2..).unwrap_or_default();
                let name = next.iter().take_while(|byte| is_name(byte)).count();
                bytes.get(at + 1) == Some(&b' ') && name > 0 && next.get(name) == Some(&b'=')
                    || next.first().is_some_and(|byte| matches!(byte, b'{' | b'['))
            }
            _ => false,
        })
        .unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_cells_end_or_are_none() {
        let list = hive("[{a=1, b=null}, {a=2}]").expect("a list");
        assert_eq!(list, serde_json::json!([{"a": "1", "b": null}, {"a": "2"}]));
        for cut in [
            "[",
            "[a",
            "[a}",
            "[aws-cli {1}",
            "{a=[b",
            "{a",
            "{a={b=c",
            "[[[[",
        ] {
            assert_eq!(hive(cut), None, "{cut}");
        }
    }
}
