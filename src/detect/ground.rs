//! What outages are looked for in, laid out once.

use std::{cell::OnceCell, rc::Rc};

use super::{
    absence::Pulse,
    unit::{self, Unit},
};
use crate::{
    frame::{Cells, CoverageRow},
    window::Window,
};

/// All attempts, and what is known of the logs they stand in.
pub struct Ground<'a> {
    /// All attempts.
    pub cells: &'a Cells,
    /// What was looked at: tells a silence from a gap in the logs.
    pub coverage: &'a [CoverageRow],
    /// Bounds of the requests; rows before it say what is normal.
    pub window: Window,
    /// The traffic of each app client.
    pub units: Vec<Rc<Unit<'a>>>,
    pulse: OnceCell<Pulse>,
}

impl<'a> Ground<'a> {
    /// Lays out who asked what.
    pub fn new(cells: &'a Cells, coverage: &'a [CoverageRow], window: Window) -> Self {
        Self {
            cells,
            coverage,
            window,
            units: unit::units(cells),
            pulse: OnceCell::new(),
        }
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
