//! Outages in the counts: spells of failures or of silence that are not normal.
//!
//! Deliberately ignorant of changes: what counts as an outage must not depend on what changed.

pub mod incident;

pub use incident::{EndState, Incident, Kind, Stratum, Timeline};
