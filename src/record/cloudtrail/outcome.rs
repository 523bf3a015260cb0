//! How a request of the trail ended, from every member that tells of it.
//!
//! AWS documents `errorCode` and `errorMessage`. Records hold the error in the response's parameters
//! too, in the query of the page that a refused request lands on, or as a text alone; `errorCode` may
//! be the status, or empty on success (domain.md §8, §11).

use std::borrow::Cow;

use super::{
    Envelope,
    value::{Members, Raw, Scalar},
};
use crate::{
    queries::endpoint,
    record::{KnownBy, Outcome, error_code},
};

/// So much of a message is kept: as long as AWS writes them.
const LONGEST_MESSAGE: usize = 240;

/// An outcome, how it is known, and what is said of it beside the code.
#[derive(Default)]
pub struct Ended<'a> {
    pub outcome: Outcome<'a>,
    pub known_by: KnownBy,
    pub message: Option<Cow<'a, str>>,
}

/// How a call of the API ended.
pub fn of_call<'a>(record: &Envelope<'a>, data: Option<&Members<'a>>) -> Ended<'a> {
    if record.error_code.is_none() && record.error_message.is_none() {
        return Ended::default();
    }
    let beside = |name: &str| data.and_then(|data| data.text(name));
    let codes = [record.error(), beside("errorCode")];
    let messages = [filled(&record.error_message), beside("errorMessage")];
    ended(codes, messages, None)
}

/// How a request to an endpoint ended; `form` is what was asked.
///
/// # Errors
///
/// The status is not readable.
pub fn of_request<'a>(
    record: &Envelope<'a>,
    at: &str,
    form: Option<&Members<'a>>,
    data: Option<&Members<'a>>,
) -> Result<Ended<'a>, String> {
    let response = data.and_then(|data| data.get("responseParameters"));
    let response = response.and_then(Members::of);
    let answered = |name: &str| response.as_ref().and_then(|response| response.text(name));
    let asked = |name: &str| form.and_then(|form| form.text(name));
    let beside = |name: &str| data.and_then(|data| data.text(name));
    let status = response
        .as_ref()
        .and_then(|response| response.get("status"));
    let status = status.map(http_status).transpose()?;
    let codes = [
        record.error(),
        asked("error"),
        answered("error"),
        beside("error"),
    ];
    let messages = [
        filled(&record.error_message),
        asked("error_description"),
        answered("error_description"),
        beside("error_description"),
    ];
    let ended = ended(codes, messages, status);
    let refused = at == endpoint::ERROR_PAGE && matches!(ended.outcome, Outcome::Ok);
    Ok(match refused {
        true => Ended {
            outcome: Outcome::Failed(Cow::Borrowed("http_400")),
            ..ended
        },
        false => ended,
    })
}

/// The first code that says why, else one in the place of a message, else any code, else the status.
fn ended<'a, const C: usize, const M: usize>(
    codes: [Option<Cow<'a, str>>; C],
    messages: [Option<Cow<'a, str>>; M],
    status: Option<u16>,
) -> Ended<'a> {
    let mut codes = codes.into_iter().flatten().map(error_code::short);
    let message = messages.into_iter().flatten().next();
    let first = codes.next();
    let accepted = status.is_some_and(|status| status < 300);
    let status = status.filter(|status| *status >= 400);
    // A text beside a page that was served is no refusal.
    if first.is_none() && (message.is_none() || accepted) {
        return Ended {
            outcome: status.map_or(Outcome::Ok, of_status),
            message: message.map(shortened),
            ..Ended::default()
        };
    }
    let numeric = first.as_deref().and_then(error_code::status);
    let all = first.into_iter().chain(codes);
    let named: Vec<Cow<'a, str>> = all
        .filter(|code| error_code::status(code).is_none())
        .collect();
    let informative = named.iter().find(|code| error_code::is_informative(code));
    let in_message = message.as_deref().and_then(error_code::in_message);
    let in_message = in_message.map(|code| Cow::Owned(code.to_owned()));
    let code = informative
        .cloned()
        .or(in_message)
        .or_else(|| named.into_iter().next());
    let known_by = match code.is_some() || message.is_some() {
        true => KnownBy::Error,
        false => KnownBy::Status,
    };
    let neutral = || of_status(status.or(numeric).unwrap_or(400));
    Ended {
        outcome: code.map_or_else(neutral, Outcome::Failed),
        known_by,
        message: message.map(shortened),
    }
}

fn of_status<'a>(status: u16) -> Outcome<'a> {
    Outcome::Failed(match status {
        400 => Cow::Borrowed("http_400"),
        _ => Cow::Owned(format!("http_{status}")),
    })
}

fn filled<'a>(text: &Option<Cow<'a, str>>) -> Option<Cow<'a, str>> {
    text.clone().filter(|text| !text.trim().is_empty())
}

fn shortened(message: Cow<'_, str>) -> Cow<'_, str> {
    let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) else {
        return message;
    };
    // Half a word may be half a secret, which nobody would know for one.
    let short = &message[..end];
    let words = short.rsplit_once(char::is_whitespace);
    Cow::Owned(words.map_or(short, |(words, _)| words).to_owned())
}

/// A status as integer, float or text, alone or in an array, as parameters stand.
fn http_status(status: Raw<'_>) -> Result<u16, String> {
    let listed = || serde_json::from_str::<Vec<Scalar<'_>>>(status.get()).ok();
    let one = serde_json::from_str::<Scalar<'_>>(status.get()).ok();
    one.and_then(|status| status.number())
        .or_else(|| listed()?.first()?.number())
        .filter(|status| status.fract() == 0.0 && (100.0..600.0).contains(status))
        .map(|status| status as u16)
        .ok_or_else(|| "has no readable `status`".to_owned())
}
