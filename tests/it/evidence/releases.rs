//! New clients, new versions, and many clients written at once.

use polars::prelude::*;
use serde_json::{Value, json};

use super::{
    account::{Account, From, POOL, later},
    at, between, clock, is, number, rows,
};

const COGNITO: &str = "cognito-idp.amazonaws.com";
const OLD: &str = "8portal000000000000example";
const NEW: &str = "8portalv2000000000example";

fn exchange(account: &mut Account, clock: &str, client: &str, status: u16, from: From<'_>) {
    let form = json!({"client_id": client, "grant_type": "authorization_code",
        "redirect_uri": "https://app.example.com/callback"});
    account.endpoint(clock, "Token_POST", form, status, from);
}

fn update(account: &mut Account, clock: &str, client: &str, settings: Value) {
    let mut request =
        json!({"userPoolId": POOL, "clientId": client, "allowedOAuthFlows": ["code"]});
    let settings = settings.as_object().expect("settings").clone();
    request.as_object_mut().expect("a request").extend(settings);
    account.write(clock, COGNITO, "UpdateUserPoolClient", request, json!(null));
}

/// One client takes over from another, which is deleted an hour later.
#[test]
fn after_a_migration_the_sum_of_both_clients_is_as_before() {
    let mut account = Account::default();
    let created =
        json!({"userPoolClient": {"userPoolId": POOL, "clientId": NEW, "clientName": "portal-v2"}});
    let request = json!({"userPoolId": POOL, "clientName": "portal-v2"});
    account.write(
        "11:50:00",
        COGNITO,
        "CreateUserPoolClient",
        request,
        created,
    );
    for number in 0..96 {
        let clock = later("10:00:00", 150 * number);
        let (client, agent) = match number < 61 {
            true => (OLD, "axios/0.21"),
            false => (NEW, "axios/1.7"),
        };
        exchange(&mut account, &clock, client, 200, From("192.0.2.80", agent));
    }
    let request = json!({"userPoolId": POOL, "clientId": OLD});
    account.write(
        "13:45:00",
        COGNITO,
        "DeleteUserPoolClient",
        request,
        json!(null),
    );
    let tables = account.tables();
    let hour = (col("first").cast(DataType::Int64) / lit(3_600_000_000_i64)).alias("hour");
    let hours = tables
        .counts
        .clone()
        .group_by([hour])
        .agg([col("requests").sum()]);
    assert_eq!(number(hours.clone().select([col("requests").min()])), 24);
    assert_eq!(number(hours.select([col("requests").max()])), 24);
    let of = |client| tables.counts.clone().filter(is("client", client));
    assert_eq!(clock(of(OLD).select([col("last").max()])), "12:30:00");
    assert_eq!(clock(of(NEW).select([col("first").min()])), "12:32:30");
    let deleted = is("resource", OLD)
        .and(is("member", "Exists"))
        .and(is("value", "false"));
    assert_eq!(
        clock(tables.states.filter(deleted).select([col("from")])),
        "13:45:00"
    );
    let both = tables
        .callers
        .group_by([col("source_ip"), col("user_agent")]);
    let both = both.agg([col("client").n_unique().alias("clients")]);
    assert_eq!(number(both.select([col("clients").max()])), 1);
}

/// A new version that sends another redirect URI reaches one caller after another.
#[test]
fn in_a_ramp_the_share_of_failures_is_that_of_the_new_version() {
    let mut account = Account::default();
    for number in 0..300_i64 {
        let address = format!("198.51.100.{}", number % 50);
        let new = number % 50 < (number - 100) / 4;
        let (agent, status) = match new {
            true => ("ShopApp/5.1", 400),
            false => ("ShopApp/5.0", 200),
        };
        exchange(
            &mut account,
            &later("16:00:00", 40 * number),
            OLD,
            status,
            From(&address, agent),
        );
    }
    let tables = account.tables();
    let of = |agent| tables.callers.clone().filter(is("user_agent", agent));
    assert_eq!(number(of("ShopApp/5.1").select([col("accepted").sum()])), 0);
    assert_eq!(number(of("ShopApp/5.0").select([col("refused").sum()])), 0);
    let refused = (is("outcome", "ok").not().cast(DataType::Int64) * col("requests")).sum();
    let share = (refused * lit(100) / col("requests").sum()).alias("share");
    let window = (col("first").cast(DataType::Int64) / lit(2_000_000_000_i64)).alias("window");
    let shares = tables
        .counts
        .group_by([window])
        .agg([share])
        .sort(["window"], Default::default());
    let falls = shares
        .clone()
        .select([(col("share") - col("share").shift(lit(1))).lt(lit(0)).sum()]);
    assert_eq!(number(falls), 0);
    assert_eq!(number(shares.clone().select([col("share").min()])), 0);
    assert!(number(shares.select([col("share").max()])) > 90);
}

