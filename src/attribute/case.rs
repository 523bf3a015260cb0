//! One outage laid out against one change: what replay says of every request around it.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    cognito::{
        effects::{Effect, OF_TRIGGERS, Strength},
        history::{At, History},
        replay::{self, Attempt},
        setting::{Known, Resource},
    },
    detect::{Incident, Kind},
    frame::{Cell, Cells, Key, attempts::is_status},
    ids::UserPoolId,
    window::Window,
};

mod tally;

pub use tally::{Broken, Tally};

/// Requests so long before the onset say how often exposed requests come.
const LOOK_BACK: i64 = 86_400_000_000;
/// Traffic so long before a silence says which requests stopped.
const BEFORE_SILENCE: i64 = 3 * 3_600_000_000;
/// A silence may begin with a wait of so many times the one that 95 of 100 keep to: one of 400 is
/// longer.
const LONGEST_WAIT: i32 = 2;
/// Requests after the undo that may still fail because of it: caches, propagation.
pub const HEALING_TIME: TimeDelta = TimeDelta::minutes(5);
/// Codes issued before a change can still be exchanged for so long (domain.md §4.1).
const CODES_IN_FLIGHT: i64 = 5 * 60_000_000;

/// One outage with the requests around it.
pub struct Case<'a> {
    /// The outage.
    pub incident: &'a Incident,
    /// Every change with its diff.
    pub history: &'a History,
    /// Bounds of the requests.
    pub window: Window,
    /// Attempts.
    pub cells: &'a Cells,
    /// Rows of the incident's pool (or clients, where no pool is known), by time.
    rows: Vec<&'a Cell>,
}

/// How a change relates to the outage's clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Another client, pool, account or Region.
    Outside,
    /// Something of the account that an application may read.
    Account,
    /// The pool, or something the pool uses.
    Pool,
    /// A client of the outage.
    Client,
}

impl<'a> Case<'a> {
    /// Gathers the requests around an outage.
    pub fn new(
        incident: &'a Incident,
        cells: &'a Cells,
        history: &'a History,
        window: Window,
    ) -> Self {
        let ours = |key: &Key| match &incident.user_pool {
            Some(pool) => cells.text(key.user_pool) == Some(pool.as_str()),
            None => is_client(incident, cells.text(key.client)),
        };
        let rows = cells.rows.iter().filter(|row| {
            let key = cells.keys.get(row.key as usize);
            key.is_some_and(ours)
        });
        Self {
            incident,
            history,
            window,
            cells,
            rows: rows.collect(),
        }
    }

    /// How a change relates to the outage's clients.
    pub fn reach(&self, index: usize) -> Reach {
        let change = &self.history.changes()[index];
        let pool = self.incident.user_pool.as_ref();
        let same_pool = |other: &UserPoolId| pool.is_none_or(|pool| pool == other);
        let elsewhere = |ours: Option<&str>, theirs: Option<&str>| matches!((ours, theirs), (Some(a), Some(b)) if a != b);
        let account = self.incident.account.as_ref().map(|id| id.as_str());
        if elsewhere(account, change.change.account.as_deref()) {
            return Reach::Outside;
        }
        match &change.resource {
            Resource::Client(other, client) => {
                let ours =
                    self.incident.clients.is_empty() || self.incident.clients.contains(client);
                if same_pool(other) && ours {
                    Reach::Client
                } else {
                    Reach::Outside
                }
            }
            Resource::Pool(other)
            | Resource::ResourceServer(other, _)
            | Resource::IdentityProvider(other, _)
            | Resource::Domain(other, _) => {
                if same_pool(other) {
                    Reach::Pool
                } else {
                    Reach::Outside
                }
            }
            Resource::Function(name) => match self.pool_uses(index, "LambdaConfig", name) {
                Some(true) => Reach::Pool,
                // No log tells the pool's triggers, but one of them failed.
                None if self.a_trigger_failed() => Reach::Account,
                _ => Reach::Outside,
            },
            Resource::Firewall(name) => match self.pool_uses(index, "WebACL", name) {
                Some(true) => Reach::Pool,
                // No log tells which rules and addresses a web ACL refers to.
                Some(false) if self.pool_uses(index, "WebACL", "") == Some(true) => Reach::Account,
                _ => Reach::Outside,
            },
            Resource::Other(service, _) if is_of_hosts(service) && !self.may_have_own_host() => {
                Reach::Outside
            }
            Resource::Other(..) => Reach::Account,
        }
    }

