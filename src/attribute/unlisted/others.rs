//! Who else: app clients that fail from the same moment, or go on, inside the change's reach and
//! beyond.

use std::collections::BTreeSet;

use super::{Hypothesis, Spread, each, fact};
use crate::{
    attribute::{
        finding::{Evidence, EvidenceKind},
        parameters as p, phrase,
    },
    cognito::setting::Resource,
    detect::Kind,
    ids::{AppClientId, UserPoolId},
};

/// A client that goes on has so many successes, at least.
const GOES_ON: f64 = 4.0;
/// Chances below this gain nothing from others that fail.
const LEAST_CHANCE: f64 = 4e-3;
/// A change is felt by others from so long after the onset on: of failures, of silences, of what
/// spreads slowly.
const FELT: [i64; 3] = [30_000_000, 300_000_000, 3_600_000_000];
/// Others of a silence are usual from this share of their traffic on …
const WELL: f64 = 0.6;
/// … and silent below this one.
const SILENT: f64 = 0.3;

/// Other clients that fail from the same moment.
pub fn fail(hypothesis: &Hypothesis<'_, '_>) -> Option<Evidence> {
    let case = hypothesis.case;
    let failing = case.failing_together();
    if let Resource::Client(_, own) = &hypothesis.change.resource {
        let batch = case.batch_of(hypothesis.index);
        let beyond = failing.iter().filter(|(client, _)| client != own);
        let beyond = beyond.filter(|(client, _)| !batch.contains(client)).count() as f64;
        return beyond_reach(beyond, 0.0);
    }
    let pool = case.incident.user_pool.as_ref();
    let same = |other: &&(AppClientId, Option<UserPoolId>)| other.1.as_ref() == pool;
    let inside = failing.iter().filter(same).count();
    let beyond = (failing.len() - inside) as f64;
    let chance = hypothesis.mechanism.chance.value * hypothesis.mechanism.factor;
    let of_pool = !matches!(hypothesis.change.resource, Resource::Other(..));
    let gains = chance >= LEAST_CHANCE
        && of_pool
        && hypothesis
            .change
            .resource
            .pool()
            .is_none_or(|own| Some(own) == pool);
    let shared = match gains {
        true => inside.saturating_sub(1) as f64,
        false => 0.0,
    };
    beyond_reach(beyond, shared)
}

fn beyond_reach(beyond: f64, shared: f64) -> Option<Evidence> {
    let weight = each(beyond, p::BEYOND, p::BEYOND_MOST) + each(shared, p::SHARED, p::SHARED_MOST);
    let text = match (beyond > 0.0, shared > 0.0) {
        (true, _) => format!(
            "{} that it does not reach fail from the same moment.",
            phrase::count(beyond, "other app client")
        ),
        (_, true) => format!(
            "{} of its reach fail from the same moment.",
            phrase::count(shared, "other app client")
        ),
        _ => return None,
    };
    Some(fact(EvidenceKind::Scope, weight, text))
}

/// Clients in the reach of a change to pool, trigger, domain or web ACL that go on all the while.
pub fn go_on(hypothesis: &Hypothesis<'_, '_>) -> Option<Evidence> {
    let reaches_all = matches!(
        hypothesis.change.resource,
        Resource::Pool(_) | Resource::Domain(..) | Resource::Function(_) | Resource::Firewall(_)
    );
    if !reaches_all {
        return None;
    }
    let case = hypothesis.case;
    let felt = match (case.incident.kind, hypothesis.mechanism.spread) {
        (Kind::Failures, _) => FELT[0],
        (Kind::Absence, Spread::Fast) => FELT[1],
        (Kind::Absence, Spread::Slow) => FELT[2],
    };
    let start = hypothesis.onset().max(hypothesis.made().0) + felt;
    let failing: BTreeSet<AppClientId> = case
        .failing_together()
        .into_iter()
        .map(|(client, _)| client)
        .collect();
    let count = |going_on: Vec<AppClientId>| {
        let well = going_on.iter().filter(|client| !failing.contains(*client));
        well.count() as f64
    };
    let at_same_steps = count(case.others_at_same_steps(start, case.end(), GOES_ON));
    let well = count(case.others_at_any_step(start, case.end(), GOES_ON));
    let (count, weight) = match at_same_steps > 0.0 {
        true => (at_same_steps, each(at_same_steps, p::WELL, p::WELL_MOST)),
        false => (well, each(well, p::WELL_OTHERWISE, p::WELL_OTHERWISE_MOST)),
    };
    let text = format!(
        "{} in its reach went on all the while.",
        phrase::count(count, "other app client")
    );
    (count > 0.0).then(|| fact(EvidenceKind::Scope, weight, text))
}

/// Of a silence: whether the traffic of others goes on.
pub fn control(hypothesis: &Hypothesis<'_, '_>) -> Option<Evidence> {
    if hypothesis.case.incident.kind != Kind::Absence {
        return None;
    }
    let share = hypothesis.case.control()?;
    let weight = match share {
        _ if share > WELL => p::CONTROL_WELL,
        _ if share < SILENT => p::CONTROL_SILENT,
        _ => return None,
    };
    let text = format!(
        "Other app clients have {:.0} % of their usual traffic meanwhile.",
        100.0 * share
    );
    Some(fact(EvidenceKind::Scope, weight.value, text))
}
