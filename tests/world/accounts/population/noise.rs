//! What an application log is full of and means nothing: services that restart, load tests and
//! strangers.

pub mod chronic;

use std::sync::Arc;

use super::{
    super::{
        chance::Chance,
        model::{
            Answer, Asks, Client, DAY, Flow, Habit, MINUTE, Millis, Nature, Plan, SECOND, Step,
            Tool, Window, World,
        },
    },
    LOAD_GENERATOR, STRANGERS,
    draft::{self, Drafts, answer},
    mistakes::answers,
};

/// Share of the accounts in which a load test runs, and in which strangers come by.
const LOAD_TESTED: f64 = 0.04;
const SCANNED: f64 = 0.15;

/// Services that restart: two to six requests fail within seconds. Some restart because somebody
/// deploys them, others for reasons of their own.
pub fn restarts(world: &World, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
    let deploys: Vec<Millis> = world
        .writes
        .iter()
        .filter(|write| world.estate.actors[write.actor].tool == Tool::Pipeline)
        .map(|write| write.at)
        .filter(|at| span.holds(*at))
        .collect();
    for workload in 0..world.estate.workloads.len() {
        if !chance.happens(world.rates.of("noise.restarts")) {
            continue;
        }
        let days = span.length() as f64 / DAY as f64;
        let per_day = chance.by_magnitude(0.3, 3.0);
        for _ in 0..chance.poisson(per_day * days) {
            let by_deploy = !deploys.is_empty() && chance.happens(0.5);
            let deploy = by_deploy.then(|| *chance.pick(&deploys));
            restart(world, workload, deploy, span, chance, drafts);
        }
    }
}

/// Soon after a deploy, or at a time when somebody uses the service.
fn restart(
    world: &World,
    workload: usize,
    deploy: Option<Millis>,
    span: Window,
    chance: &mut Chance,
    drafts: &mut Drafts,
) {
    let clients: Vec<usize> = (0..world.estate.clients.len())
        .filter(|client| world.estate.clients[*client].workload == workload)
        .filter(|client| !world.estate.clients[*client].callers.is_empty())
        .collect();
    if clients.is_empty() {
        return;
    }
    let client = *chance.pick(&clients);
    let app = &world.estate.clients[client];
    let Some((flow, asks)) = of_backend(app) else {
        return;
    };
    let at = match deploy {
        Some(deploy) => deploy + chance.whole(10 * SECOND, 4 * MINUTE),
        None => {
            let times = drafts.times(client, span);
            if times.is_empty() {
                return;
            }
            *chance.pick(&times)
        }
    };
    for _ in 0..chance.whole(2, 6) {
        let caller = *chance.pick(&app.callers);
        let at = at + chance.time(0, 12 * SECOND);
        drafts.add(Plan {
            doomed: Some(lost_memory(flow, chance)),
            ..draft::plan(client, caller, flow, asks, at)
        });
        if flow == Flow::Machine {
            let right = at + chance.whole(5 * SECOND, 30 * SECOND);
            drafts.add(draft::plan(client, caller, flow, asks, right));
        }
    }
}

/// A request that a service sends itself.
fn of_backend(app: &Client) -> Option<(Flow, &Arc<Asks>)> {
    app.habits.iter().find_map(|habit| {
        let sends = match habit.flow {
            Flow::Hosted | Flow::Federated | Flow::Silent if app.nature == Nature::Web => {
                Flow::Stray(Step::Code)
            }
            Flow::Machine | Flow::AdminPassword => habit.flow,
            _ => return None,
        };
        Some((sends, &habit.asks))
    })
}

/// What a service that has just started does wrong.
fn lost_memory(flow: Flow, chance: &mut Chance) -> Arc<Answer> {
    match flow {
        Flow::Stray(_) => answer("invalid_grant", None, 400),
        Flow::AdminPassword => answer(
            "NotAuthorizedException",
            Some("Unable to verify secret hash for client"),
            400,
        ),
        _ => {
            let code = *chance.pick(&["invalid_client", "invalid_request"]);
            answer(code, None, 400)
        }
    }
}

/// Now and then somebody tests how much an app client bears.
pub fn load_test(world: &World, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
    if !chance.happens(LOAD_TESTED) || world.estate.clients.is_empty() {
        return;
    }
    let client = chance.whole(0, world.estate.clients.len() as i64 - 1) as usize;
    let app = &world.estate.clients[client];
    let Some(habit) = app.habits.first() else {
        return;
    };
    let start = chance.time(span.start, span.end);
    let length = chance.whole(5, 40) * MINUTE;
    for _ in 0..chance.by_magnitude(1_000.0, 6_000.0) as usize / habit.flow.steps().len() {
        // Slowly at first.
        let at = start + (length as f64 * chance.unit().sqrt()) as Millis;
        let doomed = chance.happens(app.usual_failures);
        drafts.add(Plan {
            doomed: doomed.then(|| usual_answer(world, client, habit, chance)),
            ..draft::plan(client, LOAD_GENERATOR, habit.flow, &habit.asks, at)
        });
    }
}

fn usual_answer(world: &World, client: usize, habit: &Habit, chance: &mut Chance) -> Arc<Answer> {
    match habit.flow {
        Flow::Machine => answer("TooManyRequestsException", Some("Rate exceeded"), 429),
        Flow::Silent => answers::spent_code(chance),
        Flow::Refresh | Flow::ApiRefresh | Flow::ApiRotate => {
            answers::spent_token(habit.flow, chance)
        }
        _ => answers::wrong_password(world, client, chance),
    }
}

/// Strangers who try a few doors.
pub fn scans(world: &World, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
    if !chance.happens(SCANNED) || world.estate.clients.is_empty() {
        return;
    }
    for _ in 0..chance.whole(1, 2) {
        let client = chance.whole(0, world.estate.clients.len() as i64 - 1) as usize;
        let caller = chance.whole(0, STRANGERS as i64 - 1) as usize;
        let by_api = world.estate.clients[client].host.is_none();
        let mut at = chance.time(span.start, span.end);
        for _ in 0..chance.whole(3, 9) {
            let (step, answer) = door(by_api, chance);
            let asks = Arc::new(Asks::default());
            drafts.add(Plan {
                doomed: Some(answer),
                ..draft::plan(client, caller, Flow::Stray(step), &asks, at)
            });
            at += chance.wait(MINUTE as f64) as Millis + 300;
        }
    }
}

fn door(by_api: bool, chance: &mut Chance) -> (Step, Arc<Answer>) {
    if by_api {
        let message = "Incorrect username or password.";
        return (
            Step::Password,
            answer("NotAuthorizedException", Some(message), 400),
        );
    }
    match chance.whole(0, 2) {
        0 => (Step::Code, answer("invalid_request", None, 400)),
        1 => (Step::Machine, answer("invalid_client", None, 400)),
        _ => (Step::Refresh, answer("invalid_grant", None, 400)),
    }
}
