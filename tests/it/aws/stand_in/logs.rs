//! Log groups that the server holds, and how CloudWatch Logs would answer from them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    server::{Request, Response},
    state::{State, moved},
};

/// An event of a log group.
#[derive(Clone, Debug)]
pub struct LogEvent {
    pub stream: String,
    /// Milliseconds since 1970.
    pub time: i64,
    pub id: String,
    pub message: String,
}

/// Log groups by name.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    pub events: BTreeMap<String, Vec<LogEvent>>,
    /// Groups of the Infrequent Access class.
    pub infrequent: Vec<String>,
}

const PAGE: usize = 97;
const MOST_ROWS: usize = 10_000;

impl Groups {
    /// The application logs of the sample world, moved in time, and a log group `trail` that holds
    /// the records of `state` as a trail delivers them.
    pub fn sample(state: &State) -> Self {
        let by = moved().num_milliseconds();
        let mut events: BTreeMap<String, Vec<LogEvent>> = BTreeMap::new();
        for (path, bytes) in &crate::world::sample().files {
            let Some(group) = path.strip_prefix("application/") else {
                continue;
            };
            let mut text = String::new();
            let mut decoder = flate2::read::MultiGzDecoder::new(&bytes[..]);
            std::io::Read::read_to_string(&mut decoder, &mut text).expect("an export");
            let group = events
                .entry(group.split('/').next().unwrap_or_default().to_owned())
                .or_default();
            if text.starts_with('{') {
                let export: Value = serde_json::from_str(&text).expect("an export");
                for event in export["events"].as_array().expect("events") {
                    group.push(LogEvent {
                        stream: event["logStreamName"]
                            .as_str()
                            .expect("a stream")
                            .to_owned(),
                        time: event["timestamp"].as_i64().expect("a time") + by,
                        id: event["eventId"].as_str().expect("an id").to_owned(),
                        message: event["message"].as_str().expect("a message").to_owned(),
                    });
                }
                continue;
            }
            let stream = path.rsplit('/').nth(1).unwrap_or_default();
            for (number, line) in text.lines().enumerate() {
                let (time, message) = line.split_once(' ').expect("a time");
                let time: DateTime<Utc> = time.parse().expect("a time");
                group.push(LogEvent {
                    stream: stream.to_owned(),
                    time: time.timestamp_millis() + by,
                    id: format!("{stream}-{number}"),
                    message: message.to_owned(),
                });
            }
        }
        let records = state.records.iter().enumerate();
        let trail = records.map(|(number, record)| LogEvent {
            stream: "111122223333_CloudTrail_eu-west-1".to_owned(),
            // Delivered up to ten minutes after the event, in no order.
            time: record.time.timestamp_millis() + (number as i64 * 7_919) % 600_000,
            id: format!("trail-{number}"),
            message: record.text.clone(),
        });
        events.insert("trail".to_owned(), trail.collect());
        for group in events.values_mut() {
            group.sort_by_key(|event| event.time);
        }
        Self {
            events,
            infrequent: Vec::new(),
        }
    }

    /// A group as `aws logs filter-log-events` saves it.
    pub fn file(&self, group: &str) -> Vec<u8> {
        let events: Vec<Value> = self.events[group].iter().map(saved).collect();
        json!({"events": events}).to_string().into_bytes()
    }

    /// Answers a request.
    pub fn answer(&self, request: &Request) -> Response {
        let asked: Value = serde_json::from_slice(&request.body).expect("JSON");
        match request.operation.as_str() {
            "FilterLogEvents" => self.filter(&asked),
            "StartQuery" => self.start_query(&asked),
            _ => self.results(&asked),
        }
    }

    fn group(&self, asked: &Value) -> Option<(&str, &[LogEvent])> {
        let name = asked["logGroupName"].as_str();
        let arn = asked["logGroupIdentifier"]
            .as_str()
            .or(asked["logGroupIdentifiers"][0].as_str());
        let name = name.or_else(|| arn?.rsplit(':').next())?;
        let (name, events) = self.events.get_key_value(name)?;
        Some((name, events))
    }

