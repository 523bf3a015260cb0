//! What AWS and the applications log, and how it is delivered.
//!
//! The trail has records of requests (`request`, `call`), of changes (`write`) and of all else
//! (`background`); which requests it has and whether it tells that they failed is decided in
//! `telling`, in what words in `answer`. Services log for themselves (`application`). How records
//! are spelled here (`style`) and come as files (`delivery`) is drawn for each account.

mod answer;
mod application;
mod background;
mod call;
mod choice;
mod clock;
mod delivery;
mod envelope;
mod identity;
mod json;
mod links;
mod request;
mod sender;
mod style;
mod telling;
mod trail;
mod write;

use super::{
    chance,
    model::{Attempt, World},
};
use telling::Tells;

/// Libraries that applications use, and loggers that they write with: how many there are to choose from.
pub const LIBRARIES: usize = application::LIBRARIES;
pub const LOGGERS: usize = application::LOGGERS;

/// What a reader of the logs sees of a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Shown {
    /// No record at all.
    Nothing,
    /// A record like that of a request that went well.
    Sent,
    /// A record that tells a failure, or a log line that does.
    Failure,
}

/// What the logs show of a request.
pub fn shown(world: &World, attempt: &Attempt) -> Shown {
    if !world.window.holds(attempt.at) {
        return Shown::Nothing;
    }
    let logged = application::logs(world, attempt);
    if logged && !attempt.outcome.is_ok() {
        return Shown::Failure;
    }
    let told = telling::of(world, attempt);
    match told.request {
        _ if told.page => Shown::Failure,
        Some(Tells::Refusal) => Shown::Failure,
        Some(Tells::Success | Tells::Silence) => Shown::Sent,
        None if logged => Shown::Sent,
        None => Shown::Nothing,
    }
}

/// In what words a request that failed is told; `None` if it went well.
pub fn told_as(world: &World, attempt: &Attempt) -> Option<&'static str> {
    answer::told_as(world, attempt)
}

/// Every file by its path, as AWS and the applications deliver it.
pub fn files(world: &World, attempts: &[Attempt]) -> Vec<(String, Vec<u8>)> {
    delivery::files(world, attempts)
}

/// The event id of a write, by its id.
pub fn event_id(world: &World, write: usize) -> String {
    chance::id(world.seed, &[write as u64, 1])
}

/// The event ids of a request's own record and of the error page after it.
pub fn request_ids(world: &World, attempt: &Attempt) -> [String; 2] {
    [
        request::event_id(world, attempt),
        request::page_id(world, attempt),
    ]
}
