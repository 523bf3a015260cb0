//! What undoes a change: a three-way merge of the settings as they are now with only the guilty
//! lines put back.
//!
//! Legitimate changes made since survive. The document is complete, because an update resets what
//! it omits: under both readings of an omission (reset to default, keep) only the guilty settings
//! become different.

use serde_json::{Map, Value, json};

use super::{
    history::{At, ConfigChange, History},
    members::{CLIENT, Kind, Omitted, POOL},
    read,
    setting::{Known, Resource, Setting, Settings, is_nothing},
};

mod steps;

/// How a change is undone.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// The API call in snake case (`update_user_pool_client`); `steps` when no single call does.
    pub kind: &'static str,
    /// The AWS CLI command, ready for a POSIX shell; `None` when only `steps` help.
    pub command: Option<String>,
    /// The call's input as `--cli-input-json` takes it, for `--write-undo`.
    pub document: Option<Value>,
    /// What a person has to do where no update can undo it, or has to check before.
    pub steps: Vec<String>,
    /// Settings the command sends whose value is assumed, not observed: to be reviewed.
    pub assumed: Vec<Setting>,
}

/// What undoes the `guilty` lines of the change at `index`.
pub fn undo(history: &History, index: usize, guilty: &[Setting], region: Option<&str>) -> Undo {
    let Some(change) = history.changes().get(index) else {
        return steps::only(Vec::new());
    };
    let lines: Vec<(&Setting, &Known)> = change
        .diff
        .iter()
        .filter(|line| guilty.contains(&line.setting))
        .map(|line| (&line.setting, &line.before))
        .collect();
    let now = history.settings(&change.resource, At::Now);
    let mut undo = match (&change.resource, now) {
        (Resource::Client(..), Some(now)) if updates_client(&lines, now) => {
            client(change, now, &lines, region)
        }
        (Resource::Pool(_), Some(now))
            if history.is_described(&change.resource) && updates_pool(&lines, now) =>
        {
            pool(change, now, &lines, region)
        }
        _ => steps::for_change(change, &lines, region),
    };
    if !lines.is_empty()
        && lines
            .iter()
            .all(|(name, before)| is_back(now, name, before))
    {
        let done = "It is undone already: the settings are back to what they were before it.";
        undo.steps.insert(0, done.to_owned());
    }
    undo
}

fn is_back(now: Option<&Settings>, name: &Setting, before: &Known) -> bool {
    let now = now.and_then(|now| now.get(name));
    match (now.and_then(Known::value), before.value()) {
        (Some(now), Some(before)) => now == before,
        _ => false,
    }
}

/// Whether an update can put the lines back: the client exists and no secret is gone.
fn updates_client(lines: &[(&Setting, &Known)], now: &Settings) -> bool {
    let member = |name: &Setting| CLIENT.iter().any(|member| member.name == name.0);
    exists(now)
        && lines
            .iter()
            .all(|(name, before)| member(name) && before.value().is_some())
}

/// A pool-level restore is written only from what was observed: an assumed one could wipe MFA or
/// policies.
fn updates_pool(lines: &[(&Setting, &Known)], now: &Settings) -> bool {
    let observed = |known: &Known| matches!(known, Known::Observed(_));
    exists(now)
        && now.values().all(observed)
        && lines
            .iter()
            .all(|(name, before)| observed(before) && !name.0.starts_with("WebACL"))
}

fn exists(now: &Settings) -> bool {
    let exists = now.get(&read::setting("Exists")).and_then(Known::value);
    exists.is_none_or(|exists| *exists != json!(false))
}

fn client(
    change: &ConfigChange,
    now: &Settings,
    lines: &[(&Setting, &Known)],
    region: Option<&str>,
) -> Undo {
    let mut document = Map::new();
    if let Resource::Client(pool, id) = &change.resource {
        document.insert("UserPoolId".to_owned(), json!(pool.as_str()));
        document.insert("ClientId".to_owned(), json!(id.as_str()));
    }
    let (mut assumed, mut steps) = (Vec::new(), Vec::new());
    for member in CLIENT {
        let name = read::setting(member.name);
        let put_back = lines.iter().find(|(guilty, _)| **guilty == name);
        let known = put_back
            .map(|(_, before)| *before)
            .or_else(|| now.get(&name));
        let Some(target) = known.and_then(Known::value) else {
            steps.push(format!(
                "Check `{}` first: its value is not known, and the command leaves it out.",
                member.name
            ));
            continue;
        };
        // What is empty now and stays so need not be sent; what was put back must be.
        let (Omitted::Resets(default) | Omitted::MayPersist(default)) = member.omitted;
        let empty = is_nothing(target) && default.value(member.kind) == *target;
        if empty && put_back.is_none() {
            continue;
        }
        if is_nothing(target) && member.kind != Kind::Set {
            steps.push(format!(
                "`{}` was not set before; remove it by hand.",
                member.name
            ));
            continue;
        }
        if matches!(known, Some(Known::Assumed(_))) {
            assumed.push(name);
        }
        insert(&mut document, member.name, target.clone());
    }
    explicit_rotation(&mut document);
    together(&mut document, &mut steps, lines);
    written("update_user_pool_client", document, steps, assumed, region)
}

