//! What who knows the rules of an account would believe of an incident: a bound for every program.
//!
//! For each write that could matter, the requests that it alone refuses are held against what the
//! logs show. A write explains an incident as far as just its requests failed; that none did it
//! explains any stretch of failures, at the price of choosing one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    model::{Attempt, Cause, DAY, HOUR, MINUTE, World, Write},
    records::{self, Shown},
    run::{self, Without},
    truth::{Incident, around},
};

/// A request that a rule refuses fails in the logs with this probability: some are told otherwise.
const FAILS: f64 = 0.95;
/// Chance that failures of one slice come and go for reasons of their own, and that a write of which
/// the rules say that it refuses requests of the incident did it.
const PRIOR_NONE: f64 = 0.5;
/// Writes that are looked at, the nearest first.
const MOST: usize = 60;

/// Probabilities of the explanations of an incident.
#[derive(Clone, Debug)]
pub struct Belief {
    /// Of writes by their id.
    pub writes: BTreeMap<usize, f64>,
    pub none: f64,
}

/// What to believe of an incident of which these are all requests.
pub fn believe(world: &World, full: &[Attempt], incident: &Incident) -> Belief {
    let window = around(incident, 6 * HOUR, HOUR, world.window);
    let attempts: Vec<&Attempt> = run::within(full, window)
        .filter(|attempt| incident.clients.contains(&attempt.client))
        .filter(|attempt| records::shown(world, attempt) != Shown::Nothing)
        .collect();
    let failed: Vec<bool> = attempts
        .iter()
        .map(|attempt| records::shown(world, attempt) == Shown::Failure)
        .collect();
    let usual = usual(world, incident);
    let actual = run::refusals(world, &Without::nothing(), &attempts);
    let mut scores: Vec<(usize, f64)> = Vec::new();
    for write in candidates(world, incident) {
        let without = run::refusals(
            world,
            &Without::causes(&[Cause::Write(write.id)]),
            &attempts,
        );
        let by_it: Vec<bool> = actual
            .iter()
            .zip(without)
            .map(|(with, without)| *with && !without)
            .collect();
        if by_it.iter().any(|refused| *refused) {
            scores.push((write.id, likelihood(&failed, &by_it, usual)));
        }
    }
    let prior = ((1.0 - PRIOR_NONE) / scores.len().max(1) as f64).ln();
    let none = PRIOR_NONE.ln() + stretch(&failed, usual);
    let most = scores
        .iter()
        .map(|(_, score)| score + prior)
        .fold(none, f64::max);
    let weight = |score: f64| (score - most).exp();
    let total = weight(none)
        + scores
            .iter()
            .map(|(_, score)| weight(score + prior))
            .sum::<f64>();
    let writes = scores
        .iter()
        .map(|(id, score)| (*id, weight(score + prior) / total));
    Belief {
        writes: writes.collect(),
        none: weight(none) / total,
    }
}

/// Writes before the end of the incident that are in the logs.
fn candidates<'a>(world: &'a World, incident: &Incident) -> Vec<&'a Write> {
    let last = incident.end.unwrap_or(world.window.end);
    let mut writes: Vec<&Write> = world
        .writes
        .iter()
        .filter(|write| {
            write.error.is_none()
                && world.window.holds(write.at)
                && !world.undelivered.contains(&write.id)
                && incident.onset - 2 * DAY < write.at
                && write.at < last + MINUTE
        })
        .collect();
    writes.sort_by_key(|write| (write.at - incident.onset).abs());
    writes.truncate(MOST);
    writes
}

/// The share of requests of these app clients that fails on any day.
fn usual(world: &World, incident: &Incident) -> f64 {
    let shares = incident
        .clients
        .iter()
        .map(|client| world.estate.clients[*client].usual_failures);
    shares.fold(0.005, f64::max)
}

fn likelihood(failed: &[bool], refused: &[bool], usual: f64) -> f64 {
    let each = failed.iter().zip(refused).map(|(failed, refused)| {
        let chance = if *refused { FAILS } else { usual };
        if *failed {
            chance.ln()
        } else {
            (1.0 - chance).ln()
        }
    });
    each.sum()
}

/// The best stretch of failures that nothing explains: its own share of failures between two ends,
/// of which there are n (n − 1) / 2.
fn stretch(failed: &[bool], usual: f64) -> f64 {
    let base = likelihood(failed, &vec![false; failed.len()], usual);
    let fails = ln_ratio(FAILS, usual);
    let passes = ln_ratio(1.0 - FAILS, 1.0 - usual);
    // Kadane's: the sum of a stretch's gains, at its largest.
    let (mut here, mut best) = (0.0f64, 0.0f64);
    for failed in failed {
        here = (here + if *failed { fails } else { passes }).max(0.0);
        best = best.max(here);
    }
    let n = failed.len().max(2) as f64;
    base + best - (n * (n - 1.0) / 2.0).ln()
}

fn ln_ratio(a: f64, b: f64) -> f64 {
    (a / b).ln()
}

impl Belief {
    pub fn json(&self, world: &World) -> Value {
        let writes = self.writes.iter().map(|(id, probability)| {
            json!({"event_id": records::event_id(world, *id), "probability": probability})
        });
        json!({"none": self.none, "writes": writes.collect::<Vec<_>>()})
    }
}
