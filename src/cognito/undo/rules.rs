//! What Cognito refuses to take in one call: what has to go back together, what has to be left out.
//!
//! Data, each row with its source, checked before a call is printed. "API" is the reference of the
//! operation, as SDK and botocore carry it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::merge::texts;
use crate::cognito::{
    lifetime::{Token, lifetime},
    setting::{Setting, Settings, is_nothing, value},
};

/// A combination of settings that Cognito refuses.
#[derive(Debug)]
pub(super) struct Rule {
    is_broken: IsBroken,
    /// The settings it ties together: where one goes back, the others may have to.
    pub lines: &'static [&'static str],
    /// What is asked of them.
    pub reason: &'static str,
    /// Where that is known from.
    pub source: &'static str,
}

/// A member that is left out of a call beside others: they say the same, or it would be refused.
pub(super) struct LeftOut {
    beside: IsBroken,
    /// The member, or what it begins with where it ends in `.` or `:`.
    pub member: &'static str,
    /// Why, where a person has to know.
    pub reason: Option<&'static str>,
    /// Where that is known from.
    pub source: &'static str,
}

type IsBroken = fn(&Settings) -> bool;

/// The rules of a table that Cognito would refuse `settings` by.
pub(super) fn broken<'a>(
    rules: &'static [Rule],
    settings: &'a Settings,
) -> impl Iterator<Item = &'static Rule> + 'a {
    rules.iter().filter(|rule| (rule.is_broken)(settings))
}

/// Why a member called `name` is left out of a call with `settings`, if it is.
pub(super) fn left_out(settings: &Settings, name: &str) -> Option<&'static LeftOut> {
    let is_it = |row: &&LeftOut| match row.member.ends_with(':') {
        true => name.starts_with(row.member),
        false => name == row.member,
    };
    let mut rows = LEFT_OUT.iter().filter(is_it);
    rows.find(|row| (row.beside)(settings))
}

impl Rule {
    /// Why no call is printed.
    pub fn refusal(&self) -> String {
        format!(
            "No command is printed, since Cognito would refuse it: {} ({}).",
            self.reason, self.source
        )
    }
}

impl LeftOut {
    /// That `name` is left out, and what it was, where a person has to know.
    pub fn note(&self, name: &str, value: &Value) -> Option<String> {
        let reason = self.reason?;
        Some(format!(
            "`{name}` is left out: {reason} ({}). It was `{value}`.",
            self.source
        ))
    }
}

/// Validities put back without their unit, or units without their validity.
pub(super) fn halves(
    put_back: &BTreeSet<Setting>,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    let is_torn = |pair: &[&'static str; 2]| {
        let mut lines = pair.iter();
        lines.any(|line| put_back.contains(&Setting::named(line)))
    };
    let pairs = Token::ALL.map(|token| [token.validity(), token.unit()]);
    let torn: Vec<_> = pairs.into_iter().filter(is_torn).collect();
    torn.into_iter()
        .flatten()
        .map(|line| (line, "a validity means nothing without its unit"))
}

