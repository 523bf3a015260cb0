//! An outage with its explanation.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use super::{breakdown::Breakdown, recurrence::Recurrence};
use crate::{
    cognito::{
        history::{ConfigChange, DiffLine, Gap},
        undo::Undo,
    },
    detect::{Activity, Incident},
    frame::{CoverageRow, CoverageStatus, Summary},
    ids::{AppClientId, EventId},
    window::Window,
};

/// The local time of a moment.
pub type Zone = fn(DateTime<Utc>) -> DateTime<FixedOffset>;

/// Coordinated universal time.
pub fn utc(time: DateTime<Utc>) -> DateTime<FixedOffset> {
    time.fixed_offset()
}

/// The answer to one question put to the logs.
#[derive(Clone, Debug)]
pub struct Investigation {
    /// The time that was asked for.
    pub window: Window,
    /// The time that was read: an outage that reaches out of the window is told whole.
    pub read: Window,
    /// What was seen, where somebody asked about a time.
    pub around: Option<Around>,
    /// How many outages were found, where one alone is shown.
    pub alone_of: Option<usize>,
    /// What was read.
    pub summary: Summary,
    /// What was looked at, per source, account and Region.
    pub coverage: Vec<CoverageRow>,
    /// Outages, by onset.
    pub findings: Vec<Finding>,
    /// What failed too little to be an outage, by onset.
    pub blips: Vec<Incident>,
    /// Effective changes inside the window, by time: printed when no outage was found.
    pub changes: Vec<ConfigChange>,
    /// Signs that the logs lack changes.
    pub gaps: Vec<Gap>,
    /// Names of app clients for people, by id.
    pub names: BTreeMap<AppClientId, String>,
    /// The zone that people are told times in.
    pub zone: Zone,
    /// Whether to print the whole case of each outage, also what acquits and what would disprove.
    pub in_full: bool,
}

impl Investigation {
    /// How many things that were asked for could not be seen, or not wholly.
    pub fn unseen(&self) -> usize {
        let summary = &self.summary;
        let gaps: usize = self.coverage.iter().map(|row| row.gaps.len()).sum();
        let denied = self.coverage.iter();
        let denied = denied
            .filter(|row| row.status == CoverageStatus::Denied)
            .count();
        let nothing = usize::from(self.coverage.is_empty());
        summary.rejected.len() + summary.notes.len() + self.gaps.len() + gaps + denied + nothing
    }
}

/// What was seen around a time that somebody asked about.
#[derive(Clone, Debug)]
pub struct Around {
    /// The time; `None` where a span was named.
    pub at: Option<DateTime<Utc>>,
    /// What each app client asked, the one with the most failures first.
    pub activity: Vec<Activity>,
    /// Outages at other times.
    pub others: usize,
}

/// One outage, explained.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its number by onset among all outages of what was read.
    pub number: usize,
    /// The outage.
    pub incident: Incident,
    /// What is said of its cause.
    pub verdict: Verdict,
    /// Why, in one sentence; for [`Verdict::Undetermined`] also what is missing.
    pub reason: String,
    /// Whether late data may still change the verdict.
    pub provisional: bool,
    /// Whether it reaches the edge of what was read although there is more.
    pub cut: bool,
    /// Probability that no logged change caused it.
    pub probability_no_change: f64,
    /// That probability, split by kind, likeliest first.
    pub alternatives: Vec<Alternative>,
    /// Changes that may have caused it, likeliest first.
    pub suspects: Vec<Suspect>,
    /// The change that ended it.
    pub ended_by: Option<EndedBy>,
    /// Event ids of changes of which one did it, where the logs cannot tell which.
    pub one_of: Vec<EventId>,
    /// What its failed requests have in common.
    pub breakdown: Breakdown,
    /// Releases of its applications shortly before the onset.
    pub releases: Vec<ConfigChange>,
    /// How often the same change was made before.
    pub recurrence: Option<Recurrence>,
}

/// What became of all candidates of detection.
#[derive(Clone, Debug, Default)]
pub struct Explained {
    /// Incidents with their explanation, by onset.
    pub findings: Vec<Finding>,
    /// What failed too little to be an incident and has no known cause, by onset.
    pub blips: Vec<Incident>,
}

