//! Changes of what an app client may ask for: URLs, flows, providers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::{
    super::{
        model::{Asks, Kind, Nature, Owner, Step},
        rules,
    },
    draft::{Deed, Draft, client},
    guilty::{BY_HAND, Change},
    patch::{Alter, Patch, one, set},
};
use super::scopes;

/// What the callers of an app client ask for.
pub fn asked(draft: &Draft, place: usize, of: impl Fn(&Asks) -> Vec<String>) -> BTreeSet<String> {
    let habits = draft.world.estate.clients[place].habits.iter();
    habits.flat_map(|habit| of(&habit.asks)).collect()
}

pub fn changes(
    draft: &mut Draft,
    mut of: impl FnMut(&mut Draft, usize) -> Vec<Deed>,
) -> Vec<Change> {
    let clients = draft.clients();
    let mut changes = Vec::new();
    for place in clients {
        for deed in of(draft, place) {
            changes.push(Change::new(client(place), deed));
        }
    }
    changes
}

/// Whether anybody uses an app client at one of these steps.
pub fn uses(draft: &Draft, place: usize, steps: &[Step]) -> bool {
    steps.iter().any(|step| draft.uses(place, *step))
}

/// One URL in use is taken off a list, where others stay.
pub fn url_removed(draft: &mut Draft, list: &str) -> Vec<Change> {
    changes(draft, |draft, place| {
        let listed = draft.texts(client(place), list);
        let used = asked(draft, place, |asks| urls(asks, list));
        let used = used
            .into_iter()
            .filter(|url| listed.contains(url) && listed.len() > 1);
        used.map(|url| Deed::Set(one(list, Alter::Without(vec![url]))))
            .collect()
    })
}

/// One URL in use is spelled in another way.
pub fn url_altered(draft: &mut Draft, list: &str, alter: impl Fn(&str) -> String) -> Vec<Change> {
    changes(draft, |draft, place| {
        let listed = draft.texts(client(place), list);
        let used = asked(draft, place, |asks| urls(asks, list));
        let used = used.into_iter().filter(|url| listed.contains(url));
        used.map(|url| (alter(&url), url))
            .filter(|(new, old)| new != old)
            .map(|(new, old)| Deed::Set(one(list, Alter::Swap(old, new))))
            .collect()
    })
}

/// A whole list becomes another.
pub fn urls_replaced(draft: &mut Draft, list: &str, urls: &[&str]) -> Vec<Change> {
    changes(draft, |draft, place| {
        match draft.texts(client(place), list).is_empty() {
            true => Vec::new(),
            false => vec![Deed::Set(set(list, json!(urls)))],
        }
    })
}

/// All URLs of a list get another host.
pub fn host_renamed(draft: &mut Draft, list: &str) -> Vec<Change> {
    changes(draft, |draft, place| {
        let listed = draft.texts(client(place), list);
        let renamed: Vec<String> = listed.iter().map(|url| rename_host(url)).collect();
        match listed.is_empty() {
            true => Vec::new(),
            false => vec![Deed::Set(set(list, json!(renamed)))],
        }
    })
}

fn urls(asks: &Asks, list: &str) -> Vec<String> {
    let url = match list {
        "LogoutURLs" => &asks.logout,
        _ => &asks.redirect,
    };
    url.iter().map(|url| url.to_string()).collect()
}

pub fn rename_host(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) if !rest.starts_with("localhost") => match rest.split_once('.') {
            Some((first, rest)) => format!("{scheme}://{first}-new.{rest}"),
            None => url.to_owned(),
        },
        _ => url.to_owned(),
    }
}

/// With a slash at its end, or without.
pub fn slash(url: &str) -> String {
    match url.strip_suffix('/') {
        Some(url) => url.to_owned(),
        None => format!("{url}/"),
    }
}

pub fn other_path(url: &str) -> String {
    format!("{}/v2", url.trim_end_matches('/'))
}

pub fn capital(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let mut letters = rest.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let rest: String = first.into_iter().chain(letters).collect();
    format!("{scheme}://{rest}")
}

pub fn with_port(url: &str) -> String {
    match url.split_once("://").and_then(|(scheme, rest)| {
        rest.split_once('/')
            .map(|(host, path)| (scheme, host, path))
    }) {
        Some((scheme, host, path)) => format!("{scheme}://{host}:8443/{path}"),
        None => format!("{url}:8443"),
    }
}

/// A refactoring loses the OAuth settings of a construct, and its defaults come.
pub fn construct_defaults(draft: &mut Draft) -> Vec<Change> {
    let patch: Patch = [
        ("AllowedOAuthFlows", json!(["implicit", "code"])),
        ("AllowedOAuthFlowsUserPoolClient", json!(true)),
        ("CallbackURLs", json!(["https://example.com"])),
        (
            "AllowedOAuthScopes",
            json!([
                "profile",
                "phone",
                "email",
                "openid",
                "aws.cognito.signin.user.admin"
            ]),
        ),
    ]
    .into_iter()
    .map(|(member, value)| (member.to_owned(), Alter::To(value)))
    .chain([("LogoutURLs".to_owned(), Alter::Unset)])
    .collect();
    changes(draft, |draft, place| {
        match draft.uses(place, Step::Authorize) {
            true => vec![Deed::Set(patch.clone())],
            false => Vec::new(),
        }
    })
}

