//! Links by coincidence: a write to a network, and a client's connections that are lost in the same
//! minutes. No log says which way a workload's packets go.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{End, Link};
use crate::{
    cognito::{
        history::{ConfigChange, History, Standing},
        setting::Resource,
    },
    frame::Cells,
    ids::EventId,
    queries::outcome,
};

/// How such a link is known.
const COINCIDENCE: &str = "coincidence";
/// Connections are lost so soon after the write (assumed: clients wait for a time-out, and retry).
const WITHIN: TimeDelta = TimeDelta::minutes(10);
/// A loss begins where none was for so long (assumed).
const QUIET: TimeDelta = TimeDelta::minutes(30);
/// Fewer losses in a row coincide with anything (assumed).
const FEWEST: usize = 5;
/// Services whose writes are of networks.
const NETWORKS: [&str; 3] = ["ec2", "network-firewall", "route53resolver"];

/// Links of networks with the clients whose applications told of lost connections just after a write;
/// `aside` holds what they told.
pub fn by_coincidence(history: &History, aside: &Cells) -> Vec<Link> {
    let begun = begun(aside);
    let mut links: BTreeMap<(End, End), Link> = BTreeMap::new();
    for (network, write) in writes(history) {
        let time = write.change.time;
        for (client, begins) in &begun {
            if !begins
                .iter()
                .any(|begin| (time..time + WITHIN).contains(begin))
            {
                continue;
            }
            let (from, to) = (network.clone(), End::new("client", *client));
            let key = (from.clone(), to.clone());
            links.entry(key).or_insert_with(|| Link {
                since: Some(time),
                from,
                to,
                known_from: Some(EventId::new(&write.change.event_id)),
                how: COINCIDENCE.to_owned(),
            });
        }
    }
    let mut links: Vec<Link> = links.into_values().collect();
    links.sort();
    links
}

/// Writes to networks that had an effect, by time.
fn writes(history: &History) -> impl Iterator<Item = (End, &ConfigChange)> {
    let effective = history.changes().iter().filter(|change| {
        let had_effect = change.standing == Standing::Effective;
        had_effect && change.change.error.is_none()
    });
    effective.filter_map(|change| match &change.resource {
        Resource::Other(service, name) if NETWORKS.contains(&service.as_str()) => {
            Some((End::new(kind_of(service, name), name), change))
        }
        _ => None,
    })
}

/// What an id of EC2 is the id of.
fn kind_of<'a>(service: &'a str, name: &str) -> &'a str {
    match name.split_once('-').map_or(name, |(begin, _)| begin) {
        "acl" => "network_acl",
        "igw" => "internet_gateway",
        "nat" => "nat_gateway",
        "rtb" => "route_table",
        "sg" => "security_group",
        "vpc" => "vpc",
        "vpce" => "endpoint",
        _ => service,
    }
}

/// When runs of lost connections begin, by client.
fn begun(aside: &Cells) -> BTreeMap<&str, Vec<DateTime<Utc>>> {
    let mut lost: BTreeMap<&str, Vec<DateTime<Utc>>> = BTreeMap::new();
    for failure in &aside.failures {
        let Some(key) = aside.keys.get(failure.key as usize) else {
            continue;
        };
        let network = aside.text(key.outcome).is_some_and(outcome::is_network);
        if let Some(client) = aside.text(key.client).filter(|_| network) {
            lost.entry(client).or_default().push(failure.time);
        }
    }
    for times in lost.values_mut() {
        times.sort_unstable();
        let runs = times.chunk_by(|one, next| *next - *one < QUIET);
        let runs = runs.filter(|run| run.len() >= FEWEST);
        *times = runs.filter_map(|run| run.first().copied()).collect();
    }
    lost
}
