//! Links between resources: what a write to one of them may break at another.
//!
//! Stated by settings (a pool's trigger, a domain's certificate) or by names alone (a secret called
//! after a client); which of the two, each link says.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    history::{At, ConfigChange, History, bare_name, function_name},
    setting::{Resource, Setting},
};
use crate::ids::EventId;

mod coincidence;
mod names;
mod replaced;

pub use coincidence::by_coincidence;
pub use names::agrees_with_host;

/// How the link of a replacement is known.
const REPLACED: &str = "replaced by";

/// One resource that depends on another, or is part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// When it was made; unknown where only a saved description shows it.
    pub since: Option<DateTime<Utc>>,
    /// What it leads from …
    pub from: End,
    /// … and to.
    pub to: End,
    /// The write that told of it first.
    pub known_from: Option<EventId>,
    /// The setting that states it, or `name` where only names agree, or `replaced by`, or `coincidence`.
    pub how: String,
}

/// One end of a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    /// `client`, `user_pool`, `domain`, `host`, `function`, `firewall`, `certificate`, …
    pub kind: String,
    /// Its id or name, as in [`Resource`].
    pub name: String,
}

impl End {
    /// The host that a DNS record is of, which a setting of a zone names.
    pub fn host_of_record(setting: &Setting) -> Option<Self> {
        let record = setting.as_str().strip_prefix("Record.")?;
        let (host, _) = record.rsplit_once('.')?;
        Some(Self::new("host", host))
    }

    fn new(kind: &str, name: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            name: name.into(),
        }
    }
}

impl From<&Resource> for End {
    fn from(resource: &Resource) -> Self {
        match resource {
            Resource::Client(_, client) => Self::new("client", client.as_str()),
            Resource::Pool(pool) => Self::new("user_pool", pool.as_str()),
            Resource::ResourceServer(_, id) => Self::new("resource_server", id),
            Resource::IdentityProvider(_, name) => Self::new("identity_provider", name),
            Resource::Domain(_, domain) => Self::new("domain", domain),
            Resource::Function(name) => Self::new("function", name),
            Resource::Firewall(name) => Self::new("firewall", name),
            Resource::Other(service, name) => Self::new(kind_of(service), name),
        }
    }
}

/// What a resource of another service is called.
fn kind_of(service: &str) -> &str {
    match service {
        "secretsmanager" => "secret",
        "ssm" => "parameter",
        "acm" => "certificate",
        "cloudfront" => "distribution",
        "route53" => "hosted_zone",
        "elasticloadbalancing" => "load_balancer",
        "ecs" | "eks" | "apprunner" | "codedeploy" | "amplify" | "elasticbeanstalk" => "service",
        other => other,
    }
}

/// All links, by time; each at the first write that tells of it.
pub fn links(history: &History) -> Vec<Link> {
    let mut found = Found::default();
    let hosts = hosts(history);
    for (index, change) in history.changes().iter().enumerate() {
        for (setting, value) in shown(history, &change.resource, index) {
            for (from, to) in stated(&change.resource, setting, value, &hosts) {
                found.add(Some(change), from, to, setting.as_str());
            }
        }
        for (from, to, how) in in_bodies(change) {
            found.add(Some(change), from, to, how);
        }
    }
    for resource in history.resources() {
        let settings = history.settings(resource, At::Now).into_iter().flatten();
        for (setting, known) in settings {
            let value = known.value().into_iter();
            for (from, to) in value.flat_map(|value| stated(resource, setting, value, &hosts)) {
                found.add(None, from, to, setting.as_str());
            }
        }
    }
    names::add(history, &mut found);
    replaced::add(history, &mut found);
    let mut links: Vec<Link> = found.0.into_values().collect();
    links.sort();
    links
}

/// The values that a write left and that were not known to be there before.
fn shown<'a>(
    history: &'a History,
    resource: &Resource,
    index: usize,
) -> impl Iterator<Item = (&'a Setting, &'a Value)> {
    let made = history.writes(resource).any(|write| write == index);
    let at = |at| history.settings(resource, at).filter(|_| made);
    let before = at(At::Before(index));
    let after = at(At::After(index)).into_iter().flatten();
    after.filter_map(move |(setting, known)| {
        let was = before.and_then(|before| before.get(setting)?.value());
        known
            .value()
            .filter(|value| was != Some(*value))
            .map(|value| (setting, value))
    })
}

/// Links by what they say, each with the first write that says it.
#[derive(Default)]
struct Found(BTreeMap<(End, End, String), Link>);

