//! Whoever adds up what is printed finds no contradiction, in whatever form: random worlds, every
//! number of every output.

use std::{fs, path::Path};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::{
    program::{Run, file, folder, trailblame},
    world::{
        accounts,
        incidents::{Mismatch, classes::CLASSES, make},
    },
};

/// Classes of incidents that are drawn: every so many-th.
const EVERY: usize = 6;
const SEED: u64 = 4_000_000;
const ACCOUNTS: [u64; 2] = [4_000_001, 4_000_002];

#[test]
fn every_number_of_every_form_adds_up_on_random_incidents() {
    for (at, class) in CLASSES.iter().enumerate().step_by(EVERY) {
        let case = make(class, SEED + at as u64, Mismatch::default(), None);
        let input = folder(&format!("sums-{}", class.name));
        file(&input, "trail.json", &case.trail);
        if let Some(application) = &case.application {
            file(&input, "application.json", application);
        }
        check(&input);
    }
}

#[test]
fn every_number_of_every_form_adds_up_on_random_accounts() {
    for seed in ACCOUNTS {
        let input = folder(&format!("sums-account-{seed}"));
        let (world, _) = accounts::draw(seed, None);
        accounts::write(&world, &input).expect("an account");
        check(&input);
    }
}

#[test]
fn every_number_of_the_sample_adds_up() {
    check(Path::new("sample-logs"));
}

fn check(input: &Path) {
    let input = input.to_str().expect("UTF-8");
    let document = json(&["investigate", input, "--format", "json"]);
    document_adds_up(&document, input);
    let incidents = list(&document["incidents"]);
    let page = words(&run(&["investigate", input, "--full"]).stdout);
    for incident in incidents {
        page_agrees(&page, incident, &document, input);
    }
    replay_adds_up(&page, incidents, input);
    reports_add_up(input);
    for incident in incidents.iter().take(3) {
        postmortem_adds_up(input, incident, &document);
        let around = ["investigate", input, "--format", "json", "--at"];
        let at = json(&[&around[..], &[text(&incident["onset"])]].concat());
        around_adds_up(&at, incident, input);
    }
}

fn run(arguments: &[&str]) -> Run {
    let run = trailblame(arguments);
    assert_eq!(run.status, Some(0), "{arguments:?}: {}", run.stderr);
    run
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&run(arguments).stdout).expect("JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn number(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("{value} is no count"))
}

fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
}

fn time(value: &Value) -> DateTime<Utc> {
    text(value).parse().expect("a time")
}

/// Sum of the counts of an object.
fn sum(counts: &Value) -> u64 {
    let counts = counts.as_object().expect("counts");
    counts.values().map(number).sum()
}

/// A page as one line, without the signs that Markdown escapes.
fn words(page: &str) -> String {
    let page = page.replace('\\', "").replace("&gt;", ">");
    let page = page.replace("&lt;", "<").replace('\u{a0}', " ");
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut said = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}

fn parsed(number: &str) -> u64 {
    let digits = number.trim().replace(',', "");
    digits.parse().unwrap_or_else(|_| panic!("`{number}`"))
}

/// A length as people round it.
fn duration(length: TimeDelta) -> String {
    let seconds = length.as_seconds_f64();
    let minutes = (seconds / 60.0).round() as i64;
    match seconds.round() as i64 {
        whole @ ..120 => format!("{whole} s"),
        _ if minutes < 120 => format!("{minutes} min"),
        _ if minutes < 2_880 && minutes % 60 == 0 => format!("{} h", minutes / 60),
        _ if minutes < 2_880 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} days", (seconds / 86_400.0).round()),
    }
}

fn document_adds_up(document: &Value, input: &str) {
    let incidents = list(&document["incidents"]);
    let numbers: Vec<u64> = incidents.iter().map(|one| number(&one["number"])).collect();
    assert_eq!(
        numbers,
        (1..=incidents.len() as u64).collect::<Vec<_>>(),
        "{input}"
    );
    let onsets: Vec<_> = incidents.iter().map(|one| time(&one["onset"])).collect();
    assert!(onsets.is_sorted(), "{input}");
    for incident in incidents {
        incident_adds_up(incident, input);
    }
    for blip in list(&document["blips"]) {
        assert_eq!(
            sum(&blip["errors"]),
            number(&blip["failed"]),
            "{input}: {blip:#}"
        );
    }
    let inputs = &document["inputs"];
    assert!(
        inputs["undecided"].as_u64() <= inputs["requests"].as_u64(),
        "{input}"
    );
}

