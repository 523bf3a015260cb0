//! CloudWatch Logs: FilterLogEvents over one log group, parts of the window side by side.
//!
//! A page may be empty and still have a next one; a chain of pages cannot be asked side by side
//! (domain.md §5.4), so the window is cut into parts, each with a chain of its own. Events come
//! oldest first, so a long chain can hand the rest of its part to chains that are idle.

use std::{collections::BTreeMap, sync::Arc};

use aws_sdk_cloudwatchlogs::{Client, types::FilteredLogEvent};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{Pace, Page, Pages, Place, Reach, Stop, call::call, insights};
use crate::{
    ids::{AccountId, Region},
    queries::TrailFilter,
    window::{Window, Windows},
};

mod chain;

use chain::{Chain, Part, Read};

const ACTION: &str = "logs:FilterLogEvents";
/// Enough in flight that slow answers do not slow the pace of the largest quota.
const IN_FLIGHT: usize = 16;
/// A part for each: its first page may be empty, and a long chain leaves its rest to idle ones.
const PARTS: u32 = IN_FLIGHT as u32;
/// A record of a trail stands in its log group under the time of its delivery, up to a quarter of
/// an hour after the event (domain.md §9).
const DELIVERY: TimeDelta = TimeDelta::minutes(15);
/// Events that tell what a log group holds.
const PEEK: i32 = 20;
/// So many pages may be empty before the first events.
const PEEKS: usize = 50;
/// What to fetch.
#[derive(Clone, Debug)]
pub struct Question {
    /// Name or ARN of the log group.
    pub group: String,
    /// The span of event times.
    pub window: Window,
    /// What of it.
    pub wanted: Wanted,
    /// How to ask a group for that which holds a trail; of other groups everything is asked.
    pub of_trail: TrailFilter,
}