impl Found {
    fn add(&mut self, change: Option<&ConfigChange>, from: End, to: End, how: &str) {
        let key = (from.clone(), to.clone(), how.to_owned());
        self.0.entry(key).or_insert_with(|| Link {
            since: change
                .filter(|change| makes(change))
                .map(|change| change.change.time),
            known_from: change.map(|change| EventId::new(&change.change.event_id)),
            from,
            to,
            how: how.to_owned(),
        });
    }
}

/// A deletion tells of what was, not since when.
fn makes(change: &ConfigChange) -> bool {
    !change.change.name.starts_with("Delete")
}

/// Custom domains of pools. Other names of a zone, of which there may be thousands, link nothing.
fn hosts(history: &History) -> BTreeSet<String> {
    let domains = history.resources().filter_map(|resource| match resource {
        Resource::Domain(_, name) if name.contains('.') => Some(name.to_lowercase()),
        _ => None,
    });
    domains.collect()
}

/// What a value of a resource's setting links it with.
fn stated(
    resource: &Resource,
    setting: &Setting,
    value: &Value,
    hosts: &BTreeSet<String>,
) -> Vec<(End, End)> {
    let own = End::from(resource);
    let name = setting.as_str();
    match resource {
        Resource::Pool(_) if name.starts_with("LambdaConfig.") => {
            let arn = value.as_str().filter(|arn| arn.contains(":function:"));
            let function = arn.map(|arn| End::new("function", function_name(arn)));
            function
                .map(|function| (own, function))
                .into_iter()
                .collect()
        }
        Resource::Pool(_) if *setting == Setting::WEB_ACL => {
            let acl = value.as_str().map(|arn| End::new("firewall", last_of(arn)));
            acl.map(|acl| (acl, own)).into_iter().collect()
        }
        Resource::Firewall(_) if name.ends_with(".Statement") => {
            let mut arns = Vec::new();
            strings(value, &mut arns);
            let parts = ["/ipset/", "/rulegroup/", "/regexpatternset/"];
            let parts = |arn: &&str| parts.iter().any(|part| arn.contains(part));
            let parts = arns.into_iter().filter(parts);
            let link = |arn| (own.clone(), End::new("firewall", last_of(arn)));
            parts.map(link).collect()
        }
        Resource::Client(..) => of_client(own, name, value),
        Resource::ResourceServer(_, identifier) if name == "Scopes" => {
            let scope = |scope| End::new("scope", format!("{identifier}/{scope}"));
            texts(value)
                .map(|name| (scope(name), own.clone()))
                .collect()
        }
        Resource::Domain(..) if name == "CustomDomainConfig.CertificateArn" => {
            let certificate = value.as_str().map(|arn| End::new("certificate", arn));
            certificate.map(|to| (own, to)).into_iter().collect()
        }
        Resource::Other(service, _) => of_host(service, own, name, value, hosts),
        _ => Vec::new(),
    }
}

