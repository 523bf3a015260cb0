//! Updates that replace everything: what they leave out goes back to its default.
//!
//! The rule is documented, and so are doubts about it (domain.md §3, §9): a response is believed
//! before the rule, and what only follows from the rule is assumed.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::effect::Effect;
use crate::cognito::{
    lifetime,
    members::{Bearing, Kind, Member, Omission, Unset},
    read::{self, default_of, units_first},
    setting::{Known, Setting, Settings, is_nothing, known, value},
};

/// What an update that gave `request` and was answered with `answer` did to `before`.
pub(super) fn replace(
    before: &Settings,
    request: Option<&Map<String, Value>>,
    answer: Option<&Map<String, Value>>,
    table: &[Member],
) -> Effect {
    let Some(request) = request else {
        return unseen_request(before, answer, table);
    };
    let given = read::given(request, table);
    let mut effect = Effect {
        after: by_rule(before, &given, table),
        touched: touched(&given, table),
        ..Effect::default()
    };
    if let Some(answer) = answer {
        if shows_everything(&read::given(answer, table), &given, table) {
            effect.after = observed(before, answer, table);
            effect.unexplained = unexplained(before, &effect.after, &given, table);
        } else {
            effect.after.extend(read::given(answer, table));
        }
    }
    let after = &effect.after;
    let told =
        |setting: &Setting| given.contains_key(setting) || known(after, setting).value().is_some();
    effect.touched.retain(told);
    effect
}

/// In a pool, the trigger `PreTokenGeneration` and its newer form name one function: setting one
/// sets the other. Source: botocore `cognito-idp`, `LambdaConfigType`.
pub(super) fn pair_token_triggers(before: &Settings, effect: &mut Effect) {
    const OLD: &str = "LambdaConfig.PreTokenGeneration";
    const ARN: &str = "LambdaConfig.PreTokenGenerationConfig.LambdaArn";
    const VERSION: &str = "LambdaConfig.PreTokenGenerationConfig.LambdaVersion";
    let after = &mut effect.after;
    let old = value(after, OLD).filter(|arn| arn.is_string()).cloned();
    let new = value(after, ARN).filter(|arn| arn.is_string()).cloned();
    match (old, new) {
        (None, Some(arn)) => {
            after.insert(Setting::named(OLD), Known::Assumed(arn));
        }
        // Pools that never used the newer form may show it or not.
        (Some(arn), None) if value(before, ARN).is_some_and(Value::is_string) => {
            after.insert(Setting::named(ARN), Known::Assumed(arn));
            after.insert(Setting::named(VERSION), Known::Assumed(json!("V1_0")));
        }
        _ => {}
    }
}

/// Without the request nobody knows what was left out.
fn unseen_request(
    before: &Settings,
    answer: Option<&Map<String, Value>>,
    table: &[Member],
) -> Effect {
    let Some(answer) = answer else {
        let mut after = before.clone();
        after.retain(|setting, _| !belongs(setting, table));
        return Effect {
            opaque: true,
            after,
            ..Effect::default()
        };
    };
    Effect {
        after: observed(before, answer, table),
        ..Effect::default()
    }
}

/// The state after by the rule of each member: given, or default, or as before.
fn by_rule(before: &Settings, given: &Settings, table: &[Member]) -> Settings {
    let mut after = before.clone();
    for member in units_first(table) {
        let setting = member.setting();
        let now = match (given.get(&setting), member.omission) {
            (Some(given), _) => not_empty(given, member),
            (None, Omission::Keeps) => known(before, &setting).clone(),
            (None, Omission::Resets) => {
                default_of(member, &after).map_or(Known::Unknown, Known::Assumed)
            }
            (None, _) => match known(before, &setting).assumed() {
                Known::Unknown => stated(member).map_or(Known::Unknown, Known::Assumed),
                kept => kept,
            },
        };
        after.insert(setting, now);
    }
    empty_maps(&mut after, table, |_| Known::Assumed(Value::Null));
    doubt_newer(&mut after, table);
    let others = given
        .iter()
        .filter(|(setting, _)| !is_single(setting, table));
    after.extend(others.map(|(setting, known)| (setting.clone(), known.clone())));
    lifetime::spell_out_zero(&mut after);
    after
}

