//! The library's one error type.

use std::{io, path::PathBuf};

use polars::error::PolarsError;

/// `Result` from std, with the error defaulting to [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What stops a run. A file or record that cannot be read never does: it is counted as rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A frame lacks a column, or a column has another type than its schema says.
    #[error("{frame} frame has columns {found}, expected {expected}")]
    Schema {
        /// Name of the frame, such as `requests`.
        frame: &'static str,
        /// Columns and types the frame came with.
        found: String,
        /// Columns and types of its schema.
        expected: String,
    },
    /// Polars failed while computing a stage.
    #[error("failed to {stage}")]
    Frame {
        /// What was being computed, as an infinitive: `count failures`.
        stage: &'static str,
        /// What Polars said.
        source: PolarsError,
    },
    /// A file the user named for a purpose (`--settings`) could not be read.
    #[error("failed to read `{}`", path.display())]
    Read {
        /// The file as the user named it.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file the user asked for could not be written.
    #[error("failed to write `{}`", path.display())]
    Write {
        /// The file that was being written.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Files of an archive have other columns than this version writes.
    #[error(
        "the archive in `{}` was written by another version of trailblame, which kept other columns; \
         remove it, then pull again",
        root.display()
    )]
    OtherVersion {
        /// Folder of the archive.
        root: PathBuf,
    },
    /// A `--settings` file does not hold what `describe-user-pool-client` or
    /// `describe-user-pool` prints.
    #[error("failed to read settings from `{}`: {reason}", path.display())]
    Settings {
        /// The file as the user named it.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// Names the stage in which Polars failed.
pub(crate) trait DuringStage<T> {
    /// Wraps the error with `stage`, an infinitive such as `count failures`.
    fn during(self, stage: &'static str) -> Result<T>;
}

impl<T> DuringStage<T> for Result<T, PolarsError> {
    fn during(self, stage: &'static str) -> Result<T> {
        self.map_err(|source| Error::Frame { stage, source })
    }
}
