//! The time of the bench, minute by minute.

use chrono::{DateTime, TimeDelta, Utc};

pub const HOUR: usize = 60;
/// Thirty days.
pub const MINUTES: usize = 30 * 24 * HOUR;

/// The beginning of a minute.
pub fn time(minute: usize) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().expect("a time");
    start + TimeDelta::minutes(minute as i64)
}
