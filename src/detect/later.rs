//! An incident that begins later than the scan says: failures of the normal level may stand just
//! before an onset, with no success between to tell them apart.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Incident, Kind, describe::first_failure};
use crate::frame::{Cell, Cells, Key, Owner};

/// The same incident without its failures before `from`, counted anew; `None` when none is left.
pub fn begin_later(incident: &Incident, cells: &Cells, from: DateTime<Utc>) -> Option<Incident> {
    let first = first_failure(cells, from.timestamp_micros(), &incident.stratum)?;
    let end = incident.end.unwrap_or(DateTime::<Utc>::MAX_UTC);
    if first.time > end {
        return None;
    }
    let (start, stop) = (first.time.timestamp_micros(), end.timestamp_micros());
    let counted = Counted::new(incident, cells, start, stop);
    let last_success = last_success(incident, cells, start);
    let last_success = last_success.and_then(DateTime::from_timestamp_micros);
    Some(Incident {
        onset: first.time,
        onset_interval: (
            last_success.unwrap_or(first.time).max(incident.onset),
            first.time,
        ),
        failed: counted.failed,
        total: counted.total,
        errors: counted.errors,
        grants: counted.grants,
        first_failed_event_id: Some(first.event_id.clone()),
        ..incident.clone()
    })
}

/// The same incident with its clients' and grants' attempts from its onset to its end counted anew:
/// what belongs to two spells that became one counts once.
pub fn recount(incident: &mut Incident, cells: &Cells) {
    let end = incident.end.unwrap_or(DateTime::<Utc>::MAX_UTC);
    let (start, stop) = (incident.onset.timestamp_micros(), end.timestamp_micros());
    let counted = Counted::new(incident, cells, start, stop);
    incident.failed = counted.failed;
    incident.total = counted.total;
    incident.errors = counted.errors;
    // Those of a silence are what was to be expected.
    if incident.kind == Kind::Failures {
        incident.grants = counted.grants;
    }
}

/// Attempts of an incident's clients and grants between two times.
struct Counted {
    failed: u64,
    total: u64,
    errors: BTreeMap<String, u64>,
    grants: BTreeMap<String, u64>,
}

impl Counted {
    fn new(incident: &Incident, cells: &Cells, start: i64, stop: i64) -> Self {
        let (mut failed, mut attempts) = (0, 0.0);
        let (mut errors, mut grants) = (BTreeMap::new(), BTreeMap::new());
        for (row, key) in ours(incident, cells, start, stop) {
            let requests = row.between(start, stop);
            attempts += requests;
            let requests = requests.round() as u64;
            if !cells.failed(key) || requests == 0 {
                continue;
            }
            failed += requests;
            let outcome = cells.text(key.outcome).unwrap_or_default();
            *errors.entry(outcome.to_owned()).or_default() += requests;
            if let Some(grant) = cells.text(key.grant) {
                *grants.entry(grant.to_owned()).or_default() += requests;
            }
        }
        Self {
            failed,
            total: attempts.round() as u64,
            errors,
            grants,
        }
    }
}

/// Rows of an incident's clients and grants that may touch `[start, stop]`, by time.
fn ours<'a>(
    incident: &'a Incident,
    cells: &'a Cells,
    start: i64,
    stop: i64,
) -> Vec<(&'a Cell, &'a Key)> {
    let mut ours = cells.during(owners(incident, cells), start, stop);
    ours.retain(|(_, key)| incident.has_grant(cells.text(key.grant)));
    ours
}

/// The owners of an incident's app clients; where no log tells those, of what no client is known of.
fn owners<'a>(incident: &'a Incident, cells: &'a Cells) -> impl Iterator<Item = &'a Owner> {
    let pool = incident.user_pool.as_ref();
    let is_of_pool = move |owner: &&Owner| {
        let own = cells.text(owner.user_pool);
        pool.is_none_or(|pool| own.is_none_or(|own| own == pool.as_str()))
    };
    let untold = incident.clients.is_empty().then_some(None);
    let clients = incident.clients.iter().map(|client| Some(client.as_str()));
    let owners = clients
        .chain(untold)
        .flat_map(|client| cells.owners_of(client));
    owners.filter(is_of_pool)
}

/// The last time until `start` at which an attempt of theirs was accepted; where no log says that
/// for certain, answered.
fn last_success(incident: &Incident, cells: &Cells, start: i64) -> Option<i64> {
    let last = |is_success: &dyn Fn(&Key) -> bool| {
        let of_owner = |owner: &Owner| {
            let accepted = |row: &Cell| {
                let key = cells.keys.get(row.key as usize);
                key.is_some_and(|key| is_success(key) && incident.has_grant(cells.text(key.grant)))
            };
            cells.last_until(cells.of(owner), start, accepted)
        };
        owners(incident, cells).filter_map(of_owner).max()
    };
    let answered = |key: &Key| !cells.failed(key);
    last(&|key| answered(key) && cells.tells(key)).or_else(|| last(&answered))
}
