//! What writes to other services did, by the bodies of their requests: web ACLs and what they refer
//! to, a caller's network, hosts and certificates, roles and keys.
//!
//! Requests hold the new content and no log the old one, so that a first full update gives a state
//! without anything before it.

use serde_json::{Map, Value, json};

use super::{effect::Effect, write::Write};
use crate::cognito::{
    read::{self, get},
    setting::{Known, Setting, Settings},
};

mod firewall;
mod host;
mod network;
mod permission;

pub(super) use firewall::firewall;

/// What a write to a resource of another service did.
pub(super) fn other(write: &Write<'_>, before: &Settings) -> Effect {
    let effect = match write.service() {
        "ec2" => network::effect(write, before),
        "route53" | "acm" | "cloudfront" => host::effect(write, before),
        "iam" | "kms" => permission::effect(write, before),
        "elasticloadbalancing" | "apigateway" | "ses" | "sns" => plain(write, before),
        _ => None,
    };
    effect.unwrap_or_else(|| Effect::opaque(before))
}

/// Members by which a call names its resource or guards against a race: no settings.
const KEYS: &[&str] = &[
    "clientToken",
    "domainName",
    "emailIdentity",
    "identity",
    "listenerArn",
    "loadBalancerArn",
    "restApiId",
    "ruleArn",
];

/// A write whose request names what it sets, member by member.
fn plain(write: &Write<'_>, before: &Settings) -> Option<Effect> {
    if write.api.starts_with("Delete") {
        return Some(Effect::deleted());
    }
    let mut given = read::given(write.request.as_ref()?, &[]);
    let is_key = |setting: &Setting| {
        let name = setting.as_str();
        KEYS.iter().any(|key| key.eq_ignore_ascii_case(name))
    };
    given.retain(|setting, _| !is_key(setting));
    match (given.is_empty(), write.api.starts_with("Create")) {
        (true, false) => None,
        (_, true) => Some(Effect::created(given)),
        (false, false) => Some(Effect::overlay(before, given)),
    }
}

/// Sets one named thing to a value; where it had none, and that is known, `implied` says so.
fn set(before: &Settings, name: String, implied: Option<Value>, value: Value) -> Effect {
    sets(before, [(name, implied, value)])
}

/// Sets several.
fn sets(
    before: &Settings,
    lines: impl IntoIterator<Item = (String, Option<Value>, Value)>,
) -> Effect {
    let (mut implied, mut to) = (Settings::new(), Settings::new());
    for (name, was, is) in lines {
        let setting = Setting::from(name);
        implied.extend(was.map(|was| (setting.clone(), observed(was))));
        to.insert(setting, observed(is));
    }
    let mut effect = Effect::overlay(before, to);
    effect.implied = implied;
    effect
}

/// What a value says, if nothing in it is hidden.
fn observed(value: Value) -> Known {
    match hides(&value) {
        true => Known::Unknown,
        false => Known::Observed(read::as_it_stands(&value)),
    }
}

fn hides(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.values().any(hides),
        Value::Array(items) => items.iter().any(hides),
        other => read::is_mask(other),
    }
}

/// The elements of a list, which CloudTrail writes as one or as `{"items":[…]}`.
fn items<'a>(object: &'a Map<String, Value>, name: &str) -> Vec<&'a Value> {
    let list = |value: &'a Value| match value {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    };
    match get(object, name) {
        Some(Value::Object(wrapper)) => get(wrapper, "items").map_or_else(Vec::new, list),
        Some(value) => list(value),
        None => Vec::new(),
    }
}

/// Texts of a list, as a set.
fn texts(object: &Map<String, Value>, name: &str) -> Value {
    let texts = items(object, name).into_iter().filter_map(Value::as_str);
    read::set(texts.map(str::to_owned))
}

/// That something is there, where its content does not matter.
fn present() -> Value {
    json!("present")
}

#[cfg(test)]
mod tests;
