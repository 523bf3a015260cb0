//! Pauses in a slice's attempts, by its rows: those that may be silences at all.

use super::{FEWEST_ATTEMPTS, HORIZON, RECENT, SHORTEST, attempts};
use crate::{
    detect::{Ground, slice::Part, unit::Unit},
    frame::{Cell, Owner},
};

const MINUTE: i64 = 60_000_000;
/// In so many minutes every pause is looked for at once.
const MOST_MINUTES: i64 = 1 << 20;

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

/// How much of a pause must count, as a share of the time that each number of [`RECENT`] took, for it
/// to surprise enough.
#[derive(Clone, Copy)]
pub struct Enough([f64; RECENT.len()]);

impl Enough {
    /// Where a surprise must reach a threshold; a little less, since it is reckoned another way.
    pub fn new(threshold: f64) -> Self {
        let least = threshold - 1e-9 * threshold.abs();
        Self(RECENT.map(|count| (least / count as f64).exp_m1()))
    }

    fn is(&self, number: usize, ahead: f64, took: i64) -> bool {
        ahead >= self.0[number] * took as f64
    }
}

impl Pause {
    /// Whether it may surprise enough, when so much of its time counts.
    pub fn may_surprise(&self, ahead: f64, enough: &Enough) -> bool {
        let mut told = self.took.iter().enumerate();
        told.all(|(number, took)| took.is_none_or(|took| enough.is(number, ahead, took)))
    }
}

/// Whether some owners together may be silent for long enough: no attempt of theirs in four minutes
/// on end.
pub fn may_pause(ground: &Ground<'_>, owners: &[Owner]) -> bool {
    let cells = ground.cells;
    let ends = owners.iter().filter_map(|owner| {
        let rows = cells.of(owner);
        Some((rows.first()?.first, rows.last()?.first))
    });
    let end = ground.end();
    let (first, last) = ends.fold((end, end), |a, b| (a.0.min(b.0), a.1.max(b.1)));
    let minutes = (last + cells.longest() - first) / MINUTE + 1;
    if minutes > MOST_MINUTES {
        return true;
    }
    let mut heard = vec![false; minutes as usize];
    for owner in owners {
        for row in cells.of(owner).iter().filter(|row| row.requests > 0) {
            let [begin, end] = [row.first, reach(row)].map(|time| (time - first) / MINUTE);
            for minute in begin..=end {
                heard[minute as usize] = true;
            }
        }
    }
    heard.windows(4).any(|minutes| *minutes == [false; 4])
}

/// The pauses of each part that may surprise enough, if nothing else is known of their time.
pub fn surprising(
    ground: &Ground<'_>,
    unit: &Unit<'_>,
    parts: &[&Part],
    enough: &Enough,
) -> Vec<Vec<Pause>> {
    let cells = ground.cells;
    let large = parts
        .iter()
        .enumerate()
        .filter(|(_, part)| is_large(unit, part));
    if cells.longest() >= SHORTEST {
        // Attempts of one row may lie far apart.
        let mut pauses = vec![Vec::new(); parts.len()];
        for (place, part) in large {
            let times = attempts(unit, &part.slice.roles(cells, unit));
            pauses[place] = between_times(&times, ground.end(), enough);
        }
        return pauses;
    }
    let mut holding = unit.by_key(cells, |_, _| Vec::new());
    for (place, part) in large {
        part.keys
            .iter()
            .for_each(|key| holding.of_mut(*key).push(place));
    }
    let mut met: Vec<Met> = parts.iter().map(|_| Met::default()).collect();
    for row in unit.rows.iter() {
        for place in holding.of(row.key) {
            met[*place].take(row, enough);
        }
    }
    let pauses = met.into_iter().map(|met| met.end(ground.end(), enough));
    pauses.collect()
}

/// When the last attempt of a row came; what is left of one that was joined may be a single one, at
/// its first.
fn reach(row: &Cell) -> i64 {
    match row.requests {
        1 => row.first,
        _ => row.last,
    }
}

/// Whether a part has a rate to speak of.
fn is_large(unit: &Unit<'_>, part: &Part) -> bool {
    let requests = part.keys.iter().map(|key| unit.requests_of(*key));
    requests.sum::<u64>() >= FEWEST_ATTEMPTS
}

/// Rows of a slice so far, and the pauses between them that may surprise enough.
#[derive(Default)]
struct Met {
    /// Until when the rows reach, and how many attempts they are.
    reach: i64,
    count: u64,
    /// The same row by row.
    rows: Vec<(i64, u64)>,
    /// Of each number of [`RECENT`], the row that holds the attempt before so many.
    before: [usize; RECENT.len()],
    pauses: Vec<Pause>,
}

impl Met {
    fn take(&mut self, row: &Cell, enough: &Enough) {
        if row.requests == 0 {
            return;
        }
        if self.count == 0 {
            self.reach = row.first;
        } else if row.first - self.reach >= SHORTEST {
            self.pause(row.first, true, enough);
        }
        self.reach = self.reach.max(reach(row));
        self.count += row.requests;
        self.rows.push((self.reach, self.count));
    }

    fn end(mut self, end: i64, enough: &Enough) -> Vec<Pause> {
        if self.count > 0 && end - self.reach >= SHORTEST {
            self.pause(end, false, enough);
        }
        self.pauses
    }

    /// Notes the pause from the last attempt to `stop`, if it may surprise enough.
    fn pause(&mut self, stop: i64, ended: bool, enough: &Enough) {
        let start = self.reach;
        let ahead = (stop - start).min(HORIZON) as f64;
        let mut took = [None; RECENT.len()];
        for (number, took) in took.iter_mut().enumerate() {
            let Some(place) = self.count.checked_sub(RECENT[number] + 1) else {
                break;
            };
            let least = self.took(number, place, start);
            if !enough.is(number, ahead, least) {
                return;
            }
            *took = Some(least);
        }
        if took[0].is_some() {
            self.pauses.push(Pause {
                start,
                stop,
                ended,
                took,
            });
        }
    }

    /// So long at least did the last attempts take: the one before them, at a place among all, came
    /// before the rows up to its own had ended.
    fn took(&mut self, number: usize, place: u64, last: i64) -> i64 {
        let before = &mut self.before[number];
        while self.rows[*before].1 <= place {
            *before += 1;
        }
        (last - self.rows[*before].0).max(1)
    }
}

fn between_times(times: &[i64], end: i64, enough: &Enough) -> Vec<Pause> {
    let pause = |(place, start): (usize, &i64)| {
        let next = times.get(place + 1).copied();
        let before = |count: u64| times.get(place.checked_sub(count as usize)?);
        Pause {
            start: *start,
            stop: next.unwrap_or(end),
            ended: next.is_some(),
            took: RECENT.map(|count| Some((start - before(count)?).max(1))),
        }
    };
    let all = times.iter().enumerate().map(pause);
    all.filter(|pause| pause.stop - pause.start >= SHORTEST && pause.took[0].is_some())
        .filter(|pause| {
            let ahead = (pause.stop - pause.start).min(HORIZON);
            pause.may_surprise(ahead as f64, enough)
        })
        .collect()
}
