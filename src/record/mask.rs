//! Secrets, tokens and codes do not leave the reader.

use std::{borrow::Cow, ops::Range};

use serde_json::{Map, Value};

/// What stands in place of a secret.
pub const MASK: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Members whose values are secret wherever they stand, in lower case.
const SECRET: [&str; 45] = [
    "clientsecret",
    "client_secret",
    "clientsecretvalue",
    "password",
    "temporarypassword",
    "previouspassword",
    "proposedpassword",
    "code",
    "confirmationcode",
    "usercode",
    "code_verifier",
    "refresh_token",
    "refreshtoken",
    "access_token",
    "accesstoken",
    "id_token",
    "idtoken",
    "authparameters",
    "challengeresponses",
    "session",
    "sessiontoken",
    "secretaccesskey",
    "secretstring",
    "secretbinary",
    "secret",
    "secrethash",
    "secret_hash",
    "zipfile",
    "environment",
    "samlresponse",
    "relaystate",
    "assertion",
    "client_assertion",
    "_csrf",
    "cognitoasfdata",
    "privatekey",
    "private_key",
    "certificateprivatekey",
    "authorization",
    // Of other services: parameters of stacks, what a distribution adds to requests, variables.
    "parametervalue",
    "headervalue",
    "environmentvariables",
    "runtimeenvironmentvariables",
    "userdata",
    "oauthtoken",
];

/// Whether a text is AWS's mask, in either spelling.
pub fn is_masked(text: &str) -> bool {
    text == MASK || text == "HIDDEN_FOR_SECURITY_REASONS"
}

/// JSON text with secrets masked. Text that is no JSON is treated as a log line.
pub fn json(raw: &str) -> String {
    match serde_json::from_str::<Value>(raw) {
        Ok(mut value) => {
            hide(&mut value, &text);
            value.to_string()
        }
        Err(_) => text(raw).into_owned(),
    }
}

/// The settings in JSON text, with secrets masked: a text is masked as a whole where it holds a
/// credential, and never in part, since half a setting is no setting.
pub fn settings(raw: &str) -> String {
    match serde_json::from_str::<Value>(raw) {
        Ok(mut value) => {
            hide(&mut value, &whole);
            value.to_string()
        }
        Err(_) => text(raw).into_owned(),
    }
}

/// The mask in place of a setting that holds a credential.
fn whole(line: &str) -> Cow<'_, str> {
    match holds_credential(line) {
        true => Cow::Borrowed(MASK),
        false => Cow::Borrowed(line),
    }
}

/// Whether a token or a password stands in a setting. Words that only look so are part of names and
/// messages: `Basic Auth Client`, `?code={####}`.
fn holds_credential(line: &str) -> bool {
    let marks = MARKS.into_iter().filter(|mark| *mark != "code=");
    let named = marks.into_iter().any(|mark| {
        let is_scheme = mark.ends_with(' ');
        let mut values = values_behind(line, mark).map(|at| &line[at]);
        values.any(|value| !is_blank(value) && (!is_scheme || is_encoded(value)))
    });
    named || tokens(line) != line
}

/// Whether a message leaves the place of a value free: `{####}`, `<password>`.
fn is_blank(value: &str) -> bool {
    value.starts_with(['{', '<', '$', '%'])
}

/// Whether a word is Base64 rather than language.
fn is_encoded(word: &str) -> bool {
    /// `internationalization` has 20 letters.
    const LONGEST_WORD: usize = 20;
    let has = |kind: fn(&u8) -> bool| word.as_bytes().iter().any(kind);
    let mixed =
        has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    word.ends_with('=') || word.len() > LONGEST_WORD && mixed
}

/// JSON text with one more of its members masked.
pub fn member(json: &str, name: &str) -> String {
    let Ok(Value::Object(mut members)) = serde_json::from_str(json) else {
        return json.to_owned();
    };
    for (key, value) in &mut members {
        if key.eq_ignore_ascii_case(name) && !value.is_null() {
            *value = Value::from(MASK);
        }
    }
    Value::Object(members).to_string()
}

