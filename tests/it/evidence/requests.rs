//! Counts before and after, other grants and clients as control, and seconds.

use polars::prelude::*;
use serde_json::json;

use super::{
    account::{Account, From, later},
    between, clock, is, number, rows,
};

const APP: &str = "3app0000000000000000example";
const MOBILE: From<'static> = From("198.51.100.9", "MyApp/3 iOS");

/// SRP is taken off an app client at 13:47:31; its refreshes go on.
#[test]
fn one_flow_of_a_client_stops_and_the_other_goes_on() {
    let mut account = Account::default();
    let text = "USER_SRP_AUTH is not enabled for the client";
    for number in 0..30 {
        let clock = later("12:00:00", 420 * number);
        let error = (number >= 16).then_some(("InvalidParameterException", text));
        account.call(&clock, APP, "USER_SRP_AUTH", error, MOBILE);
        account.call(&later(&clock, 60), APP, "REFRESH_TOKEN_AUTH", None, MOBILE);
    }
    let tables = account.tables();
    let of = |flow| {
        tables
            .counts
            .clone()
            .filter(is("grant", flow).and(is("outcome", "ok")))
    };
    let sum = |query: LazyFrame| number(query.select([col("requests").sum()]));
    assert_eq!(sum(of("USER_SRP_AUTH")), 16);
    assert_eq!(
        clock(of("USER_SRP_AUTH").select([col("last").max()])),
        "13:45:00"
    );
    assert_eq!(sum(of("REFRESH_TOKEN_AUTH")), 30);
    let named = tables.requests.filter(is("error_message", text));
    assert_eq!(rows(named.clone()), 14);
    assert_eq!(clock(named.select([col("time").min()])), "13:52:00");
}

/// The code is the status, and the words stand beside it.
#[test]
fn codes_are_read_from_wherever_they_stand() {
    let mut account = Account::default();
    for (number, (code, text)) in [
        ("400", "invalid_client"),
        ("BadRequest", "invalid_client: secret"),
        ("", "Die Anfrage wurde abgelehnt"),
    ]
    .into_iter()
    .enumerate()
    {
        let clock = later("10:00:00", 60 * number as i64);
        account.call(&clock, APP, "USER_SRP_AUTH", Some((code, text)), MOBILE);
    }
    let requests = account.tables().requests;
    let named = requests.clone().filter(is("outcome", "invalid_client"));
    assert_eq!(rows(named), 2);
    let unnamed = requests.filter(is("outcome", "http_400"));
    assert_eq!(rows(unnamed.filter(is("known_by", "error"))), 1);
}

/// No request between 11:31:04 and 12:15:32, where one came each minute.
#[test]
fn the_longest_gap_of_a_client_is_found() {
    let mut account = Account::default();
    let silent = 31..75;
    for minute in (0..120).filter(|minute| !silent.contains(minute)) {
        let form = json!({"client_id": APP, "grant_type": "client_credentials"});
        let clock = later("11:00:04", 60 * minute);
        account.endpoint(&clock, "Token_POST", form, 200, MOBILE);
    }
    let counts = account.tables().counts.sort(["first"], Default::default());
    let gap = counts
        .clone()
        .select([(col("first") - col("last").shift(lit(1)))
            .cast(DataType::Int64)
            .max()]);
    assert_eq!(number(gap) / 60_000_000, 45);
    let hole = between("first", "11:31:00", "12:15:00");
    assert_eq!(rows(counts.clone().filter(hole)), 0);
    assert_eq!(number(counts.select([col("requests").sum()])), 76);
}

/// Two clients, of which one fails from one second to the next within a minute.
#[test]
fn seconds_tell_whether_one_was_accepted_between() {
    let mut account = Account::default();
    let other = "4other00000000000000example";
    for second in [0, 5, 17, 18] {
        let form = json!({"client_id": APP, "grant_type": "client_credentials"});
        account.endpoint(&later("10:00:00", second), "Token_POST", form, 200, MOBILE);
    }
    for second in [1, 25, 59] {
        let form = json!({"client_id": other, "grant_type": "client_credentials"});
        account.endpoint(&later("10:00:00", second), "Token_POST", form, 200, MOBILE);
    }
    let counts = account.tables().counts;
    let seconds = |client| {
        counts
            .clone()
            .filter(is("client", client))
            .select([col("seconds")])
    };
    let bits = |seconds: &[u64]| seconds.iter().map(|second| 1_i64 << second).sum::<i64>();
    assert_eq!(number(seconds(APP)), bits(&[0, 5, 17, 18]));
    assert_eq!(number(seconds(other)), bits(&[1, 25, 59]));
}

/// A quota: the answer is 429 in the response's parameters and no code.
#[test]
fn a_status_alone_says_how_it_is_known() {
    let mut account = Account::default();
    for number in 0..8 {
        let form = json!({"client_id": APP, "grant_type": "client_credentials"});
        account.endpoint(
            &later("10:00:00", 7 * number),
            "Token_POST",
            form,
            429,
            MOBILE,
        );
    }
    let requests = account.tables().requests;
    let throttled = is("outcome", "http_429").and(is("known_by", "status"));
    assert_eq!(rows(requests.clone().filter(throttled)), 8);
    assert_eq!(clock(requests.select([col("time").max()])), "10:00:49");
}
