//! What is named where little was asked, or where more than one change is guilty.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::program::{file, folder, investigate};

const POOL: &str = "eu-west-1_QuietEXAMPLE";
pub const ORDERS: &str = "1orders00client00EXAMPLE";
const STOCK: &str = "2stock000client00EXAMPLE";
pub const MINUTE: i64 = 60;
/// Seconds of the day that the records are of.
const END: i64 = 600 * MINUTE;

pub fn record(second: i64, name: &str, client: &str, more: Value) -> Value {
    let start: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().expect("a time");
    let time = start + TimeDelta::seconds(second);
    let mut record = json!({
        "eventVersion": "1.11",
        "eventTime": time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "eventSource": "cognito-idp.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "eventID": format!("{second:08}-0000-4000-8000-{name:.4}{client:.8}"),
    });
    let more = more.as_object().expect("members").clone();
    record.as_object_mut().expect("a record").extend(more);
    record
}

pub fn request(client: &str, second: i64, status: u16) -> Value {
    let event = json!({
        "responseParameters": {"status": status},
        "requestParameters": {"grant_type": ["client_credentials"], "client_id": [client]},
        "userPoolId": POOL,
    });
    let more = json!({"eventType": "AwsServiceEvent", "additionalEventData": event});
    record(second, "Token_POST", client, more)
}

/// An update, or what made the client, that sends its flows and whether it may use them.
pub fn write(client: &str, second: i64, flows: &[&str], enabled: bool) -> Value {
    let name = match second {
        0 => "CreateUserPoolClient",
        _ => "UpdateUserPoolClient",
    };
    let settings = json!({
        "userPoolId": POOL,
        "clientId": client,
        "allowedOAuthFlows": flows,
        "allowedOAuthFlowsUserPoolClient": enabled,
        "allowedOAuthScopes": ["orders/read"],
    });
    let more = json!({
        "eventType": "AwsApiCall",
        "readOnly": false,
        "userIdentity": {"type": "IAMUser", "userName": "dana", "accountId": "111122223333"},
        "requestParameters": settings,
        "responseElements": {"userPoolClient": settings},
    });
    record(second, name, client, more)
}

pub const MACHINE: &[&str] = &["client_credentials"];
pub const CODE: &[&str] = &["code"];

/// A request a minute for ten hours, refused from `from` to `until`.
pub fn busy(client: &str, from: i64, until: i64) -> Vec<Value> {
    let time = |number: i64| number * MINUTE + 20 + number % 7;
    (0..600)
        .map(|number| match (from..until).contains(&time(number)) {
            true => request(client, time(number), 400),
            false => request(client, time(number), 200),
        })
        .collect()
}

fn incidents(name: &str, records: Vec<Value>) -> Vec<Value> {
    let trail = json!({"Records": records}).to_string();
    let path = file(&folder(name), "trail.json", trail);
    let answer = investigate(&[&path]);
    answer["incidents"].as_array().expect("outages").clone()
}

/// The event ids of the changes that are named, outage by outage.
fn named(incidents: &[Value]) -> Vec<&Value> {
    let named = incidents.iter().map(|outage| {
        assert_eq!(outage["verdict"], "change", "{outage:#}");
        &outage["suspects"][0]["event_ids"][0]
    });
    named.collect()
}

