//! A slice of the accuracy bench: one random incident of each class, with seeds of its own.

use std::thread;

use trailblame::check::Verdict;

use crate::{
    foretold::{Foretold, foretell},
    score::{LARGE, Said, Scored, score},
    world::incidents::{Mismatch, classes::CLASSES, make},
};

const SEED: u64 = 2_000_000;

#[test]
fn nobody_is_accused_wrongly_and_causes_are_named() {
    let halves = CLASSES.split_at(CLASSES.len() / 2);
    let scored: Vec<Scored> = thread::scope(|scope| {
        let halves = [halves.0, halves.1].map(|classes| {
            scope.spawn(move || {
                let cases = classes
                    .iter()
                    .map(|class| make(class, SEED, Mismatch::default(), None));
                cases.map(|case| score(&case)).collect::<Vec<_>>()
            })
        });
        let scored = halves.map(|half| half.join().expect("a verdict"));
        scored.into_iter().flatten().collect()
    });
    let accused = |scored: &&Scored| scored.said == Said::Wrong || scored.accused_beside > 0;
    let accused: Vec<&Scored> = scored.iter().filter(accused).collect();
    assert!(accused.is_empty(), "{accused:#?}");
    let missed = |scored: &&Scored| scored.broken >= LARGE && !scored.found;
    let missed: Vec<&Scored> = scored.iter().filter(missed).collect();
    assert!(missed.len() <= 1, "{missed:#?}");
    let guilty: Vec<&Scored> = scored
        .iter()
        .filter(|scored| scored.decidable && scored.guilty == Some(true))
        .collect();
    let unnamed: Vec<&&Scored> = guilty
        .iter()
        .filter(|scored| scored.said != Said::Right)
        .collect();
    assert!(guilty.len() >= 25);
    assert!(unnamed.len() <= 3, "{unnamed:#?}");
    let alarms: usize = scored.iter().map(|scored| scored.false_alarms).sum();
    assert!(alarms <= 1, "{alarms} false alarms");
}

/// Each change of each incident as a plan, before it was made: `TRAILBLAME_FORETOLD` sets how many
/// incidents of each class, and what came of it is printed (`--nocapture`).
#[test]
fn guilty_changes_are_stopped_before_they_are_made() {
    let cases = std::env::var("TRAILBLAME_FORETOLD");
    let cases: u64 = cases.ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let halves = CLASSES.split_at(CLASSES.len() / 2);
    let foretold: Vec<Foretold> = thread::scope(|scope| {
        let halves = [halves.0, halves.1].map(|classes| {
            scope.spawn(move || {
                let seeds = |class| (SEED..SEED + cases).map(move |seed| (class, seed));
                let work = classes.iter().flat_map(seeds);
                let told = work
                    .map(|(class, seed)| foretell(&make(class, seed, Mismatch::default(), None)));
                told.collect::<Vec<_>>()
            })
        });
        let told = halves.map(|half| half.join().expect("a verdict"));
        told.into_iter().flatten().collect()
    });
    let guilty: Vec<&Foretold> = foretold
        .iter()
        .filter(|one| one.seen && one.guilty.is_some())
        .collect();
    let innocent: Vec<(Verdict, String)> = foretold
        .iter()
        .flat_map(|one| one.innocent.clone())
        .collect();
    let guilty_at = |least| {
        guilty
            .iter()
            .filter(|one| one.guilty >= Some(least))
            .count()
    };
    let innocent_at = |least| innocent.iter().filter(|told| told.0 >= least).count();
    println!(
        "guilty {}: breaks {}, or may break {}; innocent {}: breaks {}, or may break {}, cannot tell {}",
        guilty.len(),
        guilty_at(Verdict::Breaks),
        guilty_at(Verdict::MayBreak),
        innocent.len(),
        innocent_at(Verdict::Breaks),
        innocent_at(Verdict::MayBreak),
        innocent
            .iter()
            .filter(|told| told.0 == Verdict::CannotTell)
            .count(),
    );
    for one in &guilty {
        if one.guilty < Some(Verdict::MayBreak) {
            println!("missed: {} {} {:?}", one.class, one.seed, one.guilty);
        }
    }
    for one in &foretold {
        if one.innocent.iter().any(|told| told.0 >= Verdict::MayBreak) {
            println!("stopped: {} {} {:?}", one.class, one.seed, one.innocent);
        }
    }
    assert!(guilty.len() >= 10, "{}", guilty.len());
    let missed = guilty.len() - guilty_at(Verdict::MayBreak);
    assert!(missed * 10 <= guilty.len(), "{missed} of {}", guilty.len());
    let stopped = innocent_at(Verdict::Breaks);
    assert!(
        stopped * 50 <= innocent.len(),
        "{stopped} of {}",
        innocent.len()
    );
}
