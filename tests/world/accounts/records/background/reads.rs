//! Reads of Cognito's settings: by tools before and after they write, by checks for drift, by
//! dashboards and people.

use std::collections::BTreeMap;

use super::{
    super::{
        super::{
            chance::Chance,
            model::{DAY, HOUR, Kind, MINUTE, Millis, Resource, SECOND, Tool, World, Write},
        },
        envelope::COGNITO,
        json::object_text,
        style::MASK,
        write::{client_of, pool_of},
    },
    Event, Who,
};

/// No account has more.
const MOST: usize = 4_000;
/// Reads of one run, at most.
const OF_RUN: i64 = 45;

pub fn draw(world: &World, chance: &mut Chance) -> Vec<Event> {
    let mut events = Vec::new();
    for ((_, actor), writes) in &runs(world) {
        if events.len() < MOST {
            around(world, *actor, writes, chance, &mut events);
        }
    }
    let days = world.window.length() as f64 / DAY as f64;
    for _ in 0..chance.poisson(2.5 * days) {
        let checks = tools(world, &[Tool::Terraform, Tool::Pulumi, Tool::Script]);
        let at = chance.time(world.window.start, world.window.end);
        if let (Some(actor), false) = (some(&checks, chance), world.estate.pools.is_empty()) {
            let pool = chance.whole(0, world.estate.pools.len() as i64 - 1) as usize;
            let count = chance.whole(4, OF_RUN);
            walk(world, actor, pool, at, count, chance, &mut events);
        }
    }
    if chance.happens(0.5) {
        dashboard(world, chance, &mut events);
    }
    events.truncate(MOST);
    events
}

/// Writes that the logs cover, by run and actor.
fn runs(world: &World) -> BTreeMap<(u32, usize), Vec<&Write>> {
    let mut runs: BTreeMap<(u32, usize), Vec<&Write>> = BTreeMap::new();
    for write in &world.writes {
        if world.window.holds(write.at) && !world.undelivered.contains(&write.id) {
            runs.entry((write.run, write.actor))
                .or_default()
                .push(write);
        }
    }
    runs
}

fn tools(world: &World, tools: &[Tool]) -> Vec<usize> {
    let actors = world.estate.actors.iter().enumerate();
    let known = actors.filter(|(_, actor)| tools.contains(&actor.tool));
    known.map(|(place, _)| place).collect()
}

fn some(places: &[usize], chance: &mut Chance) -> Option<usize> {
    (!places.is_empty()).then(|| *chance.pick(places))
}

/// What a tool reads around one of its runs.
fn around(
    world: &World,
    actor: usize,
    writes: &[&Write],
    chance: &mut Chance,
    events: &mut Vec<Event>,
) {
    let tool = world.estate.actors[actor].tool;
    let (Some(first), Some(last)) = (writes.first(), writes.last()) else {
        return;
    };
    let pools = writes
        .iter()
        .filter_map(|write| pool_of(world, write.resource));
    let Some(pool) = pools.clone().next() else {
        return;
    };
    let begins =
        |least: Millis, most: Millis, chance: &mut Chance| first.at - chance.whole(least, most);
    match tool {
        Tool::Terraform | Tool::Pulumi => {
            let begins = begins(8 * SECOND, 90 * SECOND, chance);
            let count = chance.whole(4, OF_RUN);
            walk(world, actor, pool, begins, count, chance, events);
        }
        Tool::Console => {
            let begins = begins(20 * SECOND, 4 * MINUTE, chance);
            let count = chance.whole(2, 14);
            walk(world, actor, pool, begins, count, chance, events);
            let after = last.at + chance.whole(500, 4 * SECOND);
            events.extend(describe(world, actor, last.resource, after));
        }
        Tool::CloudFormation | Tool::Cdk => {
            each(world, actor, writes, (SECOND, 4 * SECOND), chance, events)
        }
        _ => each(world, actor, writes, (-3 * SECOND, -300), chance, events),
    }
}

/// Reads what is written, most of it, so long after each write, or before it.
fn each(
    world: &World,
    actor: usize,
    writes: &[&Write],
    (least, most): (Millis, Millis),
    chance: &mut Chance,
    events: &mut Vec<Event>,
) {
    for write in writes.iter().take(12) {
        let at = write.at + chance.whole(least, most);
        if chance.happens(0.7) {
            events.extend(describe(world, actor, write.resource, at));
        }
    }
}

