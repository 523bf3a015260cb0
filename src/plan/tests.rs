//! Plans as data: what is written down, and what it means to Cognito.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// A Terraform plan with one resource of a type, from before to after.
fn terraform(kind: &str, actions: &[&str], before: Value, after: Value, more: Value) -> Plan {
    let mut change = json!({"actions": actions, "before": before, "after": after});
    if let (Value::Object(change), Value::Object(more)) = (&mut change, more) {
        change.extend(more);
    }
    let text = json!({
        "format_version": "1.2",
        "resource_changes": [{
            "address": "module.m[\"a\"].x.y", "mode": "managed", "type": kind, "change": change,
        }],
    });
    Plan::read("plan.json", &text.to_string()).expect("a plan")
}

type Members = Map<String, Value>;

/// Before, after, what the plan does not know yet, and what it leaves out.
#[track_caller]
fn states(plan: &Plan) -> (&Members, &Members, &[Setting], &[String]) {
    match &plan.targets[0].intent {
        Intent::States {
            before,
            after,
            hidden,
            omitted,
        } => (before, after, hidden, omitted),
        other => panic!("{other:?}"),
    }
}

#[test]
fn attributes_have_the_names_of_the_api() {
    let attributes = json!({
        "id": "webEXAMPLE", "user_pool_id": "eu-west-1_EXAMPLE", "name": "web", "client_secret": "x",
        "callback_urls": ["https://a.example.com"], "logout_urls": [], "default_redirect_uri": "",
        "token_validity_units": [{"access_token": "minutes"}], "analytics_configuration": [],
        "refresh_token_rotation": [{"feature": "ENABLED", "retry_grace_period_seconds": 10}],
        "allowed_oauth_flows_user_pool_client": true, "read_attributes": null,
    });
    let plan = terraform(
        "aws_cognito_user_pool_client",
        &["update"],
        attributes.clone(),
        attributes,
        json!({}),
    );
    let expected = json!({
        "ClientName": "web", "CallbackURLs": ["https://a.example.com"], "LogoutURLs": [],
        "DefaultRedirectURI": "", "TokenValidityUnits": {"AccessToken": "minutes"},
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10},
        "AllowedOAuthFlowsUserPoolClient": true,
    });
    assert_eq!(Value::Object(states(&plan).0.clone()), expected);
    let target = &plan.targets[0];
    assert_eq!(target.name, "module.m[\"a\"].x.y");
    assert_eq!(target.subject.id.as_deref(), Some("webEXAMPLE"));
}

#[test]
fn blocks_of_a_pool_are_objects_where_the_api_has_them() {
    let attributes = json!({
        "id": "eu-west-1_EXAMPLE", "name": "staff", "tags": {"a_b": "c"},
        "arn": "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE",
        "lambda_config": [{"pre_sign_up": "arn", "custom_sms_sender": [{"lambda_arn": "b", "lambda_version": "V1_0"}]}],
        "password_policy": [{"minimum_length": 8}], "schema": [{"name": "x"}],
        "sign_in_policy": [{"allowed_first_auth_factors": ["PASSWORD"]}],
        "account_recovery_setting": [{"recovery_mechanism": [{"name": "verified_email", "priority": 1}]}],
        "email_configuration": [{"from_email_address": "a@example.com"}],
    });
    let plan = terraform(
        "aws_cognito_user_pool",
        &["update"],
        attributes.clone(),
        attributes,
        json!({}),
    );
    let expected = json!({
        "PoolName": "staff", "UserPoolTags": {"a_b": "c"},
        "LambdaConfig": {"PreSignUp": "arn", "CustomSMSSender": {"LambdaArn": "b", "LambdaVersion": "V1_0"}},
        "Policies": {
            "PasswordPolicy": {"MinimumLength": 8},
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
        },
        "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
        "EmailConfiguration": {"From": "a@example.com"},
    });
    assert_eq!(Value::Object(states(&plan).0.clone()), expected);
    assert_eq!(
        plan.targets[0].subject.account.as_deref(),
        Some("111122223333")
    );
}

