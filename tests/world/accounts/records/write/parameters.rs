//! What a call says: the resource by the names that this call has for it, and the members that were
//! sent.

use serde_json::{Map, Value};

use super::{
    super::{
        super::{
            chance::bits,
            model::{Does, Kind, Settings},
        },
        choice::label,
    },
    Around, bystander, elsewhere,
};

/// The parameters of a call, by the names of the API's model.
pub fn of(around: &Around<'_>) -> Map<String, Value> {
    let mut members = named(around);
    for (member, value) in around.said() {
        let known = members
            .keys()
            .any(|known| known.eq_ignore_ascii_case(&member));
        if !known && !is_internal(around.write.resource.kind, &member) {
            members.insert(member, value);
        }
    }
    members.retain(|_, value| !value.is_null());
    members
}

/// Members by which the simulator keeps what no call says in this form.
pub fn is_internal(kind: Kind, member: &str) -> bool {
    match kind {
        Kind::ClientSecrets => member == "secrets",
        Kind::Function => matches!(member, "code" | "environment"),
        Kind::FunctionPermission => member == "principals",
        Kind::FunctionRole => matches!(member, "policies" | "trusts"),
        Kind::FunctionConcurrency => member == "reserved",
        Kind::AclAssociation => member == "acl",
        Kind::StoredSecret => true,
        Kind::Parameter => member == "value",
        Kind::SecurityGroup | Kind::NetworkAcl => member == "egress",
        Kind::KmsKey => true,
        Kind::DnsRecord => true,
        _ => false,
    }
}

fn named(around: &Around<'_>) -> Map<String, Value> {
    let world = around.world;
    let mut members = Map::new();
    let mut put = |member: &str, value: Value| {
        members.insert(member.to_owned(), value);
    };
    let name = around.name();
    if of_pool(around.write.resource.kind)
        && let Some(pool) = around.pool()
    {
        put("UserPoolId", world.estate.pools[pool].id.as_str().into());
    }
    match around.write.resource.kind {
        Kind::Client | Kind::ClientSecrets | Kind::RiskConfiguration | Kind::UiCustomization => {
            let creates = matches!(around.write.does, Does::Create(_));
            if let Some(client) = around.client().map(|client| &world.estate.clients[client]) {
                match creates && around.write.resource.kind == Kind::Client {
                    true => put("ClientName", client.name.as_str().into()),
                    false => put("ClientId", client.id.as_str().into()),
                }
            }
            if around.write.call.starts_with("Delete")
                && around.write.resource.kind == Kind::ClientSecrets
            {
                put("ClientSecretId", secret_id(around).into());
            }
        }
        Kind::Branding => match (around.write.call.starts_with("Create"), around.client()) {
            (true, Some(client)) => {
                put("ClientId", world.estate.clients[client].id.as_str().into())
            }
            _ => put("ManagedLoginBrandingId", name.into()),
        },
        Kind::Domain => put("Domain", name.into()),
        Kind::Provider => put("ProviderName", name.into()),
        Kind::ResourceServer => put("Identifier", name.into()),
        Kind::Bystander => return bystander::parameters(around),
        Kind::Pool if matches!(around.write.does, Does::Nothing(_)) => {
            return bystander::parameters(around);
        }
        Kind::Pool | Kind::PoolMfa | Kind::LogDelivery => {}
        _ => return elsewhere::parameters(around),
    }
    members
}

fn of_pool(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Client
            | Kind::ClientSecrets
            | Kind::Pool
            | Kind::PoolMfa
            | Kind::RiskConfiguration
            | Kind::Branding
            | Kind::UiCustomization
            | Kind::Domain
            | Kind::Provider
            | Kind::ResourceServer
            | Kind::LogDelivery
    )
}

/// The id of the secret that is added or taken away: `<client id>--<seconds>`.
pub fn secret_id(around: &Around<'_>) -> String {
    let versions = |settings: Option<&Settings>| -> Vec<String> {
        let list = settings
            .and_then(|it| it.get("secrets"))
            .and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .map(|version| version.as_str().unwrap_or_default().to_owned())
            .collect()
    };
    let (before, after) = (versions(around.before), versions(around.after));
    let (from, other) = match around.write.call.starts_with("Add") {
        true => (&after, &before),
        false => (&before, &after),
    };
    let version = from.iter().find(|version| !other.contains(version));
    let version = version.map_or("v1", String::as_str);
    let client = around.client();
    let client = client.map_or("", |client| &around.world.estate.clients[client].id);
    let age = bits(around.world.seed, &[label(client), label(version)]) % 20_000_000;
    let seconds = around.world.window.start / 1_000 - age as i64;
    format!("{client}--{seconds}")
}

/// What stands behind the last slash or colon.
pub fn last(name: &str) -> &str {
    name.rsplit(['/', ':']).next().unwrap_or(name)
}
