//! Why requests failed: what they have in common, what else happened then, and whether the same
//! change was made before.

use super::{Block, words};
use crate::{
    attribute::{
        Finding, Verdict,
        breakdown::{Attribute, AttributeKind, Share},
        phrase::{self, thousands},
        recurrence::Recurrence,
    },
    report::{escape::cut, words::Clock},
};

/// Values of an attribute that are named.
const MOST: usize = 3;
const LONGEST_VALUE: usize = 100;
/// A value of fewer of the requests says nothing of them.
const TELLING: f64 = 0.1;
/// More distinct values than this are counted, and the most frequent one named.
const MANY: usize = 5;

/// A section, where there is anything to say.
pub(in crate::report) fn of(finding: &Finding, clock: Clock) -> Vec<Block> {
    let lines = lines(finding);
    let mut blocks = Vec::new();
    if !lines.is_empty() {
        blocks.push(Block::Section("Why it failed".to_owned()));
        blocks.push(Block::List(lines));
    }
    blocks.extend(releases(finding, clock).map(Block::Text));
    blocks.extend(recurring(finding).map(Block::Text));
    blocks
}

/// What failed requests have in common, a line an attribute.
pub(in crate::report) fn lines(finding: &Finding) -> Vec<String> {
    let breakdown = &finding.breakdown;
    let attributes = breakdown.attributes.iter();
    let attributes = attributes
        .filter(|attribute| !is_said_already(attribute))
        .filter(|attribute| !is_scattered(attribute, breakdown.failed));
    attributes
        .map(|attribute| line(attribute, breakdown.failed))
        .collect()
}

/// One error, grant or endpoint alone stands in the sentence that says what failed.
fn is_said_already(attribute: &Attribute) -> bool {
    let said = matches!(
        attribute.kind,
        AttributeKind::Error | AttributeKind::Grant | AttributeKind::Endpoint
    );
    let note = attribute.values.iter().any(|share| share.note.is_some());
    said && attribute.distinct == 1 && !note
}

/// Texts that are nearly all different, as those with an id in them, have nothing in common.
fn is_scattered(attribute: &Attribute, failed: u64) -> bool {
    attribute.kind == AttributeKind::ErrorText && !is_telling(attribute, failed)
}

/// Whether the most frequent value is that of many.
fn is_telling(attribute: &Attribute, failed: u64) -> bool {
    let most = attribute.values.first().map_or(0, |share| share.failed);
    most as f64 >= TELLING * failed as f64
}

fn line(attribute: &Attribute, failed: u64) -> String {
    let name = name(attribute.kind);
    let said = match (&attribute.values[..], attribute.distinct) {
        ([only], 1) if attribute.unknown == 0 => format!("all with {}", value(only)),
        ([only], 1) => format!("{}, the others unknown", with_share(only, failed)),
        (_, distinct) if !is_telling(attribute, failed) => {
            format!("{} different", thousands(distinct as u64))
        }
        ([first, ..], distinct) if distinct > MANY => format!(
            "{} different, most often {}",
            thousands(distinct as u64),
            with_share(first, failed)
        ),
        (values, distinct) => {
            let shown = values.iter().take(MOST);
            let mut shown: Vec<String> = shown.map(|share| with_share(share, failed)).collect();
            match distinct.saturating_sub(MOST) {
                0 => {}
                more => shown.push(format!("{more} more")),
            }
            shown.join("; ")
        }
    };
    format!("{name}: {said}")
}

fn with_share(share: &Share, failed: u64) -> String {
    let part = words::percent(share.failed as f64 / failed.max(1) as f64);
    format!("{part} with {}", value(share))
}

/// A value with what the settings say of it.
fn value(share: &Share) -> String {
    let value = cut(&share.value, LONGEST_VALUE).replace('`', "'");
    match &share.note {
        Some(note) => format!("`{value}`, {note}"),
        None => format!("`{value}`"),
    }
}

/// An attribute for people.
fn name(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Endpoint => "endpoint",
        AttributeKind::Grant => "grant",
        AttributeKind::RedirectUri => "redirect URI",
        AttributeKind::Scopes => "scopes",
        AttributeKind::IdentityProvider => "identity provider",
        AttributeKind::Error => "error",
        AttributeKind::ErrorText => "error text",
        AttributeKind::UserAgent => "user agent",
        AttributeKind::SourceIp => "caller address",
    }
}

