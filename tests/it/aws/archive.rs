//! `pull` and the archive: nothing is asked twice, and a pull that was killed is only run again.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    lookup::{CREDENTIALS, day, differences, incidents, run},
    stand_in::logs::Groups,
    stand_in::objects::{BUCKET, Objects},
    stand_in::server::{Manners, Server},
    stand_in::state::State,
};
use crate::program::{Run, folder, trailblame, with_environment};

const FAST: [&str; 2] = ["--max-rps", "1000"];

fn arguments(server: &Server, archive: &Path) -> Vec<String> {
    let (since, until) = day();
    let archive = archive.to_str().expect("UTF-8");
    [
        "--region",
        "eu-west-1",
        "--endpoint-url",
        server.url(),
        "--max-rps",
        "1000",
        "--since",
        &since,
        "--until",
        &until,
        "--archive-dir",
        archive,
    ]
    .map(str::to_owned)
    .to_vec()
}

/// A history that begins at a fixed time: CloudTrail's own 90 days begin five minutes later with
/// every five minutes, and with them the files of an archive.
const FIXED: [&str; 2] = ["--history", "30d"];

fn pull(server: &Server, archive: &Path) -> Run {
    pull_with(server, archive, &[])
}

fn pull_with(server: &Server, archive: &Path, more: &[&str]) -> Run {
    let arguments = arguments(server, archive);
    let mut all = vec!["pull", "--fail-on-incomplete"];
    all.extend(more);
    all.extend(arguments.iter().map(String::as_str));
    with_environment(&all, &CREDENTIALS)
}

/// Every file of the archive and what it holds; the lock holds nothing.
fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).expect("a file");
                let name = path.strip_prefix(root).expect("below the root");
                files.insert(name.to_owned(), bytes);
            }
        }
    }
    files
}

/// The history before the window lies in the same section as the window; and what two sources kept
/// of one trail is counted once.
#[test]
fn files_of_a_bucket_and_a_trails_log_group_answer_alone_too() {
    let mut state = State::sample();
    state.objects = Objects::sample("");
    state.groups = Groups::sample(&state);
    let server = Server::start(state, Manners::default());
    let bucket = format!("s3://{BUCKET}");
    let group = "arn:aws:logs:eu-west-1:111122223333:log-group:trail";
    let both = folder("pulled-both").join("archive");
    for (name, source) in [
        ("bucket", &[&*bucket][..]),
        ("group", &["--log-group", group]),
    ] {
        let live = run(&server, &[source, &["--format", "json"], &FAST].concat());
        let archive = folder(&format!("pulled-{name}")).join("archive");
        for archive in [&archive, &both] {
            let arguments = arguments(&server, archive);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let pulled = [&["pull"], &arguments[..], source].concat();
            let pulled = with_environment(&pulled, &CREDENTIALS);
            assert_eq!(pulled.status, Some(0), "{}", pulled.stderr);
            let alone = alone(archive);
            let difference = differences(&incidents(&alone), &incidents(&live));
            assert_eq!(difference, "", "{name}, {}", archive.display());
        }
    }
}

/// What the archive answers without AWS.
fn alone(archive: &Path) -> Run {
    let path = archive.to_str().expect("UTF-8");
    let (since, until) = day();
    let bounds = ["--archive-dir", path, "--since", &since, "--until", &until];
    let alone = trailblame(
        &[
            &["investigate", "--archive", "--format", "json"],
            &bounds[..],
        ]
        .concat(),
    );
    assert_eq!(alone.status, Some(0), "{}", alone.stderr);
    alone
}

#[test]
fn what_was_pulled_is_not_asked_again_and_answers_alone() {
    let server = Server::start(State::sample(), Manners::default());
    let archive = folder("pulled").join("archive");
    let first = pull(&server, &archive);
    assert_eq!(first.status, Some(0), "{}", first.stderr);
    let asked = server.answers("LookupEvents");
    assert!(asked > 100);
    let second = pull(&server, &archive);
    assert_eq!(second.status, Some(0), "{}", second.stderr);
    assert_eq!(server.answers("LookupEvents"), asked);

    let live = run(&server, &["--max-rps", "1000", "--format", "json"]);
    let before = server.answers("LookupEvents");
    let path = archive.to_str().expect("UTF-8");
    let fast = ["--max-rps", "1000", "--format", "json"];
    let half = run(&server, &[&["--archive-dir", path], &fast[..]].concat());
    assert_eq!(server.answers("LookupEvents"), before);
    let (since, until) = day();
    let alone = trailblame(&[
        "investigate",
        "--archive",
        "--archive-dir",
        path,
        "--since",
        &since,
        "--until",
        &until,
        "--format",
        "json",
    ]);
    assert_eq!(alone.status, Some(0), "{}", alone.stderr);
    assert_eq!(differences(&incidents(&half), &incidents(&live)), "");
    assert_eq!(differences(&incidents(&alone), &incidents(&live)), "");
    let status = trailblame(&["archive", "status", "--archive-dir", path]);
    assert!(
        status.stdout.contains("cloudtrail-requests"),
        "{}",
        status.stdout
    );
    let old = [
        "archive",
        "prune",
        "--archive-dir",
        path,
        "--older-than",
        "1d",
    ];
    let pruned = trailblame(&old);
    assert_eq!(pruned.status, Some(0), "{}", pruned.stderr);
    assert!(!pruned.stdout.starts_with("0 files"), "{}", pruned.stdout);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&archive).expect("the archive").permissions();
        assert_eq!(mode.mode() & 0o777, 0o700);
    }
}

