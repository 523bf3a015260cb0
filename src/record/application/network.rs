//! Attempts that never reached Cognito: failures of name resolution, connection, TLS and time-outs,
//! in the words of usual runtimes and libraries, on the way to a sign-in host.

use std::borrow::Cow;

mod failures;

use failures::WORDS;

/// Words behind which a host stands.
const BEFORE_HOST: [&str; 16] = [
    "://",
    "enotfound ",
    "eai_again ",
    "lookup ",
    "host: ",
    "host='",
    "host=",
    "hostname=",
    "hostname: ",
    "hostexception: ",
    "resolve '",
    "resolved: '",
    "connect to ",
    "connection to ",
    "not known (",
    "refused (",
];

/// First labels that custom domains of a pool usually have.
const AUTH_LABELS: [&str; 11] = [
    "account", "accounts", "auth", "id", "identity", "idp", "login", "oauth", "signin", "sso",
    "cognito",
];

/// Subjects of a line that have connections and sign-ins of their own.
const OTHER_SUBJECTS: [&str; 20] = [
    "amqp",
    "cassandra",
    "database",
    "docker",
    "dynamodb",
    "elastic",
    "ftp",
    "imap",
    "jdbc",
    "kafka",
    "ldap",
    "memcache",
    "mongo",
    "postgres",
    "rabbit",
    "redis",
    "registry",
    "smtp",
    "sql",
    "ssh",
];

/// Paths of token endpoints of other products.
const OTHER_PATHS: [&str; 6] = [
    "/oauth2/v",
    "/oauth2/default/",
    "/oauth/token",
    "/oauth/access_token",
    "/protocol/openid-connect/",
    "oauth2.googleapis.com/token",
];

/// Whether a line, in lower case, is about a database, a queue or the like.
pub fn is_of_another_subject(lower: &str) -> bool {
    OTHER_SUBJECTS.iter().any(|word| lower.contains(word))
}

/// The failure that a text in lower case tells of, and the word that tells it.
pub fn of(lower: &str) -> Option<(&'static str, &'static str)> {
    WORDS.iter().find_map(|(outcome, words)| {
        let word = words.iter().find(|word| lower.contains(**word))?;
        Some((*outcome, *word))
    })
}

/// Whether a failure on the network was one on the way to Cognito: the line names a host of ours, or
/// none at all and speaks of nothing but tokens or sign-ins.
pub fn is_ours(lower: &str, on_topic: bool) -> bool {
    if names_us(lower) {
        return true;
    }
    let hosts = hosts(lower);
    let custom = |host: &&str| {
        let first = host.split('.').next().unwrap_or(host);
        AUTH_LABELS.contains(&first)
    };
    if !hosts.is_empty() {
        return on_topic && hosts.iter().any(custom);
    }
    on_topic && !is_of_another_subject(lower) && !has_other_port(lower)
}

/// Whether a line in lower case names a pool's prefix domain, the service's API or an endpoint.
pub fn names_us(lower: &str) -> bool {
    let api = lower.contains("cognito-idp") && lower.contains(".amazonaws.com");
    api || lower.contains(".amazoncognito.com") || names_endpoint(lower)
}

/// Whether a line in lower case is about the token endpoint of another product, by its path.
pub fn names_another(lower: &str) -> bool {
    let names = || OTHER_PATHS.iter().any(|path| lower.contains(path));
    lower.contains("://") && names() && !names_us(lower)
}

/// Cognito's endpoints by their paths, which stand at the root of the host.
pub fn names_endpoint(lower: &str) -> bool {
    ["token", "authorize", "userinfo", "revoke"]
        .iter()
        .any(|name| {
            let path = format!("/oauth2/{name}");
            lower.match_indices(&path).any(|(at, _)| {
                let after = lower[at + path.len()..].chars().next();
                let ends = after.is_none_or(|c| !c.is_alphanumeric() && !"/_-".contains(c));
                ends && at_root(&lower[..at])
            })
        })
}

/// Whether what stands before a path is a host, or nothing that belongs to the path.
fn at_root(before: &str) -> bool {
    let word = before.rsplit([' ', '"', '\'', '=', '(', '<', '\n', '\t', '`', ',']);
    let word = word.into_iter().next().unwrap_or_default();
    let host = word.split_once("://").map_or(word, |(_, host)| host);
    !host.contains('/')
}

/// The names of hosts that a line in lower case tells of, without those of addresses.
fn hosts(lower: &str) -> Vec<&str> {
    let mut hosts = Vec::new();
    for mark in BEFORE_HOST {
        for (at, _) in lower.match_indices(mark) {
            let rest = lower[at + mark.len()..].trim_start_matches(['\'', '"', '\\']);
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || ".-_".contains(c)));
            let host = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
            let named = host.contains('.') && host.bytes().any(|b| b.is_ascii_alphabetic());
            // `lookup redis on 10.0.0.2:53`: a name of the own network.
            let own = ["enotfound ", "eai_again ", "lookup "].contains(&mark) && !host.is_empty();
            if named || own {
                hosts.push(host);
            }
        }
    }
    hosts
}

