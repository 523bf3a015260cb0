//! What a resource leads to over links between resources: from a list over a web ACL to the pool, from
//! a record over a domain to the pool, from a secret by its name to an app client.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use crate::cognito::{
    history::{ConfigChange, History},
    links::{self, End},
};

/// So many links in a row lead somewhere.
const FARTHEST: usize = 4;

/// What each resource leads to, found when it is asked for.
pub struct Reachable {
    beside: BTreeMap<End, BTreeSet<End>>,
    found: RefCell<BTreeMap<End, Rc<BTreeSet<End>>>>,
}

impl Reachable {
    /// Over the links of a history.
    pub fn new(history: &History) -> Self {
        let mut beside: BTreeMap<End, BTreeSet<End>> = BTreeMap::new();
        for link in links::links(history) {
            beside
                .entry(link.from.clone())
                .or_default()
                .insert(link.to.clone());
            beside.entry(link.to).or_default().insert(link.from);
        }
        Self {
            beside,
            found: RefCell::default(),
        }
    }

    /// Everything that a change leads to: that of records in a zone, from the hosts that they are of.
    pub fn from(&self, change: &ConfigChange) -> Rc<BTreeSet<End>> {
        let hosts = change.diff.iter();
        let mut hosts = hosts
            .filter_map(|line| End::host_of_record(&line.setting))
            .peekable();
        match hosts.peek() {
            None => self.reached(End::from(&change.resource)),
            Some(_) => {
                let found = hosts.map(|host| self.reached(host));
                let all = found.flat_map(|found| found.iter().cloned().collect::<Vec<_>>());
                Rc::new(all.collect())
            }
        }
    }

    fn reached(&self, start: End) -> Rc<BTreeSet<End>> {
        if let Some(found) = self.found.borrow().get(&start) {
            return Rc::clone(found);
        }
        let found = Rc::new(self.search(&start));
        let kept = Rc::clone(&found);
        self.found.borrow_mut().insert(start, kept);
        found
    }

    fn search(&self, start: &End) -> BTreeSet<End> {
        let mut found = BTreeSet::new();
        let mut edge = vec![start];
        for _ in 0..FARTHEST {
            let next = edge.iter().flat_map(|end| self.beside.get(*end)).flatten();
            let new: Vec<&End> = next.filter(|end| found.insert((*end).clone())).collect();
            // Pools and clients are where it ends: what else they use does not depend on this.
            edge = new
                .into_iter()
                .filter(|end| !["user_pool", "client"].contains(&end.kind.as_str()))
                .collect();
        }
        found
    }
}
