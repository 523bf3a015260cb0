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
    phrase,
    weigh::OVERSTATED,
};
use crate::{
    cognito::effects::OF_TRIGGERS,
    detect::{Incident, Kind},
    frame::{Cells, Failure, symbols::Symbol},
};

/// From this share of the usual successes on they went on as usual.
const WENT_ON: f64 = 0.8;

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
    let released = !case.releases(p::RELEASED_WITHIN.micros()).is_empty();
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

    /// What became of other requests of the kind meanwhile, as far as that is known.
    fn beside(&self) -> String {
        let incident = self.incident;
        let succeeded = incident.total.saturating_sub(incident.failed);
        match incident.successes_kept {
            _ if succeeded == 0 => "while no such request succeeded".to_owned(),
            Some(kept) if self.additive && kept >= WENT_ON => {
                "on top of successes that went on as usual".to_owned()
            }
            _ => format!("beside {}", phrase::count(succeeded as f64, "success")),
        }
    }

    /// `one app client`, `3 app clients`.
    fn clients(&self) -> String {
        match self.incident.clients.len() {
            0 | 1 => "one app client".to_owned(),
            count => format!("{count} app clients"),
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
    let addresses = match facts.addresses {
        0 => "failures from addresses that no log names".to_owned(),
        count => format!("failures from {}", addresses(count)),
    };
    let guessing = match guessing {
        true => "passwords are guessed",
        false => "somebody tries what is refused",
    };
    Weighed {
        kind: AlternativeKind::Attack,
        weight,
        text: format!("{addresses} came {}, as when {guessing}", facts.beside()),
    }
}

fn addresses(count: usize) -> String {
    match count {
        1 => "one address".to_owned(),
        count => format!("{count} addresses"),
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
        text: match alone {
            true => "one caller repeats a request that cannot succeed",
            false => "callers repeat requests that cannot succeed",
        }
        .to_owned(),
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
        text: format!(
            "the requests of {} {}, as when a release of the application sends a wrong secret or \
             URL",
            facts.clients(),
            match facts.incident.kind {
                Kind::Failures => "began to fail",
                Kind::Absence => "ended",
            }
        ),
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
        text: match codes {
            true => "Cognito, a trigger or an identity provider failed by itself".to_owned(),
            false => format!(
                "requests of {} failed at once, as when Cognito or an identity provider fails",
                facts.clients()
            ),
        },
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
        text: match throttled {
            true => "requests were throttled: a quota of the account was exceeded",
            false => "a quota of the account may have been exceeded",
        }
        .to_owned(),
    }
}

fn traffic(facts: &Facts<'_>) -> Weighed {
    let silent = facts.incident.kind == Kind::Absence;
    Weighed {
        kind: AlternativeKind::Traffic,
        weight: if silent { 0.0 } else { -20.0 },
        text: "no such request came and none failed: perhaps nobody asked".to_owned(),
    }
}
