//! What was looked at and what was not, per source, account and Region.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta};

use super::summary::{CoverageRow, CoverageStatus};
use crate::{
    source::aws::{Reach, Stop},
    window::Window,
};

/// Late deliveries of a trail come up to a quarter of an hour after the event (domain.md §9: 0 to
/// 608 s observed).
const DELIVERY: TimeDelta = TimeDelta::minutes(15);

/// A silence shorter than this is not called a gap.
const SHORTEST_GAP: i64 = 30;

/// A silence is a gap when it is this many times longer than nearly all others.
const UNUSUAL: i64 = 10;

/// A source is not called dark before so many minutes.
const DARK: i64 = 60;

const MINUTE: i64 = 60_000_000;

/// Minutes in which a source said anything at all.
#[derive(Clone, Debug, Default)]
pub(super) struct Observed {
    minutes: BTreeSet<i64>,
    span: Option<(i64, i64)>,
    /// The minute noted last, which is nearly always the next one too.
    last: Option<i64>,
}

impl Observed {
    /// Notes a record at `time` (µs).
    pub fn add(&mut self, time: i64) {
        let minute = time.div_euclid(MINUTE);
        if self.last != Some(minute) {
            self.minutes.insert(minute);
            self.last = Some(minute);
        }
        self.reach(time, time);
    }

    /// Notes what somebody else has noted.
    pub fn extend(&mut self, other: Self) {
        self.minutes.extend(other.minutes);
        if let Some((first, last)) = other.span {
            self.reach(first, last);
        }
    }

    fn reach(&mut self, from: i64, to: i64) {
        self.span = Some(match self.span {
            None => (from, to),
            Some((first, last)) => (first.min(from), last.max(to)),
        });
    }

    /// Times (µs) of the first and the last record.
    pub fn span(&self) -> Option<(i64, i64)> {
        self.span
    }

    /// The coverage row of `window`; `None` when the source says nothing inside it.
    pub fn row(&self, source: &'static str, window: Window) -> Option<CoverageRow> {
        let (start, end) = (
            window.start.timestamp_micros().div_euclid(MINUTE),
            (window.end.timestamp_micros() - 1).div_euclid(MINUTE),
        );
        let minutes: Vec<i64> = self
            .minutes
            .range(start..=end.max(start))
            .copied()
            .collect();
        let time = |minute: i64| DateTime::from_timestamp_micros(minute * MINUTE);
        let (first, last) = self.span?;
        let from = time(*minutes.first()?)?.max(DateTime::from_timestamp_micros(first)?);
        let to = (time(*minutes.last()?)? + TimeDelta::minutes(1))
            .min(DateTime::from_timestamp_micros(last)?);
        let gaps = gaps(&minutes);
        let delivered = end - DELIVERY.num_minutes();
        Some(CoverageRow {
            dark: delivered - minutes.last()? > DARK.max(limit(&minutes)),
            cost: None,
            source,
            account: None,
            region: None,
            from: from.max(window.start),
            to: to.min(window.end),
            complete_until: to.min(window.end) - DELIVERY,
            status: if gaps.is_empty() {
                CoverageStatus::Complete
            } else {
                CoverageStatus::Partial
            },
            gaps,
        })
    }
}

/// The source of rows that tell of changes that were asked for and not all seen.
pub const CHANGES: &str = "changes";

/// The coverage row of `window` that a question to AWS stands for; `None` when it asked for
/// nothing inside it.
pub(super) fn asked_row(
    source: &'static str,
    reach: &Reach,
    window: Window,
) -> Option<CoverageRow> {
    let span = reach.asked.shared(window)?;
    let gaps = reach.got.missing(span);
    let nothing = gaps.as_slice() == [span];
    let refused = matches!(
        reach.stop,
        Some(Stop::Denied { .. } | Stop::Credentials { .. })
    );
    Some(CoverageRow {
        dark: false,
        cost: reach.cost,
        source,
        account: Some(reach.account.clone()),
        region: Some(reach.region.clone()),
        from: span.start,
        to: span.end,
        complete_until: span.end.min(reach.at - DELIVERY),
        status: match gaps.is_empty() {
            true => CoverageStatus::Complete,
            false if nothing && refused => CoverageStatus::Denied,
            false => CoverageStatus::Partial,
        },
        gaps: gaps.as_slice().to_vec(),
    })
}

/// A silence of more minutes is unusual.
fn limit(minutes: &[i64]) -> i64 {
    let mut spacing: Vec<i64> = minutes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    spacing.sort_unstable();
    let usual = spacing.get(spacing.len() * 9 / 10).copied().unwrap_or(1);
    SHORTEST_GAP.max(usual * UNUSUAL)
}

/// Silences much longer than the others.
fn gaps(minutes: &[i64]) -> Vec<Window> {
    let limit = limit(minutes);
    let time = |minute: i64| DateTime::from_timestamp_micros(minute * MINUTE);
    minutes
        .windows(2)
        .filter(|pair| pair[1] - pair[0] > limit)
        .filter_map(|pair| {
            Some(Window {
                start: time(pair[0] + 1)?,
                end: time(pair[1])?,
            })
        })
        .collect()
}
