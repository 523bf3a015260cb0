//! Settings over time: what each change altered.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    members::{CLIENT, Omitted},
    read,
    setting::{Known, Resource, Setting, Settings, is_nothing},
};
use crate::{
    ids::{AppClientId, EventId, UserPoolId},
    record::Change,
};

mod apply;
mod resource;
mod snapshot;

/// A change with what it altered.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigChange {
    /// The write call.
    pub change: Change,
    /// What it was made to.
    pub resource: Resource,
    /// Whether it could have had any effect.
    pub standing: Standing,
    /// Settings that differ, or may differ, before and after.
    pub diff: Vec<DiffLine>,
}

/// Whether a change could have had any effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Settings differ.
    Effective,
    /// It succeeded and left every setting as it was.
    NoDifference,
    /// It failed with this error code and changed nothing.
    Failed(String),
    /// It changed something whose value no log shows: a function's code, a firewall rule, a secret.
    Opaque,
}

/// One setting, before and after a change.
#[derive(Clone, Debug, PartialEq)]
pub struct DiffLine {
    /// What changed.
    pub setting: Setting,
    /// Its value before.
    pub before: Known,
    /// Its value after.
    pub after: Known,
}

/// A description of settings from outside the trail (`--settings`).
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// What it describes.
    pub resource: Resource,
    /// All its settings.
    pub settings: Settings,
    /// `LastModifiedDate`.
    pub modified: Option<DateTime<Utc>>,
}

/// A sign that the logs lack a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// What was changed unseen.
    pub resource: Resource,
    /// After this event (or since ever) …
    pub after: Option<EventId>,
    /// … and before this time.
    pub before: DateTime<Utc>,
    /// Settings that were not as the history had them.
    pub settings: Vec<Setting>,
}

/// A moment in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Just before the change of this index.
    Before(usize),
    /// Just after it.
    After(usize),
    /// After everything known, `--settings` included.
    Now,
}

/// The settings of every resource over time, and every change with its diff.
#[derive(Clone, Debug, Default)]
pub struct History {
    changes: Vec<ConfigChange>,
    timelines: BTreeMap<Resource, Vec<Version>>,
    now: BTreeMap<Resource, Settings>,
    gaps: Vec<Gap>,
}

/// A resource's settings from one change on.
#[derive(Clone, Debug)]
struct Version {
    change: usize,
    settings: Settings,
}

impl History {
    /// Rebuilds the history from the changes, in any order, and closes it from the right with
    /// saved descriptions.
    pub fn new(mut changes: Vec<Change>, snapshots: Vec<Snapshot>) -> Self {
        changes.sort_by(|a, b| (a.time, &a.event_id).cmp(&(b.time, &b.event_id)));
        let mut history = Self::default();
        for change in changes {
            history.add(change);
        }
        for snapshot in snapshots {
            history.close(snapshot);
        }
        history
    }

    /// Every change, by time.
    pub fn changes(&self) -> &[ConfigChange] {
        &self.changes
    }

    /// Signs that the logs lack changes.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// The settings of a resource; `None` when nothing was ever known of them.
    pub fn settings(&self, resource: &Resource, at: At) -> Option<&Settings> {
        let versions = self
            .timelines
            .get(resource)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let until = |index: usize| {
            let count = versions.partition_point(|version| version.change <= index);
            versions.get(count.checked_sub(1)?)
        };
        match at {
            At::Before(0) => None,
            At::Before(index) => until(index - 1).map(|version| &version.settings),
            At::After(index) => until(index).map(|version| &version.settings),
            At::Now => self
                .now
                .get(resource)
                .or_else(|| versions.last().map(|version| &version.settings)),
        }
    }

    /// Whether all of a resource's settings were ever seen at once: in the answer to its creation
    /// or in a saved description.
    pub fn is_described(&self, resource: &Resource) -> bool {
        let first = self
            .timelines
            .get(resource)
            .and_then(|versions| versions.first());
        let created = first.and_then(|version| self.changes.get(version.change));
        self.now.contains_key(resource)
            || created.is_some_and(|change| {
                change.change.name.starts_with("Create") && change.change.response.is_some()
            })
    }

