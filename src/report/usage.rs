//! Who still needs a setting: for a terminal and for programs.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    escape, json,
    terminal::{Style, wrapped},
    words::{Clock, rfc3339},
};
use crate::{
    attribute::phrase::thousands,
    usage::{OwnerUsage, Surge, Usage, ValueUsage},
};

/// Which values are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// All.
    All,
    /// Those that no recorded request needs.
    Unused,
}

/// Writes it for a person.
///
/// # Errors
///
/// What the output said.
pub fn write(usage: &Usage, shown: Shown, style: Style, out: &mut impl Write) -> io::Result<()> {
    let page = Page {
        usage,
        style,
        clock: Clock::new(usage.window, style.zone),
    };
    for owner in &usage.owners {
        page.owner(owner, shown, out)?;
    }
    for surge in &usage.surges {
        page.surge(surge, out)?;
    }
    page.coverage(out)
}

struct Page<'a> {
    usage: &'a Usage,
    style: Style,
    clock: Clock,
}

impl Page<'_> {
    fn owner(&self, owner: &OwnerUsage, shown: Shown, out: &mut impl Write) -> io::Result<()> {
        let values = owner.values.iter();
        let mut values = values
            .filter(|value| shown == Shown::All || value.is_unused())
            .peekable();
        if values.peek().is_none() {
            return Ok(());
        }
        let name = owner
            .name
            .as_ref()
            .map(|name| format!(" ({name})"))
            .unwrap_or_default();
        let what = match &owner.client {
            Some(client) => format!("app client {client}{name}, user pool {}", owner.pool),
            None => format!("user pool {}{name}", owner.pool),
        };
        let callers = match owner.callers {
            0 => String::new(),
            1 => ", 1 caller".to_owned(),
            count => format!(", {} callers", thousands(count)),
        };
        self.text(
            &format!("{what}: {}{callers}", self.rate(owner.requests)),
            "",
            out,
        )?;
        let mut last = None;
        for value in values {
            if last != Some(&value.setting) {
                self.text(value.setting.as_str(), "  ", out)?;
                last = Some(&value.setting);
            }
            let line = format!("{}: {}", value.value, self.said(value));
            self.text(&line, "    ", out)?;
        }
        writeln!(out)
    }

    /// What is known of one value.
    fn said(&self, value: &ValueUsage) -> String {
        let untold = match value.untold {
            0 => String::new(),
            untold => format!("; {} more may need it, nothing tells", self.rate(untold)),
        };
        match (value.requests, value.is_logged) {
            (_, false) => "cannot tell, the logs hold no sign-out at all".to_owned(),
            (0, _) if value.untold > 0 => {
                format!(
                    "cannot tell: {} may need it, nothing tells",
                    self.rate(value.untold)
                )
            }
            (0, _) => format!("unused in {}", self.days()),
            (requests, _) => {
                let last = value.last_seen.map(|time| self.clock.date_time(time));
                format!(
                    "{}{}, last {} UTC{untold}",
                    self.rate(requests),
                    trend(value),
                    last.unwrap_or_default(),
                )
            }
        }
    }

    fn surge(&self, surge: &Surge, out: &mut impl Write) -> io::Result<()> {
        let client = surge
            .client
            .as_ref()
            .map_or("requests without an app client", |id| id.as_str());
        let line = format!(
            "Surge: {client} went from {:.0} to {:.0} accepted requests an hour at {}.",
            surge.before,
            surge.after,
            self.clock.date_time(surge.since)
        );
        self.text(&line, "", out)?;
        for (address, agent, requests) in &surge.callers {
            self.text(
                &format!(
                    "new caller {address} ({agent}): {} requests",
                    thousands(*requests)
                ),
                "  ",
                out,
            )?;
        }
        for (name, time) in &surge.causes {
            self.text(
                &format!("{name} at {}", self.clock.date_time(*time)),
                "  ",
                out,
            )?;
        }
        writeln!(out)
    }

    fn coverage(&self, out: &mut impl Write) -> io::Result<()> {
        let complete = match (self.usage.coverage.is_empty(), self.usage.is_complete) {
            (true, _) => "no log was read",
            (_, true) => "the logs are complete",
            (_, false) => "the logs are not complete",
        };
        let text = format!(
            "Accepted requests from {} to {} UTC ({}); {complete}. What comes less often, such as a \
             monthly job, would not show.",
            self.clock.date_time(self.usage.window.start),
            self.clock.date_time(self.usage.window.end),
            self.days()
        );
        self.text(&text, "", out)
    }

    fn rate(&self, requests: u64) -> String {
        super::check::per_day(requests, self.usage.days())
    }

    fn days(&self) -> String {
        match self.usage.days() {
            1.0 => "1 day".to_owned(),
            days => format!("{days:.0} days"),
        }
    }

    fn text(&self, text: &str, indent: &str, out: &mut impl Write) -> io::Result<()> {
        let text = escape::lines(text).replace('\n', " ");
        wrapped(&text, indent, self.style)
            .iter()
            .try_for_each(|line| writeln!(out, "{line}"))
    }
}

