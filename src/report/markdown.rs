//! The report as GitHub Markdown.

use std::io::{self, Write};

use super::{
    chart, escape,
    outline::{self, Block, postmortem::Postmortem},
    overview,
    page::Report,
    words::Clock,
};
use crate::attribute::Investigation;

const CHART_WIDTH: usize = 76;
/// Texts from logs may be as long as a stranger likes.
const LONGEST_CELL: usize = 300;
const LONGEST_SENTENCE: usize = 2_000;

/// Writes the report.
///
/// # Errors
///
/// What the output said.
pub fn write(investigation: &Investigation, out: &mut impl Write) -> io::Result<()> {
    let clock = Clock::of(investigation);
    for block in outline::of(investigation) {
        write_block(&block, clock, out)?;
    }
    Ok(())
}

/// Writes the report on a window: its outages, how each app client fared, and every change.
///
/// # Errors
///
/// What the output said.
pub fn write_report(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let clock = Clock::of(report.investigation);
    for block in outline::report(report) {
        write_block(&block, clock, out)?;
    }
    Ok(())
}

/// Writes a post-mortem.
///
/// # Errors
///
/// What the output said.
pub fn write_postmortem(postmortem: &Postmortem<'_>, out: &mut impl Write) -> io::Result<()> {
    let clock = Clock::of(postmortem.investigation);
    for block in outline::postmortem::of(postmortem) {
        write_block(&block, clock, out)?;
    }
    Ok(())
}

fn write_block(block: &Block, clock: Clock, out: &mut impl Write) -> io::Result<()> {
    match block {
        Block::Title(text) => writeln!(out, "# {}", sentence(text)),
        Block::Heading(text) => writeln!(out, "\n## {}", sentence(text)),
        Block::Section(text) => writeln!(out, "\n### {}", sentence(text)),
        Block::Text(text) => writeln!(out, "\n{}", sentence(text)),
        Block::Answer(text) => writeln!(out, "\n**{}**", sentence(text)),
        Block::List(points) => {
            writeln!(out)?;
            for point in points {
                writeln!(out, "- {}", sentence(point))?;
            }
            Ok(())
        }
        Block::Facts(facts) => {
            writeln!(out)?;
            for fact in facts {
                writeln!(out, "- {}", sentence(&outline::fact(fact)))?;
            }
            Ok(())
        }
        Block::Gap => Ok(()),
        Block::Command(command) => fenced("sh", command, out),
        Block::Record(record) => fenced("json", record, out),
        Block::Chart(timeline, marks) => {
            let mut lines = chart::lines(timeline, marks, clock, CHART_WIDTH);
            lines.extend(chart::legend(marks, clock));
            writeln!(out, "\n```text\n{}\n```", lines.join("\n"))
        }
        Block::Table(head, rows) => table(head, rows, out),
        Block::Incidents(rows) => incidents(rows, clock, out),
        Block::Terms(terms) => {
            writeln!(out)?;
            for term in terms {
                let text = term.forms.first().map_or("", String::as_str);
                writeln!(out, "- {}: {}", term.label, sentence(text))?;
            }
            Ok(())
        }
        Block::Diff(lines) => {
            writeln!(out, "\n```diff")?;
            for line in lines {
                let mark = if line.guilty { "!" } else { " " };
                let safe = |text: &str| escape::markdown_code(&escape::cut(text, 1_000));
                writeln!(out, "{mark} {}", safe(&line.setting))?;
                writeln!(out, "-   {}\n+   {}", safe(&line.before), safe(&line.after))?;
            }
            writeln!(out, "```")
        }
    }
}

fn table(head: &[&str], rows: &[Vec<String>], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n| {} |", head.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(head.len()))?;
    let safe = |cell: &str| escape::markdown(&escape::cut(cell, LONGEST_CELL));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| safe(cell)).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

/// Incidents, one a row.
fn incidents(rows: &[overview::Row], clock: Clock, out: &mut impl Write) -> io::Result<()> {
    let head = [
        "#",
        "start",
        "end",
        "lasted",
        "app",
        "failed",
        "cause",
        "confidence",
        "status",
    ];
    let row = |row: &overview::Row| {
        let before = if row.begun_before { "before " } else { "" };
        vec![
            row.number.to_string(),
            format!("{before}{}", clock.time(row.onset)),
            row.end
                .map_or_else(|| "–".to_owned(), |end| clock.time(end)),
            row.lasted.clone(),
            row.app.clone(),
            row.failed.clone(),
            row.causes.first().cloned().unwrap_or_default(),
            row.confidence.clone(),
            row.revert.to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(row).collect();
    table(&head, &rows, out)
}

fn fenced(language: &str, text: &str, out: &mut impl Write) -> io::Result<()> {
    let text = escape::json(text);
    // A fence longer than any run of backticks inside.
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    writeln!(out, "\n{fence}{language}\n{text}\n{fence}")
}

/// A sentence of ours: what stands between backticks is code, all else is text.
fn sentence(text: &str) -> String {
    let text = escape::cut(text, LONGEST_SENTENCE);
    let parts = escape::spans(&text);
    parts
        .map(|(part, is_code)| match is_code {
            true => format!("`{}`", escape::markdown_code(part)),
            false => escape::markdown(part),
        })
        .collect()
}
