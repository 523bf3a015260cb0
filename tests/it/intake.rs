//! Inputs read side by side give what reading one after the other gives.

use std::{num::NonZero, sync::Arc};

use trailblame::{
    frame::{
        Bounds, Fold, Frames,
        intake::{self, Job},
    },
    record,
    source::{aws::Page, files},
};

use crate::world;

/// The files of the sample world, those of all folders, many of them small.
fn files() -> Vec<(String, Vec<u8>)> {
    world::sample().files
}

fn one_after_the_other() -> Frames {
    let mut fold = Fold::new(Bounds::default());
    for (name, bytes) in files() {
        fold.begin(&name);
        let inflated = trailblame::source::inflate::Inflated::new(
            &bytes[..],
            Default::default(),
            &Default::default(),
        );
        let read = record::read(inflated.expect("a file"), &name, |record| fold.take(record));
        read.expect("a sound file");
        fold.end(bytes.len() as u64, None);
    }
    fold.finish(&[])
}

fn side_by_side(jobs: Vec<Job>, readers: usize) -> Frames {
    let mut fold = Fold::new(Bounds::default());
    let readers = NonZero::new(readers).expect("a reader");
    intake::read(jobs.into_iter(), Bounds::default(), readers, &mut fold);
    fold.finish(&[])
}

fn pages() -> Vec<Job> {
    let page = |(name, bytes)| {
        Job::Page(Arc::new(Page {
            name,
            bytes,
            records: 0,
            file: true,
            failure: None,
        }))
    };
    files().into_iter().map(page).collect()
}

#[track_caller]
fn check(found: &Frames, expected: &Frames) {
    assert_eq!(found.cells.rows, expected.cells.rows);
    assert_eq!(found.cells.keys, expected.cells.keys);
    assert_eq!(found.cells.failures, expected.cells.failures);
    assert_eq!(found.changes, expected.changes);
    assert_eq!(found.coverage, expected.coverage);
    assert_eq!(found.summary, expected.summary);
    assert_eq!(found.window, expected.window);
}

#[test]
fn any_number_of_readers_gives_the_same() {
    let expected = one_after_the_other();
    assert!(expected.summary.requests > 10_000, "{:?}", expected.summary);
    for readers in [1, 2, 3, 16] {
        check(&side_by_side(pages(), readers), &expected);
    }
}

#[test]
fn files_are_read_as_pages_are() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs");
    let inputs = files::find(&[folder.to_owned()]).inputs;
    let jobs: Vec<Job> = inputs.into_iter().map(Job::Input).collect();
    let (found, expected) = (side_by_side(jobs, 4), one_after_the_other());
    assert_eq!(found.cells.rows, expected.cells.rows);
    assert_eq!(found.summary.records, expected.summary.records);
    assert_eq!(found.summary.bytes, expected.summary.bytes);
}

#[test]
fn a_reader_that_is_far_ahead_waits_and_nothing_is_lost() {
    // One job that is folded in many batches, and many small ones behind it.
    let line = |number: usize| {
        format!(
            "{{\"eventVersion\":\"1.11\",\"eventTime\":\"2026-03-02T10:00:00Z\",\"eventSource\":\"cognito-idp.amazonaws.com\",\"eventName\":\"Token_POST\",\"awsRegion\":\"eu-west-1\",\"additionalEventData\":{{\"responseParameters\":{{\"status\":200}},\"userPoolId\":\"eu-west-1_EXAMPLE\",\"clientId\":\"1aaaaaaaaaaaaaaaaaaexample\"}},\"eventID\":\"e-{number}\",\"eventType\":\"AwsServiceEvent\",\"recipientAccountId\":\"111122223333\"}}\n"
        )
    };
    let job = |name: &str, numbers: std::ops::Range<usize>| {
        Job::Page(Arc::new(Page {
            name: name.to_owned(),
            bytes: numbers.map(line).collect::<String>().into_bytes(),
            records: 0,
            file: true,
            failure: None,
        }))
    };
    let mut jobs = vec![job("large", 0..100_000)];
    jobs.extend((0..200).map(|number| job("small", number * 10..number * 10 + 20)));
    let frames = side_by_side(jobs, 4);
    assert_eq!(frames.summary.records, 100_000 + 200 * 20);
    assert_eq!(frames.summary.requests, 100_000);
    assert_eq!(frames.summary.duplicates, 200 * 20);
}
