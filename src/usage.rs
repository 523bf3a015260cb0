//! Who still needs a setting: every value of an app client's lists, every trigger of a pool, and the
//! recorded requests that would be refused without it.
//!
//! A value is asked for by taking it away: what replay says of a plan without it is who uses it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{
    check::{
        Evidence,
        traffic::{REFRESH_FLOW, Traffic},
    },
    cognito::{
        history::{At, ConfigChange, DiffLine, Standing},
        replay::{Prediction, Replay, look_at},
        setting::{Known, Resource, Setting, Settings, is_nothing, may_exist, value},
    },
    frame::{CoverageRow, CoverageStatus, Owner, callers::CallerRow},
    ids::{AppClientId, UserPoolId},
    queries::endpoint,
    record::Change,
    window::Window,
};

mod surge;

pub use surge::Surge;

/// Who uses what.
#[derive(Clone, Debug)]
pub struct Usage {
    /// App clients and pools, those of one pool together.
    pub owners: Vec<OwnerUsage>,
    /// App clients whose accepted requests rose.
    pub surges: Vec<Surge>,
    /// The time that was looked at.
    pub window: Window,
    /// What was looked at.
    pub coverage: Vec<CoverageRow>,
    /// Whether all of it was.
    pub is_complete: bool,
}

/// The settings of one app client, or the triggers of a pool.
#[derive(Clone, Debug)]
pub struct OwnerUsage {
    /// The user pool.
    pub pool: UserPoolId,
    /// The app client; `None` of the pool's own settings.
    pub client: Option<AppClientId>,
    /// What it is called.
    pub name: Option<String>,
    /// Accepted requests of the window.
    pub requests: u64,
    /// Addresses and agents that asked; of a busy app client only the busiest are counted.
    pub callers: u64,
    /// Each value, by setting.
    pub values: Vec<ValueUsage>,
}

/// One value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueUsage {
    /// The setting.
    pub setting: Setting,
    /// The value.
    pub value: String,
    /// Accepted requests that need it.
    pub requests: u64,
    /// … in the first half of the window.
    pub earlier: u64,
    /// When the last of them came.
    pub last_seen: Option<DateTime<Utc>>,
    /// Accepted requests that may need it: no log tells what they ask for.
    pub untold: u64,
    /// Whether the logs can tell at all.
    pub is_logged: bool,
}

impl ValueUsage {
    /// Whether no recorded request needs it, as far as the logs can tell.
    pub fn is_unused(&self) -> bool {
        self.requests == 0 && self.untold == 0 && self.is_logged
    }
}

/// Lists of an app client whose items requests name.
const LISTS: [&str; 6] = [
    "AllowedOAuthFlows",
    "AllowedOAuthScopes",
    "CallbackURLs",
    "ExplicitAuthFlows",
    "LogoutURLs",
    "SupportedIdentityProviders",
];

/// Counts who uses each value.
pub fn usage(evidence: &Evidence<'_>, callers: &[CallerRow]) -> Usage {
    let traffic = Traffic::new(evidence.cells, evidence.window);
    let resources = evidence.history.resources();
    let of = |resource| owner(resource, evidence, &traffic, callers);
    let mut owners: Vec<OwnerUsage> = resources.filter_map(of).collect();
    owners.sort_by(|a, b| (&a.pool, &a.client).cmp(&(&b.pool, &b.client)));
    let complete = |row: &CoverageRow| row.status == CoverageStatus::Complete;
    Usage {
        owners,
        surges: surge::surges(evidence, callers),
        window: evidence.window,
        is_complete: !evidence.is_incomplete && evidence.coverage.iter().all(complete),
        coverage: evidence.coverage.clone(),
    }
}

fn owner(
    resource: &Resource,
    evidence: &Evidence<'_>,
    traffic: &Traffic<'_>,
    callers: &[CallerRow],
) -> Option<OwnerUsage> {
    let settings = evidence.history.settings(resource, At::Now)?;
    if !may_exist(settings) {
        return None;
    }
    let cells = evidence.cells;
    let (pool, client, name, owners) = match resource {
        Resource::Client(pool, client) => {
            let own = |owner: &&Owner| cells.text(owner.client) == Some(client.as_str());
            let owners: Vec<&Owner> = cells.owners.iter().filter(own).collect();
            (pool, Some(client), "ClientName", owners)
        }
        Resource::Pool(pool) => {
            let own = |owner: &&Owner| cells.text(owner.user_pool) == Some(pool.as_str());
            let owners: Vec<&Owner> = cells.owners.iter().filter(own).collect();
            (pool, None, "PoolName", owners)
        }
        _ => return None,
    };
    let values = match client {
        Some(_) => lists(resource, settings, &owners, traffic),
        None => triggers(settings, &owners, traffic),
    };
    let own = |row: &&CallerRow| client.is_some() && row.client.as_ref() == client;
    Some(OwnerUsage {
        pool: pool.clone(),
        client: client.cloned(),
        name: value(settings, name)
            .and_then(Value::as_str)
            .map(str::to_owned),
        requests: requests(&owners, traffic),
        callers: callers.iter().filter(own).count() as u64,
        values,
    })
}

fn requests(owners: &[&Owner], traffic: &Traffic<'_>) -> u64 {
    let kinds = owners.iter().flat_map(|owner| traffic.of(owner));
    kinds.map(|(_, counted)| counted.requests).sum()
}

