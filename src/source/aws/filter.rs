//! CloudWatch Logs: FilterLogEvents over one log group, parts of the window side by side.
//!
//! A page may be empty and still have a next one; a chain of pages cannot be asked side by side
//! (domain.md §5.4), so the window is cut into parts, each with a chain of its own. Nothing rests
//! on the order of events within a part.

use std::{collections::BTreeMap, sync::Arc};

use aws_sdk_cloudwatchlogs::{Client, types::FilteredLogEvent};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{Pace, Page, Pages, Place, Reach, Stop, call::call, insights};
use crate::window::{Window, Windows};

const ACTION: &str = "logs:FilterLogEvents";
/// Enough in flight that slow answers do not slow the pace of the largest quota.
const IN_FLIGHT: usize = 16;
const PARTS: u32 = 32;
/// A record of a trail stands in its log group under the time of its delivery, up to a quarter of
/// an hour after the event (domain.md §9).
const DELIVERY: TimeDelta = TimeDelta::minutes(15);
/// Events that tell what a log group holds.
const PEEK: i32 = 20;

/// What to fetch.
#[derive(Clone, Debug)]
pub struct Question {
    /// Name or ARN of the log group.
    pub group: String,
    /// The span of event times.
    pub window: Window,
    /// What to ask a group for that holds a trail; of other groups everything is asked.
    pub trail_pattern: String,
}

/// Requests per second that an account and Region may make.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
pub fn quota(region: &str) -> f64 {
    match region {
        "us-east-1" => 25.0,
        "ap-northeast-3" | "ap-southeast-3" | "ca-west-1" | "eu-central-1" | "il-central-1" => 5.0,
        _ => 10.0,
    }
}

struct Filtering {
    client: Client,
    pace: Pace,
    place: Place,
    group: String,
    pattern: Option<String>,
    pages: Pages,
    turns: Semaphore,
}

/// Fetches the events of a log group and sends them as pages; a group of the Infrequent Access
/// class, which knows no FilterLogEvents, is asked by Logs Insights.
pub async fn filter(
    place: &Place,
    pace: &Pace,
    question: &Question,
    at: DateTime<Utc>,
    pages: Pages,
) -> Reach {
    let mut reach = Reach {
        question: format!("log group {}", question.group),
        account: place.account.clone(),
        region: place.region.clone(),
        asked: question.window,
        got: Windows::default(),
        at,
        scanned: None,
        stop: None,
    };
    let delivered = Window {
        start: question.window.start,
        end: (question.window.end + DELIVERY).min(at.max(question.window.end)),
    };
    let mut filtering = Filtering {
        client: Client::new(&place.config),
        pace: pace.clone(),
        place: place.clone(),
        group: question.group.clone(),
        pattern: None,
        pages: pages.clone(),
        turns: Semaphore::new(IN_FLIGHT),
    };
    match filtering.holds_trail(delivered).await {
        Ok(true) => filtering.pattern = Some(question.trail_pattern.clone()),
        Ok(false) => {}
        Err(Stop::Refused { .. }) => {
            return insights::read(place, pace, &question.group, delivered, reach, pages).await;
        }
        Err(stop) => {
            reach.stop = Some(stop);
            return reach;
        }
    }
    filtering.fetch(delivered, &mut reach).await;
    reach
}

impl Filtering {
    /// Whether the group holds records of CloudTrail, as far as its first events show.
    async fn holds_trail(&self, window: Window) -> Result<bool, Stop> {
        let (events, _) = self.page(window, Some(PEEK), None).await?;
        let mut messages = events.iter().filter_map(FilteredLogEvent::message);
        let is_record = |message: &str| {
            message.starts_with('{')
                && message.contains("\"eventVersion\"")
                && message.contains("\"eventSource\"")
        };
        Ok(!events.is_empty() && messages.all(is_record))
    }

    async fn fetch(self, window: Window, reach: &mut Reach) {
        let filtering = Arc::new(self);
        let mut tasks = JoinSet::new();
        for part in window.split(PARTS) {
            let filtering = Arc::clone(&filtering);
            tasks.spawn(async move {
                // The semaphore is never closed.
                let _turn = filtering.turns.acquire().await;
                (part, filtering.part(part).await)
            });
        }
        while let Some(done) = tasks.join_next().await {
            // A task that panicked leaves its part missing.
            let Ok((part, result)) = done else { continue };
            match result {
                Ok(()) => reach.got.extend(part.shared(reach.asked)),
                Err(stop) => {
                    tasks.abort_all();
                    reach.stop.get_or_insert(stop);
                }
            }
        }
    }

    /// All pages of a part.
    async fn part(&self, window: Window) -> Result<(), Stop> {
        let mut token = None;
        loop {
            let (events, next) = self.page(window, None, token).await?;
            self.send(&events).await?;
            token = next;
            if token.is_none() {
                return Ok(());
            }
        }
    }

    async fn page(
        &self,
        window: Window,
        limit: Option<i32>,
        token: Option<String>,
    ) -> Result<(Vec<FilteredLogEvent>, Option<String>), Stop> {
        // Both bounds are inside.
        let last = window.end - TimeDelta::milliseconds(1);
        let page = call(&self.pace, ACTION, || {
            let request = self.client.filter_log_events();
            let request = match self.group.strip_suffix(":*").unwrap_or(&self.group) {
                arn if arn.starts_with("arn:") => request.log_group_identifier(arn),
                name => request.log_group_name(name),
            };
            request
                .start_time(window.start.timestamp_millis())
                .end_time(last.timestamp_millis())
                .set_filter_pattern(self.pattern.clone())
                .set_limit(limit)
                .set_next_token(token.clone())
                .send()
        })
        .await?;
        let next = page.next_token.filter(|token| !token.is_empty());
        Ok((page.events.unwrap_or_default(), next))
    }

    /// A line for each stream, as a subscription delivers them.
    async fn send(&self, events: &[FilteredLogEvent]) -> Result<(), Stop> {
        if events.is_empty() {
            return Ok(());
        }
        let mut streams: BTreeMap<&str, Vec<serde_json::Value>> = BTreeMap::new();
        for event in events {
            let stream = event.log_stream_name().unwrap_or_default();
            streams.entry(stream).or_default().push(json!({
                "id": event.event_id(),
                "timestamp": event.timestamp(),
                "message": event.message(),
            }));
        }
        let group = name_of(&self.group);
        let mut bytes = Vec::new();
        for (stream, events) in streams {
            // The list comes last: what stands before it is told of each of its elements.
            let head = json!({
                "owner": self.place.account,
                "region": self.place.region,
                "logGroup": group,
                "logStream": stream,
            });
            let head = head.to_string();
            let head = head.strip_suffix('}').unwrap_or(&head);
            let events = serde_json::Value::from(events);
            bytes.extend(format!("{head},\"logEvents\":{events}}}\n").bytes());
        }
        let page = Page {
            name: format!("log group {group}"),
            bytes,
            records: events.len(),
            file: false,
            failure: None,
        };
        let sent = self.pages.send(page).await;
        sent.map_err(|_closed| Stop::Interrupted)
    }
}

/// The name in `arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web:*`.
pub(super) fn name_of(group: &str) -> &str {
    match group.split_once(":log-group:") {
        Some((_, name)) => name.strip_suffix(":*").unwrap_or(name),
        None => group,
    }
}
