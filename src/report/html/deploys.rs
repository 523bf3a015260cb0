//! Changes grouped by deploy: the calls of one actor within seconds, those that changed nothing
//! apart.

use super::diff::{self, Setting};
use crate::{
    attribute::{Investigation, phrase, sets},
    cognito::history::{ConfigChange, Standing},
    report::words::{self, Clock, Labels},
};

/// The changes of one deploy, or one lone change.
#[derive(Debug)]
pub struct Deploy {
    /// When the first was made.
    pub time: String,
    /// By whom, and with what.
    pub by: String,
    /// What it did, in short.
    pub what: String,
    /// `guilty`, `effective` or `idle`.
    pub class: &'static str,
    /// Those that altered something, or may have.
    pub made: Vec<Made>,
    /// Those that did not.
    pub idle: Vec<Made>,
}

/// One change.
#[derive(Debug)]
pub struct Made {
    /// When.
    pub time: String,
    /// The call.
    pub name: String,
    /// What it was made to.
    pub resource: String,
    /// What it did.
    pub standing: String,
    /// Its event.
    pub event_id: String,
    /// `guilty`, `effective` or `idle`.
    pub class: &'static str,
    /// Settings before and after.
    pub settings: Vec<Setting>,
}

/// The deploys of a window, the latest first.
pub fn deploys(investigation: &Investigation, clock: Clock) -> Vec<Deploy> {
    let changes = &investigation.changes;
    let mut groups: Vec<(Option<String>, Vec<&ConfigChange>)> = Vec::new();
    for (change, set) in changes.iter().zip(sets::change_sets(changes)) {
        let same = groups
            .iter_mut()
            .rev()
            .take(8)
            .find(|(other, _)| set.is_some() && *other == set);
        match same {
            Some((_, group)) => group.push(change),
            None => groups.push((set, vec![change])),
        }
    }
    let groups = groups.iter().rev();
    groups
        .map(|(_, group)| deploy(group, investigation, clock))
        .collect()
}

fn deploy(group: &[&ConfigChange], investigation: &Investigation, clock: Clock) -> Deploy {
    let all = group
        .iter()
        .map(|change| made(change, investigation, clock));
    let (idle, made): (Vec<Made>, Vec<Made>) = all.partition(|made| made.class == "idle");
    let class = match (
        made.iter().any(|made| made.class == "guilty"),
        made.is_empty(),
    ) {
        (true, _) => "guilty",
        (false, true) => "idle",
        (false, false) => "effective",
    };
    let what = match (&made[..], &idle[..]) {
        ([one], []) | ([], [one]) => format!("{} of {}: {}", one.name, one.resource, one.standing),
        (made, idle) => {
            let calls = phrase::count((made.len() + idle.len()) as f64, "call");
            match idle.len() {
                0 => calls,
                idle => format!("{calls}, {idle} without effect"),
            }
        }
    };
    let first = group.first();
    Deploy {
        time: first
            .map(|change| clock.time(change.change.time))
            .unwrap_or_default(),
        by: first.map(|change| words::by(change)).unwrap_or_default(),
        what,
        class,
        made,
        idle,
    }
}

fn made(change: &ConfigChange, investigation: &Investigation, clock: Clock) -> Made {
    let id = &change.change.event_id;
    let mut findings = investigation.findings.iter();
    let is_guilty = findings.any(|finding| finding.names(id));
    let labels = Labels::new(&investigation.names);
    Made {
        time: clock.time(change.change.time),
        name: change.change.name.clone(),
        resource: labels.short(&words::resource(&change.resource)),
        standing: words::standing(change),
        event_id: id.clone(),
        class: match &change.standing {
            _ if is_guilty => "guilty",
            Standing::Effective | Standing::Opaque | Standing::Release | Standing::OnUsers => {
                "effective"
            }
            Standing::NoDifference | Standing::Failed(_) => "idle",
        },
        settings: diff::of_change(change),
    }
}
