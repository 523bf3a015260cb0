//! The same change made again and again: by one actor, on one resource, taking away the same.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::finding::{Finding, Suspect};
use crate::cognito::{
    history::{ConfigChange, DiffLine, History, Standing},
    setting::Setting,
};

/// What was done so long ago is no habit.
const LOOKED_BACK: TimeDelta = TimeDelta::days(90);

/// A change that was made before.
#[derive(Clone, Debug, PartialEq)]
pub struct Recurrence {
    /// How many times in all, this one included.
    pub times: usize,
    /// When first.
    pub first: DateTime<Utc>,
    /// When last.
    pub last: DateTime<Utc>,
    /// The setting it takes something from.
    pub setting: Setting,
    /// What it takes away each time, where that is a part of a list.
    pub lost: Vec<String>,
}

impl Recurrence {
    /// How often the actor of the change that is named did the same before; `None` where never.
    pub fn of(finding: &Finding, history: &History) -> Option<Self> {
        let named = finding.named()?;
        let line = named.diff.iter().find(|line| line.guilty)?;
        let made = &named.change.change;
        let before = history.changes().iter().filter(|change| {
            let age = made.time - change.change.time;
            age >= TimeDelta::zero() && age <= LOOKED_BACK && is_same(change, &line.line, named)
        });
        let times: Vec<DateTime<Utc>> = before.map(|change| change.change.time).collect();
        let (first, last) = (times.first()?, times.last()?);
        (times.len() > 1).then(|| Self {
            times: times.len(),
            first: *first,
            last: *last,
            setting: line.line.setting.clone(),
            lost: lost(&line.line),
        })
    }
}

fn is_same(change: &ConfigChange, line: &DiffLine, named: &Suspect) -> bool {
    let same = |other: &DiffLine| {
        let (lost, other_lost) = (lost(line), lost(other));
        other.setting == line.setting
            && (other.after.value() == line.after.value()
                || lost.iter().any(|item| other_lost.contains(item)))
    };
    let actor = &named.change.change.actor;
    change.standing == Standing::Effective
        && change.resource == named.change.resource
        && actor.is_some()
        && change.change.actor == *actor
        && change.diff.iter().any(same)
}

/// Elements of a list that are gone after a change.
fn lost(line: &DiffLine) -> Vec<String> {
    let (Some(Value::Array(before)), Some(Value::Array(after))) =
        (line.before.value(), line.after.value())
    else {
        return Vec::new();
    };
    let gone = before.iter().filter(|item| !after.contains(item));
    gone.filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}
