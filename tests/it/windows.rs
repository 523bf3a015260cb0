//! The time that was asked for: outages that touch it, each whole, whatever the window.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::program::{file, folder, investigate, trailblame};

const PORTAL: &str = "0portal00web0000000example";
const BILLING: &str = "4billing0m2m0000000example";

fn sample(more: &[&str]) -> Value {
    investigate(&[&["sample-logs"], more].concat())
}

/// Incidents by their number.
fn incidents(document: &Value) -> BTreeMap<u64, Value> {
    let incidents = document["incidents"].as_array().expect("incidents");
    let number = |one: &Value| one["number"].as_u64().expect("a number");
    incidents
        .iter()
        .map(|one| (number(one), one.clone()))
        .collect()
}

fn numbers(document: &Value) -> Vec<u64> {
    incidents(document).into_keys().collect()
}

#[test]
fn an_incident_is_the_same_whatever_the_window() {
    let all = incidents(&sample(&[]));
    assert_eq!(all.len(), 8);
    for (window, expected) in [
        (&["--since", "2026-03-02T23:00"][..], &[][..]),
        (&["--since", "23:00"], &[]),
        (&["--since", "11:30", "--until", "11:40"], &[3]),
        (&["--until", "2026-03-02T09:13"], &[1, 2]),
        (
            &["--since", "2026-03-02T11:59:38Z", "--until", "14:06:01"],
            &[3, 4, 5],
        ),
        (&["--since", "20:00", "--until", "22:00"], &[7, 8]),
        (&["--at", "11:45"], &[3, 4]),
        (&["--between", "14:30,14:31"], &[5]),
        (
            &["--between", "00:00,2026-03-03"],
            &[1, 2, 3, 4, 5, 6, 7, 8],
        ),
        (&["--client", BILLING], &[5]),
        (
            &[
                "--since",
                "12:00",
                "--until",
                "21:16",
                "--user-pool",
                "eu-west-1_StaffEXAMPLE",
            ],
            &[6, 7],
        ),
    ] {
        let found = incidents(&sample(window));
        assert_eq!(
            found.keys().copied().collect::<Vec<_>>(),
            expected,
            "{window:?}"
        );
        for (number, incident) in found {
            assert_eq!(incident, all[&number], "{window:?}");
        }
    }
}

#[test]
fn a_report_and_a_postmortem_tell_of_the_same_window() {
    let all = incidents(&sample(&[]));
    let report = |window: &[&str]| -> Value {
        let run = trailblame(&[&["report", "sample-logs", "--format", "json"], window].concat());
        assert_eq!(run.status, Some(0), "{}", run.stderr);
        serde_json::from_str(&run.stdout).expect("JSON")
    };
    assert_eq!(numbers(&report(&["--since", "23:00"])), [0; 0]);
    let one = report(&["--since", "15:00", "--until", "16:00"]);
    assert_eq!(incidents(&one), BTreeMap::from([(5, all[&5].clone())]));
    let postmortem =
        |window: &[&str]| trailblame(&[&["postmortem", "sample-logs"], window].concat());
    let whole = postmortem(&["--incident", "5"]);
    assert_eq!(whole.status, Some(0), "{}", whole.stderr);
    for window in [
        &["--since", "15:00", "--until", "16:00"][..],
        &["--at", "15:00", "--client", BILLING],
        &["--between", "15:00,15:10"],
        &["--since", "23:00", "--incident", "5"],
    ] {
        let cut = postmortem(window);
        let figures = |page: &str| -> Vec<String> {
            let lines = page
                .lines()
                .filter(|line| line.starts_with(['-', '*', '|']));
            lines.map(str::to_owned).collect()
        };
        let seen = |page: &str| {
            page.split("## What the logs could not show")
                .next()
                .map(figures)
        };
        assert_eq!(seen(&cut.stdout), seen(&whole.stdout), "{window:?}");
    }
    let none = postmortem(&["--since", "23:00"]);
    assert_eq!(none.status, Some(2), "{}", none.stdout);
    assert!(
        none.stderr.contains("a number from 1 to 8"),
        "{}",
        none.stderr
    );
}

