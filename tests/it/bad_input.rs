//! Input that is cut, empty, hostile or no log at all: told, counted, and never fatal for the rest.

use std::path::Path;

use serde_json::Value;

use crate::program::{self, file, folder, gzip};

/// A good trail file: one failed token request.
const GOOD: &str = r#"{"Records":[{"eventVersion":"1.08","userIdentity":{"accountId":"111122223333"},"eventTime":"2026-03-02T10:00:00Z","eventSource":"cognito-idp.amazonaws.com","eventName":"Token_POST","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1","requestParameters":null,"responseElements":null,"additionalEventData":{"responseParameters":{"status":400},"requestParameters":{"grant_type":["client_credentials"],"client_id":["1aaaaaaaaaaaaaaaaaaexample"]},"userPoolId":"eu-west-1_EXAMPLE"},"requestID":"r-1","eventID":"e-1","readOnly":false,"eventType":"AwsServiceEvent","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}]}"#;

/// Investigates a good file beside a bad one; both must have been looked at.
#[track_caller]
fn check(name: &str, bad: &[u8], rejected: u64, reason: &str) -> Value {
    let folder = folder(&format!("bad-{name}"));
    file(&folder, "good.json", GOOD);
    file(&folder, "bad.log", bad);
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["requests"], 1, "{answer:#}");
    assert_eq!(answer["inputs"]["rejected"], rejected, "{answer:#}");
    let told = answer["inputs"]["rejected_files"].to_string();
    assert!(told.contains(reason), "`{reason}` is not in {told}");
    answer
}

fn path(folder: &Path) -> &str {
    folder.to_str().expect("UTF-8")
}

#[test]
fn a_cut_gzip_is_told_and_what_came_before_is_kept() {
    let other = GOOD.replace("e-1", "e-2");
    let lines = format!("{other}\n{}", "x".repeat(100_000));
    let whole = gzip(lines.as_bytes());
    let folder = folder("bad-cut-gzip");
    file(&folder, "good.json", GOOD);
    file(&folder, "cut.json.gz", &whole[..whole.len() - 12]);
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["requests"], 2, "{answer:#}");
    assert!(
        answer["inputs"]["rejected"].as_u64() >= Some(1),
        "{answer:#}"
    );
    assert!(
        answer["inputs"]["rejected_files"]
            .to_string()
            .contains("cut.json.gz")
    );
}

#[test]
fn a_file_of_zeros() {
    check("zeros", &[0; 300_000], 1, "not text");
}

#[test]
fn half_a_record() {
    let half = &GOOD[..GOOD.len() / 2];
    check("half", half.as_bytes(), 1, "ends inside a record");
}

#[test]
fn a_hundred_thousand_nested_arrays() {
    check(
        "nested",
        "[".repeat(100_000).as_bytes(),
        1,
        "ends inside a record",
    );
    let closed = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let folder = folder("bad-nested-closed");
    file(&folder, "good.json", GOOD);
    file(&folder, "nested.json", closed);
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["requests"], 1);
}

#[test]
fn a_record_of_five_megabytes_is_read() {
    let agent = "a".repeat(5_000_000);
    let huge = GOOD.replace("e-1", "e-2").replace(
        r#""sourceIPAddress""#,
        &format!(r#""userAgent":"{agent}","sourceIPAddress""#),
    );
    let folder = folder("bad-huge");
    file(&folder, "good.json", GOOD);
    file(&folder, "huge.json", huge);
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["requests"], 2);
    assert_eq!(answer["inputs"]["rejected"], 0);
}

#[test]
fn invalid_utf_8_spoils_one_record_and_no_more() {
    let mut lines = GOOD
        .replace("e-1", "e-2")
        .replace("192.0.2.1", "192\u{0}")
        .into_bytes();
    let nul = lines.iter().position(|byte| *byte == 0).expect("a mark");
    lines[nul] = 0xff;
    lines.push(b'\n');
    lines.extend(GOOD.replace("e-1", "e-3").bytes());
    let folder = folder("bad-utf-8");
    file(&folder, "lines.json", lines);
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["requests"], 1, "{answer:#}");
    assert_eq!(answer["inputs"]["rejected"], 1, "{answer:#}");
}

#[test]
fn an_empty_file_is_no_error_beside_others() {
    let folder = folder("bad-empty-file");
    file(&folder, "good.json", GOOD);
    file(&folder, "empty.json", "");
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["requests"], 1);
}

#[test]
fn a_bomb_ends_with_a_message() {
    let bomb = gzip(&vec![b' '; 64 << 20]);
    let folder = folder("bad-bomb");
    file(&folder, "good.json", GOOD);
    file(&folder, "bomb.gz", bomb);
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["requests"], 1);
}

#[test]
fn look_alikes_are_passed_over_and_counted() {
    let folder = folder("bad-look-alikes");
    file(&folder, "good.json", GOOD);
    file(
        &folder,
        "notification.json",
        r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2026-03-02T10:00:00Z","eventName":"ObjectCreated:Put","s3":{}}]}"#,
    );
    file(
        &folder,
        "digest.json",
        r#"{"awsAccountId":"111122223333","digestStartTime":"2026-03-02T09:00:00Z","digestEndTime":"2026-03-02T10:00:00Z","logFiles":[]}"#,
    );
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["requests"], 1);
    assert_eq!(answer["inputs"]["rejected"], 0);
    let passed_over = answer["inputs"]["passed_over"].to_string();
    assert!(
        passed_over.contains("notification") && passed_over.contains("digest"),
        "{passed_over}"
    );
}

#[test]
fn a_path_that_is_not_there_is_told_and_the_rest_analysed() {
    let folder = folder("bad-missing");
    let good = file(&folder, "good.json", GOOD);
    let run = program::trailblame(&["investigate", &good, "no/such/file", "--format", "json"]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("no/such/file"), "{}", run.stdout);
}

#[test]
fn incomplete_input_has_a_status_of_its_own_when_asked_for() {
    let folder = folder("bad-incomplete");
    let good = file(&folder, "good.json", GOOD);
    let run = program::trailblame(&["investigate", &good, "no/such", "--fail-on-incomplete"]);
    assert_eq!(run.status, Some(4), "{}", run.stderr);
}

#[test]
fn nothing_of_use_is_an_error_that_says_what_was_looked_for() {
    let folder = folder("bad-nothing");
    file(&folder, "notes.txt", "nothing happened today\n");
    for arguments in [
        vec!["investigate", path(&folder)],
        vec!["investigate", "no/such"],
    ] {
        let run = program::trailblame(&arguments);
        assert_eq!(run.status, Some(1), "{}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains("CloudTrail"), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    let empty = self::folder("bad-nothing-at-all");
    let run = program::trailblame(&["investigate", path(&empty)]);
    assert_eq!(run.status, Some(1), "{}{}", run.stdout, run.stderr);
}

#[test]
fn standard_input_is_read() {
    let answer = program::with_input(
        &["investigate", "-", "--format", "json"],
        &gzip(GOOD.as_bytes()),
    );
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    let answer: Value = serde_json::from_str(&answer.stdout).expect("JSON");
    assert_eq!(answer["inputs"]["requests"], 1);
}
