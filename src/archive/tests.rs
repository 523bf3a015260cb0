//! Whatever the order and size of the pulls, the archive gives back what was read.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;
use crate::{
    frame::{Bounds, Frames},
    record,
};

const START: i64 = 1_772_409_600 - 3600;

fn time(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(START + second, 0).expect("a time")
}

fn window(start: i64, end: i64) -> Window {
    Window {
        start: time(start),
        end: time(end),
    }
}

/// A token request of a user: second, user, status.
fn request((second, user, refused): (i64, u8, bool)) -> String {
    let time = time(second).format("%Y-%m-%dT%H:%M:%SZ");
    let status = if refused { 400 } else { 200 };
    let grant = match second % 4 {
        0 => "authorization_code",
        _ => "refresh_token",
    };
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"accountId":"111122223333"}},"eventTime":"{time}","eventSource":"cognito-idp.amazonaws.com","eventName":"Token_POST","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.{user}","userAgent":"curl/8","requestParameters":null,"additionalEventData":{{"sub":"user-{user}","responseParameters":{{"status":{status}}},"requestParameters":{{"grant_type":["{grant}"],"client_id":["1aaaaaaaaaaaaaaaaaaexample"]}},"userPoolId":"eu-west-1_EXAMPLE"}},"eventID":"e-{second}-{user}-{refused}","eventType":"AwsServiceEvent","recipientAccountId":"111122223333"}}"#
    )
}

/// The requests of a span, as a source would give them.
fn read(requests: &[(i64, u8, bool)], within: Window) -> Fold {
    let mut fold = Fold::for_archive();
    let inside = requests
        .iter()
        .filter(|(second, ..)| within.contains(time(*second)));
    let text: Vec<String> = inside.map(|request_of| request(*request_of)).collect();
    let text = text.join("\n");
    fold.begin_page("page");
    record::read(text.as_bytes(), "page", |record| fold.take(record)).expect("memory");
    fold
}

fn section() -> Section {
    Section {
        account: AccountId::new("111122223333"),
        region: Region::new("eu-west-1"),
        origin: "cloudtrail-requests".to_owned(),
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("trailblame-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn told(frames: &Frames) -> String {
    let cells = &frames.cells;
    let rows = cells.rows.iter().map(|row| {
        let key = cells.keys[row.key as usize];
        let outcome = cells.text(key.outcome).unwrap_or_default();
        format!(
            "{}..{} {outcome} {}/{}",
            row.first, row.last, row.callers, row.requests
        )
    });
    rows.collect::<Vec<_>>().join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn pulls_in_any_order_give_back_what_was_read(
        requests in prop::collection::btree_set((0i64..7200, 0u8..3, any::<bool>()), 0..60),
        pulls in prop::collection::vec((0i64..7000, 1i64..4000), 0..6),
    ) {
        let requests: Vec<_> = requests.into_iter().collect();
        let archive = Archive::new(folder("pulls"));
        let lock = archive.lock(|| {}).expect("a lock");
        let all = window(0, 7200);
        // Some spans, then what is missing: as a pull does.
        let wanted = pulls.iter().map(|(start, length)| window(*start, start + length));
        for wanted in wanted.chain([all]) {
            for missing in archive.covered(&section()).expect("coverage").missing(wanted).as_slice() {
                let kept = read(&requests, *missing).kept().expect("rows");
                let got = Windows::from_iter([*missing]);
                archive.store(&lock, &section(), &kept, &got, time(100_000)).expect("stored");
            }
        }
        prop_assert!(archive.covered(&section()).expect("coverage").missing(all).is_empty());
        let mut restored = Fold::new(Bounds::default());
        let windows = Windows::from_iter([all]);
        archive.restore(&section(), &windows, &mut restored).expect("rows");
        let restored = restored.finish(&[]);
        let direct = read(&requests, all).finish(&[]);
        prop_assert_eq!(told(&restored), told(&direct));
        prop_assert_eq!(restored.callers, direct.callers);
        drop(lock);
        fs::remove_dir_all(archive.root()).expect("removed");
    }
}

#[test]
fn what_may_still_come_is_not_covered_and_is_replaced() {
    let archive = Archive::new(folder("late"));
    let lock = archive.lock(|| {}).expect("a lock");
    let got = Windows::from_iter([window(0, 3600)]);
    let store = |requests: &[(i64, u8, bool)], got: &Windows, complete| {
        let kept = read(requests, window(0, 7200)).kept().expect("rows");
        archive
            .store(&lock, &section(), &kept, got, time(complete))
            .expect("stored");
    };
    store(&[(60, 1, false), (3000, 1, true)], &got, 2700);
    assert_eq!(
        archive.covered(&section()).expect("coverage").as_slice(),
        [window(0, 2700)]
    );
    // The late one is there now; the one before is not asked for again.
    let rest = Windows::from_iter([window(2700, 7200)]);
    store(&[(3000, 1, true), (3001, 2, true)], &rest, 7200);
    let mut fold = Fold::new(Bounds::default());
    let all = Windows::from_iter([window(0, 7200)]);
    archive.restore(&section(), &all, &mut fold).expect("rows");
    let frames = fold.finish(&[]);
    assert_eq!(frames.summary.requests, 3);
    assert_eq!(archive.prune(&lock, time(7200)).expect("pruned"), 3);
    assert!(
        !archive
            .covered(&section())
            .expect("coverage")
            .contains(time(60))
    );
    assert!(
        archive
            .covered(&section())
            .expect("coverage")
            .contains(time(3600))
    );
    fs::remove_dir_all(archive.root()).expect("removed");
}

#[test]
fn an_accepted_attempt_told_by_two_sections_counts_once() {
    let archive = Archive::new(folder("twice"));
    let lock = archive.lock(|| {}).expect("a lock");
    let got = Windows::from_iter([window(0, 3600)]);
    let other = Section {
        origin: "s3-trail".to_owned(),
        ..section()
    };
    let mut kept = read(&[(60, 1, false), (61, 1, true)], window(0, 3600));
    let kept = kept.kept().expect("rows");
    for section in [&section(), &other] {
        archive
            .store(&lock, section, &kept, &got, time(3600))
            .expect("stored");
    }
    assert_eq!(
        archive.sections().expect("sections"),
        [section(), other.clone()]
    );
    let mut fold = Fold::new(Bounds::default());
    archive.restore(&section(), &got, &mut fold).expect("rows");
    fold.told("111122223333", "eu-west-1", &got);
    archive.restore(&other, &got, &mut fold).expect("rows");
    assert_eq!(fold.finish(&[]).summary.requests, 2);
    fs::remove_dir_all(archive.root()).expect("removed");
}

#[test]
fn blocks_are_whole() {
    for ((start, end), expected) in [
        ((0, 300), Some((0, 300))),
        ((1, 299), None),
        ((1, 901), Some((300, 900))),
    ] {
        let expected = expected.map(|(start, end)| window(start, end));
        assert_eq!(aligned(&window(start, end)), expected);
    }
    assert_eq!(days(&Windows::from_iter([window(0, 7200)])).len(), 2);
}
