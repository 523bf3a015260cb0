//! Requests of programs: quotas, tests of load, and what runs for an hour a day.

use polars::prelude::*;
use serde_json::json;

use super::{
    account::{Account, From, later},
    between, clock, is, number, rows,
};

const JOB: &str = "7job00000000000000000example";

fn ask(account: &mut Account, clock: &str, status: u16, from: From<'_>) {
    let form = json!({"client_id": JOB, "grant_type": "client_credentials", "scope": "api/read"});
    account.endpoint(clock, "Token_POST", form, status, from);
}

/// The minute of a time, to group by.
fn minute(column: &str) -> Expr {
    (col(column).cast(DataType::Int64) / lit(60_000_000_i64)).alias("minute")
}

/// Eight a minute are accepted, whatever comes; the others are told that it is too much.
#[test]
fn under_a_quota_as_many_are_accepted_in_each_minute() {
    let mut account = Account::default();
    let from = From("192.0.2.60", "Go-http-client/2.0");
    for number in 0..20 {
        for second in (0..48).step_by(6) {
            ask(
                &mut account,
                &later("12:00:00", 60 * number + second),
                200,
                from,
            );
        }
        for second in (0..2 * number.min(10)).map(|refused| 49 + refused / 2) {
            ask(
                &mut account,
                &later("12:00:00", 60 * number + second),
                429,
                from,
            );
        }
    }
    let tables = account.tables();
    let of = |outcome| tables.counts.clone().filter(is("outcome", outcome));
    let minutes = |outcome| {
        of(outcome)
            .group_by([minute("first")])
            .agg([col("requests").sum()])
    };
    assert_eq!(number(minutes("ok").select([col("requests").min()])), 8);
    assert_eq!(number(minutes("ok").select([col("requests").max()])), 8);
    assert_eq!(
        number(minutes("http_429").select([col("requests").max()])),
        20
    );
    assert_eq!(
        clock(of("http_429").select([col("first").min()])),
        "12:01:49"
    );
    // Those who are refused are accepted in the same minute.
    let same = tables
        .callers
        .filter(col("refused").gt(lit(0)).and(col("accepted").gt(lit(0))));
    assert_eq!(rows(same), 1);
}

/// A test sends as much again for half an hour, by an agent of its own.
#[test]
fn a_test_of_load_is_a_caller_of_its_own() {
    let mut account = Account::default();
    for number in 0..180 {
        let regular = From(
            ["192.0.2.61", "192.0.2.62"][number as usize % 2],
            "axios/1.7",
        );
        ask(&mut account, &later("14:00:00", 60 * number), 200, regular);
        if (60..90).contains(&number) {
            let test = From("192.0.2.99", "k6/0.55.0");
            ask(&mut account, &later("14:00:30", 60 * number), 200, test);
        }
    }
    let tables = account.tables();
    let half_hours = (minute("first") / lit(30_i64)).alias("half_hour");
    let half_hours = tables
        .counts
        .group_by([half_hours])
        .agg([col("requests").sum()]);
    assert_eq!(
        number(half_hours.clone().select([col("requests").max()])),
        60
    );
    assert_eq!(rows(half_hours.filter(col("requests").eq(lit(30)))), 5);
    let test = tables.callers.filter(is("user_agent", "k6/0.55.0"));
    assert_eq!(number(test.clone().select([col("accepted").sum()])), 30);
    assert_eq!(
        clock(test.clone().select([col("first_accepted").min()])),
        "15:00:30"
    );
    assert_eq!(clock(test.select([col("last_accepted").max()])), "15:29:30");
}

/// A report runs from five to six each morning: it is silent for 23 hours, each day.
#[test]
fn what_runs_one_hour_a_day_is_silent_as_long_each_day() {
    let mut account = Account::default();
    for day in 2..6 {
        for number in 0..20 {
            let clock = later(&format!("0{day}T05:00:00"), 180 * number + 4 * day);
            ask(&mut account, &clock, 200, From("192.0.2.63", "okhttp/4.12"));
        }
    }
    let counts = account.tables().counts.sort(["first"], Default::default());
    let day = (col("first").cast(DataType::Int64) / lit(86_400_000_000_i64)).alias("day");
    let days = counts.clone().group_by([day]).agg([col("requests").sum()]);
    assert_eq!(rows(days.clone()), 4);
    assert_eq!(number(days.select([col("requests").min()])), 20);
    let gap = (col("first") - col("last").shift(lit(1))).cast(DataType::Int64) / lit(60_000_000);
    let gaps = counts
        .select([gap.alias("gap")])
        .filter(col("gap").gt(lit(60)));
    assert_eq!(rows(gaps.clone()), 3);
    assert_eq!(number(gaps.clone().select([col("gap").min()])), 1_383);
    assert_eq!(number(gaps.select([col("gap").max()])), 1_383);
}

/// A second secret is added, callers change one by one, the first is deleted: nobody fails.
#[test]
fn a_secret_rotated_well_refuses_nobody() {
    let mut account = Account::default();
    let service = "cognito-idp.amazonaws.com";
    let ids = json!({"userPoolId": super::account::POOL, "clientId": JOB});
    let added = json!({"clientSecretDescriptor": {"clientSecretId": format!("{JOB}--2")}});
    account.write("10:00:00", service, "AddUserPoolClientSecret", ids, added);
    for number in 0..120 {
        let address = format!("192.0.2.{}", 70 + number % 4);
        ask(
            &mut account,
            &later("09:00:00", 120 * number),
            200,
            From(&address, "curl/8"),
        );
    }
    let gone = json!({"userPoolId": super::account::POOL, "clientId": JOB,
        "clientSecretId": format!("{JOB}--1")});
    account.write(
        "12:00:00",
        service,
        "DeleteUserPoolClientSecret",
        gone,
        json!({}),
    );
    let tables = account.tables();
    let deleted = tables
        .changes
        .filter(is("name", "DeleteUserPoolClientSecret"));
    assert_eq!(clock(deleted.select([col("time")])), "12:00:00");
    let after = tables
        .counts
        .filter(between("first", "12:00:00", "13:00:00"));
    assert_eq!(number(after.select([col("requests").sum()])), 30);
    let served = tables
        .callers
        .filter(col("last_accepted").gt(super::at("12:00:00")));
    assert_eq!(
        rows(
            served
                .clone()
                .filter(col("first_accepted").lt(super::at("10:00:00")))
        ),
        4
    );
    assert_eq!(number(served.select([col("refused").sum()])), 0);
}
