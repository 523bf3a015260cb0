//! Undoing the change of a user pool.
//!
//! A pool is restored only from a real description: a document with assumed values could take away
//! multi-factor authentication or the password policy.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    Case, Resets, Undo,
    call::{Call, put, quoted},
    document::{Document, Input},
    mfa, named, resets,
    rules::{POOL_RULES, broken},
};
use crate::{
    cognito::{
        members::{Kind, Member, Omission, POOL},
        setting::{Known, Setting, Settings, known},
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
        "SetUserPoolMfaConfig" => mfa::undo(case, pool),
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
    let plan = plan(case, &case.guilty, &[]);
    let lost: Vec<Setting> = case
        .guilty
        .iter()
        .filter(|setting| known(case.before, setting).value().is_none())
        .cloned()
        .collect();
    if !lost.is_empty() {
        let lost = format!("The logs do not hold what {} was before.", named(&lost));
        return by_hand(case, pool, lost);
    }
    let document = match complete(case, &plan, pool) {
        Ok(document) => document,
        Err(reason) => return by_hand(case, pool, reason),
    };
    let mut steps = vec![format!(
        "Compare with `{} --user-pool-id {}` first: what the document lacks is reset.",
        call(case, "describe_user_pool").start(),
        quoted(pool.as_str())
    )];
    steps.extend(document.notes);
    let others = case.resets();
    if !others.is_empty() {
        steps.push(resets::sentence(case, &others));
    }
    let call = call(case, "update_user_pool");
    Undo {
        steps,
        assumed: assumed(&plan),
        resets: (!others.is_empty()).then(|| restored(case, others, pool)),
        ..Undo::call(&call, document.members.into())
    }
}

fn restored(case: &Case<'_>, settings: Vec<Setting>, pool: &UserPoolId) -> Resets {
    let plan = plan(case, &case.guilty, &settings);
    match complete(case, &plan, pool) {
        Ok(document) => {
            let assumed = assumed(&plan);
            let document = Document {
                assumed,
                ..document
            };
            resets::offered(settings, &call(case, "update_user_pool"), document)
        }
        Err(_) => resets::unoffered(settings),
    }
}

/// The settings now with the guilty lines, and what is tied to them, as they were.
pub(super) struct Plan {
    pub target: Settings,
    pub put_back: BTreeSet<Setting>,
}

pub(super) fn plan(case: &Case<'_>, guilty: &[Setting], others: &[Setting]) -> Plan {
    let mut plan = Plan {
        target: case.now.clone(),
        put_back: BTreeSet::new(),
    };
    let lines = || guilty.iter().chain(others);
    let tied = lines().any(|line| TOKEN_TRIGGER.contains(&line.as_str()));
    let tied = TOKEN_TRIGGER.iter().filter(|_| tied);
    let tied = tied.map(|line| Setting::named(line));
    for line in lines().cloned().chain(tied) {
        let was = case.states().put_back(&line);
        if was.value().is_some() && !was.same(known(case.now, &line)) {
            plan.target.insert(line.clone(), was);
            plan.put_back.insert(line);
        }
    }
    plan
}

/// The whole input, or why there is none: a member is not known, or Cognito would refuse it.
fn complete(case: &Case<'_>, plan: &Plan, pool: &UserPoolId) -> Result<Document, String> {
    let input = Input {
        table: POOL,
        target: &plan.target,
        now: case.now,
        put_back: &plan.put_back,
        description: case.history.description(&case.found.resource),
    };
    let mut document = input.document();
    let unknown: Vec<Setting> = undescribed(case.now)
        .chain(document.unknown.iter().cloned().map(Setting::from))
        .collect();
    if !unknown.is_empty() {
        return Err(match unknown.as_slice() {
            [_, _, _, _, ..] => {
                "No command is printed: it would reset settings that no log and no \
                                 description of the pool shows (`--settings` takes one)."
                    .to_owned()
            }
            few => format!(
                "No command is printed: it would reset {}, whose value no log and no description \
                 shows.",
                named(few)
            ),
        });
    }
    if let Some(rule) = broken(POOL_RULES, &plan.target).next() {
        return Err(rule.refusal());
    }
    put(&mut document.members, "UserPoolId", pool.as_str().into());
    Ok(document)
}

/// Members that neither a response nor a description showed. The plan and the name are exempt:
/// leaving them out keeps them.
fn undescribed(now: &Settings) -> impl Iterator<Item = Setting> + '_ {
    POOL.iter()
        .filter(|member| member.omission != Omission::Key && member.kind != Kind::Map)
        .filter(|member| !matches!(member.name, "UserPoolTier" | "PoolName"))
        .map(Member::setting)
        .filter(|setting| known(now, setting).observed().is_none())
}

fn assumed(plan: &Plan) -> Vec<Setting> {
    let assumed = |setting: &&Setting| matches!(known(&plan.target, setting), Known::Assumed(_));
    plan.put_back.iter().filter(assumed).cloned().collect()
}

fn by_hand(case: &Case<'_>, pool: &UserPoolId, reason: String) -> Undo {
    let mut steps = vec![reason];
    steps.push(format!(
        "Save the settings as they are: `{} --user-pool-id {} > pool.json`.",
        call(case, "describe_user_pool").start(),
        quoted(pool.as_str())
    ));
    for setting in &case.guilty {
        if let Some(value) = case.was(setting) {
            steps.push(match value.as_str() {
                "null" => format!("Take `{setting}` out."),
                value => format!("Set `{setting}` to `{value}`."),
            });
        }
    }
    steps.push(format!(
        "Send every member that `update-user-pool` takes back, changed or not: `{} \
         --cli-input-json file://pool.json`; what is left out may be reset, \
         triggers and e-mail settings included.",
        call(case, "update_user_pool").start()
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

/// The ARN of a pool, whose Region its id begins with.
pub(super) fn pool_arn(case: &Case<'_>, pool: &UserPoolId) -> Option<String> {
    let (region, _) = pool.as_str().split_once('_')?;
    let account = case.found.change.account.as_deref()?;
    let partition = match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    Some(format!(
        "arn:{partition}:cognito-idp:{region}:{account}:userpool/{pool}"
    ))
}

pub(super) fn call<'a>(case: &'a Case<'_>, kind: &'static str) -> Call<'a> {
    Call {
        kind,
        service: "cognito-idp",
        region: case.region.as_deref(),
    }
}
