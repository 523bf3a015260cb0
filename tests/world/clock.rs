//! Times of the world, in whole seconds since 1970, and the spellings AWS gives them.

use chrono::{DateTime, Utc};

/// Seconds since 1970, UTC.
pub type Second = i64;

/// Midnight at the start of the day of traffic, 2026-03-02, a Monday.
pub const DAY: Second = 1_772_409_600;
pub const MINUTE: Second = 60;
pub const HOUR: Second = 60 * MINUTE;

/// A time on the day of traffic, such as `14:05:04`.
pub fn at(clock: &str) -> Second {
    let mut parts = clock
        .split(':')
        .map(|part| part.parse::<Second>().expect("a clock time is hh:mm:ss"));
    let mut next = || parts.next().expect("a clock time is hh:mm:ss");
    DAY + HOUR * next() + MINUTE * next() + next()
}

/// A time some days before the day of traffic.
pub fn before(days: i64, clock: &str) -> Second {
    at(clock) - 24 * HOUR * days
}

/// As in `eventTime`.
pub fn iso(time: Second) -> String {
    format(time, "%Y-%m-%dT%H:%M:%SZ")
}

/// As in an S3 export of a log group, from milliseconds.
pub fn iso_millis(millis: i64) -> String {
    let seconds = format(millis.div_euclid(1000), "%Y-%m-%dT%H:%M:%S");
    format!("{seconds}.{:03}Z", millis.rem_euclid(1000))
}

/// As in the dates of `responseElements`.
pub fn spelled(time: Second) -> String {
    format(time, "%b %-d, %Y, %-I:%M:%S %p")
}

/// As in the name of a delivered file.
pub fn stamp(time: Second) -> String {
    format(time, "%Y%m%dT%H%MZ")
}

/// As in the folder of a delivered file.
pub fn folder(time: Second) -> String {
    format(time, "%Y/%m/%d")
}

fn format(time: Second, pattern: &str) -> String {
    let time: DateTime<Utc> = DateTime::from_timestamp(time, 0).expect("a year of four digits");
    time.format(pattern).to_string()
}
