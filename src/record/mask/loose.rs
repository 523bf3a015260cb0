//! Secrets that a line tells of in words: `client secret is x7…`, `secret(x7…)`, `/code/x7…`. With no
//! mark between a name and its value, only what looks like a secret is one.

use std::ops::Range;

use super::{
    find::{Finder, Text},
    view::View,
};

/// So many signs stand between a name and its value at most.
const WIDEST: usize = 16;
/// Words that say of a name what its value is.
const SAYS: [&str; 9] = [
    "is", "was", "be", "of", "to", "value", "with", "some", "string",
];
/// Shorter words are no secrets.
const SHORTEST: usize = 6;
const LONGEST: usize = 512;

/// The value of a name that ends before `place`.
pub fn behind_word(finder: &Finder<'_>, place: usize) -> Option<Range<usize>> {
    let view = finder.view;
    if finder.text != Text::Line || !ends_word(view, place) {
        return None;
    }
    finder.name_before(place)?;
    let start = behind_gap(view, place)?;
    let length = view.0.get(start..)?.iter().take(LONGEST);
    let part = |c: char| c.is_alphanumeric() || "-_.~+/=:!@#$%^*".contains(c);
    let end = start + length.take_while(|sign| part(sign.is)).count();
    let word = view.text(start..end);
    let tail = word.len() - word.trim_end_matches(['.', ':', '!']).len();
    is_like_a_secret(&word).then_some(start..end - tail)
}

fn ends_word(view: &View, place: usize) -> bool {
    let before = place.checked_sub(1).and_then(|at| view.is(at));
    let after = view.is(place);
    before.is_some_and(char::is_alphanumeric)
        && after.is_some_and(|c| c.is_whitespace() || "-([{/;|:=\"'>".contains(c))
}

/// Where a value begins behind marks and words that lead to it.
fn behind_gap(view: &View, place: usize) -> Option<usize> {
    let mark = |c: char| c.is_whitespace() || "-([{/;|:=\"'>,".contains(c);
    let mut at = place;
    loop {
        let marks = (at..)
            .take_while(|at| view.is(*at).is_some_and(mark))
            .count();
        at += marks;
        let letter = |at: &usize| view.is(*at).is_some_and(char::is_alphabetic);
        let letters = (at..at + WIDEST).take_while(letter).count();
        let says = SAYS.contains(&view.text(at..at + letters).to_lowercase().as_str());
        let is_word = view.is(at + letters).is_some_and(mark);
        if at + letters > place + WIDEST || marks == 0 {
            return None;
        }
        match says && is_word {
            true => at += letters,
            false => return Some(at),
        }
    }
}

/// Whether a word is neither language nor an id: letters and digits, mixed.
fn is_like_a_secret(word: &str) -> bool {
    let word = word.trim_end_matches(['=', '.', ':', '!']);
    let has = |kind: fn(char) -> bool| word.chars().any(kind);
    let is_name = |part: &str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        digits == 0 || digits == part.len() && digits <= 5 || part.len() <= 3
    };
    let is_named = word.split(['-', '_', '.', '/']).all(is_name);
    let is_path = word.contains(['/', ':', '=']);
    let is_uuid = word.len() == 36 && word.bytes().filter(|byte| *byte == b'-').count() == 4;
    (SHORTEST..LONGEST).contains(&word.len())
        && has(|c| c.is_ascii_digit())
        && has(char::is_alphabetic)
        && !is_named
        && !is_path
        && !is_uuid
}
