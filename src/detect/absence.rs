//! Silence where requests were to be expected.
//!
//! A silence is an outage only if requests should have come by the rate before it, over a shorter
//! and a longer time (so that a night that falls slowly is none), and as far as other traffic of
//! the same kind went on meanwhile (so that a quiet day is none). A time in which no log says
//! anything at all is a gap in the logs, not a silence.

use std::rc::Rc;

use super::{
    Config, Ground,
    quiet::has_other_form,
    slice::{Part, Roles, Slice},
    spell::{Spell, threshold},
    unit::Unit,
};
mod logs;
mod others;
mod pause;
mod pulse;
mod rhythm;
mod unfollowed;

pub use logs::{all_is_silent, is_observed};
use others::Others;
pub use pause::may_pause;
use pause::{Enough, Pause};
pub use pulse::Pulse;

/// A slice with fewer attempts has no rate to speak of.
const FEWEST_ATTEMPTS: u64 = 30;
/// A shorter silence is none.
const SHORTEST: i64 = 5 * 60_000_000;
/// The rate just before a silence is trusted this far ahead …
const HORIZON: i64 = 2 * 3_600_000_000;
/// … and this far where no other traffic confirms it.
const ALONE_HORIZON: i64 = 3_600_000_000;
/// How much more evidence a silence needs where no other traffic confirms it, in nats.
const ALONE_PRICE: f64 = 7.0;
/// Numbers of attempts over which the rate before a silence is taken; the least surprised counts.
const RECENT: [u64; 3] = [30, 100, 300];
/// How long before a silence the share of other traffic is measured.
const SHARE_SPAN: i64 = 3 * 3_600_000_000;
/// More burstiness than this is not believed.
const MOST_DISPERSED: f64 = 6.0;

/// The silences of a unit that its failing spells, whose spans are told, do not explain.
pub fn silent<'a>(
    ground: &Ground<'a>,
    unit: &Rc<Unit<'a>>,
    parts: &[Part],
    told: &[(i64, i64)],
    config: &Config,
) -> Vec<Spell<'a>> {
    let whole = unit.client.is_none();
    let parts = parts.iter().take(if whole { 1 } else { parts.len() });
    let parts: Vec<&Part> = parts.filter(|part| part.slice.error.is_none()).collect();
    let threshold = threshold(unit, parts.len(), config);
    let unfollowed = match whole {
        true => Vec::new(),
        false => unfollowed::unfollowed(ground.cells, unit),
    };
    let mut found: Vec<Spell<'a>> = in_parts(ground, unit, &parts, threshold)
        .chain(unfollowed)
        .filter(|spell| !told.iter().any(|other| overlap(spell.span(), *other)))
        .filter(|spell| is_observed(ground.coverage, spell.start, spell.end))
        .filter(|spell| !all_is_silent(ground.cells, unit, spell.start, spell.end))
        .filter(|spell| !has_other_form(ground.cells, spell))
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.slice.cmp(&b.slice)));
    let mut kept: Vec<Spell<'a>> = Vec::new();
    for spell in found {
        if !kept.iter().any(|other| overlap(spell.span(), other.span())) {
            kept.push(spell);
        }
    }
    kept
}

/// A failing spell explains a silence that begins up to ten minutes around it.
fn overlap(a: (i64, i64), b: (i64, i64)) -> bool {
    const MARGIN: i64 = 10 * 60_000_000;
    a.0 <= b.1 + MARGIN && b.0 <= a.1 + MARGIN
}