#[test]
fn a_number_is_that_of_the_report() {
    for (arguments, title) in [
        (&["--explain", "5"][..], "Incident 5 of 8 between"),
        (
            &["--explain", "5", "--since", "14:30", "--until", "15:00"],
            "Incident 5 of 8 between",
        ),
        (
            &["--explain", "5", "--client", BILLING],
            "Incident 5 of 8 between",
        ),
    ] {
        let run = trailblame(&[&["investigate", "sample-logs"], arguments].concat());
        assert!(
            run.stdout.starts_with(title),
            "{arguments:?}: {}",
            run.stdout
        );
        assert!(
            run.stdout.contains(&format!("\n5. billing ({BILLING}) ")),
            "{}",
            run.stdout
        );
    }
    let window = [
        "investigate",
        "sample-logs",
        "--since",
        "14:30",
        "--until",
        "15:00",
    ];
    let run = trailblame(&window);
    assert!(
        run.stdout.contains(&format!("\n5. billing ({BILLING}) ")),
        "{}",
        run.stdout
    );
    let wrong = trailblame(&[&window[..], &["--explain", "1x"]].concat());
    assert_eq!(wrong.status, Some(2));
    assert!(wrong.stderr.contains("the number 5"), "{}", wrong.stderr);
}

#[test]
fn a_time_is_answered_with_what_was_seen() {
    let quiet = trailblame(&["investigate", "sample-logs", "--at", "06:00"]);
    assert_eq!(quiet.status, Some(0), "{}", quiet.stderr);
    let title = "Nothing unusual around 2026-03-02 06:00:00 UTC\n";
    assert!(quiet.stdout.starts_with(title), "{}", quiet.stdout);
    for said in ["requests:", "succeeded,", " failed.", "8 other incidents"] {
        assert!(quiet.stdout.contains(said), "{said}: {}", quiet.stdout);
    }
    // Nothing is made up for who names an app client.
    for (at, client) in [("14:10", PORTAL), ("06:00", "2webshop0web0000000example")] {
        let answer = sample(&["--at", at, "--client", client]);
        assert_eq!(answer["incidents"], json!([]), "{at} {client}");
        let clients = answer["around"]["clients"].as_array().expect("clients");
        assert_eq!(clients.len(), 1, "{clients:?}");
        assert_eq!(clients[0]["client_id"], client);
        assert!(clients[0]["succeeded"].as_u64() > Some(10), "{clients:?}");
        assert_eq!(answer["around"]["other_incidents"], 8);
    }
    let broken = trailblame(&["investigate", "sample-logs", "--at", "14:30"]);
    let title = "1 incident around 2026-03-02 14:30:00 UTC\n";
    assert!(broken.stdout.starts_with(title), "{}", broken.stdout);
    assert!(
        broken.stdout.contains("Activity from 14:25:00 to 15:30:00"),
        "{}",
        broken.stdout
    );
    let between = trailblame(&["investigate", "sample-logs", "--between", "05:00,06:00"]);
    let title = "Nothing unusual between 2026-03-02 05:00:00 and 06:00:00 UTC\n";
    assert!(between.stdout.starts_with(title), "{}", between.stdout);
}

#[test]
fn changes_of_the_time_are_told_with_it() {
    let answer = sample(&["--at", "14:05"]);
    let changes = answer["changes"].as_array().expect("changes").iter();
    let times: Vec<&str> = changes
        .filter_map(|one| one["event_time"].as_str())
        .collect();
    assert!(times.contains(&"2026-03-02T14:05:04Z"), "{times:?}");
    let inside = |time: &&&str| ("2026-03-02T14:00:00Z".."2026-03-02T15:05:00Z").contains(*time);
    assert_eq!(
        times.iter().filter(inside).count(),
        times.len(),
        "{times:?}"
    );
}

