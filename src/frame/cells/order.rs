//! Puts cells in order: owner by owner, each by time, keys and texts by numbers that do not depend
//! on the order of reading.

use std::{cmp::Ordering, collections::HashMap};

use super::{Cell, Cells, Failure, Owner};
use crate::frame::{
    counts::Key,
    symbols::{Symbol, Symbols},
};

impl Cells {
    /// Puts rows and failures in order; they name their `keys`, each of which stands there once and
    /// has rows, by index, and these their texts by `symbols`.
    pub(in crate::frame) fn new(
        symbols: &Symbols,
        keys: &[Key],
        mut rows: Vec<Cell>,
        mut failures: Vec<Failure>,
    ) -> Self {
        let mut names = Names::of_keys(symbols, keys, &rows);
        let order = by_owner(symbols, keys);
        let mut numbers = vec![0; keys.len()];
        for (number, key) in order.iter().enumerate() {
            numbers[*key] = number as u32;
        }
        rows.iter_mut()
            .for_each(|row| row.key = numbers[row.key as usize]);
        for failure in &mut failures {
            failure.key = numbers[failure.key as usize];
            failure.principal = failure.principal.map(|symbol| names.name(symbol));
            failure.source_ip = failure.source_ip.map(|symbol| names.name(symbol));
        }
        let keys: Vec<Key> = order.iter().map(|key| names.key(&keys[*key])).collect();
        let mut owners = owners(&keys);
        let owner_of: Vec<usize> = (owners.iter().enumerate())
            .flat_map(|(number, owner)| owner.keys.clone().map(move |_| number))
            .collect();
        let longest = rows.iter().map(|row| row.last - row.first).max();
        let rows = place_rows(rows, &owner_of, &mut owners);
        place_failures(&mut failures, &owner_of, &mut owners);
        Self {
            symbols: names.new,
            keys,
            rows,
            failures,
            owners,
            longest: longest.unwrap_or(0),
        }
    }
}

/// Texts with new numbers.
struct Names<'a> {
    old: &'a Symbols,
    new: Symbols,
    known: HashMap<Symbol, Symbol>,
}

impl<'a> Names<'a> {
    /// Numbers the texts of keys in the order in which rows, by time and then by texts, name them.
    fn of_keys(symbols: &'a Symbols, keys: &[Key], rows: &[Cell]) -> Self {
        let mut earliest = vec![(i64::MAX, i64::MAX); keys.len()];
        for row in rows {
            let known = &mut earliest[row.key as usize];
            *known = (row.first, row.last).min(*known);
        }
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_by_cached_key(|key| (earliest[*key], keys[*key].texts(symbols)));
        let mut names = Self {
            old: symbols,
            new: Symbols::default(),
            known: HashMap::new(),
        };
        for key in order {
            names.key(&keys[key]);
        }
        names
    }

    fn name(&mut self, symbol: Symbol) -> Symbol {
        let new = || self.new.intern(self.old.text(symbol));
        *self.known.entry(symbol).or_insert_with(new)
    }

    fn key(&mut self, key: &Key) -> Key {
        Key::from_parts(key.parts().map(|part| part.map(|symbol| self.name(symbol))))
    }
}

/// Indexes of the keys by pool, client and the other texts.
fn by_owner(symbols: &Symbols, keys: &[Key]) -> Vec<usize> {
    let text = |symbol: Option<Symbol>| symbol.map(|symbol| symbols.text(symbol));
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_cached_key(|key| {
        let key = &keys[*key];
        let owner = (text(key.user_pool), text(key.client));
        (owner, key.texts(symbols))
    });
    order
}

/// The owners of keys that stand in their order, as yet without rows and failures.
fn owners(keys: &[Key]) -> Vec<Owner> {
    let mut owners: Vec<Owner> = Vec::new();
    for (number, key) in keys.iter().enumerate() {
        match owners.last_mut() {
            Some(owner) if (owner.user_pool, owner.client) == (key.user_pool, key.client) => {
                owner.keys.end = number + 1;
            }
            _ => owners.push(Owner {
                user_pool: key.user_pool,
                client: key.client,
                keys: number..number + 1,
                rows: 0..0,
                failures: 0..0,
            }),
        }
    }
    owners
}

/// The rows by owner and time; each owner learns where its own stand.
fn place_rows(rows: Vec<Cell>, owner_of: &[usize], owners: &mut [Owner]) -> Vec<Cell> {
    let mut counts = vec![0; owners.len()];
    rows.iter()
        .for_each(|row| counts[owner_of[row.key as usize]] += 1);
    let mut begin = 0;
    for (owner, count) in owners.iter_mut().zip(counts) {
        owner.rows = begin..begin;
        begin += count;
    }
    let mut placed = vec![Cell::default(); rows.len()];
    for row in rows {
        let own = &mut owners[owner_of[row.key as usize]].rows;
        placed[own.end] = row;
        own.end += 1;
    }
    for owner in owners {
        placed[owner.rows.clone()].sort_unstable_by(in_time);
    }
    placed
}

/// By time, then by what else is fixed, so that the order of reading is no matter.
fn in_time(a: &Cell, b: &Cell) -> Ordering {
    let rest = |row: &Cell| (row.last, row.key, row.requests, row.callers);
    a.first.cmp(&b.first).then_with(|| rest(a).cmp(&rest(b)))
}

/// Sorts the failures by owner, time and id; each owner learns where its own stand.
fn place_failures(failures: &mut [Failure], owner_of: &[usize], owners: &mut [Owner]) {
    let owner = |failure: &Failure| owner_of[failure.key as usize];
    failures.sort_unstable_by(|a, b| {
        (owner(a), a.time, &a.event_id).cmp(&(owner(b), b.time, &b.event_id))
    });
    for (place, failure) in failures.iter().enumerate() {
        let own = &mut owners[owner(failure)].failures;
        if own.start == own.end {
            own.start = place;
        }
        own.end = place + 1;
    }
}
