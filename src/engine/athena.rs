//! Athena over the trail's bucket: accepted attempts come counted per minute, everything else as
//! whole records, so that the same parser reads them as from a file.
//!
//! Athena tells what a query costs only while it runs: a query that scans more than it may is
//! stopped.

use std::{fmt, time::Duration};

use aws_sdk_athena::{
    Client,
    types::{QueryExecutionState, QueryExecutionStatistics, ResultConfiguration, Row},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use tokio::time::sleep;

use crate::{
    queries::SAVED,
    source::aws::{Pace, Page, Pages, Place, Reach, Stop, call::call},
    window::{Window, Windows},
};

/// Requests per second for each of the calls.
/// Source: <https://docs.aws.amazon.com/athena/latest/ug/service-limits.html>
pub const QUOTA: f64 = 20.0;

const START: &str = "athena:StartQueryExecution";
const STATE: &str = "athena:GetQueryExecution";
const STOP: &str = "athena:StopQueryExecution";
const RESULTS: &str = "athena:GetQueryResults";
/// Records are published up to a day after the event (domain.md §5.2).
const PUBLICATION: TimeDelta = TimeDelta::days(1);
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// The table's name in the saved queries.
const TABLE: &str = "cloudtrail_logs";

/// What to ask.
#[derive(Clone, Debug)]
pub struct Question {
    /// The table.
    pub table: Table,
    /// The workgroup, if not the default one.
    pub workgroup: Option<String>,
    /// Where Athena writes its results, if the workgroup does not say.
    pub output: Option<String>,
    /// A query that scans more bytes is stopped.
    pub most: u64,
    /// The span of attempts; `None` asks for changes only.
    pub requests: Option<Window>,
    /// The span of changes, which ends with that of the attempts.
    pub changes: Window,
}

/// A table of a database, as `table.sql` makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    database: String,
    name: String,
}

impl Table {
    /// The table `DATABASE.TABLE`; `None` when these are no names that need no quotes.
    pub fn new(text: &str) -> Option<Self> {
        let (database, name) = text.split_once('.')?;
        let plain = |name: &str| {
            let rest = |c: char| c.is_ascii_alphanumeric() || c == '_';
            !name.is_empty()
                && name.chars().all(rest)
                && !name.starts_with(|c: char| c.is_numeric())
        };
        (plain(database) && plain(name)).then(|| Self {
            database: database.to_owned(),
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.database, self.name)
    }
}

struct Asking<'a> {
    client: Client,
    pace: &'a Pace,
    place: &'a Place,
    question: &'a Question,
    pages: Pages,
    scanned: u64,
}

/// Runs the saved queries and sends their rows as pages.
pub async fn ask(
    place: &Place,
    pace: &Pace,
    question: &Question,
    at: DateTime<Utc>,
    pages: Pages,
) -> Reach {
    let mut asking = Asking {
        client: Client::new(&place.config),
        pace,
        place,
        question,
        pages,
        scanned: 0,
    };
    let result = asking.both().await;
    let mut got = Windows::default();
    if result.is_ok() {
        got.add(question.changes);
    }
    Reach {
        question: format!("Athena table {}", question.table),
        account: place.account.clone(),
        region: place.region.clone(),
        asked: question.changes,
        got,
        at,
        scanned: Some(asking.scanned),
        cost: None,
        holds_trail: false,
        stop: result.err(),
    }
}

