//! What is done to an account: its story, if it has one, and what is done on any day.
//!
//! A story is drawn in relation to what the account is and what its callers ask for, so each breaks
//! something that is in use. Everything is noted first and carried out by time at the end: who
//! writes whole settings writes what he finds then.

mod background;
mod calls;
mod changes;
mod draft;
mod faults;
mod guilty;
mod harmless;
pub mod kinds;
mod patch;
mod pipeline;
mod quiet;
mod releases;
mod settle;
mod strangers;

pub use self::kinds::all as kinds;
use self::{
    draft::{Deed, Draft},
    kinds::{Group, Kind, Plot, share},
};

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    chance::Chance,
    model::{Kind as Of, MINUTE, Millis, Owner, Plan, Resource, World},
    population,
    rates::Rates,
    rules::{self, Unlisted, derived},
};

/// Accounts that are looked at for one in which a story can be told.
const TRIES: u32 = 60;
/// Share of the accounts with a guilty change in which another pool has one too: between these.
const TWO: (f64, f64) = (0.05, 0.15);

/// The account of a seed, with its story, of a kind or of any.
pub fn draw(seed: u64, kind: Option<&str>) -> World {
    let mut chance = Chance::new(&format!("kind {seed}"));
    let wanted = match kind {
        Some(name) => kinds()
            .find(|kind| kind.name == name)
            .unwrap_or_else(|| panic!("`{name}` is no kind of story")),
        None => any(&mut chance),
    };
    let told = (0..TRIES).find_map(|turn| attempt(seed, turn, wanted));
    // Some kinds need what few accounts have.
    told.unwrap_or_else(|| {
        let calm = kinds().find(|kind| kind.name == "nothing at all");
        let world = calm.and_then(|calm| attempt(seed, TRIES, calm));
        world.expect("nothing can happen in any account")
    })
}

fn any(chance: &mut Chance) -> &'static Kind {
    let all: Vec<&'static Kind> = kinds().collect();
    let weights: Vec<f64> = all.iter().map(|kind| share(kind)).collect();
    all[chance.weighted(&weights)]
}

/// One account, if a story of this kind can be told in it.
fn attempt(seed: u64, turn: u32, kind: &'static Kind) -> Option<World> {
    let stream = |part: &str| Chance::new(&format!("{part} {seed} {turn}"));
    let rates = Rates::draw(&mut stream("rates"));
    let world = population::found(seed, kind.name, rates, &mut stream("people"));
    let mut draft = prepared(world, &mut stream("rules"), stream("story"));
    let plans = &mut stream("plans");
    if kind.group == Group::Calm {
        tell(&mut draft, kind)?;
        draft.world.plans = population::plans(&draft.world, plans);
        draft.retire();
    } else {
        quiet::usual_demand(&mut draft, &mut stream("demand"));
        draft.world.plans = population::plans(&draft.world, plans);
        tell(&mut draft, kind)?;
        let two = draft.chance.real(TWO.0, TWO.1);
        if kind.group == Group::Guilty && draft.chance.happens(two) {
            another(&mut draft);
        }
    }
    draft.chance = stream("background");
    untouched_rules(&mut draft);
    let pace = background::Pace::draw(&mut draft);
    background::add(&mut draft, pace);
    draft.chance = stream("restarts");
    restarts(&mut draft);
    let mut world = settle::settle(draft);
    world.plans.sort_by_key(|plan| (plan.at, plan.id));
    Some(world)
}

/// An account with its rules, and with what settings imply.
fn prepared(mut world: World, chance: &mut Chance, story: Chance) -> Draft {
    associations(&mut world);
    unblock_callers(&mut world);
    unbranded_pools(&mut world, chance);
    let resources: Vec<Resource> = world.estate.settings.keys().copied().collect();
    for resource in resources {
        let mut settings = world.estate.settings[&resource].clone();
        derived::derive(&world.estate, resource, &mut settings);
        world.estate.settings.insert(resource, settings);
    }
    let mut draft = Draft::new(world, Vec::new(), story);
    changes::triggers::bind_keys(&mut draft);
    let (held, idle) = rules::both(&draft.world.estate, &draft.world.rates, chance);
    draft.world.rules = held;
    draft.idle = idle;
    draft
}

/// Every pool can be put behind an ACL, those that are not too.
fn associations(world: &mut World) {
    let estate = &mut world.estate;
    for place in 0..estate.pools.len() {
        let owner = Owner::Pool(place);
        let known = estate.owners.iter();
        let mut known = known.filter(|(resource, _)| resource.kind == Of::AclAssociation);
        if known.any(|(_, other)| *other == owner) {
            continue;
        }
        let taken = estate
            .owners
            .keys()
            .filter(|resource| resource.kind == Of::AclAssociation);
        let resource = Resource {
            kind: Of::AclAssociation,
            index: taken.map(|resource| resource.index + 1).max().unwrap_or(0),
        };
        let arn = format!(
            "arn:aws:cognito-idp:{}:{}:userpool/{}",
            estate.region, estate.account, estate.pools[place].id
        );
        let settings = harmless::object(serde_json::json!({"acl": null}));
        estate.settings.insert(resource, settings);
        estate.names.insert(resource, arn);
        estate.owners.insert(resource, owner);
    }
}

