//! Failures over time, by client, error and grant.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Cells;
use crate::{ids::AppClientId, window::Window};

/// Failures of one kind in one span of time.
#[derive(Clone, Debug, PartialEq)]
pub struct FailureCount {
    /// Start of the span.
    pub start: DateTime<Utc>,
    /// The app client.
    pub client: Option<AppClientId>,
    /// An OAuth error code, an exception name, or `http_400`.
    pub error: String,
    /// OAuth grant or auth flow.
    pub grant: Option<String>,
    /// Failed requests.
    pub failures: u64,
}

impl Cells {
    /// Failures inside `window` per `bin`, client, error and grant, sorted by these.
    pub fn failure_counts(&self, window: Window, bin: TimeDelta) -> Vec<FailureCount> {
        let bin = bin.num_microseconds().unwrap_or(i64::MAX).max(1);
        let mut counted: BTreeMap<(i64, [Option<&str>; 3]), u64> = BTreeMap::new();
        for ((start, key), failures) in self.failures_by_key(window, bin) {
            let key = &self.keys[key as usize];
            let names = [key.client, key.outcome, key.grant].map(|symbol| self.text(symbol));
            *counted.entry((start, names)).or_default() += failures;
        }
        counted
            .into_iter()
            .map(|((start, [client, error, grant]), failures)| FailureCount {
                start: DateTime::from_timestamp_micros(start).unwrap_or_default(),
                client: client.map(AppClientId::new),
                error: error.unwrap_or_default().to_owned(),
                grant: grant.map(str::to_owned),
                failures,
            })
            .collect()
    }

    /// The same by the start of the bin and the number of the key.
    fn failures_by_key(&self, window: Window, bin: i64) -> BTreeMap<(i64, u32), u64> {
        let inside = window.start.timestamp_micros()..window.end.timestamp_micros();
        let failed: Vec<bool> = self.keys.iter().map(|key| self.failed(key)).collect();
        let mut counted = BTreeMap::new();
        for row in &self.rows {
            if failed[row.key as usize] && inside.contains(&row.first) {
                let start = row.first - row.first.rem_euclid(bin);
                *counted.entry((start, row.key)).or_default() += row.requests;
            }
        }
        counted
    }
}
