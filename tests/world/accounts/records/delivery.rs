//! How records and logs come as files: a trail in S3, pages of CloudWatch, export tasks, plain files.

mod bucket;
mod exported;
mod pages;
mod services;
mod strays;

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

use super::super::{
    chance::Chance,
    model::{Attempt, MINUTE, Millis, SECOND, World},
};
use super::{
    choice::{holds, number},
    trail::{GLOBAL, Record, Trail},
};

/// A file by its path below the folder.
pub type File = (String, Vec<u8>);

/// A record on its way into a file.
struct Delivered {
    record: Record,
    at: Millis,
    /// Where it stands among its neighbours: its time, or near it.
    order: Millis,
}

/// All files of an account.
pub fn files(world: &World, attempts: &[Attempt]) -> Vec<File> {
    let mut chance = Chance::new(&format!("delivery of {}", world.seed));
    let trail = Trail::new(world, attempts);
    let way = number(world, "way of delivery");
    let delivered = deliver(world, trail.records(), &mut chance);
    let mut files = match way {
        ..0.5 => bucket::files(world, &trail, delivered, &mut chance),
        0.5..0.75 => pages::files(world, &trail, delivered, &mut chance),
        _ => exported::files(world, &trail, delivered, &mut chance),
    };
    files.extend(services::files(world, attempts, &mut chance));
    if holds(world, "delivery.strays") {
        let strays = strays::files(world, &files, &mut chance);
        files.extend(strays);
    }
    files
}

/// When each record is delivered: some minutes later, some hours later, some twice.
fn deliver(world: &World, records: Vec<Record>, chance: &mut Chance) -> Vec<Delivered> {
    let mut share = |rate: &str, least: f64, most: f64| match holds(world, rate) {
        true => chance.by_magnitude(least, most),
        false => 0.0,
    };
    let late = share("delivery.late", 0.003, 0.05);
    let twice = share("delivery.duplicates", 0.02, 0.35);
    let unordered = holds(world, "delivery.unordered");
    let mut delivered = Vec::with_capacity(records.len());
    for record in records {
        let mut wait = (45.0 * SECOND as f64 + chance.wait(2.2 * MINUTE as f64)) as Millis;
        if late > 0.0 && chance.happens(late) {
            wait += chance.whole(20 * MINUTE, 85 * MINUTE);
        }
        let order = match unordered {
            true => record.at + chance.whole(-100 * SECOND, 100 * SECOND),
            false => record.at,
        };
        let mut add = |at| delivered.push(Delivered { record, at, order });
        add(record.at + wait);
        if twice > 0.0 && chance.happens(twice) {
            add(record.at + wait + bucket::stretch(world) + chance.whole(0, 5 * MINUTE));
        }
    }
    delivered
}

/// In which Region a record is delivered.
fn region(world: &World, record: Record) -> &str {
    match record.global {
        true => GLOBAL,
        false => &world.estate.region,
    }
}

/// Compresses a file.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let out = Vec::with_capacity(bytes.len() / 8 + 64);
    let mut encoder = GzEncoder::new(out, Compression::fast());
    let written = encoder.write_all(bytes);
    written
        .and_then(|()| encoder.finish())
        .unwrap_or_else(|_| unreachable!("memory takes every byte"))
}
