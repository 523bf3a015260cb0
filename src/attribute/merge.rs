//! One cause, one incident: outages that one change explains become one.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::finding::{Finding, Suspect, Verdict};
use crate::{
    cognito::{history::ConfigChange, setting::Resource},
    detect::{EndState, Incident, Kind, recount},
    frame::Cells,
    ids::EventId,
};

/// Episodes of one cause so near to each other are one incident.
const SAME_EPISODE: TimeDelta = TimeDelta::minutes(10);
/// Outages of app clients that nobody explains are one if they begin …
const BEGUN_TOGETHER: TimeDelta = TimeDelta::minutes(15);
/// … or end so near to each other: a rare client fails late.
const ENDED_TOGETHER: TimeDelta = TimeDelta::minutes(5);
/// Onsets so near to each other are one.
const SAME_ONSET: TimeDelta = TimeDelta::seconds(60);
/// Calls of one batch follow each other this closely, …
const BATCH: TimeDelta = TimeDelta::seconds(90);
/// … or this closely, where they alter the same.
const LONG_BATCH: TimeDelta = TimeDelta::minutes(15);

/// Joins outages that no change explains, and that begin or end together in one pool with the same
/// errors; each such group is explained anew, as one.
pub fn together(
    findings: Vec<Finding>,
    cells: &Cells,
    explain: impl Fn(Incident) -> Finding,
) -> Vec<Finding> {
    let mut groups: Vec<(Finding, bool)> = Vec::new();
    for finding in findings {
        let unnamed = finding.named().is_none();
        let found = groups.iter_mut().find(|(other, _)| {
            unnamed && other.named().is_none() && are_together(&other.incident, &finding.incident)
        });
        match found {
            Some((other, joined)) => {
                join(other, finding);
                recount(&mut other.incident, cells);
                *joined = true;
            }
            None => groups.push((finding, false)),
        }
    }
    let groups = groups.into_iter();
    let explained = groups.map(|(finding, joined)| match joined {
        true => explain(finding.incident),
        false => finding,
    });
    explained.collect()
}

/// Whether two outages of different app clients look like one.
fn are_together(a: &Incident, b: &Incident) -> bool {
    let apart = (a.onset - b.onset).abs();
    let ends = a.end.zip(b.end).map(|(a, b)| (a - b).abs());
    let overlap = [(a, b), (b, a)]
        .iter()
        .all(|(a, b)| a.end.is_none_or(|end| b.onset <= end));
    let close = apart <= BEGUN_TOGETHER || ends.is_some_and(|apart| apart <= ENDED_TOGETHER);
    let place = a.user_pool == b.user_pool && share_errors(a, b) || is_ill(a) && is_ill(b);
    place && a.kind == b.kind && overlap && close
}

fn share_errors(a: &Incident, b: &Incident) -> bool {
    a.errors.keys().any(|code| b.errors.contains_key(code))
}

/// Whether most of the errors are of the server, so that other pools may have them too.
fn is_ill(incident: &Incident) -> bool {
    let errors = incident.errors.iter();
    let server = errors.filter(|(code, _)| is_server_error(code));
    let server: u64 = server.map(|(_, count)| count).sum();
    2 * server > incident.failed
}

fn is_server_error(code: &str) -> bool {
    let code = code.to_lowercase();
    code.starts_with("http_5") || code.contains("server") || code.contains("internalerror")
}

