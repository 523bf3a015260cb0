//! What was looked at and what was not, per source, account and Region.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta};

use super::{
    fold::Fold,
    summary::{CoverageRow, CoverageStatus},
};
use crate::{
    ids::{AccountId, Region},
    record::SourceKind,
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

/// All that is known of what was looked at, of which any part can be asked.
#[derive(Clone, Debug, Default)]
pub(super) struct CoverageLog {
    seen: Vec<Seen>,
    /// Kinds of logs in files that were not read whole.
    damaged: BTreeSet<SourceKind>,
    /// How far questions to AWS got, by the kind of log they read.
    reaches: Vec<(SourceKind, Reach)>,
    /// The same of questions for changes.
    changes: Vec<Reach>,
    /// … that might have told of any account and Region.
    changes_of_all: Vec<Reach>,
}

/// What a source told of one account and Region.
#[derive(Clone, Debug)]
struct Seen {
    source: SourceKind,
    account: Option<AccountId>,
    region: Option<Region>,
    observed: Observed,
}

impl Fold {
    /// What was looked at.
    pub(super) fn coverage_log(&self) -> CoverageLog {
        let text = |symbol| self.symbols.text(symbol);
        let seen = self.coverage.iter();
        let seen = seen.map(|((source, account, region), observed)| Seen {
            source: *source,
            account: account.map(|account| AccountId::new(text(account))),
            region: region.map(|region| Region::new(text(region))),
            observed: observed.clone(),
        });
        CoverageLog {
            seen: seen.collect(),
            damaged: self.damaged.clone(),
            reaches: self.reaches.clone(),
            changes: self.blind.clone(),
            changes_of_all: self.blind_everywhere.clone(),
        }
    }
}

impl CoverageLog {
    /// Takes what was asked later.
    pub fn extend(&mut self, later: Self) {
        self.changes.extend(later.changes);
        self.changes_of_all.extend(later.changes_of_all);
    }

    /// The coverage of `window`.
    pub fn rows(&self, window: Window) -> Vec<CoverageRow> {
        let asked = self.reaches.iter();
        let asked = asked.filter_map(|(kind, reach)| asked_row(kind.as_str(), reach, window));
        let mut rows: Vec<CoverageRow> = asked.collect();
        // A cause may lie before the window.
        let blind = |reach: &Reach| asked_row(CHANGES, reach, reach.asked);
        rows.extend(self.changes.iter().filter_map(blind));
        let everywhere = self.changes_of_all.iter().filter_map(blind);
        rows.extend(everywhere.map(|row| CoverageRow {
            account: None,
            region: None,
            ..row
        }));
        // What was asked for is known; what was seen only tells of it.
        for row in self
            .seen
            .iter()
            .filter_map(|seen| self.seen_row(seen, window))
        {
            let place = |row: &CoverageRow| (row.source, row.account.clone(), row.region.clone());
            if rows.iter().all(|asked| place(asked) != place(&row)) {
                rows.push(row);
            }
        }
        rows.sort_by(|a, b| {
            let order = |row: &CoverageRow| (row.source != SourceKind::Trail.as_str(), row.source);
            (order(a), &a.account, &a.region).cmp(&(order(b), &b.account, &b.region))
        });
        rows
    }

    fn seen_row(&self, seen: &Seen, window: Window) -> Option<CoverageRow> {
        let row = seen.observed.row(seen.source.as_str(), window)?;
        Some(CoverageRow {
            status: match self.damaged.contains(&seen.source) {
                true => CoverageStatus::Partial,
                false => row.status,
            },
            account: seen.account.clone(),
            region: seen.region.clone(),
            ..row
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
