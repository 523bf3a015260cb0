//! What a line says of an error beside its code: the error's own words, masked and short.

use std::borrow::Cow;

use crate::record::mask;

/// So much of a message is kept.
const LONGEST: usize = 240;

/// The description that came with an error, else the line that told it; `mark` is what told it, in
/// lower case.
pub fn of(raw: &str, said: &str, mark: &str) -> Option<String> {
    let words = described(raw).unwrap_or_else(|| Cow::Borrowed(telling(said, mark)));
    let words = words.trim();
    let masked = mask::text(words);
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

/// The innermost line that holds the mark.
fn telling<'a>(said: &'a str, mark: &str) -> &'a str {
    let mut lines = said.lines();
    let first = lines.next().unwrap_or_default();
    if mark.is_empty() {
        return first;
    }
    let found = said
        .lines()
        .find(|line| line.to_ascii_lowercase().contains(mark));
    found.unwrap_or(first)
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
                "Message contains error: 'invalid_grant', error_description: 'No'",
                "x",
                "No",
            ),
        ] {
            assert_eq!(of(raw, raw, mark).as_deref(), Some(expected), "{raw}");
        }
        let long = "é".repeat(500);
        assert_eq!(
            of(&long, &long, "").map(|text| text.chars().count()),
            Some(240)
        );
    }
}