fn incident_adds_up(incident: &Value, input: &str) {
    let at = format!("{input}: {incident:#}");
    let (failed, total) = (number(&incident["failed"]), number(&incident["total"]));
    assert!(failed <= total, "{at}");
    assert_eq!(sum(&incident["errors"]), failed, "{at}");
    match text(&incident["kind"]) {
        "failures" => {
            assert!(failed > 0, "{at}");
            assert!(sum(&incident["grants"]) <= failed, "{at}");
        }
        _ => assert!(
            incident["expected"].as_f64().expect("expected") > 0.0,
            "{at}"
        ),
    }
    let onset = time(&incident["onset"]);
    if !incident["end"].is_null() {
        assert!(onset <= time(&incident["end"]), "{at}");
    }
    assert_eq!(
        incident["end"].is_null(),
        incident["end_state"] == "ongoing",
        "{at}"
    );
    if !incident["last_success"].is_null() {
        assert!(time(&incident["last_success"]) <= onset, "{at}");
    }
    let (callers, known) = (&incident["callers"], &incident["known_callers"]);
    assert!(known.as_u64() <= callers.as_u64(), "{at}");
    let probability = |one: &Value| one["probability"].as_f64().expect("a probability");
    let of = |name: &str| -> Vec<f64> { list(&incident[name]).iter().map(probability).collect() };
    let no_change = incident["probability_no_change"]
        .as_f64()
        .expect("a probability");
    let changes: f64 = of("suspects").iter().sum();
    assert!((changes + no_change - 1.0).abs() < 1e-3, "{at}");
    let others: f64 = of("alternatives").iter().sum();
    assert!((others - no_change).abs() < 1e-3, "{at}");
    for name in ["suspects", "alternatives"] {
        assert!(
            of(name).is_sorted_by(|one, next| one >= next),
            "{name} of {at}"
        );
    }
}

/// The page says of an incident what the document does.
fn page_agrees(page: &str, incident: &Value, document: &Value, input: &str) {
    let (failed, total) = (number(&incident["failed"]), number(&incident["total"]));
    let said = match text(&incident["kind"]) {
        "failures" => format!("{} of {} ", thousands(failed), thousands(total)),
        _ => {
            let expected = incident["expected"].as_f64().expect("expected").round();
            format!("about {} are missing against", thousands(expected as u64))
        }
    };
    assert!(
        page.contains(&said),
        "{input} does not say `{said}`: {page}"
    );
    if text(&incident["end_state"]) == "recovered" {
        let length = time(&incident["end"]) - time(&incident["onset"]);
        let said = format!("({}), then requests succeeded again", duration(length));
        assert!(
            page.contains(&said),
            "{input} does not say `{said}`: {page}"
        );
    }
    let outages = list(&document["incidents"]).len();
    let title = match outages {
        1 => "1 outage between".to_owned(),
        outages => format!("{outages} outages between"),
    };
    assert!(page.starts_with(&title), "{input}: {page}");
}

/// The requests that the likeliest change is judged by are those of the outage.
fn replay_adds_up(page: &str, incidents: &[Value], input: &str) {
    let failed: Vec<u64> = incidents.iter().map(|one| number(&one["failed"])).collect();
    for table in page
        .split("judged by the settings before and after")
        .skip(1)
    {
        let table = table.split('└').next().expect("a table");
        let rows = table.split("failed in the outage");
        let counts: Vec<&str> = rows.clone().take(rows.count() - 1).collect();
        if counts.is_empty() {
            continue;
        }
        let count = |before: &&str| {
            let cells: Vec<&str> = before.split(['│', '┆']).map(str::trim).collect();
            let filled = cells.iter().rev().find(|cell| !cell.is_empty());
            parsed(filled.expect("a count"))
        };
        let sum: u64 = counts.iter().map(count).sum();
        assert!(
            failed.contains(&sum),
            "{input}: {sum} are of none of {failed:?}: {table}"
        );
    }
}

