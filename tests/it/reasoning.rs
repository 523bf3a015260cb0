//! Changes whose mechanism no rule lists: what requests did while their settings were in force decides.
//! Each account shows one computation, and the same account without it.

use serde_json::{Value, json};

use crate::{
    attribution::{MINUTE, ORDERS, busy, record, request},
    program::{file, folder, investigate},
};

const POOL: &str = "eu-west-1_QuietEXAMPLE";
const STOCK: &str = "2stock000client00EXAMPLE";
/// When a client begins to fail, and when it is well again.
const AT: i64 = 300 * MINUTE;
const HEALED: i64 = 340 * MINUTE;
/// Minutes of the records that [`busy`] makes.
const LAST: i64 = 600 * MINUTE;

/// A write that gives `member`, of which no rule says what it does, a value.
fn write(client: &str, second: i64, member: &str, value: Value) -> Value {
    let name = match second {
        0 => "CreateUserPoolClient",
        _ => "UpdateUserPoolClient",
    };
    let mut settings = json!({
        "userPoolId": POOL,
        "clientId": client,
        "allowedOAuthFlows": ["client_credentials"],
        "allowedOAuthFlowsUserPoolClient": true,
        "allowedOAuthScopes": ["orders/read"],
    });
    settings[member] = value;
    let more = json!({
        "eventType": "AwsApiCall",
        "readOnly": false,
        "userIdentity": {"type": "IAMUser", "userName": "dana", "accountId": "111122223333"},
        "requestParameters": settings,
        "responseElements": {"userPoolClient": settings},
    });
    record(second, name, client, more)
}

/// A setting of sign-in that AWS made after the table was written.
const NEW: &str = "tokenBinding";

fn strict(second: i64) -> Value {
    write(ORDERS, second, NEW, json!("STRICT"))
}

fn lax(second: i64) -> Value {
    write(ORDERS, second, NEW, json!("LAX"))
}

/// The first outage of the client, with its verdict and the chance of a change.
fn answer(name: &str, records: Vec<Value>) -> (String, f64, Value) {
    let trail = json!({"Records": records}).to_string();
    let path = file(&folder(name), "trail.json", trail);
    let answer = investigate(&[&path]);
    let outages = answer["incidents"].as_array().expect("outages");
    let outage = outages.first().expect("an outage").clone();
    let verdict = outage["verdict"].as_str().expect("a verdict").to_owned();
    let chance = outage["suspects"][0]["probability"].as_f64();
    (verdict, chance.unwrap_or(0.0), outage)
}

/// Both clients, of which orders fails for 40 minutes.
fn account(changes: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let mut records = busy(ORDERS, AT, HEALED);
    records.extend(busy(STOCK, 0, 0));
    records.extend(changes);
    records
}

#[test]
fn what_fails_while_a_value_is_in_force_and_at_no_other_time_is_due_to_it() {
    let changes = [lax(0), strict(AT), lax(HEALED)];
    let (verdict, _, outage) = answer("in-force", account(changes));
    assert_eq!(verdict, "change", "{outage:#}");
    assert_eq!(outage["suspects"][0]["event_id"], strict(AT)["eventID"]);
    assert_eq!(outage["ended_by"]["event_id"], lax(HEALED)["eventID"]);
    let reason = outage["reason"].as_str().expect("a sentence");
    assert!(
        reason.contains("The outage ended when it was taken back at 05:40:00."),
        "{reason}"
    );
}

#[test]
fn requests_that_succeed_after_a_change_acquit_it() {
    let (early, late) = (AT - 20 * MINUTE, AT);
    let of_late = answer(
        "no-success-between",
        account([lax(0), strict(late), lax(HEALED)]),
    );
    let of_early = answer(
        "successes-between",
        account([lax(0), strict(early), lax(HEALED)]),
    );
    assert_eq!(of_late.0, "change");
    assert_ne!(of_early.0, "change", "{:#}", of_early.2);
}

#[test]
fn settings_that_worked_before_are_not_to_blame() {
    let new = answer("new-settings", account([lax(0), strict(AT)]));
    let known = [lax(0), strict(60 * MINUTE), lax(120 * MINUTE), strict(AT)];
    let known = answer("known-settings", account(known));
    assert!(known.1 < new.1, "{} {}", known.1, new.1);
    assert_ne!(known.0, "change");
}

#[test]
fn what_came_with_a_change_of_no_consequence_is_as_likely_as_the_change() {
    let named = |second: i64, name: &str| write(ORDERS, second, "clientName", json!(name));
    let changes = [
        named(0, "orders"),
        named(AT, "orders-2"),
        named(HEALED, "orders"),
    ];
    let (verdict, chance, outage) = answer("renamed", account(changes));
    assert_ne!(verdict, "change", "{outage:#}");
    assert!(chance < 0.5, "{outage:#}");
}

#[test]
fn a_code_that_no_rule_gives_is_no_acquittal() {
    let odd = |record: &mut Value| {
        if record["additionalEventData"]["responseParameters"]["status"] == 400 {
            record["errorCode"] = json!("BadRequest");
        }
    };
    let flows =
        |second: i64, flows: &[&str]| crate::attribution::write(ORDERS, second, flows, true);
    let (machine, code) = (["client_credentials"], ["code"]);
    let changes = [
        flows(0, &machine),
        flows(AT, &code),
        flows(HEALED, &machine),
    ];
    let mut records = account(changes.clone());
    records.iter_mut().for_each(odd);
    let (verdict, _, outage) = answer("odd-code", records);
    assert_eq!(verdict, "change", "{outage:#}");
    assert_eq!(outage["suspects"][0]["event_id"], changes[1]["eventID"]);
}

#[test]
fn an_outage_without_a_change_accuses_nobody() {
    let (verdict, _, outage) = answer("nothing-written", account([lax(0)]));
    assert_eq!(verdict, "no_change", "{outage:#}");
    let late = LAST - 20 * MINUTE;
    let mut records = account([lax(0), strict(late)]);
    records.push(request(ORDERS, LAST + 5, 200));
    let (verdict, _, outage) = answer("written-later", records);
    assert_eq!(verdict, "no_change", "{outage:#}");
}
