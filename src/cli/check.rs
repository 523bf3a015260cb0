//! `trailblame check`: what recorded requests would meet if a plan were carried out.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use chrono::TimeDelta;
use clap::{Args, ValueEnum};
use trailblame::{
    check::{Check, Evidence, Verdict, check},
    plan::{self, Plan},
    report::{
        check::{json, markdown, sarif, text},
        terminal::Colour,
    },
    window::Window,
};

use super::{
    Ended, Usage,
    inputs::{Inputs, Keep},
    output, read,
};

/// Replay recorded requests against a plan, before it is carried out.
///
/// The first paths are plans, told by their content: Terraform and OpenTofu (`show -json`),
/// CloudFormation change sets (`describe-change-set --include-property-values`) and templates, Pulumi
/// previews (`--json`), input documents of the AWS CLI. The others are logs, as every command takes them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  terraform show -json plan.out | trailblame check - trail/
  trailblame check plan.json s3://BUCKET/AWSLogs/ --region eu-west-1
  trailblame check sample-logs/plans/billing.tfplan.json sample-logs

Exit status: 0 safe, or not known without the flags below · 3 breaks · 4 cannot tell, with
`--fail-on-incomplete` · 3 beats 4 · 1 error · 2 usage.")]
#[command(mut_arg("paths", |paths| paths
    .value_name("PLAN|PATH")
    .help("Plans (files, or `-`), then logs: files, folders, globs or s3://BUCKET/PREFIX")
    .required(true)))]
#[command(mut_arg("since", |since| since
    .help("Replay requests from this time on [default: 14d before the last]")))]
pub struct Arguments {
    /// End with status 3 also when it may break.
    #[arg(long, value_name = "VERDICT", value_enum, default_value_t = FailOn::Breaks)]
    fail_on: FailOn,
    /// End with status 4 when nobody can tell, or a file or record could not be read.
    #[arg(long)]
    fail_on_incomplete: bool,
    /// The id of a resource that the plan knows by name only, such as an app client of a template.
    #[arg(long = "id", value_name = "NAME=ID")]
    ids: Vec<String>,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write check.json, check.md and check.sarif there too.
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    #[command(flatten)]
    inputs: read::Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Recorded requests would be refused.
    Breaks,
    /// They may be.
    MayBreak,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal.
    Table,
    /// For programs.
    Json,
    /// For a comment on a pull request.
    Markdown,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
}

/// So much is replayed where nobody says how much.
const USUAL: TimeDelta = TimeDelta::days(14);
/// A larger file is no plan.
const LARGEST: u64 = 1 << 30;

/// Runs the command.
pub fn run(arguments: Arguments, colour: Colour, out: &mut impl Write) -> anyhow::Result<Ended> {
    let ids = ids(&arguments.ids)?;
    let mut reading = arguments.inputs;
    let plans = plans(&mut reading)?;
    let mut inputs = reading.resolve_within(read::Want::Copy, USUAL)?;
    let mut frames = inputs.frames(Keep::Nothing)?;
    let window = window(&inputs, inputs.window(&mut frames)?);
    let history = inputs.history(&frames)?;
    output::tell_window(Some(window.start), Some(window.end));
    let checked = check(
        plans,
        &Evidence {
            cells: &frames.cells,
            history: &history,
            window,
            coverage: frames.coverage_of(window),
            is_incomplete: frames.summary.is_incomplete(),
            ids: &ids,
        },
    );
    // The files are written even when `head` has seen enough of the answer.
    let written = match &arguments.write {
        Some(folder) => write_all(&checked, folder),
        None => Ok(()),
    };
    match arguments.format {
        Format::Table => text::write(&checked, output::style(colour), out),
        Format::Json => json::write(&checked, out),
        Format::Markdown => markdown::write(&checked, out),
        Format::Sarif => sarif::write(&checked, out),
    }
    .context("failed to write the output")?;
    written?;
    Ok(ended(
        &checked,
        arguments.fail_on,
        arguments.fail_on_incomplete,
    ))
}

