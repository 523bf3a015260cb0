//! What stands around an outage: requests like those that fail, other clients, what the answers say.

use std::collections::BTreeSet;

use super::{Case, is_client};
use crate::{
    attribute::unlisted::{Alike, Reachable},
    cognito::{
        effects::reason::Reason,
        history::{At, ConfigChange, Standing},
        links,
        replay::Attempt,
        setting::{Resource, Setting, is_nothing},
    },
    detect::Kind,
    frame::{Key, Owner, symbols::Symbol},
    ids::{AppClientId, UserPoolId},
    queries::{self, outcome::is_network},
    record::error_code::is_informative,
};

/// Outages that begin within so long of each other begin together (assumed).
const TOGETHER: i64 = 300_000_000;
/// What is asked for rarely may fail so much later and have begun together (assumed).
const LATE: i64 = 3_600_000_000;
/// Changes of one batch lie so near to each other (assumed).
const BATCH: i64 = 600_000_000;
/// Other writes so long before an onset stand beside a change (assumed).
const BESIDE: i64 = 900_000_000;
/// A client is busy with so many successes …
const BUSY: f64 = 4.0;
/// … in so long before the onset.
const BUSY_WITHIN: i64 = 7_200_000_000;
/// So many errors say what is said.
const READ: usize = 60;

/// What the answers of an outage say.
#[derive(Debug, Default)]
pub struct Answers {
    /// Share of server errors.
    pub server_errors: f64,
    /// Share of throttling.
    pub throttled: f64,
    /// Share of lost connections.
    pub network: f64,
    /// Share of answers that name what a user did.
    pub foreign: f64,
    /// Share of answers of triggers.
    pub triggers: f64,
    /// Share of answers about the client's secret.
    pub of_secrets: f64,
    /// Share of answers that only Cognito gives.
    pub of_cognito: f64,
    /// Codes and words of some of them, in lower case.
    pub words: String,
}

/// Parts of codes by which answers are told apart.
const SERVER: [&str; 5] = [
    "internal",
    "server_error",
    "servererror",
    "unavailable",
    "service error",
];
const THROTTLING: [&str; 5] = ["429", "toomany", "throttl", "limitexceeded", "slow_down"];

impl<'a> Case<'a> {
    /// Requests like those that fail, accepted.
    pub(in crate::attribute) fn alike(&self) -> &Alike {
        self.alike.get_or_init(|| Alike::new(self))
    }

    /// What the answers say.
    pub(in crate::attribute) fn answers(&self) -> &Answers {
        self.answers.get_or_init(|| self.read_answers())
    }

