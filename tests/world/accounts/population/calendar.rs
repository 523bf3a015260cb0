//! Regions with their clocks and holidays, and the stretch of time that the logs cover.

use chrono::{DateTime, Datelike};

use super::super::{
    chance::Chance,
    model::{DAY, HOUR, MINUTE, Millis, Window},
};

/// Where an account runs and most of its people live.
pub struct Region {
    pub name: &'static str,
    /// Minutes that clocks are off from UTC in winter.
    minutes: i64,
    summer: Summer,
    /// Months and days of 2026.
    holidays: &'static [(u32, u32)],
}

enum Summer {
    Never,
    North,
    South,
}

const UNITED_STATES: [(u32, u32); 9] = [
    (1, 1),
    (1, 19),
    (5, 25),
    (7, 3),
    (7, 4),
    (9, 7),
    (11, 26),
    (11, 27),
    (12, 25),
];
const EUROPE: [(u32, u32); 9] = [
    (1, 1),
    (4, 3),
    (4, 6),
    (5, 1),
    (5, 14),
    (5, 25),
    (12, 24),
    (12, 25),
    (12, 26),
];
const IRELAND: [(u32, u32); 9] = [
    (1, 1),
    (2, 2),
    (3, 17),
    (4, 6),
    (5, 4),
    (6, 1),
    (8, 3),
    (12, 25),
    (12, 26),
];
const JAPAN: [(u32, u32); 12] = [
    (1, 1),
    (1, 2),
    (1, 12),
    (2, 11),
    (4, 29),
    (5, 4),
    (5, 5),
    (5, 6),
    (8, 11),
    (9, 21),
    (9, 22),
    (11, 3),
];
const INDIA: [(u32, u32); 5] = [(1, 26), (3, 4), (8, 15), (10, 2), (11, 8)];
const AUSTRALIA: [(u32, u32); 7] = [(1, 1), (1, 26), (4, 3), (4, 6), (6, 8), (12, 25), (12, 28)];
const BRAZIL: [(u32, u32); 8] = [
    (1, 1),
    (2, 17),
    (4, 3),
    (4, 21),
    (5, 1),
    (9, 7),
    (10, 12),
    (12, 25),
];
const CANADA: [(u32, u32); 7] = [(1, 1), (4, 3), (5, 18), (7, 1), (9, 7), (10, 12), (12, 25)];

const fn region(
    name: &'static str,
    minutes: i64,
    summer: Summer,
    holidays: &'static [(u32, u32)],
) -> Region {
    Region {
        name,
        minutes,
        summer,
        holidays,
    }
}

pub const REGIONS: [Region; 13] = [
    region("us-east-1", -300, Summer::North, &UNITED_STATES),
    region("us-east-2", -300, Summer::North, &UNITED_STATES),
    region("us-west-2", -480, Summer::North, &UNITED_STATES),
    region("ca-central-1", -300, Summer::North, &CANADA),
    region("sa-east-1", -180, Summer::Never, &BRAZIL),
    region("eu-west-1", 0, Summer::North, &IRELAND),
    region("eu-west-3", 60, Summer::North, &EUROPE),
    region("eu-central-1", 60, Summer::North, &EUROPE),
    region("eu-north-1", 60, Summer::North, &EUROPE),
    region("ap-south-1", 330, Summer::Never, &INDIA),
    region("ap-northeast-1", 540, Summer::Never, &JAPAN),
    region(
        "ap-southeast-1",
        480,
        Summer::Never,
        &[(1, 1), (2, 17), (2, 18), (5, 1), (8, 10)],
    ),
    region("ap-southeast-2", 600, Summer::South, &AUSTRALIA),
];

impl Region {
    pub fn of(name: &str) -> &'static Self {
        let known = REGIONS.iter().find(|region| region.name == name);
        known.unwrap_or(&REGIONS[0])
    }

    /// Minutes that clocks are off from UTC, summer time counted by whole months.
    pub fn offset(&self, time: Millis) -> i64 {
        let month = date(time).map_or(1, |date| date.month());
        let summer = match self.summer {
            Summer::Never => false,
            Summer::North => (4..=10).contains(&month),
            Summer::South => !(4..=9).contains(&month),
        };
        self.minutes + if summer { 60 } else { 0 }
    }

    /// Whether a local time is on a holiday.
    pub fn is_holiday(&self, local: Millis) -> bool {
        let day = date(local).map(|date| (date.month(), date.day()));
        day.is_some_and(|day| self.holidays.contains(&day))
    }
}

fn date(time: Millis) -> Option<chrono::NaiveDate> {
    DateTime::from_timestamp_millis(time).map(|time| time.date_naive())
}

/// Whether a local time is on a Saturday or Sunday.
pub fn is_weekend(local: Millis) -> bool {
    // 1970 began on a Thursday.
    (local.div_euclid(DAY) + 3).rem_euclid(7) >= 5
}

/// The hour of a local time, with its fraction.
pub fn hour(local: Millis) -> f64 {
    local.rem_euclid(DAY) as f64 / HOUR as f64
}

/// The first millisecond of 2026.
const NEW_YEAR: Millis = 1_767_225_600_000;

/// From an hour to five days, anywhere in 2026.
pub fn window(chance: &mut Chance) -> Window {
    let length = chance.by_magnitude(HOUR as f64, (5 * DAY) as f64) as Millis;
    let start = chance.time(NEW_YEAR, NEW_YEAR + 365 * DAY - length - MINUTE);
    Window {
        start,
        end: start + length,
    }
}
