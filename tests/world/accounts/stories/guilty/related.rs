//! Writes that alter nothing and say what belongs together: which ACL guards a pool, which functions
//! it calls. Without them no log would tell what a change of an ACL or a function has to do with
//! those who fail.

use super::{
    super::{
        super::{
            model::{Kind, MINUTE, Millis, Owner, Resource, SECOND},
            rules,
        },
        draft::{By, Deed, Draft},
    },
    Change,
};

/// Adds them before a change, by who makes it, within the logs.
pub fn introduce(draft: &mut Draft, change: &Change, by: By) {
    let related = related(draft, change.resource);
    if related.is_empty() {
        return;
    }
    let window = draft.world.window;
    let from = window.start + SECOND;
    let until = (by.at - MINUTE).min(window.end - 2 * MINUTE);
    // A change from before the logs is followed by them.
    let at = match until > from {
        true => draft.chance.time(from, until),
        false => draft.chance.time(from, window.end - MINUTE),
    };
    let run = draft.by(at, change.tools).run;
    let by = By { at, run, ..by };
    for (place, resource) in related.into_iter().enumerate() {
        let after = place as Millis * draft.chance.whole(300, 1_500);
        draft.innocent(by.later(after), resource, Deed::Set(Vec::new()));
    }
}

fn related(draft: &Draft, resource: Resource) -> Vec<Resource> {
    let estate = &draft.world.estate;
    let Some(owner @ Owner::Pool(pool)) = estate.owners.get(&resource).copied() else {
        return Vec::new();
    };
    let of = |kind: Kind| {
        let all = rules::resources(estate, kind);
        all.filter(move |other| estate.owners.get(other) == Some(&owner))
    };
    match resource.kind {
        Kind::Acl => of(Kind::AclAssociation).collect(),
        Kind::IpSet => of(Kind::Acl).chain(of(Kind::AclAssociation)).collect(),
        Kind::Function | Kind::FunctionPermission | Kind::FunctionConcurrency => {
            vec![super::super::draft::pool(pool)]
        }
        Kind::FunctionRole => {
            let same = of(Kind::Function).filter(|other| other.index == resource.index);
            same.chain([super::super::draft::pool(pool)]).collect()
        }
        Kind::Certificate | Kind::DnsRecord => of(Kind::Domain).collect(),
        _ => Vec::new(),
    }
}
