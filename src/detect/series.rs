//! Attempts of one app client at one step of signing in, as time series: failures one by one,
//! successes counted.

use std::collections::BTreeMap;

use crate::frame::{Cell, Cells, Key, Owner, callers::CallerId, symbols::Symbol};

/// A step of signing in: which endpoint or API, with which grant or flow, told by which log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// The endpoint or sign-in API.
    pub endpoint: Option<Symbol>,
    /// OAuth grant or auth flow.
    pub grant: Option<Symbol>,
    /// The log.
    pub source: Option<Symbol>,
}

impl Step {
    /// That of a key.
    pub fn of(key: &Key) -> Self {
        Self {
            endpoint: key.endpoint,
            grant: key.grant,
            source: key.source,
        }
    }
}

/// A failed attempt of a series.
#[derive(Clone, Copy, Debug)]
pub struct Failed {
    /// When, in microseconds since 1970.
    pub time: i64,
    /// Index into [`Cells::keys`].
    pub key: u32,
    /// Who; `None` where the log does not say.
    pub caller: Option<CallerId>,
    /// The user's sub.
    pub user: Option<Symbol>,
}

/// Attempts of one app client at one step.
#[derive(Clone, Debug)]
pub struct Series {
    /// The user pool.
    pub user_pool: Option<Symbol>,
    /// The app client.
    pub client: Option<Symbol>,
    /// The step.
    pub step: Step,
    /// Failures, by time.
    pub failures: Vec<Failed>,
    /// Successes.
    pub successes: Successes,
}

/// Every series, by owner and step.
pub fn series(cells: &Cells) -> Vec<Series> {
    let owners = cells.owners.iter();
    owners.flat_map(|owner| of_owner(cells, owner)).collect()
}

/// Every series of one owner, by step.
pub fn of_owner(cells: &Cells, owner: &Owner) -> Vec<Series> {
    let mut steps: BTreeMap<Step, Series> = BTreeMap::new();
    let of_step = |key: &Key| Series {
        user_pool: owner.user_pool,
        client: owner.client,
        step: Step::of(key),
        failures: Vec::new(),
        successes: Successes::default(),
    };
    for failure in cells.failures_since(owner, i64::MIN) {
        let Some(key) = cells.keys.get(failure.key as usize) else {
            continue;
        };
        let series = steps.entry(Step::of(key)).or_insert_with(|| of_step(key));
        series.failures.push(Failed {
            time: failure.time.timestamp_micros(),
            key: failure.key,
            user: failure.principal,
            caller: CallerId::new(cells.text(failure.source_ip), cells.text(failure.agent)),
        });
    }
    for (row, key) in cells.with_keys(cells.of(owner)) {
        if cells.failed(key) || !cells.tells(key) {
            continue;
        }
        let series = steps.entry(Step::of(key)).or_insert_with(|| of_step(key));
        series.successes.rows.push(*row);
    }
    let mut all: Vec<Series> = steps.into_values().collect();
    for series in &mut all {
        series.successes.settle();
    }
    all
}

/// Successes counted per minute and kind, to be counted between any two times.
#[derive(Clone, Debug, Default)]
pub struct Successes {
    /// By time of the first.
    rows: Vec<Cell>,
    /// Requests of the rows before each, and of all.
    sums: Vec<u64>,
    /// Microseconds of the longest row.
    longest: i64,
}

impl Successes {
    /// Those of some rows.
    pub fn new(rows: impl Iterator<Item = Cell>) -> Self {
        let mut successes = Self {
            rows: rows.collect(),
            ..Self::default()
        };
        successes.settle();
        successes
    }

    fn settle(&mut self) {
        self.rows.sort_by_key(|row| (row.first, row.last, row.key));
        self.longest = self
            .rows
            .iter()
            .map(|row| row.last - row.first)
            .max()
            .unwrap_or_default();
        let mut sum = 0;
        self.sums = vec![0];
        for row in &self.rows {
            sum += row.requests;
            self.sums.push(sum);
        }
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.sums.last().copied().unwrap_or_default()
    }