/// OAuth is switched off, or its lists go with it.
pub fn oauth_off(draft: &mut Draft, clears: bool) -> Vec<Change> {
    changes(draft, |draft, place| {
        if !uses(draft, place, &[Step::Authorize, Step::Machine]) {
            return Vec::new();
        }
        let mut patch = set("AllowedOAuthFlowsUserPoolClient", json!(false));
        if clears {
            let lists = [
                "AllowedOAuthFlows",
                "AllowedOAuthScopes",
                "CallbackURLs",
                "LogoutURLs",
            ];
            patch.extend(lists.map(|list| (list.to_owned(), Alter::Unset)));
        }
        vec![Deed::Set(patch)]
    })
}

/// The flow in use gives way to another, with what the other needs.
pub fn flow_swapped(draft: &mut Draft, from: &'static str, to: &'static str) -> Vec<Change> {
    changes(draft, |draft, place| {
        let listed = draft.texts(client(place), "AllowedOAuthFlows");
        let is_machine = draft.world.estate.clients[place].nature == Nature::Machine;
        if !listed.contains(&from.to_owned()) || is_machine != (from != "code") {
            return Vec::new();
        }
        let mut patch = set("AllowedOAuthFlows", json!([to]));
        match to {
            // Machines get scopes of resource servers only.
            "client_credentials" => match scopes::any(draft, place) {
                Some(scope) => patch.extend(set("AllowedOAuthScopes", json!([scope]))),
                None => return Vec::new(),
            },
            "code" => patch.extend(set("CallbackURLs", json!(["https://example.com"]))),
            _ => {}
        }
        vec![Deed::Set(patch)]
    })
}

/// An update that says some members, and resets those that it does not say.
pub fn partial(
    draft: &mut Draft,
    members: &'static [&'static str],
    steps: &'static [Step],
) -> Vec<Change> {
    // Legal in minutes and in hours: an update that says no units may mean either.
    let number = *draft.chance.pick(&[5, 8, 10, 12]);
    let mut changes = changes(draft, |draft, place| {
        let said = members.iter().filter(|member| **member != "ClientName");
        let patch: Patch = said
            .filter_map(|member| {
                let old = draft.member(client(place), member);
                Some((
                    (*member).to_owned(),
                    Alter::To(other_value(member, old?, number)),
                ))
            })
            .collect();
        match uses(draft, place, steps) {
            true => vec![Deed::Only(members.to_vec(), patch)],
            false => Vec::new(),
        }
    });
    for change in &mut changes {
        change.tools = BY_HAND;
    }
    changes
}

/// What such an update is made for.
fn other_value(member: &str, old: Value, number: i64) -> Value {
    match member {
        "AccessTokenValidity" | "IdTokenValidity" => json!(number),
        "PreventUserExistenceErrors" => json!("ENABLED"),
        "EnableTokenRevocation" => json!(true),
        "AuthSessionValidity" => json!(5),
        _ => old,
    }
}

/// A provider in use is taken off the list.
pub fn provider_lost(draft: &mut Draft, fits: impl Fn(&str) -> bool) -> Vec<Change> {
    changes(draft, |draft, place| {
        let listed = draft.texts(client(place), "SupportedIdentityProviders");
        let used = used_providers(draft, place);
        let used = used
            .into_iter()
            .filter(|name| fits(name) && listed.contains(name) && listed.len() > 1);
        used.map(|name| {
            Deed::Set(one(
                "SupportedIdentityProviders",
                Alter::Without(vec![name]),
            ))
        })
        .collect()
    })
}

fn used_providers(draft: &Draft, place: usize) -> BTreeSet<String> {
    asked(draft, place, |asks| {
        asks.provider.iter().map(|name| name.to_string()).collect()
    })
}

/// A provider in use gives way to a new one, which the application does not know yet.
pub fn provider_renewed(draft: &mut Draft) -> Vec<Change> {
    let mut made = Vec::new();
    for place in draft.clients() {
        let owner = Owner::Pool(draft.world.estate.clients[place].pool);
        let used = used_providers(draft, place);
        let providers = rules::resources(&draft.world.estate, Kind::Provider);
        let provider = providers
            .filter(|provider| draft.world.estate.owners.get(provider) == Some(&owner))
            .find(|provider| used.contains(draft.name(*provider)));
        let Some(provider) = provider else { continue };
        let old = draft.name(provider).to_owned();
        let name = format!("{old}2");
        let mut settings = draft.settings(provider);
        settings.insert("ProviderName".to_owned(), json!(name));
        let new = draft.add(Kind::Provider, owner, name.clone());
        let deed = Deed::Set(one("SupportedIdentityProviders", Alter::Swap(old, name)));
        made.push(Change::new(client(place), deed).beside(-2_500, new, Deed::Create(settings)));
    }
    made
}

/// The list of providers becomes another.
pub fn providers_are(draft: &mut Draft, left: &[&str]) -> Vec<Change> {
    changes(draft, |draft, place| {
        match draft.uses(place, Step::Authorize) {
            true => vec![Deed::Set(set("SupportedIdentityProviders", json!(left)))],
            false => Vec::new(),
        }
    })
}
