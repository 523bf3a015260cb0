//! Undoing the change of a user pool.
//!
//! A pool is restored only from a real description: a document with assumed values could take away
//! multi-factor authentication or the password policy.

use serde_json::{Map, Value, json};

use super::{
    Case, Undo,
    call::{Call, put, quoted},
    merge::put_back,
};
use crate::{
    cognito::{
        members::{Kind, Member, Omission, POOL},
        setting::{Known, Setting, Settings, known, value},
    },
    ids::UserPoolId,
};

/// Triggers that name one function twice and are refused when they differ. Source: botocore
/// `cognito-idp`, `LambdaConfigType`.
const TOKEN_TRIGGER: &[&str] = &[
    "LambdaConfig.PreTokenGeneration",
    "LambdaConfig.PreTokenGenerationConfig.LambdaArn",
    "LambdaConfig.PreTokenGenerationConfig.LambdaVersion",
];

/// The undo of a change of `pool`.
pub(super) fn undo(case: &Case<'_>, pool: &UserPoolId) -> Undo {
    match case.found.change.name.as_str() {
        "UpdateUserPool" => update(case, pool),
        "SetUserPoolMfaConfig" => mfa(case, pool),
        "AssociateWebACL" | "DisassociateWebACL" => web_acl(case, pool),
        "CreateUserPool" => Undo::none("A new user pool takes nothing from the others."),
        "DeleteUserPool" => Undo::steps(vec![
            "Ask AWS Support at once whether the deleted user pool can still be restored; a pool \
             is kept inactive for 14 days."
                .to_owned(),
            "Else create a user pool, its clients and its domain again: every id is another one, \
             and users have to be imported."
                .to_owned(),
        ]),
        name => Undo::steps(vec![format!(
            "Look up what `{name}` was given in the record of the event, and put back what it \
             replaced with the same call."
        )]),
    }
}

fn update(case: &Case<'_>, pool: &UserPoolId) -> Undo {
    let target = target(case);
    let lost: Vec<String> = case
        .guilty
        .iter()
        .filter(|setting| known(case.before, setting).value().is_none())
        .map(|setting| format!("The logs do not hold what `{setting}` was before."))
        .collect();
    if !is_described(case.now) || !lost.is_empty() {
        return by_hand(case, pool, lost);
    }
    let call = call(case, "update_user_pool");
    Undo {
        steps: vec![format!(
            "Compare with `{} --user-pool-id {}` first: what the document lacks is reset.",
            self::call(case, "describe_user_pool").start(),
            quoted(pool.as_str())
        )],
        assumed: assumed(case),
        ..Undo::call(&call, document(&target, pool))
    }
}

/// The settings now with the guilty lines, and what is tied to them, as they were.
fn target(case: &Case<'_>) -> Settings {
    let mut target = case.now.clone();
    let lines = case.guilty.iter().map(Setting::as_str);
    let tied = lines.clone().any(|line| TOKEN_TRIGGER.contains(&line));
    let tied = TOKEN_TRIGGER.iter().copied().filter(|_| tied);
    for line in lines.chain(tied) {
        let setting = Setting::from(line.to_owned());
        let was = put_back(case.before, case.after, case.now, &setting);
        if was.value().is_some() {
            target.insert(setting, was);
        }
    }
    target
}

/// Whether every member is as a response or a description showed it. The plan is exempt: leaving
/// it out keeps it.
fn is_described(now: &Settings) -> bool {
    POOL.iter()
        .filter(|member| member.omission != Omission::Key && member.kind != Kind::Map)
        .filter(|member| !matches!(member.name, "UserPoolTier" | "PoolName"))
        .all(|member| known(now, &member.setting()).observed().is_some())
}

fn document(target: &Settings, pool: &UserPoolId) -> Value {
    let mut document = Map::new();
    put(&mut document, "UserPoolId", pool.as_str().into());
    // A pool that has the newer setting refuses the older one.
    let newer = "Policies.PasswordPolicy.TemporaryPasswordValidityDays";
    let older = "AdminCreateUserConfig.UnusedAccountValidityDays";
    let has_newer = value(target, newer).is_some_and(|days| !days.is_null());
    for (setting, known) in target {
        let name = setting.as_str();
        let sent = POOL.iter().any(|member| is_of(member, name)) && !(has_newer && name == older);
        match known.value() {
            Some(value) if sent && !is_empty(value) => put_line(&mut document, name, value),
            _ => {}
        }
    }
    document.into()
}

