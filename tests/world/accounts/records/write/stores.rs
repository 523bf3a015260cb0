//! What calls to the stores of secrets and keys say and are answered, and which call it was that
//! altered what a call of the world alters.

use serde_json::{Value, json};

use super::{
    super::{
        super::model::{DAY, Does, Kind},
        style::MASK,
    },
    Around,
    elsewhere::held,
    response,
};

/// The call as AWS has it: what only describes a secret is not stored by the call that stores values.
pub fn call(around: &Around<'_>) -> &'static str {
    let write = around.write;
    let alters = !matches!(write.does, Does::Create(_) | Does::Delete);
    match (write.resource.kind, write.call) {
        (Kind::StoredSecret, "PutSecretValue" | "UpdateSecret")
            if alters && !around.said().contains_key("value") =>
        {
            "UpdateSecret"
        }
        (_, call) => call,
    }
}

/// The value is never told; that one was sent is.
pub fn secret(around: &Around<'_>, name: &str) -> Value {
    let token = around.id("token");
    let said = around.said();
    let sent = said.contains_key("value").then_some(MASK);
    let described = said.get("description").cloned();
    match call(around) {
        "CreateSecret" => json!({"Name": name, "ClientRequestToken": token, "SecretString": sent}),
        "UpdateSecret" => json!({
            "SecretId": name,
            "ClientRequestToken": token,
            "SecretString": sent,
            "Description": described,
        }),
        "PutSecretValue" => {
            json!({"SecretId": name, "ClientRequestToken": token, "SecretString": sent})
        }
        "UpdateSecretVersionStage" => {
            json!({"SecretId": name, "VersionStage": "AWSCURRENT", "MoveToVersionId": token})
        }
        "RotateSecret" => {
            json!({"SecretId": name, "ClientRequestToken": token, "RotateImmediately": true})
        }
        "DeleteSecret" => json!({
            "SecretId": name,
            "RecoveryWindowInDays": 30,
            "ForceDeleteWithoutRecovery": false,
        }),
        _ => json!({"SecretId": name}),
    }
}

/// Only calls that make a version name it.
pub fn secret_answer(around: &Around<'_>) -> Value {
    let (arn, name) = (response::secret_arn(around), around.name());
    match call(around) {
        "DeleteSecret" => json!({
            "ARN": arn,
            "Name": name,
            "DeletionDate": response::date(around, around.write.at + 30 * DAY),
        }),
        "UpdateSecret" | "UpdateSecretVersionStage" | "RestoreSecret" => {
            let version = around
                .said()
                .contains_key("value")
                .then(|| around.id("token"));
            json!({"ARN": arn, "Name": name, "VersionId": version})
        }
        _ => json!({"ARN": arn, "Name": name, "VersionId": around.id("token")}),
    }
}

/// What a call on a key says.
pub fn key(around: &Around<'_>, name: &str) -> Value {
    match around.write.call {
        "PutKeyPolicy" => json!({
            "KeyId": name,
            "PolicyName": "default",
            "Policy": policy(around),
            "BypassPolicyLockoutSafetyCheck": false,
        }),
        "ScheduleKeyDeletion" => json!({"KeyId": name, "PendingWindowInDays": 30}),
        _ => json!({"KeyId": name}),
    }
}

/// Everything for the account, and whoever the policy's word is about may read.
fn policy(around: &Around<'_>) -> String {
    let account = &around.world.estate.account;
    let root = format!("arn:aws:iam::{account}:root");
    let mut statements = vec![json!({
        "Sid": "EnableIAMPolicies",
        "Effect": "Allow",
        "Principal": {"AWS": root},
        "Action": "kms:*",
        "Resource": "*",
    })];
    if let Some(Value::String(word)) = held(around, "Policy") {
        statements.push(json!({
            "Sid": word.replace('-', ""),
            "Effect": "Allow",
            "Principal": {"AWS": root},
            "Action": ["kms:DescribeKey", "kms:Decrypt"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": word}},
        }));
    }
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}