#[test]
fn what_is_not_known_yet_or_sensitive_is_masked() {
    let attributes = |secret: &str, url: Value| {
        json!({
            "id": "p:Corporate", "provider_name": "Corporate", "user_pool_id": "eu-west-1_EXAMPLE",
            "provider_details": {"client_id": "c", "client_secret": secret}, "idp_identifiers": url,
        })
    };
    let sensitive = json!({"provider_details": {"client_secret": true}});
    let plan = terraform(
        "aws_cognito_identity_provider",
        &["update"],
        attributes("old", json!(["a"])),
        attributes("new", json!(null)),
        json!({
            "after_unknown": {"idp_identifiers": true},
            "before_sensitive": sensitive, "after_sensitive": sensitive,
        }),
    );
    let (before, after, hidden, omitted) = states(&plan);
    let text = format!("{before:?} {after:?}");
    assert!(!text.contains("old") && !text.contains("new"), "{text}");
    assert_eq!(after["IdpIdentifiers"], obscure::MASK);
    assert_eq!(hidden, [Setting::named("ProviderDetails.client_secret")]);
    assert_eq!(
        omitted,
        &[] as &[String],
        "it will be known, so nobody left it out"
    );
}

#[test]
fn members_that_become_null_are_left_out() {
    let attributes =
        |urls: Value| json!({"id": "web", "user_pool_id": "p_1", "callback_urls": urls});
    let plan = terraform(
        "aws_cognito_user_pool_client",
        &["update"],
        attributes(json!(["a"])),
        attributes(json!(null)),
        json!({}),
    );
    assert_eq!(states(&plan).3, ["CallbackURLs"]);
}

#[test]
fn what_alters_nothing_in_aws_is_no_target() {
    let attributes = json!({"id": "web", "user_pool_id": "p_1"});
    for actions in [&["no-op"][..], &["read"], &["forget"]] {
        let kind = "aws_cognito_user_pool_client";
        let plan = terraform(
            kind,
            actions,
            attributes.clone(),
            attributes.clone(),
            json!({}),
        );
        assert_eq!(plan.targets, [], "{actions:?}");
    }
    for actions in [&["delete", "create"][..], &["create", "delete"]] {
        let kind = "aws_cognito_user_pool_client";
        let plan = terraform(
            kind,
            actions,
            attributes.clone(),
            attributes.clone(),
            json!({}),
        );
        assert_eq!(plan.targets[0].action, Action::Replace);
        assert_eq!(plan.targets[0].intent, Intent::Deletion);
    }
    let plan = terraform(
        "aws_s3_bucket",
        &["update"],
        json!({}),
        json!({}),
        json!({}),
    );
    assert_eq!((plan.targets.len(), plan.passed_over), (0, 1));
}

#[test]
fn tags_of_a_function_are_no_change_of_it() {
    let function = |sha: &str, tag: &str| json!({"function_name": "f", "source_code_hash": sha, "tags": {"a": tag}});
    let check = |after, targets| {
        let plan = terraform(
            "aws_lambda_function",
            &["update"],
            function("1", "x"),
            after,
            json!({}),
        );
        assert_eq!(plan.targets.len(), targets);
    };
    check(function("1", "y"), 0);
    check(function("2", "x"), 1);
}

#[test]
fn a_web_acl_is_of_the_pool_that_its_arn_names() {
    let association = |arn: &str| json!({"resource_arn": arn, "web_acl_arn": "acl"});
    let pool = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE";
    let plan = terraform(
        "aws_wafv2_web_acl_association",
        &["create"],
        json!(null),
        association(pool),
        json!({}),
    );
    let subject = &plan.targets[0].subject;
    assert_eq!(
        subject.resource(),
        Some(Resource::Pool(UserPoolId::new("eu-west-1_EXAMPLE")))
    );
    assert_eq!(subject.account.as_deref(), Some("111122223333"));
    let balancer = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/x/1";
    let plan = terraform(
        "aws_wafv2_web_acl_association",
        &["create"],
        json!(null),
        association(balancer),
        json!({}),
    );
    assert_eq!((plan.targets.len(), plan.passed_over), (0, 1));
}

