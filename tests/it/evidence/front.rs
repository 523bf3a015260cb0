//! What stands before a pool: hosts, certificates, names, web ACLs. Requests that it stops are in no
//! trail.

use polars::prelude::*;
use serde_json::{Value, json};

use super::{
    Tables,
    account::{Account, From, POOL, later},
    at, between, clock, holds, is, number, rows,
};

const COGNITO: &str = "cognito-idp.amazonaws.com";
const WAF: &str = "wafv2.amazonaws.com";
const HOST: &str = "auth.example.com";

fn token(account: &mut Account, clock: &str, client: &str, from: From<'_>) {
    let form = json!({"client_id": client, "grant_type": "refresh_token"});
    account.endpoint(clock, "Token_POST", form, 200, from);
}

fn certificate(id: &str) -> Value {
    let arn = format!("arn:aws:acm:us-east-1:111122223333:certificate/{id}");
    json!({"userPoolId": POOL, "domain": HOST, "customDomainConfig": {"certificateArn": arn}})
}

/// Two clients of a custom domain fall silent twenty minutes after its certificate was exchanged; one
/// at Cognito's own host goes on.
fn another_certificate() -> Tables {
    let mut account = Account::default();
    let name = "CreateUserPoolDomain";
    account.write(
        "00:10:00",
        COGNITO,
        name,
        certificate("OLDEXAMPLE"),
        json!({}),
    );
    account.ask_host(HOST);
    for number in 0..60 {
        let clock = later("01:00:10", 80 * number);
        token(
            &mut account,
            &clock,
            "1web0000example",
            From("192.0.2.11", "axios/1"),
        );
        let person = From("198.51.100.12", "Mozilla/5.0");
        token(&mut account, &later(&clock, 15), "2spa0000example", person);
    }
    let name = "UpdateUserPoolDomain";
    account.write(
        "01:58:00",
        COGNITO,
        name,
        certificate("NEWEXAMPLE"),
        json!({}),
    );
    account.ask_host("example.auth.eu-west-1.amazoncognito.com");
    for number in 0..100 {
        let clock = later("01:00:20", 240 * number);
        token(
            &mut account,
            &clock,
            "3job0000example",
            From("192.0.2.13", "curl/8"),
        );
    }
    account.tables()
}

#[test]
fn all_clients_of_one_host_stop_and_another_host_goes_on() {
    let callers = another_certificate().callers;
    let of = |host: &str| callers.clone().filter(is("hosts", host));
    let last = |callers: LazyFrame| clock(callers.select([col("last_accepted").max()]));
    assert_eq!(number(of(HOST).select([col("client").n_unique()])), 2);
    assert_eq!(number(of(HOST).select([col("accepted").sum()])), 120);
    assert_eq!(last(of(HOST)), "02:19:05");
    let other = of("example.auth.eu-west-1.amazoncognito.com");
    assert_eq!(last(other), "07:36:20");
    assert_eq!(number(callers.select([col("refused").sum()])), 0);
}

#[test]
fn a_host_leads_to_its_certificate_and_to_the_write_that_exchanged_it() {
    let tables = another_certificate();
    let domain = tables
        .links
        .clone()
        .filter(is("from", HOST).and(is("from_kind", "host")));
    assert_eq!(
        rows(domain.filter(is("to", HOST).and(is("to_kind", "domain")))),
        1
    );
    let certificates = tables.links.filter(is("to_kind", "certificate"));
    let since = certificates.filter(holds("to", "NEWEXAMPLE"));
    assert_eq!(clock(since.select([col("since")])), "01:58:00");
    let named = tables.changes.filter(holds("request", HOST));
    let before = named.filter(between("time", "01:19:05", "02:19:05"));
    assert_eq!(clock(before.select([col("time")])), "01:58:00");
}

