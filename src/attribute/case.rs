//! One outage laid out against one change: what replay says of every request around it.

use std::{cell::OnceCell, collections::BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::{inquiry::Inquiry, unlisted::Alike};
use crate::{
    cognito::{
        effects::{Effect, OF_TRIGGERS, Strength, reason::Reason},
        history::{At, History},
        replay::Attempt,
        setting::{Known, Resource, Setting},
    },
    detect::{Incident, Kind},
    frame::{Cells, Key, Owner, attempts::is_status},
    ids::UserPoolId,
    queries::outcome::is_network,
    record::error_code::is_informative,
    window::Window,
};

mod around;
mod replayed;
mod suffering;
mod tally;
mod words;

use suffering::Suffering;

pub use around::Answers;
pub use tally::{Broken, Tally};

/// Requests so long before the onset say how often exposed requests come.
const LOOK_BACK: i64 = 86_400_000_000;
/// A silence may begin with a wait of so many times the one that 95 of 100 keep to: one of 400 is
/// longer.
const LONGEST_WAIT: i32 = 2;
/// Requests after the undo that may still fail because of it: caches, propagation.
pub const HEALING_TIME: TimeDelta = TimeDelta::minutes(5);
/// Services whose writes are read, and for which no rule says what they break.
const NO_RULE: [&str; 5] = [
    "network-firewall",
    "organizations",
    "route53domains",
    "route53resolver",
    "sms-voice",
];
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
    inquiry: &'a Inquiry<'a>,
    /// Whose requests they are: the pool's or, where none is known, the clients'.
    owners: Vec<&'a Owner>,
    suffering: Suffering<'a>,
    /// Whether the pool may have a custom domain.
    own_host: OnceCell<bool>,
    alike: OnceCell<Alike>,
    answers: OnceCell<Answers>,
    control: OnceCell<Option<f64>>,
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
    pub fn new(incident: &'a Incident, inquiry: &'a Inquiry<'a>) -> Self {
        let (ground, history) = (inquiry.scene.ground, inquiry.scene.history);
        let (cells, window) = (ground.cells, ground.window);
        let ours = |owner: &&Owner| match &incident.user_pool {
            Some(pool) => cells.text(owner.user_pool) == Some(pool.as_str()),
            None => is_client(incident, cells.text(owner.client)),
        };
        let owners: Vec<&Owner> = cells.owners.iter().filter(ours).collect();
        Self {
            suffering: Suffering::new(incident, &inquiry.usual, history, window, &owners),
            incident,
            history,
            window,
            cells,
            inquiry,
            owners,
            own_host: OnceCell::new(),
            alike: OnceCell::new(),
            answers: OnceCell::new(),
            control: OnceCell::new(),
        }
    }

    /// The keys of its requests, by number.
    fn keys(&self) -> impl Iterator<Item = (u32, &'a Key)> {
        self.owners.iter().flat_map(|owner| {
            let keys = self.cells.keys.get(owner.keys.clone()).unwrap_or_default();
            (owner.keys.start as u32..).zip(keys)
        })
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
            // Which requests depend on these is in no table yet.
            Resource::Other(service, _) if NO_RULE.contains(&service.as_str()) => Reach::Outside,
            Resource::Other(..) => Reach::Account,
        }
    }

    /// Whether the pool may have a custom domain, whose name and certificate lie outside Cognito.
    fn may_have_own_host(&self) -> bool {
        *self.own_host.get_or_init(|| self.looks_for_own_host())
    }

    fn looks_for_own_host(&self) -> bool {
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

    pub(in crate::attribute) fn a_trigger_failed(&self) -> bool {
        let mut errors = self.incident.errors.keys();
        errors.any(|code| OF_TRIGGERS.contains(&code.as_str()))
    }

    /// Whether the pool's settings of that prefix name the thing, or without a name, anything;
    /// `None` where no log tells them.
    pub(in crate::attribute) fn pool_uses(
        &self,
        index: usize,
        prefix: &str,
        name: &str,
    ) -> Option<bool> {
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

    /// The pool's triggers that name a function.
    pub(in crate::attribute) fn triggers(&self, index: usize, function: &str) -> Vec<&'a Setting> {
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
        told.filter(|(setting, _)| setting.0.starts_with("LambdaConfig"))
            .filter(|(_, known)| named(known))
            .map(|(setting, _)| setting)
            .collect()
    }

    fn attempt(&self, key: &Key) -> Attempt<'a> {
        self.inquiry.usual.attempt(key)
    }

    pub(in crate::attribute) fn onset(&self) -> i64 {
        self.incident.onset.timestamp_micros()
    }

    pub(in crate::attribute) fn end(&self) -> i64 {
        let end = self.incident.end.unwrap_or(self.window.end);
        end.timestamp_micros()
    }

    /// How many app clients the pool has: the more, the more telling that a change was made to
    /// this one.
    pub fn clients_of_pool(&self) -> usize {
        let known = self.owners.iter().filter_map(|owner| owner.client);
        known.collect::<BTreeSet<_>>().len().max(1)
    }

    /// The latest time at which a change can have caused the outage: none within CloudTrail, where
    /// the same second is allowed; a few seconds between two clocks; for a silence, when a request
    /// was to be expected, or a while after, since waits vary.
    pub fn deadline(&self) -> DateTime<Utc> {
        let by_application = self.suffering.by_application;
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

/// How an outcome fits an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// The effect gives this code, or the words beside it name its setting.
    Fits(Strength),
    /// The code does not say why, or none is established: nothing follows.
    Silent,
    /// The effect gives other codes, or the words name other settings.
    Contradicts,
}

