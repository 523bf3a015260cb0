use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    frame::{Bounds, Fold, Frames},
    queries::endpoint,
    record::{KnownBy, Located, Outcome, Record, Request, SourceKind},
};

fn at(seconds: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-03-02T10:00:00Z".parse().expect("a time");
    start + TimeDelta::seconds(seconds)
}

/// A request of one person's browser; `server` asks from the application's address.
fn asked(
    seconds: i64,
    person: &str,
    at_: &'static str,
    outcome: Outcome<'static>,
) -> Request<'static> {
    let exchange = at_ == endpoint::TOKEN;
    Request {
        time: at(seconds),
        source: SourceKind::Trail,
        event_id: Some(format!("{person}-{at_}-{seconds}").into()),
        account: Some("111122223333".into()),
        region: Some("eu-west-1".into()),
        user_pool: Some("eu-west-1_EXAMPLE".into()),
        client: Some("1web000000000000000example".into()),
        endpoint: at_.into(),
        grant: (exchange || at_ == endpoint::AUTHORIZE).then_some("authorization_code".into()),
        redirect_uri: (at_ == endpoint::AUTHORIZE).then_some("https://app.example.com/cb".into()),
        outcome,
        source_ip: Some(if exchange {
            "192.0.2.1".into()
        } else {
            person.to_owned().into()
        }),
        agent: Some(if exchange {
            "axios/1".into()
        } else {
            "Mozilla/5.0".into()
        }),
        ..Request::default()
    }
}

fn frames(requests: impl IntoIterator<Item = Request<'static>>) -> Frames {
    let mut fold = Fold::new(Bounds::default());
    fold.begin("test.json");
    for request in requests {
        fold.take(Ok(Located {
            offset: 0,
            raw: b"",
            record: Record::Request(request),
        }));
    }
    fold.finish(&[])
}

/// Times of the attempts that nothing followed, in seconds.
fn not_followed(frames: &Frames) -> Vec<i64> {
    let failures = frames.aside.failures.iter();
    failures
        .map(|failure| (failure.time - at(0)).num_seconds())
        .collect()
}

/// Sign-ins a minute apart: each asks, sees the login page and gets a code.
fn sign_ins(minutes: std::ops::Range<i64>) -> Vec<Request<'static>> {
    let sign_in = |minute: i64| {
        let (person, second) = (format!("198.51.100.{}", minute % 200), 60 * minute);
        [
            asked(second, &person, endpoint::AUTHORIZE, Outcome::Ok),
            asked(second + 1, &person, endpoint::LOGIN, Outcome::Ok),
            asked(second + 15, &person, endpoint::TOKEN, Outcome::Ok),
        ]
    };
    minutes.flat_map(sign_in).collect()
}

/// The same, refused: a redirect back with an error, which leaves no other record.
fn refused(minutes: std::ops::Range<i64>) -> impl Iterator<Item = Request<'static>> {
    let alone = |request: &Request<'_>| request.endpoint == endpoint::AUTHORIZE;
    sign_ins(minutes).into_iter().filter(alone)
}

#[test]
fn a_redirect_that_no_page_follows_was_refused() {
    let mut requests = sign_ins(0..20);
    requests.extend(refused(20..60));
    requests.extend(sign_ins(60..70));
    let frames = frames(requests);
    let expected: Vec<i64> = (20..60).map(|minute| 60 * minute).collect();
    assert_eq!(not_followed(&frames), expected);
    let key = &frames.aside.keys[frames.aside.failures[0].key as usize];
    let text = |symbol| frames.aside.text(symbol);
    assert_eq!(text(key.outcome), Some("not_followed"));
    assert_eq!(text(key.known_by), Some(KnownBy::NextStep.as_str()));
    assert_eq!(text(key.redirect_uri), Some("https://app.example.com/cb"));
    assert!(frames.cells.failures.is_empty(), "no verdict rests on it");
}

