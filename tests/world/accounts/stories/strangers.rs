//! Callers that are none of the application's: they try, fail, and nobody has to get up.

use std::sync::Arc;

use super::{
    super::model::{
        Answer, Asks, Caller, Cause, Flow, HOUR, MINUTE, Millis, Plan, SECOND, Step, Window,
    },
    draft::Draft,
    guilty, releases,
};

const AGENTS: [&str; 5] = [
    "python-requests/2.31.0",
    "Go-http-client/1.1",
    "curl/8.5.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
    "okhttp/3.14.9",
];

/// An address from one of the ranges of documentation.
fn address(draft: &mut Draft) -> String {
    let last = draft.chance.whole(1, 254);
    match draft.chance.whole(0, 3) {
        0 => format!("192.0.2.{last}"),
        1 => format!("198.51.100.{last}"),
        2 => format!("203.0.113.{last}"),
        _ => format!("2001:db8:{:x}::{last:x}", draft.chance.whole(1, 65_535)),
    }
}

/// Adds callers; their places.
fn callers(draft: &mut Draft, count: i64, agent: &str) -> Vec<usize> {
    let first = draft.world.estate.callers.len();
    for _ in 0..count {
        let address = address(draft);
        draft.world.estate.callers.push(Caller {
            address,
            agent: agent.to_owned(),
            user: None,
        });
    }
    (first..draft.world.estate.callers.len()).collect()
}

/// Adds a plan of a stranger; its id.
fn plan(draft: &mut Draft, at: Millis, client: usize, caller: usize, flow: Flow) -> u32 {
    let id = draft.stranger();
    draft.world.plans.push(Plan {
        id,
        at,
        client,
        caller,
        flow,
        asks: Arc::new(Asks::default()),
        token_age: 0,
        after: None,
        retries: 0,
        retry_after: 0,
        doomed: None,
    });
    id
}

fn answer(code: &str, message: &str) -> Arc<Answer> {
    Arc::new(Answer {
        code: code.to_owned(),
        message: (!message.is_empty()).then(|| message.to_owned()),
        status: 400,
    })
}

/// What a flood consists of.
struct Flood {
    client: usize,
    flow: Flow,
    span: Window,
    count: i64,
    callers: Vec<usize>,
    answer: Arc<Answer>,
    asks: Arc<Asks>,
}

fn flood(draft: &mut Draft, flood: Flood, told: &str) {
    let mut causes = Vec::new();
    for _ in 0..flood.count {
        let at = draft.chance.time(flood.span.start, flood.span.end);
        let caller = *draft.chance.pick(&flood.callers);
        let id = plan(draft, at, flood.client, caller, flood.flow);
        if let Some(plan) = draft.world.plans.last_mut() {
            plan.doomed = Some(Arc::clone(&flood.answer));
            plan.asks = Arc::clone(&flood.asks);
        }
        causes.push(Cause::Plan(id));
    }
    draft.tell(told, "strangers", causes, false);
}

/// An app client that is used at one of these steps, and a stretch of time.
fn target(draft: &mut Draft, steps: &[Step], most: Millis) -> Option<(usize, Step, Window)> {
    let clients = draft.clients();
    for client in clients {
        let Some(step) = steps.iter().find(|step| draft.uses(client, **step)) else {
            continue;
        };
        let times = releases::times(draft, client, steps);
        if let Some((at, _)) = guilty::moment(draft, &times) {
            let start = at.max(draft.world.window.start);
            let takes = draft.chance.by_magnitude(3.0 * MINUTE as f64, most as f64) as Millis;
            let end = (start + takes).min(draft.world.window.end);
            return (start < end).then_some((client, *step, Window { start, end }));
        }
    }
    None
}

/// Somebody alters something harmless about then, sometimes.
fn coincidence(draft: &mut Draft, span: Window) {
    if draft.chance.happens(0.5) {
        let at = span.start - draft.chance.whole(5, 600) * SECOND;
        super::background::harmless_change(draft, at);
    }
}

