//! Rows that a query has counted.

use chrono::DateTime;
use sha2::{Digest, Sha256};

use super::{FailureRow, Gather, Row};
use crate::{
    frame::{
        event_key::{EventKey, first_half},
        kinds::{Seconds, Successes},
    },
    record::{Counted, Outcome},
};

/// A row of counted failures stands for so many at most: more in a minute tell nothing else.
const MOST_COUNTED: u64 = 100_000;

impl Gather {
    /// Attempts that a query counted: failures become single rows, spread over their span.
    pub(super) fn counted(&mut self, counted: &Counted<'_>) {
        let request = &counted.request;
        let place = (request.account.as_deref(), request.region.as_deref());
        if counted.requests == 0 {
            // The source told of something else then.
            return self.observe(request.source, place, request.time);
        }
        self.batch.summary.events += 1;
        let kind = self.kind(request);
        let first = request.time.timestamp_micros();
        let last = counted.last.timestamp_micros();
        if matches!(request.outcome, Outcome::Ok) {
            if self.bounds.keep_request(request.time) {
                self.observe(request.source, place, request.time);
                self.observe(request.source, place, counted.last);
                let (requests, callers) = (counted.requests, counted.callers);
                let successes = Successes {
                    requests,
                    callers,
                    first,
                    last,
                    seconds: counted
                        .seconds
                        .map_or_else(|| Seconds::between(first, last), Seconds),
                };
                self.batch.rows.push(Row::Counted(kind, successes));
            }
            return;
        }
        // Nothing else tells them from those of the same row that is read again.
        let said = self.kinds.kind(kind).map(|kind| kind.said(&self.symbols));
        let row = format!("{first}|{last}|{}", said.unwrap_or_default());
        for number in 0..counted.requests.min(MOST_COUNTED) {
            let parts = i64::try_from(counted.requests.max(2) - 1).unwrap_or(i64::MAX);
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            let time = first + (last - first) / parts * number;
            let at = DateTime::from_timestamp_micros(time).unwrap_or_default();
            if !self.bounds.keep_request(at) {
                continue;
            }
            self.observe(request.source, place, at);
            let digest = Sha256::digest(format!("{row}|{number}").as_bytes());
            let half = first_half(&digest);
            let event_id: String = half.iter().map(|byte| format!("{byte:02x}")).collect();
            self.batch.rows.push(Row::Failure(Box::new(FailureRow {
                event: EventKey::new(&event_id),
                time,
                kind,
                event_id: event_id.into(),
                request_id: None,
                principal: None,
                source_ip: None,
                agent: None,
                caller: None,
                message: None,
            })));
        }
    }
}