/// Of app clients.
pub(super) const CLIENT_RULES: &[Rule] = &[
    Rule {
        is_broken: |s| is_machine(s) && is_browser(s),
        lines: &[FLOWS],
        reason: "`client_credentials` must be the only flow of a client",
        source: "API UpdateUserPoolClient, AllowedOAuthFlows",
    },
    Rule {
        is_broken: |s| is_machine(s) && USER_SCOPES.iter().any(|scope| has(s, SCOPES, scope)),
        lines: &[SCOPES, FLOWS],
        reason: "`client_credentials` takes custom scopes only",
        source: "https://github.com/hashicorp/terraform-provider-aws/issues/4984",
    },
    Rule {
        is_broken: |s| is_browser(s) && is_empty(s, CALLBACKS),
        lines: &[CALLBACKS],
        reason: "`code` and `implicit` need a callback URL",
        source: "https://github.com/cisagov/crossfeed/pull/440",
    },
    Rule {
        is_broken: |s| flag(s) != Some(false) && !is_empty(s, FLOWS) && is_empty(s, SCOPES),
        lines: &[SCOPES],
        reason: "flows need scopes",
        source: "https://github.com/hashicorp/terraform-provider-aws/issues/5140",
    },
    Rule {
        is_broken: |s| flag(s) == Some(true) && is_empty(s, FLOWS),
        lines: &[FLOWS, SCOPES],
        reason: "a client that uses OAuth needs flows and scopes",
        source: "https://github.com/hashicorp/terraform-provider-aws/issues/5140",
    },
    Rule {
        is_broken: has_stray_default,
        lines: &[CALLBACKS, "DefaultRedirectURI"],
        reason: "`DefaultRedirectURI` must be one of `CallbackURLs`",
        source: "API UpdateUserPoolClient, DefaultRedirectURI",
    },
    Rule {
        is_broken: |s| rotates(s) && has(s, AUTH_FLOWS, "ALLOW_REFRESH_TOKEN_AUTH"),
        lines: &[AUTH_FLOWS, "RefreshTokenRotation.Feature"],
        reason: "refresh token rotation and `ALLOW_REFRESH_TOKEN_AUTH` exclude each other",
        source: "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html",
    },
    Rule {
        is_broken: mixes_auth_flows,
        lines: &[AUTH_FLOWS],
        reason: "values without `ALLOW_` do not mix with those that begin with it",
        source: "API UpdateUserPoolClient, ExplicitAuthFlows",
    },
    Rule {
        is_broken: outlives_refresh,
        lines: &[
            "RefreshTokenValidity",
            "AccessTokenValidity",
            "IdTokenValidity",
        ],
        reason: "access and ID tokens may not outlive the refresh token",
        source: "https://github.com/aws/aws-cdk, aws-cognito/lib/user-pool-client.ts",
    },
    Rule {
        is_broken: |s| longer(s, CALLBACKS, 100) || longer(s, "LogoutURLs", 100),
        lines: &[],
        reason: "a client holds at most 100 callback URLs and 100 logout URLs",
        source: "API CallbackURLsListType, LogoutURLsListType",
    },
    Rule {
        is_broken: |s| longer(s, SCOPES, 50),
        lines: &[],
        reason: "a client holds at most 50 scopes",
        source: "API ScopeListType",
    },
];

/// Of user pools. A description may show what no call takes, so that they hold for every call.
pub(super) const POOL_RULES: &[Rule] = &[
    Rule {
        is_broken: |s| {
            is_set(s, "SmsConfiguration.SnsCallerArn") && begins(s, "SmsConfiguration.EumsSms.")
        },
        lines: &[],
        reason: "`SmsConfiguration` takes either `SnsCallerArn` or `EumsSms`, and the pool shows \
                 both",
        source: "API SmsConfigurationType, EumsSms",
    },
    Rule {
        is_broken: |s| {
            let new = value(s, "LambdaConfig.PreTokenGenerationConfig.LambdaArn");
            let old = value(s, "LambdaConfig.PreTokenGeneration");
            matches!((old, new), (Some(old), Some(new)) if !old.is_null() && !new.is_null() && old != new)
        },
        lines: &[],
        reason: "`PreTokenGeneration` and `PreTokenGenerationConfig` must name one function",
        source: "API LambdaConfigType, PreTokenGeneration",
    },
];

/// Members left out beside others.
const LEFT_OUT: &[LeftOut] = &[
    LeftOut {
        beside: |s| is_set(s, "AnalyticsConfiguration.ApplicationArn"),
        member: "AnalyticsConfiguration.RoleArn",
        reason: None,
        source: ANALYTICS,
    },
    LeftOut {
        beside: |s| is_set(s, "AnalyticsConfiguration.ApplicationArn"),
        member: "AnalyticsConfiguration.ExternalId",
        reason: None,
        source: ANALYTICS,
    },
    LeftOut {
        beside: |s| is_set(s, "AnalyticsConfiguration.ApplicationArn"),
        member: "AnalyticsConfiguration.ApplicationId",
        reason: None,
        source: ANALYTICS,
    },
    LeftOut {
        beside: |s| has_both_messages(s) && confirms_by_link(s),
        member: "VerificationMessageTemplate.EmailMessage",
        reason: Some(
            "Cognito takes one of `EmailMessage` and `EmailMessageByLink`, and the pool uses links",
        ),
        source: TEMPLATE,
    },
    LeftOut {
        beside: |s| has_both_messages(s) && !confirms_by_link(s),
        member: "VerificationMessageTemplate.EmailMessageByLink",
        reason: Some(
            "Cognito takes one of `EmailMessage` and `EmailMessageByLink`, and the pool uses codes",
        ),
        source: TEMPLATE,
    },
    LeftOut {
        beside: has_template,
        member: "EmailVerificationMessage",
        reason: None,
        source: OLDER,
    },
    LeftOut {
        beside: has_template,
        member: "EmailVerificationSubject",
        reason: None,
        source: OLDER,
    },
    LeftOut {
        beside: |s| is_set(s, "VerificationMessageTemplate.SmsMessage"),
        member: "SmsVerificationMessage",
        reason: None,
        source: OLDER,
    },
    LeftOut {
        beside: |s| is_set(s, "Policies.PasswordPolicy.TemporaryPasswordValidityDays"),
        member: "AdminCreateUserConfig.UnusedAccountValidityDays",
        reason: None,
        source: "API AdminCreateUserConfigType, UnusedAccountValidityDays",
    },
    LeftOut {
        beside: |_| true,
        member: "UserPoolTags.aws:",
        reason: None,
        source: "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html: \
                 the prefix is reserved",
    },
];

