//! What outages are looked for in, laid out once.

use std::{cell::OnceCell, ops::Range, rc::Rc};

use chrono::{DateTime, Utc};

use super::{
    absence::Pulse,
    known::Known,
    series::{self, Series},
    unit::{self, Unit},
};
use crate::{
    frame::{Cells, CoverageRow, Owner, callers::CallerRow},
    window::Window,
};

/// All attempts, and what is known of the logs they stand in.
pub struct Ground<'a> {
    /// All attempts.
    pub cells: &'a Cells,
    /// What was looked at: tells a silence from a gap in the logs.
    pub coverage: &'a [CoverageRow],
    /// Bounds of the requests, as far as some log tells of them; rows before it say what is normal.
    pub window: Window,
    /// The traffic of each app client.
    pub units: Vec<Rc<Unit<'a>>>,
    known: Known,
    /// Of each owner.
    series: Vec<OnceCell<Vec<Series>>>,
    pulse: OnceCell<Pulse>,
}

impl<'a> Ground<'a> {
    /// Lays out who asked what.
    pub fn new(cells: &'a Cells, coverage: &'a [CoverageRow], window: Window) -> Self {
        Self {
            cells,
            coverage,
            window: Window {
                end: told_until(cells, coverage).map_or(window.end, |told| told.min(window.end)),
                ..window
            },
            units: unit::units(cells),
            known: Known::default(),
            series: vec![OnceCell::new(); cells.owners.len()],
            pulse: OnceCell::new(),
        }
    }

    /// The same where it is known what came of each caller's requests.
    pub fn with_callers(self, callers: &[CallerRow]) -> Self {
        let known = Known::new(self.cells, callers);
        Self { known, ..self }
    }

    /// What came of each caller's requests.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// The series of the owner at that place.
    pub fn series(&self, owner: usize) -> &[Series] {
        let told = self.series.get(owner).zip(self.cells.owners.get(owner));
        told.map_or(&[], |(series, owner)| {
            series.get_or_init(|| series::of_owner(self.cells, owner))
        })
    }

    /// The places of some owners that stand together.
    pub fn places(&self, owners: &[Owner]) -> Range<usize> {
        let first = owners.first().map_or(0, |owner| owner.keys.start);
        let all = &self.cells.owners;
        let start = all.partition_point(|owner| owner.keys.start < first);
        start..(start + owners.len()).min(all.len())
    }

    /// From the first attempt to the last, or the end of the window.
    pub fn span(&self) -> (i64, i64) {
        let firsts = self.cells.owners.iter();
        let first = firsts.filter_map(|owner| Some(self.cells.of(owner).first()?.first));
        (first.min().unwrap_or_else(|| self.end()), self.end())
    }

    /// How fast time passes for everybody.
    pub(super) fn pulse(&self) -> &Pulse {
        self.pulse.get_or_init(|| Pulse::new(self.cells))
    }

    /// The end of the window in microseconds.
    pub(super) fn end(&self) -> i64 {
        self.window.end.timestamp_micros()
    }
}

/// Up to when some log or request tells of anything, where it is known which logs were read.
fn told_until(cells: &Cells, coverage: &[CoverageRow]) -> Option<DateTime<Utc>> {
    let logged = coverage.iter().map(|row| row.to).max()?;
    let asked = cells.rows.iter().map(|row| row.last).max();
    Some(logged.max(asked.and_then(DateTime::from_timestamp_micros)?))
}
