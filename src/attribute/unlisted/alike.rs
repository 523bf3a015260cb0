//! Requests like those of an outage: of its app clients, at the steps that fail, accepted.

use std::collections::BTreeSet;

use crate::{
    attribute::case::Case,
    detect::series::{Successes, times},
    frame::{Key, symbols::Symbol},
};

/// So far beside an outage its like is looked at (assumed: three days).
const BESIDE: i64 = 3 * 86_400_000_000;

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
        let steps: BTreeSet<Step> = case.suffered().map(|(key, _)| step(key)).collect();
        let (from, to) = (case.onset() - BESIDE, case.end() + BESIDE);
        let cells = case.cells;
        let rows = |any: bool| {
            let owners = case.own_owners();
            let rows = owners.flat_map(|owner| cells.touching(cells.of(owner), from, to));
            let told = rows.filter(|row| {
                let key = cells.keys.get(row.key as usize);
                key.is_some_and(|key| {
                    let accepted = !cells.failed(key) && cells.tells(key);
                    let asked = any || steps.contains(&step(key));
                    accepted && asked && (any || case.incident.stratum.asks(cells, key))
                })
            });
            Successes::new(told.copied())
        };
        let mut successes = rows(false);
        if successes.total() == 0 {
            // A step whose success no log shows, as pages: whatever else the client does tells.
            successes = rows(true);
        }
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
