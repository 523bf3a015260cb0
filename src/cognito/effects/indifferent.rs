//! Settings on which no request depends: names, tags, texts of messages, passwords to come.
//!
//! Whatever has no row and does not stand here may break anything.

use crate::cognito::members::{Bearing, CLIENT, Kind, POOL, find};

/// Beside the members of clients and pools that bear on nothing. Sources: botocore `cognito-idp`,
/// the documentation of each member.
const OTHERS: &[&str] = &[
    // Sent beside a decision, which it does not alter.
    "AccountTakeoverRiskConfiguration.NotifyConfiguration.",
    "SmsMfaConfiguration.SmsAuthenticationMessage",
    // Of a resource server, whose scopes go by their names.
    "Name",
    "ScopeDescription.",
    // An update cannot alter it.
    "ProviderType",
];

/// Whether no request depends on a setting without a row.
pub fn is_indifferent(setting: &str) -> bool {
    let begins = |name: &str| {
        setting
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('.'))
    };
    let member =
        |table| find(table, setting).is_some_and(|member| member.bearing == Bearing::Nothing);
    let tags = POOL
        .iter()
        .filter(|member| member.kind == Kind::Map && member.bearing == Bearing::Nothing);
    OTHERS.iter().any(|name| match name.ends_with('.') {
        true => setting.starts_with(name),
        false => setting == *name,
    }) || member(CLIENT)
        || member(POOL)
        || tags.into_iter().any(|member| begins(member.name))
}
