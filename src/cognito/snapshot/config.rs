//! Items of AWS Config: what a pool or an app client was like when Config looked at it.
//!
//! `ConfigHistory` and `ConfigSnapshot` files, and `aws configservice get-resource-config-history`.
//! The settings are spelled as in CloudFormation, and what stands there was set; what does not stand
//! there is not taken for a default, since not every member of the API is one of CloudFormation's.
//!
//! Source: <https://docs.aws.amazon.com/config/latest/developerguide/config-item-table.html>

use serde_json::{Map, Value};

use super::time;
use crate::{
    cognito::{
        history::Snapshot,
        members::{CLIENT, Member, POOL},
        read::{get, get_text, given},
        setting::{Known, Resource, Setting},
    },
    ids::{AppClientId, UserPoolId},
    record::mask,
};

/// The items of a file, if it is one of AWS Config.
pub fn items(object: &Map<String, Value>) -> Option<Vec<Snapshot>> {
    let items = get(object, "configurationItems")?.as_array()?;
    let items = items.iter().filter_map(Value::as_object);
    Some(items.filter_map(item).collect())
}

/// What an item shows; `None` of one that is no pool and no client, or no more.
fn item(item: &Map<String, Value>) -> Option<Snapshot> {
    let status = get_text(item, "configurationItemStatus").unwrap_or_default();
    if status.contains("Deleted") {
        return None;
    }
    let mut configuration: Map<String, Value> = match get(item, "configuration")? {
        Value::String(text) => serde_json::from_str(text).ok()?,
        Value::Object(members) => members.clone(),
        _ => return None,
    };
    mask::hide_settings(&mut configuration);
    let id = get_text(item, "resourceId").unwrap_or_default();
    let of = |name: &str| get_text(&configuration, name);
    let (resource, table) = match get_text(item, "resourceType")? {
        "AWS::Cognito::UserPool" => {
            let pool = of("UserPoolId").or_else(|| of("Id")).unwrap_or(id);
            (Resource::Pool(UserPoolId::new(pool)), POOL)
        }
        "AWS::Cognito::UserPoolClient" => {
            let client = of("ClientId").or_else(|| id.rsplit('|').next())?;
            let resource =
                Resource::Client(UserPoolId::new(of("UserPoolId")?), AppClientId::new(client));
            (resource, CLIENT)
        }
        _ => return None,
    };
    let mut settings = given(&known_to(table, &configuration), table);
    settings.insert(Setting::EXISTS, Known::Observed(Value::Bool(true)));
    let seen = get(item, "configurationItemCaptureTime").and_then(time)?;
    Some(Snapshot {
        resource,
        settings,
        // It shows the past, and not every member: nothing to write back.
        members: Map::new(),
        modified: get(&configuration, "LastModifiedDate")
            .and_then(time)
            .or(Some(seen)),
    })
}

/// The members that the API has too, by its names.
fn known_to(table: &[Member], configuration: &Map<String, Value>) -> Map<String, Value> {
    let is_known = |name: &str| {
        let mut members = table.iter();
        members.any(|member| member.name.split('.').next() == Some(name))
    };
    let members = configuration
        .iter()
        .map(|(name, value)| match name.as_str() {
            "UserPoolName" => ("PoolName", value),
            name => (name, value),
        });
    members
        .filter(|(name, value)| is_known(name) && !value.is_null())
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect()
}
