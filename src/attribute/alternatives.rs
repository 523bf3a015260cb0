//! Explanations other than a logged change: attack, stuck caller, application, provider, quota,
//! traffic.
//!
//! Weights are log-odds like those of [`super::weigh`]; together the alternatives start at even
//! odds against all changes, since about half of all outages have no logged configuration change
//! behind them (Google's SRE workbook: 31 % configuration, 37 % binary pushes).

use std::collections::BTreeMap;

use super::{
    case::Case,
    finding::AlternativeKind,
    parameters::{self as p, Parameter},
    weigh::OVERSTATED,
};
use crate::{
    cognito::effects::OF_TRIGGERS,
    detect::{Incident, Kind},
    frame::{Cells, Failure, symbols::Symbol},
};

/// An alternative with its log-odds and the sentence a report gives when it is the likeliest.
#[derive(Clone, Debug)]
pub struct Weighed {
    /// Which.
    pub kind: AlternativeKind,
    /// Log-odds.
    pub weight: f64,
    /// What speaks for it, without a subject: `failures came on top of the usual successes`.
    pub text: String,
}

/// Weighs every alternative.
pub fn weigh(case: &Case<'_>) -> Vec<Weighed> {
    let facts = Facts::new(case.incident, case.cells);
    let mut all = vec![
        attack(&facts),
        stuck_caller(&facts),
        application(&facts),
        provider(&facts),
        quota(&facts),
        traffic(&facts),
        Weighed {
            kind: AlternativeKind::Unknown,
            weight: -1.5,
            text: "nothing in the logs says what it was".to_owned(),
        },
    ];
    for other in &mut all {
        other.weight /= OVERSTATED;
        if other.kind == AlternativeKind::Application {
            other.weight += release(case);
        }
    }
    all
}

/// Adds to what is unknown that something in no log came with a change, and did it.
pub fn add_what_came_with(others: &mut [Weighed], changes: &[super::weigh::Weighed]) {
    let unlisted = changes.iter().filter_map(|change| change.unlisted.as_ref());
    let most = unlisted.map(|unlisted| unlisted.came_with_it);
    let most = most.fold(f64::NEG_INFINITY, f64::max);
    let unknown = others
        .iter_mut()
        .find(|other| other.kind == AlternativeKind::Unknown);
    if let Some(unknown) = unknown {
        unknown.weight = (unknown.weight.exp() + most.exp()).ln();
    }
}

/// What speaks for a release of the application beside the failures themselves.
fn release(case: &Case<'_>) -> f64 {
    let new = case.novelty() >= p::NOVEL.value;
    let released = case.was_released(p::RELEASED_WITHIN.micros());
    let weigh = |holds: bool, weight: Parameter| if holds { weight.value } else { 0.0 };
    weigh(new, p::NEW_REQUESTS) + weigh(released, p::RELEASED)
}

/// What the alternatives ask of an outage.
struct Facts<'a> {
    incident: &'a Incident,
    /// Successes went on while failures came on top.
    additive: bool,
    /// Distinct source addresses of failures, and the share of the busiest.
    addresses: usize,
    busiest_address: f64,
    /// Share of the busiest known user.
    busiest_user: f64,
    failures: usize,
}

impl<'a> Facts<'a> {
    fn new(incident: &'a Incident, cells: &Cells) -> Self {
        let (start, end) = (incident.onset, incident.end);
        let owners = incident
            .clients
            .iter()
            .flat_map(|client| cells.owners_of(Some(client.as_str())));
        let ours: Vec<&Failure> = owners
            .flat_map(|owner| cells.failures_since(owner, start.timestamp_micros()))
            .filter(|failure| end.is_none_or(|end| failure.time <= end))
            .collect();
        let addresses = tally(ours.iter().filter_map(|failure| failure.source_ip));
        let users = tally(ours.iter().filter_map(|failure| failure.principal));
        let share = |counts: &BTreeMap<Symbol, usize>| {
            let most = counts.values().max().copied().unwrap_or(0);
            most as f64 / ours.len().max(1) as f64
        };
        Self {
            incident,
            additive: !incident.substitutive,
            addresses: addresses.len(),
            busiest_address: share(&addresses),
            busiest_user: share(&users),
            failures: ours.len(),
        }
    }

