//! The forms as people and programs get them.

use expect_test::{Expect, expect};
use polars::prelude::IntoLazy;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use super::{
    changes, escape, export,
    fixture::{
        HOSTILE, begun_before_by_one_of_two, blip, breakdown, change, investigation, quiet,
        together,
    },
    html, incidents, json, markdown,
    page::Report,
    redact::Redaction,
    terminal::{self, Colour, Style},
};
use crate::{
    attribute::{AlternativeKind, Investigation, Verdict},
    detect::EndState,
    frame::Cells,
    ids::AppClientId,
};

mod schema;

const VERDICTS: [Verdict; 3] = [Verdict::Change, Verdict::NoChange, Verdict::Undetermined];

const TYPED: &str = "trailblame investigate trail/";

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
    printed(|out| terminal::write(investigation, TYPED, style(width), out))
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
            1 incident between 2026-03-02 00:00:00 and 23:59:58 UTC, over
               In account 111122223333, Region eu-west-1.

            1. 4billing0example ────────────────────────────────────────────────────────────
               Deploy/ci (terraform) removed `client_credentials` from `AllowedOAuthFlows`
                 at 14:05:04 with `UpdateUserPoolClient`, so Cognito rejected
                 client-credentials requests (97 %).
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
                       13:40:00–15:50:00, 5 min/column
               ▲ 14:05:04 the change

               The change
               `UpdateUserPoolClient` of app client 4billing0example at 14:05:04: event
                 EXAMPLE-guilty, from 192.0.2.7.
               ✗ AllowedOAuthFlows
                   - client_credentials
                   + code
                 CallbackURLs
                   - app://old, and 40 on both sides
                   + app://new, and 40 on both sides
                 ClientName
                   - billing (assumed)
                   + billing-v2

               Evidence
               +6.2  Replay: every failed request is allowed by the old settings and
                 rejected by the new.
               +5.0  The first request it breaks came 56 s after it.

               Suspects
               ┌──────┬─────────────┬───────────────────────┬──────────────────────────────┐
               │      ┆ time        ┆ event                 ┆ what                         │
               │      ┆ to onset    ┆ by                    ┆                              │
               ╞══════╪═════════════╪═══════════════════════╪══════════════════════════════╡
               │ 97 % ┆ 14:05:04    ┆ UpdateUserPoolClient  ┆ removed client_credentials   │
               │      ┆ 56 s before ┆ Deploy/ci (terraform) ┆ from AllowedOAuthFlows       │
               │ 2 %  ┆ –           ┆ no logged change      ┆ an application release       │
               │ 1 %  ┆ 14:06:03    ┆ UpdateUserPoolClient  ┆ failed with AccessDenied     │
               │      ┆ 3 s after   ┆ SSO Platform/alice    ┆                              │
               │      ┆             ┆ (terraform)           ┆                              │
               └──────┴─────────────┴───────────────────────┴──────────────────────────────┘

               How to revert
               Compare first:

            aws cognito-idp describe-user-pool-client --client-id 4billing0example

            aws cognito-idp update-user-pool-client --cli-input-json '{"AllowedOAuthFlows":["client_credentials"],"ClientName":"billing"}'

               Review before running: the value of `ClientName` is assumed, not logged.

            Gaps  1 file or record could not be read: trail/cut.json.gz
            Next  trailblame investigate trail/ --explain 1
        "#]],
    );
}

