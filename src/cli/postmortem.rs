//! `trailblame postmortem`: one outage as a document.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::PathBuf,
};

use anyhow::Context;
use clap::{Args, ValueEnum};
use trailblame::{
    attribute::{Finding, Investigation},
    frame::{Cells, Health},
    report::{
        html, markdown,
        outline::postmortem::{Postmortem, Record},
        page,
        redact::Redaction,
    },
    window::Window,
};

use super::{
    Ended, Usage,
    analysis::{self, Analysis, Which, analyse},
    bounds::Moment,
    config::Names,
    evidence,
    inputs::Keep,
    output, read,
};

/// Write a post-mortem of one incident.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame postmortem sample-logs --incident 5 > billing.md
  trailblame postmortem trail/ --at 2026-03-02T14:05 --detected-at 2026-03-02T14:20 --output docs/
  trailblame postmortem trail/ --incident inc-3f9a1c2b77d0 --redact --format html > page.html")]
pub struct Arguments {
    /// The incident, by number, id or the beginning of its id; not needed if there is only one.
    #[arg(long, value_name = "NUMBER_OR_ID")]
    incident: Option<String>,
    /// When people noticed it.
    #[arg(long, value_name = "TIME")]
    detected_at: Option<String>,
    /// Replace addresses, users and account IDs by pseudonyms.
    #[arg(long)]
    redact: bool,
    /// Output format.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "markdown")]
    format: Vec<Format>,
    /// File or folder to write to [default: standard output].
    #[arg(long, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    inputs: read::Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a wiki or an issue.
    Markdown,
    /// One self-contained file.
    Html,
}

/// Runs the command.
pub fn run(arguments: Arguments, names: &Names, out: &mut impl Write) -> anyhow::Result<Ended> {
    let target = output::Target::new(arguments.output.as_deref(), arguments.format.len() > 1)?;
    let detected = arguments.detected_at.as_deref();
    let detected = detected
        .map(|text| Moment::new("--detected-at", text))
        .transpose()?;
    let question = arguments.which.question()?;
    let mut analysis = analyse(arguments.inputs, question, names, Keep::Pages)?;
    let finding = chosen(&analysis, arguments.incident.as_deref())?.clone();
    let finding = &finding;
    analysis.investigation.changes = analysis.changes_around(finding);
    let investigation = &analysis.investigation;
    let detected = detected
        .map(|time| time.on(investigation.read))
        .transpose()?;
    let records = records(investigation, finding, &analysis.inputs);
    let postmortem = Postmortem {
        investigation,
        finding,
        health: health(investigation, finding, &analysis.cells),
        detected,
        records: &records,
    };
    let texts = records.values().map(|record| record.text.as_str());
    let mut redaction = arguments
        .redact
        .then(|| Redaction::new(investigation, texts));
    for format in &arguments.format {
        let mut bytes = Vec::new();
        let (name, written) = match format {
            Format::Markdown => ("md", markdown::write_postmortem(&postmortem, &mut bytes)),
            Format::Html => {
                let traffic = page::traffic(finding, &analysis.cells, investigation.read);
                let written = html::write_postmortem(&postmortem, &traffic, &mut bytes);
                ("html", written)
            }
        };
        written.context("failed to write the post-mortem")?;
        if let Some(redaction) = &mut redaction {
            let page = String::from_utf8_lossy(&bytes);
            let hidden = match format {
                Format::Html => redaction.html(&page),
                Format::Markdown => redaction.text(&page),
            };
            bytes = hidden.into_bytes();
        }
        let name = format!("{}.{name}", finding.incident.id);
        target.write(&name, &bytes, out)?;
    }
    Ok(Ended::Well)
}

/// The outage that is meant.
fn chosen<'a>(analysis: &'a Analysis, which: Option<&str>) -> Result<&'a Finding, Usage> {
    let shown = &analysis.investigation.findings;
    match (which, &shown[..]) {
        (Some(which), shown) => analysis::chosen(&analysis.all, shown, which),
        (None, [only]) => Ok(only),
        (None, []) => Err(Usage {
            message: match &analysis.investigation.around {
                None => "no incident was found".to_owned(),
                Some(_) => "no incident was found at that time".to_owned(),
            },
            hint: Some(match &analysis.all[..] {
                [] => "`trailblame failures` counts what failed".to_owned(),
                all => format!("say which: --incident with {}", analysis::numbers(all)),
            }),
        }),
        (None, several) => Err(Usage {
            message: format!("{} incidents were found", several.len()),
            hint: Some(format!(
                "say which: --incident with {}",
                analysis::numbers(several)
            )),
        }),
    }
}

/// How the app clients of the outage's user pool fared in it.
fn health(investigation: &Investigation, finding: &Finding, cells: &Cells) -> Vec<Health> {
    let incident = &finding.incident;
    let end = incident.end.unwrap_or(investigation.read.end);
    // The second of the last failure counts too.
    let end = end.max(incident.onset) + chrono::TimeDelta::seconds(1);
    let window = Window {
        start: incident.onset,
        end,
    };
    let mut health = cells.health(window, 1);
    health.retain(|health| incident.user_pool.is_none() || health.user_pool == incident.user_pool);
    health
}

fn records(
    investigation: &Investigation,
    finding: &Finding,
    inputs: &super::inputs::Inputs,
) -> BTreeMap<String, Record> {
    let alone = Investigation {
        findings: vec![finding.clone()],
        ..investigation.clone()
    };
    let wanted: BTreeSet<String> = evidence::wanted(&alone);
    let found = evidence::records(&wanted, inputs);
    let record = |(id, text): (String, String)| {
        let sha256 = evidence::hash(&text);
        (id, Record { text, sha256 })
    };
    found.into_iter().map(record).collect()
}