/// A prefix is given up for another one, and nobody asks the new host.
#[test]
fn a_domain_that_is_replaced_takes_its_requests_along() {
    let mut account = Account::default();
    account.ask_host("staff-example");
    for number in 0..160 {
        let clock = later("00:30:00", 31 * number);
        let address = format!("192.0.2.{}", number % 40);
        token(
            &mut account,
            &clock,
            "4staff000example",
            From(&address, "python-requests/2"),
        );
    }
    for (clock, name, domain) in [
        ("01:53:00", "DeleteUserPoolDomain", "staff-example"),
        ("01:53:02", "CreateUserPoolDomain", "staff-new-example"),
    ] {
        let request = json!({"userPoolId": POOL, "domain": domain});
        account.write(clock, COGNITO, name, request, json!({}));
    }
    account.write(
        "07:00:00",
        COGNITO,
        "UpdateGroup",
        json!({"userPoolId": POOL}),
        json!({}),
    );
    let tables = account.tables();
    let asked = tables.callers.clone().filter(is("hosts", "staff-example"));
    assert_eq!(number(asked.clone().select([col("accepted").sum()])), 160);
    assert_eq!(
        rows(
            tables
                .callers
                .filter(col("hosts").neq(lit("staff-example")))
        ),
        0
    );
    assert_eq!(
        clock(asked.select([col("last_accepted").max()])),
        "01:52:09"
    );
    let gaps = tables.counts.sort(["first"], Default::default());
    let gaps = gaps.select([(col("first") - col("last").shift(lit(1))).cast(DataType::Int64)]);
    assert_eq!(number(gaps.select([all().as_expr().max()])), 31_000_000);
    let replaced = tables.links.filter(is("how", "replaced by"));
    let replaced = replaced.filter(is("from", "staff-example").and(is("to", "staff-new-example")));
    assert_eq!(clock(replaced.select([col("since")])), "01:53:02");
}

/// The record of the host's name is deleted and made again: the name is not found meanwhile.
#[test]
fn a_record_that_is_gone_is_a_name_that_is_not_found() {
    let mut account = Account::default();
    let request = json!({"userPoolId": POOL, "domain": HOST,
        "customDomainConfig": {"certificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/EXAMPLE"}});
    let answer = json!({"cloudFrontDomain": "d111example.cloudfront.net"});
    account.write("08:00:00", COGNITO, "CreateUserPoolDomain", request, answer);
    for (clock, action) in [
        ("08:00:30", "CREATE"),
        ("10:07:12", "DELETE"),
        ("10:31:40", "CREATE"),
    ] {
        let record = json!({"name": format!("{HOST}."), "type": "A",
            "aliasTarget": {"dNSName": "d111example.cloudfront.net."}});
        let batch = json!({"changes": [{"action": action, "resourceRecordSet": record}]});
        let request = json!({"hostedZoneId": "ZEXAMPLE", "changeBatch": batch});
        let service = "route53.amazonaws.com";
        account.write(
            clock,
            service,
            "ChangeResourceRecordSets",
            request,
            json!({}),
        );
    }
    for number in 0..22 {
        let text = "ERROR token request failed: getaddrinfo ENOTFOUND auth.example.com";
        account.line(&later("10:08:30", 61 * number), text);
    }
    let tables = account.tables();
    let lost = tables.requests.filter(is("outcome", "dns"));
    assert_eq!(rows(lost.clone()), 22);
    let record = is("member", "Record.auth.example.com.A");
    let gone = tables.states.filter(record.and(is("value", "null")));
    let gone = gone.filter(
        col("from")
            .eq(at("10:07:12"))
            .and(col("to").eq(at("10:31:40"))),
    );
    assert_eq!(rows(gone), 1);
    assert_eq!(
        rows(lost.filter(between("time", "10:07:12", "10:31:40"))),
        22
    );
    let alias = tables.links.filter(is("to", "d111example.cloudfront.net"));
    assert_eq!(rows(alias.filter(is("from_kind", "host"))), 1);
}

const ACL: &str = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/front/11111111-2222-4333-8444-555555555555";

