//! Rules of today's API: rotation, choice of factors, versions of triggers, hosts and limits, and what
//! cannot refuse anything.

use serde_json::{Value, json};

use super::{change, check, check_change, known, predicted};
use crate::{
    cognito::{
        history::{ConfigChange, DiffLine, Standing},
        replay::{Attempt, look_at},
        setting::{Resource, Setting},
    },
    ids::UserPoolId,
};

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

/// A call on something, of which no log shows what it altered.
fn opaque(resource: Resource, name: &str) -> ConfigChange {
    let mut change = of_pool([]);
    change.resource = resource;
    change.standing = Standing::Opaque;
    change.change.name = name.to_owned();
    change
}

fn pool() -> UserPoolId {
    UserPoolId::new("eu-west-1_EXAMPLE")
}

fn service(name: &str) -> Resource {
    Resource::Other(name.to_owned(), "example".to_owned())
}

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
fn a_factor_that_is_not_listed_cannot_come_first() {
    let setting = "Policies.SignInPolicy.AllowedFirstAuthFactors";
    let check = |attempt, expected| {
        check(
            setting,
            json!(["EMAIL_OTP", "PASSWORD", "WEB_AUTHN"]),
            json!(["PASSWORD"]),
            attempt,
            expected,
        );
    };
    check("RespondToAuthChallenge WEB_AUTHN", "first-factor-removed");
    check("RespondToAuthChallenge PASSWORD", "unaffected");
    // It may be the second factor.
    check(
        "RespondToAuthChallenge EMAIL_OTP",
        "perhaps first-factor-removed",
    );
    check("InitiateAuth USER_SRP_AUTH", "unaffected");
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
fn machines_run_the_third_version_of_the_token_trigger_alone() {
    const ARN: &str = "LambdaConfig.PreTokenGenerationConfig.LambdaArn";
    let replayed = |version: &str, attempt, expected| {
        let mut change = of_pool([(ARN, json!("arn:a"), json!("arn:b"))]);
        let config = json!({"lambdaArn": "arn:b", "lambdaVersion": version});
        let request = json!({"lambdaConfig": {"preTokenGenerationConfig": config}});
        change.change.request = Some(request.to_string());
        check_change(&change, attempt, expected);
    };
    let machine = "token client_credentials";
    replayed("V2_0", machine, "unaffected");
    replayed("V3_0", machine, "perhaps machine-token-trigger-changed");
    replayed(
        "V2_0",
        "token refresh_token",
        "perhaps token-trigger-version-changed",
    );
    check_change(
        &of_pool([(ARN, json!("arn:a"), json!("arn:b"))]),
        machine,
        "cannot tell",
    );
}

#[test]
fn a_function_is_run_by_those_whose_trigger_it_is() {
    let looks = |setting: &'static str, version, grant| {
        let attempt = Attempt {
            endpoint: "token",
            grant: Some(grant),
            ..Attempt::default()
        };
        look_at(&Setting::named(setting), version, &attempt)
    };
    let versioned = "LambdaConfig.PreTokenGenerationConfig.LambdaArn";
    assert!(looks(versioned, Some("V3_0"), "client_credentials"));
    assert!(!looks(versioned, Some("V2_0"), "client_credentials"));
    assert!(looks(versioned, Some("V2_0"), "refresh_token"));
    assert!(looks(versioned, None, "client_credentials"));
    assert!(!looks("LambdaConfig.PreSignUp", None, "refresh_token"));
}

#[test]
fn a_lower_tier_takes_features_and_a_higher_one_none() {
    let tier = |before, after, attempt, expected| {
        let change = of_pool([("UserPoolTier", json!(before), json!(after))]);
        check_change(&change, attempt, expected);
    };
    let choice = "InitiateAuth USER_AUTH";
    tier(
        "ESSENTIALS",
        "LITE",
        choice,
        "perhaps pool-tier-changed, perhaps tier-without-token-trigger",
    );
    tier("PLUS", "ESSENTIALS", choice, "unaffected");
    tier("LITE", "PLUS", choice, "unaffected");
    tier("?", "?", choice, "cannot tell");
    tier(
        "PLUS",
        "LITE",
        "token client_credentials",
        "perhaps tier-without-machine-trigger",
    );
}