/// How the second half of the window compares with the first, where that is much.
fn trend(value: &ValueUsage) -> &'static str {
    let later = value.requests - value.earlier.min(value.requests);
    match (value.earlier, later) {
        (earlier, later) if earlier + later < 20 => "",
        (earlier, later) if later > earlier * 2 => ", rising",
        (earlier, later) if earlier > later * 2 => ", falling",
        _ => "",
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    window: [String; 2],
    days: f64,
    complete: bool,
    owners: Vec<Owner<'a>>,
    surges: Vec<SurgeRow<'a>>,
}

#[derive(Serialize)]
struct Owner<'a> {
    user_pool_id: &'a str,
    client_id: Option<&'a str>,
    name: Option<&'a str>,
    requests: u64,
    callers: u64,
    values: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    setting: &'a str,
    value: &'a str,
    requests: u64,
    per_day: f64,
    first_half: u64,
    last_seen: Option<String>,
    cannot_tell: u64,
    logged: bool,
    unused: bool,
}

#[derive(Serialize)]
struct SurgeRow<'a> {
    user_pool_id: Option<&'a str>,
    client_id: Option<&'a str>,
    since: String,
    per_hour_before: f64,
    per_hour_after: f64,
    callers: Vec<Caller<'a>>,
    causes: Vec<Cause<'a>>,
}

#[derive(Serialize)]
struct Caller<'a> {
    source_ip: &'a str,
    agent: &'a str,
    requests: u64,
}

#[derive(Serialize)]
struct Cause<'a> {
    event_name: &'a str,
    event_time: String,
}

/// Writes it for programs.
///
/// # Errors
///
/// What the output said.
pub fn write_json(usage: &Usage, shown: Shown, out: &mut impl Write) -> io::Result<()> {
    let days = usage.days();
    let tenths = |rate: f64| (rate * 10.0).round() / 10.0;
    let time = |time: DateTime<Utc>| rfc3339(time);
    let row = |value: &ValueUsage| shown == Shown::All || value.is_unused();
    let document = Document {
        schema: "trailblame/usage/1",
        window: [time(usage.window.start), time(usage.window.end)],
        days: (days * 100.0).round() / 100.0,
        complete: usage.is_complete,
        owners: usage
            .owners
            .iter()
            .map(|owner| Owner {
                user_pool_id: owner.pool.as_str(),
                client_id: owner.client.as_ref().map(|id| id.as_str()),
                name: owner.name.as_deref(),
                requests: owner.requests,
                callers: owner.callers,
                values: owner
                    .values
                    .iter()
                    .filter(|value| row(value))
                    .map(|value| Row {
                        setting: value.setting.as_str(),
                        value: &value.value,
                        requests: value.requests,
                        per_day: tenths(value.requests as f64 / days),
                        first_half: value.earlier,
                        last_seen: value.last_seen.map(time),
                        cannot_tell: value.untold,
                        logged: value.is_logged,
                        unused: value.is_unused(),
                    })
                    .collect(),
            })
            .collect(),
        surges: usage
            .surges
            .iter()
            .map(|surge| SurgeRow {
                user_pool_id: surge.pool.as_ref().map(|id| id.as_str()),
                client_id: surge.client.as_ref().map(|id| id.as_str()),
                since: time(surge.since),
                per_hour_before: tenths(surge.before),
                per_hour_after: tenths(surge.after),
                callers: surge
                    .callers
                    .iter()
                    .map(|(source_ip, agent, requests)| Caller {
                        source_ip,
                        agent,
                        requests: *requests,
                    })
                    .collect(),
                causes: surge
                    .causes
                    .iter()
                    .map(|(event_name, at)| Cause {
                        event_name,
                        event_time: time(*at),
                    })
                    .collect(),
            })
            .collect(),
    };
    json::print(&document, out)
}
