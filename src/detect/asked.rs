//! The outage at a time that the person names: one the scan finds, whole, else one too small for
//! it, since somebody saw it.

use std::rc::Rc;

use super::{
    Config, Ground, Incident, Severity,
    absence::attempts,
    describe, detect, scan,
    slice::items,
    spell::{self, Spell},
    unit::Unit,
};
use crate::{frame::Cells, ids::AppClientId, window::Window};

/// Failures must be this unlike the normal level, in nats, to be what somebody saw: three in a row
/// of a client that rarely fails, not one that came by itself.
const SEEN: f64 = 5.0;
/// A silence must be this many times the usual waiting time.
const LONG_SILENCE: f64 = 6.0;

/// The outages that touch `asked`, of `clients` or (when empty) of all; each from its true onset to
/// its true end. Where the scan finds none, those of the named clients that are too small for it.
pub fn asked(ground: &Ground<'_>, asked: Window, clients: &[AppClientId]) -> Vec<Incident> {
    let (cells, window) = (ground.cells, ground.window);
    let touches = |incident: &Incident| {
        let end = incident.end.unwrap_or(window.end);
        incident.onset < asked.end && asked.start <= end
    };
    let meant = |incident: &Incident| {
        clients.is_empty() || incident.clients.iter().any(|id| clients.contains(id))
    };
    let found = detect(ground, &Config::default());
    let found: Vec<Incident> = found
        .into_iter()
        .filter(|incident| touches(incident) && meant(incident))
        .collect();
    if !found.is_empty() {
        return answered(found);
    }
    let named = |unit: &Unit<'_>| {
        let client = cells.text(unit.client);
        clients.iter().any(|id| Some(id.as_str()) == client)
    };
    let spells = ground
        .units
        .iter()
        .filter(|unit| named(unit))
        .filter_map(|unit| {
            failing(cells, unit, asked).or_else(|| silent(cells, unit, window, asked))
        })
        .collect();
    let mut incidents: Vec<Incident> = spell::merge(cells, spells)
        .iter()
        .map(|spells| describe::incident(ground, spells))
        .collect();
    incidents.sort_by(|a, b| (a.onset, &a.id).cmp(&(b.onset, &b.id)));
    answered(incidents)
}

/// Who asks is answered: where nothing else was found, a blip is what somebody saw.
fn answered(mut found: Vec<Incident>) -> Vec<Incident> {
    if found.iter().all(|one| one.severity == Severity::Blip) {
        found
            .iter_mut()
            .for_each(|one| one.severity = Severity::Page);
    }
    found
}

/// The failures of a unit that stand out most among those that touch `asked`.
fn failing<'a>(cells: &Cells, unit: &Rc<Unit<'a>>, asked: Window) -> Option<Spell<'a>> {
    let (from, to) = (asked.start.timestamp_micros(), asked.end.timestamp_micros());
    let spells = unit.parts(cells).into_iter().flat_map(|part| {
        let slice = part.slice;
        let roles = slice.roles(cells, unit);
        let items = items(unit, &roles, &[]);
        let found = scan::scan(&items, || items.clone(), SEEN);
        let spells = found.segments.iter().filter_map(|segment| {
            let failed = items.get(segment.start..segment.end)?;
            let mut failed = failed.iter().filter(|item| item.failed > 0.0);
            let start = failed.next()?.time;
            let end = failed.next_back().map_or(start, |item| item.time);
            let touches = start < to && from <= end;
            touches.then(|| Spell {
                score: segment.score,
                normal: found.normal,
                ..Spell::failing(unit, slice.clone(), &roles, (start, end))
            })
        });
        spells.collect::<Vec<_>>()
    });
    spells.max_by(|a, b| spell::worth(a).total_cmp(&spell::worth(b)))
}

/// The longest silence of a unit that touches `asked`.
fn silent<'a>(
    cells: &Cells,
    unit: &Rc<Unit<'a>>,
    window: Window,
    asked: Window,
) -> Option<Spell<'a>> {
    let (from, to) = (asked.start.timestamp_micros(), asked.end.timestamp_micros());
    let slices = unit.parts(cells).into_iter().map(|part| part.slice);
    // Requests that fail with one error do not stop: they end.
    let silences = slices
        .filter(|slice| slice.error.is_none())
        .flat_map(|slice| {
            let roles = slice.roles(cells, unit);
            let times = attempts(unit, &roles);
            let end = window.end.timestamp_micros();
            let pauses = times.iter().enumerate().filter_map(|(number, start)| {
                let next = times.get(number + 1).copied();
                let stop = next.unwrap_or(end);
                let before = (start - times.first()?) as f64;
                let usual = before / (number as f64).max(1.0);
                let waits = (stop - start) as f64 / usual.max(1.0);
                let touches = *start < to && from <= stop && number >= 3;
                (touches && waits >= LONG_SILENCE).then(|| Spell {
                    silence: Some((waits, start + (3.0 * usual) as i64)),
                    ended: next.is_some(),
                    score: waits,
                    rows: Vec::new(),
                    ..Spell::failing(unit, slice.clone(), &roles, (*start, stop))
                })
            });
            pauses.collect::<Vec<_>>()
        });
    silences.max_by(|a, b| spell::worth(a).total_cmp(&spell::worth(b)))
}
