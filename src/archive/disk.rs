//! Files of the archive: complete or not there.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use polars::prelude::*;
use polars_io::parquet::{
    read::ParquetReader,
    write::{ParquetCompression, ParquetWriter},
};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::{read_error, remove, sync_folder, write_error};
use crate::error::{DuringStage, Result};

/// Names of files that are not complete yet begin so.
const UNFINISHED: &str = ".unfinished-";

/// Keeps other runs from writing; released when dropped.
#[derive(Debug)]
pub struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // The end of the process releases it too.
        let _ = self.0.unlock();
    }
}

/// Takes the lock; `waiting` is called when another run has it.
pub fn lock(path: &Path, waiting: impl FnOnce()) -> Result<Lock> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(write_error(path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            waiting();
            file.lock().map_err(write_error(path))?;
        }
        Err(TryLockError::Error(error)) => return Err(write_error(path)(error)),
    }
    Ok(Lock(file))
}

/// Makes a folder that only its owner reads: logs hold addresses and names of people.
pub fn folder(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(write_error(path))
}

/// Reads a Parquet file; `None` when it is not there.
pub fn read(path: &Path) -> Result<Option<DataFrame>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(read_error(path)(error)),
    };
    let frame = ParquetReader::new(file).finish();
    frame.during("read a file of the archive").map(Some)
}

/// Writes a Parquet file as a whole.
pub fn write(path: &Path, frame: &DataFrame) -> Result<()> {
    let mut frame = frame.clone();
    frame.rechunk_mut();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Snappy)
        .finish(&mut frame)
        .during("write a file of the archive")?;
    write_bytes(path, &bytes)
}

/// Writes a file beside its place, makes sure that it is on the disk, and puts it there.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    folder(parent)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = parent.join(format!("{UNFINISHED}{name}"));
    let written = File::create(&unfinished).and_then(|file| {
        let mut file = BufWriter::new(file);
        file.write_all(bytes)?;
        file.into_inner()?.sync_all()
    });
    written.map_err(write_error(&unfinished))?;
    fs::rename(&unfinished, path).map_err(write_error(path))?;
    sync_folder(path)
}

/// Removes what a run that was stopped left behind.
pub fn remove_unfinished(root: &Path) -> Result<()> {
    for path in files(root)? {
        let name = path.file_name().unwrap_or_default();
        if name.as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Removes the files of days before `date`; returns how many.
pub fn remove_days_before(root: &Path, date: NaiveDate) -> Result<usize> {
    let mut removed = 0;
    for path in files(root)? {
        let day = path.components().find_map(|part| {
            let day = part.as_os_str().to_str()?.strip_prefix("date=")?;
            day.parse::<NaiveDate>().ok()
        });
        if day.is_some_and(|day| day < date) {
            remove(&path)?;
            // Fails while another origin has a file there.
            let _ = path.parent().map(fs::remove_dir);
            removed += 1;
        }
    }
    Ok(removed)
}

/// Bytes of all files below.
pub fn bytes(root: &Path) -> Result<u64> {
    let mut sum = 0;
    for path in files(root)? {
        sum += fs::metadata(&path).map_err(read_error(&path))?.len();
    }
    Ok(sum)
}

/// All files below a folder, in order; none when it is not there.
pub fn files(root: &Path) -> Result<Vec<PathBuf>> {
    if !root.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(root).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(root).to_owned();
            read_error(&path)(error.into())
        })?;
        if entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// A text as a file name: another for another text, and never more than a name.
pub fn name(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let safe: String = text
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .take(80)
        .collect();
    if safe == text && !safe.is_empty() {
        return safe;
    }
    let sum = Sha256::digest(text.as_bytes());
    let sum: String = sum
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{safe}-{sum}")
}
