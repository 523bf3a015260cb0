//! How many requests the app clients of an account send.

use super::super::{
    chance::Chance,
    model::{DAY, Window},
};

const LEAST: f64 = 20.0;
const MOST: f64 = 100_000.0;
/// Requests a day of the median account whose logs cover one day. The mean over all accounts is
/// then near 17,000 requests within the logs.
const MEDIAN: f64 = 9_200.0;
/// Spread of accounts, and of app clients within one, by their logarithm.
const OF_ACCOUNTS: f64 = 1.15;
const OF_CLIENTS: f64 = 1.3;
/// Who looks at little time looks at busy accounts, rather.
const SHORTER_IS_BUSIER: f64 = 0.35;
/// No account has more requests than this within its logs, load tests left aside.
const AT_ONCE: f64 = 450_000.0;

/// Attempts a day of so many app clients.
pub fn per_day(clients: usize, window: Window, chance: &mut Chance) -> Vec<f64> {
    let days = window.length() as f64 / DAY as f64;
    let typical = MEDIAN.ln() - SHORTER_IS_BUSIER * days.ln();
    let total = (typical + OF_ACCOUNTS * chance.normal()).exp();
    let total = total.min(AT_ONCE / days);
    let weights: Vec<f64> = (0..clients)
        .map(|_| (OF_CLIENTS * chance.normal()).exp())
        .collect();
    let all: f64 = weights.iter().sum();
    weights
        .iter()
        .map(|weight| (total * weight / all).clamp(LEAST, MOST))
        .collect()
}
