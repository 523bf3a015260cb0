//! Whether requests stay away from an instant on: those of all app clients together.
//!
//! A change may take away what requests need before any log sees them: a name, a way, a page. Each
//! app client alone may be too quiet for that to stand out.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::{
    Ground, Incident, describe,
    level::Level,
    series::{Step, Successes},
    slice::Slice,
    spell::Spell,
    unit::Unit,
};
use crate::frame::{Cell, symbols::Symbol};

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 1440 * MINUTE;
/// Requests of a kind stay away if fewer than this share come …
const STAYS_AWAY: f64 = 0.3;
/// … in so long a time as before the instant.
const AROUND: i64 = 20 * MINUTE;
/// So many requests at least must have come before …
const FEWEST_BEFORE: f64 = 8.0;
/// … so many must be missing …
const FEWEST_MISSING: f64 = 6.0;
/// … and no more than this share of them may come: of caches, of codes already issued.
const LEFT: f64 = 0.05;
/// Others tell whether people ask as usual if so many of their requests are usual.
const TELLING: f64 = 10.0;
/// What requests are missing counts for where no others tell.
const ALONE: f64 = 0.5;
/// The silence is known by then at the latest.
const LATEST: i64 = 30 * MINUTE;
/// Where so many were missing before the instant already, it took none away.
const MISSING_BEFORE: f64 = 5.0;
/// So many records say that the logs go on, …
const HEARD: usize = 3;
/// … the last of them after this share of the silence.
const HEARD_LATE: f64 = 0.5;

/// Requests that may stay away from an instant on.
pub struct Taken {
    /// Their keys, by the place of the unit in [`Ground::units`].
    pub kinds: BTreeMap<usize, BTreeSet<u32>>,
    /// The instant, in microseconds since 1970.
    pub at: i64,
    /// Until when they would stay away, if that is known.
    pub until: Option<i64>,
    /// How long they may still come.
    pub spread: i64,
}

/// When requests were answered, by unit and key.
pub struct Arrivals<'g, 'a> {
    ground: &'g Ground<'a>,
    /// Times of records that are no requests, sorted.
    heard: Vec<i64>,
    units: Vec<OnceCell<BTreeMap<u32, Successes>>>,
    all: OnceCell<Vec<Successes>>,
}

impl<'g, 'a> Arrivals<'g, 'a> {
    /// Of the requests of `ground`, beside records of other things that were `heard`, sorted by time.
    pub fn new(ground: &'g Ground<'a>, heard: Vec<i64>) -> Self {
        Self {
            heard,
            units: ground.units.iter().map(|_| OnceCell::new()).collect(),
            all: OnceCell::new(),
            ground,
        }
    }

    fn of(&self, unit: usize, key: u32) -> Option<&Successes> {
        let keys = self.units.get(unit)?.get_or_init(|| self.by_key(unit));
        keys.get(&key)
    }

    fn by_key(&self, unit: usize) -> BTreeMap<u32, Successes> {
        let cells = self.ground.cells;
        let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
        for (row, key) in self.ground.units[unit].cells(cells) {
            if !cells.failed(key) {
                rows.entry(row.key).or_default().push(*row);
            }
        }
        let keys = rows.into_iter();
        keys.map(|(key, rows)| (key, Successes::new(rows.into_iter())))
            .collect()
    }

