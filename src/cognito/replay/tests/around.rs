//! What stands around pools, what no log shows the inside of, and what cannot refuse anything.

use serde_json::json;

use super::{check_change, of_pool, predicted};
use crate::{
    cognito::{
        history::{ConfigChange, Standing},
        replay::Attempt,
        setting::Resource,
    },
    ids::UserPoolId,
};

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
