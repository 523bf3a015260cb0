//! What really happened in an account, as its `truth.json` says.

use std::{collections::BTreeSet, fs, io, path::Path};

use chrono::{DateTime, Utc};
use serde::Deserialize;

#[derive(Deserialize)]
pub struct Truth {
    pub window: Window,
    /// App clients times weeks of logs.
    pub client_weeks: Option<f64>,
    pub incidents: Vec<Incident>,
    /// Changes that are in the logs.
    #[serde(default)]
    pub changes: Vec<Change>,
}

#[derive(Deserialize)]
pub struct Window {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

impl Window {
    pub fn days(&self) -> f64 {
        (self.end - self.start).num_seconds() as f64 / 86_400.0
    }
}

#[derive(Deserialize)]
pub struct Incident {
    pub must_be_found: bool,
    pub kind: Kind,
    pub onset: DateTime<Utc>,
    pub end: Option<DateTime<Utc>>,
    pub user_pool_id: Option<String>,
    pub client_ids: Vec<String>,
    /// Naming any of them is right; nobody is guilty where there is none.
    pub guilty_event_ids: BTreeSet<String>,
    /// Verdicts that are right as well.
    #[serde(default)]
    pub also_accepted: Vec<String>,
    #[serde(default)]
    pub family: String,
    /// Whether somebody wrote down the rule by which it came about.
    pub listed: Option<bool>,
    /// Failures that somebody can see.
    pub visible: Option<usize>,
    /// In what words most of them are told.
    pub told_as: Option<String>,
    pub oracle: Option<Oracle>,
}

/// Whether anything failed, or requests stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Failures,
    Absence,
}

impl Kind {
    pub fn text(self) -> &'static str {
        match self {
            Self::Failures => "failures",
            Self::Absence => "absence",
        }
    }
}

/// What who knows the rules of the account would believe.
#[derive(Deserialize)]
pub struct Oracle {
    pub none: f64,
    pub writes: Vec<Believed>,
}

#[derive(Deserialize)]
pub struct Believed {
    pub event_id: String,
    pub probability: f64,
}

#[derive(Deserialize)]
pub struct Change {
    pub event_id: String,
    pub event_name: String,
    pub time: DateTime<Utc>,
    /// The app client that it alters, if it is one.
    pub client_id: Option<String>,
    pub user_pool_id: Option<String>,
    /// Whether AWS refused it.
    #[serde(default)]
    pub failed: bool,
}

pub fn read(file: &Path) -> io::Result<Truth> {
    let text = fs::read(file).map_err(|error| about(file, error))?;
    serde_json::from_slice(&text).map_err(|error| about(file, error))
}

/// An error that says which file it is about.
pub fn about(file: &Path, error: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!("{}: {error}", file.display()))
}
