//! Who is there and what they want.

use super::{
    chance::Chance,
    model::{Plan, World},
    rates::Rates,
};

/// An account on an ordinary day: who is there, what is set up, and the stretch of time that its
/// logs cover. Nothing has happened yet.
pub fn found(_seed: u64, _kind: &'static str, _rates: Rates, _chance: &mut Chance) -> World {
    todo!()
}

/// What everybody wants from a day before the window until its end, by time.
pub fn plans(_world: &World, _chance: &mut Chance) -> Vec<Plan> {
    todo!()
}
