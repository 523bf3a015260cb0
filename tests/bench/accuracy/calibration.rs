//! Whether probabilities are true, and how sure a share is.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::judge::Claim;

const BINS: usize = 10;
/// Probabilities are taken to be this far from none and from one.
const LEAST: f64 = 1e-6;
/// Weight of the assumption that nothing has to be corrected: keeps the slope finite.
const RIDGE: f64 = 1e-3;

/// The bounds of a share at 95 %, after Wilson.
pub fn wilson(are: usize, of: usize) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let (n, z) = (of as f64, 1.96_f64);
    let share = are as f64 / n;
    let scale = 1.0 + z * z / n;
    let middle = (share + z * z / (2.0 * n)) / scale;
    let half = z / scale * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// The mean distance of what is said from what was, in bins of equal count.
pub fn error(claims: &[Claim]) -> Option<f64> {
    let mut sorted = claims.to_vec();
    sorted.sort_by(|a, b| a.probability.total_cmp(&b.probability));
    let size = sorted.len().div_ceil(BINS).max(1);
    let distances = sorted.chunks(size).map(|bin| {
        let surplus = bin
            .iter()
            .map(|claim| claim.probability - f64::from(claim.right));
        surplus.sum::<f64>().abs()
    });
    (!claims.is_empty()).then(|| distances.sum::<f64>() / claims.len() as f64)
}

/// The error that chance gives to probabilities that are true, in 19 of 20 cases at most.
pub fn error_by_chance(claims: &[Claim]) -> Option<f64> {
    let mut dice = ChaCha8Rng::seed_from_u64(7);
    let draws = (0..200).filter_map(|_| {
        let drawn = claims.iter().map(|claim| Claim {
            right: dice.random_bool(claim.probability.clamp(0.0, 1.0)),
            ..*claim
        });
        error(&drawn.collect::<Vec<_>>())
    });
    let mut errors: Vec<f64> = draws.collect();
    errors.sort_by(f64::total_cmp);
    errors.get(errors.len() * 19 / 20).copied()
}

/// The slope that the log-odds would need, by logistic regression: one if they are true, less if
/// they are too sure.
pub fn slope(claims: &[Claim]) -> Option<f64> {
    let has = |right| claims.iter().any(|claim| claim.right == right);
    if !(has(true) && has(false)) {
        return None;
    }
    let (mut shift, mut slope) = (0.0_f64, 1.0_f64);
    for _ in 0..50 {
        // Gradient and curvature of the log-likelihood.
        let (mut g0, mut g1) = (-RIDGE * shift, -RIDGE * (slope - 1.0));
        let (mut h00, mut h01, mut h11) = (RIDGE, 0.0, RIDGE);
        for claim in claims {
            let odds = log_odds(claim.probability);
            let expected = 1.0 / (1.0 + (-shift - slope * odds).exp());
            let miss = f64::from(claim.right) - expected;
            let spread = expected * (1.0 - expected);
            (g0, g1) = (g0 + miss, g1 + miss * odds);
            h00 += spread;
            h01 += spread * odds;
            h11 += spread * odds * odds;
        }
        let scale = h00 * h11 - h01 * h01;
        let (d0, d1) = ((h11 * g0 - h01 * g1) / scale, (h00 * g1 - h01 * g0) / scale);
        // No step goes too far: the curvature holds near by alone.
        shift += d0.clamp(-2.0, 2.0);
        slope += d1.clamp(-1.0, 1.0);
        if d0.abs() + d1.abs() < 1e-9 {
            break;
        }
    }
    Some(slope)
}

fn log_odds(probability: f64) -> f64 {
    let probability = probability.clamp(LEAST, 1.0 - LEAST);
    (probability / (1.0 - probability)).ln()
}
