//! What simpler rules would say of the same incidents, and who knows the rules of the account.
//!
//! All of them are given more than a program is: which incidents there are, and their true onsets.

use chrono::TimeDelta;
use serde::Serialize;

use crate::{
    judge::Said,
    truth::{Change, Incident, Truth},
};

/// A change so many seconds after the onset counts as before it: clocks differ.
const TOLERANCE: TimeDelta = TimeDelta::seconds(5);
/// The oracle names a change from here on.
const SURE: f64 = 0.9;
/// How the names of calls that take something away begin.
const REMOVING: [&str; 7] = [
    "Delete",
    "Detach",
    "Disable",
    "Disassociate",
    "Remove",
    "Revoke",
    "Unset",
];

/// The rules, in the order of [`Rivals::rules`].
pub const RULES: [&str; 3] = [
    "the nearest change before",
    "… to the same app client, else its pool",
    "… that removes, or updates the client",
];

#[derive(Serialize)]
pub struct Rivals {
    pub rules: [Said; 3],
    /// `None` where no oracle was asked.
    pub oracle: Option<Said>,
}

pub fn answers(truth: &Truth, incident: &Incident) -> Rivals {
    let of_client = |change: &Change| {
        let client = change.client_id.as_ref();
        client.is_some_and(|client| incident.client_ids.contains(client))
    };
    let of_pool = |change: &Change| {
        change.user_pool_id.is_some() && change.user_pool_id == incident.user_pool_id
    };
    let removes = |change: &Change| {
        REMOVING
            .iter()
            .any(|verb| change.event_name.starts_with(verb))
    };
    let updates = |change: &Change| change.event_name.starts_with("Update") && of_client(change);
    let resource = nearest(truth, incident, &of_client).or_else(|| {
        nearest(truth, incident, &|change| {
            of_pool(change) && change.client_id.is_none()
        })
    });
    let signature = nearest(truth, incident, &|change| {
        updates(change) || (removes(change) && (of_client(change) || of_pool(change)))
    });
    let rules = [nearest(truth, incident, &|_| true), resource, signature];
    Rivals {
        rules: rules
            .map(|named| named.map_or(Said::NoChange, |change| says(incident, &change.event_id))),
        oracle: oracle(incident),
    }
}

fn says(incident: &Incident, event_id: &str) -> Said {
    match incident.guilty_event_ids.contains(event_id) {
        true => Said::Right,
        false => Said::Wrong,
    }
}

/// The last change of a sort before the onset.
fn nearest<'a>(
    truth: &'a Truth,
    incident: &Incident,
    fits: &dyn Fn(&Change) -> bool,
) -> Option<&'a Change> {
    let changes = truth.changes.iter();
    let before =
        changes.filter(|change| !change.failed && change.time <= incident.onset + TOLERANCE);
    before
        .filter(|change| fits(change))
        .max_by_key(|change| change.time)
}

fn oracle(incident: &Incident) -> Option<Said> {
    let oracle = incident.oracle.as_ref()?;
    let writes = oracle.writes.iter();
    let sure = writes.max_by(|a, b| a.probability.total_cmp(&b.probability));
    Some(match sure.filter(|write| write.probability >= SURE) {
        Some(write) => says(incident, &write.event_id),
        None if oracle.none >= SURE => Said::NoChange,
        None => Said::Undetermined,
    })
}
