//! One outage laid out against one change: what replay says of every request around it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    cognito::{
        effects::{Delay, Effect, Strength},
        history::{At, ConfigChange, History, Standing},
        replay::{self, Attempt, Break, Prediction},
        setting::{Resource, Setting},
    },
    detect::{Incident, Kind, Stratum},
    frame::{Cell, Cells, Key, attempts::is_status},
    ids::UserPoolId,
    window::Window,
};

/// Requests so long before the onset say how often exposed requests come.
const LOOK_BACK: i64 = 86_400_000_000;
/// Traffic so long before a silence says which requests stopped.
const BEFORE_SILENCE: i64 = 3 * 3_600_000_000;
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
    cells: &'a Cells,
    /// Rows of the incident's pool (or clients, where no pool is known), by time.
    rows: Vec<&'a Cell>,
}

/// What replay says of one change.
#[derive(Debug, Default)]
pub struct Tally {
    /// Failed requests of the outage (of a silence: requests that stopped).
    pub failed: f64,
    /// … that the change breaks, with a possible code.
    pub explained: f64,
    /// … that it breaks, but whose code it cannot give.
    pub wrong_code: f64,
    /// … of which the logs or settings do not say enough.
    pub untold: f64,
    /// … whose code is known and fits.
    pub right_code: f64,
    /// Requests that should have been refused during the outage and were accepted.
    pub accepted_despite: f64,
    /// Exposed requests accepted between the change's delay and the onset.
    pub accepted_before: f64,
    /// Exposed requests accepted within the change's delay.
    pub accepted_within_delay: f64,
    /// Exposed requests in the day before the onset.
    pub usual: f64,
    /// Exposed requests accepted after the outage's end and before the change was undone.
    pub accepted_after: f64,
    /// Other app clients that the change exposes and that asked during the outage.
    pub other_clients: BTreeSet<String>,
    /// … and went on as before.
    pub unharmed_clients: BTreeSet<String>,
    /// Diff lines that break failed requests.
    pub breaks: BTreeMap<Setting, Broken>,
    /// The change that put it right again, if any did.
    pub cure: Option<usize>,
    /// Requests of the failing kinds that the settings before the change refuse already.
    pub refused_before: f64,
}