const ANALYTICS: &str = "https://github.com/hashicorp/terraform-provider-aws, user_pool_client.go: \
                         application_arn conflicts with the other members, which follow from it";
const TEMPLATE: &str = "API UpdateUserPool, VerificationMessageTemplate: \"When you supply both \
                        parameters with either choice, Amazon Cognito returns an error.\"";
const OLDER: &str = "API UpdateUserPool: \"This parameter is no longer used.\"";

const FLAG: &str = "AllowedOAuthFlowsUserPoolClient";
const FLOWS: &str = "AllowedOAuthFlows";
const SCOPES: &str = "AllowedOAuthScopes";
const CALLBACKS: &str = "CallbackURLs";
const AUTH_FLOWS: &str = "ExplicitAuthFlows";

const USER_SCOPES: &[&str] = &[
    "aws.cognito.signin.user.admin",
    "email",
    "openid",
    "phone",
    "profile",
];

fn has(settings: &Settings, name: &'static str, item: &str) -> bool {
    texts(value(settings, name)).is_some_and(|items| items.contains(item))
}

fn is_empty(settings: &Settings, name: &'static str) -> bool {
    texts(value(settings, name)).is_some_and(|items| items.is_empty())
}

fn is_set(settings: &Settings, name: &'static str) -> bool {
    value(settings, name).is_some_and(|value| !is_nothing(value))
}

fn begins(settings: &Settings, prefix: &str) -> bool {
    let mut names = settings.iter();
    names.any(|(setting, known)| {
        setting.as_str().starts_with(prefix) && known.value().is_some_and(|v| !is_nothing(v))
    })
}

fn longer(settings: &Settings, name: &'static str, most: usize) -> bool {
    texts(value(settings, name)).is_some_and(|items| items.len() > most)
}

fn has_template(settings: &Settings) -> bool {
    ["EmailMessage", "EmailMessageByLink"]
        .iter()
        .any(|name| begins(settings, &format!("VerificationMessageTemplate.{name}")))
}

fn has_both_messages(settings: &Settings) -> bool {
    is_set(settings, "VerificationMessageTemplate.EmailMessage")
        && is_set(settings, "VerificationMessageTemplate.EmailMessageByLink")
}

fn confirms_by_link(settings: &Settings) -> bool {
    let option = value(settings, "VerificationMessageTemplate.DefaultEmailOption");
    option.and_then(Value::as_str) == Some("CONFIRM_WITH_LINK")
}

fn mixes_auth_flows(settings: &Settings) -> bool {
    let Some(flows) = texts(value(settings, AUTH_FLOWS)) else {
        return false;
    };
    let newer = |flow: &String| flow.starts_with("ALLOW_");
    flows.iter().any(newer) && !flows.iter().all(newer)
}

fn flag(settings: &Settings) -> Option<bool> {
    value(settings, FLAG)?.as_bool()
}

fn is_machine(settings: &Settings) -> bool {
    has(settings, FLOWS, "client_credentials")
}

fn is_browser(settings: &Settings) -> bool {
    has(settings, FLOWS, "code") || has(settings, FLOWS, "implicit")
}

fn rotates(settings: &Settings) -> bool {
    let feature = value(settings, "RefreshTokenRotation.Feature");
    feature.and_then(Value::as_str) == Some("ENABLED")
}

fn has_stray_default(settings: &Settings) -> bool {
    let default = value(settings, "DefaultRedirectURI").and_then(Value::as_str);
    let urls = texts(value(settings, CALLBACKS));
    matches!((default, urls), (Some(default), Some(urls)) if !urls.contains(default))
}

fn outlives_refresh(settings: &Settings) -> bool {
    let refresh = lifetime(settings, Token::Refresh);
    let longer = |token| {
        let own = lifetime(settings, token);
        matches!((own, refresh), (Some(own), Some(refresh)) if own > refresh)
    };
    longer(Token::Access) || longer(Token::Id)
}
