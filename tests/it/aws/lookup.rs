//! LookupEvents: the same answer as from files, however the server behaves.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::{
    stand_in::server::{Manners, Server},
    stand_in::state::{State, moved},
};
use crate::program::{Run, file, folder, with_environment};

pub(super) const CREDENTIALS: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "EXAMPLE"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("AWS_CONFIG_FILE", "/dev/null"),
];

/// The sample's day, where it was moved to.
pub(super) fn day() -> (String, String) {
    let start: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().expect("a time");
    let text = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    (
        text(start + moved()),
        text(start + moved() + TimeDelta::days(1)),
    )
}

pub(super) fn run(server: &Server, arguments: &[&str]) -> Run {
    let (since, until) = day();
    let mut all = vec![
        "investigate",
        "--region",
        "eu-west-1",
        "--endpoint-url",
        server.url(),
    ];
    all.extend(["--since", &since, "--until", &until]);
    all.extend(arguments);
    with_environment(&all, &CREDENTIALS)
}

/// The outages of an answer, without what only tells how it was read.
pub(super) fn incidents(run: &Run) -> Value {
    let answer: Value = serde_json::from_str(&run.stdout).expect("JSON on stdout");
    let mut incidents = answer["incidents"].clone();
    for incident in incidents.as_array_mut().expect("incidents") {
        incident
            .as_object_mut()
            .expect("an incident")
            .remove("provisional");
    }
    incidents
}

/// Where two answers differ: the whole of them is too much to read.
pub(super) fn differences(left: &Value, right: &Value) -> String {
    fn walk(left: &Value, right: &Value, path: &str, found: &mut String) {
        match (left, right) {
            (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
                for (name, value) in a {
                    let other = b.get(name).unwrap_or(&Value::Null);
                    walk(value, other, &format!("{path}/{name}"), found);
                }
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                for (at, (value, other)) in a.iter().zip(b).enumerate() {
                    walk(value, other, &format!("{path}/{at}"), found);
                }
            }
            _ if left == right => {}
            _ => {
                let short = |value: &Value| value.to_string().chars().take(300).collect::<String>();
                found.push_str(&format!("{path}: {} | {}\n", short(left), short(right)));
            }
        }
    }
    let mut found = String::new();
    walk(left, right, "", &mut found);
    found
}

#[test]
fn a_server_that_misbehaves_gives_the_same_answer_as_files() {
    let state = State {
        page: 17,
        repeats: 3,
        ..State::sample()
    };
    let trail = file(&folder("lookup"), "trail.json", state.file());
    let (since, until) = day();
    let from_file = crate::program::trailblame(&[
        "investigate",
        &trail,
        "--since",
        &since,
        "--until",
        &until,
        "--format",
        "json",
    ]);
    let manners = Manners {
        fails: 13,
        cuts: 17,
        ..Manners::default()
    };
    let server = Server::start(state, manners);
    let asked = run(&server, &["--max-rps", "1000", "--format", "json"]);
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    assert_eq!(differences(&incidents(&asked), &incidents(&from_file)), "");
    assert!(
        incidents(&asked)
            .as_array()
            .is_some_and(|all| all.len() >= 5)
    );
    assert!(
        server
            .asked()
            .iter()
            .any(|asked| asked.region == "us-east-1")
    );
}

#[test]
fn a_throttled_run_slows_down_and_loses_nothing() {
    let mut state = State::sample();
    state.page = 1000;
    let calm = Server::start(state.clone(), Manners::default());
    let busy = Manners {
        quota: Some(40.0),
        ..Manners::default()
    };
    let busy = Server::start(state, busy);
    let fast = ["--max-rps", "100", "--format", "json"];
    let (calm_run, busy_run) = (run(&calm, &fast), run(&busy, &fast));
    assert_eq!(busy_run.status, Some(0), "{}", busy_run.stderr);
    assert_eq!(
        differences(&incidents(&busy_run), &incidents(&calm_run)),
        ""
    );
    let throttled = busy.asked().iter().filter(|asked| asked.throttled).count();
    assert!(throttled > 0);
    assert_eq!(busy.answers("LookupEvents"), calm.answers("LookupEvents"));
}

