//! Which source tells of an app client in which minutes.

use std::collections::BTreeSet;

use crate::frame::hash::HashMap;

use super::{Attempts, MINUTE};
use crate::{
    frame::{fold::Kind, symbols::Symbol},
    record::SourceKind,
};

type Minutes = Vec<(i64, SourceKind)>;

/// The minutes in which each source tells of app clients that several sources tell of.
pub(super) struct Told {
    several: HashMap<Symbol, BTreeSet<SourceKind>>,
    /// By client and endpoint, no endpoint standing for any: minutes and sources, sorted.
    minutes: HashMap<(Symbol, Option<Symbol>), Minutes>,
}

impl Told {
    pub fn new(attempts: &Attempts) -> Self {
        let mut told = Self {
            several: HashMap::default(),
            minutes: HashMap::default(),
        };
        let kinds = attempts.kinds.iter().map(|kind| &kind.kind);
        let failures = attempts.failures.iter().map(|attempt| &attempt.kind);
        for kind in kinds.chain(failures) {
            if let Some(client) = client(kind) {
                told.several.entry(client).or_default().insert(kind.source);
            }
        }
        told.several.retain(|_, sources| sources.len() > 1);
        if told.is_empty() {
            return told;
        }
        for attempt in &attempts.failures {
            told.note(&attempt.kind, attempt.time);
        }
        for folded in &attempts.successes {
            let kind = &attempts.kinds[folded.kind as usize].kind;
            told.note(kind, folded.counted.first);
        }
        for minutes in told.minutes.values_mut() {
            minutes.sort_unstable();
            minutes.dedup();
        }
        told
    }

    /// Whether each app client is told of by one source alone.
    pub fn is_empty(&self) -> bool {
        self.several.is_empty()
    }

    fn note(&mut self, kind: &Kind, time: i64) {
        let told = client(kind).filter(|client| self.several.contains_key(client));
        let Some(client) = told else { return };
        for endpoint in [kind.key.endpoint, None] {
            let minutes = self.minutes.entry((client, endpoint)).or_default();
            let minute = (time.div_euclid(MINUTE), kind.source);
            if minutes.last() != Some(&minute) {
                minutes.push(minute);
            }
        }
    }

    /// Whether a better source tells of the client and endpoint at that time, or a minute beside.
    pub fn better(&self, kind: &Kind, time: i64) -> bool {
        let any = kind.source == SourceKind::UserAuth;
        let endpoint = kind.key.endpoint.filter(|_| !any);
        let minutes = client(kind).and_then(|client| self.minutes.get(&(client, endpoint)));
        let Some(minutes) = minutes else { return false };
        let minute = time.div_euclid(MINUTE);
        let begin = minutes.partition_point(|(told, _)| *told < minute - 1);
        let near = minutes.iter().skip(begin);
        near.take_while(|(told, _)| *told <= minute + 1)
            .any(|(_, source)| *source < kind.source)
    }
}

/// The client of whose minutes a source may tell again; a firewall tells of other requests.
fn client(kind: &Kind) -> Option<Symbol> {
    kind.key.client.filter(|_| kind.source != SourceKind::Waf)
}
