//! Which requests a resource can affect: of which app clients, at which steps.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::Value;

use super::super::{
    model::{Estate, Kind, Nature, Owner, Resource, Step},
    state::member,
};

/// App clients that a rule reaches in the same way.
pub struct Group {
    pub clients: Vec<usize>,
    pub steps: Vec<Step>,
    pub provider: Option<Arc<str>>,
}

/// The app clients that a member of a resource reaches, at those of these steps that they use.
pub fn groups(estate: &Estate, resource: Resource, steps: &[Step], of: &str) -> Vec<Group> {
    let clients = clients(estate, resource);
    match resource.kind {
        Kind::StoredSecret | Kind::Parameter => {
            let clients = holders(estate, &clients);
            by_nature(estate, &clients, steps)
        }
        Kind::Route | Kind::SecurityGroup | Kind::NetworkAcl => by_nature(estate, &clients, steps),
        Kind::Provider => of_provider(estate, resource, &clients, steps),
        Kind::ResourceServer => of_scopes(estate, resource, &clients, steps, of),
        Kind::Pool if of.starts_with("LambdaConfig.") => {
            let steps = among(
                steps,
                slot_steps(estate, resource, &of["LambdaConfig.".len()..]),
            );
            one(estate, clients, &steps, None)
        }
        Kind::Function
        | Kind::FunctionPermission
        | Kind::FunctionConcurrency
        | Kind::FunctionRole
        | Kind::KmsKey => {
            let steps = among(steps, trigger_steps(estate, resource));
            one(estate, clients, &steps, None)
        }
        _ => one(estate, clients, steps, None),
    }
}

/// The app clients that a resource reaches at all.
pub fn clients(estate: &Estate, resource: Resource) -> Vec<usize> {
    let of_pool = |pool: usize| {
        let all = 0..estate.clients.len();
        all.filter(move |client| estate.clients[*client].pool == pool)
    };
    match (resource.kind, estate.owners.get(&resource)) {
        (Kind::Client, _) => vec![usize::from(resource.index)],
        (Kind::Pool, _) => of_pool(usize::from(resource.index)).collect(),
        (Kind::Bystander | Kind::LogDelivery, _) => Vec::new(),
        (Kind::Domain | Kind::Certificate | Kind::DnsRecord, Some(Owner::Pool(pool))) => {
            on_host(estate, resource, of_pool(*pool))
        }
        (Kind::Branding, owner) => {
            let clients: Vec<usize> = match owner {
                Some(Owner::Client(client)) => vec![*client],
                Some(Owner::Pool(pool)) => of_pool(*pool).collect(),
                _ => Vec::new(),
            };
            let managed = clients
                .into_iter()
                .filter(|client| is_managed(estate, *client));
            managed.collect()
        }
        (Kind::Acl | Kind::IpSet, Some(Owner::Nobody) | None) => {
            let pools: BTreeSet<usize> = guarded(estate, resource).into_iter().collect();
            pools.into_iter().flat_map(of_pool).collect()
        }
        (_, Some(Owner::Client(client))) => vec![*client],
        (_, Some(Owner::Pool(pool))) => of_pool(*pool).collect(),
        (_, Some(Owner::Workload(workload))) => {
            let all = 0..estate.clients.len();
            all.filter(|client| estate.clients[*client].workload == *workload)
                .collect()
        }
        (_, Some(Owner::Nobody) | None) => Vec::new(),
    }
}

/// The steps that app clients go through on ordinary days.
pub fn used(estate: &Estate, client: usize) -> BTreeSet<Step> {
    let habits = estate.clients[client].habits.iter();
    habits.flat_map(|habit| habit.flow.steps()).collect()
}

fn among(steps: &[Step], others: &[Step]) -> Vec<Step> {
    let common = steps.iter().filter(|step| others.contains(step));
    common.copied().collect()
}

/// Those of the app clients that use one of these steps, as a group.
fn one(
    estate: &Estate,
    clients: Vec<usize>,
    steps: &[Step],
    provider: Option<Arc<str>>,
) -> Vec<Group> {
    let uses = |client: &usize| {
        used(estate, *client)
            .iter()
            .any(|step| steps.contains(step))
    };
    let clients: Vec<usize> = clients.into_iter().filter(uses).collect();
    if clients.is_empty() {
        return Vec::new();
    }
    vec![Group {
        clients,
        steps: steps.to_vec(),
        provider,
    }]
}

