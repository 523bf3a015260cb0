//! A text as its reader would decode it, each sign with the place it stands at.
//!
//! A log line holds URLs in JSON in JSON: the same secret is written `code=x`, `code%3Dx`,
//! `\"code\":\"x\"` and `code%253Dx`. Looked for is the decoded text; masked is the written one.

use std::ops::Range;

/// Encodings around encodings are followed this deep.
const DEEPEST: u8 = 4;

/// One sign of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign {
    /// What it stands for.
    pub is: char,
    /// Where it is written.
    start: usize,
    end: usize,
    /// How often it is encoded as in URLs.
    pub percent: u8,
    /// How often it is escaped, as in JSON or HTML.
    pub escaped: u8,
}

/// A text, decoded.
#[derive(Debug)]
pub struct View(pub Vec<Sign>);

impl View {
    /// Decodes a text.
    pub fn of(text: &str) -> Self {
        let sign = |(start, is): (usize, char)| Sign {
            is,
            start,
            end: start + is.len_utf8(),
            percent: 0,
            escaped: 0,
        };
        let mut view = Self(text.char_indices().map(sign).collect());
        let encoded = text.contains(['%', '\\', '&']);
        for _ in 0..if encoded { DEEPEST } else { 0 } {
            if !view.decode() {
                break;
            }
        }
        view
    }

    /// The sign at a place.
    pub fn at(&self, place: usize) -> Option<Sign> {
        self.0.get(place).copied()
    }

    /// What the sign at a place stands for.
    pub fn is(&self, place: usize) -> Option<char> {
        self.at(place).map(|sign| sign.is)
    }

    /// Whether a text in lower case stands at a place, in any case.
    pub fn reads(&self, place: usize, lower: &str) -> bool {
        let mut signs = self.0.get(place..).unwrap_or_default().iter();
        lower.chars().all(|letter| {
            let sign = signs.next();
            sign.is_some_and(|sign| sign.is.to_ascii_lowercase() == letter)
        })
    }

    /// The decoded text of some signs.
    pub fn text(&self, signs: Range<usize>) -> String {
        let signs = self.0.get(signs).unwrap_or_default();
        signs.iter().map(|sign| sign.is).collect()
    }

    /// Where some signs are written.
    pub fn written(&self, signs: Range<usize>) -> Range<usize> {
        let first = self.at(signs.start).map_or(0, |sign| sign.start);
        let last = signs.end.checked_sub(1).and_then(|last| self.at(last));
        first..last.map_or(first, |sign| sign.end)
    }

    /// Takes one encoding off; false where there is none.
    fn decode(&mut self) -> bool {
        let mut decoded = Vec::with_capacity(self.0.len());
        let mut place = 0;
        while let Some(sign) = self.at(place) {
            let found = match sign.is {
                '%' => self.percent(place),
                '\\' => self.escape(place),
                '&' => self.entity(place),
                _ => None,
            };
            let (sign, length) = found.unwrap_or((sign, 1));
            decoded.push(sign);
            place += length;
        }
        let changed = decoded.len() < self.0.len();
        self.0 = decoded;
        changed
    }

    /// `%3D`, of ASCII alone: no mark that matters is anything else.
    fn percent(&self, place: usize) -> Option<(Sign, usize)> {
        let mark = self.at(place)?;
        let value = self
            .hexadecimal(place + 1, 2)
            .filter(|value| *value < 0x80)?;
        let sign = self.joined(place, 3, char::from_u32(value)?)?;
        let percent = mark.percent + 1;
        Some((Sign { percent, ..sign }, 3))
    }

    /// `\"`, `\\`, `\/`, `\u0026`, and blanks.
    fn escape(&self, place: usize) -> Option<(Sign, usize)> {
        let mark = self.at(place)?;
        let next = self.at(place + 1)?;
        let (is, length) = match next.is {
            // `\\"` is a backslash and the end of a text.
            '"' | '\'' | '\\' if next.escaped == mark.escaped => (next.is, 2),
            '/' => ('/', 2),
            'n' | 'r' | 't' => (' ', 2),
            'u' => (char::from_u32(self.hexadecimal(place + 2, 4)?)?, 6),
            _ => return None,
        };
        let sign = self.joined(place, length, is)?;
        let escaped = mark.escaped + 1;
        Some((Sign { escaped, ..sign }, length))
    }

    /// `&quot;`, `&#34;`, `&#x22;`.
    fn entity(&self, place: usize) -> Option<(Sign, usize)> {
        const NAMED: [(&str, char); 6] = [
            ("&quot;", '"'),
            ("&apos;", '\''),
            ("&amp;", '&'),
            ("&lt;", '<'),
            ("&gt;", '>'),
            ("&equals;", '='),
        ];
        const LONGEST: usize = 8;
        let named = NAMED.into_iter().find(|(name, _)| self.reads(place, name));
        let (is, length) = match named {
            Some((name, is)) => (is, name.len()),
            None if self.is(place + 1) == Some('#') => {
                let end = (place + 2..place + LONGEST).find(|at| self.is(*at) == Some(';'))?;
                let digits = self.text(place + 2..end);
                let number = match digits.strip_prefix(['x', 'X']) {
                    Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                    None => digits.parse(),
                };
                (char::from_u32(number.ok()?)?, end + 1 - place)
            }
            None => return None,
        };
        let sign = self.joined(place, length, is)?;
        let escaped = sign.escaped + 1;
        Some((Sign { escaped, ..sign }, length))
    }

    fn hexadecimal(&self, place: usize, digits: usize) -> Option<u32> {
        let signs = self.0.get(place..place + digits)?;
        let mut digits = signs.iter().map(|sign| sign.is.to_digit(16));
        digits.try_fold(0, |value, digit| Some(value * 16 + digit?))
    }

    /// Several signs as one.
    fn joined(&self, place: usize, length: usize, is: char) -> Option<Sign> {
        let signs = self.0.get(place..place + length)?;
        let (first, last) = (signs.first()?, signs.last()?);
        Some(Sign {
            is,
            start: first.start,
            end: last.end,
            percent: signs.iter().map(|sign| sign.percent).max()?,
            escaped: signs.iter().map(|sign| sign.escaped).max()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_is_read_and_its_place_is_known() {
        for (text, expected) in [
            ("code%3Dx%26y", "code=x&y"),
            ("code%253Dx", "code=x"),
            (r#"{\"a\":\"b\"}"#, r#"{"a":"b"}"#),
            (r#"{\\\"a\\\":1}"#, r#"{"a":1}"#),
            (r"a\u003db\u0026c", "a=b&c"),
            ("a&#61;b&quot;&#x3a;", "a=b\":"),
            (r"a\tb\nc", "a b c"),
            ("100 %, %zz, %C3%A9", "100 %, %zz, %C3%A9"),
            ("é%3Dü", "é=ü"),
        ] {
            let view = View::of(text);
            let all = 0..view.0.len();
            assert_eq!(view.text(all.clone()), expected, "{text}");
            assert_eq!(view.written(all), 0..text.len(), "{text}");
        }
        let view = View::of("é%253Dx");
        assert_eq!(view.written(1..2), 2..7);
        assert_eq!(view.at(1).map(|sign| sign.percent), Some(2));
    }

    #[test]
    fn an_escaped_backslash_escapes_nothing() {
        let view = View::of(r#""a\\"b"#);
        assert_eq!(view.text(0..view.0.len()), r#""a\"b"#);
        assert_eq!(
            view.at(3).map(|sign| (sign.is, sign.escaped)),
            Some(('"', 0))
        );
    }
}
