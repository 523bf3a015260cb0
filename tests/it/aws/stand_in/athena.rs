//! How Athena would answer: the query itself, run by DuckDB over the records that the server holds.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::server::{Request, Response};

/// A table `logs.cloudtrail_logs` over a file of records.
#[derive(Clone, Debug, Default)]
pub struct Athena {
    /// A Python with `duckdb` and `sqlglot`.
    pub python: PathBuf,
    /// The records, as one trail file.
    pub records: PathBuf,
    /// Bytes that each query scans.
    pub scanned: u64,
    /// From the query of that number on each scans 2 TB, and has ended when it is looked at.
    pub dear_from: Option<usize>,
    /// What was asked, and its rows; the id of a query is its number.
    pub queries: Arc<Mutex<Vec<Value>>>,
}

const PAGE: usize = 700;

impl Athena {
    /// Answers a request.
    pub fn answer(&self, request: &Request) -> Response {
        let asked: Value = serde_json::from_slice(&request.body).expect("JSON");
        match request.operation.as_str() {
            "StartQueryExecution" => self.start(&asked),
            "GetQueryExecution" => {
                // More than it may scan, it is still running when it is looked at.
                let number = asked["QueryExecutionId"]
                    .as_str()
                    .and_then(|id| id.parse().ok());
                let dear = self.dear_from.is_some_and(|from| number >= Some(from));
                let scanned = if dear {
                    2_000_000_000_000
                } else {
                    self.scanned
                };
                let state = if self.scanned > 1_000_000 {
                    "RUNNING"
                } else {
                    "SUCCEEDED"
                };
                Response::json(&json!({"QueryExecution": {
                    "QueryExecutionId": asked["QueryExecutionId"],
                    "Status": {"State": state},
                    "Statistics": {"DataScannedInBytes": scanned},
                }}))
            }
            "StopQueryExecution" => Response::json(&json!({})),
            _ => self.results(&asked),
        }
    }

    fn start(&self, asked: &Value) -> Response {
        assert_eq!(asked["QueryExecutionContext"]["Database"], "logs");
        let question = json!({
            "records": self.records,
            "sql": asked["QueryString"],
            "parameters": asked["ExecutionParameters"],
        });
        let mut child = Command::new(&self.python)
            .arg("tests/athena/run.py")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin
            .write_all(question.to_string().as_bytes())
            .expect("a question");
        drop(stdin);
        let output = child.wait_with_output().expect("an answer");
        let rows = serde_json::from_slice(&output.stdout).expect("rows");
        let mut queries = self.queries.lock().expect("a lock");
        queries.push(rows);
        Response::json(&json!({"QueryExecutionId": (queries.len() - 1).to_string()}))
    }

    fn results(&self, asked: &Value) -> Response {
        let queries = self.queries.lock().expect("a lock");
        let id = asked["QueryExecutionId"].as_str().expect("an id");
        let query = &queries[id.parse::<usize>().expect("a number")];
        let from: usize = asked["NextToken"]
            .as_str()
            .map_or(0, |token| token.parse().expect("a number"));
        let header = query["columns"].clone();
        let rows = query["rows"].as_array().expect("rows");
        let cells = |row: &Value| {
            let cells = row.as_array().expect("cells").iter();
            let data: Vec<Value> = cells
                .map(|cell| match cell {
                    Value::Null => json!({}),
                    cell => json!({"VarCharValue": cell}),
                })
                .collect();
            json!({"Data": data})
        };
        let page = rows.iter().skip(from).take(PAGE);
        let head = (from == 0).then_some(&header);
        let page: Vec<Value> = head.into_iter().chain(page).map(cells).collect();
        let mut answer = json!({"ResultSet": {"Rows": page}});
        if from + PAGE < rows.len() {
            answer["NextToken"] = json!((from + PAGE).to_string());
        }
        Response::json(&answer)
    }
}
