//! `trailblame investigate`: the main job.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use chrono::TimeDelta;
use clap::{Args, ValueEnum};
use trailblame::{
    attribute::{self, Investigation, Scene},
    cognito::history::{History, Standing},
    detect::{self, Incident},
    frame::{Cells, CoverageRow, Failure, Frames},
    ids::{AppClientId, UserPoolId},
    report::{json, markdown, terminal},
    window::Window,
};

use super::{Ended, Usage, bounds, changes::Wanted, evidence, inputs::Keep, output, read};

/// Find outages and the change behind each.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame investigate sample-logs
  trailblame investigate trail/ logs/web.json.gz --since 2026-03-02 --format json
  trailblame investigate --profile prod --region eu-west-1 --log-group /ecs/web --cloudtrail --since 6h
  trailblame investigate sample-logs --explain 3
  trailblame investigate trail/ --at 2026-03-02T14:05 --client 1h57kf5cpq17m0eml12example")]
pub struct Arguments {
    /// It broke at about this time: explain that instead of looking for outages.
    #[arg(long, value_name = "TIME", conflicts_with = "between")]
    at: Option<String>,
    /// It was broken between these times: explain that instead of looking for outages.
    #[arg(long, value_name = "START,END")]
    between: Option<String>,
    /// Print the whole case of one outage, by its number in the report or its id: which requests
    /// fail, what speaks for and against each suspect, what would prove it wrong.
    #[arg(long, value_name = "NUMBER_OR_ID")]
    explain: Option<String>,
    /// Only outages of this app client.
    #[arg(long, value_name = "ID")]
    client: Vec<String>,
    /// Only outages of this user pool.
    #[arg(long, value_name = "ID")]
    user_pool: Vec<String>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write what undoes each named change as an input document for the AWS CLI.
    #[arg(long, value_name = "DIR")]
    write_undo: Option<PathBuf>,
    /// Write the masked records behind each verdict, with their SHA-256.
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
    /// End with status 3 when an outage was found.
    #[arg(long)]
    fail_on_outage: bool,
    /// End with status 4 when a file or record could not be read.
    #[arg(long)]
    fail_on_incomplete: bool,
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

/// Without a known end, an outage is looked for from shortly before the time that was named …
const BEFORE: TimeDelta = TimeDelta::minutes(5);
/// … until so long after it.
const AFTER: TimeDelta = TimeDelta::hours(1);

/// What the arguments mean.
struct Question {
    asked: Option<Window>,
    clients: Vec<AppClientId>,
    pools: Vec<UserPoolId>,
}

/// Runs the command.
pub fn run(
    arguments: Arguments,
    colour: terminal::Colour,
    out: &mut impl Write,
) -> anyhow::Result<Ended> {
    let question = question(&arguments)?;
    let mut inputs = arguments.inputs.resolve(read::Want::Everything)?;
    let keep = match arguments.evidence {
        Some(_) => Keep::Pages,
        None => Keep::Nothing,
    };
    let frames = inputs.frames(keep)?;
    inputs.check_named(&frames, &arguments.client, &arguments.user_pool)?;
    if let Some(asked) = question.asked {
        inputs.check_asked(asked, frames.window)?;
    }
    let history = inputs.history(&frames)?;
    output::tell_window(Some(frames.window.start), Some(frames.window.end));
    let (cells, failures) = (frames.counts.cells()?, frames.requests.failures()?);
    let incidents = question.incidents(&cells, &failures, &frames.coverage_rows, frames.window);
    let scene = Scene {
        cells: &cells,
        failures: &failures,
        history: &history,
        coverage: &frames.coverage_rows,
        window: frames.window,
    };
    let mut findings = attribute::explain(incidents, &scene);
    findings.retain(|finding| question.concerns(&finding.incident, frames.window));
    let mut investigation = investigation(frames, findings, &history, &question);
    if let Some(which) = &arguments.explain {
        only(&mut investigation, which, arguments.format)?;
    }
    let written = match arguments.format {
        Format::Table => terminal::write(&investigation, output::style(colour), out),
        Format::Json => json::write(&investigation, out),
        Format::Markdown => markdown::write(&investigation, out),
    };
    if let Some(folder) = &arguments.write_undo {
        write_undo(&investigation, folder)?;
    }
    if let Some(folder) = &arguments.evidence {
        evidence::write(&investigation, &inputs, folder)?;
    }
    // Not earlier: the files were asked for even when `head` has seen enough of the report.
    written.context("failed to write the output")?;
    let summary = &investigation.summary;
    let incomplete = !summary.rejected.is_empty() || !summary.notes.is_empty();
    let incomplete = arguments.fail_on_incomplete && incomplete;
    let outage = arguments.fail_on_outage && !investigation.findings.is_empty();
    Ok(match (incomplete, outage) {
        (true, _) => Ended::Incomplete,
        (_, true) => Ended::Outage,
        _ => Ended::Well,
    })
}

fn question(arguments: &Arguments) -> Result<Question, Usage> {
    let asked = match (&arguments.at, &arguments.between) {
        (Some(at), _) => {
            let at = bounds::time("--at", at)?;
            Some(bounds::window("--at", at - BEFORE, at + AFTER)?)
        }
        (_, Some(between)) => {
            let Some((start, end)) = between.split_once(',') else {
                return Err(Usage {
                    message: format!("`--between {between}` names no two times"),
                    hint: Some("write --between START,END".to_owned()),
                });
            };
            let start = bounds::time("--between", start.trim())?;
            let end = bounds::time("--between", end.trim())?;
            Some(bounds::window("--between", start, end)?)
        }
        _ => None,
    };
    Ok(Question {
        asked,
        clients: arguments.client.iter().map(AppClientId::new).collect(),
        pools: arguments.user_pool.iter().map(UserPoolId::new).collect(),
    })
}

impl Question {
    fn incidents(
        &self,
        cells: &Cells,
        failures: &[Failure],
        coverage: &[CoverageRow],
        window: Window,
    ) -> Vec<Incident> {
        let found = match self.asked {
            Some(asked) => detect::asked(cells, failures, coverage, window, asked, &self.clients),
            None => detect::detect(
                cells,
                failures,
                coverage,
                window,
                &detect::Config::default(),
            ),
        };
        found
            .into_iter()
            .filter(|incident| self.concerns(incident, window))
            .collect()
    }

