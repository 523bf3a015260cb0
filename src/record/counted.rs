//! Rows of a query that counted: attempts of one kind in one minute.
//!
//! Athena's answer to `queries/athena/counts.sql` and what Logs Insights saves of
//! `token-requests-per-minute`; the columns are those of the counts frame.

use std::borrow::Cow;

use super::{Outcome, Request, SourceKind, time};
use crate::queries::endpoint;

/// Attempts of one kind in one minute.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted<'a> {
    /// The kind; its time is that of the first.
    pub request: Request<'a>,
    /// The time of the last.
    pub last: chrono::DateTime<chrono::Utc>,
    /// How many.
    pub requests: u64,
    /// How many when the repeats of a known principal are collapsed.
    pub callers: u64,
    /// The seconds of the minute that had one, a bit for each; `None`: not told.
    pub seconds: Option<u64>,
}

impl Counted<'_> {
    /// The counts without their row.
    pub fn into_owned<'a>(self) -> Counted<'a> {
        Counted {
            request: self.request.into_owned(),
            last: self.last,
            requests: self.requests,
            callers: self.callers,
            seconds: self.seconds,
        }
    }
}

/// What a row says, given its cells by column; `None` when it counts nothing.
///
/// # Errors
///
/// What is wrong with a row that counts.
pub fn parse<'a>(of: impl Fn(&str) -> Option<&'a str>) -> Option<Result<Counted<'a>, String>> {
    let requests = of("requests")?;
    let first = of("first_time").or_else(|| of("first"))?;
    let last = of("last_time").or_else(|| of("last"))?;
    Some(row(requests, first, last, of))
}

fn row<'a>(
    requests: &str,
    first: &str,
    last: &str,
    of: impl Fn(&str) -> Option<&'a str>,
) -> Result<Counted<'a>, String> {
    let number = |text: &str, name: &str| {
        let number = text.parse::<f64>().ok();
        let number = number.filter(|number| (0.0..1e15).contains(number));
        let number = number.map(|number| number as u64);
        number.ok_or_else(|| format!("has no readable `{name}`"))
    };
    let time = |text: &str| {
        time::from_text(text).ok_or_else(|| "has no readable time of its attempts".to_owned())
    };
    let told = |name: &str| of(name).filter(|text| !text.is_empty()).map(Cow::Borrowed);
    let requests = number(requests, "requests")?;
    let callers = match of("callers") {
        Some(callers) => number(callers, "callers")?.min(requests),
        None => requests,
    };
    let (first, last) = (time(first)?, time(last)?);
    let outcome = match told("status") {
        None => Outcome::Ok,
        Some(status) => match number(&status, "status")? {
            status @ 400..600 => Outcome::Failed(Cow::Owned(format!("http_{status}"))),
            100..400 => Outcome::Ok,
            _ => return Err("has no readable `status`".to_owned()),
        },
    };
    Ok(Counted {
        request: Request {
            time: first.min(last),
            source: SourceKind::Trail,
            event_id: None,
            request_id: None,
            account: told("account"),
            region: told("region"),
            user_pool: told("user_pool").or_else(|| told("pool")),
            client: told("client"),
            domain: told("domain"),
            stream: None,
            endpoint: told("endpoint").unwrap_or(Cow::Borrowed(endpoint::TOKEN)),
            grant: told("grant_type").or_else(|| told("grant")),
            redirect_uri: told("redirect_uri"),
            scopes: told("scopes"),
            identity_provider: told("identity_provider"),
            auth_method: told("auth_method"),
            outcome,
            principal: None,
            source_ip: None,
            ..Request::default()
        },
        last: last.max(first),
        requests,
        callers,
        seconds: of("seconds").and_then(|seconds| seconds.parse().ok()),
    })
}
