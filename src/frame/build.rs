//! From the fold to what the analysis eats: everything was read, now it is tied, joined and put in
//! order.

use crate::frame::hash::{HashMap, HashSet};
use chrono::{DateTime, Utc};

use super::{
    attempts::Attempts,
    callers::CallerRow,
    cells::{Cell, Cells, Failure},
    counts::Key,
    coverage::CoverageLog,
    fold::{FailedAttempt, Fold, Kind},
    kinds::Seconds,
    summary::{CoverageRow, Summary},
    symbols::Symbols,
    ties::{Mapping, Ties},
    visits,
};
use crate::{ids::EventId, record::Change, window::Window};

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
    /// Bounds of the requests: those that were set, else what the inputs hold.
    pub window: Window,
    log: CoverageLog,
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
        self.log.extend(later.log);
        self.coverage = self.log.rows(self.window);
        let summary = &mut self.summary;
        summary.changes = self.changes.len() as u64;
        summary.notes.extend(later.summary.notes.clone());
        summary.remarks.extend(later.summary.remarks.clone());
        summary.add(later.summary);
    }

    /// Adds the attempts aside that met no server to the others.
    pub fn take_lost(&mut self) {
        self.cells = std::mem::take(&mut self.cells).with_lost(&self.aside);
    }

    /// Says that the inputs reach to this time, though nothing came before it.
    pub fn reach_to(&mut self, until: DateTime<Utc>) {
        if self.window.end < until {
            self.window.end = until;
            self.coverage = self.log.rows(self.window);
        }
    }

    /// What was looked at of a part of the window.
    pub fn coverage_of(&self, part: Window) -> Vec<CoverageRow> {
        self.log.rows(part)
    }

    /// Counts what a part of the window holds, for the summary.
    pub fn count(&mut self, part: Window) {
        let (start, end) = (part.start.timestamp_micros(), part.end.timestamp_micros());
        let (mut requests, mut undecided) = (0, 0);
        for (row, key) in self.cells.with_keys(&self.cells.rows) {
            let count = row.count(start, end - 1);
            requests += count;
            undecided += if self.cells.is_decided(key) { 0 } else { count };
        }
        self.summary.requests = requests;
        self.summary.undecided = undecided;
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
        let log = self.coverage_log();
        let changes = changes(self.changes);
        let mut summary = self.summary;
        summary.rejected.sort();
        summary.requests = cells.rows.iter().map(|row| row.requests).sum();
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
            coverage: log.rows(window),
            summary,
            window,
            log,
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