    fn concerns(&self, incident: &Incident, window: Window) -> bool {
        let asked = self.asked.is_none_or(|asked| {
            incident.onset < asked.end && asked.start <= incident.end.unwrap_or(window.end)
        });
        let client = incident.clients.iter().any(|id| self.clients.contains(id));
        let pool = incident
            .user_pool
            .as_ref()
            .is_some_and(|id| self.pools.contains(id));
        asked && (self.clients.is_empty() || client) && (self.pools.is_empty() || pool)
    }
}

fn investigation(
    frames: Frames,
    findings: Vec<attribute::Finding>,
    history: &History,
    question: &Question,
) -> Investigation {
    let window = question.asked.unwrap_or(frames.window);
    let wanted = Wanted::new(&question.clients, &question.pools);
    let changes = history.changes().iter().filter(|change| {
        matches!(change.standing, Standing::Effective | Standing::Opaque)
            && window.contains(change.change.time)
            && wanted.has(change, history)
    });
    Investigation {
        in_full: false,
        window: frames.window,
        summary: frames.summary,
        coverage: frames.coverage_rows,
        changes: match findings.is_empty() {
            true => changes.cloned().collect(),
            false => Vec::new(),
        },
        findings,
        gaps: history.gaps().to_vec(),
    }
}

/// Leaves one outage, to be told in full.
fn only(investigation: &mut Investigation, which: &str, format: Format) -> Result<(), Usage> {
    if format == Format::Json {
        return Err(Usage {
            message: "`--explain` is for people".to_owned(),
            hint: Some("the JSON of every outage holds its evidence already".to_owned()),
        });
    }
    let findings = &mut investigation.findings;
    let number = which.parse::<usize>().ok();
    let place = findings
        .iter()
        .enumerate()
        .position(|(at, finding)| number == Some(at + 1) || finding.incident.id == which);
    let Some(place) = place else {
        return Err(Usage {
            message: format!("no outage `{which}`"),
            hint: Some(match findings.len() {
                0 => "no outage was found".to_owned(),
                count => format!("give a number from 1 to {count}, or an id"),
            }),
        });
    };
    *findings = vec![findings.swap_remove(place)];
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
        let Some(document) = &undo.document else {
            let why = match undo.kind {
                "none" => "it is undone already",
                _ => "no document undoes it; see the steps",
            };
            output::tell(format_args!("{}: {why}", finding.incident.id));
            continue;
        };
        let region = finding.incident.region.as_ref();
        let region = region.map_or_else(String::new, |region| {
            format!(" --region {}", output::quoted(region.as_str()))
        });
        let path = folder.join(format!("{}-{}.json", finding.incident.id, undo.kind));
        output::file(&path, format!("{document:#}\n").as_bytes())?;
        output::tell(format_args!(
            "{}: aws cognito-idp {}{region} --cli-input-json {}",
            finding.incident.id,
            undo.kind.replace('_', "-"),
            output::quoted(&format!("file://{}", path.display()))
        ));
    }
    Ok(())
}
