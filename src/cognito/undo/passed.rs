//! Members that this program does not know: they are passed on as they stand.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{call::put, document::member_of};
use crate::cognito::{
    members::Member,
    read::{canonical, given, is_no_setting},
    setting::{Setting, Settings, is_nothing, known},
};

/// What settings of other calls begin with.
const OF_OTHER_CALLS: &[&str] = &[
    "AccountTakeoverRiskConfiguration",
    "Branding",
    "ClientSecret",
    "CompromisedCredentialsRiskConfiguration",
    "EmailMfaConfiguration",
    "Exists",
    "RiskExceptionConfiguration",
    "SmsMfaConfiguration",
    "SoftwareTokenMfaConfiguration",
    "Terms",
    "UICustomization",
    "WebACL",
    "WebAuthnConfiguration",
];

/// Names of members that are not in the table.
#[derive(Debug, Default)]
pub(super) struct Passed {
    /// Those put into the document.
    pub known: Vec<String>,
    /// Those whose value is masked, or known in part.
    pub unknown: Vec<String>,
}

/// Puts the members that `table` lacks into the document: as the description spells them where it
/// still holds, else as the logs do.
pub(super) fn pass_on(
    table: &[Member],
    target: &Settings,
    description: Option<&Map<String, Value>>,
    document: &mut Map<String, Value>,
) -> Passed {
    let mut passed = Passed::default();
    let mut open: BTreeSet<&Setting> = beside(table, target).collect();
    for strange in description
        .map(|all| strangers(all, table))
        .into_iter()
        .flatten()
    {
        let lines = given(&strange.alone(), table);
        let holds = lines
            .iter()
            .all(|(line, seen)| seen.same(known(target, line)));
        let is_own = |line: &&&Setting| line.as_str().starts_with(&strange.name());
        if holds
            && open
                .iter()
                .filter(is_own)
                .all(|line| lines.contains_key(line))
        {
            open.retain(|line| !lines.contains_key(line));
            strange.put(document);
            passed.known.push(strange.name());
        }
    }
    for line in open {
        match known(target, line).value() {
            Some(value) => {
                put(document, line.as_str(), value.clone());
                passed.known.push(line.to_string());
            }
            None => passed.unknown.push(line.to_string()),
        }
    }
    passed
}

/// Lines of a state that no member of the table is, and that have a value or may have.
fn beside<'a>(table: &[Member], target: &'a Settings) -> impl Iterator<Item = &'a Setting> {
    let lines = target.iter().filter(|(line, known)| {
        let name = line.as_str();
        let top = name.split('.').next().unwrap_or_default();
        let empty = known.value().is_some_and(is_nothing);
        member_of(table, name).is_none() && !OF_OTHER_CALLS.contains(&top) && !empty
    });
    lines.map(|(line, _)| line)
}

/// A member of a description that the table lacks: where it stands, and what it holds.
struct Stranger<'a> {
    path: Vec<&'a str>,
    value: &'a Value,
}

impl Stranger<'_> {
    fn name(&self) -> String {
        let names = self.path.iter().map(|key| canonical(key));
        names.collect::<Vec<_>>().join(".")
    }

    fn put(&self, document: &mut Map<String, Value>) {
        let Some((last, above)) = self.path.split_last() else {
            return;
        };
        let mut place = document;
        for key in above {
            let object = place
                .entry(canonical(key))
                .or_insert_with(|| Value::Object(Map::new()));
            match object {
                Value::Object(object) => place = object,
                _ => return,
            }
        }
        place.insert((*last).to_owned(), self.value.clone());
    }

    fn alone(&self) -> Map<String, Value> {
        let mut alone = Map::new();
        self.put(&mut alone);
        alone
    }
}

fn strangers<'a>(object: &'a Map<String, Value>, table: &[Member]) -> Vec<Stranger<'a>> {
    let mut found = Vec::new();
    let top = object.iter().filter(|(key, _)| !is_no_setting(key));
    for (key, value) in top {
        look(&mut found, table, vec![key], value);
    }
    found
}

fn look<'a>(found: &mut Vec<Stranger<'a>>, table: &[Member], path: Vec<&'a str>, value: &'a Value) {
    let stranger = Stranger { path, value };
    let name = stranger.name();
    let is = |member: &Member| member.name == name;
    let is_above = |member: &Member| member.name.starts_with(&format!("{name}."));
    let is_key = name == "Name";
    if value.is_null() || is_key || table.iter().any(is) {
        return;
    }
    match value.as_object().filter(|_| table.iter().any(is_above)) {
        Some(object) => {
            for (key, value) in object {
                let path = stranger.path.iter().copied().chain([key.as_str()]);
                look(found, table, path.collect(), value);
            }
        }
        None => found.push(stranger),
    }
}
