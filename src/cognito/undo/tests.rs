//! Undos as data, and the law: whichever way Cognito reads omission, only the guilty lines change.

use std::collections::BTreeSet;

use chrono::DateTime;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::{
    cognito::{
        history::Snapshot,
        members::{CLIENT, Omission},
        read,
        setting::Known,
    },
    record::Change,
};

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
            $ aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json '{"AccessTokenValidity":30,"AllowedOAuthFlows":["code"],"AllowedOAuthFlowsUserPoolClient":true,"AllowedOAuthScopes":["openid"],"AuthSessionValidity":3,"CallbackURLs":["https://example.com/cb"],"ClientId":"webEXAMPLE","ClientName":"web'\''s","EnablePropagateAdditionalUserContextData":false,"EnableTokenRevocation":true,"IdTokenValidity":1,"PreventUserExistenceErrors":"LEGACY","RefreshTokenRotation":{"Feature":"DISABLED"},"RefreshTokenValidity":30,"TokenValidityUnits":{"AccessToken":"minutes","IdToken":"hours","RefreshToken":"days"},"UserPoolId":"eu-west-1_EXAMPLE"}'
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
            update_user_pool_client
            $ aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json '{"AccessTokenValidity":1,"AllowedOAuthFlows":["code"],"AllowedOAuthFlowsUserPoolClient":true,"AllowedOAuthScopes":["openid"],"AuthSessionValidity":3,"CallbackURLs":["https://example.com/cb"],"ClientId":"webEXAMPLE","ClientName":"web'\''s","EnablePropagateAdditionalUserContextData":false,"EnableTokenRevocation":true,"IdTokenValidity":1,"PreventUserExistenceErrors":"LEGACY","RefreshTokenRotation":{"Feature":"DISABLED"},"RefreshTokenValidity":30,"TokenValidityUnits":{"AccessToken":"hours","IdToken":"hours","RefreshToken":"days"},"UserPoolId":"eu-west-1_EXAMPLE"}'
            - It is undone already: `AllowedOAuthFlows` is as it was before the change again.
            - Do not send the call now: as far as the logs reach, it changes nothing.
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
            $ aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json '{"AccessTokenValidity":1,"AllowedOAuthFlows":["client_credentials"],"AllowedOAuthFlowsUserPoolClient":true,"AllowedOAuthScopes":["api/read"],"AuthSessionValidity":3,"CallbackURLs":["https://example.com/cb"],"ClientId":"webEXAMPLE","ClientName":"web'\''s","EnablePropagateAdditionalUserContextData":false,"EnableTokenRevocation":true,"IdTokenValidity":1,"PreventUserExistenceErrors":"LEGACY","RefreshTokenRotation":{"Feature":"DISABLED"},"RefreshTokenValidity":30,"TokenValidityUnits":{"AccessToken":"hours","IdToken":"hours","RefreshToken":"days"},"UserPoolId":"eu-west-1_EXAMPLE"}'
            - `AllowedOAuthScopes` goes back too: `client_credentials` takes custom scopes only.
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
            $ aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json '{"AccessTokenValidity":1,"AllowedOAuthFlows":["code"],"AllowedOAuthFlowsUserPoolClient":true,"AllowedOAuthScopes":["openid"],"AuthSessionValidity":3,"CallbackURLs":["https://a.example.com","https://b.example.com","https://c.example.com"],"ClientId":"webEXAMPLE","ClientName":"web'\''s","EnablePropagateAdditionalUserContextData":false,"EnableTokenRevocation":true,"IdTokenValidity":1,"PreventUserExistenceErrors":"LEGACY","RefreshTokenRotation":{"Feature":"DISABLED"},"RefreshTokenValidity":30,"TokenValidityUnits":{"AccessToken":"hours","IdToken":"hours","RefreshToken":"days"},"UserPoolId":"eu-west-1_EXAMPLE"}'
            - `CallbackURLs` was changed again since; what came later is kept.
        "#]],
    );
}

