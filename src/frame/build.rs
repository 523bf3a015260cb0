//! From the fold to the frames: everything was read, now it is tied, joined and put in order.

use std::collections::HashMap;

use super::{
    attempts::Attempts,
    changes::Changes,
    counts::{Cell, Cells, Counts},
    coverage::{CHANGES, Coverage, asked_row},
    fold::{FailedAttempt, Fold, Kind},
    requests::Requests,
    summary::{CoverageRow, CoverageStatus, Summary},
    symbols::Symbols,
    ties::{Mapping, Ties},
};
use crate::{
    error::Result,
    ids::{AccountId, Region},
    record::SourceKind,
    source::aws::Reach,
    window::Window,
};

/// Everything the analysis eats.
#[derive(Clone, Debug)]
pub struct Frames {
    /// Failed attempts, one a row.
    pub requests: Requests,
    /// Configuration writes.
    pub changes: Changes,
    /// Attempts per minute and kind.
    pub counts: Counts,
    /// What was looked at.
    pub coverage: Coverage,
    /// Coverage as rows, with gaps.
    pub coverage_rows: Vec<CoverageRow>,
    /// What was read and what was not.
    pub summary: Summary,
    /// Bounds of the requests: as asked for, else what the inputs hold.
    pub window: Window,
}

impl Fold {
    /// Ties lines to clients, joins sources to one attempt and builds the frames.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn finish(mut self, mappings: &[Mapping]) -> Result<Frames> {
        self.absorb_own();
        let window = self.window();
        let attempts = self.tie(mappings).join(&mut self.symbols);
        let cells = cells(&attempts, &self.symbols);
        let coverage_rows = self.coverage_rows(window);
        let mut summary = self.summary;
        summary.rejected.sort();
        summary.requests = requests_inside(&cells, window);
        summary.changes = self.changes.len() as u64;
        summary.failures_only = self
            .streams
            .iter()
            .filter(|(_, stream)| stream.failed > 0 && stream.ok == 0)
            .map(|(name, _)| self.symbols.text(*name).to_owned())
            .collect();
        summary.failures_only.sort();
        Ok(Frames {
            requests: requests(&attempts.failures, &self.symbols)?,
            changes: Changes::from_rows(&self.changes)?,
            counts: Counts::from_cells(&cells)?,
            coverage: Coverage::from_rows(&coverage_rows)?,
            coverage_rows,
            summary,
            window,
        })
    }

    fn tie(&mut self, mappings: &[Mapping]) -> Attempts {
        let ties = Ties::learn(self, mappings);
        let mut failures = std::mem::take(&mut self.failures);
        for attempt in &mut failures {
            let request = attempt.request_id.as_deref().map(|id| (id, attempt.time));
            if let Some(how) = ties.tie(&mut attempt.kind, request) {
                *self.summary.ties.entry(how).or_default() += 1;
            }
            let key = attempt.kind.key;
            self.summary.untied += u64::from(key.client.is_none() && key.user_pool.is_none());
        }
        let successes = self.successes().into_iter().map(|(mut kind, counted)| {
            if let Some(how) = ties.tie(&mut kind, None) {
                *self.summary.ties.entry(how).or_default() += counted.requests;
            }
            (kind, counted)
        });
        Attempts {
            failures,
            successes: successes.collect(),
        }
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

/// Rows of the counts: failures one by one, successes per minute.
fn cells(attempts: &Attempts, symbols: &Symbols) -> Cells {
    let mut cells = Cells {
        symbols: symbols.clone(),
        ..Cells::default()
    };
    let mut known = HashMap::new();
    let mut push = |kind: &Kind, first, last, requests, callers| {
        let next = u32::try_from(cells.keys.len()).unwrap_or(u32::MAX);
        let key = *known.entry(kind.key).or_insert_with(|| {
            cells.keys.push(kind.key);
            next
        });
        cells.rows.push(Cell {
            key,
            first,
            last,
            requests,
            callers,
        });
    };
    for attempt in &attempts.failures {
        let caller = u64::from(attempt.caller);
        push(&attempt.kind, attempt.time, attempt.time, 1, caller);
    }
    for (kind, counted) in &attempts.successes {
        let (first, last) = (counted.first, counted.last);
        push(kind, first, last, counted.requests, counted.callers);
    }
    cells
}

fn requests(failures: &[FailedAttempt], symbols: &Symbols) -> Result<Requests> {
    let rows: Vec<(i64, [Option<&str>; 16])> = failures
        .iter()
        .map(|attempt| {
            let key = &attempt.kind.key;
            let text = |symbol: Option<_>| symbol.map(|symbol| symbols.text(symbol));
            let values = [
                Some(&*attempt.event_id),
                attempt.request_id.as_deref(),
                text(key.account),
                text(key.region),
                text(key.user_pool),
                text(key.client),
                text(key.endpoint),
                text(key.grant),
                text(key.redirect_uri),
                text(key.scopes),
                text(key.identity_provider),
                text(key.auth_method),
                text(key.outcome),
                text(attempt.principal),
                text(attempt.source_ip),
                text(key.source),
            ];
            (attempt.time, values)
        })
        .collect();
    Requests::from_rows(&rows)
}

/// Attempts of the window itself, without the day before it.
fn requests_inside(cells: &Cells, window: Window) -> u64 {
    let start = window.start.timestamp_micros();
    let inside = cells.rows.iter().filter(|row| row.last >= start);
    inside.map(|row| row.requests).sum()
}
