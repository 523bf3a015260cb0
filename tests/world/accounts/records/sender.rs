//! Who sends a request, as AWS sees it: somebody's browser, a task of a service, or a stranger.

use std::borrow::Cow;

use super::super::{
    chance::luck,
    model::{Attempt, Client, Kind, Nature, World},
    population::LOAD_GENERATOR,
};
use super::{
    application,
    choice::{label, number, of_luck},
};

/// Share of the accounts in which requests of a web application's service come from its tasks'
/// addresses; in the others the service says for whom it asks.
const BY_TASKS: f64 = 0.8;

/// The task that sends a request, as a place in [`super::super::model::Workload::tasks`]; `None` if
/// no task of the app client's service does.
pub fn task(world: &World, attempt: &Attempt) -> Option<usize> {
    let client = &world.estate.clients[attempt.client];
    let sent = attempt.step.is_of_backend(client.nature) && is_of_service(world, client, attempt);
    let tasks = world.estate.workloads[client.workload].tasks.len();
    (sent && tasks > 0).then(|| {
        let first = client.callers.first().copied().unwrap_or_default();
        attempt.caller.abs_diff(first) % tasks
    })
}

/// Whether the service sends what this caller asks for: a web application's does for whoever comes
/// to it with a session or a code, be they spent.
fn is_of_service(world: &World, client: &Client, attempt: &Attempt) -> bool {
    let (Some(first), Some(last)) = (client.callers.first(), client.callers.last()) else {
        return false;
    };
    let caller = attempt.caller;
    let is_own = (*first..=*last).contains(&caller);
    let is_user = || {
        let near = caller == last + 1 && world.estate.callers[caller].user.is_some();
        near || caller == LOAD_GENERATOR
    };
    is_own || (client.nature == Nature::Web && is_user())
}

/// Which app clients' token requests come from the addresses of tasks.
pub fn by_tasks(world: &World) -> Vec<bool> {
    let all = number(world, "addresses of tasks") < BY_TASKS;
    let clients = world.estate.clients.iter().enumerate();
    let by_tasks = clients.map(|(place, client)| {
        all && client.nature == Nature::Web && !goes_by_caller(world, place, client.pool)
    });
    by_tasks.collect()
}

/// Whether what fails goes by the caller, so that addresses have to tell callers apart.
fn goes_by_caller(world: &World, client: usize, pool: usize) -> bool {
    let by_address = world.writes.iter().any(|write| {
        write.resource.kind == Kind::IpSet
            && super::write::pool_of(world, write.resource) == Some(pool)
    });
    let mut troubles = world.troubles.iter();
    by_address
        || troubles.any(|trouble| !trouble.callers.is_empty() && trouble.clients.contains(&client))
}

/// From where a request comes.
pub fn address<'a>(world: &'a World, by_tasks: &[bool], attempt: &Attempt) -> &'a str {
    let estate = &world.estate;
    let tasks = &estate.workloads[estate.clients[attempt.client].workload].tasks;
    match task(world, attempt).filter(|_| by_tasks[attempt.client]) {
        Some(task) => &tasks[task].1,
        None => &estate.callers[attempt.caller].address,
    }
}

/// The agent of a request: of a service's requests its library tells, which its log is written by.
pub fn agent<'a>(world: &'a World, attempt: &Attempt) -> Cow<'a, str> {
    let client = &world.estate.clients[attempt.client];
    let own = &world.estate.callers[attempt.caller].agent;
    if task(world, attempt).is_none() {
        return own.into();
    }
    let log = world.estate.workloads[client.workload].log;
    match (log, client.nature) {
        (Some(log), nature) => application::agent(nature, log.library).into(),
        (None, Nature::Web) => of_web(world, client).into(),
        (None, _) => own.into(),
    }
}

/// A web application's library, where no log tells which.
fn of_web(world: &World, client: &Client) -> &'static str {
    let libraries = [
        "axios/1.7.7",
        "node",
        "okhttp/4.12.0",
        "python-requests/2.32.3",
        "Go-http-client/2.0",
    ];
    let numbers = [label("backend"), client.workload as u64];
    of_luck::<&str>(&libraries, luck(world.seed, &numbers))
}
