//! CloudTrail's event history: LookupEvents, one event name a question.
//!
//! Pages hold 50 events, newest first, at two requests a second for an account and Region
//! (domain.md §5.1). A chain of pages cannot be asked side by side, so a long span is cut into
//! parts of about equal work, each with a chain of its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_sdk_cloudtrail::{
    Client,
    types::{Event, LookupAttribute, LookupAttributeKey},
};
use aws_smithy_types::DateTime as AwsTime;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use tokio::{sync::Semaphore, task::JoinSet, time::Instant};

use super::{Cost, Pace, Page, Pages, Place, Reach, Stop, call::call};
use crate::window::{Window, Windows};

/// Events are kept for 90 days.
pub const KEPT: TimeDelta = TimeDelta::days(90);
/// Documented quota of requests per second in an account and Region.
pub const QUOTA: f64 = 2.0;

const EVENTS_A_PAGE: u64 = 50;
const ACTION: &str = "cloudtrail:LookupEvents";
/// Enough in flight that a slow answer does not slow the pace.
const IN_FLIGHT: usize = 8;
/// A part is cut again when it takes so many pages more than it had.
const PAGES_A_PART: i64 = 8;
/// Each cut makes at most so many parts.
const MOST_PARTS: i64 = 16;

/// What to look up.
#[derive(Clone, Debug)]
pub struct Question {
    /// For messages: `look-up of changes`.
    pub what: &'static str,
    /// Event names, most wanted first.
    pub names: Vec<&'static str>,
    /// The span of event times.
    pub window: Window,
    /// When to stop with what was got.
    pub deadline: Option<Deadline>,
    /// Told how much there is of a name, as far as its first page shows.
    pub estimated: fn(&Estimate),
}

/// How much there is of one name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The event name.
    pub name: &'static str,
    /// Events of that name in the span, about.
    pub events: u64,
    /// The time that reading them takes at the present pace.
    pub takes: Duration,
}

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    /// The time.
    pub at: Instant,
    /// How long it was to the deadline, for messages.
    pub after: Duration,
    /// The flag that sets it, for messages.
    pub flag: &'static str,
}

/// A chain of pages to read.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Index into the names.
    name: usize,
    window: Window,
}

/// What came of a part.
struct Read {
    part: Part,
    /// Its part that was read, at its late end.
    got: Window,
    rest: Vec<Part>,
    stop: Option<Stop>,
}

struct Looking {
    client: Client,
    pace: Pace,
    names: Vec<&'static str>,
    page_name: String,
    pages: Pages,
    deadline: Option<Deadline>,
    estimated: fn(&Estimate),
    window: Window,
    turns: Semaphore,
    calls: AtomicU64,
}

/// Looks every name up and sends the records as pages of JSON lines.
pub async fn look_up(
    place: &Place,
    pace: &Pace,
    question: Question,
    at: DateTime<Utc>,
    pages: Pages,
) -> Reach {
    let names = question.names.len();
    let begun = Instant::now();
    let looking = Arc::new(Looking {
        client: Client::new(&place.config),
        pace: pace.clone(),
        names: question.names,
        page_name: format!("cloudtrail {} {}", place.account, place.region),
        pages,
        deadline: question.deadline,
        estimated: question.estimated,
        window: question.window,
        turns: Semaphore::new(IN_FLIGHT),
        calls: AtomicU64::new(0),
    });
    let mut tasks = JoinSet::new();
    let window = question.window;
    for name in 0..names {
        tasks.spawn(Arc::clone(&looking).read(Part { name, window }));
    }
    let mut got = vec![Windows::default(); names];
    let mut stop = None;
    while let Some(done) = tasks.join_next().await {
        // A task that panicked leaves its span missing.
        let Ok(done) = done else { continue };
        if let Some(got) = got.get_mut(done.part.name) {
            got.add(done.got);
        }
        for part in done.rest {
            tasks.spawn(Arc::clone(&looking).read(part));
        }
        if let Some(why) = done.stop {
            if !matches!(why, Stop::OutOfTime { .. }) {
                tasks.abort_all();
            }
            stop.get_or_insert(why);
        }
    }
    let whole = Windows::from_iter([window]);
    Reach {
        question: format!("CloudTrail {}", question.what),
        account: place.account.clone(),
        region: place.region.clone(),
        asked: window,
        got: got.iter().fold(whole, |all, got| all.shared(got)),
        at,
        scanned: None,
        cost: Some(Cost {
            calls: looking.calls.load(Ordering::Relaxed),
            took: begun.elapsed(),
        }),
        holds_trail: false,
        stop,
    }
}

