//! The cause of an incident in words: in a few for a table, in a sentence for a headline.

use super::{
    Clock, and_more, by, by_all, grant_requests, percent, person,
    what::{self, Quote},
};
use crate::{
    attribute::{
        Alternative, AlternativeKind, Finding, Suspect, Verdict, breakdown::AttributeKind, phrase,
    },
    detect::{EndState, Incident, Kind},
};

/// A guess as likely as this needs no question mark.
const SURE: f64 = 0.9;
/// Addresses from which passwords are tried on many accounts, and not on one.
const MANY_ADDRESSES: usize = 10;
/// Errors that say a user or password is wrong.
const WRONG_PASSWORD: [&str; 4] = [
    "NotAuthorizedException",
    "UserNotFoundException",
    "invalid_grant",
    "PasswordResetRequiredException",
];

/// The cause in a few words, the longest form first: `alice removed code from AllowedOAuthFlows`,
/// `alice removed code`.
pub fn causes(finding: &Finding, clock: Clock) -> Vec<String> {
    match (finding.verdict, finding.suspects.first()) {
        (Verdict::Change, Some(top)) => by_change(top, clock),
        (Verdict::Undetermined, _) if !finding.one_of.is_empty() => {
            let count = finding.one_of.len();
            vec![
                format!("one of {count} changes; the logs cannot tell which"),
                format!("one of {count} changes"),
            ]
        }
        (Verdict::NoChange, _) => guesses(finding, clock),
        (_, top) => undecided(finding, top, clock),
    }
}

fn by_change(top: &Suspect, clock: Clock) -> Vec<String> {
    let who = person(top);
    let [long, short] = what::forms(top, Quote::None);
    let at = clock.time(top.change.change.time);
    vec![
        format!(
            "{} {long} at {at} ({})",
            by_all(top),
            top.change.change.name
        ),
        format!("{} {long} at {at}", by_all(top)),
        format!("{who} {long} at {at}"),
        format!("{who} {long}"),
        format!("{who} {short}"),
        // Of a URL the host says most.
        format!("{who} {}", short.replace("https://", "")),
    ]
}

/// Nobody is named without proof.
fn undecided(finding: &Finding, top: Option<&Suspect>, clock: Clock) -> Vec<String> {
    let likeliest = finding.alternatives.first();
    let no_change = likeliest.map_or(0.0, |other| other.probability);
    match (top, likeliest) {
        (Some(top), _) if top.probability >= no_change => {
            let (name, at) = (&top.change.change.name, clock.time(top.change.change.time));
            vec![
                format!("undetermined; perhaps {name} at {at}"),
                format!("undetermined; {name}?"),
            ]
        }
        (_, Some(_)) => {
            let guess = guess(finding);
            let guess = guess.trim_end_matches('?');
            vec![
                format!("undetermined; perhaps {guess}"),
                format!("undetermined; {guess}?"),
            ]
        }
        _ => vec!["undetermined".to_owned()],
    }
}

/// The likeliest explanation, with the release that is likeliest to be it.
fn guesses(finding: &Finding, clock: Clock) -> Vec<String> {
    let guess = guess(finding);
    let likeliest = finding.alternatives.first().map(|other| other.kind);
    match (likeliest, finding.releases.last()) {
        (Some(AlternativeKind::Application), Some(release)) => vec![
            format!(
                "{guess} {} at {}",
                by(release),
                clock.time(release.change.time)
            ),
            guess,
        ],
        _ => vec![guess],
    }
}

/// The likeliest explanation other than a change; `?` where it is only that.
fn guess(finding: &Finding) -> String {
    match finding.alternatives.first() {
        None => "unknown; not a logged change".to_owned(),
        Some(likeliest) => {
            let mark = match likeliest.probability >= SURE {
                true => "",
                false => "?",
            };
            format!("{}{mark}", explanation(likeliest, finding))
        }
    }
}

