//! Reading as data: bytes in, what was found out.

use chrono::SecondsFormat;
use proptest::prelude::*;

use super::*;

mod shortcuts;

/// A text with edits: at each place a character less, these more, or these in the place of one.
pub(super) fn edited(text: &str, edits: Vec<(prop::sample::Index, u8, String)>) -> String {
    let mut text = text.to_owned();
    for (at, kind, with) in edits {
        let mut at = at.index(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        if kind != 1 {
            text.remove(at);
        }
        if kind != 0 {
            text.insert_str(at, &with);
        }
    }
    text
}

/// Reads bytes; one line per record: `request time client endpoint grant outcome`, `change name
/// client`, `unwanted`, `passed over`, `malformed: reason`.
fn found(input: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let result = read(input, "test.log", |record| {
        found.push(match record {
            Err(malformed) => format!("malformed: {}", malformed.reason),
            Ok(located) => said(&located.record),
        });
    });
    found.extend(result.err().map(|error| format!("failed: {error}")));
    found
}

fn said(record: &Record<'_>) -> String {
    let or = |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or("-").to_owned();
    match record {
        Record::Counted(counted) => format!("{} counted", counted.requests),
        Record::Request(request) => {
            let outcome = match &request.outcome {
                Outcome::Ok => "ok",
                Outcome::Failed(code) => code,
            };
            format!(
                "request {} {} {} {} {outcome}",
                request.time.to_rfc3339_opts(SecondsFormat::Secs, true),
                or(&request.client),
                request.endpoint,
                or(&request.grant)
            )
        }
        Record::Change(change) => {
            format!(
                "change {} {}",
                change.name,
                change.client.as_deref().unwrap_or("-")
            )
        }
        Record::Unwanted(_) => "unwanted".to_owned(),
        Record::PassedOver(kind) => format!("passed over: {kind:?}"),
        Record::Unread(unread) => format!("unread: {unread:?}"),
    }
}

#[track_caller]
fn check(input: &str, expected: &[&str]) {
    assert_eq!(found(input.as_bytes()), expected, "{input}");
}

const TOKEN: &str = r#"{"eventVersion":"1.08","userIdentity":{"accountId":"111122223333"},"eventTime":"2026-03-02T10:00:00Z","eventSource":"cognito-idp.amazonaws.com","eventName":"Token_POST","awsRegion":"eu-west-1","requestParameters":null,"additionalEventData":{"responseParameters":{"status":200},"requestParameters":{"grant_type":["refresh_token"],"client_id":["1aaaaaaaaaaaaaaaaaaexample"]},"userPoolId":"eu-west-1_EXAMPLE"},"eventID":"e-1","readOnly":false,"eventType":"AwsServiceEvent","recipientAccountId":"111122223333"}"#;
const REQUEST: &str =
    "request 2026-03-02T10:00:00Z 1aaaaaaaaaaaaaaaaaaexample token refresh_token ok";

#[test]
fn every_container_of_cloudtrail() {
    let pretty = {
        let value: serde_json::Value = serde_json::from_str(TOKEN).unwrap();
        format!("{:#}", serde_json::json!({"Records": [value, value]}))
    };
    let quoted = serde_json::to_string(TOKEN).unwrap();
    for input in [
        format!(r#"{{"Records":[{TOKEN},{TOKEN}]}}"#),
        format!("{{ \"Records\" : [\n{TOKEN},\n{TOKEN}\n] , \"more\": [{{}}] }}\n"),
        format!(r#"{{"Records":[{TOKEN}]}}{{"Records":[{TOKEN}]}}"#),
        format!("{{\"Records\":[{TOKEN}]}}\n{{\"Records\":[{TOKEN}]}}\n"),
        pretty,
        format!("[{TOKEN},{TOKEN}]"),
        format!("{TOKEN}\r\n{TOKEN}\r\n"),
        format!(r#"{{"Events":[{{"EventId":"e-1","ReadOnly":"false","CloudTrailEvent":{quoted}}},{{"CloudTrailEvent":{quoted}}}],"NextToken":"x"}}"#),
        format!(r#"{{"events":[{{"timestamp":1,"message":{quoted}}},{{"eventId":"7","logStreamName":"s","timestamp":1,"message":{quoted}}}],"searchedLogStreams":[]}}"#),
        format!(r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"g","logStream":"s","subscriptionFilters":["f"],"logEvents":[{{"id":"1","timestamp":1,"message":{quoted}}},{{"id":"2","timestamp":1,"message":{quoted}}}]}}"#),
        format!(r#"{{"results":[[{{"field":"@timestamp","value":"2026-03-02 10:01:00.000"}},{{"field":"@message","value":{quoted}}}],[{{"field":"@message","value":{quoted}}},{{"field":"@ptr","value":"x"}}]],"statistics":{{}},"status":"Complete"}}"#),
        format!(r#"{{"version":"0","source":"aws.cognito-idp","detail-type":"AWS Service Event via CloudTrail","detail":{TOKEN}}}"#).repeat(2),
        format!("2026-03-02T10:01:31.000Z {TOKEN}\n2026-03-02T10:01:31.000Z {TOKEN}\n"),
        format!("timestamp,message\n1772445691000,{0}\n1772445691000,{0}\n", csv(TOKEN)),
        format!("@timestamp,@message,@logStream\n2026-03-02 10:01:31.000,{0},s\n2026-03-02 10:01:31.000,{0},s\n", csv(TOKEN)),
    ] {
        check(&input, &[REQUEST, REQUEST]);
    }
    check("[]", &[]);
    check("", &[]);
    check("\n\n", &[]);
}

fn csv(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// No operation of the API is called so, whatever an export says the record is of.
#[test]
fn what_is_of_an_endpoint_is_no_change_of_settings() {
    let call = TOKEN.replace("AwsServiceEvent", "AwsApiCall");
    check(&call, &[REQUEST]);
    let flat = r#"{"eventVersion":"1.08","eventTime":"2026-03-02T10:00:00Z","eventSource":"cognito-idp.amazonaws.com","eventName":"Token_POST","awsRegion":"eu-west-1","requestParameters":{"grant_type":"refresh_token","clientId":"1aaaaaaaaaaaaaaaaaaexample"},"eventID":"e-1","readOnly":false,"eventType":"AwsApiCall"}"#;
    for name in [
        "Token_POST",
        "login_POST",
        "UserInfo_GET",
        "Logout",
        "CognitoAuthentication",
    ] {
        let record = flat.replace("Token_POST", name);
        let read = found(record.as_bytes());
        assert!(
            read.iter().all(|one| !one.starts_with("change")),
            "{read:?}"
        );
    }
}

#[test]
fn look_alikes_are_passed_over() {
    check(
        r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2026-03-02T10:00:00.000Z","eventName":"ObjectCreated:Put","s3":{}}]}"#,
        &["passed over: Notification"],
    );
    check(
        r#"{"digestStartTime":"2026-03-02T10:00:00Z","logFiles":[{"s3Bucket":"b"}],"awsAccountId":"111122223333"}"#,
        &["passed over: Digest"],
    );
    check(
        r#"{"Records":[{"eventCategory":"Insight","eventSource":"ssm.amazonaws.com","eventName":"PutParameter","insightDetails":{}}]}"#,
        &["passed over: Insight"],
    );
    check(
        r#"{"messageType":"CONTROL_MESSAGE","owner":"x","logGroup":"","logStream":"","subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health"}]}"#,
        &["passed over: Control"],
    );
}

#[test]
fn what_is_broken_costs_itself_alone() {
    let cut = &TOKEN[..TOKEN.find(":200}").expect("a status")];
    check(
        &format!("{cut}\n{TOKEN}"),
        &["malformed: ends inside a record", REQUEST],
    );
    check(
        &format!(r#"{{"Records":[{TOKEN},{cut}"#),
        &[REQUEST, "malformed: ends inside a record"],
    );
    check(
        &format!("{{\"a\":\"b\nc\"}}\n{TOKEN}"),
        &[
            "malformed: has a line end inside a string",
            "unwanted",
            REQUEST,
        ],
    );
    let mut zeros = vec![0; 1_000_000];
    zeros.extend(TOKEN.bytes());
    assert_eq!(found(&zeros), ["malformed: is not text", REQUEST]);
    let nested = format!("{}{}\n{TOKEN}", "[".repeat(100_000), "]".repeat(100_000));
    let found = found(nested.as_bytes());
    assert_eq!(
        found.last().map(String::as_str),
        Some(REQUEST),
        "{:.200}",
        found.join("|")
    );
}

#[test]
fn a_value_that_is_too_long_is_skipped() {
    let input = format!("{{\"a\":\"{}\"}}\n{TOKEN}", "x".repeat(17 << 20));
    check(&input, &["malformed: is longer than 16 MiB", REQUEST]);
}

#[test]
fn lines_that_continue_a_message_are_joined() {
    check(
        "2026-03-02T10:00:00Z token exchange failed: oauth2: cannot fetch token: 400 Bad Request\nResponse: {\"error\":\"invalid_grant\"}\n2026-03-02T10:00:01Z fine\n",
        &[
            "request 2026-03-02T10:00:00Z - token - invalid_grant",
            "unwanted",
        ],
    );
}

/// One token event with members replaced.
#[track_caller]
#[test]
fn a_message_in_the_loggers_own_clock_keeps_its_lines() {
    check(
        "[2026-03-02 10:00:00,500] ERROR OAuth2 login failed: [server_error]\n\tat a.B.c(B.java:1)\nCaused by: [invalid_client] \n2026-03-02 10:00:01,500 INFO token refreshed\n",
        &[
            "request 2026-03-02T10:00:00Z - token - invalid_client",
            "request 2026-03-02T10:00:01Z - token refresh_token ok",
        ],
    );
    check(
        "time=2026-03-02T10:00:00Z msg=\"token ok\"\ntime=2026-03-02T10:00:01Z msg=\"token refreshed\"\n",
        &[
            "request 2026-03-02T10:00:00Z - token - ok",
            "request 2026-03-02T10:00:01Z - token refresh_token ok",
        ],
    );
}

fn check_token(from: &str, to: &str, expected: &str) {
    assert!(TOKEN.contains(from), "{from}");
    check(&TOKEN.replace(from, to), &[expected]);
}

#[test]
fn spellings_of_success_and_failure() {
    let refused = |code: &str| REQUEST.replace(" ok", &format!(" {code}"));
    check_token(r#""status":200"#, r#""status":200.0"#, REQUEST);
    check_token(r#""status":200"#, r#""status":"200""#, REQUEST);
    check_token(r#""status":200"#, r#""status":400.0"#, &refused("http_400"));
    check_token(r#""status":200"#, r#""status":"400""#, &refused("http_400"));
    check_token(r#""eventID""#, r#""errorCode":"","eventID""#, REQUEST);
    check_token(
        r#""eventID""#,
        r#""errorCode":"invalid_grant","eventID""#,
        &refused("invalid_grant"),
    );
    check_token(r#""eventID""#, r#""errorMessage":"odd","eventID""#, REQUEST);
    let told = |members: &str, code: &str| {
        let data = format!(r#""status":400}},{members}"requestParameters""#);
        let from = r#""status":200},"requestParameters""#;
        check_token(from, &data, &refused(code));
    };
    told(r#""error":"invalid_client","#, "invalid_client");
    told(r#""error":["unauthorized_client"],"#, "unauthorized_client");
    let message = |code: &str, message: &str| {
        format!(r#""errorCode":"{code}","errorMessage":"{message}","eventID""#)
    };
    let told = |code, text, as_| check_token(r#""eventID""#, &message(code, text), &refused(as_));
    told("400", "invalid_client", "invalid_client");
    told("400", "Ungültig", "http_400");
    told("401", "", "http_401");
    told("BadRequest", "invalid_grant: expired", "invalid_grant");
    told("BadRequest", "something", "BadRequest");
    told(
        "invalid_grant",
        "Refresh Token has been revoked",
        "invalid_grant",
    );
}

#[test]
fn a_text_alone_refuses_where_no_page_was_served() {
    let refused = REQUEST.replace(" ok", " http_400");
    let token = TOKEN.replace(r#""responseParameters":{"status":200},"#, "");
    let token = token.replace(r#""eventID""#, r#""errorMessage":"Abgelehnt","eventID""#);
    check(&token, &[&refused]);
}

#[test]
fn the_three_homes_of_the_client_id_and_masks() {
    check_token(
        r#","client_id":["1aaaaaaaaaaaaaaaaaaexample"]}"#,
        r#"},"clientId":"1aaaaaaaaaaaaaaaaaaexample""#,
        REQUEST,
    );
    check_token(
        r#""requestParameters":null,"additionalEventData""#,
        r#""requestParameters":"HIDDEN_DUE_TO_SECURITY_REASONS","additionalEventData""#,
        REQUEST,
    );
    check_token(
        r#"["1aaaaaaaaaaaaaaaaaaexample"]"#,
        r#"["HIDDEN_FOR_SECURITY_REASONS"]"#,
        &REQUEST.replace("1aaaaaaaaaaaaaaaaaaexample", "-"),
    );
    let sign_in = r#"{"eventTime":"2026-03-02T10:00:00Z","eventSource":"cognito-idp.amazonaws.com","eventName":"InitiateAuth","eventType":"AwsApiCall","readOnly":false,"errorCode":"NotAuthorizedException","requestParameters":{"authFlow":"USER_PASSWORD_AUTH","authParameters":"HIDDEN_DUE_TO_SECURITY_REASONS","clientId":"c"},"additionalEventData":{"sub":"s"}}"#;
    check(
        sign_in,
        &["request 2026-03-02T10:00:00Z c InitiateAuth USER_PASSWORD_AUTH NotAuthorizedException"],
    );
    let machine = sign_in.replace("InitiateAuth", "GetClientToken").replace(
        r#""authFlow":"USER_PASSWORD_AUTH","#,
        r#""scopes":["b","a"],"#,
    );
    check(
        &machine,
        &[
            "request 2026-03-02T10:00:00Z c GetClientToken client_credentials NotAuthorizedException",
        ],
    );
}

#[test]
fn what_is_a_change() {
    let write = |name: &str, more: &str| {
        format!(
            r#"{{"eventTime":"2026-03-02T10:00:00Z","eventSource":"cognito-idp.amazonaws.com","eventName":"{name}","eventType":"AwsApiCall","requestParameters":{{"userPoolId":"eu-west-1_EXAMPLE","clientId":"c"}}{more}}}"#
        )
    };
    for (name, more, expected) in [
        (
            "UpdateUserPoolClient",
            r#","readOnly":false"#,
            "change UpdateUserPoolClient c",
        ),
        (
            "UpdateUserPoolClient",
            r#","readOnly":"false""#,
            "change UpdateUserPoolClient c",
        ),
        (
            "SomethingNewOfAws",
            r#","readOnly":false"#,
            "change SomethingNewOfAws c",
        ),
        ("DescribeUserPoolClient", r#","readOnly":true"#, "unwanted"),
        (
            "DescribeUserPoolClient",
            r#","readOnly":"true""#,
            "unwanted",
        ),
        ("SignUp", r#","readOnly":false"#, "unwanted"),
        ("AdminAddUserToGroup", r#","readOnly":false"#, "unwanted"),
        // One of many, perhaps: the fold tells.
        (
            "AdminDisableUser",
            r#","readOnly":false"#,
            "change AdminDisableUser c",
        ),
    ] {
        check(&write(name, more), &[expected]);
    }
    let unknown_event = write("Something_POST", "").replace("AwsApiCall", "AwsServiceEvent");
    check(
        &unknown_event,
        &["request 2026-03-02T10:00:00Z c Something_POST - ok"],
    );
    let busy =
        write("GetSecretValue", r#","readOnly":true"#).replace("cognito-idp", "secretsmanager");
    check(&busy, &["unwanted"]);
    let rotated =
        write("PutSecretValue", r#","readOnly":false"#).replace("cognito-idp", "secretsmanager");
    check(&rotated, &["change PutSecretValue c"]);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        found(&bytes);
    }

    #[test]
    fn no_cut_or_spoilt_record_panics_or_hides_the_next(at in 0..TOKEN.len(), byte in any::<u8>()) {
        let mut bytes = TOKEN.as_bytes().to_vec();
        bytes[at] = byte;
        bytes.push(b'\n');
        bytes.extend(TOKEN.bytes());
        let found = found(&bytes);
        prop_assert!(!found.is_empty());
        // A spoilt byte may open a string or a level that only the end of the line closes.
        let cut = [&TOKEN.as_bytes()[..at], b"\n", TOKEN.as_bytes()].concat();
        let found = self::found(&cut);
        prop_assert_eq!(found.last().map(String::as_str), Some(REQUEST));
    }

    #[test]
    fn reading_in_pieces_changes_nothing(size in 1usize..50) {
        struct Slow<'a>(&'a [u8], usize);
        impl std::io::Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let size = self.1.min(self.0.len()).min(buffer.len());
                buffer[..size].copy_from_slice(&self.0[..size]);
                self.0 = &self.0[size..];
                Ok(size)
            }
        }
        let input = format!("{{\"Records\":[{TOKEN},{TOKEN}]}}\ntext line\n[{TOKEN}]\n");
        let mut slow = Vec::new();
        read(Slow(input.as_bytes(), size), "test.log", |record| {
            slow.push(record.map_or_else(|m| m.reason, |located| said(&located.record)));
        }).unwrap();
        prop_assert_eq!(slow, found(input.as_bytes()));
    }
}