fn around_adds_up(document: &Value, incident: &Value, input: &str) {
    let around = &document["around"];
    let of_clients = |name: &str| -> u64 {
        let clients = list(&around["clients"]);
        clients.iter().map(|client| number(&client[name])).sum()
    };
    for name in ["requests", "succeeded", "failed"] {
        assert_eq!(
            of_clients(name),
            number(&around[name]),
            "{input}: {around:#}"
        );
    }
    for one in list(&around["clients"]).iter().chain([around]) {
        let parts = number(&one["succeeded"]) + number(&one["failed"]);
        assert_eq!(parts, number(&one["requests"]), "{input}: {one:#}");
    }
    for client in list(&around["clients"]) {
        assert_eq!(
            sum(&client["errors"]),
            number(&client["failed"]),
            "{input}: {client:#}"
        );
    }
    let incidents = list(&document["incidents"]);
    assert!(incidents.contains(incident), "{input}: {incident:#}");
}

fn reports_add_up(input: &str) {
    let folder = folder(&format!("reports-{}", input.replace('/', "-")));
    let output = folder.to_str().expect("UTF-8");
    run(&[
        "report",
        input,
        "--format",
        "html,markdown,csv,json",
        "--output",
        output,
    ]);
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("a report");
    let document: Value = serde_json::from_str(&read("report.json")).expect("JSON");
    document_adds_up(&document, input);
    health_adds_up(&read("report.md"), &document, input);
    sheet_agrees(&read("report.csv"), &document, input);
    facts_add_up(&read("report.html"), &document, input);
}

/// Rows of a table of Markdown under a heading.
fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, rest) = page.split_once(heading).expect("a heading");
    let lines = rest.lines().skip_while(|line| !line.starts_with('|'));
    let lines = lines.take_while(|line| line.starts_with('|')).skip(2);
    let cells = |line: &str| {
        let cells = line.trim_matches('|').split(" | ");
        cells.map(|cell| words(cell.trim())).collect()
    };
    lines.map(cells).collect()
}

fn health_adds_up(page: &str, document: &Value, input: &str) {
    let rows = rows(page, "## Token health");
    for row in &rows {
        let (requests, failed) = (parsed(&row[2]), parsed(&row[3]));
        errors_add_up(&row[4], failed, input);
        success_is(&row[1], requests, failed, input);
    }
    let of_row = |row: &Vec<String>| parsed(&row[2]) + counts(&row[5]);
    let requests: u64 = rows.iter().map(of_row).sum();
    let inputs = &document["inputs"];
    let decided = number(&inputs["requests"]) - number(&inputs["undecided"]);
    assert_eq!(requests, decided, "{input}");
}

/// `invalid_grant 12, http_400 3`; of many the rarest are left out.
fn errors_add_up(errors: &str, failed: u64, input: &str) {
    if !errors.ends_with(" more") {
        assert_eq!(counts(errors), failed, "{input}");
    }
}

fn counts(errors: &str) -> u64 {
    let errors = errors.split(", ").filter(|error| !error.is_empty());
    let count = |error: &str| parsed(error.rsplit(' ').next().expect("a count"));
    errors.map(count).sum()
}

fn success_is(said: &str, requests: u64, failed: u64, input: &str) {
    if requests == 0 {
        return assert_eq!(said, "–", "{input}");
    }
    let share = 100.0 * (requests - failed) as f64 / requests as f64;
    let expected = match share {
        100.0 => "100 %".to_owned(),
        share if share > 99.9 => "> 99.9 %".to_owned(),
        share => format!("{share:.1} %"),
    };
    assert_eq!(said, expected, "{input}: {failed} of {requests}");
}

