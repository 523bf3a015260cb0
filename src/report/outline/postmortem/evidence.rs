//! The masked records that a post-mortem rests on, with their hashes.

use chrono::{DateTime, Utc};

use super::{Block, Postmortem};
use crate::{attribute::Suspect, record::Change, report::words::Clock};

/// A record longer than this is cut in the document; its hash is of the whole.
const LONGEST_RECORD: usize = 8_000;

/// The changes of a suspect of several, its first excepted.
fn also_guilty<'a>(
    postmortem: &Postmortem<'a>,
    named: &'a Suspect,
) -> impl Iterator<Item = &'a Change> {
    let changes = postmortem.investigation.changes.iter();
    let changes = changes.map(|change| &change.change);
    changes.filter(|change| {
        let mut events = named.event_ids.iter().skip(1);
        events.any(|event| event.as_str() == change.event_id)
    })
}

/// The records of the change, of the first failure and of what ended it.
pub(super) fn evidence(postmortem: &Postmortem<'_>, clock: Clock) -> Vec<Block> {
    let finding = postmortem.finding;
    let mut rows = Vec::new();
    let mut texts = Vec::new();
    let mut tell = |id: &str, time: DateTime<Utc>, what: &str| {
        let record = postmortem.records.get(id);
        let hash = record.map_or("not read again", |record| record.sha256.as_str());
        rows.push(vec![
            clock.time(time),
            what.to_owned(),
            id.to_owned(),
            hash.to_owned(),
        ]);
        if let Some(record) = record {
            texts.push(Block::Section(format!("Event {id}")));
            let text = crate::report::escape::cut(&record.text, LONGEST_RECORD);
            texts.push(Block::Record(text));
        }
    };
    if let Some(named) = finding.named() {
        let change = &named.change.change;
        tell(&change.event_id, change.time, "the change");
        for also in also_guilty(postmortem, named) {
            tell(&also.event_id, also.time, "the change, too");
        }
    }
    if let Some(first) = &finding.incident.first_failed_event_id {
        tell(first.as_str(), finding.incident.onset, "the first failure");
    }
    if let Some(ended) = &finding.ended_by {
        tell(ended.event_id.as_str(), ended.event_time, "the revert");
    }
    if rows.is_empty() {
        return vec![Block::Text(
            "No single event stands for this incident.".to_owned(),
        )];
    }
    let mut blocks = vec![
        Block::Text(
            "The records, with secrets and tokens masked; the hash is of the masked text and a line \
             end, as `investigate --evidence` writes it."
                .to_owned(),
        ),
        Block::Table(vec!["time", "what", "event", "SHA-256"], rows),
    ];
    blocks.extend(texts);
    blocks
}
