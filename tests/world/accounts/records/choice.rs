//! How this account logs where AWS leaves it open: one draw for each question, the same whenever it
//! is asked.

use super::super::{
    chance::{bits, luck},
    model::World,
};

/// Whether something holds in this account, at the rate of this name.
pub fn holds(world: &World, rate: &str) -> bool {
    number(world, rate) < world.rates.of(rate)
}

/// Whether it does here, where the rate is that of parts of the account.
pub fn holds_at(world: &World, rate: &str, part: u64) -> bool {
    luck(world.seed, &[label(rate), part]) < world.rates.of(rate)
}

/// From 0 until before 1, for a question.
pub fn number(world: &World, question: &str) -> f64 {
    luck(world.seed, &[label(question)])
}

/// One of several answers to a question.
pub fn one_of<'a, T>(world: &World, question: &str, from: &'a [T]) -> &'a T {
    of_luck(from, number(world, question))
}

/// The one of a list that a number from 0 until before 1 falls on.
pub fn of_luck<T>(from: &[T], luck: f64) -> &T {
    &from[((from.len() as f64 * luck) as usize).min(from.len() - 1)]
}

/// So many characters of an alphabet that belong to these numbers alone.
pub fn letters(seed: u64, numbers: &[u64], alphabet: &[u8], length: usize) -> String {
    let mut state = bits(seed, numbers);
    let each = (0..length).map(|_| {
        state = bits(state, &[1]);
        char::from(alphabet[(state >> 32) as usize % alphabet.len()])
    });
    each.collect()
}

pub const CAPITALS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub const HEX: &[u8] = b"0123456789abcdef";
pub const SMALL: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// A number for a text: FNV-1a.
pub const fn label(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let (mut hash, mut place) = (0xcbf2_9ce4_8422_2325_u64, 0);
    while place < bytes.len() {
        hash = (hash ^ bytes[place] as u64).wrapping_mul(0x0100_0000_01b3);
        place += 1;
    }
    hash
}
