//! The states of one resource in order.

use std::collections::BTreeSet;

use super::{At, DiffLine};
use crate::cognito::setting::{Setting, Settings, known};

/// One successful write.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    /// Index of the change.
    pub change: usize,
    pub before: Settings,
    pub after: Settings,
    /// What the request gave or reset.
    pub touched: BTreeSet<Setting>,
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
            && (before.differs(after) || !both && self.touched.contains(setting))
    }
}

/// The states of one resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Timeline {
    pub steps: Vec<Step>,
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
