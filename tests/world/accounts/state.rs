//! Settings over time: what each resource was set to after each write, under the semantics of
//! updates that hold in this account.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::model::{DAY, Does, Kind, Millis, OnOmission, Resource, Settings, World, Write};

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
    /// Carries out every write that `happens`. Who says again what he found would have said
    /// whatever else he had found: a member that a write only carries along stays as it is without
    /// the writes that do not happen.
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
        // What each resource is when all writes happen, once that may be another.
        let mut found: BTreeMap<Resource, Option<Settings>> = BTreeMap::new();
        let writes = world.writes.iter();
        for write in writes.filter(|write| write.error.is_none()) {
            let happens = happens(write);
            let now = timeline.last(write.resource).cloned();
            if !happens && !found.contains_key(&write.resource) {
                found.insert(write.resource, now.clone());
            }
            let carried = found.get(&write.resource).map(|found| {
                let does = without_carried(&write.does, found.as_ref(), now.as_ref());
                Write {
                    does,
                    ..write.clone()
                }
            });
            if let Some(found) = found.get_mut(&write.resource)
                && let Some(settings) = after(world, found.as_ref(), write)
            {
                *found = settings;
            }
            let write = carried.as_ref().unwrap_or(write);
            if happens && let Some(settings) = after(world, now.as_ref(), write) {
                let versions = timeline.0.entry(write.resource).or_default();
                versions.push(Version {
                    at: write.at,
                    write: Some(write.id),
                    settings,
                });
            }
        }
        timeline
    }

    fn last(&self, resource: Resource) -> Option<&Settings> {
        self.of(resource).last()?.settings.as_ref()
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

/// What a write does to settings other than those that were found: only what it alters is altered.
fn without_carried(does: &Does, found: Option<&Settings>, now: Option<&Settings>) -> Does {
    let (Some(found), Some(now)) = (found, now) else {
        return does.clone();
    };
    let merged = |said: &Settings| -> Settings {
        let said = said.iter().filter_map(|(member, value)| {
            let value = merged(found.get(member), value, now.get(member))?;
            Some((member.clone(), value))
        });
        said.collect()
    };
    match does {
        Does::Merge(said) => Does::Merge(merged(said)),
        Does::Replace(said) => {
            let mut merged = merged(said);
            // Who says all that he found leaves away what was not there; who says little drops it.
            if 2 * said.len() >= found.len() {
                let unknown = now.iter().filter(|(member, _)| {
                    !said.contains_key(*member) && !found.contains_key(*member)
                });
                merged.extend(unknown.map(|(member, value)| (member.clone(), value.clone())));
            }
            Does::Replace(merged)
        }
        other => other.clone(),
    }
}

/// A value that was found and is said otherwise, where now it is another: lists and objects take
/// what is added and lose what is removed.
fn merged(found: Option<&Value>, said: &Value, now: Option<&Value>) -> Option<Value> {
    if found == Some(said) {
        return now.cloned();
    }
    match (found, said, now) {
        (_, Value::Array(said), Some(Value::Array(now))) => {
            let nothing = Vec::new();
            let found = found.and_then(Value::as_array).unwrap_or(&nothing);
            let kept = now
                .iter()
                .filter(|value| said.contains(value) || !found.contains(value));
            let mut list: Vec<Value> = kept.cloned().collect();
            let added = said.iter().filter(|value| !found.contains(value));
            let added: Vec<Value> = added
                .filter(|value| !list.contains(value))
                .cloned()
                .collect();
            list.extend(added);
            Some(Value::Array(list))
        }
        (Some(Value::Object(found)), Value::Object(said), Some(Value::Object(now))) => {
            let kept = now
                .iter()
                .filter(|(member, _)| !said.contains_key(*member) && !found.contains_key(*member));
            let kept = kept.map(|(member, value)| (member.clone(), value.clone()));
            let said = said.iter().filter_map(|(member, value)| {
                let value = merged(found.get(member), value, now.get(member))?;
                Some((member.clone(), value))
            });
            Some(Value::Object(kept.chain(said).collect()))
        }
        _ => Some(said.clone()),
    }
}

/// The settings after a write, `Some(None)` if it deletes; `None` if it alters nothing.
pub fn after(world: &World, before: Option<&Settings>, write: &Write) -> Option<Option<Settings>> {
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
            let kind = write.resource.kind;
            let omitted = before
                .iter()
                .filter(|(member, _)| !said.contains_key(*member));
            let mut settings = said.clone();
            for (member, value) in omitted {
                let value = match world.on_omission(kind, member) {
                    OnOmission::Keep => Some(value.clone()),
                    OnOmission::Default => default(kind, member),
                };
                settings.extend(value.map(|value| (member.clone(), value)));
            }
            Some(settings)
        }),
    }
}

/// What a member is when it was never said, where that is not nothing.
/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html>
fn default(kind: Kind, member: &str) -> Option<Value> {
    match (kind, member) {
        (Kind::Client, "ExplicitAuthFlows") => Some(json!([
            "ALLOW_CUSTOM_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
            "ALLOW_USER_SRP_AUTH"
        ])),
        (Kind::Client, "RefreshTokenValidity") => Some(json!(30)),
        (Kind::Client, "~RefreshTokenMillis") => Some(json!(30 * DAY)),
        (Kind::Client, "AllowedOAuthFlowsUserPoolClient") => Some(json!(false)),
        _ => None,
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
