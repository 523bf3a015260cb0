//! How each app client fared.

use std::collections::BTreeMap;

use super::{Cell, Cells, Key, Timeline, symbols::Symbol};
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

type Owner = (Option<Symbol>, Option<Symbol>);

impl Cells {
    /// How each app client fared in `window`, the one with the most failures first; its timeline has
    /// no more than `bins` bins.
    pub fn health(&self, window: Window, bins: usize) -> Vec<Health> {
        let (from, to) = (
            window.start.timestamp_micros(),
            window.end.timestamp_micros() - 1,
        );
        let mut owners: BTreeMap<Owner, Vec<(&Cell, &Key)>> = BTreeMap::new();
        for row in &self.rows {
            let Some(key) = self.keys.get(row.key as usize) else {
                continue;
            };
            if row.first <= to && from <= row.last && self.tells(key) {
                let owner = (key.user_pool, key.client);
                owners.entry(owner).or_default().push((row, key));
            }
        }
        let mut health: Vec<Health> = owners
            .into_iter()
            .map(|(owner, rows)| self.fared(owner, &rows, window, bins))
            .collect();
        health.sort_by(|a, b| {
            (b.failed, b.requests, &a.client).cmp(&(a.failed, a.requests, &b.client))
        });
        health
    }

    fn fared(
        &self,
        (pool, client): Owner,
        rows: &[(&Cell, &Key)],
        window: Window,
        bins: usize,
    ) -> Health {
        let (from, to) = (
            window.start.timestamp_micros(),
            window.end.timestamp_micros() - 1,
        );
        let (mut requests, mut failed) = (0.0, 0.0);
        let mut errors: BTreeMap<String, f64> = BTreeMap::new();
        for (row, key) in rows {
            let attempts = row.between(from, to);
            requests += attempts;
            if self.failed(key) {
                failed += attempts;
                let error = self.text(key.outcome).unwrap_or_default();
                *errors.entry(error.to_owned()).or_default() += attempts;
            }
        }
        let whole = |count: f64| count.round() as u64;
        Health {
            user_pool: self.text(pool).map(UserPoolId::new),
            client: self.text(client).map(AppClientId::new),
            requests: whole(requests),
            failed: whole(failed),
            errors: errors
                .into_iter()
                .map(|(error, count)| (error, whole(count)))
                .collect(),
            timeline: Timeline::new(self, rows.iter().copied(), window, bins),
        }
    }
}
