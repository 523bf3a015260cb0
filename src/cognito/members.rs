//! Members of the update calls: their kinds, defaults, and what leaving one out does.
//!
//! Source: `UpdateUserPoolClient` and `UpdateUserPool` of the Cognito API reference: "If you don't
//! provide a value for an attribute, Amazon Cognito sets it to its default value" (domain.md §3).

use serde_json::{Value, json};

/// One member of an update call.
#[derive(Debug)]
pub struct Member {
    /// Its name as the API spells it; dotted when it is part of an object.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// What leaving it out does.
    pub omitted: Omitted,
}

/// What a member's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Flag,
    /// A whole number.
    Number,
    /// Text.
    Text,
    /// A list that Cognito treats as a set.
    Set,
}

/// What leaving a member out of an update does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Omitted {
    /// It goes to this default.
    Resets(ResetTo),
    /// Documented to reset; seen or suspected to keep its value.
    MayPersist(ResetTo),
}

/// A default value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ResetTo {
    /// Absent: null, or the empty list.
    Empty,
    /// A flag.
    Flag(bool),
    /// A number.
    Number(i64),
    /// A text.
    Text(&'static str),
    /// A list.
    Set(&'static [&'static str]),
}

impl ResetTo {
    /// As JSON, for a member of that kind.
    pub fn value(self, kind: Kind) -> Value {
        match self {
            Self::Empty if kind == Kind::Set => json!([]),
            Self::Empty => Value::Null,
            Self::Flag(flag) => json!(flag),
            Self::Number(number) => json!(number),
            Self::Text(text) => json!(text),
            Self::Set(items) => json!(items),
        }
    }
}
use Omitted::{MayPersist, Resets};
use ResetTo::{Empty, Flag as F, Number as N, Set as S, Text as T};

const fn member(name: &'static str, kind: Kind, omitted: Omitted) -> Member {
    Member {
        name,
        kind,
        omitted,
    }
}

/// Members of `UpdateUserPoolClient` besides the two ids. A validity of 0 means 30 days; without
/// units, refresh tokens count days, the others hours.
pub static CLIENT: &[Member] = &[
    member("ClientName", Kind::Text, MayPersist(Empty)),
    member("RefreshTokenValidity", Kind::Number, Resets(N(30))),
    member("AccessTokenValidity", Kind::Number, Resets(N(1))),
    member("IdTokenValidity", Kind::Number, Resets(N(1))),
    // Terraform resets the units explicitly, so they may persist.
    member(
        "TokenValidityUnits.AccessToken",
        Kind::Text,
        MayPersist(T("hours")),
    ),
    member(
        "TokenValidityUnits.IdToken",
        Kind::Text,
        MayPersist(T("hours")),
    ),
    member(
        "TokenValidityUnits.RefreshToken",
        Kind::Text,
        MayPersist(T("days")),
    ),
    member("ReadAttributes", Kind::Set, Resets(Empty)),
    member("WriteAttributes", Kind::Set, Resets(Empty)),
    member(
        "ExplicitAuthFlows",
        Kind::Set,
        Resets(S(&[
            "ALLOW_CUSTOM_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
            "ALLOW_USER_SRP_AUTH",
        ])),
    ),
    member("SupportedIdentityProviders", Kind::Set, Resets(Empty)),
    member("CallbackURLs", Kind::Set, Resets(Empty)),
    member("LogoutURLs", Kind::Set, Resets(Empty)),
    member("DefaultRedirectURI", Kind::Text, Resets(Empty)),
    member("AllowedOAuthFlows", Kind::Set, Resets(Empty)),
    member("AllowedOAuthScopes", Kind::Set, Resets(Empty)),
    member(
        "AllowedOAuthFlowsUserPoolClient",
        Kind::Flag,
        Resets(F(false)),
    ),
    member(
        "AnalyticsConfiguration.ApplicationId",
        Kind::Text,
        Resets(Empty),
    ),
    member(
        "AnalyticsConfiguration.ApplicationArn",
        Kind::Text,
        Resets(Empty),
    ),
    member("AnalyticsConfiguration.RoleArn", Kind::Text, Resets(Empty)),
    member(
        "AnalyticsConfiguration.ExternalId",
        Kind::Text,
        Resets(Empty),
    ),
    member(
        "AnalyticsConfiguration.UserDataShared",
        Kind::Flag,
        Resets(Empty),
    ),
    member(
        "PreventUserExistenceErrors",
        Kind::Text,
        Resets(T("LEGACY")),
    ),
    // The default is stated for Create only.
    member("EnableTokenRevocation", Kind::Flag, MayPersist(F(true))),
    member(
        "EnablePropagateAdditionalUserContextData",
        Kind::Flag,
        Resets(F(false)),
    ),
    member("AuthSessionValidity", Kind::Number, Resets(N(3))),
    // Provider code suggests that rotation persists (terraform-provider-aws#47196).
    member(
        "RefreshTokenRotation.Feature",
        Kind::Text,
        MayPersist(T("DISABLED")),
    ),
    member(
        "RefreshTokenRotation.RetryGracePeriodSeconds",
        Kind::Number,
        MayPersist(Empty),
    ),
];

/// Top-level members of `UpdateUserPool` besides the id: what else a pool has was fixed when it was
/// created, and no update touches it.
pub static POOL: &[&str] = &[
    "Policies",
    "DeletionProtection",
    "LambdaConfig",
    "AutoVerifiedAttributes",
    "SmsVerificationMessage",
    "EmailVerificationMessage",
    "EmailVerificationSubject",
    "VerificationMessageTemplate",
    "SmsAuthenticationMessage",
    "UserAttributeUpdateSettings",
    "MfaConfiguration",
    "DeviceConfiguration",
    "EmailConfiguration",
    "SmsConfiguration",
    "UserPoolTags",
    "AdminCreateUserConfig",
    "UserPoolAddOns",
    "AccountRecoverySetting",
    "PoolName",
    "UserPoolTier",
];

/// Members whose own members are names that people chose, kept as they are.
pub static CHOSEN_NAMES: &[&str] = &["UserPoolTags", "ProviderDetails", "AttributeMapping"];

/// Prefixes of `UpdateUserPool` members that an omission was measured to keep (domain.md §9), or
/// that AWS says it keeps.
pub static POOL_MAY_PERSIST: &[&str] = &["Policies.", "UserPoolTier", "PoolName", "UserPoolTags."];

/// Parts of responses that are no settings: identity, dates, secrets.
pub static NO_SETTINGS: &[&str] = &[
    "UserPoolId",
    "ClientId",
    "ClientSecret",
    "LastModifiedDate",
    "CreationDate",
    "Id",
    "Arn",
    "Name",
    "Status",
    "EstimatedNumberOfUsers",
    "Domain",
    "CustomDomain",
    "SchemaAttributes",
    "SmsConfigurationFailure",
    "EmailConfigurationFailure",
];
