//! What Cognito refuses to hold at one time, and so what has to go back together.
//!
//! Source: domain.md §3 (documented limits of the members, and refusals met in the field).

use std::collections::BTreeSet;

use serde_json::Value;

use super::merge::texts;
use crate::cognito::{
    lifetime::{Token, lifetime},
    setting::{Setting, Settings, value},
};

/// A rule of Cognito, and the settings it ties together.
pub(super) struct Rule {
    pub lines: &'static [&'static str],
    pub reason: &'static str,
}

/// The rules that Cognito would refuse `settings` by.
pub(super) fn broken(settings: &Settings) -> Vec<Rule> {
    RULES
        .iter()
        .filter(|(is_broken, ..)| is_broken(settings))
        .map(|&(_, lines, reason)| Rule { lines, reason })
        .collect()
}

/// Validities put back without their unit, or units without their validity.
pub(super) fn halves(put_back: &BTreeSet<Setting>) -> Vec<Rule> {
    const PAIRS: [&[&str]; 3] = [
        &["AccessTokenValidity", "TokenValidityUnits.AccessToken"],
        &["IdTokenValidity", "TokenValidityUnits.IdToken"],
        &["RefreshTokenValidity", "TokenValidityUnits.RefreshToken"],
    ];
    let has = |line: &&'static str| put_back.contains(&Setting::named(line));
    let reason = "a validity means nothing without its unit";
    PAIRS
        .into_iter()
        .filter(|lines| lines.iter().any(has))
        .map(|lines| Rule { lines, reason })
        .collect()
}

type IsBroken = fn(&Settings) -> bool;

const RULES: &[(IsBroken, &[&str], &str)] = &[
    (
        |s| is_machine(s) && is_browser(s),
        &[FLOWS],
        "`client_credentials` must be the only flow of a client",
    ),
    (
        |s| is_machine(s) && USER_SCOPES.iter().any(|scope| has(s, SCOPES, scope)),
        &[SCOPES, FLOWS],
        "`client_credentials` takes custom scopes only",
    ),
    (
        |s| is_browser(s) && is_empty(s, CALLBACKS),
        &[CALLBACKS],
        "`code` and `implicit` need a callback URL",
    ),
    (
        |s| flag(s) == Some(true) && (is_empty(s, FLOWS) || is_empty(s, SCOPES)),
        &[FLOWS, SCOPES],
        "a client that uses OAuth needs flows and scopes",
    ),
    (
        |s| flag(s) == Some(false) && (is_browser(s) || is_machine(s)),
        &[FLAG],
        "flows need `AllowedOAuthFlowsUserPoolClient`",
    ),
    (
        has_stray_default,
        &[CALLBACKS, "DefaultRedirectURI"],
        "`DefaultRedirectURI` must be one of `CallbackURLs`",
    ),
    (
        |s| rotates(s) && has(s, "ExplicitAuthFlows", "ALLOW_REFRESH_TOKEN_AUTH"),
        &["ExplicitAuthFlows", "RefreshTokenRotation.Feature"],
        "refresh token rotation and `ALLOW_REFRESH_TOKEN_AUTH` exclude each other",
    ),
    (
        outlives_refresh,
        &[
            "RefreshTokenValidity",
            "AccessTokenValidity",
            "IdTokenValidity",
        ],
        "access and ID tokens may not outlive the refresh token",
    ),
];

const FLAG: &str = "AllowedOAuthFlowsUserPoolClient";
const FLOWS: &str = "AllowedOAuthFlows";
const SCOPES: &str = "AllowedOAuthScopes";
const CALLBACKS: &str = "CallbackURLs";

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
