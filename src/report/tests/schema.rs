//! The JSON against its schema.

use serde_json::Value;

use super::{VERDICTS, as_json, investigation};
use crate::{attribute::Verdict, report::fixture::full};

fn document(verdict: Verdict) -> Value {
    serde_json::from_str(&as_json(&investigation(verdict, None))).unwrap()
}

fn validator() -> jsonschema::Validator {
    let schema = include_str!("../investigation.schema.json");
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

#[test]
fn every_verdict_follows_the_schema() {
    for verdict in VERDICTS {
        let document = document(verdict);
        let errors: Vec<String> = validator()
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

/// Every key of the contract, by path: without it, or with a value of no type it may have, the
/// document is refused. A schema that lets anything pass fails here.
#[test]
fn the_schema_refuses_what_the_contract_does_not_have() {
    let validator = validator();
    let whole = serde_json::from_str(&as_json(&full())).unwrap();
    let (mut paths, mut let_through) = (Vec::new(), Vec::new());
    keys(&whole, String::new(), &mut paths);
    assert!(paths.len() > 80, "{paths:?}");
    for (parent, key) in paths {
        let mut without = whole.clone();
        let map = without
            .pointer_mut(&parent)
            .and_then(Value::as_object_mut)
            .unwrap();
        map.remove(&key);
        if validator.is_valid(&without) {
            let_through.push(format!("without {parent}/{key}"));
        }
        // A setting's value may be of any type.
        if !["before", "after"].contains(&key.as_str()) {
            let mut wrong = whole.clone();
            wrong.pointer_mut(&parent).unwrap()[&key] = serde_json::json!([[true]]);
            if validator.is_valid(&wrong) {
                let_through.push(format!("wrong {parent}/{key}"));
            }
        }
    }
    assert_eq!(let_through, Vec::<String>::new());
}

/// Parent and key of every member that the contract names; the names in maps of counts are data.
fn keys(value: &Value, path: String, found: &mut Vec<(String, String)>) {
    const MAPS: [&str; 5] = ["errors", "grants", "ties", "passed_over", "client_names"];
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                found.push((path.clone(), key.clone()));
                if !MAPS.contains(&key.as_str()) {
                    keys(value, format!("{path}/{key}"), found);
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                keys(item, format!("{path}/{at}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn probabilities_sum_to_one() {
    for verdict in VERDICTS {
        let incident = &document(verdict)["incidents"][0];
        let suspects = incident["suspects"].as_array().unwrap();
        let sum: f64 = suspects
            .iter()
            .filter_map(|s| s["probability"].as_f64())
            .sum();
        let sum = sum + incident["probability_no_change"].as_f64().unwrap();
        assert!((sum - 1.0).abs() < 0.001, "{sum}");
    }
}
