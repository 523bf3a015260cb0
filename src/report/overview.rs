//! Incidents at a glance: a row each, those that go on first, and what is not reverted yet.

use chrono::{DateTime, TimeDelta, Utc};

use super::words::{self, Clock, Labels};
use crate::{
    attribute::{Finding, Investigation, Verdict, phrase::thousands},
    detect::{EndState, Incident, Kind},
};

/// One incident in one line.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: usize,
    /// Whether it goes on.
    pub is_ongoing: bool,
    /// How it ended.
    pub end_state: EndState,
    /// When it began.
    pub onset: DateTime<Utc>,
    /// … or before that.
    pub begun_before: bool,
    /// When it ended.
    pub end: Option<DateTime<Utc>>,
    /// How long, in few characters: `74 min`, `5.3 h`, `ongoing`.
    pub lasted: String,
    /// The app client by its name.
    pub app: String,
    /// `982/991`, or `~111 missing` of a silence.
    pub failed: String,
    /// The most frequent error.
    pub error: String,
    /// Known users that failed.
    pub users: Option<u64>,
    /// The cause, the longest form first.
    pub causes: Vec<String>,
    /// How probable the cause is.
    pub confidence: String,
    /// `reverted`, `not reverted`; empty where no change is to blame.
    pub revert: &'static str,
}

/// A row an incident: those that go on first, then by onset.
pub fn rows(investigation: &Investigation) -> Vec<Row> {
    let clock = Clock::of(investigation);
    let labels = Labels::new(&investigation.names);
    let rows = investigation.findings.iter();
    let mut rows: Vec<Row> = rows.map(|finding| row(finding, &labels, clock)).collect();
    rows.sort_by_key(|row| !row.is_ongoing);
    rows
}

fn row(finding: &Finding, labels: &Labels<'_>, clock: Clock) -> Row {
    let incident = &finding.incident;
    let causes = words::causes(finding, clock);
    Row {
        id: incident.id.clone(),
        number: finding.number,
        is_ongoing: incident.end_state == EndState::Ongoing,
        end_state: incident.end_state,
        onset: incident.onset,
        begun_before: incident.begun_before,
        end: incident.end,
        lasted: lasted(incident),
        app: labels.app(incident),
        failed: match incident.kind {
            Kind::Failures => {
                format!(
                    "{}/{}",
                    thousands(incident.failed),
                    thousands(incident.total)
                )
            }
            Kind::Absence => format!("{} missing", thousands(missing(incident))),
        },
        error: words::main_error(incident).unwrap_or_default().to_owned(),
        users: incident.users,
        causes: causes.iter().map(|cause| labels.short(cause)).collect(),
        confidence: words::confidence(finding)
            .map(words::percent)
            .unwrap_or_default(),
        revert: match is_reverted(finding) {
            None => "",
            Some(true) => "reverted",
            Some(false) => "not reverted",
        },
    }
}

/// Requests that never came.
pub fn missing(incident: &Incident) -> u64 {
    incident.expected.unwrap_or(0.0).round() as u64
}

/// Whether the change to blame has been put back; `None` where none is named, or nobody can tell.
pub fn is_reverted(finding: &Finding) -> Option<bool> {
    let undo = finding.named()?.undo.as_ref()?;
    Some(undo.kind == "none")
}

/// How long it lasted, in few characters, or `ongoing`.
pub fn lasted(incident: &Incident) -> String {
    match incident.end {
        None => "ongoing".to_owned(),
        Some(end) => brief(end - incident.onset),
    }
}

/// `50 s`, `74 min`, `5.3 h`, `3 days`.
pub fn brief(length: TimeDelta) -> String {
    let seconds = length.num_seconds().max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_170 => format!("{} min", (seconds + 30) / 60),
        7_170..172_800 => format!("{:.1} h", seconds as f64 / 3_600.0),
        _ => format!("{} days", (seconds + 43_200) / 86_400),
    }
}

/// Incidents whose change is still in force, those that go on first.
pub fn not_reverted(investigation: &Investigation) -> Vec<&Finding> {
    let findings = investigation.findings.iter();
    let mut left: Vec<&Finding> = findings
        .filter(|finding| is_reverted(finding) == Some(false))
        .collect();
    left.sort_by_key(|finding| finding.incident.end_state != EndState::Ongoing);
    left
}

/// Whether any change is to blame.
pub fn has_blame(investigation: &Investigation) -> bool {
    let mut findings = investigation.findings.iter();
    findings.any(|finding| finding.verdict == Verdict::Change)
}

/// The incident to look at first: one that goes on, else one that is not reverted, else the first
/// with a change to blame, else the first.
pub fn first(investigation: &Investigation) -> Option<&Finding> {
    let rank = |finding: &&Finding| {
        let is_over = finding.incident.end_state != EndState::Ongoing;
        let is_done = is_reverted(finding) != Some(false);
        (is_over, is_done, finding.verdict != Verdict::Change)
    };
    investigation.findings.iter().min_by_key(rank)
}

/// How many incidents go on.
pub fn ongoing(investigation: &Investigation) -> usize {
    let findings = investigation.findings.iter();
    findings
        .filter(|finding| finding.incident.end_state == EndState::Ongoing)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_fits_seven_columns() {
        for (seconds, expected) in [
            (0, "0 s"),
            (119, "119 s"),
            (120, "2 min"),
            (4_456, "74 min"),
            (7_169, "119 min"),
            (7_170, "2.0 h"),
            (19_000, "5.3 h"),
            (172_799, "48.0 h"),
            (172_800, "2 days"),
            (8_640_000, "100 days"),
        ] {
            assert_eq!(brief(TimeDelta::seconds(seconds)), expected);
        }
    }
}
