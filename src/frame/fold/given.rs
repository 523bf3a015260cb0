//! Rows that the fold does not gather itself: kept in an archive, or counted by a query.

use chrono::DateTime;

use super::{EventKey, FailedAttempt, Fold, Kind, KindNumber, Successes, Symbol, Visit};
use crate::{
    frame::callers::{ByCaller, Met},
    record::{Change, SourceKind},
};

impl Fold {
    /// Takes back a change that was kept.
    pub(in crate::frame) fn keep_change(&mut self, change: Change) {
        let event = EventKey::new(&change.event_id);
        if self.bounds.keep_change(change.time)
            && self.first_sight(event, change.time.timestamp_micros())
        {
            self.changes.push(change);
        }
    }

    /// Takes back a failed attempt that was kept.
    pub(in crate::frame) fn keep_failure(&mut self, attempt: FailedAttempt) {
        let time = DateTime::from_timestamp_micros(attempt.time).unwrap_or_default();
        let event = EventKey::new(&attempt.event_id);
        if self.bounds.keep_request(time) && self.first_sight(event, attempt.time) {
            if let Some(stream) = attempt.kind.stream {
                self.streams.entry(stream).or_default().failed += 1;
            }
            self.observe_kept(attempt.kind, attempt.time);
            let number = self.kinds.number(attempt.kind);
            let of = |symbol: Option<Symbol>| symbol.map(|symbol| self.symbols.text(symbol));
            let mut met = Met::default();
            let caller = met.number(of(attempt.source_ip), of(attempt.agent));
            self.callers.meet(met.new_ones());
            if let Some(caller) = caller {
                let request = ByCaller {
                    number,
                    kind: &attempt.kind,
                    caller,
                };
                self.callers
                    .count(&request, attempt.time, false, &self.symbols);
            }
            let visit = Visit {
                time: attempt.time,
                kind: number,
                event,
                caller,
            };
            self.visits.note(visit, &attempt.kind, &self.symbols);
            self.failures.push(attempt);
        }
    }

    /// Takes back an accepted visit of a page that was kept.
    pub(in crate::frame) fn keep_visit(
        &mut self,
        kind: Kind,
        (event, time): (EventKey, i64),
        address: Option<&str>,
        agent: Option<&str>,
    ) {
        let at = DateTime::from_timestamp_micros(time).unwrap_or_default();
        if self.bounds.keep_request(at) {
            let mut met = Met::default();
            let visit = Visit {
                time,
                kind: self.kinds.number(kind),
                event,
                caller: met.number(address, agent),
            };
            self.callers.meet(met.new_ones());
            self.visits.note(visit, &kind, &self.symbols);
        }
    }

    /// Takes back the successes of one kind in one minute, all of one caller where one is named.
    pub(in crate::frame) fn keep_successes(
        &mut self,
        kind: Kind,
        counted: Successes,
        address: Option<&str>,
        agent: Option<&str>,
    ) {
        let time = DateTime::from_timestamp_micros(counted.first).unwrap_or_default();
        if !self.bounds.keep_request(time) {
            return;
        }
        self.observe_kept(kind, counted.first);
        self.observe_kept(kind, counted.last);
        let number = self.kinds.number(kind);
        let mut met = Met::default();
        let caller = met.number(address, agent);
        if self.count(number, counted)
            && let Some(caller) = caller
        {
            self.callers.meet(met.new_ones());
            let kind = &kind;
            let request = ByCaller {
                number,
                kind,
                caller,
            };
            self.callers
                .count_accepted(&request, &counted, &self.symbols);
        }
    }

    /// Adds successes that were counted elsewhere; false if they are told already.
    pub(super) fn count(&mut self, number: KindNumber, counted: Successes) -> bool {
        let Some(kind) = self.kinds.kind(number) else {
            return false;
        };
        if self.is_told(&kind, counted.first) {
            self.summary.duplicates += counted.requests;
            return false;
        }
        if let Some(stream) = kind.stream {
            self.streams.entry(stream).or_default().ok += counted.requests;
        }
        self.spells.add(number, counted);
        true
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
