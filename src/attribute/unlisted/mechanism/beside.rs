//! Changes to what stands beside a pool: functions, web ACLs, hosts, stored secrets, networks,
//! permissions.

use super::{HALF, Mechanism};
use crate::{
    attribute::{case::Case, parameters as p},
    cognito::{
        history::{ConfigChange, Standing},
        links::End,
        replay,
        setting::Resource,
    },
    detect::Kind,
    ids::UserPoolId,
};

/// Calls on a function on which no invocation depends.
const HARMLESS: [&str; 5] = [
    "EventInvokeConfig",
    "EventSourceMapping",
    "FunctionUrl",
    "RecursionConfig",
    "Resource",
];

pub(super) fn function(case: &Case<'_>, index: usize, name: &str) -> Option<Mechanism> {
    let change = &case.history.changes()[index];
    let triggers = case.triggers(index, name);
    let run = triggers
        .iter()
        .any(|trigger| case.share(|attempt| replay::look_at(trigger, None, attempt)) >= HALF);
    let mechanism = of_function(change).of_triggers();
    if run {
        return Some(mechanism);
    }
    if !triggers.is_empty() {
        let text = "It altered the function of a trigger that such requests do not run.";
        return Some(Mechanism::new(p::ADMITS, text));
    }
    // No log tells the pool's triggers.
    let untold = case.pool_uses(index, "LambdaConfig", name).is_none();
    let factor = match case.a_trigger_failed() {
        true => 1.0,
        false => p::FUNCTION_UNLINKED.value,
    };
    untold.then_some(Mechanism {
        factor,
        ..mechanism
    })
}

fn of_function(change: &ConfigChange) -> Mechanism {
    let name = change.change.name.as_str();
    let is_zero = change.diff.iter().any(|line| {
        line.setting.as_str() == "ReservedConcurrentExecutions"
            && line.after.value().and_then(|value| value.as_f64()) == Some(0.0)
    });
    let begins = |prefix: &str| name.starts_with(prefix);
    match name {
        _ if HARMLESS.iter().any(|part| name.contains(part)) => Mechanism::new(
            p::FUNCTION_HARMLESS,
            "No invocation of the function depends on it.",
        ),
        _ if is_zero || begins("DeleteFunction2") || begins("RemovePermission") => Mechanism::new(
            p::FUNCTION_STOPPED,
            "The function of a trigger may no longer run.",
        ),
        _ if name == "DeleteFunction" => {
            Mechanism::new(p::FUNCTION_STOPPED, "The function of a trigger is gone.")
        }
        _ if begins("PutFunctionConcurrency") => {
            Mechanism::new(p::FUNCTION_LIMITED, "It limited the function of a trigger.")
        }
        _ if begins("UpdateFunctionConfiguration") => Mechanism::new(
            p::FUNCTION_CONFIGURED,
            "It configured the function of a trigger.",
        ),
        _ if begins("UpdateFunctionCode") || begins("UpdateAlias") || begins("PublishVersion") => {
            Mechanism::new(
                p::FUNCTION_CODE,
                "It gave the function of a trigger other code.",
            )
        }
        _ => Mechanism::new(
            p::FUNCTION_HARMLESS,
            "It touched the function of a trigger.",
        ),
    }
}

pub(super) fn firewall(case: &Case<'_>, change: &ConfigChange, name: &str) -> Option<Mechanism> {
    let pool = case.incident.user_pool.as_ref()?;
    let leads = leads_to_pool(case, change, pool);
    let creates = change.change.name.starts_with("Create");
    let is_list = change.change.name.contains("Set") || change.change.name.contains("RuleGroup");
    let mechanism = match (leads, case.has_firewall()) {
        (true, _) if is_list => Mechanism::new(
            p::FIREWALL_LIST,
            "It altered what the web ACL of the pool refers to.",
        ),
        (true, _) if creates => Mechanism::new(p::OTHER, "It made a web ACL."),
        (true, _) if blocks(change) => Mechanism::new(
            p::FIREWALL_BLOCKS,
            "It made the web ACL of the pool block by default.",
        ),
        (true, _) => Mechanism::new(p::FIREWALL_RULES, "It altered the web ACL of the pool."),
        (false, true) => Mechanism::new(p::OTHER, "The pool has another web ACL."),
        (false, false) => Mechanism::new(
            p::FIREWALL_UNLINKED,
            format!("No log ties `{name}` to a user pool."),
        ),
    };
    Some(mechanism.slow().before_cognito())
}

