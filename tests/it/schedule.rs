//! Runs that are repeated: each outage is told once, and again only when its story changes.

use std::{fs, path::PathBuf, thread, time::Duration};

use serde_json::{Value, json};

use crate::{
    attribution::{CODE, MACHINE, MINUTE, ORDERS, busy, write},
    hook::Hook,
    program::{Run, file, folder, with_environment},
};

/// Runs that share a state, and whom they tell.
struct Watch {
    folder: PathBuf,
    state: String,
    page: String,
    hook: Hook,
}

const BROKEN: i64 = 300 * MINUTE;
const HEALED: i64 = 500 * MINUTE;

impl Watch {
    fn new(name: &str, answers: &[(u16, Duration)]) -> Self {
        let folder = folder(name);
        let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
        Self {
            state: path("state.json"),
            page: path("page.html"),
            folder,
            hook: Hook::start(answers),
        }
    }

    /// A log of ten hours, of which requests fail from hour five on, read at that second.
    fn logs(&self, read_at: i64, with_change: bool) -> String {
        let mut records = vec![write(ORDERS, 0, MACHINE, true)];
        records.extend(busy(ORDERS, BROKEN, HEALED));
        if with_change {
            records.push(write(ORDERS, BROKEN - 30, CODE, true));
            records.push(write(ORDERS, HEALED - 5, MACHINE, true));
        }
        let at = |record: &Value| {
            let time = record["eventTime"].as_str().expect("a time");
            let clock: Vec<i64> = time[11..19]
                .split(':')
                .map(|n| n.parse().unwrap())
                .collect();
            clock[0] * 3600 + clock[1] * 60 + clock[2]
        };
        records.retain(|record| at(record) < read_at);
        let trail = json!({"Records": records}).to_string();
        file(
            &self.folder,
            &format!("{read_at}-{with_change}.json"),
            trail,
        )
    }

    fn run_with(&self, logs: &str, more: &[&str]) -> Run {
        let mut all = vec!["report", logs, "--state", &self.state];
        all.extend(["--output", &self.page]);
        all.extend(["--notify", "webhook=env:HOOK"]);
        all.extend(more);
        let run = with_environment(
            &all,
            &[
                ("HOOK", &format!("{}/secret-path", self.hook.address())),
                ("AWS_ACCESS_KEY_ID", "EXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", "EXAMPLE"),
                ("AWS_REGION", "eu-west-1"),
            ],
        );
        assert!(!run.stderr.contains("secret-path"), "{}", run.stderr);
        run
    }

    #[track_caller]
    fn run(&self, logs: &str) {
        let run = self.run_with(logs, &[]);
        assert_eq!(run.status, Some(0), "{}", run.stderr);
    }
}

#[test]
fn an_outage_is_told_when_it_opens_and_when_it_closes() {
    let watch = Watch::new("watch-once", &[]);
    watch.run(&watch.logs(BROKEN, true));
    assert_eq!(watch.hook.events(), Vec::<String>::new());
    watch.run(&watch.logs(400 * MINUTE, true));
    watch.run(&watch.logs(400 * MINUTE, true));
    watch.run(&watch.logs(450 * MINUTE, true));
    assert_eq!(watch.hook.events(), ["opened"]);
    watch.run(&watch.logs(600 * MINUTE, true));
    watch.run(&watch.logs(600 * MINUTE, true));
    assert_eq!(watch.hook.events(), ["opened", "closed"]);
    let got = watch.hook.got();
    let ids: Vec<&Value> = got.iter().map(|body| &body["incidents"][0]["id"]).collect();
    assert_eq!(ids[0], ids[1]);
    let text = got[0]["notice"]["text"].as_str().expect("a text");
    assert!(
        text.contains("dana") && text.contains("still going on"),
        "{text}"
    );
    let state = fs::read_to_string(&watch.state).expect("a state");
    assert!(!state.contains("secret-path"), "{state}");
}