/// An explanation other than a change, with what this incident shows of it.
fn explanation(other: &Alternative, finding: &Finding) -> String {
    match other.kind {
        AlternativeKind::Attack => attack(finding),
        AlternativeKind::StuckCaller => "a stuck caller".to_owned(),
        AlternativeKind::Application => "application release".to_owned(),
        AlternativeKind::Provider => "AWS or identity-provider failure".to_owned(),
        AlternativeKind::Quota => "quota exceeded".to_owned(),
        AlternativeKind::Traffic => "no traffic".to_owned(),
        AlternativeKind::Unknown => "unknown; not a logged change".to_owned(),
    }
}

/// `password spraying from 527 addresses`.
fn attack(finding: &Finding) -> String {
    let errors = &finding.incident.errors;
    let wrong = WRONG_PASSWORD.iter().filter_map(|code| errors.get(*code));
    let is_guessing = wrong.sum::<u64>() * 2 > errors.values().sum();
    let addresses = finding.breakdown.get(AttributeKind::SourceIp);
    let addresses = addresses.map_or(0, |addresses| addresses.distinct);
    let what = match (is_guessing, addresses) {
        (true, MANY_ADDRESSES..) => "password spraying",
        (true, _) => "password guessing",
        (false, _) => "scanning",
    };
    match addresses {
        0 => what.to_owned(),
        1 => format!("{what} from one address"),
        several => format!(
            "{what} from {} addresses",
            phrase::thousands(several as u64)
        ),
    }
}

/// How probable it is what the headline says: the change that is named, the likeliest other
/// explanation, or that one of several changes did it.
pub fn confidence(finding: &Finding) -> Option<f64> {
    let likeliest = finding.alternatives.first().map(|other| other.probability);
    let top = finding.suspects.first().map(|top| top.probability);
    match finding.verdict {
        Verdict::Change => top,
        Verdict::NoChange => likeliest.or(Some(finding.probability_no_change)),
        Verdict::Undetermined if !finding.one_of.is_empty() => {
            let one_of = finding.suspects.iter().filter(|suspect| {
                let mut events = suspect.event_ids.iter();
                events.any(|event| finding.one_of.contains(event))
            });
            Some(one_of.map(|one| one.probability).sum())
        }
        Verdict::Undetermined => top.into_iter().chain(likeliest).max_by(f64::total_cmp),
    }
}

/// The headline: who changed what and what it broke, or what else it was, and how sure that is.
pub fn blamed(finding: &Finding, clock: Clock) -> String {
    let sure = confidence(finding).map(percent).unwrap_or_default();
    match (finding.verdict, finding.suspects.first()) {
        (Verdict::Change, Some(top)) => format!(
            "{} {} at {} with `{}`{}, so {} ({sure})",
            by_all(top),
            what::forms(top, Quote::Code)[0],
            clock.time(top.change.change.time),
            top.change.change.name,
            and_more(top),
            consequence(&finding.incident),
        ),
        (Verdict::Undetermined, _) if !finding.one_of.is_empty() => format!(
            "One of these {} changes caused it; the logs cannot tell which ({sure})",
            finding.one_of.len(),
        ),
        (Verdict::NoChange, _) => match finding.alternatives.first() {
            Some(likeliest) if likeliest.kind != AlternativeKind::Unknown => format!(
                "Not caused by a logged change; most likely {} ({sure})",
                with_article(&explanation(likeliest, finding))
            ),
            _ => format!("Not caused by a logged change; the cause is unknown ({sure})"),
        },
        _ => "The logs cannot decide what caused it".to_owned(),
    }
}

fn with_article(explanation: &str) -> String {
    let article = match explanation {
        "application release" => "an ",
        text if text.starts_with("AWS") => "an ",
        "quota exceeded" => "a ",
        _ => "",
    };
    match explanation {
        "quota exceeded" => format!("{article}quota that was exceeded"),
        other => format!("{article}{other}"),
    }
}

/// `Cognito rejects client-credentials requests`, of what is over in the past.
fn consequence(incident: &Incident) -> String {
    let requests = grant_requests(incident.only_grant());
    match (incident.kind, incident.end_state) {
        (Kind::Failures, EndState::Ongoing) => format!("Cognito rejects {requests}"),
        (Kind::Failures, _) => format!("Cognito rejected {requests}"),
        (Kind::Absence, _) => format!("{requests} stopped"),
    }
}
