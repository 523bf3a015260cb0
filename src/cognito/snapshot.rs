//! Saved descriptions: what `aws cognito-idp describe-user-pool-client` and `describe-user-pool`
//! print, lines of applications that log what these calls returned, and files of AWS Config.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::{Deserializer, Map, Value};

use super::{
    history::{Snapshot, full_pool},
    members::CLIENT,
    read::{full, get, get_object, get_text},
    setting::{Known, Resource, Setting},
};
use crate::{
    ids::{AppClientId, UserPoolId},
    record::mask,
};

mod config;

impl Snapshot {
    /// Reads one description, several after one another, or an array of them; each as it was
    /// printed or without the object around it. A client secret in it is not kept.
    ///
    /// # Errors
    ///
    /// What is wrong, in words: no JSON, or JSON that describes neither a client nor a pool.
    pub fn read(text: &str) -> Result<Vec<Self>, String> {
        let text = text.trim_start_matches('\u{feff}');
        let mut snapshots = Vec::new();
        if !text.trim_start().starts_with(['{', '[']) {
            let mut lines = text.lines();
            lines.try_for_each(|text| line(text, None, DEEPEST, &mut snapshots))?;
            if !snapshots.is_empty() {
                return Ok(snapshots);
            }
        }
        for value in Deserializer::from_str(text).into_iter::<Value>() {
            let value = value.map_err(|error| format!("not JSON: {error}"))?;
            match value {
                Value::Array(items) => {
                    for item in &items {
                        snapshots.extend(all(item)?);
                    }
                }
                item => snapshots.extend(all(&item)?),
            }
        }
        if snapshots.is_empty() {
            return Err("it is empty".to_owned());
        }
        Ok(snapshots)
    }

    /// The same, seen at that time at the latest, where it says itself nothing of when.
    pub fn seen_by(self, time: DateTime<Utc>) -> Self {
        dated(self, Some(time))
    }
}

const NEITHER: &str = "it describes neither an app client (`UserPoolClient`) nor a user pool \
                       (`UserPool`)";
/// A logged response stands so deep in its line, and a line so deep in an export.
const DEEPEST: u32 = 6;
/// What a description stands in, as AWS answers.
const RESPONSES: [&str; 2] = ["UserPoolClient", "UserPool"];
/// Where lines say when they were logged, or what was logged says when it was called.
const TIMES: [&str; 5] = ["eventTime", "@timestamp", "timestamp", "time", "ts"];

/// What a value describes: one thing, the items of AWS Config, or what was logged.
fn all(value: &Value) -> Result<Vec<Snapshot>, String> {
    match value.as_object().and_then(config::items) {
        Some(items) if items.is_empty() => {
            return Err(
                "AWS Config's items in it are of no user pool and no app client".to_owned(),
            );
        }
        Some(items) => return Ok(items),
        None => {}
    }
    let mut found = Vec::new();
    logged(value, None, DEEPEST, &mut found)?;
    match found.is_empty() {
        true => snapshot(value).map(|snapshot| vec![snapshot]),
        false => Ok(found),
    }
}

/// Takes the responses in what an application logged, each with the time that stands nearest, if it
/// has none of its own.
fn logged(
    value: &Value,
    seen: Option<DateTime<Utc>>,
    depth: u32,
    found: &mut Vec<Snapshot>,
) -> Result<(), String> {
    let Some(deeper) = depth.checked_sub(1) else {
        return Ok(());
    };
    match value {
        Value::Object(members) => {
            let times = TIMES.iter().filter_map(|name| get(members, name));
            let seen = times.filter_map(moment).next().or(seen);
            if RESPONSES
                .iter()
                .any(|name| get_object(members, name).is_some())
            {
                found.push(dated(snapshot(value)?, seen));
                return Ok(());
            }
            let mut values = members.values();
            values.try_for_each(|value| logged(value, seen, deeper, found))
        }
        Value::Array(items) => {
            let mut items = items.iter();
            items.try_for_each(|item| logged(item, seen, deeper, found))
        }
        Value::String(text) => line(text, seen, deeper, found),
        _ => Ok(()),
    }
}

/// Takes the responses in a line: JSON, also behind the time and whatever else stands in front.
fn line(
    text: &str,
    seen: Option<DateTime<Utc>>,
    depth: u32,
    found: &mut Vec<Snapshot>,
) -> Result<(), String> {
    let holds = |name: &str| text.contains(&format!("\"{name}\""));
    let is_one = RESPONSES.into_iter().any(holds);
    let Some(at) = text.find('{').filter(|_| is_one) else {
        return Ok(());
    };
    let (front, json) = text.split_at_checked(at).unwrap_or_default();
    let mut words = front.split(|c: char| c.is_whitespace() || c == '[' || c == ']');
    let seen = words.find_map(time_of_text).or(seen);
    let values = Deserializer::from_str(json).into_iter::<Value>();
    // Behind the JSON may stand anything.
    let mut values = values.map_while(Result::ok);
    values.try_for_each(|value| logged(&value, seen, depth, found))
}

