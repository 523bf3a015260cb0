//! What of a change is replayed: its diff, or a line that stands for what no log shows.

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    cognito::{
        effects::is_indifferent,
        history::{ConfigChange, DiffLine, Standing},
        setting::{Known, Resource, Setting},
    },
    queries,
};

/// Calls that add something which no request relies on yet, and take nothing away.
const ADDITIONS: &[&str] = &[
    "AddLayerVersionPermission",
    "AddListenerCertificates",
    "AddPermission",
    "CancelKeyDeletion",
    "CreateAlias",
    "CreateFunction",
    "CreateManagedLoginBranding",
    "CreateUserPoolReplica",
    "CreateWebACL",
    "DeleteFunctionConcurrency",
    "EnableKey",
    "PublishVersion",
    "RequestCertificate",
];

/// Services that run applications, or make the calls of others: what they are told is no setting that
/// Cognito looks at, and the calls that follow from it are on record themselves.
const NO_SETTINGS: &[&str] = &[
    "amplify",
    "apprunner",
    "autoscaling",
    "cloudformation",
    "codebuild",
    "codedeploy",
    "codepipeline",
    "ecs",
    "eks",
    "elasticbeanstalk",
];

/// The lines of a change that may alter what requests meet.
pub(super) fn lines(change: &ConfigChange) -> Cow<'_, [DiffLine]> {
    let shown = Cow::Borrowed(change.diff.as_slice());
    let idle = match change.standing {
        Standing::NoDifference | Standing::Failed(_) | Standing::Release | Standing::OnUsers => {
            true
        }
        Standing::Effective | Standing::Opaque => is_creation(change),
    };
    match hidden(change) {
        _ if idle => Cow::Borrowed(&[]),
        None => shown,
        Some(_) if only_adds(change) => shown,
        Some(name) => Cow::Owned(vec![DiffLine {
            setting: Setting(name),
            before: Known::Unknown,
            after: Known::Unknown,
        }]),
    }
}

/// What did not exist before cannot have worked before.
fn is_creation(change: &ConfigChange) -> bool {
    change.diff.iter().any(|line| {
        line.setting == Setting::EXISTS
            && line.before.value().and_then(Value::as_bool) == Some(false)
    })
}

fn only_adds(change: &ConfigChange) -> bool {
    let name = change.change.name.as_str();
    // Lambda's event names end in the version of its API.
    let version = |addition: &str| name.strip_prefix(addition);
    ADDITIONS.iter().any(|addition| {
        version(addition).is_some_and(|rest| rest.is_empty() || rest.starts_with("20"))
    })
}

/// The name under which the table knows what a change altered out of sight, if it did: a function's
/// code, a rule, a secret. One that the table does not know is named after the call.
fn hidden(change: &ConfigChange) -> Option<Cow<'static, str>> {
    let opaque = change.standing == Standing::Opaque || change.diff.is_empty();
    let name = match &change.resource {
        Resource::Firewall(_) => "WebACL",
        Resource::Other(service, _) => return of_service(change, service),
        // Its secret is hidden: that nothing else differs says nothing.
        Resource::IdentityProvider(..) if shows_nothing(change) => "IdentityProvider",
        // How pages look has rows for the page as a whole, not for each part of it.
        Resource::Pool(_) | Resource::Client(..) if is_of_pages(&change.change.name) => "Pages",
        _ if !opaque => return None,
        Resource::Function(_) => "Function",
        _ => match change.change.name.as_str() {
            "SetRiskConfiguration" => "RiskConfiguration",
            "DeleteUserPoolReplica" | "UpdateUserPoolReplica" => "Replica",
            name if queries::is_on_users(queries::COGNITO, name) => "Sessions",
            name => return Some(Cow::Owned(name.to_owned())),
        },
    };
    Some(Cow::Borrowed(name))
}

fn shows_nothing(change: &ConfigChange) -> bool {
    let mut lines = change.diff.iter();
    lines.all(|line| is_indifferent(line.setting.as_str()) || line.before == line.after)
}

/// Source of the services: domain.md §2.3.
fn of_service(change: &ConfigChange, service: &str) -> Option<Cow<'static, str>> {
    let service = service.split('.').next().unwrap_or_default();
    let call = change.change.name.as_str();
    Some(Cow::Borrowed(match service {
        "secretsmanager" | "ssm" => "StoredSecret",
        "acm" | "route53" | "cloudfront" | "apigateway" => "Host",
        "kms" => "Key",
        "iam" => "Role",
        "elasticloadbalancing" => "Listener",
        "ec2" => "Network",
        "ses" | "sns" => "Sender",
        "cognito-idp" if call == "UpdateProvisionedLimit" => "ProvisionedLimit",
        "cognito-idp" if queries::is_on_users(queries::COGNITO, call) => "Sessions",
        _ if NO_SETTINGS.contains(&service) => return None,
        _ => return Some(Cow::Owned(call.to_owned())),
    }))
}

/// Whether a call is about how the sign-in pages look, or what they ask to agree to.
fn is_of_pages(name: &str) -> bool {
    let parts = ["Branding", "UICustomization", "Terms"];
    parts.iter().any(|part| name.contains(part))
}
