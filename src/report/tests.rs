//! The forms as people and programs get them.

use expect_test::{Expect, expect};
use polars::prelude::IntoLazy;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::{
    changes, escape, export,
    fixture::{HOSTILE, begun_before_by_one_of_two, blip, change, investigation, quiet, together},
    html, incidents, json, markdown,
    page::Report,
    redact::Redaction,
    terminal::{self, Colour, Style},
};
use crate::{
    attribute::{Investigation, Verdict},
    frame::Cells,
};

mod schema;

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

/// A page on one line.
fn unwrapped(page: &str) -> String {
    page.split_whitespace().collect::<Vec<_>>().join(" ")
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
fn one_of_two_changes_and_a_beginning_before_the_window_are_said_in_words() {
    let investigation = begun_before_by_one_of_two();
    let page = on_terminal(&investigation, 120);
    assert!(
        page.contains("read.\n   Two changes of one second altered"),
        "{page}"
    );
    let page = unwrapped(&page);
    for said in [
        "One of these 2 changes did it; the logs cannot tell which (60 %).",
        "It began before the window (first failure read at 14:06:00) and went on to 15:20:16 (74 min)",
        "The changes, one of which did it",
        "event EXAMPLE-guilty,",
        "event EXAMPLE-decoy,",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    assert!(!page.contains("not proven"), "{page}");
    let markdown = as_markdown(&investigation);
    assert!(
        markdown.contains("\n- All requests fail from the first one read.\n- Two changes"),
        "{markdown}"
    );
    let document: Value = serde_json::from_str(&as_json(&investigation)).unwrap();
    let incident = &document["incidents"][0];
    assert_eq!(incident["begun_before"], true);
    assert_eq!(
        incident["one_of"],
        serde_json::json!(["EXAMPLE-guilty", "EXAMPLE-decoy"])
    );
    let reason = incident["reason"].as_str().unwrap();
    assert!(reason.contains("read. Two changes"), "{reason}");
}

#[test]
fn everybody_and_every_event_of_a_change_of_two_is_named() {
    let page = unwrapped(&on_terminal(&together(), 120));
    for said in [
        "`UpdateUserPoolClient` and 1 more at 14:05:04 by Deploy/ci (terraform) and alice dropped",
        "events EXAMPLE-guilty, EXAMPLE-second, by Deploy/ci (terraform) and alice,",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    let row = "| 14:05:04 | 56 s before | UpdateUserPoolClient and 1 more | Deploy/ci";
    assert!(as_markdown(&together()).contains(row));
    let document: Value = serde_json::from_str(&as_json(&together())).unwrap();
    let actors = &document["incidents"][0]["suspects"][0]["actors"];
    assert_eq!(actors.as_array().map(Vec::len), Some(2));
    let mut redaction = Redaction::new(&together(), []);
    let hidden = redaction.text(&page);
    assert!(!hidden.contains("alice"), "{hidden}");
}

#[test]
fn blips_stand_in_one_line_and_in_full_in_one_each() {
    let blips = [
        blip("10:02:11", "1portal0example"),
        blip("11:02:11", "1portal0example"),
    ];
    let mut day = Investigation {
        blips: blips.into(),
        ..quiet()
    };
    let page = on_terminal(&day, 120);
    let line = "2 blips, too few failures or too short for an outage: 1portal0example at 10:02:11, \
                11:02:11. `--full` lists them.";
    assert!(unwrapped(&page).contains(line), "{page}");
    assert!(page.starts_with("No outage"), "{page}");
    day.in_full = true;
    let page = on_terminal(&day, 120);
    assert!(
        page.contains("\n   11:02:11 1portal0example: 12 failed requests"),
        "{page}"
    );
    let html = printed(|out| html::write(&Report::new(&day, &Cells::default()), out));
    assert!(
        html.contains("<li>11:02:11 1portal0example: 12 failed"),
        "{html}"
    );
    let document: Value = serde_json::from_str(&as_json(&day)).unwrap();
    assert_eq!(document["incidents"], serde_json::json!([]));
    assert_eq!(document["blips"][1]["onset"], "2026-03-02T11:02:11Z");
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
