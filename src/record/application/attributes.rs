//! What a line carries besides its outcome: ids, domain, grant, time. Only what it says.

use std::borrow::Cow;

use super::{entry::Entry, network};
use crate::record::mask::is_masked;

/// What a line carries.
#[derive(Debug, Default)]
pub struct Attributes<'a> {
    pub client: Option<Cow<'a, str>>,
    pub user_pool: Option<Cow<'a, str>>,
    pub domain: Option<Cow<'a, str>>,
    pub request_id: Option<Cow<'a, str>>,
    pub grant: Option<Cow<'a, str>>,
    pub redirect_uri: Option<Cow<'a, str>>,
    pub sub: Option<Cow<'a, str>>,
    pub agent: Option<Cow<'a, str>>,
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
/// Names of the client where a value must look like Cognito's ids to be one.
const WEAK_CLIENT: [&str; 4] = ["azp", "aud", "client", "app_client"];
const AGENT: [&str; 4] = ["user_agent", "userAgent", "user-agent", "User-Agent"];

impl<'a> Attributes<'a> {
    /// Finds what the line carries.
    pub fn find(entry: &Entry<'a>) -> Self {
        let line = entry.raw;
        Self {
            client: client(entry),
            user_pool: ["user_pool_id", "userPoolId", "UserPoolId", "user_pool"]
                .iter()
                .find_map(|key| of(line, key, is_pool))
                .or_else(|| words(line).find(|word| is_pool(word)).map(Cow::Borrowed)),
            domain: domain(line),
            request_id: REQUEST.iter().find_map(|key| of(line, key, is_uuid)),
            grant: grant(line),
            redirect_uri: of(line, "redirect_uri", |uri| uri.contains(':')),
            sub: of(line, "sub", is_uuid),
            agent: agent(entry),
        }
    }
}

/// The app client that a line names.
pub fn client<'a>(entry: &Entry<'a>) -> Option<Cow<'a, str>> {
    let line = entry.raw;
    let plain = CLIENT.iter().find_map(|key| of(line, key, is_client));
    plain
        .or_else(|| {
            WEAK_CLIENT
                .iter()
                .find_map(|key| of(line, key, is_cognito_client))
        })
        .or_else(|| {
            // `oauth.client.id`, an object or a name with dots.
            let nested = memchr::memmem::find(line.as_bytes(), b"client").is_some();
            let nested = nested.then(|| entry.text_at(&["clientid"], is_cognito_client));
            nested.flatten().map(Cow::Owned)
        })
}

/// The user agent, which holds spaces: a JSON member, or a value in quotes.
fn agent<'a>(entry: &Entry<'a>) -> Option<Cow<'a, str>> {
    let names = ["useragent", "useragentoriginal"];
    if let Some(agent) = entry.text_at(&names, |text| !text.is_empty()) {
        return Some(Cow::Owned(agent));
    }
    AGENT.iter().find_map(|key| {
        let (_, value) = entry.raw.split_once(key)?;
        let value = value.strip_prefix(['=', ':'])?.trim_start();
        let (value, _) = value.strip_prefix('"')?.split_once('"')?;
        (!value.is_empty()).then_some(Cow::Borrowed(value))
    })
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

/// As Cognito makes them: 26 letters and digits, or about as many.
fn is_cognito_client(text: &str) -> bool {
    (20..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
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
        let begin: String = rest.chars().take(20).collect();
        let endpoint = || network::names_endpoint(&begin.to_ascii_lowercase());
        if host.ends_with(".amazoncognito.com") || rest.starts_with("/oauth2/") && endpoint() {
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
        ("refresh_token", "session renewed"),
        ("refresh_token", "token renew"),
        ("authorization_code", "authorization code"),
        ("authorization_code", "code exchange"),
        ("authorization_code", "exchange code"),
        ("authorization_code", "redeeming code"),
        ("authorization_code", "callback"),
    ];
    let found = said.into_iter().find(|(_, words)| lower.contains(words));
    found.map(|(grant, _)| Cow::Borrowed(grant))
}
