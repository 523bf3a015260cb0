//! Changes of an app client's flows of the API, of the lifetimes of its tokens, and of attributes.

use serde_json::json;

use super::{
    super::{
        super::model::Step,
        draft::{Deed, Draft, client},
        guilty::Change,
        patch::{Alter, one, set},
    },
    client::{changes, uses},
};

/// A flow of the API in use is taken off the list; another may come.
pub fn auth_flow_lost(
    draft: &mut Draft,
    step: Step,
    flow: &'static str,
    instead: Option<&'static str>,
) -> Vec<Change> {
    changes(draft, |draft, place| {
        let listed = draft.texts(client(place), "ExplicitAuthFlows");
        if !draft.uses(place, step) || !listed.contains(&flow.to_owned()) {
            return Vec::new();
        }
        let mut left: Vec<String> = listed.into_iter().filter(|name| name != flow).collect();
        if let Some(instead) = instead {
            left.push(instead.to_owned());
        }
        vec![Deed::Set(set("ExplicitAuthFlows", json!(left)))]
    })
}

/// The list of flows of the API becomes another.
pub fn auth_flows_are(draft: &mut Draft, left: &[&str]) -> Vec<Change> {
    const STEPS: &[Step] = &[
        Step::Password,
        Step::Srp,
        Step::AdminPassword,
        Step::ApiRefresh,
    ];
    changes(draft, |draft, place| match uses(draft, place, STEPS) {
        true => vec![Deed::Set(set("ExplicitAuthFlows", json!(left)))],
        false => Vec::new(),
    })
}

const REFRESHES: &[Step] = &[Step::Refresh, Step::ApiRefresh, Step::ApiRotate];

/// Refresh tokens live shorter.
pub fn refresh_shortened(draft: &mut Draft, number: i64, unit: &str) -> Vec<Change> {
    changes(draft, |draft, place| {
        let patch = vec![
            ("RefreshTokenValidity".to_owned(), Alter::To(json!(number))),
            (
                "TokenValidityUnits.RefreshToken".to_owned(),
                Alter::To(json!(unit)),
            ),
        ];
        match uses(draft, place, REFRESHES) {
            true => vec![Deed::Set(patch)],
            false => Vec::new(),
        }
    })
}

/// The same number in another unit.
pub fn unit_changed(draft: &mut Draft, unit: &str) -> Vec<Change> {
    changes(draft, |draft, place| match uses(draft, place, REFRESHES) {
        true => vec![Deed::Set(set(
            "TokenValidityUnits.RefreshToken",
            json!(unit),
        ))],
        false => Vec::new(),
    })
}

/// Rotation of refresh tokens is switched on or off.
pub fn rotation(draft: &mut Draft, feature: &str) -> Vec<Change> {
    let on = feature == "ENABLED";
    changes(draft, |draft, place| {
        let rotates = draft.member(client(place), "~Rotates") == Some(json!(true));
        if rotates == on || !uses(draft, place, REFRESHES) {
            return Vec::new();
        }
        let rotation = match on {
            true => json!({"Feature": feature, "RetryGracePeriodSeconds": 10}),
            false => json!({"Feature": feature}),
        };
        let mut patch = set("RefreshTokenRotation", rotation);
        if on {
            let flow = "ALLOW_REFRESH_TOKEN_AUTH".to_owned();
            patch.extend(one("ExplicitAuthFlows", Alter::Without(vec![flow])));
        }
        vec![Deed::Set(patch)]
    })
}

/// A list of attributes becomes another.
pub fn attributes_are(draft: &mut Draft, list: &str, left: &[&str], step: Step) -> Vec<Change> {
    changes(draft, |draft, place| match draft.uses(place, step) {
        true => vec![Deed::Set(set(list, json!(left)))],
        false => Vec::new(),
    })
}

/// Some attributes are taken off a list.
pub fn attributes_lost(draft: &mut Draft, list: &str, lost: &[&str], step: Step) -> Vec<Change> {
    let lost: Vec<String> = lost.iter().map(|name| (*name).to_owned()).collect();
    changes(draft, |draft, place| {
        let listed = draft.texts(client(place), list);
        let some = listed.iter().any(|name| lost.contains(name));
        match some && draft.uses(place, step) {
            true => vec![Deed::Set(one(list, Alter::Without(lost.clone())))],
            false => Vec::new(),
        }
    })
}