/// What was released shortly before an incident that no change of a setting explains.
pub(in crate::report) fn releases(finding: &Finding, clock: Clock) -> Option<String> {
    if finding.verdict == Verdict::Change {
        return None;
    }
    let release = finding.releases.last()?;
    let before = phrase::duration(finding.incident.onset - release.change.time);
    Some(format!(
        "{} released {} with `{}` at {}, {before} before the first failure.",
        words::by(release),
        words::resource(&release.resource),
        release.change.name,
        clock.time(release.change.time),
    ))
}

/// `Third time in 14 days that Deploy/ci …`.
pub(in crate::report) fn recurring(finding: &Finding) -> Option<String> {
    let named = finding.named()?;
    let recurrence = finding.recurrence.as_ref()?;
    let who = words::person(named);
    let Recurrence { setting, lost, .. } = recurrence;
    let (did, it) = match &lost[..] {
        [] => (
            format!("sets `{setting}` to this value"),
            "the value that works".to_owned(),
        ),
        [one] => (
            format!("removes `{one}` from `{setting}`"),
            format!("`{one}`"),
        ),
        several => (
            format!("removes {} values from `{setting}`", several.len()),
            "them".to_owned(),
        ),
    };
    Some(format!(
        "{} time in {} that {who} {did}. If a template or script makes this call, add {it} there; \
         otherwise the next run breaks sign-in again.",
        ordinal(recurrence.times),
        phrase::count(
            (recurrence.last - recurrence.first).num_days().max(1) as f64,
            "day"
        ),
    ))
}

fn ordinal(number: usize) -> String {
    match number {
        2 => "Second".to_owned(),
        3 => "Third".to_owned(),
        4 => "Fourth".to_owned(),
        5 => "Fifth".to_owned(),
        number => format!("{number}th"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        cognito::setting::Setting,
        report::fixture::{investigation, time},
    };

    fn finding() -> Finding {
        investigation(Verdict::Change, None).findings.remove(0)
    }

    #[test]
    fn a_line_says_what_all_share_and_what_the_settings_say_of_it() {
        let share = |value: &str, failed, note: Option<&str>| Share {
            value: value.to_owned(),
            failed,
            note: note.map(str::to_owned),
        };
        let mut finding = finding();
        finding.breakdown.failed = 100;
        finding.breakdown.attributes = vec![
            Attribute {
                kind: AttributeKind::Error,
                distinct: 1,
                unknown: 0,
                values: vec![share("invalid_client", 100, None)],
            },
            Attribute {
                kind: AttributeKind::RedirectUri,
                distinct: 1,
                unknown: 0,
                values: vec![share(
                    "https://a.example.com/cb",
                    100,
                    Some("not in CallbackURLs"),
                )],
            },
            Attribute {
                kind: AttributeKind::UserAgent,
                distinct: 2,
                unknown: 10,
                values: vec![share("a/1", 60, None), share("b/2", 30, None)],
            },
            Attribute {
                kind: AttributeKind::SourceIp,
                distinct: 527,
                unknown: 0,
                values: vec![share("192.0.2.7", 2, None)],
            },
            Attribute {
                kind: AttributeKind::ErrorText,
                distinct: 90,
                unknown: 0,
                values: vec![share("state=x1", 2, None)],
            },
        ];
        assert_eq!(
            lines(&finding),
            [
                "redirect URI: all with `https://a.example.com/cb`, not in CallbackURLs",
                "user agent: 60 % with `a/1`; 30 % with `b/2`",
                "caller address: 527 different",
            ]
        );
    }

    #[test]
    fn a_change_that_was_made_before_is_counted() {
        let mut finding = finding();
        assert_eq!(recurring(&finding), None);
        finding.recurrence = Some(Recurrence {
            times: 3,
            first: time("14:05:04") - TimeDelta::days(14),
            last: time("14:05:04"),
            setting: Setting("CallbackURLs".into()),
            lost: vec!["https://a.example.com/cb".to_owned()],
        });
        assert_eq!(
            recurring(&finding).unwrap(),
            "Third time in 14 days that Deploy/ci removes `https://a.example.com/cb` from \
             `CallbackURLs`. If a template or script makes this call, add \
             `https://a.example.com/cb` there; otherwise the next run breaks sign-in again."
        );
    }
}
