//! AWS WAF's log of a user pool (domain.md §1.f).
//!
//! Source: <https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html>

use std::borrow::Cow;

use serde::Deserialize;

use super::{Outcome, Record, Request, Seen, SourceKind, context::Context, time};
use crate::queries::endpoint;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    timestamp: i64,
    #[serde(borrow)]
    http_source_name: Cow<'a, str>,
    #[serde(borrow, default)]
    http_source_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow)]
    http_request: HttpRequest<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpRequest<'a> {
    #[serde(borrow, default)]
    client_ip: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    uri: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    request_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    headers: Vec<Header<'a>>,
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

/// What a record says; `None` when it is none of a user pool.
pub fn parse<'a>(json: &'a str, context: &Context<'a>) -> Option<Record<'a>> {
    memchr::memmem::find(json.as_bytes(), b"COGNITOIDP")?;
    let log: Log<'a> = serde_json::from_str(json).ok()?;
    if log.http_source_name != "COGNITOIDP" {
        return None;
    }
    let time = time::from_millis(log.timestamp)?;
    if log.action == "ALLOW" || log.action == "COUNT" {
        return Some(Record::Unwanted(Seen {
            time: Some(time),
            source: SourceKind::Waf,
            ..Seen::default()
        }));
    }
    let arn: Vec<&str> = log
        .http_source_id
        .as_deref()
        .unwrap_or_default()
        .split(':')
        .collect();
    let pool = arn
        .last()
        .map(|last| last.trim_start_matches("userpool/").to_owned());
    let part = |at: usize| {
        let part = arn
            .get(at)
            .filter(|part| arn.len() >= 6 && !part.is_empty());
        part.map(|part| Cow::Owned((*part).to_owned()))
    };
    let header = |name: &str| {
        let headers = &log.http_request.headers;
        let found = headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| header.value.clone())
    };
    let uri = log.http_request.uri.clone().unwrap_or_default();
    Some(Record::Request(Request {
        time,
        source: SourceKind::Waf,
        event_id: context.event_id.clone(),
        request_id: log.http_request.request_id.clone(),
        account: part(4).or_else(|| context.account.clone()),
        region: part(3).or_else(|| context.region.clone()),
        user_pool: pool.filter(|pool| pool.contains('_')).map(Cow::Owned),
        client: header("x-amzn-cognito-client-id"),
        domain: header("host"),
        stream: context.stream.clone(),
        endpoint: at(&uri, header("x-amzn-cognito-operation-name")),
        grant: None,
        redirect_uri: None,
        scopes: None,
        identity_provider: None,
        auth_method: None,
        outcome: Outcome::Failed(Cow::Borrowed("waf_block")),
        principal: None,
        source_ip: log.http_request.client_ip,
        ..Request::default()
    }))
}

fn at<'a>(uri: &str, operation: Option<Cow<'a, str>>) -> Cow<'a, str> {
    let known = match uri {
        "/oauth2/token" => endpoint::TOKEN,
        "/oauth2/authorize" => endpoint::AUTHORIZE,
        "/oauth2/revoke" => endpoint::REVOKE,
        "/oauth2/userInfo" => endpoint::USER_INFO,
        "/logout" => endpoint::LOGOUT,
        _ if uri.starts_with("/login") => endpoint::LOGIN,
        _ if uri.ends_with("idpresponse") => endpoint::IDP_RESPONSE,
        _ => return operation.unwrap_or_else(|| Cow::Owned(uri.to_owned())),
    };
    Cow::Borrowed(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocked_request_of_a_pool() {
        let json = r#"{"timestamp":1772442730000,"formatVersion":1,"webaclId":"arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/EXAMPLE/1","terminatingRuleId":"rate","terminatingRuleType":"RATE_BASED","action":"BLOCK","httpSourceName":"COGNITOIDP","httpSourceId":"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE","httpRequest":{"clientIp":"192.0.2.9","country":"NL","headers":[{"name":"x-amzn-cognito-client-id","value":"1aaaaaaaaaaaaaaaaaaexample"}],"uri":"/oauth2/token","args":"","httpVersion":"HTTP/2.0","httpMethod":"POST","requestId":"r-1"}}"#;
        let Some(Record::Request(request)) = parse(json, &Context::default()) else {
            panic!("a request")
        };
        assert_eq!(request.endpoint, "token");
        assert_eq!(request.user_pool.as_deref(), Some("eu-west-1_EXAMPLE"));
        assert_eq!(request.account.as_deref(), Some("111122223333"));
        assert_eq!(
            request.client.as_deref(),
            Some("1aaaaaaaaaaaaaaaaaaexample")
        );
        let allowed = json.replace("BLOCK", "ALLOW");
        assert!(matches!(
            parse(&allowed, &Context::default()),
            Some(Record::Unwanted(_))
        ));
        assert_eq!(parse("{}", &Context::default()), None);
    }
}
