//! Puts cells in order: owner by owner, each by time, keys and texts by numbers that do not depend
//! on the order of reading.

use std::cmp::Ordering;

use crate::frame::hash::HashMap;

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
        rows: impl Iterator<Item = Cell> + Clone,
        mut failures: Vec<Failure>,
    ) -> Self {
        let survey = Survey::of(keys.len(), rows.clone());
        let mut names = Names::of_keys(symbols, keys, &survey);
        let order = by_owner(symbols, keys);
        let mut numbers = vec![0; keys.len()];
        for (number, key) in order.iter().enumerate() {
            numbers[*key] = number as u32;
        }
        for failure in &mut failures {
            failure.key = numbers[failure.key as usize];
            failure.principal = failure.principal.map(|symbol| names.name(symbol));
            failure.source_ip = failure.source_ip.map(|symbol| names.name(symbol));
            failure.agent = failure.agent.map(|symbol| names.name(symbol));
            failure.message = failure.message.map(|symbol| names.name(symbol));
        }
        let keys: Vec<Key> = order.iter().map(|key| names.key(&keys[*key])).collect();
        let counts = order.iter().map(|key| survey.kinds[*key].rows);
        let mut owners = owners(&keys, &counts.collect::<Vec<_>>());
        let owner_of: Vec<usize> = (owners.iter().enumerate())
            .flat_map(|(number, owner)| owner.keys.clone().map(move |_| number))
            .collect();
        let rows = rows.map(|row| Cell {
            key: numbers[row.key as usize],
            ..row
        });
        let rows = place_rows(rows, &owner_of, &mut owners);
        place_failures(&mut failures, &owner_of, &mut owners);
        Self {
            symbols: names.new,
            keys,
            rows,
            failures,
            owners,
            longest: survey.longest,
        }
    }
}

/// What must be known of all rows to put one in its place.
struct Survey {
    /// By key.
    kinds: Vec<Surveyed>,
    longest: i64,
}

/// The rows of one kind: how many, and the times of the first attempt of the earliest and of its
/// last.
#[derive(Clone, Copy)]
struct Surveyed {
    rows: usize,
    earliest: (i64, i64),
}

impl Survey {
    fn of(keys: usize, rows: impl Iterator<Item = Cell>) -> Self {
        let unmet = Surveyed {
            rows: 0,
            earliest: (i64::MAX, i64::MAX),
        };
        let mut survey = Self {
            kinds: vec![unmet; keys],
            longest: 0,
        };
        rows.for_each(|row| {
            let kind = &mut survey.kinds[row.key as usize];
            kind.rows += 1;
            kind.earliest = kind.earliest.min((row.first, row.last));
            survey.longest = survey.longest.max(row.last - row.first);
        });
        survey
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
    fn of_keys(symbols: &'a Symbols, keys: &[Key], survey: &Survey) -> Self {
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_by_cached_key(|key| (survey.kinds[*key].earliest, keys[*key].texts(symbols)));
        let mut names = Self {
            old: symbols,
            new: Symbols::default(),
            known: HashMap::default(),
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

/// The owners of keys that stand in their order and have so many rows each, whose places are yet
/// empty.
fn owners(keys: &[Key], rows: &[usize]) -> Vec<Owner> {
    let mut owners: Vec<Owner> = Vec::new();
    let mut begin = 0;
    for (number, (key, rows)) in keys.iter().zip(rows).enumerate() {
        match owners.last_mut() {
            Some(owner) if (owner.user_pool, owner.client) == (key.user_pool, key.client) => {
                owner.keys.end = number + 1;
            }
            _ => owners.push(Owner {
                user_pool: key.user_pool,
                client: key.client,
                keys: number..number + 1,
                rows: begin..begin,
                failures: 0..0,
            }),
        }
        begin += rows;
    }
    owners
}

/// The rows by owner and time; each owner learns where its own end.
fn place_rows(
    rows: impl Iterator<Item = Cell> + Clone,
    owner_of: &[usize],
    owners: &mut [Owner],
) -> Vec<Cell> {
    let mut placed = vec![Cell::default(); rows.clone().count()];
    rows.for_each(|row| {
        let own = &mut owners[owner_of[row.key as usize]].rows;
        placed[own.end] = row;
        own.end += 1;
    });
    for owner in owners {
        placed[owner.rows.clone()].sort_unstable_by(in_time);
    }
    placed
}

/// By time, then by what else is fixed, so that the order of reading is no matter.
fn in_time(a: &Cell, b: &Cell) -> Ordering {
    let rest = |row: &Cell| (row.last, row.key, row.requests, row.callers, row.seconds);
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