#[test]
fn a_pull_killed_anywhere_is_only_run_again() {
    let manners = Manners {
        latency: Duration::from_millis(2),
        ..Manners::default()
    };
    let server = Server::start(State::sample(), manners);
    let whole = folder("whole").join("archive");
    let first = pull_with(&server, &whole, &FIXED);
    assert_eq!(first.status, Some(0), "{}", first.stderr);
    let mut dice = ChaCha8Rng::seed_from_u64(20_260_302);
    let killed = folder("killed").join("archive");
    for _ in 0..10 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_trailblame"))
            .arg("pull")
            .args(FIXED)
            .args(arguments(&server, &killed))
            .envs(CREDENTIALS)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        thread::sleep(Duration::from_millis(dice.random_range(20..1500)));
        // It may have ended by itself.
        let _ = child.kill();
        child.wait().expect("the program ends");
    }
    let last = pull_with(&server, &killed, &FIXED);
    assert_eq!(last.status, Some(0), "{}", last.stderr);
    let (whole, killed) = (files(&whole), files(&killed));
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&killed), names(&whole));
    let differ: Vec<_> = whole
        .iter()
        .filter(|(name, bytes)| killed.get(*name) != Some(bytes))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(differ, Vec::<&PathBuf>::new());
}

#[test]
fn two_pulls_at_once_wait_for_each_other() {
    let server = Server::start(State::sample(), Manners::default());
    let archive = folder("twice").join("archive");
    thread::scope(|scope| {
        let runs = [(); 2].map(|()| scope.spawn(|| pull(&server, &archive)));
        for run in runs {
            let run = run.join().expect("a run");
            assert_eq!(run.status, Some(0), "{}", run.stderr);
        }
    });
    let asked = server.answers("LookupEvents");
    let again = pull(&server, &archive);
    assert_eq!(again.status, Some(0), "{}", again.stderr);
    assert_eq!(server.answers("LookupEvents"), asked);
}

#[test]
fn no_archive_is_told() {
    let empty = folder("no-archive");
    let path = empty.to_str().expect("UTF-8");
    let run = trailblame(&["investigate", "--archive", "--archive-dir", path]);
    assert_eq!(run.status, Some(2), "{}", run.stderr);
    assert!(
        run.stderr.contains("hint: `trailblame pull`"),
        "{}",
        run.stderr
    );
    let run = trailblame(&["pull", "sample-logs"]);
    assert_eq!(run.status, Some(2), "{}", run.stderr);
}

#[test]
fn a_pull_whose_credentials_expire_goes_on_next_time() {
    let archive = folder("expired").join("archive");
    let manners = Manners {
        expires_after: Some(200),
        ..Manners::default()
    };
    let expired = Server::start(State::sample(), manners);
    let first = pull_with(&expired, &archive, &FIXED);
    assert_eq!(first.status, Some(4), "{}", first.stderr);
    assert!(
        first.stderr.contains("renew its credentials"),
        "{}",
        first.stderr
    );
    let server = Server::start(State::sample(), Manners::default());
    let second = pull_with(&server, &archive, &FIXED);
    assert_eq!(second.status, Some(0), "{}", second.stderr);
    let fresh = Server::start(State::sample(), Manners::default());
    let whole = folder("expired-whole").join("archive");
    let pulled = pull_with(&fresh, &whole, &FIXED);
    assert_eq!(pulled.status, Some(0), "{}", pulled.stderr);
    assert!(server.answers("LookupEvents") < fresh.answers("LookupEvents"));
    assert_eq!(files(&archive), files(&whole));
}

#[cfg(unix)]
#[test]
fn an_interrupted_pull_ends_with_130() {
    let manners = Manners {
        latency: Duration::from_millis(50),
        ..Manners::default()
    };
    let server = Server::start(State::sample(), manners);
    let archive = folder("interrupted").join("archive");
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailblame"))
        .arg("pull")
        .args(arguments(&server, &archive))
        .envs(CREDENTIALS)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    thread::sleep(Duration::from_millis(700));
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.is_ok_and(|sent| sent.success()));
    let status = child.wait().expect("the program ends");
    assert_eq!(status.code(), Some(130));
}

#[test]
fn what_is_saved_is_not_asked_again() {
    let server = Server::start(State::sample(), Manners::default());
    let archive = folder("saved").join("archive");
    let path = archive.to_str().expect("UTF-8");
    let fast = [
        "--max-rps",
        "1000",
        "--format",
        "json",
        "--archive-dir",
        path,
    ];
    let saved = run(&server, &[&["--save"], &fast[..]].concat());
    assert_eq!(saved.status, Some(0), "{}", saved.stderr);
    let asked = server.answers("LookupEvents");
    let again = run(&server, &fast);
    assert_eq!(server.answers("LookupEvents"), asked);
    assert_eq!(differences(&incidents(&saved), &incidents(&again)), "");
}
