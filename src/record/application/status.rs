//! A failure of which only the status of the response is said.

use std::borrow::Cow;

use super::{about::About, outcome::Failure};
use crate::record::KnownBy;

/// What stands before a status.
const BEFORE: [&str; 18] = [
    "status",
    "status code",
    "status_code",
    "statuscode",
    "status is",
    "response code",
    "responsecode",
    "http",
    "http/1.1",
    "http/1.0",
    "http/2",
    "http/2.0",
    "returned",
    "received",
    "got",
    "responded with",
    "/oauth2/token",
    "too many",
];

/// What stands behind a status.
const BEHIND: [&str; 10] = [
    " bad request",
    " unauthorized",
    " forbidden",
    " not found",
    " too many requests",
    " internal server error",
    " bad gateway",
    " service unavailable",
    " gateway time",
    " error responses",
];

/// Paths of requests that have to do with sign-in.
const SIGN_IN_PATHS: [&str; 7] = [
    "oauth", "callback", "login", "token", "auth", "sso", "signin",
];

/// The failed status that a text in lower case tells of.
pub fn of(lower: &str, about: &About) -> Option<Failure> {
    let loosely = || {
        let words = ["token", "oauth", "authorization code", "operror"];
        words.iter().any(|word| lower.contains(word))
    };
    let (status, text) = said(lower)?;
    let about = match status {
        // What a token endpoint answers when it refuses.
        400 | 401 => about.token_request || loosely(),
        _ => about.token_request,
    };
    (about && !is_other_request(lower)).then(|| Failure {
        code: Cow::Owned(format!("http_{status}")),
        known_by: KnownBy::Status,
        in_url: false,
        mark: Cow::Owned(text.to_owned()),
    })
}

/// The first number that is said to be a status from 400 on.
fn said(lower: &str) -> Option<(u16, &str)> {
    let bytes = lower.as_bytes();
    (0..bytes.len()).find_map(|at| {
        let starts = matches!(bytes[at], b'4' | b'5')
            && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric() && bytes[at - 1] != b'.');
        let text = starts.then(|| lower.get(at..at + 3)).flatten()?;
        let behind = &lower[at + 3..];
        let whole = !behind.starts_with(|c: char| c.is_ascii_alphanumeric());
        let status: u16 = text.parse().ok().filter(|_| whole)?;
        let before = lower[..at].trim_end_matches([' ', ':', '=', '"', '\'', '(', '[', '\\']);
        let client_or_server = [" client error", " server error"]
            .iter()
            .any(|words| behind.starts_with(words));
        let told = client_or_server
            || BEHIND.iter().any(|words| behind.starts_with(words))
            || BEFORE.iter().any(|words| ends_with_words(before, words));
        told.then_some((status, text))
    })
}

fn ends_with_words(text: &str, words: &str) -> bool {
    text.strip_suffix(words).is_some_and(|before| {
        words.starts_with('/') || !before.ends_with(|c: char| c.is_ascii_alphanumeric())
    })
}

/// Whether a text tells of a request for another page: an API that refuses a token, say.
fn is_other_request(lower: &str) -> bool {
    let methods = ["get /", "post /", "put /", "patch /", "delete /"];
    methods.iter().any(|method| {
        lower.split_once(method).is_some_and(|(_, path)| {
            let end = path.find([' ', '"', '?', '\n']).unwrap_or(path.len());
            !SIGN_IN_PATHS.iter().any(|name| path[..end].contains(name))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, token_request: bool, expected: Option<&str>) {
        let about = About {
            on_topic: false,
            token_request,
            reaches_us: false,
        };
        let found = of(&line.to_ascii_lowercase(), &about);
        let found = found.as_ref().map(|failure| failure.code.as_ref());
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn a_number_is_a_status_by_what_stands_beside_it() {
        for (line, expected) in [
            ("Request failed with status code 403", Some("http_403")),
            ("403 Client Error: Forbidden for url", Some("http_403")),
            ("POST https://x/oauth2/token 429 12ms", Some("http_429")),
            ("\"POST /oauth2/token HTTP/1.1\" 503 162", Some("http_503")),
            (
                "oauth2: cannot fetch token: 502 Bad Gateway",
                Some("http_502"),
            ),
            ("status=500", Some("http_500")),
            (
                "(Caused by ResponseError('too many 429 error responses'))",
                Some("http_429"),
            ),
            ("took 403 ms, 500 tokens", None),
            ("listening on 192.0.2.4:443, pid 412", None),
            ("status 200", None),
        ] {
            check(line, true, expected);
        }
    }

    #[test]
    fn a_status_of_another_request_is_not_ours() {
        check(
            "GET /api/orders 401 Unauthorized: token expired",
            false,
            None,
        );
        check("status code 503", false, None);
        check("token: status code 401", false, Some("http_401"));
    }
}
