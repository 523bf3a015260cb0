//! When a change is made: at a moment that leaves something to break, and something to compare with.

use super::{
    super::{
        super::{
            chance::luck,
            model::{HOUR, MINUTE, Millis, Rule},
            rules::{check::Crossing, legal},
        },
        draft::Draft,
        settle,
    },
    Change,
};

/// So many requests that break are looked for before the change, and after it.
const LEAST: usize = 12;
/// Shares of changes that are made before the logs begin, and minutes before they end.
const BEFORE: f64 = 0.04;
const AT_THE_END: f64 = 0.05;

/// When requests are sent that a change would break, were it made at the start.
pub fn affected(draft: &Draft, change: &Change) -> Vec<Millis> {
    let world = &draft.world;
    let Some(after) = settle::preview(world, change.resource, &change.deed) else {
        return Vec::new();
    };
    if let Some(after) = &after
        && !legal::accepts(&world.estate, change.resource, after)
    {
        return Vec::new();
    }
    let before = world.estate.settings.get(&change.resource);
    let all = world.rules.iter().chain(&change.rules).enumerate();
    let on_it = all.filter(|(_, rule)| rule.resource == change.resource);
    let crossings: Vec<(usize, &Rule, Crossing<'_>)> = on_it
        .filter_map(|(place, rule)| {
            let crossing = Crossing::new(&world.estate, rule, before, after.as_ref())?;
            Some((place, rule, crossing))
        })
        .collect();
    if crossings.is_empty() {
        return Vec::new();
    }
    let plans = world.plans.iter().filter(|plan| plan.doomed.is_none());
    let broken = plans.filter(|plan| {
        let address = &world.estate.callers[plan.caller].address;
        crossings.iter().any(|(place, rule, crossing)| {
            let place = *place as u64;
            (rule.share >= 1.0
                || luck(world.seed, &[u64::from(plan.id), 0, 10_000 + place]) < rule.share)
                && crossing.breaks(plan, address)
        })
    });
    broken.map(|plan| plan.at).collect()
}

/// A moment for a change, and the requests that it then breaks.
pub fn moment(draft: &mut Draft, times: &[Millis]) -> Option<(Millis, Vec<Millis>)> {
    let window = draft.world.window;
    let inside: Vec<Millis> = times
        .iter()
        .copied()
        .filter(|time| window.holds(*time))
        .collect();
    let count = inside.len();
    if count < 2 * LEAST {
        return None;
    }
    let style = draft.chance.unit();
    let at = if style < BEFORE {
        let before = draft
            .chance
            .by_magnitude(3.0 * MINUTE as f64, 10.0 * HOUR as f64);
        window.start - before as Millis
    } else if style < BEFORE + AT_THE_END && is_dense(&inside) {
        let left = draft.chance.whole(LEAST as i64, 2 * LEAST as i64) as usize;
        let place = count.saturating_sub(left).max(LEAST);
        between(draft, inside[place - 1], inside[place])
    } else {
        let first = LEAST.max(count / 8);
        let last = (count - LEAST).min(count * 4 / 5).max(first);
        match draft.chance.happens(0.5) {
            // By demand: when people are at work.
            true => {
                let place = draft.chance.whole(first as i64, last as i64) as usize;
                between(draft, inside[place - 1], inside[place])
            }
            // By the clock: nights too.
            false => between(draft, inside[first - 1], inside[last]),
        }
    };
    let affected: Vec<Millis> = inside.into_iter().filter(|time| *time > at).collect();
    (affected.len() >= LEAST).then_some((at, affected))
}

/// Whether so many requests come within minutes that an end of the logs right after still shows it.
fn is_dense(inside: &[Millis]) -> bool {
    let last = &inside[inside.len() - LEAST..];
    last[LEAST - 1] - last[0] < 20 * MINUTE
}

fn between(draft: &mut Draft, from: Millis, to: Millis) -> Millis {
    draft.chance.time(from, to.max(from + 1))
}
