//! Seeded randomness: one stream for each part of the world, so that changing one part leaves the
//! others as they were.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream that belongs to `label`.
    pub fn new(label: &str) -> Self {
        // FNV-1a: any fixed hash would do, std's is not promised to stay the same.
        let seed = label
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.0.random_bool(probability.clamp(0.0, 1.0))
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high)
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.between(0, from.len() as i64 - 1) as usize]
    }

    /// A random UUID, version 4.
    pub fn uuid(&mut self) -> String {
        let bits: u128 = self.0.random();
        let bits = bits & !(0xf << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
        let hex = format!("{bits:032x}");
        [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ]
        .join("-")
    }

    pub fn alphanumeric(&mut self, length: usize) -> String {
        self.letters(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            length,
        )
    }

    /// So many letters of an ASCII alphabet.
    pub fn letters(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(*self.pick(alphabet)))
            .collect()
    }

    /// An address of the three networks kept for documentation.
    pub fn address(&mut self) -> String {
        let network = *self.pick(&["192.0.2", "198.51.100", "203.0.113"]);
        format!("{network}.{}", self.between(1, 254))
    }
}