#[test]
fn three_failures_of_a_quiet_client_are_an_outage_where_a_change_refuses_them() {
    // A request every 20 minutes of which one in 20 fails, and three in a row from 13:10 on.
    let requests = || -> Vec<Value> {
        let status = |number| match number {
            39..=41 => 400,
            _ if number % 20 == 7 => 400,
            _ => 200,
        };
        let requests = (0..54).map(|number| {
            let time = (number * 20 + 10) * MINUTE;
            request(ORDERS, time, status(number))
        });
        requests.collect()
    };
    let told = write(ORDERS, 0, MACHINE, true);
    let harmless = write(ORDERS, 785 * MINUTE, MACHINE, true);
    let guilty = write(ORDERS, 785 * MINUTE, CODE, true);
    let healing = write(ORDERS, 845 * MINUTE, MACHINE, true);

    let mut records = requests();
    records.extend([told.clone(), harmless]);
    assert_eq!(incidents("quiet-harmless", records), Vec::<Value>::new());

    let mut records = requests();
    records.extend([told, guilty.clone(), healing]);
    let found = incidents("quiet-guilty", records);
    assert_eq!(named(&found), [&guilty["eventID"]]);
    assert_eq!(found[0]["onset"], "2026-03-02T13:10:00Z");
    assert_eq!(found[0]["failed"], 3);
}

#[test]
fn one_mistake_in_two_places_of_a_batch_is_one_cause() {
    let (at, healed) = (300 * MINUTE, 340 * MINUTE);
    let found = two_places("two-places", (at, Some(healed)), |_, record| record);
    let guilty = [
        write(ORDERS, at, CODE, true)["eventID"].clone(),
        write(STOCK, at + 1, CODE, true)["eventID"].clone(),
    ];
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["client_ids"].as_array().map(Vec::len), Some(2));
    let named = &found[0]["suspects"][0];
    let ids = named["event_ids"].as_array().expect("ids");
    assert!(guilty.iter().all(|id| ids.contains(id)), "{ids:?}");
    assert_eq!(ids.len(), 2);
}

#[test]
fn the_undo_of_a_batch_puts_back_each_of_its_clients() {
    let found = two_places("two-to-undo", (300 * MINUTE, None), |_, record| record);
    assert_eq!(found.len(), 1, "{found:#?}");
    let undo = found[0]["suspects"][0]["undo"].to_string();
    assert!(undo.contains(ORDERS) && undo.contains(STOCK), "{undo}");
}

#[test]
fn one_mistake_of_two_people_is_two_causes() {
    let (at, healed) = (300 * MINUTE, 340 * MINUTE);
    let found = two_places("two-people", (at, Some(healed)), |client, mut record| {
        if client == STOCK {
            record["userIdentity"]["arn"] = json!("arn:aws:iam::111122223333:user/bob");
        }
        record
    });
    let mut named = named(&found);
    named.sort_by_key(|id| id.as_str());
    let guilty = [
        write(ORDERS, at, CODE, true),
        write(STOCK, at + 1, CODE, true),
    ];
    assert_eq!(named, [&guilty[0]["eventID"], &guilty[1]["eventID"]]);
    for outage in &found {
        assert_eq!(outage["client_ids"].as_array().map(Vec::len), Some(1));
    }
}

/// Two app clients that lose their grant a second apart, by records that are altered so, until it is put
/// back.
fn two_places(
    name: &str,
    (at, healed): (i64, Option<i64>),
    altered: impl Fn(&str, Value) -> Value,
) -> Vec<Value> {
    let mut records = Vec::new();
    for (client, at) in [(ORDERS, at), (STOCK, at + 1)] {
        records.extend(busy(client, at, healed.unwrap_or(END)));
        records.push(write(client, 0, MACHINE, true));
        records.push(altered(client, write(client, at, CODE, true)));
        records.extend(healed.map(|healed| write(client, healed, MACHINE, true)));
    }
    incidents(name, records)
}

#[test]
fn a_second_change_that_alone_would_do_is_told() {
    let (at, healed) = (300 * MINUTE, 340 * MINUTE);
    let mut records = busy(ORDERS, at, healed);
    let first = write(ORDERS, at, CODE, true);
    records.extend([
        write(ORDERS, 0, MACHINE, true),
        first.clone(),
        write(ORDERS, at + 2, CODE, false),
        write(ORDERS, healed, MACHINE, true),
    ]);
    let found = incidents("both-do", records);
    assert_eq!(named(&found), [&first["eventID"]]);
    let reason = found[0]["reason"].as_str().expect("a sentence");
    let told = "UpdateUserPoolClient at 05:00:02 refuses them too: it takes both to be put back.";
    assert!(reason.ends_with(told), "{reason}");
}

