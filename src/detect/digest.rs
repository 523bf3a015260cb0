//! A unit's attempts, shortened: between two failures it only matters how many were accepted.
//!
//! The scan finds in a slice's shortened sequence what it finds in the whole one, but for the
//! over-dispersion, which asks for every instant and only takes from a score. So most slices need
//! not be looked at in full.

use super::{
    scan::Item,
    slice::{Role, Roles, Slice, accepted},
    unit::Unit,
};
use crate::frame::{Cell, Cells};

/// Failures of a unit one by one, and what was accepted at their instants and between them.
pub struct Digest {
    /// When something failed, and the cuts.
    instants: Vec<i64>,
    cuts: Vec<i64>,
    /// By place.
    entries: Vec<Entry>,
}

/// Attempts of one key at one place.
struct Entry {
    /// Twice the number of an instant before it, and one more at it.
    place: usize,
    key: u32,
    /// Of a failure, the place of its row.
    row: usize,
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
            entries: Vec::new(),
        };
        digest.take(cells, unit);
        digest
    }

    fn take(&mut self, cells: &Cells, unit: &Unit<'_>) {
        let roles = Slice::ALL.roles(cells, unit);
        let mut latest = unit.by_key(cells, |_, _| usize::MAX);
        let mut at = 0;
        for (number, row) in unit.rows.iter().enumerate() {
            while self
                .instants
                .get(at)
                .is_some_and(|instant| *instant < row.first)
            {
                at += 1;
            }
            match roles.of(row.key) {
                Some(Role::Failed) => self.entries.push(Entry {
                    place: 2 * at + 1,
                    key: row.key,
                    row: number,
                    callers: row.callers,
                }),
                Some(Role::Accepted) => self.accept(row, at, latest.of_mut(row.key)),
                _ => {}
            }
        }
        self.entries.sort_by_key(|entry| entry.place);
    }

    /// Takes an accepted row that begins after all instants before the one numbered `at`; `latest`
    /// is where the last of its key stands.
    fn accept(&mut self, row: &Cell, at: usize, latest: &mut usize) {
        if row.callers == 0 {
            return;
        }
        // Most rows end before the next instant.
        if self
            .instants
            .get(at)
            .is_none_or(|instant| row.last < *instant)
        {
            return self.add(2 * at, row.key, row.callers, latest);
        }
        for (time, callers) in accepted(row) {
            let later = self.instants[at..].partition_point(|instant| *instant < time);
            let same = self.instants.get(at + later) == Some(&time);
            let place = 2 * (at + later) + usize::from(same);
            self.add(place, row.key, callers, latest);
        }
    }

    fn add(&mut self, place: usize, key: u32, callers: u64, latest: &mut usize) {
        match self.entries.get_mut(*latest) {
            Some(entry) if entry.place == place => entry.callers += callers,
            _ => {
                *latest = self.entries.len();
                self.entries.push(Entry {
                    place,
                    key,
                    row: usize::MAX,
                    callers,
                });
            }
        }
    }

    /// The shortened sequence of a slice, without the rows in `explained`.
    pub fn items(&self, roles: &Roles, explained: &[bool]) -> Vec<Item> {
        let mut items = Vec::new();
        for entries in self.entries.chunk_by(|a, b| a.place == b.place) {
            let mut item: Option<Item> = None;
            for entry in entries {
                let explained = explained.get(entry.row) == Some(&true);
                let (failed, accepted) = match roles.of(entry.key) {
                    Some(Role::Failed) if !explained => (entry.callers as f64, 0.0),
                    Some(Role::Accepted) => (0.0, entry.callers as f64),
                    _ => continue,
                };
                let time = self.time(entry.place);
                let item = item.get_or_insert(Item {
                    time,
                    failed: 0.0,
                    accepted: 0.0,
                });
                item.failed += failed;
                item.accepted += accepted;
            }
            self.push(&mut items, item);
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
    fn push(&self, items: &mut Vec<Item>, next: Option<Item>) {
        let Some(next) = next else { return };
        let part = |item: &Item| self.cuts.partition_point(|cut| *cut <= item.time);
        match items.last_mut() {
            Some(last) if last.failed == 0.0 && next.failed == 0.0 && part(last) == part(&next) => {
                last.accepted += next.accepted;
            }
            _ => items.push(next),
        }
    }
}
