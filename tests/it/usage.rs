//! `trailblame usage`: who still needs each value of the settings.

use serde_json::Value;

use crate::program::trailblame;

#[track_caller]
fn usage(arguments: &[&str]) -> Value {
    let mut all = vec!["usage", "sample-logs", "--format", "json"];
    all.extend(arguments);
    let run = trailblame(&all);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    serde_json::from_str(&run.stdout).expect("JSON")
}

/// What is known of one value of the portal's settings.
#[track_caller]
fn value<'a>(usage: &'a Value, setting: &str, value: &str) -> &'a Value {
    let owners = usage["owners"].as_array().expect("owners");
    let values = owners
        .iter()
        .flat_map(|owner| owner["values"].as_array().expect("values"));
    let found: Vec<&Value> = values
        .filter(|row| row["setting"] == setting && row["value"] == value)
        .collect();
    assert_eq!(found.len(), 1, "{setting} {value}: {usage:#}");
    found[0]
}

#[test]
fn each_value_has_the_requests_that_need_it() {
    let usage = usage(&["--client", "0portal00web0000000example"]);
    let legacy = value(
        &usage,
        "CallbackURLs",
        "https://legacy.portal.example.com/callback",
    );
    let newer = value(
        &usage,
        "CallbackURLs",
        "https://portal.example.com/callback",
    );
    assert_eq!(legacy["unused"], false);
    assert!(
        legacy["requests"].as_u64() > newer["requests"].as_u64(),
        "{legacy:#} {newer:#}"
    );
    assert!(newer["requests"].as_u64() > Some(0));
    assert_eq!(legacy["last_seen"], "2026-03-02T23:48:47Z");
    let code = value(&usage, "AllowedOAuthFlows", "code");
    assert_eq!(code["unused"], false);
    // People sign in by pages alone.
    assert_eq!(
        value(&usage, "ExplicitAuthFlows", "ALLOW_USER_SRP_AUTH")["unused"],
        true
    );
    // No log of this account holds a sign-out.
    let bye = value(&usage, "LogoutURLs", "https://portal.example.com/bye");
    assert_eq!(
        (&bye["logged"], &bye["unused"]),
        (&Value::Bool(false), &Value::Bool(false))
    );
}

#[test]
fn unused_values_are_told_with_what_that_rests_on() {
    let run = trailblame(&["usage", "sample-logs", "--unused", "30d"]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("do not reach back"), "{}", run.stderr);
    assert!(
        run.stdout.contains("ALLOW_USER_SRP_AUTH: unused in 1 day"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("the logs are complete"),
        "{}",
        run.stdout
    );
    assert!(
        !run.stdout.contains("https://legacy.portal.example.com"),
        "{}",
        run.stdout
    );
}
