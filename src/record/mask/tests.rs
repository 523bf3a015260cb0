use proptest::prelude::*;

use super::*;

/// What is planted.
const PLANTED: &str = "S3CRET-vA1ue/9";

#[test]
fn members_are_masked_by_their_names_in_any_spelling() {
    for (raw, expected) in [
        (
            r#"{"clientSecret":"s","clientId":"c"}"#,
            r#"{"clientId":"c","clientSecret":"MASK"}"#,
        ),
        (
            r#"{"tokenValidityUnits":{"accessToken":"hours"}}"#,
            r#"{"tokenValidityUnits":{"accessToken":"hours"}}"#,
        ),
        (r#"{"a":[{"code":["x"]}]}"#, r#"{"a":[{"code":"MASK"}]}"#),
        (
            r#"{"fieldToMatch":{"singleHeader":{"name":"x-origin"}},"searchString":"s"}"#,
            r#"{"fieldToMatch":{"singleHeader":{"name":"x-origin"}},"searchString":"MASK"}"#,
        ),
        (
            r#"{"fieldToMatch":{"uriPath":{}},"searchString":"/login"}"#,
            r#"{"fieldToMatch":{"uriPath":{}},"searchString":"/login"}"#,
        ),
        (r#"{"secretId":"name"}"#, r#"{"secretId":"name"}"#),
        (
            r#"{"Private-Key":"k","APPLE_PRIVATE_KEY":"k"}"#,
            r#"{"APPLE_PRIVATE_KEY":"MASK","Private-Key":"MASK"}"#,
        ),
        (
            r#"{"cookies":{"forward":"none"}}"#,
            r#"{"cookies":{"forward":"none"}}"#,
        ),
        (
            r#"{"attributeMapping":{"custom:access_token":"access_token"}}"#,
            r#"{"attributeMapping":{"custom:access_token":"access_token"}}"#,
        ),
        (
            r#"{"env":[{"value":"s","name":"CLIENT_SECRET"},{"value":"v","name":"STAGE"}]}"#,
            r#"{"env":[{"name":"CLIENT_SECRET","value":"MASK"},{"name":"STAGE","value":"v"}]}"#,
        ),
        (
            r#"{"body":"{\"password\":\"p\"}"}"#,
            r#"{"body":"{\"password\":\"MASK\"}"}"#,
        ),
        (
            r#"{"code":"ECONNREFUSED","nextToken":"n"}"#,
            r#"{"code":"ECONNREFUSED","nextToken":"n"}"#,
        ),
    ] {
        assert_eq!(json(raw), expected.replace("MASK", MASK));
    }
}

#[test]
fn lines_are_masked_behind_names() {
    for (line, expected) in [
        ("GET /cb?code=abc&state=1", "GET /cb?code=MASK&state=1"),
        ("errorcode=5 ok", "errorcode=5 ok"),
        ("client_secret: x7, retry", "client_secret: MASK, retry"),
        ("Client Secret : x7", "Client Secret : MASK"),
        ("password: hunter", "password: MASK"),
        (
            "with code=secret or token=x",
            "with code=MASK or token=MASK",
        ),
        ("client secret is S3CRETVALUE.", "client secret is MASK."),
        ("clientSecret->S3CRETVALUE", "clientSecret->MASK"),
        ("Secret(S3CRETVALUE)", "Secret(MASK)"),
        ("password:\n  S3CRETVALUE", "password:\n  MASK"),
        ("GET /cb/code/S3CRETVALUE?x=1", "GET /cb/code/MASK?x=1"),
        ("curl -u user:a1 https://x", "curl -u user:MASK https://x"),
        (
            "Set-Cookie: a=\"x7\"; Path=/; Secure now",
            "Set-Cookie: MASK now",
        ),
        (
            "Authorization: Digest a=\"x7\", b=\"y8\" now",
            "Authorization: MASK now",
        ),
        (
            r#"a: \"client_secret\"\n:\n\"x7\""#,
            r#"a: \"client_secret\"\n:\n\"MASK\""#,
        ),
        (
            "authorization: bearer a1, x-api-key: b2",
            "authorization: MASK, x-api-key: MASK",
        ),
        ("CLIENT_SECRET=a,b}c d", "CLIENT_SECRET=MASK d"),
        (
            "{user=bob, password=a1, x=2}",
            "{user=bob, password=MASK, x=2}",
        ),
        (
            "body={\"client_secret\":\"a\\\"b\",\"x\":1}",
            "body={\"client_secret\":\"MASK\",\"x\":1}",
        ),
        (
            r#"said "{\"client_secret\":\"a1\"}" to us"#,
            r#"said "{\"client_secret\":\"MASK\"}" to us"#,
        ),
        (
            r#"{\\\"password\\\":\\\"a1\\\"}"#,
            r#"{\\\"password\\\":\\\"MASK\\\"}"#,
        ),
        (
            "url=https%3A%2F%2Fx%2Fcb%3Fcode%3Da1%26state%3D2 end",
            "url=https%3A%2F%2Fx%2Fcb%3Fcode%3DMASK%26state%3D2 end",
        ),
        (
            "u=cb%253Fcode%253Da1%2526s%253D2",
            "u=cb%253Fcode%253DMASK%2526s%253D2",
        ),
        ("?client_secret=a%26b&x=1", "?client_secret=MASK&x=1"),
        (r"code=a1\u0026state=2", r"code=MASK\u0026state=2"),
        (
            "&lt;client_secret&gt;a1&lt;/client_secret&gt;",
            "&lt;client_secret&gt;MASK&lt;/client_secret&gt;",
        ),
        ("<Password>a1</Password>", "<Password>MASK</Password>"),
        ("'x-api-key' => 'a1'", "'x-api-key' => 'MASK'"),
        (
            "curl --client-secret a1 --x",
            "curl --client-secret MASK --x",
        ),
        (
            "[('client_secret', 'a1'), ('y', 'z')]",
            "[('client_secret', 'MASK'), ('y', 'z')]",
        ),
        (
            "needs ['client_id', 'client_secret', 'code']",
            "needs ['client_id', 'client_secret', 'code']",
        ),
        (
            r#"{"name":"client_secret","value":"a1"}"#,
            r#"{"name":"client_secret","value":"MASK"}"#,
        ),
        ("secret: Some(\"a1\"), n: 1", "secret: MASK), n: 1"),
        ("secret=b'a1", "secret=MASK"),
        ("{'password': b'a1'}", "{'password': MASK}"),
        (
            "\"refresh_token\":[\"a1\",\"b2\"] x",
            "\"refresh_token\":MASK x",
        ),
        ("Cookie: a=1; cognito=x7 next", "Cookie: MASK next"),
        (
            "authorization: basic x7y8z9aa next",
            "authorization: MASK next",
        ),
        ("aws_secret_access_key=x7", "aws_secret_access_key=MASK"),
        ("user[password]=x7&b=1", "user[password]=MASK&b=1"),
        ("$secret := \"x7\"", "$secret := \"MASK\""),
    ] {
        assert_eq!(text(line), expected.replace("MASK", MASK), "{line}");
    }
}

#[test]
fn lines_are_masked_by_shape() {
    for (line, expected) in [
        ("Authorization: Basic QWxh==", "Authorization: MASK"),
        (
            "used basic QWxhZGRpbjpv and failed",
            "used basic MASK and failed",
        ),
        ("bearer aB3.d5-f7_h9", "bearer MASK"),
        (
            "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc end",
            "token MASK end",
        ),
        ("key AKIAIOSFODNN7EXAMPLE used", "key MASK used"),
        ("with wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "with MASK"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- x",
            "MASK x",
        ),
        (
            r"k=-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----",
            "k=MASK",
        ),
        (
            "GET https://bob:x7@example.com/",
            "GET https://bob:MASK@example.com/",
        ),
        (
            "to https://hooks.slack.com/services/T0/B0/x7",
            "to https://hooks.slack.com/services/MASK",
        ),
    ] {
        assert_eq!(text(line), expected.replace("MASK", MASK), "{line}");
    }
}

#[test]
fn what_is_no_secret_stays() {
    for line in [
        "nothing here",
        "Failed to refresh access token: invalid_grant",
        "status code: 400, error code: 17",
        "code: ECONNREFUSED, token: expired, code=invalid_grant",
        r#"{"error":{"code":"Unauthorized"}}"#,
        "AuthError::Token: timeout",
        "error code NET1234, status code 4XX12A",
        "session 0b1c2d3e-1111-4222-8333-444455556666 ended",
        "secret prod/orders/oauth2 in us-east-1",
        "refresh token request took 1200ms",
        "WWW-Authenticate: Bearer error=\"invalid_token\"",
        "Basic authentication is off; Bearer tokens only",
        "grant_type=refresh_token token_type=Bearer expires_in=3600",
        "request_id=AbCd1234EfGh5678IjKl9012MnOp3456QrSt7890",
        "arn:aws:iam::111122223333:role/aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7d",
        "event 0b1c2d3e-1111-4222-8333-444455556666 of 1h57kf5cpq17m0eml12example",
        "NotAuthorizedException: Invalid Refresh Token",
        "password=<redacted> secret=*** token=null",
        "at com.example.auth.TokenClient.refresh(TokenClient.java:42)",
    ] {
        assert_eq!(text(line), line);
    }
    for field in [
        "openid orders/secret:read",
        "https://example.com/cb",
        "com.example.app:/oauth2redirect",
        "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/118.0",
        "/ecs/web service=orders",
        "AbCd1234EfGh5678IjKl9012MnOp3456QrSt7890",
    ] {
        assert_eq!(super::field(field), field);
    }
}

#[test]
fn settings_are_whole_or_masked_as_a_whole() {
    for setting in [
        "Basic Auth Client",
        "Basic read access",
        "Bearer tokens of the internationalization team",
        "Go to https://example.com/v?code={####}",
        "Sign in as {username} with password={####}",
        "Your temporary password: {####}",
        "Forgot the password: click here",
        "Run it with --client-secret once",
        "Your access token: valid for 60 minutes",
        "https://example.com/cb?code=1",
        "https://example.com/cb?reset_password=true",
        "https://example.com/cb?session=new&token=1",
        "arn:aws:lambda:eu-west-1:111122223333:function:PreToken-aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY",
    ] {
        let raw = format!(r#"{{"name":["{setting}"]}}"#);
        assert_eq!(settings(&raw), raw);
    }
    for setting in [
        "https://example.com/token?client_secret=s3cret",
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc end",
        r"-----BEGIN PRIVATE KEY-----\nMII",
        r#"{\"client_secret\":\"x7\"}"#,
        "https://bob:x7@example.com/",
        "login --passphrase%20x7Rk-2qL",
        "x-api-key%3A%20x7Rk2qL942",
        "https://example.com/cb?code=1f0a3c55-9a1b-4a57-8a39-2c7d1e905b14",
    ] {
        let raw = format!(r#"{{"name":["{setting}"]}}"#);
        assert_eq!(settings(&raw), format!(r#"{{"name":["{MASK}"]}}"#));
    }
    assert_eq!(
        settings(r#"{"private_key":"k","code":"x"}"#),
        format!(r#"{{"code":"{MASK}","private_key":"{MASK}"}}"#)
    );
}

/// Every way in which a secret is written beside its name.
fn spellings() -> Vec<String> {
    let names = [
        "client_secret",
        "clientSecret",
        "CLIENT_SECRET",
        "Client-Secret",
        "client.secret",
        "password",
        "PASSWORD",
        "private_key",
        "x-api-key",
        "aws_secret_access_key",
        "refresh_token",
        "AccessToken",
        "code_verifier",
        "SAMLResponse",
        "authorization",
    ];
    let forms = [
        "NAME=VALUE",
        "NAME: VALUE",
        "NAME:VALUE",
        "NAME = VALUE",
        "NAME => \"VALUE\"",
        "{\"NAME\":\"VALUE\"}",
        "{\"NAME\" : [\"VALUE\"]}",
        "{'NAME': 'VALUE'}",
        "<NAME>VALUE</NAME>",
        "--NAME VALUE",
        "?a=1&NAME=VALUE&b=2",
        "(NAME='VALUE')",
    ];
    let escaped = |text: String| {
        serde_json::to_string(&text)
            .expect("JSON")
            .trim_matches('"')
            .to_owned()
    };
    let percent = |text: &str| -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        text.chars()
            .map(|c| {
                if plain(c) {
                    c.to_string()
                } else {
                    format!("%{:02X}", u32::from(c))
                }
            })
            .collect()
    };
    let mut all = Vec::new();
    for name in names {
        for form in forms {
            let text = form.replace("NAME", name).replace("VALUE", PLANTED);
            let once = escaped(text.clone());
            all.extend([
                escaped(once.clone()),
                once,
                percent(&text),
                percent(&percent(&text)),
            ]);
            all.push(text.replace('&', "&amp;").replace('"', "&quot;"));
            all.push(text);
        }
    }
    all
}

#[test]
fn no_spelling_leaves_a_secret() {
    let all = spellings();
    assert!(all.len() >= 1_000);
    for spelling in all {
        for line in [
            spelling.clone(),
            format!("ERROR a: {spelling}; b=1"),
            format!("x {spelling} y"),
        ] {
            let masked = text(&line);
            for part in ["S3CRET", "vA1ue"] {
                assert!(!masked.contains(part), "{line}\n{masked}");
            }
            assert_eq!(text(&masked), masked, "{line}");
        }
    }
}

proptest! {
    #[test]
    fn no_text_panics(line in "(code=|secret: |Basic |eyJ|é|&|%3D|\\\\u0026|\"|<|\\[|-----BEGIN |\\PC){0,40}") {
        let masked = text(&line);
        prop_assert_eq!(&text(&masked), &masked);
        let _ = json(&line);
        let _ = settings(&line);
        let _ = field(&line);
    }
}
