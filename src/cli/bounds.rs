//! Times and durations as people type them.

use chrono::{DateTime, Datelike, Local, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use trailblame::window::Window;

use super::{Usage, output};

const FORMS: &str =
    "2026-03-02T14:05:04Z, 2026-03-02 14:05, 2026-03-02, or a time ago such as 6h or 1d12h";

/// Years that ISO 8601 writes with four digits; far from where times overflow.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// A time, absolute or ago; without a zone it is UTC, or local where that is asked for.
pub fn time(flag: &str, text: &str) -> Result<DateTime<Utc>, Usage> {
    absolute(text)
        .or_else(|| Utc::now().checked_sub_signed(length(text)?))
        .filter(|time| YEARS.contains(&time.year()))
        .ok_or_else(|| Usage {
            message: format!("`{flag} {text}` is no time"),
            hint: Some(format!("a time is {FORMS}")),
        })
}

/// A duration such as `90d`, `6h` or `1d12h`.
pub fn duration(flag: &str, text: &str) -> Result<TimeDelta, Usage> {
    length(text)
        .filter(|length| *length > TimeDelta::zero())
        .ok_or_else(|| Usage {
            message: format!("`{flag} {text}` is no duration"),
            hint: Some("a duration is a number and a unit: 30s, 5m, 6h, 90d, 2w, 1d12h".to_owned()),
        })
}

/// Bounds in their order.
pub fn window(names: &str, start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Window, Usage> {
    if start < end {
        return Ok(Window { start, end });
    }
    Err(Usage {
        message: format!("`{names}` ends before it begins"),
        hint: Some("give the earlier time first".to_owned()),
    })
}

fn absolute(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    let forms = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
    ];
    let (text, is_utc) = match text.strip_suffix('Z') {
        Some(text) => (text, true),
        None => (text, !output::is_local()),
    };
    let time = forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let date = || {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()?
            .and_hms_opt(0, 0, 0)
    };
    let time = time.or_else(date)?;
    match is_utc {
        true => Some(time.and_utc()),
        // An hour that the clock shows twice is meant the first time.
        false => Some(Local.from_local_datetime(&time).earliest()?.to_utc()),
    }
}

fn length(text: &str) -> Option<TimeDelta> {
    let mut sum = TimeDelta::zero();
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let unit = tail.chars().next()?;
        let number: i64 = number.parse().ok()?;
        let part = match unit {
            's' => TimeDelta::try_seconds(number),
            'm' => TimeDelta::try_minutes(number),
            'h' => TimeDelta::try_hours(number),
            'd' => TimeDelta::try_days(number),
            'w' => TimeDelta::try_weeks(number),
            _ => None,
        };
        sum = sum.checked_add(&part?)?;
        rest = tail.get(unit.len_utf8()..)?;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_type_them() {
        for (text, expected) in [
            ("2026-03-02T14:05:04Z", Some(1_772_460_304)),
            ("2026-03-02T15:05:04+01:00", Some(1_772_460_304)),
            ("2026-03-02T14:05:04", Some(1_772_460_304)),
            ("2026-03-02 14:05", Some(1_772_460_300)),
            ("2026-03-02", Some(1_772_409_600)),
            ("14:05", None),
            ("yesterday", None),
            ("2026-13-02", None),
            ("", None),
        ] {
            assert_eq!(
                absolute(text).map(|time| time.timestamp()),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn times_out_of_reach_are_refused() {
        for text in ["999999999d", "999999w", "+262142-12-31T23:59", "0000-01-01"] {
            assert!(time("--since", text).is_err(), "{text}");
        }
        assert!(time("--since", "90d").is_ok());
    }

    #[test]
    fn durations_as_people_type_them() {
        for (text, expected) in [
            ("6h", Some(21_600)),
            ("1d12h", Some(129_600)),
            ("90d", Some(7_776_000)),
            ("5", None),
            ("h", None),
            ("1x", None),
            ("1hé", None),
            ("99999999999999999999d", None),
            ("", None),
        ] {
            assert_eq!(
                length(text).map(|length| length.num_seconds()),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn reversed_bounds_are_refused() {
        let time = |second| DateTime::from_timestamp(second, 0).unwrap();
        assert!(window("--between", time(1), time(2)).is_ok());
        assert!(window("--between", time(2), time(2)).is_err());
    }
}
