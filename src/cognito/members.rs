//! The members of `UpdateUserPoolClient` and `UpdateUserPool`: their kinds, their defaults, and
//! what becomes of one that an update leaves out.
//!
//! Data, not code. Sources: botocore 1.43.11 `cognito-idp` (`UpdateUserPoolClientRequest`,
//! `UpdateUserPoolRequest`) and its documentation of each member; domain.md §3, §9.

use serde_json::{Value, json};

use super::setting::Setting;

/// One member of an update request, taken apart down to its leaves.
#[derive(Debug)]
pub struct Member {
    /// Dotted name, as the API spells it.
    pub name: &'static str,
    /// How its value is read.
    pub kind: Kind,
    /// Its value when nobody set it.
    pub unset: Unset,
    /// What an update that leaves it out does to it.
    pub omission: Omission,
    /// Whether any request for tokens or sign-in depends on it.
    pub bearing: Bearing,
}

/// How a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Bool,
    /// A whole number, however it is written.
    Int,
    /// Text; the empty text is none.
    Text,
    /// A set of texts.
    List,
    /// An object whose keys are anybody's: each becomes a setting of its own.
    Map,
    /// Anything else, compared as it stands.
    Json,
}

/// The value of a member that nobody set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unset {
    /// No value: null, or the empty list.
    Nothing,
    /// This one.
    Bool(bool),
    /// This one.
    Int(i64),
    /// This one.
    Text(&'static str),
    /// These.
    List(&'static [&'static str]),
    /// AWS does not say.
    NotStated,
}

/// What an update does to a member that it leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Omission {
    /// Sets it to its default: the documented rule.
    Resets,
    /// Perhaps leaves it alone: seen or suspected, against the documented rule.
    MayPersist,
    /// Cannot be: it names the resource.
    Key,
}

/// Whether requests for tokens or sign-in depend on a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearing {
    /// They do.
    Requests,
    /// They do not: names, templates, tags.
    Nothing,
}

use Bearing::{Nothing as Aside, Requests};
use Kind::{Bool, Int, Json, List, Map, Text};
use Omission::{Key, MayPersist, Resets};
use Unset::{NotStated, Nothing};

impl Member {
    /// The setting of that name.
    pub fn setting(&self) -> Setting {
        Setting::named(self.name)
    }

    /// The default as a value; `None` when AWS does not state it.
    pub fn default_value(&self) -> Option<Value> {
        Some(match self.unset {
            Unset::NotStated => return None,
            Unset::Nothing if self.kind == Kind::List => json!([]),
            Unset::Nothing => Value::Null,
            Unset::Bool(value) => json!(value),
            Unset::Int(value) => json!(value),
            Unset::Text(value) => json!(value),
            Unset::List(values) => json!(values),
        })
    }
}

/// The member of `table` called `name`, in whatever case.
pub fn find<'a>(table: &'a [Member], name: &str) -> Option<&'a Member> {
    table
        .iter()
        .find(|member| member.name.eq_ignore_ascii_case(name))
}

const fn member(
    name: &'static str,
    kind: Kind,
    unset: Unset,
    omission: Omission,
    bearing: Bearing,
) -> Member {
    Member {
        name,
        kind,
        unset,
        omission,
        bearing,
    }
}

