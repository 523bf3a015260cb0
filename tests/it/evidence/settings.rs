//! Values in force, who set them, and what hangs together.

use polars::prelude::*;
use serde_json::{Value, json};

use super::{
    Tables,
    account::{Account, From, POOL, later},
    at, between, clock, is, rows,
};

const WEB: &str = "1web000000000000000example";
const COGNITO: &str = "cognito-idp.amazonaws.com";
const PERSON: From<'static> = From("198.51.100.4", "Mozilla/5.0");

/// An update that sends every setting, as infrastructure code does.
fn update(account: &mut Account, clock: &str, settings: Value) {
    let mut request = json!({"userPoolId": POOL, "clientId": WEB, "clientName": "portal-web",
        "allowedOAuthFlows": ["code"], "allowedOAuthFlowsUserPoolClient": true,
        "allowedOAuthScopes": ["email", "openid"], "supportedIdentityProviders": ["COGNITO", "Okta"],
        "callbackURLs": ["https://app.example.com/callback"]});
    let settings = settings.as_object().expect("settings").clone();
    request.as_object_mut().expect("a request").extend(settings);
    let client = json!({"userPoolClient": request});
    account.write(clock, COGNITO, "UpdateUserPoolClient", request, client);
}

fn member(tables: &Tables, name: &str) -> LazyFrame {
    let of = is("resource", WEB).and(is("member", name));
    tables
        .states
        .clone()
        .filter(of)
        .sort(["from"], SortMultipleOptions::default())
}

/// The flag is switched off three times and on again by somebody else.
fn toggled() -> Tables {
    let mut account = Account::default();
    update(&mut account, "11:34:00", json!({}));
    for (off, on) in [
        ("13:15:29", "13:19:15"),
        ("13:22:14", "13:28:28"),
        ("13:32:00", "13:38:46"),
    ] {
        update(
            &mut account,
            off,
            json!({"allowedOAuthFlowsUserPoolClient": false}),
        );
        for number in 0..4 {
            let form = json!({"client_id": WEB, "response_type": "code"});
            account.endpoint(
                &later(off, 30 + 40 * number),
                "OAuth2_Authorize_GET",
                form,
                400,
                PERSON,
            );
        }
        update(&mut account, on, json!({}));
        let form = json!({"client_id": WEB, "grant_type": "authorization_code"});
        account.endpoint(&later(on, 60), "Token_POST", form, 200, PERSON);
    }
    account.tables()
}

#[test]
fn each_interval_of_a_value_is_a_row() {
    let tables = toggled();
    let flag = member(&tables, "AllowedOAuthFlowsUserPoolClient");
    let off = flag.clone().filter(is("value", "false"));
    assert_eq!(rows(off.clone()), 3);
    assert_eq!(clock(off.clone().select([col("from").min()])), "13:15:29");
    assert_eq!(clock(off.clone().select([col("to").max()])), "13:38:46");
    let still = flag.filter(is("value", "true").and(col("to").is_null()));
    assert_eq!(clock(still.select([col("from")])), "13:38:46");
    assert_eq!(rows(off.filter(col("set_by").is_not_null())), 3);
}

#[test]
fn failures_lie_inside_the_intervals_and_successes_outside() {
    let tables = toggled();
    let off = member(&tables, "AllowedOAuthFlowsUserPoolClient").filter(is("value", "false"));
    let each = lit(0).alias("each");
    let off = off.select([col("from"), col("to"), each.clone()]);
    let inside = |times: LazyFrame| {
        let times = times.select([col("time"), each.clone()]);
        let pairs = times.inner_join(off.clone(), col("each"), col("each"));
        rows(
            pairs.filter(
                col("time")
                    .gt_eq(col("from"))
                    .and(col("time").lt(col("to"))),
            ),
        )
    };
    assert_eq!(inside(tables.requests.clone()), 12);
    let accepted = tables.counts.clone().filter(is("outcome", "ok"));
    assert_eq!(inside(accepted.select([col("first").alias("time")])), 0);
}

