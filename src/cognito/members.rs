//! The members of `UpdateUserPoolClient` and `UpdateUserPool`: their kinds, their defaults, and
//! what becomes of one that an update leaves out, with how well that is established.
//!
//! Data, not code. Sources: botocore 1.43.11 `cognito-idp` (`UpdateUserPoolClientRequest`,
//! `UpdateUserPoolRequest`) and its documentation of each member; domain.md §3, §9, §11.

use serde_json::{Value, json};

use super::{effects::Strength, setting::Setting};

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
    /// How well that is established.
    pub strength: Strength,
    /// Where that is known from.
    pub source: &'static str,
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
    /// Leaves it alone: measured, against the documented rule.
    Keeps,
    /// Perhaps leaves it alone: suspected, against the documented rule.
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
use Unset::{NotStated, Nothing};

/// What omission does, how well that is established, and where it is known from.
struct Rule(Omission, Strength, &'static str);

/// It names the resource: every update gives it.
const KEY: Rule = Rule(
    Omission::Key,
    Strength::Documented,
    "botocore 1.43.11 cognito-idp: required",
);
/// No observation contradicts the sentence where it is about clients.
const RESETS: Rule = Rule(
    Omission::Resets,
    Strength::Documented,
    "botocore 1.43.11 cognito-idp, UpdateUserPoolClient: \"If you don't provide a value for an \
     attribute, Amazon Cognito sets it to its default value\"",
);
const RESETS_SEEN: Rule = Rule(
    Omission::Resets,
    Strength::Observed,
    "https://github.com/boto/boto3/issues/1607",
);
const CLIENT_KEEPS: Rule = Rule(
    Omission::MayPersist,
    Strength::Inferred,
    "https://github.com/hashicorp/terraform-provider-aws/pull/47374: its provider resets it \
     explicitly",
);
const NAME_KEEPS: Rule = Rule(
    Omission::MayPersist,
    Strength::Observed,
    "one report on GitHub; a name cannot be empty",
);
/// The same sentence stands at `UpdateUserPool`, and measurements contradict it for some members.
const POOL_RESETS: Rule = Rule(
    Omission::Resets,
    Strength::Inferred,
    "botocore 1.43.11 cognito-idp, UpdateUserPool; not measured",
);
const MEASURED: &str = "https://github.com/go-to-k/cdkd, cognito-provider.ts: measured with \
                        controls in us-east-1, August 2026";
const POOL_RESETS_SEEN: Rule = Rule(Omission::Resets, Strength::Observed, MEASURED);
const POOL_KEEPS_SEEN: Rule = Rule(Omission::Keeps, Strength::Observed, MEASURED);
const ATTRIBUTES_KEEP: Rule = Rule(
    Omission::Keeps,
    Strength::Observed,
    "https://github.com/hashicorp/terraform-provider-aws: an empty list is sent to clear it",
);
const TIER_KEEPS: Rule = Rule(
    Omission::Keeps,
    Strength::Documented,
    "botocore 1.43.11 cognito-idp, UpdateUserPool: \"with the exception of UserPoolTier\"",
);
const POOL_MAY_KEEP: Rule = Rule(
    Omission::MayPersist,
    Strength::Inferred,
    "not measured; the default is not stated",
);
const PART_MAY_KEEP: Rule = Rule(
    Omission::MayPersist,
    Strength::Inferred,
    "not measured; no rule is stated",
);

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
    Rule(omission, strength, source): Rule,
    bearing: Bearing,
) -> Member {
    Member {
        name,
        kind,
        unset,
        omission,
        strength,
        source,
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
    member("UserPoolId", Text, NotStated, KEY, Aside),
    member("ClientId", Text, NotStated, KEY, Aside),
    member("ClientName", Text, NotStated, NAME_KEEPS, Aside),
    member("RefreshTokenValidity", Int, Unset::Int(30), RESETS, Requests),
    member("AccessTokenValidity", Int, Unset::Int(1), RESETS, Requests),
    member("IdTokenValidity", Int, Unset::Int(1), RESETS, Requests),
    member("TokenValidityUnits.AccessToken", Text, Unset::Text("hours"), CLIENT_KEEPS, Requests),
    member("TokenValidityUnits.IdToken", Text, Unset::Text("hours"), CLIENT_KEEPS, Requests),
    member("TokenValidityUnits.RefreshToken", Text, Unset::Text("days"), CLIENT_KEEPS, Requests),
    member("ReadAttributes", List, Unset::List(READABLE), RESETS, Requests),
    member("WriteAttributes", List, Unset::List(WRITABLE), RESETS, Requests),
    member("ExplicitAuthFlows", List, Unset::List(AUTH_FLOWS), RESETS_SEEN, Requests),
    member("SupportedIdentityProviders", List, Nothing, RESETS, Requests),
    member("CallbackURLs", List, Nothing, RESETS, Requests),
    member("LogoutURLs", List, Nothing, RESETS, Requests),
    member("DefaultRedirectURI", Text, Nothing, RESETS, Requests),
    member("AllowedOAuthFlows", List, Nothing, RESETS, Requests),
    member("AllowedOAuthScopes", List, Nothing, RESETS, Requests),
    member("AllowedOAuthFlowsUserPoolClient", Bool, Unset::Bool(false), RESETS, Requests),
    member("AnalyticsConfiguration.ApplicationId", Text, Nothing, RESETS, Aside),
    member("AnalyticsConfiguration.ApplicationArn", Text, Nothing, RESETS, Aside),
    member("AnalyticsConfiguration.RoleArn", Text, Nothing, RESETS, Aside),
    member("AnalyticsConfiguration.ExternalId", Text, Nothing, RESETS, Aside),
    member("AnalyticsConfiguration.UserDataShared", Bool, Nothing, RESETS, Aside),
    member("PreventUserExistenceErrors", Text, Unset::Text("LEGACY"), RESETS, Requests),
    member("EnableTokenRevocation", Bool, NotStated, CLIENT_KEEPS, Requests),
    member("EnablePropagateAdditionalUserContextData", Bool, Unset::Bool(false), RESETS, Requests),
    member("AuthSessionValidity", Int, Unset::Int(3), RESETS, Requests),
    member("RefreshTokenRotation.Feature", Text, Unset::Text("DISABLED"), CLIENT_KEEPS, Requests),
    member("RefreshTokenRotation.RetryGracePeriodSeconds", Int, Unset::Int(0), CLIENT_KEEPS, Requests),
];

/// The members of `UpdateUserPoolRequest`.
///
/// The documentation excepts only `UserPoolTier` from being reset; measurements except more.
#[rustfmt::skip]
pub const POOL: &[Member] = &[
    member("UserPoolId", Text, NotStated, KEY, Aside),
    member("PoolName", Text, NotStated, POOL_MAY_KEEP, Aside),
    member("Policies.PasswordPolicy.MinimumLength", Int, Nothing, POOL_KEEPS_SEEN, Aside),
    member("Policies.PasswordPolicy.RequireUppercase", Bool, Nothing, POOL_KEEPS_SEEN, Aside),
    member("Policies.PasswordPolicy.RequireLowercase", Bool, Nothing, POOL_KEEPS_SEEN, Aside),
    member("Policies.PasswordPolicy.RequireNumbers", Bool, Nothing, POOL_KEEPS_SEEN, Aside),
    member("Policies.PasswordPolicy.RequireSymbols", Bool, Nothing, POOL_KEEPS_SEEN, Aside),
    member("Policies.PasswordPolicy.PasswordHistorySize", Int, Nothing, POOL_KEEPS_SEEN, Aside),
    member("Policies.PasswordPolicy.TemporaryPasswordValidityDays", Int, Nothing, POOL_KEEPS_SEEN, Aside),
    member("Policies.SignInPolicy.AllowedFirstAuthFactors", List, Nothing, POOL_KEEPS_SEEN, Requests),
    member("DeletionProtection", Text, Unset::Text("INACTIVE"), POOL_RESETS, Aside),
    member("LambdaConfig.PreSignUp", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.CustomMessage", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.PostConfirmation", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.PreAuthentication", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.PostAuthentication", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.DefineAuthChallenge", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.CreateAuthChallenge", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.VerifyAuthChallengeResponse", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.PreTokenGeneration", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.PreTokenGenerationConfig.LambdaVersion", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.PreTokenGenerationConfig.LambdaArn", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.UserMigration", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.CustomSMSSender.LambdaVersion", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.CustomSMSSender.LambdaArn", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.CustomEmailSender.LambdaVersion", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.CustomEmailSender.LambdaArn", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.KMSKeyID", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.InboundFederation.LambdaVersion", Text, Nothing, POOL_RESETS, Requests),
    member("LambdaConfig.InboundFederation.LambdaArn", Text, Nothing, POOL_RESETS, Requests),
    member("AutoVerifiedAttributes", List, Nothing, POOL_RESETS_SEEN, Aside),
    member("SmsVerificationMessage", Text, Nothing, POOL_RESETS, Aside),
    member("EmailVerificationMessage", Text, Nothing, POOL_RESETS, Aside),
    member("EmailVerificationSubject", Text, Nothing, POOL_RESETS, Aside),
    member("VerificationMessageTemplate.SmsMessage", Text, Nothing, POOL_RESETS, Aside),
    member("VerificationMessageTemplate.EmailMessage", Text, Nothing, POOL_RESETS, Aside),
    member("VerificationMessageTemplate.EmailSubject", Text, Nothing, POOL_RESETS, Aside),
    member("VerificationMessageTemplate.EmailMessageByLink", Text, Nothing, POOL_RESETS, Aside),
    member("VerificationMessageTemplate.EmailSubjectByLink", Text, Nothing, POOL_RESETS, Aside),
    member("VerificationMessageTemplate.DefaultEmailOption", Text, Unset::Text("CONFIRM_WITH_CODE"), POOL_RESETS, Aside),
    member("SmsAuthenticationMessage", Text, Nothing, POOL_RESETS, Aside),
    member("UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate", List, Nothing, ATTRIBUTES_KEEP, Aside),
    member("MfaConfiguration", Text, Unset::Text("OFF"), POOL_KEEPS_SEEN, Requests),
    member("DeviceConfiguration.ChallengeRequiredOnNewDevice", Bool, Nothing, POOL_RESETS, Requests),
    member("DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt", Bool, Nothing, POOL_RESETS, Requests),
    member("EmailConfiguration.SourceArn", Text, Nothing, POOL_RESETS, Aside),
    member("EmailConfiguration.ReplyToEmailAddress", Text, Nothing, POOL_RESETS, Aside),
    member("EmailConfiguration.EmailSendingAccount", Text, Unset::Text("COGNITO_DEFAULT"), POOL_RESETS, Aside),
    member("EmailConfiguration.From", Text, Nothing, POOL_RESETS, Aside),
    member("EmailConfiguration.ConfigurationSet", Text, Nothing, POOL_RESETS, Aside),
    member("SmsConfiguration.SnsCallerArn", Text, Nothing, POOL_RESETS, Aside),
    member("SmsConfiguration.ExternalId", Text, Nothing, POOL_RESETS, Aside),
    member("SmsConfiguration.SnsRegion", Text, Nothing, POOL_RESETS, Aside),
    member("UserPoolTags", Map, Nothing, POOL_RESETS, Aside),
    member("AdminCreateUserConfig.AllowAdminCreateUserOnly", Bool, Unset::Bool(false), POOL_RESETS, Aside),
    member("AdminCreateUserConfig.UnusedAccountValidityDays", Int, Nothing, POOL_MAY_KEEP, Aside),
    member("AdminCreateUserConfig.InviteMessageTemplate.SMSMessage", Text, Nothing, POOL_RESETS, Aside),
    member("AdminCreateUserConfig.InviteMessageTemplate.EmailMessage", Text, Nothing, POOL_RESETS, Aside),
    member("AdminCreateUserConfig.InviteMessageTemplate.EmailSubject", Text, Nothing, POOL_RESETS, Aside),
    member("UserPoolAddOns.AdvancedSecurityMode", Text, Unset::Text("OFF"), POOL_RESETS, Requests),
    member("UserPoolAddOns.AdvancedSecurityAdditionalFlows.CustomAuthMode", Text, Nothing, POOL_RESETS, Requests),
    member("AccountRecoverySetting.RecoveryMechanisms", Json, Nothing, POOL_RESETS, Aside),
    member("UserPoolTier", Text, NotStated, TIER_KEEPS, Requests),
];

/// Members of an identity provider that a response shows in full.
#[rustfmt::skip]
pub const IDENTITY_PROVIDER: &[Member] = &[
    member("ProviderType", Text, NotStated, PART_MAY_KEEP, Requests),
    member("ProviderDetails", Map, Nothing, PART_MAY_KEEP, Requests),
    member("AttributeMapping", Map, Nothing, PART_MAY_KEEP, Requests),
    member("IdpIdentifiers", List, Nothing, PART_MAY_KEEP, Requests),
    member("AcrMapping", Map, Nothing, PART_MAY_KEEP, Requests),
];

/// Members of a domain.
#[rustfmt::skip]
pub const DOMAIN: &[Member] = &[
    member("ManagedLoginVersion", Int, NotStated, PART_MAY_KEEP, Requests),
    member("CustomDomainConfig.CertificateArn", Text, Nothing, PART_MAY_KEEP, Requests),
    member("CustomDomainConfig.SecurityPolicy", Text, Nothing, PART_MAY_KEEP, Requests),
    member("Routing.Failover.SecondaryRegion", Text, Nothing, PART_MAY_KEEP, Requests),
    member("Routing.Failover.PrimaryRoute53HealthCheckId", Text, Nothing, PART_MAY_KEEP, Requests),
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
