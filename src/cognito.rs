//! What configuration means to Cognito: settings as types, settings over time, and which requests
//! a state of the settings accepts.
//!
//! Knows nothing of where data came from or how an outage is found.

#[cfg(test)]
mod fixture;
pub mod setting;
// What the members mean.
pub mod lifetime;
pub mod members;
mod read;
// Over time.
pub mod directory;
pub mod history;
pub mod links;
pub mod snapshot;
pub mod states;
pub mod undo;
// What requests make of them.
pub mod effects;
pub mod prevention;
pub mod replay;
// What is shown of them.
pub mod shown;
