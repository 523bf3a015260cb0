//! Where a saved description belongs among the writes.
//!
//! Nothing says when it was saved; its `LastModifiedDate` says which state it shows.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Snapshot, write::Write};
use crate::cognito::setting::{Known, Setting, Settings, known};

/// Between the `LastModifiedDate` of a description and the time of the event that it shows: the
/// event's second, and a little for the services' clocks.
const TOLERANCE: TimeDelta = TimeDelta::seconds(5);

/// Where in the order of steps a description belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the first replacing step.
    Start,
    /// It shows the state that this step left.
    Shows(usize),
    /// Something changed unseen between this step and the next replacing one.
    Later(usize),
    /// It says nothing of when; taken for the present.
    Undated,
}

/// Whether `write` replaces all members, and so sets `LastModifiedDate` for certain.
pub(super) fn replaces(write: &Write<'_>) -> bool {
    matches!(
        write.api,
        "CreateUserPool" | "CreateUserPoolClient" | "UpdateUserPool" | "UpdateUserPoolClient"
    )
}

pub(super) fn place(writes: &[(usize, &Write<'_>)], snapshot: &Snapshot) -> Place {
    let Some(modified) = snapshot.modified else {
        return Place::Undated;
    };
    let earlier = |(_, write): &(usize, &Write<'_>)| {
        replaces(write) && write.change.time <= modified + TOLERANCE
    };
    let last = writes.iter().rposition(earlier);
    match last.and_then(|step| Some((step, writes.get(step)?))) {
        None => Place::Start,
        Some((step, (_, write))) if is_later(modified, write.change.time) => Place::Later(step),
        Some((step, _)) => Place::Shows(step),
    }
}

/// Whether `modified` tells of something later than an event of the second `time`.
pub(super) fn is_later(modified: DateTime<Utc>, time: DateTime<Utc>) -> bool {
    modified > time + TimeDelta::seconds(1) + TOLERANCE
}

/// Whether an event of the second `time` came after the state that `modified` dates.
pub(super) fn is_younger(time: DateTime<Utc>, modified: DateTime<Utc>) -> bool {
    time > modified + TOLERANCE
}

/// Replaces what was assumed, or not known, by what a description of this very state shows; one
/// that contradicts what was observed does not describe this state. Says which settings it was.
pub(super) fn confirm(
    after: &mut Settings,
    snapshot: &Snapshot,
    except: &BTreeSet<Setting>,
) -> BTreeSet<Setting> {
    let shown = || {
        let settings = snapshot.settings.iter();
        settings.filter(|(setting, _)| !except.contains(setting))
    };
    let contradicts = |(setting, seen): (&Setting, &Known)| {
        let state = known(after, setting);
        state.observed().is_some() && state.differs(seen)
    };
    let mut confirmed = BTreeSet::new();
    if shown().any(contradicts) {
        return confirmed;
    }
    for (setting, seen) in shown() {
        if seen.value().is_some() && known(after, setting) != seen {
            after.insert(setting.clone(), seen.clone());
            confirmed.insert(setting.clone());
        }
    }
    confirmed
}
