//! What AWS and the applications log, and how it is delivered.

use super::{
    chance,
    model::{Attempt, World},
};

/// Libraries that applications use, and loggers that they write with: how many there are to choose from.
pub const LIBRARIES: usize = 12;
pub const LOGGERS: usize = 8;

/// What a reader of the logs sees of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// No record at all.
    Nothing,
    /// A record like that of a request that went well.
    Sent,
    /// A record that tells a failure, or a log line that does.
    Failure,
}

/// What the logs show of a request.
pub fn shown(_world: &World, _attempt: &Attempt) -> Shown {
    todo!()
}

/// Every file by its path, as AWS and the applications deliver it.
pub fn files(_world: &World, _attempts: &[Attempt]) -> Vec<(String, Vec<u8>)> {
    todo!()
}

/// The event id of a write, by its id.
pub fn event_id(world: &World, write: usize) -> String {
    chance::id(world.seed, &[write as u64, 1])
}
