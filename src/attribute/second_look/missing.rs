//! Silences that a change would make: the requests that it takes away, of all app clients together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::Reaching;
use crate::{
    attribute::{
        inquiry::Inquiry,
        unlisted::spans::{self, Span},
    },
    cognito::{
        history::{ConfigChange, Standing},
        replay::Prediction,
        setting::Resource,
    },
    detect::{Arrivals, Incident, Taken},
    frame::Key,
    queries::is_sign_in_api,
};

/// How long requests still come after a change of settings, …
const SETTINGS: i64 = 150_000_000;
/// … and after one of what stands before Cognito: names and rules are cached.
const BEFORE_COGNITO: i64 = 1_200_000_000;
/// An app client is new for so long …
const DAY: TimeDelta = TimeDelta::days(1);
/// … and may be made after the traffic stopped elsewhere.
const HOUR: TimeDelta = TimeDelta::hours(1);
/// It has the requests if it answers so large a share of those that are missing.
const MOVED: f64 = 0.4;
/// Services that a host's requests pass or that say where it is.
const OF_HOSTS: [&str; 4] = ["acm", "apigateway", "cloudfront", "route53"];

/// Silences of the requests that each change takes away, while it is in force.
pub fn silences(inquiry: &Inquiry<'_>, reaching: &Reaching) -> Vec<Incident> {
    let ground = inquiry.scene.ground;
    let changes = inquiry.scene.history.changes().iter();
    let heard = changes.map(|change| change.change.time.timestamp_micros());
    let arrivals = Arrivals::new(ground, heard.collect());
    let mut taken: BTreeMap<usize, Taken> = BTreeMap::new();
    for (place, unit) in ground.units.iter().enumerate() {
        for index in reaching.changes(unit, ground.cells) {
            let change = &inquiry.scene.history.changes()[index];
            let (at, spread) = (change.change.time.timestamp_micros(), spread(change));
            let keys = unit.keys(ground.cells);
            let keys = keys.filter(|(_, key)| !ground.cells.failed(key));
            let gone = keys.filter(|(_, key)| takes(inquiry, index, key));
            let gone = gone.filter(|(key, _)| arrivals.stay_away(place, *key, at, spread));
            let gone: BTreeSet<u32> = gone.map(|(key, _)| key).collect();
            let gone = arrivals.asked_until(place, gone, at);
            if !gone.is_empty() {
                let all = taken.entry(index).or_insert_with(|| Taken {
                    kinds: BTreeMap::new(),
                    at,
                    until: until(inquiry, index),
                    spread,
                });
                all.kinds.insert(place, gone);
            }
        }
    }
    let taken = taken.values();
    taken.filter_map(|taken| arrivals.missing(taken)).collect()
}

/// Whether an app client that was made shortly before has the requests now.
pub fn has_moved(inquiry: &Inquiry<'_>, silence: &Incident) -> bool {
    let ground = inquiry.scene.ground;
    let Some(expected) = silence.expected else {
        return false;
    };
    let end = silence.end.unwrap_or(ground.window.end);
    let made = inquiry.scene.history.changes().iter().filter(|change| {
        let time = change.change.time;
        let lately = silence.onset - DAY < time && time < silence.onset + HOUR;
        change.change.name == "CreateUserPoolClient" && lately
    });
    let came = |change: &ConfigChange| -> f64 {
        let Resource::Client(pool, client) = &change.resource else {
            return 0.0;
        };
        let of_pool = silence.user_pool.as_ref() == Some(pool);
        let owners = ground.cells.owners.iter().enumerate();
        let own = owners.filter(|(_, owner)| {
            of_pool && ground.cells.text(owner.client) == Some(client.as_str())
        });
        let series = own.flat_map(|(place, _)| ground.series(place));
        let (from, to) = (silence.onset.timestamp_micros(), end.timestamp_micros());
        series.map(|one| one.successes.between(from, to)).sum()
    };
    let most = made.map(came).fold(0.0, f64::max);
    most >= MOVED * expected
}

fn spread(change: &ConfigChange) -> i64 {
    match &change.resource {
        Resource::Domain(..) | Resource::Firewall(_) | Resource::Other(..) => BEFORE_COGNITO,
        _ => SETTINGS,
    }
}

/// When what a change set was taken back.
fn until(inquiry: &Inquiry<'_>, index: usize) -> Option<i64> {
    let spans: Vec<Span> = spans::in_force(inquiry.scene.history, index);
    let first = spans.first()?;
    first.ended_by.map(|_| first.to)
}

/// Whether a change may take requests of a kind away.
fn takes(inquiry: &Inquiry<'_>, index: usize, key: &Key) -> bool {
    let change = &inquiry.scene.history.changes()[index];
    let attempt = inquiry.usual.attempt(key);
    let asks_host = !is_sign_in_api(attempt.endpoint);
    match &change.resource {
        Resource::Firewall(_) => true,
        Resource::Domain(..) => asks_host && !change.change.name.starts_with("Create"),
        Resource::Other(service, _) => asks_host && OF_HOSTS.contains(&service.as_str()),
        _ => {
            let refused = || inquiry.replays[index].predict(&attempt);
            change.standing == Standing::Effective && matches!(refused(), Prediction::Breaks(_))
        }
    }
}
