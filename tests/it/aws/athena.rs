//! Athena: its queries, run by DuckDB, give the same answer as the files.

use serde_json::{Value, json};

use super::{
    lookup::{CREDENTIALS, day, differences, incidents, run},
    stand_in::athena::Athena,
    stand_in::server::{Manners, Server},
    stand_in::state::State,
};
use crate::{
    emulator::python,
    program::{Run, file, folder, trailblame, with_environment},
};

const TABLE: [&str; 4] = ["--athena", "logs.cloudtrail_logs", "--max-rps", "1000"];

const MASK: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Records that a query may read in another way than the reader of files.
fn odd() -> Vec<Value> {
    let record = |number: usize, name: &str, kind: Value, read_only: Value, status: Value| {
        json!({
            "eventVersion": "1.11",
            "eventTime": format!("2026-03-02T10:00:{number:02}Z"),
            "eventSource": "cognito-idp.amazonaws.com",
            "eventName": name,
            "eventType": kind,
            "awsRegion": "eu-west-1",
            "recipientAccountId": "111122223333",
            "eventID": format!("odd-{number}"),
            "requestID": format!("odd-request-{number}"),
            "readOnly": read_only,
            "errorCode": "",
            "requestParameters": {"clientId": "0odd000000000000000example", "authFlow": "USER_SRP_AUTH"},
            "additionalEventData": {
                "clientId": "0odd000000000000000example",
                "userPoolId": "eu-west-1_ShopEXAMPLE",
                "requestParameters": {"grant_type": ["refresh_token"]},
                "responseParameters": {"status": status},
            },
        })
    };
    let form = |number: usize, form: Value| {
        let event = json!("AwsServiceEvent");
        let mut record = record(number, "Token_POST", event, json!(false), json!(200));
        record["additionalEventData"]["requestParameters"] = form;
        record
    };
    let event = json!("AwsServiceEvent");
    let call = json!("AwsApiCall");
    vec![
        record(1, "Error_GET", event.clone(), json!(true), json!(400)),
        record(2, "Token_POST", event.clone(), json!(true), json!(400)),
        record(3, "Token_POST", Value::Null, json!(false), json!(200)),
        record(4, "InitiateAuth", call.clone(), json!(true), Value::Null),
        record(5, "Token_POST", event.clone(), json!(false), json!("200")),
        record(6, "Token_POST", event.clone(), json!(false), json!(400.0)),
        record(7, "Login_GET", event, Value::Null, json!(302)),
        record(8, "UpdateUserPoolClient", call, Value::Null, Value::Null),
        form(
            9,
            json!({"grant_type": ["client_credentials"], "scope": ["b  a "]}),
        ),
        form(
            10,
            json!({"grant_type": ["client_credentials"], "client_id": [MASK]}),
        ),
        form(
            11,
            json!({"grant_type": ["client_credentials"], "client_id": [""]}),
        ),
        record(
            12,
            "Token_POST",
            json!("AwsServiceEvent"),
            json!(false),
            json!([400]),
        ),
    ]
}

/// The sample's records, and a Python that runs queries; `None` where there is none.
fn sample(name: &str) -> Option<State> {
    let python = python(&["duckdb==2.0.0", "sqlglot==30.30.0"])?;
    let mut state = State::of([State::records(), odd()].concat());
    let records = file(&folder(name), "trail.json", state.file());
    state.athena = Athena {
        python,
        records: records.into(),
        scanned: 1_000,
        ..Athena::default()
    };
    Some(state)
}

#[test]
fn a_table_gives_the_same_answer_as_its_files() {
    let Some(state) = sample("athena") else {
        return;
    };
    let (since, until) = day();
    let records = state.athena.records.to_str().expect("UTF-8").to_owned();
    let bounds = ["--since", &since, "--until", &until, "--history", "30d"];
    let files = [&["investigate", &records, "--format", "json"], &bounds[..]].concat();
    let files = trailblame(&files);
    let manners = Manners {
        fails: 5,
        cuts: 7,
        ..Manners::default()
    };
    let server = Server::start(state, manners);
    let more = ["--history", "30d", "--format", "json"];
    let asked = run(&server, &[&TABLE, &more[..]].concat());
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    assert_eq!(
        differences(&without_callers(&asked), &without_callers(&files)),
        ""
    );
    assert!(
        incidents(&asked)
            .as_array()
            .is_some_and(|all| all.len() >= 5)
    );
    assert!(asked.stderr.contains("bytes scanned"), "{}", asked.stderr);
    assert_eq!(count(&asked), count(&files));
}

/// A table counts successes without their callers, so that nobody knows who of those that fail
/// succeeded before.
fn without_callers(run: &Run) -> Value {
    let mut incidents = incidents(run);
    for incident in incidents.as_array_mut().expect("incidents") {
        incident
            .as_object_mut()
            .expect("an incident")
            .remove("known_callers");
    }
    incidents
}

