//! What was looked at, and what was not seen or not for sure.

use super::Block;
use crate::{
    attribute::{
        Investigation,
        phrase::{self, thousands},
    },
    frame::{CoverageRow, Summary},
    record::LookAlike,
    report::words::{self, Clock},
    source::Rejected,
};

const MOST_REJECTED: usize = 5;

/// The blocks on what was read and what was not.
pub fn looked_at(investigation: &Investigation, clock: Clock) -> Vec<Block> {
    let summary = &investigation.summary;
    let mut blocks = vec![Block::Text(format!(
        "{}, {}: {}, {}, {}; {} dropped.",
        inputs(summary),
        bytes(summary.bytes),
        phrase::count(summary.records as f64, "CloudTrail record"),
        requests(summary),
        phrase::count(summary.changes as f64, "change"),
        phrase::count(summary.duplicates as f64, "duplicate"),
    ))];
    blocks.push(Block::List(
        investigation
            .coverage
            .iter()
            .map(|row| covered(row, clock))
            .collect(),
    ));
    let notes = unseen(investigation);
    if !notes.is_empty() {
        blocks.push(Block::Section("Not seen, or not for sure".to_owned()));
        blocks.push(Block::List(notes));
    }
    blocks
}

/// What was not seen, or not for sure.
pub fn unseen(investigation: &Investigation) -> Vec<String> {
    let clock = Clock::of(investigation);
    let summary = &investigation.summary;
    let mut notes = notes(summary);
    if investigation.coverage.is_empty() {
        notes.push(
            "No log holds anything of this time: that no outage was found says nothing.".to_owned(),
        );
    }
    let said = summary.notes.iter().chain(&summary.remarks);
    notes.extend(said.map(|note| format!("{note}.")));
    for gap in &investigation.gaps {
        let names: Vec<&str> = gap.settings.iter().map(|name| &*name.0).collect();
        notes.push(format!(
            "A change of {} before {} is missing in the logs: {} differ from the history.",
            words::resource(&gap.resource),
            clock.date_time(gap.before),
            names.join(", ")
        ));
    }
    notes
}

/// `1,200 requests`, and how many of them only met a page.
fn requests(summary: &Summary) -> String {
    let requests = phrase::count(summary.requests as f64, "request");
    match summary.undecided {
        0 => requests,
        some => format!("{requests} ({} of pages and redirects)", thousands(some)),
    }
}

/// What was read: files, answers of AWS, or both.
fn inputs(summary: &Summary) -> String {
    let files = phrase::count(summary.files as f64, "file");
    let pages = phrase::count(summary.pages as f64, "page");
    match (summary.files, summary.pages) {
        (_, 0) => files,
        (0, _) => format!("{pages} of AWS's answers"),
        _ => format!("{files} and {pages} of AWS's answers"),
    }
}

fn covered(row: &CoverageRow, clock: Clock) -> String {
    let place: Vec<String> = [
        row.account.as_ref().map(ToString::to_string),
        row.region.as_ref().map(ToString::to_string),
    ]
    .into_iter()
    .flatten()
    .collect();
    let gaps: Vec<String> = row
        .gaps
        .iter()
        .map(|gap| format!("{}–{}", clock.time(gap.start), clock.time(gap.end)))
        .collect();
    let gaps = match gaps.is_empty() {
        true => String::new(),
        false => format!("; nothing at all in {}", gaps.join(", ")),
    };
    let place = match place.is_empty() {
        true => String::new(),
        false => format!(" {}", place.join(" ")),
    };
    let cost = row.cost.map(|cost| {
        let calls = phrase::count(cost.calls as f64, "call");
        format!("; {calls} in {} s", cost.took.as_secs_f64().round())
    });
    format!(
        "{}{place}: {} to {}, {}{gaps}{}",
        row.source,
        clock.time(row.from),
        clock.time(row.to),
        row.status.as_str(),
        cost.unwrap_or_default()
    )
}

fn notes(summary: &Summary) -> Vec<String> {
    let mut notes: Vec<String> = summary
        .rejected
        .iter()
        .take(MOST_REJECTED)
        .map(rejected)
        .collect();
    let more = summary.rejected.len().saturating_sub(MOST_REJECTED);
    let more = more as u64 + summary.rejected_unlisted;
    if more > 0 {
        notes.push(format!(
            "{} more could not be read",
            phrase::count(more as f64, "piece")
        ));
    }
    for (how, lines) in &summary.ties {
        notes.push(format!(
            "{} without a client id tied to one {how}",
            phrase::count(*lines as f64, "application line")
        ));
    }
    if summary.untied > 0 {
        notes.push(format!(
            "{} could not be tied to any app client; `--map LOG_GROUP_OR_ALB=CLIENT` does",
            phrase::count(summary.untied as f64, "failed application line")
        ));
    }
    for stream in &summary.failures_only {
        notes.push(format!(
            "{stream} tells of failures only: no share of requests can be had from it"
        ));
    }
    for (kind, count) in &summary.passed_over {
        notes.push(format!(
            "{} passed over: {}",
            phrase::count(*count as f64, "record"),
            look_alike(*kind)
        ));
    }
    notes
}

/// Where and why something was not read.
fn rejected(rejected: &Rejected) -> String {
    let Rejected {
        path,
        offset,
        count,
        reason,
    } = rejected;
    let at = offset.map_or_else(String::new, |offset| format!(" at byte {offset}"));
    let behind = match count {
        1 => String::new(),
        _ => format!(" and {} more", thousands(count - 1)),
    };
    format!("{path}{at}{behind}: {reason}")
}

fn look_alike(kind: LookAlike) -> &'static str {
    match kind {
        LookAlike::Digest => "CloudTrail digest",
        LookAlike::Insight => "CloudTrail Insight",
        LookAlike::Notification => "S3 or SQS notification, or no CloudTrail record",
        LookAlike::Control => "CloudWatch Logs control message",
    }
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{} bytes", thousands(bytes)),
        10_000..10_000_000 => format!("{} kB", thousands((bytes + 500) / 1_000)),
        _ => format!("{} MB", thousands((bytes + 500_000) / 1_000_000)),
    }
}
