//! What lies between the stages: attempts, changes, coverage.
//!
//! The fold that builds them while reading, the joining of sources to one attempt, who asked, whether
//! the step that usually follows a page did, the plain rows that the analysis eats, and the Polars
//! frames that are kept and exported. No statistics.

pub mod attempts;
pub mod build;
pub mod callers;
pub mod cells;
pub mod changes;
mod columns;
pub mod counts;
pub mod coverage;
mod event_key;
pub mod failures;
pub mod fold;
pub mod gather;
mod hash;
pub mod health;
pub mod intake;
pub mod kept;
mod kinds;
pub mod requests;
pub mod summary;
pub mod symbols;
pub mod ties;
pub mod timeline;
mod visits;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

pub use build::Frames;
pub use cells::{Cell, Cells, Failure, Owner};
pub use changes::Changes;
pub use counts::{Counts, Key};
pub use failures::FailureCount;
pub use fold::{Bounds, Fold, Numbers};
pub use gather::{Batch, Gather};
pub use health::Health;
pub use kept::Kept;
pub use requests::Requests;
pub use summary::{CoverageRow, CoverageStatus, Summary};
pub use ties::Mapping;
pub use timeline::Timeline;
