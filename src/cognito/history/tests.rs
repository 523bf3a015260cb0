//! Histories as data: one line per call in, standings, diffs and gaps out.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::cognito::{
    fixture::{POOL, change, changes},
    setting::known,
};

fn shown(known: &Known) -> String {
    match known {
        Known::Observed(value) => value.to_string(),
        Known::Assumed(value) => format!("{value}?"),
        Known::Unknown => "?".to_owned(),
    }
}

fn told(history: &History) -> String {
    let mut text = String::new();
    for found in history.changes() {
        text += &format!("{} {:?}\n", found.change.name, found.standing);
        for line in &found.diff {
            let (before, after) = (shown(&line.before), shown(&line.after));
            text += &format!("  {}: {before} -> {after}\n", line.setting);
        }
    }
    for gap in history.gaps() {
        let settings: Vec<&str> = gap.settings.iter().map(Setting::as_str).collect();
        let after = gap.after.as_ref().map_or("the start", EventId::as_str);
        text += &format!("gap after {after}: {}\n", settings.join(", "));
    }
    text
}

#[track_caller]
fn check(lines: &str, expected: Expect) {
    expected.assert_eq(&told(&History::new(changes(lines), Vec::new())));
}

#[track_caller]
fn check_with(lines: &str, description: &str, expected: Expect) {
    let snapshots = Snapshot::read(description).unwrap_or_default();
    assert_eq!(snapshots.len(), 1, "a description");
    expected.assert_eq(&told(&History::new(changes(lines), snapshots)));
}

const CREATED: &str = r#"0 CreateUserPoolClient {"clientName":"web"} => {"userPoolClient":{"clientName":"web","callbackURLs":["https://example.com/cb"],"allowedOAuthFlows":["code"],"allowedOAuthScopes":["openid","email"],"allowedOAuthFlowsUserPoolClient":true,"enableTokenRevocation":true,"refreshTokenValidity":30,"clientSecret":"HIDDEN_DUE_TO_SECURITY_REASONS"}}"#;

