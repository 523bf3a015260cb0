//! Links by name: a secret, a parameter or a service that is called as a client is.

use std::collections::BTreeMap;

use super::{End, Found, kind_of};
use crate::{
    cognito::{
        history::{ConfigChange, History},
        setting::Resource,
    },
    ids::AppClientId,
};

/// Words that many names hold: one of them alone says nothing.
const COMMON: [&str; 28] = [
    "api",
    "app",
    "auth",
    "aws",
    "backend",
    "client",
    "clients",
    "cognito",
    "config",
    "credentials",
    "dev",
    "id",
    "key",
    "live",
    "login",
    "oauth",
    "pool",
    "prod",
    "production",
    "secret",
    "secrets",
    "service",
    "stage",
    "staging",
    "test",
    "user",
    "web",
    "www",
];

/// Adds a link for each secret, parameter and service whose name agrees with a client's, the better
/// agreement first: a name in full drives out those in part.
pub(super) fn add(history: &History, found: &mut Found) {
    let clients = clients(history);
    let mut seen: BTreeMap<&Resource, &ConfigChange> = BTreeMap::new();
    for change in history.changes() {
        let Resource::Other(service, _) = &change.resource else {
            continue;
        };
        if ["secret", "parameter", "service"].contains(&kind_of(service)) {
            seen.entry(&change.resource).or_insert(change);
        }
    }
    for (resource, change) in seen {
        let from = End::from(resource);
        let agreements = clients.iter().filter_map(|(client, names)| {
            let mut degrees = names.iter().filter_map(|name| agreement(&from.name, name));
            let first = degrees.next()?;
            Some((degrees.fold(first, Ord::max), client))
        });
        let agreements: Vec<(Agreement, &&AppClientId)> = agreements.collect();
        let best = agreements.iter().map(|(degree, _)| *degree).max();
        for (_, client) in agreements
            .iter()
            .filter(|(degree, _)| Some(*degree) == best)
        {
            let to = End::new("client", client.as_str());
            found.add(Some(change), from.clone(), to, "name");
        }
    }
}

/// What each client is called: its id, its names over time, and the hosts it is called back at.
fn clients(history: &History) -> BTreeMap<&AppClientId, Vec<String>> {
    let mut clients: BTreeMap<&AppClientId, Vec<String>> = BTreeMap::new();
    for change in history.changes() {
        let Resource::Client(_, client) = &change.resource else {
            continue;
        };
        let names = clients
            .entry(client)
            .or_insert_with(|| vec![client.as_str().to_owned()]);
        for line in &change.diff {
            let Some(value) = line.after.value() else {
                continue;
            };
            match line.setting.as_str() {
                "ClientName" => names.extend(value.as_str().map(str::to_owned)),
                "CallbackURLs" => names.extend(super::texts(value).filter_map(first_label)),
                _ => {}
            }
        }
        if let Some(settings) = history.settings(&change.resource, super::At::Now) {
            let name = crate::cognito::setting::value(settings, "ClientName");
            names.extend(name.and_then(|name| name.as_str()).map(str::to_owned));
        }
        names.sort();
        names.dedup();
    }
    clients
}

/// `billing` in `https://billing.example.com/cb`.
fn first_label(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', ':', '?']).next()?;
    let (label, _) = host.split_once('.')?;
    Some(label.to_owned())
}

/// Whether the name of a thing agrees with the first part of a URL's host.
pub fn agrees_with_host(thing: &str, url: &str) -> bool {
    first_label(url).is_some_and(|label| agreement(thing, &label).is_some())
}

/// How well two names agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Agreement {
    /// A part of one is in the other.
    Part,
    /// One of them is a whole part of the other.
    Whole,
}

/// How the name of a thing agrees with that of a client.
fn agreement(thing: &str, client: &str) -> Option<Agreement> {
    let client = words(client);
    let telling = |words: &[String]| {
        words
            .iter()
            .any(|word| word.len() >= 3 && !COMMON.contains(&word.as_str()))
    };
    let parts = || thing.split(['/', ':']).map(words);
    // Two common words together say something: `api-eu`.
    let whole = telling(&client) || client.len() > 1;
    if whole && parts().any(|part| part == client) {
        return Some(Agreement::Whole);
    }
    let within = |long: &[String], short: &[String]| {
        telling(short)
            && long
                .windows(short.len().max(1))
                .any(|window| window == short)
    };
    let agrees = parts().any(|part| within(&part, &client) || within(&client, &part));
    agrees.then_some(Agreement::Part)
}

/// `OrdersWeb`, `orders-web` and `orders_web` are the words `orders` and `web`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for letter in name.chars() {
        let begins = !letter.is_alphanumeric() || (letter.is_uppercase() && was_lower);
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
        was_lower = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_agree_in_words() {
        for (thing, client, expected) in [
            (
                "prod/orders-web/secret",
                "OrdersWeb",
                Some(Agreement::Whole),
            ),
            (
                "orders-web-cognito-client-secret",
                "orders_web",
                Some(Agreement::Part),
            ),
            (
                "prod/orders/client-secret",
                "orders-web",
                Some(Agreement::Part),
            ),
            (
                "/app/4orders000EXAMPLE/secret",
                "4orders000EXAMPLE",
                Some(Agreement::Whole),
            ),
            ("prod/reorders/secret", "orders-web", None),
            ("prod/web/secret", "orders-web", None),
            ("prod/web/secret", "web", None),
            (
                "api-eu/cognito-client-secret",
                "api-eu",
                Some(Agreement::Whole),
            ),
            ("cognito-client-secret", "web-client", None),
            ("", "orders", None),
        ] {
            assert_eq!(agreement(thing, client), expected, "{thing} {client}");
        }
    }

    #[test]
    fn hosts_that_have_a_name_of_their_own() {
        let label = first_label("https://billing.example.com:8443/cb");
        assert_eq!(label.as_deref(), Some("billing"));
        assert_eq!(first_label("http://localhost:3000/cb"), None);
        assert_eq!(first_label("com.example.app"), None);
    }
}