impl Asking<'_> {
    /// Nothing is told before both queries have succeeded: accepted attempts without the failures
    /// would look like health.
    async fn both(&mut self) -> Result<(), Stop> {
        let Question {
            requests, changes, ..
        } = self.question;
        let counts = match requests {
            Some(requests) => Some(self.run("athena/counts.sql", *requests, None).await?),
            None => None,
        };
        let attempts = requests.map_or(changes.end, |requests| requests.start);
        let records = self
            .run("athena/records.sql", *changes, Some(attempts))
            .await?;
        let mut told = 0;
        if let Some(counts) = counts {
            told += self.tell(&counts, counted).await?;
        }
        told += self.tell(&records, records_of).await?;
        match (told, self.scanned) {
            (0, 0) => Err(Stop::NotFound {
                action: START,
                message: format!(
                    "table {} has no file in the window: see its location",
                    self.question.table
                ),
            }),
            _ => Ok(()),
        }
    }

    /// Runs a query to its end.
    async fn run(
        &mut self,
        name: &str,
        window: Window,
        attempts: Option<DateTime<Utc>>,
    ) -> Result<String, Stop> {
        let saved = SAVED.iter().find(|saved| saved.name == name);
        let text = saved.map_or("", |saved| saved.text);
        let sql = text.replace(TABLE, &self.question.table.name);
        let parameters = parameters(window, attempts);
        // Asked again with the same token, Athena starts nothing anew.
        let token = format!("trailblame-{:032x}", fastrand::u128(..));
        let started = call(self.pace, START, || {
            let context = aws_sdk_athena::types::QueryExecutionContext::builder()
                .database(&self.question.table.database)
                .build();
            let output = self.question.output.as_ref().map(|output| {
                let output = ResultConfiguration::builder().output_location(output);
                output.build()
            });
            self.client
                .start_query_execution()
                .client_request_token(&token)
                .query_string(&sql)
                .query_execution_context(context)
                .set_execution_parameters(Some(parameters.clone()))
                .set_work_group(self.question.workgroup.clone())
                .set_result_configuration(output)
                .send()
        });
        let id = started.await?.query_execution_id.unwrap_or_default();
        match self.wait(&id).await {
            Ok(()) => Ok(id),
            Err(Ended::Itself(stop)) => Err(stop),
            Err(Ended::Abandoned(stop)) => {
                // Whether it can be stopped or not, nobody waits for it.
                let _ = self.stop(&id).await;
                Err(stop)
            }
        }
    }

    async fn wait(&mut self, id: &str) -> Result<(), Ended> {
        let mut wait = FIRST_WAIT;
        let before = self.scanned;
        loop {
            sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
            let told = call(self.pace, STATE, || {
                self.client
                    .get_query_execution()
                    .query_execution_id(id)
                    .send()
            });
            let told = told.await.map_err(Ended::Abandoned)?;
            let execution = told.query_execution();
            let sums = execution.and_then(|execution| execution.statistics());
            let scanned = sums.and_then(QueryExecutionStatistics::data_scanned_in_bytes);
            let scanned = u64::try_from(scanned.unwrap_or(0)).unwrap_or(0);
            self.scanned = before + scanned;
            let status = execution.and_then(|execution| execution.status());
            let state = status.and_then(|status| status.state());
            if let Some(state @ (QueryExecutionState::Failed | QueryExecutionState::Cancelled)) =
                state
            {
                let reason = status.and_then(|status| status.state_change_reason());
                return Err(Ended::Itself(Stop::Refused {
                    action: START,
                    code: format!("the query ended as {state}"),
                    message: reason.unwrap_or("no reason given").to_owned(),
                }));
            }
            if scanned > self.question.most {
                return Err(self.too_dear(scanned, state));
            }
            if state == Some(&QueryExecutionState::Succeeded) {
                return Ok(());
            }
        }
    }

    /// Athena tells what a query scans only while it runs: some have ended when it is known.
    fn too_dear(&self, scanned: u64, state: Option<&QueryExecutionState>) -> Ended {
        let ended = state == Some(&QueryExecutionState::Succeeded);
        let stop = Stop::Refused {
            action: START,
            code: format!("more than `--max-scan` {} bytes", self.question.most),
            message: match ended {
                true => format!("the query had ended: {scanned} bytes"),
                false => "the query was stopped".to_owned(),
            },
        };
        match ended {
            true => Ended::Itself(stop),
            false => Ended::Abandoned(stop),
        }
    }

    async fn stop(&self, id: &str) -> Result<(), Stop> {
        let stopped = call(self.pace, STOP, || {
            self.client
                .stop_query_execution()
                .query_execution_id(id)
                .send()
        });
        stopped.await.map(drop)
    }

    /// Sends the rows of a query, a page of the answer after another. Returns how many they were.
    async fn tell(&self, id: &str, render: fn(&Rows) -> Vec<u8>) -> Result<usize, Stop> {
        let mut told = 0;
        let mut found = Rows::default();
        let mut token: Option<String> = None;
        loop {
            let page = call(self.pace, RESULTS, || {
                self.client
                    .get_query_results()
                    .query_execution_id(id)
                    .set_next_token(token.clone())
                    .send()
            });
            let page = page.await?;
            let rows = page.result_set().map(|set| set.rows()).unwrap_or_default();
            let mut rows = rows.iter().map(cells);
            if found.columns.is_empty() {
                // The first row of the first page names the columns.
                let names = rows.next().unwrap_or_default();
                found.columns = names.into_iter().map(Option::unwrap_or_default).collect();
            }
            found.rows = rows.collect();
            told += found.rows.len();
            self.send(render(&found), found.rows.len()).await?;
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(told);
            }
        }
    }

    async fn send(&self, bytes: Vec<u8>, records: usize) -> Result<(), Stop> {
        let page = Page {
            name: format!("Athena {} {}", self.place.account, self.place.region),
            bytes,
            records,
            file: false,
            failure: None,
        };
        let sent = self.pages.send(page).await;
        sent.map_err(|_closed| Stop::Interrupted)
    }
}

