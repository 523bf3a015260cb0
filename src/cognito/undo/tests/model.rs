//! The service model, as the SDK carries it: the input of a call holds its members and no others,
//! and those that are required.

use aws_sdk_cognitoidentityprovider::{
    operation::{
        create_identity_provider::CreateIdentityProviderInput,
        create_resource_server::CreateResourceServerInput,
        create_user_pool_client::CreateUserPoolClientInput,
        create_user_pool_domain::CreateUserPoolDomainInput,
        set_user_pool_mfa_config::SetUserPoolMfaConfigInput,
        update_identity_provider::UpdateIdentityProviderInput,
        update_resource_server::UpdateResourceServerInput, update_user_pool::UpdateUserPoolInput,
        update_user_pool_client::UpdateUserPoolClientInput,
        update_user_pool_domain::UpdateUserPoolDomainInput,
    },
    types as t,
};
use serde_json::Value;

use crate::cognito::{
    members::{CLIENT, DOMAIN, IDENTITY_PROVIDER, Member, POOL},
    read::is_no_setting,
    undo::Undo,
};

/// The names of a structure's members.
macro_rules! members {
    ($shape:ty) => {
        <$shape>::SCHEMA
            .members()
            .iter()
            .filter_map(|member| member.member_name())
            .collect::<Vec<&'static str>>()
    };
}