fn sheet_agrees(sheet: &str, document: &Value, input: &str) {
    let mut reader = csv::Reader::from_reader(sheet.as_bytes());
    let head = reader.headers().expect("a head").clone();
    let column = |name: &str| head.iter().position(|own| own == name).expect("a column");
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    let incidents = list(&document["incidents"]);
    assert_eq!(rows.len(), incidents.len(), "{input}");
    for (row, incident) in rows.iter().zip(incidents) {
        for name in ["failed", "total"] {
            assert_eq!(
                parsed(&row[column(name)]),
                number(&incident[name]),
                "{input}"
            );
        }
        let errors = row[column("errors")]
            .split(' ')
            .filter(|error| !error.is_empty());
        let counts = errors.map(|error| parsed(error.rsplit('=').next().expect("a count")));
        assert_eq!(counts.sum::<u64>(), number(&incident["failed"]), "{input}");
        let length = end(incident, document) - time(&incident["onset"]);
        let minutes: f64 = row[column("minutes")].parse().expect("minutes");
        assert!(
            (minutes - length.as_seconds_f64() / 60.0).abs() <= 0.05001,
            "{input}"
        );
    }
}

/// The end of an outage; of one that goes on, that of what was read.
fn end(incident: &Value, document: &Value) -> DateTime<Utc> {
    match incident["end"].is_null() {
        true => time(&document["read"]["end"]),
        false => time(&incident["end"]),
    }
}

fn facts_add_up(page: &str, document: &Value, input: &str) {
    let incidents = list(&document["incidents"]);
    let (_, facts) = page.split_once("class=\"numbers\"").expect("numbers");
    let facts = words(facts.split("</div> </div>").next().expect("numbers"));
    let has = |fact: String| assert!(facts.contains(&fact), "{input}: `{fact}`: {facts:.2000}");
    if incidents.is_empty() {
        return has("<b>0</b> outages".to_owned());
    }
    let failed = incidents.iter().map(|one| number(&one["failed"])).sum();
    has(format!(
        "<b>{}</b> failed requests in them",
        thousands(failed)
    ));
    let is_attack =
        |one: &&Value| one["verdict"] == "no_change" && one["alternatives"][0]["kind"] == "attack";
    let attacks = incidents.iter().filter(is_attack).count();
    let mut spans: Vec<_> = incidents
        .iter()
        .filter(|one| !is_attack(one))
        .map(|one| (time(&one["onset"]), end(one, document)))
        .collect();
    spans.sort();
    let mut broken = TimeDelta::zero();
    let mut until = DateTime::<Utc>::MIN_UTC;
    for (from, to) in spans {
        broken += (to - from.max(until)).max(TimeDelta::zero());
        until = until.max(to);
    }
    let without = match attacks {
        0 => String::new(),
        1 => ", without 1 attack".to_owned(),
        attacks => format!(", without {attacks} attacks"),
    };
    has(format!("<b>{}</b> of outage{without}", duration(broken)));
}

fn postmortem_adds_up(input: &str, incident: &Value, document: &Value) {
    let id = text(&incident["id"]);
    let run = run(&["postmortem", input, "--incident", id]);
    let page = words(&run.stdout);
    let has = |said: String| assert!(page.contains(&said), "{input}: `{said}`: {page:.4000}");
    let length = end(incident, document) - time(&incident["onset"]);
    has(format!("- {} long", duration(length)));
    let rows = rows(&run.stdout, "### App clients of the user pool in that time");
    for row in &rows {
        let (requests, failed) = (parsed(&row[1]), parsed(&row[2]));
        errors_add_up(&row[4], failed, input);
        success_is(&row[3], requests, failed, input);
    }
    if text(&incident["kind"]) == "failures" {
        let (failed, total) = (number(&incident["failed"]), number(&incident["total"]));
        has(format!(
            "- {} failed requests of {} of the same kind",
            thousands(failed),
            thousands(total)
        ));
        let with_errors = |at: usize| {
            let of_row = |row: &Vec<String>| parsed(&row[at]) + counts(&row[5]);
            rows.iter().map(of_row).sum::<u64>()
        };
        let sums = [with_errors(1), with_errors(2)];
        has(format!(
            "of all {} requests to the user pool in that time",
            thousands(sums[0])
        ));
        assert!(failed <= sums[1], "{input}: {failed} of {rows:?}");
    }
}
