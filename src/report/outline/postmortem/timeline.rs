//! What happened, to the second.

use chrono::{DateTime, Utc};

use super::Postmortem;
use crate::{
    attribute::phrase,
    cognito::history::ConfigChange,
    detect::Kind,
    report::words::{self, Clock},
};

/// Everything that happened, to the second.
pub(super) fn timeline(postmortem: &Postmortem<'_>, clock: Clock) -> Vec<Vec<String>> {
    let finding = postmortem.finding;
    let incident = &finding.incident;
    let end = incident.end.unwrap_or(postmortem.investigation.read.end);
    let mut events: Vec<(DateTime<Utc>, String)> = Vec::new();
    if let Some(named) = finding.named() {
        let said = format!("the change: {}", did(&named.change));
        events.push((named.change.change.time, said));
        let changes = postmortem.investigation.changes.iter();
        let others = changes.filter(|change| {
            let id = &change.change.event_id;
            *id != named.change.change.event_id && finding.names(id)
        });
        events.extend(others.map(|change| {
            let said = format!("the change, too: {}", did(change));
            (change.change.time, said)
        }));
    }
    events.extend(
        incident
            .last_success
            .map(|time| (time, "last success".to_owned())),
    );
    events.push((
        incident.onset,
        match incident.kind {
            _ if incident.begun_before => {
                "first failure read; the incident began before the window".to_owned()
            }
            Kind::Failures => "first failure".to_owned(),
            Kind::Absence => "requests stop".to_owned(),
        },
    ));
    events.extend(
        postmortem
            .detected
            .map(|time| (time, "noticed by people".to_owned())),
    );
    let is_cure = |change: &ConfigChange| {
        let ended = finding.ended_by.as_ref();
        ended.is_some_and(|ended| ended.event_id.as_str() == change.change.event_id)
    };
    for change in tried(postmortem) {
        let what = match is_cure(change) {
            true => "reverted",
            false => "another change",
        };
        events.push((change.change.time, format!("{what}: {}", did(change))));
    }
    if incident.kind == Kind::Failures {
        events.extend(incident.end.map(|time| (time, "last failure".to_owned())));
    }
    events.extend(
        incident
            .recovered
            .map(|time| (time, "requests succeed again".to_owned())),
    );
    if incident.end.is_none() {
        events.push((end, "the logs end; still ongoing".to_owned()));
    }
    events.sort_by_key(|(time, _)| *time);
    let row = |(time, said): (DateTime<Utc>, String)| {
        vec![
            clock.time(time),
            after(time, incident.onset),
            said.replace("**", ""),
        ]
    };
    events.into_iter().map(row).collect()
}

/// `+3 min`, `-5 s`.
fn after(time: DateTime<Utc>, onset: DateTime<Utc>) -> String {
    match time < onset {
        true => format!("−{}", phrase::duration(onset - time)),
        false => format!("+{}", phrase::duration(time - onset)),
    }
}

/// Changes of the same user pool from onset to end, the named one excepted.
pub(super) fn tried<'a>(postmortem: &Postmortem<'a>) -> impl Iterator<Item = &'a ConfigChange> {
    let finding = postmortem.finding;
    let incident = &finding.incident;
    let until = postmortem.investigation.read.end;
    let until = incident.recovered.or(incident.end).unwrap_or(until);
    let pool = incident.user_pool.as_ref();
    postmortem
        .investigation
        .changes
        .iter()
        .filter(move |change| {
            let time = change.change.time;
            let ours = pool.is_none() || change.resource.pool() == pool;
            let cure = finding.ended_by.as_ref();
            let is_cure =
                cure.is_some_and(|ended| ended.event_id.as_str() == change.change.event_id);
            let inside = incident.onset <= time && time <= until;
            (is_cure || inside && ours) && !finding.names(&change.change.event_id)
        })
}

fn did(change: &ConfigChange) -> String {
    format!(
        "{} of {} by {}: {}",
        change.change.name,
        words::resource(&change.resource),
        words::by(change),
        words::standing(change)
    )
}