impl Looking {
    /// Reads pages, newest first, until the part is done or is better cut.
    async fn read(self: Arc<Self>, part: Part) -> Read {
        let mut read = Read {
            part,
            got: Window {
                start: part.window.end,
                end: part.window.end,
            },
            rest: Vec::new(),
            stop: None,
        };
        // The semaphore is never closed.
        let _turn = self.turns.acquire().await;
        let mut token = None;
        let mut pages = 0;
        loop {
            if let Some(stop) = self.out_of_time() {
                read.stop = Some(stop);
                return read;
            }
            let (events, next) = match self.page(part, token.take()).await {
                Ok(page) => page,
                Err(stop) => {
                    read.stop = Some(stop);
                    return read;
                }
            };
            pages += 1;
            if next.is_none() {
                read.got.start = part.window.start;
                return read;
            }
            token = next;
            // The oldest second may go on on the next page.
            if let Some(oldest) = events {
                let whole = (oldest + TimeDelta::seconds(1)).min(part.window.end);
                read.got.start = read.got.start.min(whole).max(part.window.start);
            }
            if pages == 1 && part.window == self.window {
                self.estimate(part, read.got);
            }
            let parts = parts(part.window, read.got, pages);
            if parts > 1 {
                let window = Window {
                    start: part.window.start,
                    end: read.got.start,
                };
                let windows = window.split(parts).into_iter();
                read.rest = windows.map(|window| Part { window, ..part }).collect();
                return read;
            }
        }
    }

    /// Tells what the first page of a name shows.
    fn estimate(&self, part: Part, got: Window) {
        let read = (got.end - got.start).num_milliseconds().max(1);
        let all = (part.window.end - part.window.start).num_milliseconds();
        let pages = u64::try_from(all / read).unwrap_or(0) + 1;
        (self.estimated)(&Estimate {
            name: self.names.get(part.name).copied().unwrap_or_default(),
            events: pages * EVENTS_A_PAGE,
            takes: Duration::from_secs_f64(pages as f64 / self.pace.rate()),
        });
    }

    fn out_of_time(&self) -> Option<Stop> {
        let Deadline { at, after, flag } = self.deadline?;
        (Instant::now() >= at).then_some(Stop::OutOfTime { after, flag })
    }

    /// One page: the time of its oldest event, and the token of the next.
    async fn page(
        &self,
        part: Part,
        token: Option<String>,
    ) -> Result<(Option<DateTime<Utc>>, Option<String>), Stop> {
        let name = self.names.get(part.name).copied().unwrap_or_default();
        let attribute = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::EventName)
            .attribute_value(name)
            .build()
            .map_err(|error| Stop::Refused {
                action: ACTION,
                code: "invalid request".to_owned(),
                message: error.to_string(),
            })?;
        // Both bounds are whole seconds, and both are inside.
        let last = (part.window.end - TimeDelta::microseconds(1)).trunc_subsecs(0);
        let page = call(&self.pace, ACTION, || {
            self.client
                .lookup_events()
                .lookup_attributes(attribute.clone())
                .start_time(AwsTime::from_secs(part.window.start.timestamp()))
                .end_time(AwsTime::from_secs(last.timestamp()))
                .max_results(EVENTS_A_PAGE as i32)
                .set_next_token(token.clone())
                .send()
        })
        .await?;
        self.calls.fetch_add(1, Ordering::Relaxed);
        let events = page.events();
        let oldest = events
            .iter()
            .filter_map(Event::event_time)
            .map(AwsTime::secs)
            .min()
            .and_then(|second| DateTime::from_timestamp(second, 0));
        if !events.is_empty() {
            self.send(events).await?;
        }
        Ok((oldest, page.next_token.filter(|token| !token.is_empty())))
    }

    async fn send(&self, events: &[Event]) -> Result<(), Stop> {
        let records: Vec<&str> = events.iter().filter_map(Event::cloud_trail_event).collect();
        let page = Page {
            name: self.page_name.clone(),
            bytes: records.join("\n").into_bytes(),
            records: records.len(),
            file: false,
            failure: None,
        };
        self.pages
            .send(page)
            .await
            .map_err(|_closed| Stop::Interrupted)
    }
}

/// Into how many parts the rest is better cut: one is no cut.
fn parts(asked: Window, got: Window, pages: i64) -> u32 {
    let read = (got.end - got.start).num_seconds();
    let left = (got.start - asked.start).num_seconds();
    if read <= 0 || left <= 0 {
        return 1;
    }
    let pages_left = i128::from(pages) * i128::from(left) / i128::from(read);
    let parts = (pages_left / i128::from(PAGES_A_PART)).clamp(1, MOST_PARTS.into());
    // A chain that was cut a moment ago goes on for its share of pages.
    match pages == 1 || pages % PAGES_A_PART == 0 {
        true => u32::try_from(parts).unwrap_or(1),
        false => 1,
    }
}
