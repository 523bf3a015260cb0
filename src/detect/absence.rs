//! Silence where requests were to be expected.
//!
//! A silence is an outage only if requests should have come by the rate before it, over a shorter
//! and a longer time (so that a night that falls slowly is none), and as far as other traffic of
//! the same kind went on meanwhile (so that a quiet day is none). A time in which no log says
//! anything at all is a gap in the logs, not a silence.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{
    Config,
    slice::{Slice, Unit},
    spell::{Spell, threshold},
};
use crate::{
    frame::{Cell, Cells, CoverageRow, Key},
    window::Window,
};

/// A slice with fewer attempts has no rate to speak of.
const FEWEST_ATTEMPTS: usize = 30;
/// A shorter silence is none.
const SHORTEST: i64 = 5 * 60_000_000;
/// The rate just before a silence is trusted this far ahead …
const HORIZON: i64 = 2 * 3_600_000_000;
/// … and this far where no other traffic confirms it.
const ALONE_HORIZON: i64 = 3_600_000_000;
/// How much more evidence a silence needs where no other traffic confirms it, in nats.
const ALONE_PRICE: f64 = 7.0;
/// Numbers of attempts over which the rate before a silence is taken; the least surprised counts.
const RECENT: [usize; 3] = [30, 100, 300];
/// Other traffic with fewer attempts before a silence predicts nothing.
const FEWEST_CONTROLS: f64 = 20.0;
/// So many requests of others do not all stay away by chance.
const MANY: f64 = 5.0;
/// How long before a silence the share of other traffic is measured.
const SHARE_SPAN: i64 = 3 * 3_600_000_000;
/// Who has just got a token does not need another for as long.
const TOKEN_LIFETIME: i64 = 3_600_000_000;
/// More burstiness than this is not believed.
const MOST_DISPERSED: f64 = 6.0;

/// Who decides when a request comes: traffic of one kind rises and falls together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rhythm {
    /// People who sign in.
    People,
    /// Sessions that refresh.
    Sessions,
    /// Machines.
    Machines,
}

impl Rhythm {
    /// How much of the time from `start` to `stop` is paid for: who has just got a token needs no
    /// other for as long as it lives, so workers that were started together are silent together.
    fn paid(self, times: &[i64], start: i64, stop: i64) -> i64 {
        let held_since = stop - TOKEN_LIFETIME;
        if self == Self::People || held_since >= start {
            return 0;
        }
        let count = |from, to| {
            let until = |bound: i64| times.partition_point(|time| *time <= bound);
            (until(to) - until(from)) as i64
        };
        let first = times.first().copied().unwrap_or(start);
        let lifetimes = (1..=SHARE_SPAN / TOKEN_LIFETIME).map(|n| start - n * TOKEN_LIFETIME);
        let mut given: Vec<i64> = lifetimes
            .map(|end| (end - TOKEN_LIFETIME, end))
            .filter(|(from, _)| *from >= first)
            .map(|(from, end)| count(from, end))
            .collect();
        given.sort_unstable();
        let Some(usual) = given.get(given.len() / 2) else {
            return 0;
        };
        let held = count(held_since, start);
        (held * TOKEN_LIFETIME / (*usual).max(1) - (start - held_since)).max(0)
    }
}

/// The silences of a unit that its failing spells do not explain.
pub fn silent(
    cells: &Cells,
    unit: &Unit,
    failing: &[Spell],
    coverage: &[CoverageRow],
    window: Window,
    config: &Config,
) -> Vec<Spell> {
    let mut slices = unit.slices(cells);
    if unit.client.is_none() {
        slices.truncate(1);
    }
    slices.retain(|slice| slice.error.is_none());
    let threshold = threshold(cells, unit, slices.len(), config);
    let mut found: Vec<Spell> = slices
        .iter()
        .flat_map(|slice| in_slice(cells, unit, slice, window, threshold))
        .filter(|spell| !failing.iter().any(|other| overlap(spell, other)))
        .filter(|spell| is_observed(coverage, spell.start, spell.end))
        .filter(|spell| !all_is_silent(cells, unit, spell.start, spell.end))
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.slice.cmp(&b.slice)));
    let mut kept: Vec<Spell> = Vec::new();
    for spell in found {
        if !kept.iter().any(|other| overlap(&spell, other)) {
            kept.push(spell);
        }
    }
    kept
}

