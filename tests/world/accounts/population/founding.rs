//! An account while it is drawn.

use serde_json::{Map, Value};

use super::super::{
    chance::Chance,
    model::{Estate, Kind, Owner, Resource, Settings, Window},
    rates::Rates,
};

pub struct Founding<'a> {
    pub seed: u64,
    pub rates: &'a Rates,
    pub window: Window,
    pub chance: &'a mut Chance,
    pub estate: Estate,
}

impl Founding<'_> {
    /// Adds a resource with the next index of its kind.
    pub fn add(&mut self, kind: Kind, owner: Owner, name: String, settings: Value) -> Resource {
        let index = all(&self.estate, kind).count();
        self.put(kind, index, owner, name, settings)
    }

    /// Adds a resource with an index that says whose it is.
    pub fn put(
        &mut self,
        kind: Kind,
        index: usize,
        owner: Owner,
        name: String,
        settings: Value,
    ) -> Resource {
        let resource = Resource {
            kind,
            index: u16::try_from(index).expect("an account has fewer resources"),
        };
        self.estate.settings.insert(resource, object(settings));
        self.estate.names.insert(resource, name);
        self.estate.owners.insert(resource, owner);
        resource
    }

    /// An ARN of this account and region.
    pub fn arn(&self, service: &str, rest: &str) -> String {
        let Estate {
            region, account, ..
        } = &self.estate;
        format!("arn:aws:{service}:{region}:{account}:{rest}")
    }

    pub fn pool_arn(&self, pool: usize) -> String {
        let rest = format!("userpool/{}", self.estate.pools[pool].id);
        self.arn("cognito-idp", &rest)
    }
}

fn all(estate: &Estate, kind: Kind) -> impl Iterator<Item = (&Resource, &Settings)> {
    let resources = estate.settings.iter();
    resources.filter(move |(resource, _)| resource.kind == kind)
}

/// The resources of a kind that belong to somebody, with their settings.
pub fn owned(
    estate: &Estate,
    kind: Kind,
    owner: Owner,
) -> impl Iterator<Item = (&Resource, &Settings)> {
    all(estate, kind).filter(move |(resource, _)| estate.owners.get(resource) == Some(&owner))
}

/// The members of a JSON object.
pub fn object(value: Value) -> Settings {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
