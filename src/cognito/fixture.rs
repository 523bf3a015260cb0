//! Calls as data, for tests: one a line.

use chrono::{DateTime, Utc};

use crate::record::Change;

pub const POOL: &str = "eu-west-1_EXAMPLE";

/// So many seconds after the tests begin.
pub fn time(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_446_500 + second, 0).unwrap_or_default()
}

/// A call from `second api {request} => {response}`; `!code` in place of a response is an error.
/// Calls of Cognito name the pool by themselves, and those of a client the client `webEXAMPLE`.
pub fn change(index: usize, line: &str) -> Change {
    let (head, answer) = line.split_once(" => ").unwrap_or((line, ""));
    let mut words = head.splitn(3, ' ');
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (second, name, request) = (word(), word(), word());
    let of_client = name.contains("Client");
    let service = match name.as_str() {
        name if name.contains("ACL") => "wafv2.amazonaws.com",
        name if name.contains("Function") || name.contains("Permission") => "lambda.amazonaws.com",
        name if name.contains("Secret") && !of_client => "secretsmanager.amazonaws.com",
        _ => "cognito-idp.amazonaws.com",
    };
    Change {
        time: time(second.parse().unwrap_or_default()),
        event_id: format!("EXAMPLE-{index:02}"),
        name,
        service: service.to_owned(),
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        user_pool: service.starts_with("cognito").then(|| POOL.to_owned()),
        client: of_client.then(|| "webEXAMPLE".to_owned()),
        request: (!request.is_empty()).then_some(request),
        response: (!answer.is_empty() && !answer.starts_with('!')).then(|| answer.to_owned()),
        error: answer.strip_prefix('!').map(str::to_owned),
        ..Change::default()
    }
}

/// The calls of lines.
pub fn changes(lines: &str) -> Vec<Change> {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .enumerate()
        .map(|(index, line)| change(index, line))
        .collect()
}