/// What of a log group to fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All that it tells.
    Everything,
    /// The changes of a trail, and nothing of a group that holds none.
    Changes,
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
    account: AccountId,
    region: Region,
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
    let home = home(&question.group);
    let mut reach = Reach {
        question: name(&question.group, question.wanted),
        account: home.map_or_else(
            || place.account.clone(),
            |home| AccountId::new(home.account),
        ),
        region: place.region.clone(),
        asked: question.window,
        got: Windows::default(),
        at,
        scanned: None,
        cost: None,
        holds_trail: false,
        stop: None,
    };
    let delivered = Window {
        start: question.window.start,
        end: (question.window.end + DELIVERY).min(at.max(question.window.end)),
    };
    let mut filtering = Filtering {
        client: Client::new(&place.config),
        pace: pace.clone(),
        account: reach.account.clone(),
        region: reach.region.clone(),
        group: question.group.clone(),
        pattern: None,
        pages: pages.clone(),
        turns: Semaphore::new(IN_FLIGHT),
    };
    match filtering.holds_trail(delivered).await {
        Ok(true) => {
            reach.holds_trail = true;
            filtering.pattern = Some(question.of_trail.pattern.clone());
        }
        Ok(false) if question.wanted == Wanted::Changes => {
            reach.got.add(question.window);
            return reach;
        }
        Ok(false) => {}
        Err(stop) if is_of_class(&stop) => {
            return insights::read(place, pace, question, delivered, reach, pages).await;
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
        let mut token = None;
        let mut events = Vec::new();
        for _ in 0..PEEKS {
            (events, token) = self.page(window, Some(PEEK), token).await?;
            if token.is_none() || !events.is_empty() {
                break;
            }
        }
        let messages = events.iter().filter_map(FilteredLogEvent::message);
        Ok(are_of_trail(messages))
    }

    async fn fetch(self, window: Window, reach: &mut Reach) {
        let filtering = Arc::new(self);
        let mut tasks = JoinSet::new();
        for part in window.split(PARTS) {
            tasks.spawn(Arc::clone(&filtering).part(Part::new(part)));
        }
        while let Some(done) = tasks.join_next().await {
            // A task that panicked leaves its part missing.
            let Ok(done) = done else { continue };
            reach.got.extend(done.got.shared(reach.asked));
            for part in done.rest {
                tasks.spawn(Arc::clone(&filtering).part(part));
            }
            if let Some(stop) = done.stop {
                tasks.abort_all();
                reach.stop.get_or_insert(stop);
            }
        }
    }

    /// Pages of a part until it is done, or its rest is better read by chains that are idle.
    async fn part(self: Arc<Self>, part: Part) -> Read {
        // The semaphore is never closed.
        let _turn = self.turns.acquire().await;
        let Part { window, chain } = part;
        let mut read = Read::new(window);
        let mut token = chain.token;
        loop {
            let page = match self.page(chain.window, None, token).await {
                Ok((events, next)) => {
                    let sent = self.send(&events, window).await;
                    sent.map(|()| (events, next))
                }
                Err(stop) => Err(stop),
            };
            let (events, next) = match page {
                Ok(page) => page,
                Err(stop) => {
                    read.end_at(window.end, stop);
                    return read;
                }
            };
            read.take(&events);
            if next.is_none() || read.is_past(window) {
                read.got = window;
                return read;
            }
            token = next;
            let rest = read.cut(window, self.turns.available_permits());
            if !rest.is_empty() {
                let window = chain.window;
                read.hand_on(rest, Chain { window, token });
                return read;
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

    /// A line for each stream, as a subscription delivers them, of what lies in the part.
    async fn send(&self, events: &[FilteredLogEvent], part: Window) -> Result<(), Stop> {
        let end = part.end.timestamp_millis();
        let of_part = |event: &&FilteredLogEvent| event.timestamp().is_none_or(|time| time < end);
        let events: Vec<&FilteredLogEvent> = events.iter().filter(of_part).collect();
        if events.is_empty() {
            return Ok(());
        }
        let mut streams: BTreeMap<&str, Vec<serde_json::Value>> = BTreeMap::new();
        for event in &events {
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
                "owner": self.account,
                "region": self.region,
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

/// Whether a log group was refused for its class. Any other refusal would meet Logs Insights too,
/// which bills what it scans.
fn is_of_class(stop: &Stop) -> bool {
    let Stop::Refused { code, message, .. } = stop else {
        return false;
    };
    let message = message.to_ascii_lowercase().replace(['_', '-'], " ");
    code == "InvalidOperationException"
        || ["infrequent access", "log class", "log group class"]
            .iter()
            .any(|class| message.contains(class))
}

/// Whether a group's first messages are records of CloudTrail.
pub(super) fn are_of_trail<'a>(messages: impl Iterator<Item = &'a str>) -> bool {
    let is_record = |message: &str| {
        message.starts_with('{')
            && message.contains("\"eventVersion\"")
            && message.contains("\"eventSource\"")
    };
    let mut messages = messages.peekable();
    messages.peek().is_some() && messages.all(is_record)
}

/// What is asked of a log group, for messages.
pub fn name(group: &str, wanted: Wanted) -> String {
    match wanted {
        Wanted::Everything => format!("log group {group}"),
        Wanted::Changes => format!("earlier changes in log group {group}"),
    }
}

/// Where a log group lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Home<'a> {
    /// The account.
    pub account: &'a str,
    /// The Region.
    pub region: &'a str,
}

/// Where a log group lies, if its ARN says so; `None` for a name.
pub fn home(group: &str) -> Option<Home<'_>> {
    let mut parts = group.strip_prefix("arn:")?.split(':').skip(2);
    let (region, account) = (parts.next()?, parts.next()?);
    (!region.is_empty()).then_some(Home { account, region })
}

/// The name in `arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web:*`.
pub(super) fn name_of(group: &str) -> &str {
    match group.split_once(":log-group:") {
        Some((_, name)) => name.strip_suffix(":*").unwrap_or(name),
        None => group,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_of_a_class_only_if_aws_says_so() {
        let refused = |code: &str, message: &str| Stop::Refused {
            action: ACTION,
            code: code.to_owned(),
            message: message.to_owned(),
        };
        let invalid = "InvalidParameterException";
        let why = "not supported on the INFREQUENT_ACCESS log group class";
        assert!(is_of_class(&refused("InvalidOperationException", "")));
        assert!(is_of_class(&refused(invalid, why)));
        assert!(!is_of_class(&refused(invalid, "1 validation error")));
    }
}
