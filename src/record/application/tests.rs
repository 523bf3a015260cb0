//! Every library's line (domain.md §1.h), and lines that must not be mistaken for one.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;
use crate::record::{Context, KnownBy, message};

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
fn requests_that_never_arrive() {
    for (line, expected) in [
        (
            "Error: getaddrinfo ENOTFOUND shop.auth.eu-west-1.amazoncognito.com",
            "token ? dns ?",
        ),
        (
            r#"{"level":50,"time":1772445600500,"pid":1,"hostname":"web-7d9f","err":{"type":"AxiosError","message":"timeout of 5000ms exceeded","code":"ECONNABORTED","config":{"url":"https://login.example.com/oauth2/token","data":"grant_type=client_credentials"}},"msg":"request failed"}"#,
            "token client_credentials timeout ?",
        ),
        (
            "requests.exceptions.SSLError: HTTPSConnectionPool(host='shop.auth.eu-west-1.amazoncognito.com', port=443): Max retries exceeded with url: /oauth2/token (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired')))",
            "token ? tls ?",
        ),
        (
            r#"Post "https://shop.auth.eu-west-1.amazoncognito.com/oauth2/token": dial tcp: lookup shop.auth.eu-west-1.amazoncognito.com on 10.0.0.2:53: no such host"#,
            "token ? dns ?",
        ),
        (
            r#"oauth2: cannot fetch token: Post "https://login.example.com/oauth2/token": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"#,
            "token ? timeout ?",
        ),
        (
            "ERROR OidcProvider - token request failed\njava.net.ConnectException: Connection refused\n\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)\n\t... 12 more",
            "token ? connect ?",
        ),
        (
            "Microsoft.IdentityModel: IDX20803: Unable to obtain configuration\n ---> System.Net.Http.HttpRequestException: Name or service not known (cognito-idp.eu-west-1.amazonaws.com:443)",
            "InitiateAuth ? dns ?",
        ),
        (
            "GuzzleHttp\\Exception\\ConnectException: cURL error 28: Connection timed out after 5001 milliseconds for https://login.example.com/oauth2/token",
            "token ? timeout ?",
        ),
        (
            "Faraday::ConnectionFailed: Failed to open TCP connection to login.example.com:443 (getaddrinfo: Name or service not known) while refreshing OAuth token",
            "token refresh_token dns ?",
        ),
        (
            "JwksClientError: connect ETIMEDOUT 192.0.2.9:443 https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_ShopEXAMPLE/.well-known/jwks.json",
            "well-known ? timeout ?",
        ),
        (
            r#"{"severity":"ERROR","logger":"app.auth","message":"connect ECONNREFUSED 192.0.2.9:443"}"#,
            "token ? connect ?",
        ),
    ] {
        check(line, expected);
    }
}

#[test]
fn the_network_of_others_is_not_ours() {
    for line in [
        r#"{"level":"error","caller":"auth/token.go:88","msg":"connect ECONNREFUSED 10.0.3.4:5432"}"#,
        "Error: getaddrinfo ENOTFOUND api.example.com",
        "upstream inventory timed out after 3000ms",
        "POST /login 500 Error: connect ECONNREFUSED redis.example.internal:6379 redis://redis.example.internal",
        "login handler: dial tcp: lookup db.example.internal on 10.0.0.2:53: no such host",
        "Post \"https://login.microsoftonline.com/common/oauth2/v2.0/token\": i/o timeout",
        "POST https://example.okta.com/oauth2/default/v1/token 400 {\"error\":\"invalid_client\"}",
        "token endpoint https://login.example.com/oauth2/token, connect timeout=5s, retries=3",
        r#"{"msg":"context canceled","url":"https://login.example.com/oauth2/token"}"#,
    ] {
        check(line, "-");
    }
}

#[test]
fn statuses_without_a_code() {
    for (line, expected) in [
        (
            "POST https://shop.auth.eu-west-1.amazoncognito.com/oauth2/token failed: 403 Forbidden",
            "token ? http_403 ?",
        ),
        (
            r#"{"msg":"token request failed","http":{"response":{"status_code":429}},"context":{"client_id":"1aaaaaaaaaaaaaaaaaaexample"}}"#,
            "token ? http_429 1aaaaaaaaaaaaaaaaaaexample",
        ),
        (
            "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: https://login.example.com/oauth2/token",
            "token ? http_503 ?",
        ),
        ("GET /api/orders 401 Unauthorized: token expired", "-"),
        ("GET /api/orders 503 while token is fresh", "-"),
        ("rate limit 429 Too Many Requests from partner api", "-"),
    ] {
        check(line, expected);
    }
}

