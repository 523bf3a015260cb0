//! How members are spelled in records: CloudTrail writes the first letter of each small, and secrets
//! never.

use serde_json::{Map, Value};

use super::super::style::{MASK, Secret, Style};

/// An object as the trail writes it.
pub fn spelled(style: &Style, members: Map<String, Value>) -> Value {
    object(style, members, true)
}

fn object(style: &Style, members: Map<String, Value>, of_model: bool) -> Value {
    let written = members.into_iter().filter_map(|(name, value)| {
        let value = match is_secret(&name) && value.is_string() {
            true => masked(style, &name)?,
            false => self::value(style, value, of_model && !holds_names(&name)),
        };
        let name = match of_model {
            true if style.as_in_model => capital(&name),
            true => small(&name),
            false => name,
        };
        Some((name, value))
    });
    Value::Object(written.collect())
}

fn value(style: &Style, value: Value, of_model: bool) -> Value {
    match value {
        Value::Object(members) => object(style, members, of_model),
        Value::Array(list) => list
            .into_iter()
            .map(|one| self::value(style, one, of_model))
            .collect(),
        other => other,
    }
}

/// Members whose own members are names that somebody chose.
fn holds_names(member: &str) -> bool {
    let member = member.to_ascii_lowercase();
    [
        "providerdetails",
        "attributemapping",
        "userpooltags",
        "tags",
        "variables",
    ]
    .contains(&member.as_str())
}

fn is_secret(member: &str) -> bool {
    let member = member.to_ascii_lowercase();
    [
        "clientsecret",
        "client_secret",
        "clientsecretvalue",
        "secretstring",
        "secretbinary",
        "username",
        "password",
        "private_key",
    ]
    .contains(&member.as_str())
}

/// Only of app clients is it open how their secrets are masked.
fn masked(style: &Style, member: &str) -> Option<Value> {
    if !member.to_ascii_lowercase().contains("secret") {
        return Some(MASK.into());
    }
    match style.secret {
        Secret::Masked(mask) => Some(mask.into()),
        Secret::Absent => None,
    }
}

fn small(name: &str) -> String {
    with_first(name, |first| first.to_ascii_lowercase())
}

fn capital(name: &str) -> String {
    with_first(name, |first| first.to_ascii_uppercase())
}

fn with_first(name: &str, change: impl Fn(char) -> char) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(change);
    first.into_iter().chain(letters).collect()
}