/// How a diff line breaks requests.
#[derive(Clone, Copy, Debug)]
pub struct Broken {
    /// The row of the effects table.
    pub effect: &'static Effect,
    /// Whether every such request is refused.
    pub certain: bool,
    /// Failed requests it explains.
    pub requests: f64,
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
            Resource::Function(name) => self.pool_uses(index, "LambdaConfig", name),
            Resource::Firewall(name) => self.pool_uses(index, "WebACL", name),
            Resource::Other(..) => Reach::Account,
        }
    }

    /// Whether the pool's settings of that prefix name the thing.
    fn pool_uses(&self, index: usize, prefix: &str, name: &str) -> Reach {
        let Some(pool) = self.incident.user_pool.clone() else {
            return Reach::Outside;
        };
        let settings = self
            .history
            .settings(&Resource::Pool(pool), At::After(index));
        let uses = settings.into_iter().flatten().any(|(setting, known)| {
            let text = known.value().and_then(|value| value.as_str());
            setting.0.starts_with(prefix) && text.is_some_and(|text| names(text, name))
        });
        if uses { Reach::Pool } else { Reach::Outside }
    }

    /// Lays the outage out against the change at `index`.
    pub fn tally(&self, index: usize) -> Tally {
        let change = &self.history.changes()[index];
        let predictions = self.predictions(change);
        let mut tally = Tally::default();
        self.count_failures(index, &predictions, &mut tally);
        let exposed = self.exposed(&predictions, &tally);
        tally.cure = self.cure(index, &exposed);
        self.count_successes(change, &exposed, &mut tally);
        tally
    }

    /// What the change does to each kind of request it can reach.
    fn predictions(&self, change: &ConfigChange) -> BTreeMap<u32, Prediction> {
        let mut predictions = BTreeMap::new();
        for row in &self.rows {
            let Some(key) = self.cells.keys.get(row.key as usize) else {
                continue;
            };
            predictions.entry(row.key).or_insert_with(|| {
                match self.within(&change.resource, key) {
                    true => replay::predict(change, &self.attempt(key)),
                    false => Prediction::Unaffected,
                }
            });
        }
        predictions
    }

    /// Whether a resource's settings govern requests of this key.
    fn within(&self, resource: &Resource, key: &Key) -> bool {
        match resource {
            Resource::Client(_, client) => self.cells.text(key.client) == Some(client.as_str()),
            Resource::Other(..) => is_client(self.incident, self.cells.text(key.client)),
            _ => true,
        }
    }

    fn attempt(&self, key: &Key) -> Attempt<'a> {
        Attempt {
            endpoint: self.cells.text(key.endpoint).unwrap_or_default(),
            grant: self.cells.text(key.grant),
            redirect_uri: self.cells.text(key.redirect_uri),
            scopes: self.cells.text(key.scopes),
            identity_provider: self.cells.text(key.identity_provider),
        }
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
                Kind::Absence => !failed && in_stratum(&self.incident.stratum, self.cells, key),
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

    fn count_failures(
        &self,
        index: usize,
        predictions: &BTreeMap<u32, Prediction>,
        tally: &mut Tally,
    ) {
        for (row, key, weight) in self.suffering() {
            tally.failed += weight;
            match predictions.get(&row.key) {
                Some(Prediction::CannotTell) => tally.untold += weight,
                Some(Prediction::Breaks(breaks)) => {
                    self.count_break(breaks, key, weight, tally);
                }
                _ => {
                    if self.refused_before(index, key) {
                        tally.refused_before += weight;
                    }
                }
            }
        }
    }

    fn count_break(&self, breaks: &[Break], key: &Key, weight: f64, tally: &mut Tally) {
        let outcome = self.cells.text(key.outcome).unwrap_or_default();
        let silence = self.incident.kind == Kind::Absence;
        let possible = |effect: &Effect| match silence {
            true => effect.silences,
            false => agreement(effect, outcome) != Agreement::Contradicts,
        };
        let Some(fitting) = breaks.iter().find(|b| possible(b.effect)) else {
            tally.wrong_code += weight;
            return;
        };
        tally.explained += weight;
        if !silence && matches!(agreement(fitting.effect, outcome), Agreement::Fits(_)) {
            tally.right_code += weight;
        }
        for each in breaks.iter().filter(|b| possible(b.effect)) {
            let broken = tally.breaks.entry(each.setting.clone()).or_insert(Broken {
                effect: each.effect,
                certain: each.certain,
                requests: 0.0,
            });
            broken.requests += weight;
            broken.certain |= each.certain;
        }
    }

    /// Whether the client's settings just before the change refuse such requests already.
    fn refused_before(&self, index: usize, key: &Key) -> bool {
        let (Some(pool), Some(client)) =
            (self.incident.user_pool.clone(), self.cells.text(key.client))
        else {
            return false;
        };
        let resource = Resource::Client(pool, crate::ids::AppClientId::new(client));
        let settings = self.history.settings(&resource, At::Before(index));
        settings.is_some_and(|settings| replay::refused_by(settings, &self.attempt(key)).is_some())
    }

    /// Kinds of requests that the change breaks by a line that explains failures, and whether all
    /// such requests are refused.
    fn exposed(
        &self,
        predictions: &BTreeMap<u32, Prediction>,
        tally: &Tally,
    ) -> BTreeMap<u32, bool> {
        let exposed = predictions.iter().filter_map(|(key, prediction)| {
            let Prediction::Breaks(breaks) = prediction else {
                return None;
            };
            let mut ours = breaks
                .iter()
                .filter(|b| tally.breaks.contains_key(&b.setting))
                .peekable();
            ours.peek()?;
            Some((*key, ours.any(|b| b.certain)))
        });
        exposed.collect()
    }

    /// The first later change after which an exposed request passes again.
    fn cure(&self, index: usize, exposed: &BTreeMap<u32, bool>) -> Option<usize> {
        let guilty = &self.history.changes()[index];
        let later = self.history.changes().iter().enumerate().skip(index + 1);
        later
            .filter(|(_, change)| change.standing == Standing::Effective)
            .find(|(_, change)| self.cures(guilty, change, exposed))
            .map(|(later, _)| later)
    }

    fn cures(
        &self,
        guilty: &ConfigChange,
        later: &ConfigChange,
        exposed: &BTreeMap<u32, bool>,
    ) -> bool {
        let put_back = later.resource == guilty.resource
            && later.diff.iter().any(|line| {
                guilty
                    .diff
                    .iter()
                    .any(|was| was.setting == line.setting && was.before.same(&line.after))
            });
        let passes = || {
            later.resource == guilty.resource
                && exposed.keys().any(|key| {
                    let key = self.cells.keys.get(*key as usize);
                    key.is_some_and(|key| {
                        let prediction = replay::predict(later, &self.attempt(key));
                        matches!(prediction, Prediction::Cures(_))
                    })
                })
        };
        (put_back && !exposed.is_empty()) || passes()
    }

    fn count_successes(
        &self,
        change: &ConfigChange,
        exposed: &BTreeMap<u32, bool>,
        tally: &mut Tally,
    ) {
        let made = change.change.time.timestamp_micros();
        // The change lies anywhere in its second, and so do requests.
        let felt = made + 1_000_000 + self.grace(tally);
        let cured = tally.cure.and_then(|cure| self.history.changes().get(cure));
        let cured = cured.map_or(i64::MAX, |cure| cure.change.time.timestamp_micros());
        let (onset, end) = (self.onset(), self.end());
        let recovered = self.incident.recovered.map(|time| time.timestamp_micros());
        for row in &self.rows {
            let Some(key) = self.cells.keys.get(row.key as usize) else {
                continue;
            };
            let ours = is_client(self.incident, self.cells.text(key.client));
            let during = row.first > onset && row.last < end.min(cured);
            if !ours && during && exposed.contains_key(&row.key) {
                self.count_other(key, tally);
            }
            let certain = exposed_success(exposed, self.cells, row).filter(|_| ours);
            let Some(certain) = certain else { continue };
            let accepted = row.callers.max(1) as f64;
            if onset - LOOK_BACK <= row.first && row.first < onset {
                tally.usual += accepted;
            }
            if row.first > made + 1_000_000 && row.last < onset {
                match row.last <= felt {
                    true => tally.accepted_within_delay += accepted,
                    false => tally.accepted_before += accepted,
                }
            }
            if !certain {
                continue;
            }
            if during {
                tally.accepted_despite += accepted;
            }
            if recovered.is_some_and(|recovered| row.first >= recovered) && row.last < cured {
                tally.accepted_after += accepted;
            }
        }
    }

    /// How long exposed requests may still be accepted after a change.
    fn grace(&self, tally: &Tally) -> i64 {
        let delays = tally
            .breaks
            .values()
            .map(|broken| broken.effect.delay.longest());
        let longest = delays.max().unwrap_or(Delay::Step.longest());
        let codes = match self.incident.kind {
            Kind::Absence => CODES_IN_FLIGHT,
            Kind::Failures => 0,
        };
        longest
            .num_microseconds()
            .unwrap_or(i64::MAX / 4)
            .max(codes)
    }

    /// Another client asked with an exposed request during the outage.
    fn count_other(&self, key: &Key, tally: &mut Tally) {
        let Some(client) = self.cells.text(key.client) else {
            return;
        };
        tally.other_clients.insert(client.to_owned());
        if !self.cells.failed(key) {
            tally.unharmed_clients.insert(client.to_owned());
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
    /// was to be expected.
    pub fn deadline(&self) -> DateTime<Utc> {
        let by_application = self
            .suffering()
            .next()
            .and_then(|(_, key, _)| self.cells.text(key.source))
            .is_some_and(|source| source != "trail");
        match self.incident.kind {
            Kind::Absence => self.incident.onset_interval.1,
            Kind::Failures if by_application => self.incident.onset + TimeDelta::seconds(3),
            Kind::Failures => self.incident.onset,
        }
    }
}

/// Whether every request of a row's kind is refused; `None` when the row is no exposed success.
fn exposed_success(exposed: &BTreeMap<u32, bool>, cells: &Cells, row: &Cell) -> Option<bool> {
    let key = cells.keys.get(row.key as usize)?;
    let certain = *exposed.get(&row.key)?;
    (!cells.failed(key) && cells.tells(key)).then_some(certain)
}

/// How an outcome fits an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// The effect gives this code.
    Fits(Strength),
    /// Only the status is known, or no code is established: nothing follows.
    Silent,
    /// The effect gives other codes.
    Contradicts,
}

