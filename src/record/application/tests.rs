//! Every library's line (domain.md §1.h), and lines that must not be mistaken for one.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;
use crate::record::{Context, message};

/// Parses one line; prints `endpoint grant outcome client` or `-`.
#[track_caller]
fn check(line: &str, expected: &str) {
    let context = Context {
        time: Some(DateTime::<Utc>::UNIX_EPOCH),
        ..Context::default()
    };
    let record = message::parse(line, &context).expect("a message");
    let found = match record {
        Record::Request(request) => {
            let outcome = match &request.outcome {
                Outcome::Ok => "ok",
                Outcome::Failed(code) => code,
            };
            let or = |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or("?").to_owned();
            format!(
                "{} {} {outcome} {}",
                request.endpoint,
                or(&request.grant),
                or(&request.client)
            )
        }
        _ => "-".to_owned(),
    };
    assert_eq!(found, expected, "{line}");
}

#[test]
fn lines_of_libraries() {
    for (line, expected) in [
        (
            "[next-auth][error][OAUTH_CALLBACK_ERROR] https://next-auth.js.org/errors#oauth_callback_error invalid_client (Unauthorized) OPError: invalid_client (Unauthorized)",
            "token authorization_code invalid_client ?",
        ),
        (
            "[next-auth][error][OAUTH_CALLBACK_ERROR] OPError: expected 200 OK, got: 400 Bad Request",
            "token authorization_code http_400 ?",
        ),
        (
            "AuthorizationError: unauthorized_client",
            "authorize authorization_code unauthorized_client ?",
        ),
        (
            "OAuth - Error handling auth response. Error: unauthorized_client",
            "authorize authorization_code unauthorized_client ?",
        ),
        (
            r#"{"event":"signIn_failure","data":"[Error: invalid_grant]"}"#,
            "token ? invalid_grant ?",
        ),
        (
            "OAuth2RequestError: invalid_client",
            "token ? invalid_client ?",
        ),
        (
            "Error redeeming code during OAuth2 callback: token exchange failed: oauth2: cannot fetch token: 400 Bad Request\nResponse: {\"error\":\"invalid_grant\"}",
            "token authorization_code invalid_grant ?",
        ),
        (
            "oauth2: \"invalid_client\" \"bad secret\"",
            "token ? invalid_client ?",
        ),
        (
            "[invalid_token_response] An error occurred while attempting to retrieve the OAuth 2.0 Access Token Response: 401 Unauthorized: \"{\"error\":\"invalid_client\"}\"",
            "token ? invalid_client ?",
        ),
        (
            "OAuth2AuthorizationException: [invalid_grant] ",
            "token ? invalid_grant ?",
        ),
        (
            "Failed to exchange authorization code for tokens: Error: Status is 400",
            "token authorization_code http_400 ?",
        ),
        (
            "ErrorResponse: invalid_grant in silent renew",
            "token refresh_token invalid_grant ?",
        ),
        (
            "oauth: Request failed with status code 400 {\"error\":\"unauthorized_client\"}",
            "token ? unauthorized_client ?",
        ),
        (
            "GET /callback?error=unauthorized_client&state=abc client_id=1aaaaaaaaaaaaaaaaaaexample",
            "authorize authorization_code unauthorized_client 1aaaaaaaaaaaaaaaaaaexample",
        ),
        (
            r#"{"level":"error","msg":"token","err":{"error":"invalid_client"},"grant_type":"client_credentials"}"#,
            "token client_credentials invalid_client ?",
        ),
        (
            r#"{"msg":"upstream said {\"error\":\"invalid_scope\"}"}"#,
            "token ? invalid_scope ?",
        ),
        (
            "NotAuthorizedException: Incorrect username or password.",
            "InitiateAuth ? NotAuthorizedException ?",
        ),
        (
            "level=info msg=\"token obtained\" client_id=1aaaaaaaaaaaaaaaaaaexample grant_type=client_credentials",
            "token client_credentials ok 1aaaaaaaaaaaaaaaaaaexample",
        ),
        (
            "POST https://shop.auth.eu-west-1.amazoncognito.com/oauth2/token 200 12ms",
            "token ? ok ?",
        ),
    ] {
        check(line, expected);
    }
}

#[test]
fn lines_of_no_interest() {
    for line in [
        "",
        "started",
        "see https://docs.example.com/errors/invalid_grant for help",
        "access_denied by policy of bucket example",
        "no_invalid_grant_here",
        "the user asked what invalid_client means",
        "request failed with status code 400 for /orders",
        r#"{"errorCount":0,"message":"ok"}"#,
    ] {
        check(line, "-");
    }
}

#[test]
fn a_line_carries_what_it_says() {
    let line = "2026-03-02T10:00:00.5Z token error: {\"error\":\"invalid_client\"} \
                request_id=32bb1524-68ee-4518-9e3b-855c75b9db1d pool eu-west-1_AbCEXAMPLE \
                https://shop.auth.eu-west-1.amazoncognito.com/oauth2/token";
    let entry = Entry::read(line);
    let found = Attributes::find(&entry);
    assert_eq!(
        found.request_id.as_deref(),
        Some("32bb1524-68ee-4518-9e3b-855c75b9db1d")
    );
    assert_eq!(found.user_pool.as_deref(), Some("eu-west-1_AbCEXAMPLE"));
    assert_eq!(
        found.domain.as_deref(),
        Some("shop.auth.eu-west-1.amazoncognito.com")
    );
    assert_eq!(
        clock::of(&entry).map(|time| time.timestamp_millis()),
        Some(1_772_445_600_500)
    );
    assert_eq!(found.client, None);
}

proptest! {
    #[test]
    fn no_text_panics(line in ".{0,200}", code in "(\\\\|\"|error|=|invalid_client|\\[|é){0,30}") {
        let _ = message::parse(&line, &Context::default());
        let _ = message::parse(&format!("{{{line}{code}"), &Context::default());
        let _ = message::parse(&code, &Context::default());
    }
}