/// How waiting for a query came to nothing.
enum Ended {
    /// It has ended.
    Itself(Stop),
    /// It goes on, and costs.
    Abandoned(Stop),
}

/// A page of what a query answered.
#[derive(Debug, Default)]
struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
}

impl Rows {
    fn cell<'a>(&self, row: &'a [Option<String>], name: &str) -> Option<&'a str> {
        let at = self.columns.iter().position(|column| column == name)?;
        row.get(at)?.as_deref()
    }
}

fn cells(row: &Row) -> Vec<Option<String>> {
    let cells = row.data().iter();
    cells
        .map(|cell| cell.var_char_value().map(str::to_owned))
        .collect()
}

/// Rows of counts.sql in the container that the reader of records knows.
fn counted(rows: &Rows) -> Vec<u8> {
    let results: Vec<Value> = rows
        .rows
        .iter()
        .map(|row| {
            let cells = rows.columns.iter().zip(row);
            let told = cells.filter_map(|(column, cell)| {
                cell.as_ref()
                    .map(|cell| json!({"field": column, "value": cell}))
            });
            told.collect()
        })
        .collect();
    json!({"results": results}).to_string().into_bytes()
}

/// Rows of records.sql as records, one a line.
fn records_of(rows: &Rows) -> Vec<u8> {
    let mut lines = Vec::new();
    for row in &rows.rows {
        let of = |name: &str| rows.cell(row, name);
        lines.extend(record(of).to_string().bytes());
        lines.push(b'\n');
    }
    lines
}

/// Literals for the question marks of a saved query.
fn parameters(window: Window, attempts: Option<DateTime<Utc>>) -> Vec<String> {
    let day = |time: DateTime<Utc>| format!("'{}'", time.format("%Y/%m/%d"));
    // Times of records are whole seconds: one after the first whole second is inside.
    let second = |time: DateTime<Utc>| {
        let up = time + TimeDelta::nanoseconds(999_999_999);
        format!("'{}'", up.format("%Y-%m-%dT%H:%M:%SZ"))
    };
    let mut parameters = vec![
        day(window.start),
        day(window.end + PUBLICATION),
        second(window.start),
        second(window.end),
    ];
    parameters.extend(attempts.map(second));
    parameters
}

