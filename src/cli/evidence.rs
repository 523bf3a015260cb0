//! `--evidence DIR`: the records behind each verdict, masked, with their SHA-256.
//!
//! A second reading of the inputs: records are not kept on the way, so that memory follows what
//! the analysis needs.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use sha2::{Digest, Sha256};
use trailblame::{
    attribute::Investigation,
    record::{self, Record, mask},
    source::{
        files::{self, Counter, Input},
        inflate::Limits,
    },
};

use super::output;

/// Writes one file a record and `SHA256SUMS`.
pub fn write(investigation: &Investigation, paths: &[String], folder: &Path) -> anyhow::Result<()> {
    output::folder(folder)?;
    let wanted = wanted(investigation);
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for input in files::find(paths).inputs {
        if input == Input::Stdin {
            eprintln!(
                "note: standard input cannot be read twice; its records are not in the evidence"
            );
            continue;
        }
        let name = input.name();
        let bytes = input.open(Limits::default(), &Counter::default());
        // What could not be read was told by the first reading.
        let _ = bytes.and_then(|bytes| {
            record::read(bytes, &name, |located| {
                let Ok(located) = located else { return };
                let id = match &located.record {
                    Record::Request(request) => request.event_id.as_deref(),
                    Record::Change(change) => Some(change.event_id.as_str()),
                    _ => None,
                };
                if let Some(id) = id.filter(|id| wanted.contains(*id)) {
                    let raw = String::from_utf8_lossy(located.raw);
                    found
                        .entry(id.to_owned())
                        .or_insert_with(|| mask::json(&raw));
                }
            })
        });
    }
    let mut sums = String::new();
    for (id, text) in &found {
        let name = format!("{}.json", file_name(id));
        let text = format!("{text}\n");
        output::file(&folder.join(&name), text.as_bytes())?;
        let sum = Sha256::digest(text.as_bytes());
        let hex: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        sums.push_str(&format!("{hex}  {name}\n"));
    }
    output::file(&folder.join("SHA256SUMS"), sums.as_bytes())?;
    eprintln!("evidence: {} records in {}", found.len(), folder.display());
    Ok(())
}

/// The events that a verdict rests on: suspects, the first failure, what ended it.
fn wanted(investigation: &Investigation) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for finding in &investigation.findings {
        let suspects = finding
            .suspects
            .iter()
            .flat_map(|suspect| &suspect.event_ids);
        ids.extend(suspects.map(ToString::to_string));
        ids.extend(
            finding
                .incident
                .first_failed_event_id
                .as_ref()
                .map(ToString::to_string),
        );
        ids.extend(
            finding
                .ended_by
                .as_ref()
                .map(|ended| ended.event_id.to_string()),
        );
    }
    ids
}

/// An id as a file name: nothing a file system could take for more than a name.
fn file_name(id: &str) -> String {
    let safe = id
        .chars()
        .map(|c| match c.is_ascii_alphanumeric() || "-_".contains(c) {
            true => c,
            false => '_',
        });
    safe.take(100).collect()
}
