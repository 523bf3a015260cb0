//! Web ACLs, rule groups, IP sets and pattern sets of AWS WAF: every update is a full one.

use serde_json::{Map, Value, json};

use super::{items, observed, texts};
use crate::cognito::{
    history::{effect::Effect, write::Write},
    read::{self, get, get_object, get_text},
    setting::{Known, Setting, Settings},
};

/// Members that say what a thing is or is called, not what it does.
const ASIDE: &[&str] = &[
    "Capacity",
    "Description",
    "IPAddressVersion",
    "Id",
    "LockToken",
    "Name",
    "Scope",
    "Tags",
    "VisibilityConfig",
];

/// What a write to a web ACL, rule group, IP set or pattern set did.
pub(in super::super) fn firewall(write: &Write<'_>, before: &Settings) -> Effect {
    let content = write.request.as_ref().map(content);
    let content = content.filter(|content| !content.is_empty());
    match (write.api, content) {
        (api, _) if api.starts_with("Delete") => Effect::deleted(),
        (api, content) if api.starts_with("Create") => Effect::created(content.unwrap_or_default()),
        (
            "UpdateWebACL" | "UpdateRuleGroup" | "UpdateIPSet" | "UpdateRegexPatternSet",
            Some(content),
        ) => replaced(before, content).of_existing(),
        _ => Effect::opaque(before),
    }
}

/// The state after a full update: what it does not name is gone.
fn replaced(before: &Settings, content: Settings) -> Effect {
    let lost = before
        .keys()
        .filter(|setting| **setting != Setting::EXISTS && !content.contains_key(*setting))
        .map(|setting| (setting.clone(), Known::Assumed(Value::Null)));
    let lost: Settings = lost.collect();
    let mut effect = Effect::overlay(before, content);
    effect.after.extend(lost);
    effect
}

fn content(request: &Map<String, Value>) -> Settings {
    let mut settings = read::given(request, &[]);
    settings.retain(|setting, _| {
        let first = setting.as_str().split('.').next();
        let taken_apart = [
            "Addresses",
            "DefaultAction",
            "RegularExpressionList",
            "Rules",
        ];
        !first.is_some_and(|first| ASIDE.contains(&first) || taken_apart.contains(&first))
    });
    let mut insert = |name: &'static str, value: Value| {
        settings.insert(Setting::named(name), observed(value));
    };
    if get(request, "addresses").is_some() {
        insert("Addresses", texts(request, "addresses"));
    }
    if get(request, "regularExpressionList").is_some() {
        let patterns = items(request, "regularExpressionList");
        let patterns = patterns.into_iter().filter_map(Value::as_object);
        let patterns = patterns.filter_map(|pattern| get_text(pattern, "regexString"));
        insert(
            "RegularExpressionList",
            read::set(patterns.map(str::to_owned)),
        );
    }
    if let Some(action) = get_object(request, "defaultAction") {
        insert("DefaultAction", json!(kind(action)));
    }
    if get(request, "rules").is_some() {
        settings.extend(rules(request));
    }
    settings
}

/// The rules by name, and of each its action, order and statement.
fn rules(request: &Map<String, Value>) -> Settings {
    let rules = items(request, "rules");
    let rules = rules.into_iter().filter_map(Value::as_object);
    let named = rules.filter_map(|rule| Some((get_text(rule, "name")?, rule)));
    let mut settings = Settings::new();
    let mut names = Vec::new();
    for (name, rule) in named {
        names.push(name.to_owned());
        let action = ["action", "overrideAction"];
        let action = action.iter().find_map(|key| get_object(rule, key));
        let action = action.map_or(Value::Null, |action| json!(kind(action)));
        for (part, value) in [
            ("Action", action),
            ("Priority", member(rule, "priority")),
            ("Statement", member(rule, "statement")),
        ] {
            settings.insert(format!("Rule.{name}.{part}").into(), observed(value));
        }
    }
    settings.insert(Setting::named("Rules"), observed(read::set(names)));
    settings
}

fn member(object: &Map<String, Value>, name: &str) -> Value {
    get(object, name).cloned().unwrap_or_default()
}

/// `block` in `{"block":{}}`.
fn kind(action: &Map<String, Value>) -> Option<String> {
    action.keys().next().map(|name| name.to_ascii_lowercase())
}
