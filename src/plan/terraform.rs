//! Plans of Terraform and OpenTofu: `terraform show -json PLAN`.
//!
//! Source: <https://developer.hashicorp.com/terraform/internals/json-format>. Minor versions add, so
//! that unknown members are passed over; an unknown major version is refused.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use super::obscure::{MASK, differing, hide};
use super::{Action, Error, Format, Intent, Kind, Lines, Plan, Subject, Target, Text, broken};
use crate::{cognito::setting::Setting, ids::UserPoolId};

mod attributes;

pub(super) use attributes::{Shape, shape};

/// Major versions of the format: 0 came before 1 and has the same members.
const VERSIONS: [&str; 2] = ["0", "1"];

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    format_version: Text<'a>,
    #[serde(borrow, default)]
    resource_changes: Vec<ResourceChange<'a>>,
    #[serde(borrow, default)]
    deferred_changes: Vec<&'a RawValue>,
    #[serde(default)]
    errored: bool,
}

#[derive(Deserialize)]
struct ResourceChange<'a> {
    #[serde(borrow)]
    address: Text<'a>,
    #[serde(borrow, default)]
    mode: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    deposed: Option<Text<'a>>,
    #[serde(borrow)]
    change: &'a RawValue,
}

#[derive(Deserialize)]
struct Actions<'a> {
    #[serde(borrow)]
    actions: Vec<Text<'a>>,
}

#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    before: Value,
    #[serde(default)]
    after: Value,
    #[serde(default)]
    after_unknown: Value,
    #[serde(default)]
    before_sensitive: Value,
    #[serde(default)]
    after_sensitive: Value,
}

/// Reads a plan.
pub(super) fn read(path: &str, text: &str) -> Result<Plan, Error> {
    let document: Document<'_> = serde_json::from_str(text).map_err(|error| broken(&error))?;
    let version = &document.format_version.0;
    let major = version.split('.').next().unwrap_or_default();
    if !VERSIONS.contains(&major) {
        return Err(Error::OtherVersion {
            format: "a Terraform plan",
            version: version.chars().take(40).collect(),
            known: "0 and 1",
        });
    }
    let mut plan = Plan::new(path, Format::Terraform);
    if document.errored {
        plan.gaps
            .push("the plan ended with an error and is not whole".to_owned());
    }
    match document.deferred_changes.len() {
        0 => {}
        deferred => plan
            .gaps
            .push(format!("{deferred} changes are deferred to a later plan")),
    }
    let lines = Lines::of(text);
    for resource in &document.resource_changes {
        let actions: Actions<'_> = part(resource.change)?;
        let Some(action) = action(&actions.actions) else {
            continue;
        };
        if resource
            .mode
            .as_ref()
            .is_some_and(|mode| mode.0 != "managed")
        {
            continue;
        }
        let shape = shape(&resource.kind.0);
        let target = shape
            .map(|shape| target(resource, shape, action))
            .transpose()?;
        match target.flatten() {
            Some(mut target) => {
                target.line = lines.of_part(match &resource.address.0 {
                    Cow::Borrowed(address) => address,
                    Cow::Owned(_) => resource.change.get(),
                });
                plan.targets.push(target);
            }
            None => plan.passed_over += 1,
        }
    }
    Ok(plan)
}

/// Reads a part of a document that was found whole before.
fn part<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, Error> {
    serde_json::from_str(raw.get()).map_err(|error| broken(&error))
}