#[test]
fn a_verdict_that_late_data_change_is_told_again() {
    let watch = Watch::new("watch-late", &[]);
    watch.run(&watch.logs(400 * MINUTE, false));
    let first = watch.hook.got();
    assert_eq!(first[0]["incidents"][0]["verdict"], "no_change");
    assert!(!first[0].to_string().contains("dana"), "nobody is named");
    watch.run(&watch.logs(410 * MINUTE, true));
    assert_eq!(watch.hook.events(), ["opened", "revised"]);
    let text = watch.hook.got()[1]["notice"]["text"].to_string();
    assert!(
        text.contains("Correction, earlier no change was to blame"),
        "{text}"
    );
    assert!(text.contains("dana"), "{text}");
}

#[test]
fn two_runs_at_the_same_time_tell_once() {
    let slow = [
        (200, Duration::from_millis(300)),
        (200, Duration::from_millis(300)),
    ];
    for (name, s3) in [("watch-two", false), ("watch-two-s3", true)] {
        let mut watch = Watch::new(name, &slow);
        if s3 {
            watch.state = "s3://bucket/state.json".to_owned();
        }
        let endpoint = ["--endpoint-url", watch.hook.address()];
        let more = if s3 { &endpoint[..] } else { &[] };
        let logs = watch.logs(400 * MINUTE, true);
        thread::scope(|scope| {
            let runs = [(); 4].map(|()| scope.spawn(|| watch.run_with(&logs, more)));
            for run in runs {
                let run = run.join().expect("a run");
                assert_eq!(run.status, Some(0), "{}", run.stderr);
            }
        });
        assert_eq!(
            watch.hook.events(),
            ["opened"],
            "{} conflicts",
            watch.hook.conflicts()
        );
    }
}

#[test]
fn what_could_not_be_sent_is_sent_by_the_next_run() {
    let now = Duration::ZERO;
    let never = Duration::from_secs(5);
    let watch = Watch::new(
        "watch-fails",
        &[(200, now), (429, now), (200, never), (500, now), (500, now)],
    );
    let logs = watch.logs(400 * MINUTE, true);
    let run = watch.run_with(&logs, &["--notify-timeout", "1s"]);
    assert_eq!(run.status, Some(1));
    let told = "failed to notify webhook=env:HOOK: it did not answer in time";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    assert!(
        watch.folder.join("page.html").exists(),
        "the page is written all the same"
    );
    thread::sleep(never);
    let before = watch.hook.events().len();
    // 429, and then it is taken.
    watch.run(&logs);
    assert_eq!(watch.hook.events()[before..], ["opened"]);
    watch.run(&logs);
    assert_eq!(watch.hook.events()[before..], ["opened"]);
}

#[test]
fn a_damaged_state_is_told_and_nothing_is_told_twice() {
    let watch = Watch::new("watch-damaged", &[]);
    watch.run(&watch.logs(400 * MINUTE, true));
    watch.run(&watch.logs(410 * MINUTE, true));
    let state = fs::read(&watch.state).expect("a state");
    fs::write(&watch.state, &state[..state.len() / 2]).expect("a file");
    let run = watch.run_with(&watch.logs(420 * MINUTE, true), &[]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("is damaged"), "{}", run.stderr);
    assert_eq!(watch.hook.events(), ["opened"]);
    let run = watch.run_with(&watch.logs(430 * MINUTE, true), &[]);
    assert!(!run.stderr.contains("is damaged"), "{}", run.stderr);
}

#[test]
fn a_blind_run_is_told_once_and_so_is_that_it_sees_again() {
    let watch = Watch::new("watch-blind", &[]);
    watch.run(&watch.logs(BROKEN, true));
    for _ in 0..2 {
        let run = watch.run_with("no-such-folder", &[]);
        assert_eq!(run.status, Some(1), "{}", run.stderr);
    }
    assert_eq!(watch.hook.events(), ["blind"]);
    watch.run(&watch.logs(BROKEN, true));
    watch.run(&watch.logs(BROKEN, true));
    assert_eq!(watch.hook.events(), ["blind", "seeing"]);
}

