//! The table of incidents: as many columns as the terminal has room for, one line an incident.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{BOLD, DIM, RED, Style};
use crate::report::{
    escape::{self, cut},
    overview::Row,
    words::Clock,
};

/// From this width on times have seconds, …
const WITH_SECONDS: usize = 100;
/// … the table says what is reverted, …
const WITH_REVERT: usize = 132;
/// … when each ended, …
const WITH_END: usize = 144;
/// … and with which error requests failed, and how many users.
const WITH_ERROR: usize = 180;
/// A cause in a narrower column than this stands in a line of its own, …
const LEAST_CAUSE: usize = 24;
/// … below this width with its confidence.
const LEAST_CONFIDENCE: usize = 56;
/// Names of apps are cut here, where there is little room.
const SHORTEST_APP: usize = 8;
const SHORT_APP: usize = 14;
const LONG_APP: usize = 40;
const LONGEST_ERROR: usize = 30;
const GAP: &str = "  ";

struct Column {
    head: &'static str,
    is_right: bool,
    cells: Vec<String>,
}

impl Column {
    fn new(head: &'static str, cells: impl Iterator<Item = String>) -> Self {
        Self {
            head,
            is_right: false,
            cells: cells.map(|cell| escape::terminal(&cell)).collect(),
        }
    }

    fn right(self) -> Self {
        Self {
            is_right: true,
            ..self
        }
    }

    fn width(&self) -> usize {
        let cells = self.cells.iter().map(|cell| cell.width());
        cells.max().unwrap_or(0).max(self.head.width())
    }

    /// A cell, as wide as the column.
    fn padded(&self, text: &str) -> String {
        let room = self.width().saturating_sub(text.width());
        match self.is_right {
            true => format!("{:room$}{text}", ""),
            false => format!("{text}{:room$}", ""),
        }
    }
}

pub(super) fn write(
    rows: &[Row],
    clock: Clock,
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let width = style.table_width();
    let before = before(rows, clock, width);
    let after = after(rows, width);
    let taken = |columns: &[Column]| -> usize {
        let columns = columns.iter();
        columns.map(|column| column.width() + GAP.len()).sum()
    };
    let room = width.saturating_sub(taken(&before) + taken(&after));
    let causes: Vec<String> = match room >= LEAST_CAUSE {
        true => rows.iter().map(|row| cause(row, room)).collect(),
        false => vec![String::new(); rows.len()],
    };
    let cause_column = Column::new("cause", causes.into_iter());
    let mut columns: Vec<&Column> = before.iter().collect();
    if room >= LEAST_CAUSE {
        columns.push(&cause_column);
    }
    columns.extend(&after);
    let heads = columns.iter().map(|column| column.padded(column.head));
    let head = heads.collect::<Vec<_>>().join(GAP);
    writeln!(out, "{}", style.paint(DIM, head.trim_end()))?;
    for (at, row) in rows.iter().enumerate() {
        let cells = columns.iter();
        let cells =
            cells.map(|column| column.padded(column.cells.get(at).map_or("", String::as_str)));
        let line = cells.collect::<Vec<_>>().join(GAP);
        let code = if row.is_ongoing { RED } else { "" };
        writeln!(out, "{}", style.paint(code, line.trim_end()))?;
        if room < LEAST_CAUSE {
            let indent = before.first().map_or(0, Column::width) + GAP.len();
            let sure = match width < LEAST_CONFIDENCE {
                true => format!(" {}", tight(&row.confidence, width)),
                false => String::new(),
            };
            let cause = cause(row, width.saturating_sub(indent + sure.width()));
            let cause = escape::terminal(&format!("{cause}{sure}"));
            writeln!(out, "{:indent$}{}", "", style.paint(BOLD, &cause))?;
        }
    }
    Ok(())
}

/// Number, times, app and counts.
fn before(rows: &[Row], clock: Clock, width: usize) -> Vec<Column> {
    let time = |time| match width >= WITH_SECONDS {
        true => clock.time(time),
        false => clock.short(time),
    };
    let longest = match width {
        ..LEAST_CONFIDENCE => SHORTEST_APP,
        LEAST_CONFIDENCE..WITH_SECONDS => SHORT_APP,
        _ => LONG_APP,
    };
    let mut columns = vec![
        Column::new("#", rows.iter().map(|row| row.number.to_string())).right(),
        Column::new(
            "start",
            rows.iter().map(|row| {
                let before = if row.begun_before { "<" } else { "" };
                format!("{before}{}", time(row.onset))
            }),
        ),
    ];
    if width >= WITH_END {
        let end = |row: &Row| row.end.map_or_else(|| "–".to_owned(), time);
        columns.push(Column::new("end", rows.iter().map(end)));
    }
    columns.extend([
        Column::new("lasted", rows.iter().map(|row| row.lasted.clone())).right(),
        Column::new("app", rows.iter().map(|row| cut(&row.app, longest))),
        Column::new("failed", rows.iter().map(|row| tight(&row.failed, width))).right(),
    ]);
    if width >= WITH_ERROR {
        let error = |row: &Row| cut(&row.error, LONGEST_ERROR);
        columns.push(Column::new("error", rows.iter().map(error)));
        let users = |row: &Row| {
            row.users
                .map_or_else(|| "–".to_owned(), |users| users.to_string())
        };
        columns.push(Column::new("users", rows.iter().map(users)).right());
    }
    columns
}

/// How sure it is, and whether it is reverted.
fn after(rows: &[Row], width: usize) -> Vec<Column> {
    if width < LEAST_CONFIDENCE {
        return Vec::new();
    }
    let head = match width < WITH_END {
        true => "conf",
        false => "confidence",
    };
    let confidence = rows.iter().map(|row| tight(&row.confidence, width));
    let mut columns = vec![Column::new(head, confidence).right()];
    if width >= WITH_REVERT {
        let revert = rows.iter().map(|row| row.revert.to_owned());
        columns.push(Column::new("status", revert));
    }
    columns
}

/// A number in fewer characters, where there is little room: `1378/1378`, `111 lost`, `>99%`.
fn tight(number: &str, width: usize) -> String {
    match width < WITH_SECONDS {
        true if number.ends_with('%') => number.replace(' ', ""),
        true => number.replace(',', "").replace("missing", "lost"),
        false => number.to_owned(),
    }
}

/// The longest form of a cause that fits, else the shortest, cut.
fn cause(row: &Row, room: usize) -> String {
    let mut forms = row.causes.iter();
    let fits = forms.find(|form| escape::terminal(form).width() <= room);
    match (fits, row.causes.last()) {
        (Some(form), _) => form.clone(),
        (None, Some(shortest)) => cut(&escape::terminal(shortest), room),
        (None, None) => String::new(),
    }
}
