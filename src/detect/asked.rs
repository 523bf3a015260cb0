//! The spell at a time the person names: no threshold, since somebody saw it.

use std::collections::BTreeSet;

use super::{
    Incident,
    absence::attempts,
    describe, scan,
    slice::{self, Slice, Unit},
    spell::{self, Spell},
};
use crate::{
    frame::{Cells, Failure},
    ids::AppClientId,
    window::Window,
};

/// Where no app client is named, a client's failures must be this unlike its normal level, in
/// nats, to be taken for what the person means.
const NOTEWORTHY: f64 = 3.0;
/// Where no app client is named, a silence must be this many times the usual waiting time.
const LONG_SILENCE: f64 = 10.0;

/// The spells inside `asked`, of `clients` or (when empty) of all.
pub fn asked(
    cells: &Cells,
    failures: &[Failure],
    window: Window,
    asked: Window,
    clients: &[AppClientId],
) -> Vec<Incident> {
    let named = |unit: &Unit| {
        let client = cells.text(unit.client);
        clients.iter().any(|id| Some(id.as_str()) == client)
    };
    let units: Vec<Unit> = slice::units(cells)
        .into_iter()
        .filter(|unit| clients.is_empty() || named(unit))
        .collect();
    let spells = units
        .iter()
        .filter_map(|unit| meant(cells, unit, window, asked, clients.is_empty()))
        .collect();
    let mut incidents: Vec<Incident> = spell::merge(cells, spells)
        .iter()
        .map(|spells| describe::incident(cells, failures, spells, window))
        .collect();
    incidents.sort_by(|a, b| (a.onset, &a.id).cmp(&(b.onset, &b.id)));
    incidents
}

/// What the person means of a unit: its failures or its silence, whichever is less like it.
fn meant(cells: &Cells, unit: &Unit, window: Window, asked: Window, anyone: bool) -> Option<Spell> {
    let (noteworthy, long) = if anyone {
        (NOTEWORTHY, LONG_SILENCE)
    } else {
        (0.0, 0.0)
    };
    let failing = failing(cells, unit, asked, noteworthy);
    let silent = silent(cells, unit, window, asked, long);
    match (failing, silent) {
        (Some(failing), Some(silent)) if silent.score > failing.score => Some(silent),
        (Some(failing), _) => Some(failing),
        (None, silent) => silent,
    }
}

/// The slice of a unit whose failures inside `asked` stand out most.
fn failing(cells: &Cells, unit: &Unit, asked: Window, least: f64) -> Option<Spell> {
    let (from, to) = (asked.start.timestamp_micros(), asked.end.timestamp_micros());
    let spells = unit.slices(cells).into_iter().filter_map(|slice| {
        let items = slice.items(cells, unit, &BTreeSet::new());
        let normal = scan::quiet_rate(&items);
        let inside: Vec<scan::Item> = items
            .into_iter()
            .filter(|item| from <= item.time && item.time < to)
            .collect();
        let segment = scan::best(&inside, normal)?;
        let failed = inside.get(segment.start..segment.end)?;
        let mut failed = failed.iter().filter(|item| item.failed > 0.0);
        let start = failed.next()?.time;
        let end = failed.next_back().map_or(start, |item| item.time);
        Some(Spell::failing(
            cells,
            unit,
            slice,
            (start, end),
            segment.score,
            normal,
        ))
    });
    let best = spells.max_by(|a, b| spell::worth(a).total_cmp(&spell::worth(b)))?;
    (best.score >= least).then_some(best)
}

/// The silence of a unit that covers the start of `asked`.
fn silent(cells: &Cells, unit: &Unit, window: Window, asked: Window, least: f64) -> Option<Spell> {
    let from = asked.start.timestamp_micros();
    let silences = unit.slices(cells).into_iter().filter_map(|slice: Slice| {
        let times = attempts(cells, unit, &slice);
        // A silence may begin anywhere in what was asked for, and lasts beyond its first half.
        let middle = from + (asked.end - asked.start).num_microseconds()? / 2;
        let next = times.partition_point(|time| *time < middle);
        let start = *times.get(next.checked_sub(1)?)?;
        let end = times.get(next).copied();
        let stop = end.unwrap_or(window.end.timestamp_micros());
        let usual = (start - times.first()?) as f64 / (next as f64 - 1.0).max(1.0);
        let waits = (stop - start) as f64 / usual.max(1.0);
        let covers = stop > from && (end.is_some() || waits >= 1.0);
        (covers && waits >= least.max(1.0)).then(|| Spell {
            silence: Some((waits, start + (3.0 * usual) as i64)),
            ended: end.is_some(),
            score: waits,
            ..Spell::failing(cells, unit, slice, (start, stop), waits, 0.0)
        })
    });
    let mut silence = silences.max_by(|a, b| spell::worth(a).total_cmp(&spell::worth(b)))?;
    silence.rows.clear();
    Some(silence)
}
