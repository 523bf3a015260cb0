//! Where bytes come from: files, folders, globs and standard input, inflated; pages of AWS.
//!
//! Knows nothing of Cognito or of what the bytes say.

pub mod ahead;
pub mod aws;
pub mod files;
pub mod inflate;

/// A piece of input that could not be read, and why. Told in every report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rejected {
    /// The file as found, or `-`.
    pub path: String,
    /// Offset in the inflated bytes; `None` when the whole file is meant.
    pub offset: Option<u64>,
    /// What is wrong, in lower case.
    pub reason: String,
}
