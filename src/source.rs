//! Where bytes come from: files, folders, globs and standard input, inflated; pages of AWS.
//!
//! Knows nothing of Cognito or of what the bytes say.

pub mod ahead;
pub mod archive;
pub mod aws;
pub mod files;
pub mod inflate;
mod parquet;
mod peek;
pub mod signature;

/// A piece of input that could not be read, and why. Told in every report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rejected {
    /// The file as found, or `-`.
    pub path: String,
    /// Offset in the inflated bytes, of the first one; `None` when the whole file is meant.
    pub offset: Option<u64>,
    /// How many records of the file are meant.
    pub count: u64,
    /// What is wrong, in lower case.
    pub reason: String,
}