/// What happens, if anything does: to read, to do nothing and to forget alter nothing in AWS.
fn action(actions: &[Text<'_>]) -> Option<Action> {
    let has = |name: &str| actions.iter().any(|action| action.0 == name);
    match (has("create"), has("update"), has("delete")) {
        (true, _, true) => Some(Action::Replace),
        (true, ..) => Some(Action::Create),
        (_, true, _) => Some(Action::Update),
        (_, _, true) => Some(Action::Delete),
        _ => None,
    }
}

/// The target that a resource is; `None` where nothing of Cognito depends on it.
fn target(
    resource: &ResourceChange<'_>,
    shape: &'static Shape,
    action: Action,
) -> Result<Option<Target>, Error> {
    let mut change: Change = part(resource.change)?;
    let hidden = hidden(&change, shape);
    hide(&mut change.after, &change.after_unknown);
    hide(&mut change.before, &change.before_sensitive);
    hide(&mut change.after, &change.after_sensitive);
    if action == Action::Update && shape.is_idle(&change.before, &change.after) {
        return Ok(None);
    }
    let empty = Map::new();
    let before = change.before.as_object().unwrap_or(&empty);
    let after = change.after.as_object().unwrap_or(&empty);
    let mut name = resource.address.0.clone().into_owned();
    if let Some(deposed) = &resource.deposed {
        name.push_str(&format!(" (deposed {})", deposed.0));
    }
    Ok(target_of(name, shape, action, before, after, hidden))
}

/// The target that the attributes before and after describe.
pub(super) fn target_of(
    name: String,
    shape: &'static Shape,
    action: Action,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    hidden: Vec<Setting>,
) -> Option<Target> {
    // A resource that is replaced is looked up by what it was.
    let own = if before.is_empty() { after } else { before };
    let subject = subject(shape, own)?;
    let intent = match (shape.call, action) {
        (Some(call), _) => {
            let is_gone = action == Action::Delete;
            let (api, request) = call(if is_gone { before } else { after }, is_gone);
            Intent::Call {
                service: shape.service,
                api: Cow::Borrowed(api),
                request,
            }
        }
        (None, Action::Delete | Action::Replace) => Intent::Deletion,
        (None, Action::Create | Action::Update) => Intent::States {
            before: shape.members(before),
            after: shape.members(after),
            hidden,
            omitted: omitted(shape, before, after),
        },
    };
    Some(Target {
        name,
        line: 1,
        action,
        subject,
        intent,
    })
}

/// Settings that are sensitive and differ.
fn hidden(change: &Change, shape: &Shape) -> Vec<Setting> {
    let flags = [&change.before_sensitive, &change.after_sensitive];
    let paths = differing(&change.before, &change.after, flags);
    let names = paths.iter().filter_map(|path| shape.name_of(path));
    names.map(Setting::from).collect()
}

/// Members that had a value and are null, which means that nobody gives them any more.
fn omitted(shape: &Shape, before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let is_null = |name: &String| after.get(name).is_none_or(Value::is_null);
    let given = before.iter().filter(|(_, value)| !value.is_null());
    let omitted = given.filter(|(name, _)| is_null(name));
    omitted
        .filter_map(|(name, _)| shape.name_of(std::slice::from_ref(name)))
        .collect()
}

/// What a resource is; `None` for a thing of Lambda or WAF that is not a pool's.
fn subject(shape: &Shape, members: &Map<String, Value>) -> Option<Subject> {
    let text = |name: &str| {
        let text = members.get(name)?.as_str()?;
        (!text.is_empty() && !text.contains(MASK)).then_some(text)
    };
    let pool = match shape.kind {
        Kind::Pool => text("id"),
        _ => text("user_pool_id").or_else(|| pool_of_arn(text("resource_arn")?)),
    };
    let account = ["arn", "resource_arn"].into_iter().find_map(|name| {
        let account = text(name)?.split(':').nth(4)?;
        (!account.is_empty()).then(|| account.to_owned())
    });
    if shape.kind == Kind::Attachment && members.contains_key("resource_arn") && pool.is_none() {
        return None;
    }
    let id = match shape.id {
        "function_name" => text("function_name").map(function),
        name => text(name).map(str::to_owned),
    };
    Some(Subject {
        kind: shape.kind,
        account,
        pool: pool.map(UserPoolId::new),
        id: id.filter(|id| id != "ALL"),
        called: None,
    })
}

/// The bare name of a function that is given by name or ARN.
fn function(name: &str) -> String {
    let arn = name
        .starts_with("arn:")
        .then(|| name.split(':').nth(6))
        .flatten();
    let bare = arn.unwrap_or(name);
    bare.split(':').next().unwrap_or(bare).to_owned()
}

/// `arn:aws:cognito-idp:REGION:ACCOUNT:userpool/POOL`.
fn pool_of_arn(arn: &str) -> Option<&str> {
    arn.rsplit_once(":userpool/").map(|(_, pool)| pool)
}
