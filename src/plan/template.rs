//! CloudFormation templates, as people and CDK write them: what an update of the stack would send.
//!
//! A template knows no ids: its resources are found by their names. What it computes (`Ref`, `Fn::…`) is
//! not known, but for parameters with a default. CloudFormation sends every property in each update,
//! so that what a template leaves out is reset as by any update of the API.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    Action, Called, Error, Format, Intent, Kind, Lines, Plan, Subject, Target, broken,
    obscure::MASK,
};
use crate::{ids::UserPoolId, record::mask};

/// What a resource type is to the API.
pub(super) struct Type {
    /// What it is.
    pub kind: Kind,
    /// The operation that updates it.
    pub update: &'static str,
    /// The service that is called.
    pub service: &'static str,
    /// The property that names it within its pool or account.
    pub id: &'static str,
    /// The property that holds a name for people.
    pub name: &'static str,
}

const COGNITO: &str = "cognito-idp.amazonaws.com";

const fn cognito(kind: Kind, update: &'static str, id: &'static str) -> Type {
    Type {
        kind,
        update,
        service: COGNITO,
        id,
        name: "",
    }
}

/// Source: CloudFormation's resource type reference.
const TYPES: &[(&str, Type)] = &[
    (
        "AWS::Cognito::UserPoolClient",
        Type {
            name: "ClientName",
            ..cognito(Kind::Client, "UpdateUserPoolClient", "")
        },
    ),
    (
        "AWS::Cognito::UserPool",
        Type {
            name: "UserPoolName",
            ..cognito(Kind::Pool, "UpdateUserPool", "")
        },
    ),
    (
        "AWS::Cognito::UserPoolDomain",
        cognito(Kind::Domain, "UpdateUserPoolDomain", "Domain"),
    ),
    (
        "AWS::Cognito::UserPoolIdentityProvider",
        cognito(
            Kind::IdentityProvider,
            "UpdateIdentityProvider",
            "ProviderName",
        ),
    ),
    (
        "AWS::Cognito::UserPoolResourceServer",
        cognito(Kind::ResourceServer, "UpdateResourceServer", "Identifier"),
    ),
    (
        "AWS::Cognito::UserPoolRiskConfigurationAttachment",
        cognito(Kind::Attachment, "SetRiskConfiguration", "ClientId"),
    ),
    (
        "AWS::Cognito::UserPoolUICustomizationAttachment",
        cognito(Kind::Attachment, "SetUICustomization", "ClientId"),
    ),
    (
        "AWS::Cognito::ManagedLoginBranding",
        cognito(Kind::Attachment, "UpdateManagedLoginBranding", "ClientId"),
    ),
    (
        "AWS::WAFv2::WebACLAssociation",
        Type {
            service: "wafv2.amazonaws.com",
            ..cognito(Kind::Attachment, "AssociateWebACL", "")
        },
    ),
];

/// What a resource type is, if sign-in depends on it.
pub(super) fn of_type(name: &str) -> Option<&'static Type> {
    let mut types = TYPES.iter();
    types.find(|(of, _)| *of == name).map(|(_, kind)| kind)
}

/// Reads a template in JSON.
pub(super) fn read(path: &str, text: &str) -> Result<Plan, Error> {
    let document: Value = serde_json::from_str(text).map_err(|error| broken(&error))?;
    let lines = Lines::of(text);
    of_document(path, &document, &|logical_id| {
        let key = format!("\"{logical_id}\":");
        let place = text
            .find(&key)
            .or_else(|| text.find(&format!("\"{logical_id}\"")));
        place
            .and_then(|place| text.get(place..))
            .map_or(1, |part| lines.of_part(part))
    })
}

