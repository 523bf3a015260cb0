//! Log groups that the server holds, and how CloudWatch Logs would answer from them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    pattern,
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
    /// The longest window, in seconds, whose query of Logs Insights ends in time.
    pub longest_query: Option<i64>,
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
            ..Self::default()
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
        let named = asked["logGroupName"].as_str().unwrap_or_default();
        if named.contains(' ') {
            return Response::refusal(400, "InvalidParameterException", "no such name");
        }
        let Some((name, events)) = self.group(asked) else {
            return Response::refusal(400, "ResourceNotFoundException", "no such log group");
        };
        if self.infrequent.iter().any(|group| group == name) {
            let why = "This operation is not supported on the INFREQUENT_ACCESS log group class";
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
                && asked["filterPattern"]
                    .as_str()
                    .is_none_or(|pattern| matches(pattern, &event.message))
        };
        let found: Vec<&LogEvent> = events.iter().filter(fits).collect();
        let size = asked["limit"].as_u64().map_or(PAGE, |limit| limit as usize);
        // The first of three pages is empty and has a next one; every fourth repeats an event.
        let empty = page.is_multiple_of(3);
        let from = (page - page.div_ceil(3)) * size;
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
        let query = asked["queryString"].as_str().expect("a query");
        match self.group(asked) {
            None => Response::refusal(400, "ResourceNotFoundException", "no such log group"),
            Some((name, _)) => {
                let id = format!(
                    "{name}\n{}\n{}\n{query}",
                    asked["startTime"], asked["endTime"]
                );
                Response::json(&json!({"queryId": id}))
            }
        }
    }

    fn results(&self, asked: &Value) -> Response {
        let id = asked["queryId"].as_str().expect("an id");
        let parts: Vec<&str> = id.split('\n').collect();
        let second = |at: usize| parts[at].parse::<i64>().expect("a time");
        let (first, last) = (second(1), second(2));
        let query = Query::read(parts[3]);
        let inside = |event: &&LogEvent| (first..=last).contains(&(event.time / 1000));
        let wanted = |event: &&LogEvent| query.takes(&event.message);
        let field = |field: &str, value: &str| json!({"field": field, "value": value});
        let events = self.events[parts[0]].iter();
        let events: Vec<&LogEvent> = events.filter(inside).filter(wanted).collect();
        let in_time = self
            .longest_query
            .is_none_or(|longest| last - first < longest);
        let results: Vec<Value> = events
            .iter()
            .take(if in_time { query.limit } else { 7 })
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
            "status": if in_time { "Complete" } else { "Timeout" },
            "results": results,
            "statistics": {
                "bytesScanned": 1000.0,
                "recordsMatched": events.len() as f64,
                "recordsScanned": 1.0,
            },
        }))
    }
}

/// A query of Logs Insights: `fields … | filter @message like /…/ and @message not like /…/ | …`.
struct Query {
    like: Vec<(bool, regex_lite::Regex)>,
    limit: usize,
}

impl Query {
    fn read(query: &str) -> Self {
        let mut read = Self {
            like: Vec::new(),
            limit: MOST_ROWS,
        };
        // A bar with spaces around it stands between commands.
        for command in query.split(" | ") {
            let (name, rest) = command.split_once(' ').expect("a command");
            match name {
                "fields" | "sort" => {}
                "limit" => read.limit = rest.parse::<usize>().expect("a number").min(MOST_ROWS),
                "filter" => read.like.extend(rest.split(" and ").map(|condition| {
                    let condition = condition.strip_prefix("@message ").expect("a field");
                    let (like, not) = match condition.strip_prefix("not ") {
                        Some(like) => (like, true),
                        None => (condition, false),
                    };
                    let regex = like
                        .strip_prefix("like /")
                        .and_then(|re| re.strip_suffix('/'));
                    let regex = regex_lite::Regex::new(regex.expect("a regex"));
                    (!not, regex.expect("a regex"))
                })),
                other => panic!("`{other}` is no command"),
            }
        }
        read
    }

    fn takes(&self, message: &str) -> bool {
        self.like
            .iter()
            .all(|(like, regex)| regex.is_match(message) == *like)
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

/// Whether a pattern takes a message.
fn matches(pattern: &str, message: &str) -> bool {
    let message = serde_json::from_str(message).unwrap_or_default();
    pattern::takes(pattern, &message).unwrap_or_else(|why| panic!("{pattern}: {why}"))
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

/// Records of a trail that nobody asked for: another service's reads.
pub fn reads(count: i64) -> Vec<LogEvent> {
    let day: DateTime<Utc> = "2026-03-02T00:00:00Z".parse().expect("a time");
    let record = |number: i64| {
        let time = day + moved() + TimeDelta::seconds(number);
        let record = json!({
            "eventVersion": "1.11",
            "eventTime": time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "eventSource": "ec2.amazonaws.com",
            "eventName": "DescribeInstances",
            "awsRegion": "eu-west-1",
            "eventID": format!("read-{number}"),
            "readOnly": true,
            "eventType": "AwsApiCall",
            "recipientAccountId": "111122223333",
        });
        LogEvent {
            stream: "111122223333_CloudTrail_eu-west-1".to_owned(),
            time: time.timestamp_millis(),
            id: format!("read-{number}"),
            message: record.to_string(),
        }
    };
    (0..count).map(record).collect()
}
