//! What cannot be read is named, counted and found again.

use super::*;

/// A good trail file: one failed token request.
const GOOD: &str = r#"{"Records":[{"eventVersion":"1.08","userIdentity":{"accountId":"111122223333"},"eventTime":"2026-03-02T10:00:00Z","eventSource":"cognito-idp.amazonaws.com","eventName":"Token_POST","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1","requestParameters":null,"responseElements":null,"additionalEventData":{"responseParameters":{"status":400},"requestParameters":{"grant_type":["client_credentials"],"client_id":["1aaaaaaaaaaaaaaaaaaexample"]},"userPoolId":"eu-west-1_EXAMPLE"},"requestID":"r-1","eventID":"e-1","readOnly":false,"eventType":"AwsServiceEvent","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}]}"#;

/// A record of another service.
fn other() -> String {
    GOOD.replace("cognito-idp.amazonaws.com", "ec2.amazonaws.com")
        .replace("Token_POST", "RunInstances")
        .replace("AwsServiceEvent", "AwsApiCall")
}

fn rejected(answer: &Value) -> Vec<(String, String)> {
    let files = answer["inputs"]["rejected_files"]
        .as_array()
        .expect("a list");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    files
        .iter()
        .map(|file| (text(&file["path"]), text(&file["reason"])))
        .collect()
}

fn path(folder: &Path) -> &str {
    folder.to_str().expect("UTF-8")
}

#[test]
fn a_folder_of_ten_forms_says_which_two_were_not_read() {
    let folder = folder("forms-mixed");
    let one = |number: u32| {
        let record: Value = serde_json::from_str(GOOD).expect("JSON");
        let text = record["Records"][0].to_string();
        text.replace("e-1", &format!("e-{number}"))
            .replace("r-1", &format!("r-{number}"))
    };
    let value = |number| serde_json::from_str::<Value>(&one(number)).expect("JSON");
    file(&folder, "1.json", format!("{{\"Records\":[{}]}}", one(1)));
    file(&folder, "2", gzip(one(2).as_bytes()));
    file(
        &folder,
        "3",
        zstd::encode_all(one(3).as_bytes(), 3).expect("memory"),
    );
    file(
        &folder,
        "4",
        zip([("day/4.json", one(4).into_bytes())].into_iter()),
    );
    file(
        &folder,
        "5",
        lines([json!({"result": {"_raw": one(5)}})].into_iter()),
    );
    file(
        &folder,
        "6",
        lines([rewritten::ocsf(&value(6))].into_iter()),
    );
    file(
        &folder,
        "7",
        csv(
            &rewritten::TABLE,
            [rewritten::athena(&value(7))].into_iter(),
        ),
    );
    file(
        &folder,
        "8",
        rewritten::parquet(&[rewritten::ocsf(&value(8))]),
    );
    file(&folder, "9", [&b"BZh91AY&SY"[..], &[7; 64]].concat());
    let lake = json!({"QueryStatus": "FINISHED", "QueryResultRows": [[{"eventName": "Token_POST"}, {"eventSource": "cognito-idp.amazonaws.com"}]]});
    file(&folder, "10", lake.to_string());
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["requests"], 8, "{:#}", answer["inputs"]);
    let rejected = rejected(&answer);
    assert_eq!(rejected.len(), 2, "{rejected:#?}");
    assert!(
        rejected[0].0.ends_with("/10") && rejected[0].1.contains("CloudTrail Lake"),
        "{rejected:#?}"
    );
    assert!(
        rejected[1].0.ends_with("/9") && rejected[1].1.contains("bzip2"),
        "{rejected:#?}"
    );
    let run = trailblame(&[
        "investigate",
        path(&folder),
        "--fail-on-incomplete",
        "--full",
    ]);
    assert_eq!(run.status, Some(4), "{}", run.stdout);
    assert!(
        run.stdout.contains("bzip2 -d") && run.stdout.contains("CloudTrail Lake"),
        "{}",
        run.stdout
    );
}

