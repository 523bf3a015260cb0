//! Changes of firewalls in front of a user pool.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    super::{
        super::{
            model::{Kind, Tool},
            rules::{self, reach},
        },
        draft::{Deed, Draft},
        guilty::Change,
        harmless::rules_with,
        patch::{Alter, set},
    },
    pool,
};

const OPERATORS: &[Tool] = &[Tool::Console, Tool::Cli, Tool::Terraform, Tool::Script];

/// An ACL for internal callers is put in front of a pool.
pub fn strict_acl(draft: &mut Draft) -> Vec<Change> {
    let of = draft.resources(Kind::AclAssociation).into_iter();
    let changes = of.map(|resource| {
        let acl = rules::strict_acl(&draft.world.estate, resource);
        Change::new(resource, Deed::Set(set("acl", json!(acl)))).by(OPERATORS)
    });
    changes.collect()
}

pub fn deny_by_default(draft: &mut Draft) -> Vec<Change> {
    let changes = pool::set_on(draft, Kind::Acl, "DefaultAction", json!({"Block": {}})).into_iter();
    changes.map(|change| change.by(OPERATORS)).collect()
}

/// An ACL gets a rule that meets more than it should.
pub fn rule(draft: &mut Draft, blocks: &str, name: &str, statement: &Value) -> Vec<Change> {
    let of = draft.resources(Kind::Acl).into_iter();
    let changes = of.map(|resource| {
        let rule = json!({
            "Name": name,
            "Priority": 70,
            "Action": {"Block": {}},
            "Statement": statement,
        });
        let patch = vec![
            (
                "Rules".to_owned(),
                Alter::To(rules_with(draft, resource, rule)),
            ),
            ("~Blocks".to_owned(), Alter::To(json!(blocks))),
        ];
        Change::new(resource, Deed::Set(patch)).by(OPERATORS)
    });
    changes.collect()
}

/// Addresses of an app client's callers come onto a list of blocked ones: one, or many.
pub fn addresses(draft: &mut Draft, share: f64) -> Vec<Change> {
    let mut changes = Vec::new();
    for resource in draft.resources(Kind::IpSet) {
        for client in reach::clients(&draft.world.estate, resource) {
            let mut blocked = busiest(draft, client);
            let count = (share * blocked.len() as f64).ceil().clamp(1.0, 40.0);
            blocked.truncate(count as usize);
            if blocked.is_empty() {
                continue;
            }
            let ranges = blocked.iter().map(|address| range(address));
            let patch = vec![
                ("Addresses".to_owned(), Alter::With(ranges.collect())),
                ("~Addresses".to_owned(), Alter::With(blocked.clone())),
            ];
            changes.push(Change::new(resource, Deed::Set(patch)).by(OPERATORS));
        }
    }
    changes
}

/// The addresses of an app client's callers, those first that send most.
fn busiest(draft: &Draft, client: usize) -> Vec<String> {
    let callers = &draft.world.estate.callers;
    let mut sent: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for plan in draft
        .world
        .plans
        .iter()
        .filter(|plan| plan.client == client)
    {
        *sent.entry(&callers[plan.caller].address).or_default() += 1;
    }
    let public: BTreeSet<(std::cmp::Reverse<usize>, &str)> = sent
        .into_iter()
        .filter(|(address, _)| !address.contains(':'))
        .map(|(address, count)| (std::cmp::Reverse(count), address))
        .collect();
    public
        .into_iter()
        .map(|(_, address)| address.to_owned())
        .collect()
}

fn range(address: &str) -> String {
    format!("{address}/32")
}
