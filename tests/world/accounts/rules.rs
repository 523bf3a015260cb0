//! How requests depend on settings: what AWS documents, what engineers report or assume, and what
//! nobody wrote down.

use super::{
    chance::Chance,
    model::{Estate, Rule},
    rates::Rates,
};

/// The rules that hold in an account.
pub fn of(_estate: &Estate, _rates: &Rates, _chance: &mut Chance) -> Vec<Rule> {
    todo!()
}
