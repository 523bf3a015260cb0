//! Replacements: what is deleted and made anew under another id or name by one hand.

use chrono::TimeDelta;

use super::{End, Found, REPLACED};
use crate::cognito::{
    history::{ConfigChange, History, Standing},
    setting::{Resource, value},
};

/// A stack makes the new resource first and deletes the old one at its end; a plan does it the other
/// way round: so far apart the two may lie.
const APART: TimeDelta = TimeDelta::minutes(2);

/// Adds a link from each deleted resource to the one that replaces it.
pub(super) fn add(history: &History, found: &mut Found) {
    let done = |beginning: &str| {
        let changes = history.changes().iter().enumerate();
        let changes = changes.filter(|(_, change)| !matches!(change.standing, Standing::Failed(_)));
        changes
            .filter(|(_, change)| change.change.name.starts_with(beginning))
            .collect::<Vec<_>>()
    };
    let created = done("Create");
    for (_, deleted) in done("Delete") {
        let near = created
            .iter()
            .filter(|(_, new)| replaces(new, deleted) && may_be_same(history, new, deleted));
        let nearest = near.min_by_key(|(_, new)| (new.change.time - deleted.change.time).abs());
        let Some((_, new)) = nearest else {
            continue;
        };
        let later = if new.change.time > deleted.change.time {
            new
        } else {
            deleted
        };
        let (from, to) = (End::from(&deleted.resource), End::from(&new.resource));
        found.add(Some(later), from, to, REPLACED);
    }
}

/// Whether one hand made something of the kind in the same place at about the same time.
fn replaces(new: &ConfigChange, old: &ConfigChange) -> bool {
    let by = |change: &ConfigChange| (change.change.actor.clone(), change.change.tool.clone());
    let kind = |change: &ConfigChange| {
        let name = &change.change.name;
        let kind = name
            .trim_start_matches("Create")
            .trim_start_matches("Delete");
        kind.to_owned()
    };
    new.resource != old.resource
        && new.resource.pool() == old.resource.pool()
        && new.change.service == old.change.service
        && new.change.region == old.change.region
        && new.change.account == old.change.account
        && by(new) == by(old)
        && kind(new) == kind(old)
        && (new.change.time - old.change.time).abs() <= APART
}

/// Clients of different names are different clients; only one domain of each kind fits a pool.
fn may_be_same(history: &History, new: &ConfigChange, old: &ConfigChange) -> bool {
    let name = |change: &ConfigChange| {
        let writes: Vec<usize> = history.writes(&change.resource).collect();
        let mut settings = writes
            .iter()
            .rev()
            .filter_map(|write| history.settings(&change.resource, super::At::Before(*write)));
        let after = history.settings(&change.resource, super::At::Now);
        let named = after.and_then(|settings| value(settings, "ClientName"));
        let named = named.or_else(|| settings.find_map(|settings| value(settings, "ClientName")));
        named.cloned()
    };
    match &new.resource {
        Resource::Client(..) => match (name(new), name(old)) {
            (Some(new), Some(old)) => new == old,
            _ => true,
        },
        Resource::Domain(_, domain) => match &old.resource {
            Resource::Domain(_, other) => domain.contains('.') == other.contains('.'),
            _ => false,
        },
        Resource::Function(_) | Resource::Other(..) => false,
        _ => true,
    }
}
