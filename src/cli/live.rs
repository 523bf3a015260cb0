//! Settings as they are now, asked of Cognito where credentials allow.

use std::{collections::BTreeSet, sync::Arc};

use tokio::{sync::Semaphore, task::JoinSet};
use trailblame::{
    cognito::history::Snapshot,
    frame::{Cells, Failure, Frames, Key},
    source::aws::{
        Pace, Place, Stop,
        describe::{self, Subject, describe},
    },
};

use super::{
    ask::{cure, runtime, until_interrupted},
    output,
};

/// So many pools and clients are described: those of failures first.
const MOST: usize = 60;
const IN_FLIGHT: usize = 4;

/// The settings of the pools and clients that the frames name, as they are now. What cannot be
/// described is told and left out.
///
/// # Errors
///
/// Somebody interrupted it.
pub fn settings(
    places: &[Place],
    frames: &Frames,
    max_rps: Option<f64>,
) -> anyhow::Result<Vec<Snapshot>> {
    let runtime = runtime()?;
    let mut running = JoinSet::new();
    for place in places {
        let pace = Pace::new(max_rps.unwrap_or(describe::QUOTA / 2.0));
        let turns = Arc::new(Semaphore::new(IN_FLIGHT));
        for subject in subjects(frames, place) {
            let (place, pace, turns) = (place.clone(), pace.clone(), Arc::clone(&turns));
            let asking = async move {
                // The semaphore is never closed.
                let _turn = turns.acquire().await;
                let described = describe(&place, &pace, &subject).await;
                (subject, described)
            };
            running.spawn_on(asking, runtime.handle());
        }
    }
    let mut answers = runtime.block_on(until_interrupted(running.join_all()))?;
    answers.sort_by(|a, b| a.0.cmp(&b.0));
    let mut snapshots = Vec::new();
    let mut denied = BTreeSet::new();
    for (subject, described) in answers {
        match described {
            Ok(json) => match Snapshot::read(&json) {
                Ok(read) => snapshots.extend(read),
                Err(reason) => output::tell(format_args!("note: {}: {reason}", name(&subject))),
            },
            // It was deleted: the history says so itself.
            Err(Stop::NotFound { .. }) => {}
            Err(stop) => {
                if denied.insert(stop.to_string()) {
                    output::tell(format_args!("note: {}: {stop}", name(&subject)));
                    let cure = cure(&stop);
                    cure.into_iter()
                        .for_each(|hint| output::tell(format_args!("hint: {hint}")));
                }
            }
        }
    }
    Ok(snapshots)
}

/// Pools and clients of a place: those that failed, then those that were changed.
fn subjects(frames: &Frames, place: &Place) -> Vec<Subject> {
    let mut pairs: Vec<(String, Option<String>)> = Vec::new();
    let cells = &frames.cells;
    let ours = |account: Option<&str>| account.is_none_or(|id| id == place.account.as_str());
    for key in failed(cells).filter(|key| ours(cells.text(key.account))) {
        if let Some(pool) = cells.text(key.user_pool) {
            pairs.push((pool.to_owned(), cells.text(key.client).map(str::to_owned)));
        }
    }
    for change in &frames.changes {
        if let (Some(pool), true) = (&change.user_pool, ours(change.account.as_deref())) {
            pairs.push((pool.clone(), change.client.clone()));
        }
    }
    let mut subjects = Vec::new();
    let region = format!("{}_", place.region);
    for (pool, client) in pairs
        .into_iter()
        .filter(|(pool, _)| pool.starts_with(&region))
    {
        let client = client.map(|client| Subject::Client(pool.clone(), client));
        for subject in client.into_iter().chain([Subject::Pool(pool)]) {
            if subjects.len() < MOST && !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
    }
    subjects
}

/// Kinds of requests that failed, the first to fail first.
fn failed(cells: &Cells) -> impl Iterator<Item = &Key> {
    let mut failures: Vec<&Failure> = cells.failures.iter().collect();
    failures.sort_by_key(|failure| failure.time);
    let mut met = BTreeSet::new();
    let first = failures
        .into_iter()
        .filter(move |failure| met.insert(failure.key));
    first.filter_map(|failure| cells.keys.get(failure.key as usize))
}

fn name(subject: &Subject) -> String {
    match subject {
        Subject::Pool(pool) => format!("user pool {pool} as it is now"),
        Subject::Client(_, client) => format!("app client {client} as it is now"),
    }
}