/// Whether some log says anything in that time: what no log saw is a gap in the logs.
pub fn is_observed(coverage: &[CoverageRow], start: i64, end: i64) -> bool {
    let micros = |time: DateTime<Utc>| time.timestamp_micros();
    coverage.iter().any(|row| {
        let seen = micros(row.to).min(end) - micros(row.from).max(start);
        let gaps = row
            .gaps
            .iter()
            .map(|gap| (micros(gap.end).min(end) - micros(gap.start).max(start)).max(0));
        let missed: i64 = gaps.sum();
        (seen - missed) * 2 > end - start
    })
}

/// Whether the logs that tell of the unit tell of nobody else either for half of that time, although
/// they should of many: then it is they that are silent.
pub fn all_is_silent(cells: &Cells, unit: &Unit, start: i64, end: i64) -> bool {
    let sources: BTreeSet<_> = unit.cells(cells).map(|(_, _, key)| key.source).collect();
    let theirs = |row: &&Cell| {
        let key = cells.keys.get(row.key as usize);
        key.is_some_and(|key| {
            let ours = key.user_pool == unit.user_pool
                && (unit.client.is_none() || key.client == unit.client);
            !ours && sources.contains(&key.source)
        })
    };
    let mut heard = vec![start, end];
    let mut before = 0;
    for row in cells.rows.iter().filter(theirs) {
        heard.extend(
            [row.first, row.last]
                .iter()
                .filter(|time| (start..end).contains(time)),
        );
        if (start - SHARE_SPAN..start).contains(&row.first) {
            before += row.requests;
        }
    }
    heard.sort_unstable();
    let gaps = heard.windows(2).map(|pair| pair[1] - pair[0]);
    let longest = gaps.max().unwrap_or(0);
    let expected = before as f64 * longest as f64 / SHARE_SPAN as f64;
    longest * 2 >= end - start && expected >= MANY
}

/// A failing spell explains a silence that begins up to ten minutes around it.
fn overlap(a: &Spell, b: &Spell) -> bool {
    const MARGIN: i64 = 10 * 60_000_000;
    a.start <= b.end + MARGIN && b.start <= a.end + MARGIN
}

/// The silences of a slice that reach the threshold.
pub fn in_slice(
    cells: &Cells,
    unit: &Unit,
    slice: &Slice,
    window: Window,
    threshold: f64,
) -> Vec<Spell> {
    let times = attempts(cells, unit, slice);
    if times.len() < FEWEST_ATTEMPTS {
        return Vec::new();
    }
    let end = window.end.timestamp_micros();
    let gaps = times.windows(2).map(|pair| (pair[0], pair[1], true));
    let last = times.last().map(|last| (*last, end, false));
    let long: Vec<(i64, i64, bool)> = gaps
        .chain(last)
        .filter(|(start, stop, _)| stop - start >= SHORTEST)
        .collect();
    if long.is_empty() {
        return Vec::new();
    }
    let dispersion = dispersion(&times);
    let others = Others::new(cells, unit, slice);
    let spell = |(start, stop, ended): (i64, i64, bool)| {
        let forecast = forecast(&times, &others, start, stop)?;
        let score = forecast.surprise / dispersion;
        (score >= threshold + forecast.price).then(|| Spell {
            unit: unit.clone(),
            slice: slice.clone(),
            start,
            end: stop,
            score,
            normal: 0.0,
            rows: Default::default(),
            silence: Some((
                forecast.requests,
                start + (3.0 * dispersion / forecast.rate) as i64,
            )),
            ended,
        })
    };
    long.into_iter().filter_map(spell).collect()
}

/// What was to be expected of a silence.
struct Forecast {
    /// Attempts.
    requests: f64,
    /// Attempts per microsecond.
    rate: f64,
    /// How surprising it is that none came, in nats.
    surprise: f64,
    /// The price of having no other traffic to compare with, in nats.
    price: f64,
}

/// Times of a slice's attempts; a folded row stands for its attempts evenly spread.
pub fn attempts(cells: &Cells, unit: &Unit, slice: &Slice) -> Vec<i64> {
    let mut times = Vec::new();
    for (_, row, key) in unit.cells(cells) {
        if slice.role(cells, key).is_none() {
            continue;
        }
        let steps = row.requests.saturating_sub(1).max(1) as i64;
        let span = row.last - row.first;
        times.extend((0..row.requests as i64).map(|n| row.first + span * n / steps));
    }
    times.sort_unstable();
    times
}

