//! What follows from settings, as members of which only the simulator knows: so that a rule can be
//! about one member.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::{
    model::{DAY, Estate, HOUR, Kind, MINUTE, Millis, Owner, Resource, SECOND, Settings},
    state::member,
};

/// Adds what follows to the settings of a resource.
pub fn derive(estate: &Estate, resource: Resource, settings: &mut Settings) {
    let derived = match resource.kind {
        Kind::Client => of_client(estate, resource, settings),
        Kind::ResourceServer => vec![("~Lists", lists(settings))],
        Kind::Domain => vec![("~Unbranded", unbranded(estate, resource, settings))],
        _ => Vec::new(),
    };
    for (name, value) in derived {
        settings.insert(name.to_owned(), value);
    }
}

/// The texts of a list.
pub fn texts(settings: &Settings, path: &str) -> Vec<String> {
    let list = member(settings, path).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn of_client(
    estate: &Estate,
    resource: Resource,
    settings: &Settings,
) -> Vec<(&'static str, Value)> {
    let rotates = member(settings, "RefreshTokenRotation.Feature") == Some(&json!("ENABLED"));
    let local = texts(settings, "SupportedIdentityProviders").contains(&"COGNITO".to_owned());
    vec![
        ("~AuthFlows", json!(auth_flows(settings))),
        ("~RefreshTokenMillis", json!(refresh_lifetime(settings))),
        ("~Rotates", json!(rotates)),
        ("~LocalUsers", json!(local)),
        (
            "~ReadableScopes",
            json!(readable_scopes(estate, resource, settings)),
        ),
        ("~Writable", json!(writable(estate, resource, settings))),
    ]
}

/// The flows of the API that are allowed: a list that is not said, or that names the old flows,
/// allows more than it holds.
fn auth_flows(settings: &Settings) -> BTreeSet<String> {
    let said = texts(settings, "ExplicitAuthFlows");
    let mut flows: BTreeSet<String> = said.iter().cloned().collect();
    let mut allow = |names: &[&str]| flows.extend(names.iter().map(|name| (*name).to_owned()));
    if said.is_empty() {
        allow(&["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]);
    }
    for flow in &said {
        match flow.as_str() {
            "ALLOW_USER_AUTH" => allow(&["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"]),
            "ADMIN_NO_SRP_AUTH" => allow(&[
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
            ]),
            "USER_PASSWORD_AUTH" => allow(&[
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
            ]),
            _ => {}
        }
    }
    flows
}

fn refresh_lifetime(settings: &Settings) -> Millis {
    let number = member(settings, "RefreshTokenValidity").and_then(Value::as_i64);
    let unit = member(settings, "TokenValidityUnits.RefreshToken").and_then(Value::as_str);
    match (number, unit) {
        (None | Some(0), _) => 30 * DAY,
        (Some(number), Some("seconds")) => number * SECOND,
        (Some(number), Some("minutes")) => number * MINUTE,
        (Some(number), Some("hours")) => number * HOUR,
        (Some(number), _) => number * DAY,
    }
}

/// Scopes of which the app client may read the attributes, or never could.
fn readable_scopes(estate: &Estate, resource: Resource, settings: &Settings) -> BTreeSet<String> {
    let mut scopes: BTreeSet<String> = texts(settings, "AllowedOAuthScopes").into_iter().collect();
    if let Some(client) = estate.clients.get(usize::from(resource.index)) {
        let asked = client.habits.iter().flat_map(|habit| &habit.asks.scopes);
        scopes.extend(asked.map(|scope| scope.to_string()));
    }
    let lost = lost(estate, resource, settings, "ReadAttributes");
    for (scope, attributes) in SCOPES {
        if attributes.iter().any(|name| lost.contains(*name)) {
            scopes.remove(scope);
        }
    }
    scopes
}

/// What each scope lets read.
const SCOPES: [(&str, &[&str]); 3] = [
    ("email", &["email"]),
    ("phone", &["phone_number"]),
    ("profile", &["name", "given_name", "family_name"]),
];

/// Attributes that a list held at the start and holds no more; a list that is not there holds all.
fn lost(estate: &Estate, resource: Resource, settings: &Settings, list: &str) -> BTreeSet<String> {
    if !settings.contains_key(list) {
        return BTreeSet::new();
    }
    let held = texts(settings, list);
    let first = estate.settings.get(&resource);
    let all = || {
        SCOPES
            .iter()
            .flat_map(|(_, names)| names.iter().map(|name| (*name).to_owned()))
    };
    let before: BTreeSet<String> = match first.filter(|first| first.contains_key(list)) {
        Some(first) => texts(first, list).into_iter().collect(),
        None => all().collect(),
    };
    before
        .into_iter()
        .filter(|name| !held.contains(name))
        .collect()
}

/// Whether the app client may still write each attribute that the providers map which it supports.
fn writable(estate: &Estate, resource: Resource, settings: &Settings) -> bool {
    let lost = lost(estate, resource, settings, "WriteAttributes");
    let Some(client) = estate.clients.get(usize::from(resource.index)) else {
        return true;
    };
    let owner = Owner::Pool(client.pool);
    let supported = texts(settings, "SupportedIdentityProviders");
    let providers = super::resources(estate, Kind::Provider).filter(|provider| {
        let name = estate.names.get(provider);
        estate.owners.get(provider) == Some(&owner)
            && name.is_some_and(|name| supported.contains(name))
    });
    !providers
        .filter_map(|provider| {
            estate.settings[&provider]
                .get("AttributeMapping")?
                .as_object()
        })
        .flat_map(Map::keys)
        .any(|attribute| lost.contains(attribute))
}

/// The scopes of a resource server, each as a member of its own.
fn lists(settings: &Settings) -> Value {
    let scopes = settings.get("Scopes").and_then(Value::as_array);
    let names = scopes.into_iter().flatten().filter_map(|scope| {
        let name = scope.get("ScopeName").unwrap_or(scope);
        name.as_str()
    });
    Value::Object(names.map(|name| (plain(name), json!(true))).collect())
}

/// A scope's name as that of a member: dots would part it.
pub fn plain(scope: &str) -> String {
    scope.replace('.', "_")
}

/// Whether managed login is on for app clients without a look.
fn unbranded(estate: &Estate, domain: Resource, settings: &Settings) -> Value {
    let managed = member(settings, "ManagedLoginVersion").and_then(Value::as_i64) == Some(2);
    let owner = estate.owners.get(&domain);
    let of_pool = |resource: &Resource| match (estate.owners.get(resource), owner) {
        (Some(Owner::Client(client)), Some(Owner::Pool(pool))) => {
            estate.clients[*client].pool == *pool
        }
        (of_branding, of_domain) => of_branding == of_domain,
    };
    let branded = super::resources(estate, Kind::Branding).any(|branding| of_pool(&branding));
    json!(managed && !branded)
}
