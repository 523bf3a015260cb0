//! User pools: restored from a description only.

use expect_test::expect;
use serde_json::json;

use super::{change, check, told};
use crate::cognito::{
    history::{History, Snapshot},
    setting::Setting,
    undo::undo,
};
use serde_json::Value;

fn pool(trigger: Option<&str>) -> Value {
    json!({"Id": "eu-west-1_EXAMPLE", "Name": "p", "MfaConfiguration": "OPTIONAL",
        "LastModifiedDate": "2026-03-02T10:15:01Z",
        "LambdaConfig": {"DefineAuthChallenge": trigger},
        "UserPoolTags": {"cost.center": "42"}})
}

#[test]
fn pool_comes_back_from_a_description_only() {
    let created = change(
        0,
        "CreateUserPool",
        json!({}),
        json!({"userPool": pool(Some("arn:define"))}),
    );
    let changes = vec![
        created,
        change(
            1,
            "UpdateUserPool",
            json!({"mfaConfiguration": "OPTIONAL", "userPoolTags": {"cost.center": "42"}}),
            json!({}),
        ),
    ];
    let guilty = ["LambdaConfig.DefineAuthChallenge"];
    check(
        changes.clone(),
        1,
        &guilty,
        expect![[r#"
            steps
            - No command is printed: it would reset settings that no log and no description of the pool shows (`--settings` takes one).
            - Save the settings as they are: `aws cognito-idp describe-user-pool --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE > pool.json`.
            - Set `LambdaConfig.DefineAuthChallenge` to `"arn:define"`.
            - Send every member that `update-user-pool` takes back, changed or not: `aws cognito-idp update-user-pool --region eu-west-1 --cli-input-json file://pool.json`; what is left out may be reset, triggers and e-mail settings included.
        "#]],
    );
    let described =
        Snapshot::read(&json!({"UserPool": pool(None)}).to_string()).unwrap_or_default();
    let history = History::new(changes, described);
    let undo = undo(&history, 1, &guilty.map(Setting::named), None);
    expect![[r#"
        update_user_pool
        $ aws cognito-idp update-user-pool --region eu-west-1 --cli-input-json '{"LambdaConfig":{"DefineAuthChallenge":"arn:define"},"MfaConfiguration":"OPTIONAL","PoolName":"p","UserPoolId":"eu-west-1_EXAMPLE","UserPoolTags":{"cost.center":"42"}}'
        - Compare with `aws cognito-idp describe-user-pool --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE` first: what the document lacks is reset.
    "#]].assert_eq(&told(&undo));
}

/// A description with members of which this program knows nothing, and some that no call takes.
fn described(extra: Value) -> Value {
    let mut pool = pool(None);
    let members = pool.as_object_mut().into_iter();
    for members in members {
        members.extend(extra.as_object().cloned().unwrap_or_default());
    }
    json!({"UserPool": pool})
}

fn undone(extra: Value) -> crate::cognito::undo::Undo {
    let created = json!({"userPool": pool(Some("arn:define"))});
    let changes = vec![
        change(0, "CreateUserPool", json!({}), created),
        change(
            1,
            "UpdateUserPool",
            json!({"mfaConfiguration": "OPTIONAL"}),
            json!({}),
        ),
    ];
    let described = Snapshot::read(&described(extra).to_string()).unwrap_or_default();
    let history = History::new(changes, described);
    undo(
        &history,
        1,
        &[Setting::named("LambdaConfig.DefineAuthChallenge")],
        None,
    )
}

#[test]
fn members_that_nobody_knows_are_passed_on_as_they_are_spelled() {
    let undo = undone(json!({
        "IssuerConfiguration": {"Type": "UPDATED"},
        "AcrConfiguration": {"Level1": {"AcrValue": "urn:one"}},
        "NewThing": {"lower": ["b", "a"], "dotted.key": 1},
        "Status": "Enabled",
    }));
    let document = undo.document.unwrap_or_default();
    assert_eq!(document["IssuerConfiguration"], json!({"Type": "UPDATED"}));
    assert_eq!(
        document["AcrConfiguration"],
        json!({"Level1": {"AcrValue": "urn:one"}})
    );
    assert_eq!(
        document["NewThing"],
        json!({"lower": ["b", "a"], "dotted.key": 1})
    );
    assert_eq!(document.get("Status"), None);
}

#[test]
fn what_the_api_refuses_together_is_not_sent_together() {
    let messages = json!({"VerificationMessageTemplate": {
        "DefaultEmailOption": "CONFIRM_WITH_CODE", "EmailMessage": "Go to https://example.com/v?code={####}",
        "EmailMessageByLink": "{##Click##}"}, "EmailVerificationMessage": "Go to https://example.com/v?code={####}",
        "UserPoolTags": {"aws:cloudformation:stack-name": "auth", "team": "x"}});
    let undo = undone(messages);
    let document = undo.document.unwrap_or_default();
    assert_eq!(
        document["VerificationMessageTemplate"],
        json!({"EmailMessage": "Go to https://example.com/v?code={####}"})
    );
    assert_eq!(document.get("EmailVerificationMessage"), None);
    assert_eq!(document["UserPoolTags"], json!({"team": "x"}));
    assert!(
        undo.steps
            .iter()
            .any(|step| step.contains("It was `\"{##Click##}\"`"))
    );

    let both = undone(json!({"SmsConfiguration": {"SnsCallerArn": "arn:sms",
        "EumsSms": {"CallerArn": "arn:eums"}}}));
    assert_eq!((both.kind, both.command), ("steps", None));
    assert!(both.steps[0].contains("either `SnsCallerArn` or `EumsSms`"));
}

#[test]
fn a_masked_member_stops_the_command() {
    let undo = undone(json!({"NewThing": {"Secret": "***"}}));
    assert_eq!((undo.kind, undo.command), ("steps", None));
    assert!(undo.steps[0].contains("`NewThing.Secret`"));
}

#[test]
fn the_mode_of_a_second_factor_goes_back_with_its_factors() {
    let config = |mode: &str| {
        json!({"mfaConfiguration": mode, "softwareTokenMfaConfiguration": {"enabled": true},
            "smsMfaConfiguration": {"smsConfiguration": {"snsCallerArn": "arn:sms"}}})
    };
    let set = |second, mode| change(second, "SetUserPoolMfaConfig", config(mode), config(mode));
    check(
        vec![set(0, "OPTIONAL"), set(1, "ON")],
        1,
        &["MfaConfiguration"],
        expect![[r#"
            set_user_pool_mfa_config
            $ aws cognito-idp set-user-pool-mfa-config --region eu-west-1 --cli-input-json '{"MfaConfiguration":"OPTIONAL","SmsMfaConfiguration":{"SmsConfiguration":{"SnsCallerArn":"arn:sms"}},"SoftwareTokenMfaConfiguration":{"Enabled":true},"UserPoolId":"eu-west-1_EXAMPLE"}'
            - Compare with `aws cognito-idp get-user-pool-mfa-config --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE` first: it may show a factor that the logs do not.
        "#]],
    );
    let off = json!({"mfaConfiguration": "OFF"});
    let off = change(0, "SetUserPoolMfaConfig", off.clone(), off);
    check(
        vec![off, set(1, "ON")],
        1,
        &["MfaConfiguration"],
        expect![[r#"
            set_user_pool_mfa_config
            $ aws cognito-idp set-user-pool-mfa-config --region eu-west-1 --cli-input-json '{"MfaConfiguration":"OFF","UserPoolId":"eu-west-1_EXAMPLE"}'
            - Compare with `aws cognito-idp get-user-pool-mfa-config --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE` first: it may show a factor that the logs do not.
        "#]],
    );
    check(
        vec![set(1, "ON")],
        0,
        &["MfaConfiguration"],
        expect![[r#"
        steps
        - Look at the settings as they are: `aws cognito-idp get-user-pool-mfa-config --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE`.
        - Put `MfaConfiguration` back to its value of before, which the logs do not hold.
        - Send them all: `aws cognito-idp set-user-pool-mfa-config --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE …`.
    "#]],
    );
}
