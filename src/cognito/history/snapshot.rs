//! Saved descriptions: what `describe-user-pool-client` and `describe-user-pool` print.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{Snapshot, resource::text};
use crate::{
    cognito::{read, setting::Resource},
    ids::{AppClientId, UserPoolId},
};

impl Snapshot {
    /// Reads the output of the AWS CLI's `describe-user-pool-client` or `describe-user-pool`, or an
    /// array of such outputs.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, in lower case.
    pub fn read(json: &str) -> Result<Vec<Self>, String> {
        let value: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let items = match value {
            Value::Array(items) => items,
            one => vec![one],
        };
        items.iter().map(one).collect()
    }
}

fn one(value: &Value) -> Result<Snapshot, String> {
    let object = value.as_object().ok_or("not a JSON object")?;
    if let Some(client) = object.get("UserPoolClient").and_then(Value::as_object) {
        return client_snapshot(client);
    }
    if let Some(pool) = object.get("UserPool").and_then(Value::as_object) {
        return pool_snapshot(pool);
    }
    match (object.contains_key("ClientId"), object.contains_key("Id")) {
        (true, _) => client_snapshot(object),
        (_, true) => pool_snapshot(object),
        _ => Err("neither `UserPoolClient` nor `UserPool` is in it".to_owned()),
    }
}

fn client_snapshot(client: &Map<String, Value>) -> Result<Snapshot, String> {
    let (pool, id) = (text(client, "UserPoolId"), text(client, "ClientId"));
    if pool.is_empty() || id.is_empty() {
        return Err("the client's `UserPoolId` or `ClientId` is missing".to_owned());
    }
    Ok(Snapshot {
        resource: Resource::Client(UserPoolId::new(pool), AppClientId::new(id)),
        settings: read::client_snapshot(client),
        modified: modified(client),
    })
}

fn pool_snapshot(pool: &Map<String, Value>) -> Result<Snapshot, String> {
    let id = text(pool, "Id");
    if id.is_empty() {
        return Err("the pool's `Id` is missing".to_owned());
    }
    Ok(Snapshot {
        resource: Resource::Pool(UserPoolId::new(id)),
        settings: read::pool_snapshot(pool),
        modified: modified(pool),
    })
}

/// `LastModifiedDate`: RFC 3339 from version 2 of the AWS CLI, epoch seconds from version 1.
fn modified(object: &Map<String, Value>) -> Option<DateTime<Utc>> {
    match object.get("LastModifiedDate")? {
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(Into::into),
        Value::Number(number) => DateTime::from_timestamp_millis((number.as_f64()? * 1e3) as i64),
        _ => None,
    }
}
