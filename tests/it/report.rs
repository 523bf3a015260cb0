//! The report as people open it.

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    program::{file, folder, trailblame},
};

/// What a stranger may write into a log.
const HOSTILE: &str = "<script>alert(1)</script>\"'`|=HYPERLINK(\"x\")\u{202e}\u{1b}[31m";

fn report(arguments: &[&str]) {
    let mut all = vec!["report"];
    all.extend(arguments);
    let run = trailblame(&all);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
}

/// An outage whose every name a stranger chose.
fn hostile_logs(name: &str) -> String {
    logs_of(name, HOSTILE)
}

/// An outage whose every name is a text.
fn logs_of(name: &str, text: &str) -> String {
    let long = format!("{text}{}", "A".repeat(10_000));
    let record = |minute: i64, id: &str, name: &str, more: Value| {
        let mut record = json!({
            "eventVersion": "1.11", "eventSource": "cognito-idp.amazonaws.com",
            "eventName": name, "awsRegion": "eu-west-1", "recipientAccountId": "111122223333",
            "eventTime": format!("2026-03-02T{:02}:{:02}:00Z", minute / 60, minute % 60),
            "eventID": format!("{id}{minute}"), "userAgent": long, "sourceIPAddress": text,
        });
        let more = more.as_object().expect("members").clone();
        record.as_object_mut().expect("a record").extend(more);
        record
    };
    let settings = |flow: &str| {
        let client = json!({
            "userPoolId": "eu-west-1_HostileEXAMPLE", "clientId": text, "clientName": text,
            "allowedOAuthFlows": [flow, text], "allowedOAuthFlowsUserPoolClient": true,
        });
        json!({
            "eventType": "AwsApiCall", "readOnly": false, "requestParameters": client,
            "responseElements": {"userPoolClient": client},
            "userIdentity": {"type": "IAMUser", "userName": text, "arn": long},
        })
    };
    let mut records: Vec<Value> = (0..600)
        .map(|minute| {
            let status = if minute < 400 { 200 } else { 400 };
            let event = json!({
                "responseParameters": {"status": status}, "userPoolId": "eu-west-1_HostileEXAMPLE",
                "requestParameters": {"grant_type": ["client_credentials"], "client_id": [text]},
            });
            let more = json!({"eventType": "AwsServiceEvent", "additionalEventData": event});
            record(minute, text, "Token_POST", more)
        })
        .collect();
    let made = settings("client_credentials");
    records.push(record(0, "made", "CreateUserPoolClient", made));
    let broken = settings("code");
    records.push(record(
        399,
        "broken<script>",
        "UpdateUserPoolClient",
        broken,
    ));
    let trail = json!({"Records": records}).to_string();
    file(&folder(name), "trail.json", trail)
}

/// What of a Markdown text is no code.
fn without_code(page: &str) -> String {
    let blocks = page.split("```").step_by(2).collect::<Vec<_>>().join("\n");
    let lines = blocks
        .lines()
        .map(|line| line.split('`').step_by(2).collect::<String>());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn nothing_in_a_log_becomes_a_link_or_calls_anybody() {
    let folder = folder("report-live");
    for (number, live) in [
        "https://evil.example/x",
        "(see:http://evil.example/?a=b)",
        "www.evil.example",
        "al@evil.example",
        "mailto:al@evil.example",
        "@evil",
        "a`@evil`b",
        "x|@evil|y",
    ]
    .into_iter()
    .enumerate()
    {
        let logs = logs_of(&format!("report-live-{number}"), live);
        let page = folder.join("page.md").to_str().expect("UTF-8").to_owned();
        for arguments in [
            vec!["report", "--format", "markdown", "--output", &page],
            vec!["postmortem", "--format", "markdown", "--output", &page],
            vec!["investigate", "--format", "markdown", "--full"],
        ] {
            let run = trailblame(&[&arguments[..], &[&logs]].concat());
            assert_eq!(run.status, Some(0), "{}", run.stderr);
            let text = match run.stdout.is_empty() {
                true => std::fs::read_to_string(&page).expect("a page"),
                false => run.stdout,
            };
            let text = without_code(&text);
            for mark in ["://", "www.", "@", "mailto:"] {
                let line = text.lines().find(|line| line.contains(mark));
                assert_eq!(line, None, "{live} in {arguments:?}");
            }
        }
    }
}

/// Texts that lie on each other.
const INTERSECTING: &str = "(() => {
    const boxes = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const node = walk.currentNode, parent = node.parentElement;
        const hidden = !parent.checkVisibility() || parent.closest('.sr, .skip, script, style, title');
        if (!node.data.trim() || hidden) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
            if (box.width > 1 && box.height > 1) boxes.push([box, node.data.trim().slice(0, 60)]);
        }
    }
    boxes.sort((a, b) => a[0].top - b[0].top);
    const found = [];
    for (let i = 0; i < boxes.length; i++) {
        for (let j = i + 1; j < boxes.length && boxes[j][0].top < boxes[i][0].bottom - 4; j++) {
            const [a, b] = [boxes[i][0], boxes[j][0]];
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            if (wide > 2) found.push(boxes[i][1] + ' × ' + boxes[j][1]);
        }
    }
    return found.slice(0, 5);
})()";

