//! What the settings of an app client say of a value that requests failed with.

use super::AttributeKind;
use crate::{
    attribute::phrase,
    cognito::{
        history::{At, History},
        setting::{Resource, value},
    },
    detect::Incident,
};

/// The setting that has to list a value, and the values it has to list.
fn required(kind: AttributeKind, text: &str) -> Option<(&'static str, Vec<String>)> {
    let one = |setting, item: &str| Some((setting, vec![item.to_owned()]));
    match (kind, text) {
        (AttributeKind::RedirectUri, uri) => one("CallbackURLs", uri),
        (AttributeKind::Scopes, scopes) => {
            let scopes = scopes
                .split([' ', '+', ','])
                .filter(|scope| !scope.is_empty());
            Some(("AllowedOAuthScopes", scopes.map(str::to_owned).collect()))
        }
        (AttributeKind::IdentityProvider, provider) => one("SupportedIdentityProviders", provider),
        (AttributeKind::Grant, "authorization_code") => one("AllowedOAuthFlows", "code"),
        (AttributeKind::Grant, "client_credentials") => {
            one("AllowedOAuthFlows", "client_credentials")
        }
        (AttributeKind::Grant, flow) if flow.ends_with("_AUTH") => one(
            "ExplicitAuthFlows",
            &format!("ALLOW_{}", flow.trim_start_matches("ALLOW_")),
        ),
        _ => None,
    }
}

/// `not in CallbackURLs until 15:30:10`: what a list of the only app client lacked at the onset.
pub(super) fn note(
    kind: AttributeKind,
    text: &str,
    incident: &Incident,
    history: &History,
) -> Option<String> {
    let (setting, items) = required(kind, text)?;
    let [client] = &incident.clients[..] else {
        return None;
    };
    let pool = incident
        .user_pool
        .as_ref()
        .or_else(|| history.pool_of(client))?;
    let resource = Resource::Client(pool.clone(), client.clone());
    let changes = history.changes();
    let writes: Vec<usize> = history.writes(&resource).collect();
    let is_before = |index: &&usize| changes[**index].change.time <= incident.onset;
    let last = writes.iter().rev().find(is_before);
    let at = match (last, writes.first()) {
        (Some(last), _) => At::After(*last),
        (None, Some(first)) => At::Before(*first),
        (None, None) => At::Now,
    };
    let lacks = |at: At, item: &String| {
        let list = value(history.settings(&resource, at)?, setting)?.as_array()?;
        Some(!list.iter().any(|listed| listed.as_str() == Some(item)))
    };
    let missing: Vec<&String> = items
        .iter()
        .filter(|item| lacks(at, item) == Some(true))
        .collect();
    let first = missing.first()?;
    let added = writes
        .iter()
        .filter(|index| !is_before(index))
        .find(|index| lacks(At::After(**index), first) == Some(false));
    let removed = writes.iter().rev().filter(is_before).find(|index| {
        lacks(At::Before(**index), first) == Some(false)
            && lacks(At::After(**index), first) == Some(true)
    });
    let since =
        removed.map(|index| format!(" since {}", phrase::clock(changes[*index].change.time)));
    let until =
        added.map(|index| format!(", added at {}", phrase::clock(changes[*index].change.time)));
    // A value that is the missing element itself need not be said twice.
    let is_value = missing[..] == [text];
    let what = match is_value {
        true => String::new(),
        false => {
            let names: Vec<String> = missing.iter().map(|item| format!("`{item}`")).collect();
            format!("{} ", names.join(" and "))
        }
    };
    Some(format!(
        "{what}not in {setting}{}{}",
        since.unwrap_or_default(),
        until.unwrap_or_default()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attribute_has_the_list_that_must_hold_it() {
        for (kind, text, setting, items) in [
            (
                AttributeKind::RedirectUri,
                "https://a.example.com/cb",
                "CallbackURLs",
                "https://a.example.com/cb",
            ),
            (
                AttributeKind::Scopes,
                "openid profile",
                "AllowedOAuthScopes",
                "openid profile",
            ),
            (
                AttributeKind::Grant,
                "authorization_code",
                "AllowedOAuthFlows",
                "code",
            ),
            (
                AttributeKind::Grant,
                "USER_SRP_AUTH",
                "ExplicitAuthFlows",
                "ALLOW_USER_SRP_AUTH",
            ),
        ] {
            let (found, listed) = required(kind, text).unwrap();
            assert_eq!((found, listed.join(" ").as_str()), (setting, items));
        }
        assert_eq!(required(AttributeKind::UserAgent, "curl/8"), None);
    }
}
