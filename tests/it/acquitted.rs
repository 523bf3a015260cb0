//! Changes that cannot have refused the requests that fail, near as they stand; and those that did,
//! though what stands beside them looks as guilty.

use serde_json::{Value, json};

use crate::{
    attribution::{CODE, MACHINE, MINUTE, ORDERS, record, request, write},
    program::{file, folder, investigate},
};

const POOL: &str = "eu-west-1_QuietEXAMPLE";
const STOCK: &str = "2stock000client00EXAMPLE";
const AT: i64 = 300 * MINUTE;
const HEALED: i64 = 340 * MINUTE;
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:check";

fn incidents(name: &str, records: Vec<Value>) -> Vec<Value> {
    let trail = json!({"Records": records}).to_string();
    let path = file(&folder(name), "trail.json", trail);
    let answer = investigate(&[&path]);
    answer["incidents"].as_array().expect("outages").clone()
}

/// The probability of the change with that event id.
fn probability(outage: &Value, change: &Value) -> f64 {
    let suspects = outage["suspects"].as_array().expect("suspects");
    let found = suspects
        .iter()
        .find(|suspect| suspect["event_id"] == change["eventID"]);
    found.map_or(0.0, |suspect| {
        suspect["probability"].as_f64().expect("a probability")
    })
}

/// A request a minute, all of which fail from [`AT`] on with a code.
fn failing(grant: &str, code: &str) -> Vec<Value> {
    let time = |number: i64| number * MINUTE + 20 + number % 7;
    let made = (1..420).map(|number| {
        let fails = time(number) >= AT;
        let mut record = request(ORDERS, time(number), if fails { 400 } else { 200 });
        record["additionalEventData"]["requestParameters"]["grant_type"] = json!([grant]);
        if fails {
            record["errorCode"] = json!(code);
        }
        record
    });
    made.collect()
}

/// A call to change something, with what it asks for.
fn call(second: i64, source: &str, name: &str, request: Value) -> Value {
    let more = json!({
        "eventType": "AwsApiCall",
        "eventSource": source,
        "readOnly": false,
        "userIdentity": {"type": "IAMUser", "userName": "dana", "accountId": "111122223333"},
        "requestParameters": request,
        "responseElements": {},
    });
    record(second, name, ORDERS, more)
}

/// A client whose refresh tokens live for `count` days or hours.
fn lifetime(second: i64, count: i64, unit: &str) -> Value {
    let mut write = write(ORDERS, second, CODE, true);
    let settings = json!({
        "refreshTokenValidity": count,
        "tokenValidityUnits": {"refreshToken": unit},
    });
    for part in ["requestParameters", "responseElements"] {
        let inner = match part {
            "responseElements" => &mut write[part]["userPoolClient"],
            _ => &mut write[part],
        };
        let members = inner.as_object_mut().expect("settings");
        members.extend(settings.as_object().expect("members").clone());
    }
    write
}

#[test]
fn a_lifetime_that_no_token_has_reached_refuses_none() {
    let chance = |name: &str, count: i64, unit: &str| {
        let change = lifetime(AT - 10, count, unit);
        let mut records = failing("refresh_token", "invalid_grant");
        records.extend([lifetime(0, 720, "hours"), change.clone()]);
        let outages = incidents(name, records);
        (probability(&outages[0], &change), outages[0].clone())
    };
    let (long, outage) = chance("lifetime-long", 696, "hours");
    assert!(long < 0.1, "{outage:#}");
    assert_ne!(outage["verdict"], "change");
    let (short, outage) = chance("lifetime-short", 1, "hours");
    assert!(short > 0.5, "{outage:#}");
}