    fn most_fail_with(&self, codes: &[&str]) -> bool {
        let with: u64 = codes
            .iter()
            .filter_map(|code| self.incident.errors.get(*code))
            .sum();
        let all: u64 = self.incident.errors.values().sum();
        with * 2 > all
    }
}

fn tally(values: impl Iterator<Item = Symbol>) -> BTreeMap<Symbol, usize> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
}

fn attack(facts: &Facts<'_>) -> Weighed {
    let guessing = facts.most_fail_with(&[
        "NotAuthorizedException",
        "UserNotFoundException",
        "invalid_grant",
        "PasswordResetRequiredException",
    ]);
    let spread = facts.addresses >= 10 && facts.busiest_address < 0.3;
    let weight = match (facts.additive, guessing, spread) {
        (true, true, true) => 3.0,
        (true, true, false) => 1.0,
        (false, true, true) => -1.0,
        _ => -4.0,
    };
    Weighed {
        kind: AlternativeKind::Attack,
        weight,
        text: format!(
            "failures from {} addresses came on top of successes that went on as usual, as when \
             passwords are guessed",
            facts.addresses
        ),
    }
}

fn stuck_caller(facts: &Facts<'_>) -> Weighed {
    let alone = facts.busiest_user > 0.5 || (facts.addresses > 0 && facts.busiest_address > 0.9);
    let weight = match (facts.additive, alone && facts.failures >= 3) {
        (true, true) => 2.0,
        (false, true) => -2.0,
        _ => -5.0,
    };
    Weighed {
        kind: AlternativeKind::StuckCaller,
        weight,
        text: "one caller repeats a request that cannot succeed".to_owned(),
    }
}

/// The requests changed: an application now sends something that Cognito refuses.
fn application(facts: &Facts<'_>) -> Weighed {
    let wrong = facts.most_fail_with(&[
        "invalid_client",
        "invalid_request",
        "unauthorized_client",
        "redirect_mismatch",
        "invalid_scope",
        "unsupported_grant_type",
        "http_400",
        "http_401",
    ]);
    let one = facts.incident.clients.len() == 1 && facts.incident.kind == Kind::Failures;
    let weight = match (facts.incident.substitutive && one, wrong) {
        // The application does not decide what a trigger answers.
        _ if facts.most_fail_with(&OF_TRIGGERS) => -5.0,
        (true, true) => 0.0,
        (true, false) => -1.5,
        (false, true) => -2.5,
        (false, false) => -4.0,
    };
    Weighed {
        kind: AlternativeKind::Application,
        weight,
        text: "the requests of one app client began to fail while no setting they depend on had \
               changed, as when a release of the application sends a wrong secret or URL"
            .to_owned(),
    }
}

fn provider(facts: &Facts<'_>) -> Weighed {
    let codes = facts.most_fail_with(&[
        "server_error",
        "InternalErrorException",
        "http_500",
        "http_502",
        "http_503",
        "http_504",
    ]);
    let weight = match (codes, facts.incident.clients.len() > 1) {
        (true, _) => 2.0,
        (false, true) => -1.0,
        (false, false) => -4.0,
    };
    Weighed {
        kind: AlternativeKind::Provider,
        weight,
        text: "Cognito or an identity provider failed by itself".to_owned(),
    }
}

fn quota(facts: &Facts<'_>) -> Weighed {
    let throttled = facts.most_fail_with(&[
        "TooManyRequestsException",
        "LimitExceededException",
        "http_429",
    ]);
    Weighed {
        kind: AlternativeKind::Quota,
        weight: if throttled { 4.0 } else { -7.0 },
        text: "requests were throttled: a quota of the account was exceeded".to_owned(),
    }
}

fn traffic(facts: &Facts<'_>) -> Weighed {
    let silent = facts.incident.kind == Kind::Absence;
    Weighed {
        kind: AlternativeKind::Traffic,
        weight: if silent { 0.0 } else { -20.0 },
        text: "no request came and none failed: perhaps nobody asked".to_owned(),
    }
}
