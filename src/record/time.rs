//! Times that a log can tell.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

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
    let general = || Some(DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc));
    sensible(from_zulu(text.as_bytes()).or_else(general)?)
}

/// `2026-03-02T10:15:04Z`, as CloudTrail writes every time.
fn from_zulu(text: &[u8]) -> Option<DateTime<Utc>> {
    let text: &[u8; 20] = text.try_into().ok()?;
    let marks = [
        (4, b'-'),
        (7, b'-'),
        (10, b'T'),
        (13, b':'),
        (16, b':'),
        (19, b'Z'),
    ];
    marks
        .iter()
        .all(|(at, mark)| text[*at] == *mark)
        .then_some(())?;
    let number = |from: usize, to: usize| {
        text[from..to].iter().try_fold(0, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + u32::from(digit - b'0'))
        })
    };
    let year = i32::try_from(number(0, 4)?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)?;
    let time = day.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)?;
    Some(time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_is_the_long_way() {
        for text in [
            "2026-03-02T10:15:04Z",
            "2024-02-29T23:59:59Z",
            "2026-02-29T10:15:04Z",
            "2026-13-02T10:15:04Z",
            "2026-03-02T24:15:04Z",
            "2026-03-02T10:15:60Z",
            "2026-03-02T10:15:04+",
            "0000-03-02T10:15:04Z",
            "2026-03-02t10:15:04z",
            "2026-03-0xT10:15:04Z",
            "2026-03-02T10:15:04.5Z",
        ] {
            let long = DateTime::parse_from_rfc3339(text).ok();
            let long = long.and_then(|time| sensible(time.with_timezone(&Utc)));
            assert_eq!(from_text(text), long, "{text}");
        }
    }
}
