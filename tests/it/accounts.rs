//! The accounts of the accuracy bench: what holds of each of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::world::accounts::{
    chance::Chance,
    draw, model, rates, records,
    run::{self, Without},
    stories::{
        self,
        kinds::{FAMILIES, Group},
    },
    truth::Truth,
};

const SEEDS: std::ops::Range<u64> = 3_000_000..3_000_012;

#[test]
fn rates_lie_between_none_and_one_half() {
    let mut chance = Chance::new("rates");
    for _ in 0..200 {
        let rates = rates::Rates::draw(&mut chance);
        for name in rates::NAMES {
            assert!((0.0..0.5).contains(&rates.of(name)), "{name}");
        }
    }
}

#[test]
fn families_are_few_and_each_is_told_often_enough_to_be_judged() {
    assert!(FAMILIES.len() <= 30, "{}", FAMILIES.len());
    let guilty: BTreeSet<&str> = stories::kinds()
        .filter(|kind| kind.group == Group::Guilty)
        .map(|kind| kind.family)
        .collect();
    let shares: BTreeMap<&str, f64> = FAMILIES.into_iter().collect();
    let all: f64 = guilty.iter().map(|family| shares[family]).sum();
    for family in &guilty {
        assert!(shares[family] >= 0.04 * all, "{family}: {}", shares[family]);
    }
    let unlisted = guilty
        .iter()
        .filter(|family| family.starts_with("unlisted"));
    let unlisted: f64 = unlisted.map(|family| shares[family]).sum();
    assert!(unlisted >= 0.25 * all, "{unlisted} of {all}");
}

#[test]
fn the_same_seed_gives_the_same_files_and_the_same_truth() {
    let seed = SEEDS.start;
    let [(first, truth), (again, again_truth)] = [draw(seed, None), draw(seed, None)];
    assert_eq!(truth.json(&first), again_truth.json(&again));
    let files = |world| records::files(world, &run::run(world, &Without::nothing()));
    assert!(files(&first) == files(&again), "the files differ");
}

#[test]
fn the_truth_is_fair() {
    for seed in SEEDS {
        let (world, truth) = draw(seed, None);
        for incident in truth
            .incidents
            .iter()
            .filter(|incident| incident.must_be_found)
        {
            assert!(
                incident.visible >= 5 || incident.lost >= 30,
                "{seed}: {incident:?}"
            );
            assert!(world.window.holds(incident.onset), "{seed}: {incident:?}");
        }
        all_guilty_are_in_the_logs(&world, &truth);
    }
}

/// Who is to be named can be named: a record tells of each guilty write.
fn all_guilty_are_in_the_logs(world: &model::World, truth: &Truth) {
    let attempts = run::run(world, &Without::nothing());
    let files = records::files(world, &attempts);
    let mut text = String::new();
    for (_, bytes) in files {
        let plain = match bytes.starts_with(&[0x1f, 0x8b]) {
            true => inflate(&bytes),
            false => bytes,
        };
        text += &String::from_utf8_lossy(&plain);
    }
    for incident in &truth.incidents {
        for guilty in &incident.guilty {
            let id = records::event_id(world, *guilty);
            assert!(text.contains(&id), "{}: {id} of {incident:?}", world.seed);
        }
    }
}

fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(bytes);
    std::io::Read::read_to_end(&mut decoder, &mut plain).expect("gzip");
    plain
}
