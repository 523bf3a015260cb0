//! Spells split into what may have one cause.
//!
//! The scan joins what fails a little, succeeds for a while and fails again, and what fails at one step
//! now and at another hours later. Few failures are an outage only while hardly anything succeeds, so
//! each such stretch is judged by itself.

use std::collections::BTreeSet;

use super::{
    series::{Step, times},
    slice::Role,
    spell::Spell,
};
use crate::frame::Cells;

/// Of fewer failures, …
const FEW: usize = 30;
/// … of which a smaller share fails, …
const WHOLLY: f64 = 0.8;
/// … so many successes in a row end a stretch; …
const ENDED_BY: f64 = 4.0;
/// … of others so many as are this surprising (nats) at the share that fails.
const SURPRISING: f64 = 14.0;
/// A stretch of fewer failures, …
const FEWEST: f64 = 3.0;
/// … or of a smaller share of them is nothing by itself.
const LEAST: f64 = 0.02;

/// What fails at other steps only so long after the last failure is something else.
const APART: i64 = 600_000_000;

/// The stretches of a spell that may have one cause, or the spell itself.
pub fn split<'a>(cells: &Cells, spell: Spell<'a>) -> Vec<Spell<'a>> {
    if spell.silence.is_some() {
        return vec![spell];
    }
    let parts = by_step(cells, &spell).into_iter();
    parts.flat_map(|part| by_success(cells, part)).collect()
}

/// Cut where, after a pause, other steps fail than before it.
fn by_step<'a>(cells: &Cells, spell: &Spell<'a>) -> Vec<Spell<'a>> {
    let step = |place: &usize| step(cells, spell.unit.rows[*place].key);
    let time = |place: &usize| spell.unit.rows[*place].first;
    let close = |a: &usize, b: &usize| time(b) - time(a) <= APART;
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for rows in spell.rows.chunk_by(close) {
        let steps: BTreeSet<_> = rows.iter().map(step).collect();
        match parts.last_mut() {
            Some(last) if last.iter().any(|row| steps.contains(&step(row))) => last.extend(rows),
            _ => parts.push(rows.to_vec()),
        }
    }
    parts.iter().map(|rows| part(spell, rows)).collect()
}

fn step(cells: &Cells, key: u32) -> Option<Step> {
    cells.keys.get(key as usize).map(Step::of)
}

/// Some rows of a spell, as one.
fn part<'a>(spell: &Spell<'a>, rows: &[usize]) -> Spell<'a> {
    let time = |place: &usize| spell.unit.rows[*place].first;
    Spell {
        start: rows.first().map_or(spell.start, time),
        end: rows.last().map_or(spell.end, time),
        score: spell.score * rows.len() as f64 / spell.rows.len().max(1) as f64,
        rows: rows.to_vec(),
        ..spell.clone()
    }
}

/// Cut where so many requests succeeded in a row that what failed had ended.
fn by_success<'a>(cells: &Cells, spell: Spell<'a>) -> Vec<Spell<'a>> {
    let accepted = accepted(cells, &spell);
    let succeeded: f64 = accepted.iter().map(|(_, requests)| requests).sum();
    let failed = spell.rows.len() as f64;
    let usual = -(succeeded / (failed + succeeded)).ln();
    let few = spell.rows.len() < FEW && failed < WHOLLY * (failed + succeeded);
    let ended_by = match few {
        true => ENDED_BY,
        false => ENDED_BY.max(SURPRISING / usual),
    };
    let between = |from: i64, to: i64| -> f64 {
        let begin = accepted.partition_point(|(time, _)| *time <= from);
        let inside = accepted[begin..].iter().take_while(|(time, _)| *time < to);
        inside.map(|(_, requests)| requests).sum()
    };
    let time = |place: &usize| spell.unit.rows[*place].first;
    let together = |a: &usize, b: &usize| between(time(a), time(b)) < ended_by;
    let stretches: Vec<&[usize]> = spell.rows.chunk_by(together).collect();
    if stretches.len() == 1 {
        return vec![spell];
    }
    let large = |rows: &&&[usize]| rows.len() as f64 >= f64::max(FEWEST, LEAST * failed);
    if !few && !stretches.iter().all(|rows| large(&rows)) {
        // A few that fail on while the others recover are the end of it.
        return vec![spell];
    }
    let parts = stretches.iter().filter(large);
    let parts: Vec<Spell<'a>> = parts.map(|rows| part(&spell, rows)).collect();
    match parts.is_empty() {
        true => vec![spell],
        false => parts,
    }
}

/// When requests of a spell's slice were accepted during it, and how many at each time. A refused
/// authorize request is told by the error page alone: of those steps an answer is a success.
fn accepted(cells: &Cells, spell: &Spell<'_>) -> Vec<(i64, f64)> {
    let roles = spell.slice.roles(cells, &spell.unit);
    let rows = spell.unit.during(cells, spell.span());
    let steps: BTreeSet<_> = spell
        .failures()
        .filter_map(|row| step(cells, row.key))
        .collect();
    let rows = rows.filter(|(row, key)| match roles.of(row.key) {
        Some(Role::Accepted) => true,
        Some(Role::Answered) => steps.contains(&Step::of(key)),
        _ => false,
    });
    let each = rows.flat_map(|(row, _)| {
        let times: Vec<i64> = times(row).collect();
        let share = row.requests as f64 / times.len() as f64;
        times.into_iter().map(move |time| (time, share))
    });
    let mut each: Vec<(i64, f64)> = each.collect();
    each.sort_by_key(|(time, _)| *time);
    each
}
