//! `trailblame investigate`: the main job.

use std::{
    env,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde_json::Value;
use trailblame::{
    attribute::{self, Investigation},
    report::{json, markdown, terminal},
};

use super::{
    Ended, Several, Usage,
    analysis::{self, Analysis, Telling, Which, analyse},
    config::Names,
    evidence,
    inputs::Keep,
    output, read,
};

/// Find incidents and the change behind each.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame investigate sample-logs
  trailblame investigate trail/ logs/web.json.gz --since 2026-03-02 --format json
  trailblame investigate --profile prod --region eu-west-1 --log-group /ecs/web --cloudtrail --since 6h
  trailblame investigate sample-logs --explain 3
  trailblame investigate trail/ --at 2026-03-02T14:05 --client 1h57kf5cpq17m0eml12example")]
pub struct Arguments {
    /// Show one incident in full, by number, id or the beginning of its id: chart, diff, evidence for
    /// and against each suspect, how to revert, what would prove it wrong.
    #[arg(long, value_name = "NUMBER_OR_ID")]
    explain: Option<String>,
    /// Show every incident in full, and each blip: failures too few for an incident.
    #[arg(long, conflicts_with = "explain")]
    full: bool,
    #[command(flatten)]
    which: Which,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write the input of the AWS CLI command that reverts each change to blame.
    #[arg(long, value_name = "DIR")]
    write_undo: Option<PathBuf>,
    /// Write the masked log records behind each verdict, with their SHA-256.
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
    #[command(flatten)]
    telling: Telling,
    #[command(flatten)]
    inputs: read::Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal.
    Table,
    /// For programs.
    Json,
    /// For a wiki or an issue.
    Markdown,
}

/// Runs the command.
pub fn run(
    arguments: Arguments,
    names: &Names,
    colour: terminal::Colour,
    out: &mut impl Write,
) -> anyhow::Result<Ended> {
    let question = arguments.which.question()?;
    let keep = match arguments.evidence {
        Some(_) => Keep::Pages,
        None => Keep::Nothing,
    };
    let mut analysis = analyse(arguments.inputs, question, names, keep)?;
    if analysis.investigation.findings.is_empty() || analysis.investigation.around.is_some() {
        analysis.investigation.changes = analysis.effective_changes();
    }
    if let Some(which) = &arguments.explain {
        only(&mut analysis, which, arguments.format)?;
    }
    let Analysis {
        mut investigation,
        inputs,
        ..
    } = analysis;
    investigation.in_full |= arguments.full;
    let written = match arguments.format {
        Format::Table => terminal::write(&investigation, &typed(), output::style(colour), out),
        Format::Json => json::write(&investigation, out),
        Format::Markdown => markdown::write(&investigation, out),
    };
    // The files are written even when `head` has seen enough of the report.
    let mut failures: Vec<anyhow::Error> = Vec::new();
    if let Some(folder) = &arguments.write_undo {
        failures.extend(write_undo(&investigation, folder).err());
    }
    if let Some(folder) = &arguments.evidence {
        failures.extend(evidence::write(&investigation, &inputs, folder).err());
    }
    failures.extend(written.context("failed to write the output").err());
    match failures.is_empty() {
        true => Ok(arguments.telling.ended(&investigation)),
        false => Err(Several::of(failures)),
    }
}

/// The command that was typed, without what picks one incident or all, for the next to type.
fn typed() -> String {
    let mut words = vec!["trailblame".to_owned()];
    let mut typed = env::args_os().skip(1);
    while let Some(word) = typed.next() {
        let word = word.to_string_lossy();
        match &*word {
            "--explain" => drop(typed.next()),
            "--full" => {}
            word if word.starts_with("--explain=") => {}
            word => words.push(output::quoted(word)),
        }
    }
    words.join(" ")
}

/// Leaves one incident, to be shown in full.
fn only(analysis: &mut Analysis, which: &str, format: Format) -> Result<(), Usage> {
    if format == Format::Json {
        return Err(Usage {
            message: "`--explain` is for people".to_owned(),
            hint: Some("the JSON of every outage holds its evidence already".to_owned()),
        });
    }
    let investigation = &mut analysis.investigation;
    let chosen = analysis::chosen(&analysis.all, &investigation.findings, which)?;
    investigation.findings = vec![chosen.clone()];
    investigation.alone_of = Some(analysis.all.len());
    // Its number is one among all of them.
    investigation.window = investigation.read;
    investigation.around = None;
    investigation.changes.clear();
    investigation.blips.clear();
    investigation.in_full = true;
    Ok(())
}

/// Writes each undo document and says how to send it.
fn write_undo(investigation: &Investigation, folder: &Path) -> anyhow::Result<()> {
    output::folder(folder)?;
    for finding in &investigation.findings {
        let named = finding.suspects.first();
        let named = named.filter(|_| finding.verdict == attribute::Verdict::Change);
        let Some(undo) = named.and_then(|suspect| suspect.undo.as_ref()) else {
            continue;
        };
        let id = &finding.incident.id;
        let Some(document) = &undo.document else {
            let why = match undo.kind {
                "none" => undo.steps.join(" "),
                _ => "No single command reverts it; see the steps.".to_owned(),
            };
            output::tell(format_args!("{id}: {why} Nothing was written."));
            continue;
        };
        let command = undo.command.as_deref();
        let path = folder.join(format!("{id}-{}.json", undo.kind));
        document_to(&path, id, command, document)?;
        let all = undo.resets.as_ref();
        if let Some((resets, document)) = all.and_then(|all| Some((all, all.document.as_ref()?))) {
            let path = folder.join(format!("{id}-{}-all.json", undo.kind));
            let what = format!("{id}, with everything that the call reset");
            document_to(&path, &what, resets.command.as_deref(), document)?;
        }
    }
    Ok(())
}

/// Writes one document, and says with which command it is sent.
fn document_to(
    path: &Path,
    what: &str,
    command: Option<&str>,
    document: &Value,
) -> anyhow::Result<()> {
    // A document is whole: it holds settings that nothing is known of.
    output::private_file(path, format!("{document:#}\n").as_bytes())?;
    let command = command.and_then(|command| command.split_once(" --cli-input-json "));
    if let Some((start, _)) = command {
        let file = output::quoted(&format!("file://{}", path.display()));
        output::tell(format_args!("{what}: {start} --cli-input-json {file}"));
    }
    Ok(())
}
