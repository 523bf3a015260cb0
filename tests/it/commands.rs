//! What each command prints and how it ends.

use std::path::Path;

use expect_test::expect_file;
use serde_json::Value;

use crate::program::{self, file, folder, trailblame, with_environment, with_input};

const BILLING: &str = "4billing0m2m0000000example";

#[test]
fn the_billing_story_on_a_terminal() {
    let run = trailblame(&["investigate", "sample-logs", "--client", BILLING]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    expect_file!["./snapshots/billing.txt"].assert_eq(&run.stdout);
    let long: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.chars().count() > 80)
        .filter(|line| !line.starts_with("aws ") && !line.starts_with("Next "))
        .collect();
    assert_eq!(long, Vec::<&str>::new());
}

#[test]
fn the_reports_story_as_markdown() {
    let client = "1reports0m2m0000000example";
    let run = trailblame(&[
        "investigate",
        "sample-logs",
        "--client",
        client,
        "--format",
        "markdown",
    ]);
    expect_file!["./snapshots/reports.md"].assert_eq(&run.stdout);
}

#[test]
fn the_portal_story_as_json() {
    let client = "0portal00web0000000example";
    let run = trailblame(&[
        "investigate",
        "sample-logs",
        "--client",
        client,
        "--format",
        "json",
    ]);
    expect_file!["./snapshots/portal.json"].assert_eq(&run.stdout);
}

#[test]
fn in_full_every_outage_has_its_whole_case() {
    let run = trailblame(&["investigate", "sample-logs", "--full"]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout.matches("What would prove it wrong").count(), 8);
    let both = trailblame(&["investigate", "sample-logs", "--full", "--explain", "3"]);
    assert_eq!(both.status, Some(2), "{}", both.stderr);
}

#[test]
fn the_first_screen_has_a_line_per_incident_and_fits() {
    let of_width = |width: &str| {
        let run = with_environment(&["investigate", "sample-logs"], &[("COLUMNS", width)]);
        assert_eq!(run.status, Some(0), "{}", run.stderr);
        run.stdout
    };
    let narrow = of_width("80");
    assert!(narrow.lines().count() <= 24, "{narrow}");
    let long: Vec<&str> = narrow
        .lines()
        .filter(|line| line.chars().count() > 80)
        .collect();
    assert_eq!(long, Vec::<&str>::new());
    let table = |page: &str| -> Vec<String> {
        let rows = page.lines().skip_while(|line| !line.starts_with('#'));
        let rows = rows.skip(1).take_while(|line| !line.is_empty());
        rows.map(str::to_owned).collect()
    };
    let rows = table(&narrow);
    assert_eq!(rows.len(), 8, "{narrow}");
    for (row, said) in rows.iter().zip([
        [
            "sso",
            "982/991",
            "password spraying from 527 addresses",
            "93%",
        ],
        ["webshop", "144/144", "alice removed code", ">99%"],
        ["partner", "405/427", "bob deleted a client secret", "99%"],
        [
            "mobile",
            "40/40",
            "bob removed ALLOW_USER_PASSWORD_AUTH",
            ">99%",
        ],
        [
            "billing",
            "1378/1378",
            "Deploy/ci removed client_credentials",
            ">99%",
        ],
        [
            "portal",
            "111 lost",
            "Deploy/ci removed legacy.portal.e",
            ">99%",
        ],
        ["kiosk", "105/105", "Release/github-actions removed", ">99%"],
        ["reports", "46/46", "application release?", "56%"],
    ]) {
        for said in said {
            assert!(row.contains(said), "{said}: {row}");
        }
    }
    for said in [
        "Not reverted  3  partner: bob deleted a client secret",
        "Gaps          none; data complete",
        "Next          trailblame investigate sample-logs --explain 3",
    ] {
        assert!(narrow.contains(said), "{said}: {narrow}");
    }
    let wide = of_width("200");
    assert!(
        wide.lines().any(|line| line.chars().count() > 150),
        "{wide}"
    );
    let rows = table(&wide);
    assert!(
        rows[1].contains("alice (console) removed code from AllowedOAuthFlows at 09:12:10"),
        "{wide}"
    );
}

