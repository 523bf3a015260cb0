//! What an investigation has to say, in order and without a form: the answer first, then the
//! proof, then what undoes it, then what was not seen.

use std::collections::BTreeSet;

use super::{
    blips,
    chart::{self, Mark},
    overview,
    words::{self, Clock, Labels},
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
pub(super) mod breakdown;
pub(super) mod case;
pub(super) mod full;
pub mod postmortem;
mod screen;
pub(super) mod seen;
mod window;

pub use case::line_of;
pub use screen::screen;
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
    /// Incidents, one in a line.
    Incidents(Vec<overview::Row>),
    /// Lines, each with a label.
    Terms(Vec<Term>),
}

/// A line with a label.
#[derive(Clone, Debug)]
pub struct Term {
    /// What it is about; empty where the line before has it.
    pub label: &'static str,
    /// The text, the longest form first.
    pub forms: Vec<String>,
    /// Whether it is to be copied, and therefore stays in one line.
    pub is_command: bool,
}

impl Term {
    fn line(label: &'static str, forms: Vec<String>) -> Self {
        Self {
            label,
            forms,
            is_command: false,
        }
    }

    fn command(label: &'static str, command: String) -> Self {
        Self {
            label,
            forms: vec![command],
            is_command: true,
        }
    }
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
    blocks.extend(scope(investigation).map(Block::Text));
    let findings = &investigation.findings;
    if findings.len() > 1 {
        blocks.push(Block::Gap);
        blocks.push(Block::Incidents(overview::rows(investigation)));
    }
    let around = investigation.around.as_ref();
    if let Some(around) = around {
        blocks.extend(around::seen(investigation, around, clock));
    }
    for finding in findings {
        blocks.extend(outage(finding, Detail::Full, clock));
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
    blocks.push(Block::Heading("Data analysed".to_owned()));
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
    let labels = Labels::new(&investigation.names);
    let mut told = BTreeSet::new();
    for block in &mut blocks {
        if matches!(block, Block::Title(_) | Block::Heading(_)) {
            told.clear();
        }
        let mut say = |text: &mut String| *text = labels.introduced(&clock.told(text), &mut told);
        match block {
            Block::Title(text)
            | Block::Heading(text)
            | Block::Section(text)
            | Block::Text(text)
            | Block::Answer(text) => say(text),
            Block::List(points) => points.iter_mut().for_each(say),
            Block::Facts(facts) => facts.iter_mut().for_each(|(_, text)| say(text)),
            Block::Table(_, rows) => rows
                .iter_mut()
                .flatten()
                .for_each(|cell| *cell = labels.short(&clock.told(cell))),
            Block::Chart(..)
            | Block::Diff(_)
            | Block::Gap
            | Block::Command(_)
            | Block::Record(_)
            | Block::Incidents(_)
            | Block::Terms(_) => {}
        }
    }
    blocks
}

pub(super) fn title(investigation: &Investigation) -> String {
    let clock = Clock::of(investigation);
    let between = between(investigation.window, clock);
    match (&investigation.around, &investigation.findings[..]) {
        (_, [alone]) if investigation.alone_of.is_some() => format!(
            "Incident {} of {} {between}",
            alone.number,
            investigation.alone_of.unwrap_or(1)
        ),
        (Some(around), _) => around::title(investigation, around, clock),
        (None, []) => format!("No incident {between}"),
        (None, several) => format!(
            "{} {between}, {}",
            phrase::count(several.len() as f64, "incident"),
            status(investigation)
        ),
    }
}

/// `none ongoing`, `2 ongoing`.
pub(super) fn status(investigation: &Investigation) -> String {
    match (
        overview::ongoing(investigation),
        investigation.findings.len(),
    ) {
        (0, 1) => "over".to_owned(),
        (1, 1) => "ongoing".to_owned(),
        (0, _) => "none ongoing".to_owned(),
        (count, _) => format!("{count} ongoing"),
    }
}

/// `between 2026-03-02 00:00:00 and 23:59:59 UTC`.
fn between(window: Window, clock: Clock) -> String {
    format!(
        "between {} and {} {}",
        clock.date_time(window.start),
        clock.time(window.end),
        clock.zone(window.end)
    )
}

/// Accounts and Regions are named, up to so many.
const MOST_PLACES: usize = 3;

/// `In account 111122223333, Region eu-west-1.`: where the incidents are.
pub(super) fn scope(investigation: &Investigation) -> Option<String> {
    let places = places(investigation);
    (!places.is_empty()).then(|| format!("In {}.", places.join(", ")))
}

/// `account 111122223333` and `Region eu-west-1` of the incidents.
pub(super) fn places(investigation: &Investigation) -> Vec<String> {
    let incidents = investigation.findings.iter();
    let incidents = incidents.map(|finding| &finding.incident);
    let accounts = incidents.clone().filter_map(|one| one.account.as_ref());
    let accounts: BTreeSet<&str> = accounts.map(|account| account.as_str()).collect();
    let regions = incidents.filter_map(|one| one.region.as_ref());
    let regions: BTreeSet<&str> = regions.map(|region| region.as_str()).collect();
    let some = |what: &str, places: BTreeSet<&str>| match places.len() {
        0 => None,
        1 => places.first().map(|place| format!("{what} {place}")),
        2..=MOST_PLACES => {
            let places: Vec<&str> = places.into_iter().collect();
            Some(format!("{what}s {}", places.join(", ")))
        }
        more => Some(format!("{more} {what}s")),
    };
    [some("account", accounts), some("Region", regions)]
        .into_iter()
        .flatten()
        .collect()
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
            "{what}{} stopped: about {} are missing, by the usual rate",
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

/// What failed, from when to when, where and for whom.
pub(super) fn facts(finding: &Finding, clock: Clock) -> String {
    format!("{}. {}", happened(&finding.incident), when(finding, clock))
}

/// The changes of which one did it, where the logs cannot tell which.
pub(super) fn one_of(finding: &Finding) -> impl Iterator<Item = &Suspect> {
    finding.suspects.iter().filter(|suspect| {
        let mut events = suspect.event_ids.iter();
        events.any(|event| finding.one_of.contains(event))
    })
}

/// Why: a sentence, or several as points. That a named change altered a setting to blame stands in
/// the headline already.
fn reason(finding: &Finding) -> Option<Block> {
    let mut sentences = reasons(finding);
    match sentences.len() {
        0 => None,
        1 => sentences.pop().map(Block::Text),
        _ => Some(Block::List(sentences)),
    }
}

/// The same as sentences.
pub(super) fn reasons(finding: &Finding) -> Vec<String> {
    let mut sentences = words::sentences(&finding.reason);
    let is_headline = |named: &Suspect| {
        let guilty = named.diff.iter().any(|line| line.guilty);
        let name = &named.change.change.name;
        guilty
            && sentences
                .first()
                .is_some_and(|first| first.starts_with(name.as_str()))
    };
    if finding.named().is_some_and(is_headline) {
        sentences.remove(0);
    }
    sentences
}

/// The command that shows more of the only incident.
fn footer_of_one(alone: &Finding, typed: &str) -> String {
    format!("{typed} --explain {}", alone.number)
}

/// How much of an incident is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Suspects that are ruled out are counted, and the caller's roles left out.
    Short,
    /// Everything.
    Full,
}

pub(super) fn outage(finding: &Finding, detail: Detail, clock: Clock) -> Vec<Block> {
    let incident = &finding.incident;
    let mut blocks = vec![
        Block::Heading(format!("{}. {}", finding.number, words::whom(incident))),
        Block::Answer(format!("{}.", words::blamed(finding, clock))),
        Block::Text(facts(finding, clock)),
    ];
    blocks.extend(reason(finding));
    blocks.push(Block::Chart(incident.timeline.clone(), marks(finding)));
    blocks.extend(breakdown::of(finding, clock));
    blocks.extend(provisional(finding).map(|why| Block::Text(why.to_owned())));
    blocks.extend(case::of(finding, detail, clock));
    blocks
}

/// From when to when, in which pool, for whom.
fn when(finding: &Finding, clock: Clock) -> String {
    let incident = &finding.incident;
    let onset = clock.time(incident.onset);
    let (from, since) = match incident.begun_before {
        true => {
            let before = format!("It began before the window (first failure read at {onset})");
            (format!("{before} and lasted"), before)
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
        (None, _) => format!("{since}, still ongoing"),
    };
    if let Some(last) = incident.last_success {
        said.push_str(&format!("; last success {}", clock.time(last)));
    }
    if let Some(ended) = &finding.ended_by {
        said.push_str(&format!("; reverted at {}", clock.time(ended.event_time)));
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
            "Provisional: it reaches beyond the data read; use a longer window to see all of it.",
        ),
        (true, false) => {
            Some("Provisional: CloudTrail may not have delivered all events of this time yet.")
        }
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
            "No configuration change in that time either.".to_owned(),
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
