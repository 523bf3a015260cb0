//! The case against a change: what it did, why it is blamed, who else is suspected, what undoes
//! it.

use chrono::TimeDelta;

use super::{Block, Detail, Line, one_of, words};
use crate::{
    attribute::{Alternative, Evidence, EvidenceKind, Finding, Suspect, Verdict, phrase},
    cognito::{
        history::{DiffLine, Standing},
        setting::{Resource, Setting},
        shown,
        undo::Undo,
    },
    report::words::Clock,
};

/// Evidence with less weight than this says nothing.
const SAYS_NOTHING: f64 = 0.05;
/// An explanation less probable than this is not worth a row.
const NOT_WORTH_A_ROW: f64 = 0.01;
/// Changes of which one did it that are shown with what they altered.
const MOST_IN_FULL: usize = 4;

/// The blocks of a case. Only a change that is named gets its undo printed: with the wrong one a
/// second outage begins.
pub(super) fn of(finding: &Finding, detail: Detail, clock: Clock) -> Vec<Block> {
    let top = finding.suspects.first();
    let mut blocks = Vec::new();
    match (finding.verdict, top) {
        (Verdict::Change, Some(top)) => blocks.extend(suspect("The change", top, detail, clock)),
        (Verdict::Undetermined, Some(_)) if !finding.one_of.is_empty() => {
            blocks.push(Block::Section(
                "The changes, one of which caused it".to_owned(),
            ));
            let each = one_of(finding).take(MOST_IN_FULL);
            blocks.extend(each.flat_map(|one| made(one, detail, clock)));
        }
        (Verdict::Undetermined, Some(top)) => {
            blocks.extend(suspect(
                "The likeliest change, not proven",
                top,
                detail,
                clock,
            ));
        }
        _ => {}
    }
    blocks.extend(suspects(finding, detail, clock));
    match (finding.verdict, top.and_then(|top| top.undo.as_ref())) {
        (Verdict::Change, Some(remedy)) => blocks.extend(undo(remedy)),
        (Verdict::Undetermined, Some(_)) => blocks.push(Block::Text(
            "No command to revert is shown, because no change is proven; `--format json` has one \
             for each suspect."
                .to_owned(),
        )),
        _ => {}
    }
    blocks
}

fn suspect(title: &str, top: &Suspect, detail: Detail, clock: Clock) -> Vec<Block> {
    let mut blocks = vec![Block::Section(title.to_owned())];
    blocks.extend(made(top, detail, clock));
    blocks.push(Block::Section("Evidence".to_owned()));
    blocks.push(Block::Facts(why(top)));
    blocks
}

/// What was called, by whom, and what it altered.
fn made(suspect: &Suspect, detail: Detail, clock: Clock) -> [Block; 2] {
    let change = &suspect.change.change;
    let lines = suspect.diff.iter();
    let lines = lines.map(|line| line_of(&suspect.change.resource, &line.line, line.guilty));
    [
        Block::Text(format!(
            "`{}` of {} at {}: {}.",
            change.name,
            words::resource(&suspect.change.resource),
            clock.time(change.time),
            who(suspect, detail)
        )),
        Block::Diff(lines.collect()),
    ]
}

/// Events, chain of actors, address, change set.
fn who(suspect: &Suspect, detail: Detail) -> String {
    let change = &suspect.change.change;
    let mut who = vec![words::events(suspect)];
    if words::actors(suspect).count() > 1 {
        who.push(format!("by {}", words::by_all(suspect)));
    }
    if !change.actor_chain.is_empty() && detail == Detail::Full {
        who.push(format!("chain {}", change.actor_chain.join(" → ")));
    }
    who.extend(change.source_ip.as_ref().map(|ip| format!("from {ip}")));
    let set = suspect.change_set.as_ref();
    who.extend(set.map(|set| format!("change set {set}")));
    who.join(", ")
}

/// What speaks for and against a suspect, with its weight.
pub(in crate::report) fn why(suspect: &Suspect) -> Vec<(f64, String)> {
    let says_something =
        |fact: &&Evidence| fact.weight.abs() >= SAYS_NOTHING || fact.kind == EvidenceKind::Replay;
    let facts = suspect.evidence.iter().filter(says_something);
    facts
        .map(|fact| (fact.weight, evidence(fact, suspect)))
        .collect()
}

/// A fact for people: what replay says, in the words of the numbers it rests on.
pub(in crate::report) fn evidence(fact: &Evidence, suspect: &Suspect) -> String {
    let crossing = &suspect.crossing;
    // Replay says two things: what settings do with the requests, and whether the error fits.
    let is_on_settings = fact.text.contains("settings before it");
    let is_all = is_on_settings && crossing.during > 0 && crossing.during_broken == crossing.during;
    match (fact.kind, is_all, crossing.certain) {
        (EvidenceKind::Replay, true, true) if fact.weight > 0.0 => {
            "Replay: every failed request is allowed by the old settings and rejected by the new."
                .to_owned()
        }
        (EvidenceKind::Replay, true, false) if fact.weight > 0.0 => {
            "Replay: every failed request is allowed by the old settings; the new ones may reject it."
                .to_owned()
        }
        _ => fact.text.clone(),
    }
}

/// A diff line for people.
pub fn line_of(resource: &Resource, line: &DiffLine, guilty: bool) -> Line {
    let (before, after) = words::sides(&shown::line(resource, line));
    Line {
        setting: line.setting.to_string(),
        before,
        after,
        guilty,
    }
}