type Shape = (Vec<&'static str>, &'static [&'static str]);

/// Members and required members of a call; botocore marks those that are required.
fn call(kind: &str) -> Shape {
    match kind {
        "update_user_pool_client" => (
            members!(UpdateUserPoolClientInput),
            &["UserPoolId", "ClientId"],
        ),
        "create_user_pool_client" => (
            members!(CreateUserPoolClientInput),
            &["UserPoolId", "ClientName"],
        ),
        "update_user_pool" => (members!(UpdateUserPoolInput), &["UserPoolId"]),
        "set_user_pool_mfa_config" => (members!(SetUserPoolMfaConfigInput), &["UserPoolId"]),
        "create_user_pool_domain" => (
            members!(CreateUserPoolDomainInput),
            &["UserPoolId", "Domain"],
        ),
        "update_user_pool_domain" => (
            members!(UpdateUserPoolDomainInput),
            &["UserPoolId", "Domain"],
        ),
        "create_resource_server" => (
            members!(CreateResourceServerInput),
            &["UserPoolId", "Identifier", "Name"],
        ),
        "update_resource_server" => (
            members!(UpdateResourceServerInput),
            &["UserPoolId", "Identifier", "Name"],
        ),
        "create_identity_provider" => (
            members!(CreateIdentityProviderInput),
            &[
                "UserPoolId",
                "ProviderName",
                "ProviderType",
                "ProviderDetails",
            ],
        ),
        "update_identity_provider" => (
            members!(UpdateIdentityProviderInput),
            &["UserPoolId", "ProviderName"],
        ),
        // Of other services, from botocore.
        "add_permission" => (
            vec![
                "FunctionName",
                "StatementId",
                "Action",
                "Principal",
                "SourceArn",
                "SourceAccount",
                "Qualifier",
            ],
            &["FunctionName", "StatementId", "Action", "Principal"],
        ),
        "remove_permission" => (
            vec!["FunctionName", "StatementId", "Qualifier"],
            &["FunctionName", "StatementId"],
        ),
        "put_function_concurrency" => (
            vec!["FunctionName", "ReservedConcurrentExecutions"],
            &["FunctionName", "ReservedConcurrentExecutions"],
        ),
        "delete_function_concurrency" => (vec!["FunctionName"], &["FunctionName"]),
        "associate_web_acl" => (
            vec!["WebACLArn", "ResourceArn"],
            &["WebACLArn", "ResourceArn"],
        ),
        "disassociate_web_acl" => (vec!["ResourceArn"], &["ResourceArn"]),
        other => panic!("{other} is not in the model"),
    }
}

/// Members and required members of the structure that a member is; `None` for a value or a map.
fn structure(member: &str) -> Option<Shape> {
    Some(match member {
        "AccountRecoverySetting" => (members!(t::AccountRecoverySettingType), &[]),
        "AdminCreateUserConfig" => (members!(t::AdminCreateUserConfigType), &[]),
        "AdvancedSecurityAdditionalFlows" => {
            (members!(t::AdvancedSecurityAdditionalFlowsType), &[])
        }
        "AnalyticsConfiguration" => (members!(t::AnalyticsConfigurationType), &[]),
        "CustomDomainConfig" => (members!(t::CustomDomainConfigType), &["CertificateArn"]),
        "CustomEmailSender" => (
            members!(t::CustomEmailLambdaVersionConfigType),
            &["LambdaVersion", "LambdaArn"],
        ),
        "CustomSMSSender" => (
            members!(t::CustomSmsLambdaVersionConfigType),
            &["LambdaVersion", "LambdaArn"],
        ),
        "DeviceConfiguration" => (members!(t::DeviceConfigurationType), &[]),
        "EmailConfiguration" => (members!(t::EmailConfigurationType), &[]),
        "EumsSms" => (members!(t::EumsSmsConfigurationType), &["CallerArn"]),
        "Failover" => (
            members!(t::FailoverType),
            &["SecondaryRegion", "PrimaryRoute53HealthCheckId"],
        ),
        "InboundFederation" => (
            members!(t::InboundFederationLambdaType),
            &["LambdaVersion", "LambdaArn"],
        ),
        "InviteMessageTemplate" => (members!(t::MessageTemplateType), &[]),
        "IssuerConfiguration" => (members!(t::IssuerConfigurationType), &[]),
        "KeyConfiguration" => (members!(t::KeyConfigurationType), &[]),
        "LambdaConfig" => (members!(t::LambdaConfigType), &[]),
        "PasswordPolicy" => (members!(t::PasswordPolicyType), &[]),
        "Policies" => (members!(t::UserPoolPolicyType), &[]),
        "PreTokenGenerationConfig" => (
            members!(t::PreTokenGenerationVersionConfigType),
            &["LambdaVersion", "LambdaArn"],
        ),
        "RecoveryMechanisms" => (members!(t::RecoveryOptionType), &["Priority", "Name"]),
        "RefreshTokenRotation" => (members!(t::RefreshTokenRotationType), &["Feature"]),
        "Routing" => (members!(t::RoutingType), &[]),
        "Scopes" => (
            members!(t::ResourceServerScopeType),
            &["ScopeName", "ScopeDescription"],
        ),
        "EmailMfaConfiguration" => (members!(t::EmailMfaConfigType), &[]),
        "SmsMfaConfiguration" => (members!(t::SmsMfaConfigType), &[]),
        "SoftwareTokenMfaConfiguration" => (members!(t::SoftwareTokenMfaConfigType), &[]),
        "WebAuthnConfiguration" => (members!(t::WebAuthnConfigurationType), &[]),
        "SignInPolicy" => (members!(t::SignInPolicyType), &[]),
        "SmsConfiguration" => (members!(t::SmsConfigurationType), &[]),
        "TokenValidityUnits" => (members!(t::TokenValidityUnitsType), &[]),
        "UserAttributeUpdateSettings" => (
            members!(t::UserAttributeUpdateSettingsType),
            &["AttributesRequireVerificationBeforeUpdate"],
        ),
        "UserPoolAddOns" => (members!(t::UserPoolAddOnsType), &["AdvancedSecurityMode"]),
        "VerificationMessageTemplate" => (members!(t::VerificationMessageTemplateType), &[]),
        _ => return None,
    })
}

fn check(shape: &Shape, value: &Value, path: &str) {
    if let Some(items) = value.as_array() {
        return items.iter().for_each(|item| check(shape, item, path));
    }
    let object = value
        .as_object()
        .unwrap_or_else(|| panic!("{path} is no object: {value}"));
    let (members, required) = shape;
    for name in *required {
        assert!(object.contains_key(*name), "{path} lacks {name}: {value}");
    }
    for (name, value) in object {
        assert!(members.contains(&name.as_str()), "{path} has no {name}");
        assert!(!value.is_null(), "{path}.{name} is null");
        if let Some(shape) = structure(name) {
            check(&shape, value, &format!("{path}.{name}"));
        }
    }
}

/// Every input in an undo is one that the service takes: the documents, and those in its steps.
#[track_caller]
pub(super) fn assert_valid(undo: &Undo) {
    let all = undo.resets.as_ref().and_then(|all| all.document.as_ref());
    for document in undo.document.iter().chain(all) {
        check(&call(undo.kind), document, undo.kind);
    }
    assert_eq!(undo.command.is_some(), undo.document.is_some());
    for step in &undo.steps {
        let Some((before, rest)) = step.split_once(" --cli-input-json '") else {
            continue;
        };
        let (_, start) = before.rsplit_once("`aws ").expect("a command in backticks");
        let kind = start
            .split(' ')
            .nth(1)
            .expect("an operation")
            .replace('-', "_");
        let (text, _) = rest.rsplit_once("'`").expect("the end of the command");
        let document = serde_json::from_str(&text.replace(r"'\''", "'")).expect("JSON");
        check(&call(&kind), &document, &kind);
    }
}

/// The members of a table are the service's.
#[track_caller]
fn check_table(table: &[Member], members: Vec<&str>) {
    for member in table {
        let mut members = members.clone();
        let mut path = member.name.split('.').peekable();
        while let Some(name) = path.next() {
            assert!(members.contains(&name), "{}", member.name);
            if path.peek().is_some() {
                members = structure(name).expect("a structure").0;
            }
        }
    }
}

#[test]
fn tables_hold_members_of_the_service() {
    check_table(CLIENT, members!(UpdateUserPoolClientInput));
    check_table(POOL, members!(UpdateUserPoolInput));
    check_table(DOMAIN, members!(UpdateUserPoolDomainInput));
    check_table(IDENTITY_PROVIDER, members!(CreateIdentityProviderInput));
}

/// What a description shows and no update takes is no setting: it must not be passed on.
#[test]
fn what_is_described_is_taken_back_or_is_no_setting() {
    for (described, taken) in [
        (members!(t::UserPoolType), members!(UpdateUserPoolInput)),
        (
            members!(t::UserPoolClientType),
            members!(UpdateUserPoolClientInput),
        ),
    ] {
        let strange = |name: &&&str| !taken.contains(name) && !is_no_setting(name);
        let strange: Vec<_> = described.iter().filter(strange).collect();
        assert!(strange.iter().all(|name| **name == "Name"), "{strange:?}");
    }
}
