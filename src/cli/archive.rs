//! `trailblame archive`: what was pulled, and how long it is kept.

use std::{io::Write, path::PathBuf};

use anyhow::Context;
use chrono::Utc;
use clap::{Args, Subcommand};
use trailblame::{archive::Archive, report::words};

use super::{Ended, aws, bounds, output};

/// Manage the local archive.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
    /// The local archive [default: `trailblame` in the user's data directory].
    #[arg(long, value_name = "DIR", global = true)]
    archive_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show what the archive covers.
    Status,
    /// Remove whole days.
    #[command(after_help = "Examples:
  trailblame archive prune --older-than 90d")]
    Prune {
        /// Remove days that ended longer ago than this.
        #[arg(long, value_name = "DURATION")]
        older_than: String,
    },
}

/// Runs the command.
pub fn run(arguments: &Arguments, out: &mut impl Write) -> anyhow::Result<Ended> {
    let archive = aws::archive(arguments.archive_dir.clone());
    match &arguments.action {
        Action::Status => status(&archive, out)?,
        Action::Prune { older_than } => {
            let age = bounds::duration("--older-than", older_than)?;
            let time = Utc::now().checked_sub_signed(age);
            let time = time.context("the archive holds nothing so old")?;
            let lock = archive.lock(|| {
                output::tell("another run is writing the archive; waiting for it");
            })?;
            let removed = archive.prune(&lock, time)?;
            writeln!(out, "{removed} files removed")?;
        }
    }
    Ok(Ended::Well)
}

fn status(archive: &Archive, out: &mut impl Write) -> anyhow::Result<()> {
    let sections = archive.sections()?;
    let root = archive.root().display();
    writeln!(out, "{root}: {} bytes", archive.bytes()?)?;
    for section in sections {
        writeln!(
            out,
            "{} {} {}",
            section.account, section.region, section.origin
        )?;
        for window in archive.covered(&section)?.as_slice() {
            let [start, end] = [window.start, window.end].map(words::rfc3339);
            writeln!(out, "    {start} to {end}")?;
        }
    }
    Ok(())
}