    /// What resources lead to.
    pub(in crate::attribute) fn reachable(&self) -> &'a Reachable {
        self.inquiry.reachable()
    }

    /// The kinds of requests that fail (of a silence: stopped), with their weights.
    pub(in crate::attribute) fn suffered(&self) -> impl Iterator<Item = (&'a Key, f64)> {
        let kinds = self.suffering.kinds.values();
        kinds.map(|suffered| (suffered.key, suffered.weight))
    }

    /// The owners of the outage's own requests.
    pub(in crate::attribute) fn own_owners(&self) -> impl Iterator<Item = &'a Owner> {
        let owners = self.owners.iter().copied();
        owners.filter(|owner| is_client(self.incident, self.cells.text(owner.client)))
    }

    /// The share of the requests of which something holds.
    pub(in crate::attribute) fn share(&self, of: impl Fn(&Attempt<'_>) -> bool) -> f64 {
        let (mut all, mut held) = (0.0, 0.0);
        for (key, weight) in self.suffered() {
            all += weight;
            held += if of(&self.attempt(key)) { weight } else { 0.0 };
        }
        held / f64::max(all, 1e-9)
    }

    /// Whether most of the requests go by a host of the pool, and not by the API of the Region.
    pub(in crate::attribute) fn asks_hosts(&self) -> bool {
        self.share(|attempt| !queries::is_sign_in_api(attempt.endpoint)) >= 0.5
    }

    /// Whether some log tells the web ACL of the pool.
    pub(in crate::attribute) fn has_firewall(&self) -> bool {
        let Some(pool) = self.incident.user_pool.clone() else {
            return false;
        };
        let settings = self.history.settings(&Resource::Pool(pool), At::Now);
        let acl = settings.and_then(|settings| settings.get(&Setting::WEB_ACL)?.value());
        acl.is_some_and(|acl| !is_nothing(acl))
    }

    /// Failures of the outage's kinds between two times (µs).
    pub(in crate::attribute) fn failures_between(&self, from: i64, to: i64) -> f64 {
        if self.incident.kind == Kind::Absence || to <= from {
            return 0.0;
        }
        let kinds = self.suffering.kinds.keys();
        kinds
            .map(|kind| self.inquiry.times.between(*kind, from, to))
            .sum()
    }

    /// The clients that fail from the same moment, as far as can be told, in whatever pool.
    pub(in crate::attribute) fn failing_together(&self) -> Vec<(AppClientId, Option<UserPoolId>)> {
        let onset = self.onset();
        let together = self.inquiry.begun.iter().filter(|begun| {
            let soon = (begun.onset - onset).abs() <= TOGETHER;
            let asked_late = begun.since <= onset && (onset..onset + LATE).contains(&begun.onset);
            begun.kind == self.incident.kind && (soon || asked_late)
        });
        let own = self.incident.clients.iter();
        let own = own.map(|client| (client.clone(), self.incident.user_pool.clone()));
        let others = together.flat_map(|begun| {
            let clients = begun.clients.iter();
            clients.map(|client| (client.clone(), begun.user_pool.clone()))
        });
        let mut all: Vec<_> = own.chain(others).collect();
        all.sort();
        all.dedup();
        all
    }

    /// The clients that the same actor altered by the same call within minutes.
    pub(in crate::attribute) fn batch_of(&self, index: usize) -> BTreeSet<AppClientId> {
        let changes = self.history.changes();
        let own = &changes[index];
        let time = own.change.time.timestamp_micros();
        let first =
            changes.partition_point(|one| one.change.time.timestamp_micros() < time - BATCH);
        let near = changes[first..]
            .iter()
            .take_while(|one| one.change.time.timestamp_micros() <= time + BATCH);
        let alike = near.filter(|one| {
            one.change.actor == own.change.actor
                && one.change.name == own.change.name
                && matches!(one.standing, Standing::Effective | Standing::Opaque)
        });
        let clients = alike.filter_map(|one| match &one.resource {
            Resource::Client(_, client) => Some(client.clone()),
            _ => None,
        });
        clients.collect()
    }

    /// Other clients of the pool with so many successes at the same steps between two times.
    pub(in crate::attribute) fn others_at_same_steps(
        &self,
        from: i64,
        to: i64,
        least: f64,
    ) -> Vec<AppClientId> {
        self.others(from, to, least, |key| self.alike().is_step_of(key))
    }

    /// The same at any step.
    pub(in crate::attribute) fn others_at_any_step(
        &self,
        from: i64,
        to: i64,
        least: f64,
    ) -> Vec<AppClientId> {
        self.others(from, to, least, |_| true)
    }

    /// Whether the name of a thing agrees with that of a host that requests of the outage's clients
    /// are sent back to.
    pub(in crate::attribute) fn is_sent_back_to(&self, thing: &str) -> bool {
        let keys = self.own_owners().flat_map(|owner| {
            let keys = self.cells.keys.get(owner.keys.clone());
            keys.unwrap_or_default()
        });
        let uris: BTreeSet<Symbol> = keys.filter_map(|key| key.redirect_uri).collect();
        uris.iter()
            .any(|uri| links::agrees_with_host(thing, self.cells.symbols.text(*uri)))
    }

    /// Other clients of the pool that were busy before the onset.
    pub(in crate::attribute) fn busy_others(&self) -> Vec<AppClientId> {
        let onset = self.onset();
        self.others(onset - BUSY_WITHIN, onset, BUSY, |_| true)
    }

    fn others(
        &self,
        from: i64,
        to: i64,
        least: f64,
        of: impl Fn(&Key) -> bool,
    ) -> Vec<AppClientId> {
        let owners = self.owners.iter();
        let others =
            owners.filter(|owner| !is_client(self.incident, self.cells.text(owner.client)));
        let busy = others.filter(|owner| {
            let keys = self.cells.keys.get(owner.keys.clone()).unwrap_or_default();
            let keys = (owner.keys.start as u32..).zip(keys);
            let accepted =
                keys.filter(|(_, key)| !self.cells.failed(key) && self.cells.tells(key) && of(key));
            let requests = accepted.map(|(number, _)| self.inquiry.times.between(number, from, to));
            requests.sum::<f64>() >= least
        });
        busy.filter_map(|owner| self.cells.text(owner.client).map(AppClientId::new))
            .collect()
    }

    /// Of a silence: the traffic of all others meanwhile as a share of that before it.
    pub(in crate::attribute) fn control(&self) -> Option<f64> {
        *self.control.get_or_init(|| self.compare_others())
    }

    fn compare_others(&self) -> Option<f64> {
        const FEWEST: f64 = 10.0;
        let (from, to) = (self.onset(), self.end());
        let length = (to - from).max(1);
        let (mut before, mut during) = (0.0, 0.0);
        for owner in &self.cells.owners {
            if is_client(self.incident, self.cells.text(owner.client)) {
                continue;
            }
            for row in self.cells.touching(self.cells.of(owner), from - length, to) {
                let key = self.cells.keys.get(row.key as usize);
                let told = key.is_some_and(|key| !self.cells.failed(key) && self.cells.tells(key));
                let count = if told { row.requests as f64 } else { 0.0 };
                match row.middle() < from {
                    true => before += count,
                    false => during += count,
                }
            }
        }
        (before >= FEWEST).then(|| during / before)
    }

    /// How many changes that may reach the outage lie just before its onset.
    pub(in crate::attribute) fn changes_near_onset(&self) -> usize {
        let onset = self.onset();
        let changes = self.history.changes();
        let first =
            changes.partition_point(|one| one.change.time.timestamp_micros() < onset - BESIDE);
        let near = changes.iter().enumerate().skip(first);
        let near =
            near.take_while(|(_, one)| one.change.time.timestamp_micros() <= onset + 1_000_000);
        let reaching = near.filter(|(index, one)| {
            let altering = matches!(one.standing, Standing::Effective | Standing::Opaque);
            let bearing = one.diff.is_empty()
                || one
                    .diff
                    .iter()
                    .any(|line| !crate::cognito::effects::is_indifferent(line.setting.as_str()));
            altering && bearing && self.reach(*index) >= super::Reach::Pool
        });
        reaching.count()
    }

    /// The share of the failing requests that ask for something that was never accepted before.
    pub(in crate::attribute) fn novelty(&self) -> f64 {
        const FEWEST: f64 = 10.0;
        if self.incident.kind == Kind::Absence {
            return 0.0;
        }
        let onset = self.onset();
        let mut known: [BTreeSet<Symbol>; 3] = Default::default();
        let mut accepted = 0.0;
        for owner in self.own_owners() {
            let keys = self.cells.keys.get(owner.keys.clone()).unwrap_or_default();
            for (number, key) in (owner.keys.start as u32..).zip(keys) {
                let before = self
                    .inquiry
                    .times
                    .begun_in(number, i64::MIN / 2, onset)
                    .weight;
                if before > 0.0 && !self.cells.failed(key) {
                    accepted += before;
                    for (known, value) in known.iter_mut().zip(asked(key)) {
                        known.extend(value);
                    }
                }
            }
        }
        let is_new = |key: &Key| {
            let mut values = known.iter().zip(asked(key));
            values.any(|(known, value)| {
                !known.is_empty() && value.is_some_and(|value| !known.contains(&value))
            })
        };
        let (mut all, mut new) = (0.0, 0.0);
        for (key, weight) in self.suffered() {
            all += weight;
            new += if is_new(key) { weight } else { 0.0 };
        }
        if accepted < FEWEST {
            0.0
        } else {
            new / f64::max(all, 1e-9)
        }
    }

    /// Releases of applications that bear the name of a client of the outage, so long before the
    /// onset, in microseconds, at most.
    pub(in crate::attribute) fn releases(&self, within: i64) -> Vec<&'a ConfigChange> {
        let onset = self.onset();
        let changes = self.history.changes();
        let first =
            changes.partition_point(|one| one.change.time.timestamp_micros() < onset - within);
        let near = changes[first..]
            .iter()
            .take_while(|one| one.change.time.timestamp_micros() <= onset);
        let releases = near.filter(|one| one.standing == Standing::Release);
        let is_theirs = |release: &&ConfigChange| {
            let found = self.reachable().from(release);
            let mut clients = self.incident.clients.iter();
            clients.any(|client| {
                found
                    .iter()
                    .any(|end| end.kind == "client" && end.name == client.as_str())
            })
        };
        releases.filter(is_theirs).collect()
    }

    fn read_answers(&self) -> Answers {
        let mut answers = Answers::default();
        let mut all = 0.0;
        for suffered in self.suffering.kinds.values() {
            let (code, weight) = (
                self.cells.text(suffered.key.outcome).unwrap_or_default(),
                suffered.weight,
            );
            let lower = code.to_lowercase();
            let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
            let count = |share: &mut f64, holds: bool| *share += if holds { weight } else { 0.0 };
            all += weight;
            count(
                &mut answers.server_errors,
                lower.starts_with("http_5") || has(&SERVER),
            );
            count(&mut answers.throttled, has(&THROTTLING));
            count(&mut answers.network, is_network(code));
            count(&mut answers.foreign, is_of_users(suffered.reason));
            let of_triggers = crate::cognito::effects::OF_TRIGGERS.contains(&code)
                || suffered.reason == Some(Reason::TriggerFailed);
            count(&mut answers.triggers, of_triggers);
            let of_secret =
                code == "invalid_client" || suffered.reason == Some(Reason::WrongSecret);
            count(&mut answers.of_secrets, of_secret);
            let at_the_door = ["waf_block", "http_403", "ForbiddenException"].contains(&code);
            let told = is_informative(code) && !is_network(code) && !at_the_door;
            count(&mut answers.of_cognito, told);
        }
        for share in [
            &mut answers.server_errors,
            &mut answers.throttled,
            &mut answers.network,
            &mut answers.foreign,
            &mut answers.triggers,
            &mut answers.of_cognito,
            &mut answers.of_secrets,
        ] {
            *share /= f64::max(all, 1e-9);
        }
        answers.words = self.words();
        answers
    }

    fn words(&self) -> String {
        let owners = self.own_owners();
        let failures = owners.flat_map(|owner| {
            self.cells
                .failures_since(owner, self.onset())
                .iter()
                .take(READ)
        });
        let end = self.end();
        let failures = failures.filter(|failure| failure.time.timestamp_micros() <= end);
        let words: BTreeSet<&str> = failures
            .filter_map(|failure| self.cells.text(failure.message))
            .collect();
        let words: Vec<String> = words.into_iter().map(str::to_lowercase).collect();
        words.join(" ")
    }
}

/// Redirect URI, scopes and identity provider of a request.
fn asked(key: &Key) -> [Option<Symbol>; 3] {
    [key.redirect_uri, key.scopes, key.identity_provider]
}

/// Whether a reason is what single users did.
fn is_of_users(reason: Option<Reason>) -> bool {
    matches!(
        reason,
        Some(Reason::WrongPassword | Reason::UserKeptOut | Reason::TokenExpired)
    )
}