/// How an outcome fits an effect.
pub fn agreement(effect: &Effect, outcome: &str) -> Agreement {
    let listed = effect.codes.iter().find(|code| code.0 == outcome);
    match listed {
        Some(code) => Agreement::Fits(code.1),
        None if effect.codes.is_empty() || is_status(outcome) => Agreement::Silent,
        None => Agreement::Contradicts,
    }
}

fn is_client(incident: &Incident, client: Option<&str>) -> bool {
    match client {
        Some(client) => incident.clients.iter().any(|id| id.as_str() == client),
        None => incident.clients.is_empty(),
    }
}

fn in_stratum(stratum: &Stratum, cells: &Cells, key: &Key) -> bool {
    let fits =
        |fixed: &Option<String>, value| fixed.is_none() || fixed.as_deref() == cells.text(value);
    fits(&stratum.endpoint, key.endpoint)
        && fits(&stratum.grant, key.grant)
        && fits(&stratum.redirect_uri, key.redirect_uri)
        && fits(&stratum.scopes, key.scopes)
        && fits(&stratum.identity_provider, key.identity_provider)
}

/// Whether an ARN, a partial ARN or a name names the thing.
fn names(text: &str, name: &str) -> bool {
    text == name
        || text
            .split([':', '/'])
            .any(|part| part == name.rsplit([':', '/']).next().unwrap_or(name))
}
