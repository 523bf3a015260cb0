//! What was seen around a time that somebody asked about.

use super::{Block, changes, words};
use crate::{
    attribute::{
        Around, Investigation,
        phrase::{self, thousands},
    },
    detect::Activity,
    report::{blips, words::Clock},
};

/// `around 2026-03-02 14:05:00 UTC`, `between … and … UTC`.
pub(super) fn span(investigation: &Investigation, around: &Around, clock: Clock) -> String {
    match around.at {
        Some(at) => format!("around {} {}", clock.date_time(at), clock.zone(at)),
        None => super::between(investigation.window, clock),
    }
}

/// The answer in one line: outages, else what is unusual, else that nothing is.
pub(super) fn title(investigation: &Investigation, around: &Around, clock: Clock) -> String {
    let span = span(investigation, around, clock);
    match investigation.findings.len() {
        0 if requests(around) == 0 => format!("No request {span}"),
        0 if unusual(investigation, around, clock).is_empty() => {
            format!("Nothing unusual {span}")
        }
        0 => format!("No incident {span}, but something unusual"),
        several => format!("{} {span}", phrase::count(several as f64, "incident")),
    }
}

/// Everything that was seen: requests, what is unusual, changes.
pub(super) fn seen(investigation: &Investigation, around: &Around, clock: Clock) -> Vec<Block> {
    let window = investigation.window;
    let failed: u64 = around
        .activity
        .iter()
        .map(|one| one.health.all_failed())
        .sum();
    let requests = requests(around);
    let mut blocks = vec![
        Block::Heading(format!(
            "Activity from {} to {}",
            clock.time(window.start),
            clock.time(window.end)
        )),
        Block::Text(format!(
            "{}: {} succeeded, {} failed.",
            phrase::count(requests as f64, "request"),
            thousands(requests - failed),
            thousands(failed)
        )),
    ];
    if !around.activity.is_empty() {
        blocks.push(Block::Table(
            vec![
                "app client",
                "requests",
                "succeeded",
                "failed",
                "usual",
                "errors",
            ],
            around.activity.iter().map(row).collect(),
        ));
    }
    let unusual = unusual(investigation, around, clock);
    if !unusual.is_empty() {
        blocks.push(Block::Section("Unusual".to_owned()));
        blocks.push(Block::List(unusual));
    } else if investigation.findings.is_empty() {
        blocks.push(Block::Text(match requests {
            0 => "No request is logged at that time.".to_owned(),
            _ => {
                "Nothing unusual: no incident, and no more failures than at other times.".to_owned()
            }
        }));
    }
    match investigation.changes.is_empty() {
        true => blocks.push(Block::Text(
            "No configuration change in that time.".to_owned(),
        )),
        false => blocks.extend(changes(&investigation.changes, clock)),
    }
    if around.others > 0 {
        let others = phrase::count(around.others as f64, "other incident");
        blocks.push(Block::Text(format!(
            "{others} at other times or of other app clients; run without `--at` and `--between` to \
             list all."
        )));
    }
    blocks
}

/// Sentences on what is unusual and no outage.
pub(in crate::report) fn unusual(
    investigation: &Investigation,
    around: &Around,
    clock: Clock,
) -> Vec<String> {
    let of_outage = |one: &&Activity| {
        let findings = investigation.findings.iter();
        let clients = findings.flat_map(|finding| &finding.incident.clients);
        one.health.client.is_none()
            || !clients
                .into_iter()
                .any(|id| Some(id) == one.health.client.as_ref())
    };
    let more = around.activity.iter().filter(|one| one.is_unusual());
    let more = more.filter(of_outage).map(|one| {
        let health = &one.health;
        format!(
            "{} of {} of {} failed ({}), usually {}.",
            thousands(health.all_failed()),
            phrase::count(health.all_requests() as f64, "request"),
            words::client(health.client.as_ref()),
            words::errors(&health.all_errors()),
            usually(one)
        )
    });
    let mut told = blips::list(&investigation.blips, clock);
    told.iter_mut().for_each(|line| line.push('.'));
    more.chain(told).collect()
}

fn requests(around: &Around) -> u64 {
    around
        .activity
        .iter()
        .map(|one| one.health.all_requests())
        .sum()
}

fn usually(one: &Activity) -> String {
    let share = one.usual_share();
    share.map_or_else(|| "unknown".to_owned(), words::share)
}

fn row(one: &Activity) -> Vec<String> {
    let health = &one.health;
    vec![
        words::client(health.client.as_ref()),
        thousands(health.all_requests()),
        thousands(health.all_requests() - health.all_failed()),
        thousands(health.all_failed()),
        usually(one),
        words::errors(&health.all_errors()),
    ]
}
