//! Which resources of the account a template means: it knows names, and no ids.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    cognito::{
        history::{At, History},
        setting::{Resource, value},
    },
    ids::UserPoolId,
    plan::{Called, Kind, Plan, Subject},
};

/// The plan with the ids that can be found: those that were given, else by name.
pub(super) fn identified(
    mut plan: Plan,
    history: &History,
    given: &BTreeMap<String, String>,
) -> Plan {
    for target in &mut plan.targets {
        if let Some(id) = given.get(&target.name) {
            match target.subject.kind {
                Kind::Pool => target.subject.pool = Some(UserPoolId::new(id)),
                _ => target.subject.id = Some(id.clone()),
            }
        }
    }
    let pools: BTreeMap<String, UserPoolId> = plan
        .targets
        .iter()
        .filter(|target| target.subject.kind == Kind::Pool)
        .filter_map(|target| Some((target.name.clone(), pool(&target.subject, history)?)))
        .collect();
    for target in &mut plan.targets {
        complete(&mut target.subject, &pools, history);
    }
    plan
}

fn complete(subject: &mut Subject, pools: &BTreeMap<String, UserPoolId>, history: &History) {
    let Some(called) = subject.called.clone() else {
        return;
    };
    let own = (subject.kind == Kind::Pool).then_some(&called.logical_id);
    let home = own
        .or(called.pool.as_ref())
        .and_then(|name| pools.get(name));
    subject.pool = subject.pool.take().or_else(|| home.cloned());
    if subject.kind != Kind::Client {
        return;
    }
    let clients = history.resources().filter_map(|resource| match resource {
        Resource::Client(pool, client) => Some((resource, pool, client)),
        _ => None,
    });
    let known = subject.id.clone();
    let fitting = clients.filter(|(resource, pool, client)| {
        subject.pool.as_ref().is_none_or(|own| own == *pool)
            && match &known {
                Some(id) => client.as_str() == id,
                None => is_called(&called, name(history, resource, "ClientName").as_deref()),
            }
    });
    let mut fitting = fitting.map(|(_, pool, client)| (pool.clone(), client.to_string()));
    if let (Some((pool, client)), None) = (fitting.next(), fitting.next()) {
        subject.pool = Some(pool);
        subject.id = Some(client);
    }
}

fn pool(subject: &Subject, history: &History) -> Option<UserPoolId> {
    if let Some(pool) = &subject.pool {
        return Some(pool.clone());
    }
    let called = subject.called.as_ref()?;
    let mut pools = history.resources().filter_map(|resource| match resource {
        Resource::Pool(pool) => {
            let name = name(history, resource, "PoolName");
            is_called(called, name.as_deref()).then_some(pool)
        }
        _ => None,
    });
    match (pools.next(), pools.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => None,
    }
}

fn name(history: &History, resource: &Resource, setting: &'static str) -> Option<String> {
    let settings = history.settings(resource, At::Now)?;
    value(settings, setting)
        .and_then(Value::as_str)
        .map(str::to_owned)
}

/// A name that the template gives, or one that CloudFormation made: `LOGICALID-4xK2…`.
fn is_called(called: &Called, name: Option<&str>) -> bool {
    match (&called.name, name) {
        (Some(given), Some(name)) => given == name,
        (None, Some(name)) => {
            let rest = name.strip_prefix(called.logical_id.as_str());
            rest.is_some_and(|rest| rest.starts_with('-'))
        }
        (_, None) => false,
    }
}
