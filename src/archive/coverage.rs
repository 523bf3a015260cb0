//! Which spans the archive covers: one small JSON file a section, written last.

use std::{fs, io, path::Path};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Section, disk, read_error};
use crate::{
    error::{Error, Result},
    ids::{AccountId, Region},
    window::{Window, Windows},
};

const FOLDER: &str = "coverage";

#[derive(Serialize, Deserialize)]
struct Stored {
    account: String,
    region: String,
    origin: String,
    /// Half-open, sorted, apart from each other.
    covered: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

/// The spans that a section covers; none when it was never pulled.
pub fn read(root: &Path, section: &Section) -> Result<Windows> {
    let path = path(root, section);
    match fs::read(&path) {
        Ok(bytes) => Ok(parse(&path, &bytes)?.1),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Windows::default()),
        Err(error) => Err(read_error(&path)(error)),
    }
}

/// Writes the spans that a section covers.
pub fn write(root: &Path, section: &Section, covered: &Windows) -> Result<()> {
    let stored = Stored {
        account: section.account.to_string(),
        region: section.region.to_string(),
        origin: section.origin.clone(),
        covered: covered
            .as_slice()
            .iter()
            .map(|window| (window.start, window.end))
            .collect(),
    };
    let path = path(root, section);
    let bytes = serde_json::to_vec_pretty(&stored).map_err(|error| Error::Write {
        path: path.clone(),
        source: error.into(),
    })?;
    disk::write_bytes(&path, &bytes)
}

/// Every section that covers anything.
pub fn sections(root: &Path) -> Result<Vec<Section>> {
    let mut sections = Vec::new();
    for path in disk::files(&root.join(FOLDER))? {
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let bytes = fs::read(&path).map_err(read_error(&path))?;
            let (section, covered) = parse(&path, &bytes)?;
            if !covered.is_empty() {
                sections.push(section);
            }
        }
    }
    sections.sort();
    Ok(sections)
}

fn parse(path: &Path, bytes: &[u8]) -> Result<(Section, Windows)> {
    let stored: Stored = serde_json::from_slice(bytes).map_err(|error| Error::Read {
        path: path.to_owned(),
        source: error.into(),
    })?;
    let section = Section {
        account: AccountId::new(stored.account),
        region: Region::new(stored.region),
        origin: stored.origin,
    };
    let covered = stored.covered.into_iter();
    Ok((
        section,
        covered.map(|(start, end)| Window { start, end }).collect(),
    ))
}

fn path(root: &Path, section: &Section) -> std::path::PathBuf {
    root.join(FOLDER)
        .join(disk::name(section.account.as_str()))
        .join(disk::name(section.region.as_str()))
        .join(format!("{}.json", disk::name(&section.origin)))
}
