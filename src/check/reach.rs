//! Whose requests meet a setting: those of an app client, of all clients of a pool, or of the pools that
//! name a function.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Evidence, traffic::Traffic};
use crate::{
    cognito::{
        history::{At, History},
        setting::{Resource, Settings},
    },
    frame::Owner,
    ids::UserPoolId,
    plan::{Intent, Plan},
    window::Window,
};

/// Finds the requests that a resource may concern.
pub(super) struct Reach<'a> {
    pub traffic: &'a Traffic<'a>,
    pub history: &'a History,
    pub window: Window,
    /// Whether the triggers of every pool that the logs name are known.
    pub knows_triggers: bool,
    /// Functions that pools name as triggers, in their settings or in a plan.
    triggers: BTreeSet<(String, UserPoolId)>,
}

impl<'a> Reach<'a> {
    pub fn new(plans: &[Plan], evidence: &Evidence<'a>, traffic: &'a Traffic<'a>) -> Self {
        Self {
            triggers: triggers(plans, evidence.history),
            knows_triggers: knows_triggers(evidence),
            history: evidence.history,
            window: evidence.window,
            traffic,
        }
    }

    /// The owners of the requests that meet its settings.
    pub fn owners(&self, resource: &Resource) -> Vec<&'a Owner> {
        let cells = self.traffic.cells;
        let owners = cells.owners.iter();
        match resource {
            Resource::Client(_, client) => owners
                .filter(|owner| cells.text(owner.client) == Some(client.as_str()))
                .collect(),
            Resource::Function(name) => {
                let pools = self.pools_of(name);
                owners
                    .filter(|owner| pools.iter().any(|pool| self.is_of(owner, pool)))
                    .collect()
            }
            resource => match resource.pool() {
                Some(pool) => owners.filter(|owner| self.is_of(owner, pool)).collect(),
                None => Vec::new(),
            },
        }
    }

    /// The pools that name a function as a trigger.
    pub fn pools_of(&self, function: &str) -> Vec<&UserPoolId> {
        let named = self.triggers.iter().filter(|(name, _)| name == function);
        named.map(|(_, pool)| pool).collect()
    }

    /// Whether anything in the logs is of a pool: its requests, or a change of it.
    pub fn is_logged(&self, resource: &Resource) -> bool {
        let of_pool = |pool: &UserPoolId| {
            let mut resources = self.history.resources();
            let mut owners = self.traffic.cells.owners.iter();
            resources.any(|other| other.pool() == Some(pool))
                || owners.any(|owner| self.is_of(owner, pool))
        };
        match resource {
            Resource::Function(name) => self.pools_of(name).into_iter().any(of_pool),
            resource => resource.pool().is_some_and(of_pool) || !self.owners(resource).is_empty(),
        }
    }

    /// The account that requests of these owners name.
    pub fn account(&self, owners: &[&Owner]) -> Option<String> {
        let cells = self.traffic.cells;
        owners.iter().find_map(|owner| {
            let mut keys = cells.keys.get(owner.keys.clone())?.iter();
            keys.find_map(|key| cells.text(key.account))
                .map(str::to_owned)
        })
    }

    fn is_of(&self, owner: &Owner, pool: &UserPoolId) -> bool {
        let cells = self.traffic.cells;
        match (cells.text(owner.user_pool), cells.text(owner.client)) {
            (Some(own), _) => own == pool.as_str(),
            (None, Some(client)) => {
                let home = self.history.pool_of(&crate::ids::AppClientId::new(client));
                home == Some(pool)
            }
            (None, None) => false,
        }
    }
}

fn triggers(plans: &[Plan], history: &History) -> BTreeSet<(String, UserPoolId)> {
    let mut found = BTreeSet::new();
    for resource in history.resources() {
        if let (Resource::Pool(pool), Some(settings)) =
            (resource, history.settings(resource, At::Now))
        {
            found.extend(named_in(settings).map(|name| (name, pool.clone())));
        }
    }
    for target in plans.iter().flat_map(|plan| &plan.targets) {
        if let (Some(pool), Intent::States { before, after, .. }) =
            (&target.subject.pool, &target.intent)
        {
            for triggers in [before, after]
                .into_iter()
                .filter_map(|side| side.get("LambdaConfig"))
            {
                texts(triggers, &mut |arn| {
                    found.extend(function(arn).map(|name| (name, pool.clone())));
                });
            }
        }
    }
    found
}

/// Whether of each pool with requests some trigger is known, set or not.
fn knows_triggers(evidence: &Evidence<'_>) -> bool {
    let pools = evidence
        .cells
        .owners
        .iter()
        .filter_map(|owner| owner.user_pool);
    let pools: BTreeSet<_> = pools.collect();
    pools.into_iter().all(|pool| {
        let pool = UserPoolId::new(evidence.cells.text(Some(pool)).unwrap_or_default());
        let settings = evidence.history.settings(&Resource::Pool(pool), At::Now);
        let mut settings = settings.into_iter().flatten();
        settings.any(|(name, known)| {
            name.as_str().starts_with("LambdaConfig.") && known.value().is_some()
        })
    })
}

/// The functions that a pool's settings name.
fn named_in(settings: &Settings) -> impl Iterator<Item = String> {
    let triggers = settings
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("LambdaConfig."));
    triggers.filter_map(|(_, known)| function(known.value()?.as_str()?))
}

/// The bare name of a function by its ARN.
fn function(arn: &str) -> Option<String> {
    let (_, rest) = arn.split_once(":function:")?;
    Some(rest.split(':').next().unwrap_or(rest).to_owned())
}

fn texts(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Object(members) => members.values().for_each(|value| texts(value, each)),
        _ => {}
    }
}
