//! Logs Insights: rows of a log group that has no FilterLogEvents (the Infrequent Access class).
//!
//! An answer holds 10,000 rows at most, so a window that has more is halved until it has less
//! (domain.md §5.4).

use std::time::Duration;

use aws_sdk_cloudwatchlogs::{
    Client,
    operation::get_query_results::GetQueryResultsOutput,
    types::{QueryStatus, ResultField},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tokio::time::sleep;

use super::{Pace, Page, Pages, Place, Reach, Stop, call::call, filter::name_of};
use crate::window::Window;

const START: &str = "logs:StartQuery";
const RESULTS: &str = "logs:GetQueryResults";
const MOST_ROWS: usize = 10_000;
const QUERY: &str = "fields @timestamp, @message, @logStream | sort @timestamp asc | limit 10000";
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Reads all rows of a window and sends them as pages; a window after another, earliest first.
pub async fn read(
    place: &Place,
    pace: &Pace,
    group: &str,
    window: Window,
    mut reach: Reach,
    pages: Pages,
) -> Reach {
    let client = Client::new(&place.config);
    let mut left = vec![window];
    while let Some(window) = left.pop() {
        let answer = match query(&client, pace, group, window).await {
            Ok(answer) => answer,
            Err(stop) => {
                reach.stop = Some(stop);
                return reach;
            }
        };
        let scanned = answer.statistics.map_or(0.0, |sums| sums.bytes_scanned);
        *reach.scanned.get_or_insert(0) += scanned as u64;
        let rows = answer.results.unwrap_or_default();
        if rows.len() >= MOST_ROWS {
            let Some([early, late]) = halves(window) else {
                reach.stop = Some(Stop::TooMany {
                    action: RESULTS,
                    rows: MOST_ROWS,
                });
                return reach;
            };
            left.extend([late, early]);
            continue;
        }
        if pages.send(page(place, group, &rows)).await.is_err() {
            reach.stop = Some(Stop::Interrupted);
            return reach;
        }
        reach.got.extend(window.shared(reach.asked));
    }
    reach
}

/// Starts a query and waits for its end.
async fn query(
    client: &Client,
    pace: &Pace,
    group: &str,
    window: Window,
) -> Result<GetQueryResultsOutput, Stop> {
    let started = call(pace, START, || {
        let request = client.start_query().query_string(QUERY);
        let request = match group.starts_with("arn:") {
            true => request.log_group_identifiers(group.strip_suffix(":*").unwrap_or(group)),
            false => request.log_group_name(group),
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
        let answer = call(pace, RESULTS, || {
            client.get_query_results().query_id(&id).send()
        });
        let answer = answer.await?;
        match answer.status() {
            Some(QueryStatus::Complete) => return Ok(answer),
            Some(QueryStatus::Scheduled | QueryStatus::Running | QueryStatus::UnknownValue)
            | None => {}
            Some(other) => {
                return Err(Stop::Refused {
                    action: RESULTS,
                    code: format!("the query ended as {other}"),
                    message: format!("log group {group}"),
                });
            }
        }
    }
}

/// Both halves at a whole second; `None` when it is one second.
fn halves(window: Window) -> Option<[Window; 2]> {
    let seconds = (window.end - window.start).num_seconds();
    let middle: DateTime<Utc> = window.start + TimeDelta::seconds(seconds / 2);
    (seconds >= 2).then_some([
        Window {
            end: middle,
            ..window
        },
        Window {
            start: middle,
            ..window
        },
    ])
}

/// Rows as Logs Insights saves them, with the log group that they are of.
fn page(place: &Place, group: &str, rows: &[Vec<ResultField>]) -> Page {
    let group = name_of(group);
    let of = json!({"field": "@log", "value": format!("{}:{group}", place.account)});
    let results: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            let cells = row.iter().map(|cell| {
                json!({
                    "field": cell.field().unwrap_or_default(),
                    "value": cell.value().unwrap_or_default(),
                })
            });
            cells.chain([of.clone()]).collect()
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
