//! The contract: what other programs read.
//!
//! Under one schema keys may be added, never changed or removed; a value that is not known is
//! null, never left out. `investigation.schema.json` beside this file says it for programs.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde::Serialize;
use serde_json::Value;

use super::{
    escape,
    words::{self, rfc3339},
};
use crate::{
    attribute::{Finding, Investigation, Suspect},
    cognito::history::DiffLine,
    frame::{CoverageRow, Summary},
    record::LookAlike,
};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    window: Span,
    inputs: Inputs<'a>,
    coverage: Vec<Coverage<'a>>,
    incidents: Vec<Incident<'a>>,
    changes: Vec<super::changes::Row<'a>>,
    gaps: Vec<Gap<'a>>,
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
    changes: u64,
    duplicates: u64,
    rejected: u64,
    rejected_files: Vec<Rejected<'a>>,
    passed_over: BTreeMap<&'static str, u64>,
    ties: &'a BTreeMap<&'static str, u64>,
    untied: u64,
    failures_only: &'a [String],
}

#[derive(Serialize)]
struct Rejected<'a> {
    path: &'a str,
    offset: Option<u64>,
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
struct Incident<'a> {
    id: &'a str,
    account_id: Option<&'a str>,
    region: Option<&'a str>,
    user_pool_id: Option<&'a str>,
    client_ids: Vec<&'a str>,
    kind: &'static str,
    onset: String,
    onset_interval: [String; 2],
    end: Option<String>,
    end_state: &'static str,
    provisional: bool,
    failed: u64,
    total: u64,
    expected: Option<f64>,
    users: Option<u64>,
    errors: &'a BTreeMap<String, u64>,
    grants: &'a BTreeMap<String, u64>,
    first_failed_event_id: Option<&'a str>,
    last_success: Option<String>,
    verdict: &'static str,
    reason: String,
    probability_no_change: f64,
    alternatives: Vec<Alternative>,
    suspects: Vec<SuspectRow<'a>>,
    ended_by: Option<EndedBy<'a>>,
}

#[derive(Serialize)]
struct Alternative {
    kind: &'static str,
    probability: f64,
}

#[derive(Serialize)]
struct SuspectRow<'a> {
    rank: usize,
    probability: f64,
    event_id: &'a str,
    event_ids: Vec<&'a str>,
    event_name: &'a str,
    event_source: &'a str,
    event_time: String,
    lag_seconds: i64,
    actor: Option<&'a str>,
    actor_chain: &'a [String],
    tool: Option<&'a str>,
    source_ip: Option<&'a str>,
    change_set: Option<&'a str>,
    diff: Vec<Diff<'a>>,
    evidence: Vec<Evidence>,
    undo: Option<Undo<'a>>,
}

/// One setting of a diff.
#[derive(Serialize)]
pub(super) struct Diff<'a> {
    setting: &'a str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    known: &'static str,
    guilty: bool,
}

impl<'a> Diff<'a> {
    pub(super) fn new(line: &'a DiffLine, guilty: bool) -> Self {
        Self {
            setting: &line.setting.0,
            before: line.before.value(),
            after: line.after.value(),
            known: words::certainty(line),
            guilty,
        }
    }
}

#[derive(Serialize)]
struct Evidence {
    kind: &'static str,
    weight: f64,
    text: String,
}

#[derive(Serialize)]
struct Undo<'a> {
    kind: &'a str,
    command: Option<&'a str>,
    assumed: Vec<&'a str>,
    steps: &'a [String],
}

#[derive(Serialize)]
struct EndedBy<'a> {
    event_id: &'a str,
    event_time: String,
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
        window: Span {
            start: rfc3339(investigation.window.start),
            end: rfc3339(investigation.window.end),
        },
        inputs: inputs(&investigation.summary),
        coverage: investigation.coverage.iter().map(coverage).collect(),
        incidents: investigation.findings.iter().map(incident).collect(),
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
        changes: summary.changes,
        duplicates: summary.duplicates,
        rejected: summary.rejected.len() as u64 + summary.rejected_unlisted,
        rejected_files: summary
            .rejected
            .iter()
            .map(|rejected| Rejected {
                path: &rejected.path,
                offset: rejected.offset,
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
        gaps: row
            .gaps
            .iter()
            .map(|gap| Span {
                start: rfc3339(gap.start),
                end: rfc3339(gap.end),
            })
            .collect(),
        status: row.status.as_str(),
        calls: row.cost.map(|cost| cost.calls),
        seconds: row.cost.map(|cost| cost.took.as_secs()),
    }
}

