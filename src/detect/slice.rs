//! Slices of a client's traffic: by endpoint, grant, redirect URI, scopes, provider and error.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
};

use foldhash::{HashMap, HashSet};

use super::{
    incident::Stratum,
    scan::Item,
    unit::{ByKey, Unit},
};
use crate::{
    frame::{Cell, Cells, Key, symbols::Symbol},
    ids::{AppClientId, UserPoolId},
};

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

/// What attempts of one kind are to a slice that holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// They failed.
    Failed,
    /// They were accepted.
    Accepted,
    /// They got an answer that does not say whether they were accepted.
    Answered,
}

/// The role of each kind of a unit's attempts in a slice; `None` for those that are not in it.
pub type Roles = ByKey<Option<Role>>;

/// A slice of a unit with the keys it holds.
#[derive(Clone, Debug)]
pub struct Part {
    /// The slice.
    pub slice: Slice,
    /// Numbers of the keys, sorted.
    pub keys: Vec<u32>,
}

impl Unit<'_> {
    /// The slices worth scanning: all traffic first, then ever narrower. A slice equal to its
    /// parent is left out, since it would cost threshold and tell nothing.
    pub fn parts(&self, cells: &Cells) -> Vec<Part> {
        let keys = self.keys(cells);
        let slices = keys.flat_map(|(_, key)| Slice::of(key, cells.failed(key)));
        let slices: BTreeSet<Slice> = slices.collect();
        let slices: Vec<Slice> = slices.into_iter().collect();
        let mut known: HashSet<Vec<u32>> = HashSet::default();
        let mut parts = Vec::new();
        for (slice, keys) in slices.iter().zip(self.members(cells, &slices)) {
            if !known.contains(&keys) {
                known.insert(keys.clone());
                let slice = slice.clone();
                parts.push(Part { slice, keys });
            }
        }
        parts
    }

    /// The keys that each slice holds.
    fn members(&self, cells: &Cells, slices: &[Slice]) -> Vec<Vec<u32>> {
        let mut fixing: HashMap<[Option<Symbol>; 5], Vec<usize>> = HashMap::default();
        for (place, slice) in slices.iter().enumerate() {
            fixing.entry(slice.fixes()).or_default().push(place);
        }
        let mut members = vec![Vec::new(); slices.len()];
        for (number, key) in self.keys(cells) {
            let failed = cells.failed(key);
            let ways = Slice::ways(key).into_iter();
            let places = ways.filter_map(|way| fixing.get(&way)).flatten();
            for place in places.filter(|place| slices[**place].has(key, failed)) {
                members[*place].push(number);
            }
        }
        members
    }

    /// The whole of it as one part.
    pub fn whole(&self, cells: &Cells) -> Part {
        Part {
            slice: Slice::ALL,
            keys: self.keys(cells).map(|(number, _)| number).collect(),
        }
    }
}

impl Role {
    /// What attempts of a key are to a slice that holds them.
    pub fn of(cells: &Cells, key: &Key) -> Self {
        match cells.failed(key) {
            true => Self::Failed,
            false if cells.tells(key) => Self::Accepted,
            false => Self::Answered,
        }
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

    /// The narrowest slice, of any error, that holds all attempts of some keys.
    pub fn of_all<'k>(keys: impl Iterator<Item = &'k Key> + Clone) -> Self {
        let common = |value: fn(&Key) -> Option<Symbol>| {
            let mut values = keys.clone().map(value);
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

    /// The attributes it fixes, apart from the error.
    fn fixes(&self) -> [Option<Symbol>; 5] {
        [
            self.endpoint,
            self.grant,
            self.redirect_uri,
            self.scopes,
            self.identity_provider,
        ]
    }

    /// What slices may fix of a key: endpoint and grant, each or not, and one of the others at most.
    fn ways(key: &Key) -> BTreeSet<[Option<Symbol>; 5]> {
        let mut ways = BTreeSet::new();
        for endpoint in [None, key.endpoint] {
            for grant in [None, key.grant] {
                ways.extend([
                    [endpoint, grant, None, None, None],
                    [endpoint, grant, key.redirect_uri, None, None],
                    [endpoint, grant, None, key.scopes, None],
                    [endpoint, grant, None, None, key.identity_provider],
                ]);
            }
        }
        ways
    }

    /// Whether attempts of this key, which failed or did not, have the slice's error, if they have
    /// any.
    fn has(&self, key: &Key, failed: bool) -> bool {
        !failed || self.error.is_none() || self.error == key.outcome
    }

    /// What attempts of this key are to the slice, if it holds them.
    pub fn role(&self, cells: &Cells, key: &Key) -> Option<Role> {
        let fits = |fixed: Option<Symbol>, value| fixed.is_none() || fixed == value;
        let inside = fits(self.endpoint, key.endpoint)
            && fits(self.grant, key.grant)
            && fits(self.redirect_uri, key.redirect_uri)
            && fits(self.scopes, key.scopes)
            && fits(self.identity_provider, key.identity_provider)
            && self.has(key, cells.failed(key));
        inside.then(|| Role::of(cells, key))
    }

    /// The same of all keys of a unit.
    pub fn roles(&self, cells: &Cells, unit: &Unit<'_>) -> Roles {
        unit.by_key(cells, |_, key| self.role(cells, key))
    }

    /// The slice as reports name it.
    pub fn stratum(&self, cells: &Cells, unit: &Unit<'_>) -> Stratum {
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

/// The attempts of a unit in a slice as a sequence to scan, without the rows in `explained`.
pub fn items(unit: &Unit<'_>, roles: &Roles, explained: &[bool]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut waiting = BinaryHeap::new();
    for (place, row) in unit.rows.iter().enumerate() {
        let Some(role) = roles.of(row.key) else {
            continue;
        };
        take_turns(&mut waiting, row.first, &mut items);
        match role {
            Role::Failed if explained.get(place) != Some(&true) => {
                let failed = row.callers as f64;
                add(&mut items, row.first, failed, 0.0);
            }
            Role::Accepted => {
                let turns = accepted(row);
                waiting.extend(turns.map(|(time, accepted)| Reverse((time, accepted))));
            }
            _ => {}
        }
    }
    take_turns(&mut waiting, i64::MAX, &mut items);
    items
}

/// Adds what was accepted up to a time, in order.
fn take_turns(waiting: &mut BinaryHeap<Reverse<(i64, u64)>>, until: i64, items: &mut Vec<Item>) {
    while let Some(&Reverse((time, accepted))) = waiting.peek()
        && time <= until
    {
        waiting.pop();
        add(items, time, 0.0, accepted as f64);
    }
}

/// Adds attempts that come no earlier than the last.
fn add(items: &mut Vec<Item>, time: i64, failed: f64, accepted: f64) {
    match items.last_mut() {
        Some(item) if item.time == time => {
            item.failed += failed;
            item.accepted += accepted;
        }
        _ => items.push(Item {
            time,
            failed,
            accepted,
        }),
    }
}

/// Folded successes as two instants and how many came then: all but the last at their first, the
/// last at their last. So neither the last success before an onset nor the first after an end is
/// misplaced.
pub fn accepted(row: &Cell) -> impl Iterator<Item = (i64, u64)> + use<> {
    let last = u64::from(row.last > row.first && row.callers > 1);
    [(row.first, row.callers - last), (row.last, last)]
        .into_iter()
        .filter(|(_, accepted)| *accepted > 0)
}
