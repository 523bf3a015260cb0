//! Changes that break something by a rule that nobody wrote down.

use super::{
    super::{super::model::Kind as Of, changes::unlisted::member},
    Kind, change,
};

const CLIENT: &str = "unlisted-client";
const POOL: &str = "unlisted-pool";
const PAGES: &str = "unlisted-pages";
const PROVIDER: &str = "unlisted-provider-trigger";
const RISK: &str = "unlisted-risk-device";

pub const KINDS: &[Kind] = &[
    change(CLIENT, "session validity", |d| {
        member(d, CLIENT, Of::Client, &["AuthSessionValidity"])
    }),
    change(CLIENT, "token validity", |d| {
        member(
            d,
            CLIENT,
            Of::Client,
            &["AccessTokenValidity", "IdTokenValidity"],
        )
    }),
    change(CLIENT, "existence errors", |d| {
        member(d, CLIENT, Of::Client, &["PreventUserExistenceErrors"])
    }),
    change(CLIENT, "revocation", |d| {
        member(d, CLIENT, Of::Client, &["EnableTokenRevocation"])
    }),
    change(CLIENT, "context data", |d| {
        member(
            d,
            CLIENT,
            Of::Client,
            &["EnablePropagateAdditionalUserContextData"],
        )
    }),
    change(CLIENT, "analytics", |d| {
        member(d, CLIENT, Of::Client, &["AnalyticsConfiguration"])
    }),
    change(CLIENT, "default redirect", |d| {
        member(d, CLIENT, Of::Client, &["DefaultRedirectURI"])
    }),
    change(CLIENT, "client name", |d| {
        member(d, CLIENT, Of::Client, &["ClientName"])
    }),
    change(POOL, "password policy", |d| {
        member(d, POOL, Of::Pool, &["Policies.PasswordPolicy"])
    }),
    change(POOL, "verified attributes", |d| {
        member(d, POOL, Of::Pool, &["AutoVerifiedAttributes"])
    }),
    change(POOL, "recovery", |d| {
        member(d, POOL, Of::Pool, &["AccountRecoverySetting"])
    }),
    change(POOL, "messages", |d| {
        member(
            d,
            POOL,
            Of::Pool,
            &["VerificationMessageTemplate", "EmailConfiguration"],
        )
    }),
    change(POOL, "who creates users", |d| {
        member(
            d,
            POOL,
            Of::Pool,
            &["AdminCreateUserConfig.AllowAdminCreateUserOnly"],
        )
    }),
    change(POOL, "pool tags", |d| {
        member(d, POOL, Of::Pool, &["UserPoolTags.release"])
    }),
    change(POOL, "deletion protection", |d| {
        member(d, POOL, Of::Pool, &["DeletionProtection"])
    }),
    change(POOL, "attribute updates", |d| {
        member(d, POOL, Of::Pool, &["UserAttributeUpdateSettings"])
    }),
    change(PAGES, "look of pages", |d| {
        member(
            d,
            PAGES,
            Of::Branding,
            &["Settings.categories", "UseCognitoProvidedValues"],
        )
    }),
    change(PAGES, "style sheet", |d| {
        member(d, PAGES, Of::UiCustomization, &["CSS"])
    }),
    change(PAGES, "version of pages", |d| {
        member(d, PAGES, Of::Domain, &["ManagedLoginVersion"])
    }),
    change(PAGES, "security policy of a domain", |d| {
        member(d, PAGES, Of::Domain, &["CustomDomainConfig.SecurityPolicy"])
    }),
    change(PAGES, "routing of a domain", |d| {
        member(d, PAGES, Of::Domain, &["Routing"])
    }),
    change(PAGES, "lifetime of a record", |d| {
        member(d, PAGES, Of::DnsRecord, &["TTL"])
    }),
    change(PROVIDER, "identifiers of a provider", |d| {
        member(d, PROVIDER, Of::Provider, &["IdpIdentifiers"])
    }),
    change(PROVIDER, "details of a provider", |d| {
        let details = [
            "ProviderDetails.IDPSignout",
            "ProviderDetails.RequestSigningAlgorithm",
            "ProviderDetails.attributes_request_method",
        ];
        member(d, PROVIDER, Of::Provider, &details)
    }),
    change(PROVIDER, "memory of a function", |d| {
        member(d, PROVIDER, Of::Function, &["memorySize"])
    }),
    change(PROVIDER, "runtime of a function", |d| {
        member(
            d,
            PROVIDER,
            Of::Function,
            &["runtime", "layers", "TracingConfig.Mode"],
        )
    }),
    change(PROVIDER, "concurrency of a function", |d| {
        member(d, PROVIDER, Of::FunctionConcurrency, &["reserved"])
    }),
    change(PROVIDER, "name of a resource server", |d| {
        member(d, PROVIDER, Of::ResourceServer, &["Name"])
    }),
    change(RISK, "action at a risk", |d| {
        let actions = [
            "AccountTakeoverRiskConfiguration.Actions.HighAction.EventAction",
            "AccountTakeoverRiskConfiguration.Actions.MediumAction.EventAction",
            "CompromisedCredentialsRiskConfiguration.Actions.EventAction",
        ];
        member(d, RISK, Of::RiskConfiguration, &actions)
    }),
    change(RISK, "notice of a risk", |d| {
        let path = "AccountTakeoverRiskConfiguration.Actions.LowAction.Notify";
        member(d, RISK, Of::RiskConfiguration, &[path])
    }),
    change(RISK, "software tokens", |d| {
        member(
            d,
            RISK,
            Of::PoolMfa,
            &[
                "SoftwareTokenMfaConfiguration.Enabled",
                "EmailMfaConfiguration",
            ],
        )
    }),
    change(RISK, "passkeys", |d| {
        let members = [
            "WebAuthnConfiguration.RelyingPartyId",
            "WebAuthnConfiguration.UserVerification",
        ];
        member(d, RISK, Of::PoolMfa, &members)
    }),
    change(RISK, "remembered devices", |d| {
        member(
            d,
            RISK,
            Of::Pool,
            &["DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt"],
        )
    }),
    change(RISK, "metrics of an ACL", |d| {
        member(
            d,
            RISK,
            Of::Acl,
            &["VisibilityConfig", "CaptchaConfig", "Description"],
        )
    }),
];
