//! Reads and events of services that show how what is altered hangs together: the ACL of a pool,
//! the branding of an app client, the rotation of a secret.

use serde_json::Value;

use super::{
    super::{
        super::{
            chance::Chance,
            model::{Kind, Millis, Resource, SECOND, World, Write},
        },
        json::object_text,
        write::{client_of, pool_of},
    },
    Event, Who,
};

const WAF: &str = "wafv2.amazonaws.com";
const SECRETS: &str = "secretsmanager.amazonaws.com";
/// No account has more.
const MOST: usize = 2_000;

/// What goes before and after writes, those of no effect too.
pub fn draw(world: &World, links: &[Write], chance: &mut Chance) -> Vec<Event> {
    let mut events = Vec::new();
    let told = world
        .writes
        .iter()
        .filter(|write| world.window.holds(write.at) && !world.undelivered.contains(&write.id));
    for write in told.chain(links) {
        if events.len() > MOST {
            break;
        }
        let at = write.at - chance.whole(SECOND, 6 * SECOND);
        match write.resource.kind {
            Kind::IpSet | Kind::Acl | Kind::AclAssociation => acl(world, write, at, &mut events),
            Kind::Branding => events.extend(branding(world, write, at)),
            Kind::Function | Kind::FunctionConcurrency => {
                events.extend(function(world, write, at));
            }
            Kind::KmsKey => events.extend(key(world, write, at)),
            Kind::StoredSecret if write.call == "RotateSecret" && write.error.is_none() => {
                rotation(world, write, chance, &mut events);
            }
            _ => {}
        }
    }
    events
}

fn read(
    write: &Write,
    at: Millis,
    service: &'static str,
    call: &'static str,
    request_json: String,
) -> Event {
    Event {
        at,
        service,
        call,
        who: Who::Actor(write.actor),
        read_only: true,
        global: false,
        request_json,
        error: None,
        told_json: None,
    }
}

/// Which ACL a pool has, which resources that ACL has, and what it consists of.
fn acl(world: &World, write: &Write, at: Millis, events: &mut Vec<Event>) {
    let estate = &world.estate;
    let Some(pool) = pool_of(world, write.resource) else {
        return;
    };
    let pool_arn = format!(
        "arn:aws:cognito-idp:{}:{}:userpool/{}",
        estate.region, estate.account, estate.pools[pool].id
    );
    let request = object_text(|request| request.text("resourceArn", &pool_arn));
    events.push(read(write, at, WAF, "GetWebACLForResource", request));
    let arns = of_pool(world, Kind::Acl, pool).filter_map(|acl| {
        let arn = estate.settings.get(&acl)?.get("~Arn")?;
        arn.as_str()
    });
    for arn in arns {
        let request = object_text(|request| {
            request.text("webACLArn", arn);
            request.text("resourceType", "COGNITO_USER_POOL");
        });
        events.push(read(
            write,
            at + 240,
            WAF,
            "ListResourcesForWebACL",
            request,
        ));
        let request = object_text(|request| {
            let mut parts = arn.rsplit('/');
            let id = parts.next().unwrap_or_default();
            request.text("name", parts.next().unwrap_or_default());
            request.text("scope", "REGIONAL");
            request.text("id", id);
        });
        events.push(read(write, at + 410, WAF, "GetWebACL", request));
    }
}

fn of_pool(world: &World, kind: Kind, pool: usize) -> impl Iterator<Item = Resource> {
    let resources = world.estate.settings.keys().copied();
    resources.filter(move |it| it.kind == kind && pool_of(world, *it) == Some(pool))
}

/// The app client that a branding belongs to, which calls that alter it do not say.
fn branding(world: &World, write: &Write, at: Millis) -> Option<Event> {
    let client = &world.estate.clients[client_of(world, write.resource)?];
    let request = object_text(|request| {
        request.text("userPoolId", &world.estate.pools[client.pool].id);
        request.text("clientId", &client.id);
    });
    let call = "DescribeManagedLoginBrandingByClient";
    Some(read(write, at, "cognito-idp.amazonaws.com", call, request))
}

fn function(world: &World, write: &Write, at: Millis) -> Option<Event> {
    let name = world.estate.names.get(&write.resource)?;
    let request = object_text(|request| request.text("functionName", name));
    let call = "GetFunctionConfiguration20150331v2";
    Some(read(write, at, "lambda.amazonaws.com", call, request))
}

fn key(world: &World, write: &Write, at: Millis) -> Option<Event> {
    let name = world.estate.names.get(&write.resource)?;
    let request = object_text(|request| request.text("keyId", name));
    Some(read(write, at, "kms.amazonaws.com", "DescribeKey", request))
}

/// What Secrets Manager tells of a rotation that it was asked for.
fn rotation(world: &World, write: &Write, chance: &mut Chance, events: &mut Vec<Event>) {
    let estate = &world.estate;
    let Some(name) = estate.names.get(&write.resource) else {
        return;
    };
    let id = Value::from(name.as_str());
    let told = |call: &'static str, at: Millis| Event {
        at,
        service: SECRETS,
        call,
        who: Who::Service(SECRETS),
        read_only: false,
        global: false,
        request_json: "null".to_owned(),
        error: None,
        told_json: Some(format!("{{\"SecretId\":{id}}}")),
    };
    events.push(told("RotationStarted", write.at + chance.whole(200, 1_500)));
    let done = write.at + chance.whole(3 * SECOND, 25 * SECOND);
    events.push(told("RotationSucceeded", done));
}
