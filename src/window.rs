//! Spans of time, and sets of them: what was asked for, what was got, what is missing.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

/// A half-open span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// First instant inside.
    pub start: DateTime<Utc>,
    /// First instant outside.
    pub end: DateTime<Utc>,
}

impl Window {
    /// Whether `time` lies inside.
    pub fn contains(&self, time: DateTime<Utc>) -> bool {
        self.start <= time && time < self.end
    }

    /// What both hold; `None` when that is nothing.
    pub fn shared(&self, other: Self) -> Option<Self> {
        let both = Self {
            start: self.start.max(other.start),
            end: self.end.min(other.end),
        };
        (both.start < both.end).then_some(both)
    }

    /// The span cut at midnights (UTC), latest first.
    pub fn days(&self) -> Vec<Self> {
        let mut days = Vec::new();
        let mut start = self.start;
        while start < self.end {
            let midnight = start.date_naive().and_time(NaiveTime::MIN).and_utc();
            let end = (midnight + TimeDelta::days(1)).min(self.end);
            days.push(Self { start, end });
            start = end;
        }
        days.reverse();
        days
    }

    /// The span cut into `parts` of about the same length at whole seconds, latest first.
    pub fn split(&self, parts: u32) -> Vec<Self> {
        let seconds = (self.end - self.start).num_seconds();
        let bound = |part: u32| match part {
            0 => self.start,
            last if last == parts => self.end,
            part => self.start + TimeDelta::seconds(seconds * i64::from(part) / i64::from(parts)),
        };
        let mut windows: Vec<Self> = (0..parts)
            .map(|part| Self {
                start: bound(part),
                end: bound(part + 1),
            })
            .filter(|window| window.start < window.end)
            .collect();
        windows.reverse();
        windows
    }
}

/// A set of instants as spans: sorted, apart from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Windows(Vec<Window>);

impl Windows {
    /// The spans, earliest first.
    pub fn as_slice(&self) -> &[Window] {
        &self.0
    }

    /// Whether nothing is inside.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `time` lies in one of the spans.
    pub fn contains(&self, time: DateTime<Utc>) -> bool {
        self.0.iter().any(|window| window.contains(time))
    }

    /// Adds a span; spans that touch become one.
    pub fn add(&mut self, window: Window) {
        if window.start >= window.end {
            return;
        }
        let (apart, touching): (Vec<_>, Vec<_>) = self
            .0
            .iter()
            .partition(|other| other.end < window.start || window.end < other.start);
        let whole = touching
            .iter()
            .fold(window, |whole, other: &Window| Window {
                start: whole.start.min(other.start),
                end: whole.end.max(other.end),
            });
        self.0 = apart;
        self.0.push(whole);
        self.0.sort();
    }

    /// The part of `window` that none of the spans holds.
    pub fn missing(&self, window: Window) -> Self {
        let mut missing = Vec::new();
        let mut start = window.start;
        for held in self.0.iter().filter_map(|held| held.shared(window)) {
            missing.push(Window {
                start,
                end: held.start,
            });
            start = held.end;
        }
        missing.push(Window {
            start,
            end: window.end,
        });
        missing.retain(|window| window.start < window.end);
        Self(missing)
    }

    /// What both sets hold.
    pub fn shared(&self, other: &Self) -> Self {
        let pairs = self
            .0
            .iter()
            .flat_map(|window| other.0.iter().filter_map(|other| window.shared(*other)));
        pairs.collect()
    }
}

impl Extend<Window> for Windows {
    fn extend<I: IntoIterator<Item = Window>>(&mut self, windows: I) {
        windows.into_iter().for_each(|window| self.add(window));
    }
}

impl FromIterator<Window> for Windows {
    fn from_iter<I: IntoIterator<Item = Window>>(windows: I) -> Self {
        let mut set = Self::default();
        windows.into_iter().for_each(|window| set.add(window));
        set
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window((start, length): (i64, i64)) -> Window {
        let time = |second| DateTime::from_timestamp(second, 0).expect("a time");
        Window {
            start: time(start),
            end: time(start + length),
        }
    }

    proptest! {
        #[test]
        fn held_and_missing_are_the_window(
            spans in prop::collection::vec((0i64..60, 0i64..20), 0..8),
            asked in (0i64..60, 1i64..30),
        ) {
            let set: Windows = spans.iter().copied().map(window).collect();
            let asked = window(asked);
            let missing = set.missing(asked);
            for second in 0..100 {
                let time = DateTime::from_timestamp(second, 0).expect("a time");
                let held = spans.iter().any(|span| window(*span).contains(time));
                prop_assert_eq!(set.contains(time), held);
                prop_assert_eq!(missing.contains(time), asked.contains(time) && !held);
            }
            prop_assert!(set.as_slice().windows(2).all(|pair| pair[0].end < pair[1].start));
        }

        #[test]
        fn parts_are_the_whole(span in (0i64..60, 1i64..90), parts in 1u32..12) {
            let whole = window(span);
            let split = whole.split(parts);
            prop_assert_eq!(split.iter().copied().collect::<Windows>(), Windows(vec![whole]));
            prop_assert!(split.windows(2).all(|pair| pair[1].end == pair[0].start));
        }
    }
}
