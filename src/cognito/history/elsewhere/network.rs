//! A caller's way out: routes, network ACLs, security groups, endpoints and gateways of EC2.

use serde_json::{Map, Value};

use super::{items, present, set, sets};
use crate::cognito::{
    history::{effect::Effect, write::Write},
    read::{self, get, get_text},
    setting::Settings,
};

/// What a write to a caller's network did; `None` where its request does not say.
pub(super) fn effect(write: &Write<'_>, before: &Settings) -> Option<Effect> {
    let request = write.body()?;
    match write.api {
        "CreateRoute"
        | "ReplaceRoute"
        | "DeleteRoute"
        | "CreateTransitGatewayRoute"
        | "ReplaceTransitGatewayRoute"
        | "DeleteTransitGatewayRoute" => route(write.api, request, before),
        "CreateNetworkAclEntry" | "ReplaceNetworkAclEntry" | "DeleteNetworkAclEntry" => {
            entry(write.api, request, before)
        }
        "AuthorizeSecurityGroupEgress"
        | "AuthorizeSecurityGroupIngress"
        | "RevokeSecurityGroupEgress"
        | "RevokeSecurityGroupIngress" => group_rules(write.api, request, before),
        "DeleteNatGateway"
        | "DeleteVpcEndpoints"
        | "DeleteRouteTable"
        | "DeleteVpcPeeringConnection"
        | "DeleteTransitGatewayVpcAttachment" => Some(Effect::deleted()),
        _ => {
            let mut given = read::given(request, &[]);
            let of_content = |name: &str| !name.ends_with("Id") && !name.ends_with("Token");
            given.retain(|setting, _| of_content(setting.as_str()));
            let created = write.api.starts_with("Create");
            match created {
                true => Some(Effect::created(given)),
                false if given.is_empty() => None,
                false => Some(Effect::overlay(before, given)),
            }
        }
    }
}

/// A route by its destination, with what it leads to.
fn route(api: &str, request: &Map<String, Value>, before: &Settings) -> Option<Effect> {
    const DESTINATIONS: [&str; 3] = [
        "destinationCidrBlock",
        "destinationIpv6CidrBlock",
        "destinationPrefixListId",
    ];
    let destination = DESTINATIONS.iter().find_map(|key| get_text(request, key))?;
    let target = request.iter().find(|(key, value)| {
        let key = key.to_ascii_lowercase();
        let leads = key.ends_with("id") && key != "routetableid" && !key.starts_with("destination");
        leads && key != "transitgatewayroutetableid" && value.is_string()
    });
    let target = target.map_or_else(present, |(_, target)| target.clone());
    let name = format!("Route.{destination}");
    Some(match api {
        // What it led to is in no log, unless its creation is.
        "DeleteRoute" | "DeleteTransitGatewayRoute" => gone(before, name),
        "CreateRoute" | "CreateTransitGatewayRoute" => set(before, name, Some(Value::Null), target),
        _ => set(before, name, None, target),
    })
}

/// Takes away what must have been there.
fn gone(before: &Settings, name: String) -> Effect {
    let setting = name.clone().into();
    let known = before.get(&setting).and_then(|known| known.value());
    let was = known.filter(|value| !value.is_null()).cloned();
    let was = was.unwrap_or_else(present);
    set(before, name, Some(was), Value::Null)
}

/// An entry of a network ACL by direction and number.
fn entry(api: &str, request: &Map<String, Value>, before: &Settings) -> Option<Effect> {
    let number = get(request, "ruleNumber").map(read::as_it_stands)?;
    let egress = get(request, "egress").is_some_and(|value| value == "true" || value == true);
    let direction = if egress { "Egress" } else { "Ingress" };
    let name = format!("{direction}.{number}");
    if api == "DeleteNetworkAclEntry" {
        return Some(gone(before, name));
    }
    let mut content = request.clone();
    content.retain(|key, _| {
        !["networkaclid", "rulenumber", "egress"].contains(&&*key.to_ascii_lowercase())
    });
    let was = (api == "CreateNetworkAclEntry").then_some(Value::Null);
    Some(set(before, name, was, content.into()))
}

/// Rules of a security group, one setting each.
fn group_rules(api: &str, request: &Map<String, Value>, before: &Settings) -> Option<Effect> {
    let direction = if api.ends_with("Egress") {
        "Egress"
    } else {
        "Ingress"
    };
    let adds = api.starts_with("Authorize");
    let permissions = items(request, "ipPermissions").into_iter();
    let permissions = permissions.filter_map(Value::as_object);
    let mut names: Vec<String> = permissions.flat_map(permission).collect();
    names.extend(by_id(request));
    let lines = names.into_iter().map(|name| {
        let (was, is) = match adds {
            true => (Value::Null, present()),
            false => (present(), Value::Null),
        };
        (format!("{direction}.{name}"), Some(was), is)
    });
    let effect = sets(before, lines);
    (!effect.touched.is_empty()).then_some(effect)
}

/// `tcp 443 0.0.0.0/0` for each range, group and prefix list of a permission.
fn permission(permission: &Map<String, Value>) -> Vec<String> {
    const PEERS: [(&str, &str); 4] = [
        ("ipRanges", "cidrIp"),
        ("ipv6Ranges", "cidrIpv6"),
        ("groups", "groupId"),
        ("prefixListIds", "prefixListId"),
    ];
    let protocol = get_text(permission, "ipProtocol").unwrap_or("-1");
    let port = |name| get(permission, name).map(read::as_it_stands);
    let ports = match (port("fromPort"), port("toPort")) {
        (Some(from), Some(to)) if from == to => format!("{protocol} {from}"),
        (Some(from), Some(to)) => format!("{protocol} {from}-{to}"),
        _ => protocol.to_owned(),
    };
    let of = |(list, key): (&str, &str)| {
        let peers = items(permission, list).into_iter();
        let peers = peers.filter_map(|peer| get_text(peer.as_object()?, key));
        peers.map(str::to_owned).collect::<Vec<_>>()
    };
    let peers: Vec<String> = PEERS.into_iter().flat_map(of).collect();
    match peers.is_empty() {
        true => vec![ports],
        false => peers.iter().map(|peer| format!("{ports} {peer}")).collect(),
    }
}

fn by_id(request: &Map<String, Value>) -> Vec<String> {
    let ids = items(request, "securityGroupRuleIds").into_iter();
    let id = |item: &Value| match item {
        Value::Object(object) => get_text(object, "securityGroupRuleId").map(str::to_owned),
        other => other.as_str().map(str::to_owned),
    };
    ids.filter_map(id).collect()
}
