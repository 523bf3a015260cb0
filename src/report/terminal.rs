//! The report for a person at a terminal, at three in the morning.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};

use super::{
    chart, escape,
    outline::{self, Block, Line},
    words::Clock,
};
use crate::attribute::Investigation;

/// How wide and how colourful.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Columns of the terminal.
    pub width: usize,
    /// Colours, or none.
    pub colour: Colour,
}

/// Whether escape sequences are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Sequences for colours.
    Ansi,
    /// Plain text.
    None,
}

/// Text is not set wider than this, however wide the terminal.
const WIDEST: usize = 120;
const INDENT: &str = "   ";
/// Below this width the table of suspects has a column less.
pub(super) const NARROW: usize = 110;
const SUSPECT_COLUMNS: usize = 5;

impl Style {
    fn width(self) -> usize {
        self.width.clamp(40, WIDEST)
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self.colour {
            Colour::Ansi if !text.is_empty() => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            _ => text.to_owned(),
        }
    }
}

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const ANSWER: &str = "1;33";

/// Writes the report.
///
/// # Errors
///
/// What the output said.
pub fn write(investigation: &Investigation, style: Style, out: &mut impl Write) -> io::Result<()> {
    let clock = Clock::new(investigation.window);
    for block in outline::of(investigation) {
        write_block(&block, clock, style, out)?;
    }
    Ok(())
}

fn write_block(block: &Block, clock: Clock, style: Style, out: &mut impl Write) -> io::Result<()> {
    match block {
        Block::Title(text) => writeln!(out, "{}", style.paint(BOLD, &escape::terminal(text))),
        Block::Heading(text) => {
            let text = escape::terminal(text);
            let rule = style.width().saturating_sub(text.chars().count() + 1);
            let rule = "─".repeat(rule);
            writeln!(
                out,
                "\n{} {}",
                style.paint(BOLD, &text),
                style.paint(DIM, &rule)
            )
        }
        Block::Section(text) => {
            writeln!(
                out,
                "\n{INDENT}{}",
                style.paint(BOLD, &escape::terminal(text))
            )
        }
        Block::Text(text) => paragraph(text, "", INDENT, style, out),
        Block::Answer(text) => paragraph(text, ANSWER, INDENT, style, out),
        Block::List(points) => {
            for point in points {
                paragraph(point, "", INDENT, style, out)?;
            }
            Ok(())
        }
        Block::Gap => writeln!(out),
        Block::Command(command) => {
            writeln!(out, "\n{}\n", escape::terminal(command))
        }
        Block::Chart(timeline, marks) => {
            writeln!(out)?;
            for line in chart::lines(timeline, marks, clock, style.width() - INDENT.len()) {
                writeln!(out, "{INDENT}{line}")?;
            }
            let signs: Vec<&str> = marks
                .iter()
                .map(|(_, sign)| {
                    if *sign == '▲' {
                        "▲ the change"
                    } else {
                        "▽ undone"
                    }
                })
                .collect();
            match signs.is_empty() {
                true => writeln!(out),
                false => writeln!(out, "{INDENT}{}\n", style.paint(DIM, &signs.join("   "))),
            }
        }
        Block::Table(head, rows) => table(head, rows, style, out),
        Block::Diff(lines) => {
            for line in lines {
                diff(line, style, out)?;
            }
            Ok(())
        }
    }
}

/// Wrapped text; what follows the first line hangs a little.
fn paragraph(
    text: &str,
    code: &str,
    indent: &str,
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let hanging = format!("{indent}  ");
    let options = textwrap::Options::new(style.width())
        .initial_indent(indent)
        .subsequent_indent(&hanging);
    for line in textwrap::wrap(&escape::terminal(text), options) {
        match code.is_empty() {
            true => writeln!(out, "{line}")?,
            false => writeln!(out, "{}", style.paint(code, &line))?,
        }
    }
    Ok(())
}

fn table(
    head: &[&'static str],
    rows: &[Vec<String>],
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let narrow = style.width() < NARROW && head.len() == SUSPECT_COLUMNS;
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(style.width() - INDENT.len()).unwrap_or(u16::MAX))
        .set_header(cells(head.iter().map(|name| (*name).to_owned()), narrow));
    for row in rows {
        table.add_row(cells(row.iter().map(|cell| escape::terminal(cell)), narrow));
    }
    for line in table.to_string().lines() {
        writeln!(out, "{INDENT}{}", line.trim_end())?;
    }
    Ok(())
}

/// The columns of a row; where there is little room, the fourth stands under the third.
pub(super) fn cells(row: impl Iterator<Item = String>, narrow: bool) -> Vec<String> {
    let mut cells: Vec<String> = row.collect();
    if narrow {
        let by = cells.remove(3);
        cells[2] = format!("{}\n{by}", cells[2]);
    }
    cells
}

/// `- before` and `+ after` under the setting's name; the guilty one is marked.
fn diff(line: &Line, style: Style, out: &mut impl Write) -> io::Result<()> {
    let mark = if line.guilty { "✗" } else { " " };
    let name = escape::terminal(&line.setting);
    let name = if line.guilty {
        style.paint(BOLD, &name)
    } else {
        name
    };
    writeln!(out, "{INDENT}{mark} {name}")?;
    for (sign, value, code) in [("-", &line.before, RED), ("+", &line.after, GREEN)] {
        let text = format!("{sign} {}", escape::cut(&escape::terminal(value), 1_000));
        let indent = format!("{INDENT}    ");
        let hanging = format!("{indent}  ");
        let options = textwrap::Options::new(style.width())
            .initial_indent(&indent)
            .subsequent_indent(&hanging);
        for part in textwrap::wrap(&text, options) {
            writeln!(out, "{}", style.paint(code, &part))?;
        }
    }
    Ok(())
}
