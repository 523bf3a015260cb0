//! Configuration writes: who changed what, with secrets masked.

use std::borrow::Cow;

use super::{
    Envelope,
    value::{Members, Raw, Scalar, member, text},
};
use crate::{
    queries,
    record::{Change, mask},
};

/// A longer request of a release is not kept.
const LONGEST_OF_RELEASE: usize = 16 << 10;
/// So many characters of an error's text are kept.
const LONGEST_MESSAGE: usize = 1_024;

/// The change a record tells of.
///
/// # Errors
///
/// It has no readable time.
pub fn of(record: &Envelope<'_>) -> Result<Change, String> {
    let request = record.request_parameters;
    let response = record.response_elements;
    let owned = |text: &Option<Cow<'_, str>>| text.as_ref().map(|text| text.clone().into_owned());
    let named = |name: &str| {
        let asked = request
            .and_then(|request| member(request, name))
            .and_then(text);
        let answered = || response.and_then(|response| inside(response, name));
        asked.or_else(answered).map(Cow::into_owned)
    };
    let (actor, actor_chain) = actor(record);
    let (request_kept, response_kept) = kept(record);
    let change = Change {
        time: record.time()?,
        event_id: owned(&record.event_id).unwrap_or_default(),
        name: owned(&record.event_name).unwrap_or_default(),
        service: owned(&record.event_source).unwrap_or_default(),
        account: record.account().map(Cow::into_owned),
        region: owned(&record.aws_region),
        user_pool: named("userPoolId")
            .or_else(|| pool_of_arn(request))
            .or_else(|| created(record)),
        client: named("clientId"),
        actor,
        actor_chain,
        tool: tool(record),
        source_ip: owned(&record.source_ip),
        request: masked(request_kept).map(|request| without_value(record, request)),
        response: masked(response_kept),
        error_message: record.error().and_then(|_| refusal(record)),
        error: record.error().map(Cow::into_owned),
    };
    Ok(with_plain_names(change))
}

impl Change {
    /// The change without secrets, of whoever kept it.
    pub fn without_secrets(mut self) -> Self {
        for json in [&mut self.request, &mut self.response]
            .into_iter()
            .flatten()
        {
            *json = mask::settings(json);
        }
        if let Some(message) = &mut self.error_message {
            *message = mask::text(message).into_owned();
        }
        with_plain_names(self)
    }
}

/// A change whose names hold no secrets; what it asked and was answered holds none already.
fn with_plain_names(mut change: Change) -> Change {
    let optional = [
        &mut change.account,
        &mut change.region,
        &mut change.user_pool,
        &mut change.client,
        &mut change.actor,
        &mut change.source_ip,
        &mut change.error,
    ];
    let names = [&mut change.event_id, &mut change.name, &mut change.service];
    let all = optional.into_iter().flatten().chain(names);
    for text in all.chain(&mut change.actor_chain) {
        if let Cow::Owned(masked) = mask::field(text) {
            *text = masked;
        }
    }
    change
}

/// What the log says of a refused call, without secrets.
fn refusal(record: &Envelope<'_>) -> Option<String> {
    let text = record.error_message.as_deref();
    let text = text.filter(|text| !text.is_empty())?;
    let short: String = text.chars().take(LONGEST_MESSAGE).collect();
    Some(mask::text(&short).into_owned())
}

/// What is kept of request and response. A release repeats a whole task definition in both, of which
/// nothing but who released what and when is asked; a call on one user is counted.
fn kept<'a>(record: &Envelope<'a>) -> (Option<Raw<'a>>, Option<Raw<'a>>) {
    let [service, name] = [&record.event_source, &record.event_name].map(|text| text.as_deref());
    let (service, name) = (service.unwrap_or_default(), name.unwrap_or_default());
    if queries::is_on_users(service, name) {
        return (None, None);
    }
    if queries::is_release(service, name) {
        let short = |request: &Raw<'_>| request.get().len() <= LONGEST_OF_RELEASE;
        return (record.request_parameters.filter(short), None);
    }
    (record.request_parameters, record.response_elements)
}