#[test]
fn a_factor_that_is_switched_off_is_refused() {
    let enabled = (
        "SoftwareTokenMfaConfiguration.Enabled",
        json!(true),
        json!(false),
    );
    let change = of_pool([enabled]);
    check_change(
        &change,
        "RespondToAuthChallenge SOFTWARE_TOKEN_MFA",
        "totp-switched-off",
    );
    check_change(
        &change,
        "InitiateAuth USER_SRP_AUTH",
        "perhaps only-factor-switched-off",
    );
    check_change(&change, "token refresh_token", "unaffected");
}

#[test]
fn passkeys_belong_to_their_domain() {
    let domain = (
        "WebAuthnConfiguration.RelyingPartyId",
        json!("a.example.com"),
        json!("b.example.com"),
    );
    let change = of_pool([domain]);
    check_change(
        &change,
        "RespondToAuthChallenge WEB_AUTHN",
        "perhaps passkey-domain-changed",
    );
    check_change(&change, "InitiateAuth USER_PASSWORD_AUTH", "unaffected");
}

#[test]
fn threat_protection_refuses_when_it_is_enforced() {
    let mode = |before, after, expected| {
        let line = (
            "UserPoolAddOns.AdvancedSecurityMode",
            json!(before),
            json!(after),
        );
        check_change(&of_pool([line]), "InitiateAuth USER_SRP_AUTH", expected);
    };
    mode("AUDIT", "ENFORCED", "perhaps threat-protection-enforced");
    mode("ENFORCED", "AUDIT", "unaffected");
    let action = |setting: &str, after, expected| {
        let line = (setting, json!("NO_ACTION"), json!(after));
        check_change(&of_pool([line]), "InitiateAuth USER_SRP_AUTH", expected);
    };
    let high = "AccountTakeoverRiskConfiguration.Actions.HighAction.EventAction";
    action(high, "BLOCK", "perhaps risky-sign-in-blocked");
    action(high, "MFA_REQUIRED", "perhaps risky-sign-in-needs-factor");
    action(high, "MFA_IF_CONFIGURED", "unaffected");
    let subject = "AccountTakeoverRiskConfiguration.NotifyConfiguration.BlockEmail.Subject";
    action(subject, "Blocked", "unaffected");
}

#[test]
fn what_is_only_added_refuses_nothing() {
    let arn = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE";
    let permission = |before, after, expected| {
        let mut change = of_pool([("Permission.cognito", before, after)]);
        change.resource = Resource::Function("tokens".to_owned());
        check_change(&change, "token refresh_token", expected);
    };
    permission(json!(null), json!({"SourceArn": arn}), "cures");
    permission(
        json!({"SourceArn": arn}),
        json!(null),
        "perhaps trigger-permission-removed",
    );
    let function = || Resource::Function("tokens".to_owned());
    for (resource, name, expected) in [
        (function(), "AddPermission20150331v2", "unaffected"),
        (function(), "PublishVersion20150331", "unaffected"),
        (
            function(),
            "UpdateFunctionCode20150331v2",
            "perhaps trigger-function-changed",
        ),
        (
            Resource::Pool(pool()),
            "CreateUserPoolReplica",
            "unaffected",
        ),
        (
            Resource::Pool(pool()),
            "DeleteUserPoolReplica",
            "perhaps replica-changed",
        ),
        (service("acm"), "RequestCertificate", "unaffected"),
        (
            service("acm"),
            "DeleteCertificate",
            "perhaps certificate-or-record-changed",
        ),
    ] {
        check_change(&opaque(resource, name), "token refresh_token", expected);
    }
}

