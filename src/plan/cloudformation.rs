//! Change sets of CloudFormation: `aws cloudformation describe-change-set --include-property-values`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html>.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Action, Error, Format, Intent, Kind, Lines, Plan, Subject, Target, Text, broken,
    obscure::MASK,
    template::{self, of_type},
};
use crate::{ids::UserPoolId, record::mask};

/// What stands for a value that is computed while the change set is carried out.
const LATER: &str = "{{changeSet:";

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, rename = "Changes")]
    changes: Vec<Change<'a>>,
    #[serde(rename = "NextToken", default)]
    next_token: Option<String>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow, rename = "ResourceChange", default)]
    resource: Option<ResourceChange<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceChange<'a> {
    #[serde(borrow)]
    action: Text<'a>,
    #[serde(borrow)]
    logical_resource_id: Text<'a>,
    #[serde(default)]
    physical_resource_id: Option<String>,
    #[serde(borrow)]
    resource_type: Text<'a>,
    #[serde(default)]
    replacement: Option<String>,
    #[serde(default)]
    policy_action: Option<String>,
    #[serde(default)]
    before_context: Option<String>,
    #[serde(default)]
    after_context: Option<String>,
}

/// Reads a change set.
pub(super) fn read(path: &str, text: &str) -> Result<Plan, Error> {
    let document: Document<'_> = serde_json::from_str(text).map_err(|error| broken(&error))?;
    let lines = Lines::of(text);
    let mut plan = Plan::new(path, Format::ChangeSet);
    if document.next_token.is_some() {
        plan.gaps
            .push("it is one page of several: describe the others too".to_owned());
    }
    for resource in document
        .changes
        .iter()
        .filter_map(|change| change.resource.as_ref())
    {
        let Some(action) = action(resource) else {
            continue;
        };
        let Some(of) = of_type(&resource.resource_type.0) else {
            plan.passed_over += 1;
            continue;
        };
        if resource.replacement.as_deref() == Some("Conditional") {
            let name = &resource.logical_resource_id.0;
            plan.gaps.push(format!(
                "{name} may be replaced, which depends on values not known yet"
            ));
        }
        let mut target = target(resource, of, action, &mut plan.gaps)?;
        if let Text(std::borrow::Cow::Borrowed(name)) = &resource.logical_resource_id {
            target.line = lines.of_part(name);
        }
        plan.targets.push(target);
    }
    Ok(plan)
}

/// What happens, if anything does: what is imported or retained stays as it is.
fn action(resource: &ResourceChange<'_>) -> Option<Action> {
    let retained = resource.policy_action.as_deref() == Some("Retain");
    match &*resource.action.0 {
        "Add" => Some(Action::Create),
        "Remove" if !retained => Some(Action::Delete),
        "Modify" | "Dynamic" if resource.replacement.as_deref() == Some("True") => {
            Some(Action::Replace)
        }
        "Modify" | "Dynamic" => Some(Action::Update),
        _ => None,
    }
}

fn target(
    resource: &ResourceChange<'_>,
    of: &'static template::Type,
    action: Action,
    gaps: &mut Vec<String>,
) -> Result<Target, Error> {
    let name = resource.logical_resource_id.0.clone().into_owned();
    let before = properties(resource.before_context.as_deref())?;
    let after = properties(resource.after_context.as_deref())?;
    if action == Action::Update && (before.is_none() || after.is_none()) {
        gaps.push(format!(
            "{name} has no property values: describe the change set with `--include-property-values`"
        ));
    }
    let is_told = before.is_some() || after.is_some();
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let own = if before.is_empty() { &after } else { &before };
    let mut subject = template::subject(of, own);
    identify(&mut subject, resource.physical_resource_id.as_deref());
    let intent = match action {
        Action::Delete | Action::Replace if of.kind != Kind::Attachment => Intent::Deletion,
        _ if of.kind == Kind::Attachment => Intent::Call {
            service: of.service,
            api: of.update.into(),
            request: after,
        },
        _ => {
            let omitted = before.iter().filter(|(name, _)| !after.contains_key(*name));
            Intent::States {
                omitted: omitted.map(|(name, _)| name.clone()).collect(),
                before: template::members(of.kind, before),
                after: template::members(of.kind, after),
                hidden: Vec::new(),
            }
        }
    };
    if action == Action::Update && !is_told {
        // Without its values nobody can tell what it becomes.
        subject.id = None;
        subject.pool = None;
    }
    Ok(Target {
        name,
        line: 1,
        action,
        subject,
        intent,
    })
}

/// The physical id is the id of clients and pools.
fn identify(subject: &mut Subject, physical: Option<&str>) {
    let Some(physical) = physical.filter(|id| !id.is_empty()) else {
        return;
    };
    match subject.kind {
        Kind::Client => subject.id = Some(physical.to_owned()),
        Kind::Pool => subject.pool = Some(UserPoolId::new(physical)),
        _ => {}
    }
}

/// The properties that a context holds, which is JSON in a text.
fn properties(context: Option<&str>) -> Result<Option<Map<String, Value>>, Error> {
    let Some(context) = context else {
        return Ok(None);
    };
    let context: Value = serde_json::from_str(context).map_err(|error| broken(&error))?;
    let Some(Value::Object(properties)) = context.get("Properties") else {
        return Ok(Some(Map::new()));
    };
    let mut properties = properties.clone();
    properties.values_mut().for_each(hide_later);
    mask::hide_settings(&mut properties);
    Ok(Some(properties))
}

fn hide_later(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(LATER) => *value = Value::from(MASK),
        Value::Array(items) => items.iter_mut().for_each(hide_later),
        Value::Object(members) => members.values_mut().for_each(hide_later),
        _ => {}
    }
}