/// Reads one setting after another, as a tool does that compares all.
fn walk(
    world: &World,
    actor: usize,
    pool: usize,
    begins: Millis,
    count: i64,
    chance: &mut Chance,
    events: &mut Vec<Event>,
) {
    let of_pool = |kind: Kind| {
        let resources = world.estate.settings.keys();
        resources.filter(move |it| it.kind == kind && pool_of(world, **it) == Some(pool))
    };
    let mut resources: Vec<Resource> = Vec::new();
    for kind in [
        Kind::Pool,
        Kind::PoolMfa,
        Kind::Domain,
        Kind::Provider,
        Kind::ResourceServer,
        Kind::RiskConfiguration,
        Kind::LogDelivery,
        Kind::Client,
    ] {
        resources.extend(of_pool(kind));
    }
    let mut at = begins;
    for resource in resources.into_iter().take(count.max(1) as usize) {
        events.extend(describe(world, actor, resource, at));
        at += chance.whole(20, 700);
    }
}

/// The call that reads a resource, if there is one.
fn describe(world: &World, actor: usize, resource: Resource, at: Millis) -> Option<Event> {
    let pool = &world.estate.pools[pool_of(world, resource)?];
    let name = world.estate.names.get(&resource).map(String::as_str);
    let client = client_of(world, resource).map(|client| world.estate.clients[client].id.as_str());
    let (call, member, value) = match resource.kind {
        Kind::Pool => ("DescribeUserPool", "", None),
        Kind::PoolMfa => ("GetUserPoolMfaConfig", "", None),
        Kind::Client | Kind::ClientSecrets => ("DescribeUserPoolClient", "clientId", client),
        Kind::Domain => ("DescribeUserPoolDomain", "domain", name),
        Kind::Provider => ("DescribeIdentityProvider", "providerName", name),
        Kind::ResourceServer => ("DescribeResourceServer", "identifier", name),
        Kind::RiskConfiguration => ("DescribeRiskConfiguration", "clientId", client),
        Kind::UiCustomization => ("GetUICustomization", "clientId", client),
        Kind::LogDelivery => ("GetLogDeliveryConfiguration", "", None),
        _ => return None,
    };
    let request = object_text(|request| {
        if resource.kind != Kind::Domain {
            request.text("userPoolId", &pool.id);
        }
        if let Some(value) = value {
            request.text(member, value);
        }
    });
    Some(read(Who::Actor(actor), at, call, request))
}

fn read(who: Who, at: Millis, call: &'static str, request_json: String) -> Event {
    Event {
        at,
        service: COGNITO,
        call,
        who,
        read_only: true,
        global: false,
        request_json,
        error: None,
        told_json: None,
    }
}

/// A program that counts users, again and again.
fn dashboard(world: &World, chance: &mut Chance, events: &mut Vec<Event>) {
    let every = *chance.pick(&[5 * MINUTE, 15 * MINUTE, HOUR, HOUR]);
    let who = Who::Role(
        chance.pick::<&str>(&["inventory", "metrics-exporter", "support-desk"]),
        format!("i-0{}", chance.letters("0123456789abcdef", 16)),
        format!(
            "10.{}.{}.{}",
            chance.whole(0, 99),
            chance.whole(0, 255),
            chance.whole(4, 250)
        ),
        "Boto3/1.35.80 md/Botocore#1.35.80 ua/2.0 os/linux lang/python#3.11.9",
    );
    let mut at = world.window.start + chance.whole(0, every);
    while at < world.window.end && events.len() < MOST {
        for pool in world.estate.pools.iter().take(3) {
            let call = *chance.pick(&[
                "ListUsers",
                "DescribeUserPool",
                "ListUserPoolClients",
                "AdminGetUser",
            ]);
            let request = object_text(|request| {
                request.text("userPoolId", &pool.id);
                match call {
                    "AdminGetUser" => request.text("username", MASK),
                    "ListUsers" => request.number("limit", 60),
                    "ListUserPoolClients" => request.number("maxResults", 60),
                    _ => {}
                }
            });
            events.push(read(
                who.clone(),
                at + chance.whole(0, 3 * SECOND),
                call,
                request,
            ));
        }
        at += every;
    }
}