#[test]
fn a_trail_that_falls_silent_is_no_quiet_night() {
    let watch = Watch::new("watch-dark", &[]);
    let logs = watch.logs(BROKEN, true);
    watch.run(&logs);
    let run = watch.run_with(&logs, &["--until", "2026-03-02T07:00:00Z"]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert_eq!(watch.hook.events(), ["blind"]);
    let text = watch.hook.got()[0]["notice"]["text"].to_string();
    assert!(
        text.contains("trail tells nothing since 2026-03-02 04:59"),
        "{text}"
    );
}

#[test]
fn a_run_that_looks_at_one_client_ends_no_outage_of_another() {
    let watch = Watch::new("watch-part", &[]);
    let broken = watch.logs(400 * MINUTE, true);
    watch.run(&broken);
    let other = "2stock000client00EXAMPLE";
    let mut records: Vec<Value> = busy(other, 0, 0);
    records.push(write(other, 0, MACHINE, true));
    let quiet = file(
        &watch.folder,
        "other.json",
        json!({"Records": records}).to_string(),
    );
    watch.run_with(&quiet, &["--client", other]);
    assert_eq!(watch.hook.events(), ["opened"]);
    watch.run(&quiet);
    assert_eq!(watch.hook.events(), ["opened", "closed"]);
}

#[test]
fn a_heart_beats_only_after_a_run_that_saw() {
    let watch = Watch::new("watch-heart", &[]);
    let logs = watch.logs(BROKEN, true);
    let beats = || {
        watch
            .hook
            .got()
            .iter()
            .filter(|body| body.is_null())
            .count()
    };
    let beat = ["--heartbeat", "env:HOOK"];
    let run = watch.run_with(&logs, &beat);
    assert_eq!((run.status, beats()), (Some(0), 1), "{}", run.stderr);
    watch.run_with("no-such-folder", &beat);
    watch.run_with(
        &logs,
        &["--heartbeat", "env:HOOK", "--until", "2026-03-02T07:00:00Z"],
    );
    let empty = ["--since", "2020-01-01", "--until", "2020-01-02"];
    let run = watch.run_with(&logs, &[&beat[..], &empty].concat());
    assert_eq!((run.status, beats()), (Some(0), 1), "{}", run.stderr);
    let page = fs::read_to_string(watch.folder.join("page.html")).expect("a page");
    assert!(
        page.contains("that no incident was found says nothing"),
        "{page}"
    );
}

#[test]
fn a_command_gets_the_document_and_slack_its_own_form() {
    let watch = Watch::new("watch-forms", &[]);
    let copy = watch.folder.join("notice.json");
    let command = format!(
        "command=cat > '{}'; echo \"$TRAILBLAME_EVENT\" >&2",
        copy.display()
    );
    let more = ["--notify", &command, "--notify", "slack=env:HOOK"];
    let run = watch.run_with(&watch.logs(400 * MINUTE, true), &more);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("opened"), "{}", run.stderr);
    let document = fs::read_to_string(copy).expect("a notice");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    assert_eq!(document["incidents"][0]["verdict"], "change");
    let got = watch.hook.got();
    let slack = got
        .iter()
        .find(|body| body["text"].is_string())
        .expect("a message");
    let text = slack["text"].as_str().expect("a text");
    assert!(
        text.starts_with("Incident: 1orders00client00EXAMPLE"),
        "{text}"
    );
    assert!(text.contains("(&gt; 99 %)"), "{text}");
}

#[test]
fn an_address_is_not_taken_from_the_command_line() {
    let watch = Watch::new("watch-secret", &[]);
    for secret in [
        "slack=https://hooks.example.com/secret-path",
        "webhook=https://a/secret-path",
    ] {
        let run = watch.run_with("sample-logs", &["--notify", secret]);
        assert_eq!(run.status, Some(2));
        assert!(
            run.stderr.contains("env:NAME or file:PATH"),
            "{}",
            run.stderr
        );
    }
}

/// The messages of a run that begin so.
fn messages<'a>(run: &'a Run, begin: &str) -> Vec<&'a str> {
    let lines = run.stderr.lines();
    lines.filter(|line| line.starts_with(begin)).collect()
}

#[test]
fn an_alert_comes_though_no_page_can_be_written() {
    let mut watch = Watch::new("watch-no-page", &[]);
    let logs = watch.logs(400 * MINUTE, true);
    watch.page = format!("{}/none/page.html", watch.folder.display());
    let run = watch.run_with(&logs, &[]);
    assert_eq!(run.status, Some(1));
    assert!(run.stderr.contains("failed to write"), "{}", run.stderr);
    assert_eq!(watch.hook.events(), ["opened"]);
    watch.run_with(&logs, &[]);
    assert_eq!(watch.hook.events(), ["opened"], "it was told");
}

