//! How each app client fared.

use std::collections::BTreeMap;

use super::{Cell, Cells, Key, Owner, Timeline};
use crate::{
    ids::{AppClientId, UserPoolId},
    window::Window,
};

/// Requests of one app client in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// The user pool.
    pub user_pool: Option<UserPoolId>,
    /// The app client; `None` for requests that name none.
    pub client: Option<AppClientId>,
    /// All attempts.
    pub requests: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Failed attempts by outcome: an OAuth code, an exception, `http_400`.
    pub errors: BTreeMap<String, u64>,
    /// Attempts over time.
    pub timeline: Timeline,
}

impl Health {
    /// Share of the attempts that succeeded.
    pub fn success(&self) -> f64 {
        1.0 - self.failed as f64 / (self.requests as f64).max(1.0)
    }
}

impl Cells {
    /// How each app client fared in `window`, the one with the most failures first; its timeline has
    /// no more than `bins` bins.
    pub fn health(&self, window: Window, bins: usize) -> Vec<Health> {
        let owners = self.owners.iter();
        let fared = owners.filter_map(|owner| self.fared(owner, window, bins));
        let mut health: Vec<Health> = fared.collect();
        health.sort_by(|a, b| {
            (b.failed, b.requests, &a.client).cmp(&(a.failed, a.requests, &b.client))
        });
        health
    }

    /// How an owner fared; `None` where it asked for nothing.
    fn fared(&self, owner: &Owner, window: Window, bins: usize) -> Option<Health> {
        let (from, to) = (
            window.start.timestamp_micros(),
            window.end.timestamp_micros() - 1,
        );
        let rows = self.with_keys(self.touching(self.of(owner), from, to));
        let rows = rows.filter(|(row, key)| from <= row.last && self.tells(key));
        let rows: Vec<(&Cell, &Key)> = rows.collect();
        rows.first()?;
        let (mut requests, mut failed) = (0.0, 0.0);
        let mut errors: BTreeMap<String, f64> = BTreeMap::new();
        for (row, key) in &rows {
            let attempts = row.between(from, to);
            requests += attempts;
            if self.failed(key) {
                failed += attempts;
                let error = self.text(key.outcome).unwrap_or_default();
                *errors.entry(error.to_owned()).or_default() += attempts;
            }
        }
        let whole = |count: f64| count.round() as u64;
        Some(Health {
            user_pool: self.text(owner.user_pool).map(UserPoolId::new),
            client: self.text(owner.client).map(AppClientId::new),
            requests: whole(requests),
            failed: whole(failed),
            errors: errors
                .into_iter()
                .map(|(error, count)| (error, whole(count)))
                .collect(),
            timeline: Timeline::new(self, rows.iter().copied(), window, bins),
        })
    }
}
