//! A report as one HTML file: nothing is loaded, all of it is read without its one small script, and
//! it can be printed.

use std::io::{self, Write};

use askama::Template;
use chrono::TimeDelta;

use self::{
    card::{Card, Step},
    day::Day,
    deploys::Deploy,
};
use super::{
    axis::{Axis, Spark},
    escape,
    outline::{self, Block, postmortem::Postmortem},
    overview,
    page::Report,
    words::{self, Clock, Labels},
};
use crate::{
    attribute::phrase::{self, thousands},
    detect::EndState,
    frame::{Health, Timeline},
};

mod card;
mod command;
mod console;
mod day;
mod deploys;
mod diff;
mod policy;

#[derive(Template)]
#[template(path = "report.html", config = "src/report/templates/askama.toml")]
struct Page {
    title: String,
    heading: String,
    status: Status,
    scope: String,
    zone: String,
    policy: String,
    script: &'static str,
    facts: Vec<Fact>,
    day: Option<Day>,
    rows: Vec<Row>,
    cards: Vec<Card>,
    health: Vec<Fared>,
    deploys: Vec<Deploy>,
    blips: Vec<Block>,
    seen: Vec<Block>,
}

/// Whether anything is broken now.
struct Status {
    class: &'static str,
    text: String,
}

/// A number that is read first.
struct Fact {
    number: String,
    what: String,
}

/// An incident in the table.
struct Row {
    id: String,
    number: usize,
    start: String,
    end: String,
    lasted: String,
    app: String,
    failed: String,
    cause: String,
    confidence: String,
    class: &'static str,
    status: String,
}

struct Fared {
    client: String,
    pool: String,
    requests: String,
    failed: String,
    success: String,
    errors: String,
    authorize_errors: String,
    spark: String,
}

/// Writes the report.
///
/// # Errors
///
/// What the output said.
pub fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let investigation = report.investigation;
    let clock = Clock::of(investigation);
    let findings = investigation.findings.iter().enumerate();
    let page = Page {
        title: outline::title(investigation),
        heading: phrase::count(investigation.findings.len() as f64, "sign-in incident"),
        status: status(report),
        scope: scope(report, clock),
        zone: clock.zone(investigation.window.end),
        policy: policy::policy(),
        script: policy::SCRIPT,
        facts: facts(report),
        day: Day::new(investigation, clock),
        rows: overview::rows(investigation)
            .into_iter()
            .map(|row| table_row(row, clock))
            .collect(),
        cards: findings
            .map(|(at, finding)| card::card(at, finding, report, clock))
            .collect(),
        health: report
            .health
            .iter()
            .map(|health| fared(health, report))
            .collect(),
        deploys: deploys::deploys(investigation, clock),
        blips: outline::said(outline::all_blips(investigation, clock), investigation),
        seen: outline::seen::looked_at(investigation, clock),
    };
    let html = page.render().map_err(io::Error::other)?;
    out.write_all(html.as_bytes())
}

#[derive(Template)]
#[template(path = "document.html", config = "src/report/templates/askama.toml")]
struct Document {
    title: String,
    zone: String,
    sections: Vec<Vec<Block>>,
    axis: String,
}