/// The attributes every client may write unless told otherwise: all standard ones, sorted.
/// Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>
const WRITABLE: &[&str] = &[
    "address",
    "birthdate",
    "email",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

/// The attributes every client may read unless told otherwise: those it may write, and whether
/// e-mail address and telephone number are verified. Source: botocore, `ReadAttributes`.
const READABLE: &[&str] = &[
    "address",
    "birthdate",
    "email",
    "email_verified",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "phone_number_verified",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

/// Auth flows of a client that was never given any. Source: botocore, `ExplicitAuthFlows`.
const AUTH_FLOWS: &[&str] = &[
    "ALLOW_CUSTOM_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_SRP_AUTH",
];

/// The 23 members of `UpdateUserPoolClientRequest`.
///
/// `ClientName` was seen to be kept; `TokenValidityUnits`, `RefreshTokenRotation` and
/// `EnableTokenRevocation` are suspected of it (domain.md §3, §8). A validity's default is given in
/// its default unit.
#[rustfmt::skip]
pub const CLIENT: &[Member] = &[
    member("UserPoolId", Text, NotStated, Key, Aside),
    member("ClientId", Text, NotStated, Key, Aside),
    member("ClientName", Text, NotStated, MayPersist, Aside),
    member("RefreshTokenValidity", Int, Unset::Int(30), Resets, Requests),
    member("AccessTokenValidity", Int, Unset::Int(1), Resets, Requests),
    member("IdTokenValidity", Int, Unset::Int(1), Resets, Requests),
    member("TokenValidityUnits.AccessToken", Text, Unset::Text("hours"), MayPersist, Requests),
    member("TokenValidityUnits.IdToken", Text, Unset::Text("hours"), MayPersist, Requests),
    member("TokenValidityUnits.RefreshToken", Text, Unset::Text("days"), MayPersist, Requests),
    member("ReadAttributes", List, Unset::List(READABLE), Resets, Requests),
    member("WriteAttributes", List, Unset::List(WRITABLE), Resets, Requests),
    member("ExplicitAuthFlows", List, Unset::List(AUTH_FLOWS), Resets, Requests),
    member("SupportedIdentityProviders", List, Nothing, Resets, Requests),
    member("CallbackURLs", List, Nothing, Resets, Requests),
    member("LogoutURLs", List, Nothing, Resets, Requests),
    member("DefaultRedirectURI", Text, Nothing, Resets, Requests),
    member("AllowedOAuthFlows", List, Nothing, Resets, Requests),
    member("AllowedOAuthScopes", List, Nothing, Resets, Requests),
    member("AllowedOAuthFlowsUserPoolClient", Bool, Unset::Bool(false), Resets, Requests),
    member("AnalyticsConfiguration.ApplicationId", Text, Nothing, Resets, Aside),
    member("AnalyticsConfiguration.ApplicationArn", Text, Nothing, Resets, Aside),
    member("AnalyticsConfiguration.RoleArn", Text, Nothing, Resets, Aside),
    member("AnalyticsConfiguration.ExternalId", Text, Nothing, Resets, Aside),
    member("AnalyticsConfiguration.UserDataShared", Bool, Nothing, Resets, Aside),
    member("PreventUserExistenceErrors", Text, Unset::Text("LEGACY"), Resets, Requests),
    member("EnableTokenRevocation", Bool, NotStated, MayPersist, Requests),
    member("EnablePropagateAdditionalUserContextData", Bool, Unset::Bool(false), Resets, Requests),
    member("AuthSessionValidity", Int, Unset::Int(3), Resets, Requests),
    member("RefreshTokenRotation.Feature", Text, Unset::Text("DISABLED"), MayPersist, Requests),
    member("RefreshTokenRotation.RetryGracePeriodSeconds", Int, Unset::Int(0), MayPersist, Requests),
];

/// The members of `UpdateUserPoolRequest`.
///
/// Omitted `Policies` were measured to be kept (domain.md §9); the documentation excepts only
/// `UserPoolTier` from being reset.
#[rustfmt::skip]
pub const POOL: &[Member] = &[
    member("UserPoolId", Text, NotStated, Key, Aside),
    member("PoolName", Text, NotStated, MayPersist, Aside),
    member("Policies.PasswordPolicy.MinimumLength", Int, Nothing, MayPersist, Aside),
    member("Policies.PasswordPolicy.RequireUppercase", Bool, Nothing, MayPersist, Aside),
    member("Policies.PasswordPolicy.RequireLowercase", Bool, Nothing, MayPersist, Aside),
    member("Policies.PasswordPolicy.RequireNumbers", Bool, Nothing, MayPersist, Aside),
    member("Policies.PasswordPolicy.RequireSymbols", Bool, Nothing, MayPersist, Aside),
    member("Policies.PasswordPolicy.PasswordHistorySize", Int, Nothing, MayPersist, Aside),
    member("Policies.PasswordPolicy.TemporaryPasswordValidityDays", Int, Nothing, MayPersist, Aside),
    member("Policies.SignInPolicy.AllowedFirstAuthFactors", List, Nothing, MayPersist, Requests),
    member("DeletionProtection", Text, Unset::Text("INACTIVE"), Resets, Aside),
    member("LambdaConfig.PreSignUp", Text, Nothing, Resets, Requests),
    member("LambdaConfig.CustomMessage", Text, Nothing, Resets, Requests),
    member("LambdaConfig.PostConfirmation", Text, Nothing, Resets, Requests),
    member("LambdaConfig.PreAuthentication", Text, Nothing, Resets, Requests),
    member("LambdaConfig.PostAuthentication", Text, Nothing, Resets, Requests),
    member("LambdaConfig.DefineAuthChallenge", Text, Nothing, Resets, Requests),
    member("LambdaConfig.CreateAuthChallenge", Text, Nothing, Resets, Requests),
    member("LambdaConfig.VerifyAuthChallengeResponse", Text, Nothing, Resets, Requests),
    member("LambdaConfig.PreTokenGeneration", Text, Nothing, Resets, Requests),
    member("LambdaConfig.PreTokenGenerationConfig.LambdaVersion", Text, Nothing, Resets, Requests),
    member("LambdaConfig.PreTokenGenerationConfig.LambdaArn", Text, Nothing, Resets, Requests),
    member("LambdaConfig.UserMigration", Text, Nothing, Resets, Requests),
    member("LambdaConfig.CustomSMSSender.LambdaVersion", Text, Nothing, Resets, Requests),
    member("LambdaConfig.CustomSMSSender.LambdaArn", Text, Nothing, Resets, Requests),
    member("LambdaConfig.CustomEmailSender.LambdaVersion", Text, Nothing, Resets, Requests),
    member("LambdaConfig.CustomEmailSender.LambdaArn", Text, Nothing, Resets, Requests),
    member("LambdaConfig.KMSKeyID", Text, Nothing, Resets, Requests),
    member("LambdaConfig.InboundFederation.LambdaVersion", Text, Nothing, Resets, Requests),
    member("LambdaConfig.InboundFederation.LambdaArn", Text, Nothing, Resets, Requests),
    member("AutoVerifiedAttributes", List, Nothing, Resets, Aside),
    member("SmsVerificationMessage", Text, Nothing, Resets, Aside),
    member("EmailVerificationMessage", Text, Nothing, Resets, Aside),
    member("EmailVerificationSubject", Text, Nothing, Resets, Aside),
    member("VerificationMessageTemplate.SmsMessage", Text, Nothing, Resets, Aside),
    member("VerificationMessageTemplate.EmailMessage", Text, Nothing, Resets, Aside),
    member("VerificationMessageTemplate.EmailSubject", Text, Nothing, Resets, Aside),
    member("VerificationMessageTemplate.EmailMessageByLink", Text, Nothing, Resets, Aside),
    member("VerificationMessageTemplate.EmailSubjectByLink", Text, Nothing, Resets, Aside),
    member("VerificationMessageTemplate.DefaultEmailOption", Text, Unset::Text("CONFIRM_WITH_CODE"), Resets, Aside),
    member("SmsAuthenticationMessage", Text, Nothing, Resets, Aside),
    member("UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate", List, Nothing, Resets, Aside),
    member("MfaConfiguration", Text, Unset::Text("OFF"), Resets, Requests),
    member("DeviceConfiguration.ChallengeRequiredOnNewDevice", Bool, Nothing, Resets, Requests),
    member("DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt", Bool, Nothing, Resets, Requests),
    member("EmailConfiguration.SourceArn", Text, Nothing, Resets, Aside),
    member("EmailConfiguration.ReplyToEmailAddress", Text, Nothing, Resets, Aside),
    member("EmailConfiguration.EmailSendingAccount", Text, Unset::Text("COGNITO_DEFAULT"), Resets, Aside),
    member("EmailConfiguration.From", Text, Nothing, Resets, Aside),
    member("EmailConfiguration.ConfigurationSet", Text, Nothing, Resets, Aside),
    member("SmsConfiguration.SnsCallerArn", Text, Nothing, Resets, Aside),
    member("SmsConfiguration.ExternalId", Text, Nothing, Resets, Aside),
    member("SmsConfiguration.SnsRegion", Text, Nothing, Resets, Aside),
    member("UserPoolTags", Map, Nothing, Resets, Aside),
    member("AdminCreateUserConfig.AllowAdminCreateUserOnly", Bool, Unset::Bool(false), Resets, Aside),
    member("AdminCreateUserConfig.UnusedAccountValidityDays", Int, Nothing, MayPersist, Aside),
    member("AdminCreateUserConfig.InviteMessageTemplate.SMSMessage", Text, Nothing, Resets, Aside),
    member("AdminCreateUserConfig.InviteMessageTemplate.EmailMessage", Text, Nothing, Resets, Aside),
    member("AdminCreateUserConfig.InviteMessageTemplate.EmailSubject", Text, Nothing, Resets, Aside),
    member("UserPoolAddOns.AdvancedSecurityMode", Text, Unset::Text("OFF"), Resets, Requests),
    member("UserPoolAddOns.AdvancedSecurityAdditionalFlows.CustomAuthMode", Text, Nothing, Resets, Requests),
    member("AccountRecoverySetting.RecoveryMechanisms", Json, Nothing, Resets, Aside),
    member("UserPoolTier", Text, NotStated, MayPersist, Requests),
];

/// Members of an identity provider that a response shows in full.
#[rustfmt::skip]
pub const IDENTITY_PROVIDER: &[Member] = &[
    member("ProviderType", Text, NotStated, MayPersist, Requests),
    member("ProviderDetails", Map, Nothing, MayPersist, Requests),
    member("AttributeMapping", Map, Nothing, MayPersist, Requests),
    member("IdpIdentifiers", List, Nothing, MayPersist, Requests),
];

/// Members of a domain.
#[rustfmt::skip]
pub const DOMAIN: &[Member] = &[
    member("ManagedLoginVersion", Int, NotStated, MayPersist, Requests),
    member("CustomDomainConfig.CertificateArn", Text, Nothing, MayPersist, Requests),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn top_level(table: &[Member]) -> std::collections::BTreeSet<&str> {
        table
            .iter()
            .filter_map(|member| member.name.split('.').next())
            .collect()
    }

    #[test]
    fn client_table_has_the_23_members_of_the_request() {
        assert_eq!(top_level(CLIENT).len(), 23);
    }

    #[test]
    fn pool_table_has_the_21_members_of_the_request() {
        assert_eq!(top_level(POOL).len(), 21);
    }

    #[test]
    fn list_defaults_are_sorted_as_lists_are_kept() {
        for member in CLIENT.iter().chain(POOL) {
            if let Unset::List(values) = member.unset {
                assert!(values.is_sorted(), "{}", member.name);
            }
        }
    }
}
