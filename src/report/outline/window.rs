//! The report on a window: its outages, how each app client fared, and every change.

use super::{Block, Detail, all_blips, line_of, outage, said, scope, seen, title, words};
use crate::{
    attribute::phrase::thousands,
    cognito::history::ConfigChange,
    frame::Health,
    report::{overview, page::Report, words::Clock},
};

/// The blocks of a report.
pub fn report(report: &Report<'_>) -> Vec<Block> {
    let investigation = report.investigation;
    let clock = Clock::of(investigation);
    let findings = || investigation.findings.iter();
    let mut blocks = vec![Block::Title(title(investigation))];
    blocks.extend(scope(investigation).map(Block::Text));
    blocks.push(Block::Incidents(overview::rows(investigation)));
    blocks.extend(findings().flat_map(|finding| outage(finding, Detail::Full, clock)));
    blocks.push(Block::Heading("Token health".to_owned()));
    blocks.push(Block::Table(
        vec![
            "app client",
            "success",
            "requests",
            "failed",
            "errors",
            "authorize errors",
        ],
        report.health.iter().map(fared).collect(),
    ));
    blocks.push(Block::Heading("Changes in the window".to_owned()));
    if investigation.changes.is_empty() {
        blocks.push(Block::Text("None in the logs.".to_owned()));
    }
    let changes = investigation.changes.iter().rev();
    blocks.extend(changes.flat_map(|change| made(change, clock)));
    blocks.extend(all_blips(investigation, clock));
    blocks.push(Block::Heading("Data analysed".to_owned()));
    blocks.extend(seen::looked_at(investigation, clock));
    said(blocks, investigation)
}

fn fared(health: &Health) -> Vec<String> {
    vec![
        words::client(health.client.as_ref()),
        words::success(health),
        thousands(health.requests),
        thousands(health.failed),
        words::errors(&health.errors),
        words::errors(&health.authorize_errors),
    ]
}

fn made(change: &ConfigChange, clock: Clock) -> Vec<Block> {
    let said = format!(
        "{} `{}` of {} by {}: {}. Event {}.",
        clock.time(change.change.time),
        change.change.name,
        words::resource(&change.resource),
        words::by(change),
        words::standing(change),
        change.change.event_id
    );
    let diff = change
        .diff
        .iter()
        .map(|line| line_of(&change.resource, line, false));
    let diff: Vec<_> = diff.collect();
    let mut blocks = vec![Block::Text(said)];
    if !diff.is_empty() {
        blocks.push(Block::Diff(diff));
    }
    blocks
}