    /// Every resource of which settings are known.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.timelines.keys().chain(
            self.now
                .keys()
                .filter(|key| !self.timelines.contains_key(key)),
        )
    }

    /// The pool of a client, where a change or a description names both.
    pub fn pool_of(&self, client: &AppClientId) -> Option<&UserPoolId> {
        self.resources().find_map(|resource| match resource {
            Resource::Client(pool, id) if id == client => Some(pool),
            _ => None,
        })
    }

    fn add(&mut self, change: Change) {
        let index = self.changes.len();
        let resource = resource::of(&change);
        if let Some(code) = &change.error {
            let standing = Standing::Failed(code.clone());
            self.push(change, resource, standing, Vec::new());
            return;
        }
        let before = apply::before(&change, self.settings(&resource, At::Before(index)));
        let Some(after) = apply::after(&change, before.as_ref()) else {
            self.push(change, resource, Standing::Opaque, Vec::new());
            return;
        };
        let diff = diff(before.as_ref(), &after, &given(&change));
        let standing = match diff.is_empty() {
            true => Standing::NoDifference,
            false => Standing::Effective,
        };
        self.note_gap(&change, &resource, before.as_ref(), &after);
        let versions = self.timelines.entry(resource.clone()).or_default();
        versions.push(Version {
            change: index,
            settings: after,
        });
        self.push(change, resource, standing, diff);
    }

    fn push(
        &mut self,
        change: Change,
        resource: Resource,
        standing: Standing,
        diff: Vec<DiffLine>,
    ) {
        self.changes.push(ConfigChange {
            change,
            resource,
            standing,
            diff,
        });
    }

    /// A response that shows a value which the update did not give, which is not what it was and
    /// not its default either: somebody changed it unseen.
    fn note_gap(
        &mut self,
        change: &Change,
        resource: &Resource,
        before: Option<&Settings>,
        after: &Settings,
    ) {
        let (Some(before), Resource::Client(..)) = (before, resource) else {
            return;
        };
        if change.response.is_none() || change.request.is_none() {
            return;
        }
        let given = given(change);
        let unlike: Vec<Setting> = CLIENT
            .iter()
            .filter(|member| !given.contains_key(member.name))
            .filter_map(|member| {
                let name = read::setting(member.name);
                let (is, was) = (after.get(&name)?.value()?, before.get(&name)?.value()?);
                let (Omitted::Resets(reset) | Omitted::MayPersist(reset)) = member.omitted;
                let explained = alike(is, was) || alike(is, &reset.value(member.kind));
                (!explained).then_some(name)
            })
            .collect();
        if !unlike.is_empty() {
            self.gaps.push(Gap {
                resource: resource.clone(),
                after: self.last_event(resource),
                before: change.time,
                settings: unlike,
            });
        }
    }

    fn last_event(&self, resource: &Resource) -> Option<EventId> {
        let version = self.timelines.get(resource)?.last()?;
        let change = self.changes.get(version.change)?;
        Some(EventId::new(&change.change.event_id))
    }

    /// Takes a saved description as the settings of now; what differs was changed unseen.
    fn close(&mut self, snapshot: Snapshot) {
        let known = self.settings(&snapshot.resource, At::Now).cloned();
        let unlike: Vec<Setting> = snapshot
            .settings
            .iter()
            .filter(|(name, now)| {
                let was = known.as_ref().and_then(|known| known.get(*name));
                matches!((was, now), (Some(Known::Observed(a)), Known::Observed(b)) if a != b)
            })
            .map(|(name, _)| name.clone())
            .collect();
        let last = self.last_event(&snapshot.resource);
        let described = self
            .changes
            .iter()
            .rev()
            .find(|change| change.resource == snapshot.resource);
        // A description saved before the last change describes another time.
        let stale = match (snapshot.modified, described) {
            (Some(modified), Some(last)) => {
                modified.timestamp() + 1 < last.change.time.timestamp()
                    && last.standing == Standing::Effective
            }
            _ => false,
        };
        if stale {
            return;
        }
        if unlike.is_empty() {
            self.confirm(&snapshot);
        } else {
            self.gaps.push(Gap {
                resource: snapshot.resource.clone(),
                after: last,
                before: snapshot.modified.unwrap_or(DateTime::<Utc>::MAX_UTC),
                settings: unlike,
            });
        }
        self.now.insert(snapshot.resource, snapshot.settings);
    }

    /// Nothing changed since the last version: what it assumed is now observed.
    fn confirm(&mut self, snapshot: &Snapshot) {
        let Some(version) = self
            .timelines
            .get_mut(&snapshot.resource)
            .and_then(|v| v.last_mut())
        else {
            return;
        };
        version.settings.extend(snapshot.settings.clone());
        let index = version.change;
        let after = version.settings.clone();
        let before = self
            .settings(&snapshot.resource, At::Before(index))
            .cloned();
        if let Some(change) = self.changes.get_mut(index) {
            change.diff = diff(before.as_ref(), &after, &given(&change.change));
            change.standing = match change.diff.is_empty() {
                true => Standing::NoDifference,
                false => Standing::Effective,
            };
        }
    }
}

/// Names of the members an update's request gives; a web ACL is given by its association.
fn given(change: &Change) -> BTreeMap<String, Value> {
    let mut given = read::flatten(&object(&change.request));
    if change.name.ends_with("WebACL") {
        given.insert("WebACL".to_owned(), Value::Null);
    }
    given
}

fn object(text: &Option<String>) -> Map<String, Value> {
    let parsed = text.as_deref().map(serde_json::from_str);
    match parsed {
        Some(Ok(Value::Object(object))) => object,
        _ => Map::new(),
    }
}

/// Lines that differ. A value unknown on both sides is no line; one unknown before is a line when
/// the request gave it or when it was reset, since it may differ.
fn diff(
    before: Option<&Settings>,
    after: &Settings,
    given: &BTreeMap<String, Value>,
) -> Vec<DiffLine> {
    let absent = |name: &Setting| match (before, name.0.as_ref()) {
        (Some(_), _) => Known::Observed(Value::Null),
        (None, _) => Known::Unknown,
    };
    let lines = after.iter().map(|(name, after)| DiffLine {
        before: before
            .and_then(|before| before.get(name).cloned())
            .unwrap_or_else(|| absent(name)),
        after: after.clone(),
        setting: name.clone(),
    });
    let gone = before
        .into_iter()
        .flatten()
        .filter(|(name, _)| !after.contains_key(*name));
    let gone = gone.map(|(name, before)| DiffLine {
        setting: name.clone(),
        before: before.clone(),
        after: Known::Observed(Value::Null),
    });
    lines
        .chain(gone)
        .filter(|line| match (line.before.value(), line.after.value()) {
            (Some(before), Some(after)) => !alike(before, after),
            // A first sight of a whole state says nothing of what this change altered.
            (None, Some(_)) => given.contains_key(line.setting.0.as_ref()),
            (Some(_), None) => given.contains_key(line.setting.0.as_ref()),
            (None, None) => false,
        })
        .collect()
}

/// Null, the empty list and the empty object are one: nothing.
fn alike(a: &Value, b: &Value) -> bool {
    a == b || (is_nothing(a) && is_nothing(b))
}

/// A setting whose name is made at run time.
fn named(name: String) -> Setting {
    Setting(Cow::Owned(name))
}
