//! Settings over time: what each change altered.
//!
//! Each write is applied to the state before it: a response is believed first, then what the
//! request gave, then the documented rule for what it left out. A saved description closes the
//! history from the right.

use std::{cmp::Ordering, collections::BTreeMap};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

mod build;
mod effect;
mod elsewhere;
mod order;
mod pages;
mod parts;
mod place;
pub mod planned;
mod replace;
mod timeline;
mod write;

use self::write::{Pools, Write};
pub(super) use self::{
    effect::full_pool,
    timeline::{Step, Taken, Timeline},
    write::{bare_name, function_name},
};
use super::setting::{Known, Resource, Setting, Settings};
use crate::{
    ids::{AppClientId, EventId, UserPoolId},
    queries,
    record::Change,
};

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
    /// It released an application and altered no setting.
    Release,
    /// It ended sessions of many users, or kept them out, and altered no setting.
    OnUsers,
}

impl ConfigChange {
    /// Whether it failed because its resource did not exist at that time, or what that is part of did
    /// not: a refused write changes nothing, and is evidence of the state.
    pub fn denies_existence(&self) -> bool {
        const CODES: [&str; 5] = [
            "NoSuchEntityException",
            "NotFoundException",
            "ResourceNotFoundException",
            "UserPoolNotFoundException",
            "WAFNonexistentItemException",
        ];
        let code = match &self.standing {
            Standing::Failed(code) => code.as_str(),
            _ => return false,
        };
        // Where something is made or joined, it is the other end that is not there.
        let joins = ["Create", "Associate", "Attach", "Add"];
        let joins = joins.iter().any(|verb| self.change.name.starts_with(verb));
        CODES.contains(&code) && !joins
    }

    /// Whether the call released an application, or tried to: evidence of what the application did,
    /// never a suspect.
    pub fn is_release(&self) -> bool {
        queries::is_release(&self.change.service, &self.change.name)
    }

    /// Whether no setting is concerned: evidence for what applications or users did, never a suspect.
    pub fn is_beside_settings(&self) -> bool {
        self.is_release() || queries::is_on_users(&self.change.service, &self.change.name)
    }
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
    /// Its members as they were printed, without a client secret.
    pub members: Map<String, Value>,
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

/// A point in time, by index into [`History::changes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Just before that change.
    Before(usize),
    /// Just after that change.
    After(usize),
    /// After everything that is known, saved descriptions included.
    Now,
}

/// The settings of every resource over time, and every change with its diff.
#[derive(Clone, Debug, Default)]
pub struct History {
    changes: Vec<ConfigChange>,
    gaps: Vec<Gap>,
    timelines: BTreeMap<Resource, Timeline>,
    descriptions: BTreeMap<Resource, Map<String, Value>>,
    pools: Pools,
}

impl History {
    /// Applies every write, in order of time, to what it was made to.
    ///
    /// `changes` come in any order, each once. Those of one second on one resource stand in the
    /// first order, by event id, in which none contradicts the one before it.
    pub fn new(mut changes: Vec<Change>, snapshots: Vec<Snapshot>) -> Self {
        changes.sort_by(in_order);
        let pools = pools(&changes, &snapshots);
        order::settle(&mut changes, &pools);
        let writes: Vec<Write<'_>> = changes.iter().map(Write::new).collect();
        let resources: Vec<Resource> = writes.iter().map(|write| write.resource(&pools)).collect();
        let (timelines, mut gaps) = build::build(&writes, &resources, &snapshots);
        gaps.sort_by(|a, b| (a.before, &a.resource).cmp(&(b.before, &b.resource)));
        let found: Vec<_> = writes
            .iter()
            .zip(resources)
            .enumerate()
            .map(|(index, (write, resource))| {
                let step = timelines.get(&resource).and_then(|line| line.step(index));
                let diff = step.map(Step::diff).unwrap_or_default();
                let opaque = step.is_some_and(|step| step.opaque);
                (resource, standing(write, &diff, opaque), diff)
            })
            .collect();
        let changes = changes
            .into_iter()
            .zip(found)
            .map(|(change, (resource, standing, diff))| ConfigChange {
                change,
                resource,
                standing,
                diff,
            })
            .collect();
        Self {
            changes,
            gaps,
            timelines,
            descriptions: descriptions(snapshots),
            pools,
        }
    }

