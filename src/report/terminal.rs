//! The report for a person at a terminal, at three in the morning.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use comfy_table::{ContentArrangement, Table, presets};
use textwrap::{Options, WordSplitter};
use unicode_width::UnicodeWidthStr;

use super::{
    chart, escape,
    outline::{self, Block, Line},
    words::Clock,
};
use crate::attribute::{Investigation, Zone};

mod incidents;
mod terms;

/// How wide and how colourful.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Columns of the terminal.
    pub width: usize,
    /// Colours, or none.
    pub colour: Colour,
    /// The zone of its reader.
    pub zone: Zone,
}

/// Whether escape sequences are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Sequences for colours.
    Ansi,
    /// Plain text.
    None,
}

/// Text is not set wider than this, however wide the terminal …
const WIDEST: usize = 120;
/// … and no table wider than this.
const WIDEST_TABLE: usize = 240;
const INDENT: &str = "   ";
/// Below this width tables have fewer columns: some stand under the one before.
pub(super) const NARROW: usize = 110;
/// Texts from logs may be as long as a stranger likes.
const LONGEST_TEXT: usize = 2_000;
const LONGEST_CELL: usize = 300;

impl Style {
    fn width(self) -> usize {
        self.width.clamp(40, WIDEST)
    }

    fn table_width(self) -> usize {
        self.width.clamp(40, WIDEST_TABLE)
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self.colour {
            Colour::Ansi if !text.is_empty() && !code.is_empty() => {
                format!("\u{1b}[{code}m{text}\u{1b}[0m")
            }
            _ => text.to_owned(),
        }
    }
}

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const ANSWER: &str = "1;33";

/// Writes the report. `typed` is the command that was typed, which the next one adds to.
///
/// # Errors
///
/// What the output said.
pub fn write(
    investigation: &Investigation,
    typed: &str,
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let clock = Clock::of(investigation);
    let mut page = Vec::new();
    for block in outline::screen(investigation, typed) {
        write_block(&block, clock, style, &mut page)?;
    }
    // Blocks keep their distance on both sides; between two of them one empty line is enough.
    let mut empty = false;
    for line in page.split_inclusive(|byte| *byte == b'\n') {
        if line != b"\n" || !empty {
            out.write_all(line)?;
        }
        empty = line == b"\n";
    }
    Ok(())
}

fn write_block(block: &Block, clock: Clock, style: Style, out: &mut impl Write) -> io::Result<()> {
    match block {
        Block::Title(text) => paragraph(text, BOLD, "", style, out),
        Block::Heading(text) => {
            let text = escape::terminal(text);
            let text = escape::cut(&text, style.width() - 2);
            let rule = style.width().saturating_sub(text.width() + 1);
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
        Block::Facts(facts) => {
            for fact in facts {
                paragraph(&outline::fact(fact), "", INDENT, style, out)?;
            }
            Ok(())
        }
        Block::Gap => writeln!(out),
        Block::Command(command) | Block::Record(command) => {
            writeln!(out, "\n{}\n", escape::json(command))
        }
        Block::Chart(timeline, marks) => {
            writeln!(out)?;
            for line in chart::lines(timeline, marks, clock, style.width() - INDENT.len()) {
                writeln!(out, "{INDENT}{line}")?;
            }
            match chart::legend(marks, clock) {
                Some(legend) => writeln!(out, "{INDENT}{}\n", style.paint(DIM, &legend)),
                None => writeln!(out),
            }
        }
        Block::Table(head, rows) => table(head, rows, style, out),
        Block::Incidents(rows) => incidents::write(rows, clock, style, out),
        Block::Terms(lines) => terms::write(lines, style, out),
        Block::Diff(lines) => {
            for line in lines {
                diff(line, style, out)?;
            }
            Ok(())
        }
    }
}

fn paragraph(
    text: &str,
    code: &str,
    indent: &str,
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    for line in wrapped(text, indent, style) {
        writeln!(out, "{}", style.paint(code, &line))?;
    }
    Ok(())
}

/// Harmless lines that fit; what follows the first hangs a little. Names are not divided at their
/// hyphens, so that they can be found again.
pub(super) fn wrapped(text: &str, indent: &str, style: Style) -> Vec<String> {
    let hanging = format!("{indent}  ");
    let options = Options::new(style.width())
        .initial_indent(indent)
        .subsequent_indent(&hanging)
        .word_splitter(WordSplitter::NoHyphenation);
    let text = escape::cut(&escape::terminal(text), LONGEST_TEXT);
    let lines = textwrap::wrap(&text, options);
    lines.into_iter().map(Cow::into_owned).collect()
}

fn table(
    head: &[&'static str],
    rows: &[Vec<String>],
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    let under = match head {
        _ if style.width() >= NARROW => &[][..],
        ["", "time", "to onset", "event", "by", ..] => &[2, 4],
        ["time", "event", "by", ..] => &[2],
        _ => &[],
    };
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(style.width() - INDENT.len()).unwrap_or(u16::MAX))
        .set_header(cells(head.iter().map(|name| (*name).to_owned()), under));
    for row in rows {
        let safe = |cell: &String| escape::cut(&escape::terminal(cell), LONGEST_CELL);
        table.add_row(cells(row.iter().map(safe), under));
    }
    for line in table.to_string().lines() {
        writeln!(out, "{INDENT}{}", line.trim_end())?;
    }
    Ok(())
}

/// The columns of a row; each of the columns `under` stands under the one before it.
pub(super) fn cells(row: impl Iterator<Item = String>, under: &[usize]) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    for (at, cell) in row.enumerate() {
        match cells.last_mut().filter(|_| under.contains(&at)) {
            Some(_) if cell == "–" => {}
            Some(above) => above.push_str(&format!("\n{cell}")),
            None => cells.push(cell),
        }
    }
    cells
}

/// `- before` and `+ after` under the setting's name; the guilty one is marked.
fn diff(line: &Line, style: Style, out: &mut impl Write) -> io::Result<()> {
    let mark = if line.guilty { "✗" } else { " " };
    let room = style.width() - INDENT.len() - 2;
    let name = escape::cut(&escape::terminal(&line.setting), room);
    let name = if line.guilty {
        style.paint(BOLD, &name)
    } else {
        name
    };
    writeln!(out, "{INDENT}{mark} {name}")?;
    for (sign, value, code) in [("-", &line.before, RED), ("+", &line.after, GREEN)] {
        let indent = format!("{INDENT}    ");
        for part in wrapped(&format!("{sign} {value}"), &indent, style) {
            writeln!(out, "{}", style.paint(code, &part))?;
        }
    }
    Ok(())
}