/// Rotation that is off is said so: whether an omission turns it off is not established.
fn explicit_rotation(document: &mut Map<String, Value>) {
    let rotation = document
        .entry("RefreshTokenRotation")
        .or_insert_with(|| json!({"Feature": "DISABLED"}));
    let off = rotation.get("Feature") != Some(&json!("ENABLED"));
    if let (true, Some(parts)) = (off, rotation.as_object_mut()) {
        parts.remove("RetryGracePeriodSeconds");
    }
}

/// What Cognito refuses in one document is said before it is tried.
fn together(
    document: &mut Map<String, Value>,
    steps: &mut Vec<String>,
    lines: &[(&Setting, &Known)],
) {
    let holds = |document: &Map<String, Value>, name: &str, item: &str| {
        let items = document.get(name).and_then(Value::as_array);
        items.is_some_and(|items| items.iter().any(|value| value == item))
    };
    let machine = holds(document, "AllowedOAuthFlows", "client_credentials");
    let people = holds(document, "AllowedOAuthFlows", "code")
        || holds(document, "AllowedOAuthFlows", "implicit");
    if machine && people {
        steps.push(
            "Cognito does not allow `client_credentials` beside `code` or `implicit`: choose."
                .to_owned(),
        );
    }
    if machine && holds(document, "AllowedOAuthScopes", "openid") {
        steps.push(
            "Cognito refuses the scope `openid` for `client_credentials`: put `AllowedOAuthScopes` \
             back too."
                .to_owned(),
        );
    }
    let switch = document.get("AllowedOAuthFlowsUserPoolClient");
    let flows = lines.iter().any(|(name, _)| name.0 == "AllowedOAuthFlows");
    if flows && switch == Some(&json!(false)) {
        steps.push(
            "`AllowedOAuthFlowsUserPoolClient` is off: without it no flow is allowed.".to_owned(),
        );
    }
    let rotates = document
        .get("RefreshTokenRotation")
        .and_then(|r| r.get("Feature"));
    if rotates == Some(&json!("ENABLED"))
        && holds(document, "ExplicitAuthFlows", "ALLOW_REFRESH_TOKEN_AUTH")
    {
        steps.push(
            "Refresh token rotation does not go together with `ALLOW_REFRESH_TOKEN_AUTH`: choose."
                .to_owned(),
        );
    }
}

const UNUSED_ACCOUNTS: &str = "AdminCreateUserConfig.UnusedAccountValidityDays";

fn pool(
    change: &ConfigChange,
    now: &Settings,
    lines: &[(&Setting, &Known)],
    region: Option<&str>,
) -> Undo {
    let mut document = Map::new();
    if let Resource::Pool(pool) = &change.resource {
        document.insert("UserPoolId".to_owned(), json!(pool.as_str()));
    }
    for (name, known) in now {
        let put_back = lines.iter().find(|(guilty, _)| *guilty == name);
        let target = put_back.map_or(known, |(_, before)| *before);
        let top = name.0.split('.').next().unwrap_or_default();
        // Deprecated, and refused beside the policy that took its place.
        let skipped = !POOL.contains(&top) || name.0 == UNUSED_ACCOUNTS;
        if let Some(value) = target
            .value()
            .filter(|value| !is_nothing(value) && !skipped)
        {
            insert(&mut document, &name.0, value.clone());
        }
    }
    for (name, before) in lines.iter().filter(|(name, _)| !now.contains_key(*name)) {
        if let Some(value) = before.value().filter(|value| !is_nothing(value)) {
            insert(&mut document, &name.0, value.clone());
        }
    }
    written("update_user_pool", document, Vec::new(), Vec::new(), region)
}

/// Puts a value at a dotted name.
fn insert(document: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            document.insert(name.to_owned(), value);
        }
        Some((top, rest)) => {
            let part = document.entry(top).or_insert_with(|| json!({}));
            if let Some(part) = part.as_object_mut() {
                insert(part, rest, value);
            }
        }
    }
}

fn written(
    kind: &'static str,
    document: Map<String, Value>,
    steps: Vec<String>,
    assumed: Vec<Setting>,
    region: Option<&str>,
) -> Undo {
    let document = Value::Object(document);
    let input = format!("--cli-input-json {}", quoted(&document.to_string()));
    Undo {
        kind,
        command: Some(command(&kind.replace('_', "-"), region, &input)),
        document: Some(document),
        steps,
        assumed,
    }
}

/// `aws cognito-idp OPERATION --region R REST`.
fn command(operation: &str, region: Option<&str>, rest: &str) -> String {
    let region = region.map_or(String::new(), |region| {
        format!(" --region {}", quoted(region))
    });
    format!("aws cognito-idp {operation}{region} {rest}")
}

/// A word for a POSIX shell.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}
