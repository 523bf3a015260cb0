//! Whether certain requests of a client begin to fail, or stop, at a given instant.
//!
//! The scan pays for every interval and every slice in which it looks; who already knows where to
//! look pays for one question. So this finds what is too small for the scan.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::{
    Config, Ground, Incident, absence, describe,
    digest::Digest,
    scan::{self, Item},
    slice::{Part, Roles, Slice, items},
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
    for asked in questions {
        let cuts = asked.probes.iter().map(|probe| probe.at).collect();
        let digest = Digest::new(cells, &asked.unit, cuts);
        let mut known: BTreeMap<&BTreeSet<u32>, Requests<'_, '_>> = BTreeMap::new();
        for probe in &asked.probes {
            let new = || Requests::new(ground, asked, &digest, &probe.kinds, config);
            let requests = known.entry(&probe.kinds).or_insert_with(new);
            spells.extend(requests.answer(probe));
        }
    }
    spell::merge(cells, spells)
        .iter()
        .map(|spells| describe::incident(ground, spells))
        .collect()
}

/// Requests that some questions are about.
struct Requests<'g, 'a> {
    ground: &'g Ground<'a>,
    unit: Rc<Unit<'a>>,
    part: Part,
    roles: Roles,
    /// Their attempts, shortened, and in full.
    shortened: Vec<Item>,
    whole: OnceCell<Vec<Item>>,
    /// How many questions are asked of the app client.
    questions: usize,
    config: &'g Config,
    silences: OnceCell<Vec<Spell<'a>>>,
}

impl<'g, 'a> Requests<'g, 'a> {
    fn new(
        ground: &'g Ground<'a>,
        asked: &Questions<'a>,
        digest: &Digest,
        kinds: &BTreeSet<u32>,
        config: &'g Config,
    ) -> Self {
        let unit = Rc::new(asked.unit.of_kinds(|number| kinds.contains(&number)));
        let part = Part {
            slice: Slice::of_all(unit.keys(ground.cells).map(|(_, key)| key)),
            keys: kinds.iter().copied().collect(),
        };
        Self {
            shortened: digest.items(&part.keys, &[]),
            roles: part.slice.roles(ground.cells, &unit),
            whole: OnceCell::new(),
            ground,
            unit,
            part,
            questions: asked.probes.len(),
            config,
            silences: OnceCell::new(),
        }
    }

    fn answer(&self, probe: &Probe) -> Option<Spell<'a>> {
        let silent = || self.silent(probe.at).cloned();
        let failing = self.failing(probe.at);
        failing.or_else(|| probe.may_stop.then(silent).flatten())
    }

    fn failing(&self, at: i64) -> Option<Spell<'a>> {
        let threshold = self.threshold(scan::RATES_SCANNED);
        let (before, after) = split(&self.shortened, at);
        if !scan::may_go_on(before, after, threshold) {
            return None;
        }
        let whole = || items(&self.unit, &self.roles, &[]);
        let (before, after) = split(self.whole.get_or_init(whole), at);
        let (segment, normal) = scan::from_now_on(before, after)?;
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
            ..Spell::failing(&self.unit, self.part.slice.clone(), &self.roles, span)
        })
    }

    /// The first silence that may have begun then.
    fn silent(&self, at: i64) -> Option<&Spell<'a>> {
        let (cells, coverage) = (self.ground.cells, self.ground.coverage);
        let silences = self.silences.get_or_init(|| self.silences());
        let mut begun = silences.iter().filter(|spell| {
            spell.start <= at + CODES_IN_FLIGHT
                && spell.silence.is_some_and(|(_, by)| at <= by)
                && absence::is_observed(coverage, spell.start, spell.end)
                && !absence::all_is_silent(cells, &self.unit, spell.start, spell.end)
        });
        begun.next()
    }

    fn silences(&self) -> Vec<Spell<'a>> {
        let parts = [&self.part];
        let threshold = self.threshold(1);
        absence::in_parts(self.ground, &self.unit, &parts, threshold).collect()
    }

    /// The threshold where so many things are asked by each question.
    fn threshold(&self, things: usize) -> f64 {
        let span = self.unit.span(|_| true);
        spell::threshold_of(span, self.questions * things, self.config)
    }
}

/// What lies before an instant, and the rest.
fn split(items: &[Item], at: i64) -> (&[Item], &[Item]) {
    items.split_at(items.partition_point(|item| item.time < at))
}