fn incident(finding: &Finding) -> Incident<'_> {
    let incident = &finding.incident;
    let (from, to) = incident.onset_interval;
    Incident {
        id: &incident.id,
        account_id: incident.account.as_ref().map(|id| id.as_str()),
        region: incident.region.as_ref().map(|id| id.as_str()),
        user_pool_id: incident.user_pool.as_ref().map(|id| id.as_str()),
        client_ids: incident.clients.iter().map(|id| id.as_str()).collect(),
        kind: words::kind(incident.kind),
        onset: rfc3339(incident.onset),
        onset_interval: [rfc3339(from), rfc3339(to)],
        end: incident.end.map(rfc3339),
        end_state: words::end_state(incident.end_state),
        provisional: finding.provisional,
        failed: incident.failed,
        total: incident.total,
        expected: incident.expected.map(|expected| rounded(expected, 1)),
        users: incident.users,
        errors: &incident.errors,
        grants: &incident.grants,
        first_failed_event_id: incident
            .first_failed_event_id
            .as_ref()
            .map(|id| id.as_str()),
        last_success: incident.last_success.map(rfc3339),
        verdict: words::verdict(finding.verdict),
        reason: words::utc(&finding.reason),
        probability_no_change: rounded(finding.probability_no_change, 6),
        alternatives: finding
            .alternatives
            .iter()
            .map(|alternative| Alternative {
                kind: words::alternative(alternative.kind),
                probability: rounded(alternative.probability, 6),
            })
            .collect(),
        suspects: finding.suspects.iter().enumerate().map(suspect).collect(),
        ended_by: finding.ended_by.as_ref().map(|ended| EndedBy {
            event_id: ended.event_id.as_str(),
            event_time: rfc3339(ended.event_time),
        }),
    }
}

fn suspect((at, suspect): (usize, &Suspect)) -> SuspectRow<'_> {
    let change = &suspect.change.change;
    SuspectRow {
        rank: at + 1,
        probability: rounded(suspect.probability, 6),
        event_id: &change.event_id,
        event_ids: suspect.event_ids.iter().map(|id| id.as_str()).collect(),
        event_name: &change.name,
        event_source: &change.service,
        event_time: rfc3339(change.time),
        lag_seconds: suspect.lag.num_seconds(),
        actor: change.actor.as_deref(),
        actor_chain: &change.actor_chain,
        tool: change.tool.as_deref(),
        source_ip: change.source_ip.as_deref(),
        change_set: suspect.change_set.as_deref(),
        diff: suspect
            .diff
            .iter()
            .map(|line| Diff::new(&line.line, line.guilty))
            .collect(),
        evidence: suspect
            .evidence
            .iter()
            .map(|fact| Evidence {
                kind: evidence(fact.kind),
                weight: rounded(fact.weight, 2),
                text: words::utc(&fact.text),
            })
            .collect(),
        undo: suspect.undo.as_ref().map(|undo| Undo {
            kind: undo.kind,
            command: undo.command.as_deref(),
            assumed: undo.assumed.iter().map(|name| &*name.0).collect(),
            steps: &undo.steps,
        }),
    }
}

fn evidence(kind: crate::attribute::EvidenceKind) -> &'static str {
    use crate::attribute::EvidenceKind;
    match kind {
        EvidenceKind::Replay => "replay",
        EvidenceKind::Time => "time",
        EvidenceKind::Scope => "scope",
        EvidenceKind::Healing => "healing",
        EvidenceKind::Prior => "prior",
    }
}

fn rounded(number: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (number * scale).round() / scale
}
