//! The command line: what was typed, what it means, and what is printed for it.

use std::{
    io::{self, BufWriter, IsTerminal, Write},
    process::ExitCode,
};

use anyhow::Context;
use clap::{Parser, Subcommand};
use trailblame::source::aws::Stop;

mod analysis;
mod archive;
mod ask;
mod athena;
mod aws;
mod bounds;
mod changes;
mod check;
mod config;
mod directory;
mod errand;
mod evidence;
mod export;
mod failures;
mod files;
mod iam_policy;
mod inflate;
mod inputs;
mod investigate;
mod live;
mod manual;
mod output;
mod postmortem;
mod progress;
mod pull;
mod queries;
mod read;
mod report;
mod schedule;
mod usage;
mod verify;

/// Which change broke sign-in?
///
/// Reads CloudTrail records and CloudWatch Logs of an Amazon Cognito user pool, finds each sign-in
/// incident, names the configuration change that caused it, shows the evidence, and prints the AWS
/// CLI command that reverts it. If no change is to blame, it says so.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Configuration file with defaults for flags
    /// [default: `trailblame/trailblame.toml` in the user's configuration directory].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<std::path::PathBuf>,
    /// Use local time; JSON and CSV stay in UTC.
    #[arg(long, global = true, conflicts_with = "utc")]
    local: bool,
    /// Use UTC [default].
    #[arg(long, global = true)]
    utc: bool,
    /// Only print errors.
    #[arg(long, global = true)]
    quiet: bool,
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = output::When::Auto)]
    color: output::When,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find incidents and the change behind each.
    Investigate(investigate::Arguments),
    /// Write a report: HTML, Markdown, JSON or CSV; on a schedule, with alerts.
    Report(report::Arguments),
    /// Write a post-mortem of one incident.
    Postmortem(postmortem::Arguments),
    /// Show the history of settings, like `git log -p`.
    Changes(changes::Arguments),
    /// Replay recorded requests against a plan, before it is carried out.
    Check(check::Arguments),
    /// Show who still needs each callback URL, flow, scope and trigger.
    Usage(usage::Arguments),
    /// Count failures over time, by app client, error and grant.
    Failures(failures::Arguments),
    /// Export a dataset as Parquet or CSV.
    Export(export::Arguments),
    /// Download logs from AWS into the local archive.
    Pull(pull::Arguments),
    /// Manage the local archive.
    Archive(archive::Arguments),
    /// List or print saved queries for Logs Insights and Athena.
    Queries(queries::Arguments),
    /// Check the configuration file and print what would run.
    Config(config::Arguments),
    /// Print shell completions.
    Completions(manual::Completions),
    /// Write the man pages.
    Man(manual::Man),
    /// Print the minimal IAM policy for each source.
    IamPolicy(iam_policy::Arguments),
    #[command(hide = true)]
    Inflate(inflate::Arguments),
}

/// How a run ended (a closed pipe is no failure).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It ran.
    Well,
    /// An outage was found, and `--fail-on-outage` asked to be told; or a plan would make one.
    Outage,
    /// Something could not be read, and `--fail-on-incomplete` asked to be told.
    Incomplete,
}

/// An error of usage: what was typed cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Usage {
    message: String,
    /// What to type instead.
    hint: Option<String>,
}

/// Several things that went wrong, each of its own.
#[derive(Debug, thiserror::Error)]
#[error("{} things went wrong", .0.len())]
pub struct Several(Vec<anyhow::Error>);

impl Several {
    /// One error as itself, several as these.
    pub fn of(errors: impl IntoIterator<Item = anyhow::Error>) -> anyhow::Error {
        let mut errors: Vec<anyhow::Error> = errors.into_iter().collect();
        match errors.len() {
            1 => errors.remove(0),
            _ => Self(errors).into(),
        }
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let (typed, config) = match config::complete(std::env::args_os().collect()) {
        Ok(complete) => complete,
        Err(error) => return ExitCode::from(told(&error)),
    };
    let arguments = Arguments::parse_from(typed);
    output::hush(arguments.quiet);
    output::tell_local(arguments.local);
    let mut out = BufWriter::new(io::stdout().lock());
    let colour = output::colour(arguments.color, io::stdout().is_terminal());
    let names = &config.names;
    let result = match arguments.command {
        Command::Investigate(arguments) => investigate::run(arguments, names, colour, &mut out),
        Command::Report(arguments) => report::run(arguments, names, &mut out),
        Command::Postmortem(arguments) => postmortem::run(arguments, names, &mut out),
        Command::Check(arguments) => check::run(arguments, colour, &mut out),
        Command::Usage(arguments) => usage::run(arguments, names, colour, &mut out),
        Command::Changes(arguments) => changes::run(arguments, names, colour, &mut out),
        Command::Failures(arguments) => failures::run(arguments, names, colour, &mut out),
        Command::Export(arguments) => export::run(arguments, &mut out),
        Command::Pull(arguments) => pull::run(arguments, &mut out),
        Command::Archive(arguments) => archive::run(&arguments, &mut out),
        Command::Queries(arguments) => queries::run(&arguments, &mut out),
        Command::Config(arguments) => config::run(&arguments, &config, &mut out),
        Command::Completions(arguments) => manual::completions(&arguments, &mut out),
        Command::Man(arguments) => manual::man(&arguments, &mut out),
        Command::IamPolicy(arguments) => iam_policy::run(&arguments, &mut out),
        Command::Inflate(arguments) => inflate::run(&arguments, &mut out),
    };
    let result = result.and_then(|ended| {
        out.flush().context("failed to write the output")?;
        Ok(ended)
    });
    match result {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::Outage) => ExitCode::from(3),
        Ok(Ended::Incomplete) => ExitCode::from(4),
        Err(error) => ExitCode::from(all_told(error)),
    }
}

/// Says what went wrong, each thing in a message of its own; the worst of them is the status.
fn all_told(error: anyhow::Error) -> u8 {
    let errors = match error.downcast::<Several>() {
        Ok(several) => several.0,
        Err(error) => vec![error],
    };
    let errors = errors.iter().filter(|error| !is_closed_pipe(error));
    let statuses: Vec<u8> = errors.map(told).collect();
    // An error is worse than an interruption that it came with.
    let worst = statuses.iter().min();
    worst.copied().unwrap_or(0)
}

/// Somebody closed the pipe, as `head` does: they have seen enough.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause
            .downcast_ref::<serde_json::Error>()
            .and_then(|error| error.io_error_kind());
        io.or(json) == Some(io::ErrorKind::BrokenPipe)
    })
}

fn told(error: &anyhow::Error) -> u8 {
    output::hush(false);
    output::tell(format_args!("error: {error:#}"));
    match error.downcast_ref::<Usage>() {
        Some(usage) => {
            if let Some(hint) = &usage.hint {
                output::tell(format_args!("hint: {hint}"));
            }
            2
        }
        None => {
            let nothing = error.downcast_ref::<inputs::NothingOfUse>();
            let refused = error.downcast_ref::<inputs::AwsRefused>();
            let hint = nothing.map(|nothing| nothing.hint);
            if let Some(hint) = hint.or(refused.and_then(|refused| refused.hint.as_deref())) {
                output::tell(format_args!("hint: {hint}"));
            }
            let stop = error.downcast_ref::<Stop>();
            if let Some(hint) = stop.and_then(ask::cure) {
                output::tell(format_args!("hint: {hint}"));
            }
            if stop == Some(&Stop::Interrupted) {
                return 130;
            }
            1
        }
    }
}