/// What was to be expected between `start` and `stop`, unless too few attempts came before.
fn forecast(times: &[i64], others: &Others, start: i64, stop: i64) -> Option<Forecast> {
    let before = times.partition_point(|time| *time <= start);
    let (horizon, price) = match others.confirm(start) {
        true => (HORIZON, 0.0),
        false => (ALONE_HORIZON, ALONE_PRICE),
    };
    let until = stop.min(start + horizon);
    let unpaid = until - start - others.rhythm.paid(times, start, until);
    let ahead = unpaid.max(0) as f64 * others.pace(start, stop);
    let of_count = |&count: &usize| {
        let first = times.get(before.checked_sub(count + 1)?)?;
        let took = (start - first).max(1) as f64;
        let count = count as f64;
        Some(Forecast {
            requests: count * ahead / took,
            rate: count / took,
            // The chance that none comes is (1 + ahead / took)^-count, and not
            // exp(-count · ahead / took): the rate itself was only measured.
            surprise: count * (ahead / took).ln_1p(),
            price,
        })
    };
    let forecasts = RECENT.iter().filter_map(of_count);
    forecasts.min_by(|a, b| a.surprise.total_cmp(&b.surprise))
}

/// Squared variation of the waiting times; 1 for independent requests.
fn dispersion(times: &[i64]) -> f64 {
    let mut waits: Vec<f64> = times
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) as f64)
        .collect();
    waits.sort_by(f64::total_cmp);
    // The longest silences are what is being judged.
    waits.truncate(waits.len() - waits.len() / 50);
    let count = waits.len() as f64;
    let mean = waits.iter().sum::<f64>() / count;
    let variance = waits.iter().map(|wait| (wait - mean).powi(2)).sum::<f64>() / count;
    (variance / (mean * mean).max(1.0)).clamp(1.0, MOST_DISPERSED)
}

/// Traffic of the same rhythm that is not the slice's own.
struct Others {
    rhythm: Rhythm,
    alike: Vec<(i64, f64)>,
}

impl Others {
    fn new(cells: &Cells, unit: &Unit, slice: &Slice) -> Self {
        let rhythm = slice_rhythm(cells, unit, slice);
        let own = |key: &Key| {
            key.user_pool == unit.user_pool
                && (unit.client.is_none() || key.client == unit.client)
                && slice.role(cells, key).is_some()
        };
        let mut others = Self {
            rhythm,
            alike: Vec::new(),
        };
        for row in &cells.rows {
            let Some(key) = cells.keys.get(row.key as usize).filter(|key| !own(key)) else {
                continue;
            };
            let middle = row.first + (row.last - row.first) / 2;
            if !cells.failed(key) && key_rhythm(cells, key) == rhythm {
                others.alike.push((middle, row.requests as f64));
            }
        }
        others.alike.sort_by_key(|(time, _)| *time);
        others
    }

    /// Whether there is enough of it to say how time passes.
    fn confirm(&self, start: i64) -> bool {
        self.alike_between(start - SHARE_SPAN, start) >= FEWEST_CONTROLS
    }

    /// How much of its usual traffic comes between, at most all.
    fn pace(&self, start: i64, stop: i64) -> f64 {
        if !self.confirm(start) {
            return 1.0;
        }
        let usual = self.alike_between(start - SHARE_SPAN, start) / SHARE_SPAN as f64;
        let came = self.alike_between(start, stop) / (stop - start) as f64;
        (came / usual).min(1.0)
    }

    fn alike_between(&self, from: i64, to: i64) -> f64 {
        between(&self.alike, from, to)
    }
}

fn between(counted: &[(i64, f64)], from: i64, to: i64) -> f64 {
    let start = counted.partition_point(|(time, _)| *time <= from);
    let end = counted.partition_point(|(time, _)| *time < to);
    let inside = counted.get(start..end.max(start)).unwrap_or_default();
    inside.iter().map(|(_, count)| count).sum()
}

fn slice_rhythm(cells: &Cells, unit: &Unit, slice: &Slice) -> Rhythm {
    let mut counts = [0; 3];
    for (_, row, key) in unit.cells(cells) {
        if slice.role(cells, key).is_some() {
            counts[key_rhythm(cells, key) as usize] += row.requests;
        }
    }
    let rhythms = [Rhythm::People, Rhythm::Sessions, Rhythm::Machines];
    let most = rhythms
        .into_iter()
        .max_by_key(|rhythm| counts[*rhythm as usize]);
    most.unwrap_or(Rhythm::People)
}

fn key_rhythm(cells: &Cells, key: &Key) -> Rhythm {
    match cells.text(key.grant) {
        Some("client_credentials") => Rhythm::Machines,
        Some("refresh_token" | "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN") => Rhythm::Sessions,
        _ => Rhythm::People,
    }
}
