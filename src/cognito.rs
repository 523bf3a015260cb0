//! What configuration means to Cognito: settings as types, settings over time, and which requests
//! a state of the settings accepts.
//!
//! Knows nothing of where data came from or how an outage is found.

pub mod effects;
pub mod history;
pub mod members;
pub mod read;
pub mod replay;
pub mod setting;
pub mod undo;

#[cfg(test)]
mod tests;
