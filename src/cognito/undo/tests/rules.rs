//! Every rule of the tables: a state that breaks it, and the same state without the fault.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cognito::{
    members::{CLIENT, POOL},
    read,
    undo::rules::{CLIENT_RULES, POOL_RULES, Rule, broken, left_out},
};

fn state(members: &Value) -> crate::cognito::setting::Settings {
    let object = members.as_object().cloned().unwrap_or_default();
    let table = match object.contains_key("ClientName") {
        true => CLIENT,
        false => POOL,
    };
    read::given(&object, table)
}

fn reasons(rules: &'static [Rule], members: &Value) -> Vec<&'static str> {
    let state = state(members);
    broken(rules, &state).map(|rule| rule.reason).collect()
}

/// What breaks the rules of clients, and the member without which nothing is broken.
fn faults() -> Vec<(Value, Value)> {
    let web = json!({"ClientName": "web", "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"],
        "CallbackURLs": ["https://example.com/cb"], "AllowedOAuthFlowsUserPoolClient": true});
    let with = |member: &str, value: Value| {
        let mut faulty = web.clone();
        faulty[member] = value;
        (faulty, web.clone())
    };
    let many: Vec<String> = (0..101)
        .map(|n| format!("https://example.com/{n}"))
        .collect();
    let scopes: Vec<String> = (0..51).map(|n| format!("api/{n}")).collect();
    let mut machine = web.clone();
    machine["AllowedOAuthFlows"] = json!(["client_credentials"]);
    machine["AllowedOAuthScopes"] = json!(["api/read"]);
    let mut user_scopes = machine.clone();
    user_scopes["AllowedOAuthScopes"] = json!(["openid"]);
    let mut lasting = web.clone();
    for (member, value) in [
        ("AccessTokenValidity", json!(2)),
        ("RefreshTokenValidity", json!(1)),
        (
            "TokenValidityUnits",
            json!({"AccessToken": "hours", "RefreshToken": "hours"}),
        ),
    ] {
        lasting[member] = value;
    }
    let mut rotating = web.clone();
    rotating["RefreshTokenRotation"] = json!({"Feature": "ENABLED"});
    rotating["ExplicitAuthFlows"] = json!(["ALLOW_REFRESH_TOKEN_AUTH"]);
    vec![
        with("AllowedOAuthFlows", json!(["client_credentials", "code"])),
        (user_scopes, machine),
        with("CallbackURLs", json!([])),
        with("AllowedOAuthScopes", json!([])),
        with("AllowedOAuthFlows", json!([])),
        with("DefaultRedirectURI", json!("https://example.com/other")),
        (rotating, web.clone()),
        with(
            "ExplicitAuthFlows",
            json!(["ADMIN_NO_SRP_AUTH", "ALLOW_USER_SRP_AUTH"]),
        ),
        (lasting, web.clone()),
        with("LogoutURLs", json!(many)),
        with("AllowedOAuthScopes", json!(scopes)),
    ]
}

#[test]
fn every_rule_of_clients_refuses_its_fault_and_nothing_else() {
    let mut met = BTreeSet::new();
    for (faulty, right) in faults() {
        assert_eq!(reasons(CLIENT_RULES, &right), Vec::<&str>::new());
        let broken = reasons(CLIENT_RULES, &faulty);
        assert!(!broken.is_empty(), "{faulty}");
        met.extend(broken);
    }
    assert_eq!(met.len(), CLIENT_RULES.len(), "{met:?}");
    // Clients with flows and without the flag exist: <https://github.com/hashicorp/terraform-provider-aws/issues/34945>.
    let unflagged = json!({"ClientName": "web", "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": [],
        "CallbackURLs": ["https://example.com/cb"], "AllowedOAuthFlowsUserPoolClient": false});
    assert_eq!(reasons(CLIENT_RULES, &unflagged), Vec::<&str>::new());
}

#[test]
fn every_rule_of_pools_refuses_its_fault() {
    for (faulty, words) in [
        (
            json!({"SmsConfiguration": {"SnsCallerArn": "arn:a", "EumsSms": {"CallerArn": "arn:b"}}}),
            "EumsSms",
        ),
        (
            json!({"LambdaConfig": {"PreTokenGeneration": "arn:a",
                "PreTokenGenerationConfig": {"LambdaArn": "arn:b", "LambdaVersion": "V2_0"}}}),
            "one function",
        ),
    ] {
        let broken = reasons(POOL_RULES, &faulty);
        assert_eq!(broken.len(), 1, "{faulty}");
        assert!(broken[0].contains(words));
    }
    let one = json!({"SmsConfiguration": {"SnsCallerArn": "arn:a"},
        "LambdaConfig": {"PreTokenGeneration": "arn:a"}});
    assert_eq!(reasons(POOL_RULES, &one), Vec::<&str>::new());
}

#[test]
fn what_conflicts_or_says_the_same_is_left_out() {
    let client = json!({"ClientName": "web", "AnalyticsConfiguration":
        {"ApplicationArn": "arn:app", "RoleArn": "arn:role", "UserDataShared": true}});
    let by_link = json!({"VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_LINK",
        "EmailMessage": "a", "EmailMessageByLink": "b"}, "EmailVerificationMessage": "a"});
    let by_code =
        json!({"VerificationMessageTemplate": {"EmailMessage": "a", "EmailMessageByLink": "b"}});
    for (members, name, out) in [
        (&client, "AnalyticsConfiguration.RoleArn", true),
        (&client, "AnalyticsConfiguration.ApplicationArn", false),
        (&by_link, "VerificationMessageTemplate.EmailMessage", true),
        (
            &by_link,
            "VerificationMessageTemplate.EmailMessageByLink",
            false,
        ),
        (&by_link, "EmailVerificationMessage", true),
        (&by_code, "VerificationMessageTemplate.EmailMessage", false),
        (
            &by_code,
            "VerificationMessageTemplate.EmailMessageByLink",
            true,
        ),
        (&by_code, "UserPoolTags.aws:cloudformation:stack-id", true),
        (&by_code, "UserPoolTags.awsome", false),
    ] {
        assert_eq!(left_out(&state(members), name).is_some(), out, "{name}");
    }
}
