//! A slice of the accuracy bench: one random incident of each class, with seeds of its own.

use std::thread;

use crate::{
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
