//! The settings of a resource after a change.

use serde_json::{Map, Value, json};

use super::{named, object, resource::text};
use crate::{
    cognito::{
        read,
        setting::{Known, Settings},
    },
    queries,
    record::Change,
};

/// The settings before a change, with what its success proves of them: what is created did not
/// exist, a secret that could be deleted was there.
pub fn before(change: &Change, known: Option<&Settings>) -> Option<Settings> {
    if change.service != queries::COGNITO {
        return known.cloned();
    }
    match change.name.as_str() {
        "DeleteUserPoolClientSecret" => {
            let id = text(&object(&change.request), "clientSecretId");
            Some(with(known, &secret(&id), json!("present")))
        }
        "CreateUserPoolClient"
        | "CreateUserPool"
        | "CreateResourceServer"
        | "CreateIdentityProvider"
        | "CreateUserPoolDomain" => {
            Some([(read::setting("Exists"), Known::Observed(json!(false)))].into())
        }
        name if name.starts_with("Delete") => Some(with(known, "Exists", json!(true))),
        _ => known.cloned(),
    }
}

/// The settings after a change that succeeded; `None` when no log shows what it altered.
pub fn after(change: &Change, before: Option<&Settings>) -> Option<Settings> {
    let (request, response) = (object(&change.request), object(&change.response));
    match (change.service.as_str(), change.name.as_str()) {
        (queries::COGNITO, name) => cognito(name, &request, &response, before),
        ("wafv2.amazonaws.com", "AssociateWebACL") => {
            Some(with(before, "WebACL", json!(text(&request, "webACLArn"))))
        }
        ("wafv2.amazonaws.com", "DisassociateWebACL") => Some(with(before, "WebACL", Value::Null)),
        _ => None,
    }
}

fn cognito(
    name: &str,
    request: &Map<String, Value>,
    response: &Map<String, Value>,
    before: Option<&Settings>,
) -> Option<Settings> {
    Some(match name {
        "CreateUserPoolClient" | "UpdateUserPoolClient" => {
            let mut after = match part(response, "userPoolClient") {
                Some(client) => read::client_snapshot(client),
                None => read::client_request(request, before),
            };
            keep_secrets(&mut after, before);
            after
        }
        "CreateUserPool" => match part(response, "userPool") {
            Some(pool) => read::pool_snapshot(pool),
            None => read::pool_snapshot(request),
        },
        "UpdateUserPool" => read::pool_request(request, before),
        "SetUserPoolMfaConfig" => {
            let mut after = before.cloned().unwrap_or_default();
            let given = read::whole(request);
            after.extend(given);
            after
        }
        "AddUserPoolClientSecret" => {
            let descriptor = part(response, "clientSecretDescriptor");
            let id = descriptor.map(|descriptor| text(descriptor, "clientSecretId"))?;
            with(before, &secret(&id), json!("present"))
        }
        "DeleteUserPoolClientSecret" => {
            let name = secret(&text(request, "clientSecretId"));
            with(before, &name, Value::Null)
        }
        "CreateResourceServer" | "UpdateResourceServer" => {
            let server = part(response, "resourceServer").unwrap_or(request);
            exists(json!(scopes(server)), "Scopes")
        }
        "CreateIdentityProvider" | "UpdateIdentityProvider" => {
            let provider = part(response, "identityProvider").unwrap_or(request);
            read::whole(provider)
        }
        "CreateUserPoolDomain" | "UpdateUserPoolDomain" => read::whole(request),
        "DeleteUserPoolClient"
        | "DeleteUserPool"
        | "DeleteResourceServer"
        | "DeleteIdentityProvider"
        | "DeleteUserPoolDomain" => with(before, "Exists", json!(false)),
        _ => return None,
    })
}

/// A member that is an object, in either spelling.
fn part<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Map<String, Value>> {
    let found = object
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.and_then(|(_, value)| value.as_object())
}

/// Settings as before but for one; a deleted secret was there before, whether seen or not.
fn with(before: Option<&Settings>, name: &str, value: Value) -> Settings {
    let mut after = before.cloned().unwrap_or_default();
    after.insert(named(name.to_owned()), Known::Observed(value));
    after
}

fn exists(value: Value, name: &str) -> Settings {
    let exists = (read::setting("Exists"), Known::Observed(json!(true)));
    [(named(name.to_owned()), Known::Observed(value)), exists].into()
}

fn secret(id: &str) -> String {
    format!("ClientSecret.{id}")
}

/// Updates leave secrets alone.
fn keep_secrets(after: &mut Settings, before: Option<&Settings>) {
    for (name, known) in before.into_iter().flatten() {
        if name.0.starts_with("ClientSecret.") {
            after.insert(name.clone(), known.clone());
        }
    }
}

fn scopes(server: &Map<String, Value>) -> Vec<String> {
    let list = server
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case("scopes"));
    let items = list.and_then(|(_, value)| value.as_array());
    let mut names: Vec<String> = items
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .map(|scope| text(scope, "scopeName"))
        .collect();
    names.sort();
    names
}