/// No caller of an application is blocked at the start.
fn unblock_callers(world: &mut World) {
    let estate = &mut world.estate;
    let known: BTreeSet<&str> = estate
        .callers
        .iter()
        .map(|caller| caller.address.as_str())
        .collect();
    for (resource, settings) in &mut estate.settings {
        if resource.kind != Of::IpSet {
            continue;
        }
        for list in ["Addresses", "~Addresses"] {
            if let Some(list) = settings.get_mut(list).and_then(Value::as_array_mut) {
                list.retain(|address| {
                    let address = address.as_str().unwrap_or_default();
                    !known.contains(address.trim_end_matches("/32"))
                });
            }
        }
    }
}

/// Some pools with classic pages have app clients that managed login has no look for.
fn unbranded_pools(world: &mut World, chance: &mut Chance) {
    let estate = &mut world.estate;
    for place in 0..estate.pools.len() {
        let owner = Owner::Pool(place);
        let is_managed = estate.settings.iter().any(|(resource, settings)| {
            resource.kind == Of::Domain
                && estate.owners.get(resource) == Some(&owner)
                && settings.get("ManagedLoginVersion") == Some(&2.into())
        });
        if is_managed || !chance.happens(0.4) {
            continue;
        }
        let of_pool = |resource: &Resource| match estate.owners.get(resource) {
            Some(Owner::Client(client)) => estate.clients[*client].pool == place,
            other => other == Some(&owner),
        };
        let looks: Vec<Resource> = rules::resources(estate, Of::Branding)
            .filter(of_pool)
            .collect();
        for look in looks {
            estate.settings.remove(&look);
            estate.names.remove(&look);
            estate.owners.remove(&look);
        }
    }
}

fn tell(draft: &mut Draft, kind: &'static Kind) -> Option<()> {
    match kind.plot {
        Plot::Own(tell) => tell(draft),
        Plot::Change(changes) => {
            let changes = changes(draft);
            guilty::tell(draft, kind.name, kind.family, changes)
        }
    }
}

/// Another guilty change, in another pool; none if the account has no other that bears one.
fn another(draft: &mut Draft) {
    let guilty: Vec<&'static Kind> = kinds()
        .filter(|kind| matches!(kind.plot, Plot::Change(_)))
        .collect();
    for _ in 0..6 {
        let kind = *draft.chance.pick(&guilty);
        if tell(draft, kind).is_some() {
            return;
        }
    }
}

/// Services fail for seconds where they restart, mostly after they were deployed.
fn restarts(draft: &mut Draft) {
    let estate = &draft.world.estate;
    let mut deploys: Vec<(usize, Millis)> = Vec::new();
    for edit in &draft.edits {
        let is_deploy = matches!(edit.deed, Deed::Nothing(_));
        let name = estate.names.get(&edit.resource).filter(|_| is_deploy);
        let mut workloads = estate.workloads.iter();
        let of = name.and_then(|name| workloads.position(|workload| workload.name == *name));
        // Several calls make one deployment.
        if let Some(of) = of
            && !deploys
                .iter()
                .any(|(other, at)| *other == of && (at - edit.by.at).abs() < MINUTE)
        {
            deploys.push((of, edit.by.at));
        }
    }
    let plans = population::restarts(&draft.world, &deploys, &mut draft.chance);
    for plan in plans {
        let id = draft.stranger();
        draft.world.plans.push(Plan { id, ..plan });
    }
}

/// Rules of this account's own on members that nobody alters, or that nobody may.
fn untouched_rules(draft: &mut Draft) {
    let members = [
        "AnalyticsConfiguration",
        "IdTokenValidity",
        "LogoutURLs",
        "ClientName",
    ];
    let clients: Vec<Resource> = rules::resources(&draft.world.estate, Of::Client).collect();
    for _ in 0..draft.chance.whole(0, 4) {
        let resource = *draft.chance.pick(&clients);
        let client = usize::from(resource.index);
        let used = rules::reach::used(&draft.world.estate, client);
        let member = *draft.chance.pick(&members);
        let touched = draft.edits.iter().any(|edit| edit.resource == resource);
        if used.is_empty() || touched {
            continue;
        }
        let about = Unlisted {
            family: "unlisted-client",
            resource,
            member,
            breaks: super::model::Breaks::Changed,
            clients: &[client],
            steps: &used.into_iter().collect::<Vec<_>>(),
        };
        let rates = draft.world.rates.clone();
        let rules = rules::unlisted(&about, &rates, &mut draft.chance);
        draft.world.rules.extend(rules);
    }
}
