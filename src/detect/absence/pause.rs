//! Pauses in a slice's attempts, by its rows: those that may be silences at all.

use super::{FEWEST_ATTEMPTS, HORIZON, RECENT, SHORTEST, attempts, surprise};
use crate::{
    detect::{slice::Roles, unit::Unit},
    frame::Cell,
};

/// A time without attempts.
#[derive(Clone, Debug)]
pub struct Pause {
    /// The last attempt before it.
    pub start: i64,
    /// The first attempt after it, or the end of the data.
    pub stop: i64,
    /// Whether an attempt ended it.
    pub ended: bool,
    /// At least so long the attempts before it took, for each number of [`RECENT`] that came.
    took: [Option<i64>; RECENT.len()],
}

impl Pause {
    /// Whether it may surprise so much, when so much of its time counts.
    pub fn may_surprise(&self, ahead: f64, threshold: f64) -> bool {
        let least = threshold - 1e-9 * threshold.abs();
        let is_enough = |(count, took): (&u64, Option<i64>)| {
            took.is_none_or(|took| surprise(*count, ahead, took as f64) >= least)
        };
        self.took[0].is_some() && RECENT.iter().zip(self.took).all(is_enough)
    }
}

/// The pauses that may surprise so much, if nothing else is known of their time.
pub fn surprising(unit: &Unit<'_>, roles: &Roles, end: i64, threshold: f64) -> Vec<Pause> {
    let mut pauses = pauses(unit, roles, end);
    pauses.retain(|pause| {
        let ahead = (pause.stop - pause.start).min(HORIZON);
        pause.may_surprise(ahead as f64, threshold)
    });
    pauses
}

/// The pauses that are long enough.
fn pauses(unit: &Unit<'_>, roles: &Roles, end: i64) -> Vec<Pause> {
    let mut pauses = Vec::new();
    let mut met = Met::default();
    for row in unit.rows.iter().filter(|row| roles.of(row.key).is_some()) {
        pauses.extend(met.pause(row.first, true));
        if row.last - row.first >= SHORTEST {
            // Its attempts may lie far apart.
            return between_times(&attempts(unit, roles), end);
        }
        met.add(row);
    }
    pauses.extend(met.pause(end, false));
    match met.count.last() {
        Some(count) if *count >= FEWEST_ATTEMPTS => pauses,
        _ => Vec::new(),
    }
}

/// Rows of a slice so far.
#[derive(Default)]
struct Met {
    /// Until when they reach, row by row.
    reach: Vec<i64>,
    /// How many attempts they are.
    count: Vec<u64>,
    /// Of each number of [`RECENT`], the row that holds the attempt before so many.
    before: [usize; RECENT.len()],
}

impl Met {
    fn add(&mut self, row: &Cell) {
        let reach = self.reach.last().copied().unwrap_or(i64::MIN);
        self.reach.push(reach.max(row.last));
        self.count
            .push(self.count.last().unwrap_or(&0) + row.requests);
    }

    /// The pause from the last attempt to `stop`.
    fn pause(&mut self, stop: i64, ended: bool) -> Option<Pause> {
        let start = self.reach.last().copied()?;
        (stop - start >= SHORTEST).then(|| Pause {
            start,
            stop,
            ended,
            took: std::array::from_fn(|number| self.took(number)),
        })
    }

    /// So long at least did the last attempts take: the one before them came when the rows up to
    /// its own had not ended.
    fn took(&mut self, number: usize) -> Option<i64> {
        let (count, last) = (self.count.last()?, self.reach.last()?);
        let place = count.checked_sub(RECENT[number] + 1)?;
        let before = &mut self.before[number];
        *before += self.count[*before..]
            .iter()
            .take_while(|count| **count <= place)
            .count();
        Some((last - self.reach[*before]).max(1))
    }
}

fn between_times(times: &[i64], end: i64) -> Vec<Pause> {
    let next = |place: usize| times.get(place + 1).copied();
    let pause = |(place, start): (usize, &i64)| {
        let took =
            |count: u64| Some((start - times.get(place.checked_sub(count as usize)?)?).max(1));
        Pause {
            start: *start,
            stop: next(place).unwrap_or(end),
            ended: next(place).is_some(),
            took: RECENT.map(took),
        }
    };
    let all = times.iter().enumerate().map(pause);
    let long = all.filter(|pause| pause.stop - pause.start >= SHORTEST);
    match times.len() as u64 >= FEWEST_ATTEMPTS {
        true => long.collect(),
        false => Vec::new(),
    }
}