#[test]
fn where_a_page_seldom_follows_its_absence_says_nothing() {
    let half = (0..60).step_by(2).flat_map(|minute| {
        let mut both = sign_ins(minute..minute + 1);
        both.extend(refused(minute + 1..minute + 2));
        both
    });
    assert!(not_followed(&frames(half)).is_empty());
}

#[test]
fn a_code_without_a_page_follows_too() {
    // The session is still good: the server has the code at once, from its own address.
    let silent = (0..30).flat_map(|minute| {
        let person = format!("198.51.100.{minute}");
        [
            asked(60 * minute, &person, endpoint::AUTHORIZE, Outcome::Ok),
            asked(60 * minute + 2, &person, endpoint::TOKEN, Outcome::Ok),
        ]
    });
    let mut requests: Vec<_> = silent.collect();
    requests.extend(refused(30..32));
    requests.extend(sign_ins(32..36));
    assert_eq!(not_followed(&frames(requests)), [1_800, 1_860]);
}

#[test]
fn the_end_of_the_logs_is_no_refusal() {
    let mut requests = sign_ins(0..20);
    requests.extend(refused(20..21));
    assert!(not_followed(&frames(requests)).is_empty());
}

#[test]
fn an_error_page_belongs_to_the_sign_in_that_led_to_it() {
    let mut page = asked(
        3,
        "198.51.100.7",
        endpoint::ERROR_PAGE,
        Outcome::Failed("invalid_request".into()),
    );
    page.client = None;
    let other = asked(
        4,
        "198.51.100.8",
        endpoint::ERROR_PAGE,
        Outcome::Failed("invalid_request".into()),
    );
    let authorize = asked(1, "198.51.100.7", endpoint::AUTHORIZE, Outcome::Ok);
    let frames = frames([authorize, page, other]);
    let told = frames.cells.failures.iter().map(|failure| {
        let key = &frames.cells.keys[failure.key as usize];
        let text = |symbol| frames.cells.text(symbol).unwrap_or("-");
        (text(key.client), text(key.grant), text(key.redirect_uri))
    });
    let client = "1web000000000000000example";
    let expected = [
        (client, "-", "-"),
        (client, "authorization_code", "https://app.example.com/cb"),
    ];
    let mut told: Vec<_> = told.collect();
    told.sort_unstable();
    assert_eq!(told, expected);
}

#[test]
fn callers_are_told_apart_by_what_came_of_their_requests() {
    let mut requests = sign_ins(0..3);
    requests.push(asked(
        500,
        "203.0.113.9",
        endpoint::LOGIN,
        Outcome::Failed("http_400".into()),
    ));
    let frames = frames(requests);
    let of = |address: &str| {
        let is_it = |row: &&crate::frame::callers::CallerRow| {
            let caller = row.caller.as_ref().expect("few callers");
            caller.source_ip.as_deref() == Some(address)
        };
        let row = frames.callers.iter().find(is_it).expect("a caller");
        (row.record.accepted.requests, row.record.refused.requests)
    };
    assert_eq!(of("192.0.2.1"), (3, 0));
    assert_eq!(of("198.51.100.1"), (2, 0));
    assert_eq!(of("203.0.113.9"), (0, 1));
}

#[test]
fn a_minute_tells_in_which_seconds_one_was_accepted() {
    let times = [0, 7, 7, 59, 60];
    let requests = times.iter().enumerate().map(|(number, second)| {
        let mut request = asked(*second, "192.0.2.1", endpoint::TOKEN, Outcome::Ok);
        request.event_id = Some(format!("e-{number}").into());
        request
    });
    let frames = frames(requests);
    let seconds = frames.cells.rows.iter().map(|row| {
        let minute = row.first - row.first.rem_euclid(60_000_000);
        let times = row.seconds.times(minute);
        times
            .map(|time| (time - at(0).timestamp_micros()) / 1_000_000)
            .collect::<Vec<_>>()
    });
    assert_eq!(seconds.collect::<Vec<_>>(), [vec![0, 7, 59], vec![60]]);
}
