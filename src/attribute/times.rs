//! When attempts of each kind came, to be counted between any two times at once.

use std::{
    cell::OnceCell,
    ops::{Add, AddAssign, Sub},
};

use crate::frame::{Cell, Cells, Owner};

/// The attempts of each owner by kind, laid out when they are first asked for.
pub struct Times<'a> {
    cells: &'a Cells,
    owners: Vec<OnceCell<Vec<Kind>>>,
}

/// Attempts of one kind.
#[derive(Default)]
struct Kind {
    /// Times of the first and the last attempt of each row, and how much it is; by the first.
    rows: Vec<(i64, i64, Amount)>,
    /// The rows before each, and all.
    sums: Vec<Amount>,
}

/// How much some rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Amount {
    /// What they weigh: repeats of a known principal collapsed.
    pub weight: f64,
    /// What is printed of them: all requests.
    pub requests: u64,
}

impl Amount {
    fn of(row: &Cell) -> Self {
        Self {
            weight: weight(row),
            requests: row.requests,
        }
    }
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            weight: self.weight + other.weight,
            requests: self.requests + other.requests,
        }
    }
}

impl Sub for Amount {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            weight: self.weight - other.weight,
            requests: self.requests - other.requests,
        }
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// How much a row weighs: its attempts, repeats of a known principal collapsed.
pub fn weight(row: &Cell) -> f64 {
    row.callers.max(1) as f64
}

impl<'a> Times<'a> {
    /// Of these attempts.
    pub fn new(cells: &'a Cells) -> Self {
        Self {
            cells,
            owners: cells.owners.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    /// Weight of the rows of a key that begin later than `after` and end earlier than `before`.
    pub fn between(&self, key: u32, after: i64, before: i64) -> f64 {
        self.amount_between(key, after, before).weight
    }

    /// The same with the requests.
    pub fn amount_between(&self, key: u32, after: i64, before: i64) -> Amount {
        let kind = self.kind(key);
        kind.map_or_else(Amount::default, |kind| {
            kind.between(after, before, self.cells.longest())
        })
    }

    /// The rows of a key that begin in `[from, to)`.
    pub fn begun_in(&self, key: u32, from: i64, to: i64) -> Amount {
        let kind = self.kind(key);
        kind.map_or_else(Amount::default, |kind| kind.until(to) - kind.until(from))
    }

    fn kind(&self, key: u32) -> Option<&Kind> {
        let number = self.cells.owner_of(key)?;
        let owner = self.cells.owners.get(number)?;
        let kinds = self
            .owners
            .get(number)?
            .get_or_init(|| kinds(self.cells, owner));
        kinds.get(key as usize - owner.keys.start)
    }
}

fn kinds(cells: &Cells, owner: &Owner) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = owner.keys.clone().map(|_| Kind::default()).collect();
    for row in cells.of(owner) {
        kinds[row.key as usize - owner.keys.start].add(row);
    }
    kinds
}

impl Kind {
    fn add(&mut self, row: &Cell) {
        if self.sums.is_empty() {
            self.sums.push(Amount::default());
        }
        let sum = self.sums.last().copied().unwrap_or_default();
        self.sums.push(sum + Amount::of(row));
        self.rows.push((row.first, row.last, Amount::of(row)));
    }

    /// The rows that begin earlier than `time`.
    fn until(&self, time: i64) -> Amount {
        let later = self.rows.partition_point(|(first, ..)| *first < time);
        self.sums.get(later).copied().unwrap_or_default()
    }

    fn between(&self, after: i64, before: i64, longest: i64) -> Amount {
        let after = after.saturating_add(1);
        if before <= after {
            return Amount::default();
        }
        // Of the rows that begin in time, only the last may reach beyond.
        let from = after.max(before.saturating_sub(longest));
        let begin = self.rows.partition_point(|(first, ..)| *first < from);
        let near = self.rows.iter().skip(begin);
        let near = near.take_while(|(first, ..)| *first < before);
        let beyond = near.filter(|(_, last, _)| *last >= before);
        let beyond = beyond.fold(Amount::default(), |sum, (.., amount)| sum + *amount);
        self.until(before) - self.until(after) - beyond
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::fixture::{cells, made, start};

    proptest! {
        #[test]
        fn rows_between_two_times_are_those_of_all_rows(
            made in made(80, 30), after in 0..1800i64, before in 0..1800i64,
        ) {
            let cells = cells(&made);
            let micros = |second: i64| start().timestamp_micros() + second * 1_000_000;
            let (after, before) = (micros(after), micros(before));
            let times = Times::new(&cells);
            for key in 0..cells.keys.len() as u32 {
                let own = || cells.rows.iter().filter(|row| row.key == key);
                let inside = own().filter(|row| row.first > after && row.last < before);
                let all = |rows: &mut dyn Iterator<Item = &Cell>| {
                    rows.fold(Amount::default(), |sum, row| sum + Amount::of(row))
                };
                let mut inside = inside;
                prop_assert_eq!(times.amount_between(key, after, before), all(&mut inside));
                let begun = own().filter(|row| after <= row.first && row.first < before);
                if after <= before {
                    let mut begun = begun;
                    prop_assert_eq!(times.begun_in(key, after, before), all(&mut begun));
                }
            }
        }
    }
}