    /// Whether the pool may have a custom domain, whose name and certificate lie outside Cognito.
    fn may_have_own_host(&self) -> bool {
        let domains = self
            .history
            .resources()
            .filter_map(|resource| match resource {
                Resource::Domain(pool, name) if Some(pool) == self.incident.user_pool.as_ref() => {
                    Some(name)
                }
                _ => None,
            });
        let mut domains = domains.peekable();
        domains.peek().is_none() || domains.any(|name| name.contains('.'))
    }

    fn a_trigger_failed(&self) -> bool {
        let mut errors = self.incident.errors.keys();
        errors.any(|code| OF_TRIGGERS.contains(&code.as_str()))
    }

    /// Whether the pool's settings of that prefix name the thing, or without a name, anything;
    /// `None` where no log tells them.
    fn pool_uses(&self, index: usize, prefix: &str, name: &str) -> Option<bool> {
        let pool = Resource::Pool(self.incident.user_pool.clone()?);
        let settings = self.history.settings(&pool, At::After(index))?;
        let mut told = settings
            .iter()
            .filter(|(setting, _)| setting.0.starts_with(prefix))
            .peekable();
        told.peek()?;
        Some(told.any(|(_, known)| {
            let text = known.value().and_then(|value| value.as_str());
            text.is_some_and(|text| match name {
                "" => !text.is_empty(),
                _ => names(text, name),
            })
        }))
    }

    /// Whether requests of this key run a function, by the triggers of the pool that name it.
    fn runs(&self, index: usize, function: &str, key: &Key) -> bool {
        let pool = self.incident.user_pool.clone();
        let settings = pool.and_then(|pool| {
            let pool = Resource::Pool(pool);
            self.history.settings(&pool, At::After(index))
        });
        let named = |known: &Known| {
            let text = known.value().and_then(|value| value.as_str());
            text.is_some_and(|arn| names(arn, function))
        };
        let told = settings.into_iter().flatten();
        let mut triggers = told
            .filter(|(setting, _)| setting.0.starts_with("LambdaConfig"))
            .filter(|(_, known)| named(known))
            .peekable();
        triggers.peek().is_none()
            || triggers.any(|(setting, _)| replay::look_at(setting, &self.attempt(key)))
    }

    /// Whether a resource's settings govern requests of this key.
    fn within(&self, index: usize, key: &Key) -> bool {
        match &self.history.changes()[index].resource {
            Resource::Function(name) => self.runs(index, name, key),
            Resource::Client(_, client) => self.cells.text(key.client) == Some(client.as_str()),
            Resource::Other(..) => is_client(self.incident, self.cells.text(key.client)),
            _ => true,
        }
    }

