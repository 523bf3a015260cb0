//! Exact interval scan: the interval whose failures are least like the normal level.
//!
//! The score of an interval is the log-likelihood ratio of a failure rate `p1` against the normal
//! `p0`, maximal over all intervals (Kadane) and over a few rates. Under the normal rate the ratio
//! is a test martingale, so `P(max score ≥ x) ≤ n · rates · exp(−x)`: the threshold needs no
//! simulation.

use std::cell::LazyCell;

/// Attempts at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item {
    /// Microseconds since 1970.
    pub time: i64,
    /// Failed attempts, repeats of a known principal collapsed.
    pub failed: f64,
    /// Accepted attempts.
    pub accepted: f64,
}

/// An interval of items that fail too often.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Index of the first item.
    pub start: usize,
    /// Index after the last item.
    pub end: usize,
    /// Log-likelihood ratio in nats, divided by the over-dispersion.
    pub score: f64,
}

/// What was found in a sequence of items.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Segments that pass the threshold, by time; they do not touch.
    pub segments: Vec<Segment>,
    /// Failure rate outside them.
    pub normal: f64,
}

/// Failure rates tried, besides three times the normal one.
const RATES: [f64; 5] = [0.12, 0.25, 0.5, 0.9, 0.985];
/// Number of rates scanned, for the threshold.
pub const RATES_SCANNED: usize = RATES.len() + 1;

/// An outage is a failure rate this many times the normal one …
const NOTABLE_RISE: f64 = 1.5;
/// … and so much above it: on a Monday morning people mistype twice as many passwords, and yet
/// nothing is broken …
const NOTABLE_EXCESS: f64 = 0.05;
/// … but where the normal one still holds the outage itself, any rise may point at it.
const ANY_RISE: f64 = 1.05;

/// A stratum with few requests takes its normal rate from this one: as many requests …
const PRIOR_REQUESTS: f64 = 10.0;
/// … that fail this often.
const PRIOR_RATE: f64 = 0.05;
/// That nothing failed so far does not make two failures in a row an outage: this does.
const LOWEST_RATE: f64 = 0.005;
/// What nearly always fails is no outage when it fails again.
const HIGHEST_RATE: f64 = 0.97;

/// Items per block where rates and their spread are estimated.
const BLOCK: usize = 25;
/// Fewer blocks say nothing of their spread.
const FEWEST_BLOCKS: usize = 5;
/// Share of the blocks that is taken for calm …
const CALM_BLOCKS: f64 = 0.85;
/// … and the mean of the calm ones among squared standard normals.
const CALM_MEAN: f64 = 0.52;
/// More segments than this in one slice are noise that no threshold fits.
const MOST_SEGMENTS: usize = 40;
/// More over-dispersion than this is not believed: it would be an outage.
const MOST_DISPERSED: f64 = 8.0;

/// Finds all segments whose score reaches `threshold`, the best first.
///
/// A segment is judged by the normal rate of what lies outside it and outside those found before:
/// else an outage that fills much of the data would make itself normal.
///
/// The items may be shortened: of those without failures that follow each other, one may be made.
/// Only over-dispersion asks for the `whole` sequence.
pub fn scan(items: &[Item], whole: impl FnOnce() -> Vec<Item>, threshold: f64) -> Found {
    let whole = LazyCell::new(whole);
    let mut segments: Vec<Segment> = Vec::new();
    while segments.len() < MOST_SEGMENTS {
        let Some((found, normal)) = next(items, &segments) else {
            break;
        };
        // Over-dispersion only takes from it.
        if found.score < threshold {
            break;
        }
        let judged = with(&segments, found);
        let judged: Vec<Segment> = judged
            .iter()
            .map(|one| placed(one, items, &whole))
            .collect();
        let score = found.score / dispersion(&whole, &judged, normal);
        if score < threshold {
            break;
        }
        segments = with(&segments, Segment { score, ..found });
    }
    let normal = rate_outside(items, &segments);
    segments.retain(|segment| is_notable(items, segment, normal));
    Found { segments, normal }
}

/// Whether so many failures may reach a threshold, if no other request came.
pub fn may_reach(failures: u64, threshold: f64) -> bool {
    let highest = RATES.into_iter().fold(0.0, f64::max);
    failures as f64 * weights(LOWEST_RATE, highest)[0] >= threshold
}

/// Where a segment of items stands in the whole sequence: it begins and ends with failures, which
/// both hold.
fn placed(segment: &Segment, items: &[Item], whole: &[Item]) -> Segment {
    let (first, last) = (items[segment.start].time, items[segment.end - 1].time);
    Segment {
        start: whole.partition_point(|item| item.time < first),
        end: whole.partition_point(|item| item.time <= last),
        ..*segment
    }
}

/// The best segment beside those found before, its over-dispersion not taken off, and the normal
/// rate by which it was judged.
fn next(items: &[Item], segments: &[Segment]) -> Option<(Segment, f64)> {
    let normal = rate_outside(items, segments);
    let coarse = best_outside(items, segments, normal, ANY_RISE)?;
    let normal = rate_outside(items, &with(segments, coarse));
    let found = best_outside(items, segments, normal, NOTABLE_RISE)?;
    Some((found, normal))
}

