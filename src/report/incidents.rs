//! Outages as a frame: one row each, for spreadsheets and notebooks.

use chrono::{DateTime, TimeDelta, Utc};
use polars::prelude::*;

use super::words;
use crate::{
    attribute::{Finding, Investigation, phrase},
    error::{DuringStage, Result},
    record::Change,
};

/// One row an outage, by onset. The columns of the change are null where none is named;
/// `probability` is that of the verdict.
///
/// # Errors
///
/// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
pub fn frame(investigation: &Investigation) -> Result<DataFrame> {
    let findings = &investigation.findings;
    let text = |name: &str, of: &dyn Fn(&Finding) -> Option<String>| {
        let values: Vec<Option<String>> = findings.iter().map(of).collect();
        Column::new(name.into(), values)
    };
    let number = |name: &str, of: &dyn Fn(&Finding) -> Option<f64>| {
        let values: Vec<Option<f64>> = findings.iter().map(of).collect();
        Column::new(name.into(), values)
    };
    let count = |name: &str, of: &dyn Fn(&Finding) -> Option<u64>| {
        let values: Vec<Option<u64>> = findings.iter().map(of).collect();
        Column::new(name.into(), values)
    };
    let time = |name: &str, of: &dyn Fn(&Finding) -> Option<DateTime<Utc>>| {
        let values = findings
            .iter()
            .map(|finding| Some(of(finding)?.timestamp_micros()));
        let values: Vec<Option<i64>> = values.collect();
        let kind = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
        Column::new(name.into(), values).cast(&kind)
    };
    let provisional: Vec<bool> = findings.iter().map(|finding| finding.provisional).collect();
    let during = "build the frame of outages";
    let columns = vec![
        text("id", &|f| Some(f.incident.id.clone())),
        text("account_id", &|f| {
            f.incident.account.as_ref().map(ToString::to_string)
        }),
        text("region", &|f| {
            f.incident.region.as_ref().map(ToString::to_string)
        }),
        text("user_pool_id", &|f| {
            f.incident.user_pool.as_ref().map(ToString::to_string)
        }),
        text("client_ids", &|f| Some(clients(f))),
        text("kind", &|f| Some(words::kind(f.incident.kind).to_owned())),
        time("onset", &|f| Some(f.incident.onset)).during(during)?,
        time("end", &|f| f.incident.end).during(during)?,
        text("end_state", &|f| {
            Some(words::end_state(f.incident.end_state).to_owned())
        }),
        number("minutes", &|f| Some(minutes(f, investigation))),
        count("failed", &|f| Some(f.incident.failed)),
        count("total", &|f| Some(f.incident.total)),
        number("expected", &|f| f.incident.expected.map(f64::round)),
        count("users", &|f| f.incident.users),
        text("errors", &|f| Some(errors(f))),
        text("verdict", &|f| Some(words::verdict(f.verdict).to_owned())),
        number("probability", &|f| Some(probability(f))),
        Column::new("provisional".into(), provisional),
        text("event_id", &|f| Some(change(f)?.event_id.clone())),
        text("event_name", &|f| Some(change(f)?.name.clone())),
        time("event_time", &|f| Some(change(f)?.time)).during(during)?,
        text("actor", &|f| change(f)?.actor.clone()),
    ];
    DataFrame::new(findings.len(), columns).during(during)
}

fn change(finding: &Finding) -> Option<&Change> {
    finding.named().map(|suspect| &suspect.change.change)
}

fn clients(finding: &Finding) -> String {
    let ids = finding.incident.clients.iter().map(|id| id.as_str());
    ids.collect::<Vec<_>>().join(" ")
}

fn errors(finding: &Finding) -> String {
    let errors = finding.incident.errors.iter();
    let errors = errors.map(|(error, count)| format!("{error}={count}"));
    errors.collect::<Vec<_>>().join(" ")
}

fn minutes(finding: &Finding, investigation: &Investigation) -> f64 {
    let end = finding.incident.end.unwrap_or(investigation.read.end);
    let length = end - finding.incident.onset;
    phrase::in_units(length, TimeDelta::seconds(6)) as f64 / 10.0
}

fn probability(finding: &Finding) -> f64 {
    let named = finding.named().map(|suspect| suspect.probability);
    let probability = named.unwrap_or(finding.probability_no_change);
    (probability * 1e4).round() / 1e4
}
