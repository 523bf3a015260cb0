//! An incident that begins later than the scan says: failures of the normal level may stand just
//! before an onset, with no success between to tell them apart.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Incident, describe::first_failure};
use crate::frame::{Cell, Cells, Key, Owner};

/// The same incident without its failures before `from`, counted anew; `None` when none is left.
pub fn begin_later(incident: &Incident, cells: &Cells, from: DateTime<Utc>) -> Option<Incident> {
    let first = first_failure(cells, from.timestamp_micros(), &incident.stratum)?;
    let end = incident.end.unwrap_or(DateTime::<Utc>::MAX_UTC);
    if first.time > end {
        return None;
    }
    let (start, stop) = (first.time.timestamp_micros(), end.timestamp_micros());
    let (mut failed, mut attempts) = (0, 0.0);
    let (mut errors, mut grants) = (BTreeMap::new(), BTreeMap::new());
    for (row, key) in ours(incident, cells, start, stop) {
        let requests = row.between(start, stop);
        attempts += requests;
        let requests = requests.round() as u64;
        if cells.failed(key) && requests > 0 {
            failed += requests;
            let text = |symbol| cells.text(symbol).unwrap_or_default().to_owned();
            *errors.entry(text(key.outcome)).or_default() += requests;
            *grants.entry(text(key.grant)).or_default() += requests;
        }
    }
    let total = attempts.round() as u64;
    let last_success = last_success(incident, cells, start);
    let last_success = last_success.and_then(DateTime::from_timestamp_micros);
    Some(Incident {
        onset: first.time,
        onset_interval: (
            last_success.unwrap_or(first.time).max(incident.onset),
            first.time,
        ),
        failed,
        total,
        errors,
        grants,
        first_failed_event_id: Some(first.event_id.clone()),
        ..incident.clone()
    })
}

/// Attempts of an incident's clients and grants from its onset to its end.
pub fn attempts_during(incident: &Incident, cells: &Cells) -> u64 {
    let end = incident.end.unwrap_or(DateTime::<Utc>::MAX_UTC);
    let (start, stop) = (incident.onset.timestamp_micros(), end.timestamp_micros());
    let ours = ours(incident, cells, start, stop).into_iter();
    ours.map(|(row, _)| row.between(start, stop))
        .sum::<f64>()
        .round() as u64
}

/// Rows of an incident's clients and grants that may touch `[start, stop]`, by time.
fn ours<'a>(
    incident: &'a Incident,
    cells: &'a Cells,
    start: i64,
    stop: i64,
) -> Vec<(&'a Cell, &'a Key)> {
    let mut ours = cells.during(owners(incident, cells), start, stop);
    ours.retain(|(_, key)| has_grant(incident, cells, key));
    ours
}

fn owners<'a>(incident: &'a Incident, cells: &'a Cells) -> impl Iterator<Item = &'a Owner> {
    let clients = incident.clients.iter();
    clients.flat_map(|client| cells.owners_of(Some(client.as_str())))
}

fn has_grant(incident: &Incident, cells: &Cells, key: &Key) -> bool {
    let grant = cells.text(key.grant);
    grant.is_none_or(|grant| incident.grants.contains_key(grant))
}

/// The last time until `start` at which an attempt of theirs was accepted.
fn last_success(incident: &Incident, cells: &Cells, start: i64) -> Option<i64> {
    let of_owner = |owner: &Owner| {
        let accepted = |row: &Cell| {
            let key = cells.keys.get(row.key as usize);
            key.is_some_and(|key| !cells.failed(key) && has_grant(incident, cells, key))
        };
        cells.last_until(cells.of(owner), start, accepted)
    };
    owners(incident, cells).filter_map(of_owner).max()
}
