//! Finds the configuration change behind a Cognito sign-in outage, proves it, and prints the call
//! that undoes it.
//!
//! Data flow one way, and each step is a module of that name:
//!
//! ```text
//! source      record        frame            cognito           detect         attribute      report
//! bytes   ->  typed rows -> joined counts -> what a setting -> outages in  -> which change -> table, JSON,
//!             an event      requests,        means; settings   the counts     caused each     Markdown, HTML
//!                           changes, counts, over time; replay
//!                           coverage
//! ```
//!
//! A module uses only modules to its left; [`cognito`] and [`detect`] do not see each other, so
//! that what counts as an outage never depends on what changed. The library returns values: the
//! binary alone prints, exits, reads the clock and the environment.

pub mod error;
pub mod ids;
pub mod queries;
pub mod window;
// The way of the data.
pub mod archive;
pub mod attribute;
pub mod cognito;
pub mod detect;
pub mod engine;
pub mod frame;
pub mod record;
pub mod report;
pub mod source;

pub use error::{Error, Result};
