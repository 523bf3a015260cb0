//! `trailblame failures`: token failures over time.

use std::io::Write;

use clap::{Args, ValueEnum};
use trailblame::report::{failures, terminal::Colour};

use super::{Ended, bounds, config::Names, directory, inputs::Keep, output, read};

/// Count failures over time.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame failures sample-logs --bin 15m
  trailblame failures trail/ --format csv > failures.csv")]
pub struct Arguments {
    /// Only failures of this app client: a name, an id, or the beginning of either.
    #[arg(long, value_name = "NAME_OR_ID")]
    client: Vec<String>,
    /// Length of a time bin.
    #[arg(long, value_name = "DURATION", default_value = "1h")]
    bin: String,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    inputs: read::Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for a terminal.
    Table,
    /// One chart per app client.
    Chart,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// Runs the command.
pub fn run(
    arguments: Arguments,
    names: &Names,
    colour: Colour,
    out: &mut impl Write,
) -> anyhow::Result<Ended> {
    let bin = bounds::duration("--bin", &arguments.bin)?;
    let mut inputs = arguments.inputs.resolve(read::Want::Requests)?;
    let mut frames = inputs.frames(Keep::Nothing)?;
    let window = inputs.window(&mut frames)?;
    let known = directory::directory(&inputs.history(&frames)?, &frames.cells, names);
    let clients = directory::clients(&arguments.client, &known)?;
    output::tell_window(Some(window.start), Some(window.end));
    let counted = match arguments.format {
        // A chart has bins of its own, as many as fit.
        Format::Chart => chrono::TimeDelta::seconds(1),
        _ => bin,
    };
    let mut rows = frames.cells.failure_counts(window, counted);
    if !clients.is_empty() {
        rows.retain(|row| row.client.as_ref().is_some_and(|id| clients.contains(id)));
    }
    let style = output::style(colour);
    match arguments.format {
        Format::Table => failures::write(&rows, style, out)?,
        Format::Chart => failures::write_charts(&rows, window, style, out)?,
        Format::Json => failures::write_json(&rows, bin, out)?,
        Format::Csv => failures::write_csv(&rows, out)?,
    }
    Ok(Ended::Well)
}
