//! Polars frames between the stages: requests, changes, counts, coverage.
//!
//! Their schemas, the fold that builds them while reading, and the joining of sources to one
//! attempt. No statistics.

pub mod summary;

pub use summary::{CoverageRow, CoverageStatus, Summary, Window};
