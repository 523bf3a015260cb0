//! Lines of an application's log that tell how an OAuth request ended (domain.md §1.h).
//!
//! The error code comes from a closed set and must be said of a request: as JSON `error`, as
//! `error=` in a URL, behind a library's prefix, or in a line about tokens. A description is never
//! matched on.

use std::borrow::Cow;

use super::{Outcome, Record, Request, Seen, SourceKind, context::Context};
use crate::queries::endpoint;

mod attributes;
mod outcome;

use attributes::Attributes;
use outcome::Told;

/// What a line says; a line of no interest may still name the client its stream belongs to.
pub fn parse<'a>(line: &'a str, context: &Context<'a>) -> Record<'a> {
    let attributes = Attributes::find(line);
    let time = context.time.or(attributes.time);
    let told = outcome::of(line);
    let (Some(told), Some(time)) = (told, time) else {
        return Record::Unwanted(Seen {
            // A line's own time tells nothing of what was looked at.
            time: context.time,
            account: context.account.clone(),
            region: context.region.clone(),
            source: SourceKind::Application,
            client: attributes.client,
            stream: context.stream.clone(),
            ..Seen::default()
        });
    };
    let at = endpoint_of(line, &told);
    let implied = (at == endpoint::AUTHORIZE).then_some(Cow::Borrowed("authorization_code"));
    Record::Request(Request {
        time,
        source: SourceKind::Application,
        event_id: context.event_id.clone(),
        request_id: attributes.request_id,
        account: context.account.clone(),
        region: context.region.clone(),
        user_pool: attributes.user_pool,
        client: attributes.client,
        domain: attributes.domain,
        stream: context.stream.clone(),
        endpoint: Cow::Borrowed(at),
        grant: attributes.grant.or(implied),
        redirect_uri: attributes.redirect_uri,
        scopes: None,
        identity_provider: None,
        auth_method: None,
        outcome: match told {
            Told::Ok => Outcome::Ok,
            Told::Failed { code, .. } => Outcome::Failed(Cow::Borrowed(code)),
        },
        principal: attributes.sub,
        source_ip: None,
        ..Request::default()
    })
}

/// A refused redirect is an authorize request; everything else a log of tokens tells of the token
/// endpoint; SDK exceptions of a sign-in API.
fn endpoint_of(line: &str, told: &Told) -> &'static str {
    match told {
        Told::Failed { code, .. } if code.ends_with("Exception") => "InitiateAuth",
        Told::Failed {
            code: "redirect_mismatch" | "login_required",
            ..
        } => endpoint::AUTHORIZE,
        Told::Failed { in_url: true, .. } => endpoint::AUTHORIZE,
        Told::Failed { .. } if line.contains("Error handling auth response") => endpoint::AUTHORIZE,
        Told::Failed { .. } if line.contains("AuthorizationError") => endpoint::AUTHORIZE,
        _ => endpoint::TOKEN,
    }
}

#[cfg(test)]
mod tests;
