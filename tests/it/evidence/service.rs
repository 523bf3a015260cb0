//! Faults of the service itself: all pools at once, whatever was written.

use polars::prelude::*;
use serde_json::json;

use super::{
    Tables,
    account::{Account, From, later},
    at, between, clock, is, number, rows,
};

const POOLS: [&str; 3] = [
    "eu-west-1_AEXAMPLE",
    "eu-west-1_BEXAMPLE",
    "eu-west-1_CEXAMPLE",
];

/// Three of four requests of every pool fail from 11:23:30 to 12:07:30.
fn errors_everywhere() -> Tables {
    let mut account = Account::default();
    for (number, pool) in POOLS.into_iter().enumerate() {
        account.turn_to(pool);
        let address = format!("192.0.2.{}", 90 + number);
        let client = format!("{number}each000000000000000example");
        for turn in 0..240_i64 {
            let clock = later("10:30:00", 30 * turn + 7 * number as i64);
            let inside = clock.as_str() >= "11:23:30" && clock.as_str() < "12:07:30";
            let failed = inside && turn % 4 != 0;
            match number {
                0 => {
                    let error =
                        failed.then_some(("InternalErrorException", "Something went wrong"));
                    account.call(
                        &clock,
                        &client,
                        "USER_SRP_AUTH",
                        error,
                        From(&address, "App/1"),
                    );
                }
                _ => {
                    let form = json!({"client_id": client, "grant_type": "client_credentials"});
                    let status = if failed { 503 } else { 200 };
                    account.endpoint(&clock, "Token_POST", form, status, From(&address, "App/1"));
                }
            }
        }
    }
    let request = json!({"userPoolId": POOLS[1], "clientId": "1each000000000000000example",
        "refreshTokenValidity": 30});
    let service = "cognito-idp.amazonaws.com";
    account.write(
        "11:21:50",
        service,
        "UpdateUserPoolClient",
        request,
        json!(null),
    );
    account.tables()
}

#[test]
fn clients_of_all_pools_begin_to_fail_within_minutes() {
    let requests = errors_everywhere().requests;
    let first = requests.group_by([col("client")]).agg([col("time").min()]);
    assert_eq!(rows(first.clone()), POOLS.len() as i64);
    let apart = first.select([(col("time").max() - col("time").min()).cast(DataType::Int64)]);
    assert!(number(apart) < 5 * 60_000_000);
}

#[test]
fn the_errors_are_the_services_and_some_requests_succeed_throughout() {
    let tables = errors_everywhere();
    let service = is("outcome", "InternalErrorException").or(is("outcome", "http_503"));
    assert_eq!(rows(tables.requests.clone().filter(service.not())), 0);
    let inside = tables
        .counts
        .filter(between("first", "11:23:30", "12:07:30"));
    let good = inside.filter(is("outcome", "ok"));
    assert_eq!(number(good.select([col("requests").sum()])), 66);
    assert_eq!(
        clock(tables.requests.clone().select([col("time").min()])),
        "11:23:30"
    );
    assert_eq!(
        clock(tables.requests.select([col("time").max()])),
        "12:07:14"
    );
}

#[test]
fn the_only_write_near_touches_one_client_of_three() {
    let tables = errors_everywhere();
    let near = tables
        .changes
        .filter(between("time", "11:00:00", "12:08:00"));
    assert_eq!(rows(near.clone()), 1);
    let failing = tables
        .requests
        .group_by([col("client")])
        .agg([len().alias("failed")]);
    let touched = failing
        .clone()
        .inner_join(near, col("client"), col("client"));
    assert_eq!(rows(touched.clone()), 1);
    let least = number(failing.select([col("failed").min()]));
    assert_eq!(number(touched.select([col("failed")])), least);
    assert!(rows(tables.counts.filter(col("first").gt(at("12:08:00")))) > 0);
}
