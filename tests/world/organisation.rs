//! An organisation's trail of any size, for benchmarks: mostly records of busy services, a stated
//! share of them of user pools, and among these one outage that a change caused.
//!
//! The same parameters give the same bytes on any number of cores, since each file is drawn with
//! dice of its own.

use std::{io, path::Path};

mod account;
mod calls;
mod changes;
mod file;
mod identity;
mod layout;
mod long;
mod mix;
mod output;
mod pools;
mod record;
mod requests;
mod schedule;
mod write;

pub use file::Form;
pub use layout::Spread;
pub use write::Written;

use super::clock::Second;

/// What to write.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Size of all files, inflated; reached to a few percent.
    pub bytes: u64,
    /// Share of records that are of user pools, from 0 to 1.
    pub cognito: f64,
    pub spread: Spread,
    pub seed: u64,
    /// Size of one file, inflated.
    pub file_bytes: u64,
    pub form: Form,
    /// Everything in one file.
    pub single: bool,
    /// Share of the records that are delivered again, in files of their own.
    pub repeated: f64,
}

impl Default for Organisation {
    fn default() -> Self {
        Self {
            bytes: 2_000_000_000,
            cognito: 0.01,
            spread: Spread::Even,
            seed: 1,
            file_bytes: 1_200_000,
            form: Form::Delivered,
            single: false,
            repeated: 0.0,
        }
    }
}

/// The outage, as it should be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    pub client: String,
    pub user_pool: String,
    /// Event id and time of the change that caused it.
    pub culprit: String,
    pub changed: Second,
    /// First and last failed request.
    pub onset: Second,
    pub end: Second,
    pub failed: u64,
    /// Event id and time of the change that put the setting back.
    pub healed_by: String,
    pub healed: Second,
}

impl Organisation {
    /// Writes the trail below `folder`.
    ///
    /// # Errors
    ///
    /// What the operating system said.
    pub fn write(&self, folder: &Path) -> io::Result<Written> {
        write::write(self, folder)
    }
}
