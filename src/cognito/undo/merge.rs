//! The three-way merge: guilty lines back, with those that they cannot go without.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::rules::{self, broken};
use crate::cognito::{
    read::set,
    setting::{Known, Setting, Settings, known},
};

/// Lists whose items stand for themselves, so that an item added since stays.
const LISTS: &[&str] = &[
    "AllowedOAuthScopes",
    "CallbackURLs",
    "LogoutURLs",
    "ReadAttributes",
    "Scopes",
    "SupportedIdentityProviders",
    "WriteAttributes",
];

/// The settings to have, and how they differ from those there are.
#[derive(Debug, Default)]
pub(super) struct Merge {
    pub target: Settings,
    /// Guilty lines and their partners that change.
    pub put_back: BTreeSet<Setting>,
    /// Lines put back only because a guilty one needs them, with the reason.
    pub partners: BTreeMap<Setting, &'static str>,
    /// Guilty lines whose value before is not known.
    pub lost: Vec<Setting>,
    /// Rules of Cognito that the result breaks all the same.
    pub refused: Vec<&'static str>,
}

/// The value that undoes the change of `setting`: what it was; of a list that was changed again
/// since, what it is now, with the items back that the change took and without those it brought.
pub(super) fn put_back(
    before: &Settings,
    after: &Settings,
    now: &Settings,
    setting: &Setting,
) -> Known {
    let was = known(before, setting);
    if !LISTS.contains(&setting.as_str()) || known(after, setting).same(known(now, setting)) {
        return was.clone();
    }
    let list = |settings| texts(known(settings, setting).value());
    match (list(before), list(after), list(now)) {
        (Some(before), Some(after), Some(mut now)) => {
            now.extend(before.difference(&after).cloned());
            now.retain(|item| before.contains(item) || !after.contains(item));
            match was {
                Known::Observed(_) => Known::Observed(set(now)),
                _ => Known::Assumed(set(now)),
            }
        }
        _ => was.clone(),
    }
}

/// Puts the `guilty` lines back into `now`, with the lines they cannot go without.
pub(super) fn merge(
    before: &Settings,
    after: &Settings,
    now: &Settings,
    guilty: &[Setting],
) -> Merge {
    let mut merge = Merge {
        target: now.clone(),
        ..Merge::default()
    };
    for setting in guilty {
        match put_back(before, after, now, setting) {
            Known::Unknown => merge.lost.push(setting.clone()),
            known if known.same(self::known(now, setting)) => {}
            known => merge.put(setting, known),
        }
    }
    // Each round puts at least one more line back, so that it ends.
    while let Some((setting, known, reason)) = merge.partner(before, after, now) {
        merge.put(&setting, known);
        merge.partners.insert(setting, reason);
    }
    merge.refused = broken(&merge.target)
        .into_iter()
        .map(|rule| rule.reason)
        .filter(|reason| broken(now).iter().all(|old| old.reason != *reason))
        .collect();
    merge
}

impl Merge {
    fn put(&mut self, setting: &Setting, known: Known) {
        self.target.insert(setting.clone(), known);
        self.put_back.insert(setting.clone());
    }

    /// A line that has to go back too, if there is one left.
    fn partner(
        &self,
        before: &Settings,
        after: &Settings,
        now: &Settings,
    ) -> Option<(Setting, Known, &'static str)> {
        let fresh = broken(&self.target)
            .into_iter()
            .filter(|rule| broken(now).iter().all(|old| old.reason != rule.reason));
        let halves = rules::halves(&self.put_back);
        let open = halves.into_iter().chain(fresh).flat_map(|rule| {
            let lines = rule.lines.iter();
            lines.map(move |line| (Setting::named(line), rule.reason))
        });
        open.filter(|(setting, _)| !self.put_back.contains(setting))
            .map(|(setting, reason)| {
                let known = put_back(before, after, now, &setting);
                (setting, known, reason)
            })
            .find(|(setting, known, _)| known.differs(self::known(now, setting)))
    }
}

pub(super) fn texts(value: Option<&Value>) -> Option<BTreeSet<String>> {
    let items = value?.as_array()?;
    items
        .iter()
        .map(|item| item.as_str().map(str::to_owned))
        .collect()
}
