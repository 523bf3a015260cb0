//! What would come of a plan: for a terminal, for programs, for pull requests, for code scanning.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::words::{self, Clock};
use crate::{
    attribute::{Zone, phrase::thousands},
    check::{Check, Checked, Count, SettingCheck, Verdict},
    cognito::{
        history::DiffLine,
        setting::{Known, Resource, Setting},
        shown,
    },
    frame::CoverageStatus,
};

pub mod json;
pub mod markdown;
pub mod sarif;
pub mod text;

/// So many things are named in one sentence.
const MOST_NAMED: usize = 3;

/// Sentences about a check, with times in one zone.
struct Sentences<'a> {
    check: &'a Check,
    clock: Clock,
}

impl<'a> Sentences<'a> {
    fn new(check: &'a Check, zone: Zone) -> Self {
        Self {
            clock: Clock::new(check.window, zone),
            check,
        }
    }

    /// The answer, in one sentence or two.
    fn answer(&self) -> String {
        let mut settings: Vec<(&Checked, &SettingCheck)> = self.check.settings().collect();
        settings.sort_by_key(|(_, setting)| Reverse((setting.verdict, setting.refused)));
        let Some((target, worst)) = settings.first() else {
            return "Safe: nothing changes that sign-in depends on.".to_owned();
        };
        let alike = settings
            .iter()
            .filter(|(_, other)| other.verdict == worst.verdict);
        let more = match alike.count().saturating_sub(1) {
            0 => String::new(),
            1 => " So does one more setting.".to_owned(),
            more => format!(" So do {more} more settings."),
        };
        match worst.verdict {
            Verdict::Breaks => format!("Breaks sign-in: {}.{more}", self.harm(target, worst)),
            Verdict::MayBreak => format!("May break sign-in: {}.{more}", self.harm(target, worst)),
            Verdict::CannotTell => {
                format!("Cannot tell: {}.", self.doubt(target, worst))
            }
            Verdict::Safe => format!(
                "Safe: no recorded request needs what the {} would lose.",
                match settings.len() {
                    1 => "changed setting".to_owned(),
                    count => format!("{count} changed settings"),
                }
            ),
        }
    }

    /// What a setting would do to recorded requests.
    fn harm(&self, target: &Checked, setting: &SettingCheck) -> String {
        let of = whose(target);
        let used = used(setting);
        let would = match setting.verdict {
            Verdict::Breaks => "would be refused",
            _ => "may be refused",
        };
        let (subject, count) = match &used[..] {
            [(item, count), rest @ ..] => {
                let and = match rest.len() {
                    0 => String::new(),
                    more => format!(" (and {more} more)"),
                };
                let name = &setting.line.setting;
                let what = format!("`{name}` of {of} would lose `{item}`{and}, which");
                (what, *count)
            }
            [] => {
                let what = lost(target, &setting.line);
                (format!("{what} {of}:"), all(setting))
            }
        };
        let requests = self.requests(count.requests);
        let last = self.last(count.last);
        match used.is_empty() {
            true => format!(
                "{subject} {requests} {would}{}, the last came {last}",
                with(setting)
            ),
            false => format!(
                "{subject} {requests} named, the last {last}; they {would}{}",
                with(setting)
            ),
        }
    }

    /// Why nobody can tell.
    fn doubt(&self, target: &Checked, setting: &SettingCheck) -> String {
        let missing = setting.missing.as_deref().unwrap_or_default();
        let name = match &setting.line.setting {
            setting if *setting == Setting::EXISTS => target.name.clone(),
            setting => format!("`{setting}` of {}", whose(target)),
        };
        match setting.untold {
            0 => format!("{name}: {missing}"),
            untold => format!("{name}: {missing} ({})", self.requests(untold)),
        }
    }

    /// `412 requests a day`.
    fn requests(&self, requests: u64) -> String {
        per_day(requests, self.check.days())
    }

    /// `2026-03-02 23:58:10 UTC`.
    fn time(&self, time: DateTime<Utc>) -> String {
        format!("{} {}", self.clock.date_time(time), self.clock.zone(time))
    }

    fn last(&self, micros: i64) -> String {
        let time = DateTime::from_timestamp_micros(micros).unwrap_or_default();
        format!("at {}", self.time(time))
    }

