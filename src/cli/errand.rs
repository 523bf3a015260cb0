//! What to ask which account and Region.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use trailblame::{
    archive::{Section, blocks},
    engine::athena as engine,
    ids::Region,
    queries,
    record::SourceKind,
    source::aws::{
        Cost, Pace, Pages, Place, Reach,
        filter::{self, Wanted, filter},
        lookup::{self, Deadline, Estimate, Question, look_up},
        s3::{self, download},
    },
    window::{Window, Windows},
};

use super::{
    athena,
    aws::{Asked, Bucket},
    output,
};

mod log_groups;

/// The spans to ask for.
#[derive(Clone, Copy, Debug)]
pub struct Spans {
    /// Of requests, with the time before that tells the normal level of failures.
    pub requests: Option<Window>,
    /// Of changes.
    pub changes: Option<Window>,
    /// Of files, which hold both.
    pub files: Window,
    /// The time of asking.
    pub at: DateTime<Utc>,
}

impl Spans {
    /// The same questions of what came from their end on until so much later.
    pub fn beyond(self, length: TimeDelta) -> Option<Self> {
        let start = self.files.end;
        let window = Window {
            start,
            end: start.checked_add_signed(length)?.min(self.at),
        };
        let after = |window: Option<Window>, beyond| window.map(|_| beyond);
        (start < window.end).then_some(Self {
            requests: after(self.requests, window),
            changes: after(self.changes, window),
            files: window,
            at: self.at,
        })
    }

    /// The same with requests in whole blocks, as the archive keeps them.
    pub fn to_keep(self) -> Self {
        let limits = Window {
            start: DateTime::UNIX_EPOCH,
            end: self.at,
        };
        Self {
            requests: self.requests.and_then(|window| blocks(window, limits)),
            ..self
        }
    }

    /// The time before the requests in which files are read for changes.
    pub fn files_before(self) -> Option<Window> {
        self.files.shared(Window {
            start: self.files.start,
            end: self
                .requests
                .map_or(self.files.end, |requests| requests.start),
        })
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Attempts, in this kind of log: what was not read of them stands in the coverage.
    Requests(SourceKind),
    /// Configuration writes: what was not read of them may hold the cause.
    Changes,
    /// Changes of other services around incidents: the same, of a short time.
    NearIncidents,
    /// A log group: what it tells of is known when it is read.
    Log,
    /// Configuration writes before that, in log groups that hold a trail.
    LogChanges,
    /// Files of a bucket: what they tell of is known when they are read.
    Files,
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
    ask: Ask,
    pace: Pace,
    at: DateTime<Utc>,
}

/// How it is asked.
#[derive(Clone, Debug)]
enum Ask {
    /// CloudTrail's event history.
    LookUp {
        what: &'static str,
        names: Vec<&'static str>,
        longest: Option<Duration>,
    },
    /// A log group.
    LogGroup(String, Wanted),
    /// Objects of a bucket, of these Regions.
    Bucket(Bucket, Vec<String>),
    /// Athena's table, of which attempts are asked from this time on.
    Athena(athena::Asked, Option<Window>),
}

const CHANGES: &str = "cloudtrail-changes";
const NEAR: &str = "cloudtrail-near-incidents";
/// From so long on, reading is announced.
const LONG: Duration = Duration::from_secs(60);
const LOGS: &str = "logs";
const LOG_CHANGES: &str = "logs-changes";
const S3: &str = "s3";
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
            Purpose::Changes | Purpose::NearIncidents | Purpose::LogChanges | Purpose::Files => {
                windows.copied().collect()
            }
            Purpose::Requests(_) | Purpose::Log => {
                windows.flat_map(|window| window.days()).collect()
            }
        }
    }

    /// Asks for each span; what is left of the time goes to the next.
    pub async fn run(&self, spans: &[Window], pages: Pages) -> Reach {
        let deadline = self.deadline();
        let mut whole = self.unasked();
        for span in spans {
            let reach = self.ask(*span, deadline, pages.clone()).await;
            whole.got.extend(reach.got.as_slice().iter().copied());
            whole.scanned = sum(whole.scanned, reach.scanned);
            whole.cost = Cost::sum(whole.cost, reach.cost);
            whole.holds_trail |= reach.holds_trail;
            whole.stop = reach.stop;
            if whole.stop.is_some() {
                break;
            }
        }
        whole
    }

    /// Asks for one span.
    pub async fn ask(&self, window: Window, deadline: Option<Deadline>, pages: Pages) -> Reach {
        match &self.ask {
            Ask::LookUp { what, names, .. } => {
                let question = Question {
                    what,
                    names: names.clone(),
                    window,
                    deadline,
                    estimated: tell_estimate,
                };
                look_up(&self.place, &self.pace, question, self.at, pages).await
            }
            Ask::LogGroup(group, wanted) => {
                let question = filter::Question {
                    group: group.clone(),
                    window,
                    wanted: *wanted,
                    of_trail: match wanted {
                        Wanted::Everything => queries::of_trail(),
                        Wanted::Changes => queries::changes_of_trail(),
                    },
                };
                filter(&self.place, &self.pace, &question, self.at, pages).await
            }
            Ask::Bucket(bucket, regions) => {
                let question = s3::Question {
                    bucket: bucket.name.clone(),
                    prefix: bucket.prefix.clone(),
                    window,
                    regions: regions.clone(),
                };
                download(&self.place, &self.pace, &question, self.at, pages).await
            }
            Ask::Athena(asked, requests) => {
                let question = engine::Question {
                    table: asked.table.clone(),
                    workgroup: asked.workgroup.clone(),
                    output: asked.output.clone(),
                    most: asked.max_scan,
                    requests: requests.and_then(|requests| requests.shared(window)),
                    changes: window,
                };
                engine::ask(&self.place, &self.pace, &question, self.at, pages).await
            }
        }
    }

    /// When to stop, if asking begins now.
    pub fn deadline(&self) -> Option<Deadline> {
        let Ask::LookUp { longest, .. } = &self.ask else {
            return None;
        };
        longest.map(|after| Deadline {
            at: Instant::now() + after,
            after,
            flag: LONGEST,
        })
    }

    /// The reach of an errand not yet run.
    pub fn unasked(&self) -> Reach {
        Reach {
            question: match &self.ask {
                Ask::LookUp { what, .. } => format!("CloudTrail {what}"),
                Ask::LogGroup(group, wanted) => filter::name(group, *wanted),
                Ask::Bucket(bucket, _) => format!("s3://{}/{}", bucket.name, bucket.prefix),
                Ask::Athena(..) => "Athena".to_owned(),
            },
            account: self.place.account.clone(),
            region: self.place.region.clone(),
            asked: self.window,
            got: Windows::default(),
            at: self.at,
            scanned: None,
            cost: None,
            holds_trail: false,
            stop: None,
        }
    }
}

