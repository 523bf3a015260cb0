//! Attempts: endpoint events and sign-in API calls.

use std::borrow::Cow;

use super::{
    Envelope, outcome,
    value::{Members, Raw, member, text},
};
use crate::{
    queries::endpoint,
    record::{Request, SourceKind, edges, mask},
};

/// A request to an endpoint of the pool's domain (`AwsServiceEvent`): everything stands in
/// `additionalEventData`, form members as arrays of strings.
pub fn endpoint<'a>(record: &Envelope<'a>, name: &Cow<'a, str>) -> Result<Request<'a>, String> {
    let data = record.additional_event_data.and_then(Members::of);
    let form = data.as_ref().and_then(|data| data.get("requestParameters"));
    let form = form.and_then(Members::of);
    let of = |name: &str| form.as_ref().and_then(|form| form.text(name));
    let beside = |name: &str| data.as_ref().and_then(|data| data.text(name));
    let at = endpoint_of(name);
    let posted = of("client_id");
    let own = beside("clientId");
    let auth_method = (at == endpoint::TOKEN).then_some(match (&posted, &own) {
        (Some(_), _) => Some("post"),
        (None, Some(_)) => Some("basic"),
        (None, None) => None,
    });
    let host = || text(member(record.tls_details?, "clientProvidedHostHeader")?);
    let ended = outcome::of_request(record, at, form.as_ref(), data.as_ref())?;
    Ok(Request {
        time: record.time()?,
        source: SourceKind::Trail,
        event_id: record.event_id.clone(),
        request_id: record.request_id.clone(),
        account: record.account(),
        region: record.aws_region.clone(),
        user_pool: beside("userPoolId"),
        client: posted.or(own).or_else(|| in_request(record, "clientId")),
        domain: beside("userPoolDomain").or_else(host),
        stream: None,
        endpoint: known_or_own(at, name),
        grant: grant(at, of("grant_type"), of("response_type")),
        redirect_uri: of("redirect_uri"),
        scopes: of("scope").map(sorted),
        identity_provider: of("identity_provider").or_else(|| of("idp_identifier")),
        auth_method: auth_method.flatten().map(Cow::Borrowed),
        outcome: ended.outcome,
        known_by: ended.known_by,
        message: ended.message,
        principal: beside("sub").or_else(|| of("sub")),
        source_ip: record.source_ip.clone(),
        agent: record.user_agent.clone(),
    })
}

/// A sign-in API call (`AwsApiCall`).
pub fn sign_in<'a>(record: &Envelope<'a>, name: &Cow<'a, str>) -> Result<Request<'a>, String> {
    let data = record.additional_event_data.and_then(Members::of);
    let beside = |name: &str| data.as_ref().and_then(|data| data.text(name));
    let asked = record.request_parameters.and_then(Members::of);
    let asked = |name: &str| asked.as_ref().and_then(|asked| asked.text(name));
    let flow = asked("authFlow").or_else(|| asked("challengeName"));
    let implied = match &**name {
        "GetTokensFromRefreshToken" => Some("refresh_token"),
        "GetClientToken" => Some("client_credentials"),
        _ => None,
    };
    let ended = outcome::of_call(record, data.as_ref());
    let scopes = (name == "GetClientToken").then(|| texts(record.request_parameters, "scopes"));
    let scopes = scopes.flatten();
    Ok(Request {
        time: record.time()?,
        source: SourceKind::Trail,
        event_id: record.event_id.clone(),
        request_id: record.request_id.clone(),
        account: record.account(),
        region: record.aws_region.clone(),
        user_pool: asked("userPoolId").or_else(|| beside("userPoolId")),
        client: asked("clientId").or_else(|| beside("clientId")),
        domain: None,
        stream: None,
        endpoint: name.clone(),
        grant: flow.or_else(|| implied.map(Cow::Borrowed)),
        redirect_uri: None,
        scopes: scopes.map(|scopes| sorted(scopes.into())),
        identity_provider: None,
        auth_method: None,
        outcome: ended.outcome,
        known_by: ended.known_by,
        message: ended.message,
        principal: beside("sub"),
        source_ip: record.source_ip.clone(),
        agent: record.user_agent.clone(),
    })
}

/// The texts of a list, with spaces between them.
fn texts(object: Option<Raw<'_>>, name: &str) -> Option<String> {
    let list = member(object?, name)?;
    let texts: Vec<Cow<'_, str>> = serde_json::from_str(list.get()).ok()?;
    (!texts.is_empty()).then(|| texts.join(" "))
}

fn in_request<'a>(record: &Envelope<'a>, name: &str) -> Option<Cow<'a, str>> {
    record
        .request_parameters
        .and_then(|request| member(request, name))
        .and_then(text)
}

/// Whether an event is of an endpoint by its name, whatever type it says it is of: no API operation
/// has an underscore in its name.
pub fn is_of_endpoint(name: &str) -> bool {
    name.contains('_') || name == "Logout" || name == "CognitoAuthentication"
}

/// The endpoint of an event name; `Beta_` variants and managed login (lower case) included.
fn endpoint_of(name: &str) -> &'static str {
    let name = name.strip_prefix("Beta_").unwrap_or(name);
    let begins = |with: &str| edges::begins(name.as_bytes(), with.as_bytes());
    match name {
        "Token_POST" => endpoint::TOKEN,
        "OAuth2_Authorize_GET" | "Authorize_GET" => endpoint::AUTHORIZE,
        "CognitoAuthentication" => endpoint::LOGIN,
        "Error_GET" => endpoint::ERROR_PAGE,
        "Logout" | "SAML2Logout_POST" => endpoint::LOGOUT,
        _ if begins("Login_") || begins("login_") => endpoint::LOGIN,
        _ if begins("OAuth2Response_") || begins("SAML2Response_") => endpoint::IDP_RESPONSE,
        _ if begins("UserInfo_") => endpoint::USER_INFO,
        _ if begins("Revoke") => endpoint::REVOKE,
        _ => "",
    }
}

fn known_or_own<'a>(known: &'static str, name: &Cow<'a, str>) -> Cow<'a, str> {
    match known {
        "" => name.clone(),
        known => Cow::Borrowed(known),
    }
}

/// The grant asked for; `response_type` says it before there is a token request.
fn grant<'a>(
    at: &str,
    grant_type: Option<Cow<'a, str>>,
    response_type: Option<Cow<'a, str>>,
) -> Option<Cow<'a, str>> {
    if at == endpoint::TOKEN || grant_type.is_some() {
        return grant_type;
    }
    match response_type.as_deref()? {
        "code" => Some(Cow::Borrowed("authorization_code")),
        "token" => Some(Cow::Borrowed("implicit")),
        _ => response_type,
    }
}

/// Scopes in one order.
fn sorted(scopes: Cow<'_, str>) -> Cow<'_, str> {
    if !scopes.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return scopes;
    }
    // A secret is told by the name before it.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" ./:_-".contains(&byte);
    let is_plain = scopes.bytes().all(plain) && !scopes.contains(": ") && !scopes.contains("--");
    let scopes = match is_plain {
        true => scopes,
        false => Cow::Owned(mask::field(&scopes).into_owned()),
    };
    let mut parts: Vec<&str> = scopes.split_ascii_whitespace().collect();
    parts.sort_unstable();
    parts.dedup();
    Cow::Owned(parts.join(" "))
}
