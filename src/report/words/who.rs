//! Who made a change, and in which events.

use super::LONGEST_NAME;
use crate::{attribute::Suspect, cognito::history::ConfigChange, report::escape::cut};

/// Who made a change, short.
pub fn actor(change: &ConfigChange) -> String {
    let actor = change.change.actor.as_deref();
    actor.map_or_else(|| "unknown caller".to_owned(), short_arn)
}

/// `Deploy/ci` of an ARN, or the text as it is.
fn short_arn(actor: &str) -> String {
    let tail = actor.splitn(6, ':').nth(5).unwrap_or(actor);
    let name = match tail.split('/').collect::<Vec<_>>()[..] {
        ["assumed-role", role, session] => match permission_set(role) {
            Some(set) => format!("SSO {set}/{session}"),
            None => format!("{role}/{session}"),
        },
        ["user", .., user] => user.to_owned(),
        _ => tail.to_owned(),
    };
    cut(&name, LONGEST_NAME)
}

/// `Platform` of `AWSReservedSSO_Platform_0123456789abcdef`, as IAM Identity Center names roles.
///
/// Source: <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>.
fn permission_set(role: &str) -> Option<&str> {
    let (set, _) = role.strip_prefix("AWSReservedSSO_")?.rsplit_once('_')?;
    Some(set)
}

/// Who made the changes of a suspect, shortest: `alice` of somebody who signed in with IAM Identity
/// Center, `Deploy/ci` of a role that is no person's.
pub fn person(suspect: &Suspect) -> String {
    let name = |actor: &str| {
        let name = short_arn(actor);
        match name
            .strip_prefix("SSO ")
            .and_then(|name| name.split_once('/'))
        {
            Some((_, session)) => session.to_owned(),
            None => name,
        }
    };
    let names: Vec<String> = actors(suspect).map(name).collect();
    match &names[..] {
        [] => "unknown caller".to_owned(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, rest @ ..] => format!("{first} and {} others", rest.len()),
    }
}

/// `by Deploy/ci (terraform)`.
pub fn by(change: &ConfigChange) -> String {
    match change.change.tool.as_deref() {
        Some(tool) => format!("{} ({tool})", actor(change)),
        None => actor(change),
    }
}

/// Who made the changes of a suspect, as ARNs, each once.
pub fn actors(suspect: &Suspect) -> impl Iterator<Item = &str> {
    let alone = suspect.change.change.actor.as_deref();
    let alone = alone.filter(|_| suspect.actors.is_empty());
    suspect.actors.iter().map(String::as_str).chain(alone)
}

/// `by Deploy/ci (terraform) and SSO Platform/alice`: everybody who made changes of a suspect.
pub fn by_all(suspect: &Suspect) -> String {
    let mut said = by(&suspect.change);
    let first = suspect.change.change.actor.as_deref();
    let others: Vec<String> = actors(suspect)
        .filter(|actor| Some(*actor) != first)
        .map(short_arn)
        .collect();
    if let Some((last, before)) = others.split_last() {
        for other in before {
            said.push_str(&format!(", {other}"));
        }
        said.push_str(&format!(" and {last}"));
    }
    said
}

/// Everybody who made changes of a suspect, without the tool.
pub fn everybody(suspect: &Suspect) -> String {
    let names: Vec<String> = actors(suspect).map(short_arn).collect();
    match names.is_empty() {
        true => "unknown caller".to_owned(),
        false => names.join(", "),
    }
}

/// `event 1a2b…`, or all of a suspect of several changes.
pub fn events(suspect: &Suspect) -> String {
    let what = match suspect.event_ids.len() {
        0 | 1 => "event",
        _ => "events",
    };
    format!("{what} {}", event_ids(suspect))
}

/// The same without the word.
pub fn event_ids(suspect: &Suspect) -> String {
    let events: Vec<&str> = suspect.event_ids.iter().map(|id| id.as_str()).collect();
    match events[..] {
        [] | [_] => suspect.change.change.event_id.clone(),
        _ => events.join(", "),
    }
}

/// ` and 1 more` after the name of a suspect's first event, where it has several.
pub fn and_more(suspect: &Suspect) -> String {
    match suspect.event_ids.len() {
        0 | 1 => String::new(),
        events => format!(" and {} more", events - 1),
    }
}
