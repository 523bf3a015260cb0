//! Colours, widths and files.

use std::{
    fmt::Display,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use anyhow::Context;
use chrono::{DateTime, Local, SecondsFormat, Utc};
use clap::ValueEnum;
use trailblame::{
    attribute::{Zone, utc},
    report::{
        escape,
        terminal::{Colour, Style},
    },
};

use super::{
    Usage,
    files::{self, Readers},
};

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

static HUSHED: AtomicBool = AtomicBool::new(false);

/// Whether to say nothing more on stderr.
pub fn hush(is: bool) {
    HUSHED.store(is, Ordering::Relaxed);
}

static LOCAL: AtomicBool = AtomicBool::new(false);

/// Whether people are told times in the zone of this machine, and type them so.
pub fn tell_local(is: bool) {
    LOCAL.store(is, Ordering::Relaxed);
}

/// Whether times are those of this machine's zone.
pub fn is_local() -> bool {
    LOCAL.load(Ordering::Relaxed)
}

/// The zone that people are told times in.
pub fn zone() -> Zone {
    match is_local() {
        true => |time| time.with_timezone(&Local).fixed_offset(),
        false => utc,
    }
}

/// Says something on stderr.
pub fn tell(text: impl Display) {
    if HUSHED.load(Ordering::Relaxed) {
        return;
    }
    let text = text.to_string();
    for line in text.lines() {
        // Nobody may be listening, which is no reason to stop; `eprintln!` would panic.
        let _ = writeln!(io::stderr(), "{}", escape::terminal(line));
    }
}

/// Says which times are looked at; `None` is an open end.
pub fn tell_window(start: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) {
    let local = |time| zone()(time).to_rfc3339_opts(SecondsFormat::Secs, true);
    let said = |time: Option<_>, open: &str| time.map_or_else(|| open.to_owned(), local);
    let (start, end) = (
        said(start, "the first record"),
        said(end, "the last record"),
    );
    tell(format_args!("window: {start} to {end}"));
}

/// A word for a POSIX shell.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
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
        zone: zone(),
    }
}

/// Makes a folder for files.
pub fn folder(path: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(path)
        .with_context(|| format!("failed to make the folder `{}`", path.display()))
}

/// Writes a file.
pub fn file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    written(path, bytes, Readers::Usual)
}

/// Writes a file that the user alone may read.
pub fn private_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    written(path, bytes, Readers::Owner)
}

fn written(path: &Path, bytes: &[u8], readers: Readers) -> anyhow::Result<()> {
    files::write(path, bytes, readers)
        .with_context(|| format!("failed to write `{}`", path.display()))
}

/// Where pages go.
pub enum Target {
    /// Standard output.
    Output,
    /// One file.
    File(PathBuf),
    /// A folder, each page by its name.
    Folder(PathBuf),
}

impl Target {
    /// Several pages need a folder.
    pub fn new(path: Option<&Path>, several: bool) -> Result<Self, Usage> {
        let is_folder =
            |path: &Path| path.is_dir() || path.as_os_str().to_string_lossy().ends_with('/');
        match path {
            Some(path) if several || is_folder(path) => Ok(Self::Folder(path.to_owned())),
            Some(path) => Ok(Self::File(path.to_owned())),
            None if several => Err(Usage {
                message: "several formats need a folder".to_owned(),
                hint: Some("add --output DIR".to_owned()),
            }),
            None => Ok(Self::Output),
        }
    }

    /// Writes a page; `name` is its own in a folder.
    pub fn write(&self, name: &str, bytes: &[u8], out: &mut impl Write) -> anyhow::Result<()> {
        match self {
            Self::Output => out.write_all(bytes).context("failed to write the output"),
            Self::File(path) => file(path, bytes),
            Self::Folder(path) => {
                folder(path)?;
                file(&path.join(name), bytes)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_a_shell() {
        for (text, expected) in [
            (
                "file:///tmp/undo/inc-3f9a.json",
                "file:///tmp/undo/inc-3f9a.json",
            ),
            ("file://my undo", "'file://my undo'"),
            ("it's", r"'it'\''s'"),
            ("$(id)", "'$(id)'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
