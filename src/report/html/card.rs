//! One incident as a card: cause, how to revert it, chart, diff, evidence, suspects, links.

use super::{
    command,
    console::{self, Link},
    diff::{self, Setting},
};
use crate::{
    attribute::{Evidence, EvidenceKind, Finding, Suspect, Verdict},
    cognito::undo::Undo,
    detect::EndState,
    report::{
        axis::Axis,
        chart, notice,
        outline::{self, Block, breakdown, case},
        overview,
        page::Report,
        words::{self, Clock, Labels},
    },
};
use askama::Template;

/// One incident.
#[derive(Debug)]
pub struct Card {
    /// Its id, to link to.
    pub id: String,
    /// Its number.
    pub number: usize,
    /// The app.
    pub app: String,
    /// Ids of the app clients.
    pub ids: String,
    /// How it stands.
    pub badges: Vec<Badge>,
    /// The cause in a sentence.
    pub cause: String,
    /// What failed, from when to when, where, for whom.
    pub happened: String,
    /// What the reason says beside the cause.
    pub reason: Vec<String>,
    /// How to revert it; nothing where that was done or no change is to blame.
    pub revert: Vec<Step>,
    /// The chart.
    pub chart: String,
    /// What a column of the chart is.
    pub unit: String,
    /// Why requests failed.
    pub why: Vec<String>,
    /// The change to blame, or those of which one is.
    pub made: Vec<Made>,
    /// Facts by strength.
    pub evidence: Vec<Group>,
    /// Facts with their log-odds.
    pub figures: Vec<(String, String)>,
    /// Suspects and other explanations.
    pub suspects: Vec<Vec<String>>,
    /// Those less probable than 1 %.
    pub ruled_out: Vec<Vec<String>>,
    /// The incident as a text for a chat.
    pub chat: String,
    /// Where to look in the console.
    pub links: Vec<Link>,
    /// Everything else.
    pub analysis: Vec<Block>,
}

/// A word on how an incident stands.
#[derive(Debug)]
pub struct Badge {
    /// `bad`, `good` or `plain`.
    pub class: &'static str,
    /// The word.
    pub text: String,
}

/// A step to revert a change.
#[derive(Debug)]
pub enum Step {
    /// What to do.
    Text(String),
    /// A command to copy.
    Command(String),
}

