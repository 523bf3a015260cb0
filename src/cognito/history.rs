//! Settings over time: what each change altered.

use chrono::{DateTime, Utc};

use super::setting::{Known, Resource, Setting, Settings};
use crate::{ids::EventId, record::Change};

/// A change with what it altered.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigChange {
    /// The write call.
    pub change: Change,
    /// What it was made to.
    pub resource: Resource,
    /// Whether it could have had any effect.
    pub standing: Standing,
    /// Settings that differ, or may differ, before and after.
    pub diff: Vec<DiffLine>,
}

/// Whether a change could have had any effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Settings differ.
    Effective,
    /// It succeeded and left every setting as it was.
    NoDifference,
    /// It failed with this error code and changed nothing.
    Failed(String),
    /// It changed something whose value no log shows: a function's code, a firewall rule, a secret.
    Opaque,
}

/// One setting, before and after a change.
#[derive(Clone, Debug, PartialEq)]
pub struct DiffLine {
    /// What changed.
    pub setting: Setting,
    /// Its value before.
    pub before: Known,
    /// Its value after.
    pub after: Known,
}

/// A description of settings from outside the trail (`--settings`).
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// What it describes.
    pub resource: Resource,
    /// All its settings.
    pub settings: Settings,
    /// `LastModifiedDate`.
    pub modified: Option<DateTime<Utc>>,
}

/// A sign that the logs lack a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// What was changed unseen.
    pub resource: Resource,
    /// After this event (or since ever) …
    pub after: Option<EventId>,
    /// … and before this time.
    pub before: DateTime<Utc>,
    /// Settings that were not as the history had them.
    pub settings: Vec<Setting>,
}

/// The settings of every resource over time, and every change with its diff.
#[derive(Clone, Debug, Default)]
pub struct History {
    changes: Vec<ConfigChange>,
    gaps: Vec<Gap>,
}