    fn attempt(&self, key: &Key) -> Attempt<'a> {
        attempt(self.cells, key)
    }

    fn onset(&self) -> i64 {
        self.incident.onset.timestamp_micros()
    }

    fn end(&self) -> i64 {
        let end = self.incident.end.unwrap_or(self.window.end);
        end.timestamp_micros()
    }

    /// Rows that the outage consists of: its failures, or the traffic that stopped.
    fn suffering(&self) -> impl Iterator<Item = (&'a Cell, &'a Key, f64)> + '_ {
        let (from, to) = match self.incident.kind {
            Kind::Failures => (self.onset(), self.end()),
            Kind::Absence => (self.onset() - BEFORE_SILENCE, self.onset()),
        };
        self.rows.iter().filter_map(move |row| {
            let key = self.cells.keys.get(row.key as usize)?;
            let inside = row.last >= from && row.first <= to;
            let failed = self.cells.failed(key);
            let fits = match self.incident.kind {
                Kind::Failures => failed && self.has_grant(key),
                Kind::Absence => !failed && self.incident.stratum.asks(self.cells, key),
            };
            let ours = is_client(self.incident, self.cells.text(key.client));
            (inside && fits && ours).then_some((*row, key, row.callers.max(1) as f64))
        })
    }

    fn has_grant(&self, key: &Key) -> bool {
        let grants = &self.incident.grants;
        match self.cells.text(key.grant) {
            Some(grant) => grants.is_empty() || grants.contains_key(grant),
            None => true,
        }
    }

    /// How many app clients the pool has: the more, the more telling that a change was made to
    /// this one.
    pub fn clients_of_pool(&self) -> usize {
        let clients: BTreeSet<&str> = self
            .rows
            .iter()
            .filter_map(|row| self.cells.keys.get(row.key as usize))
            .filter_map(|key| self.cells.text(key.client))
            .collect();
        clients.len().max(1)
    }

    /// The rows the outage consists of, with their weights: what the alternatives ask.
    pub fn failures(&self) -> impl Iterator<Item = (&'a Cell, &'a Key, f64)> + '_ {
        self.suffering()
    }

    /// The latest time at which a change can have caused the outage: none within CloudTrail, where
    /// the same second is allowed; a few seconds between two clocks; for a silence, when a request
    /// was to be expected, or a while after, since waits vary.
    pub fn deadline(&self) -> DateTime<Utc> {
        let first = self
            .suffering()
            .min_by_key(|(row, key, _)| (row.first, row.last, self.cells.text(key.source)));
        let by_application = first
            .and_then(|(_, key, _)| self.cells.text(key.source))
            .is_some_and(|source| source != "trail");
        match self.incident.kind {
            Kind::Absence => {
                let (last, expected) = self.incident.onset_interval;
                last + (expected - last) * LONGEST_WAIT
            }
            Kind::Failures if by_application => self.incident.onset + TimeDelta::seconds(3),
            Kind::Failures => self.incident.onset,
        }
    }
}

/// A kind of request as replay takes it.
pub fn attempt<'a>(cells: &'a Cells, key: &Key) -> Attempt<'a> {
    Attempt {
        endpoint: cells.text(key.endpoint).unwrap_or_default(),
        grant: cells.text(key.grant),
        redirect_uri: cells.text(key.redirect_uri),
        scopes: cells.text(key.scopes),
        identity_provider: cells.text(key.identity_provider),
    }
}

/// How an outcome fits an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// The effect gives this code.
    Fits(Strength),
    /// Only the status is known and the effect is not told by one, or no code is established: nothing
    /// follows.
    Silent,
    /// The effect gives other codes.
    Contradicts,
}

/// How an outcome fits an effect.
pub fn agreement(effect: &Effect, outcome: &str) -> Agreement {
    let listed = effect.codes.iter().find(|code| code.0 == outcome);
    let of_status = effect.codes.iter().any(|code| is_status(code.0));
    match listed {
        Some(code) => Agreement::Fits(code.1),
        None if effect.codes.is_empty() || is_status(outcome) && !of_status => Agreement::Silent,
        None => Agreement::Contradicts,
    }
}

fn is_client(incident: &Incident, client: Option<&str>) -> bool {
    match client {
        Some(client) => incident.clients.iter().any(|id| id.as_str() == client),
        None => incident.clients.is_empty(),
    }
}

/// Certificates and DNS records.
fn is_of_hosts(service: &str) -> bool {
    service.starts_with("acm.") || service.starts_with("route53.")
}

/// Whether an ARN, a partial ARN or a name names the thing.
fn names(text: &str, name: &str) -> bool {
    text == name
        || text
            .split([':', '/'])
            .any(|part| part == name.rsplit([':', '/']).next().unwrap_or(name))
}
