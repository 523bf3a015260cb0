//! How many requests are usual at some time: as many as at the same hours of other days.
//!
//! Weekends are apart from working days. Where no other day shows the hours, the rates before and
//! after are believed for a while.

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Days to each side that are looked at.
const DAYS: i64 = 14;
/// Rates before and after are taken over so long …
const AROUND: i64 = 3 * HOUR;
/// … and at least …
const LEAST_AROUND: i64 = 10 * 60_000_000;
/// … and after only where so much is known.
const AFTER: i64 = 30 * 60_000_000;
/// So long a rate is believed where no other day shows the same hours.
const BLIND: i64 = 4 * HOUR;
/// A long time is looked at in so many steps.
const STEPS: i64 = 64;

/// Requests that can be counted between two times, within what is known.
pub struct Level<C> {
    count: C,
    known: (i64, i64),
}

impl<C: Fn(i64, i64) -> f64> Level<C> {
    /// Of requests that are counted in `[from, to)`, within the bounds of what is known.
    pub fn new(count: C, known: (i64, i64)) -> Self {
        Self { count, known }
    }

    /// How many are usual then.
    pub fn expected(&self, from: i64, to: i64) -> f64 {
        let rate = self.rate_around(from, to);
        let step = AROUND.max((to - from) / STEPS);
        let mut begin = from;
        let mut all = 0.0;
        while begin < to {
            let end = to.min(begin + step);
            let nearby = rate * (end - begin) as f64;
            all += match (self.other_days(begin, end, (from, to), true), begin - from) {
                (Some(usual), _) => usual,
                (None, blind) => match self.other_days(begin, end, (from, to), false) {
                    Some(usual) => usual.min(nearby),
                    None => nearby * believed(blind, end - begin),
                },
            };
            begin = end;
        }
        all
    }

    /// The lower of the rates before and after.
    fn rate_around(&self, from: i64, to: i64) -> f64 {
        let (first, last) = self.known;
        let seen = |span: i64| span.clamp(LEAST_AROUND, AROUND);
        let begin = first.max(from - AROUND);
        let before = (self.count)(begin, from + 1) / seen(from - first) as f64;
        let after = || (self.count)(to, to + AROUND) / seen(last - to) as f64;
        match last - to > AFTER {
            true => before.min(after()),
            false => before,
        }
    }

    /// How many came at the same hours of other days: the median of alike days, the fewest of others.
    fn other_days(&self, from: i64, to: i64, apart: (i64, i64), alike: bool) -> Option<f64> {
        let (first, last) = self.known;
        let days = (1..=DAYS).flat_map(|day| [-day, day]);
        let shown = days.filter_map(|day| {
            let (begin, end) = (from + day * DAY, to + day * DAY);
            let told = first <= begin && end <= last && (apart.1 <= begin || end <= apart.0);
            let like = is_weekend(begin) == is_weekend(from);
            (told && like == alike).then(|| (self.count)(begin, end))
        });
        let mut counts: Vec<f64> = shown.collect();
        counts.sort_by(f64::total_cmp);
        let place = match alike {
            true => counts.len().saturating_sub(1) / 2,
            false => 0,
        };
        counts.get(place).copied()
    }
}

/// The share of a step that a rate is believed for, so long after it was measured.
fn believed(blind: i64, step: i64) -> f64 {
    (BLIND - blind).clamp(0, step) as f64 / step as f64
}

fn is_weekend(time: i64) -> bool {
    // 1 January 1970 was a Thursday.
    matches!((time.div_euclid(DAY) + 4) % 7, 0 | 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;
    /// Monday, 5 January 2026.
    const MONDAY: i64 = 20_458 * DAY;

    fn level(times: &[i64], until: i64) -> Level<impl Fn(i64, i64) -> f64> {
        let count = |from: i64, to: i64| {
            let inside = times.iter().filter(|time| (from..to).contains(*time));
            inside.count() as f64
        };
        Level::new(count, (MONDAY, until))
    }

    /// A request every five minutes, from eight to sixteen, of so many days.
    fn office_hours(days: i64) -> Vec<i64> {
        let day = |day: i64| {
            let eight = MONDAY + day * DAY + 8 * HOUR;
            (0..96).map(move |number| eight + 5 * number * MINUTE)
        };
        (0..days).flat_map(day).collect()
    }

    #[test]
    fn the_same_hours_of_other_days_tell_what_is_usual() {
        let times = office_hours(4);
        let level = level(&times, MONDAY + 5 * DAY);
        let on_friday = |from: i64, to: i64| {
            level.expected(MONDAY + 4 * DAY + from * HOUR, MONDAY + 4 * DAY + to * HOUR)
        };
        assert!(
            (on_friday(9, 12) - 35.0).abs() <= 2.0,
            "{}",
            on_friday(9, 12)
        );
        assert_eq!(on_friday(0, 6), 0.0);
    }

    #[test]
    fn a_working_day_says_no_more_than_the_hours_around_of_a_weekend() {
        let times = office_hours(5);
        let level = level(&times, MONDAY + 7 * DAY);
        let saturday = MONDAY + 5 * DAY;
        assert_eq!(
            level.expected(saturday + 9 * HOUR, saturday + 12 * HOUR),
            0.0
        );
    }

    #[test]
    fn a_rate_alone_is_believed_for_four_hours() {
        let times: Vec<i64> = (0..120).map(|number| MONDAY + number * MINUTE).collect();
        let from = MONDAY + 2 * HOUR;
        let to_the_end = |end: i64| level(&times, end).expected(from, end);
        let (soon, late) = (to_the_end(from + 4 * HOUR), to_the_end(from + 16 * HOUR));
        assert!((soon - 240.0).abs() < 5.0, "{soon}");
        assert!((late - soon).abs() < 1.0, "{late}");
    }
}
