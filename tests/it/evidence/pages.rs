//! Sign-ins by pages: an authorize request is accepted if a page or a code follows.

use polars::prelude::*;
use serde_json::json;

use super::{
    Tables,
    account::{Account, From, later},
    between, clock, is, number, rows,
};

const WEB: &str = "1web000000000000000example";
const BACKEND: From<'static> = From("192.0.2.10", "axios/1.7");
const BROWSER: &str = "Mozilla/5.0";

/// Sign-ins a minute apart, from so many addresses; refused ones end after the redirect.
fn sign_ins(account: &mut Account, from: &str, count: i64, accepted: bool) {
    for number in 0..count {
        let address = format!("198.51.100.{}", number % 17);
        let person = From(&address, BROWSER);
        let begin = later(from, 60 * number);
        let form = json!({"client_id": WEB, "response_type": "code", "scope": "openid email",
            "redirect_uri": "https://app.example.com/callback"});
        account.endpoint(&begin, "OAuth2_Authorize_GET", form, 302, person);
        if accepted {
            let page = json!({"client_id": WEB});
            account.endpoint(&later(&begin, 1), "Login_GET", page, 200, person);
            exchange(account, &later(&begin, 20), 200);
        }
    }
}

fn exchange(account: &mut Account, clock: &str, status: u16) {
    let form = json!({"client_id": WEB, "grant_type": "authorization_code",
        "redirect_uri": "https://app.example.com/callback"});
    account.endpoint(clock, "Token_POST", form, status, BACKEND);
}

fn refresh(account: &mut Account, clock: &str) {
    let form = json!({"client_id": WEB, "grant_type": "refresh_token"});
    account.endpoint(clock, "Token_POST", form, 200, BACKEND);
}

/// Callback URLs are replaced at 10:43:25; a sign-in in flight fails at its code.
fn callbacks_replaced() -> Tables {
    let mut account = Account::default();
    sign_ins(&mut account, "10:00:00", 43, true);
    let update = json!({"userPoolId": super::account::POOL, "clientId": WEB,
        "callbackURLs": ["https://other.example.com/callback"]});
    account.write(
        "10:43:25",
        "cognito-idp.amazonaws.com",
        "UpdateUserPoolClient",
        update,
        json!(null),
    );
    for second in [26, 28, 31] {
        exchange(&mut account, &later("10:43:00", second), 400);
    }
    sign_ins(&mut account, "10:44:00", 17, false);
    for minute in [45, 50, 55] {
        refresh(&mut account, &format!("10:{minute}:30"));
    }
    account.line("11:20:00", "GET /health 200");
    sign_ins(&mut account, "11:10:00", 5, true);
    account.tables()
}

fn not_followed(tables: &Tables) -> LazyFrame {
    let lone = is("outcome", "not_followed").and(is("endpoint", "authorize"));
    tables.requests.clone().filter(lone)
}

#[test]
fn authorize_requests_that_nothing_follows_are_counted() {
    let tables = callbacks_replaced();
    assert_eq!(rows(not_followed(&tables)), 17);
    let before = not_followed(&tables).filter(between("time", "10:00:00", "10:43:25"));
    assert_eq!(rows(before), 0);
    assert_eq!(
        clock(not_followed(&tables).select([col("time").min()])),
        "10:44:00"
    );
    assert_eq!(
        clock(not_followed(&tables).select([col("time").max()])),
        "11:00:00"
    );
    let addresses = tables.callers.clone().filter(is("user_agent", BROWSER));
    assert_eq!(rows(addresses), 17);
}

#[test]
fn what_failed_in_flight_and_what_went_on_stand_apart() {
    let tables = callbacks_replaced();
    let codes = is("endpoint", "token").and(is("grant", "authorization_code"));
    let failed = tables.requests.clone().filter(codes.clone());
    assert_eq!(rows(failed.clone()), 3);
    assert_eq!(clock(failed.select([col("time").min()])), "10:43:26");
    let accepted = tables.counts.clone().filter(codes.and(is("outcome", "ok")));
    let before = accepted.filter(col("last").lt(super::at("10:43:25")));
    assert_eq!(
        clock(before.clone().select([col("last").max()])),
        "10:42:20"
    );
    assert_eq!(number(before.select([col("requests").sum()])), 43);
    let refreshed = is("grant", "refresh_token").and(between("first", "10:43:25", "11:10:00"));
    let refreshed = tables.counts.clone().filter(refreshed);
    assert_eq!(number(refreshed.select([col("requests").sum()])), 3);
}