#[test]
fn an_undetermined_outage_gets_no_undo() {
    check(
        &investigation(Verdict::Undetermined, None),
        expect![[r#"
            1 incident between 2026-03-02 00:00:00 and 23:59:58 UTC, over
               In account 111122223333, Region eu-west-1.

            1. 4billing0example ────────────────────────────────────────────────────────────
               The logs cannot decide what caused it.
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
                       13:40:00–15:50:00, 5 min/column

               The likeliest change, not proven
               `UpdateUserPoolClient` of app client 4billing0example at 14:05:04: event
                 EXAMPLE-guilty, from 192.0.2.7.
               ✗ AllowedOAuthFlows
                   - client_credentials
                   + code
                 CallbackURLs
                   - app://old, and 40 on both sides
                   + app://new, and 40 on both sides
                 ClientName
                   - billing (assumed)
                   + billing-v2

               Evidence
               +6.2  Replay: every failed request is allowed by the old settings and
                 rejected by the new.
               +5.0  The first request it breaks came 56 s after it.

               Suspects
               ┌──────┬─────────────┬───────────────────────┬──────────────────────────────┐
               │      ┆ time        ┆ event                 ┆ what                         │
               │      ┆ to onset    ┆ by                    ┆                              │
               ╞══════╪═════════════╪═══════════════════════╪══════════════════════════════╡
               │ 55 % ┆ 14:05:04    ┆ UpdateUserPoolClient  ┆ removed client_credentials   │
               │      ┆ 56 s before ┆ Deploy/ci (terraform) ┆ from AllowedOAuthFlows       │
               │ 40 % ┆ –           ┆ no logged change      ┆ an application release       │
               │ 5 %  ┆ 14:06:03    ┆ UpdateUserPoolClient  ┆ failed with AccessDenied     │
               │      ┆ 3 s after   ┆ SSO Platform/alice    ┆                              │
               │      ┆             ┆ (terraform)           ┆                              │
               └──────┴─────────────┴───────────────────────┴──────────────────────────────┘
               No command to revert is shown, because no change is proven; `--format json`
                 has one for each suspect.

            Gaps  1 file or record could not be read: trail/cut.json.gz
            Next  trailblame investigate trail/ --explain 1
        "#]],
    );
}

#[test]
fn a_quiet_day_shows_its_changes() {
    check(
        &quiet(),
        expect![[r#"
            No incident between 2026-03-02 00:00:00 and 23:59:58 UTC

            Changes in the window ──────────────────────────────────────────────────────────
               ┌──────────┬───────────────────────┬────────────────────────────────────────┐
               │ time     ┆ event                 ┆ what                                   │
               │          ┆ by                    ┆                                        │
               ╞══════════╪═══════════════════════╪════════════════════════════════════════╡
               │ 14:05:04 ┆ UpdateUserPoolClient  ┆ app client 4billing0example: changed   │
               │          ┆ Deploy/ci (terraform) ┆ AllowedOAuthFlows, CallbackURLs,       │
               │          ┆                       ┆ ClientName                             │
               └──────────┴───────────────────────┴────────────────────────────────────────┘

            Gaps  1 file or record could not be read: trail/cut.json.gz
            Next  trailblame investigate trail/ --full
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
        "One of these 2 changes caused it; the logs cannot tell which (60 %).",
        "It began before the window (first failure read at 14:06:00) and lasted to 15:20:16 (74 min)",
        "The changes, one of which caused it",
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
        "Deploy/ci (terraform) and alice removed `client_credentials` from `AllowedOAuthFlows` at \
         14:05:04 with `UpdateUserPoolClient` and 1 more, so Cognito rejected",
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

/// Four incidents: a change that is reverted, an attack, one that goes on, one undetermined.
fn day() -> Investigation {
    let mut day = investigation(Verdict::Change, None);
    let mut attack = investigation(Verdict::NoChange, None).findings.remove(0);
    attack.alternatives[0].kind = AlternativeKind::Attack;
    attack.incident.errors = [("NotAuthorizedException".to_owned(), 1_248)].into();
    attack.breakdown = breakdown();
    let mut ongoing = day.findings[0].clone();
    ongoing.incident.end = None;
    ongoing.incident.end_state = EndState::Ongoing;
    let undetermined = investigation(Verdict::Undetermined, None)
        .findings
        .remove(0);
    if let Some(undo) = &mut day.findings[0].suspects[0].undo {
        undo.kind = "none";
    }
    day.findings.extend([attack, ongoing, undetermined]);
    for (at, finding) in day.findings.iter_mut().enumerate() {
        finding.number = at + 1;
        finding.incident.id = format!("inc-3f9a1c2b77d{at}");
    }
    day.names = [(AppClientId::new("4billing0example"), "billing".to_owned())].into();
    day
}

#[test]
fn several_incidents_have_a_line_each_those_that_go_on_first() {
    expect![[r#"
        4 incidents between 2026-03-02 00:00:00 and 23:59:58 UTC, 1 ongoing
           In account 111122223333, Region eu-west-1.

        #  start   lasted  app         failed  cause                                conf
        3  14:06  ongoing  billing  1248/1265  Deploy/ci removed client_credentia…   97%
        1  14:06   74 min  billing  1248/1265  Deploy/ci removed client_credentia…   97%
        2  14:06   74 min  billing  1248/1265  password spraying from 40 addresses   98%
        4  14:06   74 min  billing  1248/1265  undetermined; UpdateUserPoolClient?   55%

        Not reverted  3  billing: Deploy/ci removed client_credentials
        Gaps          1 file or record could not be read: trail/cut.json.gz
        Next          trailblame investigate trail/ --explain 3
    "#]]
    .assert_eq(&on_terminal(&day(), 80));
    expect![[r#"
        4 incidents between 2026-03-02 00:00:00 and 23:59:58 UTC, 1 ongoing
           In account 111122223333, Region eu-west-1.

        #  start     end        lasted  app           failed  error                   users  cause                                                                                confidence  status
        3  14:06:00  –         ongoing  billing  1,248/1,265  unauthorized_client         –  Deploy/ci (terraform) removed client_credentials from AllowedOAuthFlows at 14:05:04        97 %  not reverted
        1  14:06:00  15:20:16   74 min  billing  1,248/1,265  unauthorized_client         –  Deploy/ci (terraform) removed client_credentials from AllowedOAuthFlows at 14:05:04        97 %  reverted
        2  14:06:00  15:20:16   74 min  billing  1,248/1,265  NotAuthorizedException      –  password spraying from 40 addresses                                                        98 %
        4  14:06:00  15:20:16   74 min  billing  1,248/1,265  unauthorized_client         –  undetermined; perhaps UpdateUserPoolClient at 14:05:04                                     55 %

        Not reverted  3  billing: Deploy/ci removed client_credentials from AllowedOAuthFlows at 14:05:04
        Gaps          1 file or record could not be read: trail/cut.json.gz
        Next          trailblame investigate trail/ --explain 3
    "#]].assert_eq(&on_terminal(&day(), 200));
    for width in [40, 64, 79, 80, 99, 100, 132, 144, 180, 240] {
        let page = on_terminal(&day(), width);
        let table = page.split("\n\n").nth(1).unwrap();
        let lines = if width < 80 { 1..=9 } else { 5..=5 };
        assert!(lines.contains(&table.lines().count()), "{width}: {table}");
        for line in table.lines() {
            assert!(line.width() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn in_full_several_incidents_are_shown_one_after_another() {
    let full = Investigation {
        in_full: true,
        ..day()
    };
    let page = on_terminal(&full, 80);
    assert_eq!(
        page.matches("What would prove it wrong").count(),
        4,
        "{page}"
    );
    assert!(
        page.contains("Data analysed") && !page.contains("Next "),
        "{page}"
    );
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
    let line = "Blips 2 of 1portal0example at 10:02:11, 11:02:11: too few failures or too short for an \
                incident; --full lists them";
    assert!(unwrapped(&page).contains(line), "{page}");
    assert!(page.starts_with("No incident"), "{page}");
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
        # 1 incident between 2026-03-02 00:00:00 and 23:59:58 UTC, over

        In account 111122223333, Region eu-west-1.

        ## 1. 4billing0example

        **Not caused by a logged change; most likely an application release \(98 %\).**

        1,248 of 1,265 client\_credentials requests failed with `unauthorized_client`. From 14:06:00 to 15:20:16 \(74 min\), then requests succeeded again; last success 14:05:02. User pool eu-west-1\_ShopEXAMPLE, account 111122223333, eu-west-1.

        Every setting the requests depend on stayed as it was.

        ```text
            171│                ▂▄▆█
               │            ▂▄▆█████
               │        ▁▃▆█████████
               │     ▃▅▇████████████
         failed│     ███████████████
               └──────────────────────────
                13:40:00–15:50:00, 5 min/column
        ```

        ### Suspects

        |  | time | to onset | event | by | what |
        |---|---|---|---|---|---|
        | 98 % | – | – | no logged change | – | an application release |
        | 1 % | 14:06:03 | 3 s after | UpdateUserPoolClient | SSO Platform/alice \(terraform\) | failed with AccessDenied |
        | 1 % | 14:05:04 | 56 s before | UpdateUserPoolClient | Deploy/ci \(terraform\) | removed client\_credentials from AllowedOAuthFlows |

        ## Data analysed

        12 files, 123 kB: 51,234 CloudTrail records, 40,123 requests, 17 changes; 12 duplicates dropped.

        - trail 111122223333 eu-west-1: 00:00:00 to 23:59:58, partial

        ### Gaps and assumptions

        - trail/cut.json.gz at byte 4096: ends inside a record
        - 188 log lines had no client ID; inferred by request id
    "#]].assert_eq(&as_markdown(&investigation(Verdict::NoChange, None)));
}

#[test]
fn only_commands_are_wider_than_the_terminal() {
    for width in [40, 60, 80, 119, 120, 200, 1_000] {
        for verdict in VERDICTS {
            for name in [None, Some(HOSTILE)] {
                let page = on_terminal(&investigation(verdict, name), width);
                let is_command =
                    |line: &&str| line.starts_with("aws ") || line.starts_with("Next ");
                for line in page.lines().filter(|line| !is_command(line)) {
                    assert!(line.width() <= width.min(240), "{width}: {line}");
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
            assert_eq!(html.matches("<script").count(), 1, "{html}");
            assert!(!html.contains("<script>|"), "{html}");
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