/// A record of CloudTrail again, from the columns of the table.
fn record<'a>(of: impl Fn(&str) -> Option<&'a str>) -> Value {
    const TEXTS: [(&str, &str); 14] = [
        ("eventtime", "eventTime"),
        ("eventsource", "eventSource"),
        ("eventname", "eventName"),
        ("eventtype", "eventType"),
        ("awsregion", "awsRegion"),
        ("recipientaccountid", "recipientAccountId"),
        ("eventid", "eventID"),
        ("requestid", "requestID"),
        ("readonly", "readOnly"),
        ("errorcode", "errorCode"),
        ("errormessage", "errorMessage"),
        ("sourceipaddress", "sourceIPAddress"),
        ("useragent", "userAgent"),
        (
            "sessioncredentialfromconsole",
            "sessionCredentialFromConsole",
        ),
    ];
    const OBJECTS: [(&str, &str); 3] = [
        ("requestparameters", "requestParameters"),
        ("responseelements", "responseElements"),
        ("additionaleventdata", "additionalEventData"),
    ];
    const IDENTITY: [(&str, &str); 6] = [
        ("identity_type", "type"),
        ("identity_arn", "arn"),
        ("identity_account", "accountId"),
        ("identity_principal", "principalId"),
        ("identity_name", "userName"),
        ("invoked_by", "invokedBy"),
    ];
    let text = |(column, name): &(&str, &str)| Some(((*name).to_owned(), of(column)?.into()));
    let mut record: Map<String, Value> = TEXTS.iter().filter_map(text).collect();
    for (column, name) in OBJECTS {
        let json = of(column).and_then(|json| serde_json::from_str(json).ok());
        record.insert(name.to_owned(), json.unwrap_or(Value::Null));
    }
    let mut identity: Map<String, Value> = IDENTITY.iter().filter_map(text).collect();
    let (issuer, source) = (of("issuer_arn"), of("source_identity"));
    if issuer.is_some() || source.is_some() {
        let session = json!({"sessionIssuer": {"arn": issuer}, "sourceIdentity": source});
        identity.insert("sessionContext".to_owned(), session);
    }
    record.insert("userIdentity".to_owned(), identity.into());
    if let Some(host) = of("host") {
        let tls = json!({"clientProvidedHostHeader": host});
        record.insert("tlsDetails".to_owned(), tls);
    }
    record.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queries;

    #[test]
    fn a_table_is_two_names() {
        for (text, expected) in [
            ("logs.cloudtrail_logs", true),
            ("cloudtrail_logs", false),
            ("logs.trail; DROP TABLE x", false),
            ("logs.", false),
            ("a.b.c", false),
            ("logs.1st", false),
        ] {
            assert_eq!(Table::new(text).is_some(), expected, "{text}");
        }
    }

    fn text(name: &str) -> &'static str {
        let saved = SAVED.iter().find(|saved| saved.name == name);
        saved.expect("a query").text
    }

    #[test]
    fn both_queries_mean_the_same_by_an_accepted_attempt() {
        let accepted = |name| {
            let (_, rest) = text(name)
                .split_once("plainly accepted:")
                .expect("a beginning");
            rest.split_once("-- as in").expect("an end").0
        };
        let counts = accepted("athena/counts.sql");
        assert_eq!(counts, accepted("athena/records.sql"));
        assert!(counts.contains("Token_POST"));
    }

    #[test]
    fn records_are_asked_of_every_change_that_is_known() {
        let sql = text("athena/records.sql");
        for (service, name) in queries::changes_of_others() {
            for name in [service, name] {
                assert!(sql.contains(&format!("'{name}'")), "{name}");
            }
        }
        let left_out = sql.split("eventname NOT IN (").nth(1);
        let left_out = left_out.and_then(|rest| rest.split(')').next());
        let left_out = left_out.expect("names that are left out");
        for name in left_out.split('\'').skip(1).step_by(2) {
            let attempt = queries::is_sign_in_api(name);
            let change = queries::is_change(queries::COGNITO, name);
            assert!(attempt || !change, "{name}");
        }
    }

    #[test]
    fn a_query_has_a_value_for_each_of_its_question_marks() {
        let time = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let window = Window {
            start: time("2026-03-02T10:00:00.5Z"),
            end: time("2026-03-02T23:30:00Z"),
        };
        let expected = [
            "'2026/03/02'",
            "'2026/03/03'",
            "'2026-03-02T10:00:01Z'",
            "'2026-03-02T23:30:00Z'",
        ];
        assert_eq!(parameters(window, None), expected);
        for (name, count) in [
            ("athena/counts.sql", parameters(window, None).len()),
            (
                "athena/records.sql",
                parameters(window, Some(window.start)).len(),
            ),
        ] {
            let marks = text(name).matches('?').count();
            assert_eq!(marks, count, "{name}");
        }
    }
}
