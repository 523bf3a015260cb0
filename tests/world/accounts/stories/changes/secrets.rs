//! Changes of app clients' secrets, and app clients that are deleted or replaced.

use super::super::{
    super::model::{Client, HOUR, Kind, MINUTE, Owner, Resource, SECOND},
    draft::{Deed, Draft, client},
    guilty::{BY_HAND, Change},
    patch::{Alter, one},
};

/// The secret that callers hold is deleted, hours after another was added.
pub fn old_deleted(draft: &mut Draft) -> Vec<Change> {
    let earlier = draft
        .chance
        .by_magnitude(10.0 * MINUTE as f64, 40.0 * HOUR as f64) as i64;
    rotated(draft, -earlier)
}

/// Both within seconds.
pub fn rotated_at_once(draft: &mut Draft) -> Vec<Change> {
    rotated(draft, -3 * SECOND)
}

fn rotated(draft: &mut Draft, added: i64) -> Vec<Change> {
    let of = draft.resources(Kind::ClientSecrets).into_iter();
    let changes = of.filter_map(|resource| {
        let held = draft.texts(resource, "secrets").first()?.clone();
        let new = vec!["v2".to_owned()];
        let deed = Deed::Set(one("secrets", Alter::Without(vec![held])));
        let add = Deed::Set(one("secrets", Alter::With(new)));
        Some(
            Change::new(resource, deed)
                .by(BY_HAND)
                .beside(added, resource, add),
        )
    });
    changes.collect()
}

/// An app client is deleted that somebody still uses.
pub fn client_deleted(draft: &mut Draft) -> Vec<Change> {
    let clients = draft.clients().into_iter();
    clients
        .map(|place| Change::new(client(place), Deed::Delete).lasting())
        .collect()
}

/// Code replaces an app client: a new one comes, and the old one goes.
pub fn client_replaced(draft: &mut Draft, created: i64) -> Vec<Change> {
    let clients = draft.clients();
    let Some(place) = clients.first().copied() else {
        return Vec::new();
    };
    let new = twin(draft, place);
    let settings = draft.settings(client(place));
    vec![Change::new(client(place), Deed::Delete).lasting().beside(
        created,
        new,
        Deed::Create(settings),
    )]
}

/// An app client with the same name that nobody uses yet, and that does not exist at the start.
pub fn twin(draft: &mut Draft, place: usize) -> Resource {
    let id = draft
        .chance
        .letters("0123456789abcdefghijklmnopqrstuvwxyz", 26);
    let of = &draft.world.estate.clients[place];
    let new = Client {
        id: id.clone(),
        name: of.name.clone(),
        pool: of.pool,
        nature: of.nature,
        workload: of.workload,
        per_day: 0.0,
        usual_failures: of.usual_failures,
        callers: Vec::new(),
        habits: Vec::new(),
        basic: of.basic,
        host: of.host,
    };
    let index = draft.world.estate.clients.len();
    draft.world.estate.clients.push(new);
    let resource = client(index);
    draft.world.estate.names.insert(resource, id);
    draft
        .world
        .estate
        .owners
        .insert(resource, Owner::Client(index));
    resource
}
