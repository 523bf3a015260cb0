//! From the fold to what the analysis eats: everything was read, now it is tied, joined and put in
//! order.

use crate::frame::hash::{HashMap, HashSet};
use chrono::DateTime;

use super::{
    attempts::Attempts,
    callers::CallerRow,
    cells::{Cell, Cells, Failure},
    counts::Key,
    coverage::{CHANGES, asked_row},
    fold::{FailedAttempt, Fold, Kind},
    kinds::Seconds,
    summary::{CoverageRow, CoverageStatus, Summary},
    symbols::Symbols,
    ties::{Mapping, Ties},
    visits,
};
use crate::{
    ids::{AccountId, EventId, Region},
    record::{Change, SourceKind},
    source::aws::Reach,
    window::Window,
};

/// Everything the analysis eats.
#[derive(Clone, Debug)]
pub struct Frames {
    /// Attempts: per minute and kind, and every failed one.
    pub cells: Cells,
    /// The same of attempts whose outcome is known only by the next step or by the words of a line,
    /// or that never reached Cognito; no verdict rests on them.
    pub aside: Cells,
    /// Who asked, by app client.
    pub callers: Vec<CallerRow>,
    /// Configuration writes, failed ones too, by time and id.
    pub changes: Vec<Change>,
    /// What was looked at, with gaps.
    pub coverage: Vec<CoverageRow>,
    /// What was read and what was not.
    pub summary: Summary,
    /// Bounds of the requests: as asked for, else what the inputs hold.
    pub window: Window,
}

impl Frames {
    /// Takes changes that were asked for later, with how far that got.
    pub fn add_changes(&mut self, later: Self) {
        let known: HashSet<String> = self.changes.iter().map(|c| c.event_id.clone()).collect();
        let new = later.changes.into_iter();
        let new = new.filter(|change| !known.contains(&change.event_id));
        self.changes.extend(new);
        self.changes
            .sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
        let blind = later.coverage.into_iter();
        self.coverage
            .extend(blind.filter(|row| row.source == CHANGES));
        let summary = &mut self.summary;
        summary.changes = self.changes.len() as u64;
        summary.notes.extend(later.summary.notes.clone());
        summary.remarks.extend(later.summary.remarks.clone());
        summary.add(later.summary);
    }
}

impl Fold {
    /// Ties lines to clients, joins sources to one attempt and puts everything in order.
    pub fn finish(mut self, mappings: &[Mapping]) -> Frames {
        self.absorb_own();
        self.changes = self.all_changes();
        let mut attempts = Attempts::take(&mut self);
        let window = self.window(attempts.span());
        let visits = std::mem::take(&mut self.visits);
        visits::complete(&mut attempts, &visits, &self.kinds, &self.symbols);
        let ties = self.tie(&mut attempts, mappings);
        let tie = |kind: &mut Kind| {
            ties.tie(kind, None);
        };
        let end = window.end.timestamp_micros();
        let not_followed = visits::not_followed(visits, &self.kinds, &mut self.symbols, end, tie);
        let callers = std::mem::take(&mut self.callers);
        let callers = callers.rows(&self.symbols, tie);
        let mut aside = attempts.take_aside(&self.symbols);
        aside.failures.extend(not_followed);
        let aside = aside.cells(&self.symbols);
        let cells = attempts.join(&self.symbols).cells(&self.symbols);
        let coverage = self.coverage_rows(window);
        let changes = changes(self.changes);
        let mut summary = self.summary;
        summary.rejected.sort();
        summary.requests = requests_inside(&cells, window);
        summary.changes = changes.len() as u64;
        summary.failures_only = self
            .streams
            .iter()
            .filter(|(_, stream)| stream.failed > 0 && stream.ok == 0)
            .map(|(name, _)| self.symbols.text(*name).to_owned())
            .collect();
        summary.failures_only.sort();
        Frames {
            cells,
            aside,
            callers,
            changes,
            coverage,
            summary,
            window,
        }
    }

    /// Ties every attempt to a client, as far as something does.
    fn tie(&mut self, attempts: &mut Attempts, mappings: &[Mapping]) -> Ties {
        let ties = Ties::learn(self, attempts, mappings);
        for attempt in &mut attempts.failures {
            let request = attempt.request_id.as_deref().map(|id| (id, attempt.time));
            if let Some(how) = ties.tie(&mut attempt.kind, request) {
                *self.summary.ties.entry(how).or_default() += 1;
            }
            let key = attempt.kind.key;
            self.summary.untied += u64::from(key.client.is_none() && key.user_pool.is_none());
        }
        for kind in &mut attempts.kinds {
            if let Some(how) = ties.tie(&mut kind.kind, None) {
                *self.summary.ties.entry(how).or_default() += kind.requests;
            }
        }
        ties
    }