/// The operation that an input document is taken for, and what it is made to.
#[track_caller]
fn check_input(text: &str, expected: Option<(&str, &str)>) {
    let found = Plan::read("input.json", text).ok().map(|plan| {
        let resource = plan.targets[0].subject.resource();
        (plan.targets[0].name.clone(), format!("{resource:?}"))
    });
    let expected = expected.map(|(name, resource)| (name.to_owned(), resource.to_owned()));
    assert_eq!(found, expected, "{text}");
}

#[test]
fn an_input_document_tells_its_operation() {
    let client = r#"Some(Client(UserPoolId("p_1"), AppClientId("web")))"#;
    let pool = r#"Some(Pool(UserPoolId("p_1")))"#;
    check_input(
        r#"{"UserPoolId":"p_1","ClientId":"web","CallbackURLs":[]}"#,
        Some(("UpdateUserPoolClient", client)),
    );
    check_input(
        r#"{"UserPoolId":"p_1","LambdaConfig":{}}"#,
        Some(("UpdateUserPool", pool)),
    );
    check_input(
        r#"{"UserPoolId":"p_1","SoftwareTokenMfaConfiguration":{"Enabled":false}}"#,
        Some(("SetUserPoolMfaConfig", pool)),
    );
    check_input(
        r#"{"UserPoolId":"p_1","ProviderName":"Corporate","ProviderDetails":{}}"#,
        Some((
            "UpdateIdentityProvider",
            r#"Some(IdentityProvider(UserPoolId("p_1"), "Corporate"))"#,
        )),
    );
    // Descriptions, logs, and inputs that alter nothing.
    check_input(
        r#"{"UserPoolId":"p_1","ClientId":"web","CallbackURLs":[],"CreationDate":1}"#,
        None,
    );
    check_input(r#"{"UserPoolId":"p_1","ClientId":"web"}"#, None);
    check_input(r#"{"Records":[]}"#, None);
    check_input(r#"{"events":[]}"#, None);
}

#[test]
fn a_change_set_holds_its_properties_in_texts() {
    let context = |urls: Value| {
        json!({"Properties": {"UserPoolId": "p_1", "CallbackURLs": urls}}).to_string()
    };
    let change = |more: Value| {
        let mut resource = json!({
            "Action": "Modify", "LogicalResourceId": "Web", "PhysicalResourceId": "webEXAMPLE",
            "ResourceType": "AWS::Cognito::UserPoolClient", "Replacement": "False",
            "BeforeContext": context(json!(["a", "b"])),
            "AfterContext": context(json!(["{{changeSet:KNOWN_AFTER_APPLY}}"])),
        });
        if let (Value::Object(resource), Value::Object(more)) = (&mut resource, more) {
            resource.extend(more);
        }
        let text = json!({"StackName": "s", "Changes": [{"Type": "Resource", "ResourceChange": resource}]});
        Plan::read("changes.json", &text.to_string()).expect("a change set")
    };
    let plan = change(json!({}));
    assert_eq!(states(&plan).0["CallbackURLs"], json!(["a", "b"]));
    assert_eq!(states(&plan).1["CallbackURLs"], json!([obscure::MASK]));
    assert_eq!(plan.targets[0].subject.id.as_deref(), Some("webEXAMPLE"));
    assert_eq!(
        change(json!({"Replacement": "True"})).targets[0].action,
        Action::Replace
    );
    assert_eq!(
        change(json!({"Action": "Remove"})).targets[0].action,
        Action::Delete
    );
    assert_eq!(
        change(json!({"Action": "Remove", "PolicyAction": "Retain"})).targets,
        []
    );
    let silent = change(json!({"BeforeContext": null, "AfterContext": null}));
    assert_eq!(silent.targets[0].subject.resource(), None);
    assert_eq!(silent.gaps.len(), 1);
}

#[test]
fn a_template_tells_parameters_by_their_defaults_and_nothing_computed() {
    let text = json!({
        "Parameters": {"Url": {"Type": "String", "Default": "https://a.example.com"}},
        "Resources": {"Web": {"Type": "AWS::Cognito::UserPoolClient", "Properties": {
            "UserPoolId": {"Ref": "Pool"}, "CallbackURLs": [{"Ref": "Url"}],
            "LogoutURLs": [{"Fn::Sub": "https://${Host}/bye"}],
        }}},
    });
    let plan = Plan::read("template.json", &text.to_string()).expect("a template");
    let Intent::Call { request, .. } = &plan.targets[0].intent else {
        panic!("{plan:?}");
    };
    assert_eq!(request["CallbackURLs"], json!(["https://a.example.com"]));
    assert_eq!(request["LogoutURLs"], json!([obscure::MASK]));
    let called = plan.targets[0].subject.called.clone().expect("a name");
    assert_eq!(
        (called.logical_id.as_str(), called.pool.as_deref()),
        ("Web", Some("Pool"))
    );
}

#[test]
fn a_template_in_yaml_has_short_tags() {
    let text = "Parameters:\n  Url:\n    Default: https://a.example.com\nResources:\n  # a comment\n  Web:\n    Type: AWS::Cognito::UserPoolClient\n    Properties:\n      UserPoolId: !Ref Pool\n      CallbackURLs: [!Ref Url, !Sub 'https://${Host}/b']\n      AccessTokenValidity: 60\n      EnableTokenRevocation: true\n";
    let plan = Plan::read("template.yaml", text).expect("a template");
    let target = &plan.targets[0];
    let Intent::Call { request, .. } = &target.intent else {
        panic!("{plan:?}");
    };
    assert_eq!(
        request["CallbackURLs"],
        json!(["https://a.example.com", obscure::MASK])
    );
    assert_eq!(request["AccessTokenValidity"], 60);
    assert_eq!(request["EnableTokenRevocation"], true);
    assert_eq!(target.line, 6);
    let pool = target
        .subject
        .called
        .as_ref()
        .and_then(|called| called.pool.as_deref());
    assert_eq!(pool, Some("Pool"));
    let broken = Plan::read("template.yaml", "Resources:\n  Web: [\n");
    assert!(
        matches!(&broken, Err(Error::Broken(why)) if why.contains("line")),
        "{broken:?}"
    );
}

#[test]
fn a_preview_of_pulumi_is_read_as_terraform() {
    let state = |urls: Value| {
        json!({"id": "webEXAMPLE", "inputs": {"userPoolId": "p_1", "callbackUrls": urls, "__defaults": []},
               "outputs": {"userPoolId": "p_1"}})
    };
    let step = |op: &str| {
        json!({"op": op, "urn": "urn:pulumi:dev::shop::aws:cognito/userPoolClient:UserPoolClient::web",
               "oldState": state(json!(["a"])), "newState": state(json!(["04da6b54-80e4-46f7-96ec-b56ff0331ba9"]))})
    };
    let text = json!({"steps": [step("same"), step("update")], "changeSummary": {"update": 1}});
    let plan = Plan::read("preview.json", &text.to_string()).expect("a preview");
    assert_eq!(plan.targets.len(), 1);
    assert_eq!(plan.targets[0].name, "web");
    assert_eq!(plan.targets[0].subject.id.as_deref(), Some("webEXAMPLE"));
    assert_eq!(states(&plan).1["CallbackURLs"], json!([obscure::MASK]));
}

#[test]
fn a_place_in_the_file_is_told() {
    let text = "{\n\"format_version\": \"1.0\",\n\"resource_changes\": [\n{\"address\": \"a.b\", \"type\": \"aws_cognito_user_pool_client\",\n\"change\": {\"actions\": [\"delete\"], \"before\": {\"id\": \"x\"}}}]}";
    assert_eq!(
        Plan::read("plan.json", text).expect("a plan").targets[0].line,
        4
    );
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,80}", json in "[\\[\\]{}\":,0-9a-zA-Z_]{0,80}") {
        let _ = Plan::read("x", &text);
        for begin in ["{\"format_version\":\"1.0\",\"resource_changes\":[", "{\"Resources\":{", "{\"StackName\":1,\"Changes\":[", "{\"changeSummary\":{},\"steps\":["] {
            let _ = Plan::read("x", &format!("{begin}{json}"));
            let _ = Plan::read("x", &format!("{begin}{json}]}}"));
            let _ = Plan::read("x", &format!("{begin}{json}}}}}"));
            let _ = Plan::read("x", &format!("Resources:\n  A: {json}\n"));
        }
    }
}