#[test]
fn an_app_client_is_named_and_an_incident_picked_as_in_git() {
    for (name, client) in [
        ("billing", BILLING),
        ("Bill", BILLING),
        ("4bill", BILLING),
        ("webshop", "2webshop0web0000000example"),
    ] {
        let answer = program::investigate(&["sample-logs", "--client", name]);
        let incidents = answer["incidents"].as_array().expect("incidents");
        assert_eq!(incidents.len(), 1, "{name}");
        assert_eq!(incidents[0]["client_ids"][0], client, "{name}");
    }
    let answer = program::investigate(&["sample-logs", "--user-pool", "eu-west-1_staff"]);
    assert_eq!(answer["incidents"].as_array().map(Vec::len), Some(3));
    for command in ["investigate", "failures", "changes"] {
        let run = trailblame(&[command, "sample-logs", "--client", "p"]);
        assert_eq!(run.status, Some(2), "{command}: {}", run.stderr);
        for said in [
            "`--client p` is ambiguous: 2 app clients match",
            "0portal00web0000000example (portal), 5partner0m2m0000000example (partner)",
        ] {
            assert!(run.stderr.contains(said), "{command}: {}", run.stderr);
        }
    }
    for which in ["5", "inc-0a626171e90e", "inc-0a62", "0a626"] {
        let run = trailblame(&["investigate", "sample-logs", "--explain", which]);
        assert!(
            run.stdout.starts_with("Incident 5 of 8"),
            "{which}: {}",
            run.stderr
        );
        let at = program::investigate(&["sample-logs", "--at", which]);
        assert_eq!(at["around"]["at"], "2026-03-02T14:06:00Z", "{which}");
    }
    for which in ["inc-", "0a", "inc-ffff"] {
        let run = trailblame(&["investigate", "sample-logs", "--explain", which]);
        assert_eq!(run.status, Some(2), "{which}");
    }
}

#[test]
fn why_requests_failed_is_told_with_what_the_settings_say_of_it() {
    let answer = program::investigate(&["sample-logs", "--client", "billing"]);
    let why = answer["incidents"][0]["why_failed"]
        .as_array()
        .expect("a list");
    let grant = why.iter().find(|one| one["attribute"] == "grant");
    let grant = &grant.expect("the grant")["values"][0];
    assert_eq!(grant["value"], "client_credentials");
    assert_eq!(grant["failed"], 1_378);
    assert_eq!(
        grant["note"],
        "not in AllowedOAuthFlows since 14:05:04, added at 15:20:17"
    );
    assert_eq!(answer["client_names"][BILLING], "billing");
}

#[test]
fn a_named_time_is_explained_without_a_scan() {
    for asked in [
        vec!["--at", "2026-03-02T14:06:00Z", "--client", BILLING],
        vec![
            "--between",
            "2026-03-02T14:00:00Z,2026-03-02T15:00:00Z",
            "--client",
            BILLING,
        ],
        vec!["--between", "2026-03-02 14:00,2026-03-02 15:00"],
    ] {
        let mut arguments = vec!["sample-logs"];
        arguments.extend(&asked);
        let answer = program::investigate(&arguments);
        let incidents = answer["incidents"].as_array().expect("incidents");
        let billing = incidents
            .iter()
            .find(|incident| incident["client_ids"][0] == BILLING)
            .unwrap_or_else(|| panic!("{asked:?}"));
        assert_eq!(billing["verdict"], "change", "{asked:?}");
        assert_eq!(billing["onset"], "2026-03-02T14:06:00Z", "{asked:?}");
        assert_eq!(billing["suspects"][0]["event_time"], "2026-03-02T14:05:04Z");
    }
}

#[test]
fn a_named_silence_is_explained() {
    let answer = program::investigate(&[
        "sample-logs",
        "--at",
        "2026-03-02T16:41:00Z",
        "--client",
        "0portal00web0000000example",
    ]);
    let incident = &answer["incidents"][0];
    assert_eq!(incident["kind"], "absence", "{incident:#}");
    assert_eq!(
        incident["suspects"][0]["event_time"],
        "2026-03-02T16:40:33Z"
    );
}

