//! How the resources that are altered hang together, as a trail tells it: infrastructure code that
//! is applied early says again what there is, with the ARNs of what a resource refers to.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{
    chance::luck,
    model::{Does, HOUR, Kind, Millis, Resource, Tool, World, Write},
    state::Timeline,
};
use super::{choice::label, write::pool_of};

/// Numbers of these calls, after those of all others.
pub const FIRST: usize = 1_000_000;
const RUN: u32 = u32::MAX;

/// Calls that alter nothing and name what others in the logs are about.
pub fn writes(world: &World, timeline: &Timeline) -> Vec<Write> {
    let mut told: BTreeSet<Resource> = BTreeSet::new();
    let mut links = Vec::new();
    for (resource, first) in first_writes(world) {
        let at = moment(world, first);
        for (linked, service, call) in linking(world, resource) {
            let pending = told.insert(linked) && !altered_before(world, linked, at);
            let settings = timeline
                .of(linked)
                .iter()
                .rev()
                .find(|version| version.at <= at);
            let settings = settings.and_then(|version| version.settings.clone());
            let (Some(settings), true, Some(actor)) = (settings, pending, actor(world, first))
            else {
                continue;
            };
            links.push(Write {
                id: FIRST + links.len(),
                at: at + links.len() as i64 % 40 * 700,
                actor,
                run: RUN,
                call,
                service,
                resource: linked,
                does: Does::Replace(settings),
                error: None,
            });
        }
    }
    links.retain(|link| world.window.holds(link.at));
    links
}

/// The first write in the logs on each resource.
fn first_writes(world: &World) -> BTreeMap<Resource, &Write> {
    let mut first = BTreeMap::new();
    for write in &world.writes {
        if world.window.holds(write.at) && !world.undelivered.contains(&write.id) {
            first.entry(write.resource).or_insert(write);
        }
    }
    first
}

/// Whether the logs begin with a call on it anyway.
fn altered_before(world: &World, resource: Resource, at: Millis) -> bool {
    world.writes.iter().any(|write| {
        write.resource == resource
            && world.window.holds(write.at)
            && write.at <= at
            && write.error.is_none()
    })
}

/// In the first hour, and well before what it explains.
fn moment(world: &World, first: &Write) -> Millis {
    let start = world.window.start;
    let most = ((first.at - start) / 2).min(HOUR);
    let luck = luck(world.seed, &[label("links"), first.run.into()]);
    start + (most as f64 * luck) as Millis
}

const WAF: &str = "wafv2.amazonaws.com";

/// The resources whose settings say how this one belongs to a pool, with the calls that say them.
fn linking(world: &World, resource: Resource) -> Vec<(Resource, &'static str, &'static str)> {
    let Some(pool) = pool_of(world, resource) else {
        return Vec::new();
    };
    let of_pool = |kind: Kind| -> Vec<Resource> {
        let resources = world.estate.settings.keys().copied();
        resources
            .filter(|it| it.kind == kind && pool_of(world, *it) == Some(pool))
            .collect()
    };
    let named = |kind: Kind, service: &'static str, call: &'static str| {
        of_pool(kind).into_iter().map(move |it| (it, service, call))
    };
    let acl = || named(Kind::AclAssociation, WAF, "AssociateWebACL");
    let trigger = || named(Kind::Pool, "cognito-idp.amazonaws.com", "UpdateUserPool");
    let function = || {
        named(
            Kind::Function,
            "lambda.amazonaws.com",
            "UpdateFunctionConfiguration20150331v2",
        )
    };
    match resource.kind {
        Kind::IpSet => acl().chain(named(Kind::Acl, WAF, "UpdateWebACL")).collect(),
        Kind::Acl => acl().collect(),
        Kind::Function | Kind::FunctionPermission | Kind::FunctionConcurrency => {
            trigger().collect()
        }
        Kind::FunctionRole => function()
            .filter(|(function, ..)| function.index == resource.index)
            .chain(trigger())
            .collect(),
        Kind::KmsKey => function().chain(trigger()).collect(),
        Kind::Certificate => named(
            Kind::Domain,
            "cognito-idp.amazonaws.com",
            "UpdateUserPoolDomain",
        )
        .filter(|(domain, ..)| {
            let settings = world.estate.settings.get(domain);
            settings.is_some_and(|it| it.contains_key("CustomDomainConfig"))
        })
        .collect(),
        _ => Vec::new(),
    }
}

/// The tool of the write, if it describes what there is to be, or else one that does.
fn actor(world: &World, write: &Write) -> Option<usize> {
    let describes = |place: usize| {
        matches!(
            world.estate.actors[place].tool,
            Tool::Terraform | Tool::CloudFormation | Tool::Cdk | Tool::Pulumi
        )
    };
    match describes(write.actor) {
        true => Some(write.actor),
        false => (0..world.estate.actors.len()).find(|place| describes(*place)),
    }
}

/// The key by which a function's environment is encrypted.
pub fn key_of(world: &World, function: Resource) -> Option<&str> {
    let pool = pool_of(world, function)?;
    let mut keys = world
        .estate
        .owners
        .keys()
        .filter(|it| it.kind == Kind::KmsKey);
    let key = keys.find(|key| pool_of(world, **key) == Some(pool))?;
    world.estate.names.get(key).map(String::as_str)
}
