//! Whether certain requests of a client begin to fail, or stop, at a given instant.
//!
//! The scan pays for every interval and every slice in which it looks; who already knows where to
//! look pays for one question. So this finds what is too small for the scan.

use std::collections::BTreeSet;

use super::{
    Config, Incident, absence, describe, scan,
    slice::{Slice, Unit},
    spell::{self, Spell},
};
use crate::{
    frame::{Cells, CoverageRow},
    window::Window,
};

/// Fewer failures are no outage, whatever else speaks for one.
const FEWEST_FAILURES: f64 = 3.0;
/// A silence may begin so long after the instant: codes issued before can still be exchanged
/// (domain.md §4.1).
const CODES_IN_FLIGHT: i64 = 5 * 60_000_000;

/// A question: do these requests begin to fail, or stop, at this instant?
#[derive(Clone, Debug)]
pub struct Probe {
    /// The requests, all of one app client.
    pub requests: Unit,
    /// The instant, in microseconds since 1970.
    pub at: i64,
    /// Whether they may stop instead of failing.
    pub may_stop: bool,
    /// How many such questions are asked of the client.
    pub questions: usize,
}

/// The outages that the answers make.
pub fn probe(
    cells: &Cells,
    coverage: &[CoverageRow],
    window: Window,
    probes: &[Probe],
    config: &Config,
) -> Vec<Incident> {
    let mut spells = Vec::new();
    for probe in probes {
        let failing = probe.failing(cells, config);
        let silent = || probe.silent(cells, coverage, window, config);
        spells.extend(failing.or_else(silent));
    }
    spell::merge(cells, spells)
        .iter()
        .map(|spells| describe::incident(cells, spells, window))
        .collect()
}

impl Probe {
    fn failing(&self, cells: &Cells, config: &Config) -> Option<Spell> {
        let unit = &self.requests;
        let slice = Slice::of_all(cells, unit);
        let items = slice.items(cells, unit, &BTreeSet::new());
        let begin = items.partition_point(|item| item.time < self.at);
        let (before, after) = items.split_at(begin);
        let (segment, normal) = scan::from_now_on(before, after)?;
        let questions = self.questions * scan::RATES_SCANNED;
        let threshold = spell::threshold_of(cells, unit, questions, config);
        let failed = after.get(segment.start..segment.end)?.iter();
        let failed: Vec<&scan::Item> = failed.filter(|item| item.failed > 0.0).collect();
        let count: f64 = failed.iter().map(|item| item.failed).sum();
        if count < FEWEST_FAILURES || segment.score < threshold {
            return None;
        }
        let span = (failed.first()?.time, failed.last()?.time);
        let score = segment.score;
        Some(Spell::failing(cells, unit, slice, span, score, normal))
    }

    fn silent(
        &self,
        cells: &Cells,
        coverage: &[CoverageRow],
        window: Window,
        config: &Config,
    ) -> Option<Spell> {
        if !self.may_stop {
            return None;
        }
        let unit = &self.requests;
        let slice = Slice::of_all(cells, unit);
        let threshold = spell::threshold_of(cells, unit, self.questions, config);
        let silences = absence::in_slice(cells, unit, &slice, window, threshold);
        let mut begun = silences.into_iter().filter(|spell| {
            spell.start <= self.at + CODES_IN_FLIGHT
                && spell.silence.is_some_and(|(_, by)| self.at <= by)
                && absence::is_observed(coverage, spell.start, spell.end)
                && !absence::all_is_silent(cells, unit, spell.start, spell.end)
        });
        begun.next()
    }
}