/// Writes a post-mortem, with the outage's axis under its impact.
///
/// # Errors
///
/// What the output said.
pub fn write_postmortem(
    postmortem: &Postmortem<'_>,
    traffic: &Timeline,
    out: &mut impl Write,
) -> io::Result<()> {
    let clock = Clock::of(postmortem.investigation);
    let changes = &postmortem.investigation.changes;
    let axis = Axis::new(postmortem.finding, traffic, changes, clock);
    let mut sections: Vec<Vec<Block>> = vec![Vec::new()];
    for block in outline::postmortem::of(postmortem) {
        if matches!(block, Block::Heading(_)) {
            sections.push(Vec::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push(block);
        }
    }
    let title = sections.iter().flatten().find_map(|block| match block {
        Block::Title(title) => Some(title.clone()),
        _ => None,
    });
    let document = Document {
        title: title.unwrap_or_default(),
        zone: clock.zone(postmortem.finding.incident.onset),
        sections,
        axis: axis.render().map_err(io::Error::other)?,
    };
    let html = document.render().map_err(io::Error::other)?;
    out.write_all(html.as_bytes())
}

/// Whether anything is broken at the end of the data.
fn status(report: &Report<'_>) -> Status {
    let investigation = report.investigation;
    let is_open = investigation.coverage.is_empty();
    match (
        overview::ongoing(investigation),
        investigation.findings.len(),
    ) {
        (0, 0) if is_open => Status {
            class: "bad",
            text: "No data".to_owned(),
        },
        (0, 0) => Status {
            class: "good",
            text: "No incident".to_owned(),
        },
        (0, _) => Status {
            class: "good",
            text: match overview::not_reverted(investigation).len() {
                0 => "All recovered".to_owned(),
                left => format!("All recovered, {left} not reverted"),
            },
        },
        (ongoing, _) => Status {
            class: "bad",
            text: format!("{ongoing} ongoing"),
        },
    }
}

/// Account, Region, window, and when the page was made.
fn scope(report: &Report<'_>, clock: Clock) -> String {
    let investigation = report.investigation;
    let window = investigation.window;
    let zone = clock.zone(window.end);
    let mut parts: Vec<String> = outline::places(investigation);
    if let Some(first) = parts.first_mut().and_then(|first| first.get_mut(..1)) {
        first.make_ascii_uppercase();
    }
    parts.push(format!(
        "{} to {} {zone}",
        clock.date_time(window.start),
        clock.time(window.end)
    ));
    let made = report
        .made
        .map(|time| format!("made {} {zone}", clock.date_time(time)));
    parts.extend(made);
    parts.join(" · ")
}

/// The numbers at the top.
fn facts(report: &Report<'_>) -> Vec<Fact> {
    let findings = &report.investigation.findings;
    let fact = |number: String, what: &str| Fact {
        number,
        what: what.to_owned(),
    };
    let failed = findings.iter().map(|finding| finding.incident.failed).sum();
    let users: u64 = findings.iter().filter_map(|f| f.incident.users).sum();
    let attacks = findings.iter().filter(|finding| finding.is_attack());
    let without = match attacks.count() {
        0 => "with sign-in broken".to_owned(),
        1 => "with sign-in broken, 1 attack not counted".to_owned(),
        count => format!("with sign-in broken, {count} attacks not counted"),
    };
    vec![
        fact(
            findings.len().to_string(),
            if findings.len() == 1 {
                "incident"
            } else {
                "incidents"
            },
        ),
        fact(phrase::duration(outage_time(report)), &without),
        fact(thousands(failed), "failed attempts"),
        match (users, findings.len()) {
            (0, 0) => fact("0".to_owned(), "users affected"),
            (0, _) => fact("unknown".to_owned(), "users affected; the logs name none"),
            _ => fact(thousands(users), "known users affected"),
        },
    ]
}

/// How long something was broken; what was broken twice at once counts once, an attack not at all.
fn outage_time(report: &Report<'_>) -> TimeDelta {
    let end = report.investigation.read.end;
    let mut spans: Vec<_> = report
        .investigation
        .findings
        .iter()
        .filter(|finding| !finding.is_attack())
        .map(|finding| (finding.incident.onset, finding.incident.end.unwrap_or(end)))
        .collect();
    spans.sort();
    let mut sum = TimeDelta::zero();
    let mut until = report.investigation.read.start;
    for (start, end) in spans {
        sum += (end - start.max(until)).max(TimeDelta::zero());
        until = until.max(end);
    }
    sum
}

fn table_row(row: overview::Row, clock: Clock) -> Row {
    let state = match row.end_state {
        EndState::Ongoing => "ongoing",
        EndState::Recovered => "recovered",
        EndState::Silent => "no requests since",
    };
    let before = if row.begun_before { "before " } else { "" };
    Row {
        start: format!("{before}{}", clock.time(row.onset)),
        end: row
            .end
            .map_or_else(|| "–".to_owned(), |end| clock.time(end)),
        class: match (row.is_ongoing, row.revert) {
            (true, _) | (_, "not reverted") => "bad",
            _ => "good",
        },
        status: match row.revert {
            "" => state.to_owned(),
            revert => format!("{state}, {revert}"),
        },
        cause: row
            .causes
            .get(2)
            .or(row.causes.first())
            .cloned()
            .unwrap_or_default(),
        id: row.id,
        number: row.number,
        lasted: row.lasted,
        app: row.app,
        failed: row.failed,
        confidence: row.confidence,
    }
}

fn fared(health: &Health, report: &Report<'_>) -> Fared {
    let client = words::client(health.client.as_ref());
    let client = Labels::new(&report.investigation.names).with_ids(&client);
    let success = words::success(health);
    let said = format!("Success of {client} over time: {success} in all");
    Fared {
        pool: health
            .user_pool
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        requests: thousands(health.requests),
        failed: thousands(health.failed),
        success,
        errors: words::errors(&health.errors),
        authorize_errors: words::errors(&health.authorize_errors),
        spark: Spark::new(&health.timeline, said)
            .render()
            .unwrap_or_default(),
        client,
    }
}

mod filters {
    use askama::{
        Values,
        filters::{Escaper, Safe},
    };

    use super::escape::{self, Html};

    const LONGEST: usize = 2_000;

    /// A sentence of ours: what stands between backticks is code, all else is text.
    #[askama::filter_fn]
    pub fn sentence(text: impl std::fmt::Display, _: &dyn Values) -> askama::Result<Safe<String>> {
        // A number keeps its sign and its unit on its line.
        let text = escape::cut(&text.to_string(), LONGEST);
        let text = text.replace(" %", "\u{a0}%").replace("> 99", ">\u{a0}99");
        let parts: Vec<&str> = text.split('`').collect();
        let mut html = String::new();
        for (at, part) in parts.iter().enumerate() {
            let code = at % 2 == 1 && at + 1 < parts.len() && !part.is_empty();
            html.push_str(if code { "<code>" } else { "" });
            Html.write_escaped_str(&mut html, part)?;
            html.push_str(if code { "</code>" } else { "" });
        }
        Ok(Safe(html))
    }

    /// A text of the logs, not longer than people read.
    #[askama::filter_fn]
    pub fn brief(text: impl std::fmt::Display, _: &dyn Values) -> askama::Result<String> {
        Ok(escape::cut(&text.to_string(), 1_000))
    }
}
