//! Logs Insights: rows of a log group that has no FilterLogEvents (the Infrequent Access class).
//!
//! An answer holds 10,000 rows at most, so a window that has more is cut until each part has less
//! (domain.md §5.4): by the number of rows that the first answer tells, since each query scans, and
//! bills, its whole window.

use std::time::Duration;

use aws_sdk_cloudwatchlogs::{
    Client,
    types::{QueryStatus, ResultField},
};
use chrono::{SubsecRound, TimeDelta};
use serde_json::json;
use tokio::time::sleep;

use super::{
    Pace, Page, Pages, Place, Reach, Stop,
    call::call,
    filter::{Question, Wanted, are_of_trail, name_of},
};
use crate::window::Window;

const START: &str = "logs:StartQuery";
const RESULTS: &str = "logs:GetQueryResults";
const MOST_ROWS: usize = 10_000;
const FIELDS: &str = "fields @timestamp, @message, @logStream";
const ROWS: &str = "sort @timestamp asc | limit 10000";
/// Rows that tell what a log group holds, looked for in so much of the window first.
const PEEK: &str = "limit 20";
const PEEKED: TimeDelta = TimeDelta::hours(1);
/// A part is meant to have so many rows: they are not spread evenly.
const ROWS_A_PART: f64 = 5_000.0;
/// Each cut makes at most so many parts.
const MOST_PARTS: f64 = 64.0;
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Reads the rows of a window and sends them as pages; a window after another, earliest first. Of a
/// trail, as far as its last rows show, only what may be wanted is asked.
pub async fn read(
    place: &Place,
    pace: &Pace,
    question: &Question,
    window: Window,
    mut reach: Reach,
    pages: Pages,
) -> Reach {
    let asking = Asking {
        client: Client::new(&place.config),
        pace: pace.clone(),
        group: question.group.clone(),
    };
    if let Err(stop) = asking.read(question, window, &mut reach, &pages).await {
        reach.stop = Some(stop);
    }
    reach
}

struct Asking {
    client: Client,
    pace: Pace,
    group: String,
}

/// What a query found.
struct Found {
    rows: Vec<Vec<ResultField>>,
    /// Rows that match, of which no more than [`MOST_ROWS`] were answered.
    matched: f64,
    /// The query ran for as long as it may.
    timed_out: bool,
}

impl Asking {
    async fn read(
        &self,
        question: &Question,
        window: Window,
        reach: &mut Reach,
        pages: &Pages,
    ) -> Result<(), Stop> {
        reach.holds_trail = self.holds_trail(window, reach).await?;
        let query = match (reach.holds_trail, question.wanted) {
            (true, _) => format!("{FIELDS} | {} | {ROWS}", question.of_trail.insights),
            (false, Wanted::Everything) => format!("{FIELDS} | {ROWS}"),
            (false, Wanted::Changes) => {
                reach.got.add(question.window);
                return Ok(());
            }
        };
        let mut left = vec![window];
        while let Some(window) = left.pop() {
            let found = self.query(&query, window, reach).await?;
            if found.timed_out || found.rows.len() >= MOST_ROWS {
                let parts = cut(window, found.matched);
                if parts.len() < 2 {
                    return Err(match found.timed_out {
                        true => self.ended(&QueryStatus::Timeout),
                        false => Stop::TooMany {
                            action: RESULTS,
                            rows: MOST_ROWS,
                        },
                    });
                }
                left.extend(parts);
                continue;
            }
            let page = page(reach, &self.group, &found.rows);
            let sent = pages.send(page).await;
            sent.map_err(|_closed| Stop::Interrupted)?;
            reach.got.extend(window.shared(reach.asked));
        }
        Ok(())
    }