/// Texts of which a part is cut off.
const CLIPPED: &str = "[...document.querySelectorAll('body *')]
    .filter(one => !one.closest('svg, .sr') && one.checkVisibility()
        && ['hidden', 'clip'].includes(getComputedStyle(one).overflowX)
        && one.scrollWidth > one.clientWidth + 1)
    .map(one => one.className + ' ' + one.textContent.slice(0, 60)).slice(0, 5)";

#[test]
fn the_page_copies_filters_and_folds() {
    let folder = folder("report-script");
    let page = folder.join("sample.html");
    let page = page.to_str().expect("UTF-8").to_owned();
    report(&["sample-logs", "--output", &page]);
    let Some(mut browser) = Browser::start(&folder.join("profile")) else {
        return;
    };
    browser.show(&page, 1280, "light");
    let shown = "document.querySelectorAll('section.card:not([hidden])').length";
    assert_eq!(browser.evaluate(shown), 8);
    browser.evaluate(
        "document.querySelector('#filter').value = 'kiosk';
         document.querySelector('#filter').dispatchEvent(new Event('input'));",
    );
    assert_eq!(browser.evaluate(shown), 1);
    let open = "document.querySelectorAll('section.card details[open]').length";
    assert_eq!(browser.evaluate(open), 0);
    browser.evaluate("document.querySelector('#fold').click()");
    assert!(browser.evaluate(open).as_i64() > Some(20));
    let copies = "document.querySelectorAll('button.copy:not([hidden])').length";
    assert!(browser.evaluate(copies).as_i64() > Some(8));
    assert_eq!(browser.complaints(), Vec::<&Value>::new());
}

#[test]
fn what_is_reverted_has_no_command_and_what_is_not_has_one_to_copy() {
    let folder = folder("report-revert");
    let page = folder.join("sample.html");
    let path = page.to_str().expect("UTF-8");
    report(&["sample-logs", "--output", path]);
    let html = std::fs::read_to_string(&page).expect("a page");
    let cards: Vec<&str> = html.split("<section class=\"card").skip(1).collect();
    assert_eq!(cards.len(), 8);
    for card in cards {
        let partner = card.contains("3. partner");
        assert_eq!(card.contains("How to revert"), partner, "{card:.400}");
        assert_eq!(card.contains("not reverted</span>"), partner, "{card:.400}");
    }
}

#[test]
fn the_page_needs_nothing_and_fits_in_light_and_dark_on_desk_and_phone() {
    let folder = folder("report-page");
    let pages = [
        ("sample", "sample-logs".to_owned()),
        ("hostile", hostile_logs("report-logs")),
    ];
    let pages = pages.map(|(name, logs)| {
        let page = folder.join(format!("{name}.html"));
        let page = page.to_str().expect("UTF-8").to_owned();
        report(&[&logs, "--output", &page]);
        page
    });
    let page = folder.join("postmortem.html");
    let page = page.to_str().expect("UTF-8").to_owned();
    let billing = [
        "postmortem",
        "sample-logs",
        "--incident",
        "5",
        "--format",
        "html",
    ];
    let mut written = billing.to_vec();
    written.extend(["--output", &page]);
    assert_eq!(trailblame(&written).status, Some(0));
    let pages = pages.into_iter().chain([page]).collect::<Vec<_>>();
    let Some(mut browser) = Browser::start(&folder.join("profile")) else {
        return;
    };
    for page in &pages {
        let mut grounds = Vec::new();
        for scheme in ["light", "dark"] {
            for width in [1920, 1280, 390] {
                browser.show(page, width, scheme);
                assert_eq!(browser.complaints(), Vec::<&Value>::new(), "{page}");
                for (what, script) in [("intersect", INTERSECTING), ("are clipped", CLIPPED)] {
                    let found = browser.evaluate(script);
                    assert_eq!(found, json!([]), "texts of {page} {what} at {width}");
                }
                let overflow = "document.documentElement.scrollWidth - window.innerWidth";
                let overflow = browser.evaluate(overflow).as_i64().expect("a number");
                assert!(
                    overflow <= 0,
                    "{page} is {overflow} px too wide for {width}"
                );
                let drawn = "[...document.querySelectorAll('svg.axis rect.bad')]\
                    .filter(bar => bar.getBoundingClientRect().height > 0).length";
                assert!(browser.evaluate(drawn).as_i64() > Some(10), "{page}");
            }
            let ground = "getComputedStyle(document.body).backgroundColor";
            grounds.push(browser.evaluate(ground));
        }
        assert_ne!(grounds[0], grounds[1], "{page}");
    }
    browser.show(&pages[0], 1280, "light");
    let text = browser.evaluate("document.body.innerText");
    let text = text.as_str().expect("text");
    for told in [
        "All recovered, 1 not reverted",
        "8\nincidents",
        "62\nknown users affected",
        "14:05:04",
        "terraform",
        "removed client_credentials",
        "password spraying from 527 addresses",
    ] {
        assert!(text.contains(told), "{told}");
    }
    browser.show(&pages[1], 1280, "light");
    let scripts = browser.evaluate("document.querySelectorAll('script').length");
    assert_eq!(scripts, 1, "the page's own");
    let text = browser.evaluate("document.body.innerText");
    let text = text.as_str().expect("text");
    assert!(
        text.contains("<script>alert(1)</script>\"'"),
        "the name stands as it is"
    );
    assert!(
        text.contains("\\u{202e}\\u{1b}[31m"),
        "what is hidden is seen"
    );
}

