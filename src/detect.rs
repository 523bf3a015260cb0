//! Outages in the counts: spells of failures or of silence that are not normal.
//!
//! Deliberately ignorant of changes: what counts as an outage must not depend on what changed.
//!
//! Failures are found by an exact scan over all intervals of all slices of a client's traffic
//! ([`scan`]), silences by waiting times against what other traffic lets expect ([`absence`]).

use std::rc::Rc;

use spell::Spell;
use unit::Unit;

pub mod absence;
pub mod activity;
mod affected;
pub mod describe;
mod digest;
mod ground;
pub mod incident;
mod known;
pub mod later;
mod level;
mod missing;
pub mod probe;
mod quiet;
pub mod scan;
pub mod series;
pub mod slice;
pub mod spell;
mod split;
pub mod unit;
mod worth;

pub use activity::{Activity, activity};
pub use ground::Ground;
pub use incident::{Affected, EndState, Episode, Incident, Kind, Severity, Stratum};
pub use later::{begin_later, recount};
pub use missing::{Arrivals, Taken};
pub use probe::{Probe, Questions, probe};

/// How careful to be.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// False alarms that are tolerated per app client and week.
    pub false_alarms: f64,
}

impl Default for Config {
    /// One false alarm per client and year.
    fn default() -> Self {
        Self { false_alarms: 0.02 }
    }
}

/// Finds the outages whose end lies in the window, by onset.
pub fn detect(ground: &Ground<'_>, config: &Config) -> Vec<Incident> {
    let cells = ground.cells;
    let mut spells: Vec<Spell<'_>> = Vec::new();
    for unit in &ground.units {
        let parts = unit.parts(cells);
        let failing = spell::failing(cells, unit, &parts, config);
        let told: Vec<_> = failing.iter().map(Spell::span).collect();
        let failing = failing.into_iter();
        spells.extend(failing.flat_map(|spell| split::split(cells, spell)));
        spells.extend(absence::silent(ground, unit, &parts, &told, config));
    }
    // All app clients of a pool may fall silent at once: then they cannot vouch for each other.
    for owners in unit::pools(cells) {
        if !absence::may_pause(ground, owners) {
            continue;
        }
        let unit = Rc::new(Unit::of_pool(cells, owners));
        let told = spells.iter().filter(|spell| spell.is_of(&unit));
        let told: Vec<_> = told.map(Spell::span).collect();
        spells.extend(absence::silent(
            ground,
            &unit,
            &[unit.whole(cells)],
            &told,
            config,
        ));
    }
    let start = ground.window.start.timestamp_micros();
    spells.retain(|spell| spell.end >= start);
    let mut incidents: Vec<Incident> = spell::merge(cells, spells)
        .into_iter()
        .map(|spells| describe::incident(ground, &spells))
        .collect();
    incidents.sort_by(|a, b| (a.onset, &a.id).cmp(&(b.onset, &b.id)));
    incidents
}

#[cfg(test)]
mod tests;
