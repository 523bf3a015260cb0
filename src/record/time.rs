//! Times that a log can tell.

use chrono::{DateTime, Datelike, Utc};

/// Years that ISO 8601 writes with four digits; far from where adding to a time overflows.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// The time, if a log can mean it.
pub fn sensible(time: DateTime<Utc>) -> Option<DateTime<Utc>> {
    YEARS.contains(&time.year()).then_some(time)
}

/// Milliseconds since 1970.
pub fn from_millis(millis: i64) -> Option<DateTime<Utc>> {
    sensible(DateTime::from_timestamp_millis(millis)?)
}

/// Seconds since 1970, or milliseconds where the number is too large for seconds.
pub fn from_number(number: f64) -> Option<DateTime<Utc>> {
    let seconds = if number > 1e11 { number / 1e3 } else { number };
    let finite = Some(seconds).filter(|seconds| seconds.is_finite())?;
    sensible(DateTime::from_timestamp_micros((finite * 1e6) as i64)?)
}

/// RFC 3339.
pub fn from_text(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    sensible(time.with_timezone(&Utc))
}
