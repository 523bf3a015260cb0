//! Names and ids of app clients and user pools, and which of them a person means.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    history::{At, History},
    setting::{Resource, value},
};
use crate::{
    ids::{AppClientId, UserPoolId},
    record::mask::MASK,
};

/// Every app client and user pool that is known, with what each was called over time.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    clients: Entries,
    pools: Entries,
}

/// Names by id, the latest last.
type Entries = BTreeMap<String, Vec<String>>;

/// Why a text means no one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// Nothing is called so.
    Unknown,
    /// Several are: their ids, each with its name.
    Ambiguous(Vec<(String, Option<String>)>),
}

impl Directory {
    /// What changes and descriptions tell.
    pub fn new(history: &History) -> Self {
        let mut directory = Self::default();
        for change in history.changes() {
            let record = &change.change;
            directory.add_client(record.client.as_deref());
            directory.add_pool(record.user_pool.as_deref());
            let Some((entry, setting)) = directory.entry(&change.resource) else {
                continue;
            };
            let lines = change.diff.iter();
            let lines = lines.filter(|line| line.setting.as_str() == setting);
            for known in lines.flat_map(|line| [&line.before, &line.after]) {
                call(entry, known.observed().and_then(|name| name.as_str()));
            }
        }
        for resource in history.resources() {
            let Some((entry, setting)) = directory.entry(resource) else {
                continue;
            };
            let settings = history.settings(resource, At::Now);
            let name = settings.and_then(|settings| value(settings, setting));
            call(entry, name.and_then(|name| name.as_str()));
        }
        directory
    }

    /// The names of a resource, and the setting that holds its name.
    fn entry(&mut self, resource: &Resource) -> Option<(&mut Vec<String>, &'static str)> {
        match resource {
            Resource::Client(_, client) => {
                let entry = self.clients.entry(client.as_str().to_owned());
                Some((entry.or_default(), "ClientName"))
            }
            Resource::Pool(pool) => {
                let entry = self.pools.entry(pool.as_str().to_owned());
                Some((entry.or_default(), "PoolName"))
            }
            _ => None,
        }
    }

    /// Notes an app client that requests name.
    pub fn add_client(&mut self, id: Option<&str>) {
        if let Some(id) = id {
            self.clients.entry(id.to_owned()).or_default();
        }
    }

    /// Notes a user pool that requests name.
    pub fn add_pool(&mut self, id: Option<&str>) {
        if let Some(id) = id {
            self.pools.entry(id.to_owned()).or_default();
        }
    }

    /// Notes what a person calls an app client, whatever its records say.
    pub fn call_client(&mut self, id: &AppClientId, name: &str) {
        let entry = self.clients.entry(id.as_str().to_owned()).or_default();
        call(entry, Some(name));
    }

    /// The last name of each app client that has one.
    pub fn client_names(&self) -> BTreeMap<AppClientId, String> {
        let names = self.clients.iter();
        let names = names.filter_map(|(id, names)| Some((id, names.last()?)));
        let names = names.map(|(id, name)| (AppClientId::new(id), name.clone()));
        names.collect()
    }

    /// The app client with this id or name, or the only one whose id or name begins so.
    ///
    /// # Errors
    ///
    /// None is, or several are.
    pub fn client(&self, typed: &str) -> Result<AppClientId, Mismatch> {
        find(&self.clients, typed).map(AppClientId::new)
    }

    /// The user pool with this id or name, or the only one whose id or name begins so.
    ///
    /// # Errors
    ///
    /// None is, or several are.
    pub fn pool(&self, typed: &str) -> Result<UserPoolId, Mismatch> {
        find(&self.pools, typed).map(UserPoolId::new)
    }
}

/// Notes a name, the last one last.
fn call(names: &mut Vec<String>, name: Option<&str>) {
    let Some(name) = name.filter(|name| !name.trim().is_empty() && *name != MASK) else {
        return;
    };
    names.retain(|known| known != name);
    names.push(name.to_owned());
}

/// An id wins over a name, a whole name over the beginning of one.
fn find<'a>(entries: &'a Entries, typed: &str) -> Result<&'a str, Mismatch> {
    if let Some((id, _)) = entries.get_key_value(typed) {
        return Ok(id);
    }
    let typed = typed.to_lowercase();
    let is = |name: &str| name.to_lowercase() == typed;
    let begins = |name: &str| name.to_lowercase().starts_with(&typed);
    let named = |fits: &dyn Fn(&str) -> bool| -> BTreeSet<&'a str> {
        let fitting = entries.iter();
        let fitting = fitting.filter(|(id, names)| fits(id) || names.iter().any(|name| fits(name)));
        fitting.map(|(id, _)| id.as_str()).collect()
    };
    let mut found = named(&is);
    if found.is_empty() && !typed.is_empty() {
        found = named(&begins);
    }
    match found.iter().collect::<Vec<_>>()[..] {
        [] => Err(Mismatch::Unknown),
        [one] => Ok(one),
        _ => Err(Mismatch::Ambiguous(
            found
                .into_iter()
                .map(|id| {
                    (
                        id.to_owned(),
                        entries.get(id).and_then(|names| names.last()).cloned(),
                    )
                })
                .collect(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        let mut directory = Directory::default();
        for (id, name) in [
            ("1shopexample", "webshop"),
            ("1shoptoexample", "webshop-test"),
            ("2billexample", "billing"),
            ("3oldexample", "billing"),
        ] {
            directory.call_client(&AppClientId::new(id), name);
        }
        directory.add_client(Some("4namelessexample"));
        directory.add_pool(Some("eu-west-1_ShopEXAMPLE"));
        directory
    }

    #[test]
    fn a_client_is_found_by_id_name_or_the_beginning_of_either() {
        let directory = directory();
        for (typed, expected) in [
            ("1shopexample", "1shopexample"),
            ("webshop", "1shopexample"),
            ("Webshop-T", "1shoptoexample"),
            ("1shopt", "1shoptoexample"),
            ("4name", "4namelessexample"),
            ("2", "2billexample"),
        ] {
            let found = directory.client(typed);
            assert_eq!(found, Ok(AppClientId::new(expected)), "{typed}");
        }
        assert_eq!(
            directory.pool("eu-west-1_shop"),
            Ok(UserPoolId::new("eu-west-1_ShopEXAMPLE"))
        );
        assert_eq!(directory.client("nosuch"), Err(Mismatch::Unknown));
        assert_eq!(directory.client(""), Err(Mismatch::Unknown));
    }

    #[test]
    fn what_several_are_called_lists_them() {
        let Err(Mismatch::Ambiguous(found)) = directory().client("bill") else {
            panic!("one is found");
        };
        let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["2billexample", "3oldexample"]);
        assert_eq!(found[0].1.as_deref(), Some("billing"));
        let begin = directory().client("1shop");
        assert!(matches!(begin, Err(Mismatch::Ambiguous(found)) if found.len() == 2));
    }

    #[test]
    fn the_last_name_is_shown() {
        let mut directory = directory();
        directory.call_client(&AppClientId::new("1shopexample"), "shop");
        let names = directory.client_names();
        assert_eq!(names[&AppClientId::new("1shopexample")], "shop");
        assert!(!names.contains_key(&AppClientId::new("4namelessexample")));
        assert!(directory.client("webshop").is_ok());
    }
}
