//! What is recognised and not read: named and counted, never passed over in silence.

use memchr::memmem;

use super::{LookAlike, Record, SourceKind};
use crate::queries;

/// A form in which logs are kept that cannot be read, or not wholly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unread {
    /// Rows of CloudTrail Lake, as its API returns them.
    Lake,
    /// Rows of Athena, as its API returns them.
    AthenaResult,
    /// A finding of a service that watches logs.
    Finding,
    /// An attempt of which nothing says how it ended.
    NoOutcome,
    /// An event of Cognito in a form that nobody knows.
    Foreign,
}

impl Unread {
    /// What it is and how to go on, in lower case.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Lake => {
                "holds rows of CloudTrail Lake as its API returns them, which are not read; save the \
                 results to S3, or query Athena"
            }
            Self::AthenaResult => {
                "holds rows of Athena as its API returns them, which are not read; download the \
                 results as CSV"
            }
            Self::Finding => "holds a finding about an event and not the event, which is not read",
            Self::NoOutcome => {
                "holds an attempt without how it ended; export `additionalEventData` and `errorCode` \
                 too (of the event history: as JSON)"
            }
            Self::Foreign => {
                "holds an event of Cognito in a form that is not read; export it as JSON"
            }
        }
    }
}

/// How events are named, in forms that change the case or the separators of members.
const NAMES: [&str; 5] = [
    "eventname",
    "event_name",
    "event name",
    "event.action",
    "operation",
];

/// What a text is that nothing was taken from, if events of Cognito stand in it.
pub fn of(text: &str) -> Option<Unread> {
    let has = |mark: &str| memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    has(queries::COGNITO).then_some(())?;
    if has("\"QueryResultRows\"") {
        return Some(Unread::Lake);
    }
    if has("\"VarCharValue\"") {
        return Some(Unread::AthenaResult);
    }
    if has("\"detectorId\"") || has("\"FindingProviderFields\"") {
        return Some(Unread::Finding);
    }
    let lower = text.to_ascii_lowercase();
    let named = NAMES.iter().any(|name| lower.contains(name));
    named.then_some(Unread::Foreign)
}

/// A record, or what its text is where it was taken for nothing.
pub fn instead<'a>(record: Record<'a>, text: &str) -> Record<'a> {
    let is_nothing = match &record {
        Record::Unwanted(seen) => {
            seen.source == SourceKind::Application && seen.invocation.is_none()
        }
        Record::PassedOver(kind) => *kind == LookAlike::Notification,
        _ => false,
    };
    match is_nothing.then(|| of(text)).flatten() {
        Some(unread) => Record::Unread(unread),
        None => record,
    }
}
