//! What a line of a change does to one request, under one row of the table.

use serde_json::Value;

use super::{
    Attempt,
    judge::{Judgement, items, items_of, judge},
};
use crate::cognito::{
    effects::{Effect, Need, Test},
    history::DiffLine,
    lifetime,
    setting::{Resource, is_nothing},
};

/// What a line does under an effect.
pub(super) enum Verdict {
    Same,
    Breaks { certain: bool },
    Cures,
    CannotTell,
}

/// What a line is seen beside.
#[derive(Debug)]
pub(super) struct Beside<'a> {
    pub resource: &'a Resource,
    /// All lines of the change.
    pub lines: &'a [DiffLine],
    /// The version of the token trigger after it.
    pub version: Option<&'a str>,
}

pub(super) fn verdict(
    effect: &Effect,
    line: &DiffLine,
    attempt: &Attempt<'_>,
    beside: &Beside<'_>,
) -> Verdict {
    use Judgement::{Refuse, Unknown};
    let before = judge(effect.test, &line.before, attempt);
    let after = judge(effect.test, &line.after, attempt);
    match (before, after) {
        (Some(before), Some(Unknown)) if before != Refuse && lost(effect, line) => {
            Verdict::Breaks { certain: false }
        }
        (Some(before), Some(after)) => stated(effect, attempt, before, after),
        _ => compared(effect, line, attempt, beside),
    }
}

/// Whether something is gone that the request may need, if only the log said.
fn lost(effect: &Effect, line: &DiffLine) -> bool {
    let (Some(before), Some(after)) = (line.before.value(), line.after.value()) else {
        return false;
    };
    match effect.test {
        Test::StandsIn => !is_nothing(before) && before != after,
        // An empty list may stand for the default one.
        Test::Lists(Need::ReadAttributes | Need::AuthFlow) if is_nothing(after) => false,
        test => {
            let after = items_of(test, after);
            items_of(test, before)
                .iter()
                .any(|item| !after.contains(item))
        }
    }
}

/// The verdict of a test that each state passes or fails by itself.
fn stated(effect: &Effect, attempt: &Attempt<'_>, before: Judgement, after: Judgement) -> Verdict {
    use Judgement::{Pass, Refuse, Unknown};
    match (before, after) {
        (Pass, Refuse) => Verdict::Breaks {
            certain: breaks_all(effect, attempt),
        },
        (Unknown, Refuse) => Verdict::Breaks { certain: false },
        (Refuse, Pass) => Verdict::Cures,
        (Pass, Pass) | (Refuse, Refuse) | (Unknown, Pass) => Verdict::Same,
        (_, Unknown) if effect.test == Test::StandsIn => Verdict::Same,
        (_, Unknown) => Verdict::CannotTell,
    }
}

/// Whether an effect refuses every request of the kind. Not so for a deleted secret (other callers
/// have another), for one of several permissions to invoke a function, for codes that may be a first
/// factor, for a provider unless it is asked for, nor for a scope with client credentials: AWS documents
/// that it is ignored, the field reports `invalid_scope` (domain.md §4.1).
pub(super) fn breaks_all(effect: &Effect, attempt: &Attempt<'_>) -> bool {
    const SOME: [&str; 3] = ["ClientSecret.", "Permission.", "EmailMfaConfiguration."];
    let ignored =
        effect.test == Test::Lists(Need::Scopes) && attempt.grant == Some("client_credentials");
    let unnamed = effect.setting == "Provider" && attempt.identity_provider.is_none();
    !SOME.contains(&effect.setting) && !ignored && !unnamed
}

