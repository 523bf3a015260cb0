//! Services that talk to Cognito: where they run, what they log, what they keep and how they reach
//! the network.

use serde_json::json;

use super::{
    super::{
        model::{Kind, LogStyle, Nature, Owner, Resource, Workload},
        records::{LIBRARIES, LOGGERS},
    },
    calendar::Region,
    callers,
    founding::Founding,
    words,
};

/// Share of the services whose log is among the files.
const LOGGED: f64 = 0.67;
/// Share of the app clients whose requests come from a service that has one already.
const SHARED: f64 = 0.15;

/// The service of an app client of this nature; a new one, mostly.
pub fn of(f: &mut Founding<'_>, nature: Nature, pool: usize, service: &str) -> usize {
    let others = f.estate.clients.iter();
    let others: Vec<usize> = others
        .filter(|other| other.pool == pool && other.nature == nature && is_backend(nature))
        .map(|other| other.workload)
        .collect();
    if !others.is_empty() && f.chance.happens(SHARED) {
        return *f.chance.pick(&others);
    }
    let workload = Workload {
        name: service.to_owned(),
        log: (is_backend(nature) && f.chance.happens(LOGGED)).then(|| style(f)),
        tasks: tasks(f, service),
    };
    f.estate.workloads.push(workload);
    f.estate.workloads.len() - 1
}

/// Whether a service sends some of the requests itself.
fn is_backend(nature: Nature) -> bool {
    matches!(nature, Nature::Web | Nature::Admin | Nature::Machine)
}

fn style(f: &mut Founding<'_>) -> LogStyle {
    let local = Region::of(&f.estate.region).offset(f.window.start) as i32;
    LogStyle {
        library: f.chance.whole(0, LIBRARIES as i64 - 1) as usize,
        logger: f.chance.whole(0, LOGGERS as i64 - 1) as usize,
        says_client: !f.chance.happens(f.rates.of("log.no_client")),
        says_success: !f.chance.happens(f.rates.of("log.no_success")),
        // Most containers run on UTC.
        zone: if f.chance.happens(0.4) { local } else { 0 },
    }
}

/// Tasks reach the internet by a gateway, each by an address of its own, or stay inside.
fn tasks(f: &mut Founding<'_>, service: &str) -> Vec<(String, String)> {
    let platform = f.chance.weighted(&[0.45, 0.3, 0.15, 0.1]);
    let way = f.chance.weighted(&[0.5, 0.3, 0.2]);
    let gateways: Vec<String> = (0..f.chance.whole(1, 3))
        .map(|_| callers::public(0.0, f.chance))
        .collect();
    let count = f.chance.weighted(&[0.15, 0.35, 0.25, 0.15, 0.05, 0.05]) + 1;
    let address = |f: &mut Founding<'_>| match way {
        0 => f.chance.pick(&gateways).clone(),
        1 => callers::public(0.05, f.chance),
        _ => callers::private(f.chance),
    };
    (0..count)
        .map(|_| {
            let name = callers::task(platform, service, f.chance);
            (name, address(f))
        })
        .collect()
}

/// Adds what belongs to each service.
pub fn draw(f: &mut Founding<'_>) {
    for place in 0..f.estate.workloads.len() {
        stored(f, place);
        network(f, place);
    }
}

/// The copy of its app client's secret, in one store or the other.
fn stored(f: &mut Founding<'_>, place: usize) {
    let estate = &f.estate;
    let has_secret = |client: usize| {
        let resource = Resource {
            kind: Kind::ClientSecrets,
            index: client as u16,
        };
        estate.settings.contains_key(&resource)
    };
    let clients = estate.clients.iter().enumerate();
    let keeps = clients
        .filter(|(_, client)| client.workload == place)
        .any(|(client, _)| has_secret(client));
    let service = estate.workloads[place].name.clone();
    let stage = words::stage(f.chance);
    if keeps && f.chance.happens(0.6) {
        let name = match f.chance.whole(0, 2) {
            0 => format!("{stage}/{service}/cognito"),
            1 => format!("{service}-oauth"),
            _ => format!("{service}/{stage}/client-secret"),
        };
        f.add(
            Kind::StoredSecret,
            Owner::Workload(place),
            name,
            json!({"value": "v1"}),
        );
    } else if keeps {
        let name = format!("/{stage}/{service}/cognito/client-secret");
        let settings = json!({"value": "v1", "type": "SecureString"});
        f.add(Kind::Parameter, Owner::Workload(place), name, settings);
    }
}

fn network(f: &mut Founding<'_>, place: usize) {
    let owner = Owner::Workload(place);
    let id = |f: &mut Founding<'_>, kind: &str| format!("{kind}-0{}", words::hex(16, f.chance));
    let (route, gateway) = (id(f, "rtb"), id(f, "nat"));
    let settings = json!({"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": gateway});
    f.add(Kind::Route, owner, route, settings);
    let group = id(f, "sg");
    let settings = json!({"egress": [
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"},
    ]});
    f.add(Kind::SecurityGroup, owner, group, settings);
    let acl = id(f, "acl");
    let settings = json!({"egress": [
        {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"},
    ]});
    f.add(Kind::NetworkAcl, owner, acl, settings);
}
