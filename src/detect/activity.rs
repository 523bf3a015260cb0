//! What a span of time held, app client by app client, beside what is usual: for those who ask about
//! a time.

use chrono::DateTime;

use super::Incident;
use crate::{
    frame::{Cells, Health},
    window::Window,
};

/// Requests of one app client in a span, and otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// In the span.
    pub health: Health,
    /// Outside of the span and of outages: all requests, …
    pub usual_requests: u64,
    /// … and those that failed.
    pub usual_failed: u64,
}

/// Fewer failures are never unusual.
const FEWEST: u64 = 3;
/// So many requests at least tell what is usual.
const KNOWN: u64 = 20;
/// The share that fails must be this many times the usual one, …
const TIMES: f64 = 3.0;
/// … and by chance so rare, in nats: about one span in twenty thousand.
const RARE: f64 = 10.0;

impl Activity {
    /// Whether many more fail than usually.
    pub fn is_unusual(&self) -> bool {
        let (failed, requests) = (self.health.all_failed(), self.health.all_requests());
        if failed < FEWEST || self.usual_requests < KNOWN {
            return false;
        }
        let share = failed as f64 / requests as f64;
        let usual = (self.usual_failed as f64 + 0.5) / (self.usual_requests as f64 + 1.0);
        share > TIMES * usual && requests as f64 * divergence(share, usual) > RARE
    }

    /// Share that fails usually; `None` where too little is known.
    pub fn usual_share(&self) -> Option<f64> {
        let known = self.usual_requests >= KNOWN;
        known.then(|| self.usual_failed as f64 / self.usual_requests as f64)
    }
}

/// Kullback–Leibler divergence of two Bernoulli distributions, in nats: times the number of draws,
/// Chernoff's bound on the log of the chance to see such a share.
fn divergence(seen: f64, usual: f64) -> f64 {
    let part = |seen: f64, usual: f64| match seen > 0.0 {
        true => seen * (seen / usual).ln(),
        false => 0.0,
    };
    part(seen, usual) + part(1.0 - seen, 1.0 - usual)
}

/// What each app client asked in `span` of all that was read; outages are no part of what is usual.
pub fn activity(
    cells: &Cells,
    span: Window,
    read: Window,
    incidents: &[&Incident],
) -> Vec<Activity> {
    let beside = |health: Health| {
        let mut apart: Vec<Window> = incidents
            .iter()
            .filter(|incident| is_of(incident, &health))
            .map(|incident| incident.span(read.end))
            .collect();
        apart.push(span);
        let (requests, failed) = outside(cells, &health, &apart);
        Activity {
            usual_requests: requests,
            usual_failed: failed,
            health,
        }
    };
    cells.health(span, 1).into_iter().map(beside).collect()
}

fn is_of(incident: &Incident, health: &Health) -> bool {
    let client = health.client.as_ref();
    client.is_some_and(|client| incident.clients.contains(client))
}

/// Requests of an app client that begin outside of some windows, and those that failed.
fn outside(cells: &Cells, health: &Health, windows: &[Window]) -> (u64, u64) {
    let client = health.client.as_ref().map(|id| id.as_str());
    let pool = health.user_pool.as_ref().map(|id| id.as_str());
    let owners = cells.owners_of(client);
    let owners = owners.filter(|owner| cells.text(owner.user_pool) == pool);
    let (mut requests, mut failed) = (0, 0);
    for (row, key) in owners.flat_map(|owner| cells.with_keys(cells.of(owner))) {
        let begun = DateTime::from_timestamp_micros(row.first).unwrap_or_default();
        let apart = windows.iter().any(|window| window.contains(begun));
        if !apart && cells.is_decided(key) {
            requests += row.requests;
            failed += if cells.failed(key) { row.requests } else { 0 };
        }
    }
    (requests, failed)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::frame::fixture::{Made, frames, start};

    /// What one app client asked in ten minutes of which so many requests failed, after three hours
    /// in which two a minute came and every fiftieth failed.
    fn after_three_hours(failed: i64, succeeded: u64) -> Activity {
        let usual = (0..180).map(|minute| (minute, 1, 50, 0, 0, 2, false));
        let some = (0..180)
            .step_by(25)
            .map(|minute| (minute, 7, 7, 0, 0, 1, true));
        let span = (180..190).map(|minute| (minute, 1, 50, 0, 0, succeeded / 10, false));
        let span = span.filter(|_| succeeded > 0);
        let failures = (0..failed).map(|number| (180 + number / 6, number % 60, 0, 0, 0, 1, true));
        let made: Vec<Made> = usual.chain(some).chain(span).chain(failures).collect();
        let frames = frames(&made);
        let from = start() + TimeDelta::minutes(180);
        let span = Window {
            start: from,
            end: from + TimeDelta::minutes(10),
        };
        let mut found = activity(&frames.cells, span, frames.window, &[]);
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    #[test]
    fn a_share_that_fails_is_unusual_only_beside_what_is_usual() {
        for (failed, succeeded, expected) in [
            (0, 20, false),
            (1, 0, false),
            (1, 20, false),
            (2, 20, false),
            (3, 20, false),
            (4, 0, true),
            (10, 10, true),
            (20, 100, true),
        ] {
            let found = after_three_hours(failed, succeeded);
            assert_eq!(found.health.all_failed(), failed as u64);
            assert_eq!(found.health.all_requests(), failed as u64 + succeeded);
            assert_eq!((found.usual_requests, found.usual_failed), (368, 8));
            assert_eq!(found.is_unusual(), expected, "{failed} beside {succeeded}");
        }
    }

    #[test]
    fn where_nothing_is_known_nothing_is_unusual() {
        let made: Vec<Made> = (0..9).map(|minute| (minute, 1, 1, 0, 0, 1, true)).collect();
        let frames = frames(&made);
        let found = activity(&frames.cells, frames.window, frames.window, &[]);
        assert_eq!(found[0].usual_share(), None);
        assert!(!found[0].is_unusual());
    }
}
