//! What the server holds, and how AWS would answer from it.

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    athena::Athena,
    logs::Groups,
    objects::Objects,
    server::{Request, Response},
};

/// A CloudTrail record.
#[derive(Clone, Debug)]
pub struct Record {
    pub time: DateTime<Utc>,
    pub name: String,
    pub region: String,
    pub id: String,
    /// The record as JSON text.
    pub text: String,
}

/// What the server holds.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Records, oldest first.
    pub records: Vec<Record>,
    /// LookupEvents gives so many events a page.
    pub page: usize,
    /// Athena and its table.
    pub athena: Athena,
    /// Objects of a bucket.
    pub objects: Objects,
    /// Log groups.
    pub groups: Groups,
    /// App clients as they are now, by id.
    pub clients: BTreeMap<String, Value>,
    /// Every n-th page repeats the last event of the page before (0: none).
    pub repeats: usize,
}

impl State {
    /// The records of the sample world, moved in time so that its day is the day before yesterday
    /// and CloudTrail's event history still holds it.
    pub fn sample() -> Self {
        Self::of(Self::records())
    }

    /// The records of the sample world's trail.
    pub fn records() -> Vec<Value> {
        let world = crate::world::sample();
        let mut records = Vec::new();
        for (path, bytes) in &world.files {
            if !path.contains("/CloudTrail/") {
                continue;
            }
            let mut text = String::new();
            let mut decoder = flate2::read::MultiGzDecoder::new(&bytes[..]);
            if std::io::Read::read_to_string(&mut decoder, &mut text).is_err() {
                continue;
            }
            let file: Value = serde_json::from_str(&text).expect("a trail file");
            records.extend(file["Records"].as_array().expect("records").iter().cloned());
        }
        records
    }

    /// Records with their times moved as in [`sample`](Self::sample), each once.
    pub fn of(records: Vec<Value>) -> Self {
        let by = moved();
        let mut records: Vec<Record> = records
            .into_iter()
            .filter_map(|mut record| {
                let time: DateTime<Utc> = record["eventTime"].as_str()?.parse().ok()?;
                let time = time + by;
                record["eventTime"] = json!(time.format("%Y-%m-%dT%H:%M:%SZ").to_string());
                Some(Record {
                    time,
                    name: record["eventName"].as_str()?.to_owned(),
                    region: record["awsRegion"].as_str()?.to_owned(),
                    id: record["eventID"].as_str()?.to_owned(),
                    text: record.to_string(),
                })
            })
            .collect();
        records.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
        records.dedup_by(|a, b| a.id == b.id);
        Self {
            records,
            page: 50,
            ..Self::default()
        }
    }

    /// The records as one trail file, for the same analysis from a file.
    pub fn file(&self) -> Vec<u8> {
        let records: Vec<&str> = self.records.iter().map(|record| &*record.text).collect();
        format!("{{\"Records\":[{}]}}", records.join(",")).into_bytes()
    }

    /// Answers a request.
    pub fn answer(&self, request: &Request) -> Response {
        match request.operation.as_str() {
            "LookupEvents" => self.look_up(request),
            "StartQueryExecution"
            | "GetQueryExecution"
            | "GetQueryResults"
            | "StopQueryExecution"
                if request.region == "eu-west-1" && request.service == "athena" =>
            {
                self.athena.answer(request)
            }
            "GET" | "HEAD" => self.objects.answer(request),
            "FilterLogEvents" | "StartQuery" | "GetQueryResults" => self.groups.answer(request),
            "DescribeUserPoolClient" => self.describe(request),
            "DescribeUserPool" => Response::refusal(400, "ResourceNotFoundException", "no pool"),
            other => Response::refusal(400, "UnknownOperationException", other),
        }
    }

    fn describe(&self, request: &Request) -> Response {
        let asked: Value = serde_json::from_slice(&request.body).expect("JSON");
        let client = asked["ClientId"].as_str().unwrap_or_default();
        match self.clients.get(client) {
            Some(client) => Response::json(&json!({"UserPoolClient": client})),
            None => Response::refusal(400, "ResourceNotFoundException", "no such client"),
        }
    }

    fn look_up(&self, request: &Request) -> Response {
        let asked: Value = serde_json::from_slice(&request.body).expect("JSON");
        let attribute = &asked["LookupAttributes"][0];
        if attribute["AttributeKey"] != "EventName" {
            return Response::refusal(400, "InvalidLookupAttributesException", "not held here");
        }
        let second = |name: &str| asked[name].as_f64().expect("a time") as i64;
        let (start, end) = (second("StartTime"), second("EndTime"));
        // A token is good only for the question it was given to.
        let question = format!("{attribute} {start} {end}");
        let from: usize = match asked["NextToken"].as_str() {
            None => 0,
            Some(token) => match token.split_once('@') {
                Some((at, of)) if of == question => at.parse().expect("a number"),
                _ => return Response::refusal(400, "InvalidNextTokenException", "not yours"),
            },
        };
        let found: Vec<&Record> = self
            .records
            .iter()
            .rev()
            .filter(|record| attribute["AttributeValue"] == record.name.as_str())
            .filter(|record| record.region == request.region)
            .filter(|record| (start..=end).contains(&record.time.timestamp()))
            .collect();
        let page = found.iter().skip(from).take(self.page);
        let repeated =
            self.repeats > 0 && from > 0 && (from / self.page).is_multiple_of(self.repeats);
        let repeated = found.get(from.wrapping_sub(1)).filter(|_| repeated);
        let events: Vec<Value> = repeated
            .into_iter()
            .chain(page)
            .map(|record| {
                json!({
                    "EventId": record.id,
                    "EventName": record.name,
                    "EventTime": record.time.timestamp(),
                    "CloudTrailEvent": record.text,
                })
            })
            .collect();
        let next = from + self.page;
        let mut answer = json!({"Events": events});
        if next < found.len() {
            answer["NextToken"] = json!(format!("{next}@{question}"));
        }
        Response::json(&answer)
    }
}

/// From the sample's day to the day before yesterday, for as long as the tests run: midnight may
/// come meanwhile.
pub fn moved() -> TimeDelta {
    static MOVED: LazyLock<TimeDelta> = LazyLock::new(|| {
        let day = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a date");
        Utc::now().date_naive() - day - TimeDelta::days(2)
    });
    *MOVED
}
