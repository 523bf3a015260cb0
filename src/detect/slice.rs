//! Slices of a client's traffic: by endpoint, grant, redirect URI, scopes, provider and error.

use std::collections::{BTreeMap, BTreeSet};

use super::{incident::Stratum, scan::Item};
use crate::{
    frame::{Cell, Cells, Key, symbols::Symbol},
    ids::{AppClientId, UserPoolId},
};

/// All traffic of one app client (or, where no log names the client, of one pool).
#[derive(Clone, Debug)]
pub struct Unit {
    /// The user pool.
    pub user_pool: Option<Symbol>,
    /// The app client.
    pub client: Option<Symbol>,
    /// Row numbers, by time.
    pub rows: Vec<usize>,
}

/// A part of a unit's traffic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slice {
    /// How many attributes it fixes: fewer is more general.
    pub depth: usize,
    /// Its endpoint.
    pub endpoint: Option<Symbol>,
    /// Its grant or auth flow.
    pub grant: Option<Symbol>,
    /// Its redirect URI.
    pub redirect_uri: Option<Symbol>,
    /// Its scopes.
    pub scopes: Option<Symbol>,
    /// Its identity provider.
    pub identity_provider: Option<Symbol>,
    /// The only error whose failures it holds.
    pub error: Option<Symbol>,
}

/// Splits the rows by pool and client, in a stable order.
pub fn units(cells: &Cells) -> Vec<Unit> {
    let mut units: BTreeMap<(Option<&str>, Option<&str>), Unit> = BTreeMap::new();
    for (number, row) in cells.rows.iter().enumerate() {
        let Some(key) = cells.keys.get(row.key as usize) else {
            continue;
        };
        let name = (cells.text(key.user_pool), cells.text(key.client));
        let unit = units.entry(name).or_insert_with(|| Unit {
            user_pool: key.user_pool,
            client: key.client,
            rows: Vec::new(),
        });
        unit.rows.push(number);
    }
    units.into_values().collect()
}

/// The traffic of each pool that has several app clients, as one unit.
pub fn pools(cells: &Cells) -> Vec<Unit> {
    let mut pools: BTreeMap<&str, (BTreeSet<Option<Symbol>>, Unit)> = BTreeMap::new();
    for (number, row) in cells.rows.iter().enumerate() {
        let Some(key) = cells.keys.get(row.key as usize) else {
            continue;
        };
        let Some(name) = cells.text(key.user_pool) else {
            continue;
        };
        let (clients, unit) = pools.entry(name).or_insert_with(|| {
            let unit = Unit {
                user_pool: key.user_pool,
                client: None,
                rows: Vec::new(),
            };
            (BTreeSet::new(), unit)
        });
        clients.insert(key.client);
        unit.rows.push(number);
    }
    let several = pools.into_values().filter(|(clients, _)| clients.len() > 1);
    let by_time = |number: &usize| {
        let row = cells.rows[*number];
        (row.first, row.last, row.key)
    };
    several
        .map(|(_, mut unit)| {
            unit.rows.sort_by_key(by_time);
            unit
        })
        .collect()
}

impl Unit {
    /// The rows with their keys.
    pub fn cells<'a>(
        &'a self,
        cells: &'a Cells,
    ) -> impl Iterator<Item = (usize, &'a Cell, &'a Key)> + 'a {
        self.rows.iter().filter_map(|&number| {
            let row = cells.rows.get(number)?;
            Some((number, row, cells.keys.get(row.key as usize)?))
        })
    }

    /// The slices worth scanning: all traffic first, then ever narrower. A slice equal to its
    /// parent is left out, since it would cost threshold and tell nothing.
    pub fn slices(&self, cells: &Cells) -> Vec<Slice> {
        let mut keys: Vec<(u32, &Key)> = self
            .cells(cells)
            .map(|(_, row, key)| (row.key, key))
            .collect();
        keys.sort_unstable_by_key(|(number, _)| *number);
        keys.dedup_by_key(|(number, _)| *number);
        let mut known: BTreeSet<Vec<u32>> = BTreeSet::new();
        let mut candidates = BTreeSet::new();
        for (_, key) in &keys {
            candidates.extend(Slice::of(key, cells.failed(key)));
        }
        let mut slices: Vec<Slice> = candidates.into_iter().collect();
        slices.retain(|slice| {
            let members = keys
                .iter()
                .filter(|(_, key)| slice.role(cells, key).is_some());
            known.insert(members.map(|(number, _)| *number).collect())
        });
        slices
    }
}

impl Slice {
    /// All traffic.
    pub const ALL: Self = Self {
        depth: 0,
        endpoint: None,
        grant: None,
        redirect_uri: None,
        scopes: None,
        identity_provider: None,
        error: None,
    };

