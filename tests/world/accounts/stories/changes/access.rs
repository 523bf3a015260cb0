//! Changes of the network by which a service reaches Cognito.

use serde_json::{Value, json};

use super::super::{
    super::model::{Kind, Resource, Tool},
    draft::{Deed, Draft},
    guilty::Change,
    patch::{Alter, Patch},
};

const OPERATORS: &[Tool] = &[
    Tool::Console,
    Tool::Cli,
    Tool::Terraform,
    Tool::CloudFormation,
    Tool::Script,
];

pub fn route_deleted(draft: &mut Draft) -> Vec<Change> {
    let of = draft.resources(Kind::Route).into_iter();
    of.map(|resource| Change::new(resource, Deed::Delete).by(OPERATORS))
        .collect()
}

/// The route leads to something that lets nothing through.
pub fn route_replaced(draft: &mut Draft) -> Vec<Change> {
    let gateway = format!("nat-0{}", draft.chance.letters("0123456789abcdef", 16));
    blocked(draft, Kind::Route, |_, _| {
        vec![("NatGatewayId".to_owned(), Alter::To(json!(gateway)))]
    })
}

/// The security group lets nothing out, or only to its own network.
pub fn egress(draft: &mut Draft, left: &Value) -> Vec<Change> {
    blocked(draft, Kind::SecurityGroup, |_, _| {
        vec![("egress".to_owned(), Alter::To(left.clone()))]
    })
}

/// The subnet's list denies before it allows.
pub fn subnet(draft: &mut Draft, entry: &Value) -> Vec<Change> {
    blocked(draft, Kind::NetworkAcl, |draft, resource| {
        let held = draft.member(resource, "egress");
        let mut entries = held
            .and_then(|held| held.as_array().cloned())
            .unwrap_or_default();
        entries.insert(0, entry.clone());
        vec![("egress".to_owned(), Alter::To(json!(entries)))]
    })
}

fn blocked(
    draft: &mut Draft,
    kind: Kind,
    patch: impl Fn(&Draft, Resource) -> Patch,
) -> Vec<Change> {
    let of = draft.resources(kind).into_iter();
    let changes = of.map(|resource| {
        let mut patch = patch(draft, resource);
        patch.push(("~Passes".to_owned(), Alter::To(json!(false))));
        Change::new(resource, Deed::Set(patch)).by(OPERATORS)
    });
    changes.collect()
}
