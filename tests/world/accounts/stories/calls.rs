//! Which call of which service alters a resource in which way.

use serde_json::{Value, json};

use super::super::{
    model::{Kind, Settings},
    state::member,
};

/// A service and one of its calls.
pub type Call = (&'static str, &'static str);

pub const COGNITO: &str = "cognito-idp.amazonaws.com";
const LAMBDA: &str = "lambda.amazonaws.com";
const WAF: &str = "wafv2.amazonaws.com";
const EC2: &str = "ec2.amazonaws.com";

/// Whether an update of this kind says all that is to be, and not only what is to be altered.
pub fn replaces(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Client
            | Kind::Pool
            | Kind::PoolMfa
            | Kind::RiskConfiguration
            | Kind::ResourceServer
            | Kind::Acl
            | Kind::IpSet
            | Kind::LogDelivery
    )
}

/// The call that leads from one state of a resource to another; `None` is where it does not exist.
pub fn call(kind: Kind, before: Option<&Settings>, after: Option<&Settings>) -> Call {
    let (service, create, update, delete) = names(kind);
    match (before, after) {
        (_, None) => (service, delete),
        (None, Some(_)) => (service, create),
        (Some(before), Some(after)) => {
            let special = special(kind, before, after);
            (service, special.unwrap_or(update))
        }
    }
}

pub fn update(kind: Kind) -> Call {
    let (service, _, update, _) = names(kind);
    (service, update)
}

fn names(kind: Kind) -> (&'static str, &'static str, &'static str, &'static str) {
    let known = CALLS.iter().find(|(known, ..)| *known == kind);
    known.map_or(BUCKET, |(_, service, create, update, delete)| {
        (*service, *create, *update, *delete)
    })
}

const BUCKET: (&str, &str, &str, &str) = (
    "s3.amazonaws.com",
    "CreateBucket",
    "PutBucketTagging",
    "DeleteBucket",
);

/// Kinds with the service and the calls that create, update and delete.
const CALLS: [(Kind, &str, &str, &str, &str); 26] = [
    (
        Kind::Client,
        COGNITO,
        "CreateUserPoolClient",
        "UpdateUserPoolClient",
        "DeleteUserPoolClient",
    ),
    (
        Kind::ClientSecrets,
        COGNITO,
        "AddUserPoolClientSecret",
        "AddUserPoolClientSecret",
        "DeleteUserPoolClientSecret",
    ),
    (
        Kind::Pool,
        COGNITO,
        "CreateUserPool",
        "UpdateUserPool",
        "DeleteUserPool",
    ),
    (
        Kind::PoolMfa,
        COGNITO,
        "SetUserPoolMfaConfig",
        "SetUserPoolMfaConfig",
        "SetUserPoolMfaConfig",
    ),
    (
        Kind::RiskConfiguration,
        COGNITO,
        "SetRiskConfiguration",
        "SetRiskConfiguration",
        "SetRiskConfiguration",
    ),
    (
        Kind::Branding,
        COGNITO,
        "CreateManagedLoginBranding",
        "UpdateManagedLoginBranding",
        "DeleteManagedLoginBranding",
    ),
    (
        Kind::UiCustomization,
        COGNITO,
        "SetUICustomization",
        "SetUICustomization",
        "SetUICustomization",
    ),
    (
        Kind::Domain,
        COGNITO,
        "CreateUserPoolDomain",
        "UpdateUserPoolDomain",
        "DeleteUserPoolDomain",
    ),
    (
        Kind::Provider,
        COGNITO,
        "CreateIdentityProvider",
        "UpdateIdentityProvider",
        "DeleteIdentityProvider",
    ),
    (
        Kind::ResourceServer,
        COGNITO,
        "CreateResourceServer",
        "UpdateResourceServer",
        "DeleteResourceServer",
    ),
    (
        Kind::LogDelivery,
        COGNITO,
        "SetLogDeliveryConfiguration",
        "SetLogDeliveryConfiguration",
        "SetLogDeliveryConfiguration",
    ),
    (
        Kind::Function,
        LAMBDA,
        "CreateFunction20150331",
        "UpdateFunctionConfiguration20150331v2",
        "DeleteFunction20150331",
    ),
    (
        Kind::FunctionPermission,
        LAMBDA,
        "AddPermission20150331v2",
        "AddPermission20150331v2",
        "RemovePermission20150331v2",
    ),
    (
        Kind::FunctionConcurrency,
        LAMBDA,
        "PutFunctionConcurrency20171031",
        "PutFunctionConcurrency20171031",
        "DeleteFunctionConcurrency20171031",
    ),
    (
        Kind::FunctionRole,
        "iam.amazonaws.com",
        "CreateRole",
        "AttachRolePolicy",
        "DeleteRole",
    ),
    (
        Kind::AclAssociation,
        WAF,
        "AssociateWebACL",
        "AssociateWebACL",
        "DisassociateWebACL",
    ),
    (
        Kind::Acl,
        WAF,
        "CreateWebACL",
        "UpdateWebACL",
        "DeleteWebACL",
    ),
    (
        Kind::IpSet,
        WAF,
        "CreateIPSet",
        "UpdateIPSet",
        "DeleteIPSet",
    ),
    (
        Kind::Certificate,
        "acm.amazonaws.com",
        "RequestCertificate",
        "ImportCertificate",
        "DeleteCertificate",
    ),
    (
        Kind::DnsRecord,
        "route53.amazonaws.com",
        "ChangeResourceRecordSets",
        "ChangeResourceRecordSets",
        "ChangeResourceRecordSets",
    ),
    (
        Kind::StoredSecret,
        "secretsmanager.amazonaws.com",
        "RestoreSecret",
        "PutSecretValue",
        "DeleteSecret",
    ),
    (
        Kind::Parameter,
        "ssm.amazonaws.com",
        "PutParameter",
        "PutParameter",
        "DeleteParameter",
    ),
    (
        Kind::Route,
        EC2,
        "CreateRoute",
        "ReplaceRoute",
        "DeleteRoute",
    ),
    (
        Kind::SecurityGroup,
        EC2,
        "CreateSecurityGroup",
        "AuthorizeSecurityGroupEgress",
        "DeleteSecurityGroup",
    ),
    (
        Kind::NetworkAcl,
        EC2,
        "CreateNetworkAcl",
        "ReplaceNetworkAclEntry",
        "DeleteNetworkAcl",
    ),
    (
        Kind::KmsKey,
        "kms.amazonaws.com",
        "CreateKey",
        "EnableKey",
        "ScheduleKeyDeletion",
    ),
];