#[test]
fn without_an_outage_the_changes_of_the_window_are_shown() {
    let catalog = "9catalog0m2m0000000example";
    let run = trailblame(&["investigate", "sample-logs", "--client", catalog]);
    assert!(run.stdout.starts_with("No incident"), "{}", run.stdout);
    assert!(
        run.stdout.contains("Changes in the window"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("UpdateUserPoolClient"),
        "{}",
        run.stdout
    );
}

#[test]
fn an_outage_has_a_status_of_its_own_when_asked_for() {
    let run = trailblame(&["investigate", "sample-logs", "--fail-on-outage"]);
    assert_eq!(run.status, Some(3), "{}", run.stderr);
}

/// A description of the client as the guilty change left it: nobody has put it back.
fn still_broken(folder: &Path) -> String {
    let text = serde_json::json!({"UserPoolClient": {
        "UserPoolId": "eu-west-1_ShopEXAMPLE", "ClientId": BILLING, "ClientName": "billing",
        "AllowedOAuthFlows": ["code"], "AllowedOAuthFlowsUserPoolClient": true,
        "LastModifiedDate": "2026-03-02T23:00:00+00:00",
    }});
    file(folder, "client.json", text.to_string())
}

#[test]
fn what_undoes_it_is_written_as_the_aws_cli_takes_it() {
    let folder = folder("undo");
    let settings = still_broken(&folder);
    let undo = folder.join("undo");
    let run = trailblame(&[
        "investigate",
        "sample-logs",
        "--client",
        BILLING,
        "--settings",
        &settings,
        "--write-undo",
        undo.to_str().expect("UTF-8"),
    ]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let files: Vec<_> = std::fs::read_dir(&undo)
        .expect("a folder")
        .flatten()
        .collect();
    assert_eq!(files.len(), 1);
    let text = std::fs::read_to_string(files[0].path()).expect("a file");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        document["AllowedOAuthFlows"],
        serde_json::json!(["client_credentials"])
    );
    assert_eq!(document["ClientId"], BILLING);
    assert!(
        run.stderr.contains(
            "aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json file://"
        ),
        "{}",
        run.stderr
    );
}

#[test]
fn what_is_reverted_already_leaves_nothing_to_write() {
    let folder = folder("undo-none");
    let path = folder.to_str().expect("UTF-8");
    let arguments = ["investigate", "sample-logs", "--client", BILLING];
    let run = trailblame(&[&arguments[..], &["--write-undo", path]].concat());
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 0);
    assert!(
        run.stderr
            .contains("Already reverted: `AllowedOAuthFlows` has its previous value again. Nothing was written."),
        "{}",
        run.stderr
    );
    let undo = program::investigate(&arguments[1..]);
    let undo = &undo["incidents"][0]["suspects"][0]["undo"];
    assert_eq!(
        (&undo["kind"], &undo["command"]),
        (&"none".into(), &Value::Null)
    );
}

#[test]
fn evidence_is_the_records_with_their_sums() {
    let folder = folder("evidence");
    let path = folder.to_str().expect("UTF-8");
    trailblame(&[
        "investigate",
        "sample-logs",
        "--client",
        BILLING,
        "--evidence",
        path,
    ]);
    let sums = std::fs::read_to_string(folder.join("SHA256SUMS")).expect("sums");
    assert!(sums.lines().count() > 3, "{sums}");
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").expect("a sum and a name");
        let bytes = std::fs::read(folder.join(name)).expect("a file");
        let found = <sha2::Sha256 as sha2::Digest>::digest(&bytes);
        let hex: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, sum);
        let text = String::from_utf8(bytes).expect("UTF-8");
        let id = name.trim_end_matches(".json");
        assert!(text.contains(id), "{text}");
    }
}

