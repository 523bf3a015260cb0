//! Lines of an application's log that tell how an OAuth request ended (domain.md §1.h).
//!
//! The error code comes from a closed set and must be said of a request: as JSON `error`, as
//! `error=` in a URL, behind a library's prefix, or in a line about tokens. A description is never
//! matched on. Where no code is said, a status, a failure of the network on the way to a sign-in
//! host, or plain words tell how it ended, in this order.

use std::borrow::Cow;

use super::{Outcome, Record, Request, SERVICE, Seen, SourceKind, context::Context};
use crate::queries::{endpoint, is_sign_in_api, outcome::is_network};

mod about;
mod attributes;
mod clock;
mod entry;
mod layers;
mod message;
mod network;
mod outcome;
mod status;
mod words;

use attributes::Attributes;
use entry::Entry;
use outcome::Told;

/// What a line says; a line of no interest may still name the client its stream belongs to.
pub fn parse<'a>(line: &'a str, context: &Context<'a>) -> Record<'a> {
    let entry = Entry::read(line);
    if let Some(inner) = entry.wrapped() {
        return match parse_entry(&Entry::read(inner), context) {
            Record::Request(request) => Record::Request(request.into_owned()),
            Record::Unwanted(seen) => {
                let own =
                    |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
                unwanted(own(seen.client), own(seen.stream), context)
            }
            _ => unwanted(None, context.stream.clone(), context),
        };
    }
    parse_entry(&entry, context)
}

fn parse_entry<'a>(entry: &Entry<'a>, context: &Context<'a>) -> Record<'a> {
    let told = outcome::of(entry).and_then(|told| Some((endpoint_of(entry.raw, &told)?, told)));
    let time = || context.time.or_else(|| clock::of(entry));
    let Some(((at, told), time)) = told.and_then(|told| Some((told, time()?))) else {
        let client = attributes::client(entry);
        return unwanted(client, stream(entry, context), context);
    };
    let attributes = Attributes::find(entry);
    let implied = (at == endpoint::AUTHORIZE).then_some(Cow::Borrowed("authorization_code"));
    let request = Request {
        time,
        source: SourceKind::Application,
        event_id: context.event_id.clone(),
        request_id: attributes.request_id,
        account: context.account.clone(),
        region: context.region.clone(),
        user_pool: attributes.user_pool,
        client: attributes.client,
        domain: attributes.domain,
        stream: stream(entry, context),
        endpoint: at,
        grant: attributes.grant.or(implied),
        redirect_uri: attributes.redirect_uri,
        principal: attributes.sub,
        agent: attributes.agent,
        ..Request::default()
    };
    Record::Request(match told {
        Told::Ok(known_by) => Request {
            known_by,
            ..request
        },
        Told::Failed(failure) => Request {
            message: message::of(entry, &failure.mark).map(Cow::Owned),
            known_by: failure.known_by,
            outcome: Outcome::Failed(failure.code),
            ..request
        },
    })
}

/// The log that a line stands in, and in it the service that the line names as its own.
fn stream<'a>(entry: &Entry<'_>, context: &Context<'a>) -> Option<Cow<'a, str>> {
    let stream = context.stream.as_ref()?;
    Some(match entry.service() {
        Some(service) => Cow::Owned(format!("{stream}{SERVICE}{service}")),
        None => stream.clone(),
    })
}

fn unwanted<'a>(
    client: Option<Cow<'a, str>>,
    stream: Option<Cow<'a, str>>,
    context: &Context<'a>,
) -> Record<'a> {
    Record::Unwanted(Seen {
        // A line's own time tells nothing of what was looked at.
        time: context.time,
        account: context.account.clone(),
        region: context.region.clone(),
        source: SourceKind::Application,
        client,
        stream,
        ..Seen::default()
    })
}

/// A refused redirect is an authorize request; SDK exceptions are told of a sign-in API; everything
/// else a log of tokens tells of the token endpoint. No endpoint is that of a call that signs nobody
/// in.
fn endpoint_of(line: &str, told: &Told) -> Option<Cow<'static, str>> {
    let Told::Failed(failure) = told else {
        return Some(Cow::Borrowed(endpoint::TOKEN));
    };
    let authorize = ["redirect_mismatch", "login_required"].contains(&failure.code.as_ref())
        || failure.in_url
        || line.contains("Error handling auth response")
        || line.contains("AuthorizationError");
    if failure.code.ends_with("Exception") {
        return call(line);
    }
    if authorize {
        return Some(Cow::Borrowed(endpoint::AUTHORIZE));
    }
    let network = is_network(&failure.code);
    let lower = network.then(|| line.to_ascii_lowercase());
    match lower.as_deref().map(|line| (line, network::endpoint(line))) {
        Some((_, Some(endpoint))) => Some(endpoint),
        Some((line, None)) if line.contains("cognito-idp") => call(line),
        _ => Some(Cow::Borrowed(endpoint::TOKEN)),
    }
}

/// The call that a line tells of; none where it signs nobody in.
fn call(line: &str) -> Option<Cow<'static, str>> {
    let marks = [
        "when calling the ",
        "Cognito Identity Provider: ",
        "AWSCognitoIdentityProviderService.",
    ];
    let named = marks.iter().find_map(|mark| {
        let (_, rest) = line.split_once(mark)?;
        rest.split(|c: char| !c.is_ascii_alphanumeric()).next()
    });
    match named {
        Some(name) => is_sign_in_api(name).then(|| Cow::Owned(name.to_owned())),
        None => Some(Cow::Borrowed("InitiateAuth")),
    }
}

#[cfg(test)]
mod tests;
