//! Names and certificates of hosts: records of Route 53, certificates of ACM, distributions of
//! CloudFront.

use serde_json::{Map, Value, json};

use super::{items, observed, sets, texts};
use crate::cognito::{
    history::{effect::Effect, write::Write},
    read::{self, get, get_object, get_text},
    setting::{Setting, Settings},
};

/// What a write to a host did; `None` where its request does not say.
pub(super) fn effect(write: &Write<'_>, before: &Settings) -> Option<Effect> {
    match write.api {
        "ChangeResourceRecordSets" => records(write.request.as_ref()?, before),
        "DeleteCertificate" | "DeleteDistribution" | "DeleteHostedZone" => Some(Effect::deleted()),
        "RequestCertificate" => {
            let name = write.asked("domainName")?;
            let settings = [(Setting::named("DomainName"), observed(json!(name)))];
            Some(Effect::created(settings.into()))
        }
        "CreateDistribution" | "UpdateDistribution" => {
            let settings = distribution(write.request.as_ref()?)?;
            match write.api.starts_with("Create") {
                true => Some(Effect::created(settings)),
                false => Some(Effect::overlay(before, settings).of_existing()),
            }
        }
        _ => None,
    }
}

/// Each record set by name and type.
fn records(request: &Map<String, Value>, before: &Settings) -> Option<Effect> {
    let batch = get_object(request, "changeBatch")?;
    let changes = items(batch, "changes").into_iter();
    let lines = changes.filter_map(|change| {
        let change = change.as_object()?;
        let set = get_object(change, "resourceRecordSet")?;
        let setting = record_name(set)?;
        let value = record_value(set);
        match get_text(change, "action")? {
            "DELETE" => Some((setting, Some(value), Value::Null)),
            "CREATE" => Some((setting, Some(Value::Null), value)),
            _ => Some((setting, None, value)),
        }
    });
    let effect = sets(before, lines);
    (!effect.touched.is_empty()).then_some(effect)
}

fn record_name(set: &Map<String, Value>) -> Option<String> {
    let name = get_text(set, "name")?.trim_end_matches('.');
    let kind = get_text(set, "type")?;
    Some(match get_text(set, "setIdentifier") {
        Some(id) => format!("Record.{name}.{kind}.{id}"),
        None => format!("Record.{name}.{kind}"),
    })
}

/// The values of a record set, or the name that it is an alias of.
fn record_value(set: &Map<String, Value>) -> Value {
    if let Some(alias) = get_object(set, "aliasTarget") {
        return json!(get_text(alias, "dNSName").map(|name| name.trim_end_matches('.')));
    }
    let records = items(set, "resourceRecords").into_iter();
    let values = records.filter_map(|record| get_text(record.as_object()?, "value"));
    read::set(values.map(str::to_owned))
}

/// Of a distribution what a host's requests depend on.
fn distribution(request: &Map<String, Value>) -> Option<Settings> {
    let config = get_object(request, "distributionConfig").or_else(|| {
        let tagged = get_object(request, "distributionConfigWithTags")?;
        get_object(tagged, "distributionConfig")
    })?;
    let mut settings = Settings::new();
    let mut insert = |name, value| settings.insert(Setting::named(name), observed(value));
    insert("Aliases", texts(config, "aliases"));
    for (name, member) in [
        ("Enabled", "enabled"),
        ("WebACLId", "webACLId"),
        ("ViewerCertificate", "viewerCertificate"),
        ("DefaultCacheBehavior", "defaultCacheBehavior"),
    ] {
        insert(name, get(config, member).cloned().unwrap_or_default());
    }
    let origins = items(config, "origins").into_iter();
    let origins = origins.filter_map(|origin| get_text(origin.as_object()?, "domainName"));
    insert("Origins", read::set(origins.map(str::to_owned)));
    Some(settings)
}
