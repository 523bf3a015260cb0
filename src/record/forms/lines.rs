//! Lines as they were logged, in a member of what a search exports: Splunk's `_raw`, Logs Insights'
//! `@message`, Loki's `line`.

use serde_json::{Map, Value};

use super::{Form, Inner, text_at};
use crate::record::time;

struct Line {
    text: &'static str,
    time: &'static str,
    /// Members that say where the line was logged, the first that is there.
    streams: [&'static str; 2],
}

const LINES: [Line; 3] = [
    Line {
        text: "_raw",
        time: "_time",
        streams: ["source", "host"],
    },
    Line {
        text: "@message",
        time: "@timestamp",
        streams: ["@logStream", "@log"],
    },
    Line {
        text: "line",
        time: "timestamp",
        streams: ["labels.service_name", "labels.app"],
    },
];

/// The line that a row is of.
pub fn of(row: &Map<String, Value>) -> Option<Vec<Form>> {
    LINES.iter().find_map(|line| line.of(row))
}

/// Whether the rows of a table are lines.
pub fn is_header(columns: &[&str]) -> bool {
    columns.contains(&"_raw") || columns.contains(&"event.original")
}

impl Line {
    fn of(&self, row: &Map<String, Value>) -> Option<Vec<Form>> {
        let text = text_at(row, self.text)?;
        let time = text_at(row, self.time);
        // `line` is a member of many an application's own lines, too.
        if self.text == "line" && !row.contains_key("labels") {
            return None;
        }
        let stream = self.streams.iter().find_map(|name| text_at(row, name));
        Some(vec![Form::Text(Inner {
            text: text.to_owned(),
            time: time.and_then(moment),
            stream: stream.map(str::to_owned),
            is_row: self.text == "@message",
        })])
    }
}

/// `2026-03-02T14:05:04.000+00:00`, `2026-03-02 14:05:04.000` in UTC, the console's
/// `March 02, 2026, 14:05:04 (UTC+00:00)`, or seconds since 1970.
pub fn moment(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    let general = || {
        let form = "%Y-%m-%d %H:%M:%S%.f";
        let text = text.trim_end_matches(" UTC");
        let time = chrono::NaiveDateTime::parse_from_str(text, form).ok()?;
        time::sensible(time.and_utc())
    };
    let zoned = || {
        let forms = ["%Y-%m-%dT%H:%M:%S%.f%z", "%B %d, %Y, %H:%M:%S (UTC%:z)"];
        let mut times = forms.iter();
        let time = times.find_map(|form| chrono::DateTime::parse_from_str(text, form).ok());
        time::sensible(time?.to_utc())
    };
    time::from_text(text)
        .or_else(general)
        .or_else(zoned)
        .or_else(|| time::from_number(text.parse().ok()?))
}
