//! Change sets: the changes of one deploy, made by one actor within seconds.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::cognito::history::ConfigChange;

/// Changes of one actor and tool this near to each other belong to one deploy: Terraform and
/// CloudFormation write several resources a second (domain.md §7, 33).
const SAME_DEPLOY: TimeDelta = TimeDelta::seconds(10);

/// The change set of each change by its index; `None` for a lone change.
pub fn change_sets(changes: &[ConfigChange]) -> Vec<Option<String>> {
    let mut open: BTreeMap<(Option<&str>, Option<&str>), Vec<usize>> = BTreeMap::new();
    let mut sets = vec![None; changes.len()];
    let close = |members: &[usize], sets: &mut Vec<Option<String>>| {
        if let [first, _, ..] = members {
            let id: String = changes[*first].change.event_id.chars().take(8).collect();
            for member in members {
                sets[*member] = Some(format!("set-{id}"));
            }
        }
    };
    let configuration = changes.iter().enumerate();
    for (index, change) in configuration.filter(|(_, change)| !change.is_beside_settings()) {
        let change = &change.change;
        let by = (change.actor.as_deref(), change.tool.as_deref());
        let members = open.entry(by).or_default();
        let near = members
            .last()
            .is_some_and(|last| change.time - changes[*last].change.time <= SAME_DEPLOY);
        if !near {
            close(members, &mut sets);
            members.clear();
        }
        members.push(index);
    }
    for members in open.values() {
        close(members, &mut sets);
    }
    sets
}
