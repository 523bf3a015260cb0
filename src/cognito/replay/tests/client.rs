//! What clients may do today: rotation, flows old and new, lifetimes, scopes against attributes.

use serde_json::{Value, json};

use super::{change, check, check_change, of_pool, predicted};
use crate::cognito::replay::Attempt;

#[test]
fn rotation_refuses_the_older_flow_and_reused_tokens_alone() {
    let check = |attempt, expected| {
        let feature = "RefreshTokenRotation.Feature";
        check(
            feature,
            json!("DISABLED"),
            json!("ENABLED"),
            attempt,
            expected,
        );
    };
    check(
        "InitiateAuth REFRESH_TOKEN_AUTH",
        "refresh-flow-refused-by-rotation",
    );
    check(
        "GetTokensFromRefreshToken refresh_token",
        "perhaps refresh-rotation-enabled",
    );
    check("token refresh_token", "perhaps refresh-rotation-enabled");
    check("token authorization_code", "unaffected");
}

#[test]
fn switching_rotation_off_cures_the_older_flow() {
    let feature = "RefreshTokenRotation.Feature";
    let attempt = "InitiateAuth REFRESH_TOKEN_AUTH";
    check(
        feature,
        json!("ENABLED"),
        json!("DISABLED"),
        attempt,
        "cures",
    );
}

#[test]
fn password_and_srp_go_on_through_a_choice() {
    let before = json!([
        "ALLOW_USER_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_USER_PASSWORD_AUTH"
    ]);
    let after = json!(["ALLOW_USER_AUTH"]);
    let check = |attempt, expected| {
        check(
            "ExplicitAuthFlows",
            before.clone(),
            after.clone(),
            attempt,
            expected,
        );
    };
    check("InitiateAuth USER_AUTH", "unaffected");
    check("RespondToAuthChallenge PASSWORD_VERIFIER", "unaffected");
    check("RespondToAuthChallenge PASSWORD_SRP", "unaffected");
    check("InitiateAuth USER_SRP_AUTH", "auth-flow-removed");
    check("InitiateAuth USER_PASSWORD_AUTH", "auth-flow-removed");
}

#[test]
fn legacy_lists_accept_refresh_and_custom_authentication() {
    let check = |after: Value, attempt, expected| {
        let before = json!([
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_CUSTOM_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
            "ALLOW_USER_SRP_AUTH"
        ]);
        check("ExplicitAuthFlows", before, after, attempt, expected);
    };
    let admin = json!(["ADMIN_NO_SRP_AUTH"]);
    check(
        admin.clone(),
        "InitiateAuth REFRESH_TOKEN_AUTH",
        "unaffected",
    );
    check(admin.clone(), "InitiateAuth CUSTOM_AUTH", "unaffected");
    check(
        admin.clone(),
        "AdminInitiateAuth ADMIN_NO_SRP_AUTH",
        "unaffected",
    );
    check(admin, "InitiateAuth USER_SRP_AUTH", "unaffected");
    check(
        json!(["CUSTOM_AUTH_FLOW_ONLY"]),
        "InitiateAuth USER_SRP_AUTH",
        "auth-flow-removed",
    );
}

#[test]
fn an_empty_list_of_flows_may_be_the_default_one() {
    let before = json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]);
    let check = |attempt, expected| {
        check(
            "ExplicitAuthFlows",
            before.clone(),
            json!([]),
            attempt,
            expected,
        );
    };
    check("InitiateAuth USER_PASSWORD_AUTH", "auth-flow-removed");
    check("InitiateAuth USER_SRP_AUTH", "cannot tell");
}

#[test]
fn machines_need_the_flow_of_their_own_api() {
    let check = |before, after, expected| {
        check(
            "ExplicitAuthFlows",
            before,
            after,
            "GetClientToken -",
            expected,
        );
    };
    let (machine, user) = (
        json!(["ALLOW_CLIENT_TOKEN_AUTH"]),
        json!(["ALLOW_REFRESH_TOKEN_AUTH"]),
    );
    check(machine.clone(), user.clone(), "client-token-flow-removed");
    check(user, machine, "cures");
}

