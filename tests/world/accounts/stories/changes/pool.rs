//! Changes of a user pool's settings, its providers and its resource servers.

use serde_json::{Value, json};

use super::super::{
    super::model::{Kind, Resource},
    draft::{Deed, Draft},
    guilty::{BY_HAND, Change},
    patch::{Alter, Patch, one, set},
};

/// One member of each resource of a kind is set, where it is another.
pub fn set_on(draft: &mut Draft, kind: Kind, member: &str, value: Value) -> Vec<Change> {
    let of = draft.resources(kind);
    let other = of
        .into_iter()
        .filter(|resource| draft.member(*resource, member) != Some(value.clone()));
    other
        .map(|resource| Change::new(resource, Deed::Set(set(member, value.clone()))))
        .collect()
}

/// Each resource of a kind is deleted.
pub fn deleted(draft: &mut Draft, kind: Kind) -> Vec<Change> {
    let of = draft.resources(kind).into_iter();
    of.map(|resource| Change::new(resource, Deed::Delete))
        .collect()
}

pub fn pool_deleted(draft: &mut Draft) -> Vec<Change> {
    let changes = deleted(draft, Kind::Pool).into_iter();
    let unprotected = || Deed::Set(set("DeletionProtection", json!("INACTIVE")));
    let is_protected = |change: &Change| {
        draft.member(change.resource, "DeletionProtection") == Some(json!("ACTIVE"))
    };
    let changes = changes.map(|change| match is_protected(&change) {
        true => {
            let resource = change.resource;
            change.beside(-40_000, resource, unprotected())
        }
        false => change,
    });
    changes.map(Change::lasting).collect()
}

/// A second factor is required, by the call that says nothing else.
pub fn mfa_required(draft: &mut Draft) -> Vec<Change> {
    let of = draft.resources(Kind::PoolMfa);
    let off = of
        .into_iter()
        .filter(|resource| draft.member(*resource, "MfaConfiguration") != Some(json!("ON")));
    off.map(|resource| {
        let patch = vec![
            ("MfaConfiguration".to_owned(), Alter::To(json!("ON"))),
            (
                "SoftwareTokenMfaConfiguration.Enabled".to_owned(),
                Alter::To(json!(true)),
            ),
        ];
        Change::new(resource, Deed::Set(patch))
    })
    .collect()
}

/// Devices are remembered, and refresh tokens of others refused.
pub fn devices(draft: &mut Draft) -> Vec<Change> {
    let value =
        json!({"ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": false});
    let changes = set_on(draft, Kind::Pool, "DeviceConfiguration", value).into_iter();
    changes
        .filter(|change| {
            let path = "DeviceConfiguration.ChallengeRequiredOnNewDevice";
            draft.member(change.resource, path) != Some(json!(true))
        })
        .collect()
}

pub fn low_risks_blocked(draft: &mut Draft) -> Vec<Change> {
    let path = "AccountTakeoverRiskConfiguration.Actions.LowAction.EventAction";
    set_on(draft, Kind::RiskConfiguration, path, json!("BLOCK"))
}

/// An update that says a name and little else: triggers and more are reset.
pub fn partial(draft: &mut Draft, members: &'static [&'static str]) -> Vec<Change> {
    let of = draft.resources(Kind::Pool).into_iter();
    let changes = of.map(|resource| {
        let patch = match members.contains(&"DeletionProtection") {
            true => set("DeletionProtection", json!("INACTIVE")),
            false => Patch::new(),
        };
        Change::new(resource, Deed::Only(members.to_vec(), patch)).by(BY_HAND)
    });
    changes.collect()
}

/// A detail of each provider that has it becomes another.
pub fn provider_detail(
    draft: &mut Draft,
    detail: &str,
    alter: impl Fn(&str, &mut Draft) -> String,
) -> Vec<Change> {
    let path = format!("ProviderDetails.{detail}");
    let mut changes = Vec::new();
    for resource in draft.resources(Kind::Provider) {
        if let Some(Value::String(old)) = draft.member(resource, &path) {
            let new = alter(&old, draft);
            changes.push(Change::new(resource, Deed::Set(set(&path, json!(new)))));
        }
    }
    changes
}

/// An attribute is mapped from a claim that the provider does not send, or no more.
pub fn mapping(draft: &mut Draft, claim: Option<&str>) -> Vec<Change> {
    let mut changes = Vec::new();
    for resource in draft.resources(Kind::Provider) {
        let Some(Value::Object(mut mapping)) = draft.member(resource, "AttributeMapping") else {
            continue;
        };
        match claim {
            Some(claim) => mapping.insert("email".to_owned(), json!(claim)),
            None => mapping.remove("email"),
        };
        let patch = vec![
            (
                "AttributeMapping".to_owned(),
                Alter::To(Value::Object(mapping)),
            ),
            ("~MapsWell".to_owned(), Alter::To(json!(false))),
        ];
        changes.push(Change::new(resource, Deed::Set(patch)));
    }
    changes
}

/// A scope of a resource server goes, or gets another name.
pub fn scope(draft: &mut Draft, renamed: Option<&str>) -> Vec<Change> {
    let mut changes = Vec::new();
    for resource in draft.resources(Kind::ResourceServer) {
        let Some(Value::Array(scopes)) = draft.member(resource, "Scopes") else {
            continue;
        };
        for place in 0..scopes.len() {
            let mut left = scopes.clone();
            match (renamed, left[place]["ScopeName"].as_str()) {
                (Some(tail), Some(name)) => {
                    left[place]["ScopeName"] = json!(format!("{name}{tail}"));
                }
                _ => {
                    left.remove(place);
                }
            }
            if !left.is_empty() {
                changes.push(Change::new(resource, Deed::Set(set("Scopes", json!(left)))));
            }
        }
    }
    changes
}

/// All scopes of a resource server but the first go.
pub fn scopes_cut(draft: &mut Draft) -> Vec<Change> {
    let mut changes = Vec::new();
    for resource in draft.resources(Kind::ResourceServer) {
        if let Some(Value::Array(scopes)) = draft.member(resource, "Scopes")
            && scopes.len() > 1
        {
            let deed = Deed::Set(set("Scopes", json!(scopes[..1])));
            changes.push(Change::new(resource, deed));
        }
    }
    changes
}

/// A resource server is replaced by one with another identifier.
pub fn server_replaced(draft: &mut Draft) -> Vec<Change> {
    let mut changes = Vec::new();
    for resource in draft.resources(Kind::ResourceServer) {
        let name = format!("{}-v2", draft.name(resource));
        let owner = draft.world.estate.owners[&resource];
        let mut settings = draft.settings(resource);
        settings.insert("Identifier".to_owned(), json!(name));
        let new = draft.add(Kind::ResourceServer, owner, name);
        let change = Change::new(resource, Deed::Delete);
        changes.push(change.beside(1_200, new, Deed::Create(settings)));
    }
    changes
}

/// A list of a resource loses all, or what is said.
pub fn emptied(draft: &mut Draft, resource: Resource, list: &str) -> Deed {
    let held = draft.texts(resource, list);
    Deed::Set(one(list, Alter::Without(held)))
}
