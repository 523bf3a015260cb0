//! Traffic of the same rhythm that is not the slice's own.

use super::{
    ALONE_HORIZON, ALONE_PRICE, HORIZON, SHARE_SPAN,
    pause::{Enough, Pause},
    rhythm::Rhythm,
};
use crate::{
    detect::{
        Ground,
        slice::Roles,
        unit::{ByKey, Unit},
    },
    frame::{Cells, Owner},
};

/// Other traffic with fewer attempts before a silence predicts nothing.
const FEWEST_CONTROLS: f64 = 20.0;

/// Accepted requests of the same rhythm, but for those of the slice.
pub struct Others<'g> {
    /// Whose rhythm it is.
    pub rhythm: Rhythm,
    ground: &'g Ground<'g>,
    owners: &'g [Owner],
    own: ByKey<bool>,
}

/// What other traffic says of a time.
pub struct Pace {
    /// How much of its usual requests came, at most all.
    pub share: f64,
    /// How far ahead a rate is trusted.
    pub horizon: i64,
    /// How much more evidence is needed, in nats.
    pub price: f64,
}

impl<'g> Others<'g> {
    pub fn new(ground: &'g Ground<'g>, unit: &Unit<'g>, roles: &Roles) -> Self {
        let cells = ground.cells;
        let rhythm = Rhythm::of_most(cells, unit, roles);
        let own = unit.by_key(cells, |number, key| {
            let alike = !cells.failed(key) && Rhythm::of(cells, key) == rhythm;
            alike && roles.of(number).is_some()
        });
        Self {
            rhythm,
            ground,
            owners: unit.owners,
            own,
        }
    }

    /// How fast time passes between `start` and `stop`, if there is enough of it to say so.
    pub fn pace(&self, start: i64, stop: i64) -> Pace {
        let usual = self.between(start - SHARE_SPAN, start);
        if usual < FEWEST_CONTROLS {
            return Pace {
                share: 1.0,
                horizon: ALONE_HORIZON,
                price: ALONE_PRICE,
            };
        }
        let usual = usual / SHARE_SPAN as f64;
        let came = self.between(start, stop) / (stop - start) as f64;
        Pace {
            share: (came / usual).min(1.0),
            horizon: HORIZON,
            price: 0.0,
        }
    }

    /// Whether a pause may still surprise enough, as far as can be told at a glance.
    pub fn leave_surprising(&self, pause: &Pause, enough: &Enough) -> bool {
        let (start, stop) = (pause.start, pause.stop);
        let about = |from, to| self.ground.pulse().about(self.rhythm, from, to);
        let usual = about(start - SHARE_SPAN, start).0 - self.own(start - SHARE_SPAN, start);
        if usual < FEWEST_CONTROLS {
            return true;
        }
        let came = about(start, stop).1 / (stop - start) as f64;
        let share = (came / (usual / SHARE_SPAN as f64)).min(1.0);
        let ahead = (stop - start).min(HORIZON) as f64 * share;
        pause.may_surprise(ahead * (1.0 + 1e-9), enough)
    }

    fn between(&self, from: i64, to: i64) -> f64 {
        let cells = self.ground.cells;
        let all = self.ground.pulse().between(cells, self.rhythm, from, to);
        all - self.own(from, to)
    }

    /// Its own requests between two times.
    fn own(&self, from: i64, to: i64) -> f64 {
        let own = self.owners.iter();
        own.map(|owner| self.own_between(owner, from, to)).sum()
    }

    fn own_between(&self, owner: &Owner, from: i64, to: i64) -> f64 {
        let cells: &Cells = self.ground.cells;
        let rows = cells.touching(cells.of(owner), from, to).iter();
        let own = rows.filter(|row| *self.own.of(row.key));
        let inside = own.filter(|row| from < row.middle() && row.middle() < to);
        inside.map(|row| row.requests as f64).sum()
    }
}
