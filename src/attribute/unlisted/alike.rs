//! Requests like those of an outage: of its app clients, at the steps that fail, accepted.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    attribute::case::Case,
    detect::series::{Successes, times},
    frame::{Key, attempts::is_sign_in, symbols::Symbol},
};

/// So far beside an outage its like is looked at (assumed: three days).
const BESIDE: i64 = 3 * 86_400_000_000;

/// Steps with less than this share of the failures are noise among them.
const STRAY: f64 = 0.05;

/// Where a request is made: client, endpoint, grant.
type Step = [Option<Symbol>; 3];

fn step(key: &Key) -> Step {
    [key.client, key.endpoint, key.grant]
}

/// Accepted requests like those that fail.
#[derive(Debug, Default)]
pub struct Alike {
    successes: Successes,
    steps: BTreeSet<Step>,
}

impl Alike {
    /// Those of an outage.
    pub fn new(case: &Case<'_>) -> Self {
        let mut weights: BTreeMap<Step, f64> = BTreeMap::new();
        for (key, weight) in case.suffered() {
            *weights.entry(step(key)).or_default() += weight;
        }
        let all: f64 = weights.values().sum();
        weights.retain(|_, weight| *weight >= STRAY * all);
        let steps: BTreeSet<Step> = weights.into_keys().collect();
        let (from, to) = (case.onset() - BESIDE, case.end() + BESIDE);
        let cells = case.cells;
        let rows = |is_alike: &dyn Fn(&Key) -> bool| {
            let owners = case.own_owners();
            let rows = owners.flat_map(|owner| cells.touching(cells.of(owner), from, to));
            let told = rows.filter(|row| {
                let key = cells.keys.get(row.key as usize);
                key.is_some_and(|key| !cells.failed(key) && cells.tells(key) && is_alike(key))
            });
            Successes::new(told.copied())
        };
        // A step whose success no log shows, as pages: the sign-ins that they are steps of tell, or
        // whatever else the client does.
        let untold = steps.iter().all(|[_, _, grant]| grant.is_none());
        let same = |key: &Key| steps.contains(&step(key)) && case.incident.stratum.asks(cells, key);
        let sign_in = |key: &Key| untold && is_sign_in(cells.text(key.grant));
        let ways: [&dyn Fn(&Key) -> bool; 3] = [&same, &sign_in, &|_| true];
        let found = ways.into_iter().map(rows).find(|found| found.total() > 0);
        let successes = found.unwrap_or_else(|| Successes::new(std::iter::empty()));
        Self { successes, steps }
    }

    /// How many came in `[from, to)`.
    pub fn between(&self, from: i64, to: i64) -> f64 {
        self.successes.between(from, to)
    }

    /// How many came before a time.
    pub fn before(&self, time: i64) -> f64 {
        self.successes.between(i64::MIN / 2, time)
    }

    /// When they came, as exactly as is known, in `[from, to)`.
    pub fn times(&self, from: i64, to: i64) -> impl Iterator<Item = i64> {
        let rows = self.successes.rows().iter();
        rows.flat_map(times)
            .filter(move |time| (from..to).contains(time))
    }

    /// Whether a request of another client is made at the same step.
    pub fn is_step_of(&self, key: &Key) -> bool {
        self.steps
            .iter()
            .any(|[_, endpoint, grant]| (*endpoint, *grant) == (key.endpoint, key.grant))
    }
}
