//! A unit's attempts, shortened: between two failures it only matters how many were accepted.
//!
//! The scan finds in a slice's shortened sequence what it finds in the whole one, but for the
//! over-dispersion, which asks for every instant and only takes from a score. So most slices need
//! not be looked at in full.

use super::{
    scan::Item,
    slice::{Role, accepted},
    unit::{ByKey, Unit},
};
use crate::frame::{Cell, Cells};

/// Failures of a unit one by one, and what was accepted at their instants and between them.
pub struct Digest {
    /// When something failed, and the cuts.
    instants: Vec<i64>,
    cuts: Vec<i64>,
    /// Of each key, by place.
    entries: ByKey<Vec<Entry>>,
}

/// Attempts of one key at one place.
#[derive(Clone, Copy)]
struct Entry {
    /// Twice the number of an instant before it, and one more at it.
    place: usize,
    /// Of a failure, the place of its row.
    row: Option<usize>,
    callers: u64,
}

impl Digest {
    /// Shortens a unit's attempts. What lies before one of `cuts` stays apart from what does not.
    pub fn new(cells: &Cells, unit: &Unit<'_>, mut cuts: Vec<i64>) -> Self {
        let failed = unit.by_key(cells, |_, key| cells.failed(key));
        let failures = unit.rows.iter().filter(|row| *failed.of(row.key));
        let failures = failures.map(|row| row.first);
        let mut instants: Vec<i64> = failures.chain(cuts.iter().copied()).collect();
        instants.sort_unstable();
        instants.dedup();
        cuts.sort_unstable();
        let mut digest = Self {
            instants,
            cuts,
            entries: unit.by_key(cells, |_, _| Vec::new()),
        };
        digest.take(cells, unit);
        digest
    }

    fn take(&mut self, cells: &Cells, unit: &Unit<'_>) {
        let roles = unit.by_key(cells, |_, key| Role::of(cells, key));
        let mut at = 0;
        for (number, row) in unit.rows.iter().enumerate() {
            let is_before = |instant: &i64| *instant < row.first;
            while self.instants.get(at).is_some_and(is_before) {
                at += 1;
            }
            match roles.of(row.key) {
                Role::Failed => self.entries.of_mut(row.key).push(Entry {
                    place: 2 * at + 1,
                    row: Some(number),
                    callers: row.callers,
                }),
                Role::Accepted => self.accept(row, at),
                Role::Answered => {}
            }
        }
    }

    /// Takes an accepted row that begins after all instants before the one numbered `at`.
    fn accept(&mut self, row: &Cell, at: usize) {
        let entries = self.entries.of_mut(row.key);
        let next = self.instants.get(at);
        // Most rows end before the next instant.
        if row.callers > 0 && next.is_none_or(|instant| row.last < *instant) {
            return add(entries, 2 * at, row.callers);
        }
        for (time, callers) in accepted(row) {
            let later = self.instants[at..].partition_point(|instant| *instant < time);
            let same = self.instants.get(at + later) == Some(&time);
            add(entries, 2 * (at + later) + usize::from(same), callers);
        }
    }

    /// The shortened sequence of the attempts of some keys, without the rows in `explained`.
    pub fn items(&self, keys: &[u32], explained: &[bool]) -> Vec<Item> {
        let mut entries: Vec<Entry> = Vec::new();
        for key in keys {
            let own = self.entries.of(*key).iter();
            let left =
                own.filter(|entry| entry.row.and_then(|row| explained.get(row)) != Some(&true));
            entries.extend(left);
        }
        // Each key's are sorted: this merges them.
        entries.sort_by_key(|entry| entry.place);
        let mut items = Vec::new();
        for entries in entries.chunk_by(|a, b| a.place == b.place) {
            let callers = |failed| {
                let own = entries.iter().filter(|entry| entry.row.is_some() == failed);
                own.map(|entry| entry.callers).sum::<u64>() as f64
            };
            let time = entries
                .first()
                .map_or(i64::MIN, |entry| self.time(entry.place));
            let (failed, accepted) = (callers(true), callers(false));
            self.push(
                &mut items,
                Item {
                    time,
                    failed,
                    accepted,
                },
            );
        }
        items
    }

    /// A time at a place: between two instants, just after the first.
    fn time(&self, place: usize) -> i64 {
        let before = || self.instants.get((place / 2).checked_sub(1)?);
        match place % 2 {
            1 => self.instants[place / 2],
            _ => before().map_or(i64::MIN, |instant| instant + 1),
        }
    }

    /// Adds what comes next; of what has no failures, one item is made.
    fn push(&self, items: &mut Vec<Item>, next: Item) {
        let part = |item: &Item| self.cuts.partition_point(|cut| *cut <= item.time);
        match items.last_mut() {
            Some(last) if last.failed == 0.0 && next.failed == 0.0 && part(last) == part(&next) => {
                last.accepted += next.accepted;
            }
            _ => items.push(next),
        }
    }
}

/// Adds what was accepted at a place; few entries lie behind it.
fn add(entries: &mut Vec<Entry>, place: usize, callers: u64) {
    let behind = entries.iter().rev().take_while(|entry| entry.place > place);
    let end = entries.len() - behind.count();
    match entries[..end].last_mut() {
        Some(entry) if entry.place == place => entry.callers += callers,
        _ => entries.insert(
            end,
            Entry {
                place,
                row: None,
                callers,
            },
        ),
    }
}