#[test]
fn a_function_without_concurrency_refuses_all() {
    let reserved = |before, after, expected| {
        let mut change = of_pool([("ReservedConcurrentExecutions", before, after)]);
        change.resource = Resource::Function("tokens".to_owned());
        check_change(&change, "token refresh_token", expected);
    };
    reserved(json!(null), json!(0), "trigger-concurrency-reduced");
    reserved(json!(null), json!(5), "perhaps trigger-concurrency-reduced");
    reserved(json!(5), json!(50), "unaffected");
    reserved(json!(5), json!(null), "unaffected");
}

#[test]
fn a_provider_refuses_those_who_ask_for_it() {
    let mut change = of_pool([("Exists", json!(true), json!(false))]);
    change.resource = Resource::IdentityProvider(pool(), "Corporate".to_owned());
    let asking = |identity_provider| Attempt {
        endpoint: "authorize",
        grant: Some("authorization_code"),
        identity_provider,
        ..Attempt::default()
    };
    let gone = "identity-provider-deleted";
    assert_eq!(predicted(&change, &asking(Some("Corporate"))), gone);
    assert_eq!(predicted(&change, &asking(Some("Other"))), "unaffected");
    assert_eq!(predicted(&change, &asking(None)), format!("perhaps {gone}"));
}

#[test]
fn a_mapping_of_attributes_is_named_by_its_line() {
    let mut change = of_pool([("AttributeMapping.email", json!("mail"), json!("upn"))]);
    change.resource = Resource::IdentityProvider(pool(), "Corporate".to_owned());
    check_change(
        &change,
        "idpresponse authorization_code",
        "perhaps attribute-mapping-changed",
    );
    check_change(&change, "token client_credentials", "unaffected");
}

#[test]
fn a_provider_may_have_got_another_secret_where_nothing_differs() {
    for line in ["ProviderType", "ProviderDetails.client_secret"] {
        let mut change = of_pool([(line, json!("?"), json!("?"))]);
        change.resource = Resource::IdentityProvider(pool(), "Corporate".to_owned());
        check_change(
            &change,
            "idpresponse authorization_code",
            "perhaps identity-provider-changed",
        );
    }
}

#[test]
fn a_setting_without_a_row_is_never_innocent() {
    let attempt = "token refresh_token";
    check_change(
        &of_pool([("NewThing.Switch", json!(1), json!(2))]),
        attempt,
        "cannot tell",
    );
    check_change(
        &opaque(Resource::Pool(pool()), "SetUserPoolNewThing"),
        attempt,
        "cannot tell",
    );
    check_change(
        &opaque(service("newservice"), "UpdateThing"),
        attempt,
        "cannot tell",
    );
    for harmless in ["UserPoolTags.team", "PoolName", "EmailVerificationSubject"] {
        check_change(
            &of_pool([(harmless, json!("a"), json!("b"))]),
            attempt,
            "unaffected",
        );
    }
    for service_name in ["cloudformation", "ecs"] {
        check_change(
            &opaque(service(service_name), "UpdateService"),
            attempt,
            "unaffected",
        );
    }
}

#[test]
fn limits_hosts_and_sessions_have_rows_of_their_own() {
    for (resource, name, attempt, expected) in [
        (
            service("cognito-idp.amazonaws.com"),
            "UpdateProvisionedLimit",
            "token client_credentials",
            "perhaps limit-changed",
        ),
        (
            Resource::Pool(pool()),
            "AdminUserGlobalSignOut",
            "token refresh_token",
            "perhaps users-signed-out",
        ),
        (
            Resource::Pool(pool()),
            "AdminUserGlobalSignOut",
            "token client_credentials",
            "unaffected",
        ),
        (
            service("ec2"),
            "DeleteRoute",
            "token client_credentials",
            "perhaps network-changed",
        ),
    ] {
        check_change(&opaque(resource, name), attempt, expected);
    }
}
