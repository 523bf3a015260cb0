//! Access-log lines of a load balancer that signs users in (domain.md §1.g).
//!
//! Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>

use std::borrow::Cow;

use chrono::DateTime;

use super::{Outcome, Record, Request, Seen, SourceKind, context::Context};
use crate::queries::endpoint;

const TYPES: [&str; 7] = ["http", "https", "h2", "grpcs", "ws", "wss", "http/2"];
const TIME: usize = 1;
const BALANCER: usize = 2;
const CLIENT: usize = 3;
const TRACE: usize = 17;
const ERROR_REASON: usize = 24;

/// What a line says; `None` when it is no access-log line.
pub fn parse<'a>(line: &'a str, context: &Context<'a>) -> Option<Record<'a>> {
    let kind = line.split(' ').next()?;
    if !TYPES.contains(&kind) {
        return None;
    }
    let fields = fields(line);
    let field = |at: usize| {
        fields
            .get(at)
            .copied()
            .filter(|field| !matches!(*field, "-" | ""))
    };
    let time = DateTime::parse_from_rfc3339(field(TIME)?).ok()?.to_utc();
    let balancer = field(BALANCER).filter(|name| name.contains('/'))?;
    let reason = field(ERROR_REASON).filter(|reason| reason.starts_with("Auth"));
    let Some(reason) = reason else {
        // Requests with a session cookie never reach the token endpoint: no success.
        return Some(Record::Unwanted(Seen {
            time: Some(time),
            account: context.account.clone(),
            region: context.region.clone(),
            source: SourceKind::Alb,
            ..Seen::default()
        }));
    };
    let authorize = matches!(
        reason,
        "AuthMissingCodeParam" | "AuthMissingStateParam" | "AuthInvalidStateParam"
    );
    Some(Record::Request(Request {
        time,
        source: SourceKind::Alb,
        event_id: context
            .event_id
            .clone()
            .or_else(|| field(TRACE).map(Cow::Borrowed)),
        request_id: None,
        account: context.account.clone(),
        region: context.region.clone(),
        user_pool: None,
        client: None,
        domain: None,
        stream: Some(Cow::Borrowed(balancer)),
        endpoint: Cow::Borrowed(if authorize {
            endpoint::AUTHORIZE
        } else {
            endpoint::TOKEN
        }),
        grant: Some(Cow::Borrowed("authorization_code")),
        redirect_uri: None,
        scopes: None,
        identity_provider: None,
        auth_method: None,
        outcome: Outcome::Failed(Cow::Borrowed(match reason {
            "AuthInvalidGrantError" => "invalid_grant",
            // The token endpoint answered with something other than 200.
            "AuthTokenEpRequestFailed" => "http_400",
            other => other,
        })),
        principal: None,
        source_ip: field(CLIENT).map(|client| {
            Cow::Borrowed(
                client
                    .rsplit_once(':')
                    .map_or(client, |(address, _)| address),
            )
        }),
        ..Request::default()
    }))
}

/// Fields between spaces, quoted ones whole; new ones are appended by AWS.
fn fields(line: &str) -> Vec<&str> {
    let mut fields = Vec::with_capacity(32);
    let mut rest = line;
    while !rest.is_empty() {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        fields.push(field);
        rest = after.trim_start_matches(' ');
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(status: &str, reason: &str) -> String {
        format!(
            r#"https 2026-03-02T09:12:30.186641Z app/public/50dc6c495c0c9188 192.0.2.1:2817 - 0.0 0.0 0.0 {status} - 0 57 "GET https://www.example.com:443/oauth2/idpresponse?code=x HTTP/1.1" "curl \"7" ECDHE TLSv1.2 arn:aws:elasticloadbalancing "Root=1-58337327-72bd00b0343d75b906739c42" "www.example.com" "arn:cert" 1 2026-03-02T09:12:30.000000Z "authenticate" "-" "{reason}" "-" "-" "-" "-""#
        )
        .replace(r#""curl \"7""#, r#""curl/7""#)
    }

    #[test]
    fn auth_errors_are_requests_and_the_rest_is_not() {
        let refused = line("561", "AuthInvalidGrantError");
        let Some(Record::Request(request)) = parse(&refused, &Context::default()) else {
            panic!("a request")
        };
        assert_eq!(request.outcome, Outcome::Failed("invalid_grant".into()));
        assert_eq!(
            request.stream.as_deref(),
            Some("app/public/50dc6c495c0c9188")
        );
        assert_eq!(request.source_ip.as_deref(), Some("192.0.2.1"));
        let fine = line("200", "-");
        assert!(matches!(
            parse(&fine, &Context::default()),
            Some(Record::Unwanted(_))
        ));
        assert_eq!(parse("https is a scheme", &Context::default()), None);
    }
}
