//! One cause, one incident: outages that one change explains become one.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::finding::{Finding, Verdict};
use crate::{
    cognito::setting::Resource,
    detect::{EndState, Incident, Kind, attempts_during},
    frame::Cells,
    ids::EventId,
};

/// Episodes of one cause so near to each other are one incident.
const SAME_EPISODE: TimeDelta = TimeDelta::minutes(10);

/// Joins findings that name the same change, and findings without a guilty change that are one
/// spell of the same clients and errors.
pub fn merge(findings: Vec<Finding>, cells: &Cells) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    for finding in findings {
        match merged.iter_mut().find(|other| is_one(other, &finding)) {
            Some(other) => {
                join(other, finding);
                // What was asked between the two spells, or in both, counts once.
                let counted = attempts_during(&other.incident, cells);
                other.incident.total = counted.max(other.incident.failed);
            }
            None => merged.push(finding),
        }
    }
    merged.sort_by(|a, b| {
        (a.incident.onset, &a.incident.id).cmp(&(b.incident.onset, &b.incident.id))
    });
    merged
}

fn is_one(a: &Finding, b: &Finding) -> bool {
    let named = |finding: &Finding| -> Option<EventId> {
        let first = finding.suspects.first()?;
        (finding.verdict == Verdict::Change).then(|| first.event_ids.first().cloned())?
    };
    match (named(a), named(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => {
            let overlap = a.incident.end.is_none_or(|end| b.incident.onset <= end);
            a.incident.user_pool == b.incident.user_pool
                && a.incident.clients == b.incident.clients
                && a.incident.kind == b.incident.kind
                && a.incident.errors.keys().next() == b.incident.errors.keys().next()
                && overlap
                || is_rest(a, b)
        }
        _ => is_rest(a, b),
    }
}

/// Whether the later of two is the rest of the earlier: soon after it, the same change its first
/// suspect, of the same clients or of others that the change reaches too.
fn is_rest(a: &Finding, b: &Finding) -> bool {
    let first = |finding: &Finding| {
        let first = finding.suspects.first()?;
        first.event_ids.first().cloned()
    };
    let soon = a
        .incident
        .end
        .is_none_or(|end| b.incident.onset <= end + SAME_EPISODE);
    let open = [a, b]
        .iter()
        .all(|finding| finding.verdict != Verdict::NoChange);
    let of_client = |finding: &Finding| {
        let first = finding.suspects.first();
        first.is_some_and(|first| matches!(first.change.resource, Resource::Client(..)))
    };
    let (ours, theirs) = (&a.incident.clients, &b.incident.clients);
    open && soon
        && (ours == theirs || !of_client(a))
        && a.incident.user_pool == b.incident.user_pool
        && a.incident.kind == b.incident.kind
        && first(a).is_some()
        && first(a) == first(b)
}

/// Adds a later finding to an earlier one of the same cause.
fn join(into: &mut Finding, other: Finding) {
    let stronger = match (into.incident.kind, other.incident.kind) {
        // Failures say more than silence, whenever it began.
        (Kind::Absence, Kind::Failures) => true,
        (Kind::Failures, Kind::Absence) => false,
        _ => false,
    };
    let incident = joined(&into.incident, &other.incident, stronger);
    if stronger || surer(&other, into) {
        *into = other;
    }
    into.incident = incident;
}

/// Whether one answer is surer of its change than another.
fn surer(a: &Finding, b: &Finding) -> bool {
    let sure = |finding: &Finding| {
        let first = finding.suspects.first();
        let probability = first.map_or(0.0, |first| first.probability);
        (finding.verdict == Verdict::Change, probability)
    };
    sure(a) > sure(b)
}

fn joined(a: &Incident, b: &Incident, b_leads: bool) -> Incident {
    let (lead, other) = if b_leads { (b, a) } else { (a, b) };
    let mut clients = [a.clients.clone(), b.clients.clone()].concat();
    clients.sort();
    clients.dedup();
    let ongoing = [a, b].iter().any(|i| i.end_state == EndState::Ongoing);
    let later = if b.end > a.end { b } else { a };
    let same_kind = lead.kind == other.kind;
    Incident {
        clients,
        end: if ongoing { None } else { a.end.max(b.end) },
        end_state: if ongoing {
            EndState::Ongoing
        } else {
            later.end_state
        },
        recovered: if ongoing { None } else { later.recovered },
        failed: a.failed + b.failed,
        total: a.total + b.total,
        expected: match (a.expected, b.expected) {
            (Some(a), Some(b)) => Some(a + b),
            (one, two) => one.or(two),
        },
        users: match (a.users, b.users) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (one, two) => one.or(two),
        },
        errors: sum(&a.errors, &b.errors),
        grants: if same_kind {
            sum(&a.grants, &b.grants)
        } else {
            lead.grants.clone()
        },
        ..lead.clone()
    }
}

fn sum(a: &BTreeMap<String, u64>, b: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let mut sum = a.clone();
    for (name, count) in b {
        *sum.entry(name.clone()).or_default() += count;
    }
    sum
}
