//! A second look at each change: what it should break, did that break?
//!
//! The scan for outages must stay silent about three failures of a client that is asked a few times
//! a day. Three failures in a row of just the requests that a change refuses, right after it, say
//! enough. What is found here is told only when that change is named for it.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::{
    case::{Agreement, agreement},
    inquiry::Inquiry,
};
use crate::{
    cognito::{
        history::{ConfigChange, Standing},
        replay::Prediction,
        setting::Resource,
    },
    detect::{self, Incident, Probe, Questions, unit::Unit},
    frame::Cells,
};

mod missing;

pub(super) use missing::has_moved;

/// The outages that the first look did not find.
pub fn second_look(found: &[Incident], inquiry: &Inquiry<'_>) -> Vec<Incident> {
    let ground = inquiry.scene.ground;
    let reaching = Reaching::new(inquiry);
    let mut questions = Vec::new();
    for unit in &ground.units {
        let changes = reaching.changes(unit, ground.cells).into_iter();
        let probes: Vec<Probe> = changes
            .filter_map(|change| question(inquiry, change, unit))
            .collect();
        if !probes.is_empty() {
            let unit = Rc::clone(unit);
            questions.push(Questions { unit, probes });
        }
    }
    let config = detect::Config::default();
    let answers = detect::probe(ground, &questions, &config);
    let mut new: Vec<Incident> = missing::silences(inquiry, &reaching);
    new.retain(|silence| !found.iter().any(|known| is_same_grant(known, silence)));
    let silences = new.len();
    for incident in answers {
        let mut known = found.iter().chain(&new[silences..]);
        if !known.any(|known| is_same(known, &incident)) {
            new.push(incident);
        }
    }
    new
}

/// Changes by whose requests they may reach.
#[derive(Default)]
struct Reaching {
    clients: BTreeMap<String, Vec<usize>>,
    pools: BTreeMap<String, Vec<usize>>,
}

impl Reaching {
    fn new(inquiry: &Inquiry<'_>) -> Self {
        let mut reaching = Self::default();
        for (index, change) in inquiry.scene.history.changes().iter().enumerate() {
            if matches!(change.standing, Standing::Effective | Standing::Opaque) {
                reaching.add(index, change, inquiry);
            }
        }
        reaching
    }

    fn add(&mut self, index: usize, change: &ConfigChange, inquiry: &Inquiry<'_>) {
        match &change.resource {
            Resource::Client(_, client) => add_to(&mut self.clients, client.as_str(), index),
            Resource::Pool(pool)
            | Resource::ResourceServer(pool, _)
            | Resource::IdentityProvider(pool, _)
            | Resource::Domain(pool, _) => add_to(&mut self.pools, pool.as_str(), index),
            Resource::Function(_) => {}
            Resource::Firewall(_) | Resource::Other(..) => {
                for end in inquiry.reachable().from(change).iter() {
                    match end.kind.as_str() {
                        "user_pool" => add_to(&mut self.pools, &end.name, index),
                        "client" => add_to(&mut self.clients, &end.name, index),
                        _ => {}
                    }
                }
            }
        }
    }

    /// Those that reach requests of a client, in order.
    fn changes(&self, unit: &Unit<'_>, cells: &Cells) -> Vec<usize> {
        let client = cells
            .text(unit.client)
            .and_then(|client| self.clients.get(client));
        let pool = cells
            .text(unit.user_pool)
            .and_then(|pool| self.pools.get(pool));
        let mut changes: Vec<usize> = client.into_iter().chain(pool).flatten().copied().collect();
        changes.sort_unstable();
        changes.dedup();
        changes
    }
}

fn add_to(changes: &mut BTreeMap<String, Vec<usize>>, name: &str, index: usize) {
    changes.entry(name.to_owned()).or_default().push(index);
}

/// Whether the requests of a client that a change refuses, and that were accepted before, begin to
/// fail with it.
fn question(inquiry: &Inquiry<'_>, change: usize, unit: &Unit<'_>) -> Option<Probe> {
    let (cells, replay) = (inquiry.scene.ground.cells, &inquiry.replays[change]);
    let change = &inquiry.scene.history.changes()[change];
    if change.standing != Standing::Effective {
        return None;
    }
    let at = change.change.time.timestamp_micros();
    let mut may_stop = false;
    let refused = unit.keys(cells).filter(|(_, key)| {
        let Prediction::Breaks(breaks) = replay.predict(&inquiry.usual.attempt(key)) else {
            return false;
        };
        let grant = cells.text(key.grant);
        may_stop |= breaks
            .iter()
            .any(|broken| broken.effect.silences.has(grant));
        let outcome = cells.text(key.outcome).unwrap_or_default();
        breaks.iter().any(|broken| {
            !cells.failed(key) || agreement(broken.effect, outcome, None) != Agreement::Contradicts
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

/// Whether two outages are one, where no log names the grant perhaps.
pub(super) fn is_same(a: &Incident, b: &Incident) -> bool {
    let unknown = a.grants.is_empty() || b.grants.is_empty();
    unknown && overlap(a, b) || is_same_grant(a, b)
}

/// Whether two outages are one of the same grants.
pub(super) fn is_same_grant(a: &Incident, b: &Incident) -> bool {
    a.grants.keys().any(|grant| b.grants.contains_key(grant)) && overlap(a, b)
}

/// Whether two outages are of the same app clients at the same time.
fn overlap(a: &Incident, b: &Incident) -> bool {
    let clients = a.clients.iter().any(|client| b.clients.contains(client));
    let ends = |incident: &Incident| incident.end;
    let apart =
        ends(a).is_some_and(|end| end < b.onset) || ends(b).is_some_and(|end| end < a.onset);
    clients && !apart
}
