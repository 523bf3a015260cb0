//! Seeded randomness, two kinds of it. [`Chance`] is a stream, for drawing an account. [`luck`]
//! belongs to one request of one plan, whatever else happens: an account that is run again without
//! a change has the same luck.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::model::Millis;

/// A stream of random numbers.
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of a label.
    pub fn new(label: &str) -> Self {
        Self(ChaCha8Rng::seed_from_u64(hash(label.as_bytes())))
    }

    /// From 0 until before 1.
    pub fn unit(&mut self) -> f64 {
        self.0.random()
    }

    pub fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// From `low` until before `high`.
    pub fn real(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// From `low` to `high`, both included.
    pub fn whole(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high.max(low))
    }

    /// Evenly by its logarithm: 1 to 10 is as likely as 10 to 100.
    pub fn by_magnitude(&mut self, low: f64, high: f64) -> f64 {
        self.real(low.ln(), high.ln()).exp()
    }

    /// A normal number.
    pub fn normal(&mut self) -> f64 {
        let (a, b) = (1.0 - self.unit(), self.unit());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }

    /// A wait, exponentially distributed.
    pub fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// A gamma number of mean 1 with this shape: the smaller, the more clumped. Marsaglia and Tsang.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * (shape + 1.0) * (1.0 - self.unit()).powf(1.0 / shape)
                / shape;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.unit()).ln() < 0.5 * x * x + d * (1.0 - v + v.ln()) {
                return d * v / shape;
            }
        }
    }

    /// A count with this mean.
    pub fn poisson(&mut self, mean: f64) -> u32 {
        if mean > 50.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as u32;
        }
        let (mut count, mut product) = (0, self.unit());
        while product > (-mean).exp() {
            count += 1;
            product *= self.unit();
        }
        count
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.whole(0, from.len() as i64 - 1) as usize]
    }

    /// A place among weights.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (place, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return place;
            }
        }
        weights.len() - 1
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for place in (1..list.len()).rev() {
            list.swap(place, self.whole(0, place as i64) as usize);
        }
    }

    /// So many letters of an alphabet.
    pub fn letters(&mut self, alphabet: &str, length: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| *self.pick(&alphabet)).collect()
    }

    /// A UUID, version 4.
    pub fn uuid(&mut self) -> String {
        uuid(self.0.random())
    }

    /// A time between two others.
    pub fn time(&mut self, from: Millis, until: Millis) -> Millis {
        self.whole(from, (until - 1).max(from))
    }
}

/// A number from 0 until before 1 that belongs to these numbers alone.
pub fn luck(seed: u64, numbers: &[u64]) -> f64 {
    (bits(seed, numbers) >> 11) as f64 / (1u64 << 53) as f64
}

/// An id that belongs to these numbers alone.
pub fn id(seed: u64, numbers: &[u64]) -> String {
    let low = bits(seed, numbers);
    uuid(u128::from(bits(low, numbers)) << 64 | u128::from(low))
}

/// The numbers mixed: splitmix64.
pub fn bits(seed: u64, numbers: &[u64]) -> u64 {
    numbers.iter().fold(seed, |state, number| {
        let mut z = state
            .wrapping_add(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(number.wrapping_mul(0xd134_2543_de82_ef95));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn uuid(bits: u128) -> String {
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
