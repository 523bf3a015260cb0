//! What an investigation has to say, in order and without a form: the answer first, then the
//! proof, then what undoes it, then what was not seen.

use super::{
    blips,
    chart::{self, Mark},
    words::{self, Clock},
};
use crate::{
    attribute::{
        Finding, Investigation, Suspect, Verdict,
        phrase::{self, thousands},
    },
    cognito::history::ConfigChange,
    detect::{EndState, Incident, Kind},
    frame::Timeline,
    queries::endpoint,
    window::Window,
};

pub(super) mod around;
mod case;
pub(super) mod full;
pub mod postmortem;
pub(super) mod seen;
mod window;

pub use case::line_of;
pub use window::report;

/// One thing to show. Texts are as the logs had them; every form escapes its own way.
#[derive(Clone, Debug)]
pub enum Block {
    /// The page's first line.
    Title(String),
    /// One outage or a section.
    Heading(String),
    /// A smaller section.
    Section(String),
    /// A paragraph; `backticks` mark names.
    Text(String),
    /// A paragraph that answers.
    Answer(String),
    /// A chart, with times to mark.
    Chart(Timeline, Vec<Mark>),
    /// A table.
    Table(Vec<&'static str>, Vec<Vec<String>>),
    /// Settings before and after.
    Diff(Vec<Line>),
    /// Points.
    List(Vec<String>),
    /// Facts, with the log-odds that each adds.
    Facts(Vec<(f64, String)>),
    /// A little room.
    Gap,
    /// A command to copy.
    Command(String),
    /// A record of a log, as it is.
    Record(String),
}

/// One setting before and after.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its name.
    pub setting: String,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
    /// Whether it is to blame.
    pub guilty: bool,
}

/// The blocks of a whole investigation.
pub fn of(investigation: &Investigation) -> Vec<Block> {
    let clock = Clock::of(investigation);
    let mut blocks = vec![Block::Title(title(investigation))];
    let findings = &investigation.findings;
    if findings.len() > 1 {
        blocks.push(Block::Gap);
        let answers = findings.iter();
        let answers = answers.map(|finding| overview(finding, clock));
        blocks.push(Block::List(answers.collect()));
    }
    let around = investigation.around.as_ref();
    if let Some(around) = around {
        blocks.extend(around::seen(investigation, around, clock));
    }
    for finding in findings {
        blocks.extend(outage(finding, clock));
        if investigation.in_full {
            blocks.extend(full::of(finding, clock));
        }
    }
    if findings.is_empty() && around.is_none() {
        blocks.extend(changes(&investigation.changes, clock));
    }
    let blips = blips::line(&investigation.blips, clock);
    if let Some(line) = blips.filter(|_| around.is_none()) {
        blocks.push(Block::Heading("Blips".to_owned()));
        blocks.push(match investigation.in_full {
            true => Block::List(blips::list(&investigation.blips, clock)),
            false => Block::Text(format!("{line} `--full` lists them.")),
        });
    }
    blocks.push(Block::Heading("What was looked at".to_owned()));
    blocks.extend(seen::looked_at(investigation, clock));
    said(blocks, investigation)
}

/// Every blip, for documents.
pub(super) fn all_blips(investigation: &Investigation, clock: Clock) -> Vec<Block> {
    let Some(line) = blips::line(&investigation.blips, clock) else {
        return Vec::new();
    };
    vec![
        Block::Heading("Blips".to_owned()),
        Block::Text(line),
        Block::List(blips::list(&investigation.blips, clock)),
    ]
}

/// The blocks for people: with the names of app clients, and times in their zone. Commands, diffs
/// and records stay as they are.
pub(super) fn said(mut blocks: Vec<Block>, investigation: &Investigation) -> Vec<Block> {
    let clock = Clock::of(investigation);
    for block in &mut blocks {
        let say = |text: &mut String| *text = words::named(&clock.told(text), &investigation.names);
        match block {
            Block::Title(text)
            | Block::Heading(text)
            | Block::Section(text)
            | Block::Text(text)
            | Block::Answer(text) => say(text),
            Block::List(points) => points.iter_mut().for_each(say),
            Block::Facts(facts) => facts.iter_mut().for_each(|(_, text)| say(text)),
            Block::Table(_, rows) => rows.iter_mut().flatten().for_each(say),
            Block::Chart(..)
            | Block::Diff(_)
            | Block::Gap
            | Block::Command(_)
            | Block::Record(_) => {}
        }
    }
    blocks
}

