//! The states of one resource in order.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{At, DiffLine};
use crate::cognito::{
    lifetime::{Token, lifetime},
    setting::{Setting, Settings, known},
};

/// One successful write.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cognito) struct Step {
    /// Index of the change.
    pub change: usize,
    pub before: Settings,
    pub after: Settings,
    /// What the request gave or reset.
    pub touched: BTreeSet<Setting>,
    /// What is known after it by a description only.
    pub described: BTreeSet<Setting>,
    /// Whether it changed something that no log shows.
    pub opaque: bool,
}

impl Step {
    /// Settings that differ, and settings given or reset whose value before nobody knows.
    pub fn diff(&self) -> Vec<DiffLine> {
        let settings: BTreeSet<&Setting> = self.before.keys().chain(self.after.keys()).collect();
        settings
            .into_iter()
            .filter(|setting| self.is_line(setting))
            .map(|setting| DiffLine {
                setting: setting.clone(),
                before: known(&self.before, setting).clone(),
                after: known(&self.after, setting).clone(),
            })
            .collect()
    }

    fn is_line(&self, setting: &Setting) -> bool {
        let (before, after) = (known(&self.before, setting), known(&self.after, setting));
        let both = before.value().is_some() && after.value().is_some();
        *setting != Setting::CLIENT_SECRET
            && !self.is_other_unit(setting)
            && (before.differs(after) || !both && self.touched.contains(setting))
    }

    /// Whether it is part of a lifetime that is as long as before, in whatever unit.
    fn is_other_unit(&self, setting: &Setting) -> bool {
        let name = setting.as_str();
        let tokens = Token::ALL.into_iter();
        let mut own = tokens.filter(|token| [token.validity(), token.unit()].contains(&name));
        own.any(|token| {
            let before = lifetime(&self.before, token);
            before.is_some() && before == lifetime(&self.after, token)
        })
    }
}

/// A description that was taken up between two writes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cognito) struct Taken {
    /// The step it stands before; the number of steps when it came last.
    pub before: usize,
    /// When what it shows was last modified.
    pub modified: Option<DateTime<Utc>>,
    /// What it told, apart from what younger writes touched.
    pub settings: Settings,
}

/// The states of one resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::cognito) struct Timeline {
    pub steps: Vec<Step>,
    /// Descriptions taken up, in order.
    pub taken: Vec<Taken>,
    /// What holds where no step says anything.
    pub baseline: Option<Settings>,
    pub now: Option<Settings>,
}

impl Timeline {
    pub fn step(&self, change: usize) -> Option<&Step> {
        let at = self.steps.partition_point(|step| step.change < change);
        self.steps.get(at).filter(|step| step.change == change)
    }

    pub fn settings(&self, at: At) -> Option<&Settings> {
        let done = match at {
            At::Now => return self.now.as_ref(),
            At::Before(change) => self.steps.partition_point(|step| step.change < change),
            At::After(change) => self.steps.partition_point(|step| step.change <= change),
        };
        match (at, self.steps.get(done)) {
            (At::Before(change), Some(own)) if own.change == change => Some(&own.before),
            (_, first) if done == 0 => first.map(|step| &step.before).or(self.baseline.as_ref()),
            _ => self.steps.get(done - 1).map(|step| &step.after),
        }
    }
}