fn is_notable(items: &[Item], segment: &Segment, normal: f64) -> bool {
    let (failed, accepted) = sums(items.get(segment.start..segment.end).unwrap_or_default());
    failed >= (normal + NOTABLE_EXCESS) * (failed + accepted)
}

/// The segments and one more, by time.
fn with(segments: &[Segment], one: Segment) -> Vec<Segment> {
    let mut all = segments.to_vec();
    all.push(one);
    all.sort_by_key(|segment| segment.start);
    all
}

/// The best segment between those that were found.
fn best_outside(items: &[Item], segments: &[Segment], normal: f64, rise: f64) -> Option<Segment> {
    parts(items, segments)
        .filter_map(|(start, end)| {
            let best = best_rise(items.get(start..end)?, normal, rise)?;
            let segment = Segment {
                start: start + best.start,
                end: start + best.end,
                score: best.score,
            };
            Some(widen(items, segment, start, end))
        })
        .max_by(|a, b| a.score.total_cmp(&b.score))
}

fn rate_outside(items: &[Item], segments: &[Segment]) -> f64 {
    smoothed(outside(items, segments).map(sums).fold((0.0, 0.0), add))
}

/// Variance of the failures per block over what independent failures would have; at least 1.
///
/// The most unlike blocks are left out, since they may be another outage; what that takes from
/// the mean of independent blocks is given back.
fn dispersion(items: &[Item], segments: &[Segment], normal: f64) -> f64 {
    let mut blocks: Vec<f64> = outside(items, segments)
        .flat_map(|part| part.chunks(BLOCK))
        .filter_map(|block| {
            let (failed, accepted) = sums(block);
            let requests = failed + accepted;
            let variance = requests * normal * (1.0 - normal);
            (variance > 0.0).then(|| (failed - requests * normal).powi(2) / variance)
        })
        .collect();
    if blocks.len() < FEWEST_BLOCKS {
        return 1.0;
    }
    blocks.sort_by(f64::total_cmp);
    blocks.truncate((blocks.len() as f64 * CALM_BLOCKS) as usize);
    let mean = blocks.iter().sum::<f64>() / blocks.len() as f64;
    (mean / CALM_MEAN).clamp(1.0, MOST_DISPERSED)
}

/// The stretches of items between segments.
fn outside<'a>(
    items: &'a [Item],
    segments: &'a [Segment],
) -> impl Iterator<Item = &'a [Item]> + 'a {
    parts(items, segments).filter_map(|(start, end)| items.get(start..end))
}

/// Bounds of the stretches between segments.
fn parts<'a>(
    items: &'a [Item],
    segments: &'a [Segment],
) -> impl Iterator<Item = (usize, usize)> + 'a {
    let starts = std::iter::once(0).chain(segments.iter().map(|segment| segment.end));
    let ends = segments.iter().map(|segment| segment.start);
    starts.zip(ends.chain(std::iter::once(items.len())))
}

fn sums(items: &[Item]) -> (f64, f64) {
    items
        .iter()
        .map(|item| (item.failed, item.accepted))
        .fold((0.0, 0.0), add)
}

fn add(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 + b.0, a.1 + b.1)
}

fn smoothed((failed, accepted): (f64, f64)) -> f64 {
    let rate = (failed + PRIOR_REQUESTS * PRIOR_RATE) / (failed + accepted + PRIOR_REQUESTS);
    rate.clamp(LOWEST_RATE, HIGHEST_RATE)
}

/// Takes in the neighbouring instants that hold failures: a success of the same second may have
/// kept them out.
fn widen(items: &[Item], mut segment: Segment, start: usize, end: usize) -> Segment {
    while segment.start > start && items[segment.start - 1].failed > 0.0 {
        segment.start -= 1;
    }
    while segment.end < end && items[segment.end].failed > 0.0 {
        segment.end += 1;
    }
    segment
}

/// The segment of `after`, from its first item on, that is least like `before`, and the failure rate
/// of `before`.
///
/// With its beginning given, the ratio passes a score of x by chance with a probability of at most
/// exp(−x) for each rate, wherever it ends.
pub fn from_now_on(before: &[Item], after: &[Item]) -> Option<(Segment, f64)> {
    let (mut best, normal) = onward(before, after)?;
    best.score /= dispersion(before, &[], normal);
    is_notable(after, &best, normal).then_some((best, normal))
}

/// Whether [`from_now_on`] may find a segment with such a score, by items that may be shortened.
pub fn may_go_on(before: &[Item], after: &[Item], threshold: f64) -> bool {
    onward(before, after).is_some_and(|(best, _)| best.score >= threshold)
}

