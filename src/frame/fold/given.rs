//! Rows that the fold does not make itself: kept in an archive, or counted by a query.

use chrono::DateTime;
use sha2::{Digest, Sha256};

use super::{FailedAttempt, Fold, Kind, MINUTE, Successes, first_half};
use crate::record::{Change, Counted, Outcome, Request, SourceKind};

/// A row of counted failures stands for so many at most: more in a minute tell nothing else.
const MOST_COUNTED: u64 = 100_000;

impl Fold {
    /// Attempts that a query counted: failures become single rows, spread over their span.
    pub(super) fn counted(&mut self, counted: &Counted<'_>) {
        if counted.requests == 0 {
            // The source told of something else then.
            let Request {
                source,
                account,
                region,
                time,
                ..
            } = &counted.request;
            return self.observe(*source, account.as_deref(), region.as_deref(), *time);
        }
        let request = &counted.request;
        let kind = self.kind(request);
        let (first, last) = (
            request.time.timestamp_micros(),
            counted.last.timestamp_micros(),
        );
        if matches!(request.outcome, Outcome::Ok) {
            self.keep_successes(
                kind,
                Successes {
                    requests: counted.requests,
                    callers: counted.callers,
                    first,
                    last,
                },
            );
            return;
        }
        // Nothing else tells them from those of the same row that is read again.
        let row = format!("{}|{last}|{}", first, self.said(&kind));
        for number in 0..counted.requests.min(MOST_COUNTED) {
            let parts = i64::try_from(counted.requests.max(2) - 1).unwrap_or(i64::MAX);
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            let digest = Sha256::digest(format!("{row}|{number}").as_bytes());
            let id: String = first_half(&digest)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            self.keep_failure(FailedAttempt {
                time: first + (last - first) / parts * number,
                kind,
                event_id: id.into(),
                request_id: None,
                principal: None,
                source_ip: None,
                caller: true,
            });
        }
    }

    /// A kind in words.
    fn said(&self, kind: &Kind) -> String {
        let parts = kind.key.parts();
        let texts = parts.map(|part| part.map_or("", |symbol| self.symbols.text(symbol)));
        texts.join("|")
    }

    /// Takes back a change that was kept.
    pub(in crate::frame) fn keep_change(&mut self, change: Change) {
        if self.bounds.keep_change(change.time) && self.first_sight(&change.event_id) {
            self.changes.push(change);
        }
    }

    /// Takes back a failed attempt that was kept.
    pub(in crate::frame) fn keep_failure(&mut self, attempt: FailedAttempt) {
        let time = DateTime::from_timestamp_micros(attempt.time).unwrap_or_default();
        if self.bounds.keep_request(time) && self.first_sight(&attempt.event_id) {
            if let Some(stream) = attempt.kind.stream {
                self.streams.entry(stream).or_default().failed += 1;
            }
            self.observe_kept(attempt.kind, attempt.time);
            self.failures.push(attempt);
        }
    }

    /// Takes back the successes of one kind in one minute.
    pub(in crate::frame) fn keep_successes(&mut self, kind: Kind, counted: Successes) {
        let time = DateTime::from_timestamp_micros(counted.first).unwrap_or_default();
        if !self.bounds.keep_request(time) {
            return;
        }
        if self.is_told(&kind, time) {
            self.summary.duplicates += counted.requests;
            return;
        }
        if let Some(stream) = kind.stream {
            self.streams.entry(stream).or_default().ok += counted.requests;
        }
        self.observe_kept(kind, counted.first);
        self.observe_kept(kind, counted.last);
        let minute = counted.first - counted.first.rem_euclid(MINUTE);
        let all = self.successes.entry((minute, kind)).or_insert(Successes {
            requests: 0,
            callers: 0,
            ..counted
        });
        all.requests += counted.requests;
        all.callers += counted.callers;
        all.first = all.first.min(counted.first);
        all.last = all.last.max(counted.last);
    }

    fn observe_kept(&mut self, kind: Kind, time: i64) {
        if kind.source == SourceKind::Trail {
            let place = kind.key.account.zip(kind.key.region);
            self.places_here.extend(place);
        }
        let place = (kind.source, kind.key.account, kind.key.region);
        self.coverage.entry(place).or_default().add(time);
    }
}
