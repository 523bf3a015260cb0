//! What was seen around a time, for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    attribute::{self, Investigation},
    detect::Activity,
    report::{
        outline::around::unusual,
        words::{Clock, rfc3339},
    },
};

/// The answer to a question about a time; its span is the document's window.
#[derive(Serialize)]
pub(super) struct Around<'a> {
    at: Option<String>,
    requests: u64,
    succeeded: u64,
    failed: u64,
    clients: Vec<Row<'a>>,
    unusual: Vec<String>,
    other_incidents: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    user_pool_id: Option<&'a str>,
    client_id: Option<&'a str>,
    requests: u64,
    succeeded: u64,
    failed: u64,
    errors: BTreeMap<String, u64>,
    usual_failure_rate: Option<f64>,
}

pub(super) fn around<'a>(
    investigation: &'a Investigation,
    around: &'a attribute::Around,
) -> Around<'a> {
    let requests = around
        .activity
        .iter()
        .map(|one| one.health.all_requests())
        .sum();
    let failed = around
        .activity
        .iter()
        .map(|one| one.health.all_failed())
        .sum();
    let clock = Clock::new(investigation.window, attribute::utc);
    Around {
        at: around.at.map(rfc3339),
        requests,
        succeeded: requests - failed,
        failed,
        clients: around.activity.iter().map(row).collect(),
        unusual: unusual(investigation, around, clock),
        other_incidents: around.others,
    }
}

fn row(one: &Activity) -> Row<'_> {
    let health = &one.health;
    Row {
        user_pool_id: health.user_pool.as_ref().map(|id| id.as_str()),
        client_id: health.client.as_ref().map(|id| id.as_str()),
        requests: health.all_requests(),
        succeeded: health.all_requests() - health.all_failed(),
        failed: health.all_failed(),
        errors: health.all_errors(),
        usual_failure_rate: one.usual_share().map(|share| (share * 1e4).round() / 1e4),
    }
}