/// Requests that a service of the owner's sends: which these are depends on the application.
fn by_nature(estate: &Estate, clients: &[usize], steps: &[Step]) -> Vec<Group> {
    const NATURES: [Nature; 5] = [
        Nature::Web,
        Nature::Spa,
        Nature::Mobile,
        Nature::Admin,
        Nature::Machine,
    ];
    let of_nature = |nature: Nature| {
        let clients = clients.iter().copied();
        let clients = clients.filter(|client| estate.clients[*client].nature == nature);
        let steps = steps.iter().copied();
        let steps: Vec<Step> = steps.filter(|step| step.is_of_backend(nature)).collect();
        one(estate, clients.collect(), &steps, None)
    };
    NATURES.into_iter().flat_map(of_nature).collect()
}

/// App clients whose callers hold a secret.
fn holders(estate: &Estate, clients: &[usize]) -> Vec<usize> {
    let holds = |client: &usize| {
        let mut habits = estate.clients[*client].habits.iter();
        habits.any(|habit| habit.asks.secret.is_some())
    };
    clients.iter().copied().filter(holds).collect()
}

fn of_provider(
    estate: &Estate,
    resource: Resource,
    clients: &[usize],
    steps: &[Step],
) -> Vec<Group> {
    let Some(name) = estate.names.get(&resource) else {
        return Vec::new();
    };
    let asks = |client: &usize| {
        let mut habits = estate.clients[*client].habits.iter();
        habits.any(|habit| habit.asks.provider.as_deref() == Some(name))
    };
    let clients = clients.iter().copied().filter(asks).collect();
    one(estate, clients, steps, Some(name.as_str().into()))
}

fn of_scopes(
    estate: &Estate,
    resource: Resource,
    clients: &[usize],
    steps: &[Step],
    of: &str,
) -> Vec<Group> {
    let Some(name) = estate.names.get(&resource) else {
        return Vec::new();
    };
    let scope = of.strip_prefix("~Lists.");
    let asks = |client: &usize| {
        let habits = estate.clients[*client].habits.iter();
        let mut scopes = habits.flat_map(|habit| &habit.asks.scopes);
        scopes.any(|asked| {
            let own = asked.strip_prefix(name.as_str());
            let own = own.and_then(|rest| rest.strip_prefix('/'));
            own.is_some_and(|own| scope.is_none_or(|scope| super::derived::plain(own) == scope))
        })
    };
    let clients = clients.iter().copied().filter(asks).collect();
    one(estate, clients, steps, None)
}

/// App clients that use the host of a domain, certificate or DNS record.
fn on_host(
    estate: &Estate,
    resource: Resource,
    clients: impl Iterator<Item = usize>,
) -> Vec<usize> {
    let name = estate.names.get(&resource).map_or("", String::as_str);
    let settings = estate.settings.get(&resource);
    let said = ["DomainName", "domainName", "Name", "name", "Domain", "host"];
    let said = said
        .into_iter()
        .filter_map(|said| settings?.get(said)?.as_str());
    let names: Vec<&str> = said.chain([name]).filter(|name| !name.is_empty()).collect();
    let is_named = |host: &str| {
        names.iter().any(|name| {
            let name = name.trim_end_matches('.');
            host == name
                || host
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('.'))
                || name
                    .strip_prefix("*.")
                    .is_some_and(|parent| host.ends_with(parent))
        })
    };
    let is_custom = |host: &str| !host.contains(".amazoncognito.");
    clients
        .filter(|client| {
            let client = &estate.clients[*client];
            let hosts = &estate.pools[client.pool].hosts;
            let Some(host) = client.host.and_then(|host| hosts.get(host)) else {
                return false;
            };
            match hosts.iter().any(|host| is_named(host)) {
                true => is_named(host),
                false => resource.kind != Kind::Domain && is_custom(host),
            }
        })
        .collect()
}

/// Whether the pages of an app client are those of managed login.
fn is_managed(estate: &Estate, client: usize) -> bool {
    let pool = estate.clients[client].pool;
    super::resources(estate, Kind::Domain).any(|domain| {
        estate.owners.get(&domain) == Some(&Owner::Pool(pool))
            && member(&estate.settings[&domain], "ManagedLoginVersion").and_then(Value::as_i64)
                == Some(2)
    })
}

