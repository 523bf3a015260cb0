//! A report as one HTML file: nothing is loaded, nothing runs, and it can be printed.

use std::io::{self, Write};

use askama::Template;
use chrono::TimeDelta;

use super::{
    axis::{Axis, Spark},
    escape,
    outline::{self, Block, Line, line_of, postmortem::Postmortem},
    page::Report,
    words::{self, Clock, Labels},
};
use crate::{
    attribute::{
        Finding,
        phrase::{self, thousands},
    },
    cognito::history::{ConfigChange, Standing},
    frame::{Health, Timeline},
};

#[derive(Template)]
#[template(path = "report.html", config = "src/report/templates/askama.toml")]
struct Page {
    title: String,
    zone: String,
    facts: Vec<Fact>,
    outages: Vec<Outage>,
    health: Vec<Fared>,
    changes: Vec<Made>,
    blips: Vec<Block>,
    seen: Vec<Block>,
}

/// A number that is read first.
struct Fact {
    number: String,
    what: String,
}

struct Outage {
    id: String,
    heading: String,
    onset: String,
    whom: String,
    happened: String,
    blamed: String,
    blocks: Vec<Block>,
    whole_case: Vec<Block>,
    axis: String,
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

struct Made {
    time: String,
    name: String,
    by: String,
    event_id: String,
    resource: String,
    standing: String,
    class: &'static str,
    diff: Vec<Line>,
}

/// Writes the report.
///
/// # Errors
///
/// What the output said.
pub fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let clock = Clock::of(report.investigation);
    let findings = report.investigation.findings.iter().enumerate();
    let page = Page {
        title: outline::title(report.investigation),
        zone: clock.zone(report.investigation.window.end),
        facts: facts(report),
        outages: findings
            .map(|(at, finding)| outage(at, finding, report, clock))
            .collect(),
        health: report
            .health
            .iter()
            .map(|health| fared(health, report))
            .collect(),
        changes: report
            .investigation
            .changes
            .iter()
            .rev()
            .map(|change| made(change, report, clock))
            .collect(),
        blips: outline::said(
            outline::all_blips(report.investigation, clock),
            report.investigation,
        ),
        seen: outline::seen::looked_at(report.investigation, clock),
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

/// The numbers at the top.
fn facts(report: &Report<'_>) -> Vec<Fact> {
    let findings = &report.investigation.findings;
    let fact = |number: String, what: &str| Fact {
        number,
        what: what.to_owned(),
    };
    let mut facts = vec![fact(
        findings.len().to_string(),
        if findings.len() == 1 {
            "outage"
        } else {
            "outages"
        },
    )];
    if !findings.is_empty() {
        let failed = findings.iter().map(|finding| finding.incident.failed).sum();
        let attacks = findings.iter().filter(|finding| finding.is_attack());
        let what = match attacks.count() {
            0 => "of outage".to_owned(),
            count => format!(
                "of outage, without {}, which is no downtime",
                phrase::count(count as f64, "attack")
            ),
        };
        facts.push(fact(phrase::duration(outage_time(report)), &what));
        facts.push(fact(thousands(failed), "failed requests in them"));
    }
    let users: u64 = findings.iter().filter_map(|f| f.incident.users).sum();
    if users > 0 {
        facts.push(fact(thousands(users), "known users affected"));
    }
    let worst = report.health.first();
    let worst = worst.filter(|health| health.all_failed() > 0);
    if let Some((worst, client)) = worst.and_then(|w| Some((w, w.client.as_ref()?))) {
        let what = format!(
            "most failures: {} of {}",
            thousands(worst.all_failed()),
            thousands(worst.all_requests())
        );
        facts.push(Fact {
            number: Labels::new(&report.investigation.names).client(client),
            what,
        });
    }
    let dark = report.investigation.unseen();
    facts.push(match dark {
        0 => fact("all".to_owned(), "that was asked for was read"),
        dark => fact(dark.to_string(), "gaps in what was read, see the end"),
    });
    facts
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

fn outage(at: usize, finding: &Finding, report: &Report<'_>, clock: Clock) -> Outage {
    let investigation = report.investigation;
    let labels = Labels::new(&investigation.names);
    let mut blocks = outline::said(
        outline::outage(finding, outline::Detail::Full, clock),
        investigation,
    );
    let heading = match blocks.remove(0) {
        Block::Heading(heading) => heading,
        _ => String::new(),
    };
    let axis = report
        .traffic
        .get(at)
        .map(|traffic| Axis::new(finding, traffic, &report.investigation.changes, clock).render());
    Outage {
        id: finding.incident.id.clone(),
        heading,
        onset: words::onset(&finding.incident, clock),
        whom: labels.with_ids(&words::whom(&finding.incident)),
        happened: outline::happened(&finding.incident),
        blamed: labels.short(&words::blamed(finding, clock)),
        blocks,
        whole_case: outline::said(outline::full::of(finding, clock), investigation),
        axis: axis.and_then(Result::ok).unwrap_or_default(),
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

fn made(change: &ConfigChange, report: &Report<'_>, clock: Clock) -> Made {
    let id = &change.change.event_id;
    let named = report
        .investigation
        .findings
        .iter()
        .any(|finding| finding.names(id));
    Made {
        time: clock.time(change.change.time),
        name: change.change.name.clone(),
        by: words::by(change),
        event_id: id.to_string(),
        resource: Labels::new(&report.investigation.names)
            .short(&words::resource(&change.resource)),
        standing: words::standing(change),
        class: match (&change.standing, named) {
            (_, true) => "guilty",
            (Standing::Effective | Standing::Opaque, _) => "effective",
            _ => "idle",
        },
        diff: change
            .diff
            .iter()
            .map(|line| line_of(&change.resource, line, false))
            .collect(),
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
