//! CloudWatch Logs: the same answer as from saved files, however the server behaves.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    lookup::{day, differences, incidents, run},
    stand_in::logs::{Groups, chatter, reads},
    stand_in::server::{Manners, Server},
    stand_in::state::State,
};
use crate::program::{Run, file, folder, trailblame};

pub(super) const APPLICATIONS: [&str; 3] = ["billing", "reports", "webshop"];

fn sample() -> State {
    let mut state = State::sample();
    state.groups = Groups::sample(&state);
    state
}

/// The same analysis from files: the trail and the log groups named.
fn from_files(state: &State, name: &str, groups: &[&str], more: &[&str]) -> Run {
    let folder = folder(name);
    let mut paths = vec![file(&folder, "trail.json", state.file())];
    for group in groups {
        paths.push(file(
            &folder,
            &format!("{group}.json"),
            state.groups.file(group),
        ));
    }
    let (since, until) = day();
    let mut all = vec!["investigate", "--since", &since, "--until", &until];
    all.extend(paths.iter().map(String::as_str));
    all.extend(["--format", "json"]);
    all.extend(more);
    trailblame(&all)
}

const FAST: [&str; 4] = ["--max-rps", "1000", "--format", "json"];

#[test]
fn log_groups_of_applications_give_the_same_answer_as_files() {
    let mut state = sample();
    state.page = 1000;
    let files = from_files(&state, "logs-files", &APPLICATIONS, &[]);
    let manners = Manners {
        fails: 11,
        cuts: 19,
        quota: Some(150.0),
        ..Manners::default()
    };
    let server = Server::start(state, manners);
    let mut arguments = vec!["--cloudtrail"];
    for group in APPLICATIONS {
        arguments.extend(["--log-group", group]);
    }
    arguments.extend(FAST);
    let asked = run(&server, &arguments);
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    assert_eq!(differences(&incidents(&asked), &incidents(&files)), "");
    assert!(
        incidents(&asked)
            .to_string()
            .contains("unauthorized_client")
    );
}

const TRAIL: &str = "arn:aws:logs:eu-west-1:111122223333:log-group:trail:*";

#[test]
fn the_log_group_of_a_trail_gives_the_same_answer_as_its_files() {
    let mut state = sample();
    let trail = state.groups.events.get_mut("trail").expect("a group");
    trail.extend(reads(60_000));
    trail.sort_by_key(|event| event.time);
    // Settings before the day are known from the changes of the days before.
    let files = from_files(&state, "logs-trail", &[], &["--history", "7d"]);
    let server = Server::start(state, Manners::default());
    let asked = run(&server, &[&["--log-group", TRAIL], &FAST[..]].concat());
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    assert_eq!(differences(&incidents(&asked), &incidents(&files)), "");
    assert_eq!(server.answers("LookupEvents"), 0);
    // The reads alone are 620 pages.
    let pages = server.answers("FilterLogEvents");
    assert!(pages < 400, "{pages} pages");
}

#[test]
fn the_log_group_of_a_trail_is_not_read_for_ever() {
    let server = Server::start(sample(), Manners::default());
    let table = run(
        &server,
        &["--log-group", TRAIL, "--max-rps", "1000", "--full"],
    );
    let told = table.stdout.split_whitespace();
    let told = told.collect::<Vec<_>>().join(" ");
    let (_, remarks) = told.split_once("Gaps and assumptions").expect("remarks");
    assert!(remarks.contains("was not looked for"), "{remarks}");
}

#[test]
fn a_group_named_by_arn_is_asked_in_its_own_region() {
    let server = Server::start(sample(), Manners::default());
    let arguments = ["--log-group", TRAIL, "--region", "eu-central-1"];
    let asked = run(&server, &[&arguments, &FAST[..]].concat());
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    let regions = server.asked().into_iter();
    let regions: BTreeSet<String> = regions
        .filter(|asked| asked.operation == "FilterLogEvents")
        .map(|asked| asked.region)
        .collect();
    assert_eq!(regions, ["eu-west-1".to_owned()].into());
}

#[test]
fn changes_are_found_in_a_group_of_infrequent_access_too() {
    let mut state = sample();
    state.groups.infrequent.push("trail".to_owned());
    let files = from_files(&state, "logs-infrequent-trail", &[], &["--history", "7d"]);
    let server = Server::start(state, Manners::default());
    let asked = run(&server, &[&["--log-group", TRAIL], &FAST[..]].concat());
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    assert_eq!(differences(&incidents(&asked), &incidents(&files)), "");
}

#[test]
fn no_query_is_paid_for_because_of_a_name() {
    let server = Server::start(sample(), Manners::default());
    let asked = run(
        &server,
        &["--log-group", "no such name", "--max-rps", "1000"],
    );
    assert_eq!(asked.status, Some(1), "{}", asked.stderr);
    assert_eq!(server.answers("StartQuery"), 0);
}

/// A log group of the Infrequent Access class.
fn infrequent() -> State {
    let mut state = sample();
    let lines = state.groups.events.get_mut("billing").expect("a group");
    lines.extend(chatter(23_000));
    lines.sort_by_key(|event| event.time);
    state.groups.infrequent.push("billing".to_owned());
    state.page = 1000;
    state
}

#[test]
fn a_group_of_infrequent_access_is_asked_by_insights() {
    let files = from_files(&infrequent(), "logs-infrequent", &["billing"], &[]);
    for longest_query in [None, Some(6 * 3600)] {
        let mut state = infrequent();
        state.groups.longest_query = longest_query;
        let server = Server::start(state, Manners::default());
        let billing = ["--cloudtrail", "--log-group", "billing"];
        let asked = run(&server, &[&billing, &FAST[..]].concat());
        assert_eq!(asked.status, Some(0), "{}", asked.stderr);
        assert_eq!(differences(&incidents(&asked), &incidents(&files)), "");
        assert!(server.answers("StartQuery") > 3);
        assert!(asked.stderr.contains("bytes scanned"), "{}", asked.stderr);
        let answer: Value = serde_json::from_str(&asked.stdout).expect("JSON");
        let rows = answer["coverage"].as_array().expect("coverage");
        let rows: Vec<Value> = rows
            .iter()
            .filter(|row| row["source"] == "application")
            .map(|row| json!([row["account_id"], row["region"], row["status"], row["gaps"]]))
            .collect();
        assert_eq!(rows, [json!(["111122223333", "eu-west-1", "complete", []])]);
    }
}

#[test]
fn a_group_that_is_not_there_or_denied_is_told() {
    let server = Server::start(sample(), Manners::default());
    let missing = run(&server, &["--log-group", "no-such", "--max-rps", "1000"]);
    assert_eq!(missing.status, Some(1), "{}", missing.stderr);
    assert!(
        missing.stderr.contains("no such log group"),
        "{}",
        missing.stderr
    );
    let manners = Manners {
        denies: Some("FilterLogEvents"),
        ..Manners::default()
    };
    let server = Server::start(sample(), manners);
    let denied = run(
        &server,
        &[
            "--cloudtrail",
            "--log-group",
            "billing",
            "--max-rps",
            "1000",
            "--full",
        ],
    );
    assert_eq!(denied.status, Some(0), "{}", denied.stderr);
    assert!(
        denied.stderr.contains("allow `logs:FilterLogEvents`"),
        "{}",
        denied.stderr
    );
    assert!(denied.stdout.contains("denied"), "{}", denied.stdout);
}
