//! Colours, widths and files.

use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;
use trailblame::report::terminal::{Colour, Style};

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Whether to write colours.
pub fn colour(when: When, is_terminal: bool) -> Colour {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    match when {
        When::Always => Colour::Ansi,
        When::Auto if is_terminal && !refused && !dumb => Colour::Ansi,
        When::Auto | When::Never => Colour::None,
    }
}

/// The terminal's width: what it says, else `COLUMNS`, else 100.
pub fn style(colour: Colour) -> Style {
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let variable = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    Style {
        width: terminal.or(variable).unwrap_or(100),
        colour,
    }
}

/// Makes a folder for files.
pub fn folder(path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(path)
        .with_context(|| format!("failed to make the folder `{}`", path.display()))
}

/// Writes a file.
pub fn file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("failed to write `{}`", path.display()))
}