/// A policy that stands in the role itself.
pub const DENYING: &str = "deny-by-default";

/// Calls that go by what an update alters.
fn special(kind: Kind, before: &Settings, after: &Settings) -> Option<&'static str> {
    let length = |settings: &Settings, list: &str| {
        let list = settings.get(list).and_then(Value::as_array);
        list.map_or(0, Vec::len)
    };
    let shrinks = |list: &str| length(after, list) < length(before, list);
    let lists = |settings: &Settings, list: &str, text: &str| {
        let list = settings.get(list).and_then(Value::as_array);
        list.is_some_and(|list| list.iter().any(|held| held == text))
    };
    let is = |path: &str, text: &str| member(after, path).and_then(Value::as_str) == Some(text);
    let differs = |name: &str| before.get(name) != after.get(name);
    match kind {
        Kind::ClientSecrets if shrinks("secrets") => Some("DeleteUserPoolClientSecret"),
        Kind::Function if differs("code") => Some("UpdateFunctionCode20150331v2"),
        Kind::FunctionPermission if shrinks("principals") => Some("RemovePermission20150331v2"),
        Kind::FunctionConcurrency if after.get("reserved").is_none_or(Value::is_null) => {
            Some("DeleteFunctionConcurrency20171031")
        }
        Kind::FunctionRole if shrinks("policies") && lists(before, "policies", DENYING) => {
            Some("DeleteRolePolicy")
        }
        Kind::FunctionRole if shrinks("policies") => Some("DetachRolePolicy"),
        Kind::AclAssociation if after.get("acl").is_none_or(Value::is_null) => {
            Some("DisassociateWebACL")
        }
        Kind::SecurityGroup if shrinks("egress") => Some("RevokeSecurityGroupEgress"),
        Kind::NetworkAcl if shrinks("egress") => Some("DeleteNetworkAclEntry"),
        Kind::NetworkAcl if length(after, "egress") > length(before, "egress") => {
            Some("CreateNetworkAclEntry")
        }
        Kind::KmsKey if is("KeyState", "Disabled") => Some("DisableKey"),
        Kind::KmsKey if member(before, "KeyState") == Some(&json!("PendingDeletion")) => {
            Some("CancelKeyDeletion")
        }
        Kind::KmsKey if is("KeyState", "PendingDeletion") => Some("ScheduleKeyDeletion"),
        Kind::KmsKey if !differs("KeyState") => Some("PutKeyPolicy"),
        _ => None,
    }
}
