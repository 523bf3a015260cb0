//! The three-way merge: lines back to what they were, with those that they cannot go without.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    accepted::{Request, requests},
    rules::{self, CLIENT_RULES, Rule, broken},
};
use crate::cognito::{
    members::{CLIENT, Member, find},
    read::set,
    setting::{Known, Setting, Settings, known},
};

/// Lists whose items stand for themselves: an item that was added stays.
const LISTS: &[&str] = &[
    "AllowedOAuthFlows",
    "AllowedOAuthScopes",
    "AutoVerifiedAttributes",
    "CallbackURLs",
    "ExplicitAuthFlows",
    "IdpIdentifiers",
    "LogoutURLs",
    "Policies.SignInPolicy.AllowedFirstAuthFactors",
    "ReadAttributes",
    "Scopes",
    "SupportedIdentityProviders",
    "WriteAttributes",
];

/// The states around a change.
#[derive(Clone, Copy)]
pub(super) struct States<'a> {
    pub before: &'a Settings,
    pub after: &'a Settings,
    pub now: &'a Settings,
}

/// The settings to have, and how they differ from those there are.
#[derive(Debug, Default)]
pub(super) struct Merge {
    pub target: Settings,
    /// Lines that change: guilty ones, their partners, and what else is put back.
    pub put_back: BTreeSet<Setting>,
    /// Lines put back only because another one needs them, with the reason.
    pub partners: BTreeMap<Setting, &'static str>,
    /// Lines whose value before is not known.
    pub lost: Vec<Setting>,
    /// Items that the change brought and that cannot stay, with the reason.
    pub dropped: Vec<(Setting, String, &'static str)>,
    /// Rules of Cognito that the result breaks all the same.
    pub refused: Vec<&'static Rule>,
}

impl States<'_> {
    /// The value that undoes the change of `setting`: what it was; of a list, what it is now with
    /// the items back that the change took.
    pub fn put_back(&self, setting: &Setting) -> Known {
        let was = known(self.before, setting);
        if !LISTS.contains(&setting.as_str()) {
            return was.clone();
        }
        let list = |settings| items(settings, setting);
        let (Some(before), Some(mut items)) = (list(self.before), list(self.now)) else {
            return was.clone();
        };
        let after = list(self.after).unwrap_or_default();
        items.extend(before.difference(&after).cloned());
        like(was, items)
    }

    /// Whether a later change altered the line again.
    pub fn is_later_altered(&self, setting: &Setting) -> bool {
        known(self.after, setting).differs(known(self.now, setting))
    }
}

/// A list, vouched for as `was` is.
fn like(was: &Known, items: BTreeSet<String>) -> Known {
    match was {
        Known::Observed(_) => Known::Observed(set(items)),
        Known::Assumed(_) | Known::Unknown => Known::Assumed(set(items)),
    }
}

/// Puts the `guilty` lines of a client back into its settings now, and of `others` exactly what
/// they were, with the lines they cannot go without.
pub(super) fn merge(states: States<'_>, guilty: &[Setting], others: &[Setting]) -> Merge {
    let mut merge = Merge {
        target: states.now.clone(),
        ..Merge::default()
    };
    for setting in others {
        let exact = !states.is_later_altered(setting);
        let was = known(states.before, setting).clone();
        merge.put(setting, if exact { was } else { states.put_back(setting) });
    }
    let wanted = guilty
        .iter()
        .map(|setting| (setting, states.put_back(setting)));
    for (setting, wanted) in wanted {
        match wanted {
            Known::Unknown => merge.lost.push(setting.clone()),
            wanted if wanted.same(known(states.now, setting)) => {}
            wanted => merge.put(setting, wanted),
        }
    }
    // Each round puts at least one more line back, so that it ends.
    while let Some((setting, wanted, reason)) = merge.partner(states) {
        merge.put(&setting, wanted);
        merge.partners.insert(setting, reason);
    }
    merge.drop_what_cannot_stay(states);
    merge.refused = fresh(&merge.target, states.now).collect();
    merge
}

/// Rules that `target` breaks and `now` does not: Cognito took what there is.
fn fresh<'a>(target: &'a Settings, now: &'a Settings) -> impl Iterator<Item = &'static Rule> + 'a {
    let is_old = |rule: &Rule| broken(CLIENT_RULES, now).any(|old| old.reason == rule.reason);
    broken(CLIENT_RULES, target).filter(move |rule| !is_old(rule))
}