/// The web ACL's default is switched to block three times, for eight minutes each.
#[test]
fn silences_lie_in_the_intervals_in_which_the_web_acl_blocked() {
    let mut account = Account::default();
    let pool = format!("arn:aws:cognito-idp:eu-west-1:111122223333:userpool/{POOL}");
    let bound = json!({"webACLArn": ACL, "resourceArn": pool});
    account.write("06:00:00", WAF, "AssociateWebACL", bound, json!({}));
    let switch = |account: &mut Account, clock: &str, action: &str| {
        let request = json!({"name": "front", "scope": "REGIONAL", "rules": [],
            "id": "11111111-2222-4333-8444-555555555555", "defaultAction": {action: {}}});
        account.write(clock, WAF, "UpdateWebACL", request, json!({}));
    };
    switch(&mut account, "06:00:01", "allow");
    let blocked = ["07:10:00", "07:30:00", "07:50:00"];
    for begin in blocked {
        switch(&mut account, begin, "block");
        switch(&mut account, &later(begin, 480), "allow");
    }
    for number in 0..240 {
        let clock = later("07:00:05", 20 * number);
        let inside = |begin: &&str| later(begin, 2) < clock && clock < later(begin, 482);
        if !blocked.iter().any(inside) {
            token(
                &mut account,
                &clock,
                "5api00000example",
                From("192.0.2.50", "okhttp/4"),
            );
        }
    }
    let tables = account.tables();
    let off = tables.states.filter(is("resource_kind", "firewall"));
    let off = off.filter(is("member", "DefaultAction").and(holds("value", "block")));
    let off = off.select([col("from"), col("to"), lit(0).alias("each")]);
    assert_eq!(rows(off.clone()), 3);
    let times = tables
        .counts
        .select([col("last").alias("time"), lit(0).alias("each")]);
    let inside = times.inner_join(off, col("each"), col("each"));
    let inside = inside.filter(col("time").gt(col("from")).and(col("time").lt(col("to"))));
    assert_eq!(rows(inside), 0);
    let tied = tables
        .links
        .filter(is("to", POOL).and(is("from_kind", "firewall")));
    assert_eq!(rows(tied), 1);
}

/// An office's network is put on the list of blocked addresses; everybody else goes on.
#[test]
fn those_of_a_blocked_network_stop_and_the_others_go_on() {
    let mut account = Account::default();
    let set = |addresses: Value| json!({"name": "blocked", "scope": "REGIONAL", "id": "setEXAMPLE", "addresses": addresses});
    account.write(
        "08:00:00",
        WAF,
        "UpdateIPSet",
        set(json!(["192.0.2.8/32"])),
        json!({}),
    );
    for number in 0..180 {
        let clock = later("08:00:10", 60 * number);
        let address = format!("198.51.100.{}", 10 + number % 9);
        token(
            &mut account,
            &clock,
            "6crm00000example",
            From(&address, "Mozilla/5.0"),
        );
        if number < 90 {
            let address = format!("203.0.113.{}", 20 + number % 6);
            token(
                &mut account,
                &later(&clock, 7),
                "6crm00000example",
                From(&address, "Mozilla/5.0"),
            );
        }
    }
    let more = json!(["192.0.2.8/32", "203.0.113.0/24"]);
    account.write("09:30:00", WAF, "UpdateIPSet", set(more), json!({}));
    let tables = account.tables();
    let network = holds("source_ip", "203.0.113.");
    let last = |callers: LazyFrame| clock(callers.select([col("last_accepted").max()]));
    assert_eq!(
        last(tables.callers.clone().filter(network.clone())),
        "09:29:17"
    );
    assert_eq!(
        last(tables.callers.clone().filter(network.clone().not())),
        "10:59:10"
    );
    assert_eq!(rows(tables.callers.filter(network)), 6);
    let list = tables
        .states
        .filter(is("member", "Addresses").and(col("to").is_null()));
    assert_eq!(clock(list.clone().select([col("from")])), "09:30:00");
    assert_eq!(rows(list.filter(holds("value", "203.0.113.0/24"))), 1);
}