/// The same as [`from_now_on`], its over-dispersion not taken off.
fn onward(before: &[Item], after: &[Item]) -> Option<(Segment, f64)> {
    let normal = smoothed(sums(before));
    let rates = RATES
        .into_iter()
        .filter(|rate| *rate > NOTABLE_RISE * normal);
    let segments = rates.filter_map(|rate| {
        let [failed, accepted] = weights(normal, rate);
        let mut counts = (0.0, 0.0);
        let scores = after.iter().enumerate().map(|(index, item)| {
            counts = add(counts, (item.failed, item.accepted));
            (counts.0 * failed + counts.1 * accepted, index + 1)
        });
        let (score, end) = scores.max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(Segment {
            start: 0,
            end,
            score,
        })
    });
    let best = segments.max_by(|a, b| a.score.total_cmp(&b.score))?;
    Some((best, normal))
}

/// What a failed and an accepted attempt say for a rate against the normal one.
fn weights(normal: f64, rate: f64) -> [f64; 2] {
    [(rate / normal).ln(), ((1.0 - rate) / (1.0 - normal)).ln()]
}

/// The segment least like the normal rate, among rates that are so many times that.
fn best_rise(items: &[Item], normal: f64, rise: f64) -> Option<Segment> {
    let failing = items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.failed > 0.0);
    let failing: Vec<usize> = failing.map(|(index, _)| index).collect();
    let rates = RATES.into_iter().chain([3.0 * normal]);
    rates
        .filter(|rate| *rate > rise * normal && *rate < 1.0)
        .filter_map(|rate| best_at(items, &failing, weights(normal, rate)))
        .max_by(|a, b| a.score.total_cmp(&b.score))
}

/// Kadane: the interval of the greatest sum. It begins where something failed.
fn best_at(items: &[Item], failing: &[usize], weights: [f64; 2]) -> Option<Segment> {
    let [failed, accepted] = weights;
    let mut best: Option<Segment> = None;
    let mut end = 0;
    for &start in failing {
        if start < end {
            continue;
        }
        let mut counts = (0.0, 0.0);
        end = items.len();
        for (index, item) in items.iter().enumerate().skip(start) {
            // Sums of counts are exact: they do not depend on how items are cut.
            counts = add(counts, (item.failed, item.accepted));
            let sum = counts.0 * failed + counts.1 * accepted;
            if sum <= 0.0 {
                end = index + 1;
                break;
            }
            if sum > best.map_or(0.0, |best| best.score) {
                best = Some(Segment {
                    start,
                    end: index + 1,
                    score: sum,
                });
            }
        }
    }
    best
}

/// The score that one of so many trials must reach so that a client has `false_alarms` a week.
pub fn threshold(trials: usize, false_alarms: f64, weeks: f64) -> f64 {
    (trials.max(1) as f64 / (false_alarms * weeks)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scans a text of `.` accepted and `x` failed attempts a second apart.
    #[track_caller]
    fn check(attempts: &str, expected: &[(usize, usize)]) {
        let items: Vec<Item> = attempts
            .bytes()
            .enumerate()
            .map(|(second, attempt)| Item {
                time: second as i64 * 1_000_000,
                failed: f64::from(u8::from(attempt == b'x')),
                accepted: f64::from(u8::from(attempt == b'.')),
            })
            .collect();
        let threshold = threshold(items.len() * RATES_SCANNED, 0.02, 1.0);
        let found = scan(&items, || items.clone(), threshold).segments;
        let spans: Vec<_> = found.iter().map(|s| (s.start, s.end)).collect();
        assert_eq!(spans, expected);
    }

    #[test]
    fn a_run_of_failures_is_found_to_the_item() {
        let attempts = format!("{}{}{}", ".".repeat(300), "x".repeat(8), ".".repeat(300));
        check(&attempts, &[(300, 308)]);
    }

    #[test]
    fn two_runs_are_two_segments() {
        let quiet = ".".repeat(200);
        let attempts = format!("{quiet}{0}{quiet}{0}{quiet}", "x".repeat(10));
        check(&attempts, &[(200, 210), (410, 420)]);
    }

    #[test]
    fn a_few_scattered_failures_are_normal() {
        check(&"...............................x..".repeat(30), &[]);
    }

    #[test]
    fn a_high_but_steady_level_is_normal() {
        check(&"x..x.".repeat(100), &[]);
    }

    #[test]
    fn an_outage_that_fills_most_of_the_data_is_found() {
        let attempts = format!(
            "{}{}{}",
            ".".repeat(300),
            "x".repeat(1_400),
            ".".repeat(300)
        );
        check(&attempts, &[(300, 1_700)]);
    }

    #[test]
    fn an_outage_that_fills_half_of_little_data_is_found() {
        check(&format!("{}{}", ".".repeat(9), "x".repeat(7)), &[(9, 16)]);
    }

    #[test]
    fn bursts_all_the_time_are_normal() {
        check(&format!("{}xxx", ".".repeat(22)).repeat(60), &[]);
    }

    #[test]
    fn failures_all_the_time_are_normal() {
        check(&"x".repeat(400), &[]);
    }

    #[test]
    fn two_failures_of_a_quiet_client_are_not_enough() {
        check(&format!("{}xx{}", ".".repeat(100), ".".repeat(100)), &[]);
    }
}
