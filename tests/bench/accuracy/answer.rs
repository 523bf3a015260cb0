//! What a program says of an account: the part of the JSON that is judged.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::truth::Kind;

#[derive(Deserialize)]
pub struct Answer {
    pub incidents: Vec<Found>,
}

/// An incident that is reported.
#[derive(Deserialize)]
pub struct Found {
    pub kind: Kind,
    pub onset: DateTime<Utc>,
    pub end: Option<DateTime<Utc>>,
    pub client_ids: Vec<String>,
    pub failed: Option<u64>,
    pub verdict: Verdict,
    pub probability_no_change: f64,
    pub suspects: Vec<Suspect>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Change,
    NoChange,
    Undetermined,
}

impl Verdict {
    pub fn text(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::NoChange => "no_change",
            Self::Undetermined => "undetermined",
        }
    }
}

#[derive(Deserialize)]
pub struct Suspect {
    pub probability: f64,
    event_id: Option<String>,
    /// All of them, where it is more than one.
    #[serde(default)]
    event_ids: Option<Vec<String>>,
    pub event_name: Option<String>,
    #[serde(default)]
    evidence: Vec<Evidence>,
}

#[derive(Deserialize)]
struct Evidence {
    kind: String,
    weight: Option<f64>,
}

impl Suspect {
    fn ids(&self) -> BTreeSet<&str> {
        let more = self.event_ids.iter().flatten();
        self.event_id
            .iter()
            .chain(more)
            .map(String::as_str)
            .collect()
    }

    /// Whether every event that is listed is one of these.
    pub fn is_among(&self, guilty: &BTreeSet<String>) -> bool {
        let ids = self.ids();
        !ids.is_empty() && ids.iter().all(|id| guilty.contains(*id))
    }

    /// Whether some event that is listed is one of these.
    pub fn has_one_of(&self, guilty: &BTreeSet<String>) -> bool {
        self.ids().iter().any(|id| guilty.contains(*id))
    }

    /// Whether the program's own rules say that it refuses what failed.
    pub fn is_replayed(&self) -> bool {
        let mut evidence = self.evidence.iter();
        evidence.any(|fact| fact.kind == "replay" && fact.weight.is_some_and(|weight| weight > 0.0))
    }
}
