//! What makes requests fail whatever the settings are: the service, its quotas, providers.

pub mod outside;
pub mod unlogged;
pub mod users;

use std::sync::Arc;

use super::{
    super::{
        model::{Answer, Cause, Effect, HOUR, MINUTE, Millis, SECOND, Step, Trouble, Window},
        rules::{answers, reach},
        truth::iso,
    },
    draft::{Deed, Draft, client as client_of},
    guilty::{self, WHOLE},
    harmless,
};

/// A stretch of time in which many of these requests come.
fn span(draft: &mut Draft, clients: &[usize], steps: &[Step], most: Millis) -> Option<Window> {
    let plans = draft.world.plans.iter();
    let times: Vec<Millis> = plans
        .filter(|plan| {
            clients.contains(&plan.client)
                && plan.doomed.is_none()
                && plan.flow.steps().iter().any(|step| steps.contains(step))
        })
        .map(|plan| plan.at)
        .collect();
    let (at, after) = guilty::moment(draft, &times)?;
    let start = at.max(draft.world.window.start);
    let takes = draft.chance.by_magnitude(8.0 * MINUTE as f64, most as f64) as Millis;
    let enough = after.get(25).or(after.last())? + MINUTE;
    Some(Window {
        start,
        end: (start + takes).max(enough),
    })
}

fn everyone(draft: &Draft) -> Vec<usize> {
    (0..draft.world.estate.clients.len()).collect()
}

fn of_endpoint(endpoint: bool) -> Vec<Step> {
    let steps = Step::ALL.into_iter();
    steps
        .filter(|step| step.is_endpoint() == endpoint)
        .collect()
}

/// Adds a trouble; as a cause.
fn trouble(draft: &mut Draft, trouble: Trouble) -> Cause {
    draft.world.troubles.push(trouble);
    Cause::Trouble(draft.world.troubles.len() - 1)
}

fn told(what: &str, span: Window) -> String {
    format!("{what} from {} to {}", iso(span.start), iso(span.end))
}

/// Cognito fails in part, for all clients of all pools.
pub fn everywhere(draft: &mut Draft, bracketed: bool) -> Option<()> {
    let clients = everyone(draft);
    let span = span(draft, &clients, &Step::ALL, 2 * HOUR)?;
    let share = draft.chance.real(0.35, 0.95);
    let causes = [true, false].map(|endpoint| {
        let effect = answers::fault(endpoint, &mut draft.chance);
        trouble(
            draft,
            Trouble {
                span,
                clients: clients.clone(),
                steps: of_endpoint(endpoint),
                callers: Vec::new(),
                share,
                effect,
            },
        )
    });
    if bracketed {
        bracket(draft, span);
    }
    draft.tell(
        told("Cognito fails in part", span),
        "service-fault",
        causes.to_vec(),
        true,
    );
    Some(())
}

/// Somebody alters something just before, and takes it back just after.
fn bracket(draft: &mut Draft, span: Window) {
    let clients = draft.clients();
    let Some(place) = clients.first() else { return };
    let resource = client_of(*place);
    let before = draft.chance.whole(10, 140) * SECOND;
    let by = draft.by(span.start - before, WHOLE);
    if let Some(deed) = harmless::change(draft, resource) {
        let edit = draft.innocent(by, resource, deed);
        let after = span.end - draft.chance.whole(5, 90) * SECOND;
        draft.innocent(by.later(after - by.at), resource, Deed::Back(edit));
    }
}

