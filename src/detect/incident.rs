//! An outage as it was found, before anyone asks why.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::series::Step;
use crate::{
    frame::{Cells, Key, Timeline, symbols::Symbol},
    ids::{AccountId, AppClientId, EventId, Region, UserPoolId},
    window::Window,
};

/// A spell of failures, or of silence, that is not normal.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// `inc-` and twelve hex digits; same data, same id.
    pub id: String,
    /// The account it happened in.
    pub account: Option<AccountId>,
    /// The Region.
    pub region: Option<Region>,
    /// The user pool; `None` when no log names it.
    pub user_pool: Option<UserPoolId>,
    /// App clients that suffer, sorted; empty when no log names any.
    pub clients: Vec<AppClientId>,
    /// Failures or absence.
    pub kind: Kind,
    /// The narrowest slice of the traffic that shows the spell best.
    pub stratum: Stratum,
    /// First failure in the stratum; for an absence, the last success.
    pub onset: DateTime<Utc>,
    /// From the last success to the first failure (or to when a request was to be expected).
    pub onset_interval: (DateTime<Utc>, DateTime<Utc>),
    /// Last failure; `None` while ongoing.
    pub end: Option<DateTime<Utc>>,
    /// First success after the spell, where one was seen.
    pub recovered: Option<DateTime<Utc>>,
    /// How it ended.
    pub end_state: EndState,
    /// Failed requests of the clients and grants from onset to end, repeats included.
    pub failed: u64,
    /// All requests of the clients and grants from onset to end.
    pub total: u64,
    /// Absence: requests that were to be expected.
    pub expected: Option<f64>,
    /// Distinct user subs seen failing; `None` where failures carry none.
    pub users: Option<u64>,
    /// Failed requests by outcome: an OAuth code, an exception, `http_400`.
    pub errors: BTreeMap<String, u64>,
    /// Failed (absence: expected) requests by grant or auth flow.
    pub grants: BTreeMap<String, u64>,
    /// Event id of the first failure.
    pub first_failed_event_id: Option<EventId>,
    /// Last success before the onset in the stratum.
    pub last_success: Option<DateTime<Utc>>,
    /// Failure rate of the stratum outside the spell.
    pub normal_failure_rate: f64,
    /// Log-likelihood ratio of the spell against the normal level, in nats.
    pub score: f64,
    /// Whether successes of the stratum fell while failures rose (a broken setting) or failures
    /// came on top (an attack, a stuck caller).
    pub substitutive: bool,
    /// Successes of the stratum during the spell as a share of those usual before it; `None` when
    /// nothing is known of before.
    pub successes_kept: Option<f64>,
    /// Requests over time around the spell, for charts.
    pub timeline: Timeline,
    /// Whether it had begun when the window opened.
    pub begun_before: bool,
    /// Whether it deserves a page or is a blip.
    pub severity: Severity,
    /// The requests that failed or are missing, for those who ask why; empty where callers were not
    /// counted.
    pub affected: Affected,
    /// The same for each app client alone, where there are several.
    pub parts: Vec<Incident>,
}

impl Incident {
    /// From its onset to its end, the second of the last failure included.
    pub fn span(&self, read_end: DateTime<Utc>) -> Window {
        let end = self.end.unwrap_or(read_end).max(self.onset);
        Window {
            start: self.onset,
            end: end + TimeDelta::seconds(1),
        }
    }

    /// The grant, if all that fails or is missing is known to be of one.
    pub fn only_grant(&self) -> Option<&str> {
        let mut grants = self.grants.iter();
        let (grant, count) = grants.next()?;
        let all = self.kind == Kind::Absence || *count == self.failed;
        (all && grants.next().is_none()).then_some(grant)
    }

    /// Whether requests of a grant are what fails or is missing; `None`: of no grant that is logged.
    pub fn has_grant(&self, grant: Option<&str>) -> bool {
        match grant {
            Some(grant) => self.grants.contains_key(grant),
            None => {
                let told: u64 = self.grants.values().sum();
                self.grants.is_empty() || told < self.failed
            }
        }
    }