/// What it shows was so at the latest when it was seen.
fn dated(snapshot: Snapshot, seen: Option<DateTime<Utc>>) -> Snapshot {
    Snapshot {
        modified: snapshot.modified.or(seen),
        ..snapshot
    }
}

fn snapshot(value: &Value) -> Result<Snapshot, String> {
    let mut object = value.as_object().ok_or(NEITHER)?.clone();
    mask::hide_settings(&mut object);
    let object = &object;
    if let Some(client) = get_object(object, "UserPoolClient") {
        return client_of(client);
    }
    if let Some(pool) = get_object(object, "UserPool") {
        return pool_of(pool);
    }
    if get(object, "ClientId").is_some() {
        return client_of(object);
    }
    match get_text(object, "Id") {
        Some(id) if id.contains('_') => pool_of(object),
        _ => Err(NEITHER.to_owned()),
    }
}

fn client_of(object: &Map<String, Value>) -> Result<Snapshot, String> {
    let client = get_text(object, "ClientId").ok_or("the app client has no `ClientId`")?;
    let pool = get_text(object, "UserPoolId").ok_or("the app client has no `UserPoolId`")?;
    let resource = Resource::Client(UserPoolId::new(pool), AppClientId::new(client));
    Ok(described(resource, full(object, CLIENT), object))
}

fn pool_of(object: &Map<String, Value>) -> Result<Snapshot, String> {
    let pool = get_text(object, "Id").ok_or("the user pool has no `Id`")?;
    let resource = Resource::Pool(UserPoolId::new(pool));
    Ok(described(resource, full_pool(object), object))
}

fn described(
    resource: Resource,
    mut settings: super::setting::Settings,
    object: &Map<String, Value>,
) -> Snapshot {
    settings.insert(Setting::EXISTS, Known::Observed(Value::Bool(true)));
    let mut members = object.clone();
    members.retain(|name, _| !name.eq_ignore_ascii_case("ClientSecret"));
    Snapshot {
        resource,
        settings,
        members,
        modified: get(object, "LastModifiedDate").and_then(time),
    }
}

/// The AWS CLI prints ISO times or, by another setting and in version 1, seconds since 1970;
/// CloudTrail prints `Mar 2, 2026, 10:15:04 AM` (domain.md §2.1).
fn time(value: &Value) -> Option<DateTime<Utc>> {
    if let Some(seconds) = value.as_f64() {
        // Up to the year 9999, far from where adding to a time overflows.
        let sensible = (0.0..253_402_300_800.0).contains(&seconds);
        let time = DateTime::from_timestamp_millis((seconds * 1000.0) as i64);
        return time.filter(|_| sensible);
    }
    time_of_text(value.as_str()?)
}

fn time_of_text(text: &str) -> Option<DateTime<Utc>> {
    let iso = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let java = || NaiveDateTime::parse_from_str(text, "%b %d, %Y, %I:%M:%S %p");
    iso.ok().or_else(|| java().ok().map(|time| time.and_utc()))
}