/// A long reading is announced.
fn tell_estimate(estimate: &Estimate) {
    let Estimate {
        name,
        events,
        takes,
    } = estimate;
    if *takes >= LONG {
        output::tell(format_args!(
            "about {events} {name} events: {} min to look them all up, the latest first",
            takes.as_secs().div_ceil(60)
        ));
    }
}

/// What a section of the archive was asked for.
pub fn purpose(section: &Section) -> Purpose {
    match section.origin.as_str() {
        origin if origin.starts_with(CHANGES) => Purpose::Changes,
        origin if origin.starts_with(NEAR) => Purpose::NearIncidents,
        origin if origin.starts_with(LOG_CHANGES) => Purpose::LogChanges,
        origin if origin.starts_with(LOGS) => Purpose::Log,
        origin if origin.starts_with(S3) || origin.starts_with("athena") => Purpose::Files,
        _ => Purpose::Requests(SourceKind::Trail),
    }
}

/// The errands: those of an inner list share a quota and go one after another.
pub fn errands(asked: &Asked, places: Vec<Place>, spans: Spans) -> Vec<Vec<Errand>> {
    let mut errands = Vec::new();
    // Whoever may read a bucket may read all of it.
    let reader = places.first();
    errands.extend(reader.map(|place| files(asked, place, spans)));
    errands.extend(reader.map(|place| tables(asked, place, spans)));
    errands.extend(log_groups::errands(asked, &places, spans));
    if asked.cloudtrail {
        let elsewhere = elsewhere(&places, queries::GLOBAL_REGION);
        let here = places
            .into_iter()
            .map(|place| look_ups(asked, place, spans));
        errands.extend(here);
        // With requests, incidents say where to look for changes of other services.
        let alone = spans.requests.is_none();
        let global = queries::global_change_names();
        errands.extend(elsewhere.into_iter().filter(|_| alone).map(|place| {
            let changes = changes(asked, place, global.clone(), spans);
            changes.into_iter().collect()
        }));
    }
    errands
}

/// Buckets: requests and the changes before them lie in the same files.
fn files(asked: &Asked, place: &Place, spans: Spans) -> Vec<Errand> {
    let pace = pace(asked, s3::QUOTA);
    let limits = Window {
        start: DateTime::UNIX_EPOCH,
        end: spans.at,
    };
    let Some(window) = blocks(spans.files, limits) else {
        return Vec::new();
    };
    let mut regions = asked.regions.clone();
    if !regions.is_empty() {
        regions.push(queries::GLOBAL_REGION.to_owned());
    }
    let errand = |bucket: &Bucket| Errand {
        place: place.clone(),
        purpose: Purpose::Files,
        window,
        origin: format!(
            "{S3} {}/{} {}",
            bucket.name,
            bucket.prefix,
            regions.join(" ")
        ),
        ask: Ask::Bucket(bucket.clone(), regions.clone()),
        pace: pace.clone(),
        at: spans.at,
    };
    asked.buckets.iter().map(errand).collect()
}