    /// Whether it touches a span, where the requests that were read end at `read_end`: a silence that
    /// begins with the last of them touches all that reaches so far.
    pub fn overlaps(&self, span: Window, read_end: DateTime<Utc>) -> bool {
        let begins = self.onset.min(read_end - TimeDelta::seconds(1)) < span.end;
        begins && span.start <= self.end.unwrap_or(read_end)
    }
}

/// What an incident deserves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Somebody has to look.
    #[default]
    Page,
    /// Few failures that healed by themselves: counted, and reported in one line.
    Blip,
}

/// The requests of an incident that failed or are missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Affected {
    /// Failed (of a silence: missing) requests by kind: index into [`Cells::keys`], and how many.
    pub kinds: BTreeMap<u32, f64>,
    /// The series that fail, each with its span.
    pub episodes: Vec<Episode>,
    /// Failed attempts: repeats of one caller collapsed, rows of one caller's failures discounted.
    pub attempts: f64,
    /// Callers that failed.
    pub callers: usize,
    /// … of whom a success was seen, before or after.
    pub known_callers: usize,
    /// Failures set apart before: callers that never succeeded, or that fail all the time.
    pub set_apart: u64,
    /// Successes of the same series during the episodes.
    pub succeeded: f64,
    /// Successes of the same series before the onset, in all that was read.
    pub succeeded_before: f64,
    /// Successes usual in so long a time, by the rate before, after and elsewhere.
    pub usual: f64,
    /// Of a silence: the traffic of others as a share of what is usual for them; `None` where it
    /// says nothing.
    pub control: Option<f64>,
    /// Other app clients that begin to fail within five minutes of the onset.
    pub siblings: Vec<AppClientId>,
}

/// A series that fails or is silent for a time; times are microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Episode {
    /// The app client.
    pub client: Option<Symbol>,
    /// The step.
    pub step: Step,
    /// First failure; of a silence, the last success.
    pub start: i64,
    /// Last failure; of a silence, the next success or the end of the data.
    pub end: i64,
    /// The last success before it.
    pub last_before: Option<i64>,
    /// The first success after it.
    pub first_after: Option<i64>,
    /// Failed requests.
    pub failed: u64,
    /// Successes between its first failure and its last.
    pub succeeded: f64,
}

/// Failures or silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Requests failed.
    Failures,
    /// None failed, and requests stopped.
    Absence,
}

/// How a spell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndState {
    /// A success was seen after the last failure.
    Recovered,
    /// No traffic since.
    Silent,
    /// Still failing at the end of the data.
    Ongoing,
}

/// A slice of the traffic: `None` means any value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stratum {
    /// The user pool.
    pub user_pool: Option<UserPoolId>,
    /// The app client.
    pub client: Option<AppClientId>,
    /// The endpoint or API operation.
    pub endpoint: Option<String>,
    /// OAuth grant or auth flow.
    pub grant: Option<String>,
    /// Redirect URI.
    pub redirect_uri: Option<String>,
    /// Scopes.
    pub scopes: Option<String>,
    /// Identity provider.
    pub identity_provider: Option<String>,
    /// Error, of the failures alone.
    pub error: Option<String>,
}

impl Stratum {
    /// Whether requests of a key have what it fixes, apart from pool, client and error.
    pub fn asks(&self, cells: &Cells, key: &Key) -> bool {
        let fits = |fixed: &Option<String>, value: Option<Symbol>| {
            fixed.is_none() || fixed.as_deref() == cells.text(value)
        };
        fits(&self.endpoint, key.endpoint)
            && fits(&self.grant, key.grant)
            && fits(&self.redirect_uri, key.redirect_uri)
            && fits(&self.scopes, key.scopes)
            && fits(&self.identity_provider, key.identity_provider)
    }
}
