//! JSON of requests, responses and saved descriptions to settings.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Value};

use super::{
    members::{CHOSEN_NAMES, CLIENT, Kind, NO_SETTINGS, Omitted, POOL, POOL_MAY_PERSIST},
    setting::{Known, Setting, Settings},
};
use crate::record::mask::is_masked;

/// Members of a JSON object, taken apart into dotted names as the API spells them.
pub fn flatten(object: &Map<String, Value>) -> BTreeMap<String, Value> {
    let mut members = BTreeMap::new();
    for (key, value) in object {
        add(&mut members, spelled(key), value);
    }
    members
}

fn add(members: &mut BTreeMap<String, Value>, name: String, value: &Value) {
    match value {
        Value::Object(parts) if !parts.is_empty() => {
            let chosen = CHOSEN_NAMES.contains(&name.as_str());
            for (key, value) in parts {
                let key = if chosen { key.clone() } else { spelled(key) };
                add(members, format!("{name}.{key}"), value);
            }
        }
        value => {
            let name = known_spelling(&name).unwrap_or(name);
            members.insert(name, tidy(value));
        }
    }
}

/// CloudTrail writes the first letter in lower case.
fn spelled(key: &str) -> String {
    let mut letters = key.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The API's spelling of a client's member: `callbackUrls` and `CallbackURLs` are one.
fn known_spelling(name: &str) -> Option<String> {
    let member = CLIENT
        .iter()
        .find(|member| member.name.eq_ignore_ascii_case(name))?;
    Some(member.name.to_owned())
}

/// Lists sorted and without repeats, numbers as numbers, members inside lists as the API spells
/// them.
fn tidy(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(tidy).collect();
            items.sort_by_cached_key(Value::to_string);
            items.dedup();
            Value::Array(items)
        }
        Value::Object(parts) => {
            let parts = parts.iter().map(|(key, value)| (spelled(key), tidy(value)));
            Value::Object(parts.collect())
        }
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 9e15 => Value::from(float as i64),
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

/// A value as it was read: masked is unknown.
pub fn observed(value: Value) -> Known {
    match value.as_str() {
        Some(text) if is_masked(text) => Known::Unknown,
        _ => Known::Observed(value),
    }
}

/// Brings a given value to its member's kind: text to number or flag.
fn of_kind(value: Value, kind: Kind) -> Value {
    match (kind, &value) {
        (Kind::Number, Value::String(text)) => text.parse::<i64>().map_or(value, Value::from),
        (Kind::Flag, Value::String(text)) => text.parse::<bool>().map_or(value, Value::from),
        (Kind::Set, Value::Null) => Value::Array(Vec::new()),
        _ => value,
    }
}

/// The settings of a client from a response that shows all of it: what is absent is at its
/// default, and that is observed.
pub fn client_snapshot(object: &Map<String, Value>) -> Settings {
    let mut given = flatten(object);
    let mut settings: Settings = CLIENT
        .iter()
        .map(|member| {
            let (Omitted::Resets(default) | Omitted::MayPersist(default)) = member.omitted;
            let value = given.remove(member.name).filter(|value| !value.is_null());
            let value = value.map_or(default.value(member.kind), |value| {
                of_kind(value, member.kind)
            });
            (setting(member.name), observed(value))
        })
        .collect();
    settings.extend(rest(given));
    exists(settings)
}

/// The settings of a client from an update's request: what is given is observed, what is left out
/// goes to its default or, where that is doubtful, stays as it was.
pub fn client_request(request: &Map<String, Value>, before: Option<&Settings>) -> Settings {
    let mut given = flatten(request);
    let mut settings: Settings = CLIENT
        .iter()
        .map(|member| {
            let name = setting(member.name);
            let known = match (given.remove(member.name), member.omitted) {
                (Some(value), _) => observed(of_kind(value, member.kind)),
                (None, Omitted::Resets(default)) => Known::Assumed(default.value(member.kind)),
                (None, Omitted::MayPersist(default)) => persisted(
                    before.and_then(|before| before.get(&name)),
                    &default.value(member.kind),
                ),
            };
            (name, known)
        })
        .collect();
    settings.extend(rest(given));
    exists(settings)
}

/// A value that an omission may have reset or kept: known only if both come to the same.
fn persisted(before: Option<&Known>, default: &Value) -> Known {
    match before {
        Some(Known::Observed(value) | Known::Assumed(value)) if value == default => {
            Known::Assumed(value.clone())
        }
        Some(Known::Observed(value) | Known::Assumed(value)) => Known::Assumed(value.clone()),
        _ => Known::Unknown,
    }
}

/// The settings of a pool from a response or description that shows all of it.
pub fn pool_snapshot(object: &Map<String, Value>) -> Settings {
    let mut given = flatten(object);
    // A pool's description calls `Name` what its update calls `PoolName`.
    if let Some(name) = given.remove("Name") {
        given.entry("PoolName".to_owned()).or_insert(name);
    }
    exists(rest(given).collect())
}

/// The settings of anything else from a request or response that shows all of it.
pub fn whole(object: &Map<String, Value>) -> Settings {
    exists(rest(flatten(object)).collect())
}

/// The settings of a pool from an update's request; its response is empty.
pub fn pool_request(request: &Map<String, Value>, before: Option<&Settings>) -> Settings {
    let mut settings: Settings = rest(flatten(request)).collect();
    for (name, known) in before.into_iter().flatten() {
        if settings.contains_key(name) {
            continue;
        }
        let top = name.0.split('.').next().unwrap_or_default();
        if !POOL.contains(&top) {
            settings.insert(name.clone(), known.clone());
            continue;
        }
        let (Known::Observed(value) | Known::Assumed(value)) = known else {
            continue;
        };
        let persists = POOL_MAY_PERSIST
            .iter()
            .any(|prefix| name.0.starts_with(prefix));
        let after = match persists {
            true => Known::Assumed(value.clone()),
            false => Known::Assumed(reset(&name.0)),
        };
        settings.insert(name.clone(), after);
    }
    exists(settings)
}

/// Where a pool's member goes when it is left out.
fn reset(name: &str) -> Value {
    match name {
        "MfaConfiguration" => Value::from("OFF"),
        "DeletionProtection" => Value::from("INACTIVE"),
        "AutoVerifiedAttributes" => Value::Array(Vec::new()),
        _ => Value::Null,
    }
}

/// What is given besides the members of a table, without what is no setting.
fn rest(given: BTreeMap<String, Value>) -> impl Iterator<Item = (Setting, Known)> {
    given
        .into_iter()
        .filter(|(name, _)| {
            let top = name.split('.').next().unwrap_or_default();
            !NO_SETTINGS.contains(&top)
        })
        .map(|(name, value)| (Setting(Cow::Owned(name)), observed(value)))
}

/// A setting by name.
pub fn setting(name: &'static str) -> Setting {
    Setting(Cow::Borrowed(name))
}

fn exists(mut settings: Settings) -> Settings {
    settings.insert(setting("Exists"), Known::Observed(Value::Bool(true)));
    settings
}