/// How an outcome, and the reason that the words beside it give, fit an effect.
pub fn agreement(effect: &Effect, outcome: &str, reason: Option<Reason>) -> Agreement {
    let listed = effect.codes.iter().find(|code| code.0 == outcome);
    let of_status = effect.codes.iter().any(|code| is_status(code.0));
    let told = match is_status(outcome) {
        true => of_status,
        false => says_why(outcome),
    };
    match (reason, listed) {
        (Some(reason), _) if !reason.fits(effect) => Agreement::Contradicts,
        (_, Some(code)) => Agreement::Fits(code.1),
        (Some(_), None) => Agreement::Fits(Strength::Observed),
        (None, None) if effect.codes.is_empty() || !told => Agreement::Silent,
        (None, None) => Agreement::Contradicts,
    }
}

/// Whether a code says why a request was refused, or that it never reached Cognito.
fn says_why(code: &str) -> bool {
    is_informative(code) || is_network(code) || code == "waf_block"
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cognito::effects::effects;

    /// `message` stands beside the code, or nothing does.
    #[track_caller]
    fn check(id: &str, outcome: &str, message: &str, expected: Agreement) {
        let effect = effects().find(|effect| effect.id == id).expect("a row");
        let reason = Reason::in_words(message);
        assert_eq!(agreement(effect, outcome, reason), expected);
    }

    #[test]
    fn what_says_nothing_contradicts_nothing() {
        for outcome in [
            "BadRequest",
            "http_400",
            "Fehler",
            "UnknownException",
            "Fail",
        ] {
            check("callback-url-removed", outcome, "", Agreement::Silent);
        }
        for outcome in ["invalid_client", "waf_block", "timeout"] {
            check("callback-url-removed", outcome, "", Agreement::Contradicts);
        }
    }

    #[test]
    fn a_status_contradicts_what_is_told_by_another() {
        check("domain-deleted", "http_400", "", Agreement::Contradicts);
        let listed = Agreement::Fits(Strength::Inferred);
        check("domain-deleted", "http_403", "", listed);
    }

    #[test]
    fn words_name_the_setting_and_acquit_others() {
        let not_authorized = "NotAuthorizedException";
        let flow = "USER_SRP_AUTH is not enabled for the client.";
        let contradicts = Agreement::Contradicts;
        check("mfa-required", not_authorized, flow, contradicts);
        let inferred = Agreement::Fits(Strength::Inferred);
        check("auth-flow-removed", not_authorized, flow, inferred);
        let observed = Agreement::Fits(Strength::Observed);
        check("auth-flow-removed", "http_400", flow, observed);
    }

    #[test]
    fn what_one_user_did_wrong_speaks_for_no_setting() {
        let not_authorized = "NotAuthorizedException";
        for words in [
            "Incorrect username or password.",
            "Password attempts exceeded",
            "Refresh Token has been revoked",
        ] {
            let contradicts = Agreement::Contradicts;
            check("secret-deleted", not_authorized, words, contradicts);
        }
    }
}
