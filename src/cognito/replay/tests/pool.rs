//! What pools ask for today: factors, versions of triggers, tiers, threat protection.

use serde_json::json;

use super::{check, check_change, of_pool};
use crate::cognito::{
    replay::{Attempt, look_at},
    setting::Setting,
};

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
fn another_function_for_a_challenge_may_fail() {
    let trigger = |before, after, expected| {
        let line = ("LambdaConfig.CreateAuthChallenge", before, after);
        check_change(&of_pool([line]), "InitiateAuth CUSTOM_AUTH", expected);
    };
    let replaced = "perhaps create-auth-challenge-replaced";
    trigger(json!("arn:a"), json!("arn:b"), replaced);
    trigger(json!(null), json!("arn:b"), "cures");
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