/// All suspects and alternatives as a table, likeliest first.
fn suspects(finding: &Finding, detail: Detail, clock: Clock) -> Vec<Block> {
    let (mut rows, ruled_out) = rows(finding, clock);
    let note = (detail == Detail::Short && !ruled_out.is_empty()).then(|| {
        format!(
            "{} ruled out (less than 1 % each); `--full` lists them.",
            phrase::count(ruled_out.len() as f64, "other change")
        )
    });
    if detail == Detail::Full {
        rows.extend(ruled_out);
    }
    let mut blocks = Vec::new();
    if !rows.is_empty() {
        blocks.push(Block::Section("Suspects".to_owned()));
        blocks.push(Block::Table(HEAD.to_vec(), rows));
    }
    blocks.extend(note.map(Block::Text));
    blocks
}

/// Columns of the table of suspects.
pub(in crate::report) const HEAD: [&str; 6] = ["", "time", "to onset", "event", "by", "what"];

/// Rows of suspects and other explanations, likeliest first, and of those that are ruled out.
pub(in crate::report) fn rows(
    finding: &Finding,
    clock: Clock,
) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let changes = finding
        .suspects
        .iter()
        .map(|suspect| (suspect.probability, row(suspect, clock)));
    let others = finding
        .alternatives
        .iter()
        .filter(|other| other.probability >= NOT_WORTH_A_ROW)
        .map(|other| (other.probability, other_row(other)));
    let mut rows: Vec<(f64, Vec<String>)> = changes.chain(others).collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (likely, ruled_out): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|(probability, _)| *probability >= NOT_WORTH_A_ROW);
    let cells = |rows: Vec<(f64, Vec<String>)>| rows.into_iter().map(|(_, row)| row).collect();
    (cells(likely), cells(ruled_out))
}

fn row(suspect: &Suspect, clock: Clock) -> Vec<String> {
    vec![
        words::percent(suspect.probability),
        clock.time(suspect.change.change.time),
        lag(suspect.lag),
        suspect.change.change.name.clone() + &words::and_more(suspect),
        words::by_all(suspect),
        verdict_on(suspect),
    ]
}

fn other_row(other: &Alternative) -> Vec<String> {
    let nothing = || "–".to_owned();
    vec![
        words::percent(other.probability),
        nothing(),
        nothing(),
        "no logged change".to_owned(),
        nothing(),
        words::alternative_said(other.kind).to_owned(),
    ]
}

/// `56 s before`: where a change stands from the onset.
fn lag(lag: TimeDelta) -> String {
    if lag.abs() < TimeDelta::seconds(1) {
        return "same second".to_owned();
    }
    let length = match lag.abs() {
        // From here on minutes tell nothing.
        long if long >= TimeDelta::hours(2) => {
            TimeDelta::hours(phrase::in_units(long, TimeDelta::hours(1)))
        }
        short => short,
    };
    let side = if lag < TimeDelta::zero() {
        "after"
    } else {
        "before"
    };
    format!("{} {side}", phrase::duration(length))
}

/// What a suspect did, or why it is innocent.
fn verdict_on(suspect: &Suspect) -> String {
    let guilty = suspect.diff.iter().any(|line| line.guilty);
    let crossing = &suspect.crossing;
    let acquitted = crossing.during_broken == 0 && crossing.during_untold == 0;
    let did = words::standing(&suspect.change);
    match (guilty, &suspect.change.standing) {
        (true, _) => words::what(suspect),
        (false, Standing::Effective) if acquitted => {
            format!("{did}; affects none of these requests")
        }
        _ => did,
    }
}

pub(in crate::report) fn undo(undo: &Undo) -> Vec<Block> {
    let mut blocks = vec![Block::Section("How to revert".to_owned())];
    blocks.extend(undo.steps.iter().flat_map(|text| step(text)));
    blocks.extend(undo.command.clone().map(Block::Command));
    blocks.extend(review(&undo.assumed));
    let all = undo.resets.as_ref().and_then(|resets| {
        let command = resets.command.clone()?;
        Some((command, &resets.assumed))
    });
    if let Some((command, assumed)) = all {
        let instead = "To restore everything that the call reset, run this instead:";
        blocks.push(Block::Text(instead.to_owned()));
        blocks.push(Block::Command(command));
        blocks.extend(review(assumed));
    }
    blocks
}

/// A warning of values that no log shows.
fn review(assumed: &[Setting]) -> Option<Block> {
    let names: Vec<String> = assumed.iter().map(|name| format!("`{name}`")).collect();
    let values = match names.len() {
        0 => return None,
        1 => ("the value of", "is"),
        _ => ("the values of", "are"),
    };
    let (values, are) = values;
    Some(Block::Text(format!(
        "Review before running: {values} {} {are} assumed, not logged.",
        names.join(", ")
    )))
}

/// A step; a command in it stands on a line of its own, so that it can be copied whole.
fn step(text: &str) -> Vec<Block> {
    let command = text
        .split_once("`aws ")
        .and_then(|(before, rest)| Some((before, rest.split_once('`')?)));
    let Some((before, (command, after))) = command else {
        return vec![Block::List(vec![text.to_owned()])];
    };
    let mut blocks = vec![
        Block::List(vec![before.trim_end().to_owned()]),
        Block::Command(format!("aws {command}")),
    ];
    let after = after.trim_start_matches(['.', ',', ';', ' ']);
    if !after.is_empty() {
        blocks.push(Block::List(vec![after.to_owned()]));
    }
    blocks
}
