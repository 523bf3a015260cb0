//! The first screen: a line an incident, what is not reverted, blips and gaps in a line each, and
//! the command to type next. One incident alone is shown with its details.

use super::{Block, Detail, Term, around, changes, footer_of_one, outage, said, scope, title};
use crate::{
    attribute::{Finding, Investigation},
    report::{
        blips, overview,
        words::{self, Clock, Labels},
    },
};

/// Incidents that are not reverted and have a line each.
const MOST_NOT_REVERTED: usize = 5;

/// The blocks of the first screen. `typed` is the command that was typed, to which the next one
/// adds.
pub fn screen(investigation: &Investigation, typed: &str) -> Vec<Block> {
    if investigation.in_full {
        return super::of(investigation);
    }
    let clock = Clock::of(investigation);
    let findings = &investigation.findings;
    let mut blocks = vec![Block::Title(title(investigation))];
    blocks.extend(scope(investigation).map(Block::Text));
    let around = investigation.around.as_ref();
    if let Some(around) = around {
        blocks.extend(around::seen(investigation, around, clock));
    }
    match &findings[..] {
        [] if around.is_none() => blocks.extend(changes(&investigation.changes, clock)),
        [] => {}
        [alone] => blocks.extend(outage(alone, Detail::Short, clock)),
        _ => {
            blocks.push(Block::Gap);
            blocks.push(Block::Incidents(overview::rows(investigation)));
        }
    }
    blocks.push(Block::Gap);
    blocks.push(Block::Terms(terms(investigation, typed, clock)));
    said(blocks, investigation)
}

fn terms(investigation: &Investigation, typed: &str, clock: Clock) -> Vec<Term> {
    let mut terms = Vec::new();
    if investigation.findings.len() > 1 {
        terms.extend(not_reverted(investigation, clock));
    }
    let blips = match investigation.around {
        // They stand among what is unusual.
        Some(_) => Vec::new(),
        None => blips::brief(
            &investigation.blips,
            &Labels::new(&investigation.names),
            clock,
        ),
    };
    if !blips.is_empty() {
        terms.push(Term::line("Blips", blips));
    }
    terms.push(Term::line("Gaps", super::seen::gaps(investigation, clock)));
    terms.push(Term::command("Next", next(investigation, typed)));
    terms
}

/// What is still in force of what broke sign-in.
fn not_reverted(investigation: &Investigation, clock: Clock) -> Vec<Term> {
    if !overview::has_blame(investigation) {
        return Vec::new();
    }
    let left = overview::not_reverted(investigation);
    let labels = Labels::new(&investigation.names);
    let line = |finding: &&Finding| {
        let causes = words::causes(finding, clock);
        let causes = causes.iter().skip(2);
        let over = match finding.incident.end {
            None => "",
            Some(_) => "; requests succeed again",
        };
        let app = labels.app(&finding.incident);
        let line =
            |cause: &String| labels.short(&format!("{}  {app}: {cause}{over}", finding.number));
        causes.map(line).collect::<Vec<String>>()
    };
    let mut lines: Vec<Vec<String>> = left.iter().take(MOST_NOT_REVERTED).map(line).collect();
    match left.len().saturating_sub(MOST_NOT_REVERTED) {
        0 => {}
        more => lines.push(vec![format!("and {more} more")]),
    }
    if lines.is_empty() {
        lines.push(vec![
            "nothing; every change to blame has been reverted".to_owned(),
        ]);
    }
    let labels = std::iter::once("Not reverted").chain(std::iter::repeat(""));
    let terms = labels.zip(lines);
    terms
        .map(|(label, forms)| Term::line(label, forms))
        .collect()
}

/// The command that shows more.
fn next(investigation: &Investigation, typed: &str) -> String {
    match (&investigation.findings[..], overview::first(investigation)) {
        ([_], Some(alone)) => footer_of_one(alone, typed),
        (_, Some(first)) => format!("{typed} --explain {}", first.number),
        (_, None) => format!("{typed} --full"),
    }
}