    fn coverage_rows(&self, window: Window) -> Vec<CoverageRow> {
        let text = |symbol| self.symbols.text(symbol);
        let seen = self
            .coverage
            .iter()
            .filter_map(|((source, account, region), seen)| {
                let row = seen.row(source.as_str(), window)?;
                Some(CoverageRow {
                    status: match self.damaged.contains(source) {
                        true => CoverageStatus::Partial,
                        false => row.status,
                    },
                    account: account.map(|account| AccountId::new(text(account))),
                    region: region.map(|region| Region::new(text(region))),
                    ..row
                })
            });
        let asked = self.reaches.iter();
        let asked = asked.filter_map(|(kind, reach)| asked_row(kind.as_str(), reach, window));
        let mut rows: Vec<CoverageRow> = asked.collect();
        // A cause may lie before the window.
        let blind = |reach: &Reach| asked_row(CHANGES, reach, reach.asked);
        rows.extend(self.blind.iter().filter_map(blind));
        let everywhere = self.blind_everywhere.iter().filter_map(blind);
        rows.extend(everywhere.map(|row| CoverageRow {
            account: None,
            region: None,
            ..row
        }));
        // What was asked for is known; what was seen only tells of it.
        for row in seen {
            let place = |row: &CoverageRow| (row.source, row.account.clone(), row.region.clone());
            if rows.iter().all(|asked| place(asked) != place(&row)) {
                rows.push(row);
            }
        }
        rows.sort_by(|a, b| {
            (
                a.source != SourceKind::Trail.as_str(),
                a.source,
                &a.account,
                &a.region,
            )
                .cmp(&(
                    b.source != SourceKind::Trail.as_str(),
                    b.source,
                    &b.account,
                    &b.region,
                ))
        });
        rows
    }
}

impl Attempts {
    /// The joined attempts in their order: failures one by one, successes per minute.
    fn cells(self, symbols: &Symbols) -> Cells {
        let mut keys = Keys::default();
        let mut failed = Vec::with_capacity(self.failures.len());
        let mut failures = Vec::with_capacity(self.failures.len());
        for attempt in self.failures {
            let key = keys.number(attempt.kind.key);
            failed.push(Cell {
                key,
                first: attempt.time,
                last: attempt.time,
                requests: 1,
                callers: u64::from(attempt.caller),
                seconds: Seconds::of(attempt.time),
            });
            failures.push(failure(attempt, key));
        }
        let mut left = vec![false; self.kinds.len()];
        for folded in &self.successes {
            left[folded.kind as usize] = true;
        }
        let kinds = self.kinds.iter().zip(left);
        let numbers = kinds.map(|(kind, left)| if left { keys.number(kind.kind.key) } else { 0 });
        let numbers: Vec<u32> = numbers.collect();
        let accepted = self.successes.iter().map(|folded| Cell {
            key: numbers[folded.kind as usize],
            first: folded.counted.first,
            last: folded.counted.last,
            requests: folded.counted.requests,
            callers: folded.counted.callers,
            seconds: folded.counted.seconds,
        });
        let rows = failed.iter().copied().chain(accepted);
        Cells::new(symbols, &keys.all, rows, failures)
    }
}

/// Keys, each once.
#[derive(Default)]
struct Keys {
    all: Vec<Key>,
    known: HashMap<Key, u32>,
}

impl Keys {
    fn number(&mut self, key: Key) -> u32 {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        *self.known.entry(key).or_insert_with(|| {
            self.all.push(key);
            next
        })
    }
}

fn failure(attempt: FailedAttempt, key: u32) -> Failure {
    Failure {
        time: DateTime::from_timestamp_micros(attempt.time).unwrap_or_default(),
        event_id: EventId::new(attempt.event_id),
        request_id: attempt.request_id,
        key,
        principal: attempt.principal,
        source_ip: attempt.source_ip,
        agent: attempt.agent,
        message: attempt.message,
    }
}

/// The changes in order, their times as exact as those of the requests.
fn changes(mut changes: Vec<Change>) -> Vec<Change> {
    for change in &mut changes {
        let time = DateTime::from_timestamp_micros(change.time.timestamp_micros());
        change.time = time.unwrap_or_default();
    }
    changes.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
    changes
}

/// Attempts of the window itself, without the day before it.
fn requests_inside(cells: &Cells, window: Window) -> u64 {
    let start = window.start.timestamp_micros();
    let inside = cells.rows.iter().filter(|row| row.last >= start);
    inside.map(|row| row.requests).sum()
}
