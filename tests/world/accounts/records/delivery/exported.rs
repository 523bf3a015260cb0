//! Log groups that were exported to S3: a folder for each stream, a line for each event.

use std::collections::BTreeMap;

use super::{
    super::{
        super::{
            chance::Chance,
            model::{Millis, World},
        },
        clock,
        trail::Trail,
    },
    Delivered, File, gzip, region,
};

/// Lines of a file.
const OF_FILE: usize = 10_000;

/// One stream's files below the folder of a task.
pub struct Stream {
    folder: String,
    done: Vec<File>,
    text: String,
    lines: usize,
}

impl Stream {
    pub fn new(folder: String) -> Self {
        Self {
            folder,
            done: Vec::new(),
            text: String::new(),
            lines: 0,
        }
    }

    /// Adds an event, whose message `write` appends.
    pub fn add(&mut self, at: Millis, write: impl FnOnce(&mut String)) {
        if self.lines == OF_FILE {
            self.end();
        }
        self.text.push_str(&clock::millis(at));
        self.text.push(' ');
        write(&mut self.text);
        self.text.push('\n');
        self.lines += 1;
    }

    fn end(&mut self) {
        let path = format!("{}/{:06}.gz", self.folder, self.done.len());
        self.done.push((path, gzip(self.text.as_bytes())));
        self.text.clear();
        self.lines = 0;
    }

    pub fn files(mut self) -> Vec<File> {
        if self.lines > 0 {
            self.end();
        }
        self.done
    }
}

pub fn files(
    world: &World,
    trail: &Trail<'_>,
    mut delivered: Vec<Delivered>,
    chance: &mut Chance,
) -> Vec<File> {
    delivered.sort_by_key(|one| one.at + (one.order - one.record.at) / 4);
    let account = &world.estate.account;
    let task = format!("exportedlogs/{}", chance.uuid());
    let mut streams: BTreeMap<&str, Stream> = BTreeMap::new();
    for one in &delivered {
        let region = region(world, one.record);
        let stream = streams
            .entry(region)
            .or_insert_with(|| Stream::new(format!("{task}/{account}_CloudTrail_{region}")));
        stream.add(one.at, |text| trail.write(one.record, text));
    }
    let mut files: Vec<File> = streams.into_values().flat_map(Stream::files).collect();
    files.push(permission_check());
    files
}

/// What an export task leaves beside its folders.
fn permission_check() -> File {
    (
        "exportedlogs/aws-logs-write-test".to_owned(),
        b"Permission Check Successful".to_vec(),
    )
}
