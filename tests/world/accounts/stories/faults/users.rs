//! Users whom a script signs out or disables by the hundred.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::{
    super::model::{Cause, Flow, MINUTE, Millis, Plan, SECOND, Step, Tool, Trouble, Window},
    calls::COGNITO,
    draft::{Draft, pool as pool_of},
    harmless::object,
};
use super::{refused, span, told, trouble};

const REFRESH: [Step; 3] = [Step::Refresh, Step::ApiRefresh, Step::ApiRotate];

/// Somebody whom a script deals with, and when.
struct Hit {
    caller: usize,
    at: Millis,
}

/// Many users of a pool are dealt with by a script: when, at which app clients, and whom.
fn bulk(draft: &mut Draft, call: &'static str) -> Option<(Window, Vec<usize>, Vec<Hit>)> {
    let clients = draft.clients();
    let clients: Vec<usize> = clients
        .into_iter()
        .filter(|place| REFRESH.iter().any(|step| draft.uses(*place, *step)))
        .collect();
    let pool = draft.world.estate.clients[*clients.first()?].pool;
    let estate = &draft.world.estate;
    let of_pool = clients
        .into_iter()
        .filter(|place| estate.clients[*place].pool == pool);
    let clients: Vec<usize> = of_pool.collect();
    let mut span = span(draft, &clients, &REFRESH, 40 * MINUTE)?;
    let mut callers = users(draft, &clients, span.start);
    if callers.is_empty() {
        return None;
    }
    callers.truncate(draft.chance.whole(40, 400) as usize);
    let each = draft.chance.whole(300, 2_500);
    span.end = span.start + callers.len() as i64 * each;
    let by = draft.by(span.start, &[Tool::Script, Tool::Cli]);
    let pool_id = draft.world.estate.pools[pool].id.clone();
    let mut hits = Vec::new();
    for (nth, caller) in callers.into_iter().enumerate() {
        let by = by.later(nth as i64 * each);
        let said =
            object(json!({"userPoolId": pool_id, "username": "HIDDEN_DUE_TO_SECURITY_REASONS"}));
        draft.mark(by, pool_of(pool), (COGNITO, call), said);
        hits.push(Hit { caller, at: by.at });
    }
    draft.busy.insert(pool);
    Some((span, clients, hits))
}

/// Users of app clients in any order; those first who still have a session, for the most part.
fn users(draft: &mut Draft, clients: &[usize], at: Millis) -> Vec<usize> {
    let renews: BTreeSet<usize> = draft
        .world
        .plans
        .iter()
        .filter(|plan| clients.contains(&plan.client) && plan.at > at && is_renewal(plan.flow))
        .map(|plan| plan.caller)
        .collect();
    let estate = &draft.world.estate;
    let all = clients
        .iter()
        .flat_map(|place| &estate.clients[*place].callers);
    let mut users: Vec<usize> = all
        .copied()
        .filter(|caller| estate.callers[*caller].user.is_some())
        .collect();
    draft.chance.shuffle(&mut users);
    users.sort_by_key(|caller| !renews.contains(caller));
    // Some have no session any more.
    let idle = draft.chance.real(0.0, 0.4);
    let held = users.partition_point(|caller| renews.contains(caller));
    users.truncate(held + (held as f64 * idle) as usize);
    draft.chance.shuffle(&mut users);
    users
}

fn is_renewal(flow: Flow) -> bool {
    matches!(flow, Flow::Refresh | Flow::ApiRefresh | Flow::ApiRotate)
}

/// Requests of one user that are refused from a moment on, by endpoint and API.
fn refusals(
    draft: &mut Draft,
    clients: &[usize],
    hit: &Hit,
    until: Millis,
    (steps, message): (&[Step], &str),
) -> Vec<Cause> {
    let causes = [true, false].into_iter().filter_map(|endpoint| {
        let effect = match endpoint {
            true => refused("invalid_grant", "", 400),
            false => refused("NotAuthorizedException", message, 400),
        };
        let steps = steps.iter().copied();
        let steps: Vec<Step> = steps
            .filter(|step| step.is_endpoint() == endpoint)
            .filter(|step| clients.iter().any(|client| draft.uses(*client, *step)))
            .collect();
        let it = Trouble {
            span: Window {
                start: hit.at,
                end: until,
            },
            clients: clients.to_vec(),
            steps,
            callers: vec![hit.caller],
            share: 1.0,
            effect,
        };
        (!it.steps.is_empty()).then(|| trouble(draft, it))
    });
    causes.collect()
}

/// Users are signed out everywhere: each session ends at its next renewal, and who is still there
/// signs in again.
pub fn signed_out(draft: &mut Draft) -> Option<()> {
    let (span, clients, hits) = bulk(draft, "AdminUserGlobalSignOut")?;
    let mut causes = Vec::new();
    for hit in hits {
        let Some(until) = signs_in_again(draft, &clients, &hit) else {
            continue;
        };
        let refused = (&REFRESH[..], "Refresh Token has been revoked");
        causes.extend(refusals(draft, &clients, &hit, until, refused));
    }
    if causes.is_empty() {
        return None;
    }
    draft.tell(
        told("users are signed out by a script", span),
        "sign-outs",
        causes,
        false,
    );
    Some(())
}

/// When a user has signed in again who was signed out: by plan, or soon after a renewal has failed.
fn signs_in_again(draft: &mut Draft, clients: &[usize], hit: &Hit) -> Option<Millis> {
    let plans = draft.world.plans.iter();
    let own = plans.filter(|plan| {
        plan.caller == hit.caller && clients.contains(&plan.client) && plan.at >= hit.at
    });
    let own: Vec<&Plan> = own.filter(|plan| plan.doomed.is_none()).collect();
    let first = own.iter().find(|plan| is_renewal(plan.flow))?;
    if let Some(anew) = own.iter().find(|plan| is_sign_in(plan.flow))
        && anew.at <= first.at
    {
        return None;
    }
    let (client, caller, failed) = (first.client, first.caller, first.at);
    let habits = &draft.world.estate.clients[client].habits;
    let habit = habits.iter().find(|habit| is_sign_in(habit.flow))?.clone();
    let until = failed + draft.chance.whole(30, 400) * SECOND;
    let id = draft.stranger();
    draft.world.plans.push(Plan {
        id,
        at: until,
        client,
        caller,
        flow: habit.flow,
        asks: habit.asks,
        token_age: 0,
        after: None,
        retries: 0,
        retry_after: 0,
        doomed: None,
    });
    Some(until)
}

fn is_sign_in(flow: Flow) -> bool {
    use Flow::{AdminPassword, Federated, Hosted, Password, Srp};
    matches!(flow, Hosted | Federated | Password | Srp | AdminPassword)
}

/// Users are disabled by a script.
pub fn revoked(draft: &mut Draft) -> Option<()> {
    let (span, clients, hits) = bulk(draft, "AdminDisableUser")?;
    let end = draft.world.window.end;
    let steps = [
        &REFRESH[..],
        &[Step::Password, Step::SrpReply, Step::LoginPost],
    ]
    .concat();
    let mut causes = Vec::new();
    for hit in hits {
        let refused = (&steps[..], "User is disabled.");
        causes.extend(refusals(draft, &clients, &hit, end, refused));
    }
    draft.tell(
        told("users are disabled by a script", span),
        "sign-outs",
        causes,
        false,
    );
    Some(())
}
