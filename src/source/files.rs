//! Files, folders, globs and standard input.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use walkdir::WalkDir;

use super::{
    Rejected,
    archive::Opened,
    inflate::{Limits, WHOLE, Whole},
};

pub use super::inflate::Counter;

/// What the arguments named.
#[derive(Debug, Default)]
pub struct Found {
    /// Inputs in a stable order, each once.
    pub inputs: Vec<Input>,
    /// What was not there or could not be listed.
    pub rejected: Vec<Rejected>,
}

/// One thing to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// Finds the inputs that the arguments name: files, folders (walked), globs, `-`.
pub fn find(arguments: &[String]) -> Found {
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    for argument in arguments {
        let before = found.inputs.len();
        match argument.as_str() {
            "-" => found.inputs.push(Input::Stdin),
            path => add(Path::new(path), &mut found),
        }
        let new = found.inputs.split_off(before);
        let fresh = new
            .into_iter()
            .filter(|input| seen.insert(input.identity()));
        found.inputs.extend(fresh);
    }
    found
}

fn add(path: &Path, found: &mut Found) {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => walk(path, found),
        Ok(_) => found.inputs.push(Input::File(path.to_owned())),
        Err(error) => match globbed(path) {
            Some(paths) if !paths.is_empty() => paths.iter().for_each(|path| add(path, found)),
            Some(_) => reject(found, path, "no file or folder matches".to_owned()),
            None if error.kind() == io::ErrorKind::NotFound => {
                reject(found, path, "no such file or folder".to_owned());
            }
            None => reject(found, path, error.to_string()),
        },
    }
}

/// What a pattern matches, in order; `None` when the text is no pattern.
fn globbed(path: &Path) -> Option<Vec<PathBuf>> {
    let pattern = path
        .to_str()
        .filter(|text| text.contains(['*', '?', '[']))?;
    let paths = glob::glob(pattern).ok()?;
    Some(paths.filter_map(Result::ok).collect())
}

/// All files below a folder, but those whose names begin with a dot.
fn walk(folder: &Path, found: &mut Found) {
    let hidden = |entry: &walkdir::DirEntry| {
        entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
    };
    let entries = WalkDir::new(folder).follow_links(true).sort_by_file_name();
    for entry in entries.into_iter().filter_entry(|entry| !hidden(entry)) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => {
                found.inputs.push(Input::File(entry.into_path()));
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                reject(found, &path, error.to_string());
            }
        }
    }
}

fn reject(found: &mut Found, path: &Path, reason: String) {
    found.rejected.push(Rejected {
        path: path.display().to_string(),
        offset: None,
        count: 1,
        reason,
    });
}

impl Input {
    /// The name in messages.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "-".to_owned(),
        }
    }

    /// Whether it can be read again: standard input and pipes cannot.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::File(path) => fs::metadata(path).is_ok_and(|metadata| metadata.is_file()),
            Self::Stdin => false,
        }
    }

    /// One file is one file, however it is spelled.
    fn identity(&self) -> PathBuf {
        match self {
            Self::File(path) => fs::canonicalize(path).unwrap_or_else(|_| path.clone()),
            Self::Stdin => PathBuf::from("-"),
        }
    }

    /// Opens the input; `bytes` then counts what was read of it as it lies there.
    ///
    /// # Errors
    ///
    /// What the operating system said.
    pub fn open(&self, bytes: &Counter) -> io::Result<Opened<'static>> {
        let counted = |input: Box<dyn Read + Send>| Counted(input, bytes.clone());
        Ok(match self {
            Self::File(path) => {
                let file = File::open(path)?;
                let lasting = file.metadata()?.is_file().then(|| path.clone());
                Opened::new(counted(Box::new(file)), lasting, bytes)
            }
            Self::Stdin => Opened::new(counted(Box::new(io::stdin())), None, bytes),
        })
    }
}

impl Input {
    /// Reads the input at once, where it is a file small enough; else, false, it is to be opened.
    /// `bytes` then counts what lies there.
    ///
    /// # Errors
    ///
    /// What the operating system said.
    pub fn load(&self, whole: &mut Whole, limits: Limits, bytes: &Counter) -> io::Result<bool> {
        let Self::File(path) = self else {
            return Ok(false);
        };
        // A pipe can be opened but once.
        let metadata = fs::metadata(path)?;
        if !metadata.is_file() || metadata.len() > WHOLE as u64 {
            return Ok(false);
        }
        let mut file = File::open(path)?;
        let mut packed = std::mem::take(&mut whole.packed);
        packed.clear();
        let read = (&mut file).take(WHOLE as u64 + 1).read_to_end(&mut packed);
        let taken = read.is_ok_and(|read| read <= WHOLE) && whole.take(&packed, limits);
        if taken {
            bytes.add(packed.len() as u64);
        }
        whole.packed = packed;
        Ok(taken)
    }
}

/// An input whose bytes are counted.
pub(super) struct Counted<R>(pub R, pub Counter);

impl<R: io::Read> io::Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1.add(read as u64);
        Ok(read)
    }
}