/// A tag's key may hold dots of its own.
fn put_line(document: &mut Map<String, Value>, name: &str, value: &Value) {
    match name.strip_prefix("UserPoolTags.") {
        Some(key) => {
            let tags = document
                .entry("UserPoolTags")
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(tags) = tags {
                tags.insert(key.to_owned(), value.clone());
            }
        }
        None => put(document, name, value.clone()),
    }
}

fn is_of(member: &Member, name: &str) -> bool {
    let rest = name.strip_prefix(member.name);
    member.omission != Omission::Key
        && rest.is_some_and(|rest| {
            rest.is_empty() || member.kind == Kind::Map && rest.starts_with('.')
        })
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || *value == json!([])
}

fn assumed(case: &Case<'_>) -> Vec<Setting> {
    let assumed = |setting: &&Setting| matches!(known(case.before, setting), Known::Assumed(_));
    case.guilty.iter().filter(assumed).cloned().collect()
}

fn by_hand(case: &Case<'_>, pool: &UserPoolId, lost: Vec<String>) -> Undo {
    let mut steps = vec![format!(
        "Save the settings as they are: `{} --user-pool-id {} > pool.json`.",
        call(case, "describe_user_pool").start(),
        quoted(pool.as_str())
    )];
    for setting in &case.guilty {
        if let Some(value) = case.was(setting) {
            steps.push(match value.as_str() {
                "null" => format!("Take `{setting}` out."),
                value => format!("Set `{setting}` to `{value}`."),
            });
        }
    }
    steps.extend(lost);
    steps.push(format!(
        "Send every member that `update-user-pool` takes back, changed or not: `{} \
         --cli-input-json file://pool.json`; what is left out may be reset, \
         triggers and e-mail settings included.",
        call(case, "update_user_pool").start()
    ));
    Undo::steps(steps)
}

fn mfa(case: &Case<'_>, pool: &UserPoolId) -> Undo {
    let pool = quoted(pool.as_str());
    let mut steps = vec![format!(
        "Look at the settings as they are: `{} --user-pool-id {pool}`.",
        call(case, "get_user_pool_mfa_config").start()
    )];
    for setting in &case.guilty {
        let value = case.was(setting);
        let value = value
            .as_deref()
            .unwrap_or("its value of before, which the logs do not hold");
        steps.push(format!("Put `{setting}` back to {value}."));
    }
    steps.push(format!(
        "Send them all: `{} --user-pool-id {pool} …`.",
        call(case, "set_user_pool_mfa_config").start()
    ));
    Undo::steps(steps)
}

/// Source: botocore `wafv2`, `AssociateWebACL`, `DisassociateWebACL`.
fn web_acl(case: &Case<'_>, pool: &UserPoolId) -> Undo {
    let arn = case.asked("resourceArn").or_else(|| pool_arn(case, pool));
    let was = known(case.before, &Setting::WEB_ACL).value();
    let (Some(resource), Some(was)) = (arn, was) else {
        return Undo::steps(vec![
            "The logs do not hold which web ACL the pool had before: ask whoever set it up."
                .to_owned(),
            "Associate that one with `aws wafv2 associate-web-acl`, or none with \
             `aws wafv2 disassociate-web-acl`."
                .to_owned(),
        ]);
    };
    let region = case.region.as_deref();
    let service = "wafv2";
    let (kind, document) = match was.as_str() {
        Some(acl) => (
            "associate_web_acl",
            json!({"ResourceArn": resource, "WebACLArn": acl}),
        ),
        None => ("disassociate_web_acl", json!({"ResourceArn": resource})),
    };
    let call = Call {
        kind,
        service,
        region,
    };
    Undo::call(&call, document)
}

fn pool_arn(case: &Case<'_>, pool: &UserPoolId) -> Option<String> {
    let region = case.region.as_deref()?;
    let account = case.found.change.account.as_deref()?;
    Some(format!(
        "arn:aws:cognito-idp:{region}:{account}:userpool/{pool}"
    ))
}

fn call<'a>(case: &'a Case<'_>, kind: &'static str) -> Call<'a> {
    Call {
        kind,
        service: "cognito-idp",
        region: case.region.as_deref(),
    }
}
