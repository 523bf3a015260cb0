//! The whole case of one outage: which requests fail, how the settings judge them, what speaks for
//! and against each suspect, and what would prove the verdict wrong.

use super::{Block, case, words};
use crate::{
    attribute::{
        Crossing, Finding, Suspect, Verdict,
        phrase::{self, thousands},
    },
    detect::{Incident, Kind},
    report::words::Clock,
};

/// Of the usual successes so large a share are nearly all.
const MOST: f64 = 0.8;

/// The blocks of a whole case.
pub(in crate::report) fn of(finding: &Finding, clock: Clock) -> Vec<Block> {
    let mut blocks = vec![
        Block::Section("The requests that fail".to_owned()),
        Block::List(stratum(&finding.incident, clock)),
    ];
    let top = finding.suspects.first();
    if let Some(top) = top.filter(|top| top.crossing.during_broken > 0) {
        blocks.push(Block::Section(
            "Requests, judged by the settings before and after the likeliest change".to_owned(),
        ));
        blocks.push(crossed(&top.crossing, finding.incident.kind));
    }
    for suspect in &finding.suspects {
        blocks.push(Block::Section(format!(
            "{}: `{}` at {} by {}",
            words::percent(suspect.probability),
            suspect.change.change.name,
            clock.time(suspect.change.change.time),
            words::by_all(suspect)
        )));
        let facts = suspect.evidence.iter();
        let facts = facts.map(|fact| (fact.weight, case::evidence(fact, suspect)));
        blocks.push(Block::Facts(facts.collect()));
    }
    blocks.push(Block::Section("Without a change".to_owned()));
    let others = finding.alternatives.iter();
    let others = others.map(|other| {
        let said = words::alternative_said(other.kind);
        format!("{}: {said}", words::percent(other.probability))
    });
    blocks.push(Block::List(others.collect()));
    blocks.push(Block::Section("What would prove it wrong".to_owned()));
    blocks.push(Block::List(disproof(finding, clock)));
    blocks.push(Block::Text(
        "The probabilities are calibrated on simulated incidents: no public record of a real one \
         exists."
            .to_owned(),
    ));
    blocks
}

/// What the failing requests share, and the seconds between which they begin.
fn stratum(incident: &Incident, clock: Clock) -> Vec<String> {
    let shared = &incident.stratum;
    let mut told: Vec<String> = [
        ("endpoint", &shared.endpoint),
        ("grant", &shared.grant),
        ("redirect URI", &shared.redirect_uri),
        ("scopes", &shared.scopes),
        ("identity provider", &shared.identity_provider),
        ("error", &shared.error),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(format!("{name}: `{}`", value.as_ref()?)))
    .collect();
    let (from, to) = incident.onset_interval;
    told.push(match incident.kind {
        _ if incident.begun_before => format!(
            "The outage began before the window: the first failure read, at {}, is not its first.",
            clock.time(incident.onset)
        ),
        Kind::Failures => format!(
            "The outage begins after {}, the last success, and by {}, the first failure.",
            clock.time(from),
            clock.time(to)
        ),
        Kind::Absence => format!(
            "The last request came at {}; the next was to be expected by {}.",
            clock.time(from),
            clock.time(to)
        ),
    });
    if incident.kind == Kind::Failures {
        told.push(format!(
            "Otherwise {} of such requests fail.",
            words::percent(incident.normal_failure_rate)
        ));
        told.push(beside_successes(incident));
    }
    let first = incident.first_failed_event_id.as_ref();
    told.extend(first.map(|first| format!("The first that failed is event {first}.")));
    told
}

/// Whether failures took the place of successes or came on top of them.
fn beside_successes(incident: &Incident) -> String {
    let Some(kept) = incident.successes_kept else {
        return "Too little is known of before to say whether successes became fewer.".to_owned();
    };
    let came = format!(
        "{} of the successes usual for that long came",
        words::percent(kept)
    );
    match incident.substitutive {
        true => {
            format!("{came}: failures took the place of the others, as where a setting is broken.")
        }
        false if kept >= MOST => {
            format!("{came}: failures came on top of them, as in an attack or from a stuck caller.")
        }
        false => format!("{came}: too few are usual to say whether they became fewer."),
    }
}

/// Requests before and during, by the settings before and after.
fn crossed(crossing: &Crossing, kind: Kind) -> Block {
    let refused = match crossing.certain {
        true => "refused",
        false => "may be refused",
    };
    let during = match kind {
        Kind::Failures => "failed in the outage",
        Kind::Absence => "of the kind that stopped, in the 3 h before",
    };
    let spared = crossing.during
        - crossing.during_broken
        - crossing.during_refused_before
        - crossing.during_untold;
    let mut rows = vec![
        (
            "of the kind it breaks, accepted in the day before",
            crossing.before_broken,
            "accepted",
            refused,
        ),
        (during, crossing.during_broken, "accepted", refused),
    ];
    rows.extend([
        (during, crossing.during_refused_before, "refused", "refused"),
        (during, spared, "accepted", "accepted"),
        (during, crossing.during_untold, "unknown", "unknown"),
    ]);
    let rows = rows
        .into_iter()
        .enumerate()
        .filter(|(at, (_, count, ..))| *at < 2 || *count > 0)
        .map(|(_, (what, count, before, after))| {
            vec![
                thousands(count),
                what.to_owned(),
                before.to_owned(),
                after.to_owned(),
            ]
        });
    Block::Table(
        vec!["requests", "", "by the settings before", "by those after"],
        rows.collect(),
    )
}

/// What, if it were found, would change the verdict.
fn disproof(finding: &Finding, clock: Clock) -> Vec<String> {
    let top = finding.suspects.first();
    match (finding.verdict, top) {
        (Verdict::Change, Some(top)) => against_change(top, clock),
        (Verdict::Undetermined, Some(top)) => {
            let mut told = against_change(top, clock);
            told.push(finding.reason.clone());
            told
        }
        _ => vec![
            "A change of what these requests depend on that the logs do not hold: of another \
             account, by a call that this version does not know, or before the logs begin."
                .to_owned(),
            "One of these requests that passes with the same credentials, URI and scopes while \
             others fail: then the callers differ, not the settings."
                .to_owned(),
        ],
    }
}

fn against_change(top: &Suspect, clock: Clock) -> Vec<String> {
    let made = clock.time(top.change.change.time);
    let crossing = &top.crossing;
    let accepted = crossing.between_accepted + crossing.despite_accepted;
    let seen = match accepted {
        0 => "none is in the logs".to_owned(),
        _ => format!(
            "{} in the logs",
            phrase::count(accepted as f64, "such request")
        ),
    };
    let mut told = vec![format!(
        "A request of the kind it breaks that was accepted after {made}, before the setting was put \
         back: {seen}."
    )];
    told.push(format!(
        "One that failed in the same way before {made}, under the settings before it."
    ));
    if top
        .diff
        .iter()
        .any(|line| line.guilty && line.line.before.value().is_none())
    {
        told.push(
            "A description of the settings before it that shows the guilty one as it was after."
                .to_owned(),
        );
    }
    told
}