/// Requests of one app client, one a minute from `from` on: the outcome of each.
fn requests(from: &str, outcomes: impl Iterator<Item = &'static str>) -> Vec<Value> {
    let from: chrono::DateTime<chrono::Utc> = from.parse().expect("a time");
    let request = |(minute, outcome): (usize, &str)| {
        let time = from + chrono::TimeDelta::minutes(minute as i64);
        let failed = outcome != "ok";
        let mut record = json!({
            "eventVersion": "1.11", "eventTime": time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "eventSource": "cognito-idp.amazonaws.com", "eventName": "InitiateAuth",
            "eventType": "AwsApiCall", "awsRegion": "eu-west-1",
            "eventID": format!("{}-EXAMPLE", time.timestamp()),
            "recipientAccountId": "111122223333", "sourceIPAddress": "192.0.2.7",
            "requestParameters": {"authFlow": "REFRESH_TOKEN_AUTH", "clientId": "3kiosk0example"},
            "additionalEventData": {"userPoolId": "eu-west-1_ShopEXAMPLE"},
        });
        if failed {
            record["errorCode"] = json!(outcome);
        }
        record
    };
    outcomes.enumerate().map(request).collect()
}

#[test]
fn one_failed_refresh_is_no_outage_for_who_asks() {
    let one_in_the_middle = (0..240).map(|minute| match minute {
        120 => "NotAuthorizedException",
        _ => "ok",
    });
    let records = requests("2026-03-02T08:00:00Z", one_in_the_middle);
    let folder = folder("one-refresh");
    let logs = file(
        &folder,
        "trail.json",
        json!({"Records": records}).to_string(),
    );
    for more in [
        &["--at", "10:00"][..],
        &["--at", "10:00", "--client", "3kiosk0example"],
    ] {
        let answer = investigate(&[&[&*logs], more].concat());
        assert_eq!(answer["incidents"], json!([]), "{more:?}");
        assert_eq!(answer["around"]["failed"], 1, "{more:?}");
        let run = trailblame(&[&["investigate", &logs], more].concat());
        let title = "Nothing unusual around 2026-03-02 10:00:00 UTC\n";
        assert!(run.stdout.starts_with(title), "{}", run.stdout);
    }
}

#[test]
fn a_time_of_day_needs_logs_of_one_day() {
    let two_days = (0..60).map(|_| "ok");
    let mut records = requests("2026-03-02T08:00:00Z", two_days.clone());
    records.extend(requests("2026-03-03T08:00:00Z", two_days));
    let folder = folder("two-days");
    let logs = file(
        &folder,
        "trail.json",
        json!({"Records": records}).to_string(),
    );
    for arguments in [
        &["investigate", &logs, "--at", "08:30"][..],
        &["investigate", &logs, "--between", "08:30,08:40"],
        &["report", &logs, "--since", "08:30"],
        &["failures", &logs, "--until", "08:30"],
        &["changes", &logs, "--since", "08:30"],
        &[
            "export", &logs, "--frame", "counts", "--format", "csv", "--since", "08:30",
        ],
        &["investigate", "--cloudtrail", "--since", "08:30"],
    ] {
        let run = trailblame(arguments);
        assert_eq!(run.status, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains("names no day"), "{}", run.stderr);
        assert!(
            run.stderr.contains("hint: write the date too"),
            "{}",
            run.stderr
        );
    }
    let run = trailblame(&[
        "failures",
        "sample-logs",
        "--since",
        "14:00",
        "--until",
        "15:00",
    ]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let said = "window: 2026-03-02T14:00:00Z to 2026-03-02T15:00:00Z";
    assert!(run.stderr.contains(said), "{}", run.stderr);
}

#[test]
fn rows_are_exported_of_the_window_alone() {
    let export = |frame: &str| {
        let window = ["--since", "2026-03-02T14:10", "--until", "2026-03-02T14:20"];
        let frame = ["export", "sample-logs", "--format", "csv", "--frame", frame];
        let run = trailblame(&[&frame[..], &window].concat());
        assert_eq!(run.status, Some(0), "{}", run.stderr);
        let mut rows = csv::Reader::from_reader(run.stdout.as_bytes());
        let head = rows.headers().expect("a head").clone();
        let at = head
            .iter()
            .position(|name| ["time", "first"].contains(&name));
        let at = at.expect("a time");
        let times = rows.records().map(|row| row.expect("a row")[at].to_owned());
        times.collect::<Vec<String>>()
    };
    for frame in ["requests", "counts"] {
        let times = export(frame);
        assert!(times.len() > 20, "{frame}: {times:?}");
        let outside = times
            .iter()
            .find(|time| !("2026-03-02T14:10".."2026-03-02T14:20").contains(&time.as_str()));
        assert_eq!(outside, None, "{frame}");
    }
}