impl Merge {
    fn put(&mut self, setting: &Setting, known: Known) {
        self.target.insert(setting.clone(), known);
        self.put_back.insert(setting.clone());
    }

    /// A line that has to go back too, if there is one left: not where dropping items does.
    fn partner(&self, states: States<'_>) -> Option<(Setting, Known, &'static str)> {
        let mut least = self.target.clone();
        for setting in &self.put_back {
            least.insert(setting.clone(), self.least(states, setting));
        }
        let rules: Vec<&Rule> = fresh(&least, states.now).collect();
        let tied = rules.iter().flat_map(|rule| {
            let lines = rule.lines.iter();
            lines.map(move |line| (*line, rule.reason))
        });
        rules::halves(&self.put_back)
            .chain(tied)
            .map(|(line, reason)| (Setting::named(line), reason))
            .filter(|(setting, _)| !self.put_back.contains(setting))
            .map(|(setting, reason)| (states.put_back(&setting), setting, reason))
            .find(|(wanted, setting, _)| wanted.differs(known(states.now, setting)))
            .map(|(wanted, setting, reason)| (setting, wanted, reason))
    }

    /// What a line holds without the items that may be dropped: those that the change brought.
    fn least(&self, states: States<'_>, setting: &Setting) -> Known {
        let wanted = known(&self.target, setting);
        let (Some(mut items), Some(before), true) = (
            texts(wanted.value()),
            items(states.before, setting),
            LISTS.contains(&setting.as_str()),
        ) else {
            return wanted.clone();
        };
        items.retain(|item| before.contains(item));
        like(wanted, items)
    }

    /// Takes out of the lists put back what the change brought and what, beside the rest, Cognito
    /// refuses to take, or requests are refused for.
    fn drop_what_cannot_stay(&mut self, states: States<'_>) {
        let whole = self.target.clone();
        for setting in &self.put_back {
            let least = self.least(states, setting);
            self.target.insert(setting.clone(), least);
        }
        // An item more refuses nobody, but for the flows that mean another thing beside others.
        let flows = [Setting::named("ExplicitAuthFlows")];
        let mut requests = requests(&flows, &[]);
        requests.retain(|one| passes(one, states.before) && passes(one, &self.target));
        for (setting, item) in brought(&whole, &self.target) {
            let least = known(&self.target, &setting).clone();
            let mut items = texts(least.value()).unwrap_or_default();
            items.insert(item.clone());
            let mut target = self.target.clone();
            target.insert(setting.clone(), like(&least, items));
            match harm(&target, &self.target, states.now, &requests) {
                None => self.target = target,
                Some(reason) => self.dropped.push((setting, item, reason)),
            }
        }
    }
}

/// Why `target` would not do where `least` would.
fn harm(
    target: &Settings,
    least: &Settings,
    now: &Settings,
    requests: &[Request],
) -> Option<&'static str> {
    let old: Vec<&str> = fresh(least, now).map(|rule| rule.reason).collect();
    let mut rules = fresh(target, now).map(|rule| rule.reason);
    let rule = rules.find(|reason| !old.contains(reason));
    let all_pass = || requests.iter().all(|one| passes(one, target));
    rule.or_else(|| (!all_pass()).then_some("requests that passed before would be refused"))
}

fn passes(request: &Request, settings: &Settings) -> bool {
    request.refused_by(settings).is_none()
}

/// The items of lists that `least` lacks.
fn brought(whole: &Settings, least: &Settings) -> Vec<(Setting, String)> {
    let mut brought = Vec::new();
    for (setting, known_whole) in whole {
        let items = texts(known_whole.value());
        let (Some(items), Some(least)) = (items, texts(known(least, setting).value())) else {
            continue;
        };
        let new = items.difference(&least);
        brought.extend(new.map(|item| (setting.clone(), item.clone())));
    }
    brought
}

/// The items of a list. An empty one stands for the default where that is not empty: responses omit
/// it.
pub(super) fn items(settings: &Settings, setting: &Setting) -> Option<BTreeSet<String>> {
    let items = texts(known(settings, setting).value())?;
    let default = find(CLIENT, setting.as_str()).and_then(Member::default_value);
    match items.is_empty() {
        true => texts(default.as_ref()).or(Some(items)),
        false => Some(items),
    }
}

pub(super) fn texts(value: Option<&Value>) -> Option<BTreeSet<String>> {
    let items = value?.as_array()?;
    items
        .iter()
        .map(|item| item.as_str().map(str::to_owned))
        .collect()
}
