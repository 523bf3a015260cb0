//! Asks AWS everything at once and hands on what comes.

use std::future::Future;

use anyhow::Context;
use chrono::{DateTime, Utc};
use tokio::{runtime::Runtime, sync::mpsc, task::JoinSet};
use trailblame::{
    ids::Region,
    queries,
    record::SourceKind,
    source::aws::{
        Pace, Page, Pages, Place, Reach, Stop,
        lookup::{self, Question, look_up},
    },
    window::Window,
};

use super::aws::Asked;

/// Pages wait for the fold; so many of them in memory.
const PAGES_WAITING: usize = 16;

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

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Attempts, in this kind of log: what was not read of them stands in the coverage.
    Requests(SourceKind),
    /// Configuration writes: what was not read of them may hold the cause.
    Changes,
}

/// The answer to one question, without its pages.
#[derive(Debug)]
pub struct Answer {
    /// What it was for.
    pub purpose: Purpose,
    /// How far it got.
    pub reach: Reach,
}

impl Answer {
    /// Whether it was stopped before anything was read.
    pub fn is_empty_handed(&self) -> bool {
        self.reach.stop.is_some() && self.reach.got.is_empty()
    }
}

/// What to say of a question that was not answered whole.
pub fn told(answer: &Answer) -> Option<String> {
    let Reach {
        question,
        account,
        region,
        ..
    } = &answer.reach;
    let stop = answer.reach.stop.as_ref()?;
    let blind = match answer.purpose {
        Purpose::Requests(_) => "",
        Purpose::Changes => "; the cause may be among the changes not seen",
    };
    Some(format!(
        "{question} in account {account}, {region}: {stop}{blind}"
    ))
}

/// How to go on after a stop.
pub fn cure(stop: &Stop) -> Option<String> {
    Some(match stop {
        Stop::Denied { action, .. } => {
            format!("allow `{action}`; `trailblame iam-policy` prints the least policy")
        }
        Stop::Credentials { .. } => "renew the credentials (`aws sso login`, or a new \
                                     session) and run the same command again"
            .to_owned(),
        Stop::OutOfTime { .. } => "an event history gives 100 events a second at most: read the \
                                   trail's bucket or log group instead, or give a shorter window"
            .to_owned(),
        Stop::GaveUp { .. } => "run the same command again".to_owned(),
        _ => return None,
    })
}

/// Asks everything at once and hands each page to `each` as it comes.
///
/// # Errors
///
/// There are no credentials or no Region to ask, or somebody interrupted it.
pub fn ask(asked: &Asked, spans: Spans, mut each: impl FnMut(Page)) -> anyhow::Result<Vec<Answer>> {
    let runtime = Runtime::new().context("failed to start the asynchronous runtime")?;
    let places = runtime.block_on(until_interrupted(asked.places()))??;
    let (pages, mut read) = mpsc::channel(PAGES_WAITING);
    let mut questions = JoinSet::new();
    for place in &places {
        if asked.cloudtrail {
            let looked = look(asked, place.clone(), spans, pages.clone());
            questions.spawn_on(looked, runtime.handle());
        }
    }
    for place in elsewhere(places) {
        if asked.cloudtrail {
            let looked = look_elsewhere(asked, place, spans, pages.clone());
            questions.spawn_on(looked, runtime.handle());
        }
    }
    drop(pages);
    let answers = runtime.spawn(until_interrupted(questions.join_all()));
    while let Some(page) = read.blocking_recv() {
        each(page);
    }
    let answers = runtime.block_on(answers).context("failed to ask AWS")??;
    Ok(answers.into_iter().flatten().collect())
}

/// The global Region of each account in which it was not asked anyway.
fn elsewhere(places: Vec<Place>) -> Vec<Place> {
    let is_global = |place: &Place| place.region.as_str() == queries::GLOBAL_REGION;
    let mut others: Vec<Place> = Vec::new();
    for place in &places {
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

/// Changes, then requests: one account and Region has one quota, and changes are few.
fn look(
    asked: &Asked,
    place: Place,
    spans: Spans,
    pages: Pages,
) -> impl Future<Output = Vec<Answer>> + Send + 'static {
    let mut names = queries::regional_change_names();
    if place.region.as_str() == queries::GLOBAL_REGION {
        names.extend(queries::global_change_names());
    }
    let window = spans.requests.and_then(|window| kept(window, spans.at));
    let requests = window.map(|window| Question {
        what: "look-up of requests",
        names: queries::request_names(),
        window,
        longest: Some((asked.max_lookup_time, "--max-lookup-time")),
    });
    let questions = [
        changes(names, spans).map(|question| (Purpose::Changes, question)),
        requests.map(|question| (Purpose::Requests(SourceKind::Trail), question)),
    ];
    let pace = pace(asked);
    async move {
        let mut answers = Vec::new();
        for (purpose, question) in questions.into_iter().flatten() {
            let reach = look_up(&place, &pace, question, spans.at, pages.clone()).await;
            answers.push(Answer { purpose, reach });
        }
        answers
    }
}

/// Changes that only the global Region logs.
fn look_elsewhere(
    asked: &Asked,
    place: Place,
    spans: Spans,
    pages: Pages,
) -> impl Future<Output = Vec<Answer>> + Send + 'static {
    let changes = changes(queries::global_change_names(), spans);
    let pace = pace(asked);
    async move {
        let Some(changes) = changes else {
            return Vec::new();
        };
        vec![Answer {
            purpose: Purpose::Changes,
            reach: look_up(&place, &pace, changes, spans.at, pages).await,
        }]
    }
}

fn changes(names: Vec<&'static str>, spans: Spans) -> Option<Question> {
    let window = spans.changes.and_then(|window| kept(window, spans.at));
    window.map(|window| Question {
        what: "look-up of changes",
        names,
        window,
        longest: None,
    })
}

/// The part of a span that CloudTrail's event history still holds.
fn kept(window: Window, at: DateTime<Utc>) -> Option<Window> {
    let kept = Window {
        start: at - lookup::KEPT,
        end: at,
    };
    window.shared(kept)
}

/// Half of the quota: it belongs to the whole account, and colleagues are debugging too.
fn pace(asked: &Asked) -> Pace {
    Pace::new(asked.max_rps.unwrap_or(lookup::QUOTA / 2.0))
}

/// Ctrl-C ends the waiting.
async fn until_interrupted<T>(work: impl Future<Output = T>) -> Result<T, Stop> {
    tokio::select! {
        done = work => Ok(done),
        _ = tokio::signal::ctrl_c() => Err(Stop::Interrupted),
    }
}
