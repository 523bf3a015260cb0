//! Whether a silence may be one of the logs.

use std::{cmp::Ordering, collections::BTreeSet};

use chrono::{DateTime, Utc};

use super::SHARE_SPAN;
use crate::{
    detect::unit::Unit,
    frame::{Cell, Cells, CoverageRow, Owner},
};

/// So many requests of others do not all stay away by chance.
const MANY: f64 = 5.0;

/// Whether some log says anything in that time: what no log saw is a gap in the logs.
pub fn is_observed(coverage: &[CoverageRow], start: i64, end: i64) -> bool {
    let micros = |time: DateTime<Utc>| time.timestamp_micros();
    coverage.iter().any(|row| {
        let seen = micros(row.to).min(end) - micros(row.from).max(start);
        let gaps = row
            .gaps
            .iter()
            .map(|gap| (micros(gap.end).min(end) - micros(gap.start).max(start)).max(0));
        let missed: i64 = gaps.sum();
        (seen - missed) * 2 > end - start
    })
}

/// Whether the logs that tell of the unit tell of nobody else either for half of that time, although
/// they should of many: then it is they that are silent.
pub fn all_is_silent(cells: &Cells, unit: &Unit<'_>, start: i64, end: i64) -> bool {
    let theirs = Theirs::new(cells, unit);
    let Some(longest) = theirs.half_of(start, end) else {
        return false;
    };
    let before = theirs.requests(start - SHARE_SPAN, start);
    let expected = before as f64 * longest as f64 / SHARE_SPAN as f64;
    expected >= MANY
}

/// What is heard next to the middle of a time.
struct Heard {
    /// Twice the middle.
    middle: i64,
    before: i64,
    after: i64,
    /// Whether something is heard right then.
    then: bool,
}

impl Heard {
    fn take(&mut self, row: &Cell) {
        for time in [row.first, row.last] {
            match (2 * time).cmp(&self.middle) {
                Ordering::Less => self.before = self.before.max(time),
                Ordering::Equal => self.then = true,
                Ordering::Greater => self.after = self.after.min(time),
            }
        }
    }

    /// For how long nothing is heard before or after the middle, or around it.
    fn nothing(&self) -> i64 {
        let middle = self.middle / 2;
        match self.then {
            true => (middle - self.before).max(self.after - middle),
            false => self.after - self.before,
        }
    }
}

/// Rows of others in the logs that tell of a unit.
pub(super) struct Theirs<'c> {
    cells: &'c Cells,
    owners: Vec<&'c Owner>,
    told: Vec<bool>,
}

impl<'c> Theirs<'c> {
    pub fn new(cells: &'c Cells, unit: &Unit<'_>) -> Self {
        let sources: BTreeSet<_> = unit.keys(cells).map(|(_, key)| key.source).collect();
        let keys = cells.keys.iter();
        let told: Vec<bool> = keys.map(|key| sources.contains(&key.source)).collect();
        let tells = |owner: &&Owner| told[owner.keys.clone()].contains(&true);
        let others = cells
            .owners
            .iter()
            .filter(|owner| !unit.owners.contains(owner));
        Self {
            owners: others.filter(tells).collect(),
            cells,
            told,
        }
    }

    fn rows(&self, owner: &Owner, from: i64, to: i64) -> impl DoubleEndedIterator<Item = &'c Cell> {
        let rows = self.cells.touching(self.cells.of(owner), from, to).iter();
        rows.filter(|row| self.told[row.key as usize])
    }

    /// Requests that begin in `[from, to)`.
    fn requests(&self, from: i64, to: i64) -> u64 {
        let rows = self
            .owners
            .iter()
            .flat_map(|owner| self.rows(owner, from, to));
        let inside = rows.filter(|row| (from..to).contains(&row.first));
        inside.map(|row| row.requests).sum()
    }

    /// How long the longest time in `[start, end)` is in which nothing is heard, if it is half of
    /// that: then the middle lies in it.
    pub fn half_of(&self, start: i64, end: i64) -> Option<i64> {
        let mut heard = Heard {
            middle: start + end,
            before: start,
            after: end,
            then: false,
        };
        for owner in &self.owners {
            self.listen(owner, &mut heard);
            if heard.nothing() * 2 < end - start {
                return None;
            }
        }
        Some(heard.nothing())
    }

    /// Takes what is heard of an owner next to the middle.
    fn listen(&self, owner: &Owner, heard: &mut Heard) {
        let middle = heard.middle / 2;
        for row in self.rows(owner, heard.before, middle).rev() {
            if row.first + self.cells.longest() < heard.before {
                break;
            }
            heard.take(row);
        }
        for row in self.rows(owner, middle, heard.after) {
            if row.first > heard.after {
                break;
            }
            heard.take(row);
        }
    }
}
