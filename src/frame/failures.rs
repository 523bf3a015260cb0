//! Failures over time, by client, error and grant.

use chrono::{DateTime, TimeDelta, Utc};
use polars::prelude::*;

use super::{Counts, columns::*, counts::failed};
use crate::{
    error::{DuringStage, Result},
    ids::AppClientId,
    window::Window,
};

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

impl Counts {
    /// Failures inside `window` per `bin`, client, error and grant, sorted by these.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn failures(&self, window: Window, bin: TimeDelta) -> Result<Vec<FailureCount>> {
        let stage = "count failures";
        let length = bin.num_microseconds().unwrap_or(i64::MAX).max(1);
        let micros_of = |time: DateTime<Utc>| lit(time.timestamp_micros());
        let first = || col(FIRST).cast(DataType::Int64);
        let counted = self
            .lazy()
            .filter(failed())
            .filter(
                first()
                    .gt_eq(micros_of(window.start))
                    .and(first().lt(micros_of(window.end))),
            )
            .with_column(
                (first() - first() % lit(length))
                    .cast(time_type())
                    .alias(TIME),
            )
            .group_by([col(TIME), col(CLIENT), col(OUTCOME), col(GRANT)])
            .agg([col(REQUESTS).sum()])
            .sort(
                [TIME, CLIENT, OUTCOME, GRANT],
                SortMultipleOptions::default(),
            )
            .collect()
            .during(stage)?;
        let start = micros(&counted, TIME)?;
        let [client, error, grant] = [CLIENT, OUTCOME, GRANT].map(|name| strings(&counted, name));
        let (client, error, grant) = (client?, error?, grant?);
        let failures = counts(&counted, REQUESTS)?;
        Ok((0..counted.height())
            .map(|row| FailureCount {
                start: DateTime::from_timestamp_micros(start[row]).unwrap_or_default(),
                client: client.get(row).map(AppClientId::new),
                error: error.get(row).unwrap_or_default().to_owned(),
                grant: grant.get(row).map(str::to_owned),
                failures: failures[row],
            })
            .collect())
    }
}
