//! What is named for a few requests of a quiet client.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::program::{file, folder, investigate};

const CLIENT: &str = "1quiet00client00EXAMPLE";
const POOL: &str = "eu-west-1_QuietEXAMPLE";

fn record(minute: i64, name: &str, more: Value) -> Value {
    let start: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().expect("a time");
    let time = start + TimeDelta::minutes(minute);
    let mut record = json!({
        "eventVersion": "1.11",
        "eventTime": time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "eventSource": "cognito-idp.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "eventID": format!("00000000-0000-4000-8000-{minute:08}{:04}", name.len()),
    });
    let more = more.as_object().expect("members").clone();
    record.as_object_mut().expect("a record").extend(more);
    record
}

fn request(minute: i64, status: u16) -> Value {
    let event = json!({
        "responseParameters": {"status": status},
        "requestParameters": {"grant_type": ["client_credentials"], "client_id": [CLIENT]},
        "userPoolId": POOL,
    });
    let more = json!({"eventType": "AwsServiceEvent", "additionalEventData": event});
    record(minute, "Token_POST", more)
}

fn write(minute: i64, name: &str, flows: &[&str]) -> Value {
    let settings = json!({
        "userPoolId": POOL,
        "clientId": CLIENT,
        "allowedOAuthFlows": flows,
        "allowedOAuthFlowsUserPoolClient": true,
        "allowedOAuthScopes": ["orders/read"],
    });
    let more = json!({
        "eventType": "AwsApiCall",
        "readOnly": false,
        "userIdentity": {"type": "IAMUser", "userName": "dana", "accountId": "111122223333"},
        "requestParameters": settings,
        "responseElements": {"userPoolClient": settings},
    });
    record(minute, name, more)
}

/// A request every 20 minutes of which one in 20 fails, and three in a row from 13:10 on.
fn requests() -> Vec<Value> {
    (0..54)
        .map(|number| match number {
            39..=41 => request(number * 20 + 10, 400),
            _ if number % 20 == 7 => request(number * 20 + 10, 400),
            _ => request(number * 20 + 10, 200),
        })
        .collect()
}

fn incidents(name: &str, records: Vec<Value>) -> Vec<Value> {
    let trail = json!({"Records": records}).to_string();
    let path = file(&folder(name), "trail.json", trail);
    let answer = investigate(&[&path]);
    answer["incidents"].as_array().expect("outages").clone()
}

#[test]
fn three_failures_of_a_quiet_client_are_an_outage_where_a_change_refuses_them() {
    let told = write(0, "CreateUserPoolClient", &["client_credentials"]);
    let harmless = write(785, "UpdateUserPoolClient", &["client_credentials"]);
    let guilty = write(785, "UpdateUserPoolClient", &["code"]);
    let healing = write(845, "UpdateUserPoolClient", &["client_credentials"]);

    let mut records = requests();
    records.extend([told.clone(), harmless]);
    assert_eq!(incidents("quiet-harmless", records), Vec::<Value>::new());

    let mut records = requests();
    records.extend([told, guilty.clone(), healing]);
    let found = incidents("quiet-guilty", records);
    assert_eq!(found.len(), 1, "{found:#?}");
    let outage = &found[0];
    assert_eq!(outage["verdict"], "change");
    assert_eq!(outage["suspects"][0]["event_ids"][0], guilty["eventID"]);
    assert_eq!(outage["onset"], "2026-03-02T13:10:00Z");
    assert_eq!(outage["failed"], 3);
}
