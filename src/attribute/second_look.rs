//! A second look at each change: what it should break, did that break?
//!
//! The scan for outages must stay silent about three failures of a client that is asked a few times
//! a day. Three failures in a row of just the requests that a change refuses, right after it, say
//! enough. What is found here is told only when that change is named for it.

use std::collections::BTreeSet;

use super::{
    Scene,
    case::{Agreement, agreement, attempt},
};
use crate::{
    cognito::{
        history::{ConfigChange, Standing},
        replay::{self, Prediction},
        setting::Resource,
    },
    detect::{
        self, Incident, Probe, Questions,
        unit::{self, Unit},
    },
    frame::Cells,
};

/// The outages that the first look did not find.
pub fn second_look(found: &[Incident], scene: &Scene<'_>) -> Vec<Incident> {
    let cells = scene.cells;
    let mut questions = Vec::new();
    for unit in unit::units(cells) {
        let changes = scene.history.changes().iter();
        let probes: Vec<Probe> = changes
            .filter(|change| change.standing == Standing::Effective)
            .filter(|change| reaches(&change.resource, &unit, cells))
            .filter_map(|change| question(change, &unit, cells))
            .collect();
        if !probes.is_empty() {
            questions.push(Questions { unit, probes });
        }
    }
    let config = detect::Config::default();
    let incidents = detect::probe(cells, scene.coverage, scene.window, &questions, &config);
    let mut new: Vec<Incident> = Vec::new();
    for incident in incidents {
        let known = found.iter().chain(&new);
        if !known.into_iter().any(|known| is_same(known, &incident)) {
            new.push(incident);
        }
    }
    new
}

/// Whether a resource's settings govern requests of a client.
fn reaches(resource: &Resource, unit: &Unit<'_>, cells: &Cells) -> bool {
    match resource {
        Resource::Client(_, client) => cells.text(unit.client) == Some(client.as_str()),
        Resource::Pool(pool)
        | Resource::ResourceServer(pool, _)
        | Resource::IdentityProvider(pool, _)
        | Resource::Domain(pool, _) => cells.text(unit.user_pool) == Some(pool.as_str()),
        Resource::Function(_) | Resource::Firewall(_) | Resource::Other(..) => false,
    }
}

/// Whether the requests of a client that a change refuses, and that were accepted before, begin to
/// fail with it.
fn question(change: &ConfigChange, unit: &Unit<'_>, cells: &Cells) -> Option<Probe> {
    let at = change.change.time.timestamp_micros();
    let mut may_stop = false;
    let refused = unit.keys(cells).filter(|(_, key)| {
        let Prediction::Breaks(breaks) = replay::predict(change, &attempt(cells, key)) else {
            return false;
        };
        let grant = cells.text(key.grant);
        may_stop |= breaks
            .iter()
            .any(|broken| broken.effect.silences.has(grant));
        let outcome = cells.text(key.outcome).unwrap_or_default();
        breaks.iter().any(|broken| {
            !cells.failed(key) || agreement(broken.effect, outcome) != Agreement::Contradicts
        })
    });
    let kinds: BTreeSet<u32> = refused.map(|(number, _)| number).collect();
    let accepted = |number| {
        let key = cells.keys.get(number as usize);
        kinds.contains(&number) && key.is_some_and(|key| !cells.failed(key))
    };
    let accepted_before = unit.span(accepted).is_some_and(|(first, _)| first < at);
    accepted_before.then_some(Probe {
        kinds,
        at,
        may_stop,
    })
}

/// Whether two outages are one.
fn is_same(a: &Incident, b: &Incident) -> bool {
    let clients = a.clients.iter().any(|client| b.clients.contains(client));
    let grants = a.grants.keys().any(|grant| b.grants.contains_key(grant));
    let ends = |incident: &Incident| incident.end;
    let apart =
        ends(a).is_some_and(|end| end < b.onset) || ends(b).is_some_and(|end| end < a.onset);
    clients && grants && !apart
}
