//! Undos as data; each is held against the service model.

use chrono::DateTime;
use expect_test::{Expect, expect};
use serde_json::json;

use super::*;
use crate::record::Change;

mod laws;
mod model;
mod parts;
mod pool;
mod rules;

fn change(second: i64, name: &str, request: Value, response: Value) -> Change {
    let client = name.contains("Client").then(|| "webEXAMPLE".to_owned());
    let service = match name {
        name if name.contains("ACL") => "wafv2.amazonaws.com",
        name if name.contains("2015") || name.contains("2017") => "lambda.amazonaws.com",
        _ => "cognito-idp.amazonaws.com",
    };
    Change {
        time: DateTime::from_timestamp(1_772_446_500 + second, 0).unwrap_or_default(),
        event_id: format!("EXAMPLE-{second:02}"),
        name: name.to_owned(),
        service: service.to_owned(),
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        user_pool: (service != "lambda.amazonaws.com").then(|| "eu-west-1_EXAMPLE".to_owned()),
        client,
        request: Some(request.to_string()),
        response: (!response.is_null()).then(|| response.to_string()),
        ..Change::default()
    }
}

fn told(undo: &Undo) -> String {
    model::assert_valid(undo);
    let mut text = format!("{}\n", undo.kind);
    if let Some(command) = &undo.command {
        text += &format!("$ {command}\n");
    }
    for step in &undo.steps {
        text += &format!("- {step}\n");
    }
    for setting in &undo.assumed {
        text += &format!("assumed {setting}\n");
    }
    if let Some(command) = undo.resets.as_ref().and_then(|all| all.command.as_ref()) {
        text += &format!("all $ {command}\n");
    }
    text
}