fn count(run: &Run) -> Value {
    let answer: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let inputs = &answer["inputs"];
    json!([inputs["requests"], inputs["changes"]])
}

#[test]
fn a_minute_that_the_window_cuts_is_counted_to_the_second() {
    let Some(state) = sample("athena-cut") else {
        return;
    };
    let records = state.athena.records.to_str().expect("UTF-8").to_owned();
    let [since, until] =
        ["T11:03:29Z", "T14:30:31Z"].map(|clock| day().0.replace("T00:00:00Z", clock));
    let bounds = ["--since", &since, "--until", &until, "--format", "json"];
    let files = [&["investigate", &records, "--history", "7d"], &bounds[..]].concat();
    let files = trailblame(&files);
    let server = Server::start(state, Manners::default());
    let place = ["--region", "eu-west-1", "--endpoint-url", server.url()];
    let asked = [&["investigate"], &TABLE[..], &place, &bounds].concat();
    let asked = with_environment(&asked, &CREDENTIALS);
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    assert_eq!(count(&asked)[0], count(&files)[0]);
    assert_eq!(
        differences(&without_callers(&asked), &without_callers(&files)),
        ""
    );
}

#[test]
fn a_query_that_scans_too_much_is_stopped() {
    let Some(mut state) = sample("athena-dear") else {
        return;
    };
    state.athena.scanned = 2_000_000_000;
    let server = Server::start(state, Manners::default());
    let asked = run(&server, &[&TABLE, &["--max-scan", "1GB"][..]].concat());
    assert_eq!(asked.status, Some(1), "{}", asked.stderr);
    assert!(
        asked
            .stderr
            .contains("more than `--max-scan` 1000000000 bytes"),
        "{}",
        asked.stderr
    );
    assert_eq!(server.answers("StopQueryExecution"), 1);
    assert_eq!(server.answers("GetQueryResults"), 0);
}

/// What neither query may count still tells that the trail was on.
#[test]
fn a_silence_is_no_gap_in_the_log() {
    let Some(python) = python(&["duckdb==2.0.0", "sqlglot==30.30.0"]) else {
        return;
    };
    let time = |minute: i64| {
        let start: chrono::DateTime<chrono::Utc> = "2026-03-02T00:00:00Z".parse().expect("a time");
        let time = start + chrono::TimeDelta::minutes(minute);
        time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    };
    let token = |minute: i64| {
        json!({
            "eventVersion": "1.11", "eventTime": time(minute), "eventType": "AwsServiceEvent",
            "eventSource": "cognito-idp.amazonaws.com", "eventName": "Token_POST",
            "awsRegion": "eu-west-1", "recipientAccountId": "111122223333", "readOnly": false,
            "eventID": format!("token-{minute}"), "requestID": format!("request-{minute}"),
            "additionalEventData": {
                "clientId": "4billing0m2m0000000example", "userPoolId": "eu-west-1_ShopEXAMPLE",
                "requestParameters": {"grant_type": ["client_credentials"]},
                "responseParameters": {"status": 200},
            },
        })
    };
    let other = |minute: i64| {
        json!({
            "eventVersion": "1.11", "eventTime": time(minute), "eventType": "AwsApiCall",
            "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "readOnly": true,
            "awsRegion": "eu-west-1", "recipientAccountId": "111122223333",
            "eventID": format!("role-{minute}"),
        })
    };
    // The day before tells that the requests are no batch.
    let records = (-1_440..720).map(token).chain((-1_440..1_430).map(other));
    let mut state = State::of(records.collect());
    let path = file(&folder("athena-silence"), "trail.json", state.file());
    state.athena = Athena {
        python,
        records: path.clone().into(),
        scanned: 1_000,
        ..Athena::default()
    };
    let (since, until) = day();
    let files = ["investigate", &path, "--since", &since, "--until", &until];
    let files = trailblame(&[&files[..], &["--format", "json"]].concat());
    let server = Server::start(state, Manners::default());
    let asked = run(&server, &[&TABLE, &["--format", "json"][..]].concat());
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    assert_eq!(
        differences(&without_callers(&asked), &without_callers(&files)),
        ""
    );
    assert_eq!(incidents(&asked)[0]["kind"], "absence");
}

#[test]
fn accepted_attempts_alone_are_not_told() {
    let Some(mut state) = sample("athena-half") else {
        return;
    };
    state.athena.dear_from = Some(1);
    let server = Server::start(state, Manners::default());
    let asked = run(&server, &[&TABLE, &["--max-scan", "1GB"][..]].concat());
    assert_eq!(asked.status, Some(1), "{}", asked.stderr);
    assert_eq!(server.answers("GetQueryResults"), 0);
}
