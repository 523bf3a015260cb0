//! What a line says of an error beside its code: the error's own words, masked and short.

use std::borrow::Cow;

use super::{
    clock,
    entry::{Entry, without_frames},
    layers,
};
use crate::record::mask;

/// So much of a message is kept.
const LONGEST: usize = 240;
/// So much is looked at: what stands in place of a secret may be shorter than it.
const LONGEST_READ: usize = 4_000;

/// The description that came with an error, else the sentence that told it, else the line of what
/// was said that did; `mark` is what told it, in lower case.
pub fn of(entry: &Entry<'_>, mark: &str) -> Option<String> {
    let words = described(entry.raw).map_or_else(|| telling(entry, mark), Cow::into_owned);
    let end = words.char_indices().nth(LONGEST_READ).map(|(end, _)| end);
    let words: Vec<&str> = words[..end.unwrap_or(words.len())]
        .split_whitespace()
        .collect();
    let words = words.join(" ");
    let masked = mask::text(&words);
    let end = masked.char_indices().nth(LONGEST).map(|(end, _)| end);
    let short = &masked[..end.unwrap_or(masked.len())];
    (!short.is_empty()).then(|| short.to_owned())
}

/// The value of `error_description`, in JSON (escaped or not) or in a query.
fn described(raw: &str) -> Option<Cow<'_, str>> {
    let (_, rest) = raw.split_once("error_description")?;
    if let Some(query) = rest.strip_prefix('=') {
        let quoted = query.trim_start_matches(['\\', '"', '\'']);
        let end = match quoted.len() < query.len() {
            true => quoted.find(['"', '\'', '\\']),
            false => quoted.find(|c: char| c.is_whitespace() || "&\"'\\#".contains(c)),
        };
        let value = &quoted[..end.unwrap_or(quoted.len())];
        let value = value.replace('+', " ").replace("%20", " ");
        return (!value.is_empty()).then_some(Cow::Owned(value));
    }
    let value = rest
        .trim_start_matches(['\\', '"', '\'', ' '])
        .strip_prefix(':')?;
    let value = value.trim_start_matches(' ');
    let quoted = value.trim_start_matches(['\\', '"', '\'']);
    let end = (quoted.len() < value.len()).then(|| quoted.find(['"', '\'', '\\']))?;
    let value = &quoted[..end.unwrap_or(quoted.len())];
    (!value.is_empty()).then_some(Cow::Borrowed(value))
}

fn telling(entry: &Entry<'_>, mark: &str) -> String {
    let sentence = entry.sentence();
    let holds = |text: &str| text.to_ascii_lowercase().contains(mark);
    if holds(&sentence) && layers::of(&sentence).len() == 1 {
        return clock::without(&sentence).to_owned();
    }
    let raw = without_frames(entry.raw);
    if !entry.is_structured() && holds(&raw) && layers::of(&raw).len() == 1 {
        return clock::without(&raw).to_owned();
    }
    let said = entry.said();
    let line = said.lines().find(|line| holds(line));
    clock::without(line.unwrap_or(&sentence)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_errors_own_words() {
        for (raw, mark, expected) in [
            (
                r#"token {"error":"invalid_grant","error_description":"Refresh Token has expired"}"#,
                "invalid_grant",
                "Refresh Token has expired",
            ),
            (
                r#"{"msg":"said {\"error\":\"invalid_grant\",\"error_description\":\"Unable to read\"}"}"#,
                "invalid_grant",
                "Unable to read",
            ),
            (
                "GET /cb?error=invalid_request&error_description=Client+is+not+enabled HTTP/1.1",
                "invalid_request",
                "Client is not enabled",
            ),
            (
                "first\nCaused by: connect timed out with code=secret",
                "timed out",
                "Caused by: connect timed out with code=HIDDEN_DUE_TO_SECURITY_REASONS",
            ),
            (
                "2026-03-02 10:00:00,500 ERROR token: 400\nResponse: {\"error\":\"invalid_grant\"}",
                "invalid_grant",
                "ERROR token: 400 Response: {\"error\":\"invalid_grant\"}",
            ),
            (
                "Message contains error: 'invalid_grant', error_description: 'No'",
                "x",
                "No",
            ),
        ] {
            let found = of(&Entry::read(raw), mark);
            assert_eq!(found.as_deref(), Some(expected), "{raw}");
        }
        let long = "é".repeat(500);
        let found = of(&Entry::read(&long), "");
        assert_eq!(found.map(|text| text.chars().count()), Some(240));
    }
}
