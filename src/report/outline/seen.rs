//! What was looked at, and what was not seen or not for sure.

use std::collections::BTreeSet;

use super::Block;
use crate::{
    attribute::{
        Investigation,
        phrase::{self, thousands},
    },
    frame::{CoverageRow, CoverageStatus, Summary},
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
        blocks.push(Block::Section("Gaps and assumptions".to_owned()));
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
        notes.push("No log covers this time: that no incident was found says nothing.".to_owned());
    }
    let said = summary.notes.iter().chain(&summary.remarks);
    notes.extend(said.map(|note| format!("{note}.")));
    for gap in &investigation.gaps {
        let names: Vec<&str> = gap.settings.iter().map(|name| &*name.0).collect();
        notes.push(format!(
            "A change of {} before {} is not logged: {} differ from the history.",
            words::resource(&gap.resource),
            clock.date_time(gap.before),
            names.join(", ")
        ));
    }
    notes
}

/// What was not read or not logged, in one line, the longest form first.
pub(super) fn gaps(investigation: &Investigation, clock: Clock) -> Vec<String> {
    let gaps = all_gaps(investigation, clock);
    match &gaps[..] {
        [] => {
            let sources: BTreeSet<&str> = investigation
                .coverage
                .iter()
                .map(|row| row.source)
                .collect();
            let sources: Vec<&str> = sources.into_iter().collect();
            vec![
                format!("none; data complete ({})", sources.join(", ")),
                "none; data complete".to_owned(),
            ]
        }
        [one] => vec![one.clone()],
        [first, rest @ ..] => vec![
            format!("{}; --full has details", gaps.join("; ")),
            format!("{first}; {} more, --full lists them", rest.len()),
            format!("{}, --full lists them", gaps.len()),
        ],
    }
}

fn all_gaps(investigation: &Investigation, clock: Clock) -> Vec<String> {
    let summary = &investigation.summary;
    let mut gaps = Vec::new();
    let rejected = summary.rejected.len() as u64 + summary.rejected_unlisted;
    if rejected > 0 {
        let what = phrase::count(rejected as f64, "file or record");
        let what = what.replace("file or records", "files or records");
        let only = summary.rejected.first().filter(|_| rejected == 1);
        let which = only.map_or(String::new(), |one| format!(": {}", one.path));
        gaps.push(format!("{what} could not be read{which}"));
    }
    for row in &investigation.coverage {
        let place = [
            row.account.as_ref().map(ToString::to_string),
            row.region.as_ref().map(ToString::to_string),
        ];
        let place: Vec<String> = place.into_iter().flatten().collect();
        let name = format!("{} {}", row.source, place.join(" "));
        let name = name.trim_end();
        if row.status == CoverageStatus::Denied {
            gaps.push(format!("{name}: access denied"));
        }
        if let [gap, rest @ ..] = &row.gaps[..] {
            let more = match rest.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            gaps.push(format!(
                "{name}: no data from {} to {}{more}",
                clock.time(gap.start),
                clock.time(gap.end)
            ));
        }
    }
    if investigation.coverage.is_empty() {
        gaps.push("no log covers this time".to_owned());
    }
    gaps.extend(summary.notes.iter().cloned());
    if !investigation.gaps.is_empty() {
        let changes = phrase::count(investigation.gaps.len() as f64, "configuration change");
        gaps.push(format!("{changes} not logged"));
    }
    if summary.untied > 0 {
        let lines = phrase::count(summary.untied as f64, "failed log line");
        gaps.push(format!("{lines} of an unknown app client (see --map)"));
    }
    gaps
}

/// `1,200 requests`, and how many of them only met a page.
fn requests(summary: &Summary) -> String {
    let requests = phrase::count(summary.requests as f64, "request");
    match summary.undecided {
        0 => requests,
        some => format!("{requests} ({} for pages and redirects)", thousands(some)),
    }
}

/// What was read: files, answers of AWS, or both.
fn inputs(summary: &Summary) -> String {
    let files = phrase::count(summary.files as f64, "file");
    let pages = phrase::count(summary.pages as f64, "page");
    match (summary.files, summary.pages) {
        (_, 0) => files,
        (0, _) => format!("{pages} from AWS"),
        _ => format!("{files} and {pages} from AWS"),
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
        false => format!("; no data from {}", gaps.join(", ")),
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
            "{} had no client ID; inferred {how}",
            phrase::count(*lines as f64, "log line")
        ));
    }
    if summary.untied > 0 {
        notes.push(format!(
            "{} could not be matched to an app client; use `--map LOG_GROUP_OR_ALB=CLIENT`",
            phrase::count(summary.untied as f64, "failed log line")
        ));
    }
    for stream in &summary.failures_only {
        notes.push(format!(
            "{stream} logs failures only, so no failure rate can be computed from it"
        ));
    }
    for (kind, count) in &summary.passed_over {
        notes.push(format!(
            "{} skipped: {}",
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
