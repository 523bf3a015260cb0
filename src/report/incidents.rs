//! Outages as a table: one row each, for spreadsheets and notebooks.

use std::io::{self, Write};

use super::{
    escape,
    words::{self, rfc3339},
};
use crate::attribute::{Finding, Investigation};

/// The columns.
pub const COLUMNS: [&str; 22] = [
    "id",
    "account_id",
    "region",
    "user_pool_id",
    "client_ids",
    "kind",
    "onset",
    "end",
    "end_state",
    "minutes",
    "failed",
    "total",
    "expected",
    "users",
    "errors",
    "verdict",
    "probability",
    "provisional",
    "event_id",
    "event_name",
    "event_time",
    "actor",
];

/// Writes CSV, safe for spreadsheets.
///
/// # Errors
///
/// What the output said.
pub fn write_csv(investigation: &Investigation, out: &mut impl Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(COLUMNS)?;
    for finding in &investigation.findings {
        table.write_record(row(finding, investigation).map(|cell| escape::csv(&cell)))?;
    }
    table.flush()
}

/// The named change where one is named; else its columns are empty, and `probability` is that of
/// none.
pub fn row(finding: &Finding, investigation: &Investigation) -> [String; COLUMNS.len()] {
    let incident = &finding.incident;
    let text = |id: Option<&str>| id.unwrap_or_default().to_owned();
    let number = |count: Option<f64>| count.map_or_else(String::new, |count| count.to_string());
    let clients: Vec<&str> = incident.clients.iter().map(|id| id.as_str()).collect();
    let errors = incident.errors.iter();
    let errors: Vec<String> = errors.map(|(name, n)| format!("{name}={n}")).collect();
    let end = incident.end.unwrap_or(investigation.window.end);
    let minutes = (end - incident.onset).num_seconds() as f64 / 60.0;
    let named = finding.named();
    let change = named.map(|suspect| &suspect.change.change);
    let probability = named.map_or(finding.probability_no_change, |named| named.probability);
    [
        incident.id.clone(),
        text(incident.account.as_ref().map(|id| id.as_str())),
        text(incident.region.as_ref().map(|id| id.as_str())),
        text(incident.user_pool.as_ref().map(|id| id.as_str())),
        clients.join(" "),
        words::kind(incident.kind).to_owned(),
        rfc3339(incident.onset),
        incident.end.map_or_else(String::new, rfc3339),
        words::end_state(incident.end_state).to_owned(),
        format!("{minutes:.1}"),
        incident.failed.to_string(),
        incident.total.to_string(),
        number(incident.expected.map(f64::round)),
        number(incident.users.map(|users| users as f64)),
        errors.join(" "),
        words::verdict(finding.verdict).to_owned(),
        format!("{probability:.4}"),
        finding.provisional.to_string(),
        text(change.map(|change| change.event_id.as_str())),
        text(change.map(|change| change.name.as_str())),
        change.map_or_else(String::new, |change| rfc3339(change.time)),
        text(change.and_then(|change| change.actor.as_deref())),
    ]
}
