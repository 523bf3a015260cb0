//! Calls on users, one after another: a burst by one actor is one change.
//!
//! One user who is signed out is that user's business; hundreds in a row are a deed like an update of
//! the pool.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::record::Change;

/// A burst has at least so many calls, …
const FEWEST: u64 = 20;
/// … none of which comes later than this after the one before.
const PAUSE: TimeDelta = TimeDelta::seconds(60);

/// Calls of one actor in one minute.
#[derive(Clone, Debug)]
struct Minute {
    /// The first of them stands for all.
    first: Change,
    last: DateTime<Utc>,
    calls: u64,
}

/// Who did what to the users of which pool.
type Deed = (Option<String>, String, Option<String>);

/// All calls on users, by deed and minute.
#[derive(Clone, Debug, Default)]
pub struct OnUsers(BTreeMap<(Deed, i64), Minute>);

impl OnUsers {
    /// Takes a call; one that was refused did nothing.
    pub fn take(&mut self, change: Change) {
        if change.error.is_some() {
            return;
        }
        let actor = change.actor.clone().or_else(|| change.source_ip.clone());
        let deed = (actor, change.name.clone(), change.user_pool.clone());
        let minute = change.time.timestamp().div_euclid(60);
        let at = change.time;
        let minute = self.0.entry((deed, minute)).or_insert_with(|| Minute {
            last: at,
            calls: 0,
            first: change.clone(),
        });
        minute.calls += 1;
        minute.last = minute.last.max(at);
        if (change.time, &change.event_id) < (minute.first.time, &minute.first.event_id) {
            minute.first = change;
        }
    }

    /// The bursts, each as one change.
    pub fn bursts(&self) -> Vec<Change> {
        let mut bursts: Vec<(&Deed, Change, DateTime<Utc>, u64)> = Vec::new();
        for ((deed, _), minute) in &self.0 {
            match bursts.last_mut() {
                Some((same, _, last, calls))
                    if *same == deed && minute.first.time - *last <= PAUSE =>
                {
                    *last = minute.last;
                    *calls += minute.calls;
                }
                _ => bursts.push((deed, minute.first.clone(), minute.last, minute.calls)),
            }
        }
        bursts.retain(|(.., calls)| *calls >= FEWEST);
        let told = bursts.into_iter().map(|(_, first, last, calls)| Change {
            request: Some(
                json!({"userPoolId": first.user_pool, "calls": calls, "lastCall": last})
                    .to_string(),
            ),
            response: None,
            ..first
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(second: i64, actor: &str) -> Change {
        let start: DateTime<Utc> = "2026-03-02T10:00:00Z".parse().expect("a time");
        Change {
            time: start + TimeDelta::seconds(second),
            event_id: format!("{actor}-{second:05}"),
            name: "AdminUserGlobalSignOut".to_owned(),
            service: "cognito-idp.amazonaws.com".to_owned(),
            user_pool: Some("eu-west-1_EXAMPLE".to_owned()),
            actor: Some(actor.to_owned()),
            ..Change::default()
        }
    }

    fn bursts(calls: impl IntoIterator<Item = Change>) -> Vec<(String, i64)> {
        let mut on_users = OnUsers::default();
        calls.into_iter().for_each(|call| on_users.take(call));
        let told = on_users.bursts().into_iter().map(|burst| {
            let request: serde_json::Value =
                serde_json::from_str(&burst.request.expect("a request")).expect("JSON");
            (burst.event_id, request["calls"].as_i64().expect("a count"))
        });
        told.collect()
    }

    #[test]
    fn a_burst_is_one_change_and_single_calls_are_none() {
        let burst = (0..300).rev().map(|number| call(3 * number, "admin"));
        let single = (0..19).map(|number| call(5 * number, "help desk"));
        let expected = vec![("admin-00000".to_owned(), 300)];
        assert_eq!(bursts(burst.chain(single)), expected);
    }

    #[test]
    fn a_pause_ends_a_burst() {
        let two = (0..25).chain(400..430).map(|second| call(second, "admin"));
        let expected = [("admin-00000", 25), ("admin-00400", 30)];
        assert_eq!(
            bursts(two),
            expected.map(|(id, calls)| (id.to_owned(), calls))
        );
    }

    #[test]
    fn what_was_refused_is_not_counted() {
        let refused = (0..50).map(|second| Change {
            error: Some("AccessDeniedException".to_owned()),
            ..call(second, "admin")
        });
        assert!(bursts(refused).is_empty());
    }
}