#[test]
fn changes_of_other_services_are_looked_up_around_incidents_and_the_coverage_says_at_what_cost() {
    let server = Server::start(State::sample(), Manners::default());
    let asked = run(&server, &["--max-rps", "1000", "--format", "json"]);
    let answer: Value = serde_json::from_str(&asked.stdout).expect("JSON on stdout");
    let coverage = answer["coverage"].as_array().expect("coverage");
    let near = coverage.iter().filter(|row| row["source"] == "changes");
    let near: Vec<&Value> = near.collect();
    let places: Vec<&Value> = near.iter().map(|row| &row["region"]).collect();
    assert_eq!(places, ["eu-west-1", "us-east-1"]);
    let onsets = answer["incidents"].as_array().expect("incidents");
    let onset = onsets.iter().filter_map(|one| one["onset"].as_str()).min();
    let onset: DateTime<Utc> = onset.expect("an incident").parse().expect("a time");
    for row in near {
        assert_eq!(row["status"], "complete", "{row}");
        let from: DateTime<Utc> = row["from"]
            .as_str()
            .expect("a text")
            .parse()
            .expect("a time");
        // Whole blocks of the archive.
        let before = onset - from;
        assert!(
            before >= TimeDelta::hours(2) && before < TimeDelta::minutes(126),
            "{row}"
        );
        assert!(
            row["calls"].as_u64().is_some_and(|calls| calls > 10),
            "{row}"
        );
        assert!(row["seconds"].is_u64(), "{row}");
    }
    let told = coverage.iter().filter_map(|row| row["calls"].as_u64());
    assert!(told.sum::<u64>() <= server.answers("LookupEvents") as u64);
}