    /// What came of one setting, and on what that rests.
    fn verdict(&self, setting: &SettingCheck) -> Vec<String> {
        let mut said = Vec::new();
        match setting.verdict {
            Verdict::Safe if setting.of == 0 => {
                said.push("No recorded request looks at it.".to_owned());
            }
            Verdict::Safe => said.push(format!(
                "No recorded request needs it: all {} that look at it pass.",
                thousands(setting.of)
            )),
            Verdict::CannotTell => {
                let missing = setting.missing.as_deref().unwrap_or_default();
                let of = match setting.untold {
                    0 => String::new(),
                    untold => format!(
                        " ({} of {} requests)",
                        thousands(untold),
                        thousands(setting.of)
                    ),
                };
                said.push(format!("Cannot tell: {missing}{of}."));
            }
            Verdict::MayBreak | Verdict::Breaks => {
                let would = match setting.verdict {
                    Verdict::Breaks => "would be refused",
                    _ => "may be refused",
                };
                let last = setting
                    .last_seen
                    .map(|time| self.time(time))
                    .unwrap_or_default();
                let rate = match self.check.days() {
                    1.0 => String::new(),
                    _ => format!(" ({})", self.requests(setting.refused)),
                };
                said.push(format!(
                    "{} of {} requests{rate} {would}{}; last seen {last}.",
                    thousands(setting.refused),
                    thousands(setting.of),
                    with(setting),
                ));
                said.extend(self.asked(setting));
                said.extend(
                    setting
                        .begins
                        .map(|begins| format!("Begins {}.", begins.in_words())),
                );
                said.extend(setting.rule.map(|rule| {
                    format!(
                        "Rule `{}`: {} ({}).",
                        rule.id,
                        rule.says,
                        rule.strength.as_str()
                    )
                }));
            }
        }
        said
    }