/// One step of one pool fails in part.
pub fn one_step(draft: &mut Draft) -> Option<()> {
    let clients = draft.clients();
    let pool = draft.world.estate.clients[*clients.first()?].pool;
    let estate = &draft.world.estate;
    let clients: Vec<usize> = clients
        .into_iter()
        .filter(|client| estate.clients[*client].pool == pool)
        .collect();
    let mut steps: Vec<Step> = clients
        .iter()
        .flat_map(|client| reach::used(estate, *client))
        .collect();
    steps.sort_unstable();
    steps.dedup();
    let step = *draft.chance.pick(&steps);
    let span = span(draft, &clients, &[step], 3 * HOUR)?;
    let effect = answers::fault(step.is_endpoint(), &mut draft.chance);
    let share = draft.chance.real(0.25, 0.7);
    let cause = trouble(
        draft,
        Trouble {
            span,
            clients,
            steps: vec![step],
            callers: Vec::new(),
            share,
            effect,
        },
    );
    draft.tell(
        told("Cognito fails at one step", span),
        "service-fault",
        vec![cause],
        true,
    );
    Some(())
}

/// The identity provider of some clients is ill.
pub fn federation(draft: &mut Draft) -> Option<()> {
    let clients = draft.clients();
    let clients: Vec<usize> = clients
        .into_iter()
        .filter(|place| draft.uses(*place, Step::IdpResponse))
        .collect();
    let pool = draft.world.estate.clients[*clients.first()?].pool;
    let estate = &draft.world.estate;
    let of_pool = clients
        .into_iter()
        .filter(|place| estate.clients[*place].pool == pool);
    let clients: Vec<usize> = of_pool.collect();
    let span = span(draft, &clients, &[Step::IdpResponse], 5 * HOUR)?;
    let message = *draft.chance.pick(&[
        "Timeout occurred in calling IdP token endpoint",
        "Error - 503 error getting token",
        "Connection reset",
        "Read timed out",
    ]);
    let code = *draft
        .chance
        .pick(&["server_error", "invalid_request", "temporarily_unavailable"]);
    let share = draft.chance.real(0.6, 1.0);
    let cause = trouble(
        draft,
        Trouble {
            span,
            clients,
            steps: vec![Step::IdpResponse],
            callers: Vec::new(),
            share,
            effect: refused(code, message, 302),
        },
    );
    if draft.chance.happens(0.3) {
        bracket(draft, span);
    }
    draft.tell(
        told("identity provider is ill", span),
        "service-fault",
        vec![cause],
        true,
    );
    Some(())
}

fn refused(code: &str, message: &str, status: u16) -> Effect {
    Effect::Refused(Arc::new(Answer {
        code: code.to_owned(),
        message: (!message.is_empty()).then(|| message.to_owned()),
        status,
    }))
}

/// More is asked for than the account may.
pub fn throttled(draft: &mut Draft) -> Option<()> {
    let clients = everyone(draft);
    let endpoint = draft.chance.happens(0.6);
    let used: Vec<Step> = clients
        .iter()
        .flat_map(|client| reach::used(&draft.world.estate, *client))
        .filter(|step| step.is_endpoint() == endpoint)
        .collect();
    let span = span(draft, &clients, &used, HOUR)?;
    quota(draft, span, clients, endpoint);
    Some(())
}

fn quota(draft: &mut Draft, span: Window, clients: Vec<usize>, endpoint: bool) {
    let effect = answers::throttled(endpoint, &mut draft.chance);
    let share = draft.chance.real(0.3, 0.75);
    let cause = trouble(
        draft,
        Trouble {
            span,
            clients,
            steps: of_endpoint(endpoint),
            callers: Vec::new(),
            share,
            effect,
        },
    );
    draft.tell(told("a quota is met", span), "quota", vec![cause], true);
}

/// Somebody tests how much an app client bears.
pub fn throttled_by_load(draft: &mut Draft) -> Option<()> {
    let machines = draft.clients().into_iter();
    let machines: Vec<usize> = machines
        .filter(|place| draft.uses(*place, Step::Machine))
        .collect();
    let place = *machines.first()?;
    let clients = everyone(draft);
    let span = span(draft, &[place], &[Step::Machine], 40 * MINUTE)?;
    super::strangers::load(draft, place, span);
    quota(draft, span, clients, true);
    Some(())
}
