//! Delivers records as CloudTrail delivers them to S3: in small files named by the minute of
//! delivery, a few minutes late, out of order, some of them twice.

use std::{collections::BTreeMap, io::Write as _};

use flate2::{Compression, GzBuilder};

use super::{
    clock::{DAY, HOUR, MINUTE, Second, folder, stamp},
    dice::Dice,
    estate::ACCOUNT,
};

/// A record on its way.
pub struct Record {
    pub time: Second,
    pub region: &'static str,
    /// Comes again in a later file for certain; others do so by chance.
    pub repeated: bool,
    pub line: String,
}

/// Share of records that come again, and of records that come very late.
const REPEATED: f64 = 0.01;
const VERY_LATE: f64 = 0.004;

/// Files by path.
pub fn deliver(records: Vec<Record>) -> Vec<(String, Vec<u8>)> {
    let mut dice = Dice::new("delivery");
    let rounds = rounds(&mut dice, &records);
    let mut files: BTreeMap<(&str, Second), Vec<(Second, String)>> = BTreeMap::new();
    for record in records {
        let late = if dice.chance(VERY_LATE) {
            dice.between(35, 80) * MINUTE
        } else {
            0
        };
        let round = next(&rounds, record.region, record.time + late);
        // Neighbours of one file swap places.
        let place = record.time + dice.between(0, 9);
        if record.repeated || dice.chance(REPEATED) {
            let again = next(&rounds, record.region, round + dice.between(1, 40) * MINUTE);
            if again != round {
                let copy = (place, record.line.clone());
                files.entry((record.region, again)).or_default().push(copy);
            }
        }
        files
            .entry((record.region, round))
            .or_default()
            .push((place, record.line));
    }
    let named = files.into_iter().map(|((region, round), mut lines)| {
        lines.sort_by_key(|(place, _)| *place);
        let rand = dice.alphanumeric(16);
        let name = format!(
            "{ACCOUNT}_CloudTrail_{region}_{}_{rand}.json.gz",
            stamp(round)
        );
        let path = format!(
            "AWSLogs/{ACCOUNT}/CloudTrail/{region}/{}/{name}",
            folder(round)
        );
        (path, gzip(&file(&lines)))
    });
    named.collect()
}

/// Minutes at which files are delivered, by Region. On the day of traffic of the main Region one
/// follows the other; elsewhere a file comes only after something happened.
fn rounds(dice: &mut Dice, records: &[Record]) -> BTreeMap<&'static str, Vec<Second>> {
    let mut rounds: BTreeMap<_, Vec<Second>> = BTreeMap::new();
    for record in records {
        let quiet = record.time < DAY || record.region != super::estate::REGION;
        let of_region = rounds.entry(record.region).or_default();
        if quiet {
            // Calls of the same five minutes share a file.
            of_region.push(record.time - record.time % (5 * MINUTE) + 8 * MINUTE);
        }
    }
    let busy = rounds.entry(super::estate::REGION).or_default();
    let mut round = DAY;
    while round < DAY + 24 * HOUR + 10 * MINUTE {
        round += dice.between(10, 12) * MINUTE;
        busy.push(round);
    }
    for of_region in rounds.values_mut() {
        of_region.sort_unstable();
        of_region.dedup();
    }
    rounds
}

/// The first delivery after `time`, or the last there is.
fn next(rounds: &BTreeMap<&str, Vec<Second>>, region: &str, time: Second) -> Second {
    let rounds = &rounds[region];
    let first = rounds.partition_point(|round| *round <= time);
    rounds[first.min(rounds.len() - 1)]
}

fn file(lines: &[(Second, String)]) -> String {
    let lines: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
    format!("{{\"Records\":[{}]}}", lines.join(","))
}

/// With a header that names no file, time or system.
pub fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = GzBuilder::new()
        .mtime(0)
        .operating_system(255)
        .write(Vec::new(), Compression::new(9));
    gzip.write_all(text.as_bytes()).expect("a vector takes all");
    gzip.finish().expect("a vector takes all")
}