    /// Those of each unit together.
    fn all(&self) -> &[Successes] {
        self.all.get_or_init(|| {
            let cells = self.ground.cells;
            let of_unit = |unit: &Rc<Unit<'a>>| {
                let answered = unit.cells(cells).filter(|(_, key)| !cells.failed(key));
                Successes::new(answered.map(|(row, _)| *row))
            };
            self.ground.units.iter().map(of_unit).collect()
        })
    }

    /// From the first request to the last record of whatever kind.
    fn span(&self) -> (i64, i64) {
        let (first, last) = self.ground.span();
        (
            first,
            self.heard.last().map_or(last, |heard| last.max(*heard)),
        )
    }

    /// Whether requests of a key that came before an instant stay away for a while after it.
    pub fn stay_away(&self, unit: usize, key: u32, at: i64, spread: i64) -> bool {
        self.of(unit, key).is_some_and(|came| {
            let from = at + spread;
            let after = came.between(from, from + AROUND);
            let before = came.between(at - AROUND, at);
            let last = came.last_before(from);
            let told = last.is_some_and(|last| last > at - 3 * DAY);
            told && after <= STAYS_AWAY * before + 1.0
        })
    }

    /// Those of some keys whose step was not silent before the instant already.
    pub fn asked_until(&self, unit: usize, keys: BTreeSet<u32>, at: i64) -> BTreeSet<u32> {
        let step = |key: &u32| self.ground.cells.keys.get(*key as usize).map(Step::of);
        let steps: BTreeSet<Option<Step>> = keys.iter().map(step).collect();
        let silent = |own: &Option<Step>| {
            let own = keys.iter().filter(|key| step(key) == *own);
            let came: Vec<&Successes> = own.filter_map(|key| self.of(unit, *key)).collect();
            let count = |a, b| came.iter().map(|came| came.between(a, b)).sum();
            let last = came.iter().filter_map(|came| came.last_before(at)).max();
            let level = Level::new(count, (self.span().0, at));
            last.is_some_and(|last| level.expected(last + 1, at) >= MISSING_BEFORE)
        };
        let silent: BTreeSet<Option<Step>> = steps.into_iter().filter(silent).collect();
        let keys = keys.iter().copied();
        keys.filter(|key| !silent.contains(&step(key))).collect()
    }

    /// Whether the logs go on in a silence.
    fn is_heard(&self, start: i64, end: i64) -> bool {
        let begin = self.heard.partition_point(|time| *time <= start);
        let during = &self.heard[begin..];
        let late = start + (HEARD_LATE * (end - start) as f64) as i64;
        let others = self.all().iter();
        let others: f64 = others.map(|came| came.between(late, end)).sum();
        let told = during.len() >= HEARD && during.last().is_some_and(|last| *last >= late);
        others >= HEARD as f64 || told
    }

    /// The silence that these requests make, if they are missing.
    pub fn missing(&self, taken: &Taken) -> Option<Incident> {
        let ours = Ours::new(self, taken);
        let known = self.span();
        let from = taken.at + taken.spread;
        let until = taken.until.map_or(known.1, |until| until.min(known.1));
        let last = ours.last_before(from)?;
        if last < taken.at - DAY || ours.between(known.0, from) < FEWEST_BEFORE {
            return None;
        }
        let expected = Level::new(|a, b| ours.between(a, b), known).expected(from, until);
        let came = ours.between(from, until);
        if expected < FEWEST_MISSING || came > LEFT * expected {
            return None;
        }
        let next = taken.until.and_then(|_| ours.first_from(until - MINUTE));
        let end = next.unwrap_or(known.1);
        let missing = expected * self.others(&ours, taken, from, until).unwrap_or(ALONE);
        if missing < FEWEST_MISSING || !self.is_heard(last, end) {
            return None;
        }
        let by = taken.at.max(last)
            + (5 * MINUTE)
                .max(3 * (until - from) / missing as i64)
                .min(LATEST);
        let spells = ours.spells(self.ground, (last, end), (missing, by), next.is_some());
        Some(describe::incident(self.ground, &spells))
    }

    /// What others have of their usual requests, at most all; `None` where they are too few to tell.
    fn others(&self, ours: &Ours<'_>, taken: &Taken, from: i64, until: i64) -> Option<f64> {
        let known = self.span();
        let sum = |a: i64, b: i64, of: &dyn Fn(usize) -> bool| -> f64 {
            let units = self.all().iter().enumerate();
            let units = units.filter(|(place, _)| of(*place));
            units.map(|(_, came)| came.between(a, b)).sum()
        };
        let share = |count: &dyn Fn(i64, i64) -> f64| {
            let usual = Level::new(count, known).expected(from, until);
            (usual >= TELLING).then(|| (count(from, until) / usual).min(1.0))
        };
        let of_others = |a, b| sum(a, b, &|place| !taken.kinds.contains_key(&place));
        let of_the_rest = |a, b| sum(a, b, &|_| true) - ours.between(a, b);
        let shares = [share(&of_others), share(&of_the_rest)];
        shares.into_iter().flatten().max_by(f64::total_cmp)
    }
}

/// The requests in question.
struct Ours<'s> {
    taken: &'s Taken,
    came: Vec<&'s Successes>,
}

impl<'s> Ours<'s> {
    fn new(arrivals: &'s Arrivals<'_, '_>, taken: &'s Taken) -> Self {
        let kinds = taken.kinds.iter();
        let came = kinds.flat_map(|(unit, keys)| {
            let keys = keys.iter();
            keys.filter_map(|key| arrivals.of(*unit, *key))
        });
        Self {
            came: came.collect(),
            taken,
        }
    }

    fn between(&self, from: i64, to: i64) -> f64 {
        self.came.iter().map(|came| came.between(from, to)).sum()
    }

    fn last_before(&self, time: i64) -> Option<i64> {
        let lasts = self.came.iter().filter_map(|came| came.last_before(time));
        lasts.max()
    }

    fn first_from(&self, time: i64) -> Option<i64> {
        let firsts = self.came.iter().filter_map(|came| came.first_from(time));
        firsts.min()
    }

    /// The silence, of each unit.
    fn spells<'a>(
        &self,
        ground: &Ground<'a>,
        (start, end): (i64, i64),
        (missing, by): (f64, i64),
        ended: bool,
    ) -> Vec<Spell<'a>> {
        let all = self.between(i64::MIN, i64::MAX);
        let share = |keys: &BTreeSet<u32>, unit: &Unit<'_>| {
            let own: u64 = keys.iter().map(|key| unit.requests_of(*key)).sum();
            own as f64 / f64::max(all, 1.0)
        };
        let kinds = self.taken.kinds.iter();
        let spells = kinds.filter_map(|(place, keys)| {
            let unit = ground.units.get(*place)?;
            let part = unit.of_kinds(|key| keys.contains(&key));
            Some(Spell {
                slice: Slice::of_all(part.keys(ground.cells).map(|(_, key)| key)),
                start,
                end,
                score: missing * share(keys, unit),
                normal: 0.0,
                rows: Vec::new(),
                silence: Some((missing * share(keys, unit), by)),
                ended,
                unit: Rc::new(part),
            })
        });
        let mut spells: Vec<Spell<'a>> = spells.collect();
        let client = |spell: &Spell<'_>| -> Option<Symbol> { spell.unit.client };
        spells.sort_by(|a, b| b.score.total_cmp(&a.score).then(client(a).cmp(&client(b))));
        spells
    }
}