/// Whether the default of a web ACL became to block.
fn blocks(change: &ConfigChange) -> bool {
    change.diff.iter().any(|line| {
        let after = line.after.value().map(ToString::to_string);
        line.setting.as_str().starts_with("DefaultAction")
            && after.is_some_and(|after| after.to_lowercase().contains("block"))
    })
}

fn leads_to_pool(case: &Case<'_>, change: &ConfigChange, pool: &UserPoolId) -> bool {
    let pool = End::from(&Resource::Pool(pool.clone()));
    case.reachable().from(change).contains(&pool)
}

pub(super) fn other(case: &Case<'_>, change: &ConfigChange, service: &str) -> Option<Mechanism> {
    match service {
        "secretsmanager" | "ssm" => Some(stored(case, change).slow()),
        "ec2" | "network-firewall" | "route53resolver" => {
            network(case, change).map(Mechanism::before_cognito)
        }
        "route53" | "acm" | "cloudfront" | "apigateway" => {
            host(case, change).map(|mechanism| mechanism.slow().before_cognito())
        }
        "iam" | "kms" | "sts" | "organizations" => Some(permissions(case)),
        _ => None,
    }
}

fn stored(case: &Case<'_>, change: &ConfigChange) -> Mechanism {
    let found = case.reachable().from(change);
    let clients: Vec<&End> = found.iter().filter(|end| end.kind == "client").collect();
    let mut ours = case.incident.clients.iter();
    let named = ours.any(|client| clients.iter().any(|end| end.name == client.as_str()))
        || matches!(&change.resource, Resource::Other(_, name) if case.is_sent_back_to(name));
    let reads = ["Get", "Describe", "Tag", "Untag"];
    let reads = reads
        .iter()
        .any(|verb| change.change.name.starts_with(verb));
    if reads || !case.asks_hosts() {
        return Mechanism::new(
            p::STORED_OTHER,
            "It altered no stored secret of the app client.",
        );
    }
    match (
        named,
        clients.is_empty() && case.answers().of_secrets > HALF,
    ) {
        (true, _) => Mechanism::new(
            p::STORED_CREDENTIAL,
            "It altered a stored secret that bears the name of the app client.",
        ),
        (false, true) => Mechanism::new(
            p::STORED_UNTOLD,
            "It altered a stored secret that bears no app client's name, and the answers are about the secret.",
        ),
        (false, false) => Mechanism::new(
            p::STORED_OTHER,
            "It altered a stored secret of another name.",
        ),
    }
}

fn network(case: &Case<'_>, change: &ConfigChange) -> Option<Mechanism> {
    let name = change.change.name.as_str();
    let closes = [
        "Delete",
        "Revoke",
        "Disassociate",
        "Detach",
        "Replace",
        "Modify",
        "Release",
    ];
    let closes = closes.iter().any(|verb| name.starts_with(verb))
        || (name.contains("Acl") && change.standing == Standing::Effective)
        || name.contains("Firewall");
    let lost = case.answers().network > HALF;
    Some(match (case.incident.kind, closes) {
        (Kind::Failures, _) if !lost => return None,
        (_, false) => Mechanism::new(p::NETWORK_OPENED, "It opened a network."),
        (Kind::Failures, true) => Mechanism::new(p::NETWORK, "It closed a way of a network."),
        (Kind::Absence, true) => Mechanism::new(p::NETWORK_SILENT, "It closed a way of a network."),
    })
}

fn host(case: &Case<'_>, change: &ConfigChange) -> Option<Mechanism> {
    let pool = case.incident.user_pool.as_ref()?;
    if !case.asks_hosts() {
        return None;
    }
    Some(match leads_to_pool(case, change, pool) {
        true => Mechanism::new(
            p::HOST_ALTERED,
            "It altered what the host of the pool depends on.",
        ),
        false => Mechanism::new(p::OTHER, "No log ties it to a host of the pool."),
    })
}

fn permissions(case: &Case<'_>) -> Mechanism {
    match case.a_trigger_failed() {
        true => Mechanism::new(p::ROLE, "It altered permissions, and triggers fail.").of_triggers(),
        false => Mechanism::new(p::PERMISSIONS, "It altered permissions of the account."),
    }
}
