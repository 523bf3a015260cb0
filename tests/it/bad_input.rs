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

/// One record of `GOOD` with another id.
fn record(id: &str) -> String {
    let record = GOOD
        .strip_prefix("{\"Records\":[")
        .and_then(|rest| rest.strip_suffix("]}"));
    record
        .expect("a record")
        .replace("\"e-1\"", &format!("\"{id}\""))
}

#[test]
fn one_broken_element_spoils_itself_and_not_the_list() {
    let (one, two, three) = (record("a"), record("b"), record("c"));
    for (name, broken) in [
        ("null", "null".to_owned()),
        ("word", "abc".to_owned()),
        (
            "quote",
            two.replace("\"EU", "EU")
                .replace("\"eventName\"", "\"eventName"),
        ),
        ("line-end", two.replace("Token_POST", "Token\nPOST")),
        ("brace", format!("{two}}}")),
    ] {
        let list = format!("{{\"Records\":[{one},{broken},{three}]}}");
        let folder = folder(&format!("bad-element-{name}"));
        file(&folder, "bad.json", list);
        let answer = program::investigate(&[path(&folder)]);
        let requests = answer["inputs"]["requests"].as_u64();
        assert!(requests >= Some(2), "{name}: {:#}", answer["inputs"]);
        assert!(answer["inputs"]["rejected"].as_u64() >= Some(1), "{name}");
    }
}

#[test]
fn what_is_wrong_with_a_record_is_told() {
    let time = r#""eventTime":"2026-03-02T10:00:00Z""#;
    let status = r#""status":400"#;
    let cases = [
        ("no-time", time, r#""eventTime":"yesterday""#, "`eventTime`"),
        (
            "far-time",
            time,
            r#""eventTime":8210266876799999"#,
            "`eventTime`",
        ),
        (
            "early-time",
            time,
            r#""eventTime":-8334601228800"#,
            "`eventTime`",
        ),
        ("status", status, r#""status":{"code":400}"#, "`status`"),
        ("huge-status", status, r#""status":1e308"#, "`status`"),
    ];
    for (name, from, to, reason) in cases {
        let bad = record("bad").replace(from, to);
        check(name, bad.as_bytes(), 1, reason);
    }
    let deep = format!("{}{{}}{}", "{\"detail\":".repeat(5_000), "}".repeat(5_000));
    check("deep", deep.as_bytes(), 1, "nested too deep");
    let event = r#"{"events":[{"eventId":"1","timestamp":8210266876799999,"message":"error=unauthorized_client"}]}"#;
    check("far-event", event.as_bytes(), 1, "`timestamp`");
    let utf_16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(GOOD.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    check("utf-16", &utf_16, 1, "is UTF-16; save it as UTF-8");
}

#[test]
fn a_status_in_an_array_is_that_status() {
    let folder = folder("bad-status-array");
    let text = record("a").replace(r#""status":400"#, r#""status":["400"]"#);
    file(&folder, "trail.json", text);
    let answer = program::trailblame(&["failures", path(&folder), "--format", "csv"]);
    assert!(answer.stdout.contains("http_400"), "{}", answer.stdout);
}

#[test]
fn a_quote_that_is_never_closed_spoils_one_row() {
    let rows: String = (0..1000)
        .map(|row| {
            format!(
                "{},error=unauthorized_client client_id=abc\n",
                1_772_460_305_000_u64 + row
            )
        })
        .collect();
    let folder = folder("bad-quote");
    let table = format!("timestamp,message\n1772460304000,\"oops\n{rows}");
    file(&folder, "table.csv", table);
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["requests"], 1000, "{:#}", answer["inputs"]);
    let told = answer["inputs"]["rejected_files"].to_string();
    assert!(told.contains("quote that is not closed"), "{told}");
}

#[test]
fn a_long_head_costs_no_more_than_its_length() {
    let events = r#"{"id":"1","timestamp":1772460304000,"message":"hello"},"#.repeat(20_000);
    let head = "x".repeat(8 << 20);
    let folder = folder("bad-head");
    let text = format!("{{\"owner\":\"{head}\",\"logEvents\":[{events}null]}}");
    file(&folder, "good.json", GOOD);
    file(&folder, "head.json", text);
    let begun = std::time::Instant::now();
    program::investigate(&[path(&folder)]);
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}

#[test]
fn many_broken_pieces_are_counted_and_a_few_listed() {
    let answer = check(
        "many",
        "{\"eventName\":}\n".repeat(5_000).as_bytes(),
        5_000,
        "is no sound",
    );
    let listed = answer["inputs"]["rejected_files"].as_array();
    assert!(listed.is_some_and(|listed| listed.len() == 100));
}

#[cfg(unix)]
#[test]
fn control_characters_of_a_log_do_not_reach_the_terminal() {
    let logs = folder("bad-control");
    let text = GOOD.replace("eu-west-1\"", "\\u001b[31mRED\"");
    let undo = logs.join("undo");
    let many: String = (0..200)
        .map(|n| text.replace("e-1", &format!("e-{n}")) + "\n")
        .collect();
    file(&logs, "trail.json", many);
    let odd = file(&logs, "odd\u{1b}[31m.json", "no settings");
    for arguments in [
        vec!["investigate", path(&logs), "--write-undo", path(&undo)],
        vec!["investigate", path(&logs), "--settings", &odd],
        vec!["investigate", path(&logs), "--since", "\u{1b}[31mred"],
    ] {
        let run = program::trailblame(&arguments);
        assert!(!run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
        assert!(!run.stdout.contains('\u{1b}'), "{:?}", run.stdout);
    }
}