#[track_caller]
fn check(changes: Vec<Change>, index: usize, guilty: &[&'static str], expected: Expect) {
    let history = History::new(changes, Vec::new());
    let guilty: Vec<Setting> = guilty.iter().map(|name| Setting::named(name)).collect();
    expected.assert_eq(&told(&undo(&history, index, &guilty, None)));
}

fn web(flows: &[&str], scopes: &[&str], callbacks: &[&str]) -> Value {
    json!({"clientName": "web's", "allowedOAuthFlows": flows, "allowedOAuthScopes": scopes,
        "callbackURLs": callbacks, "allowedOAuthFlowsUserPoolClient": true,
        "enableTokenRevocation": true, "refreshTokenValidity": 30})
}

fn create(state: &Value) -> Change {
    change(
        0,
        "CreateUserPoolClient",
        state.clone(),
        json!({"userPoolClient": state}),
    )
}

fn update(second: i64, state: &Value) -> Change {
    change(
        second,
        "UpdateUserPoolClient",
        state.clone(),
        json!({"userPoolClient": state}),
    )
}

const CB: &[&str] = &["https://example.com/cb"];

#[test]
fn guilty_line_goes_back_and_later_changes_stay() {
    let before = web(&["code"], &["openid"], CB);
    let broken = web(&["implicit"], &["openid"], CB);
    let mut later = broken.clone();
    later["accessTokenValidity"] = json!(30);
    later["tokenValidityUnits"] = json!({"accessToken": "minutes"});
    check(
        vec![create(&before), update(1, &broken), update(2, &later)],
        1,
        &["AllowedOAuthFlows"],
        expect![[r#"
            update_user_pool_client
            $ aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json '{"AccessTokenValidity":30,"AllowedOAuthFlows":["code","implicit"],"AllowedOAuthFlowsUserPoolClient":true,"AllowedOAuthScopes":["openid"],"CallbackURLs":["https://example.com/cb"],"ClientId":"webEXAMPLE","ClientName":"web'\''s","EnableTokenRevocation":true,"TokenValidityUnits":{"AccessToken":"minutes"},"UserPoolId":"eu-west-1_EXAMPLE"}'
            - `AllowedOAuthFlows` keeps what was added since the change or by it: `implicit`.
        "#]],
    );
}

#[test]
fn what_is_as_before_again_is_said_to_be() {
    let before = web(&["code"], &["openid"], CB);
    let broken = web(&["implicit"], &["openid"], CB);
    check(
        vec![create(&before), update(1, &broken), update(2, &before)],
        1,
        &["AllowedOAuthFlows"],
        expect![[r#"
            none
            - Already reverted: `AllowedOAuthFlows` has its previous value again.
        "#]],
    );
}

#[test]
fn lines_that_belong_together_go_back_together() {
    check(
        vec![
            create(&web(&["client_credentials"], &["api/read"], &[])),
            update(1, &web(&["code"], &["openid"], CB)),
        ],
        1,
        &["AllowedOAuthFlows"],
        expect![[r#"
            update_user_pool_client
            $ aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json '{"AllowedOAuthFlows":["client_credentials"],"AllowedOAuthFlowsUserPoolClient":true,"AllowedOAuthScopes":["api/read"],"CallbackURLs":["https://example.com/cb"],"ClientId":"webEXAMPLE","ClientName":"web'\''s","EnableTokenRevocation":true,"UserPoolId":"eu-west-1_EXAMPLE"}'
            - `AllowedOAuthScopes` goes back too: `client_credentials` takes custom scopes only.
            - `code` cannot stay in `AllowedOAuthFlows`: `client_credentials` must be the only flow of a client.
            - `openid` cannot stay in `AllowedOAuthScopes`: `client_credentials` takes custom scopes only.
            - With its value of before, `AllowedOAuthFlows` refuses again what passes now: `authorization_code`.
            - With its value of before, `AllowedOAuthScopes` refuses again what passes now: `openid`.
        "#]],
    );
}

#[test]
fn items_added_since_stay() {
    let two: &[&str] = &["https://a.example.com", "https://b.example.com"];
    check(
        vec![
            create(&web(&["code"], &["openid"], two)),
            update(1, &web(&["code"], &["openid"], &["https://b.example.com"])),
            update(
                2,
                &web(
                    &["code"],
                    &["openid"],
                    &["https://b.example.com", "https://c.example.com"],
                ),
            ),
        ],
        1,
        &["CallbackURLs"],
        expect![[r#"
            update_user_pool_client
            $ aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json '{"AllowedOAuthFlows":["code"],"AllowedOAuthFlowsUserPoolClient":true,"AllowedOAuthScopes":["openid"],"CallbackURLs":["https://a.example.com","https://b.example.com","https://c.example.com"],"ClientId":"webEXAMPLE","ClientName":"web'\''s","EnableTokenRevocation":true,"UserPoolId":"eu-west-1_EXAMPLE"}'
            - `CallbackURLs` was changed again since; what came later is kept.
        "#]],
    );
}

#[track_caller]
fn check_document(changes: Vec<Change>, guilty: &[&'static str], expected: &[(&str, Value)]) {
    let history = History::new(changes, Vec::new());
    let guilty: Vec<Setting> = guilty.iter().map(|name| Setting::named(name)).collect();
    let undo = undo(&history, 1, &guilty, None);
    model::assert_valid(&undo);
    let document = undo.document.unwrap_or_default();
    for (pointer, value) in expected {
        assert_eq!(document.pointer(pointer), Some(value), "{pointer}");
    }
}

#[test]
fn number_and_unit_go_back_together() {
    let mut before = web(&["code"], &["openid"], CB);
    before["accessTokenValidity"] = json!(20);
    before["tokenValidityUnits"] = json!({"accessToken": "minutes"});
    let mut broken = before.clone();
    broken["accessTokenValidity"] = json!(8);
    broken["tokenValidityUnits"] = json!({"accessToken": "hours"});
    check_document(
        vec![create(&before), update(1, &broken)],
        &["AccessTokenValidity"],
        &[
            ("/AccessTokenValidity", json!(20)),
            ("/TokenValidityUnits/AccessToken", json!("minutes")),
        ],
    );
}

#[test]
fn items_that_the_change_brought_stay_and_so_do_those_added_since() {
    let with = |urls: &[&str]| web(&["code"], &["openid"], urls);
    check_document(
        vec![
            create(&with(&["https://a.example.com"])),
            update(1, &with(&["https://bad.example.com"])),
            update(
                2,
                &with(&["https://bad.example.com", "https://c.example.com"]),
            ),
        ],
        &["CallbackURLs"],
        &[(
            "/CallbackURLs",
            json!([
                "https://a.example.com",
                "https://bad.example.com",
                "https://c.example.com"
            ]),
        )],
    );
}

#[test]
fn rotation_and_the_refresh_flow_exclude_each_other() {
    let mut before = web(&["code"], &["openid"], CB);
    before["explicitAuthFlows"] = json!(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]);
    let mut broken = web(&["code"], &["openid"], CB);
    broken["explicitAuthFlows"] = json!(["ALLOW_USER_SRP_AUTH"]);
    broken["refreshTokenRotation"] = json!({"feature": "ENABLED", "retryGracePeriodSeconds": 0});
    check_document(
        vec![create(&before), update(1, &broken)],
        &["ExplicitAuthFlows"],
        &[("/RefreshTokenRotation/Feature", json!("DISABLED"))],
    );
}

#[test]
fn later_value_that_is_taken_back_is_named() {
    let with = |minutes: i64| {
        let mut state = web(&["code"], &["openid"], CB);
        state["authSessionValidity"] = json!(minutes);
        state
    };
    let history = History::new(
        vec![create(&with(10)), update(1, &with(3)), update(2, &with(5))],
        Vec::new(),
    );
    let undo = undo(&history, 1, &[Setting::named("AuthSessionValidity")], None);
    assert_eq!(
        undo.steps,
        ["`AuthSessionValidity` was changed again since, to `5`; the command takes that back too."]
    );
}

#[test]
fn without_a_baseline_only_steps_help() {
    let bare = json!({"clientName": "web"});
    check(
        vec![change(1, "UpdateUserPoolClient", bare, Value::Null)],
        0,
        &["AllowedOAuthFlows"],
        expect![[r#"
            steps
            - The logs do not hold what `AllowedOAuthFlows` was before: ask whoever set it up.
            - Save the settings as they are: `aws cognito-idp describe-user-pool-client --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE --client-id webEXAMPLE > client.json`.
            - Send everything back, without `ClientSecret` and the dates: `aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json file://client.json`; what is left out is reset.
        "#]],
    );
}

#[test]
fn a_name_that_looks_like_a_scheme_is_kept_and_a_masked_one_is_not_sent() {
    let named = |name: &str, flow: &str| {
        let mut state = web(&[flow], &["openid"], CB);
        state["clientName"] = json!(name);
        state
    };
    let sent = |name: &str| {
        let changes = vec![
            create(&named(name, "code")),
            update(1, &named(name, "implicit")),
        ];
        let history = History::new(changes, Vec::new());
        undo(&history, 1, &[Setting::named("AllowedOAuthFlows")], None)
    };
    let whole = sent("Basic Auth Client").document.unwrap_or_default();
    assert_eq!(whole["ClientName"], json!("Basic Auth Client"));
    let masked = sent("Basic HIDDEN_DUE_TO_SECURITY_REASONS Client");
    assert_eq!(masked.document.unwrap_or_default().get("ClientName"), None);
    assert!(
        masked
            .steps
            .iter()
            .any(|step| step.contains("`ClientName` is not known"))
    );
}

#[test]
fn a_member_that_is_masked_in_part_is_refused_and_named() {
    let urls = |flow: &str| {
        let mut state = web(&[flow], &["openid"], CB);
        state["logoutURLs"] = json!(["https://example.com", "https://***.example.com"]);
        state
    };
    let history = History::new(
        vec![create(&urls("code")), update(1, &urls("implicit"))],
        Vec::new(),
    );
    let undo = undo(&history, 1, &[Setting::named("AllowedOAuthFlows")], None);
    assert_eq!((undo.kind, undo.command), ("steps", None));
    assert!(
        undo.steps
            .iter()
            .any(|step| step.contains("would reset `LogoutURLs`"))
    );
}

#[test]
fn default_attributes_and_what_no_response_shows_are_not_spelled_out() {
    let before = web(&["code"], &["openid"], CB);
    let mut broken = web(&["code"], &["openid"], CB);
    broken["readAttributes"] = json!(["name"]);
    let history = History::new(vec![create(&before), update(1, &broken)], Vec::new());
    let undo = undo(&history, 1, &[Setting::named("ReadAttributes")], None);
    let document = undo.document.unwrap_or_default();
    for member in ["ReadAttributes", "WriteAttributes", "RefreshTokenRotation"] {
        assert_eq!(document.get(member), None);
    }
    assert_eq!(
        undo.steps,
        ["`ReadAttributes` was at its default; it is left out, which brings that back."]
    );
}

#[test]
fn members_that_nobody_knows_are_passed_on() {
    let with = |flow: &str| {
        let mut state = web(&[flow], &["openid"], CB);
        state["newThing"] = json!({"switch": true});
        state
    };
    let history = History::new(
        vec![create(&with("code")), update(1, &with("implicit"))],
        Vec::new(),
    );
    let undo = undo(&history, 1, &[Setting::named("AllowedOAuthFlows")], None);
    let document = undo.document.unwrap_or_default();
    assert_eq!(document["NewThing"], json!({"Switch": true}));
    assert!(
        undo.steps
            .iter()
            .any(|step| step.contains("`NewThing.Switch` is passed on"))
    );
}

#[test]
fn a_call_that_cognito_refuses_is_not_printed() {
    let before = web(&["code"], &["openid"], &[]);
    let broken = web(&[], &[], &[]);
    let history = History::new(vec![create(&before), update(1, &broken)], Vec::new());
    let undo = undo(&history, 1, &[Setting::named("AllowedOAuthFlows")], None);
    assert_eq!((undo.kind, undo.command), ("steps", None));
    let refusal = "Cognito would refuse it: `code` and `implicit` need a callback URL";
    assert!(undo.steps.iter().any(|step| step.contains(refusal)));
}

#[test]
fn what_a_partial_update_reset_is_told_and_offered() {
    let mut before = web(&["code"], &["api/read", "openid"], CB);
    before["accessTokenValidity"] = json!(15);
    before["tokenValidityUnits"] = json!({"accessToken": "minutes"});
    before["logoutURLs"] = json!(["https://example.com/bye"]);
    before["refreshTokenRotation"] = json!({"feature": "ENABLED", "retryGracePeriodSeconds": 30});
    before["explicitAuthFlows"] = json!(["ALLOW_USER_SRP_AUTH"]);
    let new = "https://preview.example.com/cb";
    let request = json!({"allowedOAuthFlows": ["code"], "allowedOAuthScopes": ["openid"],
        "callbackURLs": [new], "allowedOAuthFlowsUserPoolClient": true});
    let mut after = request.clone();
    after["clientName"] = json!("web's");
    after["enableTokenRevocation"] = json!(true);
    let broken = change(
        1,
        "UpdateUserPoolClient",
        request,
        json!({"userPoolClient": after}),
    );
    check(
        vec![create(&before), broken],
        1,
        &["AllowedOAuthScopes", "CallbackURLs"],
        expect![[r#"
            update_user_pool_client
            $ aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json '{"AllowedOAuthFlows":["code"],"AllowedOAuthFlowsUserPoolClient":true,"AllowedOAuthScopes":["api/read","openid"],"CallbackURLs":["https://example.com/cb","https://preview.example.com/cb"],"ClientId":"webEXAMPLE","ClientName":"web'\''s","EnableTokenRevocation":true,"UserPoolId":"eu-west-1_EXAMPLE"}'
            - `CallbackURLs` keeps what was added since the change or by it: `https://preview.example.com/cb`.
            - The same call also reset 5 settings that broke none of the failed requests, and nobody has put back since: `AccessTokenValidity`, `ExplicitAuthFlows`, `LogoutURLs`, `RefreshTokenRotation` and `TokenValidityUnits`.
            all $ aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json '{"AccessTokenValidity":15,"AllowedOAuthFlows":["code"],"AllowedOAuthFlowsUserPoolClient":true,"AllowedOAuthScopes":["api/read","openid"],"CallbackURLs":["https://example.com/cb","https://preview.example.com/cb"],"ClientId":"webEXAMPLE","ClientName":"web'\''s","EnableTokenRevocation":true,"ExplicitAuthFlows":["ALLOW_USER_SRP_AUTH"],"LogoutURLs":["https://example.com/bye"],"RefreshTokenRotation":{"Feature":"ENABLED","RetryGracePeriodSeconds":30},"TokenValidityUnits":{"AccessToken":"minutes"},"UserPoolId":"eu-west-1_EXAMPLE"}'
        "#]],
    );
}

#[test]
fn a_scope_or_provider_that_is_gone_is_not_sent() {
    let with = |scopes: &[&str], providers: Value| {
        let mut state = web(&["code"], scopes, CB);
        state["supportedIdentityProviders"] = providers;
        state
    };
    let before = with(&["api/read", "openid"], json!(["COGNITO", "corp"]));
    let broken = with(&["openid"], json!(["COGNITO"]));
    let server = json!({"identifier": "api"});
    let provider = json!({"providerName": "corp"});
    for (guilty, gone, words) in [
        (
            "AllowedOAuthScopes",
            change(2, "DeleteResourceServer", server, Value::Null),
            "the scope `read`",
        ),
        (
            "SupportedIdentityProviders",
            change(2, "DeleteIdentityProvider", provider, Value::Null),
            "the identity provider `corp`",
        ),
    ] {
        let guilty = [Setting::named(guilty)];
        let mut changes = vec![create(&before), update(1, &broken)];
        let whole = undo(&History::new(changes.clone(), Vec::new()), 1, &guilty, None);
        assert_eq!(whole.kind, "update_user_pool_client");
        changes.push(gone);
        let refused = undo(&History::new(changes, Vec::new()), 1, &guilty, None);
        assert_eq!(refused.command, None);
        assert!(refused.steps.iter().any(|step| step.contains(words)));
    }
}
