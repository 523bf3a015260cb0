//! A report: an investigation, and how each app client fared meanwhile.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    attribute::{Finding, Investigation},
    frame::{Cells, Health, Key, Owner, Timeline},
    window::Window,
};

/// What a report shows.
#[derive(Debug)]
pub struct Report<'a> {
    /// Outages and what was looked at.
    pub investigation: &'a Investigation,
    /// Traffic around each outage, wide enough for its change and its cure.
    pub traffic: Vec<Timeline>,
    /// Every app client, the one with the most failures first.
    pub health: Vec<Health>,
    /// When it was made, if that is to be said.
    pub made: Option<DateTime<Utc>>,
}

/// Bins of an outage's axis, and of a line in the table of app clients.
const BINS: usize = 120;
const SPARKS: usize = 48;
/// A change further from its outage than this is told beside the axis, not on it.
const FAR: TimeDelta = TimeDelta::hours(6);

impl<'a> Report<'a> {
    /// The report on an investigation of these counts; its changes are all those of the window,
    /// also those that harm nobody.
    pub fn new(investigation: &'a Investigation, cells: &Cells) -> Self {
        let findings = investigation.findings.iter();
        Self {
            traffic: findings
                .map(|finding| traffic(finding, cells, investigation.read))
                .collect(),
            health: cells.health(investigation.window, SPARKS),
            investigation,
            made: None,
        }
    }
}

/// Requests of the outage's app clients and grants over time.
pub fn traffic(finding: &Finding, cells: &Cells, window: Window) -> Timeline {
    let incident = &finding.incident;
    let span = span(finding, window);
    let shown = Timeline::shown(span, BINS);
    let is = |id: &str, symbol| cells.text(symbol) == Some(id);
    let ours = |owner: &&Owner| match incident.clients.is_empty() {
        true => {
            let pool = incident.user_pool.as_ref();
            pool.is_none_or(|pool| is(pool.as_str(), owner.user_pool))
        }
        false => {
            let mut clients = incident.clients.iter();
            clients.any(|client| is(client.as_str(), owner.client))
        }
    };
    let asked = |key: &Key| match cells.text(key.grant) {
        Some(grant) => incident.grants.is_empty() || incident.grants.contains_key(grant),
        None => true,
    };
    let rows = cells.during(cells.owners.iter().filter(ours), shown.0, shown.1);
    let rows = rows.into_iter();
    let rows = rows.filter(|(_, key)| asked(key) && cells.is_decided(key));
    Timeline::new(cells, rows, span, BINS)
}

/// From before the change that is named to after what put it back.
fn span(finding: &Finding, window: Window) -> Window {
    let incident = &finding.incident;
    let end = incident.end.unwrap_or(window.end);
    let far = FAR.max((end - incident.onset) * 3);
    let change = finding.named().map(|suspect| suspect.change.change.time);
    let change = change.filter(|time| incident.onset - *time <= far);
    let cure = finding.ended_by.as_ref().map(|ended| ended.event_time);
    let start = change.map_or(incident.onset, |time| time.min(incident.onset));
    let end = cure.map_or(end, |time| time.max(end));
    let margin = ((end - start) / 4).max(TimeDelta::minutes(10));
    Window {
        start: start - margin,
        end: (end + margin).min(window.end).max(end),
    }
}
