//! How busy people are over the day.

use super::super::{
    clock::{DAY, HOUR, Second},
    dice::Dice,
};

/// Share of the busiest rate at each full hour; between them it goes straight.
pub type Rhythm = [f64; 24];

pub const SHOPPING: Rhythm = [
    0.15, 0.1, 0.08, 0.06, 0.06, 0.1, 0.25, 0.5, 0.8, 1.0, 1.0, 0.95, 0.95, 0.9, 0.8, 0.8, 0.8,
    0.85, 0.95, 1.0, 0.95, 0.7, 0.45, 0.25,
];
pub const OFFICE: Rhythm = [
    0.05, 0.04, 0.04, 0.04, 0.05, 0.1, 0.4, 0.9, 1.0, 1.0, 1.0, 1.0, 0.95, 0.95, 1.0, 1.0, 1.0,
    1.0, 1.0, 0.7, 0.4, 0.2, 0.1, 0.06,
];
pub const SHIFTS: Rhythm = [
    0.2, 0.15, 0.15, 0.15, 0.2, 0.6, 1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1.0, 0.9, 0.9, 0.9, 0.9,
    0.9, 0.95, 0.95, 1.0, 0.5, 0.3,
];
pub const AROUND_THE_CLOCK: Rhythm = [0.8; 24];

/// Seconds of the day in which somebody comes, at most one a second.
pub fn arrivals(dice: &mut Dice, per_minute: f64, rhythm: &Rhythm) -> Vec<Second> {
    let day = DAY..DAY + 24 * HOUR;
    day.filter(|&time| dice.chance(per_minute / 60.0 * share(rhythm, time)))
        .collect()
}

fn share(rhythm: &Rhythm, time: Second) -> f64 {
    let hour = ((time - DAY) / HOUR) as usize;
    let part = ((time - DAY) % HOUR) as f64 / HOUR as f64;
    rhythm[hour] * (1.0 - part) + rhythm[(hour + 1) % 24] * part
}
