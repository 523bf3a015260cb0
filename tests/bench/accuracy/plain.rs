//! Plain incidents as the folders that programs are judged on: their logs, and their truth in the
//! shape of the other worlds' `truth.json`.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::world::{
    clock::{DAY, HOUR, iso},
    incidents::{Case, Outage},
};

/// So many failures, or so many requests that never came, have to be found.
const VISIBLE: usize = 5;
const LOST: usize = 30;

/// How the names of calls that alter something begin.
const ALTERING: [&str; 14] = [
    "Add",
    "Associate",
    "Attach",
    "Create",
    "Delete",
    "Disassociate",
    "Publish",
    "Put",
    "Remove",
    "Set",
    "Tag",
    "Untag",
    "Update",
    "Upload",
];

/// The logs.
pub fn write(case: &Case, input: &Path) -> io::Result<()> {
    let trail = fs::File::create(input.join("trail.json.gz"))?;
    let mut trail = GzEncoder::new(trail, Compression::fast());
    trail.write_all(&case.trail)?;
    trail.finish()?;
    match &case.application {
        Some(application) => fs::write(input.join("application.json"), application),
        None => Ok(()),
    }
}

pub fn truth(case: &Case) -> Value {
    let records = records(case);
    let changes = changes(&records);
    let pools = pools(&records);
    let culprits = case.truth.culprits.iter();
    let logged = |id: &&String| {
        changes
            .iter()
            .any(|change| change["event_id"] == id.as_str())
    };
    let guilty: Vec<&String> = culprits.filter(logged).collect();
    let main = case.truth.outage.iter().map(|outage| {
        let large = outage.broken >= if outage.absence { LOST } else { VISIBLE };
        incident(case, outage, &guilty, case.decidable && large, &pools)
    });
    let others = case.truth.others.iter();
    let others = others.map(|outage| incident(case, outage, &[], false, &pools));
    let incidents: Vec<Value> = main.chain(others).collect();
    json!({
        "seed": case.seed,
        "kind": case.class.name,
        "window": {"start": iso(DAY), "end": iso(DAY + 24 * HOUR)},
        "client_weeks": case.clients as f64 / 7.0,
        "nothing_to_report": incidents.iter().all(|incident| incident["must_be_found"] == false),
        "incidents": incidents,
        "changes": changes,
    })
}

fn incident(
    case: &Case,
    outage: &Outage,
    guilty: &[&String],
    required: bool,
    pools: &BTreeMap<String, String>,
) -> Value {
    let (verdict, accepted): (&str, &[&str]) = match guilty.is_empty() {
        true => ("no_change", &["undetermined"]),
        false => ("change", &[]),
    };
    let (visible, lost) = match outage.absence {
        true => (0, outage.broken),
        false => (outage.broken, 0),
    };
    let pool = outage.clients.iter().find_map(|client| pools.get(*client));
    json!({
        "must_be_found": required,
        "kind": if outage.absence { "absence" } else { "failures" },
        "onset": iso(outage.onset),
        "end": iso(outage.end),
        "user_pool_id": pool,
        "client_ids": outage.clients,
        "guilty_event_ids": guilty,
        "expected_verdict": verdict,
        "also_accepted": accepted,
        "family": case.class.name,
        "listed": true,
        "visible": visible,
        "lost": lost,
    })
}

/// Records of the trail by their id: some were delivered twice.
fn records(case: &Case) -> BTreeMap<String, Value> {
    let lines = case.trail.split(|byte| *byte == b'\n');
    let records = lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    records
        .filter_map(|record| Some((record["eventID"].as_str()?.to_owned(), record)))
        .collect()
}

/// Changes as simple rules look at them, by time.
fn changes(records: &BTreeMap<String, Value>) -> Vec<Value> {
    let mut changes: Vec<&Value> = records.values().filter(|record| alters(record)).collect();
    changes.sort_by_key(|record| record["eventTime"].as_str());
    let change = |record: &Value| {
        let asked = &record["requestParameters"];
        let guarded = asked["resourceArn"].as_str();
        let guarded = guarded.and_then(|arn| Some(arn.split_once("userpool/")?.1));
        json!({
            "event_id": record["eventID"],
            "event_name": record["eventName"],
            "time": record["eventTime"],
            "client_id": asked["clientId"],
            "user_pool_id": asked["userPoolId"].as_str().or(guarded),
            "failed": record["errorCode"].is_string(),
        })
    };
    changes.into_iter().map(change).collect()
}

fn alters(record: &Value) -> bool {
    let name = record["eventName"].as_str().unwrap_or_default();
    record["readOnly"] != true && ALTERING.iter().any(|verb| name.starts_with(verb))
}

/// The user pool of each app client, as far as a record tells.
fn pools(records: &BTreeMap<String, Value>) -> BTreeMap<String, String> {
    let pair = |record: &Value| {
        let (asked, more) = (&record["requestParameters"], &record["additionalEventData"]);
        let client = asked["clientId"].as_str().or(more["clientId"].as_str())?;
        let pool = asked["userPoolId"]
            .as_str()
            .or(more["userPoolId"].as_str())?;
        Some((client.to_owned(), pool.to_owned()))
    };
    records.values().filter_map(pair).collect()
}