/// Whether a line names an address with a port that no HTTPS has: a database, a cache.
fn has_other_port(lower: &str) -> bool {
    lower.match_indices(':').any(|(at, _)| {
        let before = lower[..at].bytes().next_back();
        let number = lower[at + 1..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        let number = &lower[at + 1..at + 1 + number];
        let address = lower[..at].rsplit(|c: char| !(c.is_ascii_digit() || c == '.'));
        let address = address.into_iter().next().unwrap_or_default();
        let is_address =
            before.is_some_and(|b| b.is_ascii_digit()) && address.matches('.').count() == 3;
        is_address && !number.is_empty() && number != "443"
    })
}

/// The endpoint a line names, by the path of its URL.
pub fn endpoint(lower: &str) -> Option<Cow<'static, str>> {
    use crate::queries::endpoint;
    let paths = [
        ("/oauth2/token", endpoint::TOKEN),
        ("/oauth2/userinfo", endpoint::USER_INFO),
        ("/oauth2/revoke", endpoint::REVOKE),
        ("/oauth2/authorize", endpoint::AUTHORIZE),
        ("/.well-known/", "well-known"),
    ];
    let found = paths.iter().find(|(path, _)| lower.contains(path));
    found.map(|(_, endpoint)| Cow::Borrowed(*endpoint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let lower = line.to_ascii_lowercase();
        let found = of(&lower).map_or("-", |(outcome, _)| outcome);
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn the_words_of_each_runtime() {
        for (line, expected) in [
            ("Error: getaddrinfo EAI_AGAIN auth.example.com", "dns"),
            (
                "socket.gaierror: [Errno -2] Name or service not known",
                "dns",
            ),
            (
                "dial tcp: lookup auth.example.com on 10.0.0.2:53: read udp 10.0.1.5:41234->10.0.0.2:53: i/o timeout",
                "dns",
            ),
            ("java.net.UnknownHostException: auth.example.com", "dns"),
            (
                "HttpRequestException: No such host is known. (auth.example.com:443)",
                "dns",
            ),
            (
                "cURL error 6: Could not resolve host: auth.example.com",
                "dns",
            ),
            ("dns error: failed to lookup address information", "dns"),
            (
                "Failed to open TCP connection to auth.example.com:443 (getaddrinfo: Temporary failure in name resolution)",
                "dns",
            ),
            (
                "Max retries exceeded (Caused by NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused'))",
                "connect",
            ),
            ("Error: read ECONNRESET", "connect"),
            (
                "Post \"https://auth.example.com/oauth2/token\": EOF",
                "connect",
            ),
            ("TypeError: fetch failed", "connect"),
            ("Error: self-signed certificate in certificate chain", "tls"),
            ("x509: certificate signed by unknown authority", "tls"),
            (
                "javax.net.ssl.SSLHandshakeException: PKIX path building failed",
                "tls",
            ),
            (
                "cURL error 60: SSL certificate problem: unable to get local issuer certificate",
                "tls",
            ),
            (
                "The SSL connection could not be established, see inner exception.",
                "tls",
            ),
            ("net/http: TLS handshake timeout", "timeout"),
            ("javax.net.ssl.SSLException: Read timed out", "timeout"),
            (
                "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
                "timeout",
            ),
            ("AxiosError: timeout of 5000ms exceeded", "timeout"),
            ("Faraday::ConnectionFailed (execution expired)", "timeout"),
            (
                "org.apache.http.conn.ConnectTimeoutException: Connect to x failed: connect timed out",
                "timeout",
            ),
            ("context canceled", "-"),
        ] {
            check(line, expected);
        }
    }

    #[test]
    fn a_failure_is_ours_by_its_host_or_by_its_topic() {
        for (line, on_topic, expected) in [
            (
                "enotfound shop.auth.eu-west-1.amazoncognito.com",
                false,
                true,
            ),
            (
                "connect to cognito-idp.eu-west-1.amazonaws.com failed",
                false,
                true,
            ),
            (
                "post https://login.example.com/oauth2/token timed out",
                false,
                true,
            ),
            ("enotfound login.example.com", true, true),
            ("enotfound login.example.com", false, false),
            ("enotfound redis", true, false),
            ("connect to https://api.example.com failed", true, false),
            (
                "https://example.okta.com/oauth2/default/v1/token timed out",
                true,
                false,
            ),
            (
                "https://example.com/issuer/oauth2/token timed out",
                true,
                false,
            ),
            ("connect econnrefused 10.0.3.4:5432", true, false),
            ("connect etimedout 192.0.2.7:443", true, true),
            ("connect etimedout 192.0.2.7:443", false, false),
            ("login to postgres timed out", true, false),
        ] {
            assert_eq!(is_ours(line, on_topic), expected, "{line}");
        }
    }
}
