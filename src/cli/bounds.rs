//! Times and durations as people type them.

use chrono::{
    DateTime, Datelike, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};
use trailblame::window::Window;

use super::{Usage, output};

const FORMS: &str = "2026-03-02T14:05:04Z, 2026-03-02 14:05, 2026-03-02, 14:05 where the logs hold \
                     one day, or a time ago such as 6h or 1d12h";

/// Years that ISO 8601 writes with four digits; far from where times overflow.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// A time as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A time of a day.
    At(DateTime<Utc>),
    /// A time of the only day that the logs hold.
    OfDay {
        /// As it was typed, with its flag.
        typed: String,
        /// Time of day.
        time: NaiveTime,
        /// Whether it is UTC, else local.
        is_utc: bool,
    },
}

impl Moment {
    /// A time, absolute, of the only day, or ago; without a zone it is UTC, or local where that is
    /// asked for.
    pub fn new(flag: &str, text: &str) -> Result<Self, Usage> {
        if let Some((time, is_utc)) = of_day(text) {
            let typed = format!("{flag} {text}");
            return Ok(Self::OfDay {
                typed,
                time,
                is_utc,
            });
        }
        absolute(text)
            .or_else(|| Utc::now().checked_sub_signed(length(text)?))
            .filter(|time| YEARS.contains(&time.year()))
            .map(Self::At)
            .ok_or_else(|| Usage {
                message: format!("`{flag} {text}` is no time"),
                hint: Some(format!("a time is {FORMS}")),
            })
    }

    /// The time, if it names its day.
    pub fn dated(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(time) => Some(*time),
            Self::OfDay { .. } => None,
        }
    }

    /// The time, where the logs hold what lies in `held`.
    pub fn on(&self, held: Window) -> Result<DateTime<Utc>, Usage> {
        let (typed, time, is_utc) = match self {
            Self::At(time) => return Ok(*time),
            Self::OfDay {
                typed,
                time,
                is_utc,
            } => (typed, *time, *is_utc),
        };
        let day = |time: DateTime<Utc>| match is_utc {
            true => time.date_naive(),
            false => time.with_timezone(&Local).date_naive(),
        };
        // The end is outside.
        let last = held.end - TimeDelta::microseconds(1);
        let (first, last) = (day(held.start), day(last.max(held.start)));
        if first != last {
            return Err(Usage {
                message: format!(
                    "`{typed}` names no day, and the logs hold several: {first} to {last}"
                ),
                hint: Some(format!(
                    "write the date too: {last}T{}",
                    time.format("%H:%M")
                )),
            });
        }
        zoned(first.and_time(time), is_utc).ok_or_else(|| Usage {
            message: format!("`{typed}` is no time of {first}"),
            hint: None,
        })
    }

    /// Refuses a time of day where nobody can tell of which day.
    pub fn refused_without_day(&self) -> Option<Usage> {
        let Self::OfDay { typed, time, .. } = self else {
            return None;
        };
        let today = Utc::now().date_naive();
        Some(Usage {
            message: format!("`{typed}` names no day"),
            hint: Some(format!(
                "write the date too: {today}T{}; a time of day alone is taken where files or an \
                 archive of one day are investigated",
                time.format("%H:%M")
            )),
        })
    }
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
    let (text, is_utc) = zone(text);
    let time = forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let date = || {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()?
            .and_hms_opt(0, 0, 0)
    };
    zoned(time.or_else(date)?, is_utc)
}

/// A time of day: `14:05` or `14:05:04`, and whether it is UTC.
fn of_day(text: &str) -> Option<(NaiveTime, bool)> {
    let (text, is_utc) = zone(text);
    let forms = ["%H:%M", "%H:%M:%S%.f"];
    let mut times = forms
        .iter()
        .filter_map(|form| NaiveTime::parse_from_str(text, form).ok());
    Some((times.next()?, is_utc))
}

/// A time without its `Z`, and whether it is UTC.
fn zone(text: &str) -> (&str, bool) {
    match text.strip_suffix('Z') {
        Some(text) => (text, true),
        None => (text, !output::is_local()),
    }
}

fn zoned(time: NaiveDateTime, is_utc: bool) -> Option<DateTime<Utc>> {
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
            assert!(Moment::new("--since", text).is_err(), "{text}");
        }
        assert!(Moment::new("--since", "90d").is_ok());
    }

    #[test]
    fn a_time_of_day_is_one_of_the_only_day() {
        let time = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let held = |start: &str, end: &str| Window {
            start: time(start),
            end: time(end),
        };
        let one = held("2026-03-02T00:00:19Z", "2026-03-03T00:00:00Z");
        let two = held("2026-03-02T00:00:19Z", "2026-03-03T00:00:01Z");
        for (text, expected) in [
            ("14:05", "2026-03-02T14:05:00Z"),
            ("14:05:04Z", "2026-03-02T14:05:04Z"),
            ("7:30", "2026-03-02T07:30:00Z"),
        ] {
            let moment = Moment::new("--at", text).unwrap();
            assert_eq!(moment.dated(), None, "{text}");
            assert_eq!(moment.on(one).unwrap(), time(expected), "{text}");
            let refused = moment.on(two).unwrap_err().to_string();
            assert!(refused.contains("2026-03-02 to 2026-03-03"), "{refused}");
        }
        assert!(Moment::new("--at", "24:05").is_err());
        assert!(Moment::new("--at", "14").is_err());
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