#[test]
fn structured_lines() {
    for (line, expected) in [
        (
            r#"{"@timestamp":"2026-03-02T10:00:00Z","log.level":"ERROR","message":"sign-in failed","error.type":"OAuthError","error.message":"invalid_grant: ","oauth.client.id":"1aaaaaaaaaaaaaaaaaaexample"}"#,
            "token ? invalid_grant 1aaaaaaaaaaaaaaaaaaexample",
        ),
        (
            r#"{"level":"error","message":"token exchange","error":{"error":"invalid_client"},"oauth":{"client":{"id":"1aaaaaaaaaaaaaaaaaaexample"}}}"#,
            "token ? invalid_client 1aaaaaaaaaaaaaaaaaaexample",
        ),
        (
            r#"{"log":"{\"level\":\"info\",\"msg\":\"token refreshed\",\"client_id\":\"1aaaaaaaaaaaaaaaaaaexample\"}","container_name":"web","source":"stdout"}"#,
            "token refresh_token ok 1aaaaaaaaaaaaaaaaaaexample",
        ),
        (
            "INFO signed in azp=1aaaaaaaaaaaaaaaaaaexample",
            "token ? ok 1aaaaaaaaaaaaaaaaaaexample",
        ),
        (
            "botocore.exceptions.ClientError: An error occurred (NotAuthorizedException) when calling the AdminInitiateAuth operation: Incorrect username or password.",
            "AdminInitiateAuth ? NotAuthorizedException ?",
        ),
        (
            "botocore.errorfactory.UserNotFoundException: An error occurred (UserNotFoundException) when calling the AdminGetUser operation: User does not exist.",
            "-",
        ),
    ] {
        check(line, expected);
    }
}

#[test]
fn a_stack_trace_is_one_failure_with_its_innermost_cause() {
    for (line, expected) in [
        (
            "o.s.s.o.c.ClientAuthorizationException: [server_error] could not get token\n\tat o.s.s.Manager.authorize(Manager.java:1)\nCaused by: o.s.s.o.c.OAuth2AuthorizationException: [invalid_client] \n\t... 12 more",
            "token ? invalid_client ?",
        ),
        (
            r#"{"level":"ERROR","message":"OAuth2 login failed: [server_error]","stack_trace":"A: [server_error]\n\tat a.B.c(B.java:1)\nCaused by: java.net.SocketTimeoutException: Read timed out\n\tat d.E.f(E.java:2)"}"#,
            "token ? timeout ?",
        ),
        (
            "urllib3.exceptions.NameResolutionError: Failed to resolve 'login.example.com'\n\nDuring handling of the above exception, another exception occurred:\n\nTokenError: server_error for https://login.example.com/oauth2/token",
            "token ? dns ?",
        ),
    ] {
        check(line, expected);
    }
}

#[test]
fn plain_words_are_marked_as_such() {
    let context = Context {
        time: Some(DateTime::<Utc>::UNIX_EPOCH),
        ..Context::default()
    };
    for (line, known_by, said) in [
        ("INFO login ok", KnownBy::Log, None),
        ("INFO token obtained", KnownBy::Status, None),
        (
            r#"{"message":"sign-in failed for tenant example","user_agent":{"original":"Mozilla/5.0 (X11)"}}"#,
            KnownBy::Log,
            Some("sign-in failed for tenant example"),
        ),
        (
            r#"{"msg":"no token","err":{"message":"OPError: invalid_grant"},"userAgent":"Mozilla/5.0 (X11)"}"#,
            KnownBy::Error,
            Some("err.message=OPError: invalid_grant"),
        ),
    ] {
        let Ok(Record::Request(request)) = message::parse(line, &context) else {
            panic!("{line}: no request");
        };
        assert_eq!(
            (request.known_by, request.message.as_deref()),
            (known_by, said)
        );
        let agent = line.contains("Mozilla").then_some("Mozilla/5.0 (X11)");
        assert_eq!(request.agent.as_deref(), agent);
    }
}

#[test]
fn what_is_only_mentioned_does_not_count() {
    for line in [
        r#"{"msg":"metrics","error_codes":["invalid_grant","invalid_client"],"value":0}"#,
        "config: retryOn=ETIMEDOUT,ECONNRESET tokenStore=memory",
        "registered metric oauth.timeout.count",
        "docs: login fails with 403 when the web ACL blocks it?",
        "token cache hit, expires in 503 s",
    ] {
        check(line, "-");
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
