//! `trailblame report`: the outages of a time as a page.

use std::{io::Write, path::PathBuf};

use anyhow::Context;
use chrono::Utc;
use clap::{Args, ValueEnum};
use polars::prelude::IntoLazy;
use trailblame::report::{
    export, html, incidents, json, markdown, page::Report, redact::Redaction,
};

use super::{
    Ended, Several, Usage,
    analysis::{Telling, Whose, analyse},
    config::Names,
    inputs::Keep,
    output, read,
    schedule::Scheduling,
};

/// Write a report.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame report sample-logs --output report.html
  trailblame report --cloudtrail --since 24h --format html,json --output reports/
  trailblame report trail/ --since 7d --format csv > outages.csv")]
pub struct Arguments {
    /// Output format; several, separated by commas, are written into a folder.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "html")]
    format: Vec<Format>,
    /// File or folder to write to [default: standard output].
    #[arg(long, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    /// Replace addresses, users and account IDs by pseudonyms.
    #[arg(long)]
    redact: bool,
    #[command(flatten)]
    whose: Whose,
    #[command(flatten)]
    scheduling: Scheduling,
    #[command(flatten)]
    telling: Telling,
    #[command(flatten)]
    inputs: read::Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One self-contained file.
    Html,
    /// For a wiki or an issue.
    Markdown,
    /// For programs: what `investigate --format json` prints, and all changes.
    Json,
    /// One row per incident, for spreadsheets.
    Csv,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Html => "report.html",
            Self::Markdown => "report.md",
            Self::Json => "report.json",
            Self::Csv => "report.csv",
        }
    }
}

/// Runs the command.
pub fn run(arguments: Arguments, names: &Names, out: &mut impl Write) -> anyhow::Result<Ended> {
    let several = arguments.format.len() > 1;
    let target = output::Target::new(arguments.output.as_deref(), several)?;
    let schedule = arguments
        .scheduling
        .resolve(arguments.inputs.connection())?;
    let analysis = analyse(
        arguments.inputs,
        arguments.whose.question()?,
        names,
        Keep::Nothing,
    );
    let mut analysis = match analysis {
        Ok(analysis) => analysis,
        Err(error) if error.is::<Usage>() => return Err(error),
        // That nothing could be seen is news too.
        Err(error) => {
            let claim = schedule.observe_failure(&error);
            let told = schedule.send(claim);
            return Err(Several::of([error].into_iter().chain(told)));
        }
    };
    analysis.investigation.changes = analysis.changes();
    let whole = analysis.is_whole();
    // Before the pages, and whatever becomes of them: somebody is waiting for it.
    let claim = schedule.observe(&mut analysis.investigation, whole);
    let mut failures = schedule.send(claim);
    let investigation = &analysis.investigation;
    let report = Report {
        made: Some(Utc::now()),
        ..Report::new(investigation, &analysis.cells)
    };
    let mut redaction = arguments.redact.then(|| Redaction::new(investigation, []));
    for format in &arguments.format {
        let page = page(*format, &report, redaction.as_mut());
        let written = page.and_then(|page| target.write(format.name(), &page, out));
        failures.extend(written.err());
    }
    if failures.is_empty() {
        failures.extend(schedule.beat(investigation).err());
    }
    match failures.is_empty() {
        true => Ok(arguments.telling.ended(investigation)),
        false => Err(Several::of(failures)),
    }
}

fn page(
    format: Format,
    report: &Report<'_>,
    redaction: Option<&mut Redaction>,
) -> anyhow::Result<Vec<u8>> {
    let bytes = written(format, report)?;
    let Some(redaction) = redaction else {
        return Ok(bytes);
    };
    let page = String::from_utf8_lossy(&bytes);
    let hidden = match format {
        Format::Html => redaction.html(&page),
        Format::Json => redaction.json(&page),
        Format::Markdown | Format::Csv => redaction.text(&page),
    };
    Ok(hidden.into_bytes())
}

fn written(format: Format, report: &Report<'_>) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let result = match format {
        Format::Html => html::write(report, &mut bytes),
        Format::Markdown => markdown::write_report(report, &mut bytes),
        Format::Json => json::write(report.investigation, &mut bytes),
        Format::Csv => {
            let frame = incidents::frame(report.investigation)?;
            return Ok(export::csv(frame.lazy())?);
        }
    };
    result.context("failed to write the report")?;
    Ok(bytes)
}
