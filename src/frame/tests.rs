//! Reading to frames as data: one line per attempt in, the counts out.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};
use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{Bounds, Cell, Fold, Frames, Mapping, fixture};
use crate::record::{Located, Outcome, Record, Request, SourceKind};

/// Folds attempts, lines of `time source client|- endpoint outcome [id=…] [request=…] [sub=…]
/// [stream=…]`, and prints the counts as `minute:first..last client endpoint outcome source n/callers`.
#[track_caller]
fn check(attempts: &str, expect: Expect) {
    expect.assert_eq(&rows(&frames(attempts, &[])));
}

fn frames(attempts: &str, mappings: &[Mapping]) -> Frames {
    let mut fold = Fold::new(Bounds::default());
    fold.begin("test.log");
    for line in attempts
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        fold.take(Ok(Located {
            offset: 0,
            raw: line.as_bytes(),
            record: Record::Request(request(line)),
        }));
    }
    fold.finish(mappings)
}

fn request(line: &str) -> Request<'_> {
    let mut words = line.split(' ');
    let mut next = || words.next().expect("five words");
    let (time, source, client, endpoint, outcome) = (next(), next(), next(), next(), next());
    let option = |name: &str| {
        let value = line.split(' ').find_map(|word| word.strip_prefix(name));
        value.map(Cow::Borrowed)
    };
    Request {
        time: at(time),
        source: SourceKind::from_name(source).expect("a source"),
        event_id: option("id="),
        request_id: option("request="),
        account: Some("111122223333".into()),
        region: Some("eu-west-1".into()),
        user_pool: (source == "trail").then_some("eu-west-1_EXAMPLE".into()),
        client: (client != "-").then_some(client.into()),
        domain: None,
        stream: option("stream="),
        endpoint: endpoint.into(),
        grant: Some("client_credentials".into()),
        redirect_uri: None,
        scopes: None,
        identity_provider: None,
        auth_method: None,
        outcome: match outcome {
            "ok" => Outcome::Ok,
            code => Outcome::Failed(code.into()),
        },
        principal: option("sub="),
        source_ip: None,
        ..Request::default()
    }
}

fn at(time: &str) -> DateTime<Utc> {
    format!("2026-03-02T{time}Z").parse().expect("a time")
}

fn rows(frames: &Frames) -> String {
    let cells = &frames.cells;
    let mut rows: Vec<&Cell> = cells.rows.iter().collect();
    rows.sort_by_key(|row| {
        let key = &cells.keys[row.key as usize];
        (row.first, row.last, key.texts(&cells.symbols))
    });
    let clock = |micros| {
        DateTime::from_timestamp_micros(micros)
            .unwrap()
            .format("%H:%M:%S")
    };
    rows.iter()
        .map(|row| {
            let key = cells.keys[row.key as usize];
            let text = |symbol| cells.text(symbol).unwrap_or("-");
            format!(
                "{}..{} {} {} {} {} {}/{}\n",
                clock(row.first),
                clock(row.last),
                text(key.client),
                text(key.endpoint),
                text(key.outcome),
                text(key.source),
                row.requests,
                row.callers
            )
        })
        .collect()
}