    /// Every change, in order of time.
    pub fn changes(&self) -> &[ConfigChange] {
        &self.changes
    }

    /// Signs that the logs lack changes, in order of time.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// What is known of `resource` at a point in time; `None` when nothing ever was.
    ///
    /// `Exists` comes first: what is deleted has no other settings.
    pub fn settings(&self, resource: &Resource, at: At) -> Option<&Settings> {
        self.timelines.get(resource)?.settings(at)
    }

    /// The last description of `resource`, as it was printed.
    pub(super) fn description(&self, resource: &Resource) -> Option<&Map<String, Value>> {
        self.descriptions.get(resource)
    }

    /// The changes to a resource that succeeded, by index into [`History::changes`], in order.
    pub fn writes(&self, resource: &Resource) -> impl Iterator<Item = usize> {
        let steps = self.timelines.get(resource).into_iter();
        steps.flat_map(|line| line.steps.iter().map(|step| step.change))
    }

    /// Everything that a change was made to or a description shows, sorted.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.timelines.keys()
    }

    /// The states of every resource, sorted by resource.
    pub(super) fn timelines(&self) -> impl Iterator<Item = (&Resource, &Timeline)> {
        self.timelines.iter()
    }

    /// The pool of an app client, if any change or description names both.
    pub fn pool_of(&self, client: &AppClientId) -> Option<&UserPoolId> {
        self.pools.get(client)
    }
}

/// The last description of each resource; one without a date is taken for the present.
fn descriptions(mut snapshots: Vec<Snapshot>) -> BTreeMap<Resource, Map<String, Value>> {
    snapshots.sort_by_key(|snapshot| (snapshot.modified.is_none(), snapshot.modified));
    // Items of AWS Config show the past, and nothing to write back.
    let last = snapshots
        .into_iter()
        .filter(|snapshot| !snapshot.members.is_empty());
    last.map(|snapshot| (snapshot.resource, snapshot.members))
        .collect()
}

/// By time, then by what else is fixed, so that the order of reading is no matter.
fn in_order(a: &Change, b: &Change) -> Ordering {
    let time = a
        .time
        .cmp(&b.time)
        .then_with(|| a.event_id.cmp(&b.event_id));
    let name = || (&a.service, &a.name).cmp(&(&b.service, &b.name));
    let body = || (&a.request, &a.response).cmp(&(&b.request, &b.response));
    time.then_with(name).then_with(body)
}

fn pools(changes: &[Change], snapshots: &[Snapshot]) -> Pools {
    let named = changes.iter().filter_map(|change| {
        let write = Write::new(change);
        (write.service() == "cognito-idp").then_some((write.client()?, write.pool()?))
    });
    let described = snapshots
        .iter()
        .filter_map(|snapshot| match &snapshot.resource {
            Resource::Client(pool, client) => Some((client.clone(), pool.clone())),
            _ => None,
        });
    named.chain(described).collect()
}

fn standing(write: &Write<'_>, diff: &[DiffLine], opaque: bool) -> Standing {
    if let Some(error) = write.error() {
        return Standing::Failed(error.to_owned());
    }
    if write.is_release() {
        return Standing::Release;
    }
    if queries::is_on_users(&write.change.service, &write.change.name) {
        return Standing::OnUsers;
    }
    let seen = |line: &DiffLine| line.before != Known::Unknown || line.after != Known::Unknown;
    if diff.iter().any(seen) {
        Standing::Effective
    } else if opaque || !diff.is_empty() {
        Standing::Opaque
    } else {
        Standing::NoDifference
    }
}

#[cfg(test)]
mod tests;
