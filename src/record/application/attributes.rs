//! What a line carries besides its outcome: ids, domain, grant, time. Only what it says.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::record::{mask::is_masked, time};

/// What a line carries.
#[derive(Debug, Default)]
pub struct Attributes<'a> {
    pub time: Option<DateTime<Utc>>,
    pub client: Option<Cow<'a, str>>,
    pub user_pool: Option<Cow<'a, str>>,
    pub domain: Option<Cow<'a, str>>,
    pub request_id: Option<Cow<'a, str>>,
    pub grant: Option<Cow<'a, str>>,
    pub redirect_uri: Option<Cow<'a, str>>,
    pub sub: Option<Cow<'a, str>>,
}

const CLIENT: [&str; 5] = ["client_id", "clientId", "client-id", "ClientId", "clientID"];
const REQUEST: [&str; 6] = [
    "x-amz-cognito-request-id",
    "x-amzn-requestid",
    "cognito_request_id",
    "request_id",
    "requestId",
    "x-amzn-RequestId",
];
const TIMES: [&str; 5] = ["@timestamp", "timestamp", "time", "ts", "datetime"];

impl<'a> Attributes<'a> {
    /// Finds what the line carries.
    pub fn find(line: &'a str) -> Self {
        Self {
            time: time(line),
            client: CLIENT.iter().find_map(|key| of(line, key, is_client)),
            user_pool: ["user_pool_id", "userPoolId", "UserPoolId", "user_pool"]
                .iter()
                .find_map(|key| of(line, key, is_pool))
                .or_else(|| words(line).find(|word| is_pool(word)).map(Cow::Borrowed)),
            domain: domain(line),
            request_id: REQUEST.iter().find_map(|key| of(line, key, is_uuid)),
            grant: grant(line),
            redirect_uri: of(line, "redirect_uri", |uri| uri.contains(':')),
            sub: of(line, "sub", is_uuid),
        }
    }
}

/// The value behind a key, in `key=value`, `"key":"value"`, `key: value`, quotes escaped or not.
fn of<'a>(line: &'a str, key: &str, fits: fn(&str) -> bool) -> Option<Cow<'a, str>> {
    let finder = memchr::memmem::find_iter(line.as_bytes(), key.as_bytes());
    for at in finder {
        let before = line.get(..at)?;
        let after = line.get(at + key.len()..)?;
        if before
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == '_')
        {
            continue;
        }
        let value = after.trim_start_matches(['\\', '"', '\'', ' ']);
        let Some(value) = value.strip_prefix([':', '=']) else {
            continue;
        };
        let value = value.trim_start_matches(['\\', '"', '\'', ' ', '[']);
        let end = value
            .find(|c: char| c.is_whitespace() || "\"'\\&,;)}]>".contains(c))
            .unwrap_or(value.len());
        let value = value.get(..end)?;
        if !value.is_empty() && !is_masked(value) && fits(value) {
            return Some(Cow::Borrowed(value));
        }
    }
    None
}

fn is_client(text: &str) -> bool {
    (6..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// `eu-west-1_AbCdEfGhI`.
fn is_pool(text: &str) -> bool {
    let Some((region, id)) = text.split_once('_') else {
        return false;
    };
    let mut parts = region.split('-');
    let letters = |part: Option<&str>| {
        part.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase()))
    };
    letters(parts.next())
        && letters(parts.next())
        && parts
            .next_back()
            .is_some_and(|p| p.len() == 1 && p.bytes().all(|b| b.is_ascii_digit()))
        && !id.is_empty()
        && id.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
}

/// The host of a pool's domain: by its suffix, or by the path of the token endpoint.
fn domain(line: &str) -> Option<Cow<'_, str>> {
    for part in line.split("https://").skip(1) {
        let end = part
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'))
            .unwrap_or(part.len());
        let (host, rest) = part.split_at(end);
        if host.ends_with(".amazoncognito.com") || rest.starts_with("/oauth2/") {
            return Some(Cow::Borrowed(host));
        }
    }
    None
}

/// The grant by name, else by the words libraries use for it.
fn grant(line: &str) -> Option<Cow<'_, str>> {
    if let Some(grant) = of(line, "grant_type", |grant| !grant.contains(['{', '<'])) {
        return Some(grant);
    }
    let lower = line.to_ascii_lowercase();
    let said = [
        ("client_credentials", "client credentials"),
        ("client_credentials", "clientcredentials"),
        ("client_credentials", "client_credentials"),
        ("refresh_token", "refresh"),
        ("refresh_token", "silent renew"),
        ("authorization_code", "authorization code"),
        ("authorization_code", "code exchange"),
        ("authorization_code", "redeeming code"),
        ("authorization_code", "callback"),
    ];
    let found = said.into_iter().find(|(_, words)| lower.contains(words));
    found.map(|(grant, _)| Cow::Borrowed(grant))
}

/// The line's own time: a JSON member, or a date at its front.
fn time(line: &str) -> Option<DateTime<Utc>> {
    if line.starts_with('{') {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).ok()?;
        return TIMES.iter().find_map(|key| match object.get(*key)? {
            serde_json::Value::String(text) => written(text),
            serde_json::Value::Number(number) => time::from_number(number.as_f64()?),
            _ => None,
        });
    }
    let mut spaces = line.match_indices(' ').map(|(at, _)| at);
    let first = spaces.next().unwrap_or(line.len());
    let second = spaces.next().unwrap_or(line.len());
    line.get(..first)
        .and_then(written)
        .or_else(|| line.get(..second).and_then(written))
}

fn written(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim_matches(['[', ']', '"']);
    if let Some(time) = time::from_text(text) {
        return Some(time);
    }
    let text = text.replace(',', ".").replace('/', "-");
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok())
        .and_then(|time| time::sensible(time.and_utc()))
}
