//! The time that a line itself tells, in the forms of usual loggers. A time without offset is UTC.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use super::entry::Entry;
use crate::record::time;

/// Members that hold the time, in the layouts of usual loggers.
const MEMBERS: [&str; 12] = [
    "@timestamp",
    "timestamp",
    "time",
    "ts",
    "@t",
    "Timestamp",
    "datetime",
    "asctime",
    "date",
    "timeMillis",
    "eventTime",
    "t",
];

/// Keys of lines of `key=value`.
const KEYS: [&str; 4] = ["time=", "ts=", "timestamp=", "t="];

/// Forms with an offset.
const ZONED: [&str; 6] = [
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f %#z",
    "%d-%b-%Y:%H:%M:%S %#z",
    "%d-%b-%Y:%H:%M:%S%.f %#z",
    "%a, %d %b %Y %H:%M:%S %#z",
];

/// Forms without.
const LOCAL: [&str; 5] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%d-%b-%Y %H:%M:%S%.f",
    "%d-%b-%Y %H:%M:%S%.f UTC",
    "%a %b %d %H:%M:%S%.f %Y",
];

/// Longest of the forms.
const LONGEST: usize = 40;

/// The line's own time: a member, or a date at its front.
pub fn of(entry: &Entry<'_>) -> Option<DateTime<Utc>> {
    if entry.is_structured() {
        let mut members = MEMBERS.iter();
        return members
            .find_map(|name| from_value(entry.top(name)?))
            .or_else(|| from_instant(entry.top("instant")?));
    }
    let line = entry.raw.lines().next().unwrap_or_default();
    let mut keys = KEYS.iter();
    let keyed = || {
        keys.find_map(|key| {
            let (before, value) = line.split_once(key)?;
            let begins = before.is_empty() || before.ends_with(' ');
            at_front(value).filter(|_| begins)
        })
    };
    at_front(line).or_else(keyed).map(|(time, _)| time)
}

fn from_value(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::String(text) => written(text),
        Value::Number(number) => time::from_number(number.as_f64()?),
        _ => None,
    }
}

/// Log4j's `{"epochSecond": 1772445600, "nanoOfSecond": 500000000}`.
fn from_instant(instant: &Value) -> Option<DateTime<Utc>> {
    let seconds = instant.get("epochSecond")?.as_i64()?;
    let nanos = instant.get("nanoOfSecond").and_then(Value::as_u64);
    let nanos = u32::try_from(nanos.unwrap_or_default()).ok()?;
    time::sensible(DateTime::from_timestamp(seconds, nanos)?)
}

/// A text without the date at its front.
pub fn without(text: &str) -> &str {
    at_front(text).map_or(text, |(_, rest)| rest)
}

/// A date at the front of a text, bare, quoted, or in brackets, the longest that is one; and what
/// stands behind it.
fn at_front(text: &str) -> Option<(DateTime<Utc>, &str)> {
    // Ruby's `E, [2026-03-02T10:00:00.5 #1]`.
    let level = text.get(..3).is_some_and(|start| start.ends_with(", "));
    let text = if level { &text[3..] } else { text };
    for (open, close) in [('[', ']'), ('"', '"')] {
        let inside = text.strip_prefix(open);
        if let Some((inner, rest)) = inside.and_then(|text| text.split_once(close)) {
            let inner = inner.split(" #").next().unwrap_or(inner);
            return written(inner).map(|time| (time, rest));
        }
    }
    let spaces = text.match_indices(' ').map(|(at, _)| at);
    let mut ends: Vec<usize> = spaces.take_while(|at| *at < LONGEST).take(3).collect();
    if text.len() <= LONGEST {
        ends.push(text.len());
    }
    ends.iter().rev().find_map(|end| {
        let (date, rest) = text.split_at(*end);
        written(date).map(|time| (time, rest))
    })
}

/// A date as a logger writes it.
fn written(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim_matches(['[', ']', '"', ' ', ':']);
    if text.len() > LONGEST || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    if let Some(time) = time::from_text(text) {
        return Some(time);
    }
    let text = match text.as_bytes().get(3) {
        Some(b',') => text.to_owned(),
        _ => text.replace(',', "."),
    };
    let text = text.replace('/', "-");
    let zoned = ZONED.iter().find_map(|form| {
        let time = DateTime::parse_from_str(&text, form).ok()?;
        Some(time.with_timezone(&Utc))
    });
    let local = || {
        let mut forms = LOCAL.iter();
        let found = forms.find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok());
        found.map(|time| time.and_utc())
    };
    time::sensible(zoned.or_else(local)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_loggers_time_is_the_same_time() {
        for line in [
            "2026-03-02T10:00:00.5Z token",
            "2026-03-02 10:00:00,500 ERROR token",
            "2026-03-02 19:00:00.500 +09:00 [ERR] token",
            "2026-03-02T11:00:00.500+0100 ERROR token",
            "2026/03/02 10:00:00.500 token",
            "[2026-03-02T10:00:00.500000+00:00] app.ERROR: token",
            "[2026-03-02 10:00:00.500] token",
            "[02/Mar/2026:10:00:00.500 +0000] \"POST /oauth2/token\"",
            "[02-Mar-2026 10:00:00.500 UTC] token",
            "[Mon Mar 02 10:00:00.500000 2026] [error] token",
            "E, [2026-03-02T10:00:00.500000 #1] ERROR -- : token",
            "time=\"2026-03-02T05:00:00.500-05:00\" level=info msg=token",
            "level=error ts=2026-03-02T10:00:00.5Z msg=token",
            r#"{"ts":1772445600.5,"msg":"token"}"#,
            r#"{"time":1772445600500,"msg":"token"}"#,
            r#"{"@t":"2026-03-02T19:00:00.5+09:00","@mt":"token"}"#,
            r#"{"asctime":"2026-03-02 10:00:00,500","message":"token"}"#,
            r#"{"instant":{"epochSecond":1772445600,"nanoOfSecond":500000000}}"#,
        ] {
            let found = of(&Entry::read(line)).map(|time| time.timestamp_millis());
            assert_eq!(found, Some(1_772_445_600_500), "{line}");
        }
    }

    #[test]
    fn a_number_at_the_front_is_no_time() {
        for line in [
            "12345 token",
            "10 tokens 2026",
            "token 2026-03-02 10:00:00",
            "",
        ] {
            assert_eq!(of(&Entry::read(line)), None, "{line}");
        }
    }
}
