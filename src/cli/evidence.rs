//! `--evidence DIR`: the records behind each verdict, masked, with their SHA-256.
//!
//! A second reading of the inputs: records are not kept on the way, so that memory follows what
//! the analysis needs. Only AWS's answers are, since asking twice would cost its quota.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde_json::Value;
use sha2::{Digest, Sha256};
use trailblame::{
    attribute::Investigation,
    cognito::shown,
    record::{Record, mask},
    report::escape,
};

use super::{inputs::Inputs, output};

/// Writes one file a record and `SHA256SUMS`.
pub fn write(investigation: &Investigation, inputs: &Inputs, folder: &Path) -> anyhow::Result<()> {
    output::folder(folder)?;
    let wanted = wanted(investigation);
    let found = records(&wanted, inputs);
    let mut sums = String::new();
    for (id, text) in &found {
        let name = format!("{}.json", file_name(id));
        let text = format!("{text}\n");
        output::file(&folder.join(&name), text.as_bytes())?;
        sums.push_str(&format!("{}  {name}\n", hex(text.as_bytes())));
    }
    output::file(&folder.join("SHA256SUMS"), sums.as_bytes())?;
    output::tell(format_args!(
        "evidence: {} of {} records in {}",
        found.len(),
        wanted.len(),
        folder.display()
    ));
    let passing = !inputs.passing().is_empty();
    let unfound = wanted.iter().filter(|id| !found.contains_key(*id));
    for id in unfound.filter(|_| !passing) {
        output::tell(format_args!(
            "note: no record with the id {} was read again: its log gives records no ids",
            escape::terminal(id)
        ));
    }
    Ok(())
}

/// The masked records with these event ids, read once more.
pub fn records(wanted: &BTreeSet<String>, inputs: &Inputs) -> BTreeMap<String, String> {
    for name in inputs.passing() {
        output::tell(format_args!(
            "note: `{name}` cannot be read twice; its records are not in the evidence"
        ));
    }
    let mut found = BTreeMap::new();
    inputs.again(|located| {
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
                .or_insert_with(|| shown(&mask::json(&raw)));
        }
    });
    found
}

/// A masked record without what no log tells the meaning of.
fn shown(record: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(record) else {
        return record.to_owned();
    };
    let name = value["eventName"].as_str().unwrap_or_default().to_owned();
    for part in ["requestParameters", "responseElements"] {
        if let Some(part) = value.get_mut(part) {
            shown::call(&name, part);
        }
    }
    value.to_string()
}

/// SHA-256 in hex of a record as it is written: with a line end.
pub fn hash(text: &str) -> String {
    hex(format!("{text}\n").as_bytes())
}

/// The events that a verdict rests on: suspects, the first failure, what ended it.
pub fn wanted(investigation: &Investigation) -> BTreeSet<String> {
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

/// An id as a file name: nothing a file system could take for more than a name, and another for
/// another id.
fn file_name(id: &str) -> String {
    let safe = id
        .chars()
        .map(|c| match c.is_ascii_alphanumeric() || "-_".contains(c) {
            true => c,
            false => '_',
        });
    let safe: String = safe.take(100).collect();
    match safe == id && !safe.is_empty() {
        true => safe,
        false => format!("{safe}-{:.8}", hex(id.as_bytes())),
    }
}

fn hex(bytes: &[u8]) -> String {
    let sum = Sha256::digest(bytes);
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_name_and_not_a_path() {
        for (id, expected) in [
            ("ec65fe26-9fd4-4271", "ec65fe26-9fd4-4271"),
            ("../../etc/passwd", "______etc_passwd-3754d6cb"),
            ("a b", "a_b-c8687a08"),
            ("", "-e3b0c442"),
        ] {
            assert_eq!(file_name(id), expected);
        }
        assert_ne!(file_name("a/b"), file_name("a:b"));
        assert!(file_name(&"x".repeat(10_000)).len() < 120);
    }
}
