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
    /// Token requests and sign-ins.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// … by outcome: an OAuth code, an exception, `http_400`.
    pub errors: BTreeMap<String, u64>,
    /// Authorize requests that were refused, by outcome; of those that were not, no log tells how
    /// they ended.
    pub authorize_errors: BTreeMap<String, u64>,
    /// All of them over time.
    pub timeline: Timeline,
}

impl Health {
    /// Share of the token requests and sign-ins that succeeded; `None` where there are none.
    pub fn success(&self) -> Option<f64> {
        (self.requests > 0).then(|| 1.0 - self.failed as f64 / self.requests as f64)
    }

    /// Requests of both kinds of which it is known how they ended.
    pub fn all_requests(&self) -> u64 {
        self.requests + self.authorize_errors.values().sum::<u64>()
    }

    /// Failures of both kinds.
    pub fn all_failed(&self) -> u64 {
        self.failed + self.authorize_errors.values().sum::<u64>()
    }

    /// The errors of both kinds.
    pub fn all_errors(&self) -> BTreeMap<String, u64> {
        let mut all = self.errors.clone();
        for (error, count) in &self.authorize_errors {
            *all.entry(error.clone()).or_default() += count;
        }
        all
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
            let order = |health: &Health| (health.all_failed(), health.all_requests());
            (order(b), &a.client).cmp(&(order(a), &b.client))
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
        let rows = rows.filter(|(row, key)| from <= row.last && self.is_decided(key));
        let rows: Vec<(&Cell, &Key)> = rows.collect();
        rows.first()?;
        let (mut requests, mut failed) = (0, 0);
        let (mut errors, mut authorize_errors) = (BTreeMap::new(), BTreeMap::new());
        for (row, key) in &rows {
            let attempts = row.count(from, to);
            let errors = match self.is_page(key) {
                true => &mut authorize_errors,
                false => &mut errors,
            };
            let is_error = self.failed(key);
            if !(is_error && self.is_page(key)) {
                requests += attempts;
                failed += if is_error { attempts } else { 0 };
            }
            if is_error && attempts > 0 {
                let error = self.text(key.outcome).unwrap_or_default();
                *errors.entry(error.to_owned()).or_default() += attempts;
            }
        }
        Some(Health {
            user_pool: self.text(owner.user_pool).map(UserPoolId::new),
            client: self.text(owner.client).map(AppClientId::new),
            requests,
            failed,
            errors,
            authorize_errors,
            timeline: Timeline::new(self, rows.iter().copied(), window, bins),
        })
    }
}
