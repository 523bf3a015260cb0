//! Logs that applications keep of their own requests, as CloudWatch Logs exports them. Their clocks
//! are off by up to a second.

use serde_json::{Value, json};

use super::{
    clock::{DAY, iso_millis},
    cognito::Ask,
    delivery::gzip,
    dice::Dice,
    estate::{BILLING, REPORTS, WEBSHOP},
    json,
    traffic::Attempt,
};

const NEXT_AUTH_ERROR: &str = "[next-auth][error][OAUTH_CALLBACK_ERROR] \
    https://next-auth.js.org/errors#oauth_callback_error";

/// A line by the application's own clock, in milliseconds.
struct Line {
    millis: i64,
    stream: String,
    text: String,
}

/// Files by path.
pub fn exports(attempts: &[Attempt]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (client, application) in [(BILLING, "billing"), (REPORTS, "reports")] {
        files.extend(export_task(
            application,
            machine(attempts, client, application),
        ));
    }
    files.push(filter_log_events("webshop", shop(attempts)));
    files
}

/// Lines of a program that gets its tokens through Go's x/oauth2. Each stream names its app client,
/// when it starts and now and then later, and never another one.
fn machine(attempts: &[Attempt], client: &str, application: &str) -> Vec<Line> {
    let mut dice = Dice::new(&format!("{application} log"));
    let mut lines: Vec<Line> = Vec::new();
    let mine = attempts
        .iter()
        .filter(|attempt| attempt.request.client == client);
    for attempt in mine {
        // One container behind each gateway.
        let gateway = attempt
            .request
            .caller
            .address
            .rsplit('.')
            .next()
            .unwrap_or_default();
        let stream = format!("{application}/worker/00000000example{gateway}");
        if !lines.iter().any(|line| line.stream == stream) {
            let text =
                format!("INFO starting token source client_id={client} grant=client_credentials");
            lines.push(Line {
                millis: DAY * 1000 + 412,
                stream: stream.clone(),
                text,
            });
        }
        let said = match attempt.refusal {
            None => "INFO token obtained expires_in=3600".to_owned(),
            Some(refusal) => format!("ERROR cannot get token: oauth2: \"{}\"", refusal.code),
        };
        let mut text = said;
        if dice.chance(0.15) {
            text += &format!(" request_id={}", attempt.request_id);
        }
        if dice.chance(0.05) {
            text += &format!(" client_id={client}");
        }
        lines.push(Line {
            millis: own_clock(attempt, &mut dice),
            stream,
            text,
        });
    }
    sorted(lines)
}

/// Lines of a next-auth application: exchanges of codes, and browsers that come back with an error.
fn shop(attempts: &[Attempt]) -> Vec<Line> {
    let mut dice = Dice::new("webshop log");
    let mut lines = Vec::new();
    for attempt in attempts
        .iter()
        .filter(|attempt| attempt.request.client == WEBSHOP)
    {
        let text = match (attempt.request.ask, attempt.refusal) {
            (Ask::Authorize { .. }, Some(refusal)) => {
                let state = dice.alphanumeric(12);
                format!(
                    "GET /api/auth/callback/cognito?error={}&state={state} 302",
                    refusal.code
                )
            }
            (Ask::Code { .. }, None) => {
                let mut text = "[next-auth][debug] token obtained".to_owned();
                if dice.chance(0.1) {
                    text += &format!(" client_id={WEBSHOP} request_id={}", attempt.request_id);
                }
                text
            }
            (Ask::Code { .. }, Some(refusal)) => {
                let code = refusal.code;
                let id = &attempt.request_id;
                format!(
                    "{NEXT_AUTH_ERROR} {code} OPError: {code} client_id={WEBSHOP} request_id={id}"
                )
            }
            _ => continue,
        };
        let stream = "webshop/web/00000000example".to_owned();
        lines.push(Line {
            millis: own_clock(attempt, &mut dice),
            stream,
            text,
        });
    }
    sorted(lines)
}

fn own_clock(attempt: &Attempt, dice: &mut Dice) -> i64 {
    attempt.request.time * 1000 + dice.between(-900, 999)
}

fn sorted(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by_key(|line| line.millis);
    lines
}

/// An S3 export task: a folder for the task, in it one for each stream.
fn export_task(application: &str, lines: Vec<Line>) -> Vec<(String, Vec<u8>)> {
    let task = Dice::new(&format!("{application} export")).uuid();
    let folder = format!("application/{application}/{task}");
    let mut streams: Vec<&str> = lines.iter().map(|line| line.stream.as_str()).collect();
    streams.sort_unstable();
    streams.dedup();
    let export = |stream: &str| {
        let lines = lines.iter().filter(|line| line.stream == stream);
        let text = lines.map(|line| format!("{} {}\n", iso_millis(line.millis), line.text));
        let path = format!("{folder}/{}/000000.gz", stream.replace('/', "-"));
        (path, gzip(&text.collect::<String>()))
    };
    streams.into_iter().map(export).collect()
}

/// What `aws logs filter-log-events` prints, compressed.
fn filter_log_events(application: &str, lines: Vec<Line>) -> (String, Vec<u8>) {
    let mut dice = Dice::new(&format!("{application} events"));
    let events: Vec<Value> = lines
        .into_iter()
        .map(|line| {
            // Event ids of CloudWatch Logs are 56 digits that begin with the time.
            let tail = dice.between(0, i64::MAX);
            json!({
                "logStreamName": line.stream,
                "timestamp": line.millis,
                "message": line.text,
                "ingestionTime": line.millis + dice.between(300, 6_000),
                "eventId": format!("{}{:0>43}", line.millis, tail),
            })
        })
        .collect();
    let rendered = json::line(&json!({"events": events, "searchedLogStreams": []}));
    let path = format!("application/{application}/filter-log-events.json.gz");
    (path, gzip(&(rendered + "\n")))
}