#[test]
fn a_denied_call_names_the_missing_action() {
    let manners = Manners {
        denies: Some("LookupEvents"),
        ..Manners::default()
    };
    let server = Server::start(State::sample(), manners);
    let run = run(&server, &["--max-rps", "1000"]);
    assert_eq!(run.status, Some(1));
    assert!(
        run.stderr.contains("`cloudtrail:LookupEvents` is missing"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("hint: allow `cloudtrail:LookupEvents`"),
        "{}",
        run.stderr
    );
}

#[test]
fn credentials_that_expire_on_the_way_leave_what_was_got() {
    let manners = Manners {
        expires_after: Some(120),
        ..Manners::default()
    };
    let server = Server::start(State::sample(), manners);
    let arguments = ["--max-rps", "1000", "--fail-on-incomplete", "--full"];
    let run = run(&server, &arguments);
    assert_eq!(run.status, Some(4), "{}", run.stderr);
    assert!(
        run.stderr.contains("The security token expired"),
        "{}",
        run.stderr
    );
    assert!(
        run.stdout.contains("The security token expired"),
        "{}",
        run.stdout
    );
}

#[test]
fn time_used_up_stands_in_the_coverage() {
    let manners = Manners {
        latency: Duration::from_millis(20),
        ..Manners::default()
    };
    let state = State {
        page: 3,
        ..State::sample()
    };
    let server = Server::start(state, manners);
    let run = run(
        &server,
        &[
            "--max-rps",
            "30",
            "--max-lookup-time",
            "2s",
            "--format",
            "json",
        ],
    );
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let answer: Value = serde_json::from_str(&run.stdout).expect("JSON on stdout");
    let row = &answer["coverage"][0];
    assert!(run.stderr.contains("Token_POST events: "), "{}", run.stderr);
    assert_eq!(row["status"], "partial", "{row}");
    assert!(!row["gaps"].as_array().expect("gaps").is_empty());
    assert!(
        run.stderr
            .contains("stopped after 2 s, as `--max-lookup-time` asks"),
        "{}",
        run.stderr
    );
}

#[test]
fn settings_as_they_are_now_show_a_change_that_no_log_holds() {
    let mut state = State::sample();
    let id = "4billing0m2m0000000example";
    let client = serde_json::json!({
        "ClientId": id,
        "ClientName": "billing",
        "UserPoolId": "eu-west-1_ShopEXAMPLE",
        "AllowedOAuthFlows": ["implicit"],
        "LastModifiedDate": Utc::now().timestamp() as f64 - 3600.5,
    });
    state.clients.insert(id.to_owned(), client);
    let server = Server::start(state, Manners::default());
    let fast = ["--max-rps", "1000", "--format", "json"];
    let gaps = |run: &Run| {
        let answer: Value = serde_json::from_str(&run.stdout).expect("JSON on stdout");
        answer["gaps"].as_array().expect("gaps").clone()
    };
    let asked = run(&server, &fast);
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    let told = serde_json::json!(gaps(&asked)).to_string();
    assert!(
        told.contains("AllowedOAuthFlows"),
        "{told}\n{}",
        asked.stderr
    );
    let unasked = run(&server, &[&["--no-describe"], &fast[..]].concat());
    assert_eq!(gaps(&unasked), Vec::<Value>::new());
    let denied = Manners {
        denies: Some("DescribeUserPoolClient"),
        ..Manners::default()
    };
    let denied = run(&Server::start(State::sample(), denied), &fast);
    assert_eq!(denied.status, Some(0), "{}", denied.stderr);
    assert!(
        denied
            .stderr
            .contains("`cognito-idp:DescribeUserPoolClient` is missing")
    );
}

#[test]
fn a_clock_that_is_wrong_is_corrected_for() {
    let manners = Manners {
        ahead: TimeDelta::minutes(20),
        ..Manners::default()
    };
    let server = Server::start(State::sample(), manners);
    let fast = ["--max-rps", "1000", "--format", "json"];
    let asked = run(&server, &fast);
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    assert!(
        incidents(&asked)
            .as_array()
            .is_some_and(|all| all.len() >= 5)
    );
}

#[test]
fn several_accounts_and_regions_are_asked_side_by_side() {
    let server = Server::start(State::sample(), Manners::default());
    let roles = [
        "--role-arn",
        "arn:aws:iam::111122223333:role/Reader",
        "--role-arn",
        "arn:aws:iam::444455556666:role/Reader",
        "--external-id",
        "secret-handshake",
        "--region",
        "eu-central-1",
        "--max-rps",
        "1000",
        "--format",
        "json",
    ];
    let asked = run(&server, &roles);
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    let answer: Value = serde_json::from_str(&asked.stdout).expect("JSON on stdout");
    let places: Vec<String> = answer["coverage"]
        .as_array()
        .expect("coverage")
        .iter()
        .map(|row| format!("{} {}", row["account_id"], row["region"]).replace('"', ""))
        .collect();
    for account in ["111122223333", "444455556666"] {
        for region in ["eu-central-1", "eu-west-1"] {
            let place = format!("{account} {region}");
            assert!(places.contains(&place), "{place} is not in {places:?}");
        }
    }
    let denied = run(&server, &roles[..2]);
    assert_eq!(denied.status, Some(1), "{}", denied.stderr);
    assert!(denied.stderr.contains("AccessDenied"), "{}", denied.stderr);
}

#[test]
fn what_the_event_history_cannot_show_is_told() {
    let server = Server::start(State::sample(), Manners::default());
    let old = with_environment(
        &[
            "investigate",
            "--region",
            "eu-west-1",
            "--endpoint-url",
            server.url(),
            "--max-rps",
            "1000",
            "--since",
            "120d",
            "--full",
        ],
        &CREDENTIALS,
    );
    assert_eq!(old.status, Some(0), "{}", old.stderr);
    let told = old.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("keeps its event history for 90 days"),
        "{told}"
    );
    assert!(
        told.contains("whose names this version does not know"),
        "{told}"
    );
}

#[test]
fn changes_that_could_not_be_read_are_not_said_to_be_innocent() {
    let mut state = State::sample();
    // Attempts in a file; the changes would have to be looked up.
    state
        .records
        .retain(|record| record.name == "Token_POST" || record.name == "InitiateAuth");
    let folder = folder("unread-changes");
    let trail = file(&folder, "attempts.json", state.file());
    let manners = Manners {
        denies: Some("LookupEvents"),
        ..Manners::default()
    };
    let server = Server::start(State::default(), manners);
    let asked = [
        &trail,
        "--cloudtrail",
        "--max-rps",
        "1000",
        "--format",
        "json",
    ];
    let asked = run(&server, &asked);
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    let incidents = incidents(&asked);
    let incidents = incidents.as_array().expect("incidents");
    assert!(incidents.len() >= 5);
    for incident in incidents {
        assert_eq!(incident["verdict"], "undetermined", "{incident:#}");
    }
    assert!(asked.stdout.contains("Not all changes could be read"));
}
