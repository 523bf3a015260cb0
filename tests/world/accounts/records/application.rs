//! What services log of the requests that they send to Cognito, and of everything else.

mod libraries;
mod loggers;
mod network;
mod other;
mod sdk;

use super::super::{
    chance::{Chance, luck},
    model::{Attempt, Client, LogStyle, Millis, Nature, Outcome, World},
};
use super::{answer, choice::label, request::host, sender};

pub const LIBRARIES: usize = libraries::ALL.len();
pub const LOGGERS: usize = loggers::ALL.len();

/// Whether a service logs what became of a request.
pub fn logs(world: &World, attempt: &Attempt) -> bool {
    let client = &world.estate.clients[attempt.client];
    let Some(log) = world.estate.workloads[client.workload].log else {
        return false;
    };
    let told = log.says_success || !attempt.outcome.is_ok();
    told && sender::task(world, attempt).is_some()
}

/// The agent of a library's requests.
pub fn agent(nature: Nature, library: usize) -> &'static str {
    let library = libraries::of(nature, library);
    match nature {
        Nature::Admin => sdk::agent(library.language),
        _ => library.agent,
    }
}

/// Whether lines alone tell when they were written.
pub fn says_time(log: LogStyle) -> bool {
    match loggers::of(libraries::ALL[log.library % LIBRARIES].language, log.logger) {
        loggers::Logger::Bare => false,
        // The clock on the wall, of which no line says where it hangs.
        loggers::Logger::LocalText | loggers::Logger::PythonJson => log.zone == 0,
        _ => true,
    }
}

/// A message of a log.
pub struct Line {
    pub at: Millis,
    /// Its task, as a place in [`super::super::model::Workload::tasks`].
    pub task: usize,
    pub text: String,
}

/// What is told of a moment, before a logger writes it.
#[derive(Default)]
struct Entry {
    level: Level,
    component: &'static str,
    message: String,
    /// Members beside the message, for loggers that have them.
    fields: Vec<(&'static str, String)>,
    stack: Option<String>,
    client: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Level {
    #[default]
    Info,
    Warn,
    Error,
}

/// All that a service logs beside these requests, which it logs too, by time.
pub fn lines(world: &World, workload: usize, log: LogStyle, attempts: &[&Attempt]) -> Vec<Line> {
    let tasks = world.estate.workloads[workload].tasks.len().max(1);
    let language = libraries::ALL[log.library % LIBRARIES].language;
    let writer = loggers::Writer::new(world, workload, log, language);
    let mut lines: Vec<Line> = Vec::new();
    for attempt in attempts {
        let entry = entry(world, log, attempt);
        let at = attempt.at + answered_after(world, attempt);
        let task = sender::task(world, attempt).unwrap_or_default();
        lines.extend(writer.lines(at, task, &entry));
    }
    let mut chance = Chance::new(&format!("log {workload} of {}", world.seed));
    for (at, entry) in other::entries(world, language, lines.len(), &mut chance) {
        let task = chance.whole(0, tasks as i64 - 1) as usize;
        lines.extend(writer.lines(at, task, &entry));
    }
    lines.sort_by_key(|line| line.at);
    lines
}

/// When the caller knows what became of it.
fn answered_after(world: &World, attempt: &Attempt) -> Millis {
    let numbers = [
        label("latency"),
        u64::from(attempt.plan),
        u64::from(attempt.nth),
    ];
    let luck = luck(world.seed, &numbers);
    let (least, most) = match attempt.outcome {
        Outcome::Unreached { network, .. } => network::patience(network),
        _ => (40.0, 900.0),
    };
    (least + (most - least) * luck * luck) as Millis
}

/// What a service tells of a request.
fn entry(world: &World, log: LogStyle, attempt: &Attempt) -> Entry {
    let client = &world.estate.clients[attempt.client];
    let library = libraries::of(client.nature, log.library);
    let luck = luck(
        world.seed,
        &[
            label("wording"),
            u64::from(attempt.plan),
            u64::from(attempt.nth),
        ],
    );
    let target = Target {
        host: target(world, client, attempt),
        attempt,
        luck,
    };
    let mut entry = match &attempt.outcome {
        Outcome::Ok if !attempt.step.is_endpoint() => sdk::success(library.language, &target),
        Outcome::Ok => libraries::success(library, &target),
        Outcome::Unreached { network, .. } => network::unreached(library, *network, &target),
        Outcome::Refused { by, answer } => {
            let seen = answer::seen(world, attempt, *by, answer);
            match attempt.step.is_endpoint() {
                true => (library.refused)(&seen, &target),
                false => sdk::refused(library.language, &seen, &target),
            }
        }
    };
    entry.component = match attempt.step.is_endpoint() {
        true => library.component,
        false => sdk::component(library.language),
    };
    entry.client = log.says_client.then(|| client.id.clone());
    entry
}

/// Where a request went.
struct Target<'a> {
    host: String,
    attempt: &'a Attempt,
    /// For choosing words.
    luck: f64,
}

fn target(world: &World, client: &Client, attempt: &Attempt) -> String {
    let host = host(world, client).filter(|_| attempt.step.is_endpoint());
    host.map_or_else(
        || format!("cognito-idp.{}.amazonaws.com", world.estate.region),
        str::to_owned,
    )
}