    fn filter(&self, asked: &Value) -> Response {
        let Some((name, events)) = self.group(asked) else {
            return Response::refusal(400, "ResourceNotFoundException", "no such log group");
        };
        if self.infrequent.iter().any(|group| group == name) {
            let why = "not supported for the log class";
            return Response::refusal(400, "InvalidOperationException", why);
        }
        let (start, end) = (asked["startTime"].as_i64(), asked["endTime"].as_i64());
        let question = format!("{name} {start:?} {end:?} {}", asked["filterPattern"]);
        let page: usize = match asked["nextToken"].as_str() {
            None => 0,
            Some(token) => match token.split_once('@') {
                Some((page, of)) if of == question => page.parse().expect("a number"),
                _ => return Response::refusal(400, "InvalidParameterException", "not your token"),
            },
        };
        let fits = |event: &&LogEvent| {
            start.is_none_or(|start| start <= event.time)
                && end.is_none_or(|end| event.time <= end)
                && (asked["filterPattern"].is_null() || is_wanted(&event.message))
        };
        let found: Vec<&LogEvent> = events.iter().filter(fits).collect();
        let size = asked["limit"].as_u64().map_or(PAGE, |limit| limit as usize);
        // Every third page is empty and has a next one; every fourth repeats an event.
        let empty = page % 3 == 2;
        let from = (page - page / 3) * size;
        let repeated = from.saturating_sub(usize::from(page % 4 == 1));
        let events: Vec<Value> = found
            .iter()
            .take(from + size)
            .skip(repeated)
            .filter(|_| !empty)
            .map(|event| saved(event))
            .collect();
        let mut answer = json!({"events": events});
        let done = if empty { from } else { from + size };
        if done < found.len() {
            answer["nextToken"] = json!(format!("{}@{question}", page + 1));
        }
        Response::json(&answer)
    }

    /// The id tells the query.
    fn start_query(&self, asked: &Value) -> Response {
        match self.group(asked) {
            None => Response::refusal(400, "ResourceNotFoundException", "no such log group"),
            Some((name, _)) => {
                let id = format!("{name}|{}|{}", asked["startTime"], asked["endTime"]);
                Response::json(&json!({"queryId": id}))
            }
        }
    }

    fn results(&self, asked: &Value) -> Response {
        let id = asked["queryId"].as_str().expect("an id");
        let parts: Vec<&str> = id.split('|').collect();
        let second = |at: usize| parts[at].parse::<i64>().expect("a time");
        let inside = |event: &&LogEvent| (second(1)..=second(2)).contains(&(event.time / 1000));
        let field = |field: &str, value: &str| json!({"field": field, "value": value});
        let events = self.events[parts[0]].iter().filter(inside).take(MOST_ROWS);
        let results: Vec<Value> = events
            .map(|event| {
                let time = DateTime::from_timestamp_millis(event.time).expect("a time");
                let time = time.format("%Y-%m-%d %H:%M:%S%.3f").to_string();
                json!([
                    field("@timestamp", &time),
                    field("@message", &event.message),
                    field("@logStream", &event.stream),
                    field("@ptr", &event.id),
                ])
            })
            .collect();
        Response::json(&json!({
            "status": "Complete",
            "results": results,
            "statistics": {"bytesScanned": 1000.0, "recordsMatched": 1.0, "recordsScanned": 1.0},
        }))
    }
}

fn saved(event: &LogEvent) -> Value {
    json!({
        "logStreamName": event.stream,
        "timestamp": event.time,
        "ingestionTime": event.time,
        "eventId": event.id,
        "message": event.message,
    })
}

/// What the pattern for a trail asks for.
fn is_wanted(message: &str) -> bool {
    let record: Value = serde_json::from_str(message).expect("a record");
    record["eventSource"] == "cognito-idp.amazonaws.com" || record["readOnly"] == false
}

/// Lines that nobody asked for, one a second.
pub fn chatter(count: i64) -> Vec<LogEvent> {
    let day: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().expect("a time");
    let line = |number: i64| LogEvent {
        stream: "chatter".to_owned(),
        time: (day + moved() + TimeDelta::seconds(number)).timestamp_millis(),
        id: format!("chatter-{number}"),
        message: format!("GET /health 200 {number}"),
    };
    (0..count).map(line).collect()
}