fn hide(value: &mut Value, mask: &dyn Fn(&str) -> Cow<'_, str>) {
    match value {
        Value::Object(members) => {
            hide_header(members);
            for (name, value) in members {
                let name = name.to_ascii_lowercase();
                let secret = SECRET.contains(&name.as_str()) && !is_unit(value);
                if secret && !value.is_null() {
                    *value = Value::from(MASK);
                } else {
                    hide(value, mask);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, mask)),
        Value::String(line) => {
            let masked = mask(line);
            if *masked != **line {
                *line = masked.into_owned();
            }
        }
        _ => {}
    }
}

/// A firewall's rule may compare a header with a secret that only a distribution knows.
fn hide_header(members: &mut Map<String, Value>) {
    let is = |name: &'static str| move |key: &String| key.eq_ignore_ascii_case(name);
    let field = members.keys().find(|key| is("fieldToMatch")(key));
    let field = field.and_then(|key| members.get(key)?.as_object());
    if !field.is_some_and(|field| field.keys().any(is("singleHeader"))) {
        return;
    }
    for (key, value) in members {
        if is("searchString")(key) {
            *value = Value::from(MASK);
        }
    }
}

/// `tokenValidityUnits.accessToken` is no token; flags and numbers are no secrets.
fn is_unit(value: &Value) -> bool {
    match value {
        Value::String(text) => ["seconds", "minutes", "hours", "days"].contains(&text.as_str()),
        Value::Bool(_) | Value::Number(_) => true,
        _ => false,
    }
}

/// Marks in a log line behind which a secret stands, up to a delimiter.
const MARKS: [&str; 12] = [
    "code=",
    "client_secret=",
    "refresh_token=",
    "access_token=",
    "id_token=",
    "password=",
    "code_verifier=",
    "client_assertion=",
    "assertion=",
    "SAMLResponse=",
    "Basic ",
    "Bearer ",
];

/// A log line with secrets masked.
pub fn text(line: &str) -> Cow<'_, str> {
    let mut masked = Cow::Borrowed(line);
    for mark in MARKS {
        if masked.contains(mark) {
            masked = Cow::Owned(behind(&masked, mark));
        }
    }
    if masked.contains("eyJ") {
        masked = Cow::Owned(tokens(&masked));
    }
    masked
}

/// Masks what stands behind each mark that begins a word.
fn behind(line: &str, mark: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut done = 0;
    for value in values_behind(line, mark) {
        if value.start < done {
            continue;
        }
        out.push_str(&line[done..value.start]);
        out.push_str(MASK);
        done = value.end;
    }
    out.push_str(&line[done..]);
    out
}

/// Where values stand: behind each mark that begins a word, up to a delimiter.
fn values_behind<'a>(line: &'a str, mark: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let begins_word = |at: usize| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    };
    let marks = line.match_indices(mark).map(|(at, _)| at);
    marks
        .filter(move |at| begins_word(*at))
        .filter_map(move |at| {
            let start = at + mark.len();
            let after = &line[start..];
            let end = after.find(|c: char| c.is_whitespace() || "&\"',;)}]>".contains(c));
            let end = start + end.unwrap_or(after.len());
            (end > start).then_some(start..end)
        })
}

/// Masks JSON web tokens.
fn tokens(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("eyJ") {
        let (before, token) = rest.split_at(at);
        let end = token
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.=".contains(c)))
            .unwrap_or(token.len());
        out.push_str(before);
        out.push_str(if end > 20 { MASK } else { &token[..end] });
        rest = &token[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_are_masked_and_settings_are_not() {
        for (raw, expected) in [
            (
                r#"{"clientSecret":"s","clientId":"c"}"#,
                r#"{"clientId":"c","clientSecret":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#,
            ),
            (
                r#"{"tokenValidityUnits":{"accessToken":"hours"}}"#,
                r#"{"tokenValidityUnits":{"accessToken":"hours"}}"#,
            ),
            (
                r#"{"a":[{"code":["x"]}]}"#,
                r#"{"a":[{"code":"HIDDEN_DUE_TO_SECURITY_REASONS"}]}"#,
            ),
            (
                r#"{"fieldToMatch":{"singleHeader":{"name":"x-origin"}},"searchString":"s"}"#,
                r#"{"fieldToMatch":{"singleHeader":{"name":"x-origin"}},"searchString":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#,
            ),
            (
                r#"{"fieldToMatch":{"uriPath":{}},"searchString":"/login"}"#,
                r#"{"fieldToMatch":{"uriPath":{}},"searchString":"/login"}"#,
            ),
            (r#"{"secretId":"name"}"#, r#"{"secretId":"name"}"#),
        ] {
            assert_eq!(json(raw), expected);
        }
        for (line, expected) in [
            (
                "GET /cb?code=abc&state=1",
                "GET /cb?code=HIDDEN_DUE_TO_SECURITY_REASONS&state=1",
            ),
            ("errorcode=5 ok", "errorcode=5 ok"),
            (
                "Authorization: Basic QWxh==",
                "Authorization: Basic HIDDEN_DUE_TO_SECURITY_REASONS",
            ),
            (
                "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc end",
                "token HIDDEN_DUE_TO_SECURITY_REASONS end",
            ),
            ("nothing here", "nothing here"),
        ] {
            assert_eq!(text(line), expected);
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
            "https://example.com/cb?code=1",
        ] {
            let raw = format!(r#"{{"name":["{setting}"]}}"#);
            assert_eq!(settings(&raw), raw);
        }
        for setting in [
            "https://example.com/token?client_secret=s3cret",
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc end",
        ] {
            let raw = format!(r#"{{"name":["{setting}"]}}"#);
            assert_eq!(settings(&raw), format!(r#"{{"name":["{MASK}"]}}"#));
        }
        assert_eq!(
            settings(r#"{"private_key":"k","code":"x"}"#),
            format!(r#"{{"code":"{MASK}","private_key":"{MASK}"}}"#)
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(line in "(code=|Basic |eyJ|é|&|\\PC){0,40}") {
            let _ = text(&line);
            let _ = json(&line);
            let _ = settings(&line);
            let _ = holds_credential(&line);
        }
    }
}
