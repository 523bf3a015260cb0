//! `trailblame queries`: saved queries to paste.

use std::io::Write;

use clap::Args;
use trailblame::queries::{SAVED, Saved};

use super::{Ended, Usage};

/// List or print the saved queries.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame queries
  trailblame queries records-for-trailblame")]
pub struct Arguments {
    /// The query to print; without it they are listed.
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Runs the command.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> anyhow::Result<Ended> {
    let Some(name) = &arguments.name else {
        for saved in SAVED {
            writeln!(out, "{}\n    {}", short(saved), saved.answers())?;
        }
        return Ok(Ended::Well);
    };
    let named = |saved: &&Saved| short(saved) == name || saved.name == name;
    match SAVED.iter().find(named) {
        Some(saved) => write!(out, "{}", saved.text)?,
        None => {
            return Err(Usage {
                message: format!("`{name}` is no saved query"),
                hint: Some("`trailblame queries` lists them".to_owned()),
            }
            .into());
        }
    }
    Ok(Ended::Well)
}

/// The name without folder and ending.
fn short(saved: &Saved) -> &str {
    let file = saved.name.rsplit('/').next().unwrap_or(saved.name);
    file.split('.').next().unwrap_or(file)
}
