//! An incident that begins later than the scan says: failures of the normal level may stand just
//! before an onset, with no success between to tell them apart.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Incident, describe::first_failure};
use crate::{
    frame::{Cells, Key},
    ids::AppClientId,
};

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
    let mut last_success = None;
    for row in &cells.rows {
        let Some(key) = cells.keys.get(row.key as usize) else {
            continue;
        };
        if !is_ours(incident, cells, key) {
            continue;
        }
        let requests = row.between(start, stop);
        attempts += requests;
        let requests = requests.round() as u64;
        if !cells.failed(key) {
            let before = [row.first, row.last]
                .into_iter()
                .filter(|time| *time <= start);
            last_success = last_success.max(before.max());
        } else if requests > 0 {
            failed += requests;
            let text = |symbol| cells.text(symbol).unwrap_or_default().to_owned();
            *errors.entry(text(key.outcome)).or_default() += requests;
            *grants.entry(text(key.grant)).or_default() += requests;
        }
    }
    let total = attempts.round() as u64;
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
    let ours = cells.rows.iter().filter(|row| {
        let key = cells.keys.get(row.key as usize);
        key.is_some_and(|key| is_ours(incident, cells, key))
    });
    ours.map(|row| row.between(start, stop))
        .sum::<f64>()
        .round() as u64
}

fn is_ours(incident: &Incident, cells: &Cells, key: &Key) -> bool {
    let client = cells.text(key.client).map(AppClientId::new);
    let grant = cells.text(key.grant);
    client.is_some_and(|client| incident.clients.contains(&client))
        && grant.is_none_or(|grant| incident.grants.contains_key(grant))
}
