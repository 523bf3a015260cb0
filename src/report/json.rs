//! The contract: what other programs read.
//!
//! Under one schema keys may be added, never changed or removed; a value that is not known is
//! null, never left out. `investigation.schema.json` beside this file says it for programs.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use serde::Serialize;
use serde_json::Value;

use super::{
    blips, escape,
    words::{self, rfc3339},
};
use crate::{
    attribute::Investigation,
    frame::{CoverageRow, Summary},
    record::LookAlike,
    window::Window,
};

mod around;
mod incident;

use around::{Around, around};
pub(super) use incident::Diff;
use incident::Incident;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    window: Span,
    read: Span,
    around: Option<Around<'a>>,
    inputs: Inputs<'a>,
    coverage: Vec<Coverage<'a>>,
    incidents: Vec<Incident<'a>>,
    blips: Vec<blips::Row<'a>>,
    changes: Vec<super::changes::Row<'a>>,
    gaps: Vec<Gap<'a>>,
    client_names: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct Span {
    start: String,
    end: String,
}

#[derive(Serialize)]
struct Inputs<'a> {
    files: u64,
    bytes: u64,
    records: u64,
    requests: u64,
    undecided: u64,
    changes: u64,
    duplicates: u64,
    rejected: u64,
    rejected_files: Vec<Rejected<'a>>,
    passed_over: BTreeMap<&'static str, u64>,
    ties: &'a BTreeMap<&'static str, u64>,
    untied: u64,
    failures_only: &'a [String],
    notes: Vec<&'a str>,
}

#[derive(Serialize)]
struct Rejected<'a> {
    path: &'a str,
    offset: Option<u64>,
    count: u64,
    reason: &'a str,
}

#[derive(Serialize)]
struct Coverage<'a> {
    source: &'a str,
    account_id: Option<&'a str>,
    region: Option<&'a str>,
    from: String,
    to: String,
    complete_until: String,
    gaps: Vec<Span>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u64>,
}

#[derive(Serialize)]
struct Gap<'a> {
    resource: String,
    after_event_id: Option<&'a str>,
    before: String,
    settings: Vec<&'a str>,
}

/// Writes the document.
///
/// # Errors
///
/// What the output said.
pub fn write(investigation: &Investigation, out: &mut impl Write) -> io::Result<()> {
    print(&document(investigation), out)
}

/// The document as a value.
pub fn value(investigation: &Investigation) -> Value {
    // Its keys are strings and its numbers finite: it can always be written.
    serde_json::to_value(document(investigation)).unwrap_or_default()
}

fn document(investigation: &Investigation) -> Document<'_> {
    Document {
        schema: "trailblame/investigation/1",
        window: span(investigation.window),
        read: span(investigation.read),
        around: investigation
            .around
            .as_ref()
            .map(|seen| around(investigation, seen)),
        inputs: inputs(&investigation.summary),
        coverage: investigation.coverage.iter().map(coverage).collect(),
        incidents: investigation.findings.iter().map(Incident::new).collect(),
        blips: investigation.blips.iter().map(blips::Row::new).collect(),
        changes: investigation
            .changes
            .iter()
            .map(super::changes::Row::new)
            .collect(),
        gaps: investigation
            .gaps
            .iter()
            .map(|gap| Gap {
                resource: words::resource(&gap.resource),
                after_event_id: gap.after.as_ref().map(|id| id.as_str()),
                before: rfc3339(gap.before),
                settings: gap.settings.iter().map(|name| &*name.0).collect(),
            })
            .collect(),
        client_names: client_names(investigation),
    }
}

/// Names of the app clients in the document, by id.
fn client_names(investigation: &Investigation) -> BTreeMap<&str, &str> {
    let incidents = investigation.findings.iter();
    let incidents = incidents.map(|finding| &finding.incident);
    let incidents = incidents.chain(&investigation.blips);
    let ids = incidents.flat_map(|incident| incident.clients.iter().map(|id| id.as_str()));
    let changes = investigation.changes.iter();
    let changed = changes.filter_map(|change| change.change.client.as_deref());
    let shown: BTreeSet<&str> = ids.chain(changed).collect();
    let names = investigation.names.iter();
    names
        .filter(|(id, _)| shown.contains(id.as_str()))
        .map(|(id, name)| (id.as_str(), name.as_str()))
        .collect()
}

fn span(window: Window) -> Span {
    Span {
        start: rfc3339(window.start),
        end: rfc3339(window.end),
    }
}

/// Writes a document whose strings cannot do anything to a terminal.
pub(super) fn print(document: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    writeln!(out, "{}", escape::json(&text))
}

fn inputs(summary: &Summary) -> Inputs<'_> {
    Inputs {
        files: summary.files,
        bytes: summary.bytes,
        records: summary.records,
        requests: summary.requests,
        undecided: summary.undecided,
        changes: summary.changes,
        duplicates: summary.duplicates,
        rejected: summary.rejected_count(),
        rejected_files: summary
            .rejected
            .iter()
            .map(|rejected| Rejected {
                path: &rejected.path,
                offset: rejected.offset,
                count: rejected.count,
                reason: &rejected.reason,
            })
            .collect(),
        passed_over: summary
            .passed_over
            .iter()
            .map(|(kind, count)| (look_alike(*kind), *count))
            .collect(),
        ties: &summary.ties,
        untied: summary.untied,
        failures_only: &summary.failures_only,
        notes: summary
            .notes
            .iter()
            .chain(&summary.remarks)
            .map(String::as_str)
            .collect(),
    }
}

fn look_alike(kind: LookAlike) -> &'static str {
    match kind {
        LookAlike::Digest => "digest",
        LookAlike::Insight => "insight",
        LookAlike::Notification => "notification",
        LookAlike::Control => "control_message",
    }
}

fn coverage(row: &CoverageRow) -> Coverage<'_> {
    Coverage {
        source: row.source,
        account_id: row.account.as_ref().map(|id| id.as_str()),
        region: row.region.as_ref().map(|id| id.as_str()),
        from: rfc3339(row.from),
        to: rfc3339(row.to),
        complete_until: rfc3339(row.complete_until),
        gaps: row.gaps.iter().map(|gap| span(*gap)).collect(),
        status: row.status.as_str(),
        calls: row.cost.map(|cost| cost.calls),
        seconds: row.cost.map(|cost| cost.took.as_secs_f64().round() as u64),
    }
}