    /// The rows, by time of the first.
    pub fn rows(&self) -> &[Cell] {
        &self.rows
    }

    /// Those in `[from, to)`; of a minute that lies partly inside, the share of its seconds.
    pub fn between(&self, from: i64, to: i64) -> f64 {
        if to <= from {
            return 0.0;
        }
        let begin = self.rows.partition_point(|row| row.first < from);
        let end = self.rows.partition_point(|row| row.first < to);
        let mut count = (self.sums[end] - self.sums[begin.min(end)]) as f64;
        for row in self.reaching(begin, from) {
            count += inside(row, from, to);
        }
        for row in self.rows[begin..end].iter().rev() {
            if row.first + self.longest < to {
                break;
            }
            if row.last >= to {
                count += inside(row, from, to) - row.requests as f64;
            }
        }
        count
    }

    /// The last one before `time`.
    pub fn last_before(&self, time: i64) -> Option<i64> {
        let end = self.rows.partition_point(|row| row.first < time);
        let mut last = None;
        for row in self.rows[..end].iter().rev() {
            if last.is_some_and(|last| row.first + self.longest < last) {
                break;
            }
            last = last.max(times(row).filter(|at| *at < time).last());
        }
        last
    }

    /// The first one from `time` on.
    pub fn first_from(&self, time: i64) -> Option<i64> {
        let begin = self.rows.partition_point(|row| row.first < time);
        let first = self.rows.get(begin).map(|row| row.first);
        let reaching = self.reaching(begin, time);
        let within = reaching.filter_map(|row| times(row).find(|at| *at >= time));
        first.into_iter().chain(within).min()
    }

    /// Rows before the one at `begin` that reach `time`.
    fn reaching(&self, begin: usize, time: i64) -> impl Iterator<Item = &Cell> {
        let earlier = self.rows[..begin].iter().rev();
        let near = earlier.take_while(move |row| row.first + self.longest >= time);
        near.filter(move |row| row.last >= time)
    }
}

/// When the successes of a row came, as exactly as is known: the first and the last, and the seconds
/// between that held one.
pub fn times(row: &Cell) -> impl Iterator<Item = i64> + use<> {
    const MINUTE: i64 = 60_000_000;
    let (first, last, seconds) = (row.first, row.last, row.seconds);
    let minute = first.div_euclid(MINUTE) * MINUTE;
    let within = seconds.times(minute);
    let within = within.filter(move |at| *at > first && *at + 999_999 < last);
    let last = (last > first).then_some(last);
    std::iter::once(first).chain(within).chain(last)
}

/// The requests of a row in `[from, to)`, its requests spread over the times that are known.
fn inside(row: &Cell, from: i64, to: i64) -> f64 {
    let (mut all, mut ours) = (0.0, 0.0);
    for at in times(row) {
        all += 1.0;
        ours += f64::from(u8::from((from..to).contains(&at)));
    }
    row.requests as f64 * ours / f64::max(all, 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::fixture::{cells, made, start};

    proptest! {
        #[test]
        fn successes_between_two_times_are_those_of_all_rows(
            made in made(80, 30), from in 0..1800i64, length in 0..1800i64,
        ) {
            let cells = cells(&made);
            let micros = |second: i64| start().timestamp_micros() + second * 1_000_000;
            let (from, to) = (micros(from), micros(from + length));
            for series in series(&cells) {
                let successes = &series.successes;
                let each = successes.rows().iter().map(|row| inside(row, from, to));
                prop_assert!((successes.between(from, to) - each.sum::<f64>()).abs() < 1e-6);
                let all = || successes.rows().iter().flat_map(times);
                prop_assert_eq!(successes.last_before(from), all().filter(|at| *at < from).max());
                prop_assert_eq!(successes.first_from(from), all().filter(|at| *at >= from).min());
            }
        }
    }
}
