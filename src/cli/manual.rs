//! Shell completions and man pages, for packages.

use std::{io::Write, path::PathBuf};

use anyhow::Context;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Ended, output};

/// Print the completions of a shell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame completions bash > ~/.local/share/bash-completion/completions/trailblame
  trailblame completions zsh > ~/.zfunc/_trailblame
  trailblame completions fish > ~/.config/fish/completions/trailblame.fish")]
pub struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Write the man pages.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trailblame man | man -l -
  trailblame man --output ~/.local/share/man/man1")]
pub struct Man {
    /// Write a page for each command into this folder [default: the main page to standard output].
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Prints completions.
pub fn completions(arguments: &Completions, out: &mut impl Write) -> anyhow::Result<Ended> {
    let mut command = super::Arguments::command();
    // Into memory first: the library would panic where somebody closes the pipe.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "trailblame", &mut script);
    out.write_all(&script)?;
    Ok(Ended::Well)
}

/// Writes man pages.
pub fn man(arguments: &Man, out: &mut impl Write) -> anyhow::Result<Ended> {
    let command = super::Arguments::command();
    match &arguments.output {
        Some(folder) => {
            output::folder(folder)?;
            clap_mangen::generate_to(command, folder)
                .with_context(|| format!("failed to write man pages to `{}`", folder.display()))?;
        }
        None => clap_mangen::Man::new(command).render(out)?,
    }
    Ok(Ended::Well)
}