/// JSON of a member that is an object, with its secrets masked.
fn masked(value: Option<Raw<'_>>) -> Option<String> {
    let json = value?.get();
    if let Ok(text) = serde_json::from_str::<String>(json) {
        // Some exports write objects as strings.
        return text.starts_with('{').then(|| mask::settings(&text));
    }
    json.starts_with('{').then(|| mask::settings(json))
}

/// A parameter's value, which AWS hides, hidden in any case. Elsewhere values are settings.
fn without_value(record: &Envelope<'_>, request: String) -> String {
    match record.event_source.as_deref() {
        Some("ssm.amazonaws.com") => mask::member(&request, "value"),
        _ => request,
    }
}

/// A text one level inside a response: `userPoolClient.clientId`.
fn inside<'a>(response: Raw<'a>, name: &str) -> Option<Cow<'a, str>> {
    let parts = Members::of(response)?;
    parts.values().find_map(|part| text(member(part, name)?))
}

/// The pool that a call created.
fn created(record: &Envelope<'_>) -> Option<String> {
    let pool = member(record.response_elements?, "userPool")?;
    member(pool, "id").and_then(text).map(Cow::into_owned)
}

/// The pool that a resource ARN names: `arn:aws:cognito-idp:…:userpool/ID`.
fn pool_of_arn(request: Option<Raw<'_>>) -> Option<String> {
    let arn = member(request?, "resourceArn").and_then(text)?;
    let (service, pool) = arn.split_once(":userpool/")?;
    service.contains(":cognito-idp:").then(|| pool.to_owned())
}

/// Who called, and the chain from the person or role the session came from.
fn actor(record: &Envelope<'_>) -> (Option<String>, Vec<String>) {
    let Some(identity) = record.user_identity else {
        return (None, Vec::new());
    };
    let identity = Members::of(identity);
    let get = |name: &str| identity.as_ref().and_then(|identity| identity.get(name));
    let of = |name: &str| get(name).and_then(text).map(Cow::into_owned);
    let session = get("sessionContext");
    let issuer = session.and_then(|session| member(session, "sessionIssuer"));
    let mut chain = Vec::new();
    let source = session
        .and_then(|session| member(session, "sourceIdentity"))
        .and_then(text);
    chain.extend(source.map(Cow::into_owned));
    let role = issuer
        .and_then(|issuer| member(issuer, "arn"))
        .and_then(text);
    chain.extend(role.map(Cow::into_owned));
    let actor = of("arn")
        .or_else(|| of("invokedBy"))
        .or_else(|| of("userName"))
        .or_else(|| of("principalId"));
    chain.extend(actor.clone());
    chain.extend(of("invokedBy").filter(|by| Some(by) != actor.as_ref()));
    chain.dedup();
    (actor, chain)
}

/// What the call was made with.
fn tool(record: &Envelope<'_>) -> Option<String> {
    let agent = record.user_agent.as_deref().unwrap_or_default();
    let lower = agent.to_ascii_lowercase();
    let console = record
        .session_credential_from_console
        .as_ref()
        .is_some_and(Scalar::is_true);
    const TOOLS: [(&str, &str); 14] = [
        ("terraform", "terraform"),
        ("opentofu", "opentofu"),
        ("pulumi", "pulumi"),
        ("cloudformation.amazonaws.com", "cloudformation"),
        ("aws-cdk", "cdk"),
        ("cdk/", "cdk"),
        ("amplify", "amplify"),
        ("serverless", "serverless"),
        ("aws-cli", "aws-cli"),
        ("signin.amazonaws.com", "console"),
        ("console.amazonaws.com", "console"),
        ("mozilla/", "console"),
        ("boto3", "boto3"),
        ("aws-sdk", "sdk"),
    ];
    let known = TOOLS.into_iter().find(|(mark, _)| lower.contains(mark));
    match (console, known) {
        (true, _) => Some("console".to_owned()),
        (false, Some((_, tool))) => Some(tool.to_owned()),
        (false, None) if lower.contains("aws internal") => Some("AWS Internal".to_owned()),
        (false, None) => None,
    }
}
