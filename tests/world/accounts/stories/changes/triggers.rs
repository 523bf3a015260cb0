//! Changes of the functions that a user pool calls.

use serde_json::{Value, json};

use super::{
    super::{
        super::{
            model::{Kind, Owner, Resource, Tool},
            rules,
        },
        calls::DENYING,
        draft::{Deed, Draft},
        guilty::{BY_HAND, Change, DEPLOYERS},
        patch::{Alter, Patch, set},
    },
    pool,
};

const OPERATORS: &[Tool] = &[Tool::Console, Tool::Cli, Tool::Script, Tool::Terraform];

/// A pool gets a trigger that it may not invoke.
pub fn foreign(draft: &mut Draft, slot: &str) -> Vec<Change> {
    let of = draft.resources(Kind::Pool).into_iter();
    let changes = of.map(|resource| {
        let arn = rules::foreign_function(&draft.world.estate, resource);
        let mut patch = set(&format!("LambdaConfig.{slot}"), json!(arn));
        // The two spellings of one trigger have to agree.
        let versioned = format!("LambdaConfig.{slot}Config.LambdaArn");
        if draft.member(resource, &versioned).is_some() {
            patch.extend(set(&versioned, json!(arn)));
        }
        Change::new(resource, Deed::Set(patch))
    });
    changes.collect()
}

/// A pool loses its triggers, or one of them.
pub fn lost(draft: &mut Draft, all: bool) -> Vec<Change> {
    let mut changes = Vec::new();
    for resource in draft.resources(Kind::Pool) {
        let Some(Value::Object(triggers)) = draft.member(resource, "LambdaConfig") else {
            continue;
        };
        if triggers.is_empty() {
            continue;
        }
        let patch: Patch = match all {
            true => set("LambdaConfig", json!({})),
            false => {
                let slots: Vec<&String> = triggers.keys().collect();
                let slot = (*draft.chance.pick(&slots)).clone();
                let stem = slot.trim_end_matches("Config").to_owned();
                let of_stem = slots.into_iter().filter(|slot| slot.starts_with(&stem));
                let paths = of_stem.map(|slot| format!("LambdaConfig.{slot}"));
                paths.map(|path| (path, Alter::Unset)).collect()
            }
        };
        changes.push(Change::new(resource, Deed::Set(patch)));
    }
    changes
}

/// Code is deployed that fails.
pub fn broken_code(draft: &mut Draft) -> Vec<Change> {
    let mut changes = Vec::new();
    for resource in draft.resources(Kind::Function) {
        let code = draft.chance.letters("0123456789abcdef", 40);
        changes.push(Change::new(resource, fails(vec![("code", json!(code))])).by(DEPLOYERS));
    }
    changes
}

/// A setting of the function is another, and it fails: its environment, its runtime, its network.
pub fn broken_setting(draft: &mut Draft, member: &'static str, value: &Value) -> Vec<Change> {
    let of = draft.resources(Kind::Function).into_iter();
    of.map(|resource| Change::new(resource, fails(vec![(member, value.clone())])).by(OPERATORS))
        .collect()
}

fn fails(members: Vec<(&str, Value)>) -> Deed {
    let patch = members.into_iter().chain([("~Works", json!(false))]);
    Deed::Set(
        patch
            .map(|(member, value)| (member.to_owned(), Alter::To(value)))
            .collect(),
    )
}

pub fn timeout(draft: &mut Draft) -> Vec<Change> {
    by(
        pool::set_on(draft, Kind::Function, "timeout", json!(1)),
        OPERATORS,
    )
}

pub fn handler(draft: &mut Draft) -> Vec<Change> {
    let value = json!("dist/index.handler");
    by(
        pool::set_on(draft, Kind::Function, "handler", value),
        DEPLOYERS,
    )
}

pub fn role(draft: &mut Draft) -> Vec<Change> {
    let account = draft.world.estate.account.clone();
    let role = json!(format!("arn:aws:iam::{account}:role/basic-execution"));
    by(pool::set_on(draft, Kind::Function, "role", role), OPERATORS)
}

pub fn concurrency(draft: &mut Draft, reserved: i64) -> Vec<Change> {
    let changes = pool::set_on(
        draft,
        Kind::FunctionConcurrency,
        "reserved",
        json!(reserved),
    );
    by(changes, OPERATORS)
}

pub fn permission_removed(draft: &mut Draft) -> Vec<Change> {
    let of = draft.resources(Kind::FunctionPermission);
    let changes = of.into_iter().map(|resource| {
        let deed = pool::emptied(draft, resource, "principals");
        Change::new(resource, deed).by(OPERATORS)
    });
    changes.collect()
}

/// The role of a function loses a policy, or gets one that denies.
pub fn policy(draft: &mut Draft, detached: bool) -> Vec<Change> {
    let mut changes = Vec::new();
    for resource in draft.resources(Kind::FunctionRole) {
        let policies = draft.texts(resource, "policies");
        let (alter, call) = match (detached, policies.last()) {
            (true, Some(last)) => (Alter::Without(vec![last.clone()]), "DetachRolePolicy"),
            _ => (Alter::With(vec![DENYING.to_owned()]), "PutRolePolicy"),
        };
        let patch = vec![
            ("policies".to_owned(), alter),
            ("~Allows".to_owned(), Alter::To(json!(false))),
        ];
        let change = Change::new(resource, Deed::Set(patch)).by(OPERATORS);
        changes.push(change.call(("iam.amazonaws.com", call)));
    }
    changes
}

/// The key by which a function's environment is encrypted.
pub fn key(draft: &mut Draft, state: &str) -> Vec<Change> {
    let of = draft.resources(Kind::KmsKey).into_iter();
    let changes = of.map(|resource| {
        let patch = vec![
            ("KeyState".to_owned(), Alter::To(json!(state))),
            ("~Usable".to_owned(), Alter::To(json!(false))),
        ];
        Change::new(resource, Deed::Set(patch)).by(OPERATORS)
    });
    changes.collect()
}

pub fn function_deleted(draft: &mut Draft) -> Vec<Change> {
    by(pool::deleted(draft, Kind::Function), BY_HAND)
}

fn by(changes: Vec<Change>, tools: &'static [Tool]) -> Vec<Change> {
    changes.into_iter().map(|change| change.by(tools)).collect()
}

/// The pools whose functions read keys get one of them.
pub fn bind_keys(draft: &mut Draft) {
    let estate = &draft.world.estate;
    let keys: Vec<Resource> = rules::resources(estate, Kind::KmsKey)
        .filter(|key| matches!(estate.owners.get(key), None | Some(Owner::Nobody)))
        .collect();
    let pools: Vec<Owner> = rules::resources(estate, Kind::Function)
        .filter_map(|function| estate.owners.get(&function).copied())
        .collect();
    let keys = keys.into_iter().take(1);
    for (key, owner) in keys.zip(pools) {
        draft.world.estate.owners.insert(key, owner);
    }
}
