use chrono::{TimeZone, Utc};

use super::*;

fn texts(json: &str) -> Vec<String> {
    let forms = of_message(json).unwrap_or_default();
    let texts = forms.into_iter().map(|form| match form {
        Form::Text(inner) => inner.text,
        Form::Record(json) => json,
        Form::Row(_, text) => text,
        Form::Unread(unread) => unread.reason().to_owned(),
    });
    texts.collect()
}

#[test]
fn what_aws_and_applications_write_is_in_none_of_these_forms() {
    for text in [
        r#"{"eventVersion":"1.08","eventSource":"cognito-idp.amazonaws.com","_raw":"x"}"#,
        r#"{"version":"0","detail":{"eventName":"a","eventSource":"b","eventTime":"c","requestParameters":null}}"#,
        r#"{"level":"error","error":"invalid_grant","line":"42"}"#,
        r#"{"eventName":"a","eventSource":"b","eventTime":"c","requestParameters":null}"#,
        "2026-03-02T10:00:00Z ERROR token request failed {\"error\":\"invalid_grant\"}",
        "plain",
        "",
    ] {
        assert!(of_message(text).is_none(), "{text}");
    }
}

#[test]
fn a_line_keeps_the_time_and_the_place_of_its_export() {
    let forms = of_message(
        r#"{"preview":false,"result":{"_raw":"[oauth] invalid_client","_time":"2026-03-02 06:00:20.000 UTC","host":"web-1"}}"#,
    );
    let Some([Form::Text(inner)]) = forms.as_deref() else {
        panic!("{forms:?}");
    };
    assert_eq!(inner.text, "[oauth] invalid_client");
    assert_eq!(
        inner.time,
        Some(Utc.with_ymd_and_hms(2026, 3, 2, 6, 0, 20).unwrap())
    );
    assert_eq!(inner.stream.as_deref(), Some("web-1"));
}

#[test]
fn of_copies_of_a_record_one_is_taken() {
    let record = r#"{"eventName":"a","eventSource":"b","eventTime":"2026-03-02T06:00:20Z","requestParameters":null}"#;
    let text = Value::from(record).to_string();
    for json in [
        format!(r#"{{"attributes":{record},"message":{text}}}"#),
        format!(r#"{{"_source":{{"event":{{"original":{text}}},"message":{text}}}}}"#),
        format!(r#"{{"fields":{{"event.original":[{text}]}}}}"#),
        format!(r#"{{"@timestamp":"2026-03-02 06:00:20.000","@message":{record}}}"#),
    ] {
        let found = texts(&json);
        assert_eq!(found.len(), 1, "{json}");
        let found: Value = serde_json::from_str(&found[0]).expect("JSON");
        assert_eq!(found["eventName"], "a", "{json}");
    }
}

#[test]
fn members_are_told_by_their_letters() {
    for row in [
        r#"{"eventname":"Token_POST","eventsource":"s","eventtime":"2026-03-02T06:00:20Z","additionaleventdata":"{\"responseParameters\":{\"status\":400}}"}"#,
        r#"{"Event Name":"Token_POST","eventSource":"s","event_time":"2026-03-02 06:00:20.000","additionalEventData.responseParameters.status":"400"}"#,
        r#"{"eventname":"Token_POST","eventsource":"s","eventtime":"2026-03-02T06:00:20Z","additionaleventdata":"{responseParameters={status=400}}"}"#,
    ] {
        let row: Map<String, Value> = serde_json::from_str(row).expect("JSON");
        let forms = of_row(&row);
        let Some([Form::Record(json)]) = forms.as_deref() else {
            panic!("{row:?}");
        };
        let record: Value = serde_json::from_str(json).expect("JSON");
        assert_eq!(record["eventTime"], "2026-03-02T06:00:20Z");
        let status = record["additionalEventData"]["responseParameters"]["status"].to_string();
        assert_eq!(status.trim_matches('"'), "400");
    }
}

#[test]
fn an_attempt_without_its_outcome_is_no_success() {
    for row in [
        r#"{"eventname":"Token_POST","eventsource":"cognito-idp.amazonaws.com","eventtime":"2026-03-02T06:00:20Z","requestparameters":"null"}"#,
        r#"{"Event name":"Token_POST","Event source":"cognito-idp.amazonaws.com","Event time":"March 02, 2026, 06:00:20 (UTC+00:00)"}"#,
        r#"{"Event name":"InitiateAuth","Event source":"cognito-idp.amazonaws.com","Event time":"2026-03-02T06:00:20Z"}"#,
    ] {
        let row: Map<String, Value> = serde_json::from_str(row).expect("JSON");
        assert!(
            matches!(
                of_row(&row).as_deref(),
                Some([Form::Unread(Unread::NoOutcome)])
            ),
            "{row:?}"
        );
    }
}

#[test]
fn lines_of_containers_and_of_syslog_lose_what_stands_before_them() {
    for front in [
        "2026-03-02T06:00:20.123456789Z stdout F ",
        "stderr F ",
        "<134>1 2026-03-02T06:00:20Z host app 17 - - ",
        "<134>Mar  2 06:00:20 host app[17]: ",
        "Mar  2 06:00:20 host app: ",
    ] {
        assert_eq!(
            texts(&format!("{front}{{\"a\":1}}")),
            [r#"{"a":1}"#],
            "{front}"
        );
    }
    for front in [
        "May be 06:00:20 ",
        "Mar  2 06:00:20 host app[17]: token request failed ",
        "2026-03-02T06:00:20Z stdout P ",
    ] {
        assert!(
            of_message(&format!("{front}{{\"a\":1}}")).is_none(),
            "{front}"
        );
    }
}
