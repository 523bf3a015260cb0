//! Failures over time: table, chart, JSON, CSV.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde::Serialize;

use super::{
    chart, escape, json,
    terminal::{NARROW, Style, cells},
    words::{Clock, rfc3339},
};
use crate::{
    attribute::phrase::thousands,
    frame::{FailureCount, Timeline},
    window::Window,
};

const LEAST_WIDTH: usize = 40;

/// Writes a table for a terminal.
///
/// # Errors
///
/// What the output said.
pub fn write(rows: &[FailureCount], style: Style, out: &mut impl Write) -> io::Result<()> {
    if rows.is_empty() {
        return writeln!(out, "No request failed.");
    }
    let width = style.width.max(LEAST_WIDTH);
    // Where there is little room, the grant stands under the error.
    let under: &[usize] = if width < NARROW { &[3] } else { &[] };
    let whole_minutes = rows.iter().all(|row| row.start.second() == 0);
    let form = if whole_minutes {
        "%m-%d %H:%M"
    } else {
        "%m-%d %H:%M:%S"
    };
    let zone = |time: DateTime<Utc>| (style.zone)(time);
    let named = rows.last().map_or("UTC".to_owned(), |row| {
        Clock::new(
            Window {
                start: row.start,
                end: row.start,
            },
            style.zone,
        )
        .zone(row.start)
    });
    let first = format!("from ({named})");
    let head = [first.as_str(), "app client", "error", "grant", "failures"];
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX))
        .set_header(cells(head.into_iter().map(str::to_owned), under));
    for row in rows {
        let safe = |text: Option<&str>| escape::terminal(text.unwrap_or("–"));
        let row = [
            zone(row.start).format(form).to_string(),
            safe(row.client.as_ref().map(|client| client.as_str())),
            safe(Some(&row.error)),
            safe(row.grant.as_deref()),
            thousands(row.failures),
        ];
        table.add_row(cells(row.into_iter(), under));
    }
    if let Some(column) = table.column_iter_mut().last() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for line in table.to_string().lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Writes a chart per app client, the one with the most failures first.
///
/// # Errors
///
/// What the output said.
pub fn write_charts(
    rows: &[FailureCount],
    window: Window,
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut clients: BTreeMap<&str, Vec<&FailureCount>> = BTreeMap::new();
    for row in rows {
        let client = row
            .client
            .as_ref()
            .map_or("no app client", |client| client.as_str());
        clients.entry(client).or_default().push(row);
    }
    let total = |rows: &[&FailureCount]| rows.iter().map(|row| row.failures).sum::<u64>();
    let mut clients: Vec<_> = clients.into_iter().collect();
    clients.sort_by_key(|(_, rows)| std::cmp::Reverse(total(rows)));
    if clients.is_empty() {
        return writeln!(out, "No request failed.");
    }
    for (client, rows) in clients {
        writeln!(
            out,
            "{}: {} failed",
            escape::terminal(client),
            thousands(total(&rows))
        )?;
        let timeline = timeline(&rows, window, style.width.clamp(40, 120) - 12);
        for line in chart::lines(
            &timeline,
            &[],
            Clock::new(window, style.zone),
            style.width.clamp(40, 120),
        ) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The rows in columns of a round length, as many as fit.
fn timeline(rows: &[&FailureCount], window: Window, columns: usize) -> Timeline {
    let bin = round_length(window, columns);
    let start = floor(window.start, bin);
    let bins = (window.end - start).num_seconds().max(1) as usize;
    let mut failed = vec![0; bins.div_ceil(bin.max(1) as usize)];
    for row in rows {
        let at = (row.start - start).num_seconds().max(0) / bin;
        if let Some(count) = usize::try_from(at).ok().and_then(|at| failed.get_mut(at)) {
            *count += row.failures;
        }
    }
    Timeline {
        start,
        bin: TimeDelta::seconds(bin),
        succeeded: vec![0; failed.len()],
        failed,
    }
}

/// Seconds that people count in, up to a day.
const ROUND: [i64; 12] = [
    10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 10_800, 21_600, 43_200,
];
const DAY: i64 = 86_400;

fn round_length(window: Window, columns: usize) -> i64 {
    let span = (window.end - window.start).num_seconds().max(1);
    let columns = i64::try_from(columns).unwrap_or(i64::MAX).max(2);
    // One column less: the first begins before the window.
    let least = span / (columns - 1) + 1;
    let days = || least.div_euclid(DAY).saturating_add(1).saturating_mul(DAY);
    let round = ROUND.into_iter().find(|length| *length >= least);
    round.unwrap_or_else(days)
}

fn floor(time: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    time - TimeDelta::seconds(time.timestamp().rem_euclid(seconds))
        - TimeDelta::nanoseconds(i64::from(time.timestamp_subsec_nanos()))
}

#[derive(Serialize)]
struct Row<'a> {
    from: String,
    client_id: Option<&'a str>,
    error: &'a str,
    grant: Option<&'a str>,
    failures: u64,
}

/// Writes JSON.
///
/// # Errors
///
/// What the output said.
pub fn write_json(rows: &[FailureCount], bin: TimeDelta, out: &mut impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: &'static str,
        bin_seconds: i64,
        failures: Vec<Row<'a>>,
    }
    let document = Document {
        schema: "trailblame/failures/1",
        bin_seconds: bin.num_seconds(),
        failures: rows
            .iter()
            .map(|row| Row {
                from: rfc3339(row.start),
                client_id: row.client.as_ref().map(|client| client.as_str()),
                error: &row.error,
                grant: row.grant.as_deref(),
                failures: row.failures,
            })
            .collect(),
    };
    json::print(&document, out)
}

/// Writes CSV, safe for spreadsheets.
///
/// # Errors
///
/// What the output said.
pub fn write_csv(rows: &[FailureCount], out: &mut impl Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["from", "client_id", "error", "grant", "failures"])?;
    for row in rows {
        table.write_record([
            rfc3339(row.start),
            escape::csv(row.client.as_ref().map_or("", |client| client.as_str())),
            escape::csv(&row.error),
            escape::csv(row.grant.as_deref().unwrap_or_default()),
            row.failures.to_string(),
        ])?;
    }
    table.flush()
}
