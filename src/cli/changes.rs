//! `trailblame changes`: the history of settings.

use std::io::Write;

use clap::{Args, ValueEnum};
use trailblame::{
    cognito::{history::ConfigChange, setting::Resource},
    report::{
        changes::{self, Detail},
        terminal::Colour,
    },
};

use super::{Ended, output, read};

/// Show the history of settings.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame changes sample-logs --client 4billing0m2m0000000example
  trailblame changes trail/ --since 7d --stat")]
pub struct Arguments {
    #[command(flatten)]
    inputs: read::Reading,
    /// Only changes of this app client, and of the pool it is in.
    #[arg(long, value_name = "ID")]
    client: Vec<String>,
    /// Only changes of this user pool and what is in it.
    #[arg(long, value_name = "ID")]
    user_pool: Vec<String>,
    /// One line a change.
    #[arg(long)]
    stat: bool,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal.
    Table,
    /// For programs.
    Json,
}

/// Runs the command.
pub fn run(arguments: Arguments, colour: Colour, out: &mut impl Write) -> anyhow::Result<Ended> {
    let wanted = (arguments.client, arguments.user_pool);
    let inputs = arguments.inputs.resolve_for_changes()?;
    let frames = inputs.frames()?;
    let history = inputs.history(&frames)?;
    let pools: Vec<String> = wanted
        .0
        .iter()
        .filter_map(|client| history.pool_of(&trailblame::ids::AppClientId::new(client)))
        .map(ToString::to_string)
        .collect();
    let shown: Vec<ConfigChange> = history
        .changes()
        .iter()
        .filter(|change| inputs.holds(change.change.time))
        .filter(|change| concerns(change, &wanted.0, &wanted.1, &pools))
        .cloned()
        .collect();
    let detail = if arguments.stat {
        Detail::Stat
    } else {
        Detail::Diff
    };
    match arguments.format {
        Format::Table => changes::write(&shown, detail, output::style(colour), out)?,
        Format::Json => changes::write_json(&shown, out)?,
    }
    Ok(Ended::Well)
}

fn concerns(change: &ConfigChange, clients: &[String], pools: &[String], homes: &[String]) -> bool {
    if clients.is_empty() && pools.is_empty() {
        return true;
    }
    let pool = change.change.user_pool.as_ref();
    let in_pool = pool.is_some_and(|pool| pools.contains(pool));
    let of_client = match &change.resource {
        Resource::Client(_, client) => clients.iter().any(|id| id == client.as_str()),
        _ => pool.is_some_and(|pool| homes.contains(pool)),
    };
    in_pool || of_client
}
