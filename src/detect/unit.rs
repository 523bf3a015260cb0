//! Whose attempts are looked at together: an app client's, some kinds of them, or a pool's.

use std::{borrow::Cow, rc::Rc};

use crate::frame::{Cell, Cells, Key, Owner, symbols::Symbol};

/// All traffic of one app client (or, where no log names the client, of one pool), or a part of it.
#[derive(Clone, Debug)]
pub struct Unit<'a> {
    /// The user pool.
    pub user_pool: Option<Symbol>,
    /// The app client.
    pub client: Option<Symbol>,
    /// Whose its rows are; where no client is known, everybody's of the pool.
    pub owners: &'a [Owner],
    /// Its rows, by time.
    pub rows: Cow<'a, [Cell]>,
    /// What it has of each key of its owners; `None` where no row is its own.
    counted: ByKey<Option<Counted>>,
}

/// The rows of one kind.
#[derive(Clone, Copy, Debug)]
struct Counted {
    requests: u64,
    first: i64,
    last: i64,
}

/// Something told of each key of a unit.
#[derive(Clone, Debug)]
pub struct ByKey<T> {
    start: usize,
    told: Vec<T>,
}

/// The traffic of each owner, in the order of their names.
pub fn units(cells: &Cells) -> Vec<Rc<Unit<'_>>> {
    let mut units = Vec::with_capacity(cells.owners.len());
    for owners in cells.owners.chunk_by(|a, b| a.user_pool == b.user_pool) {
        for (number, owner) in owners.iter().enumerate() {
            let own = match owner.client {
                Some(_) => owners.get(number..=number),
                None => Some(owners),
            };
            let rows = Cow::Borrowed(cells.of(owner));
            let unit = Unit::new(own.unwrap_or_default(), owner.client, rows);
            units.push(Rc::new(unit));
        }
    }
    units
}

/// The owners of each pool that has several app clients.
pub fn pools(cells: &Cells) -> impl Iterator<Item = &[Owner]> {
    let pools = cells.owners.chunk_by(|a, b| a.user_pool == b.user_pool);
    let known = |owners: &&[Owner]| owners.iter().all(|owner| owner.user_pool.is_some());
    pools.filter(known).filter(|owners| owners.len() > 1)
}

impl<'a> Unit<'a> {
    fn new(owners: &'a [Owner], client: Option<Symbol>, rows: Cow<'a, [Cell]>) -> Self {
        let start = owners.first().map_or(0, |owner| owner.keys.start);
        let end = owners.last().map_or(0, |owner| owner.keys.end);
        let mut counted = ByKey {
            start,
            told: vec![None; end - start],
        };
        for row in rows.iter() {
            let all = counted.told[row.key as usize - start].get_or_insert(Counted {
                requests: 0,
                first: row.first,
                last: row.last,
            });
            all.requests += row.requests;
            all.last = all.last.max(row.last);
        }
        Self {
            user_pool: owners.first().and_then(|owner| owner.user_pool),
            client,
            owners,
            rows,
            counted,
        }
    }

    /// All traffic of a pool.
    pub fn of_pool(cells: &Cells, owners: &'a [Owner]) -> Self {
        let rows = owners.iter().flat_map(|owner| cells.of(owner));
        let mut rows: Vec<Cell> = rows.copied().collect();
        // Each client's are sorted: this merges them.
        rows.sort_by_key(|row| (row.first, row.last, row.key));
        Self::new(owners, None, Cow::Owned(rows))
    }

    /// Its rows of keys of some numbers.
    pub fn of_kinds(&self, are: impl Fn(u32) -> bool) -> Self {
        let rows = self.rows.iter().filter(|row| are(row.key));
        let rows = Cow::Owned(rows.copied().collect());
        Self::new(self.owners, self.client, rows)
    }

    /// Its rows with their keys, by time.
    pub fn cells<'c>(&'c self, cells: &'c Cells) -> impl Iterator<Item = (&'c Cell, &'c Key)> {
        cells.with_keys(&self.rows)
    }

    /// The same of the rows that may touch `[from, to]`.
    pub fn during<'c>(
        &'c self,
        cells: &'c Cells,
        (from, to): (i64, i64),
    ) -> impl Iterator<Item = (&'c Cell, &'c Key)> {
        cells.with_keys(cells.touching(&self.rows, from, to))
    }

    /// Its keys, by number.
    pub fn keys<'c>(&'c self, cells: &'c Cells) -> impl Iterator<Item = (u32, &'c Key)> + Clone {
        let counted = self.all_keys(cells).zip(&self.counted.told);
        let present = counted.filter(|(_, counted)| counted.is_some());
        present.map(|(key, _)| key)
    }

    /// Something told of each of its keys.
    pub fn by_key<T>(&self, cells: &Cells, of: impl Fn(u32, &Key) -> T) -> ByKey<T> {
        let keys = self.all_keys(cells);
        ByKey {
            start: self.counted.start,
            told: keys.map(|(number, key)| of(number, key)).collect(),
        }
    }

    /// The keys of its owners, by number.
    fn all_keys<'c>(&self, cells: &'c Cells) -> impl Iterator<Item = (u32, &'c Key)> + Clone {
        let start = self.counted.start;
        let keys = cells.keys.get(start..start + self.counted.told.len());
        (start as u32..).zip(keys.unwrap_or_default())
    }

    /// All its requests.
    pub fn requests(&self) -> u64 {
        let counted = self.counted.told.iter().flatten();
        counted.map(|counted| counted.requests).sum()
    }

    /// Its requests of the key of that number.
    pub fn requests_of(&self, key: u32) -> u64 {
        self.counted.of(key).map_or(0, |counted| counted.requests)
    }

    /// From the first attempt of keys of some numbers to the last.
    pub fn span(&self, of: impl Fn(u32) -> bool) -> Option<(i64, i64)> {
        let counted = (self.counted.start as u32..).zip(&self.counted.told);
        let counted = counted.filter(|(number, _)| of(*number));
        let counted = counted.filter_map(|(_, counted)| counted.as_ref());
        let spans = counted.map(|counted| (counted.first, counted.last));
        spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

impl<T> ByKey<T> {
    /// What is told of the key of that number.
    pub fn of(&self, key: u32) -> &T {
        &self.told[key as usize - self.start]
    }

    /// The same to alter it.
    pub fn of_mut(&mut self, key: u32) -> &mut T {
        &mut self.told[key as usize - self.start]
    }
}
