//! The input document of an AWS CLI call: `--cli-input-json`, as `--write-undo` writes it too.
//!
//! It does not name its operation: the members tell which one takes them. Source: botocore
//! `cognito-idp`, `lambda`, `wafv2`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{Action, Error, Format, Intent, Kind, Plan, Subject, Target, broken};
use crate::{
    cognito::members::{CLIENT, POOL, find},
    ids::UserPoolId,
    record::mask,
};

const COGNITO: &str = "cognito-idp.amazonaws.com";

/// An operation, and the members by which it is known.
struct Operation {
    api: &'static str,
    service: &'static str,
    kind: Kind,
    /// The member that names what it is made to, beside its pool.
    id: &'static str,
    /// Every one of these is there …
    all: &'static [&'static str],
    /// … and one of these, where there are any.
    any: &'static [&'static str],
}

/// The first that fits counts.
const OPERATIONS: &[Operation] = &[
    Operation {
        api: "DeleteUserPoolClientSecret",
        service: COGNITO,
        kind: Kind::Client,
        id: "ClientId",
        all: &["UserPoolId", "ClientId", "ClientSecretId"],
        any: &[],
    },
    Operation {
        api: "SetRiskConfiguration",
        service: COGNITO,
        kind: Kind::Attachment,
        id: "ClientId",
        all: &["UserPoolId"],
        any: &[
            "AccountTakeoverRiskConfiguration",
            "CompromisedCredentialsRiskConfiguration",
            "RiskExceptionConfiguration",
        ],
    },
    Operation {
        api: "SetUICustomization",
        service: COGNITO,
        kind: Kind::Attachment,
        id: "ClientId",
        all: &["UserPoolId"],
        any: &["CSS", "ImageFile"],
    },
    Operation {
        api: "UpdateIdentityProvider",
        service: COGNITO,
        kind: Kind::IdentityProvider,
        id: "ProviderName",
        all: &["UserPoolId", "ProviderName"],
        any: &["ProviderDetails", "AttributeMapping", "IdpIdentifiers"],
    },
    Operation {
        api: "UpdateResourceServer",
        service: COGNITO,
        kind: Kind::ResourceServer,
        id: "Identifier",
        all: &["UserPoolId", "Identifier", "Name"],
        any: &[],
    },
    Operation {
        api: "UpdateUserPoolDomain",
        service: COGNITO,
        kind: Kind::Domain,
        id: "Domain",
        all: &["UserPoolId", "Domain"],
        any: &["CustomDomainConfig", "ManagedLoginVersion"],
    },
    Operation {
        api: "SetUserPoolMfaConfig",
        service: COGNITO,
        kind: Kind::Pool,
        id: "",
        all: &["UserPoolId"],
        any: &[
            "EmailMfaConfiguration",
            "SmsMfaConfiguration",
            "SoftwareTokenMfaConfiguration",
            "WebAuthnConfiguration",
        ],
    },
    Operation {
        api: "AssociateWebACL",
        service: "wafv2.amazonaws.com",
        kind: Kind::Attachment,
        id: "",
        all: &["WebACLArn", "ResourceArn"],
        any: &[],
    },
    Operation {
        api: "AddPermission",
        service: "lambda.amazonaws.com",
        kind: Kind::Function,
        id: "FunctionName",
        all: &["FunctionName", "StatementId", "Action"],
        any: &[],
    },
    Operation {
        api: "RemovePermission",
        service: "lambda.amazonaws.com",
        kind: Kind::Function,
        id: "FunctionName",
        all: &["FunctionName", "StatementId"],
        any: &[],
    },
];

/// Members that only descriptions have.
const OF_DESCRIPTIONS: [&str; 4] = [
    "ClientSecret",
    "CreationDate",
    "LastModifiedDate",
    "SchemaAttributes",
];

/// Reads the input of a call.
pub(super) fn read(path: &str, text: &str) -> Result<Plan, Error> {
    let mut input: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| broken(&error))?;
    mask::hide_settings(&mut input);
    let Some((api, service, kind, id)) = operation(&input) else {
        return Err(Error::OtherContent);
    };
    let given = |name: &str| input.get(name).and_then(Value::as_str).map(str::to_owned);
    let arn = given("ResourceArn").unwrap_or_default();
    let of_arn = arn
        .rsplit_once(":userpool/")
        .map(|(_, pool)| pool.to_owned());
    let pool = given("UserPoolId").or(of_arn);
    let subject = Subject {
        kind,
        pool: pool.map(UserPoolId::new),
        id: given(id),
        ..Subject::default()
    };
    let mut plan = Plan::new(path, Format::CliInput);
    plan.targets.push(Target {
        name: api.to_owned(),
        line: 1,
        action: Action::Update,
        subject,
        intent: Intent::Call {
            service,
            api: Cow::Borrowed(api),
            request: input,
        },
    });
    Ok(plan)
}

fn operation(
    input: &Map<String, Value>,
) -> Option<(&'static str, &'static str, Kind, &'static str)> {
    let has = |name: &&str| input.contains_key(*name);
    if OF_DESCRIPTIONS.iter().any(&has) {
        return None;
    }
    let named = OPERATIONS.iter().find(|operation| {
        operation.all.iter().all(&has)
            && (operation.any.is_empty() || operation.any.iter().any(&has))
    });
    if let Some(operation) = named {
        let Operation {
            api,
            service,
            kind,
            id,
            ..
        } = operation;
        return Some((api, service, *kind, id));
    }
    let of = |table: &'static [_]| {
        let mut names = input.keys();
        names.any(|name| {
            let is_top = |member: &str| member.split('.').next() == Some(name);
            find(table, name).is_some() && !["UserPoolId", "ClientId"].contains(&name.as_str())
                || table
                    .iter()
                    .any(|member: &crate::cognito::members::Member| {
                        member.name.contains('.') && is_top(member.name)
                    })
        })
    };
    match (has(&"UserPoolId"), has(&"ClientId")) {
        (true, true) if of(CLIENT) => {
            Some(("UpdateUserPoolClient", COGNITO, Kind::Client, "ClientId"))
        }
        (true, false) if of(POOL) => Some(("UpdateUserPool", COGNITO, Kind::Pool, "")),
        _ => None,
    }
}