impl Finding {
    /// The change that is named, and not only suspected.
    pub fn named(&self) -> Option<&Suspect> {
        let first = self.suspects.first();
        first.filter(|_| self.verdict == Verdict::Change)
    }

    /// Whether somebody who is no user tries to get in, most likely: no downtime of those who are.
    pub fn is_attack(&self) -> bool {
        let likeliest = self.alternatives.first();
        let attack = likeliest.is_some_and(|other| other.kind == AlternativeKind::Attack);
        attack && self.verdict == Verdict::NoChange
    }

    /// Whether the verdict names the change with this event id.
    pub fn names(&self, id: &str) -> bool {
        let named = self.named();
        named.is_some_and(|suspect| suspect.event_ids.iter().any(|event| event.as_str() == id))
    }
}

/// What is said of an outage's cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The first suspect did it.
    Change,
    /// No logged change did it.
    NoChange,
    /// The logs cannot decide.
    Undetermined,
}

/// The change that ended an outage.
#[derive(Clone, Debug, PartialEq)]
pub struct EndedBy {
    /// Its event id.
    pub event_id: EventId,
    /// When it was made.
    pub event_time: DateTime<Utc>,
}

/// An explanation other than a logged change.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// Which.
    pub kind: AlternativeKind,
    /// How probable.
    pub probability: f64,
}

/// Explanations other than a logged change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlternativeKind {
    /// Credential stuffing, password spraying, scanning.
    Attack,
    /// One caller that repeats a request that cannot succeed.
    StuckCaller,
    /// The application began to send other requests.
    Application,
    /// Cognito or an identity provider failed by itself.
    Provider,
    /// A quota was exceeded.
    Quota,
    /// Fewer people came.
    Traffic,
    /// Nothing that is known here.
    Unknown,
}

/// A change that may explain an outage.
#[derive(Clone, Debug)]
pub struct Suspect {
    /// How probable.
    pub probability: f64,
    /// The change, with its actor.
    pub change: ConfigChange,
    /// Event ids of every change that but-for could not tell apart, this one first.
    pub event_ids: Vec<EventId>,
    /// Who made these changes, each once, where they are several.
    pub actors: Vec<String>,
    /// Onset minus change.
    pub lag: TimeDelta,
    /// Name shared by the changes of one deploy; `None` for a lone change.
    pub change_set: Option<String>,
    /// Settings it altered.
    pub diff: Vec<SuspectLine>,
    /// Facts for and against it, heaviest first.
    pub evidence: Vec<Evidence>,
    /// How it is undone.
    pub undo: Option<Undo>,
    /// What its settings do with the requests around the outage.
    pub crossing: Crossing,
}

/// Requests before and during an outage, judged by the settings before and after a change.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Crossing {
    /// Failed requests of the outage; of a silence, requests that stopped.
    pub during: u64,
    /// … that the settings before the change accept and those after it refuse, or may refuse.
    pub during_broken: u64,
    /// … that the settings before the change refuse already.
    pub during_refused_before: u64,
    /// … of which neither logs nor settings say enough.
    pub during_untold: u64,
    /// Requests of the kind it breaks that were accepted in the day before the onset.
    pub before_broken: u64,
    /// … between the change and the onset.
    pub between_accepted: u64,
    /// … during the outage.
    pub despite_accepted: u64,
    /// Whether every such request is refused, not only some.
    pub certain: bool,
}

/// A diff line and whether it is to blame.
#[derive(Clone, Debug, PartialEq)]
pub struct SuspectLine {
    /// Setting, before, after.
    pub line: DiffLine,
    /// Whether this line is what broke the requests.
    pub guilty: bool,
}

/// One fact for or against a suspect.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// What kind of fact.
    pub kind: EvidenceKind,
    /// Log-odds it adds; negative speaks against.
    pub weight: f64,
    /// The fact, as one plain sentence.
    pub text: String,
}

/// Kinds of evidence (design.md, "What makes a suspect").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// What the settings before and after do with the failing requests.
    Replay,
    /// Onset after the change, measured in exposed requests.
    Time,
    /// Same client, same pool.
    Scope,
    /// The outage ended when the setting was put back.
    Healing,
    /// How often such changes break things.
    Prior,
}
