//! App clients by their names, with the id beside a name once.

use std::collections::{BTreeMap, BTreeSet};

use super::LONGEST_NAME;
use crate::{detect::Incident, ids::AppClientId, report::escape::cut};

/// What app clients are called.
#[derive(Debug)]
pub struct Labels<'a> {
    names: &'a BTreeMap<AppClientId, String>,
    /// Names that several app clients have.
    shared: BTreeSet<&'a str>,
}

/// Of an id, enough to tell app clients of one name apart.
const BEGINNING: usize = 6;

impl<'a> Labels<'a> {
    /// Labels by these names.
    pub fn new(names: &'a BTreeMap<AppClientId, String>) -> Self {
        let mut seen = BTreeSet::new();
        let names_of = names.values().map(String::as_str);
        let shared = names_of.filter(|name| !seen.insert(*name)).collect();
        Self { names, shared }
    }

    /// The name of an app client, or its id.
    pub fn client(&self, id: &AppClientId) -> String {
        self.name(id).unwrap_or_else(|| id.to_string())
    }

    fn name(&self, id: &AppClientId) -> Option<String> {
        let name = self.names.get(id)?;
        let short = cut(name, LONGEST_NAME);
        Some(match self.shared.contains(name.as_str()) {
            true => format!(
                "{short} ({}…)",
                id.as_str().chars().take(BEGINNING).collect::<String>()
            ),
            false => short,
        })
    }

    /// Whose incident it is: `billing`, `billing +2`.
    pub fn app(&self, incident: &Incident) -> String {
        match (&incident.clients[..], &incident.user_pool) {
            ([], Some(pool)) => format!("pool {pool}"),
            ([], None) => "unknown".to_owned(),
            ([one], _) => self.client(one),
            ([first, rest @ ..], _) => format!("{} +{}", self.client(first), rest.len()),
        }
    }

    /// A text with names in place of ids.
    pub fn short(&self, text: &str) -> String {
        self.replaced(text, |_, name| name)
    }

    /// A text with the id beside each name.
    pub fn with_ids(&self, text: &str) -> String {
        self.replaced(text, |id, name| format!("{name} ({id})"))
    }

    /// A text with names in place of ids; an id that was not `told` before stands beside its name.
    pub fn introduced(&self, text: &str, told: &mut BTreeSet<AppClientId>) -> String {
        self.replaced(text, |id, name| match told.insert(id.clone()) {
            true => format!("{name} ({id})"),
            false => name,
        })
    }

    fn replaced(&self, text: &str, mut say: impl FnMut(&AppClientId, String) -> String) -> String {
        let mut text = text.to_owned();
        for (id, name) in self.names {
            if name == id.as_str() || !text.contains(id.as_str()) {
                continue;
            }
            let Some(name) = self.name(id) else {
                continue;
            };
            let mut out = String::with_capacity(text.len());
            let mut rest = text.as_str();
            while let Some((before, after)) = rest.split_once(id.as_str()) {
                out.push_str(before);
                match is_inside(&out, after) {
                    true => out.push_str(id.as_str()),
                    false => out.push_str(&say(id, name.clone())),
                }
                rest = after;
            }
            out.push_str(rest);
            text = out;
        }
        text
    }
}

/// An id may stand in a command, in code or in a longer id, which stays as it is.
fn is_inside(before: &str, after: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || "-_\"'.…".contains(c);
    let ends = |c: char| c.is_ascii_alphanumeric() || "-_\"'".contains(c);
    before.ends_with(part) || after.starts_with(ends) || before.matches('`').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> BTreeMap<AppClientId, String> {
        let names = [
            ("4billing0example", "billing"),
            ("5oldbill0example", "old"),
            ("6oldbill0example", "old"),
        ];
        let names = names.map(|(id, name)| (AppClientId::new(id), name.to_owned()));
        names.into()
    }

    #[test]
    fn an_id_stands_beside_its_name_once_and_never_inside_of_anything() {
        let names = names();
        let labels = Labels::new(&names);
        let mut told = BTreeSet::new();
        let text = "4billing0example failed; 4billing0example is of `4billing0example`.";
        assert_eq!(
            labels.introduced(text, &mut told),
            "billing (4billing0example) failed; billing is of `4billing0example`."
        );
        assert_eq!(
            labels.introduced("4billing0example.", &mut told),
            "billing."
        );
        for kept in [
            "x4billing0example",
            "4billing0example--177",
            "\"4billing0example\"",
        ] {
            assert_eq!(labels.short(kept), kept);
        }
    }

    #[test]
    fn clients_of_one_name_are_told_apart() {
        let names = names();
        let labels = Labels::new(&names);
        let old = |id: &str| labels.client(&AppClientId::new(id));
        assert_eq!(old("5oldbill0example"), "old (5oldbi…)");
        assert_eq!(old("6oldbill0example"), "old (6oldbi…)");
        assert_eq!(old("7noname0example"), "7noname0example");
    }
}
