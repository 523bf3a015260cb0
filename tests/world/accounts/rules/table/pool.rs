//! Rules about user pools and their triggers.

use super::super::super::model::{Kind, Step};
use super::{API, ENDPOINT, Pace, Reply, Row, SIGN_IN, When};

const LAMBDA: &str = "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html";
const MFA: &str =
    "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html";
const THREATS: &str = "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-threat-protection.html";
const DEVICES: &str = "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-device-tracking.html";
const DELETION: &str = "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserPool.html";

/// A trigger fails, told by an endpoint: what it says is documented nowhere.
const TRIGGER: &[Reply] = &[
    ("invalid_request", "", 400),
    ("invalid_grant", "", 400),
    ("server_error", "", 500),
    (
        "invalid_request",
        "PreTokenGeneration failed with error",
        400,
    ),
];
const TRIGGER_FAILS: &[Reply] = &[
    (
        "UserLambdaValidationException",
        "trigger failed with error",
        400,
    ),
    ("UnexpectedLambdaException", "", 400),
    ("InvalidLambdaResponseException", "", 400),
];
const TRIGGER_DENIED: &[Reply] = &[
    ("UnexpectedLambdaException", "", 400),
    ("UnexpectedLambdaException", "Access denied", 400),
];
const BLOCKED: &[Reply] = &[
    (
        "NotAuthorizedException",
        "Request not allowed due to security reasons.",
        400,
    ),
    (
        "NotAuthorizedException",
        "Unable to login because of security reasons.",
        400,
    ),
];

const fn trigger(kind: Kind, member: &'static str, when: When, name: &'static str) -> Row {
    Row::of(kind, member, when, ENDPOINT)
        .named("triggers", name)
        .documented(LAMBDA)
        .answers(TRIGGER)
}

const fn api_trigger(kind: Kind, member: &'static str, when: When, name: &'static str) -> Row {
    Row::of(kind, member, when, API)
        .named("triggers", name)
        .documented(LAMBDA)
        .answers(TRIGGER_FAILS)
}

const fn sign_in(
    member: &'static str,
    when: When,
    name: &'static str,
    replies: &'static [Reply],
) -> Row {
    Row::of(Kind::Pool, member, when, SIGN_IN)
        .named("pool-settings", name)
        .answers(replies)
}

const fn page(member: &'static str, when: When, name: &'static str) -> Row {
    Row::of(Kind::Pool, member, when, &[Step::LoginPost])
        .named("pool-settings", name)
        .answers(&[
            ("invalid_request", "", 400),
            ("access_denied", "", 400),
            ("NotAuthorizedException", "", 400),
        ])
}

const ON: When = When::Text("ON");
const FOREIGN: When = When::ForeignFunction;

