//! What sign-in never depends on, keys, and where a pool sends its own log.

use serde_json::json;

use super::{
    super::model::{Kind, Owner},
    founding::Founding,
    words,
};

pub fn draw(f: &mut Founding<'_>, areas: &[&str]) {
    for place in 0..f.estate.pools.len() {
        if f.chance.happens(0.5) {
            log_delivery(f, place);
        }
    }
    for _ in 0..f.chance.whole(1, 2) {
        let id = f.chance.uuid();
        let key = f.arn("kms", &format!("key/{id}"));
        let settings = json!({"KeyState": "Enabled", "EnableKeyRotation": true});
        f.add(Kind::KmsKey, Owner::Nobody, key, settings);
    }
    for _ in 0..f.chance.whole(4, 9) {
        let area = *f.chance.pick(areas);
        bystander(f, area);
    }
}

fn log_delivery(f: &mut Founding<'_>, pool: usize) {
    let group = format!("/aws/vendedlogs/cognito/{}", f.estate.pools[pool].name);
    let group = f.arn("logs", &format!("log-group:{group}"));
    let settings = json!({"LogConfigurations": [{
        "LogLevel": "ERROR",
        "EventSource": "userNotification",
        "CloudWatchLogsConfiguration": {"LogGroupArn": group},
    }]});
    let id = f.estate.pools[pool].id.clone();
    f.put(Kind::LogDelivery, pool, Owner::Pool(pool), id, settings);
}

fn bystander(f: &mut Founding<'_>, area: &str) {
    let tail = words::lower(6, f.chance);
    let (service, name) = match f.chance.whole(0, 5) {
        0 => ("s3.amazonaws.com", format!("{area}-assets-{tail}")),
        1 => ("monitoring.amazonaws.com", format!("{area}-5xx-{tail}")),
        2 => ("sqs.amazonaws.com", format!("{area}-events-{tail}")),
        3 => ("dynamodb.amazonaws.com", format!("{area}-{tail}")),
        4 => ("ecr.amazonaws.com", format!("{area}/{tail}")),
        _ => ("autoscaling.amazonaws.com", format!("{area}-group-{tail}")),
    };
    let settings = json!({
        "service": service,
        "tags": {"team": area, "stage": words::stage(f.chance)},
        "retention": f.chance.pick(&[7, 14, 30, 90]),
    });
    f.add(Kind::Bystander, Owner::Nobody, name, settings);
}
