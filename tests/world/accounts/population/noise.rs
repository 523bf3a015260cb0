//! What an application log is full of and means nothing: services that restart, load tests and
//! strangers.

pub mod chronic;

use std::sync::Arc;

use super::{
    super::{
        chance::Chance,
        model::{
            Answer, Asks, Client, DAY, Flow, Habit, MINUTE, Millis, Nature, Plan, SECOND, Step,
            Window, World,
        },
    },
    LOAD_GENERATOR, STRANGERS,
    draft::{self, Drafts, answer},
    mistakes::answers,
};

/// Share of the accounts in which a load test runs, and in which strangers come by.
const LOAD_TESTED: f64 = 0.04;
const SCANNED: f64 = 0.15;

/// Of a service that restarts badly, restarts a day at most, and those that nobody asked for.
const RESTARTS: f64 = 1.5;
const BY_ITSELF: f64 = 0.2;

/// Services that restart: two to six requests fail within seconds, mostly because somebody has just
/// deployed them (a workload and a time each).
pub fn restarts(
    world: &World,
    deploys: &[(usize, Millis)],
    chance: &mut Chance,
    drafts: &mut Drafts,
) {
    let window = world.window;
    let days = window.length() as f64 / DAY as f64;
    for workload in 0..world.estate.workloads.len() {
        if !chance.happens(world.rates.of("noise.restarts")) {
            continue;
        }
        let own = deploys.iter().filter(|(of, _)| *of == workload);
        let own: Vec<Millis> = own
            .map(|(_, at)| *at)
            .filter(|at| window.holds(*at))
            .collect();
        let badly = chance
            .real(0.4, 0.9)
            .min(RESTARTS * days.max(0.7) / own.len().max(1) as f64);
        for deploy in own {
            if chance.happens(badly) {
                let at = deploy + chance.whole(15 * SECOND, 4 * MINUTE);
                restart(world, workload, Some(at), chance, drafts);
            }
        }
        for _ in 0..chance.poisson(BY_ITSELF * days) {
            restart(world, workload, None, chance, drafts);
        }
    }
}

/// At this time, if somebody uses the service then, or at any at which somebody does.
fn restart(
    world: &World,
    workload: usize,
    at: Option<Millis>,
    chance: &mut Chance,
    drafts: &mut Drafts,
) {
    let clients = world.estate.clients.iter().enumerate();
    let clients: Vec<usize> = clients
        .filter(|(_, app)| app.workload == workload && !app.callers.is_empty())
        .map(|(client, _)| client)
        .collect();
    if clients.is_empty() {
        return;
    }
    let client = *chance.pick(&clients);
    let app = &world.estate.clients[client];
    let Some((flow, asks)) = of_backend(app) else {
        return;
    };
    let near = |time: Millis| at.is_none_or(|at| (time - at).abs() < 30 * MINUTE);
    let plans = world.plans.iter();
    let plans = plans.filter(|plan| plan.client == client && plan.doomed.is_none());
    let times: Vec<Millis> = plans.map(|plan| plan.at).filter(|at| near(*at)).collect();
    if times.is_empty() {
        return;
    }
    let at = at.unwrap_or_else(|| *chance.pick(&times));
    // One task starts; a page that is loaded again is that of one or two people.
    let few: Vec<usize> = (0..chance.whole(1, 2))
        .map(|_| *chance.pick(&app.callers))
        .collect();
    for _ in 0..chance.whole(2, 6) {
        let caller = *chance.pick(&few);
        let at = at + chance.time(0, 25 * SECOND);
        drafts.add(Plan {
            doomed: Some(lost_memory(flow)),
            ..draft::plan(client, caller, flow, asks, at)
        });
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

/// What a service that has just started does wrong: it has no session or no secret yet.
fn lost_memory(flow: Flow) -> Arc<Answer> {
    match flow {
        Flow::Stray(_) => answer("invalid_grant", None, 400),
        Flow::AdminPassword => answer(
            "NotAuthorizedException",
            Some("Unable to verify secret hash for client"),
            400,
        ),
        _ => answer("invalid_client", None, 400),
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
        Flow::Silent => answers::spent_code(&answers::Taste::draw(chance), chance),
        Flow::Refresh | Flow::ApiRefresh | Flow::ApiRotate => {
            answers::spent_token(habit.flow, &answers::Taste::draw(chance), chance)
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
            at += chance.wait(7.0 * MINUTE as f64) as Millis + 20 * SECOND;
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
