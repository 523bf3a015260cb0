//! Changes of domains, certificates, DNS and what pages look like.

use serde_json::json;

use super::{
    super::{
        super::{
            model::{Kind, Tool},
            rules,
        },
        draft::{Deed, Draft},
        guilty::Change,
        patch::{Alter, set},
    },
    pool,
};

const OPERATORS: &[Tool] = &[Tool::Console, Tool::Cli, Tool::Terraform, Tool::Script];

pub fn deleted(draft: &mut Draft) -> Vec<Change> {
    pool::deleted(draft, Kind::Domain)
}

/// Another prefix comes, and the old one goes.
pub fn replaced(draft: &mut Draft) -> Vec<Change> {
    let mut changes = Vec::new();
    for resource in draft.resources(Kind::Domain) {
        let name = draft.name(resource).to_owned();
        if name.contains('.') {
            continue;
        }
        let owner = draft.world.estate.owners[&resource];
        let new_name = format!(
            "{name}-{}",
            draft.chance.pick(&["prod", "live", "v2", "eu"])
        );
        let mut settings = draft.settings(resource);
        settings.insert("Domain".to_owned(), json!(new_name));
        settings.remove("~Host");
        let new = draft.add(Kind::Domain, owner, new_name);
        let change = Change::new(resource, Deed::Delete).lasting();
        changes.push(change.beside(2_000, new, Deed::Create(settings)));
    }
    changes
}

/// A custom domain gets a certificate of another name.
pub fn certificate_swapped(draft: &mut Draft) -> Vec<Change> {
    let mut changes = Vec::new();
    for resource in draft.resources(Kind::Domain) {
        let path = "CustomDomainConfig.CertificateArn";
        if draft.member(resource, path).is_some() {
            let arn = rules::foreign_certificate(&draft.world.estate, resource);
            changes.push(Change::new(resource, Deed::Set(set(path, json!(arn)))));
        }
    }
    changes
}

/// A certificate is imported anew, without its chain or for other names.
pub fn certificate_imported(draft: &mut Draft) -> Vec<Change> {
    let of = draft.resources(Kind::Certificate).into_iter();
    let changes = of.map(|resource| {
        let patch = vec![
            ("Status".to_owned(), Alter::To(json!("ISSUED"))),
            ("~Valid".to_owned(), Alter::To(json!(false))),
        ];
        Change::new(resource, Deed::Set(patch)).by(OPERATORS)
    });
    changes.collect()
}

pub fn record_deleted(draft: &mut Draft) -> Vec<Change> {
    let changes = pool::deleted(draft, Kind::DnsRecord).into_iter();
    changes.map(|change| change.by(OPERATORS)).collect()
}

/// The name leads elsewhere.
pub fn record_moved(draft: &mut Draft, target: &str) -> Vec<Change> {
    let of = draft.resources(Kind::DnsRecord).into_iter();
    let changes = of.map(|resource| {
        let patch = vec![
            ("Value".to_owned(), Alter::To(json!(target))),
            ("~Elsewhere".to_owned(), Alter::To(json!(true))),
        ];
        Change::new(resource, Deed::Set(patch)).by(OPERATORS)
    });
    changes.collect()
}

/// Managed login comes for app clients that have no look.
pub fn managed_login(draft: &mut Draft) -> Vec<Change> {
    pool::set_on(draft, Kind::Domain, "ManagedLoginVersion", json!(2))
}

pub fn branding_deleted(draft: &mut Draft) -> Vec<Change> {
    pool::deleted(draft, Kind::Branding)
}
