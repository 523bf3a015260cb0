//! Replay as data: a setting before and after, a request, what is predicted.

use chrono::DateTime;
use serde_json::{Value, json};

use super::*;
use crate::{
    cognito::{
        history::Standing,
        members::{Bearing, CLIENT, DOMAIN, IDENTITY_PROVIDER, Kind, POOL},
        setting::Known,
    },
    ids::{AppClientId, UserPoolId},
    record::Change,
};

mod around;
mod client;
mod pool;

/// Replays `attempt`, `endpoint grant [redirect_uri]`, against one setting before and after.
#[track_caller]
fn check(setting: &'static str, before: Value, after: Value, attempt: &str, expected: &str) {
    check_change(&change(setting, before, after), attempt, expected);
}

#[track_caller]
fn check_change(change: &ConfigChange, attempt: &str, expected: &str) {
    let mut words = attempt.split(' ');
    let attempt = Attempt {
        endpoint: words.next().unwrap_or_default(),
        grant: words.next().filter(|grant| *grant != "-"),
        redirect_uri: words.next(),
        scopes: None,
        identity_provider: None,
    };
    assert_eq!(predicted(change, &attempt), expected);
}

fn predicted(change: &ConfigChange, attempt: &Attempt<'_>) -> String {
    match Replay::new(change).predict(attempt) {
        Prediction::Unaffected => "unaffected".to_owned(),
        Prediction::CannotTell => "cannot tell".to_owned(),
        Prediction::Cures(_) => "cures".to_owned(),
        Prediction::Breaks(breaks) => breaks
            .iter()
            .map(|b| format!("{}{}", if b.certain { "" } else { "perhaps " }, b.effect.id))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn change(setting: &'static str, before: Value, after: Value) -> ConfigChange {
    let pool = UserPoolId::new("eu-west-1_EXAMPLE");
    ConfigChange {
        change: Change {
            time: DateTime::UNIX_EPOCH,
            event_id: "1".to_owned(),
            name: "UpdateUserPoolClient".to_owned(),
            service: "cognito-idp.amazonaws.com".to_owned(),
            ..Change::default()
        },
        resource: match setting.starts_with("Lambda") {
            true => Resource::Pool(pool),
            false => Resource::Client(pool, AppClientId::new("client")),
        },
        standing: Standing::Effective,
        diff: vec![DiffLine {
            setting: Setting(Cow::Borrowed(setting)),
            before: known(before),
            after: known(after),
        }],
    }
}

/// The pool with several lines, each a setting before and after.
fn of_pool<const N: usize>(lines: [(&str, Value, Value); N]) -> ConfigChange {
    let mut change = change("LambdaConfig.PreSignUp", json!(null), json!(null));
    change.diff = lines
        .into_iter()
        .map(|(setting, before, after)| DiffLine {
            setting: Setting::from(setting.to_owned()),
            before: known(before),
            after: known(after),
        })
        .collect();
    change
}

/// The text `?` stands for what is not known.
fn known(value: Value) -> Known {
    if value == json!("?") {
        Known::Unknown
    } else {
        Known::Observed(value)
    }
}

#[test]
fn a_removed_flow_breaks_its_own_grant_alone() {
    let (both, code) = (json!(["client_credentials"]), json!(["code"]));
    let check = |attempt, expected| {
        check(
            "AllowedOAuthFlows",
            both.clone(),
            code.clone(),
            attempt,
            expected,
        );
    };
    check("token client_credentials", "client-credentials-removed");
    check("token refresh_token", "unaffected");
    check("token authorization_code", "cures");
    check("InitiateAuth USER_SRP_AUTH", "unaffected");
    check("token -", "cannot tell");
}

#[test]
fn callback_urls_compare_exactly() {
    let (a, b) = ("https://app.example.com/cb", "https://app.example.com/cb/");
    let check = |attempt: &str, expected| {
        check("CallbackURLs", json!([a, b]), json!([a]), attempt, expected);
    };
    check(
        &format!("token authorization_code {b}"),
        "callback-url-removed",
    );
    check(&format!("token authorization_code {a}"), "unaffected");
    check("token authorization_code", "perhaps callback-url-removed");
    check(&format!("token refresh_token {b}"), "unaffected");
}

#[test]
fn auth_flows_govern_sign_in_apis_and_not_the_token_endpoint() {
    let before = json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]);
    let after = json!(["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]);
    let check = |attempt, expected| {
        check(
            "ExplicitAuthFlows",
            before.clone(),
            after.clone(),
            attempt,
            expected,
        );
    };
    check("InitiateAuth USER_PASSWORD_AUTH", "auth-flow-removed");
    check("InitiateAuth REFRESH_TOKEN_AUTH", "unaffected");
    check("token refresh_token", "unaffected");
    check("token authorization_code", "unaffected");
}

#[test]
fn the_oauth_switch_leaves_refreshes_alone() {
    let check = |attempt, expected| {
        let setting = "AllowedOAuthFlowsUserPoolClient";
        check(setting, json!(true), json!(false), attempt, expected);
    };
    check("token client_credentials", "oauth-switched-off");
    check("authorize authorization_code", "oauth-switched-off");
    check("token refresh_token", "unaffected");
    check("InitiateAuth USER_SRP_AUTH", "unaffected");
}

#[test]
fn a_trigger_that_is_gone_breaks_custom_authentication() {
    let setting = "LambdaConfig.DefineAuthChallenge";
    let arn = json!("arn:aws:lambda:eu-west-1:111122223333:function:define");
    let broken = "define-auth-challenge-removed";
    check(
        setting,
        arn.clone(),
        Value::Null,
        "InitiateAuth CUSTOM_AUTH",
        broken,
    );
    check(
        setting,
        arn.clone(),
        Value::Null,
        "InitiateAuth USER_SRP_AUTH",
        "unaffected",
    );
    check(
        setting,
        Value::Null,
        arn,
        "InitiateAuth CUSTOM_AUTH",
        "cures",
    );
}

#[test]
fn a_deleted_secret_breaks_only_those_who_use_it() {
    let setting = "ClientSecret.client--1";
    let broken = "perhaps secret-deleted";
    check(
        setting,
        json!("present"),
        Value::Null,
        "token client_credentials",
        broken,
    );
    check(
        setting,
        Value::Null,
        json!("present"),
        "token client_credentials",
        "cures",
    );
}

#[test]
fn an_unknown_value_is_never_equal_and_never_certain() {
    let flows = json!(["code"]);
    let check = |before, after, expected| {
        check(
            "AllowedOAuthFlows",
            before,
            after,
            "token client_credentials",
            expected,
        );
    };
    check(
        json!("?"),
        flows.clone(),
        "perhaps client-credentials-removed",
    );
    check(flows, json!("?"), "cannot tell");
    check(json!("?"), json!(["client_credentials"]), "unaffected");
}

#[test]
fn a_shorter_refresh_lifetime_may_break_refreshes() {
    let broken = "perhaps refresh-lifetime-shortened";
    check(
        "RefreshTokenValidity",
        json!(30),
        json!(1),
        "token refresh_token",
        broken,
    );
    check(
        "RefreshTokenValidity",
        json!(1),
        json!(30),
        "token refresh_token",
        "unaffected",
    );
    check(
        "RefreshTokenValidity",
        json!(30),
        json!(1),
        "token client_credentials",
        "unaffected",
    );
}

#[test]
fn harmless_settings_break_nothing() {
    for setting in [
        "ClientName",
        "AnalyticsConfiguration.ApplicationId",
        "AuthSessionValidity",
    ] {
        check(
            setting,
            json!("a"),
            json!("b"),
            "token authorization_code",
            "unaffected",
        );
    }
}

#[test]
fn shorter_access_tokens_break_nothing_by_themselves() {
    let check = |attempt| {
        check(
            "AccessTokenValidity",
            json!(60),
            json!(5),
            attempt,
            "perhaps access-lifetime-shortened",
        );
    };
    check("token client_credentials");
    check("InitiateAuth USER_PASSWORD_AUTH");
}

/// Every row is about something that a change can hold, and each has its own name.
#[test]
fn the_table_is_whole() {
    let rows = |row: u32| {
        let named = |effect: &&Effect| {
            let digits = |part: &str| part.trim_matches(|c: char| !c.is_ascii_digit()).to_owned();
            let of_matrix = effect.source.split(';').next().unwrap_or_default();
            of_matrix.starts_with("§4.5") && {
                let after = of_matrix
                    .trim_start_matches("§4.5 row")
                    .trim_start_matches('s');
                after
                    .split(" and ")
                    .any(|part| digits(part) == row.to_string())
            }
        };
        effects::effects().filter(named).count()
    };
    // What no change did is no effect.
    let missing: Vec<u32> = (1..=35).filter(|row| rows(*row) == 0).collect();
    assert_eq!(missing, [35]);
    for effect in effects::effects() {
        assert!(!effect.says.is_empty(), "{}", effect.id);
        assert!(!effect.source.is_empty(), "{}", effect.id);
    }
    let mut ids: Vec<&str> = effects::effects().map(|effect| effect.id).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

/// A member without a row would leave every request in doubt.
#[test]
fn every_member_that_requests_depend_on_has_a_row() {
    let tables = [CLIENT, POOL, DOMAIN, IDENTITY_PROVIDER];
    let members = tables.into_iter().flatten();
    let depended = members.filter(|member| {
        member.bearing == Bearing::Requests && !effects::is_indifferent(member.name)
    });
    for member in depended {
        let name = match member.kind {
            Kind::Map => format!("{}.key", member.name),
            _ => member.name.to_owned(),
        };
        let has = effects::effects().any(|effect| effect.is_about(&name));
        assert!(has, "{name}");
    }
}