#[test]
fn a_token_trigger_of_version_2_is_not_called_for_client_credentials() {
    let pool = |second: i64, trigger: Value| {
        let name = if second == 0 {
            "CreateUserPool"
        } else {
            "UpdateUserPool"
        };
        let settings = json!({"userPoolId": POOL, "poolName": "shop", "lambdaConfig": trigger});
        let mut call = call(second, "cognito-idp.amazonaws.com", name, settings.clone());
        call["responseElements"] = json!({"userPool": {"id": POOL, "lambdaConfig": trigger}});
        call
    };
    let chance = |version: &str| {
        let trigger = json!({"preTokenGenerationConfig": {
            "lambdaArn": FUNCTION, "lambdaVersion": version,
        }});
        let change = pool(AT - 10, trigger);
        let mut records = failing("client_credentials", "invalid_grant");
        records.extend([
            pool(0, json!({})),
            write(ORDERS, 0, MACHINE, true),
            change.clone(),
        ]);
        let outages = incidents(&format!("trigger-{version}"), records);
        (probability(&outages[0], &change), outages[0].clone())
    };
    let (second, outage) = chance("V2_0");
    assert!(second < 0.2, "{outage:#}");
    let (third, outage) = chance("V3_0");
    assert!(third > 0.5, "{outage:#}");
}

#[test]
fn a_permission_that_is_added_refuses_nothing() {
    let created = json!({"userPoolId": POOL, "poolName": "shop",
        "lambdaConfig": {"preAuthentication": FUNCTION}});
    let chance = |name: &str| {
        let asked = json!({"functionName": FUNCTION, "statementId": "gate",
            "principal": "apigateway.amazonaws.com", "action": "lambda:InvokeFunction"});
        let change = call(AT - 10, "lambda.amazonaws.com", name, asked);
        let mut records = failing("authorization_code", "UserLambdaValidationException");
        let created = call(
            0,
            "cognito-idp.amazonaws.com",
            "CreateUserPool",
            created.clone(),
        );
        records.extend([created, write(ORDERS, 0, CODE, true), change.clone()]);
        let outages = incidents(&format!("permission-{name}"), records);
        (probability(&outages[0], &change), outages[0].clone())
    };
    let (added, outage) = chance("AddPermission20150331v2");
    assert!(added < 0.1, "{outage:#}");
}

#[test]
fn two_people_who_each_break_an_app_client_are_two_incidents() {
    let busy = |client: &str, from: i64| -> Vec<Value> {
        let time = |number: i64| 180 * MINUTE + number * 10 + number % 3;
        let made = (0..1_400).map(|number| match time(number) >= from {
            true => request(client, time(number), 400),
            false => request(client, time(number), 200),
        });
        made.collect()
    };
    let by = |who: &str, mut write: Value| {
        write["userIdentity"]["userName"] = json!(who);
        write
    };
    let guilty = [
        by("alice", write(ORDERS, AT - 2, CODE, true)),
        by("bob", write(STOCK, AT + 28, CODE, true)),
    ];
    let mut records = [busy(ORDERS, AT), busy(STOCK, AT + 30)].concat();
    records.extend([
        write(ORDERS, 0, MACHINE, true),
        write(STOCK, 0, MACHINE, true),
    ]);
    records.extend(guilty.clone());
    let outages = incidents("two-people", records);
    let named: Vec<(&Value, &Value)> = outages
        .iter()
        .map(|outage| (&outage["client_ids"][0], &outage["suspects"][0]["event_id"]))
        .collect();
    let expected = [
        (&json!(ORDERS), &guilty[0]["eventID"]),
        (&json!(STOCK), &guilty[1]["eventID"]),
    ];
    assert_eq!(named, expected, "{outages:#?}");
}

/// A step of a sign-in by pages.
fn page(second: i64, name: &str, asked: Value, status: u16) -> Value {
    let event = json!({
        "clientId": ORDERS,
        "userPoolId": POOL,
        "requestParameters": asked,
        "responseParameters": {"status": status},
    });
    let more = json!({
        "eventType": "AwsServiceEvent",
        "additionalEventData": event,
        "sourceIPAddress": format!("192.0.2.{}", second / MINUTE % 200 + 1),
        "userAgent": "Mozilla/5.0",
    });
    record(second, name, ORDERS, more)
}

fn authorize(second: i64, scope: &str) -> Value {
    let asked = json!({"response_type": ["code"], "client_id": [ORDERS],
        "redirect_uri": [HOME], "scope": [scope]});
    page(second, "OAuth2_Authorize_GET", asked, 302)
}

const HOME: &str = "https://orders.example.com/callback";

