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
    detect::{self, Incident, Probe, slice},
    frame::Cells,
};

/// The outages that the first look did not find.
pub fn second_look(found: &[Incident], scene: &Scene<'_>) -> Vec<Incident> {
    let cells = scene.cells;
    let mut probes = Vec::new();
    for unit in slice::units(cells) {
        let kinds: BTreeSet<u32> = unit.cells(cells).map(|(_, row, _)| row.key).collect();
        let mut ours: Vec<Probe> = scene
            .history
            .changes()
            .iter()
            .filter(|change| change.standing == Standing::Effective)
            .filter(|change| reaches(&change.resource, &unit, cells))
            .filter_map(|change| question(change, &unit, &kinds, cells))
            .collect();
        let questions = ours.len();
        ours.iter_mut()
            .for_each(|probe| probe.questions = questions);
        probes.extend(ours);
    }
    let config = detect::Config::default();
    let incidents = detect::probe(cells, scene.coverage, scene.window, &probes, &config);
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
fn reaches(resource: &Resource, unit: &slice::Unit, cells: &Cells) -> bool {
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
fn question(
    change: &ConfigChange,
    unit: &slice::Unit,
    kinds: &BTreeSet<u32>,
    cells: &Cells,
) -> Option<Probe> {
    let at = change.change.time.timestamp_micros();
    let mut may_stop = false;
    let refused = kinds.iter().copied().filter(|kind| {
        let Some(key) = cells.keys.get(*kind as usize) else {
            return false;
        };
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
    let refused: BTreeSet<u32> = refused.collect();
    if refused.is_empty() {
        return None;
    }
    let rows = unit.cells(cells);
    let rows = rows.filter(|(_, row, _)| refused.contains(&row.key));
    let requests = slice::Unit {
        rows: rows.map(|(number, _, _)| number).collect(),
        ..unit.clone()
    };
    let accepted_before = requests
        .cells(cells)
        .any(|(_, row, key)| row.first < at && !cells.failed(key));
    accepted_before.then_some(Probe {
        requests,
        at,
        may_stop,
        questions: 0,
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