/// The third of four updates takes Okta off; the fourth carries the loss along.
#[test]
fn the_first_of_several_updates_that_takes_a_value_away_set_it() {
    let mut account = Account::default();
    let okta_gone = json!({"supportedIdentityProviders": ["COGNITO"]});
    let both_gone = json!({"supportedIdentityProviders": ["COGNITO"], "refreshTokenValidity": 91});
    update(&mut account, "04:00:00", json!({}));
    update(
        &mut account,
        "04:45:00",
        json!({"supportedIdentityProviders": ["Okta", "COGNITO"]}),
    );
    update(&mut account, "04:52:22", okta_gone);
    update(&mut account, "04:52:42", both_gone);
    let tables = account.tables();
    let providers = member(&tables, "SupportedIdentityProviders");
    assert_eq!(rows(providers.clone()), 2);
    let alone = providers.clone().filter(is("value", r#"["COGNITO"]"#));
    assert_eq!(clock(alone.clone().select([col("from")])), "04:52:22");
    // Another order of the list is the same value, confirmed.
    let first = tables
        .changes
        .clone()
        .filter(between("time", "04:45:00", "04:45:01"));
    let first = first.select([col("event_id")]).collect().expect("an id");
    let confirmed = providers
        .filter(col("to").eq(at("04:52:22")))
        .select([col("confirmed_by")]);
    let confirmed = confirmed.collect().expect("a list");
    let text = |frame: &DataFrame| {
        frame.columns()[0]
            .str()
            .expect("text")
            .get(0)
            .expect("one")
            .to_owned()
    };
    assert_eq!(text(&confirmed), format!("[\"{}\"]", text(&first)));
    assert_eq!(
        rows(tables.states.filter(is("set_by", &text(&first)))),
        0,
        "no difference"
    );
}

/// An update that names two members brings the others back to their defaults.
#[test]
fn what_an_update_leaves_out_is_told_with_how_it_is_known() {
    let mut account = Account::default();
    update(&mut account, "08:56:00", json!({}));
    let partial = json!({"userPoolId": POOL, "clientId": WEB, "clientName": "portal-web", "refreshTokenValidity": 30});
    account.write(
        "12:26:48",
        COGNITO,
        "UpdateUserPoolClient",
        partial,
        json!(null),
    );
    let tables = account.tables();
    let flag = member(&tables, "AllowedOAuthFlowsUserPoolClient");
    let after = flag.filter(col("to").is_null());
    assert_eq!(clock(after.clone().select([col("from")])), "12:26:48");
    assert_eq!(rows(after.filter(is("value", "false"))), 1);
    let flows = member(&tables, "AllowedOAuthFlows").filter(col("to").is_null());
    assert_eq!(rows(flows.filter(is("value", "[]"))), 1);
}

/// A pool gets a trigger, and loses it by an update that leaves it out.
#[test]
fn a_trigger_leads_from_the_pool_to_its_function() {
    let mut account = Account::default();
    let arn = "arn:aws:lambda:eu-west-1:111122223333:function:claims";
    let with = json!({"userPoolId": POOL, "lambdaConfig": {"preTokenGeneration": arn}});
    account.write("13:12:00", COGNITO, "UpdateUserPool", with, json!(null));
    let acl = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/front/11111111-2222-4333-8444-555555555555";
    let pool = format!("arn:aws:cognito-idp:eu-west-1:111122223333:userpool/{POOL}");
    let bound = json!({"webACLArn": acl, "resourceArn": pool});
    account.write(
        "09:00:00",
        "wafv2.amazonaws.com",
        "AssociateWebACL",
        bound,
        json!(null),
    );
    let tables = account.tables();
    let of_pool = tables.links.clone().filter(is("from", POOL));
    let function = of_pool.clone().filter(is("to_kind", "function"));
    assert_eq!(rows(function.clone().filter(is("to", "claims"))), 1);
    assert_eq!(clock(function.select([col("since")])), "13:12:00");
    let either = tables.links.filter(col("since").eq(at("09:00:00")));
    assert_eq!(rows(either), 1);
}

/// A secret that bears the client's name, and a rule on an address set of the pool's web ACL.
#[test]
fn names_and_rules_lead_to_what_was_written() {
    let mut account = Account::default();
    update(&mut account, "08:00:00", json!({}));
    let secret = json!({"secretId": "prod/portal-web/oauth", "clientRequestToken": "EXAMPLE"});
    account.write(
        "10:00:00",
        "secretsmanager.amazonaws.com",
        "PutSecretValue",
        secret,
        json!(null),
    );
    let tables = account.tables();
    let by_name = tables
        .links
        .filter(is("how", "name").and(is("to", WEB).or(is("from", WEB))));
    assert_eq!(rows(by_name), 1);
    let version = tables.states.filter(is("resource_kind", "secretsmanager"));
    assert_eq!(clock(version.select([col("from")])), "10:00:00");
}

/// A client is deleted; later writes are answered that it does not exist.
#[test]
fn a_deletion_and_its_confirmation_are_in_the_frames() {
    let mut account = Account::default();
    update(&mut account, "15:05:00", json!({}));
    let gone = json!({"userPoolId": POOL, "clientId": WEB});
    account.write(
        "16:40:48",
        COGNITO,
        "DeleteUserPoolClient",
        gone,
        json!(null),
    );
    account.refused(
        "17:05:00",
        COGNITO,
        "UpdateUserPoolClient",
        "ResourceNotFoundException",
    );
    let tables = account.tables();
    let exists = member(&tables, "Exists").filter(is("value", "false"));
    assert_eq!(clock(exists.select([col("from")])), "16:40:48");
    let refused = tables
        .changes
        .filter(is("error", "ResourceNotFoundException"));
    assert_eq!(clock(refused.clone().select([col("time")])), "17:05:00");
    assert_eq!(rows(refused.filter(is("name", "UpdateUserPoolClient"))), 1);
}
