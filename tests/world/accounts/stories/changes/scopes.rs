//! Changes of the scopes that an app client may ask for.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    super::{
        super::{
            model::{Kind, Nature, Owner, Resource},
            rules,
        },
        draft::{Deed, Draft, client},
        guilty::Change,
        patch::{Alter, one, set},
    },
    client::{asked, changes},
};

/// One scope in use is taken off the list.
pub fn removed(draft: &mut Draft, fits: impl Fn(&str) -> bool) -> Vec<Change> {
    changes(draft, |draft, place| {
        let listed = draft.texts(client(place), "AllowedOAuthScopes");
        let used = asked_scopes(draft, place);
        let used = used
            .into_iter()
            .filter(|scope| fits(scope) && listed.contains(scope) && listed.len() > 1);
        used.map(|scope| Deed::Set(one("AllowedOAuthScopes", Alter::Without(vec![scope]))))
            .collect()
    })
}

/// One scope in use gives way to another of the same resource server.
pub fn swapped(draft: &mut Draft) -> Vec<Change> {
    changes(draft, |draft, place| {
        let listed = draft.texts(client(place), "AllowedOAuthScopes");
        let used = asked_scopes(draft, place);
        let defined: Vec<Vec<String>> = servers(draft, place)
            .into_iter()
            .map(|server| scopes_of(draft, server))
            .collect();
        let used = used.into_iter().filter(|scope| listed.contains(scope));
        used.filter_map(|scope| {
            let siblings = defined.iter().find(|scopes| scopes.contains(&scope))?;
            let other = siblings.iter().find(|other| !listed.contains(other))?;
            let alter = Alter::Swap(scope, other.clone());
            Some(Deed::Set(one("AllowedOAuthScopes", alter)))
        })
        .collect()
    })
}

/// The scopes of a resource server give way to those of a new one, which the application does not
/// know yet.
pub fn of_new_server(draft: &mut Draft) -> Vec<Change> {
    let mut made = Vec::new();
    for place in draft.clients() {
        let listed = draft.texts(client(place), "AllowedOAuthScopes");
        let server = servers(draft, place).into_iter().find(|server| {
            let scopes = scopes_of(draft, *server);
            listed.iter().any(|scope| scopes.contains(scope))
        });
        let Some(server) = server else { continue };
        let old = draft.name(server).to_owned();
        let name = format!("{}-v2", old.trim_end_matches('/'));
        let scopes = listed.iter().map(|scope| match scope.strip_prefix(&old) {
            Some(rest) => format!("{name}{rest}"),
            None => scope.clone(),
        });
        let deed = Deed::Set(set("AllowedOAuthScopes", json!(scopes.collect::<Vec<_>>())));
        let mut settings = draft.settings(server);
        settings.insert("Identifier".to_owned(), json!(name));
        settings.remove("~Admits");
        let owner = draft.world.estate.owners[&server];
        let new = draft.add(Kind::ResourceServer, owner, name);
        made.push(Change::new(client(place), deed).beside(-1_500, new, Deed::Create(settings)));
    }
    made
}

/// The list is cut down to these.
pub fn cut(draft: &mut Draft, left: &[&str]) -> Vec<Change> {
    changes(draft, |draft, place| {
        let used = asked_scopes(draft, place);
        let lost = used.iter().any(|scope| !left.contains(&scope.as_str()));
        let is_machine = draft.world.estate.clients[place].nature == Nature::Machine;
        match lost && !is_machine {
            true => vec![Deed::Set(set("AllowedOAuthScopes", json!(left)))],
            false => Vec::new(),
        }
    })
}

fn asked_scopes(draft: &Draft, place: usize) -> BTreeSet<String> {
    asked(draft, place, |asks| {
        asks.scopes.iter().map(|scope| scope.to_string()).collect()
    })
}

/// The resource servers of an app client's pool.
fn servers(draft: &Draft, place: usize) -> Vec<Resource> {
    let estate = &draft.world.estate;
    let owner = Owner::Pool(estate.clients[place].pool);
    let servers = rules::resources(estate, Kind::ResourceServer);
    servers
        .filter(|server| estate.owners.get(server) == Some(&owner))
        .collect()
}

/// The scopes that a resource server defines, as requests ask for them.
fn scopes_of(draft: &Draft, server: Resource) -> Vec<String> {
    let scopes = draft.member(server, "Scopes");
    let scopes = scopes.and_then(|scopes| scopes.as_array().cloned());
    let names = scopes.into_iter().flatten().filter_map(|scope| {
        let name = scope["ScopeName"].as_str()?;
        Some(format!("{}/{name}", draft.name(server)))
    });
    names.collect()
}

/// A scope of one of them.
pub fn any(draft: &Draft, place: usize) -> Option<String> {
    let servers = servers(draft, place).into_iter();
    servers.flat_map(|server| scopes_of(draft, server)).next()
}
