//! The forms as people and programs get them.

use expect_test::{Expect, expect};
use polars::prelude::IntoLazy;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::{
    changes, escape, export,
    fixture::{HOSTILE, change, full, investigation, quiet},
    html, incidents, json, markdown,
    page::Report,
    terminal::{self, Colour, Style},
};
use crate::{
    attribute::{Investigation, Verdict},
    frame::Cells,
};

const VERDICTS: [Verdict; 3] = [Verdict::Change, Verdict::NoChange, Verdict::Undetermined];

fn style(width: usize) -> Style {
    Style {
        width,
        colour: Colour::None,
        zone: crate::attribute::utc,
    }
}

fn printed(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn on_terminal(investigation: &Investigation, width: usize) -> String {
    printed(|out| terminal::write(investigation, style(width), out))
}

fn as_markdown(investigation: &Investigation) -> String {
    printed(|out| markdown::write(investigation, out))
}

fn as_json(investigation: &Investigation) -> String {
    printed(|out| json::write(investigation, out))
}

fn check(investigation: &Investigation, expect: Expect) {
    expect.assert_eq(&on_terminal(investigation, 80));
}

#[test]
fn a_change_is_named_proven_and_undone() {
    check(
        &investigation(Verdict::Change, None),
        expect![[r#"
        1 outage between 2026-03-02 00:00:00 and 2026-03-02 23:59:58 UTC

        1. 4billing0example ────────────────────────────────────────────────────────────
           `UpdateUserPoolClient` at 14:05:04 by Deploy/ci (terraform) dropped
             client_credentials from AllowedOAuthFlows (97 %).
           1,248 of 1,265 client_credentials requests failed with `unauthorized_client`.
             From 14:06:00 to 15:20:16 (74 min), then requests succeeded again; last
             success 14:05:02. User pool eu-west-1_ShopEXAMPLE, account 111122223333,
             eu-west-1.
           The settings after the change refuse the failing requests.

               171│                ▂▄▆█
                  │            ▂▄▆█████
                  │        ▁▃▆█████████
                  │     ▃▅▇████████████
            failed│     ███████████████
                  └──────────────────────────
                        ▲
                   13:40:00–15:50:00, 5 min a column
           ▲ 14:05:04 the change

           The change
           `UpdateUserPoolClient` of app client 4billing0example at 14:05:04: event
             EXAMPLE-guilty, chain arn:aws:iam::111122223333:role/Deploy, from
             192.0.2.7.
           ✗ AllowedOAuthFlows
               - client_credentials
               + code
             CallbackURLs
               - app://old, and 40 on both sides
               + app://new, and 40 on both sides
             ClientName
               - billing (assumed)
               + billing-v2

           Why
           +6.2  All failed requests pass under the settings before it.
           +5.0  The first request it breaks came 56 s after it.

           Suspects
           ┌──────┬─────────────┬───────────────────────┬──────────────────────────────┐
           │      ┆ time        ┆ event                 ┆ what                         │
           │      ┆ to onset    ┆ by                    ┆                              │
           ╞══════╪═════════════╪═══════════════════════╪══════════════════════════════╡
           │ 97 % ┆ 14:05:04    ┆ UpdateUserPoolClient  ┆ dropped client_credentials   │
           │      ┆ 56 s before ┆ Deploy/ci (terraform) ┆ from AllowedOAuthFlows       │
           │ 2 %  ┆ –           ┆ no logged change      ┆ a change of the application  │
           │ 1 %  ┆ 14:06:03    ┆ UpdateUserPoolClient  ┆ failed with AccessDenied     │
           │      ┆ 3 s after   ┆ SSO Platform/alice    ┆                              │
           │      ┆             ┆ (terraform)           ┆                              │
           └──────┴─────────────┴───────────────────────┴──────────────────────────────┘

           What undoes it
           Compare first:

        aws cognito-idp describe-user-pool-client --client-id 4billing0example

        aws cognito-idp update-user-pool-client --cli-input-json '{"AllowedOAuthFlows":["client_credentials"],"ClientName":"billing"}'

           Review before sending: the value of `ClientName`, not observed but assumed.

        What was looked at ─────────────────────────────────────────────────────────────
           12 files, 123 kB: 51,234 CloudTrail records, 40,123 requests, 17 changes; 12
             duplicates dropped.
           trail 111122223333 eu-west-1: 00:00:00 to 23:59:58, partial

           Not seen, or not for sure
           trail/cut.json.gz at byte 4096: ends inside a record
           188 application lines without a client id tied to one by request id
    "#]],
    );
}

#[test]
fn an_undetermined_outage_gets_no_undo() {
    check(
        &investigation(Verdict::Undetermined, None),
        expect![[r#"
        1 outage between 2026-03-02 00:00:00 and 2026-03-02 23:59:58 UTC

        1. 4billing0example ────────────────────────────────────────────────────────────
           The logs cannot decide.
           1,248 of 1,265 client_credentials requests failed with `unauthorized_client`.
             From 14:06:00 to 15:20:16 (74 min), then requests succeeded again; last
             success 14:05:02. User pool eu-west-1_ShopEXAMPLE, account 111122223333,
             eu-west-1.
           The error code is missing: no application log was given.

               171│                ▂▄▆█
                  │            ▂▄▆█████
                  │        ▁▃▆█████████
                  │     ▃▅▇████████████
            failed│     ███████████████
                  └──────────────────────────
                   13:40:00–15:50:00, 5 min a column

           The likeliest change, not proven
           `UpdateUserPoolClient` of app client 4billing0example at 14:05:04: event
             EXAMPLE-guilty, chain arn:aws:iam::111122223333:role/Deploy, from
             192.0.2.7.
           ✗ AllowedOAuthFlows
               - client_credentials
               + code
             CallbackURLs
               - app://old, and 40 on both sides
               + app://new, and 40 on both sides
             ClientName
               - billing (assumed)
               + billing-v2

           Why
           +6.2  All failed requests pass under the settings before it.
           +5.0  The first request it breaks came 56 s after it.

           Suspects
           ┌──────┬─────────────┬───────────────────────┬──────────────────────────────┐
           │      ┆ time        ┆ event                 ┆ what                         │
           │      ┆ to onset    ┆ by                    ┆                              │
           ╞══════╪═════════════╪═══════════════════════╪══════════════════════════════╡
           │ 55 % ┆ 14:05:04    ┆ UpdateUserPoolClient  ┆ dropped client_credentials   │
           │      ┆ 56 s before ┆ Deploy/ci (terraform) ┆ from AllowedOAuthFlows       │
           │ 40 % ┆ –           ┆ no logged change      ┆ a change of the application  │
           │ 5 %  ┆ 14:06:03    ┆ UpdateUserPoolClient  ┆ failed with AccessDenied     │
           │      ┆ 3 s after   ┆ SSO Platform/alice    ┆                              │
           │      ┆             ┆ (terraform)           ┆                              │
           └──────┴─────────────┴───────────────────────┴──────────────────────────────┘
           No undo is printed, since no change is proven; `--format json` has one for
             each suspect.

        What was looked at ─────────────────────────────────────────────────────────────
           12 files, 123 kB: 51,234 CloudTrail records, 40,123 requests, 17 changes; 12
             duplicates dropped.
           trail 111122223333 eu-west-1: 00:00:00 to 23:59:58, partial

           Not seen, or not for sure
           trail/cut.json.gz at byte 4096: ends inside a record
           188 application lines without a client id tied to one by request id
    "#]],
    );
}

#[test]
fn a_quiet_day_shows_its_changes() {
    check(
        &quiet(),
        expect![[r#"
            No outage between 2026-03-02 00:00:00 and 2026-03-02 23:59:58 UTC

            Changes in the window ──────────────────────────────────────────────────────────
               ┌──────────┬───────────────────────┬────────────────────────────────────────┐
               │ time     ┆ event                 ┆ what                                   │
               │          ┆ by                    ┆                                        │
               ╞══════════╪═══════════════════════╪════════════════════════════════════════╡
               │ 14:05:04 ┆ UpdateUserPoolClient  ┆ app client 4billing0example: changed   │
               │          ┆ Deploy/ci (terraform) ┆ AllowedOAuthFlows, CallbackURLs,       │
               │          ┆                       ┆ ClientName                             │
               └──────────┴───────────────────────┴────────────────────────────────────────┘

            What was looked at ─────────────────────────────────────────────────────────────
               12 files, 123 kB: 51,234 CloudTrail records, 40,123 requests, 17 changes; 12
                 duplicates dropped.
               trail 111122223333 eu-west-1: 00:00:00 to 23:59:58, partial

               Not seen, or not for sure
               trail/cut.json.gz at byte 4096: ends inside a record
               188 application lines without a client id tied to one by request id
        "#]],
    );
}

#[test]
fn markdown_says_the_same() {
    expect![[r#"
        # 1 outage between 2026-03-02 00:00:00 and 2026-03-02 23:59:58 UTC

        ## 1. 4billing0example

        **No logged change did it \(98 %\); likeliest a change of the application.**

        1,248 of 1,265 client\_credentials requests failed with `unauthorized_client`. From 14:06:00 to 15:20:16 \(74 min\), then requests succeeded again; last success 14:05:02. User pool eu-west-1\_ShopEXAMPLE, account 111122223333, eu-west-1.

        Every setting the requests depend on stayed as it was.

        ```text
            171│                ▂▄▆█
               │            ▂▄▆█████
               │        ▁▃▆█████████
               │     ▃▅▇████████████
         failed│     ███████████████
               └──────────────────────────
                13:40:00–15:50:00, 5 min a column
        ```

        ### Suspects

        |  | time | to onset | event | by | what |
        |---|---|---|---|---|---|
        | 98 % | – | – | no logged change | – | a change of the application |
        | 1 % | 14:06:03 | 3 s after | UpdateUserPoolClient | SSO Platform/alice \(terraform\) | failed with AccessDenied |
        | 1 % | 14:05:04 | 56 s before | UpdateUserPoolClient | Deploy/ci \(terraform\) | dropped client\_credentials from AllowedOAuthFlows |

        ## What was looked at

        12 files, 123 kB: 51,234 CloudTrail records, 40,123 requests, 17 changes; 12 duplicates dropped.

        - trail 111122223333 eu-west-1: 00:00:00 to 23:59:58, partial

        ### Not seen, or not for sure

        - trail/cut.json.gz at byte 4096: ends inside a record
        - 188 application lines without a client id tied to one by request id
    "#]].assert_eq(&as_markdown(&investigation(Verdict::NoChange, None)));
}

#[test]
fn only_commands_are_wider_than_the_terminal() {
    for width in [40, 60, 80, 119, 120, 200, 1_000] {
        for verdict in VERDICTS {
            for name in [None, Some(HOSTILE)] {
                let page = on_terminal(&investigation(verdict, name), width);
                for line in page.lines().filter(|line| !line.starts_with("aws ")) {
                    assert!(line.width() <= width.min(120), "{width}: {line}");
                }
                assert!(!page.contains("\n\n\n"), "{page}");
            }
        }
    }
}

#[test]
fn hostile_text_stays_text_in_every_form() {
    let long = HOSTILE.repeat(300);
    for name in [HOSTILE, &long] {
        let changes = [change(Some(name))];
        let mut pages = vec![
            printed(|out| changes::write(&changes, changes::Detail::Diff, style(80), out)),
            printed(|out| changes::write(&changes, changes::Detail::Stat, style(80), out)),
            printed(|out| changes::write_json(&changes, out)),
        ];
        for verdict in VERDICTS {
            let investigation = investigation(verdict, Some(name));
            pages.push(on_terminal(&investigation, 80));
            pages.push(as_json(&investigation));
            let markdown = as_markdown(&investigation);
            let outside = outside_of_code(&markdown);
            assert!(
                !outside.contains("<script>") && !outside.contains("[y](z)"),
                "{outside}"
            );
            pages.push(markdown);
            let report = Report::new(&investigation, &Cells::default());
            let html = printed(|out| html::write(&report, out));
            assert!(!html.contains("<script"), "{html}");
            pages.push(html);
            let frame = incidents::frame(&investigation).unwrap();
            pages.push(String::from_utf8(export::csv(frame.lazy()).unwrap()).unwrap());
        }
        for page in pages {
            let lines = page.replace('\n', "");
            assert_eq!(escape::terminal(&lines), lines);
        }
    }
}

/// Markdown without fenced blocks and code spans.
fn outside_of_code(markdown: &str) -> String {
    let prose: String = markdown.split("```").step_by(2).collect();
    prose.split('`').step_by(2).collect()
}

#[test]
fn a_hostile_name_reaches_programs_unchanged() {
    let text = as_json(&investigation(Verdict::Change, Some(HOSTILE)));
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["incidents"][0]["suspects"][0]["tool"], HOSTILE);
}

fn document(verdict: Verdict) -> Value {
    serde_json::from_str(&as_json(&investigation(verdict, None))).unwrap()
}

fn validator() -> jsonschema::Validator {
    let schema = include_str!("investigation.schema.json");
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

#[test]
fn every_verdict_follows_the_schema() {
    for verdict in VERDICTS {
        let document = document(verdict);
        let errors: Vec<String> = validator()
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

/// Every key of the contract, by path: without it, or with a value of no type it may have, the
/// document is refused. A schema that lets anything pass fails here.
#[test]
fn the_schema_refuses_what_the_contract_does_not_have() {
    let validator = validator();
    let whole = serde_json::from_str(&as_json(&full())).unwrap();
    let (mut paths, mut let_through) = (Vec::new(), Vec::new());
    keys(&whole, String::new(), &mut paths);
    assert!(paths.len() > 80, "{paths:?}");
    for (parent, key) in paths {
        let mut without = whole.clone();
        let map = without
            .pointer_mut(&parent)
            .and_then(Value::as_object_mut)
            .unwrap();
        map.remove(&key);
        if validator.is_valid(&without) {
            let_through.push(format!("without {parent}/{key}"));
        }
        // A setting's value may be of any type.
        if !["before", "after"].contains(&key.as_str()) {
            let mut wrong = whole.clone();
            wrong.pointer_mut(&parent).unwrap()[&key] = serde_json::json!([[true]]);
            if validator.is_valid(&wrong) {
                let_through.push(format!("wrong {parent}/{key}"));
            }
        }
    }
    assert_eq!(let_through, Vec::<String>::new());
}

/// Parent and key of every member that the contract names; the names in maps of counts are data.
fn keys(value: &Value, path: String, found: &mut Vec<(String, String)>) {
    const MAPS: [&str; 4] = ["errors", "grants", "ties", "passed_over"];
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                found.push((path.clone(), key.clone()));
                if !MAPS.contains(&key.as_str()) {
                    keys(value, format!("{path}/{key}"), found);
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                keys(item, format!("{path}/{at}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn probabilities_sum_to_one() {
    for verdict in VERDICTS {
        let incident = &document(verdict)["incidents"][0];
        let suspects = incident["suspects"].as_array().unwrap();
        let sum: f64 = suspects
            .iter()
            .filter_map(|s| s["probability"].as_f64())
            .sum();
        let sum = sum + incident["probability_no_change"].as_f64().unwrap();
        assert!((sum - 1.0).abs() < 0.001, "{sum}");
    }
}