#[test]
fn the_write_stands_between_the_last_success_and_the_first_failure() {
    let tables = callbacks_replaced();
    let update = tables
        .changes
        .clone()
        .filter(is("name", "UpdateUserPoolClient"));
    assert_eq!(clock(update.clone().select([col("time")])), "10:43:25");
    let near = update.filter(between("time", "10:42:20", "10:43:26").and(is("client", WEB)));
    assert_eq!(rows(near), 1);
    let shown = tables.counts.clone().filter(is("endpoint", "login"));
    let shown = shown.filter(between("first", "10:43:25", "11:10:00"));
    assert_eq!(rows(shown), 0);
}

/// OAuth is switched off for a client: each authorize request lands on the error page.
#[test]
fn error_pages_are_failures_of_the_sign_in_that_led_to_them() {
    let mut account = Account::default();
    sign_ins(&mut account, "08:00:00", 30, true);
    for number in 0..12 {
        let address = format!("198.51.100.{number}");
        let person = From(&address, BROWSER);
        let begin = later("09:00:00", 90 * number);
        let form = json!({"client_id": WEB, "response_type": "code", "scope": "openid email",
            "redirect_uri": "https://app.example.com/callback"});
        account.endpoint(&begin, "OAuth2_Authorize_GET", form, 302, person);
        let page = json!({"client_id": WEB, "error": "invalid_request",
            "error_description": "Client is not enabled for OAuth2.0 flows."});
        account.endpoint(&later(&begin, 1), "Error_GET", page, 200, person);
    }
    let tables = account.tables();
    let pages = tables.requests.clone().filter(is("endpoint", "error"));
    assert_eq!(rows(pages.clone()), 12);
    let told = is("error_message", "Client is not enabled for OAuth2.0 flows.");
    assert_eq!(rows(pages.clone().filter(told)), 12);
    let asked = is("grant", "authorization_code").and(is("scopes", "email openid"));
    assert_eq!(rows(pages.clone().filter(asked)), 12);
    assert_eq!(number(pages.select([col("source_ip").n_unique()])), 12);
    // One attempt is told once: its redirect is no failure of its own.
    assert_eq!(rows(not_followed(&tables)), 0);
}

/// The identity provider answers with an error, at status 302 as at 400.
#[test]
fn a_callback_with_an_error_failed_whatever_its_status() {
    let mut account = Account::default();
    let person = From("198.51.100.4", BROWSER);
    for number in 0..40 {
        let begin = later("13:00:00", 120 * number);
        let form = json!({"client_id": WEB, "response_type": "code", "identity_provider": "Okta",
            "redirect_uri": "https://app.example.com/callback"});
        account.endpoint(&begin, "OAuth2_Authorize_GET", form, 302, person);
        let failed = (15..28).contains(&number);
        let back = match failed {
            true => json!({"error": "server_error", "state": "HIDDEN_DUE_TO_SECURITY_REASONS"}),
            false => json!({"code": "HIDDEN_DUE_TO_SECURITY_REASONS"}),
        };
        let status = if failed && number % 2 == 0 { 400 } else { 302 };
        account.endpoint(
            &later(&begin, 6),
            "OAuth2Response_GET",
            back,
            status,
            person,
        );
        if !failed {
            exchange(&mut account, &later(&begin, 8), 200);
        }
    }
    let tables = account.tables();
    let back = tables
        .requests
        .clone()
        .filter(is("endpoint", "idpresponse"));
    assert_eq!(rows(back.clone().filter(is("outcome", "server_error"))), 13);
    // The callback names no client: it is that of the sign-in it belongs to.
    let joined = is("client", WEB).and(is("identity_provider", "Okta"));
    assert_eq!(rows(back.clone().filter(joined)), 13);
    assert_eq!(clock(back.clone().select([col("time").min()])), "13:30:06");
    assert_eq!(clock(back.select([col("time").max()])), "13:54:06");
    let codes = tables
        .counts
        .clone()
        .filter(is("grant", "authorization_code"));
    let codes = codes.filter(is("endpoint", "token").and(between("first", "13:30:00", "13:56:00")));
    assert_eq!(rows(codes), 0);
}