pub(super) fn title(investigation: &Investigation) -> String {
    let clock = Clock::of(investigation);
    let between = between(investigation.window, clock);
    match (&investigation.around, &investigation.findings[..]) {
        (_, [alone]) if investigation.alone_of.is_some() => format!(
            "Outage {} of {} {between}",
            alone.number,
            investigation.alone_of.unwrap_or(1)
        ),
        (Some(around), _) => around::title(investigation, around, clock),
        (None, []) => format!("No outage {between}"),
        (None, several) => format!(
            "{} {between}",
            phrase::count(several.len() as f64, "outage")
        ),
    }
}

/// `between 2026-03-02 00:00:00 and 2026-03-02 23:59:59 UTC`.
fn between(window: Window, clock: Clock) -> String {
    format!(
        "between {} and {} {}",
        clock.date_time(window.start),
        clock.date_time(window.end),
        clock.zone(window.end)
    )
}

/// One outage in one line.
pub(super) fn overview(finding: &Finding, clock: Clock) -> String {
    let incident = &finding.incident;
    format!(
        "{}. {} {}: {}. {}",
        finding.number,
        words::onset(incident, clock),
        words::whom(incident),
        happened(incident),
        blamed(finding, clock)
    )
}

/// `1,248 of 1,265 client_credentials requests failed (unauthorized_client)`.
pub(super) fn happened(incident: &Incident) -> String {
    let what = what(incident);
    match incident.kind {
        Kind::Failures => format!(
            "{} of {} {what} failed with {}",
            thousands(incident.failed),
            thousands(incident.total),
            phrase::errors(incident)
        ),
        Kind::Absence => format!(
            "{what}{} stopped: none came, about {} are missing against the usual rate",
            words::shared(&incident.stratum),
            thousands(incident.expected.unwrap_or(0.0).round() as u64)
        ),
    }
}

/// `client_credentials requests`.
fn what(incident: &Incident) -> String {
    let endpoint = incident.stratum.endpoint.as_deref();
    match (incident.only_grant(), endpoint) {
        (Some(grant), _) => format!("{grant} requests"),
        (None, Some(endpoint::AUTHORIZE | endpoint::ERROR_PAGE)) => "authorize requests".to_owned(),
        (None, _) => "requests".to_owned(),
    }
}

/// `UpdateUserPoolClient at 14:05:04 by Deploy/ci (terraform) dropped … (97 %)`.
pub(super) fn blamed(finding: &Finding, clock: Clock) -> String {
    match (finding.verdict, finding.suspects.first()) {
        (Verdict::Change, Some(top)) => format!(
            "`{}`{} at {} by {} {} ({})",
            top.change.change.name,
            words::and_more(top),
            clock.time(top.change.change.time),
            words::by_all(top),
            words::what(top),
            words::percent(top.probability)
        ),
        (Verdict::Undetermined, _) if !finding.one_of.is_empty() => format!(
            "One of these {} changes did it; the logs cannot tell which ({})",
            finding.one_of.len(),
            words::percent(one_of(finding).map(|one| one.probability).sum())
        ),
        (Verdict::NoChange, _) => {
            let likeliest = finding.alternatives.first();
            let said = likeliest.map_or("no reason known", |a| words::alternative_said(a.kind));
            format!(
                "No logged change did it ({}); likeliest {said}",
                words::percent(finding.probability_no_change)
            )
        }
        _ => "The logs cannot decide".to_owned(),
    }
}

/// The changes of which one did it, where the logs cannot tell which.
fn one_of(finding: &Finding) -> impl Iterator<Item = &Suspect> {
    finding.suspects.iter().filter(|suspect| {
        let mut events = suspect.event_ids.iter();
        events.any(|event| finding.one_of.contains(event))
    })
}

