//! Whether certain requests of a client begin to fail, or stop, at a given instant.
//!
//! The scan pays for every interval and every slice in which it looks; who already knows where to
//! look pays for one question. So this finds what is too small for the scan.

use std::{collections::BTreeSet, rc::Rc};

use super::{
    Config, Ground, Incident, absence, describe,
    digest::Digest,
    scan::{self, Item},
    slice::{Slice, items},
    spell::{self, Spell},
    unit::Unit,
};
/// Fewer failures are no outage, whatever else speaks for one.
const FEWEST_FAILURES: f64 = 3.0;
/// A silence may begin so long after the instant: codes issued before can still be exchanged
/// (domain.md §4.1).
const CODES_IN_FLIGHT: i64 = 5 * 60_000_000;

/// What is asked of an app client.
#[derive(Clone, Debug)]
pub struct Questions<'a> {
    /// Its traffic.
    pub unit: Rc<Unit<'a>>,
    /// Each of these.
    pub probes: Vec<Probe>,
}

/// A question: do these requests begin to fail, or stop, at this instant?
#[derive(Clone, Debug)]
pub struct Probe {
    /// Numbers of the keys of the requests.
    pub kinds: BTreeSet<u32>,
    /// The instant, in microseconds since 1970.
    pub at: i64,
    /// Whether they may stop instead of failing.
    pub may_stop: bool,
}

/// The outages that the answers make.
pub fn probe(ground: &Ground<'_>, questions: &[Questions<'_>], config: &Config) -> Vec<Incident> {
    let cells = ground.cells;
    let mut spells = Vec::new();
    for questions in questions {
        let cuts = questions.probes.iter().map(|probe| probe.at).collect();
        let asking = Asking {
            digest: Digest::new(cells, &questions.unit, cuts),
            ground,
            unit: &questions.unit,
            questions: questions.probes.len(),
            config,
        };
        spells.extend(
            questions
                .probes
                .iter()
                .filter_map(|probe| asking.answer(probe)),
        );
    }
    spell::merge(cells, spells)
        .iter()
        .map(|spells| describe::incident(cells, spells, ground.window))
        .collect()
}

/// An app client that is asked.
struct Asking<'g, 'a> {
    ground: &'g Ground<'a>,
    unit: &'g Rc<Unit<'a>>,
    digest: Digest,
    /// How many questions are asked of it.
    questions: usize,
    config: &'g Config,
}

impl<'a> Asking<'_, 'a> {
    fn answer(&self, probe: &Probe) -> Option<Spell<'a>> {
        let cells = self.ground.cells;
        let keys = self.unit.keys(cells);
        let ours = keys.filter(|(number, _)| probe.kinds.contains(number));
        let slice = Slice::of_all(ours.map(|(_, key)| key));
        let failing = self.failing(probe, &slice);
        let silent = || self.silent(probe, &slice);
        failing.or_else(|| probe.may_stop.then(silent).flatten())
    }

    fn failing(&self, probe: &Probe, slice: &Slice) -> Option<Spell<'a>> {
        let threshold = self.threshold(probe, scan::RATES_SCANNED);
        let roles = self.unit.by_key(self.ground.cells, |number, key| {
            let role = slice.role(self.ground.cells, key);
            role.filter(|_| probe.kinds.contains(&number))
        });
        let (before, after) = probe.split(self.digest.items(&roles, &[]));
        if !scan::may_find_from_now_on(&before, &after, threshold) {
            return None;
        }
        let (before, after) = probe.split(items(self.unit, &roles, &[]));
        let (segment, normal) = scan::from_now_on(&before, &after)?;
        let failed = after.get(segment.start..segment.end)?.iter();
        let failed: Vec<&Item> = failed.filter(|item| item.failed > 0.0).collect();
        let count: f64 = failed.iter().map(|item| item.failed).sum();
        if count < FEWEST_FAILURES || segment.score < threshold {
            return None;
        }
        let span = (failed.first()?.time, failed.last()?.time);
        Some(Spell {
            score: segment.score,
            normal,
            ..Spell::failing(&self.requests(probe), slice.clone(), &roles, span)
        })
    }

    fn silent(&self, probe: &Probe, slice: &Slice) -> Option<Spell<'a>> {
        let (cells, coverage) = (self.ground.cells, self.ground.coverage);
        let (unit, threshold) = (self.requests(probe), self.threshold(probe, 1));
        let slices = [slice];
        let silences = absence::in_slices(self.ground, &unit, &slices, threshold);
        let mut begun = silences.filter(|spell| {
            spell.start <= probe.at + CODES_IN_FLIGHT
                && spell.silence.is_some_and(|(_, by)| probe.at <= by)
                && absence::is_observed(coverage, spell.start, spell.end)
                && !absence::all_is_silent(cells, &unit, spell.start, spell.end)
        });
        begun.next()
    }

    /// The threshold where so many things are asked by each question.
    fn threshold(&self, probe: &Probe, things: usize) -> f64 {
        let span = self.unit.span(|number| probe.kinds.contains(&number));
        spell::threshold_of(span, self.questions * things, self.config)
    }

    /// The requests that a question is about.
    fn requests(&self, probe: &Probe) -> Rc<Unit<'a>> {
        let part = self.unit.of_kinds(|number| probe.kinds.contains(&number));
        Rc::new(part)
    }
}

impl Probe {
    /// What lies before the instant, and the rest.
    fn split(&self, mut items: Vec<Item>) -> (Vec<Item>, Vec<Item>) {
        let after = items.split_off(items.partition_point(|item| item.time < self.at));
        (items, after)
    }
}
