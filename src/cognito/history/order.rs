//! The order of changes made to one resource within one second.
//!
//! CloudTrail's times are whole seconds, so that a creation may stand after the update of what it
//! created. What each call proves of the state before it settles the order.

use std::collections::BTreeMap;

use super::{
    effect::effect,
    write::{Pools, Write},
};
use crate::{
    cognito::setting::{Resource, Settings, known},
    record::Change,
};

/// More changes of one resource in one second than this stay in order of their ids: the number of
/// orders grows too fast.
const MOST: usize = 5;

/// Puts `changes`, sorted, into an order in which those of one second and resource agree.
pub(super) fn settle(changes: &mut [Change], pools: &Pools) {
    let moves = moves(changes, pools);
    let moved: Vec<(usize, Change)> = moves
        .into_iter()
        .filter_map(|(to, from)| Some((to, changes.get(from)?.clone())))
        .collect();
    for (to, change) in moved {
        if let Some(place) = changes.get_mut(to) {
            *place = change;
        }
    }
}

/// Which place takes the change of which other place.
fn moves(changes: &[Change], pools: &Pools) -> Vec<(usize, usize)> {
    let writes: Vec<Write<'_>> = changes.iter().map(Write::new).collect();
    let mut made: BTreeMap<Resource, Vec<usize>> = BTreeMap::new();
    for (index, write) in writes.iter().enumerate() {
        if write.error().is_none() {
            made.entry(write.resource(pools)).or_default().push(index);
        }
    }
    let mut moves = Vec::new();
    for (resource, indices) in &made {
        let same_second = |a: &usize, b: &usize| time(&writes, *a) == time(&writes, *b);
        if !indices
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if same_second(a, b)))
        {
            continue;
        }
        let mut state = Settings::new();
        for group in indices.chunk_by(same_second) {
            let order = best_order(&writes, resource, &state, group);
            moves.extend(group.iter().copied().zip(order.iter().copied()));
            state = play(&writes, resource, &state, &order).1;
        }
    }
    moves.retain(|(to, from)| to != from);
    moves
}

fn time(writes: &[Write<'_>], index: usize) -> Option<chrono::DateTime<chrono::Utc>> {
    writes.get(index).map(|write| write.change.time)
}

/// The first of the orders, by event id, with the fewest contradictions, and among those the one in
/// which the fewest settings change: who sends all settings and alters one sends the others as they
/// are.
fn best_order(
    writes: &[Write<'_>],
    resource: &Resource,
    state: &Settings,
    group: &[usize],
) -> Vec<usize> {
    if group.len() < 2 || group.len() > MOST {
        return group.to_vec();
    }
    let mut orders = Vec::new();
    permute(&mut Vec::new(), group, &mut orders);
    let cost = |order: &Vec<usize>| play(writes, resource, state, order).0;
    orders.into_iter().min_by_key(cost).unwrap_or_default()
}

/// Plays `order` from `state`: how many settings contradict it and how many it changes, and the state
/// it leads to.
fn play(
    writes: &[Write<'_>],
    resource: &Resource,
    state: &Settings,
    order: &[usize],
) -> ((usize, usize), Settings) {
    let (mut contradictions, mut changes) = (0, 0);
    let mut state = state.clone();
    for write in order.iter().filter_map(|index| writes.get(*index)) {
        let made = effect(write, resource, &state);
        let implied = made.implied.iter();
        contradictions += implied.filter(|(s, k)| known(&state, s).differs(k)).count();
        contradictions += made.unexplained.len();
        let after = made.after.iter();
        changes += after.filter(|(s, k)| known(&state, s).differs(k)).count();
        state = made.after;
    }
    ((contradictions, changes), state)
}

/// Every order of `left` behind `done`, in order of the ids.
fn permute(done: &mut Vec<usize>, left: &[usize], orders: &mut Vec<Vec<usize>>) {
    if left.is_empty() {
        orders.push(done.clone());
    }
    for &next in left {
        let rest: Vec<usize> = left
            .iter()
            .copied()
            .filter(|index| *index != next)
            .collect();
        done.push(next);
        permute(done, &rest, orders);
        done.pop();
    }
}
