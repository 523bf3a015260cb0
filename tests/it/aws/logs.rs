//! CloudWatch Logs: the same answer as from saved files, however the server behaves.

use super::{
    lookup::{day, differences, incidents, run},
    stand_in::logs::{Groups, chatter},
    stand_in::server::{Manners, Server},
    stand_in::state::State,
};
use crate::program::{Run, file, folder, trailblame};

const APPLICATIONS: [&str; 3] = ["billing", "reports", "webshop"];

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

#[test]
fn the_log_group_of_a_trail_gives_the_same_answer_as_its_files() {
    let state = sample();
    let history = ["--history", "1d"];
    let files = from_files(&state, "logs-trail", &[], &history);
    let server = Server::start(state, Manners::default());
    let arn = "arn:aws:logs:eu-west-1:111122223333:log-group:trail:*";
    let asked = run(
        &server,
        &[&["--log-group", arn], &FAST[..], &history].concat(),
    );
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    assert_eq!(differences(&incidents(&asked), &incidents(&files)), "");
    assert_eq!(server.answers("LookupEvents"), 0);
    let table = run(&server, &["--log-group", arn, "--max-rps", "1000"]);
    let told = table
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        told.contains("a change made earlier was not looked for"),
        "{told}"
    );
}

#[test]
fn a_group_of_infrequent_access_is_asked_by_insights() {
    let mut state = sample();
    let lines = state.groups.events.get_mut("billing").expect("a group");
    lines.extend(chatter(23_000));
    lines.sort_by_key(|event| event.time);
    state.groups.infrequent.push("billing".to_owned());
    state.page = 1000;
    let files = from_files(&state, "logs-infrequent", &["billing"], &[]);
    let server = Server::start(state, Manners::default());
    let billing = ["--cloudtrail", "--log-group", "billing"];
    let asked = run(&server, &[&billing, &FAST[..]].concat());
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    assert_eq!(differences(&incidents(&asked), &incidents(&files)), "");
    assert!(server.answers("StartQuery") > 3);
    assert!(asked.stderr.contains("bytes scanned"), "{}", asked.stderr);
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
