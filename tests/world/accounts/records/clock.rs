//! Times as the various writers of logs spell them.

use chrono::{DateTime, FixedOffset, Utc};

use super::super::model::{MINUTE, Millis};

fn utc(time: Millis) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(time).unwrap_or_default()
}

/// The wall clock of a place that is so many minutes off.
pub fn local(time: Millis, zone: i32) -> DateTime<FixedOffset> {
    let offset = FixedOffset::east_opt(zone * 60);
    let none = FixedOffset::east_opt(0);
    let offset = offset.or(none).unwrap_or_else(|| unreachable!("UTC"));
    utc(time).with_timezone(&offset)
}

pub fn millis(time: Millis) -> String {
    utc(time).to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// In a pattern of `strftime`.
pub fn spelled(time: Millis, pattern: &str) -> String {
    utc(time).format(pattern).to_string()
}

/// `Mar 2, 2026, 10:15:04 AM`.
pub fn of_java(time: Millis) -> String {
    spelled(time, "%b %-d, %Y, %-I:%M:%S %p")
}

/// The whole stretch that holds a time: its end.
pub fn end_of_stretch(time: Millis, length: Millis) -> Millis {
    (time.div_euclid(length) + 1) * length
}

/// The whole minute before a time.
pub fn minute(time: Millis) -> Millis {
    time.div_euclid(MINUTE) * MINUTE
}
