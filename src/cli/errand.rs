//! What to ask which account and Region.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use trailblame::{
    archive::{Section, blocks},
    ids::Region,
    queries,
    record::SourceKind,
    source::aws::{
        Pace, Pages, Place, Reach,
        lookup::{self, Deadline, Question, look_up},
    },
    window::{Window, Windows},
};

use super::aws::Asked;

/// The spans to ask for.
#[derive(Clone, Copy, Debug)]
pub struct Spans {
    /// Of requests, with the time before that tells the normal level of failures.
    pub requests: Option<Window>,
    /// Of changes.
    pub changes: Option<Window>,
    /// The time of asking.
    pub at: DateTime<Utc>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Attempts, in this kind of log: what was not read of them stands in the coverage.
    Requests(SourceKind),
    /// Configuration writes: what was not read of them may hold the cause.
    Changes,
}

/// One question to one account and Region.
#[derive(Clone, Debug)]
pub struct Errand {
    /// Whom to ask.
    pub place: Place,
    /// What for.
    pub purpose: Purpose,
    /// The span to ask for.
    pub window: Window,
    /// Its name in the archive.
    origin: String,
    what: &'static str,
    names: Vec<&'static str>,
    longest: Option<Duration>,
    pace: Pace,
    at: DateTime<Utc>,
}

const CHANGES: &str = "cloudtrail-changes";
const REQUESTS: &str = "cloudtrail-requests";

/// The flag that bounds the time of look-ups.
const LONGEST: &str = "--max-lookup-time";

impl Errand {
    /// Where the archive keeps its answer.
    pub fn section(&self) -> Section {
        Section {
            account: self.place.account.clone(),
            region: self.place.region.clone(),
            origin: self.origin.clone(),
        }
    }

    /// The spans to ask for one after another, so that what was got can be stored on the way:
    /// changes at once, since each name is a question; requests by day, the latest first.
    pub fn steps(&self, missing: &Windows) -> Vec<Window> {
        let windows = missing.as_slice().iter().rev();
        match self.purpose {
            Purpose::Changes => windows.copied().collect(),
            Purpose::Requests(_) => windows.flat_map(|window| window.days()).collect(),
        }
    }

    /// Asks for each span; what is left of the time goes to the next.
    pub async fn run(&self, spans: &[Window], pages: Pages) -> Reach {
        let deadline = self.deadline();
        let mut whole = self.unasked();
        for span in spans {
            let reach = self.ask(*span, deadline, pages.clone()).await;
            whole.got.extend(reach.got.as_slice().iter().copied());
            whole.stop = reach.stop;
            if whole.stop.is_some() {
                break;
            }
        }
        whole
    }

    /// Asks for one span.
    pub async fn ask(&self, window: Window, deadline: Option<Deadline>, pages: Pages) -> Reach {
        let question = Question {
            what: self.what,
            names: self.names.clone(),
            window,
            deadline,
        };
        look_up(&self.place, &self.pace, question, self.at, pages).await
    }

    /// When to stop, if asking begins now.
    pub fn deadline(&self) -> Option<Deadline> {
        self.longest.map(|after| Deadline {
            at: Instant::now() + after,
            after,
            flag: LONGEST,
        })
    }

    /// The reach of an errand not yet run.
    pub fn unasked(&self) -> Reach {
        Reach {
            question: format!("CloudTrail {}", self.what),
            account: self.place.account.clone(),
            region: self.place.region.clone(),
            asked: self.window,
            got: Windows::default(),
            at: self.at,
            stop: None,
        }
    }
}

/// What a section of the archive was asked for.
pub fn purpose(section: &Section) -> Purpose {
    match section.origin.starts_with(CHANGES) {
        true => Purpose::Changes,
        false => Purpose::Requests(SourceKind::Trail),
    }
}

/// The errands: those of an inner list share a quota and go one after another.
pub fn errands(asked: &Asked, places: Vec<Place>, spans: Spans) -> Vec<Vec<Errand>> {
    let mut errands = Vec::new();
    if asked.cloudtrail {
        let elsewhere = elsewhere(&places);
        let here = places
            .into_iter()
            .map(|place| look_ups(asked, place, spans));
        errands.extend(here);
        let global = queries::global_change_names();
        errands.extend(elsewhere.into_iter().map(|place| {
            let changes = changes(asked, place, global.clone(), spans);
            changes.into_iter().collect()
        }));
    }
    errands
}

/// Changes, then requests: one account and Region has one quota, and changes are few.
fn look_ups(asked: &Asked, place: Place, spans: Spans) -> Vec<Errand> {
    let mut names = queries::regional_change_names();
    if place.region.as_str() == queries::GLOBAL_REGION {
        names.extend(queries::global_change_names());
    }
    let changes = changes(asked, place.clone(), names, spans);
    let names = queries::request_names();
    let requests = kept(spans.requests, spans.at).map(|window| Errand {
        place,
        purpose: Purpose::Requests(SourceKind::Trail),
        window,
        origin: origin(REQUESTS, &names),
        what: "look-up of requests",
        names,
        longest: Some(asked.max_lookup_time),
        pace: changes
            .as_ref()
            .map_or_else(|| pace(asked), |changes| changes.pace.clone()),
        at: spans.at,
    });
    changes.into_iter().chain(requests).collect()
}

fn changes(asked: &Asked, place: Place, names: Vec<&'static str>, spans: Spans) -> Option<Errand> {
    let window = kept(spans.changes, spans.at)?;
    Some(Errand {
        place,
        purpose: Purpose::Changes,
        window,
        origin: origin(CHANGES, &names),
        what: "look-up of changes",
        names,
        longest: None,
        pace: pace(asked),
        at: spans.at,
    })
}

/// The global Region of each account in which it is not asked anyway.
fn elsewhere(places: &[Place]) -> Vec<Place> {
    let is_global = |place: &Place| place.region.as_str() == queries::GLOBAL_REGION;
    let mut others: Vec<Place> = Vec::new();
    for place in places {
        let same = |other: &Place| other.account == place.account;
        let asked = places.iter().any(|other| same(other) && is_global(other));
        if !asked && !others.iter().any(same) {
            let region = aws_config::Region::from_static(queries::GLOBAL_REGION);
            others.push(Place {
                account: place.account.clone(),
                region: Region::new(queries::GLOBAL_REGION),
                config: place.config.to_builder().region(region).build(),
            });
        }
    }
    others
}

/// The part of a span that CloudTrail's event history still holds.
fn kept(window: Option<Window>, at: DateTime<Utc>) -> Option<Window> {
    let kept = Window {
        start: at - lookup::KEPT,
        end: at,
    };
    blocks(window?, kept)
}

/// Half of the quota: it belongs to the whole account, and colleagues are debugging too.
fn pace(asked: &Asked) -> Pace {
    Pace::new(asked.max_rps.unwrap_or(lookup::QUOTA / 2.0))
}

/// The name of a question in the archive: asked for other names, it is another question.
fn origin(what: &str, names: &[&str]) -> String {
    let sum = Sha256::digest(names.join("\n").as_bytes());
    let sum: String = sum
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{what}-{sum}")
}
