//! Made-up attempts for tests: a few app clients and kinds of requests, and what came in which
//! minutes.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::{Bounds, Cells, Fold, Frames};
use crate::record::{Counted, Located, Outcome, Record, Request, SourceKind};

/// Attempts of one kind in one minute: minute, seconds of the first and the last, client, kind, how
/// many, and whether they failed.
pub type Made = (i64, i64, i64, usize, usize, u64, bool);

const CLIENTS: [&str; 3] = ["web", "app", "job"];
const KINDS: [(&str, Option<&str>, Option<&str>); 4] = [
    ("token", Some("client_credentials"), None),
    ("token", Some("refresh_token"), Some("read")),
    ("InitiateAuth", Some("USER_SRP_AUTH"), None),
    ("authorize", None, Some("read write")),
];

/// So many attempts within so many minutes.
pub fn made(attempts: usize, minutes: i64) -> impl Strategy<Value = Vec<Made>> {
    let one = (
        0..minutes,
        0..60i64,
        0..60i64,
        0..CLIENTS.len(),
        0..KINDS.len(),
        1..6u64,
        prop::bool::weighted(0.15),
    );
    prop::collection::vec(one, 0..attempts)
}

/// Everything the analysis eats of them.
pub fn frames(made: &[Made]) -> Frames {
    let mut fold = Fold::new(Bounds::default());
    fold.begin("made.log");
    for one in made {
        fold.take(Ok(Located {
            offset: 0,
            raw: format!("{one:?}").as_bytes(),
            record: Record::Counted(counted(*one)),
        }));
    }
    fold.finish(&[])
}

/// The attempts of them.
pub fn cells(made: &[Made]) -> Cells {
    frames(made).cells
}

fn counted((minute, one, other, client, kind, requests, failed): Made) -> Counted<'static> {
    let at = |second| start() + TimeDelta::minutes(minute) + TimeDelta::seconds(second);
    let (endpoint, grant, scopes) = KINDS[kind];
    // Failures stand one by one.
    let (other, requests) = if failed { (one, 1) } else { (other, requests) };
    let request = Request {
        time: at(one.min(other)),
        source: SourceKind::Trail,
        event_id: None,
        request_id: None,
        account: Some("111122223333".into()),
        region: Some("eu-west-1".into()),
        user_pool: Some("eu-west-1_EXAMPLE".into()),
        client: Some(CLIENTS[client].into()),
        domain: None,
        stream: None,
        endpoint: endpoint.into(),
        grant: grant.map(Into::into),
        redirect_uri: None,
        scopes: scopes.map(Into::into),
        identity_provider: None,
        auth_method: None,
        outcome: match failed {
            true => Outcome::Failed("http_400".into()),
            false => Outcome::Ok,
        },
        principal: None,
        source_ip: None,
        ..Request::default()
    };
    Counted {
        request,
        last: at(one.max(other)),
        requests,
        callers: requests,
        seconds: None,
    }
}

/// When the first minute begins.
pub fn start() -> DateTime<Utc> {
    "2026-03-02T00:00:00Z".parse().expect("a time")
}