#[test]
fn logs_without_cognito_are_warned_of() {
    let folder = folder("forms-no-cognito");
    for name in ["1.json", "2.json", "3.json"] {
        file(&folder, name, other().replace("e-1", name));
    }
    let warning = "no Cognito events in 3 files";
    let run = trailblame(&["investigate", path(&folder)]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains(warning), "{}", run.stderr);
    assert!(run.stdout.contains(warning), "{}", run.stdout);
    let run = trailblame(&["investigate", path(&folder), "--fail-on-incomplete"]);
    assert_eq!(run.status, Some(4), "{}", run.stderr);
}

#[test]
fn where_nothing_can_be_read_the_run_fails_and_says_why() {
    let folder = folder("forms-nothing");
    file(&folder, "trail.7z", b"7z\xbc\xaf\x27\x1c\x00\x04");
    let run = trailblame(&["investigate", path(&folder)]);
    assert_eq!(run.status, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("7z archive"), "{}", run.stderr);
}

#[test]
fn members_of_archives_that_cannot_be_read_are_named() {
    let folder = folder("forms-members");
    let cut = gzip(GOOD.replace("e-1", "e-2").as_bytes());
    let members = [
        ("day/good.json", GOOD.as_bytes().to_vec()),
        ("day/cut.json.gz", cut[..cut.len() - 9].to_vec()),
        ("day/old.bz2", b"BZh91AY&SY\x00\x00".to_vec()),
        (".hidden", b"BZh91AY&SY\x00\x00".to_vec()),
    ];
    let path = file(&folder, "a.zip", zip(members.into_iter()));
    let answer = program::investigate(&[&path]);
    let rejected = rejected(&answer);
    assert!(
        rejected
            .iter()
            .any(|(at, why)| at.ends_with("a.zip!day/cut.json.gz") && why.contains("ends inside")),
        "{rejected:#?}"
    );
    assert!(
        rejected
            .iter()
            .any(|(at, why)| at.ends_with("a.zip!day/old.bz2") && why.contains("bzip2")),
        "{rejected:#?}"
    );
    assert_eq!(answer["inputs"]["files"], 1);
    assert!(answer["inputs"]["requests"].as_u64() >= Some(1));
}

#[test]
fn archives_that_were_made_to_fill_the_memory_end_early() {
    let folder = folder("forms-bombs");
    file(&folder, "good.json", GOOD);
    // 300 MB of nothing, packed twice over.
    let nothing = vec![b' '; 300 << 20];
    file(
        &folder,
        "bomb.zst",
        zstd::encode_all(&zip([("a", nothing)].into_iter())[..], 3).expect("memory"),
    );
    let mut nested = GOOD.as_bytes().to_vec();
    for _ in 0..5 {
        nested = zip([("inner", nested)].into_iter());
    }
    file(&folder, "nested.zip", nested);
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["requests"], 1);
    let rejected = rejected(&answer);
    assert_eq!(rejected.len(), 2, "{rejected:#?}");
    assert!(
        rejected[0].1.contains("2000 times its size"),
        "{rejected:#?}"
    );
    assert!(
        rejected[1].1.contains("archive in archives"),
        "{rejected:#?}"
    );
}

#[test]
fn a_second_gzip_member_in_a_delivered_file_is_reported() {
    let folder = folder("forms-two-members");
    let two = [
        gzip(GOOD.as_bytes()),
        gzip(GOOD.replace("e-1", "e-2").as_bytes()),
    ]
    .concat();
    file(
        &folder,
        "111122223333_CloudTrail_eu-west-1_20260302T1005Z_EXAMPLE.json.gz",
        &two,
    );
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["requests"], 2);
    let notes = answer["inputs"]["notes"].to_string();
    assert!(notes.contains("2 gzip members"), "{notes}");
    file(
        &folder,
        "111122223333_CloudTrail_eu-west-1_20260302T1005Z_EXAMPLE.json.gz",
        gzip(GOOD.as_bytes()),
    );
    file(&folder, "joined.json.gz", &two);
    let answer = program::investigate(&[path(&folder)]);
    assert_eq!(answer["inputs"]["notes"], json!([]));
}

