//! `trailblame export`: the frames, for DuckDB, notebooks and spreadsheets.

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
};

use anyhow::Context;
use clap::{Args, ValueEnum};
use polars::prelude::{IntoLazy, LazyFrame};
use trailblame::{
    cognito::{links, shown, states},
    frame::{Changes, Counts, Requests, callers},
    record::Change,
    report::{self, export, incidents},
};

use super::{
    Ended, Usage,
    analysis::{Question, analyse},
    config::Names,
    inputs::Keep,
    output,
    read::{Reading, Want},
};

/// Export a dataset as Parquet or CSV.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame export sample-logs --frame counts --output counts.parquet
  trailblame export --archive --since 7d --frame changes --format csv > changes.csv")]
pub struct Arguments {
    /// The dataset.
    #[arg(long, value_enum)]
    frame: Frame,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::Parquet)]
    format: Format,
    /// The file to write [default: standard output].
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    inputs: Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Frame {
    /// Failed attempts, one per row; successes are in `counts`.
    Requests,
    /// Configuration writes.
    Changes,
    /// Attempts per minute and kind.
    Counts,
    /// Callers by app client: addresses and user agents.
    Callers,
    /// Values of settings and the time each was in force.
    States,
    /// What depends on what: triggers, web ACLs, certificates, providers, secrets by name.
    Links,
    /// Incidents, one per row, with the change to blame.
    Incidents,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For programs.
    Parquet,
    /// For spreadsheets.
    Csv,
}

fn query(frame: Frame, inputs: Reading) -> anyhow::Result<LazyFrame> {
    let frames = |inputs: Reading, want| {
        let mut inputs = inputs.resolve(want)?;
        inputs.typed.refuse_undated()?;
        inputs.frames(Keep::Nothing)
    };
    Ok(match frame {
        Frame::Requests => {
            let frames = frames(inputs, Want::Requests)?;
            Requests::from_cells(&[&frames.cells, &frames.aside])?.lazy()
        }
        Frame::Changes => {
            let changes = frames(inputs, Want::Changes)?.changes;
            let shown: Vec<Change> = changes.into_iter().map(shown::change).collect();
            Changes::from_rows(&shown)?.lazy()
        }
        Frame::Counts => {
            let frames = frames(inputs, Want::Requests)?;
            Counts::from_cells(&[&frames.cells, &frames.aside])?.lazy()
        }
        Frame::Callers => callers::frame(&frames(inputs, Want::Requests)?.callers)?.lazy(),
        Frame::States => {
            let mut inputs = inputs.resolve(Want::Changes)?;
            let frames = inputs.frames(Keep::Nothing)?;
            states::frame(&states::states(&inputs.history(&frames)?))?.lazy()
        }
        Frame::Links => {
            let mut inputs = inputs.resolve(Want::Changes)?;
            let frames = inputs.frames(Keep::Nothing)?;
            let history = inputs.history(&frames)?;
            let mut found = links::links(&history);
            found.extend(links::by_coincidence(&history, &frames.aside));
            report::links::frame(&found)?.lazy()
        }
        Frame::Incidents => {
            let every = Question::default();
            let analysis = analyse(inputs, every, &Names::new(), Keep::Nothing)?;
            incidents::frame(&analysis.investigation)?.lazy()
        }
    })
}

fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Runs the command.
pub fn run(arguments: Arguments, out: &mut impl Write) -> anyhow::Result<Ended> {
    if arguments.format == Format::Parquet && arguments.output.is_none() && is_terminal() {
        return Err(Usage {
            message: "Parquet is not for a terminal".to_owned(),
            hint: Some("`--output FILE` writes a file, `--format csv` prints text".to_owned()),
        }
        .into());
    }
    let query = query(arguments.frame, arguments.inputs)?;
    if arguments.frame == Frame::Requests {
        output::tell(format_args!(
            "`requests` holds failed attempts, one a row; successes are counted in `--frame counts`"
        ));
    }
    let bytes = match arguments.format {
        Format::Parquet => export::parquet(query)?,
        Format::Csv => export::csv(query)?,
    };
    match &arguments.output {
        None => out
            .write_all(&bytes)
            .context("failed to write the output")?,
        Some(path) => {
            output::file(path, &bytes)?;
            output::tell(format_args!("{}: {} bytes", path.display(), bytes.len()));
        }
    }
    Ok(Ended::Well)
}
