//! Who failed, and whether they were ever accepted.

use polars::prelude::*;
use serde_json::json;

use super::{
    Tables,
    account::{Account, From, later},
    clock, is, number, rows,
};

const BATCH: &str = "2batch00000000000000example";
const REGULAR: [From<'static>; 3] = [
    From("192.0.2.21", "okhttp/4.12"),
    From("192.0.2.22", "okhttp/4.12"),
    From("192.0.2.23", "okhttp/4.12"),
];

fn ask(account: &mut Account, clock: &str, status: u16, from: From<'_>) {
    let form = json!({"client_id": BATCH, "grant_type": "client_credentials", "scope": "api/read"});
    account.endpoint(clock, "Token_POST", form, status, from);
}

/// Three regular callers all day, and a stranger who fails every ten seconds from 09:24 to 10:24.
fn a_flood_by_a_stranger() -> Tables {
    let mut account = Account::default();
    for number in 0..144 {
        let from = REGULAR[number as usize % 3];
        ask(&mut account, &later("06:00:00", 300 * number), 200, from);
    }
    let stranger = From("203.0.113.77", "python-requests/2.25");
    for number in 0..360 {
        ask(&mut account, &later("09:24:04", 10 * number), 400, stranger);
    }
    account.tables()
}

#[test]
fn a_caller_who_was_never_accepted_is_a_stranger() {
    let tables = a_flood_by_a_stranger();
    let failing = tables.callers.clone().filter(col("refused").gt(lit(0)));
    assert_eq!(rows(failing.clone()), 1);
    assert_eq!(number(failing.clone().select([col("refused")])), 360);
    assert_eq!(number(failing.clone().select([col("accepted")])), 0);
    assert_eq!(
        clock(failing.clone().select([col("first_refused")])),
        "09:24:04"
    );
    assert_eq!(clock(failing.select([col("last_refused")])), "10:23:54");
}

#[test]
fn known_callers_go_on_at_their_rate() {
    let tables = a_flood_by_a_stranger();
    let known = tables.callers.clone().filter(col("accepted").gt(lit(0)));
    assert_eq!(rows(known.clone()), 3);
    assert_eq!(number(known.clone().select([col("refused").sum()])), 0);
    assert_eq!(number(known.select([col("accepted").min()])), 48);
    let during = tables
        .counts
        .clone()
        .filter(super::between("first", "09:24:00", "10:24:00"));
    let during = during
        .filter(is("outcome", "ok"))
        .select([col("requests").sum()]);
    assert_eq!(number(during), 12);
}

/// One job of two on the same address has an old secret; the other succeeds in between.
#[test]
fn a_steady_failure_has_no_onset() {
    let mut account = Account::default();
    let old = From("192.0.2.40", "curl/8.5");
    for half_hour in 0..24 {
        let begin = later("00:04:00", 1_800 * half_hour);
        ask(&mut account, &begin, 400, old);
        ask(&mut account, &later(&begin, 900), 400, old);
        for number in 0..10 {
            ask(&mut account, &later(&begin, 60 * number), 200, REGULAR[0]);
        }
    }
    let tables = account.tables();
    let hours = tables
        .requests
        .clone()
        .group_by([(col("time").cast(DataType::Int64)) / lit(3_600_000_000_i64)]);
    let hours = hours.agg([len().alias("failed")]);
    assert_eq!(rows(hours.clone()), 12);
    assert_eq!(number(hours.clone().select([col("failed").min()])), 4);
    assert_eq!(number(hours.select([col("failed").max()])), 4);
    assert_eq!(
        number(tables.requests.select([col("user_agent").n_unique()])),
        1
    );
}

/// Wrong passwords: few people, several times each.
#[test]
fn failing_people_are_counted_once() {
    let mut account = Account::default();
    for (number, tries) in [4, 7, 5, 4, 3].into_iter().enumerate() {
        let address = format!("198.51.100.{}", 30 + number);
        for attempt in 0..tries {
            let clock = later("09:00:00", 1_000 * number as i64 + 12 * attempt);
            let error = ("NotAuthorizedException", "Incorrect username or password.");
            account.call(
                &clock,
                "3app0000000000000000example",
                "USER_PASSWORD_AUTH",
                Some(error),
                From(&address, "MyApp/3 iOS"),
            );
        }
    }
    let tables = account.tables();
    let wrong = is("error_message", "Incorrect username or password.");
    let wrong = tables.requests.clone().filter(wrong);
    assert_eq!(rows(wrong.clone()), 23);
    assert_eq!(
        number(wrong.clone().select([col("source_ip").n_unique()])),
        5
    );
    let most = wrong
        .group_by([col("source_ip")])
        .agg([len().alias("tries")]);
    assert_eq!(number(most.select([col("tries").max()])), 7);
}