fn exchange(second: i64) -> Value {
    let asked = json!({"grant_type": ["authorization_code"], "client_id": [ORDERS],
        "redirect_uri": [HOME]});
    page(second, "Token_POST", asked, 200)
}

#[test]
fn requests_that_ask_in_another_form_have_not_stopped() {
    let mut records = Vec::new();
    for number in 1..600 {
        let time = number * MINUTE + number % 11;
        match (AT..HEALED + 120 * MINUTE).contains(&time) {
            // The application asks for a scope that it may not have: no login follows.
            true => records.push(authorize(time, "openid email profile")),
            false => records.extend([authorize(time, "openid email"), exchange(time + 20)]),
        }
    }
    records.push(write(ORDERS, 0, CODE, true));
    let outages = incidents("another-scope", records);
    let [outage] = &outages[..] else {
        panic!("{outages:#?}");
    };
    assert_eq!(outage["verdict"], "no_change", "{outage:#}");
    let onset = outage["onset"].as_str().expect("a time");
    assert!(
        ("2026-03-02T04:58:00Z".."2026-03-02T05:03:00Z").contains(&onset),
        "{onset}"
    );
    let end = outage["end"].as_str().expect("an end");
    assert!(
        ("2026-03-02T07:39:00Z".."2026-03-02T07:45:00Z").contains(&end),
        "{end}"
    );
}

#[test]
fn error_pages_are_held_against_sign_ins_and_not_against_refreshes() {
    let listed = |second: i64, url: &str| {
        let mut write = write(ORDERS, second, CODE, true);
        write["requestParameters"]["callbackURLs"] = json!([url]);
        write["responseElements"]["userPoolClient"]["callbackURLs"] = json!([url]);
        write
    };
    let other = "https://orders.example.com/new";
    let changes = [
        listed(0, HOME),
        listed(200 * MINUTE, other),
        listed(230 * MINUTE, HOME),
        listed(AT, other),
    ];
    let mut records = changes.to_vec();
    for number in 1..420 {
        let time = number * MINUTE + number % 11 + 5;
        let refused = (200 * MINUTE..230 * MINUTE).contains(&time) || time >= AT;
        match refused {
            true => records.push(page(
                time,
                "Error_GET",
                json!({"error": ["redirect_mismatch"], "client_id": [ORDERS]}),
                200,
            )),
            false => records.extend([authorize(time, "openid"), exchange(time + 15)]),
        }
        if number % 6 == 0 {
            let asked = json!({"grant_type": ["refresh_token"], "client_id": [ORDERS]});
            records.push(page(time + 30, "Token_POST", asked, 200));
        }
    }
    let outages = incidents("error-pages", records);
    let named: Vec<&Value> = outages
        .iter()
        .filter(|outage| outage["verdict"] == "change")
        .map(|outage| &outage["suspects"][0]["event_id"])
        .collect();
    assert_eq!(
        named,
        [&changes[1]["eventID"], &changes[3]["eventID"]],
        "{outages:#?}"
    );
}

#[test]
fn sign_ins_that_begin_and_go_no_further_are_an_outage_though_few_come() {
    // An authorize request every five minutes; the page after it stays away from 05:00 on.
    let mut records = vec![write(ORDERS, 0, CODE, true)];
    for number in 1..120 {
        let time = number * 5 * MINUTE + number % 11;
        records.push(authorize(time, "openid"));
        if time < AT {
            let asked = json!({"client_id": [ORDERS]});
            records.push(page(time + 1, "Login_GET", asked, 200));
            records.push(exchange(time + 20));
        }
    }
    let outages = incidents("no-further", records.clone());
    let [outage] = &outages[..] else {
        panic!("{outages:#?}");
    };
    assert_eq!(outage["kind"], "absence", "{outage:#}");
    assert_ne!(outage["verdict"], "change", "{outage:#}");
    // Where nobody begins either, nothing is known to be refused.
    let until = |record: &Value| {
        let time = record["eventTime"].as_str().expect("a time");
        time < "2026-03-02T05:00:00Z"
    };
    let mut quiet: Vec<Value> = records.into_iter().filter(until).collect();
    quiet.push(request(STOCK, 600 * MINUTE, 200));
    assert_eq!(incidents("nobody-begins", quiet), Vec::<Value>::new());
}