#[test]
fn partial_update_loses_what_it_omits() {
    check(
        &format!(
            r#"{CREATED}
            10 UpdateUserPoolClient {{"accessTokenValidity":5,"tokenValidityUnits":{{"accessToken":"minutes"}}}}"#
        ),
        expect![[r#"
            CreateUserPoolClient Effective
              Exists: false -> true
            UpdateUserPoolClient Effective
              AccessTokenValidity: 1 -> 5
              AllowedOAuthFlows: ["code"] -> []?
              AllowedOAuthFlowsUserPoolClient: true -> false?
              AllowedOAuthScopes: ["email","openid"] -> []?
              CallbackURLs: ["https://example.com/cb"] -> []?
              TokenValidityUnits.AccessToken: "hours" -> "minutes"
        "#]],
    );
}

#[test]
fn response_is_believed_before_the_rule() {
    check(
        &format!(
            r#"{CREATED}
            10 UpdateUserPoolClient {{"clientName":"web","callbackURLs":["https://example.com/cb"]}} => {{"userPoolClient":{{"clientName":"web","callbackURLs":["https://example.com/cb"],"allowedOAuthFlows":["code"],"allowedOAuthScopes":["email","openid"],"enableTokenRevocation":true,"refreshTokenValidity":30}}}}"#
        ),
        expect![[r#"
            CreateUserPoolClient Effective
              Exists: false -> true
            UpdateUserPoolClient Effective
              AllowedOAuthFlowsUserPoolClient: true -> false
        "#]],
    );
}

#[test]
fn cut_response_shows_nothing_by_not_showing_it() {
    check(
        &format!(
            r#"{CREATED}
            10 UpdateUserPoolClient {{"clientName":"web","callbackURLs":["https://example.com/cb"],"allowedOAuthFlows":["code"],"allowedOAuthScopes":["openid"],"allowedOAuthFlowsUserPoolClient":true}} => {{"userPoolClient":{{"clientName":"web","allowedOAuthScopes":["openid"]}}}}"#
        ),
        expect![[r#"
            CreateUserPoolClient Effective
              Exists: false -> true
            UpdateUserPoolClient Effective
              AllowedOAuthScopes: ["email","openid"] -> ["openid"]
        "#]],
    );
}

#[test]
fn failed_and_idle_updates_have_no_diff() {
    check(
        &format!(
            r#"{CREATED}
            5 UpdateUserPoolClient {{"clientName":"gone"}} => !InvalidParameterException
            10 UpdateUserPoolClient {{"clientName":"web","callbackURLs":["https://example.com/cb"],"allowedOAuthFlows":["code"],"allowedOAuthScopes":["email","openid"],"allowedOAuthFlowsUserPoolClient":"true","refreshTokenValidity":0}}"#
        ),
        expect![[r#"
            CreateUserPoolClient Effective
              Exists: false -> true
            UpdateUserPoolClient Failed("InvalidParameterException")
            UpdateUserPoolClient NoDifference
        "#]],
    );
}

#[test]
fn first_update_has_no_baseline() {
    check(
        r#"10 UpdateUserPoolClient {"clientName":"web","allowedOAuthFlows":["code"]}"#,
        expect![[r#"
            UpdateUserPoolClient Effective
              AccessTokenValidity: ? -> 1?
              AllowedOAuthFlows: ? -> ["code"]
              AllowedOAuthFlowsUserPoolClient: ? -> false?
              AllowedOAuthScopes: ? -> []?
              AuthSessionValidity: ? -> 3?
              CallbackURLs: ? -> []?
              ClientName: ? -> "web"
              DefaultRedirectURI: ? -> null?
              EnablePropagateAdditionalUserContextData: ? -> false?
              ExplicitAuthFlows: ? -> ["ALLOW_CUSTOM_AUTH","ALLOW_REFRESH_TOKEN_AUTH","ALLOW_USER_SRP_AUTH"]?
              IdTokenValidity: ? -> 1?
              LogoutURLs: ? -> []?
              PreventUserExistenceErrors: ? -> "LEGACY"?
              ReadAttributes: ? -> ["address","birthdate","email","email_verified","family_name","gender","given_name","locale","middle_name","name","nickname","phone_number","phone_number_verified","picture","preferred_username","profile","updated_at","website","zoneinfo"]?
              RefreshTokenValidity: ? -> 30?
              SupportedIdentityProviders: ? -> []?
              WriteAttributes: ? -> ["address","birthdate","email","family_name","gender","given_name","locale","middle_name","name","nickname","phone_number","picture","preferred_username","profile","updated_at","website","zoneinfo"]?
        "#]],
    );
}

#[test]
fn value_nobody_set_was_set_unseen() {
    check(
        &format!(
            r#"{CREATED}
            10 UpdateUserPoolClient {{"clientName":"web","callbackURLs":["https://example.com/cb"],"allowedOAuthFlows":["code"],"allowedOAuthScopes":["openid"],"allowedOAuthFlowsUserPoolClient":true}} => {{"userPoolClient":{{"clientName":"web","callbackURLs":["https://example.com/cb"],"allowedOAuthFlows":["code"],"allowedOAuthScopes":["openid"],"allowedOAuthFlowsUserPoolClient":true,"enableTokenRevocation":true,"refreshTokenRotation":{{"feature":"ENABLED","retryGracePeriodSeconds":0}}}}}}"#
        ),
        expect![[r#"
            CreateUserPoolClient Effective
              Exists: false -> true
            UpdateUserPoolClient Effective
              AllowedOAuthScopes: ["email","openid"] -> ["openid"]
            gap after EXAMPLE-00: RefreshTokenRotation.Feature
        "#]],
    );
}

#[test]
fn secrets_come_and_go_by_id() {
    check(
        r#"1 AddUserPoolClientSecret {} => {"clientSecretDescriptor":{"clientSecretId":"webEXAMPLE--2"}}
           2 DeleteUserPoolClientSecret {"clientSecretId":"webEXAMPLE--1"}
           3 DeleteUserPoolClientSecret {"clientSecretId":"webEXAMPLE--2"}
           4 DeleteUserPoolClient"#,
        expect![[r#"
            AddUserPoolClientSecret Effective
              ClientSecret.webEXAMPLE--2: null -> "present"
            DeleteUserPoolClientSecret Effective
              ClientSecret.webEXAMPLE--1: "present" -> null
            DeleteUserPoolClientSecret Effective
              ClientSecret.webEXAMPLE--2: "present" -> null
            DeleteUserPoolClient Effective
              Exists: true -> false
        "#]],
    );
}

const POOL_CREATED: &str = r#"0 CreateUserPool {"poolName":"p"} => {"userPool":{"id":"eu-west-1_EXAMPLE","name":"p","mfaConfiguration":"OPTIONAL","policies":{"passwordPolicy":{"minimumLength":12}},"lambdaConfig":{"defineAuthChallenge":"arn:aws:lambda:eu-west-1:111122223333:function:define"}}}"#;

#[test]
fn pool_update_drops_triggers_and_keeps_policies() {
    check(
        &format!(
            r#"{POOL_CREATED}
            10 UpdateUserPool {{"mfaConfiguration":"OPTIONAL","lambdaConfig":{{"preSignUp":"arn:x"}}}} => {{}}"#
        ),
        expect![[r#"
            CreateUserPool Effective
              Exists: false -> true
            UpdateUserPool Effective
              LambdaConfig.DefineAuthChallenge: "arn:aws:lambda:eu-west-1:111122223333:function:define" -> null?
              LambdaConfig.PreSignUp: null -> "arn:x"
        "#]],
    );
}

#[test]
fn pool_update_keeps_what_was_measured_to_be_kept() {
    check(
        &format!(
            r#"{POOL_CREATED}
            10 UpdateUserPool {{"policies":{{"signInPolicy":{{"allowedFirstAuthFactors":["PASSWORD"]}}}},"lambdaConfig":{{"defineAuthChallenge":"arn:aws:lambda:eu-west-1:111122223333:function:define"}}}}
            20 SetUserPoolMfaConfig {{"userPoolId":"eu-west-1_EXAMPLE"}}
            30 SetUserPoolMfaConfig {{"userPoolId":"eu-west-1_EXAMPLE","emailMfaConfiguration":{{"subject":"code"}},"mfaConfiguration":"ON"}}"#
        ),
        expect![[r#"
            CreateUserPool Effective
              Exists: false -> true
            UpdateUserPool Effective
              Policies.SignInPolicy.AllowedFirstAuthFactors: [] -> ["PASSWORD"]
            SetUserPoolMfaConfig Effective
              MfaConfiguration: "OPTIONAL" -> "OFF"?
            SetUserPoolMfaConfig Effective
              EmailMfaConfiguration.Subject: ? -> "code"
              MfaConfiguration: "OFF"? -> "ON"
        "#]],
    );
}

#[test]
fn wrong_assumption_blames_no_later_update() {
    // The second update answers that the first one, unanswered, did not reset the flows.
    check(
        &format!(
            r#"{CREATED}
            10 UpdateUserPoolClient {{"clientName":"web","callbackURLs":["https://example.com/cb"]}}
            20 UpdateUserPoolClient {{"clientName":"web","callbackURLs":["https://example.com/cb"]}} => {{"userPoolClient":{{"clientName":"web","callbackURLs":["https://example.com/cb"],"allowedOAuthFlows":["code"],"enableTokenRevocation":true}}}}"#
        ),
        expect![[r#"
            CreateUserPoolClient Effective
              Exists: false -> true
            UpdateUserPoolClient Effective
              AllowedOAuthFlows: ["code"] -> []?
              AllowedOAuthFlowsUserPoolClient: true -> false?
              AllowedOAuthScopes: ["email","openid"] -> []?
            UpdateUserPoolClient NoDifference
        "#]],
    );
}

#[test]
fn lifetime_in_another_unit_and_empty_list_are_no_difference() {
    check(
        &format!(
            r#"{CREATED}
            10 UpdateUserPoolClient {{"clientName":"web","callbackURLs":["https://example.com/cb"],"allowedOAuthFlows":["code"],"allowedOAuthScopes":["openid","email"],"allowedOAuthFlowsUserPoolClient":true,"accessTokenValidity":3600,"tokenValidityUnits":{{"accessToken":"seconds"}},"explicitAuthFlows":[]}} => {{"userPoolClient":{{"clientName":"web","callbackURLs":["https://example.com/cb"],"allowedOAuthFlows":["code"],"allowedOAuthScopes":["openid","email"],"allowedOAuthFlowsUserPoolClient":true,"enableTokenRevocation":true,"accessTokenValidity":3600,"tokenValidityUnits":{{"accessToken":"seconds"}}}}}}
            20 UpdateUserPoolClient {{"clientName":"web","callbackURLs":["https://example.com/cb"],"allowedOAuthFlows":["code"],"allowedOAuthScopes":["openid","email"],"allowedOAuthFlowsUserPoolClient":true,"explicitAuthFlows":[]}}"#
        ),
        expect![[r#"
            CreateUserPoolClient Effective
              Exists: false -> true
            UpdateUserPoolClient NoDifference
            UpdateUserPoolClient NoDifference
        "#]],
    );
}

#[test]
fn update_after_a_deletion_proves_that_it_is_there() {
    check(
        "0 DeleteUserPoolClient\n 10 UpdateUserPoolClient\n 20 DeleteUserPoolClient",
        expect![[r#"
            DeleteUserPoolClient Effective
              Exists: true -> false
            UpdateUserPoolClient Opaque
            DeleteUserPoolClient Effective
              Exists: true -> false
            gap after EXAMPLE-00: Exists
        "#]],
    );
}

#[test]
fn description_of_the_very_state_overrules_the_rule() {
    check_with(
        &format!(
            r#"{POOL_CREATED}
            10 UpdateUserPool {{"mfaConfiguration":"OPTIONAL"}} => {{}}"#
        ),
        r#"{"UserPool":{"Id":"eu-west-1_EXAMPLE","Name":"p","MfaConfiguration":"OPTIONAL","LastModifiedDate":"2026-03-02T10:15:10.4Z","Policies":{"PasswordPolicy":{"MinimumLength":12}},"LambdaConfig":{"DefineAuthChallenge":"arn:aws:lambda:eu-west-1:111122223333:function:define"}}}"#,
        expect![[r#"
            CreateUserPool Effective
              Exists: false -> true
            UpdateUserPool NoDifference
        "#]],
    );
}

#[test]
fn later_description_tells_of_an_unseen_change() {
    let description = |minute| {
        format!(
            r#"{{"UserPoolClient":{{"UserPoolId":"eu-west-1_EXAMPLE","ClientId":"webEXAMPLE","ClientName":"web","LastModifiedDate":"2026-03-02T10:{minute}:00Z","CallbackURLs":["https://example.com/cb"],"AllowedOAuthFlows":["implicit"],"AllowedOAuthScopes":["email","openid"],"AllowedOAuthFlowsUserPoolClient":true,"EnableTokenRevocation":true}}}}"#
        )
    };
    check_with(
        CREATED,
        &description("45"),
        expect![[r#"
            CreateUserPoolClient Effective
              Exists: false -> true
            gap after EXAMPLE-00: AllowedOAuthFlows
        "#]],
    );
    // Of before the first change, it is what that change met.
    check_with(
        r#"10 UpdateUserPoolClient {"clientName":"web","callbackURLs":["https://example.com/cb"],"allowedOAuthFlows":["implicit"],"allowedOAuthScopes":["openid"],"allowedOAuthFlowsUserPoolClient":true}"#,
        &description("05"),
        expect![[r#"
            UpdateUserPoolClient Effective
              AllowedOAuthScopes: ["email","openid"] -> ["openid"]
        "#]],
    );
}

#[test]
fn description_alone_is_assumed_for_the_past_and_observed_now() {
    let snapshots = Snapshot::read(
        r#"{"UserPoolId":"eu-west-1_EXAMPLE","ClientId":"webEXAMPLE","LastModifiedDate":"2026-03-02T10:00:00Z","CallbackURLs":["a"]}"#,
    );
    let history = History::new(
        changes("0 UpdateUserPool {}"),
        snapshots.unwrap_or_default(),
    );
    let client = Resource::Client(UserPoolId::new(POOL), AppClientId::new("webEXAMPLE"));
    let urls = |at| {
        let settings = history.settings(&client, at)?;
        Some(known(settings, &Setting::named("CallbackURLs")).clone())
    };
    assert_eq!(urls(At::Before(0)), Some(Known::Assumed(json!(["a"]))));
    assert_eq!(urls(At::Now), Some(Known::Observed(json!(["a"]))));
}

#[test]
fn association_of_a_described_pool_keeps_its_settings() {
    let snapshots = Snapshot::read(
        r#"{"Id":"eu-west-1_EXAMPLE","LastModifiedDate":"2026-03-02T10:00:00Z","MfaConfiguration":"ON"}"#,
    );
    let line = r#"4 AssociateWebACL {"webACLArn":"arn:acl","resourceArn":"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE"}"#;
    let history = History::new(changes(line), snapshots.unwrap_or_default());
    let pool = Resource::Pool(UserPoolId::new(POOL));
    let now = history
        .settings(&pool, At::Now)
        .cloned()
        .unwrap_or_default();
    assert_eq!(
        known(&now, &Setting::WEB_ACL),
        &Known::Observed(json!("arn:acl"))
    );
    assert_eq!(
        known(&now, &Setting::named("MfaConfiguration")),
        &Known::Observed(json!("ON"))
    );
    assert_eq!(history.gaps(), []);
}

#[test]
fn parts_around_the_pool() {
    check(
        r#"0 CreateResourceServer {"identifier":"api","name":"API","scopes":[{"scopeName":"write","scopeDescription":"w"},{"scopeName":"read","scopeDescription":"r"}]}
           1 UpdateResourceServer {"identifier":"api","name":"API","scopes":[{"scopeName":"read","scopeDescription":"r"}]}
           2 DeleteResourceServer {"identifier":"api"}
           3 UpdateIdentityProvider {"providerName":"corp","providerDetails":{"client_id":"a","client_secret":"HIDDEN_DUE_TO_SECURITY_REASONS"}}
           4 AssociateWebACL {"webACLArn":"arn:acl","resourceArn":"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE"}
           5 UpdateWebACL {"id":"aclEXAMPLE"}
           6 PutFunctionConcurrency20171031 {"functionName":"define","reservedConcurrentExecutions":0}
           7 AddPermission20150331v2 {"functionName":"define:live","statementId":"cognito","action":"lambda:InvokeFunction","principal":"cognito-idp.amazonaws.com"}
           8 RemovePermission20150331v2 {"functionName":"define","statementId":"cognito"}
           9 UpdateFunctionCode20150331v2 {"functionName":"define"}
           10 UpdateUserPoolReplica {}
           11 DeleteUserPoolDomain {"domain":"signin.example.com"}"#,
        expect![[r#"
            CreateResourceServer Effective
              Exists: false -> true
            UpdateResourceServer Effective
              Scopes: ["read","write"] -> ["read"]
            DeleteResourceServer Effective
              Exists: true -> false
            UpdateIdentityProvider Effective
              ProviderDetails.client_id: ? -> "a"
              ProviderDetails.client_secret: ? -> ?
            AssociateWebACL Effective
              WebACL: ? -> "arn:acl"
            UpdateWebACL Opaque
            PutFunctionConcurrency20171031 Effective
              ReservedConcurrentExecutions: ? -> 0
            AddPermission20150331v2 Effective
              Permission.cognito: null -> {"Action":"lambda:InvokeFunction","Principal":"cognito-idp.amazonaws.com"}
            RemovePermission20150331v2 Effective
              Permission.cognito: {"Action":"lambda:InvokeFunction","Principal":"cognito-idp.amazonaws.com"} -> null
            UpdateFunctionCode20150331v2 Opaque
            UpdateUserPoolReplica Opaque
            DeleteUserPoolDomain Effective
              Exists: true -> false
        "#]],
    );
}

#[test]
fn within_one_second_creation_comes_first() {
    check(
        r#"0 UpdateResourceServer {"identifier":"api","scopes":[]}
           0 CreateResourceServer {"identifier":"api","scopes":[{"scopeName":"read","scopeDescription":"r"}]}"#,
        expect![[r#"
            CreateResourceServer Effective
              Exists: false -> true
            UpdateResourceServer Effective
              Scopes: ["read"] -> []
        "#]],
    );
}

#[test]
fn within_one_second_what_is_found_was_put_there_first() {
    check(
        &format!(
            r#"{CREATED}
            9 UpdateUserPoolClient {{"clientName":"web"}} => {{"userPoolClient":{{"clientName":"web","enableTokenRevocation":true,"refreshTokenRotation":{{"feature":"ENABLED"}}}}}}
            9 UpdateUserPoolClient {{"clientName":"web","refreshTokenRotation":{{"feature":"ENABLED"}}}} => {{"userPoolClient":{{"clientName":"web","enableTokenRevocation":true,"refreshTokenRotation":{{"feature":"ENABLED"}}}}}}"#
        ),
        expect![[r#"
            CreateUserPoolClient Effective
              Exists: false -> true
            UpdateUserPoolClient Effective
              AllowedOAuthFlows: ["code"] -> []
              AllowedOAuthFlowsUserPoolClient: true -> false
              AllowedOAuthScopes: ["email","openid"] -> []
              CallbackURLs: ["https://example.com/cb"] -> []
              RefreshTokenRotation.Feature: "DISABLED" -> "ENABLED"
            UpdateUserPoolClient NoDifference
        "#]],
    );
}

#[test]
fn within_one_second_each_alters_as_little_as_may_be() {
    // Both send what they found and alter one list; by their ids the second came first.
    let sent = |urls: &str, flow: &str| {
        let settings = format!(r#"{{"callbackURLs":{urls},"allowedOAuthFlows":["{flow}"]}}"#);
        format!(r#"{settings} => {{"userPoolClient":{settings}}}"#)
    };
    let both = r#"["https://a","https://b"]"#;
    check(
        &format!(
            "0 CreateUserPoolClient {}
             9 UpdateUserPoolClient {}
             9 UpdateUserPoolClient {}",
            sent(both, "code"),
            sent(r#"["https://a"]"#, "implicit"),
            sent(both, "implicit"),
        ),
        expect![[r#"
            CreateUserPoolClient Effective
              Exists: false -> true
            UpdateUserPoolClient Effective
              AllowedOAuthFlows: ["code"] -> ["implicit"]
            UpdateUserPoolClient Effective
              CallbackURLs: ["https://a","https://b"] -> ["https://a"]
        "#]],
    );
}

#[test]
fn hidden_request_leaves_settings_unknown() {
    check(
        &format!("{CREATED}\n 10 UpdateUserPoolClient"),
        expect![[r#"
            CreateUserPoolClient Effective
              Exists: false -> true
            UpdateUserPoolClient Opaque
        "#]],
    );
}

#[test]
fn settings_at_every_point() {
    let lines = format!(
        r#"{CREATED}
           5 UpdateUserPool {{}}
           10 UpdateUserPoolClient {{"clientName":"web"}}"#
    );
    let history = History::new(changes(&lines), Vec::new());
    let client = Resource::Client(UserPoolId::new(POOL), AppClientId::new("webEXAMPLE"));
    let flag = |at| {
        let settings = history.settings(&client, at)?;
        let flag = Setting::named("AllowedOAuthFlowsUserPoolClient");
        known(settings, &flag).value().cloned()
    };
    assert_eq!(flag(At::Before(0)), None);
    for at in [At::After(0), At::Before(1), At::After(1), At::Before(2)] {
        assert_eq!(flag(at), Some(json!(true)), "{at:?}");
    }
    for at in [At::After(2), At::Now] {
        assert_eq!(flag(at), Some(json!(false)), "{at:?}");
    }
    let never = Resource::Pool(UserPoolId::new("eu-west-1_OTHER"));
    assert_eq!(history.settings(&never, At::Now), None);
    assert_eq!(
        history.pool_of(&AppClientId::new("webEXAMPLE")),
        Some(&UserPoolId::new(POOL))
    );
}

const APIS: &[&str] = &[
    "CreateUserPoolClient",
    "UpdateUserPoolClient",
    "DeleteUserPoolClient",
    "AddUserPoolClientSecret",
    "CreateUserPool",
    "UpdateUserPool",
    "SetUserPoolMfaConfig",
    "SetRiskConfiguration",
    "CreateResourceServer",
    "UpdateIdentityProvider",
    "UpdateUserPoolDomain",
    "AssociateWebACL",
    "AddPermission20150331v2",
    "PutFunctionConcurrency20171031",
    "SomethingNew",
];

#[test]
fn a_response_that_shows_little_of_a_provider_takes_nothing_of_the_request_away() {
    check(
        r#"
        1 CreateIdentityProvider {"providerName":"Corp","providerType":"OIDC","providerDetails":{"client_id":"a","authorize_scopes":"openid"},"attributeMapping":{"email":"mail"}} => {"identityProvider":{"providerName":"Corp","providerType":"OIDC"}}
        2 UpdateIdentityProvider {"providerName":"Corp","providerDetails":{"client_id":"b","authorize_scopes":"openid"}} => {"identityProvider":{"providerName":"Corp","providerType":"OIDC"}}
        3 UpdateIdentityProvider {"providerName":"Corp","providerDetails":{"client_id":"b"}} => {"identityProvider":{"providerName":"Corp","providerType":"OIDC","providerDetails":{"client_id":"b","oidc_issuer":"https://id.example.com"}}}
        "#,
        expect![[r#"
            CreateIdentityProvider Effective
              Exists: false -> true
            UpdateIdentityProvider Effective
              ProviderDetails.client_id: "a" -> "b"
            UpdateIdentityProvider Effective
              ProviderDetails.authorize_scopes: "openid" -> null?
              ProviderDetails.oidc_issuer: ? -> "https://id.example.com"
        "#]],
    );
}

/// Any JSON under names that the readers look for.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!("HIDDEN_DUE_TO_SECURITY_REASONS")),
        "[a-z:/]{0,8}".prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "userPoolClient",
        "userPool",
        "callbackURLs",
        "tokenValidityUnits",
        "accessToken",
        "accessTokenValidity",
        "lambdaConfig",
        "preTokenGenerationConfig",
        "lambdaArn",
        "scopes",
        "scopeName",
        "identifier",
        "providerDetails",
        "providerName",
        "domain",
        "functionName",
        "statementId",
        "resourceArn",
        "clientSecretDescriptor",
        "clientSecretId",
        "userPoolTags",
        "reservedConcurrentExecutions",
        "riskConfiguration",
        "resourceServer",
        "ß",
    ]);
    let json = leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..5)
                .prop_map(|map| map.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()),
        ]
    });
    json.prop_map(|value| value.to_string())
}

fn any_changes() -> impl Strategy<Value = Vec<Change>> {
    let one = (0i64..4, prop::sample::select(APIS), any_json(), any_json());
    prop::collection::vec(one, 0..7).prop_map(|calls| {
        let calls = calls.into_iter().enumerate();
        calls
            .map(|(index, (second, api, request, response))| Change {
                request: Some(request),
                response: Some(response),
                ..change(index, &format!("{second} {api}"))
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn any_json_is_read_and_the_order_of_reading_is_no_matter(
        (changes, shuffled) in any_changes().prop_flat_map(|changes| {
            (Just(changes.clone()), Just(changes).prop_shuffle())
        })
    ) {
        let history = History::new(changes, Vec::new());
        prop_assert_eq!(told(&history), told(&History::new(shuffled, Vec::new())));
        for index in 0..history.changes().len() {
            crate::cognito::undo::undo(&history, index, &[], None);
        }
    }

    #[test]
    fn states_join_without_a_seam(changes in any_changes()) {
        let history = History::new(changes, Vec::new());
        for (index, found) in history.changes().iter().enumerate() {
            let at = |at| history.settings(&found.resource, at);
            for line in &found.diff {
                let before = at(At::Before(index)).map(|settings| known(settings, &line.setting));
                let after = at(At::After(index)).map(|settings| known(settings, &line.setting));
                prop_assert_eq!((before, after), (Some(&line.before), Some(&line.after)));
            }
        }
    }
}

#[test]
fn pages_and_risk_tell_what_changed() {
    check(
        r#"1 UpdateManagedLoginBranding {"managedLoginBrandingId":"bEXAMPLE","useCognitoProvidedValues":false,"settings":{"components":{"form":{"borderRadius":8}}}}
           2 UpdateManagedLoginBranding {"managedLoginBrandingId":"bEXAMPLE","useCognitoProvidedValues":false,"settings":{"components":{"form":{"borderRadius":2}}}}
           3 DeleteManagedLoginBranding {"managedLoginBrandingId":"bEXAMPLE"}
           4 SetUICustomization {"clientId":"ALL","cSS":".a{}"}
           5 SetRiskConfiguration {"compromisedCredentialsRiskConfiguration":{"actions":{"eventAction":"BLOCK"}}}
           6 SetRiskConfiguration {}"#,
        expect![[r#"
            UpdateManagedLoginBranding Effective
              Branding.bEXAMPLE.Settings.Components: ? -> {"Form.BorderRadius":8}
              Branding.bEXAMPLE.UseCognitoProvidedValues: ? -> false
            UpdateManagedLoginBranding Effective
              Branding.bEXAMPLE.Settings.Components: {"Form.BorderRadius":8} -> {"Form.BorderRadius":2}
            DeleteManagedLoginBranding Effective
              Branding.bEXAMPLE: "present" -> null
              Branding.bEXAMPLE.Settings.Components: {"Form.BorderRadius":2} -> null
              Branding.bEXAMPLE.UseCognitoProvidedValues: false -> null
            SetUICustomization Effective
              UICustomization.ALL.CSS: ? -> ".a{}"
            SetRiskConfiguration Effective
              CompromisedCredentialsRiskConfiguration.Actions.EventAction: ? -> "BLOCK"
            SetRiskConfiguration Effective
              CompromisedCredentialsRiskConfiguration.Actions.EventAction: "BLOCK" -> null?
        "#]],
    );
}

#[test]
fn a_refused_write_may_say_that_nothing_is_there() {
    let history = History::new(
        changes(
            r#"1 UpdateUserPoolClient {"clientName":"web"} => !ResourceNotFoundException
               2 UpdateUserPoolClient {"clientName":"web"} => !InvalidParameterException
               3 CreateUserPoolClient {"clientName":"web"} => !ResourceNotFoundException
               4 DeleteUserPoolClient"#,
        ),
        Vec::new(),
    );
    let denies = history.changes().iter().map(ConfigChange::denies_existence);
    assert_eq!(denies.collect::<Vec<_>>(), [true, false, false, false]);
    let writes: Vec<usize> = history.writes(&history.changes()[0].resource).collect();
    assert_eq!(writes, [3]);
}

#[test]
fn a_response_that_shows_the_ids_alone_hides_nothing_of_the_request() {
    check(
        r#"0 CreateResourceServer {"identifier":"api","scopes":[{"scopeName":"write"},{"scopeName":"read"}]} => {"resourceServer":{"identifier":"api","userPoolId":"eu-west-1_EXAMPLE"}}
           1 UpdateResourceServer {"identifier":"api","scopes":[{"scopeName":"read"}]} => {"resourceServer":{"identifier":"api","userPoolId":"eu-west-1_EXAMPLE"}}"#,
        expect![[r#"
            CreateResourceServer Effective
              Exists: false -> true
            UpdateResourceServer Effective
              Scopes: ["read","write"] -> ["read"]
        "#]],
    );
    check(
        r#"0 CreateUserPoolClient {"clientName":"web","callbackURLs":["https://example.com/cb"]} => {"userPoolClient":{"clientName":"web"}}
           1 UpdateUserPoolClient {"clientName":"web","callbackURLs":["https://example.com/new"]}"#,
        expect![[r#"
            CreateUserPoolClient Effective
              Exists: false -> true
            UpdateUserPoolClient Effective
              CallbackURLs: ["https://example.com/cb"] -> ["https://example.com/new"]
        "#]],
    );
}

#[test]
fn the_client_all_is_the_default_of_the_pool() {
    let written = changes(
        r#"1 SetRiskConfiguration {"clientId":"ALL","accountTakeoverRiskConfiguration":{"actions":{"highAction":{"eventAction":"BLOCK","notify":false}}}}"#,
    );
    let written = written.into_iter().map(|change| Change {
        client: None,
        ..change
    });
    let history = History::new(written.collect(), Vec::new());
    let resource = &history.changes()[0].resource;
    assert_eq!(resource, &Resource::Pool(UserPoolId::new(POOL)));
}