/// When a line was logged: as [`time`], or milliseconds since 1970.
fn moment(value: &Value) -> Option<DateTime<Utc>> {
    /// In seconds this is the year 5138, in milliseconds 1973.
    const MILLISECONDS: f64 = 1e11;
    match value.as_f64() {
        Some(number) if number >= MILLISECONDS => time(&Value::from(number / 1000.0)),
        _ => time(value),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&[&str], &str>) {
        let read = Snapshot::read(text).map(|snapshots| {
            let shown = |s: &Snapshot| match (&s.resource, s.modified) {
                (Resource::Client(pool, client), at) => format!("{pool}/{client} {at:?}"),
                (Resource::Pool(pool), at) => format!("{pool} {at:?}"),
                (other, _) => format!("{other:?}"),
            };
            snapshots.iter().map(shown).collect::<Vec<_>>()
        });
        let expected = expected.map(|texts| texts.iter().map(|t| (*t).to_owned()).collect());
        assert_eq!(read, expected.map_err(str::to_owned));
    }

    const CLIENT: &str = r#"{"UserPoolId":"eu-west-1_EXAMPLE","ClientId":"webEXAMPLE"}"#;

    #[test]
    fn every_form_the_cli_prints() {
        let client: &[&str] = &["eu-west-1_EXAMPLE/webEXAMPLE None"];
        check(CLIENT, Ok(client));
        check(&format!("\u{feff}[{CLIENT}]"), Ok(client));
        check(&format!(r#"{{"UserPoolClient":{CLIENT}}}"#), Ok(client));
        let undated: &[&str] = &["eu-west-1_EXAMPLE None"];
        for date in ["1e300", "-1e300", "null", "\"soon\""] {
            let pool = format!(r#"{{"Id":"eu-west-1_EXAMPLE","LastModifiedDate":{date}}}"#);
            check(&pool, Ok(undated));
        }
        let dated: &[&str] = &["eu-west-1_EXAMPLE Some(2026-03-02T10:15:04Z)"];
        for date in [
            r#""2026-03-02T11:15:04+01:00""#,
            "1772446504.0",
            r#""Mar 2, 2026, 10:15:04 AM""#,
        ] {
            let pool =
                format!(r#"{{"UserPool":{{"Id":"eu-west-1_EXAMPLE","LastModifiedDate":{date}}}}}"#);
            check(&pool, Ok(dated));
        }
    }

    #[test]
    fn items_of_aws_config_show_a_time() {
        let item = |kind: &str, configuration: &str| {
            format!(
                r#"{{"configurationItems":[{{"configurationItemCaptureTime":"2026-03-02T10:15:04.000Z","configurationItemStatus":"OK","resourceType":"{kind}","resourceId":"eu-west-1_EXAMPLE","configuration":{configuration}}}]}}"#
            )
        };
        let configuration = r#"{"UserPoolId":"eu-west-1_EXAMPLE","ClientId":"webEXAMPLE","CallbackURLs":["a"],"ProviderURL":"x"}"#;
        let text = serde_json::to_string(configuration).expect("a text");
        for configuration in [configuration, &text] {
            let json = item("AWS::Cognito::UserPoolClient", configuration);
            check(
                &json,
                Ok(&["eu-west-1_EXAMPLE/webEXAMPLE Some(2026-03-02T10:15:04Z)"]),
            );
            let snapshots = Snapshot::read(&json).expect("an item");
            let names: Vec<_> = snapshots[0]
                .settings
                .keys()
                .map(|name| name.0.to_string())
                .collect();
            // What is no member of the API is none here, and nothing is taken for a default.
            assert_eq!(names, ["CallbackURLs", "Exists"]);
        }
        check(
            &item("AWS::Cognito::UserPool", r#"{"UserPoolName":"shop"}"#),
            Ok(&["eu-west-1_EXAMPLE Some(2026-03-02T10:15:04Z)"]),
        );
        check(
            &item("AWS::EC2::Instance", "{}"),
            Err("AWS Config's items in it are of no user pool and no app client"),
        );
    }

    #[test]
    fn a_response_that_an_application_logged() {
        let line = format!(r#"{{"level":"info","response":{{"UserPoolClient":{CLIENT}}}}}"#);
        let client = "eu-west-1_EXAMPLE/webEXAMPLE None";
        check(&format!("{line}\n{line}"), Ok(&[client, client]));
        let seen = "eu-west-1_EXAMPLE/webEXAMPLE Some(2026-03-02T10:15:04Z)";
        let response = format!(r#"{{"UserPoolClient":{CLIENT}}}"#);
        let text = serde_json::to_string(&response).expect("a text");
        for line in [
            format!("2026-03-02T10:15:04Z INFO described {response} in 40 ms"),
            format!(r#"{{"time":"2026-03-02T10:15:04Z","msg":{text}}}"#),
            format!(r#"{{"events":[{{"timestamp":1772446504000,"message":{text}}}]}}"#),
            format!(r#"[{{"@timestamp":1772446504,"result":[{response}]}}]"#),
        ] {
            check(&line, Ok(&[seen]));
        }
        // Its own date is nearer.
        let own = CLIENT.replace('}', r#","LastModifiedDate":1772446504}"#);
        let line =
            format!(r#"{{"time":"2026-03-05T00:00:00Z","response":{{"UserPoolClient":{own}}}}}"#);
        check(&line, Ok(&[seen]));
    }

    #[test]
    fn what_is_wrong_is_said() {
        check("", Err("it is empty"));
        check(
            r#"{"UserPoolClient":{"ClientId":"webEXAMPLE"}}"#,
            Err("the app client has no `UserPoolId`"),
        );
        check(
            r#"{"Id":"no pool"}"#,
            Err(
                "it describes neither an app client (`UserPoolClient`) nor a user pool (`UserPool`)",
            ),
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,60}", json in "[\\[\\]{}\":,0-9a-zA-Z_]{0,60}") {
            let _ = Snapshot::read(&text);
            let _ = Snapshot::read(&json);
        }
    }
}
