//! Accounts as their logs tell of them, record by record.

use chrono::{DateTime, Utc};
use polars::prelude::*;
use serde_json::{Value, json};
use trailblame::{
    cognito::{history::History, links, states},
    frame::{Bounds, Changes, Counts, Fold, Requests, callers},
    record, report,
};

pub const POOL: &str = "eu-west-1_EXAMPLE";

/// A time of the accounts' day, or of another one of the month (`04T10:00:00`).
pub fn time(clock: &str) -> DateTime<Utc> {
    written(clock).parse().expect("a time")
}

fn written(clock: &str) -> String {
    match clock.contains('T') {
        true => format!("2026-03-{clock}Z"),
        false => format!("2026-03-02T{clock}Z"),
    }
}

/// Who sends a request.
#[derive(Clone, Copy)]
pub struct From<'a>(pub &'a str, pub &'a str);

/// An account's records.
#[derive(Default)]
pub struct Account {
    records: Vec<Value>,
    log: String,
    function: Vec<Value>,
    pool: Option<&'static str>,
    host: Option<&'static str>,
}

/// The frames of an account.
pub struct Tables {
    pub requests: LazyFrame,
    pub counts: LazyFrame,
    pub callers: LazyFrame,
    pub changes: LazyFrame,
    pub states: LazyFrame,
    pub links: LazyFrame,
}

impl Account {
    /// What follows is of this pool.
    pub fn turn_to(&mut self, pool: &'static str) {
        self.pool = Some(pool);
    }

    /// What follows is sent to this host.
    pub fn ask_host(&mut self, host: &'static str) {
        self.host = Some(host);
    }

    fn pool(&self) -> &'static str {
        self.pool.unwrap_or(POOL)
    }

    fn push(&mut self, clock: &str, record: Value) {
        let number = self.records.len();
        let mut whole = json!({
            "eventVersion": "1.08",
            "eventTime": written(clock),
            "eventID": format!("{number:08x}-0000-4000-8000-00000000e0a1"),
            "awsRegion": "eu-west-1",
            "recipientAccountId": "111122223333",
            "eventSource": "cognito-idp.amazonaws.com",
        });
        let members = record.as_object().expect("an object").clone();
        whole.as_object_mut().expect("an object").extend(members);
        self.records.push(whole);
    }

    /// A request to an endpoint of the pool's domain.
    pub fn endpoint(&mut self, clock: &str, name: &str, form: Value, status: u16, from: From<'_>) {
        let form = form.as_object().expect("a form").iter();
        let form: Value = form
            .map(|(name, value)| (name.clone(), json!([value])))
            .collect();
        let mut data = json!({
            "responseParameters": {"status": status},
            "requestParameters": form,
            "userPoolId": self.pool(),
        });
        if let Some(host) = self.host {
            data["userPoolDomain"] = host.into();
        }
        self.push(
            clock,
            json!({
                "eventName": name, "eventType": "AwsServiceEvent",
                "sourceIPAddress": from.0, "userAgent": from.1,
                "additionalEventData": data,
            }),
        );
    }

    /// A call of a sign-in API, refused with a code and text or accepted.
    pub fn call(
        &mut self,
        clock: &str,
        client: &str,
        flow: &str,
        error: Option<(&str, &str)>,
        from: From<'_>,
    ) {
        let mut record = json!({
            "eventName": "InitiateAuth", "eventType": "AwsApiCall", "readOnly": false,
            "sourceIPAddress": from.0, "userAgent": from.1,
            "requestParameters": {"clientId": client, "authFlow": flow},
        });
        if let Some((code, text)) = error {
            record["errorCode"] = code.into();
            record["errorMessage"] = text.into();
        }
        self.push(clock, record);
    }

    /// A write.
    pub fn write(
        &mut self,
        clock: &str,
        service: &str,
        name: &str,
        request: Value,
        response: Value,
    ) {
        self.push(
            clock,
            json!({
                "eventSource": service, "eventName": name, "eventType": "AwsApiCall", "readOnly": false,
                "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/Deploy/ci",
                    "accountId": "111122223333"},
                "sourceIPAddress": "192.0.2.200", "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.9",
                "requestParameters": request, "responseElements": response,
            }),
        );
    }

    /// A write to the pool that was refused, and why.
    pub fn turned_down(
        &mut self,
        clock: &str,
        name: &str,
        (error, text): (&str, &str),
        request: Value,
    ) {
        self.push(
            clock,
            json!({
                "eventName": name, "eventType": "AwsApiCall", "readOnly": false,
                "errorCode": error, "errorMessage": text,
                "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/Deploy/ci"},
                "requestParameters": request, "responseElements": null,
            }),
        );
    }

    /// A write that was refused.
    pub fn refused(&mut self, clock: &str, service: &str, name: &str, error: &str) {
        self.push(
            clock,
            json!({
                "eventSource": service, "eventName": name, "eventType": "AwsApiCall", "readOnly": false,
                "errorCode": error, "errorMessage": "It does not exist.",
                "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/Deploy/ci"},
                "requestParameters": {"userPoolId": POOL}, "responseElements": null,
            }),
        );
    }

    /// A line of an application's log.
    pub fn line(&mut self, clock: &str, text: &str) {
        self.log.push_str(&format!("{} {text}\n", written(clock)));
    }

    /// A message in the log of a function called `shop-claims`.
    pub fn function_says(&mut self, clock: &str, message: &str) {
        let number = self.function.len();
        let time = time(clock).timestamp_millis();
        let event = json!({"id": format!("{number:056}"), "timestamp": time, "message": message});
        self.function.push(event);
    }

    pub fn tables(self) -> Tables {
        let mut fold = Fold::new(Bounds::default());
        let trail = json!({"Records": self.records}).to_string();
        // The events come last, as AWS writes them.
        let events = json!(self.function);
        let function = format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/aws/lambda/shop-claims","logStream":"2026/03/02/[$LATEST]0EXAMPLE","subscriptionFilters":["all"],"logEvents":{events}}}"#
        );
        let logs = [("trail.json", trail), ("web.log", self.log)];
        for (name, text) in logs.into_iter().chain([("function.json", function)]) {
            fold.begin(name);
            let read = record::read(text.as_bytes(), name, |record| fold.take(record));
            read.expect("sound records");
            fold.end(text.len() as u64, None);
        }
        let frames = fold.finish(&[]);
        let cells = [&frames.cells, &frames.aside];
        let history = History::new(frames.changes.clone(), Vec::new());
        let mut found = links::links(&history);
        found.extend(links::by_coincidence(&history, &frames.aside));
        Tables {
            requests: Requests::from_cells(&cells).expect("requests").lazy(),
            counts: Counts::from_cells(&cells).expect("counts").lazy(),
            callers: callers::frame(&frames.callers).expect("callers").lazy(),
            changes: Changes::from_rows(&frames.changes).expect("changes").lazy(),
            states: states::frame(&states::states(&history))
                .expect("states")
                .lazy(),
            links: report::links::frame(&found).expect("links").lazy(),
        }
    }
}

/// `hh:mm:ss` of so many seconds after another.
pub fn later(clock: &str, seconds: i64) -> String {
    let time = time(clock) + chrono::TimeDelta::seconds(seconds);
    match clock.contains('T') {
        true => time.format("%dT%H:%M:%S").to_string(),
        false => time.format("%H:%M:%S").to_string(),
    }
}