/// A change to blame.
#[derive(Debug)]
pub struct Made {
    /// Its heading.
    pub title: &'static str,
    /// Person, tool, address, time.
    pub facts: Vec<(&'static str, String)>,
    /// Roles on the way, and the whole ARNs.
    pub chain: Vec<String>,
    /// Settings to blame.
    pub guilty: Vec<Setting>,
    /// The others.
    pub others: Vec<Setting>,
}

/// Facts of one strength.
#[derive(Debug)]
pub struct Group {
    /// `Strong`, `Moderate`, `Weak`, `Against`.
    pub name: &'static str,
    /// For its colour.
    pub class: &'static str,
    /// The facts.
    pub facts: Vec<String>,
}

/// From these log-odds on a fact is strong, moderate, or says anything.
const STRONG: f64 = 3.0;
const MODERATE: f64 = 1.0;
const WEAK: f64 = 0.05;
/// Changes of which one did it that are shown.
const MOST_MADE: usize = 4;

/// The card of an incident; `at` is its place in the report.
pub fn card(at: usize, finding: &Finding, report: &Report<'_>, clock: Clock) -> Card {
    let investigation = report.investigation;
    let incident = &finding.incident;
    let labels = Labels::new(&investigation.names);
    let say = |text: &str| labels.short(&clock.told(text));
    let traffic = report.traffic.get(at);
    let chart = traffic.map(|traffic| Axis::new(finding, traffic, &investigation.changes, clock));
    let (suspects, ruled_out) = case::rows(finding, clock);
    let named = finding.suspects.first();
    let named = named.filter(|_| finding.verdict != Verdict::NoChange && finding.one_of.is_empty());
    let notes = [
        breakdown::releases(finding, clock),
        breakdown::recurring(finding),
    ];
    Card {
        id: incident.id.clone(),
        number: finding.number,
        app: labels.app(incident),
        ids: ids(finding, &labels),
        badges: badges(finding, clock),
        cause: format!("{}.", say(&words::blamed(finding, clock))),
        happened: say(&outline::facts(finding, clock)),
        reason: outline::reasons(finding)
            .iter()
            .map(|text| say(text))
            .collect(),
        revert: revert(finding),
        unit: traffic.map_or(String::new(), |traffic| chart::length(traffic.bin)),
        chart: chart
            .and_then(|chart| chart.render().ok())
            .unwrap_or_default(),
        why: breakdown::lines(finding)
            .into_iter()
            .chain(notes.into_iter().flatten())
            .map(|text| say(&text))
            .collect(),
        made: changes(finding, &labels, clock),
        evidence: named.map(|named| groups(named, &say)).unwrap_or_default(),
        figures: named.map(|named| figures(named, &say)).unwrap_or_default(),
        suspects: cells(suspects, &say),
        ruled_out: cells(ruled_out, &say),
        chat: labels.short(&notice::opened(finding, clock)),
        links: console::links(finding, investigation.read.end),
        analysis: outline::said(outline::full::of(finding, clock), investigation),
    }
}

fn cells(rows: Vec<Vec<String>>, say: &impl Fn(&str) -> String) -> Vec<Vec<String>> {
    let rows = rows.into_iter();
    rows.map(|row| row.iter().map(|cell| say(cell)).collect())
        .collect()
}

/// The ids beside a name.
fn ids(finding: &Finding, labels: &Labels<'_>) -> String {
    let clients = finding.incident.clients.iter();
    let ids: Vec<String> = clients
        .filter(|id| labels.client(id) != id.as_str())
        .map(|id| labels.with_ids(id.as_str()))
        .collect();
    match &ids[..] {
        [_] => finding.incident.clients[0].to_string(),
        _ => ids.join(", "),
    }
}

fn badges(finding: &Finding, clock: Clock) -> Vec<Badge> {
    let incident = &finding.incident;
    let badge = |class, text: String| Badge { class, text };
    let lasted = overview::lasted(incident);
    let state = match incident.end_state {
        EndState::Ongoing => badge("bad", "ongoing".to_owned()),
        EndState::Recovered => badge("good", format!("recovered after {lasted}")),
        EndState::Silent => badge("plain", format!("no requests since; failed for {lasted}")),
    };
    let revert = match (overview::is_reverted(finding), &finding.ended_by) {
        (None, _) => None,
        (Some(true), Some(ended)) => {
            let at = clock.time(ended.event_time);
            Some(badge("good", format!("reverted at {at}")))
        }
        (Some(true), None) => Some(badge("good", "reverted".to_owned())),
        (Some(false), _) => Some(badge("bad", "not reverted".to_owned())),
    };
    let sure = words::confidence(finding).map(words::percent);
    let sure = sure.map(|sure| badge("plain", format!("{sure} confidence")));
    let provisional = outline::provisional(finding);
    let provisional = provisional.map(|_| badge("plain", "provisional".to_owned()));
    let badges = [Some(state), revert, sure, provisional];
    badges.into_iter().flatten().collect()
}

/// What reverts a named change that still is in force.
fn revert(finding: &Finding) -> Vec<Step> {
    if overview::is_reverted(finding) != Some(false) {
        return Vec::new();
    }
    let undo: Option<&Undo> = finding.named().and_then(|named| named.undo.as_ref());
    let blocks = undo.map(case::undo).unwrap_or_default();
    let step = |block: Block| match block {
        Block::Text(text) => vec![Step::Text(text)],
        Block::List(points) => points.into_iter().map(Step::Text).collect(),
        Block::Command(text) => vec![Step::Command(command::pretty(&text))],
        _ => Vec::new(),
    };
    blocks.into_iter().flat_map(step).collect()
}

/// The change to blame; of several of which one did it, each.
fn changes(finding: &Finding, labels: &Labels<'_>, clock: Clock) -> Vec<Made> {
    let top = finding.suspects.first();
    match finding.verdict {
        Verdict::Change => top
            .map(|top| made("The change", top, labels, clock))
            .into_iter()
            .collect(),
        Verdict::Undetermined if !finding.one_of.is_empty() => outline::one_of(finding)
            .take(MOST_MADE)
            .map(|one| made("One of these changes caused it", one, labels, clock))
            .collect(),
        Verdict::Undetermined => top
            .map(|top| made("The likeliest change, not proven", top, labels, clock))
            .into_iter()
            .collect(),
        Verdict::NoChange => Vec::new(),
    }
}

fn made(title: &'static str, suspect: &Suspect, labels: &Labels<'_>, clock: Clock) -> Made {
    let change = &suspect.change.change;
    let (guilty, others) = diff::of_suspect(suspect);
    let call = format!("{}{}", change.name, words::and_more(suspect));
    let facts = [
        (
            "When",
            Some(format!(
                "{} {}",
                clock.date_time(change.time),
                clock.zone(change.time)
            )),
        ),
        ("Who", Some(words::everybody(suspect))),
        ("Tool", change.tool.clone()),
        ("From", change.source_ip.clone()),
        ("Call", Some(call)),
        (
            "On",
            Some(labels.short(&words::resource(&suspect.change.resource))),
        ),
        ("Deploy", suspect.change_set.clone()),
        ("Event", Some(words::event_ids(suspect))),
    ];
    let facts = facts.into_iter();
    let facts = facts.filter_map(|(name, value)| Some((name, value?)));
    let mut chain = change.actor_chain.clone();
    if chain.is_empty() {
        chain.extend(change.actor.clone());
    }
    Made {
        title,
        facts: facts.collect(),
        chain,
        guilty,
        others,
    }
}

/// Facts for and against a suspect, by strength.
fn groups(suspect: &Suspect, say: &impl Fn(&str) -> String) -> Vec<Group> {
    let of = |holds: &dyn Fn(f64) -> bool| -> Vec<String> {
        let facts = suspect.evidence.iter();
        facts
            // How often such changes break anything is no fact of this incident.
            .filter(|fact| fact.kind != EvidenceKind::Prior && holds(fact.weight))
            .map(|fact: &Evidence| say(&case::evidence(fact, suspect)))
            .collect()
    };
    let groups = [
        ("Strong", "for", of(&|weight| weight >= STRONG)),
        (
            "Moderate",
            "for",
            of(&|weight| (MODERATE..STRONG).contains(&weight)),
        ),
        (
            "Weak",
            "for",
            of(&|weight| (WEAK..MODERATE).contains(&weight)),
        ),
        ("Against", "against", of(&|weight| weight <= -WEAK)),
    ];
    let groups = groups
        .into_iter()
        .map(|(name, class, facts)| Group { name, class, facts });
    groups.filter(|group| !group.facts.is_empty()).collect()
}

fn figures(suspect: &Suspect, say: &impl Fn(&str) -> String) -> Vec<(String, String)> {
    let facts = case::why(suspect).into_iter();
    facts
        .map(|(weight, text)| (format!("{weight:+.1}"), say(&text)))
        .collect()
}
