//! The trail that benchmarks read: the program against what its generator knows, in every form.

use std::fs;

use serde_json::{Value, json};

use crate::{
    program,
    world::{
        clock::iso,
        organisation::{Form, Organisation, Spread, Written},
    },
};

/// A few thousand records, a fifth of them of user pools.
fn small() -> Organisation {
    Organisation {
        bytes: 5_000_000,
        cognito: 0.2,
        file_bytes: 400_000,
        ..Organisation::default()
    }
}

/// Writes the trail, and holds what the program says against what is true.
#[track_caller]
fn check(name: &str, order: &Organisation) -> Written {
    let folder = program::folder(&format!("organisation-{name}"));
    let written = order.write(&folder).expect("the trail is written");
    let answer = program::investigate(&[folder.to_str().expect("a UTF-8 path")]);
    let inputs = &answer["inputs"];
    assert_eq!(inputs["records"], written.records + written.repeats);
    assert_eq!(inputs["requests"], written.attempts);
    assert_eq!(inputs["rejected"], 0);
    assert_eq!(told(&answer), true_of(&written));
    fs::remove_dir_all(&folder).expect("the folder goes");
    written
}

fn told(answer: &Value) -> Value {
    let incidents = answer["incidents"].as_array().into_iter().flatten();
    let told = incidents.map(|incident| {
        json!([
            incident["client_ids"],
            incident["verdict"],
            incident["onset"],
            incident["end"],
            incident["failed"],
            incident["suspects"][0]["event_id"],
            incident["ended_by"]["event_id"],
        ])
    });
    told.collect()
}

fn true_of(written: &Written) -> Value {
    let outages = written.outage.iter().map(|outage| {
        json!([
            [outage.client],
            "change",
            iso(outage.onset),
            iso(outage.end),
            outage.failed,
            outage.culprit,
            outage.healed_by,
        ])
    });
    outages.collect()
}

#[test]
fn its_outage_is_told_however_the_records_lie() {
    for (name, spread, form, single) in [
        ("delivered", Spread::Even, Form::Delivered, false),
        ("accounts", Spread::Accounts, Form::Delivered, false),
        ("plain", Spread::Even, Form::Plain, false),
        ("lines", Spread::Even, Form::Lines, false),
        ("export", Spread::Accounts, Form::Export, false),
        ("one", Spread::Even, Form::Export, true),
    ] {
        let order = Organisation {
            spread,
            form,
            single,
            ..small()
        };
        let written = check(name, &order);
        assert!(written.outage.is_some(), "{name}");
        assert_eq!(written.files == 1, single, "{name}");
    }
}

#[test]
fn records_that_come_again_are_counted_once() {
    let again = check(
        "repeated",
        &Organisation {
            repeated: 0.05,
            ..small()
        },
    );
    assert!(again.repeats > 100, "{}", again.repeats);
}

#[test]
fn without_user_pools_there_is_nothing_to_tell() {
    let without = check(
        "without",
        &Organisation {
            cognito: 0.0,
            ..small()
        },
    );
    assert_eq!((without.cognito, without.outage), (0, None));
}

#[test]
fn size_share_and_compression_are_those_that_were_asked_for() {
    let written = check("size", &small());
    let near = |value: u64, wanted: u64| value.abs_diff(wanted) * 20 < wanted;
    assert!(near(written.inflated, 5_000_000), "{}", written.inflated);
    assert!(
        near(written.cognito, written.records / 5),
        "{} of {}",
        written.cognito,
        written.records
    );
    let ratio = written.inflated as f64 / written.bytes as f64;
    assert!((8.0..=12.0).contains(&ratio), "{ratio}");
}