/// The pools that an ACL guards, or the ACL that an IP set is part of.
fn guarded(estate: &Estate, resource: Resource) -> Vec<usize> {
    let own = estate.names.get(&resource).map_or("", String::as_str);
    let bound = super::resources(estate, Kind::AclAssociation);
    bound
        .filter(|association| {
            let acl = estate.settings[association]
                .get("acl")
                .and_then(Value::as_str);
            acl.is_some_and(|acl| {
                resource.kind == Kind::IpSet || acl.contains(own) || own.contains(acl)
            })
        })
        .filter_map(|association| match estate.owners.get(&association) {
            Some(Owner::Pool(pool)) => Some(*pool),
            _ => None,
        })
        .collect()
}

/// The steps at which a pool runs the function that a resource belongs to.
pub fn trigger_steps(estate: &Estate, resource: Resource) -> &'static [Step] {
    let Some(Owner::Pool(pool)) = estate.owners.get(&resource) else {
        return &[];
    };
    let pool = Resource {
        kind: Kind::Pool,
        index: *pool as u16,
    };
    let triggers = estate
        .settings
        .get(&pool)
        .and_then(|settings| settings.get("LambdaConfig"));
    let Some(triggers) = triggers.and_then(Value::as_object) else {
        return &[];
    };
    let names = function_names(estate, resource);
    let is_named = |text: &str| names.iter().any(|name| same_function(text, name));
    let slot = triggers
        .iter()
        .find(|(_, value)| is_named(&function_of(value)));
    let any = (resource.kind == Kind::KmsKey).then(|| triggers.iter().next());
    let slot = slot.or(any.flatten());
    slot.map_or(&[], |(slot, _)| slot_steps(estate, pool, slot))
}

/// What the function may be called that a permission, a concurrency or a role belongs to.
fn function_names(estate: &Estate, resource: Resource) -> Vec<String> {
    let function = Resource {
        kind: Kind::Function,
        index: resource.index,
    };
    let of_same_owner = estate.owners.get(&function) == estate.owners.get(&resource);
    let same = of_same_owner.then(|| estate.names.get(&function)).flatten();
    let own = estate.names.get(&resource);
    own.into_iter().chain(same).cloned().collect()
}

fn function_of(value: &Value) -> String {
    let arn = value.get("LambdaArn").unwrap_or(value);
    arn.as_str().unwrap_or_default().to_owned()
}

fn same_function(one: &str, other: &str) -> bool {
    let name = |text: &str| {
        let tail = text.split(":function:").last().unwrap_or(text);
        tail.split(':').next().unwrap_or(tail).to_owned()
    };
    !one.is_empty() && name(one) == name(other)
}

/// The steps at which a trigger of this name is run.
fn slot_steps(estate: &Estate, pool: Resource, slot: &str) -> &'static [Step] {
    use Step::*;
    let version = estate.settings.get(&pool).and_then(|settings| {
        member(
            settings,
            "LambdaConfig.PreTokenGenerationConfig.LambdaVersion",
        )
    });
    let of_machines = version.and_then(Value::as_str) == Some("V3_0");
    match slot {
        "PreTokenGeneration" | "PreTokenGenerationConfig" if of_machines => &[
            Code,
            Refresh,
            Machine,
            Password,
            SrpReply,
            AdminPassword,
            ApiRefresh,
            ApiRotate,
        ],
        "PreTokenGeneration" | "PreTokenGenerationConfig" => &[
            Code,
            Refresh,
            Password,
            SrpReply,
            AdminPassword,
            ApiRefresh,
            ApiRotate,
        ],
        "PreAuthentication" | "UserMigration" => &[LoginPost, Password, SrpReply, AdminPassword],
        "PostAuthentication" => &[LoginPost, IdpResponse, Password, SrpReply, AdminPassword],
        "PreSignUp" | "PostConfirmation" => &[IdpResponse],
        "DefineAuthChallenge" | "CreateAuthChallenge" | "VerifyAuthChallengeResponse" => &[],
        "CustomSMSSender" | "CustomEmailSender" => &[LoginPost, Password, SrpReply],
        _ => &[],
    }
}

/// A member of the settings of a resource at the start.
pub fn at_start<'a>(estate: &'a Estate, resource: Resource, path: &str) -> Option<&'a Value> {
    member(estate.settings.get(&resource)?, path)
}
