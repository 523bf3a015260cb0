//! Requests over time, in bins of a length that people count in.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Cell, Cells, Key};
use crate::window::Window;

/// Requests per bin.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// Start of the first bin.
    pub start: DateTime<Utc>,
    /// Length of a bin.
    pub bin: TimeDelta,
    /// Failed requests per bin.
    pub failed: Vec<u64>,
    /// Accepted requests per bin.
    pub succeeded: Vec<u64>,
}

/// Lengths of a bin, in seconds; longer ones are weeks.
const SECONDS: [i64; 13] = [
    10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400,
];
const WEEK: i64 = 604_800;

impl Timeline {
    /// The rows inside `window`, in the shortest round bins of which no more than `bins` are needed.
    pub fn new<'a>(
        cells: &Cells,
        rows: impl Iterator<Item = (&'a Cell, &'a Key)>,
        window: Window,
        bins: usize,
    ) -> Self {
        let (from, bin, bins) = laid_out(window, bins);
        let (mut failed, mut succeeded) = (vec![0.0; bins], vec![0.0; bins]);
        for (row, key) in rows {
            if row.last < from {
                continue;
            }
            let side = match cells.failed(key) {
                true => &mut failed,
                false => &mut succeeded,
            };
            let first = (row.first - from).div_euclid(bin).max(0) as usize;
            let last = (row.last - from).div_euclid(bin).max(0) as usize;
            for number in first..=last.min(bins.saturating_sub(1)) {
                let begin = from + number as i64 * bin;
                if let Some(count) = side.get_mut(number) {
                    *count += row.between(begin, begin + bin - 1);
                }
            }
        }
        let whole = |counts: Vec<f64>| counts.iter().map(|count| count.round() as u64).collect();
        Self {
            start: DateTime::from_timestamp_micros(from).unwrap_or_default(),
            bin: TimeDelta::microseconds(bin),
            failed: whole(failed),
            succeeded: whole(succeeded),
        }
    }

    /// From the start of the first bin to the end of the last, in microseconds, where no more than
    /// `bins` are to show a window.
    pub fn shown(window: Window, bins: usize) -> (i64, i64) {
        let (from, bin, bins) = laid_out(window, bins);
        (from, from + bin * bins as i64)
    }

    /// End of the last bin.
    pub fn end(&self) -> DateTime<Utc> {
        self.start + self.bin * i32::try_from(self.failed.len()).unwrap_or(i32::MAX)
    }
}

impl Cell {
    /// Attempts that fall into `[from, to]`: the first and the last are known, those between are
    /// spread evenly.
    pub fn between(&self, from: i64, to: i64) -> f64 {
        let (start, end) = (self.first.max(from), self.last.min(to));
        if start > end {
            return 0.0;
        }
        if self.first >= from && self.last <= to {
            return self.requests as f64;
        }
        let known = [self.first, self.last];
        let ends = known.iter().filter(|time| (from..=to).contains(time));
        let between = self.requests.saturating_sub(2) as f64;
        let share = (end - start) as f64 / (self.last - self.first).max(1) as f64;
        ends.count() as f64 + between * share
    }

    /// The same in whole attempts: what is added up row by row agrees however it is divided.
    pub fn count(&self, from: i64, to: i64) -> u64 {
        self.between(from, to).round() as u64
    }
}

/// Where the first bin begins, the length of a bin, and how many there are.
fn laid_out(window: Window, bins: usize) -> (i64, i64, usize) {
    let from = window.start.timestamp_micros();
    let to = window.end.timestamp_micros().max(from + 1);
    let bin = bin_length(to - from, bins);
    let from = from - from.rem_euclid(bin);
    (from, bin, ((to - from) as usize).div_ceil(bin as usize))
}

/// Microseconds of the shortest round length that needs no more than `bins` bins.
fn bin_length(span: i64, bins: usize) -> i64 {
    let bins = i64::try_from(bins).unwrap_or(i64::MAX);
    let fits = |seconds: &i64| span / (seconds * 1_000_000) < bins;
    SECONDS.into_iter().find(fits).unwrap_or(WEEK) * 1_000_000
}