#[test]
fn workers_that_renew_their_tokens_together_are_silent_only_when_nobody_renews() {
    // Forty workers, each on its own until hour five; then all start anew and renew by the hour.
    let apart = (0..200).map(|number| number * 90 + 5);
    let together = |until: i64| (5..until).flat_map(|hour| (0..40).map(move |n| hour * 3600 + n));
    let trail = |until: i64| {
        let times = apart.clone().chain(together(until));
        let mut records: Vec<Value> = times.map(|time| request(STOCK, time, 200)).collect();
        records.extend(busy(ORDERS, 0, 0));
        records
    };
    assert_eq!(incidents("renewed", trail(10)), Vec::<Value>::new());

    let found = incidents("not-renewed", trail(7));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["kind"], "absence");
    assert_eq!(found[0]["verdict"], "no_change");
    let onset = found[0]["onset"].as_str().expect("a time");
    assert!(
        ("2026-03-02T06:00:00Z".."2026-03-02T08:30:00Z").contains(&onset),
        "{onset}"
    );
}

#[test]
fn a_release_is_never_a_suspect() {
    let (at, healed) = (300 * MINUTE, 340 * MINUTE);
    let release = |name: &str, request: Value| {
        let more = json!({
            "eventType": "AwsApiCall",
            "eventSource": "ecs.amazonaws.com",
            "readOnly": false,
            "userIdentity": {"type": "IAMUser", "userName": "dana", "accountId": "111122223333"},
            "requestParameters": request,
        });
        record(at - 1, name, "release", more)
    };
    let mut records = busy(ORDERS, at, healed);
    records.push(write(ORDERS, 0, MACHINE, true));
    let without = incidents("without-release", records.clone());
    records.push(release("UpdateService", json!({"service": "orders"})));
    records.push(release(
        "RegisterTaskDefinition",
        json!({"family": "orders"}),
    ));
    let with = incidents("with-release", records);
    assert_eq!(with.len(), 1);
    assert_eq!(with, without);
}

/// A call that deletes something of the pool.
fn delete(name: &str, second: i64, settings: &Value) -> Value {
    let more = json!({
        "eventType": "AwsApiCall",
        "readOnly": false,
        "userIdentity": {"type": "IAMUser", "userName": "dana", "accountId": "111122223333"},
        "requestParameters": settings,
    });
    record(second, name, ORDERS, more)
}

/// Requests each minute until one, and writes to another app client until the end.
fn asked_until(minute: i64) -> Vec<Value> {
    let asked = (0..minute).map(|number| request(ORDERS, number * MINUTE + 20, 200));
    let written = [330, 400, 470, 540, 590];
    let written = written.map(|number| write(STOCK, number * MINUTE, MACHINE, true));
    asked.chain(written).collect()
}

#[test]
fn a_deleted_domain_is_named_for_a_silence_at_the_end_of_the_logs() {
    let domain = json!({"userPoolId": POOL, "domain": "orders-example"});
    let deleted = delete("DeleteUserPoolDomain", 300 * MINUTE, &domain);
    let mut records = asked_until(300);
    records.push(deleted.clone());
    let found = incidents("domain-deleted", records);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["kind"], "absence");
    assert_eq!(named(&found), [&deleted["eventID"]]);
}

#[test]
fn what_had_stopped_before_it_was_deleted_did_not_stop_for_that() {
    let client = json!({"userPoolId": POOL, "clientId": ORDERS});
    let mut records = asked_until(200);
    records.push(delete("DeleteUserPoolClient", 300 * MINUTE, &client));
    let found = incidents("stopped-before", records);
    assert_eq!(named(&found), [&Value::Null; 0], "{found:#?}");
}
