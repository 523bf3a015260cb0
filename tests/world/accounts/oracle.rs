//! What who knows the rules of an account, and all that its callers want, would believe of an
//! incident: a bound for every program.
//!
//! The account is run again without each write that could matter. A write explains an incident as
//! far as the records would then be others in just what is unusual about them; that none did it
//! explains any stretch of time, at the price of choosing one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    model::{Cause, DAY, HOUR, MINUTE, Millis, Plan, Story, Window, World, Write},
    records::{self, Shown},
    run::{self, Without},
    truth::Incident,
};

/// That none of the writes did it.
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

/// A request by its plan and number, and what the records show of it.
type Record = ((u32, u16), Shown);

/// What to believe of an incident of a story.
pub fn believe(world: &World, story: &Story, incident: &Incident) -> Belief {
    let window = around(incident, world.window);
    let seen = |causes: &[Cause]| records_of(world, incident, window, causes);
    let actual = seen(&[]);
    let candidates = candidates(world, incident);
    let of_candidates = candidates.iter().map(|write| Cause::Write(write.id));
    let usual = seen(
        &of_candidates
            .chain(story.causes.iter().copied())
            .collect::<Vec<_>>(),
    );
    let unusual: BTreeSet<Record> = actual.symmetric_difference(&usual).copied().collect();
    // What fails on any day happens without a cause; what is unusual then is that unlikely.
    let surprise = -chance_of_failure(world, incident).ln();
    let scores = candidates.iter().filter_map(|write| {
        let without = seen(&[Cause::Write(write.id)]);
        let by_it: Vec<&Record> = actual.symmetric_difference(&without).collect();
        let explained = by_it
            .iter()
            .filter(|record| unusual.contains(record))
            .count() as f64;
        let beside = by_it.len() as f64 - explained;
        (!by_it.is_empty()).then_some((write.id, (explained - beside) * surprise))
    });
    let scores: Vec<(usize, f64)> = scores.collect();
    let n = actual.len().max(2) as f64;
    let stretch = unusual.len() as f64 * surprise - (n * (n - 1.0) / 2.0).ln();
    probabilities(&scores, stretch)
}

fn probabilities(scores: &[(usize, f64)], stretch: f64) -> Belief {
    let prior = ((1.0 - PRIOR_NONE) / scores.len().max(1) as f64).ln();
    let none = PRIOR_NONE.ln() + stretch;
    let of_writes = scores.iter().map(|(id, score)| (*id, score + prior));
    let most = of_writes
        .clone()
        .map(|(_, score)| score)
        .fold(none, f64::max);
    let weight = |score: f64| (score - most).exp();
    let total = weight(none)
        + of_writes
            .clone()
            .map(|(_, score)| weight(score))
            .sum::<f64>();
    Belief {
        writes: of_writes
            .map(|(id, score)| (id, weight(score) / total))
            .collect(),
        none: weight(none) / total,
    }
}

/// What the records show of the requests of the incident's app clients, without some causes.
fn records_of(
    world: &World,
    incident: &Incident,
    window: Window,
    causes: &[Cause],
) -> BTreeSet<Record> {
    let of = |plan: &Plan| {
        incident.clients.contains(&plan.client)
            && window.start - DAY < plan.at
            && plan.at < window.end
    };
    let attempts = run::run_of(world, &Without::causes(causes), of);
    run::within(&attempts, window)
        .map(|attempt| ((attempt.plan, attempt.nth), records::shown(world, attempt)))
        .filter(|(_, shown)| *shown != Shown::Nothing)
        .collect()
}

/// The time around an incident.
fn around(incident: &Incident, window: Window) -> Window {
    let end = incident.end.map_or(window.end, |end| end + HOUR);
    Window {
        start: (incident.onset - 6 * HOUR).max(window.start),
        end: end.min(window.end),
    }
}

/// Writes before the end of the incident that are in the logs and on which it may depend.
fn candidates<'a>(world: &'a World, incident: &Incident) -> Vec<&'a Write> {
    let last: Millis = incident.end.unwrap_or(world.window.end);
    let mut writes: Vec<&Write> = world
        .writes
        .iter()
        .filter(|write| {
            write.error.is_none()
                && world.window.holds(write.at)
                && !world.undelivered.contains(&write.id)
                && incident.onset - 2 * DAY < write.at
                && write.at < last + MINUTE
                && could_matter(world, incident, write)
        })
        .collect();
    writes.sort_by_key(|write| (write.at - incident.onset).abs());
    writes.truncate(MOST);
    writes
}

/// Whether requests of the incident's app clients depend on what was written.
fn could_matter(world: &World, incident: &Incident, write: &Write) -> bool {
    world.rules.iter().any(|rule| {
        let mut clients = rule.clients.iter();
        rule.resource == write.resource && clients.any(|client| incident.clients.contains(client))
    })
}

/// The share of requests of these app clients that fails on any day.
fn chance_of_failure(world: &World, incident: &Incident) -> f64 {
    let clients = incident.clients.iter();
    let shares = clients.map(|client| world.estate.clients[*client].usual_failures);
    shares.fold(0.005, f64::max)
}

impl Belief {
    pub fn json(&self, world: &World) -> Value {
        let writes = self.writes.iter().map(|(id, probability)| {
            json!({"event_id": records::event_id(world, *id), "probability": probability})
        });
        json!({"none": self.none, "writes": writes.collect::<Vec<_>>()})
    }
}
