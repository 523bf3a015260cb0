//! A second look at each change: what it should break, did that break?
//!
//! The scan for outages must stay silent about three failures of a client that is asked a few times
//! a day. Three failures in a row of just the requests that a change refuses, right after it, say
//! enough. What is found here is told only when that change is named for it.

use std::collections::BTreeMap;

use super::{
    Scene,
    case::{Agreement, agreement, attempt},
};
use crate::{
    cognito::{
        history::{ConfigChange, Standing},
        replay::{self, Break, Prediction},
        setting::Resource,
    },
    detect::{self, Incident, Probe, slice},
    frame::{Cells, Key},
};

/// The outages that the first look did not find.
pub fn second_look(found: &[Incident], scene: &Scene<'_>) -> Vec<Incident> {
    let cells = scene.cells;
    let mut probes = Vec::new();
    for unit in slice::units(cells) {
        let mut ours: Vec<Probe> = scene
            .history
            .changes()
            .iter()
            .filter(|change| change.standing == Standing::Effective)
            .filter_map(|change| question(change, &unit, cells))
            .collect();
        let questions = ours.len();
        ours.iter_mut()
            .for_each(|probe| probe.questions = questions);
        probes.extend(ours);
    }
    let config = detect::Config::default();
    let incidents = detect::probe(
        cells,
        scene.failures,
        scene.coverage,
        scene.window,
        &probes,
        &config,
    );
    let mut new: Vec<Incident> = Vec::new();
    for incident in incidents {
        let known = found.iter().chain(&new);
        if !known.into_iter().any(|known| is_same(known, &incident)) {
            new.push(incident);
        }
    }
    new
}

/// Whether the requests of a client that a change refuses, and that were accepted before, begin to
/// fail with it.
fn question(change: &ConfigChange, unit: &slice::Unit, cells: &Cells) -> Option<Probe> {
    let at = change.change.time.timestamp_micros();
    let mut may_stop = false;
    let mut told: BTreeMap<u32, bool> = BTreeMap::new();
    let mut rows = Vec::new();
    for (number, row, key) in unit.cells(cells) {
        let touched = *told.entry(row.key).or_insert_with(|| {
            let breaks = breaks(change, key, cells);
            let grant = cells.text(key.grant);
            may_stop |= breaks
                .iter()
                .any(|broken| broken.effect.silences.has(grant));
            let outcome = cells.text(key.outcome).unwrap_or_default();
            let possible = |broken: &Break| {
                !cells.failed(key) || agreement(broken.effect, outcome) != Agreement::Contradicts
            };
            breaks.iter().any(possible)
        });
        if touched {
            rows.push(number);
        }
    }
    let requests = slice::Unit {
        rows,
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

/// What a change breaks of such requests.
fn breaks(change: &ConfigChange, key: &Key, cells: &Cells) -> Vec<Break> {
    let reaches = match &change.resource {
        Resource::Client(_, client) => cells.text(key.client) == Some(client.as_str()),
        Resource::Pool(pool)
        | Resource::ResourceServer(pool, _)
        | Resource::IdentityProvider(pool, _)
        | Resource::Domain(pool, _) => cells.text(key.user_pool) == Some(pool.as_str()),
        Resource::Function(_) | Resource::Firewall(_) | Resource::Other(..) => false,
    };
    if !reaches {
        return Vec::new();
    }
    match replay::predict(change, &attempt(cells, key)) {
        Prediction::Breaks(breaks) => breaks,
        _ => Vec::new(),
    }
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