#[test]
fn a_lifetime_in_another_unit_is_no_change() {
    let replayed = |count: [i64; 2], unit: [&str; 2], expected| {
        let change = of_pool([
            ("RefreshTokenValidity", json!(count[0]), json!(count[1])),
            (
                "TokenValidityUnits.RefreshToken",
                json!(unit[0]),
                json!(unit[1]),
            ),
        ]);
        check_change(&change, "token refresh_token", expected);
    };
    replayed([1, 24], ["days", "hours"], "unaffected");
    replayed([60, 1], ["minutes", "hours"], "unaffected");
    replayed([12, 2], ["hours", "days"], "unaffected");
    replayed(
        [30, 30],
        ["days", "hours"],
        "perhaps refresh-lifetime-shortened, perhaps refresh-lifetime-unit-changed",
    );
}

#[test]
fn a_shorter_session_refuses_slow_answers_alone() {
    let check = |before, after, attempt, expected| {
        let setting = "AuthSessionValidity";
        check(setting, json!(before), json!(after), attempt, expected);
    };
    let answer = "RespondToAuthChallenge SOFTWARE_TOKEN_MFA";
    check(15, 3, answer, "perhaps challenge-session-shortened");
    check(3, 15, answer, "unaffected");
    check(15, 3, "InitiateAuth USER_SRP_AUTH", "unaffected");
}

#[test]
fn scopes_need_all_their_attributes_to_be_readable() {
    let all = json!(["email", "email_verified", "name"]);
    let replayed = |after: Value, scopes, expected: &str| {
        let change = change("ReadAttributes", all.clone(), after);
        let attempt = Attempt {
            endpoint: "token",
            grant: Some("refresh_token"),
            scopes,
            ..Attempt::default()
        };
        assert_eq!(predicted(&change, &attempt), expected);
    };
    let address_only = json!(["email", "name"]);
    replayed(
        address_only.clone(),
        Some("email openid"),
        "read-attribute-removed",
    );
    replayed(address_only.clone(), Some("openid profile"), "unaffected");
    replayed(address_only, None, "perhaps read-attribute-removed");
    // No scope stands or falls with a name.
    replayed(
        json!(["email", "email_verified"]),
        Some("email profile"),
        "unaffected",
    );
}

#[test]
fn a_default_redirect_serves_those_who_name_none() {
    let setting = "DefaultRedirectURI";
    let (a, b) = ("https://a.example.com/", "https://b.example.com/");
    let broken = "perhaps default-redirect-changed";
    check(
        setting,
        json!(a),
        json!(b),
        "authorize authorization_code",
        broken,
    );
    check(
        setting,
        json!(null),
        json!(b),
        "authorize authorization_code",
        "unaffected",
    );
    let named = format!("authorize authorization_code {b}");
    check(setting, json!(a), json!(null), &named, "unaffected");
}

#[test]
fn rotation_takes_the_place_of_the_flow_it_excludes() {
    let (before, after) = (
        json!(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]),
        json!(["ALLOW_USER_SRP_AUTH"]),
    );
    let check = |attempt, expected| {
        let flows = "ExplicitAuthFlows";
        check(flows, before.clone(), after.clone(), attempt, expected);
    };
    check("GetTokensFromRefreshToken refresh_token", "unaffected");
    check("InitiateAuth REFRESH_TOKEN_AUTH", "auth-flow-removed");
}

#[test]
fn a_page_serves_both_flows_that_end_in_tokens_of_users() {
    let check = |setting, before, after, expected| {
        check(setting, before, after, "login -", expected);
    };
    let listed = json!(["https://app.example.com/cb"]);
    let broken = "perhaps callback-url-removed";
    check("CallbackURLs", listed, json!([]), broken);
    let flow = "AllowedOAuthFlows";
    check(
        flow,
        json!(["code", "implicit"]),
        json!(["code"]),
        "cannot tell",
    );
}
