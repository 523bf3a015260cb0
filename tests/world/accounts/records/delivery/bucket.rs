//! A trail in S3: a file for each stretch of time and Region.

use std::collections::BTreeMap;

use super::{
    super::{
        super::{
            chance::Chance,
            model::{HOUR, MINUTE, Millis, World},
        },
        choice::number,
        clock,
        trail::Trail,
    },
    Delivered, File, gzip, region,
};

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// How much time a file holds: some hundred files for an account, not thousands.
pub fn stretch(world: &World) -> Millis {
    let lengths = [5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR];
    let possible: Vec<Millis> = lengths
        .into_iter()
        .filter(|length| world.window.length() / length <= 130)
        .collect();
    let luck = number(world, "stretch of a file");
    possible[((possible.len() as f64) * luck * luck) as usize]
}

pub fn files(
    world: &World,
    trail: &Trail<'_>,
    delivered: Vec<Delivered>,
    chance: &mut Chance,
) -> Vec<File> {
    let length = stretch(world);
    let mut files: BTreeMap<(&str, Millis), Vec<Delivered>> = BTreeMap::new();
    for one in delivered {
        let end = clock::end_of_stretch(one.at, length);
        files
            .entry((region(world, one.record), end))
            .or_default()
            .push(one);
    }
    let mut text = String::new();
    let written = files.into_iter().map(|((region, end), mut records)| {
        records.sort_by_key(|one| one.order);
        text.clear();
        text.push_str("{\"Records\":[");
        for (place, one) in records.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            trail.write(one.record, &mut text);
        }
        text.push_str("]}");
        (path(world, region, end, chance), gzip(text.as_bytes()))
    });
    written.collect()
}

fn path(world: &World, region: &str, end: Millis, chance: &mut Chance) -> String {
    let account = &world.estate.account;
    let day = clock::spelled(end, "%Y/%m/%d");
    let minute = clock::spelled(end, "%Y%m%dT%H%MZ");
    let tail = chance.letters(LETTERS, 16);
    format!(
        "AWSLogs/{account}/CloudTrail/{region}/{day}/{account}_CloudTrail_{region}_{minute}_{tail}.json.gz"
    )
}
