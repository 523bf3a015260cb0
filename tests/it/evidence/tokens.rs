//! How old tokens are, and who signed in before.

use polars::prelude::*;
use serde_json::json;

use super::{
    Tables,
    account::{Account, From, POOL, later},
    at, clock, holds, is, number, rows,
};

const COGNITO: &str = "cognito-idp.amazonaws.com";
const APP: &str = "2app00000000000000000example";

fn sign_in(account: &mut Account, clock: &str, from: From<'_>) {
    account.call(clock, APP, "USER_SRP_AUTH", None, from);
}

fn refresh(account: &mut Account, clock: &str, error: Option<(&str, &str)>, from: From<'_>) {
    account.call(clock, APP, "REFRESH_TOKEN_AUTH", error, from);
}

/// Twenty people signed in ten minutes apart from 08:00 on; at 12:00 the lifetime becomes two hours.
fn a_shorter_lifetime() -> Tables {
    let mut account = Account::default();
    let expired = ("NotAuthorizedException", "Refresh Token has expired");
    for number in 0..20 {
        let address = format!("198.51.100.{number}");
        let person = From(&address, "MyApp/3 Android");
        sign_in(&mut account, &later("08:00:00", 600 * number), person);
        refresh(&mut account, &later("11:40:00", number), None, person);
        let old = number < 12;
        refresh(
            &mut account,
            &later("12:05:00", 10 * number),
            old.then_some(expired),
            person,
        );
        if old {
            sign_in(&mut account, &later("12:10:00", 10 * number), person);
        }
    }
    let request = json!({"userPoolId": POOL, "clientId": APP, "refreshTokenValidity": 2,
        "tokenValidityUnits": {"refreshToken": "hours"}});
    account.write(
        "12:00:00",
        COGNITO,
        "UpdateUserPoolClient",
        request,
        json!(null),
    );
    account.tables()
}

/// Minutes from one time to another.
fn minutes(from: &str, to: &str) -> Expr {
    ((col(to) - col(from)).cast(DataType::Int64) / lit(60_000_000)).alias("minutes")
}

#[test]
fn a_shorter_lifetime_refuses_what_is_older_than_it() {
    let callers = a_shorter_lifetime().callers;
    let refused = callers
        .clone()
        .select([minutes("refused_since", "refresh_refused")]);
    let refused = refused.filter(col("minutes").is_not_null());
    assert_eq!(rows(refused.clone()), 12);
    assert_eq!(number(refused.select([col("minutes").min()])), 136);
    let after = callers.filter(col("refreshed").gt(at("12:00:00")));
    let accepted = after.select([minutes("refreshed_since", "refreshed")]);
    assert_eq!(rows(accepted.clone()), 8);
    assert_eq!(number(accepted.select([col("minutes").max()])), 127);
}

#[test]
fn who_is_refused_signs_in_again() {
    let tables = a_shorter_lifetime();
    let refused = tables.callers.filter(col("refresh_refused").is_not_null());
    assert_eq!(
        clock(refused.clone().select([col("refresh_refused").min()])),
        "12:05:00"
    );
    let again = refused.filter(col("last_sign_in").gt(col("refresh_refused")));
    assert_eq!(rows(again.clone()), 12);
    assert_eq!(
        rows(again.filter(col("first_sign_in").gt(at("12:00:00")))),
        0
    );
    let lifetime = tables.states.filter(is("member", "RefreshTokenValidity"));
    let short = lifetime.filter(is("value", "7200"));
    assert_eq!(clock(short.select([col("from")])), "12:00:00");
}

/// An administrator signs 200 users out within ten minutes.
#[test]
fn signing_many_out_is_one_change_after_which_old_tokens_are_refused() {
    let mut account = Account::default();
    let revoked = ("NotAuthorizedException", "Refresh Token has been revoked");
    for number in 0..200 {
        let request = json!({"userPoolId": POOL, "username": format!("user-{number}")});
        let clock = later("15:00:00", 3 * number);
        account.write(
            &clock,
            COGNITO,
            "AdminUserGlobalSignOut",
            request,
            json!(null),
        );
    }
    for number in 0..30 {
        let address = format!("198.51.100.{number}");
        let person = From(&address, "MyApp/3 iOS");
        sign_in(&mut account, &later("09:00:00", 60 * number), person);
        refresh(&mut account, &later("14:00:00", 20 * number), None, person);
        refresh(
            &mut account,
            &later("15:11:00", 20 * number),
            Some(revoked),
            person,
        );
        sign_in(&mut account, &later("15:12:00", 20 * number), person);
        refresh(&mut account, &later("16:13:00", 20 * number), None, person);
    }
    let tables = account.tables();
    let burst = tables.changes.filter(is("name", "AdminUserGlobalSignOut"));
    assert_eq!(clock(burst.clone().select([col("time")])), "15:00:00");
    let told = burst.filter(holds("request", "\"calls\":200"));
    assert_eq!(rows(told), 1);
    assert_eq!(
        rows(
            tables
                .requests
                .filter(is("error_message", "Refresh Token has been revoked"))
        ),
        30
    );
    let old = tables
        .callers
        .clone()
        .filter(col("refused_since").lt(at("15:00:00")));
    assert_eq!(rows(old), 30);
    let new = tables
        .callers
        .filter(col("refreshed_since").gt(at("15:00:00")));
    assert_eq!(rows(new), 30);
}

/// With rotation on, an app that keeps the first token is refused from its second refresh on.
#[test]
fn a_token_that_is_used_twice_is_refused_by_name() {
    let mut account = Account::default();
    let reused = (
        "RefreshTokenReuseException",
        "Refresh token has been reused",
    );
    let request = json!({"userPoolId": POOL, "clientId": APP,
        "refreshTokenRotation": {"feature": "ENABLED", "retryGracePeriodSeconds": 0}});
    account.write(
        "09:00:00",
        COGNITO,
        "UpdateUserPoolClient",
        request,
        json!(null),
    );
    for number in 0..15 {
        let address = format!("198.51.100.{number}");
        let (old, new) = (From(&address, "MyApp/2"), From(&address, "MyApp/3"));
        refresh(
            &mut account,
            &later("10:00:00", 30 * number),
            Some(reused),
            old,
        );
        refresh(&mut account, &later("10:00:10", 30 * number), None, new);
    }
    let tables = account.tables();
    let refused = tables
        .requests
        .filter(is("outcome", "RefreshTokenReuseException"));
    assert_eq!(rows(refused.clone()), 15);
    assert_eq!(rows(refused.filter(is("user_agent", "MyApp/2"))), 15);
    let good = tables.callers.filter(col("accepted").gt(lit(0)));
    assert_eq!(rows(good.filter(is("user_agent", "MyApp/3"))), 15);
    let feature = tables
        .states
        .filter(is("member", "RefreshTokenRotation.Feature"));
    let feature = feature.filter(is("value", "\"ENABLED\""));
    assert_eq!(clock(feature.select([col("from")])), "09:00:00");
}
