//! Settings over time: what each resource was set to after each write, under the semantics of
//! updates that hold in this account.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::{Does, Kind, Millis, OnOmission, Resource, Settings, World, Write};

/// The settings of every resource over time.
pub struct Timeline(BTreeMap<Resource, Vec<Version>>);

/// What a resource was from a moment on; `None` while it does not exist.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub at: Millis,
    /// The write that made it, by its id; `None` at the start of the world.
    pub write: Option<usize>,
    pub settings: Option<Settings>,
}

impl Timeline {
    /// Carries out every write that `happens`.
    pub fn new(world: &World, happens: impl Fn(&Write) -> bool) -> Self {
        let start = world.estate.settings.iter().map(|(resource, settings)| {
            let version = Version {
                at: Millis::MIN,
                write: None,
                settings: Some(settings.clone()),
            };
            (*resource, vec![version])
        });
        let mut timeline = Self(start.collect());
        let writes = world.writes.iter();
        for write in writes.filter(|write| write.error.is_none() && happens(write)) {
            let versions = timeline.0.entry(write.resource).or_default();
            let before = versions
                .last()
                .and_then(|version| version.settings.as_ref());
            if let Some(settings) = after(world, before, write) {
                versions.push(Version {
                    at: write.at,
                    write: Some(write.id),
                    settings,
                });
            }
        }
        timeline
    }

    /// What a resource was, by time; empty if it never existed.
    pub fn of(&self, resource: Resource) -> &[Version] {
        self.0.get(&resource).map_or(&[], Vec::as_slice)
    }

    /// The settings that a write left, and those before it.
    pub fn around(&self, write: &Write) -> (Option<&Settings>, Option<&Settings>) {
        let versions = self.of(write.resource);
        let place = versions
            .iter()
            .rposition(|version| version.at < write.at || version.write == Some(write.id));
        let Some(place) = place else {
            return (None, None);
        };
        let own = versions[place].write == Some(write.id);
        let after = versions[place].settings.as_ref();
        let before = match own {
            true => place
                .checked_sub(1)
                .and_then(|p| versions[p].settings.as_ref()),
            false => after,
        };
        (before, after)
    }
}

/// The settings after a write, `Some(None)` if it deletes; `None` if it alters nothing.
fn after(world: &World, before: Option<&Settings>, write: &Write) -> Option<Option<Settings>> {
    match &write.does {
        Does::Nothing(_) => None,
        Does::Delete => before.map(|_| None),
        Does::Create(settings) => Some(Some(settings.clone())),
        Does::Merge(said) => before.map(|before| {
            let mut settings = before.clone();
            settings.extend(said.clone());
            Some(settings)
        }),
        Does::Replace(said) => before.map(|before| {
            let kept = before.iter().filter(|(member, _)| {
                !said.contains_key(*member)
                    && world.on_omission(write.resource.kind, member) == OnOmission::Keep
            });
            let mut settings = said.clone();
            settings.extend(kept.map(|(member, value)| (member.clone(), value.clone())));
            Some(settings)
        }),
    }
}

impl World {
    /// What an update does to a member of which it says nothing.
    pub fn on_omission(&self, kind: Kind, member: &str) -> OnOmission {
        let known = self.omission.get(&(kind, member.to_owned()));
        known.copied().unwrap_or(OnOmission::Default)
    }
}

/// The value of a member, by dots.
pub fn member<'a>(settings: &'a Settings, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.');
    let first = settings.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}