/// Each item of an app client's lists.
fn lists(
    resource: &Resource,
    settings: &Settings,
    owners: &[&Owner],
    traffic: &Traffic<'_>,
) -> Vec<ValueUsage> {
    let mut found = Vec::new();
    for name in LISTS {
        let items = value(settings, name).and_then(Value::as_array);
        for item in items.into_iter().flatten().filter_map(Value::as_str) {
            found.push(match name {
                "LogoutURLs" => logout(item, owners, traffic),
                name => item_of(resource, settings, name, item, owners, traffic),
            });
        }
    }
    found
}

/// What a list without the item would refuse.
fn item_of(
    resource: &Resource,
    settings: &Settings,
    name: &'static str,
    item: &str,
    owners: &[&Owner],
    traffic: &Traffic<'_>,
) -> ValueUsage {
    let change = without(resource, settings, name, item);
    let replay = Replay::new(&change);
    let setting = Setting::named(name);
    let mut usage = unused(setting.clone(), item);
    for owner in owners {
        for (key, counted) in traffic.of(owner) {
            let attempt = traffic.attempt(key);
            let Some(prediction) = replay.by_line(&attempt).remove(&setting) else {
                continue;
            };
            match prediction {
                Prediction::Breaks(breaks) => {
                    let is_seen = breaks.iter().any(|broken| !broken.unseen);
                    let told = || {
                        let mut needs = breaks.iter().filter_map(|broken| broken.effect.need());
                        attempt.endpoint == endpoint::TOKEN
                            && needs.any(|need| traffic.tells(owner, need))
                    };
                    match is_seen {
                        true => usage.add(counted.requests, counted.early, counted.last),
                        false if told() => {}
                        false => usage.untold += counted.requests,
                    }
                }
                Prediction::CannotTell => usage.untold += counted.requests,
                Prediction::Unaffected | Prediction::Cures(_) => {}
            }
        }
    }
    // Whether the token endpoint looks at it, nobody has measured (domain.md §8).
    if item == REFRESH_FLOW {
        usage.untold += traffic.refreshes(owners);
    }
    usage
}

/// The change that takes one item off a list.
fn without(
    resource: &Resource,
    settings: &Settings,
    name: &'static str,
    item: &str,
) -> ConfigChange {
    let items = value(settings, name)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let after = items
        .iter()
        .filter(|other| other.as_str() != Some(item))
        .cloned()
        .collect();
    ConfigChange {
        change: Change {
            name: "UpdateUserPoolClient".to_owned(),
            ..Change::default()
        },
        resource: resource.clone(),
        standing: Standing::Effective,
        diff: vec![DiffLine {
            setting: Setting::named(name),
            before: Known::Observed(Value::Array(items)),
            after: Known::Observed(Value::Array(after)),
        }],
    }
}

/// Sign-outs that return to a URL.
fn logout(url: &str, owners: &[&Owner], traffic: &Traffic<'_>) -> ValueUsage {
    let cells = traffic.cells;
    let is_logout = |key: &crate::frame::Key| cells.text(key.endpoint) == Some(endpoint::LOGOUT);
    let mut usage = unused(Setting::named("LogoutURLs"), url);
    usage.is_logged = cells.keys.iter().any(is_logout);
    for (key, counted) in owners.iter().flat_map(|owner| traffic.of(owner)) {
        match (is_logout(key), cells.text(key.redirect_uri)) {
            (true, Some(to)) if to == url => {
                usage.add(counted.requests, counted.early, counted.last)
            }
            (true, None) => usage.untold += counted.requests,
            _ => {}
        }
    }
    usage
}

/// The triggers of a pool, and the requests that invoke each.
fn triggers(settings: &Settings, owners: &[&Owner], traffic: &Traffic<'_>) -> Vec<ValueUsage> {
    let version = value(
        settings,
        "LambdaConfig.PreTokenGenerationConfig.LambdaVersion",
    );
    let version = version.and_then(Value::as_str);
    let set = settings.iter().filter(|(name, known)| {
        name.as_str().starts_with("LambdaConfig.")
            && !name.as_str().ends_with("LambdaVersion")
            && known.value().is_some_and(|value| !is_nothing(value))
    });
    let one = |(setting, known): (&Setting, &Known)| {
        let arn = known.value().and_then(Value::as_str).unwrap_or_default();
        let mut usage = unused(setting.clone(), arn);
        for (key, counted) in owners.iter().flat_map(|owner| traffic.of(owner)) {
            if look_at(setting, version, &traffic.attempt(key)) {
                usage.add(counted.requests, counted.early, counted.last);
            }
        }
        usage
    };
    set.map(one).collect()
}

fn unused(setting: Setting, value: &str) -> ValueUsage {
    ValueUsage {
        setting,
        value: value.to_owned(),
        requests: 0,
        earlier: 0,
        last_seen: None,
        untold: 0,
        is_logged: true,
    }
}

impl ValueUsage {
    fn add(&mut self, requests: u64, early: u64, last: i64) {
        self.requests += requests;
        self.earlier += early;
        self.last_seen = self.last_seen.max(DateTime::from_timestamp_micros(last));
    }
}

impl Usage {
    /// Days of the window; a shorter one counts as a whole day.
    pub fn days(&self) -> f64 {
        crate::check::days(self.window)
    }

    /// Values that no recorded request needs, by setting.
    pub fn unused(&self) -> BTreeMap<&str, usize> {
        let values = self.owners.iter().flat_map(|owner| &owner.values);
        let mut counts = BTreeMap::new();
        for value in values.filter(|value| value.is_unused()) {
            *counts.entry(value.setting.as_str()).or_default() += 1;
        }
        counts
    }
}
