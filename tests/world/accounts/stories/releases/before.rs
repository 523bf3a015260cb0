//! Settings that go while releases need them.

use std::sync::Arc;

use super::super::{
    super::{
        chance::luck,
        model::{Alters, Cause, HOUR, Kind, MINUTE, Millis, Release, Resource, Step, Tool},
    },
    draft::{Deed, Draft, client},
    guilty::{BY_HAND, WHOLE},
    patch::{Alter, one},
};
use super::{WITH_SECRET, at_once, deploy, holds_secret, new_callback, redirect, target};

/// A release asks for a callback that was added for it, and then the callback is removed: neither
/// alone would break anything.
pub fn new_callback_removed(draft: &mut Draft) -> Option<()> {
    let steps = [Step::Authorize, Step::Code];
    let (place, at, after) = target(draft, &steps, |draft, place| {
        redirect(draft, place).is_some()
    })?;
    let old = redirect(draft, place)?;
    let url = new_callback(draft, &old);
    let earlier = draft
        .chance
        .by_magnitude(10.0 * MINUTE as f64, 6.0 * HOUR as f64) as Millis;
    let by = draft.by(at - earlier - 5 * MINUTE, WHOLE);
    draft.spared.insert(client(place), Millis::MAX);
    let added = Deed::Set(one("CallbackURLs", Alter::With(vec![url.clone()])));
    draft.innocent(by, client(place), added);
    deploy(draft, place, at - earlier, false);
    let ramp = at_once(draft).min(earlier / 2);
    draft.world.releases.push(Release {
        at: at - earlier,
        until: Millis::MAX,
        ramp,
        client: place,
        share: 1.0,
        steps: steps.to_vec(),
        alters: Alters::Redirect(Arc::from(url.as_str())),
    });
    let by = draft.by(at, WHOLE);
    let removed = Deed::Set(one("CallbackURLs", Alter::Without(vec![url])));
    let edit = draft.edit(by, client(place), removed);
    undone(draft, edit, client(place), &after);
    let told = "callback removed that a release had begun to use";
    draft.tell(told, "client-callbacks", vec![Cause::Write(edit)], true);
    Some(())
}

/// The old secret is deleted while some callers still hold it.
pub fn secret_deleted_too_early(draft: &mut Draft) -> Option<()> {
    let (place, at, after) = target(draft, &WITH_SECRET, |draft, place| {
        holds_secret(draft, place) && draft.world.estate.clients[place].callers.len() >= 3
    })?;
    let resource = Resource {
        kind: Kind::ClientSecrets,
        index: place as u16,
    };
    let held = draft.texts(resource, "secrets").first()?.clone();
    let ramp = draft
        .chance
        .by_magnitude(20.0 * MINUTE as f64, 8.0 * HOUR as f64) as Millis;
    let begun = at - (ramp as f64 * draft.chance.real(0.3, 0.7)) as Millis;
    let release = draft.world.releases.len() as u64;
    let late = |caller: usize| {
        let rank = luck(draft.world.seed, &[caller as u64, release, 7]);
        begun + (ramp as f64 * rank) as Millis
    };
    let plans = draft.world.plans.iter();
    let broken: Vec<Millis> = plans
        .filter(|plan| plan.client == place && plan.at > at && plan.at < late(plan.caller))
        .map(|plan| plan.at)
        .collect();
    if broken.len() < 12 {
        return None;
    }
    draft.world.releases.push(Release {
        at: begun,
        until: Millis::MAX,
        ramp,
        client: place,
        share: 1.0,
        steps: WITH_SECRET.to_vec(),
        alters: Alters::Secret(Arc::from("v2")),
    });
    let by = draft.by(begun - 10 * MINUTE, BY_HAND);
    let new = Deed::Set(one("secrets", Alter::With(vec!["v2".to_owned()])));
    draft.innocent(by, resource, new);
    let deleted = Deed::Set(one("secrets", Alter::Without(vec![held])));
    let edit = draft.edit(by.later(at - by.at), resource, deleted);
    undone(draft, edit, resource, &after);
    let told = "secret deleted before all callers had the new one";
    draft.tell(told, "client-secret", vec![Cause::Write(edit)], true);
    Some(())
}

/// Taken back after a while, in a third of the cases.
fn undone(draft: &mut Draft, edit: usize, resource: Resource, after: &[Millis]) {
    if !draft.chance.happens(0.35) {
        return;
    }
    let Some(noticed) = after.get(12) else { return };
    let at = noticed
        + draft
            .chance
            .by_magnitude(3.0 * MINUTE as f64, 4.0 * HOUR as f64) as Millis;
    let by = draft.by(at, &[Tool::Console, Tool::Cli, Tool::Terraform]);
    draft.edit(by, resource, Deed::Back(edit));
}