#[test]
fn a_saved_description_closes_the_history() {
    let folder = folder("settings");
    let settings = still_broken(&folder);
    let answer =
        program::investigate(&["sample-logs", "--client", BILLING, "--settings", &settings]);
    assert!(
        answer["gaps"].to_string().contains("AllowedOAuthFlows"),
        "{:#}",
        answer["gaps"]
    );
    let undo = &answer["incidents"][0]["suspects"][0]["undo"];
    assert!(
        undo["command"]
            .as_str()
            .expect("a command")
            .contains("client_credentials")
    );
    let bad = file(&folder, "bad.json", "{}");
    let run = trailblame(&["investigate", "sample-logs", "--settings", &bad]);
    assert_eq!(run.status, Some(1));
    assert!(run.stderr.contains("bad.json"), "{}", run.stderr);
}

#[test]
fn a_mapping_ties_a_log_to_a_client() {
    let folder = folder("mapping");
    let lines: String = (0..30)
        .map(|minute| format!("2026-03-02T10:{minute:02}:00Z token error: invalid_client\n"))
        .collect();
    let log = file(&folder, "web.log", lines);
    let answer = program::investigate(&[&log, "--map", "web.log=1aaaaaaaaaaaaaaaaaaexample"]);
    assert_eq!(
        answer["inputs"]["ties"]["by --map"], 30,
        "{:#}",
        answer["inputs"]
    );
    let untied = program::investigate(&[&log]);
    assert_eq!(untied["inputs"]["untied"], 30, "{:#}", untied["inputs"]);
    assert_eq!(
        untied["inputs"]["failures_only"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn the_history_of_a_clients_settings() {
    let run = trailblame(&[
        "changes",
        "sample-logs",
        "--client",
        BILLING,
        "--since",
        "2026-03-02",
    ]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(
        run.stdout.contains("- client_credentials\n    + code"),
        "{}",
        run.stdout
    );
    let stat = trailblame(&["changes", "sample-logs", "--client", BILLING, "--stat"]);
    assert!(stat.stdout.lines().count() >= 3, "{}", stat.stdout);
    let json = trailblame(&["changes", "sample-logs", "--format", "json"]);
    let json: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(json["schema"], "trailblame/changes/1");
    assert_eq!(json["changes"].as_array().map(Vec::len), Some(78));
}

#[test]
fn failures_in_every_form() {
    let json = trailblame(&["failures", "sample-logs", "--format", "json", "--bin", "1d"]);
    let json: Value = serde_json::from_str(&json.stdout).expect("JSON");
    let rows = json["failures"].as_array().expect("rows");
    let billing = rows
        .iter()
        .find(|row| row["client_id"] == BILLING)
        .expect("billing");
    assert_eq!(billing["failures"], 1_378);
    let csv = trailblame(&[
        "failures",
        "sample-logs",
        "--format",
        "csv",
        "--client",
        BILLING,
    ]);
    assert!(
        csv.stdout
            .starts_with("from,client_id,error,grant,failures\n"),
        "{}",
        csv.stdout
    );
    let chart = trailblame(&["failures", "sample-logs", "--format", "chart"]);
    assert!(chart.stdout.contains('█'), "{}", chart.stdout);
    let table = trailblame(&["failures", "sample-logs"]);
    assert!(
        table.stdout.contains("unauthorized_client"),
        "{}",
        table.stdout
    );
}

#[test]
fn what_cannot_be_meant_is_refused_at_once() {
    for arguments in [
        vec!["investigate"],
        vec!["investigate", "x", "--since", "yesterday"],
        vec![
            "investigate",
            "x",
            "--since",
            "2026-03-02",
            "--until",
            "2026-03-01",
        ],
        vec!["investigate", "x", "--between", "2026-03-02"],
        vec!["investigate", "x", "--between", "2026-03-02,2026-03-01"],
        vec![
            "investigate",
            "x",
            "--at",
            "2026-03-02",
            "--between",
            "2026-03-01,2026-03-02",
        ],
        vec!["investigate", "x", "--map", "nothing"],
        vec!["failures", "x", "--bin", "0s"],
        vec!["investigate", "x", "--format", "html"],
        vec!["investigate", "--athena", "logs.trail", "--cloudtrail"],
        vec!["investigate", "s3://example", "--athena", "logs.trail"],
    ] {
        let run = trailblame(&arguments);
        assert_eq!(run.status, Some(2), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stdout, "");
        assert!(
            run.stderr.starts_with("error: "),
            "{arguments:?}: {}",
            run.stderr
        );
    }
}

#[test]
fn the_whole_case_of_one_outage() {
    let run = trailblame(&["investigate", "sample-logs", "--explain", "5"]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    for told in [
        "4billing0m2m0000000example",
        "judged by the settings before and after",
        "It left every setting as it was",
        "What would prove it wrong",
        "of the successes usual for that long came",
        "calibrated on simulated incidents",
    ] {
        assert!(run.stdout.contains(told), "{told}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("5partner0m2m0000000example"));
    let none = trailblame(&["investigate", "sample-logs", "--explain", "99"]);
    assert_eq!(none.status, Some(2));
    assert!(none.stderr.contains("from 1 to 8"), "{}", none.stderr);
    let json = [
        "investigate",
        "sample-logs",
        "--explain",
        "1",
        "--format",
        "json",
    ];
    assert_eq!(trailblame(&json).status, Some(2));
}

/// A token event with hostile text in every place that is printed.
#[test]
fn hostile_text_stays_text() {
    let hostile = "\\u001b[31m<script>`|=HYPERLINK(1)\\u202e";
    let record = |minute: u32, status: u32| {
        format!(
            r#"{{"eventTime":"2026-03-02T{:02}:{:02}:00Z","eventSource":"cognito-idp.amazonaws.com","eventName":"Token_POST","awsRegion":"eu-west-1","additionalEventData":{{"responseParameters":{{"status":{status}}},"requestParameters":{{"grant_type":["{hostile}"],"client_id":["={hostile}"]}},"userPoolId":"{hostile}"}},"eventID":"{minute}","eventType":"AwsServiceEvent","recipientAccountId":"111122223333"{}}}"#,
            10 + minute / 60,
            minute % 60,
            if status == 400 {
                format!(r#","errorCode":"{hostile}""#)
            } else {
                String::new()
            },
        )
    };
    let change = format!(
        r#"{{"eventTime":"2026-03-02T10:59:30Z","eventSource":"cognito-idp.amazonaws.com","eventName":"Update{hostile}","eventType":"AwsApiCall","readOnly":false,"userIdentity":{{"arn":"{hostile}"}},"userAgent":"{}","requestParameters":{{"userPoolId":"{hostile}"}},"eventID":"c","recipientAccountId":"111122223333"}}"#,
        "x".repeat(10_000)
    );
    let mut lines: Vec<String> = (0..60).map(|minute| record(minute, 200)).collect();
    lines.push(change);
    lines.extend((60..100).map(|minute| record(minute, 400)));
    let input = lines.join("\n");
    let plain = |arguments: &[&str]| {
        let run = with_input(arguments, input.as_bytes());
        assert_eq!(run.status, Some(0), "{arguments:?}: {}", run.stderr);
        run.stdout
    };
    for arguments in [
        vec!["investigate", "-"],
        vec!["changes", "-"],
        vec!["changes", "-", "--stat"],
        vec!["failures", "-"],
        vec!["failures", "-", "--format", "chart"],
    ] {
        let text = plain(&arguments);
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{202e}'),
            "{arguments:?}: {text}"
        );
    }
    let markdown = plain(&["investigate", "-", "--format", "markdown"]);
    assert!(
        !markdown.contains("<script>") || markdown.contains("```"),
        "{markdown}"
    );
    let outside: String = markdown.split("```").step_by(2).collect();
    let outside: String = outside.split('`').step_by(2).collect();
    assert!(!outside.contains("<script>"), "{outside}");
    let csv = plain(&["failures", "-", "--format", "csv"]);
    assert!(!csv.contains(",=") && !csv.contains(",\"="), "{csv}");
    let json: Value =
        serde_json::from_str(&plain(&["investigate", "-", "--format", "json"])).expect("JSON");
    assert_eq!(
        json["incidents"].as_array().map(Vec::len),
        Some(1),
        "{json:#}"
    );
}

#[test]
fn help_has_examples_and_a_version() {
    for command in ["investigate", "changes", "failures"] {
        let run = trailblame(&[command, "--help"]);
        assert!(run.stdout.contains("Examples:"), "{}", run.stdout);
    }
    assert!(trailblame(&["--version"]).stdout.starts_with("trailblame "));
}

#[test]
fn saved_queries_are_listed_and_printed() {
    let run = program::trailblame(&["queries"]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(
        run.stdout
            .contains("first-failures\n    The first failures"),
        "{}",
        run.stdout
    );
    let printed = program::trailblame(&["queries", "first-failures"]);
    assert!(
        printed.stdout.contains("sort eventTime asc"),
        "{}",
        printed.stdout
    );
    let unknown = program::trailblame(&["queries", "no-such"]);
    assert_eq!(unknown.status, Some(2));
}

#[test]
fn the_policy_of_a_source_is_a_policy() {
    let run = program::trailblame(&["iam-policy", "s3", "settings"]);
    let policy: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let actions: Vec<&str> = policy["Statement"]
        .as_array()
        .expect("statements")
        .iter()
        .flat_map(|statement| statement["Action"].as_array().expect("actions"))
        .filter_map(serde_json::Value::as_str)
        .collect();
    assert!(actions.contains(&"kms:Decrypt"));
    assert!(!actions.contains(&"cloudtrail:LookupEvents"));
}

#[test]
fn frames_are_exported() {
    let counts = [
        "export",
        "sample-logs",
        "--frame",
        "counts",
        "--format",
        "csv",
    ];
    let run = program::trailblame(&counts);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let mut lines = run.stdout.lines();
    let header = lines.next().expect("a header");
    assert!(
        header.starts_with("minute,account,region,user_pool,client"),
        "{header}"
    );
    assert!(lines.clone().count() > 5_000);
    let first = lines.next().expect("a row");
    assert!(
        first.starts_with("2026-03-02T00:00:00.000000Z,111122223333"),
        "{first}"
    );
    let folder = folder("export");
    let path = folder.join("changes.parquet");
    let path = path.to_str().expect("UTF-8");
    let run = trailblame(&[
        "export",
        "sample-logs",
        "--frame",
        "changes",
        "--output",
        path,
    ]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let bytes = std::fs::read(path).expect("a file");
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
}

#[test]
fn states_are_exported() {
    let states = [
        "export",
        "sample-logs",
        "--frame",
        "states",
        "--format",
        "csv",
    ];
    let run = program::trailblame(&states);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let mut rows = csv::Reader::from_reader(run.stdout.as_bytes());
    let head = rows.headers().expect("a head").clone();
    let column = |name: &str| head.iter().position(|head| head == name).expect("a column");
    let rows: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
    let billing: Vec<_> = rows
        .iter()
        .filter(|row| row[column("resource")].starts_with("4billing"))
        .filter(|row| row[column("from")] == *"2026-03-02T14:05:04.000000Z")
        .collect();
    assert!(!billing.is_empty());
    for row in billing {
        assert_eq!(&row[column("resource_kind")], "client");
        assert!(
            serde_json::from_str::<serde_json::Value>(&row[column("value")]).is_ok(),
            "{row:?}"
        );
    }
}

/// Outages that were asked for: client, onset, end, failed requests and verdict.
fn asked(arguments: &[&str]) -> Vec<String> {
    let answer = program::investigate(&[&["sample-logs"], arguments].concat());
    let incidents = answer["incidents"].as_array().expect("incidents").iter();
    incidents
        .map(|incident| {
            let clock = |time: &Value| time.as_str().map_or("-", |time| &time[11..19]).to_owned();
            format!(
                "{} {} {} {} {}",
                incident["client_ids"][0].as_str().unwrap_or("-"),
                clock(&incident["onset"]),
                clock(&incident["end"]),
                incident["failed"],
                incident["verdict"].as_str().unwrap_or("-"),
            )
        })
        .collect()
}

#[test]
fn an_outage_that_is_named_is_told_whole() {
    let billing = "4billing0m2m0000000example 14:06:00 15:20:16 1378 change";
    let partner = "5partner0m2m0000000example 11:04:01 11:59:38 405 change";
    for (arguments, expected) in [
        (&["--at", "2026-03-02T14:06"][..], &[billing][..]),
        (
            &[
                "--at",
                "2026-03-02 15:00",
                "--client",
                "4billing0m2m0000000example",
            ],
            &[billing],
        ),
        (
            &["--between", "2026-03-02 14:06,2026-03-02 15:10"],
            &[billing],
        ),
        (
            &[
                "--at",
                "2026-03-02 11:30",
                "--client",
                "5partner0m2m0000000example",
            ],
            &[partner],
        ),
        (
            &[
                "--at",
                "2026-03-02T02:00",
                "--client",
                "4billing0m2m0000000example",
            ],
            &[],
        ),
        (
            &[
                "--at",
                "2026-03-02 12:00",
                "--client",
                "7intranet0web000000example",
            ],
            &[],
        ),
    ] {
        assert_eq!(asked(arguments), expected, "{arguments:?}");
    }
}

#[test]
fn what_the_logs_do_not_name_is_no_all_clear() {
    for (arguments, told) in [
        (
            &["investigate", "sample-logs", "--client", "nosuch"][..],
            "no request or change of `nosuch`",
        ),
        (
            &[
                "investigate",
                "sample-logs",
                "--user-pool",
                "eu-west-1_Nope",
            ],
            "eu-west-1_Nope",
        ),
        (&["failures", "sample-logs", "--client", "nosuch"], "nosuch"),
        (&["changes", "sample-logs", "--client", "nosuch"], "nosuch"),
        (
            &["investigate", "sample-logs", "--at", "2026-02-01T02:00"],
            "the logs reach from 2026-03-02",
        ),
    ] {
        let run = trailblame(arguments);
        assert_eq!(run.status, Some(1), "{arguments:?}");
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
}

#[test]
fn what_is_typed_wins_over_the_environment_and_that_over_the_file() {
    let folder = folder("config");
    let text = "[failures]\nformat = \"csv\"\nbin = \"1d\"\n[sources]\nsince = \"2020-01-01\"\n";
    let path = file(&folder, "trailblame.toml", text);
    let failures = ["failures", "sample-logs", "--config", &path];
    let run = trailblame(&failures);
    assert!(run.stdout.starts_with("from,client_id"), "{}", run.stdout);
    let run = with_environment(&failures, &[("TRAILBLAME_FORMAT", "json")]);
    assert!(
        run.stdout.contains("\"bin_seconds\": 86400"),
        "{}",
        run.stdout
    );
    let mut typed = failures.to_vec();
    typed.extend(["--format", "table"]);
    let run = with_environment(&typed, &[("TRAILBLAME_FORMAT", "json")]);
    assert!(run.stdout.contains("app client"), "{}", run.stdout);
    let run = trailblame(&["config", "check", "--config", &path]);
    assert!(
        run.stdout
            .contains("trailblame failures --bin=1d --format=csv"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_key_that_nobody_knows_is_refused_with_the_nearest() {
    let folder = folder("config-wrong");
    for (text, hint) in [
        ("[sources]\nprofil = \"prod\"\n", "`profile`"),
        ("[reports]\n", "`report`"),
        ("[report]\nnotifi = \"x\"\n", "`notify`"),
        ("[thresholds]\nfalse-alarm = 1\n", "`false-alarms`"),
    ] {
        let path = file(&folder, "wrong.toml", text);
        let run = trailblame(&["investigate", "sample-logs", "--config", &path]);
        assert_eq!(run.status, Some(2), "{text}");
        assert!(
            run.stderr.contains(&format!("did you mean {hint}")),
            "{}",
            run.stderr
        );
    }
    let path = file(&folder, "no.toml", "since = ");
    let run = trailblame(&["investigate", "sample-logs", "--config", &path]);
    assert_eq!(run.status, Some(2), "{}", run.stderr);
}

#[test]
fn app_clients_have_names_for_people() {
    let text = "[clients]\n4billing0m2m0000000example = \"Billing\"\n";
    let path = file(&folder("config-names"), "trailblame.toml", text);
    let run = trailblame(&["investigate", "sample-logs", "--config", &path]);
    assert!(run.stdout.contains(" Billing "), "{}", run.stdout);
    let run = trailblame(&[
        "investigate",
        "sample-logs",
        "--config",
        &path,
        "--explain",
        "5",
    ]);
    assert!(
        run.stdout
            .contains("5. Billing (4billing0m2m0000000example) ─"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("\"ClientId\":\"Billing"));
    let json = [
        "investigate",
        "sample-logs",
        "--config",
        &path,
        "--format",
        "json",
    ];
    assert!(!trailblame(&json).stdout.contains("Billing ("));
}

#[test]
fn outages_are_a_frame_too() {
    let run = trailblame(&[
        "export",
        "sample-logs",
        "--frame",
        "incidents",
        "--format",
        "csv",
    ]);
    let mut rows = csv::Reader::from_reader(run.stdout.as_bytes());
    let head = rows.headers().expect("a head").clone();
    let column = |name: &str| head.iter().position(|head| head == name).expect("a column");
    let rows: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 8);
    let billing = rows
        .iter()
        .find(|row| row[column("client_ids")].starts_with("4billing"));
    let billing = billing.expect("the outage");
    assert_eq!(&billing[column("onset")], "2026-03-02T14:06:00.000000Z");
    assert_eq!(
        &billing[column("event_time")],
        "2026-03-02T14:05:04.000000Z"
    );
    assert_eq!(&billing[column("failed")], "1378");
}

#[test]
fn shells_and_man_know_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let run = trailblame(&["completions", shell]);
        assert_eq!(run.status, Some(0));
        assert!(run.stdout.contains("investigate"), "{shell}");
    }
    let run = trailblame(&["man"]);
    assert!(run.stdout.contains(".TH trailblame 1"), "{}", run.stdout);
}

#[test]
fn a_quiet_run_says_nothing_but_errors() {
    let run = trailblame(&["investigate", "sample-logs", "--quiet"]);
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    let run = trailblame(&["investigate", "no-such-folder", "--quiet"]);
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
}

#[test]
fn people_read_times_in_their_own_zone_and_programs_in_utc() {
    let berlin = [("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")];
    let mut local = vec!["investigate", "sample-logs", "--client", BILLING, "--local"];
    let run = with_environment(&local, &berlin);
    for told in [
        "between 2026-03-02 01:00:19 and 2026-03-03 00:59:58 UTC+01:00",
        "at 2026-03-02 15:05:04 with `UpdateUserPoolClient`",
        "The outage ended when the setting was put back at 16:20:17.",
    ] {
        let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(told), "{told}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("14:05:04"), "{}", run.stdout);
    assert!(
        run.stderr.contains("window: 2026-03-02T01:00:19+01:00"),
        "{}",
        run.stderr
    );
    local.extend(["--format", "json"]);
    let run = with_environment(&local, &berlin);
    assert!(
        run.stdout
            .contains("\"event_time\": \"2026-03-02T14:05:04Z\"")
    );
    assert!(
        run.stdout.contains("put back at 15:20:17."),
        "{}",
        run.stdout
    );
    let at = [
        "investigate",
        "sample-logs",
        "--local",
        "--since",
        "2026-03-02 15:00",
    ];
    let run = with_environment(&at, &berlin);
    assert!(
        run.stderr.contains("window: 2026-03-02T15:00:00+01:00"),
        "{}",
        run.stderr
    );
    let changes = ["changes", "sample-logs", "--client", BILLING, "--local"];
    let run = with_environment(&changes, &berlin);
    assert!(
        run.stdout.contains("Date:   2026-03-02 15:05:04 UTC+01:00"),
        "{}",
        run.stdout
    );
}