/// The targets of a template; `line` finds the line of a logical id.
pub(super) fn of_document(
    path: &str,
    document: &Value,
    line: &dyn Fn(&str) -> usize,
) -> Result<Plan, Error> {
    let Some(Value::Object(resources)) = document.get("Resources") else {
        return Err(Error::OtherContent);
    };
    let is_resource = |resource: &Value| resource.get("Type").is_some_and(Value::is_string);
    if !resources.values().any(is_resource) {
        return Err(Error::OtherContent);
    }
    let mut plan = Plan::new(path, Format::Template);
    for (logical_id, resource) in resources {
        let kind = resource
            .get("Type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let Some(of) = of_type(kind) else {
            plan.passed_over += 1;
            continue;
        };
        let empty = Map::new();
        let properties = resource
            .get("Properties")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        plan.targets.push(target(
            logical_id,
            of,
            properties,
            document,
            line(logical_id),
        ));
    }
    Ok(plan)
}

fn target(
    logical_id: &str,
    of: &'static Type,
    properties: &Map<String, Value>,
    document: &Value,
    line: usize,
) -> Target {
    let referred = |name: &str| reference(properties.get(name)?).map(str::to_owned);
    let mut resolved = Map::new();
    for (name, value) in properties {
        resolved.insert(name.clone(), resolve(value, document));
    }
    mask::hide_settings(&mut resolved);
    let subject = Subject {
        called: Some(Called {
            logical_id: logical_id.to_owned(),
            name: text(&resolved, of.name),
            pool: referred("UserPoolId"),
        }),
        ..subject(of, &resolved)
    };
    Target {
        name: logical_id.to_owned(),
        line,
        action: Action::Update,
        subject,
        intent: Intent::Call {
            service: of.service,
            api: Cow::Borrowed(of.update),
            request: members(of.kind, resolved),
        },
    }
}

/// What a resource is, by its properties.
pub(super) fn subject(of: &Type, properties: &Map<String, Value>) -> Subject {
    let arn = text(properties, "ResourceArn").unwrap_or_default();
    let of_arn = arn
        .rsplit_once(":userpool/")
        .map(|(_, pool)| pool.to_owned());
    Subject {
        kind: of.kind,
        account: None,
        pool: text(properties, "UserPoolId")
            .or(of_arn)
            .map(UserPoolId::new),
        id: text(properties, of.id).filter(|id| id != "ALL"),
        called: None,
    }
}

/// Properties as the API names them.
pub(super) fn members(kind: Kind, properties: Map<String, Value>) -> Map<String, Value> {
    const MADE_ONCE: [&str; 4] = ["GenerateSecret", "ClientId", "UserPoolId", "EnabledMfas"];
    let rename = |name: String| match (kind, name.as_str()) {
        (Kind::Pool, "UserPoolName") => "PoolName".to_owned(),
        _ => name,
    };
    let kept = properties
        .into_iter()
        .filter(|(name, _)| !MADE_ONCE.contains(&name.as_str()));
    kept.map(|(name, value)| (rename(name), value)).collect()
}

/// A text that is known.
fn text(properties: &Map<String, Value>, name: &str) -> Option<String> {
    let text = properties.get(name)?.as_str()?;
    (!text.is_empty() && !text.contains(MASK)).then(|| text.to_owned())
}

/// The logical id or parameter that a value refers to.
fn reference(value: &Value) -> Option<&str> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.get("Ref")?.as_str()
}

/// A value as far as the template tells it: parameters by their defaults, else nobody knows yet.
fn resolve(value: &Value, document: &Value) -> Value {
    match value {
        Value::Object(object) if is_intrinsic(object) => {
            let default = reference(value).and_then(|name| {
                document
                    .get("Parameters")?
                    .get(name)?
                    .get("Default")
                    .filter(|value| value.is_string())
            });
            default.cloned().unwrap_or_else(|| Value::from(MASK))
        }
        Value::Object(object) => {
            let inner = object
                .iter()
                .map(|(key, value)| (key.clone(), resolve(value, document)));
            Value::Object(inner.collect())
        }
        Value::Array(items) => items.iter().map(|item| resolve(item, document)).collect(),
        value => value.clone(),
    }
}

fn is_intrinsic(object: &Map<String, Value>) -> bool {
    let mut keys = object.keys();
    object.len() == 1
        && keys.all(|key| key == "Ref" || key.starts_with("Fn::") || key == "Condition")
}
