//! Failures whose slice tells of no success, such as visits of an error page: hours between two of
//! them are a pause only if what they took the place of came back meanwhile.

use std::collections::BTreeMap;

use crate::{
    detect::unit::Unit,
    frame::{Cells, symbols::Symbol},
};

/// Failures no further apart than this are one spell …
const APART: i64 = 600_000_000;
/// … or than so many times their usual distance.
const TIMES_USUAL: i64 = 10;
/// So many successes at least show that something came back, …
const FEWEST: f64 = 3.0;
/// … if their rate among the failures is less than this share of that.
const ENDED: f64 = 0.25;

/// From the first to the last of the run that has most of some failures by time, and its share of
/// them.
pub fn longest_run(cells: &Cells, unit: &Unit<'_>, times: &[i64]) -> ((i64, i64), f64) {
    let far = far(times);
    let mut runs: Vec<&[i64]> = times.chunk_by(|one, next| next - one <= far).collect();
    if runs.len() > 1 {
        let spans: Vec<(i64, i64)> = runs.iter().map(|run| span(run)).collect();
        let back = Resumed::new(cells, unit, &spans);
        runs = times
            .chunk_by(|one, next| next - one <= far || !back.between(*one, *next))
            .collect();
    }
    let most = runs.into_iter().rev().max_by_key(|run| run.len());
    let most = most.unwrap_or(times);
    (span(most), most.len() as f64 / times.len().max(1) as f64)
}

fn span(run: &[i64]) -> (i64, i64) {
    let of = |time: Option<&i64>| time.copied().unwrap_or_default();
    (of(run.first()), of(run.last()))
}

/// From which distance on two failures may be of two spells.
fn far(times: &[i64]) -> i64 {
    let mut gaps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or_default();
    APART.max(TIMES_USUAL * usual)
}

/// Successes of a unit, by grant, with how many are usual among the failures.
struct Resumed<'a> {
    cells: &'a Cells,
    unit: &'a Unit<'a>,
    /// Successes per microsecond.
    among: BTreeMap<Option<Symbol>, f64>,
    /// Whether the failures last at all.
    lasts: bool,
}

impl<'a> Resumed<'a> {
    fn new(cells: &'a Cells, unit: &'a Unit<'a>, runs: &[(i64, i64)]) -> Self {
        let length: i64 = runs.iter().map(|(start, end)| end - start).sum();
        let mut among = BTreeMap::new();
        for run in runs {
            for (grant, count) in successes(cells, unit, *run) {
                *among.entry(grant).or_default() += count / length.max(1) as f64;
            }
        }
        Self {
            cells,
            unit,
            among,
            lasts: length > 0,
        }
    }

    /// Whether successes of some grant that hardly come among the failures come between two of them.
    fn between(&self, from: i64, to: i64) -> bool {
        let length = (to - from) as f64;
        let back = |(grant, count): (&Option<Symbol>, &f64)| {
            let among = self.among.get(grant).copied().unwrap_or_default();
            *count >= FEWEST && among * length < ENDED * count
        };
        self.lasts
            && successes(self.cells, self.unit, (from + 1, to - 1))
                .iter()
                .any(back)
    }
}

/// Certain successes in a time, by grant.
fn successes(
    cells: &Cells,
    unit: &Unit<'_>,
    (from, to): (i64, i64),
) -> BTreeMap<Option<Symbol>, f64> {
    let mut counts = BTreeMap::new();
    for (row, key) in unit.during(cells, (from, to)) {
        if !cells.failed(key) && cells.tells(key) {
            *counts.entry(key.grant).or_default() += row.between(from, to);
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        detect::unit::units,
        frame::fixture::{Made, cells, start},
    };

    /// Minutes in which sign-ins succeed, and minutes in which the authorize endpoint refuses them.
    fn runs(succeed: &[(i64, i64)], refused: &[(i64, i64)]) -> (i64, i64, f64) {
        let minutes = |spans: &[(i64, i64)]| -> Vec<i64> {
            spans.iter().flat_map(|(from, to)| *from..*to).collect()
        };
        let good = minutes(succeed);
        let good = good.iter().map(|minute| (*minute, 5, 55, 0, 1, 4, false));
        let bad = minutes(refused);
        let failed = bad.iter().map(|minute| (*minute, 30, 30, 0, 3, 1, true));
        let made: Vec<Made> = good.chain(failed).collect();
        let cells = cells(&made);
        let begin = start().timestamp_micros();
        let times: Vec<i64> = bad
            .iter()
            .map(|minute| begin + minute * 60_000_000 + 30_000_000)
            .collect();
        let (run, share) = longest_run(&cells, &units(&cells)[0], &times);
        let minute = |time: i64| (time - begin) / 60_000_000;
        (minute(run.0), minute(run.1), share)
    }

    #[test]
    fn a_pause_in_which_sign_ins_succeed_divides_failures() {
        let twice = [(60, 72), (300, 306)];
        let (from, to, share) = runs(&[(0, 60), (72, 300), (306, 400)], &twice);
        assert_eq!((from, to), (60, 71));
        assert!((share - 12.0 / 18.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_that_comes_between_divides_nothing() {
        let night = [(60, 72), (600, 606)];
        assert_eq!(runs(&[(0, 60), (606, 700)], &night), (60, 605, 1.0));
    }

    #[test]
    fn what_goes_on_among_failures_divides_nothing() {
        let twice = [(60, 72), (300, 306)];
        assert_eq!(runs(&[(0, 400)], &twice), (60, 305, 1.0));
    }

    #[test]
    fn failures_a_few_minutes_apart_are_one_spell() {
        let near = [(60, 72), (80, 86)];
        assert_eq!(runs(&[(0, 60), (72, 80), (86, 99)], &near), (60, 85, 1.0));
    }
}