#[track_caller]
fn check_document(changes: Vec<Change>, guilty: &[&'static str], expected: &[(&str, Value)]) {
    let history = History::new(changes, Vec::new());
    let guilty: Vec<Setting> = guilty.iter().map(|name| Setting::named(name)).collect();
    let document = undo(&history, 1, &guilty, None)
        .document
        .unwrap_or_default();
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
fn items_the_change_brought_go_and_items_added_since_stay() {
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
            json!(["https://a.example.com", "https://c.example.com"]),
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
fn what_no_update_can_undo() {
    let none = Value::Null;
    let secret = json!({"clientSecretId": "webEXAMPLE--1"});
    let secret = change(1, "DeleteUserPoolClientSecret", secret, none.clone());
    check(
        vec![secret],
        0,
        &[],
        expect![[r#"
        steps
        - A deleted secret cannot be read back from Cognito.
        - Where a caller still has its value, add it again: `aws cognito-idp add-user-pool-client-secret --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE --client-id webEXAMPLE --client-secret VALUE`. A client holds two secrets at most.
        - Else give the callers the secret that is left.
    "#]],
    );
    let client = change(1, "DeleteUserPoolClient", json!({}), none.clone());
    check(
        vec![client],
        0,
        &[],
        expect![[r#"
        steps
        - A deleted app client cannot be restored: a new one gets another id. Tokens issued by `webEXAMPLE` are valid until they expire.
        - Create one with the settings that the applications need: `aws cognito-idp create-user-pool-client --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE`.
        - Give the new id and secret to every caller of the old one.
    "#]],
    );
    let provider = json!({"providerName": "corp", "providerDetails": {"client_id": "a"}});
    let create = change(0, "CreateIdentityProvider", provider.clone(), none.clone());
    let delete = change(1, "DeleteIdentityProvider", provider, none);
    check(
        vec![create, delete],
        1,
        &[],
        expect![[r#"
        steps
        - Set `ProviderDetails.client_id` to `"a"`.
        - Send it complete, with the provider's client secret, which no log shows: `aws cognito-idp create-identity-provider --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE --provider-name corp --provider-details …`.
    "#]],
    );
}

#[test]
fn deleted_parts_are_made_again() {
    let none = Value::Null;
    let server = json!({"identifier": "api", "name": "API",
        "scopes": [{"scopeName": "read", "scopeDescription": "to read"}]});
    let create = change(0, "CreateResourceServer", server.clone(), none.clone());
    let delete = change(1, "DeleteResourceServer", server, none.clone());
    check(
        vec![create, delete],
        1,
        &[],
        expect![[r#"
        create_resource_server
        $ aws cognito-idp create-resource-server --region eu-west-1 --cli-input-json '{"Identifier":"api","Name":"API","Scopes":[{"ScopeDescription":"to read","ScopeName":"read"}],"UserPoolId":"eu-west-1_EXAMPLE"}'
    "#]],
    );
    let domain = json!({"domain": "signin-example"});
    let delete = change(1, "DeleteUserPoolDomain", domain, none);
    check(
        vec![delete],
        0,
        &[],
        expect![[r#"
        create_user_pool_domain
        $ aws cognito-idp create-user-pool-domain --region eu-west-1 --cli-input-json '{"Domain":"signin-example","UserPoolId":"eu-west-1_EXAMPLE"}'
    "#]],
    );
}

#[test]
fn firewall_and_functions() {
    let none = Value::Null;
    let arn = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE";
    let off = change(
        0,
        "DisassociateWebACL",
        json!({"resourceArn": arn}),
        none.clone(),
    );
    let on = json!({"resourceArn": arn, "webACLArn": "arn:acl"});
    let on = change(1, "AssociateWebACL", on, none.clone());
    check(
        vec![off, on],
        1,
        &["WebACL"],
        expect![[r#"
        disassociate_web_acl
        $ aws wafv2 disassociate-web-acl --region eu-west-1 --cli-input-json '{"ResourceArn":"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE"}'
    "#]],
    );
    let zero = json!({"functionName": "define", "reservedConcurrentExecutions": 0});
    let zero = change(1, "PutFunctionConcurrency20171031", zero, none.clone());
    check(
        vec![zero],
        0,
        &[],
        expect![[r#"
        delete_function_concurrency
        $ aws lambda delete-function-concurrency --region eu-west-1 --cli-input-json '{"FunctionName":"define"}'
        assumed ReservedConcurrentExecutions
    "#]],
    );
    let permission = json!({"functionName": "define", "statementId": "cognito",
        "action": "lambda:InvokeFunction", "principal": "cognito-idp.amazonaws.com"});
    let add = change(
        0,
        "AddPermission20150331v2",
        permission.clone(),
        none.clone(),
    );
    let remove = change(1, "RemovePermission20150331v2", permission, none);
    check(
        vec![add, remove],
        1,
        &[],
        expect![[r#"
        add_permission
        $ aws lambda add-permission --region eu-west-1 --cli-input-json '{"Action":"lambda:InvokeFunction","FunctionName":"define","Principal":"cognito-idp.amazonaws.com","StatementId":"cognito"}'
    "#]],
    );
}

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
        $ aws cognito-idp update-user-pool --region eu-west-1 --cli-input-json '{"AdminCreateUserConfig":{"AllowAdminCreateUserOnly":false},"DeletionProtection":"INACTIVE","EmailConfiguration":{"EmailSendingAccount":"COGNITO_DEFAULT"},"LambdaConfig":{"DefineAuthChallenge":"arn:define"},"MfaConfiguration":"OPTIONAL","PoolName":"p","UserPoolAddOns":{"AdvancedSecurityMode":"OFF"},"UserPoolId":"eu-west-1_EXAMPLE","UserPoolTags":{"cost.center":"42"},"VerificationMessageTemplate":{"DefaultEmailOption":"CONFIRM_WITH_CODE"}}'
        - Compare with `aws cognito-idp describe-user-pool --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE` first: what the document lacks is reset.
    "#]].assert_eq(&told(&undo));
}

/// Some state of a client that Cognito would show, as a response.
fn any_state() -> impl Strategy<Value = Value> {
    let some = |items: &'static [&'static str]| {
        prop::sample::subsequence(items, 0..=items.len()).prop_map(|items| json!(items))
    };
    let one =
        |items: &'static [&'static str]| prop::sample::select(items).prop_map(|item| json!(item));
    let units = one(&["minutes", "hours", "days"]);
    let lists = (
        some(&["code", "implicit", "client_credentials"]),
        some(&["openid", "email", "api/read"]),
        some(&["https://a.example.com", "https://b.example.com"]),
        some(&[
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
            "ALLOW_CUSTOM_AUTH",
        ]),
        some(&["email", "name"]),
        some(&["COGNITO", "corp"]),
    );
    let rest = (
        any::<bool>(),
        any::<bool>(),
        1..90i64,
        0..90i64,
        (units.clone(), units),
        one(&["ENABLED", "DISABLED"]),
        one(&["LEGACY", "ENABLED"]),
        prop::option::of(one(&["https://a.example.com"])),
    );
    (lists, rest).prop_map(|(lists, rest)| {
        let (flows, scopes, urls, auth, read, providers) = lists;
        let (flag, revocation, access, refresh, units, rotation, existence, default_uri) = rest;
        json!({"ClientName": "web", "AllowedOAuthFlows": flows, "AllowedOAuthScopes": scopes,
            "CallbackURLs": urls, "ExplicitAuthFlows": auth, "ReadAttributes": read,
            "SupportedIdentityProviders": providers, "AllowedOAuthFlowsUserPoolClient": flag,
            "EnableTokenRevocation": revocation, "AccessTokenValidity": access,
            "RefreshTokenValidity": refresh, "RefreshTokenRotation": {"Feature": rotation},
            "TokenValidityUnits": {"AccessToken": units.0, "RefreshToken": units.1},
            "PreventUserExistenceErrors": existence, "DefaultRedirectURI": default_uri})
    })
}

/// `state` without some of its members, as a request that forgets them.
fn forgetful(state: Value, kept: &[bool]) -> Value {
    let members = state.as_object().cloned().unwrap_or_default();
    let kept = members.into_iter().zip(kept.iter().cycle());
    kept.filter(|(_, kept)| **kept)
        .map(|(member, _)| member)
        .collect::<Map<String, Value>>()
        .into()
}

/// The state that `document` makes of `now` where what it omits keeps its value (`keep`) or goes
/// back to its default.
fn applied(document: &Value, now: &Settings, keep: bool) -> Settings {
    let document = document.as_object().cloned().unwrap_or_default();
    let given = read::given(&document, CLIENT);
    let mut after = if keep {
        now.clone()
    } else {
        read::full(&document, CLIENT)
    };
    after.extend(given);
    after
}

proptest! {
    #[test]
    fn only_guilty_lines_change_however_omission_is_read(
        before in any_state(),
        broken in any_state(),
        later in prop::option::of(any_state()),
        kept in prop::collection::vec(any::<bool>(), 15),
        answered in any::<bool>(),
        blamed in prop::collection::vec(any::<bool>(), 1..7),
    ) {
        let request = forgetful(broken, &kept);
        let answer = if answered { json!({"userPoolClient": request}) } else { Value::Null };
        let mut changes = vec![create(&before), change(1, "UpdateUserPoolClient", request, answer)];
        changes.extend(later.iter().map(|state| update(2, state)));
        let history = History::new(changes, Vec::new());
        let found = &history.changes()[1];
        let guilty: Vec<Setting> = found.diff.iter().zip(blamed.iter().cycle())
            .filter(|(_, blamed)| **blamed)
            .map(|(line, _)| line.setting.clone())
            .collect();
        if guilty.is_empty() {
            return Ok(());
        }
        let undone = undo(&history, 1, &guilty, None);
        let Some(document) = &undone.document else { return Ok(()) };
        let state = |at| history.settings(&found.resource, at).cloned().unwrap_or_default();
        let (before, after, now) = (state(At::Before(1)), state(At::After(1)), state(At::Now));
        let told: BTreeSet<String> = undone.steps.iter()
            .filter(|step| step.contains("goes back too"))
            .filter_map(|step| Some(step.split('`').nth(1)?.to_owned()))
            .collect();
        for keep in [true, false] {
            let result = applied(document, &now, keep);
            for member in CLIENT.iter().filter(|member| member.omission != Omission::Key) {
                let setting = member.setting();
                let (was, is, then) = (known(&now, &setting), known(&result, &setting), known(&before, &setting));
                // No document can say "no value"; the step beside it does.
                if keep && then.value() == Some(&Value::Null) {
                    continue;
                }
                if guilty.contains(&setting) {
                    let untouched_since = known(&after, &setting).same(was);
                    prop_assert!(!untouched_since || is.same(then), "{setting}: {is:?}, was {then:?}");
                } else if !told.contains(member.name) && was.value().is_some() {
                    prop_assert!(is.same(was), "{setting}: {is:?}, not {was:?}, in {document}");
                }
            }
        }
        let assumed = |setting: &&Setting| matches!(known(&now, setting), Known::Assumed(_) | Known::Observed(_));
        prop_assert_eq!(undone.assumed.iter().filter(assumed).count(), undone.assumed.len());
    }
}