#[test]
fn successes_fold_per_minute_and_failures_stay_single() {
    check(
        "10:00:05 trail web token ok id=1
         10:00:50 trail web token ok id=2
         10:00:20 trail web token ok id=3
         10:01:00 trail web token ok id=4
         10:00:30 trail web token http_400 id=5
         10:00:31 trail web token http_400 id=6",
        expect![[r#"
            10:00:05..10:00:50 web token ok trail 3/3
            10:00:30..10:00:30 web token http_400 trail 1/1
            10:00:31..10:00:31 web token http_400 trail 1/1
            10:01:00..10:01:00 web token ok trail 1/1
        "#]],
    );
}

#[test]
fn an_event_met_twice_counts_once() {
    let frames = frames(
        "10:00:05 trail web token ok id=1
         10:00:05 trail web token ok id=1
         10:00:06 trail web token http_400 id=2
         10:00:06 trail web token http_400 id=2",
        &[],
    );
    assert_eq!(frames.summary.duplicates, 2);
    assert_eq!(frames.summary.requests, 2);
}

#[test]
fn equal_lines_without_an_id_are_told_apart_by_their_ordinal() {
    let frames = frames(
        "10:00:05 application web token invalid_client stream=s
         10:00:05 application web token invalid_client stream=s",
        &[],
    );
    assert_eq!((frames.summary.duplicates, frames.summary.requests), (0, 2));
}

#[test]
fn a_known_principal_counts_once_in_five_minutes() {
    check(
        "10:00:05 trail web token ok id=1 sub=a
         10:00:06 trail web token ok id=2 sub=a
         10:00:07 trail web token ok id=3 sub=b
         10:04:07 trail web token http_400 id=4 sub=a
         10:04:08 trail web token http_400 id=5 sub=a
         10:05:08 trail web token http_400 id=6 sub=a",
        expect![[r#"
            10:00:05..10:00:07 web token ok trail 3/2
            10:04:07..10:04:07 web token http_400 trail 1/1
            10:04:08..10:04:08 web token http_400 trail 1/0
            10:05:08..10:05:08 web token http_400 trail 1/1
        "#]],
    );
}

#[test]
fn the_trail_counts_and_the_application_adds_the_code() {
    check(
        "10:00:05 trail web token http_400 id=1
         10:00:06 application web token invalid_client stream=s
         10:07:00 trail web token ok id=2
         10:07:01 application web token ok stream=s",
        expect![[r#"
            10:00:05..10:00:05 web token invalid_client trail 1/1
            10:07:00..10:07:00 web token ok trail 1/1
        "#]],
    );
}

#[test]
fn two_codes_told_for_one_minute_add_none() {
    check(
        "10:00:05 trail web token http_400 id=1
         10:00:06 application web token invalid_client stream=s
         10:00:07 application web token invalid_grant stream=s",
        expect![[r#"
            10:00:05..10:00:05 web token http_400 trail 1/1
        "#]],
    );
}

#[test]
fn a_request_id_joins_what_the_minute_cannot() {
    check(
        "10:00:05 trail web token http_400 id=1 request=r1
         10:00:06 trail web token http_400 id=2 request=r2
         10:00:06 application - token invalid_client stream=s request=r1
         10:00:07 application - token invalid_grant stream=s request=r2",
        expect![[r#"
            10:00:05..10:00:05 web token invalid_client trail 1/1
            10:00:06..10:00:06 web token invalid_grant trail 1/1
        "#]],
    );
}

#[test]
fn a_request_id_of_another_minute_joins_nothing() {
    check(
        "10:00:05 trail web token http_400 id=1 request=r1
         10:30:00 application - token invalid_client stream=s request=r1",
        expect![[r#"
            10:00:05..10:00:05 web token http_400 trail 1/1
            10:30:00..10:30:00 - token invalid_client application 1/1
        "#]],
    );
}

#[test]
fn an_application_alone_counts_its_own_lines() {
    check(
        "10:00:05 trail other token ok id=1
         10:00:05 application web token ok stream=s
         10:00:06 application web token invalid_client stream=s",
        expect![[r#"
            10:00:05..10:00:05 web token ok application 1/1
            10:00:05..10:00:05 other token ok trail 1/1
            10:00:06..10:00:06 web token invalid_client application 1/1
        "#]],
    );
}

#[test]
fn an_authorize_request_and_its_page_of_errors_are_one_attempt() {
    check(
        "10:00:10 trail web authorize ok id=1
         10:00:11 trail web error redirect_mismatch id=2
         10:00:58 trail web authorize ok id=3
         10:00:59 trail web authorize ok id=4
         10:01:00 trail web error redirect_mismatch id=5
         10:01:20 trail web error redirect_mismatch id=6
         10:01:30 trail other authorize ok id=7",
        expect![[r#"
            10:00:10..10:00:59 web authorize ok trail 1/1
            10:00:11..10:00:11 web error redirect_mismatch trail 1/1
            10:01:00..10:01:00 web error redirect_mismatch trail 1/1
            10:01:20..10:01:20 web error redirect_mismatch trail 1/1
            10:01:30..10:01:30 other authorize ok trail 1/1
        "#]],
    );
}

#[test]
fn a_refused_redirect_takes_the_place_of_the_trails_accepted_one() {
    check(
        "10:00:05 trail web authorize ok id=1
         10:00:06 trail web authorize ok id=2
         10:00:06 application web authorize unauthorized_client stream=s",
        expect![[r#"
            10:00:05..10:00:06 web authorize ok trail 1/1
            10:00:06..10:00:06 web authorize unauthorized_client application 1/1
        "#]],
    );
}

#[test]
fn a_stream_that_names_one_client_ties_its_lines() {
    let frames = frames(
        "10:00:05 application web token ok stream=s
         10:20:06 application - token invalid_client stream=s",
        &[],
    );
    assert_eq!(
        frames.summary.ties.into_iter().collect::<Vec<_>>(),
        [("by the only client its log stream names", 1)]
    );
}

#[test]
fn a_stream_that_names_two_clients_ties_nothing() {
    let frames = frames(
        "10:00:05 application web token ok stream=s
         10:00:05 application api token ok stream=s
         10:20:06 application - token invalid_client stream=s",
        &[],
    );
    assert!(frames.summary.ties.is_empty());
    assert_eq!(frames.summary.untied, 1);
}

#[test]
fn a_mapping_ties_what_no_log_says() {
    let mapping = Mapping {
        log: "/ecs/web".to_owned(),
        client: "web".to_owned(),
    };
    let frames = frames(
        "10:20:06 application - token invalid_client stream=/ecs/web:task",
        &[mapping],
    );
    assert_eq!(
        rows(&frames),
        "10:20:06..10:20:06 web token invalid_client application 1/1\n"
    );
}

#[test]
fn order_of_reading_changes_nothing() {
    let lines = [
        "10:00:05 trail web token ok id=1",
        "10:00:05 trail web token http_400 id=2",
        "10:00:07 application web token invalid_client stream=s",
        "10:00:09 application - token invalid_client stream=s request=r",
        "10:00:08 trail api token http_400 id=3 request=r",
        "10:03:00 trail api token ok id=4",
    ];
    let forward = rows(&frames(&lines.join("\n"), &[]));
    let backward: Vec<&str> = lines.into_iter().rev().collect();
    assert_eq!(forward, rows(&frames(&backward.join("\n"), &[])));
}

proptest! {
    #[test]
    fn cells_are_the_same_in_whatever_order_attempts_were_read(
        made in fixture::made(40, 20).prop_flat_map(|made| (Just(made.clone()), Just(made).prop_shuffle())),
    ) {
        let (one, other) = (fixture::cells(&made.0), fixture::cells(&made.1));
        prop_assert_eq!(&one.keys, &other.keys);
        prop_assert_eq!(&one.rows, &other.rows);
        prop_assert_eq!(&one.owners, &other.owners);
        prop_assert_eq!(&one.failures, &other.failures);
    }

    #[test]
    fn the_last_and_the_first_time_are_those_of_all_rows(
        made in fixture::made(60, 20), second in 0..1500i64, failed: bool,
    ) {
        let cells = fixture::cells(&made);
        let at = (fixture::start() + TimeDelta::seconds(second)).timestamp_micros();
        let is = |row: &Cell| cells.failed(&cells.keys[row.key as usize]) == failed;
        for owner in &cells.owners {
            let rows = cells.of(owner);
            let times = || rows.iter().filter(|row| is(row)).flat_map(|row| [row.first, row.last]);
            let last = times().filter(|time| *time <= at).max();
            let first = times().filter(|time| *time >= at).min();
            prop_assert_eq!(cells.last_until(rows, at, is), last);
            prop_assert_eq!(cells.first_from(rows, at, is), first);
        }
    }
}