#[test]
fn an_alert_comes_though_no_state_can_be_written() {
    let mut watch = Watch::new("watch-no-state", &[(500, Duration::ZERO); 3]);
    watch.state = format!("{}/none/state.json", watch.folder.display());
    watch.page = format!("{}/none/page.html", watch.folder.display());
    let logs = watch.logs(400 * MINUTE, true);
    let run = watch.run_with(&logs, &[]);
    assert_eq!(run.status, Some(1));
    let errors = messages(&run, "error: ");
    assert_eq!(errors.len(), 3, "{}", run.stderr);
    assert!(errors[0].contains("failed to notify webhook=env:HOOK: it answered 500"));
    assert!(
        errors[1].contains("failed to write the state"),
        "{}",
        errors[1]
    );
    assert!(errors[2].contains("failed to write"), "{}", errors[2]);
    watch.run_with(&logs, &[]);
    assert_eq!(watch.hook.events(), ["opened"]);
}

#[cfg(unix)]
#[test]
fn a_state_is_its_owners_and_holds_no_command() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let mut watch = Watch::new("watch-own", &[]);
    let target = watch.folder.join("kept.json");
    watch.state = watch
        .folder
        .join("link.json")
        .to_str()
        .expect("UTF-8")
        .to_owned();
    symlink("kept.json", &watch.state).expect("a link");
    let fails = ["--notify", "command=TOKEN=secret-path false"];
    let run = watch.run_with(&watch.logs(400 * MINUTE, true), &fails);
    assert_eq!(run.status, Some(1));
    assert!(
        run.stderr
            .contains("failed to notify command=…: it ended with"),
        "{}",
        run.stderr
    );
    assert!(
        fs::symlink_metadata(&watch.state)
            .expect("a link")
            .is_symlink()
    );
    for name in ["kept.json", "kept.json.before", "kept.json.lock"] {
        let path = watch.folder.join(name);
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
        let text = fs::read_to_string(&path).expect("a text");
        assert!(!text.contains("secret-path"), "{name}: {text}");
    }
    let state = fs::read_to_string(target).expect("a state");
    assert!(state.contains("command=#"), "{state}");
}

#[test]
fn a_claim_until_the_far_future_is_given_up() {
    let watch = Watch::new("watch-claim", &[(500, Duration::ZERO); 3]);
    let logs = watch.logs(400 * MINUTE, true);
    assert_eq!(watch.run_with(&logs, &[]).status, Some(1));
    let text = fs::read_to_string(&watch.state).expect("a state");
    let mut state: Value = serde_json::from_str(&text).expect("JSON");
    state["pending"][0]["claimed_until"] = json!("2999-01-01T00:00:00Z");
    fs::write(&watch.state, state.to_string()).expect("a file");
    watch.run(&logs);
    assert_eq!(watch.hook.events(), ["opened"]);
}

#[test]
fn a_state_damaged_after_the_first_run_knows_what_was_sent() {
    let watch = Watch::new("watch-damaged-once", &[]);
    let logs = watch.logs(400 * MINUTE, true);
    watch.run(&logs);
    fs::write(&watch.state, "{").expect("a file");
    let run = watch.run_with(&logs, &[]);
    assert!(run.stderr.contains("is damaged"), "{}", run.stderr);
    let state: Value =
        serde_json::from_str(&fs::read_to_string(&watch.state).expect("a state")).expect("JSON");
    assert_eq!(state["pending"], json!([]), "nothing is left to be sent");
    assert_eq!(watch.hook.events(), ["opened"]);
}

#[test]
fn a_command_that_does_not_end_keeps_nobody_waiting() {
    let watch = Watch::new("watch-hangs", &[]);
    let more = ["--notify", "command=sleep 300", "--notify-timeout", "2s"];
    let run = watch.run_with(&watch.logs(400 * MINUTE, true), &more);
    assert_eq!(run.status, Some(1));
    assert!(
        run.stderr
            .contains("command=sleep …: it did not end in time"),
        "{}",
        run.stderr
    );
    assert_eq!(watch.hook.events(), ["opened"]);
}
