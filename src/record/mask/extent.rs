//! How far a value reaches: to its quote or bracket, or to where something else begins.

use std::ops::Range;

use super::{
    find::{Between, Finder, LONGEST_NAME, LONGEST_WORD, Name, is_quote},
    shape,
    view::Sign,
};

impl Finder<'_> {
    /// Where a value ends that begins at `start`.
    pub fn extent(
        &self,
        name: &Name,
        between: Between,
        start: usize,
        mark: Sign,
    ) -> Option<Range<usize>> {
        let first = self.view.at(start)?;
        if between == Between::Tag {
            const RAW: &str = "<![cdata[";
            let inner = match self.view.reads(start, RAW) {
                true => start + RAW.len(),
                false => start,
            };
            let end = (inner..).find(|at| self.view.is(*at).is_none_or(|c| "<]".contains(c)))?;
            return Some(inner..end);
        }
        if is_quote(first.is) {
            return Some(start + 1..self.end_of_quoted(start + 1, first));
        }
        if matches!(first.is, '[' | '{') && between != Between::Prose {
            return Some(self.bracketed(start));
        }
        Some(start..self.end_of_word(name, start, mark))
    }

    /// Where a text ends whose quote was opened by `open`: at one that is escaped no deeper.
    fn end_of_quoted(&self, inner: usize, open: Sign) -> usize {
        let closes = |sign: &Sign| {
            sign.is == open.is && sign.percent <= open.percent && sign.escaped <= open.escaped
        };
        let signs = self.view.0.get(inner..).unwrap_or_default();
        inner + signs.iter().position(closes).unwrap_or(signs.len())
    }

    /// A list or an object, to its end.
    fn bracketed(&self, start: usize) -> Range<usize> {
        let (mut depth, mut at) = (0_usize, start);
        let mut quote: Option<Sign> = None;
        while let Some(sign) = self.view.at(at) {
            match quote {
                Some(open) => {
                    let closes = sign.is == open.is && sign.escaped <= open.escaped;
                    quote = quote.filter(|_| !closes);
                }
                None if sign.is == '"' => quote = Some(sign),
                None if matches!(sign.is, '[' | '{') => depth += 1,
                None if matches!(sign.is, ']' | '}') => depth = depth.saturating_sub(1),
                None => {}
            }
            at += 1;
            if depth == 0 && quote.is_none() {
                break;
            }
        }
        start..at
    }

    /// Where a value without quotes ends. A secret may hold any mark: one ends it only where something
    /// else begins behind it.
    fn end_of_word(&self, name: &Name, start: usize, mark: Sign) -> usize {
        let mut at = start;
        let mut word = start;
        while let Some(sign) = self.view.at(at).filter(|_| at < start + LONGEST_WORD) {
            let outer = sign.percent <= mark.percent;
            match sign.is {
                // A backslash and an `n` may be part of a password.
                c if c.is_whitespace() && outer && sign.escaped == 0 => {
                    if c != ' ' || !self.goes_on(name, start, word, at) {
                        break;
                    }
                    word = at + 1;
                }
                // `b'x'`, `Some("x")`
                c if is_quote(c) && outer && self.is_wrapper(name, start, at) => {
                    at = self.end_of_quoted(at + 1, sign);
                }
                c if (is_quote(c) || c == '<') && outer => break,
                ',' if outer && name.is_header && self.mark_of_next(at) == Some('=') => {}
                '&' | ',' | ';' | '#' if outer && !name.is_cookie && self.ends_member(at) => {
                    break;
                }
                ')' | '}' | ']' | '>' if outer && self.ends_bracket(at) => break,
                _ => {}
            }
            at += 1;
        }
        let at = at.min(self.view.0.len());
        let stops = |at: &usize| self.view.is(*at).is_some_and(|c| ".,;:".contains(c));
        let tail = (start..at).rev().take_while(stops).count();
        at - if tail < at - start { tail } else { 0 }
    }

    /// Whether what stands before a quote is part of how the text in it is written.
    fn is_wrapper(&self, name: &Name, start: usize, quote: usize) -> bool {
        let before = self.view.text(start..quote);
        if (name.is_cookie || name.is_header) && before.ends_with('=') {
            return true;
        }
        let opens = before.ends_with(['(', '[']);
        let letters = before.trim_end_matches(['(', '[']);
        let is_name = letters.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_name && (opens || letters.len() == 1)
    }

    /// Whether a header goes on behind a space: `Basic x`, `Digest a="b", c="d"`, `a=b; c=d`.
    fn goes_on(&self, name: &Name, start: usize, word: usize, end: usize) -> bool {
        let last = end.checked_sub(1).and_then(|at| self.view.is(at));
        if name.is_cookie {
            return last == Some(';');
        }
        let is_first = word == start;
        let scheme = || shape::is_scheme(&self.view.text(word..end));
        let parameter = || last == Some(',') && self.mark_of_next(end) == Some('=');
        name.is_header && (is_first && scheme() || parameter())
    }

    /// Whether a mark stands before the next name or the end of all.
    fn ends_member(&self, at: usize) -> bool {
        let next = self.view.is(at + 1);
        next.is_none_or(|c| c.is_whitespace() || is_quote(c)) || self.mark_of_next(at).is_some()
    }

    /// What stands behind the next name, if there is one.
    fn mark_of_next(&self, at: usize) -> Option<char> {
        let next = self.skip_blanks(at + 1);
        let part = |c: char| c.is_alphanumeric() || "_-.[]".contains(c);
        let length = (next..next + LONGEST_NAME)
            .take_while(|at| self.view.is(*at).is_some_and(part))
            .count();
        let mark = self.view.is(next + length).filter(|c| "=:".contains(*c));
        mark.filter(|_| length > 0)
    }

    fn ends_bracket(&self, at: usize) -> bool {
        let next = self.view.is(at + 1);
        next.is_none_or(|c| !c.is_alphanumeric())
    }
}
