//! The command line of the bench.

use std::path::{Path, PathBuf};

use crate::worlds::Set;

pub const USAGE: &str = "\
cargo bench --bench accuracy -- [OPTIONS]

  --program PATH   judge this program (default: the one that Cargo built)
  --worlds N       worlds of each set (default 500)
  --days N         worlds of each set until what their logs cover adds up to so many days
  --seeds FIRST    `dev` (from 1, the default), `release` (kept for release figures), or a number
  --kind TEXT      worlds of this kind alone; of the plain ones, of classes whose name has the text
  --only SET       `disagreeing` or `plain`
  --folder PATH    no worlds of our own, but those of PATH/*/ (input/ and truth.json in each)
  --sketch PATH    judge this sketch.py as well (default: ../shared/sketch/sketch.py, if there are
                   300 worlds or fewer)
  --list           print each thing that is judged wrong, by kind, and families of all sets
  --json FILE      write all figures, and a row for each incident
  --keep FOLDER    keep worlds there and not below target/accuracy/

cargo bench --bench accuracy -- inside [OPTIONS]

  measures the library in this process; see tests/bench/accuracy/inside.rs";

/// Worlds from here on are for developing.
const DEV: u64 = 1;
/// Worlds from here on are drawn for the figures of a release alone.
const RELEASE: u64 = 1_000_000_000;
/// The sketch is slow: for more worlds it has to be asked for.
const MOST_FOR_SKETCH: usize = 300;

pub struct Options {
    pub program: PathBuf,
    pub worlds: usize,
    pub days: Option<f64>,
    pub first: u64,
    pub kind: Option<String>,
    pub only: Option<Set>,
    pub folder: Option<PathBuf>,
    pub list: bool,
    pub json: Option<PathBuf>,
    pub keep: PathBuf,
    sketch: Option<PathBuf>,
}

impl Options {
    /// The sketch that is judged as well, where there are so many worlds of a set.
    pub fn sketch(&self, worlds: usize) -> Option<PathBuf> {
        self.sketch.clone().or_else(|| {
            let beside = repository().join("../shared/sketch/sketch.py");
            (worlds <= MOST_FOR_SKETCH && beside.is_file()).then_some(beside)
        })
    }
}

/// The folder of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The options that these words give, or what is wrong with them.
pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        program: env!("CARGO_BIN_EXE_trailblame").into(),
        worlds: 500,
        days: None,
        first: DEV,
        kind: None,
        only: None,
        folder: None,
        list: false,
        json: None,
        keep: repository().join("target/accuracy"),
        sketch: None,
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} takes a value"));
        match word.as_str() {
            "--program" => options.program = value()?.into(),
            "--worlds" => options.worlds = number(&value()?)?,
            "--days" => options.days = Some(number(&value()?)?),
            "--seeds" => options.first = seed(&value()?)?,
            "--kind" => options.kind = Some(value()?),
            "--only" => options.only = Some(set(&value()?)?),
            "--folder" => options.folder = Some(value()?.into()),
            "--sketch" => options.sketch = Some(value()?.into()),
            "--list" => options.list = true,
            "--json" => options.json = Some(value()?.into()),
            "--keep" => options.keep = value()?.into(),
            _ => return Err(format!("unknown option {word}")),
        }
    }
    Ok(options)
}

fn seed(text: &str) -> Result<u64, String> {
    match text {
        "dev" => Ok(DEV),
        "release" => Ok(RELEASE),
        other => number(other),
    }
}

fn set(text: &str) -> Result<Set, String> {
    let found = Set::ALL.into_iter().find(|set| set.name() == text);
    found.ok_or(format!("{text} is neither `disagreeing` nor `plain`"))
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is not a number"))
}
