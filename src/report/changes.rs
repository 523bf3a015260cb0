//! The history of settings, as `git log -p` shows a file's.

use std::io::{self, Write};

use serde::Serialize;

use super::{
    escape,
    json::{self, Diff},
    outline::line_of,
    terminal::{self, Colour, Style},
    words::{self, Clock, rfc3339},
};
use crate::{
    attribute::phrase,
    cognito::history::{ConfigChange, Standing},
    window::Window,
};

/// How much of each change is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Each setting before and after.
    Diff,
    /// One line a change.
    Stat,
}

/// Writes the changes for a terminal, newest first.
///
/// # Errors
///
/// What the output said.
pub fn write(
    changes: &[ConfigChange],
    detail: Detail,
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    if changes.is_empty() {
        return writeln!(out, "No change in the logs.");
    }
    for change in changes.iter().rev() {
        match detail {
            Detail::Stat => stat(change, style, out)?,
            Detail::Diff => full(change, style, out)?,
        }
    }
    Ok(())
}

fn stat(change: &ConfigChange, style: Style, out: &mut impl Write) -> io::Result<()> {
    let line = format!(
        "{}  {}  {}  {}  {}",
        (style.zone)(change.change.time).format("%Y-%m-%d %H:%M:%S"),
        change.change.name,
        words::resource(&change.resource),
        words::by(change),
        match &change.standing {
            Standing::Effective => phrase::count(change.diff.len() as f64, "setting"),
            _ => words::standing(change),
        }
    );
    writeln!(out, "{}", escape::terminal(&line))
}

fn full(change: &ConfigChange, style: Style, out: &mut impl Write) -> io::Result<()> {
    let paint = |code: &str, text: String| match style.colour {
        Colour::Ansi => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        Colour::None => text,
    };
    let record = &change.change;
    let safe = |text: &str| escape::terminal(text);
    let head = safe(&format!("{} {}", record.name, record.event_id));
    writeln!(out, "{}", paint("33", head))?;
    let clock = Clock::new(
        Window {
            start: record.time,
            end: record.time,
        },
        style.zone,
    );
    let (time, zone) = (clock.date_time(record.time), clock.zone(record.time));
    writeln!(out, "Date:   {time} {zone}")?;
    writeln!(
        out,
        "Actor:  {}",
        safe(record.actor.as_deref().unwrap_or("unknown"))
    )?;
    let from = [record.tool.as_deref(), record.source_ip.as_deref()];
    let from: Vec<&str> = from.into_iter().flatten().collect();
    if !from.is_empty() {
        writeln!(out, "With:   {}", safe(&from.join(" from ")))?;
    }
    writeln!(out, "On:     {}", safe(&words::resource(&change.resource)))?;
    if change.standing != Standing::Effective {
        writeln!(out, "\n    {}", safe(&words::standing(change)))?;
    }
    for line in &change.diff {
        let line = line_of(&change.resource, line, false);
        writeln!(out, "\n    {}", safe(&line.setting))?;
        for (sign, value, code) in [("-", &line.before, "31"), ("+", &line.after, "32")] {
            for part in terminal::wrapped(&format!("{sign} {value}"), "    ", style) {
                writeln!(out, "{}", paint(code, part))?;
            }
        }
    }
    writeln!(out)
}

/// One change in JSON.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    event_id: &'a str,
    event_name: &'a str,
    event_source: &'a str,
    event_time: String,
    account_id: Option<&'a str>,
    region: Option<&'a str>,
    user_pool_id: Option<&'a str>,
    client_id: Option<&'a str>,
    resource: String,
    actor: Option<&'a str>,
    actor_chain: &'a [String],
    tool: Option<&'a str>,
    source_ip: Option<&'a str>,
    effect: &'static str,
    error: Option<&'a str>,
    diff: Vec<Diff<'a>>,
}

impl<'a> Row<'a> {
    pub(super) fn new(change: &'a ConfigChange) -> Self {
        let record = &change.change;
        Self {
            event_id: &record.event_id,
            event_name: &record.name,
            event_source: &record.service,
            event_time: rfc3339(record.time),
            account_id: record.account.as_deref(),
            region: record.region.as_deref(),
            user_pool_id: record.user_pool.as_deref(),
            client_id: record.client.as_deref(),
            resource: words::resource(&change.resource),
            actor: record.actor.as_deref(),
            actor_chain: &record.actor_chain,
            tool: record.tool.as_deref(),
            source_ip: record.source_ip.as_deref(),
            effect: match &change.standing {
                Standing::Effective => "effective",
                Standing::NoDifference | Standing::Release | Standing::OnUsers => "none",
                Standing::Failed(_) => "failed",
                Standing::Opaque => "opaque",
            },
            error: record.error.as_deref(),
            diff: change
                .diff
                .iter()
                .map(|line| Diff::new(&change.resource, line, false))
                .collect(),
        }
    }
}

/// Writes the changes as JSON, oldest first.
///
/// # Errors
///
/// What the output said.
pub fn write_json(changes: &[ConfigChange], out: &mut impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: &'static str,
        changes: Vec<Row<'a>>,
    }
    let document = Document {
        schema: "trailblame/changes/1",
        changes: changes.iter().map(Row::new).collect(),
    };
    json::print(&document, out)
}