    /// Whether the group holds records of CloudTrail, as far as its last rows show. They are looked
    /// for in ever longer spans: what is empty costs nothing.
    async fn holds_trail(&self, window: Window, reach: &mut Reach) -> Result<bool, Stop> {
        let query = format!("{FIELDS} | {PEEK}");
        let mut peeked = PEEKED;
        loop {
            let last = Window {
                start: window.start.max(window.end - peeked),
                ..window
            };
            let found = self.query(&query, last, reach).await?;
            if !found.rows.is_empty() || last == window {
                return Ok(are_of_trail(
                    found.rows.iter().filter_map(|row| message(row)),
                ));
            }
            peeked = peeked * 8;
        }
    }

    /// Starts a query and waits for its end.
    async fn query(&self, query: &str, window: Window, reach: &mut Reach) -> Result<Found, Stop> {
        let started = call(&self.pace, START, || {
            let request = self.client.start_query().query_string(query);
            let request = match self.group.starts_with("arn:") {
                true => request
                    .log_group_identifiers(self.group.strip_suffix(":*").unwrap_or(&self.group)),
                false => request.log_group_name(&self.group),
            };
            // Whole seconds, both inside.
            let last = window.end - TimeDelta::microseconds(1);
            request
                .start_time(window.start.timestamp())
                .end_time(last.timestamp())
                .send()
        });
        let id = started.await?.query_id.unwrap_or_default();
        let mut wait = FIRST_WAIT;
        loop {
            sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
            let answer = call(&self.pace, RESULTS, || {
                self.client.get_query_results().query_id(&id).send()
            });
            let answer = answer.await?;
            let timed_out = match answer.status() {
                Some(QueryStatus::Complete) => false,
                // A window whose scan takes an hour may be read in parts.
                Some(QueryStatus::Timeout) => true,
                Some(QueryStatus::Scheduled | QueryStatus::Running | QueryStatus::UnknownValue)
                | None => continue,
                Some(other) => return Err(self.ended(other)),
            };
            let sums = answer.statistics.as_ref();
            *reach.scanned.get_or_insert(0) += sums.map_or(0.0, |sums| sums.bytes_scanned) as u64;
            return Ok(Found {
                matched: sums.map_or(0.0, |sums| sums.records_matched),
                rows: answer.results.unwrap_or_default(),
                timed_out,
            });
        }
    }

    fn ended(&self, status: &QueryStatus) -> Stop {
        Stop::Refused {
            action: RESULTS,
            code: format!("the query ended as {status}"),
            message: format!("log group {}", self.group),
        }
    }
}

fn message(row: &[ResultField]) -> Option<&str> {
    let message = row.iter().find(|cell| cell.field() == Some("@message"));
    message?.value()
}

/// A window cut by the rows it has, latest first: two parts at least, unless it is one second.
fn cut(window: Window, rows: f64) -> Vec<Window> {
    let parts = (rows / ROWS_A_PART).ceil().clamp(2.0, MOST_PARTS);
    // Queries know whole seconds: each belongs to one part.
    let last = (window.end - TimeDelta::microseconds(1)).trunc_subsecs(0);
    let whole = Window {
        start: window.start.trunc_subsecs(0),
        end: last + TimeDelta::seconds(1),
    };
    whole.split(parts as u32)
}

/// Rows as Logs Insights saves them, with the log group that they are of.
fn page(reach: &Reach, group: &str, rows: &[Vec<ResultField>]) -> Page {
    let group = name_of(group);
    let cell = |field: &str, value: &str| json!({"field": field, "value": value});
    let of = [
        cell("@log", &format!("{}:{group}", reach.account)),
        cell("@aws.region", reach.region.as_str()),
    ];
    let results: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            let cells = row.iter().map(|of| {
                cell(
                    of.field().unwrap_or_default(),
                    of.value().unwrap_or_default(),
                )
            });
            cells.chain(of.clone()).collect()
        })
        .collect();
    Page {
        name: format!("log group {group}"),
        bytes: json!({"results": results}).to_string().into_bytes(),
        records: rows.len(),
        file: false,
        failure: None,
    }
}