pub fn passwords(draft: &mut Draft) -> Option<()> {
    let steps = [
        Step::Password,
        Step::LoginPost,
        Step::SrpReply,
        Step::AdminPassword,
    ];
    let (client, step, span) = target(draft, &steps, 2 * HOUR)?;
    let count = draft.chance.by_magnitude(60.0, 900.0) as i64;
    let many = draft.chance.by_magnitude(1.0, 60.0) as i64;
    let agent = *draft.chance.pick(&AGENTS);
    let callers = callers(draft, many, agent);
    coincidence(draft, span);
    let it = Flood {
        client,
        flow: Flow::Stray(step),
        span,
        count,
        callers,
        answer: answer("NotAuthorizedException", "Incorrect username or password."),
        asks: Arc::default(),
    };
    flood(draft, it, "strangers try passwords");
    Some(())
}

pub fn tokens(draft: &mut Draft) -> Option<()> {
    let steps = [Step::Machine, Step::Code, Step::Refresh];
    let (client, step, span) = target(draft, &steps, 3 * HOUR)?;
    let count = draft.chance.by_magnitude(60.0, 700.0) as i64;
    let many = draft.chance.by_magnitude(1.0, 12.0) as i64;
    let agent = *draft.chance.pick(&AGENTS);
    let callers = callers(draft, many, agent);
    coincidence(draft, span);
    let code = *draft
        .chance
        .pick(&["invalid_client", "invalid_grant", "invalid_request"]);
    let it = Flood {
        client,
        flow: Flow::Stray(step),
        span,
        count,
        callers,
        answer: answer(code, ""),
        asks: Arc::default(),
    };
    flood(draft, it, "a stranger asks for tokens");
    Some(())
}

/// A device that tries again and again with a token of long ago.
pub fn stale(draft: &mut Draft) -> Option<()> {
    let steps = [Step::Refresh, Step::ApiRefresh, Step::ApiRotate];
    let (client, step, span) = target(draft, &steps, 10 * HOUR)?;
    let count = draft.chance.by_magnitude(50.0, 500.0) as i64;
    let agent = *draft.chance.pick(&AGENTS);
    let callers = callers(draft, 1, agent);
    coincidence(draft, span);
    let answer = match step.is_endpoint() {
        true => answer("invalid_grant", ""),
        false => answer("NotAuthorizedException", "Refresh Token has expired"),
    };
    let it = Flood {
        client,
        flow: Flow::Stray(step),
        span,
        count,
        callers,
        answer,
        asks: Arc::default(),
    };
    flood(draft, it, "one caller tries a stale token again and again");
    Some(())
}

/// An instance that somebody started from an old image.
pub fn old_instance(draft: &mut Draft) -> Option<()> {
    let steps = [Step::Machine, Step::AdminPassword, Step::Code];
    let (client, step, mut span) = target(draft, &steps, 10 * HOUR)?;
    span.end = draft.world.window.end;
    let spacing = draft
        .chance
        .by_magnitude(20.0 * SECOND as f64, 10.0 * MINUTE as f64) as i64;
    let count = (span.length() / spacing).clamp(10, 900);
    let agent = draft.world.estate.callers[*draft.world.estate.clients[client].callers.first()?]
        .agent
        .clone();
    let callers = callers(draft, 1, &agent);
    let answer = match step.is_endpoint() {
        true => answer("invalid_client", ""),
        false => answer(
            "NotAuthorizedException",
            "Unable to verify secret hash for client",
        ),
    };
    let it = Flood {
        client,
        flow: Flow::Stray(step),
        span,
        count,
        callers,
        answer,
        asks: Arc::default(),
    };
    flood(draft, it, "an old instance holds an old secret");
    Some(())
}

/// Many requests of an app client's own callers, at once.
pub fn load(draft: &mut Draft, client: usize, span: Window) {
    let habits = draft.world.estate.clients[client].habits.iter();
    let asks = habits
        .filter(|habit| habit.flow == Flow::Machine)
        .map(|habit| Arc::clone(&habit.asks))
        .next();
    let Some(asks) = asks else { return };
    let callers = draft.world.estate.clients[client].callers.clone();
    for _ in 0..draft.chance.whole(1_000, 6_000) {
        let at = draft
            .chance
            .time(span.start, span.end.min(draft.world.window.end));
        let caller = *draft.chance.pick(&callers);
        plan(draft, at, client, caller, Flow::Machine);
        if let Some(plan) = draft.world.plans.last_mut() {
            plan.asks = Arc::clone(&asks);
        }
    }
}