pub const ROWS: &[Row] = &[
    Row::of(Kind::Pool, "", When::Gone, ENDPOINT)
        .named("pool-settings", "user pool deleted")
        .documented(DELETION)
        .answers(&[("invalid_client", "", 400), ("server_error", "", 404)])
        .certain(),
    Row::of(Kind::Pool, "", When::Gone, API)
        .named("pool-settings", "user pool deleted")
        .documented(DELETION)
        .answers(&[(
            "ResourceNotFoundException",
            "User pool does not exist.",
            400,
        )])
        .certain(),
    page("MfaConfiguration", ON, "second factor required")
        .documented(MFA)
        .doubtful()
        .share(0.4, 1.0),
    sign_in("MfaConfiguration", ON, "second factor required", BLOCKED)
        .documented(MFA)
        .doubtful()
        .share(0.4, 1.0),
    Row::of(Kind::PoolMfa, "MfaConfiguration", ON, &[Step::LoginPost])
        .named("pool-settings", "second factor required")
        .documented(MFA)
        .doubtful()
        .share(0.4, 1.0)
        .answers(&[("access_denied", "", 400), ("invalid_request", "", 400)]),
    Row::of(Kind::PoolMfa, "MfaConfiguration", ON, SIGN_IN)
        .named("pool-settings", "second factor required")
        .documented(MFA)
        .doubtful()
        .share(0.4, 1.0)
        .answers(&[
            ("NotAuthorizedException", "MFA setup is required.", 400),
            ("SoftwareTokenMFANotFoundException", "", 400),
        ]),
    Row::of(
        Kind::Pool,
        "DeviceConfiguration.ChallengeRequiredOnNewDevice",
        When::Flag(true),
        &[Step::Refresh],
    )
    .named("pool-settings", "token of no remembered device")
    .documented(DEVICES)
    .doubtful()
    .answers(&[("invalid_grant", "", 400)]),
    Row::of(
        Kind::Pool,
        "DeviceConfiguration.ChallengeRequiredOnNewDevice",
        When::Flag(true),
        &[Step::ApiRefresh, Step::ApiRotate],
    )
    .named("pool-settings", "token of no remembered device")
    .documented(DEVICES)
    .doubtful()
    .answers(&[("NotAuthorizedException", "Invalid Refresh Token.", 400)]),
    page(
        "UserPoolTier",
        When::Text("LITE"),
        "feature not in the plan",
    ),
    sign_in(
        "UserPoolTier",
        When::Text("LITE"),
        "feature not in the plan",
        &[("FeatureUnavailableInTierException", "", 400)],
    ),
    page(
        "UserPoolAddOns.AdvancedSecurityMode",
        When::Text("ENFORCED"),
        "threat protection blocks",
    )
    .documented(THREATS)
    .doubtful()
    .share(0.25, 0.8),
    sign_in(
        "UserPoolAddOns.AdvancedSecurityMode",
        When::Text("ENFORCED"),
        "threat protection blocks",
        BLOCKED,
    )
    .documented(THREATS)
    .doubtful()
    .share(0.25, 0.8),
    page(
        "Policies.SignInPolicy.AllowedFirstAuthFactors",
        When::Json(r#"["WEB_AUTHN","EMAIL_OTP"]"#),
        "password is no first factor",
    ),
    sign_in(
        "Policies.SignInPolicy.AllowedFirstAuthFactors",
        When::Json(r#"["WEB_AUTHN","EMAIL_OTP"]"#),
        "password is no first factor",
        BLOCKED,
    ),
    Row::of(
        Kind::RiskConfiguration,
        "AccountTakeoverRiskConfiguration.Actions.LowAction.EventAction",
        When::Text("BLOCK"),
        &[Step::LoginPost],
    )
    .named("pool-settings", "risk blocks")
    .documented(THREATS)
    .doubtful()
    .share(0.3, 0.9)
    .answers(&[("access_denied", "", 400), ("invalid_request", "", 400)]),
    Row::of(
        Kind::RiskConfiguration,
        "AccountTakeoverRiskConfiguration.Actions.LowAction.EventAction",
        When::Text("BLOCK"),
        SIGN_IN,
    )
    .named("pool-settings", "risk blocks")
    .documented(THREATS)
    .doubtful()
    .share(0.3, 0.9)
    .answers(BLOCKED),
    trigger(
        Kind::Pool,
        "LambdaConfig.PreTokenGeneration",
        FOREIGN,
        "trigger may not be invoked",
    ),
    api_trigger(
        Kind::Pool,
        "LambdaConfig.PreTokenGeneration",
        FOREIGN,
        "trigger may not be invoked",
    ),
    trigger(
        Kind::Pool,
        "LambdaConfig.PreAuthentication",
        FOREIGN,
        "trigger may not be invoked",
    ),
    api_trigger(
        Kind::Pool,
        "LambdaConfig.PreAuthentication",
        FOREIGN,
        "trigger may not be invoked",
    ),
    trigger(
        Kind::Pool,
        "LambdaConfig.PostAuthentication",
        FOREIGN,
        "trigger may not be invoked",
    ),
    api_trigger(
        Kind::Pool,
        "LambdaConfig.PostAuthentication",
        FOREIGN,
        "trigger may not be invoked",
    ),
    trigger(Kind::Pool, "LambdaConfig.*", When::Empty, "trigger lost")
        .share(0.3, 1.0)
        .assumed(),
    api_trigger(Kind::Pool, "LambdaConfig.*", When::Empty, "trigger lost")
        .share(0.3, 1.0)
        .assumed(),
    trigger(Kind::Function, "", When::Gone, "function deleted").certain(),
    api_trigger(Kind::Function, "", When::Gone, "function deleted").certain(),
    trigger(
        Kind::Function,
        "~Works",
        When::Flag(false),
        "function fails",
    ),
    api_trigger(
        Kind::Function,
        "~Works",
        When::Flag(false),
        "function fails",
    ),
    trigger(
        Kind::Function,
        "timeout",
        When::Number(1),
        "function times out",
    )
    .doubtful()
    .share(0.3, 1.0),
    api_trigger(
        Kind::Function,
        "timeout",
        When::Number(1),
        "function times out",
    )
    .doubtful()
    .share(0.3, 1.0),
    trigger(
        Kind::Function,
        "role",
        When::Changed,
        "function lacks permissions",
    )
    .doubtful(),
    api_trigger(
        Kind::Function,
        "role",
        When::Changed,
        "function lacks permissions",
    )
    .doubtful(),
    trigger(
        Kind::Function,
        "handler",
        When::Changed,
        "function has no such handler",
    ),
    api_trigger(
        Kind::Function,
        "handler",
        When::Changed,
        "function has no such handler",
    ),
    trigger(
        Kind::FunctionPermission,
        "principals",
        When::Empty,
        "Cognito may not invoke",
    ),
    api_trigger(
        Kind::FunctionPermission,
        "principals",
        When::Empty,
        "Cognito may not invoke",
    )
    .answers(TRIGGER_DENIED),
    trigger(
        Kind::FunctionConcurrency,
        "reserved",
        When::Number(0),
        "no concurrency",
    ),
    api_trigger(
        Kind::FunctionConcurrency,
        "reserved",
        When::Number(0),
        "no concurrency",
    ),
    trigger(
        Kind::FunctionConcurrency,
        "reserved",
        When::Number(1),
        "too little concurrency",
    )
    .doubtful()
    .share(0.2, 0.7),
    api_trigger(
        Kind::FunctionConcurrency,
        "reserved",
        When::Number(1),
        "too little concurrency",
    )
    .doubtful()
    .share(0.2, 0.7),
    trigger(
        Kind::FunctionRole,
        "~Allows",
        When::Flag(false),
        "role lacks a policy",
    )
    .doubtful(),
    api_trigger(
        Kind::FunctionRole,
        "~Allows",
        When::Flag(false),
        "role lacks a policy",
    )
    .doubtful(),
    trigger(Kind::KmsKey, "~Usable", When::Flag(false), "key not usable")
        .doubtful()
        .pace(Pace::Cached),
    api_trigger(Kind::KmsKey, "~Usable", When::Flag(false), "key not usable")
        .doubtful()
        .pace(Pace::Cached),
];
