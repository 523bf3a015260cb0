//! How long tokens live.

use super::super::{
    chance::Chance,
    model::{DAY, HOUR, MINUTE, Millis, Nature},
};

/// A lifetime as the API says it.
#[derive(Clone, Copy)]
pub struct Lifetime {
    pub count: i64,
    pub unit: &'static str,
}

impl Lifetime {
    pub fn millis(self) -> Millis {
        let unit = match self.unit {
            "days" => DAY,
            "hours" => HOUR,
            "minutes" => MINUTE,
            _ => 1_000,
        };
        self.count * unit
    }
}

const fn of(count: i64, unit: &'static str) -> Lifetime {
    Lifetime { count, unit }
}

/// Of refresh tokens.
pub fn refresh(chance: &mut Chance) -> Lifetime {
    let all = [
        of(30, "days"),
        of(1, "days"),
        of(7, "days"),
        of(90, "days"),
        of(365, "days"),
        of(12, "hours"),
        of(600, "minutes"),
    ];
    all[chance.weighted(&[0.45, 0.1, 0.15, 0.1, 0.06, 0.09, 0.05])]
}

/// Of access tokens. Machines that keep them ask for a new one when it ends.
pub fn access(nature: Nature, kept: Option<Millis>, chance: &mut Chance) -> Lifetime {
    if let Some(kept) = kept {
        return of((kept / MINUTE).clamp(5, 1_440), "minutes");
    }
    let all = [
        of(60, "minutes"),
        of(1, "hours"),
        of(15, "minutes"),
        of(30, "minutes"),
        of(5, "minutes"),
        of(8, "hours"),
    ];
    match nature {
        Nature::Machine => all[chance.weighted(&[0.4, 0.3, 0.1, 0.05, 0.05, 0.1])],
        _ => all[chance.weighted(&[0.35, 0.25, 0.15, 0.15, 0.05, 0.05])],
    }
}
