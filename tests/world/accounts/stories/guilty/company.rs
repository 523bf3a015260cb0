//! What happens around a change that breaks something, and has nothing to do with it.

use super::{
    super::{
        super::model::{Kind, MINUTE, Millis, Owner, SECOND},
        draft::{Deed, Draft, client},
        harmless, pipeline,
    },
    Change, Made,
};

/// Each of these companions comes at a rate of its own that is drawn between these.
const RARE: (f64, f64) = (0.05, 0.15);
/// Updates of one batch, at most.
const BATCH: usize = 19;

fn comes(draft: &mut Draft) -> bool {
    let rate = draft.chance.real(RARE.0, RARE.1);
    draft.chance.happens(rate)
}

/// The deed, that sometimes alters another setting too.
pub fn widened(draft: &mut Draft, change: &Change) -> Deed {
    let Deed::Set(patch) = &change.deed else {
        return change.deed.clone();
    };
    if !comes(draft) {
        return change.deed.clone();
    }
    let more = harmless::besides(draft, change.resource, patch).unwrap_or_default();
    Deed::Set(patch.iter().cloned().chain(more).collect())
}

/// Adds companions; those of them that break something too, by their places.
pub fn add(draft: &mut Draft, made: &Made) -> Vec<usize> {
    let add: [fn(&mut Draft, &Made); 5] = [twin, release, just_before, refused, undelivered];
    for add in add {
        if comes(draft) {
            add(draft, made);
        }
    }
    match comes(draft) {
        true if draft.chance.happens(0.35) => batch_of_the_same(draft, made),
        true => {
            batch(draft, made);
            Vec::new()
        }
        false => Vec::new(),
    }
}

/// The same run does the same to the other app clients of the pool, and what takes it back takes it
/// back there too.
fn batch_of_the_same(draft: &mut Draft, made: &Made) -> Vec<usize> {
    let estate = &draft.world.estate;
    let is_client = made.change.resource.kind == Kind::Client;
    if !is_client || !matches!(made.change.deed, Deed::Set(_) | Deed::Only(..)) {
        return Vec::new();
    }
    let first = usize::from(made.change.resource.index);
    let pool = estate.clients[first].pool;
    let others: Vec<usize> = (0..estate.clients.len())
        .filter(|place| {
            *place != first
                && estate.clients[*place].pool == pool
                && estate.settings.contains_key(&client(*place))
        })
        .take(BATCH)
        .collect();
    let healed = draft.edits[made.edit + 1..].iter().find(|edit| {
        edit.resource == made.change.resource
            && !edit.innocent
            && matches!(edit.deed, Deed::Back(_) | Deed::Whole(_))
    });
    let healed = healed.map(|edit| edit.by);
    let mut places = Vec::new();
    for other in others {
        let after = draft.chance.whole(200, 9_000);
        let by = made.by.later(after);
        let place = draft.edit(by, client(other), made.change.deed.clone());
        places.push(place);
        if let Some(by) = healed {
            draft.edit(by.later(after), client(other), Deed::Back(place));
        }
    }
    places
}

/// Another update of the same resource within a second.
fn twin(draft: &mut Draft, made: &Made) {
    let gone = matches!(made.change.deed, Deed::Delete);
    let after = match gone {
        true => -draft.chance.whole(150, 950),
        false => draft.chance.whole(-950, 950),
    };
    if let Some(deed) = harmless::change(draft, made.change.resource) {
        draft.innocent(made.by.later(after), made.change.resource, deed);
    }
}

/// The same run writes other app clients too.
fn batch(draft: &mut Draft, made: &Made) {
    let mut others: Vec<usize> = (0..draft.world.estate.clients.len()).collect();
    draft.chance.shuffle(&mut others);
    let same = |place: usize| made.change.resource == client(place);
    let others = others.into_iter().filter(|place| !same(*place)).take(BATCH);
    let change = match made.change.resource.kind {
        Kind::Client => harmless::change(draft, made.change.resource),
        _ => None,
    };
    for other in others {
        let after = draft.chance.whole(-4_000, 6_000);
        let deed = match &change {
            Some(deed) if draft.chance.happens(0.6) => deed.clone(),
            _ => Deed::Set(Vec::new()),
        };
        draft.innocent(made.by.later(after), client(other), deed);
    }
}

/// An application is deployed by the same run.
fn release(draft: &mut Draft, made: &Made) {
    match draft
        .world
        .estate
        .owners
        .get(&made.change.resource)
        .copied()
    {
        // Its tasks start anew in order to read what was written.
        Some(Owner::Workload(workload)) => {
            let after = draft.chance.whole(5, 120) * SECOND;
            pipeline::deploy_of(draft, made.by.later(after), workload);
        }
        _ => {
            let after = draft.chance.whole(-90, 90) * SECOND;
            pipeline::deploy(draft, made.by.later(after));
        }
    }
}

/// Somebody alters something, seconds before.
fn just_before(draft: &mut Draft, made: &Made) {
    let window = draft.world.window;
    let first = made.affected.first().copied().unwrap_or(made.by.at);
    for _ in 0..draft.chance.whole(1, 3) {
        let before: Millis = draft.chance.whole(1, 50) * SECOND;
        let at = match draft.chance.happens(0.5) {
            true => first - before,
            false => made.by.at - before,
        };
        let near = draft.chance.happens(0.6).then_some(made.change.resource);
        let Some(resource) = near.or_else(|| harmless::any(draft)) else {
            continue;
        };
        let gone = made.change.deed_removes() && resource == made.change.resource;
        if let Some(deed) = harmless::change(draft, resource).filter(|_| !gone || at < made.by.at) {
            let by = draft.by(at.max(window.start), super::WHOLE);
            draft.innocent(by, resource, deed);
        }
    }
}

/// The same was tried before, and refused.
fn refused(draft: &mut Draft, made: &Made) {
    let earlier = draft
        .chance
        .by_magnitude(20.0 * SECOND as f64, 240.0 * MINUTE as f64);
    let error = *draft.chance.pick(&[
        "AccessDenied",
        "InvalidParameterException",
        "ConcurrentModificationException",
        "TooManyRequestsException",
    ]);
    let by = made.by.later(-(earlier as Millis));
    draft.refused(by, made.change.resource, made.change.deed.clone(), error);
    let place = draft.edits.len() - 1;
    draft.edits[place].call = made.change.call;
}

/// The record of the change gets lost, sometimes.
fn undelivered(draft: &mut Draft, made: &Made) {
    let rate = draft.world.rates.of("delivery.lost_writes");
    if draft.chance.happens(rate) {
        draft.world.undelivered.insert(made.edit);
    }
}

impl Change {
    fn deed_removes(&self) -> bool {
        matches!(self.deed, Deed::Delete)
    }
}
