//! What a trigger or an application may do: policies of roles, and keys with their grants.

use serde_json::{Value, json};

use super::{present, set, sets};
use crate::cognito::{
    history::{effect::Effect, write::Write},
    setting::Settings,
};

/// What a write to a role, a policy or a key did; `None` where its request does not say.
pub(super) fn effect(write: &Write<'_>, before: &Settings) -> Option<Effect> {
    let name = |key| write.asked(key);
    let put = |name: String, value: Value| set(before, name, None, value);
    let attached = |is: bool| {
        let name = format!("AttachedPolicy.{}", name("policyArn")?);
        // Attaching what is attached succeeds.
        Some(match is {
            true => put(name, present()),
            false => set(before, name, Some(present()), Value::Null),
        })
    };
    match write.api {
        "PutRolePolicy" => {
            let policy = name("policyDocument").map(document)?;
            Some(put(format!("RolePolicy.{}", name("policyName")?), policy))
        }
        "DeleteRolePolicy" => {
            let name = format!("RolePolicy.{}", name("policyName")?);
            Some(put(name, Value::Null))
        }
        "AttachRolePolicy" => attached(true),
        "DetachRolePolicy" => attached(false),
        "UpdateAssumeRolePolicy" => {
            let policy = name("policyDocument").map(document)?;
            Some(put("AssumeRolePolicyDocument".to_owned(), policy))
        }
        "DeleteRole" => Some(Effect::deleted()),
        "SetDefaultPolicyVersion" => {
            let version = json!(name("versionId")?);
            Some(put("DefaultVersion".to_owned(), version))
        }
        "DisableKey" => Some(put("Enabled".to_owned(), json!(false))),
        "EnableKey" => Some(put("Enabled".to_owned(), json!(true))),
        "ScheduleKeyDeletion" => Some(put("Deletion".to_owned(), json!("scheduled"))),
        // A key whose deletion is called off stays disabled.
        "CancelKeyDeletion" => Some(sets(
            before,
            [
                ("Deletion".to_owned(), Some(json!("scheduled")), Value::Null),
                ("Enabled".to_owned(), None, json!(false)),
            ],
        )),
        "PutKeyPolicy" => Some(put("Policy".to_owned(), name("policy").map(document)?)),
        "RevokeGrant" | "RetireGrant" => {
            let name = format!("Grant.{}", name("grantId")?);
            Some(set(before, name, Some(present()), Value::Null))
        }
        _ => None,
    }
}

/// A policy as JSON, so that spaces are no difference.
fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}
