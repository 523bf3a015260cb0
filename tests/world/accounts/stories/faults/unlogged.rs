//! Changes that break something, and that no log tells of.

use serde_json::json;

use super::super::{
    super::model::Cause,
    changes::{access, client, pool, scopes, triggers},
    draft::Draft,
    guilty,
};

/// A guilty change, whose record is in no log; nor is what takes it back, mostly.
fn unlogged(draft: &mut Draft, changes: Vec<guilty::Change>) -> Option<()> {
    let first = draft.edits.len();
    guilty::tell(draft, "a change that is in no log", "unlogged", changes)?;
    let causes = draft.world.stories.last().map(|story| story.causes.clone());
    for cause in causes.unwrap_or_default() {
        if let Cause::Write(id) = cause {
            draft.world.undelivered.insert(id);
        }
    }
    if draft.chance.happens(0.7) {
        let later = first..draft.edits.len();
        let healing = later.filter(|place| !draft.edits[*place].innocent);
        draft.world.undelivered.extend(healing);
    }
    Some(())
}

pub fn of_client(draft: &mut Draft) -> Option<()> {
    let changes = match draft.chance.whole(0, 2) {
        0 => client::url_removed(draft, "CallbackURLs"),
        1 => client::oauth_off(draft, false),
        _ => scopes::removed(draft, |_| true),
    };
    unlogged(draft, changes)
}

pub fn of_pool(draft: &mut Draft) -> Option<()> {
    let changes = match draft.chance.whole(0, 2) {
        0 => pool::mfa_required(draft),
        1 => triggers::foreign(draft, "PreTokenGeneration"),
        _ => triggers::broken_code(draft),
    };
    unlogged(draft, changes)
}

pub fn of_network(draft: &mut Draft) -> Option<()> {
    let changes = match draft.chance.happens(0.5) {
        true => access::route_deleted(draft),
        false => access::egress(draft, &json!([])),
    };
    unlogged(draft, changes)
}