    /// The narrowest slice, of any error, that holds all attempts of a unit.
    pub fn of_all(cells: &Cells, unit: &Unit) -> Self {
        let common = |value: fn(&Key) -> Option<Symbol>| {
            let mut values = unit.cells(cells).map(|(_, _, key)| value(key));
            let first = values.next()?;
            values.all(|value| value == first).then_some(first)?
        };
        let mut slice = Self {
            depth: 0,
            endpoint: common(|key| key.endpoint),
            grant: common(|key| key.grant),
            redirect_uri: common(|key| key.redirect_uri),
            scopes: common(|key| key.scopes),
            identity_provider: common(|key| key.identity_provider),
            error: None,
        };
        slice.depth = slice.fixed();
        slice
    }

    /// The slices that hold attempts of this key.
    fn of(key: &Key, failed: bool) -> Vec<Self> {
        let by_grant = Self {
            depth: 1,
            grant: key.grant,
            ..Self::ALL
        };
        let flow = Self {
            depth: 2,
            endpoint: key.endpoint,
            ..by_grant.clone()
        };
        let mut slices = vec![Self::ALL];
        let narrower = [
            (key.redirect_uri, None, None),
            (None, key.scopes, None),
            (None, None, key.identity_provider),
        ];
        for base in [&by_grant, &flow] {
            for (redirect_uri, scopes, identity_provider) in narrower {
                slices.push(Self {
                    depth: base.depth + 2,
                    redirect_uri,
                    scopes,
                    identity_provider,
                    ..base.clone()
                });
            }
        }
        if failed {
            slices.push(Self {
                depth: 5,
                error: key.outcome,
                ..flow.clone()
            });
        }
        slices.extend([by_grant, flow]);
        // A null attribute fixes nothing: "cannot tell" is not a value.
        slices.retain(|slice| *slice == Self::ALL || slice.is_fixed());
        slices
    }

    /// How many attributes it fixes.
    fn fixed(&self) -> usize {
        let fixed = [
            self.endpoint,
            self.grant,
            self.redirect_uri,
            self.scopes,
            self.identity_provider,
            self.error,
        ];
        fixed.iter().flatten().count()
    }

    fn is_fixed(&self) -> bool {
        let count = self.fixed();
        match self.depth {
            1 => count == 1,
            2 => self.endpoint.is_some(),
            3 => count == 2,
            _ => count >= 2,
        }
    }

    /// Whether attempts of this key belong to the slice, and if so whether they count as failed.
    pub fn role(&self, cells: &Cells, key: &Key) -> Option<bool> {
        let fits = |fixed: Option<Symbol>, value| fixed.is_none() || fixed == value;
        let inside = fits(self.endpoint, key.endpoint)
            && fits(self.grant, key.grant)
            && fits(self.redirect_uri, key.redirect_uri)
            && fits(self.scopes, key.scopes)
            && fits(self.identity_provider, key.identity_provider);
        let failed = cells.failed(key);
        let other_error = failed && !fits(self.error, key.outcome);
        (inside && !other_error).then_some(failed)
    }

    /// The attempts of a unit in this slice as a sequence to scan, without the rows in `explained`.
    pub fn items(&self, cells: &Cells, unit: &Unit, explained: &BTreeSet<usize>) -> Vec<Item> {
        let mut items = Vec::new();
        for (number, row, key) in unit.cells(cells) {
            match self.role(cells, key) {
                Some(true) if !explained.contains(&number) => items.push(Item {
                    time: row.first,
                    failed: row.callers as f64,
                    accepted: 0.0,
                }),
                Some(false) if cells.tells(key) => items.extend(accepted(row)),
                _ => {}
            }
        }
        items.sort_by_key(|item| item.time);
        items.dedup_by(|later, item| {
            let same = later.time == item.time;
            if same {
                item.failed += later.failed;
                item.accepted += later.accepted;
            }
            same
        });
        items
    }

    /// The slice as reports name it.
    pub fn stratum(&self, cells: &Cells, unit: &Unit) -> Stratum {
        let text = |symbol| cells.text(symbol).map(str::to_owned);
        Stratum {
            user_pool: cells.text(unit.user_pool).map(UserPoolId::new),
            client: cells.text(unit.client).map(AppClientId::new),
            endpoint: text(self.endpoint),
            grant: text(self.grant),
            redirect_uri: text(self.redirect_uri),
            scopes: text(self.scopes),
            identity_provider: text(self.identity_provider),
            error: text(self.error),
        }
    }
}

/// Folded successes as two instants: all but the last at their first, the last at their last. So
/// neither the last success before an onset nor the first after an end is misplaced.
fn accepted(row: &Cell) -> impl Iterator<Item = Item> {
    let at = |time, accepted: u64| Item {
        time,
        failed: 0.0,
        accepted: accepted as f64,
    };
    let last = u64::from(row.last > row.first && row.callers > 1);
    [at(row.first, row.callers - last), at(row.last, last)]
        .into_iter()
        .filter(|item| item.accepted > 0.0)
}