/// Joins findings that name the same change, or changes of one batch, and findings without a guilty change that are one
/// spell of the same clients and errors.
pub fn merge(findings: Vec<Finding>, cells: &Cells) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    for finding in findings {
        match merged.iter_mut().find(|other| is_one(other, &finding)) {
            Some(other) => {
                join(other, finding);
                recount(&mut other.incident, cells);
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
        (Some(first), Some(second)) if first == second => true,
        (Some(_), Some(_)) => are_of_one_batch(a, b),
        (None, None) => {
            let overlap = a.incident.end.is_none_or(|end| b.incident.onset <= end);
            a.incident.user_pool == b.incident.user_pool
                && a.incident.clients == b.incident.clients
                && a.incident.kind == b.incident.kind
                && a.incident.errors.keys().next() == b.incident.errors.keys().next()
                && overlap
                || is_rest(a, b)
        }
        (Some(_), None) => is_rest(a, b) || is_beside(b, a),
        (None, Some(_)) => is_rest(a, b) || is_beside(a, b),
    }
}

/// Whether an outage without a cause is of app clients that a named change broke just then, or of others
/// that it reaches and that begin to fail with them.
fn is_beside(unnamed: &Finding, named: &Finding) -> bool {
    let (ours, theirs) = (&unnamed.incident, &named.incident);
    let begun = ours.onset >= theirs.onset - SAME_ONSET;
    let overlap = begun && theirs.end.is_none_or(|end| ours.onset <= end);
    let same = ours.user_pool == theirs.user_pool && !ours.clients.is_empty();
    let known = ours
        .clients
        .iter()
        .all(|client| theirs.clients.contains(client));
    let first = named.suspects.first();
    let of_client =
        first.is_some_and(|first| matches!(first.change.resource, Resource::Client(..)));
    let soon = ours.onset <= theirs.onset + BEGUN_TOGETHER && share_errors(ours, theirs);
    overlap && same && (known || soon && !of_client)
}

/// Whether two name changes of one batch: the same call by the same actor to app clients of one pool, and
/// what each broke began to fail with the rest.
fn are_of_one_batch(a: &Finding, b: &Finding) -> bool {
    let change = |finding: &Finding| Some(finding.named()?.change.clone());
    let Some((first, second)) = change(a).zip(change(b)) else {
        return false;
    };
    is_batch(&first, &second) && is_soon(a, b)
}

fn is_batch(a: &ConfigChange, b: &ConfigChange) -> bool {
    let apart = (a.change.time - b.change.time).abs();
    let alike = a.change.actor == b.change.actor && a.change.name == b.change.name;
    let near = apart <= BATCH || apart <= LONG_BATCH && a.diff == b.diff;
    match (&a.resource, &b.resource) {
        (Resource::Client(pool, one), Resource::Client(other, two)) => {
            pool == other && one != two && alike && near
        }
        _ => false,
    }
}

/// Whether the later of two begins before the earlier ends, or soon after.
fn is_soon(a: &Finding, b: &Finding) -> bool {
    let end = a.incident.end;
    end.is_none_or(|end| b.incident.onset <= end + SAME_EPISODE)
}

/// Whether the later of two is the rest of the earlier: soon after it, the same change its first
/// suspect, of the same clients or of others that the change reaches too.
pub(super) fn is_rest(a: &Finding, b: &Finding) -> bool {
    let first = |finding: &Finding| {
        let first = finding.suspects.first()?;
        first.event_ids.first().cloned()
    };
    let open = [a, b]
        .iter()
        .all(|finding| finding.verdict != Verdict::NoChange);
    let of_client = |finding: &Finding| {
        let first = finding.suspects.first();
        first.is_some_and(|first| matches!(first.change.resource, Resource::Client(..)))
    };
    let (ours, theirs) = (&a.incident.clients, &b.incident.clients);
    open && is_soon(a, b)
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
    let mut beside = other;
    if stronger || surer(&beside, into) {
        std::mem::swap(into, &mut beside);
    }
    if let (Verdict::Change, Some(first), Some(second)) = (
        beside.verdict,
        into.suspects.first_mut(),
        beside.suspects.first(),
    ) {
        add_member(first, second);
    }
    into.incident = incident;
}

/// Adds to a suspect what another change of its batch did, and how that is undone.
fn add_member(suspect: &mut Suspect, member: &Suspect) {
    let known = |id: &EventId| suspect.event_ids.contains(id);
    if member.event_ids.iter().all(known) {
        return;
    }
    let steps = member.undo.iter().flat_map(|undo| undo.steps.clone());
    let command = member.undo.iter().filter_map(|undo| {
        let command = undo.command.as_deref()?;
        let Resource::Client(_, client) = &member.change.resource else {
            return None;
        };
        Some(format!("The same for app client {client}: {command}"))
    });
    let steps: Vec<String> = command.chain(steps).collect();
    if let Some(undo) = &mut suspect.undo {
        undo.steps.extend(steps);
    }
    let new = member.event_ids.iter().cloned();
    suspect.event_ids.extend(new);
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