fn of_client(own: End, name: &str, value: &Value) -> Vec<(End, End)> {
    match name {
        "SupportedIdentityProviders" => {
            let provider = |name| End::new("identity_provider", name);
            texts(value)
                .map(|name| (provider(name), own.clone()))
                .collect()
        }
        "AllowedOAuthScopes" => {
            let custom = texts(value).filter(|scope| scope.contains('/'));
            custom
                .map(|scope| (own.clone(), End::new("scope", scope)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Records, aliases and certificates of the hosts that matter.
fn of_host(
    service: &str,
    own: End,
    name: &str,
    value: &Value,
    hosts: &BTreeSet<String>,
) -> Vec<(End, End)> {
    let is_host = |host: &str| hosts.contains(&host.to_lowercase());
    match (service, name) {
        ("route53", record) => {
            let host = record.strip_prefix("Record.").unwrap_or_default();
            let host = hosts.iter().find(|own| is_record_of(host, own));
            let host = host.map(|host| End::new("host", host));
            let link =
                |host: End| texts(value).map(move |to| (host.clone(), End::new("alias", to)));
            host.into_iter().flat_map(link).collect()
        }
        ("cloudfront", "Aliases") => {
            let aliases = texts(value).filter(|alias| is_host(alias));
            aliases
                .map(|alias| (End::new("host", alias), own.clone()))
                .collect()
        }
        ("cloudfront", "Origins") => {
            let pool = |origin: &&str| is_host(origin) || origin.ends_with(".amazoncognito.com");
            let origins = texts(value).filter(pool);
            origins
                .map(|origin| (own.clone(), End::new("host", origin)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Whether `example.com.A` is a record of the host.
fn is_record_of(record: &str, host: &str) -> bool {
    let rest = record.get(host.len()..).unwrap_or_default();
    let same = record.get(..host.len());
    same.is_some_and(|same| same.eq_ignore_ascii_case(host)) && rest.starts_with('.')
}

/// What the request or response of a write links, beside settings.
fn in_bodies(change: &ConfigChange) -> Vec<(End, End, &'static str)> {
    let own = End::from(&change.resource);
    let record = &change.change;
    if record.error.is_some() {
        return Vec::new();
    }
    let body = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or("null");
        serde_json::from_str::<Value>(text).unwrap_or_default()
    };
    match &change.resource {
        Resource::Domain(pool, name) => {
            let home = (
                own.clone(),
                End::new("user_pool", pool.as_str()),
                "userPoolId",
            );
            let answer = body(&record.response);
            let alias = answer["cloudFrontDomain"].as_str();
            let alias = alias.map(|to| (own.clone(), End::new("alias", to), "cloudFrontDomain"));
            let region = record.region.as_deref().filter(|_| !name.contains('.'));
            let host = match region {
                Some(region) => format!("{name}.auth.{region}.amazoncognito.com"),
                None => name.clone(),
            };
            let host = (End::new("host", host), own, "domain");
            [Some(home), alias, Some(host)]
                .into_iter()
                .flatten()
                .collect()
        }
        Resource::Other(service, _) if service == "elasticloadbalancing" => {
            let request = body(&record.request);
            let mut clients = Vec::new();
            named(&request, "userPoolClientId", &mut clients);
            let link = |id| (own.clone(), End::new("client", id), "userPoolClientId");
            clients.into_iter().map(link).collect()
        }
        Resource::Other(service, _) if service == "apigateway" && !change.is_release() => {
            of_api_host(&body(&record.request), &body(&record.response))
        }
        Resource::Other(..) if change.is_release() => {
            let request = body(&record.request);
            let mut texts = Vec::new();
            strings(&request, &mut texts);
            let stored = texts.into_iter().filter_map(stored);
            stored.map(|to| (own.clone(), to, "valueFrom")).collect()
        }
        _ => Vec::new(),
    }
}

/// A host of API Gateway with its certificates, the name that it is an alias of, and its APIs.
fn of_api_host(request: &Value, response: &Value) -> Vec<(End, End, &'static str)> {
    let all = |value, names: &[&str]| {
        let mut found = Vec::new();
        names.iter().for_each(|name| named(value, name, &mut found));
        found
    };
    let hosts = all(request, &["domainName"]);
    let mut texts = Vec::new();
    strings(request, &mut texts);
    let certificates = texts
        .into_iter()
        .filter(|text| text.contains(":certificate/"));
    let certificates = certificates.map(|arn| (End::new("certificate", arn), "certificateArn"));
    let aliases = all(response, &["distributionDomainName", "regionalDomainName"]);
    let aliases = aliases
        .into_iter()
        .map(|name| (End::new("alias", name), "domainName"));
    let apis = all(request, &["apiId", "restApiId"]);
    let apis = apis
        .into_iter()
        .map(|id| (End::new("api", id), "apiMapping"));
    let ends: Vec<(End, &str)> = certificates.chain(aliases).chain(apis).collect();
    let of = |host| {
        ends.iter()
            .map(move |(to, how)| (End::new("host", host), to.clone(), *how))
    };
    hosts.into_iter().flat_map(of).collect()
}

/// The secret or parameter that an ARN names.
fn stored(arn: &str) -> Option<End> {
    let kind = match arn {
        _ if !arn.starts_with("arn:") => return None,
        _ if arn.contains(":secret:") => "secret",
        _ if arn.contains(":parameter/") => "parameter",
        _ => return None,
    };
    Some(End::new(kind, bare_name(arn)))
}

fn last_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().into_iter().flatten();
    list.chain(value.is_string().then_some(value))
        .filter_map(Value::as_str)
}

/// Every text in a value.
fn strings<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, into)),
        Value::Object(members) => members.values().for_each(|member| strings(member, into)),
        _ => {}
    }
}

/// Every text that stands under `name` in a value.
fn named<'a>(value: &'a Value, name: &str, into: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| named(item, name, into)),
        Value::Object(members) => {
            for (key, member) in members {
                match member.as_str().filter(|_| key.eq_ignore_ascii_case(name)) {
                    Some(text) => into.push(text),
                    None => named(member, name, into),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
