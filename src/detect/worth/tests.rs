//! What a day of made-up callers is worth.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::{
    detect::{Config, detect},
    frame::{Bounds, Fold, Frames},
    record::{Located, Outcome, Record, Request, SourceKind},
};

const DAY: i64 = 86_400;

/// A caller that asks from one second of the day to another, every so many seconds.
struct Asks {
    client: &'static str,
    caller: u32,
    from: i64,
    to: i64,
    every: i64,
    /// From one second to another it fails.
    fails: (i64, i64),
}

/// All day, every two minutes, and fails in that time.
fn usual(caller: u32, fails: (i64, i64)) -> Asks {
    Asks {
        client: "job",
        caller,
        from: i64::from(caller),
        to: DAY,
        every: 120,
        fails,
    }
}

fn request<'a>(client: &'a str, ip: &'a str, second: i64, failed: bool) -> Request<'a> {
    let start: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().expect("a time");
    Request {
        time: start + TimeDelta::seconds(second),
        source: SourceKind::Trail,
        account: Some("111122223333".into()),
        region: Some("eu-west-1".into()),
        user_pool: Some("eu-west-1_EXAMPLE".into()),
        client: Some(client.into()),
        endpoint: "token".into(),
        grant: Some("client_credentials".into()),
        outcome: match failed {
            true => Outcome::Failed("invalid_client".into()),
            false => Outcome::Ok,
        },
        source_ip: Some(ip.into()),
        ..Request::default()
    }
}

fn frames(all: &[Asks]) -> Frames {
    let mut fold = Fold::new(Bounds::default());
    fold.begin("made.log");
    for asks in all {
        let ip = format!("192.0.2.{}", asks.caller);
        let mut second = asks.from;
        while second < asks.to {
            let failed = (asks.fails.0..asks.fails.1).contains(&second);
            fold.take(Ok(Located {
                offset: 0,
                raw: format!("{} {ip} {second}", asks.client).as_bytes(),
                record: Record::Request(request(asks.client, &ip, second, failed)),
            }));
            second += asks.every;
        }
    }
    fold.finish(&[])
}

/// What is found of such a day: severity, callers that fail, those of them that are known.
#[track_caller]
fn check(all: &[Asks], expected: &[(Severity, usize, usize)]) {
    let frames = frames(all);
    let ground =
        Ground::new(&frames.cells, &frames.coverage, frames.window).with_callers(&frames.callers);
    let found = detect(&ground, &Config::default());
    let found = found.iter().map(|incident| {
        let affected = &incident.affected;
        (incident.severity, affected.callers, affected.known_callers)
    });
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

const NEVER: (i64, i64) = (0, 0);
/// From ten to half past.
const HALF_AN_HOUR: (i64, i64) = (36_000, 37_800);

#[test]
fn several_callers_that_fail_for_long_deserve_a_page() {
    let all: Vec<Asks> = (1..5).map(|caller| usual(caller, HALF_AN_HOUR)).collect();
    check(&all, &[(Severity::Page, 4, 4)]);
}

#[test]
fn the_only_caller_that_fails_for_long_deserves_a_page() {
    check(&[usual(1, HALF_AN_HOUR)], &[(Severity::Page, 1, 1)]);
}

#[test]
fn what_heals_by_itself_within_seconds_is_a_blip() {
    let hasty = Asks {
        client: "job",
        caller: 1,
        from: 0,
        to: DAY,
        every: 3,
        fails: (36_000, 36_030),
    };
    check(&[hasty], &[(Severity::Blip, 1, 1)]);
}

#[test]
fn one_caller_of_several_is_a_blip() {
    let mut all: Vec<Asks> = (1..5).map(|caller| usual(caller, NEVER)).collect();
    all[0].fails = HALF_AN_HOUR;
    all[0].every = 60;
    check(&all, &[(Severity::Blip, 1, 1)]);
}

/// Every ten seconds from one hour to another.
fn working(client: &'static str, from: i64, to: i64) -> Asks {
    Asks {
        client,
        caller: 1,
        from: 3_600 * from,
        to: 3_600 * to,
        every: 10,
        fails: NEVER,
    }
}

#[test]
fn a_machine_that_stops_after_half_a_day_deserves_a_page() {
    let all = [working("other", 0, 24), working("job", 0, 12)];
    check(&all, &[(Severity::Page, 0, 0)]);
}

#[test]
fn a_machine_that_works_in_batches_may_stop() {
    let batches = [(0, 4), (8, 12), (16, 20)];
    let mut all = vec![working("other", 0, 24)];
    all.extend(batches.map(|(from, to)| working("job", from, to)));
    check(&all, &[(Severity::Blip, 0, 0); 3]);
}

#[test]
fn what_moves_to_a_new_client_is_not_missing() {
    let all = [
        working("other", 0, 24),
        working("job", 0, 12),
        working("job-v2", 12, 24),
    ];
    check(&all, &[(Severity::Blip, 0, 0)]);
}