/// A pipeline writes twelve clients in four seconds; one of them it leaves with one readable attribute.
#[test]
fn of_a_batch_the_one_that_differs_is_the_one_that_fails() {
    let mut account = Account::default();
    let client = |number: i64| format!("9shop{number:02}00000000000example");
    let from = From("192.0.2.81", "node-fetch/1.0");
    for number in 0..12 {
        exchange(
            &mut account,
            &later("18:00:00", 30 * number),
            &client(number),
            200,
            from,
        );
    }
    for number in 0..12 {
        let attributes = match number {
            7 => json!(["name"]),
            _ => json!(["email", "name", "profile"]),
        };
        let settings = json!({"readAttributes": attributes});
        update(
            &mut account,
            &later("18:10:00", number / 3),
            &client(number),
            settings,
        );
        let status = if number == 7 { 400 } else { 200 };
        exchange(
            &mut account,
            &later("18:11:00", 5 * number),
            &client(number),
            status,
            from,
        );
    }
    let tables = account.tables();
    let batch = tables.changes.group_by([col("actor")]);
    let batch = batch.agg([len().alias("writes"), col("time").max() - col("time").min()]);
    assert_eq!(rows(batch.clone().filter(col("writes").eq(lit(12)))), 1);
    let seconds = batch.select([col("time").cast(DataType::Int64) / lit(1_000_000)]);
    assert_eq!(number(seconds), 3);
    let lists = tables.states.filter(is("member", "ReadAttributes"));
    let values = lists
        .clone()
        .group_by([col("value")])
        .agg([len().alias("clients")]);
    let lone =
        values
            .filter(col("clients").eq(lit(1)))
            .inner_join(lists, col("value"), col("value"));
    let failing = tables
        .requests
        .inner_join(lone, col("client"), col("resource"));
    assert_eq!(rows(failing), 1);
}

/// Two writes are turned down, the third of the same content goes through.
#[test]
fn a_refused_write_says_why_and_leaves_no_state() {
    let mut account = Account::default();
    update(
        &mut account,
        "09:00:00",
        OLD,
        json!({"allowedOAuthFlowsUserPoolClient": true}),
    );
    let off =
        json!({"userPoolId": POOL, "clientId": OLD, "allowedOAuthFlowsUserPoolClient": false});
    for (clock, code, text) in [
        ("09:30:00", "TooManyRequestsException", "Rate exceeded"),
        (
            "09:30:01",
            "ConcurrentModificationException",
            "Client is being modified",
        ),
    ] {
        account.turned_down(clock, "UpdateUserPoolClient", (code, text), off.clone());
    }
    account.write(
        "09:30:02",
        COGNITO,
        "UpdateUserPoolClient",
        off,
        json!(null),
    );
    let tables = account.tables();
    let refused = tables.changes.filter(col("error").is_not_null());
    assert_eq!(rows(refused.clone()), 2);
    assert_eq!(
        rows(refused.clone().filter(is("error_message", "Rate exceeded"))),
        1
    );
    let flag = tables
        .states
        .filter(is("member", "AllowedOAuthFlowsUserPoolClient"));
    let off = flag.filter(is("value", "false"));
    assert_eq!(clock(off.clone().select([col("from")])), "09:30:02");
    assert_eq!(
        rows(off.inner_join(refused, col("set_by"), col("event_id"))),
        0
    );
}

/// A redeployment is followed by a burst that heals; nothing else was written.
#[test]
fn a_burst_after_a_release_ends_without_a_write() {
    let mut account = Account::default();
    let from = From("192.0.2.82", "python-requests/2.32");
    for number in 0..60 {
        exchange(
            &mut account,
            &later("20:00:00", 120 * number),
            OLD,
            200,
            from,
        );
    }
    let request = json!({"cluster": "prod", "service": "portal", "forceNewDeployment": true});
    account.write(
        "21:01:00",
        "ecs.amazonaws.com",
        "UpdateService",
        request,
        json!(null),
    );
    for second in [3, 5, 9, 14, 22] {
        exchange(&mut account, &later("21:02:01", second), OLD, 400, from);
    }
    let tables = account.tables();
    let burst = tables
        .requests
        .select([col("time").max() - col("time").min()]);
    assert_eq!(
        number(burst.select([all().as_expr().cast(DataType::Int64)])) / 1_000_000,
        19
    );
    let good = tables.counts.filter(is("outcome", "ok"));
    let after = good.clone().filter(col("first").gt(at("21:02:23")));
    assert_eq!(clock(after.select([col("first").min()])), "21:04:00");
    let release = tables
        .changes
        .clone()
        .filter(between("time", "20:59:00", "21:04:00"));
    assert_eq!(clock(release.select([col("time")])), "21:01:00");
    let writes = tables.changes.filter(is("service", COGNITO));
    assert_eq!(rows(writes), 0);
}