    /// What the refused requests ask for.
    fn asked(&self, setting: &SettingCheck) -> Option<String> {
        let asked = &setting.asked;
        let kinds = [
            ("endpoint", &asked.endpoints),
            ("grant", &asked.grants),
            ("redirect URI", &asked.redirect_uris),
            ("scopes", &asked.scopes),
            ("identity provider", &asked.providers),
        ];
        let mut said: Vec<String> = Vec::new();
        for (name, counts) in kinds.into_iter().filter(|(_, counts)| !counts.is_empty()) {
            let mut counts: Vec<(&String, &Count)> = counts.iter().collect();
            counts.sort_by(|a, b| b.1.requests.cmp(&a.1.requests).then(a.0.cmp(b.0)));
            let named: Vec<String> = counts
                .iter()
                .take(MOST_NAMED)
                .map(|(text, count)| format!("`{text}` {}", thousands(count.requests)))
                .collect();
            let more = match counts.len().saturating_sub(MOST_NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            said.push(format!("{name} {}{more}", named.join(", ")));
        }
        if asked.clients.len() > 1 {
            said.push(format!("{} app clients", asked.clients.len()));
        }
        (!said.is_empty()).then(|| format!("By {}.", said.join("; ")))
    }

    /// On what all of it rests.
    fn coverage(&self) -> String {
        let check = self.check;
        let days = match check.days() {
            1.0 => "1 day".to_owned(),
            days => format!("{} days", days.round()),
        };
        let trail = match (check.coverage.is_empty(), check.is_complete) {
            (true, _) => "no log was read",
            (_, true) => "the logs are complete",
            (_, false) => "the logs are not complete",
        };
        format!(
            "Replayed {} accepted requests from {} to {} ({days}); {trail}. What comes less often, such \
             as a monthly job, would not show.",
            thousands(check.requests),
            self.time(check.window.start),
            self.time(check.window.end),
        )
    }

    /// Where the logs are not complete.
    fn gaps(&self) -> Vec<String> {
        let rows = self.check.coverage.iter();
        let partial = rows.filter(|row| row.status != CoverageStatus::Complete);
        partial
            .map(|row| {
                let region = row
                    .region
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                format!("{} {region}: {}", row.source, row.status.as_str())
            })
            .collect()
    }

    /// Resources that stay as they are.
    fn unchanged(&self) -> Option<String> {
        match self.check.unchanged {
            0 => None,
            1 => Some("1 resource of Cognito stays as it is.".to_owned()),
            count => Some(format!(
                "{} resources of Cognito stay as they are.",
                thousands(count)
            )),
        }
    }

    /// Resources that were passed over.
    fn passed_over(&self) -> Option<String> {
        let passed: u64 = self.check.plans.iter().map(|plan| plan.passed_over).sum();
        match passed {
            0 => None,
            1 => {
                Some("1 other resource that the plan changes does not concern Cognito.".to_owned())
            }
            count => Some(format!(
                "{} other resources that the plan changes do not concern Cognito.",
                thousands(count)
            )),
        }
    }
}

/// `412 requests a day`, with a decimal where there are few.
pub(super) fn per_day(requests: u64, days: f64) -> String {
    let rate = requests as f64 / days;
    match rate {
        rate if rate >= 10.0 || rate.fract() == 0.0 => match rate.round() as u64 {
            1 => "1 request a day".to_owned(),
            rate => format!("{} requests a day", thousands(rate)),
        },
        rate => format!("{rate:.1} requests a day"),
    }
}

/// ` with `invalid_grant``.
fn with(setting: &SettingCheck) -> String {
    match setting.errors.first() {
        Some(error) => format!(" with `{error}`"),
        None => String::new(),
    }
}

fn all(setting: &SettingCheck) -> Count {
    Count {
        requests: setting.refused,
        last: setting.last_seen.map_or(0, |time| time.timestamp_micros()),
    }
}

/// Items of a list that would go and that requests name, the most used first.
fn used(setting: &SettingCheck) -> Vec<(String, Count)> {
    let gone = gone(&setting.line);
    let asked = &setting.asked;
    let counts = match setting.line.setting.as_str() {
        "CallbackURLs" => &asked.redirect_uris,
        "AllowedOAuthScopes" | "Scopes" => &asked.scopes,
        "SupportedIdentityProviders" => &asked.providers,
        _ => return Vec::new(),
    };
    let of = |item: &String| {
        let named = counts.iter().filter(|(text, _)| {
            let mut parts = text.split(' ');
            *text == item || parts.any(|part| part == item || part.ends_with(&format!("/{item}")))
        });
        named.fold(Count::default(), |sum, (_, count)| Count {
            requests: sum.requests + count.requests,
            last: sum.last.max(count.last),
        })
    };
    let mut used: Vec<(String, Count)> = gone
        .into_iter()
        .map(|item| (of(&item), item))
        .map(|(count, item)| (item, count))
        .collect();
    used.retain(|(_, count)| count.requests > 0);
    used.sort_by(|a, b| b.1.requests.cmp(&a.1.requests).then(a.0.cmp(&b.0)));
    used
}

/// Items that a list would lose.
fn gone(line: &DiffLine) -> Vec<String> {
    let items = |known: &Known| -> Vec<String> {
        let items = known.value().and_then(Value::as_array);
        let items = items.into_iter().flatten().filter_map(Value::as_str);
        items.map(str::to_owned).collect()
    };
    let after = items(&line.after);
    let before = items(&line.before).into_iter();
    before.filter(|item| !after.contains(item)).collect()
}

/// What would happen, as a phrase that ends before "of …".
fn lost(target: &Checked, line: &DiffLine) -> String {
    let line = shown_line(target, line);
    let name = &line.setting;
    let gone = gone(&line);
    if *name == Setting::EXISTS {
        return "the deletion of".to_owned();
    }
    if !gone.is_empty() {
        let items: Vec<String> = gone.iter().map(|item| format!("`{item}`")).collect();
        return format!("without {} in `{name}` of", items.join(" and "));
    }
    match line.after.value() {
        Some(Value::Bool(false)) => format!("with `{name}` switched off for"),
        Some(Value::Null) => format!("without `{name}` of"),
        Some(Value::Array(_)) | None => format!("with the new `{name}` of"),
        Some(_) => format!("with `{name}` {} of", words::value(&line.after)),
    }
}

fn shown_line(target: &Checked, line: &DiffLine) -> DiffLine {
    match &target.resource {
        Some(resource) => shown::line(resource, line),
        None => line.clone(),
    }
}

/// `app client X`, or the name in the plan.
fn whose(target: &Checked) -> String {
    match &target.resource {
        Some(resource @ (Resource::Client(..) | Resource::Pool(_) | Resource::Function(_))) => {
            words::resource(resource)
        }
        Some(resource) => match resource.pool() {
            Some(pool) => format!("{} of user pool {pool}", words::resource(resource)),
            None => words::resource(resource),
        },
        None => target.name.clone(),
    }
}

/// `breaks`, `may break`, …
fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Safe => "safe",
        Verdict::CannotTell => "cannot tell",
        Verdict::MayBreak => "may break",
        Verdict::Breaks => "breaks",
    }
}

/// `✗` and its likes.
fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Safe => "✓",
        Verdict::CannotTell => "?",
        Verdict::MayBreak => "!",
        Verdict::Breaks => "✗",
    }
}