/// The silences of some slices that reach the threshold.
pub fn in_parts<'a>(
    ground: &Ground<'a>,
    unit: &Rc<Unit<'a>>,
    parts: &[&Part],
    threshold: f64,
) -> impl Iterator<Item = Spell<'a>> {
    let enough = Enough::new(threshold);
    // Nearly all are no surprise at first sight.
    let pauses = pause::surprising(ground, unit, parts, &enough);
    let surprising = parts
        .iter()
        .zip(pauses)
        .filter(|(_, pauses)| !pauses.is_empty());
    surprising.flat_map(move |(part, mut pauses)| {
        let roles = part.slice.roles(ground.cells, unit);
        let others = Others::new(ground, unit, &roles);
        pauses.retain(|pause| others.leave_surprising(pause, &enough));
        match pauses.is_empty() {
            true => Vec::new(),
            false => silences(unit, &part.slice, &roles, &others, &pauses, threshold),
        }
    })
}

/// The pauses of a slice that reach the threshold.
fn silences<'a>(
    unit: &Rc<Unit<'a>>,
    slice: &Slice,
    roles: &Roles,
    others: &Others<'_>,
    pauses: &[Pause],
    threshold: f64,
) -> Vec<Spell<'a>> {
    let times = attempts(unit, roles);
    let dispersion = dispersion(&times);
    let spell = |pause: &Pause| {
        let forecast = forecast(&times, others, pause.start, pause.stop)?;
        let score = forecast.surprise / dispersion;
        (score >= threshold + forecast.price).then(|| Spell {
            unit: Rc::clone(unit),
            slice: slice.clone(),
            start: pause.start,
            end: pause.stop,
            score,
            normal: 0.0,
            rows: Vec::new(),
            silence: Some((
                forecast.requests,
                pause.start + (3.0 * dispersion / forecast.rate) as i64,
            )),
            ended: pause.ended,
        })
    };
    pauses.iter().filter_map(spell).collect()
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
pub fn attempts(unit: &Unit<'_>, roles: &Roles) -> Vec<i64> {
    let mut times = Vec::new();
    for row in unit.rows.iter().filter(|row| roles.of(row.key).is_some()) {
        let steps = row.requests.saturating_sub(1).max(1) as i64;
        let span = row.last - row.first;
        times.extend((0..row.requests as i64).map(|n| row.first + span * n / steps));
    }
    times.sort_unstable();
    times
}

/// What was to be expected between `start` and `stop`, unless too few attempts came before.
fn forecast(times: &[i64], others: &Others<'_>, start: i64, stop: i64) -> Option<Forecast> {
    let before = times.partition_point(|time| *time <= start);
    let pace = others.pace(start, stop);
    let until = stop.min(start + pace.horizon);
    let unpaid = until - start - others.rhythm.paid(times, start, until);
    let ahead = unpaid.max(0) as f64 * pace.share;
    let of_count = |&count: &u64| {
        let first = times.get(before.checked_sub(count as usize + 1)?)?;
        let took = (start - first).max(1) as f64;
        Some(Forecast {
            requests: count as f64 * ahead / took,
            rate: count as f64 / took,
            surprise: surprise(count, ahead, took),
            price: pace.price,
        })
    };
    let forecasts = RECENT.iter().filter_map(of_count);
    forecasts.min_by(|a, b| a.surprise.total_cmp(&b.surprise))
}

/// How surprising it is, in nats, that nothing came in a time `ahead` after `count` attempts in the
/// time that they `took`.
///
/// The chance that none comes is (1 + ahead / took)^-count, and not exp(-count · ahead / took): the
/// rate itself was only measured.
fn surprise(count: u64, ahead: f64, took: f64) -> f64 {
    count as f64 * (ahead / took).ln_1p()
}

/// Squared variation of the waiting times; 1 for independent requests.
fn dispersion(times: &[i64]) -> f64 {
    let mut waits: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    waits.sort_unstable();
    // The longest silences are what is being judged.
    waits.truncate(waits.len() - waits.len() / 50);
    let waits = || waits.iter().map(|wait| *wait as f64);
    let count = waits().len() as f64;
    let mean = waits().sum::<f64>() / count;
    let variance = waits().map(|wait| (wait - mean).powi(2)).sum::<f64>() / count;
    (variance / (mean * mean).max(1.0)).clamp(1.0, MOST_DISPERSED)
}

#[cfg(test)]
mod tests;