/// An empty list of what has a default that is not empty is that default: responses omit it.
fn not_empty(given: &Known, member: &Member) -> Known {
    match (given, member.default_value()) {
        (Known::Observed(Value::Array(items)), Some(default)) if items.is_empty() => {
            match is_nothing(&default) {
                true => given.clone(),
                false => Known::Assumed(default),
            }
        }
        _ => given.clone(),
    }
}

/// Members newer than the table, of which nobody says what omission does to them.
fn doubt_newer(settings: &mut Settings, table: &[Member]) {
    const NEWER: &[&str] = &[
        "AcrConfiguration",
        "IssuerConfiguration",
        "KeyConfiguration",
    ];
    let first = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let tops: BTreeSet<String> = table.iter().map(|member| first(member.name)).collect();
    for (setting, known) in settings.iter_mut() {
        let top = first(setting.as_str());
        let newer = NEWER.contains(&top.as_str()) || tops.contains(&top);
        if newer && !belongs(setting, table) {
            *known = known.assumed();
        }
    }
}

/// Whether the table has a member of that very name.
fn is_single(setting: &Setting, table: &[Member]) -> bool {
    units_first(table).any(|member| member.name == setting.as_str())
}

/// A default that is a value: where it is none, AWS says little of what a pool starts with.
fn stated(member: &Member) -> Option<Value> {
    member
        .default_value()
        .filter(|_| member.unset != Unset::Nothing)
}

/// The state after as the answer shows it in full.
fn observed(before: &Settings, answer: &Map<String, Value>, table: &[Member]) -> Settings {
    let mut after = before.clone();
    empty_maps(&mut after, table, |_| Known::Observed(Value::Null));
    after.extend(read::full(answer, table));
    after
}

fn empty_maps(settings: &mut Settings, table: &[Member], empty: impl Fn(&Setting) -> Known) {
    let maps: Vec<&Member> = table
        .iter()
        .filter(|member| member.kind == Kind::Map)
        .collect();
    for (setting, known) in settings.iter_mut() {
        if maps.iter().any(|map| is_below(setting, map)) {
            *known = empty(setting);
        }
    }
}

/// What the request gave, and what it reset that requests depend on.
fn touched(given: &Settings, table: &[Member]) -> BTreeSet<Setting> {
    let reset = table.iter().filter(|member| {
        member.omission == Omission::Resets
            && member.bearing == Bearing::Requests
            && member.kind != Kind::Map
    });
    reset
        .map(Member::setting)
        .chain(given.keys().cloned())
        .collect()
}

/// An answer that lacks what the request set was cut, and shows nothing by not showing it.
fn shows_everything(answer: &Settings, given: &Settings, table: &[Member]) -> bool {
    units_first(table).all(|member| {
        let setting = member.setting();
        let given = given.get(&setting).map(|given| not_empty(given, member));
        match (given, answer.get(&setting)) {
            (Some(Known::Observed(value)), None) => {
                default_of(member, answer).is_none_or(|default| default == value)
            }
            _ => true,
        }
    })
}

/// Values after an update that were left out of the request and are neither their default nor what
/// they were, or were taken to be: they were there before, put there unseen.
fn unexplained(
    before: &Settings,
    after: &Settings,
    given: &Settings,
    table: &[Member],
) -> Settings {
    let stray = |member: &&Member| {
        let setting = member.setting();
        let (was, is) = (known(before, &setting), known(after, &setting));
        !given.contains_key(&setting)
            && was.differs(is)
            && default_of(member, after).is_some_and(|default| is.value() != Some(&default))
    };
    units_first(table)
        .filter(stray)
        .map(|member| (member.setting(), known(after, &member.setting()).clone()))
        .collect()
}

fn belongs(setting: &Setting, table: &[Member]) -> bool {
    table
        .iter()
        .any(|member| setting.as_str() == member.name || is_below(setting, member))
}

fn is_below(setting: &Setting, map: &Member) -> bool {
    setting
        .as_str()
        .strip_prefix(map.name)
        .is_some_and(|rest| map.kind == Kind::Map && rest.starts_with('.'))
}
