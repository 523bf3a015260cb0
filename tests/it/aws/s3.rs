//! Trail buckets: the same answer as from the files, and only what the window needs.

use super::{
    lookup::{day, differences, incidents, run},
    stand_in::objects::{BUCKET, Objects},
    stand_in::server::{Manners, Server},
    stand_in::state::State,
};
use crate::program::{Run, file, folder, trailblame};

fn state(prefix: &str) -> State {
    State {
        objects: Objects::sample(prefix),
        ..State::default()
    }
}

/// The same analysis from the same files in a folder.
fn from_folder(state: &State, name: &str) -> Run {
    let folder = folder(name);
    for (key, bytes) in &state.objects.0 {
        file(&folder, key, bytes);
    }
    let (since, until) = day();
    let path = folder.to_str().expect("UTF-8");
    trailblame(&[
        "investigate",
        path,
        "--since",
        &since,
        "--until",
        &until,
        "--history",
        "30d",
        "--format",
        "json",
    ])
}

fn listed(server: &Server) -> Vec<String> {
    server
        .asked()
        .into_iter()
        .filter(|asked| asked.target.contains("list-type"))
        .map(|asked| asked.target)
        .collect()
}

#[test]
fn a_bucket_gives_the_same_answer_as_its_files() {
    let state = state("logs/");
    let files = from_folder(&state, "s3-files");
    let manners = Manners {
        fails: 7,
        cuts: 11,
        ..Manners::default()
    };
    let server = Server::start(state, manners);
    let address = format!("s3://{BUCKET}/logs/");
    let arguments = [&address, "--history", "30d", "--format", "json"];
    let asked = run(&server, &arguments);
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    assert_eq!(differences(&incidents(&asked), &incidents(&files)), "");
    assert!(
        incidents(&asked)
            .as_array()
            .is_some_and(|all| all.len() >= 5)
    );
    assert_eq!(server.answers("LookupEvents"), 0);
}

#[test]
fn only_the_days_that_the_window_needs_are_listed() {
    let mut state = state("");
    let siblings: Vec<(String, Vec<u8>)> = state
        .objects
        .0
        .iter()
        .flat_map(|(key, bytes)| {
            let sibling = |service: &str| key.replace("/CloudTrail/", &format!("/{service}/"));
            let elsewhere = key.replace("eu-west-1/", "ap-south-1/");
            [
                sibling("CloudTrail-Digest"),
                sibling("CloudTrail-Insight"),
                elsewhere,
            ]
            .map(|key| (key, bytes.clone()))
        })
        .collect();
    state.objects.0.extend(siblings);
    let server = Server::start(state, Manners::default());
    let address = format!("s3://{BUCKET}");
    let asked = run(&server, &[&address, "--history", "1d", "--format", "json"]);
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    let listed = listed(&server);
    for unwanted in ["Digest", "Insight", "ap-south-1%2F2"] {
        let found = listed.iter().find(|target| target.contains(unwanted));
        assert_eq!(found, None);
    }
    // The sample's day, the day before and the day after, in two Regions.
    let days: std::collections::BTreeSet<&String> = listed
        .iter()
        .filter(|target| target.matches("%2F").count() == 7)
        .collect();
    assert!((2..=6).contains(&days.len()), "{days:#?}");
}

#[test]
fn an_organisations_trail_is_found_too() {
    let mut state = state("");
    let objects = std::mem::take(&mut state.objects.0);
    let moved = objects.into_iter();
    state.objects.0 = moved
        .map(|(key, bytes)| (key.replace("AWSLogs/", "AWSLogs/o-example/"), bytes))
        .collect();
    let server = Server::start(state, Manners::default());
    let address = format!("s3://{BUCKET}/AWSLogs/");
    let asked = run(&server, &[&address, "--format", "json"]);
    assert_eq!(asked.status, Some(0), "{}", asked.stderr);
    assert!(
        incidents(&asked)
            .as_array()
            .is_some_and(|all| all.len() >= 5)
    );
}

#[test]
fn a_bucket_that_is_not_there_or_denied_is_told() {
    let server = Server::start(state(""), Manners::default());
    let missing = run(&server, &["s3://no-such"]);
    assert_eq!(missing.status, Some(1), "{}", missing.stderr);
    assert!(
        missing.stderr.contains("NoSuchBucket"),
        "{}",
        missing.stderr
    );
    let manners = Manners {
        denies: Some("GET"),
        ..Manners::default()
    };
    let denied = Server::start(state(""), manners);
    let denied = run(&denied, &[&format!("s3://{BUCKET}")]);
    assert_eq!(denied.status, Some(1), "{}", denied.stderr);
    assert!(
        denied.stderr.contains("allow `s3:ListBucket`"),
        "{}",
        denied.stderr
    );
}