#[test]
fn strangers_text_is_text_in_every_form() {
    let folder = folder("report-forms");
    let to = folder.to_str().expect("UTF-8");
    let logs = hostile_logs("report-forms-logs");
    report(&[&logs, "--format", "html,markdown,json,csv", "--output", to]);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
    for name in ["report.html", "report.md", "report.json", "report.csv"] {
        let page = read(name);
        assert!(!page.contains(['\u{1b}', '\u{202e}']), "{name}");
    }
    assert_eq!(read("report.html").matches("<script").count(), 1);
    let table = read("report.csv");
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<_> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(&rows[0][15], "change");
    let formulas = rows[0]
        .iter()
        .filter(|cell| cell.starts_with(['=', '@', '+']));
    assert_eq!(formulas.count(), 0);
    let document: Value = serde_json::from_str(&read("report.json")).expect("JSON");
    assert_eq!(document["incidents"][0]["client_ids"][0], HOSTILE);
    assert_eq!(document["changes"][1]["event_name"], "UpdateUserPoolClient");
}

#[test]
fn a_postmortem_tells_the_story_to_the_second() {
    let billing = [
        "postmortem",
        "sample-logs",
        "--incident",
        "inc-0a626171e90e",
    ];
    let mut told = billing.to_vec();
    told.extend(["--detected-at", "2026-03-02T14:20:00Z"]);
    let run = trailblame(&told);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    for line in [
        "At 2026-03-02 14:06:00 UTC requests of billing \\(4billing0m2m0000000example\\) began to fail",
        "- 1,378 failed requests of 1,378 of the same kind",
        "| 14:05:04 | −56 s | the change: UpdateUserPoolClient of app client billing by",
        "| 14:20:00 | \\+14 min | noticed by people |",
        "| 15:20:17 | \\+74 min | reverted: UpdateUserPoolClient",
        "- People noticed 14 min after the onset.",
        "- It was reverted 60 min after it was noticed.",
        "- Before a grant or flow is removed, count who still asks for it",
        "| 14:05:04 | the change | ec65fe26-9fd4-4271-9f87-96d5e3721085 |",
    ] {
        assert!(run.stdout.contains(line), "{line}\n{}", run.stdout);
    }
    // The hashes are those of the evidence that `investigate` writes.
    let evidence = folder("postmortem-evidence");
    let to = evidence.to_str().expect("UTF-8");
    trailblame(&["investigate", "sample-logs", "--evidence", to]);
    let sums = std::fs::read_to_string(evidence.join("SHA256SUMS")).expect("sums");
    let sum = sums.lines().find(|line| line.contains("ec65fe26-9fd4"));
    let sum = sum.and_then(|line| line.split(' ').next()).expect("a sum");
    assert!(run.stdout.contains(sum));

    let mut hidden = billing.to_vec();
    hidden.push("--redact");
    let run = trailblame(&hidden);
    for secret in [
        "111122223333",
        "203.0.113.",
        "carol",
        "Deploy/ci",
        "198.51.100.",
    ] {
        assert!(!run.stdout.contains(secret), "{secret}");
    }
    for kept in ["Deploy/person-", "address-1", "account-1", "14:05:04"] {
        assert!(run.stdout.contains(kept), "{kept}");
    }
}

#[test]
fn an_innocent_change_is_no_root_cause() {
    let attack = [
        "postmortem",
        "sample-logs",
        "--incident",
        "1",
        "--format",
        "html",
    ];
    let run = trailblame(&attack);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("most likely password spraying"));
    assert!(!run.stdout.contains("the change: "));
}

#[test]
fn several_formats_need_a_folder() {
    let run = trailblame(&["report", "sample-logs", "--format", "html,json"]);
    assert_eq!(run.status, Some(2));
    assert!(run.stderr.contains("--output DIR"), "{}", run.stderr);
}
