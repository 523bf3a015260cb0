//! What only an application's log tells.

use polars::prelude::*;
use serde_json::json;

use super::{
    account::{Account, From, later},
    between, clock, is, number, rows,
};

/// A route is taken away: connections time out in the log, and nothing arrives.
#[test]
fn time_outs_in_a_log_and_silence_in_the_trail_are_one_outage() {
    let mut account = Account::default();
    let form =
        json!({"client_id": "5sync000000000000000example", "grant_type": "client_credentials"});
    let task = From("192.0.2.31", "axios/1.7");
    for minute in 0..31 {
        account.endpoint(
            &later("11:00:04", 60 * minute),
            "Token_POST",
            form.clone(),
            200,
            task,
        );
    }
    let route = json!({"routeTableId": "rtb-EXAMPLE", "destinationCidrBlock": "0.0.0.0/0"});
    account.write(
        "11:32:53",
        "ec2.amazonaws.com",
        "DeleteRoute",
        route.clone(),
        json!(null),
    );
    for number in 0..40 {
        account.line(
            &later("11:33:13", 60 * number),
            "ERROR token request failed: connect ETIMEDOUT to shop.auth.eu-west-1.amazoncognito.com:443",
        );
    }
    account.write(
        "12:15:23",
        "ec2.amazonaws.com",
        "CreateRoute",
        route,
        json!(null),
    );
    account.endpoint("12:15:32", "Token_POST", form, 200, task);
    let tables = account.tables();
    let lost = is("outcome", "timeout").or(is("outcome", "connect"));
    let lost = tables
        .requests
        .clone()
        .filter(lost.and(is("source", "application")));
    assert_eq!(rows(lost.clone()), 40);
    assert_eq!(clock(lost.clone().select([col("time").min()])), "11:33:13");
    assert_eq!(clock(lost.select([col("time").max()])), "12:12:13");
    let arrived = is("source", "trail").and(between("first", "11:31:00", "12:15:00"));
    assert_eq!(rows(tables.counts.clone().filter(arrived)), 0);
    let routes = tables.changes.filter(is("service", "ec2.amazonaws.com"));
    assert_eq!(
        clock(routes.clone().select([col("time").min()])),
        "11:32:53"
    );
    assert_eq!(clock(routes.select([col("time").max()])), "12:15:23");
}

/// JSON lines, epoch seconds, the error nested; successes in the service's own words as control.
#[test]
fn a_service_tells_of_its_own_failures_and_successes() {
    let mut account = Account::default();
    for number in 0..25 {
        account.line(
            &later("03:00:00", 100 * number),
            "INFO session renewed, token refreshed",
        );
    }
    for number in 0..15 {
        let line = r#"ERROR {"logger":"auth","msg":"Error redeeming code","err":{"error":"invalid_grant"}}"#;
        account.line(&later("03:47:01", 300 * number), line);
    }
    let tables = account.tables();
    let refused = tables.requests.filter(is("outcome", "invalid_grant"));
    assert_eq!(rows(refused.clone()), 15);
    assert_eq!(clock(refused.select([col("time").min()])), "03:47:01");
    let accepted = tables.counts.filter(is("outcome", "ok"));
    assert_eq!(number(accepted.select([col("requests").sum()])), 25);
}

/// A security group loses a rule; two services time out, of which one had done so all day.
#[test]
fn a_write_to_a_network_coincides_with_the_losses_that_begin_after_it() {
    let mut account = Account::default();
    let rule = json!({"groupId": "sg-EXAMPLE", "ipPermissions": {"items": [{"ipProtocol": "tcp",
        "fromPort": 443, "toPort": 443, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}]}});
    let service = "ec2.amazonaws.com";
    account.write(
        "10:00:00",
        service,
        "AuthorizeSecurityGroupEgress",
        rule.clone(),
        json!({}),
    );
    account.write(
        "14:20:00",
        service,
        "RevokeSecurityGroupEgress",
        rule,
        json!({}),
    );
    let lost = "connect ETIMEDOUT shop.auth.eu-west-1.amazoncognito.com";
    for number in 0..20 {
        let text = format!("ERROR token request failed client_id=5sync0example0000000000 {lost}");
        account.line(&later("14:21:30", 45 * number), &text);
    }
    for number in 0..60 {
        let text = format!("ERROR token request failed client_id=6flaky0example000000000 {lost}");
        account.line(&later("06:02:00", 600 * number), &text);
    }
    let links = account.tables().links.filter(is("how", "coincidence"));
    assert_eq!(rows(links.clone()), 1);
    let of = is("from", "sg-EXAMPLE").and(is("to", "5sync0example0000000000"));
    assert_eq!(clock(links.filter(of).select([col("since")])), "14:20:00");
}

/// One file holds the lines of two services; clients bear their names.
#[test]
fn a_line_is_of_the_client_whose_name_its_service_bears() {
    let mut account = Account::default();
    for (number, name) in ["stock-portal", "orders-portal"].into_iter().enumerate() {
        let request = json!({"userPoolId": super::account::POOL, "clientId": format!("{number}portal0example"),
            "clientName": name});
        let service = "cognito-idp.amazonaws.com";
        account.write(
            "01:00:00",
            service,
            "UpdateUserPoolClient",
            request,
            json!(null),
        );
    }
    for number in 0..12 {
        let service = ["stock", "orders"][usize::from(number % 3 == 0)];
        let line = json!({"service": format!("{service}-portal"), "level": "error",
            "msg": "token refresh failed", "error": "invalid_grant"});
        account.line(&later("08:00:00", 60 * number), &line.to_string());
    }
    let requests = account.tables().requests;
    let of = |client| {
        requests
            .clone()
            .filter(is("client", client).and(is("outcome", "invalid_grant")))
    };
    assert_eq!(rows(of("0portal0example")), 8);
    assert_eq!(rows(of("1portal0example")), 4);
}

/// A function whose name says nothing writes the event that it was called with, and times out.
#[test]
fn the_end_of_an_invocation_is_of_the_pool_that_its_event_names() {
    let mut account = Account::default();
    let event = json!({"version": "1", "triggerSource": "TokenGeneration_RefreshTokens",
        "userPoolId": super::account::POOL, "callerContext": {"clientId": "4web0example"}});
    account.function_says(
        "10:00:00",
        "REPORT RequestId: 0 Task timed out after 3.00 seconds",
    );
    for number in 0..9 {
        let clock = later("11:00:00", 30 * number);
        let id = format!("0b1c2d3e-1111-4222-8333-44445555{number:04}");
        account.function_says(&clock, &format!("{clock}\t{id}\tINFO\tcalled with {event}"));
        if number >= 4 {
            let end = format!("{clock} {id} Task timed out after 3.00 seconds");
            account.function_says(&later(&clock, 3), &end);
        }
    }
    let requests = account.tables().requests.filter(is("source", "lambda"));
    assert_eq!(rows(requests.clone()), 5);
    let of_pool = is("user_pool", super::account::POOL).and(is("grant", "refresh_token"));
    let of_pool = requests.filter(of_pool.and(is("known_by", "log")));
    assert_eq!(
        clock(of_pool.clone().select([col("time").min()])),
        "11:02:03"
    );
    assert_eq!(rows(of_pool.filter(is("endpoint", "token"))), 5);
}