/// Writes the answer for programs, for a pull request and for code scanning.
fn write_all(check: &Check, folder: &Path) -> anyhow::Result<()> {
    output::folder(folder)?;
    let (mut object, mut comment, mut log) = (Vec::new(), Vec::new(), Vec::new());
    json::write(check, &mut object)?;
    markdown::write(check, &mut comment)?;
    sarif::write(check, &mut log)?;
    output::file(&folder.join("check.json"), &object)?;
    output::file(&folder.join("check.md"), &comment)?;
    output::file(&folder.join("check.sarif"), &log)
}

fn ids(typed: &[String]) -> Result<BTreeMap<String, String>, Usage> {
    let pair = |text: &String| match text.rsplit_once('=') {
        Some((name, id)) if !name.is_empty() && !id.is_empty() => {
            Ok((name.to_owned(), id.to_owned()))
        }
        _ => Err(Usage {
            message: format!("`--id {text}` names no resource and id"),
            hint: Some("write --id WebClient=1h57kf5cpq17m0eml12example".to_owned()),
        }),
    };
    typed.iter().map(pair).collect()
}

/// How the run ended; what breaks beats what is not known.
fn ended(check: &Check, fail_on: FailOn, fail_on_incomplete: bool) -> Ended {
    let least = match fail_on {
        FailOn::Breaks => Verdict::Breaks,
        FailOn::MayBreak => Verdict::MayBreak,
    };
    let in_doubt = check
        .settings()
        .any(|(_, setting)| setting.verdict == Verdict::CannotTell);
    if check.verdict >= least {
        Ended::Outage
    } else if fail_on_incomplete && (in_doubt || !check.is_complete) {
        Ended::Incomplete
    } else {
        Ended::Well
    }
}

/// Of files the last fortnight, where nobody says from when on.
fn window(inputs: &Inputs, held: Window) -> Window {
    match inputs.typed.since {
        Some(_) => held,
        None => Window {
            start: held.start.max(held.end - USUAL),
            ..held
        },
    }
}

/// Takes the plans from the paths: the first is one, and those after it that are.
fn plans(reading: &mut read::Reading) -> anyhow::Result<Vec<Plan>> {
    let mut plans = Vec::new();
    while let Some(path) = reading.paths().first().cloned() {
        match plan(&path)? {
            Ok(plan) => plans.push(plan),
            // The rest are logs.
            Err(plan::Error::OtherContent) if !plans.is_empty() => break,
            Err(plan::Error::OtherContent) => return Err(no_plan(&path).into()),
            Err(error) => {
                return Err(
                    anyhow::Error::new(error).context(format!("failed to read the plan `{path}`"))
                );
            }
        }
        reading.paths().remove(0);
    }
    Ok(plans)
}

fn no_plan(path: &str) -> Usage {
    Usage {
        message: format!("`{path}` is no plan"),
        hint: Some(
            "give a plan first, and the logs after it: `terraform show -json PLAN > plan.json`"
                .to_owned(),
        ),
    }
}

/// Reads a path as a plan.
fn plan(path: &str) -> anyhow::Result<Result<Plan, plan::Error>> {
    if path == "-" {
        let mut text = String::new();
        std::io::stdin()
            .lock()
            .read_to_string(&mut text)
            .context("failed to read the plan on standard input")?;
        return Ok(Plan::read("-", &text));
    }
    let file = Path::new(path);
    let Ok(about) = file.metadata() else {
        return Ok(Err(plan::Error::OtherContent));
    };
    if !about.is_file() || about.len() > LARGEST || !begins_like_one(file)? {
        return Ok(Err(plan::Error::OtherContent));
    }
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Plan::read(path, &text)),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Ok(Err(plan::Error::OtherContent))
        }
        Err(error) => Err(error).with_context(|| format!("failed to read `{path}`")),
    }
}

/// Whether a file may be a plan by how it begins: not compressed, and no trail.
fn begins_like_one(file: &Path) -> anyhow::Result<bool> {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut begin = Vec::new();
        File::open(file)?.take(64).read_to_end(&mut begin)?;
        Ok(begin)
    };
    let begin = read().with_context(|| format!("failed to read `{}`", file.display()))?;
    let begin = begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&begin);
    let first = begin.trim_ascii_start();
    let is_text = first
        .iter()
        .all(|byte| *byte >= b' ' || byte.is_ascii_whitespace());
    Ok(is_text && !first.starts_with(b"{\"Records\""))
}