/// The verdict of a test that compares two states.
fn compared(
    effect: &Effect,
    line: &DiffLine,
    attempt: &Attempt<'_>,
    beside: &Beside<'_>,
) -> Verdict {
    let (before, after) = (line.before.value(), line.after.value());
    let differs = match (before, after) {
        (Some(before), Some(after)) => before != after,
        _ => true,
    };
    let added = || differs && !after.is_some_and(is_nothing);
    match effect.test {
        Test::Same => may(differs),
        Test::NotAdded => may(added()),
        Test::NotReplaced => may(added() && !before.is_some_and(is_nothing)),
        Test::NotAddedAt(version) => match beside.version {
            _ if !added() => Verdict::Same,
            Some(now) => may(now == version),
            None => Verdict::CannotTell,
        },
        Test::Not(text) => match after {
            Some(after) => may(differs && reads(after, text)),
            None => Verdict::CannotTell,
        },
        Test::NotShorter => shortened(line, beside.lines),
        Test::NotFewer => fewer(before, after),
        Test::NotNarrower => narrowed(line, attempt, beside.resource),
        _ => Verdict::Same,
    }
}

fn may(broken: bool) -> Verdict {
    match broken {
        true => Verdict::Breaks { certain: false },
        false => Verdict::Same,
    }
}

/// Whether a text or a flag is written so.
fn reads(value: &Value, text: &str) -> bool {
    match value {
        Value::Bool(flag) => flag.to_string() == text,
        value => value.as_str() == Some(text),
    }
}

/// A span of time that became shorter; how long tokens live is said by two lines together.
fn shortened(line: &DiffLine, lines: &[DiffLine]) -> Verdict {
    let spans = match lifetime::token_of(line.setting.as_str()) {
        Some(token) => lifetime::before_and_after(lines, token),
        None => {
            let number = |value: Option<&Value>| value.and_then(Value::as_f64);
            number(line.before.value()).zip(number(line.after.value()))
        }
    };
    match spans {
        Some((before, after)) => may(after < before),
        None => Verdict::CannotTell,
    }
}

/// A number without which there is no bound.
fn fewer(before: Option<&Value>, after: Option<&Value>) -> Verdict {
    let number = |value: &Value| value.as_f64();
    match (before, after) {
        (_, Some(after)) if is_nothing(after) => Verdict::Same,
        (_, Some(after)) if number(after) == Some(0.0) => Verdict::Breaks { certain: true },
        (Some(before), Some(after)) if is_nothing(before) => may(!is_nothing(after)),
        (Some(before), Some(after)) => may(number(after) < number(before)),
        (None, Some(_)) => Verdict::Breaks { certain: false },
        (_, None) => Verdict::CannotTell,
    }
}

/// A list that lost items; for scopes of a resource server the request may name the lost one.
fn narrowed(line: &DiffLine, attempt: &Attempt<'_>, resource: &Resource) -> Verdict {
    let (Some(before), Some(after)) = (line.before.value(), line.after.value()) else {
        return Verdict::CannotTell;
    };
    if let (Resource::ResourceServer(_, identifier), "Exists") = (resource, &*line.setting.0) {
        let gone = after.as_bool() == Some(false);
        let asked = attempt.scopes.map(|scopes| {
            scopes
                .split(' ')
                .any(|s| s.starts_with(&format!("{identifier}/")))
        });
        return match (gone, asked) {
            (false, _) | (_, Some(false)) => Verdict::Same,
            (true, Some(true)) => Verdict::Breaks { certain: true },
            (true, None) => Verdict::Breaks { certain: false },
        };
    }
    let after = items(after);
    let lost: Vec<&str> = items(before)
        .into_iter()
        .filter(|item| !after.contains(item))
        .collect();
    if lost.is_empty() {
        return Verdict::Same;
    }
    match (resource, attempt.scopes) {
        (Resource::ResourceServer(_, identifier), Some(scopes)) => {
            let asked = scopes.split(' ').any(|scope| {
                let name = scope.strip_prefix(&format!("{identifier}/"));
                name.is_some_and(|name| lost.contains(&name))
            });
            match asked {
                true => Verdict::Breaks { certain: true },
                false => Verdict::Same,
            }
        }
        _ => Verdict::Breaks { certain: false },
    }
}
