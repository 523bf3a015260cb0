//! `trailblame usage`: who still needs each value of the settings.

use std::{collections::BTreeMap, io::Write};

use anyhow::Context;
use chrono::TimeDelta;
use clap::{Args, ValueEnum};
use trailblame::{
    check::Evidence,
    ids::{AppClientId, UserPoolId},
    report::{
        terminal::Colour,
        usage::{self, Shown},
    },
    usage::{Usage, usage},
    window::Window,
};

use super::{Ended, bounds, config::Names, directory, inputs::Keep, output, read};

/// Show who still needs each callback URL, flow, scope and trigger.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame usage sample-logs
  trailblame usage --archive --unused 30d --client 1h57kf5cpq17m0eml12example")]
pub struct Arguments {
    /// Only of this app client: its name, id or the beginning of either.
    #[arg(long, value_name = "NAME")]
    client: Vec<String>,
    /// Only of this user pool and its app clients, in the same way.
    #[arg(long, value_name = "NAME")]
    user_pool: Vec<String>,
    /// Only values that no request needed for so long; the logs must reach back that far.
    #[arg(long, value_name = "DURATION", conflicts_with = "since")]
    unused: Option<String>,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    inputs: read::Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal.
    Table,
    /// For programs.
    Json,
}

/// So much is looked at where nobody says how much.
const USUAL: TimeDelta = TimeDelta::days(14);

/// Runs the command.
pub fn run(
    arguments: Arguments,
    names: &Names,
    colour: Colour,
    out: &mut impl Write,
) -> anyhow::Result<Ended> {
    let unused = arguments.unused.as_deref();
    let unused = unused
        .map(|text| bounds::duration("--unused", text))
        .transpose()?;
    let length = unused.unwrap_or(USUAL);
    let mut inputs = arguments.inputs.resolve_within(read::Want::Copy, length)?;
    let mut frames = inputs.frames(Keep::Nothing)?;
    let held = inputs.window(&mut frames)?;
    let history = inputs.history(&frames)?;
    let known = directory::directory(&history, &frames.cells, names);
    let clients = directory::clients(&arguments.client, &known)?;
    let pools = directory::pools(&arguments.user_pool, &known)?;
    let window = match inputs.typed.since {
        Some(_) => held,
        None => Window {
            start: held.start.max(held.end - length),
            ..held
        },
    };
    output::tell_window(Some(window.start), Some(window.end));
    if unused.is_some_and(|length| window.end - window.start < length - SLACK) {
        output::tell(
            "note: the logs do not reach back that far: what they do not hold may be in use",
        );
    }
    let evidence = Evidence {
        cells: &frames.cells,
        history: &history,
        window,
        coverage: frames.coverage_of(window),
        is_incomplete: frames.summary.is_incomplete(),
        ids: &BTreeMap::new(),
    };
    let mut found = usage(&evidence, &frames.callers);
    only(&mut found, &clients, &pools);
    let shown = match unused {
        Some(_) => Shown::Unused,
        None => Shown::All,
    };
    match arguments.format {
        Format::Table => usage::write(&found, shown, output::style(colour), out),
        Format::Json => usage::write_json(&found, shown, out),
    }
    .context("failed to write the output")?;
    Ok(Ended::Well)
}

/// The first request of a window comes so much after it begins.
const SLACK: TimeDelta = TimeDelta::hours(1);

/// Leaves the app clients and pools that were named.
fn only(usage: &mut Usage, clients: &[AppClientId], pools: &[UserPoolId]) {
    let wanted = |client: Option<&str>, pool: Option<&str>| {
        let is_client = clients.iter().any(|one| Some(one.as_str()) == client);
        let is_of_pool = pools.iter().any(|one| Some(one.as_str()) == pool);
        clients.is_empty() && pools.is_empty() || is_client || is_of_pool
    };
    usage.owners.retain(|owner| {
        wanted(
            owner.client.as_ref().map(|id| id.as_str()),
            Some(owner.pool.as_str()),
        )
    });
    usage.surges.retain(|surge| {
        let pool = surge.pool.as_ref().map(|id| id.as_str());
        wanted(surge.client.as_ref().map(|id| id.as_str()), pool)
    });
}