/// Why: a sentence, or several as points.
fn reason(finding: &Finding) -> Block {
    match words::sentences(&finding.reason) {
        several if several.len() > 1 => Block::List(several),
        _ => Block::Text(finding.reason.clone()),
    }
}

pub(super) fn outage(finding: &Finding, clock: Clock) -> Vec<Block> {
    let incident = &finding.incident;
    let mut blocks = vec![
        Block::Heading(format!("{}. {}", finding.number, words::whom(incident))),
        Block::Answer(format!("{}.", blamed(finding, clock))),
        Block::Text(format!("{}. {}", happened(incident), when(finding, clock))),
        reason(finding),
        Block::Chart(incident.timeline.clone(), marks(finding)),
    ];
    blocks.extend(provisional(finding).map(|why| Block::Text(why.to_owned())));
    blocks.extend(case::of(finding, clock));
    blocks
}

/// From when to when, in which pool, for whom.
fn when(finding: &Finding, clock: Clock) -> String {
    let incident = &finding.incident;
    let onset = clock.time(incident.onset);
    let (from, since) = match incident.begun_before {
        true => {
            let before = format!("It began before the window (first failure read at {onset})");
            (format!("{before} and went on"), before)
        }
        false => (format!("From {onset}"), format!("Since {onset}")),
    };
    let mut said = match (incident.end, incident.end_state) {
        (Some(end), EndState::Recovered) => format!(
            "{from} to {} ({}), then requests succeeded again",
            clock.time(end),
            phrase::duration(end - incident.onset)
        ),
        (Some(end), _) => format!("{from} to {}, silent since", clock.time(end)),
        (None, _) => format!("{since}, still going on"),
    };
    if let Some(last) = incident.last_success {
        said.push_str(&format!("; last success {}", clock.time(last)));
    }
    if let Some(ended) = &finding.ended_by {
        said.push_str(&format!("; undone at {}", clock.time(ended.event_time)));
    }
    let place = [
        incident
            .user_pool
            .as_ref()
            .map(|pool| format!("User pool {pool}")),
        incident
            .account
            .as_ref()
            .map(|account| format!("account {account}")),
        incident.region.as_ref().map(ToString::to_string),
        incident
            .users
            .map(|users| phrase::count(users as f64, "known user")),
    ];
    let place: Vec<String> = place.into_iter().flatten().collect();
    format!("{said}. {}.", place.join(", "))
}

/// Why an answer may change, if it may.
pub(super) fn provisional(finding: &Finding) -> Option<&'static str> {
    match (finding.provisional, finding.cut) {
        (false, _) => None,
        (true, true) => Some(
            "Provisional: it reaches beyond the time that was read; a longer window tells it whole.",
        ),
        (true, false) => Some("Provisional: the trail may not be complete for this time yet."),
    }
}

fn marks(finding: &Finding) -> Vec<Mark> {
    let named = finding
        .suspects
        .first()
        .filter(|_| finding.verdict == Verdict::Change);
    let change = named.map(|suspect| (suspect.change.change.time, chart::CHANGE));
    let cure = finding
        .ended_by
        .as_ref()
        .map(|ended| (ended.event_time, chart::CURE));
    change.into_iter().chain(cure).collect()
}

/// When nothing was found: what changed in the window all the same.
fn changes(changes: &[ConfigChange], clock: Clock) -> Vec<Block> {
    if changes.is_empty() {
        return vec![Block::Text(
            "No effective change in the window either.".to_owned(),
        )];
    }
    let rows = changes.iter().map(|change| {
        vec![
            clock.time(change.change.time),
            change.change.name.clone(),
            words::by(change),
            format!(
                "{}: {}",
                words::resource(&change.resource),
                words::standing(change)
            ),
        ]
    });
    vec![
        Block::Heading("Changes in the window".to_owned()),
        Block::Table(vec!["time", "event", "by", "what"], rows.collect()),
    ]
}

/// A fact with its weight, in one line.
pub(super) fn fact((weight, text): &(f64, String)) -> String {
    format!("{weight:+.1}  {text}")
}
