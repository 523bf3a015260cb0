//! `trailblame changes`: the history of settings.

use std::io::Write;

use clap::{Args, ValueEnum};
use trailblame::{
    cognito::{
        history::{ConfigChange, History},
        setting::Resource,
    },
    ids::{AppClientId, UserPoolId},
    report::{
        changes::{self, Detail},
        terminal::Colour,
    },
};

use super::{Ended, config::Names, directory, inputs::Keep, output, read};

/// Show the history of settings.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame changes sample-logs --client 4billing0m2m0000000example
  trailblame changes trail/ --since 7d --stat")]
pub struct Arguments {
    /// Only changes of this app client and its user pool: a name, an id, or the beginning of either.
    #[arg(long, value_name = "NAME_OR_ID")]
    client: Vec<String>,
    /// Only changes of this user pool and what is in it, in the same way.
    #[arg(long, value_name = "NAME_OR_ID")]
    user_pool: Vec<String>,
    /// One line per change.
    #[arg(long)]
    stat: bool,
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

/// Which changes are asked for: all, or those of some app clients and pools.
pub struct Wanted {
    clients: Vec<AppClientId>,
    pools: Vec<UserPoolId>,
}

impl Wanted {
    /// Changes of these app clients, of the pools they are in, and of these pools.
    pub fn new(clients: &[AppClientId], pools: &[UserPoolId]) -> Self {
        Self {
            clients: clients.to_vec(),
            pools: pools.to_vec(),
        }
    }

    /// Whether a change is asked for.
    pub fn has(&self, change: &ConfigChange, history: &History) -> bool {
        if self.clients.is_empty() && self.pools.is_empty() {
            return true;
        }
        let pool = change.change.user_pool.as_ref().map(UserPoolId::new);
        let home = |client: &AppClientId| {
            history
                .pool_of(client)
                .is_some_and(|home| Some(home) == pool.as_ref())
        };
        let concerned = match &change.resource {
            Resource::Client(_, client) => self.clients.contains(client),
            _ => self.clients.iter().any(home),
        };
        concerned || pool.as_ref().is_some_and(|pool| self.pools.contains(pool))
    }
}

/// Runs the command.
pub fn run(
    arguments: Arguments,
    names: &Names,
    colour: Colour,
    out: &mut impl Write,
) -> anyhow::Result<Ended> {
    let mut inputs = arguments.inputs.resolve(read::Want::Changes)?;
    let frames = inputs.frames(Keep::Nothing)?;
    let history = inputs.history(&frames)?;
    let known = directory::directory(&history, &frames.cells, names);
    let clients = directory::clients(&arguments.client, &known)?;
    let pools = directory::pools(&arguments.user_pool, &known)?;
    let wanted = Wanted::new(&clients, &pools);
    let bounds = inputs.shown(frames.window)?;
    bounds.tell();
    let shown: Vec<ConfigChange> = history
        .changes()
        .iter()
        .filter(|change| bounds.holds(change.change.time) && wanted.has(change, &history))
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
