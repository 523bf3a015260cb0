//! Trail buckets: the same answer as from the files, and only what the window needs.

use serde_json::{Value, json};

use super::{
    logs::APPLICATIONS,
    lookup::{CREDENTIALS, day, differences, incidents, run},
    stand_in::logs::Groups,
    stand_in::objects::{BUCKET, Objects},
    stand_in::server::{Manners, Server},
    stand_in::state::State,
};
use crate::program::{Run, file, folder, gzip, trailblame, with_environment};

fn state(prefix: &str) -> State {
    State {
        objects: Objects::sample(prefix),
        ..State::default()
    }
}

/// The same analysis from the same files in a folder.
fn from_folder(state: &State, name: &str) -> Run {
    let folder = folder(name);
    for (key, bytes) in &state.objects.held {
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

/// A trail's file and two digests, as they lie in a bucket.
fn digested() -> State {
    let texts = [
        include_str!("../../../src/record/digest/example/file.json"),
        include_str!("../../../src/record/digest/example/first.json"),
        include_str!("../../../src/record/digest/example/second.json"),
    ];
    let digests = texts.iter().skip(1).map(|text| {
        let digest: Value = serde_json::from_str(text).expect("a digest");
        digest["digestS3Object"].as_str().expect("a key").to_owned()
    });
    let first: Value = serde_json::from_str(texts[1]).expect("a digest");
    let file = first["logFiles"][0]["s3Object"].as_str().expect("a key");
    let keys = std::iter::once(file.to_owned()).chain(digests);
    let packed = texts.iter().map(|text| gzip(text.as_bytes()));
    State {
        objects: Objects {
            held: keys.zip(packed).collect(),
            encrypted: None,
        },
        ..State::default()
    }
}

#[test]
fn files_of_a_bucket_are_verified_by_the_digests_of_a_bucket() {
    let check = |state: State, status: i32, expected: &str| {
        let server = Server::start(state, Manners::default());
        let trail = format!("s3://{BUCKET}/AWSLogs/111122223333/CloudTrail/");
        let digests = format!("s3://{BUCKET}/AWSLogs/111122223333/CloudTrail-Digest/");
        let arguments = [
            "investigate",
            &trail,
            "--since",
            "2026-03-02T09:00:00Z",
            "--until",
            "2026-03-02T11:00:00Z",
            "--verify",
            &digests,
            "--verify-key",
            "src/record/digest/example/keys.json",
            "--region",
            "eu-west-1",
            "--endpoint-url",
            server.url(),
            "--fail-on-incomplete",
        ];
        let run = with_environment(&arguments, &CREDENTIALS);
        assert_eq!(run.status, Some(status), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    };
    let verified = "1 file with 1 record is as CloudTrail delivered it";
    check(digested(), 0, verified);
    let mut state = digested();
    state
        .objects
        .held
        .retain(|key, _| !key.contains("_CloudTrail_"));
    let other = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/other.json.gz";
    let none = gzip(b"{\"Records\":[]}");
    state.objects.held.insert(other.to_owned(), none);
    check(state, 4, "is listed in a digest and was not read");
}

#[test]
fn only_the_days_that_the_window_needs_are_listed() {
    let mut state = state("");
    let siblings: Vec<(String, Vec<u8>)> = state
        .objects
        .held
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
    state.objects.held.extend(siblings);
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
    let objects = std::mem::take(&mut state.objects.held);
    let moved = objects.into_iter();
    state.objects.held = moved
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

#[test]
fn a_key_that_may_not_be_used_is_told() {
    let mut state = state("");
    state.objects.encrypted = Some(String::new());
    let server = Server::start(state, Manners::default());
    let asked = run(&server, &[&format!("s3://{BUCKET}")]);
    assert_eq!(asked.status, Some(1), "{}", asked.stderr);
    assert!(
        asked.stderr.contains("allow `kms:Decrypt`"),
        "{}",
        asked.stderr
    );
}

#[test]
fn a_file_that_cannot_be_read_may_hold_the_cause() {
    let verdicts = |state: State| {
        let server = Server::start(state, Manners::default());
        let bucket = format!("s3://{BUCKET}");
        let mut arguments = vec![
            &*bucket,
            "--history",
            "30d",
            "--format",
            "json",
            "--max-rps",
            "1000",
        ];
        for group in APPLICATIONS {
            arguments.extend(["--log-group", group]);
        }
        let asked = run(&server, &arguments);
        assert_eq!(asked.status, Some(0), "{}", asked.stderr);
        let answer: Value = serde_json::from_str(&asked.stdout).expect("JSON");
        let verdicts: Vec<String> = answer["incidents"]
            .as_array()
            .expect("incidents")
            .iter()
            .map(|incident| incident["verdict"].as_str().expect("a verdict").to_owned())
            .collect();
        let missed: Vec<Value> = answer["coverage"]
            .as_array()
            .expect("coverage")
            .iter()
            .filter(|row| row["source"] == "changes")
            .map(|row| json!([row["account_id"], row["status"]]))
            .collect();
        (verdicts, missed)
    };
    let no_change = "no_change".to_owned();
    let state = || State {
        groups: Groups::sample(&State::default()),
        ..state("")
    };
    let (whole, missed) = verdicts(state());
    assert!(whole.contains(&no_change), "{whole:?}");
    assert_eq!(missed, Vec::<Value>::new());

    // A file of the day before; the reader is not in the account that the file is of.
    let mut broken = state();
    let yesterday = day().0.replace('-', "/");
    let keys = broken.objects.held.keys();
    let lost = keys.filter(|key| key.contains("eu-west-1") && !key.contains(&yesterday[..10]));
    broken.objects.encrypted = lost.max().cloned();
    assert!(broken.objects.encrypted.is_some());
    let (verdicts, missed) = verdicts(broken);
    assert_eq!(missed, [json!([null, "partial"])]);
    assert!(!verdicts.contains(&no_change), "{verdicts:?}");
    assert!(verdicts.contains(&"change".to_owned()), "{verdicts:?}");
}