/// Athena's table: what it costs is bytes, so that the history is as short as that of files.
fn tables(asked: &Asked, place: &Place, spans: Spans) -> Vec<Errand> {
    let limits = Window {
        start: DateTime::UNIX_EPOCH,
        end: spans.at,
    };
    let window = blocks(spans.files, limits);
    let athena = asked.athena.as_ref().zip(window);
    let errand = athena.map(|(athena, window)| Errand {
        place: place.clone(),
        purpose: Purpose::Files,
        window,
        origin: format!("athena {}", athena.table),
        // Attempts that are counted cannot be cut afterwards: they are asked for to the second.
        ask: Ask::Athena(athena.clone(), spans.requests),
        pace: pace(asked, engine::QUOTA),
        at: spans.at,
    });
    errand.into_iter().collect()
}

/// Changes, then requests: one account and Region has one quota, and changes are few.
fn look_ups(asked: &Asked, place: Place, spans: Spans) -> Vec<Errand> {
    let mut names = queries::pool_change_names();
    if spans.requests.is_none() {
        names = queries::regional_change_names();
        if place.region.as_str() == queries::GLOBAL_REGION {
            names.extend(queries::global_change_names());
        }
    }
    let changes = changes(asked, place.clone(), names, spans);
    let names = queries::request_names();
    let requests = kept(spans.requests, spans.at).map(|window| Errand {
        place,
        purpose: Purpose::Requests(SourceKind::Trail),
        window,
        origin: origin(REQUESTS, &names),
        ask: Ask::LookUp {
            what: "look-up of requests",
            names,
            longest: Some(asked.max_lookup_time),
        },
        pace: changes.as_ref().map_or_else(
            || pace(asked, lookup::QUOTA),
            |changes| changes.pace.clone(),
        ),
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
        ask: Ask::LookUp {
            what: "look-up of changes",
            names,
            longest: None,
        },
        pace: pace(asked, lookup::QUOTA),
        at: spans.at,
    })
}

/// Changes of what lies beyond user pools, in the spans around incidents alone: each of their many names
/// is a question of its own.
pub fn near_incidents(
    asked: &Asked,
    places: &[Place],
    spans: &Windows,
    at: DateTime<Utc>,
) -> Vec<Vec<Errand>> {
    let names = queries::change_names_near_incidents();
    let global = queries::global_change_names_near_incidents();
    let of = |place: &Place, names: &[&'static str]| {
        let pace = pace(asked, lookup::QUOTA);
        let windows = spans.as_slice().iter().rev();
        let windows = windows.filter_map(|window| kept(Some(*window), at));
        let errand = |window| Errand {
            place: place.clone(),
            purpose: Purpose::NearIncidents,
            window,
            origin: origin(NEAR, names),
            ask: Ask::LookUp {
                what: "look-up of changes around incidents",
                names: names.to_vec(),
                longest: Some(asked.max_lookup_time),
            },
            pace: pace.clone(),
            at,
        };
        windows.map(errand).collect()
    };
    let elsewhere = elsewhere(places, queries::GLOBAL_REGION);
    let here = places.iter().map(|place| {
        let mut names = names.clone();
        if place.region.as_str() == queries::GLOBAL_REGION {
            names.extend(&global);
        }
        of(place, &names)
    });
    here.chain(elsewhere.iter().map(|place| of(place, &global)))
        .collect()
}

/// A Region in each account in which it is not asked anyway.
fn elsewhere(places: &[Place], region: &str) -> Vec<Place> {
    let is_there = |place: &Place| place.region.as_str() == region;
    let mut others: Vec<Place> = Vec::new();
    for place in places {
        let same = |other: &Place| other.account == place.account;
        let asked = places.iter().any(|other| same(other) && is_there(other));
        if !asked && !others.iter().any(same) {
            let asked = aws_config::Region::new(region.to_owned());
            others.push(Place {
                account: place.account.clone(),
                region: Region::new(region),
                config: place.config.to_builder().region(asked).build(),
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
fn pace(asked: &Asked, quota: f64) -> Pace {
    Pace::new(asked.max_rps.unwrap_or(quota / 2.0))
}

/// Bytes scanned by two questions.
pub fn sum(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or(0) + other.unwrap_or(0)),
    }
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