#[test]
fn an_export_of_fewer_rows_than_matched_is_incomplete() {
    let folder = folder("forms-insights");
    let record: Value = serde_json::from_str(GOOD).expect("JSON");
    let row = json!([{"field": "@timestamp", "value": "2026-03-02 10:00:05.000"}, {"field": "@message", "value": record["Records"][0].to_string()}]);
    for (matched, status, expected) in [
        (1, "Complete", ""),
        (25_000, "Complete", "1 of 25000 rows"),
        (1, "Timeout", "Timeout"),
    ] {
        for answer in [
            json!({"a": "first", "results": [row], "statistics": {"recordsMatched": matched as f64}, "status": status}),
            Value::from(format!(
                r#"{{"statistics":{{"recordsMatched":{matched}}},"status":"{status}","results":[{row}]}}"#
            )),
        ] {
            let answer = answer
                .as_str()
                .map_or_else(|| answer.to_string(), str::to_owned);
            let path = file(&folder, "export.json", answer);
            let answer = program::investigate(&[&path]);
            assert_eq!(answer["inputs"]["requests"], 1);
            let said = rejected(&answer)
                .into_iter()
                .map(|(_, why)| why)
                .collect::<String>();
            assert!(said.contains(expected), "{said}");
            assert_eq!(said.is_empty(), expected.is_empty(), "{said}");
        }
    }
}

#[test]
fn rows_that_the_console_saved_are_incomplete_where_they_are_the_most() {
    let folder = folder("forms-console");
    let record: Value = serde_json::from_str(GOOD).expect("JSON");
    let message = record["Records"][0].to_string();
    for (count, is_cut) in [(9_999, false), (10_000, true)] {
        let rows = (0..count).map(|number| {
            let message = message.replace("e-1", &format!("e-{number}"));
            json!({"@timestamp": "2026-03-02 10:00:05.000", "@message": message})
        });
        let rows = Value::from(rows.collect::<Vec<_>>());
        let path = file(&folder, "rows.json", rows.to_string());
        let said = rejected(&program::investigate(&[&path]));
        assert_eq!(said.len(), usize::from(is_cut), "{said:?}");
        assert!(said.iter().all(|(_, why)| why.contains("10000 rows")));
    }
}

#[test]
fn files_are_compared_with_the_digests() {
    let name = "111122223333_CloudTrail_eu-west-1_20260302T1005Z_EXAMPLE.json.gz";
    let delivered = include_bytes!("../../../src/record/digest/example/file.json");
    let check = |text: &[u8], digests: &[&str], expected: &[&str]| {
        let folder = folder("forms-verify");
        file(&folder, &format!("trail/{name}"), gzip(text));
        for (number, digest) in digests.iter().enumerate() {
            file(
                &folder,
                &format!("digests/{number}.json.gz"),
                gzip(digest.as_bytes()),
            );
        }
        let run = trailblame(&[
            "investigate",
            path(&folder.join("trail")),
            "--verify",
            path(&folder.join("digests")),
            "--verify-key",
            "src/record/digest/example/keys.json",
            "--fail-on-incomplete",
        ]);
        for expected in expected {
            assert!(run.stderr.contains(expected), "{}", run.stderr);
        }
        run.status
    };
    let first = include_str!("../../../src/record/digest/example/first.json");
    let second = include_str!("../../../src/record/digest/example/second.json");
    let good = ["1 file with 1 record is as CloudTrail delivered it"];
    assert_eq!(check(delivered, &[first, second], &good), Some(0));
    // Nobody vouches for the latest one.
    assert_eq!(
        check(
            delivered,
            &[first],
            &[
                "0 files with 0 records are",
                "1 file with 1 record by a digest that"
            ]
        ),
        Some(0)
    );
    let altered = String::from_utf8_lossy(delivered).replace("192.0.2.1", "192.0.2.2");
    let told = ["is not what CloudTrail delivered"];
    assert_eq!(check(altered.as_bytes(), &[first, second], &told), Some(4));
    let forged = first.replace("EXAMPLE.json.gz", "OTHER.json.gz");
    let told = ["was altered", "0 files with 0 records are"];
    assert_eq!(check(delivered, &[&forged, second], &told), Some(4));
    let told = ["is in no digest"];
    assert_eq!(check(delivered, &[second], &told), Some(4));
    // What was deleted is missed, and what was delivered under another name is found by its hash.
    let told = ["is in no digest", "is listed in a digest and was not read"];
    assert_eq!(
        check(altered.as_bytes(), &[&forged, second], &told),
        Some(4)
    );
}
