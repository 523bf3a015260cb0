//! JSON as AWS writes it, read without serde: nothing between tokens, nothing escaped.
//!
//! What is read here, serde_json reads as the very same members. All else (blanks, escapes, exponents,
//! deep nesting, and what is no JSON) is refused, for serde_json to read or to say what is wrong.
//! Strings are jumped over by masks of one bit a byte, the rest is checked token by token.

use super::{
    blocks::{self, SIZE},
    edges,
};

/// JSON of a value that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a>(&'a str);

impl<'a> Value<'a> {
    /// A value that is known to be read here.
    pub fn new(json: &'a str) -> Self {
        Self(json)
    }

    /// The value as it stands.
    pub fn json(self) -> &'a str {
        self.0
    }

    /// The text that it is, if it is one.
    pub fn text(self) -> Option<&'a str> {
        between(self.0, "\"", "\"")
    }

    /// The text that stands alone in the array that it is, if it is such a one.
    pub fn lone_text(self) -> Option<&'a str> {
        let text = between(self.0, "[\"", "\"]")?;
        memchr::memchr(b'"', text.as_bytes())
            .is_none()
            .then_some(text)
    }
}

/// What stands between a beginning and an end that do not overlap.
#[inline(always)]
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let bytes = text.as_bytes();
    let inner = start.len()..text.len().checked_sub(end.len())?;
    let is_so = edges::begins(bytes, start.as_bytes()) && edges::ends(bytes, end.as_bytes());
    text.get(inner).filter(|_| is_so)
}

/// Hands out the key and value of each member of the object that `json` is, until one is refused; `None`
/// asks to read it with serde_json, whatever was handed out before.
#[inline]
pub fn members<'a>(
    json: &'a str,
    mut each: impl FnMut(&'a str, Value<'a>) -> Option<()>,
) -> Option<()> {
    let mut reader = Reader::new(json);
    reader.token(b'{')?;
    if reader.peek() == b'}' {
        return (json.len() == 2).then_some(());
    }
    let mut open = Open::OBJECT;
    let (mut key, mut start) = (0..0, 0);
    'member: loop {
        let name = reader.string()?;
        reader.token(b':')?;
        if open == Open::OBJECT {
            (key, start) = (name, reader.at);
        }
        'element: loop {
            match reader.value()? {
                Begun::Whole => {}
                Begun::Object => {
                    open = open.push(true)?;
                    continue 'member;
                }
                Begun::Array => {
                    open = open.push(false)?;
                    continue 'element;
                }
            }
            loop {
                if open == Open::OBJECT {
                    each(json.get(key.clone())?, Value(json.get(start..reader.at)?))?;
                }
                let token = reader.peek();
                reader.at += 1;
                match (token, open.is_object()) {
                    (b',', true) => continue 'member,
                    (b',', false) => continue 'element,
                    (b'}', true) | (b']', false) => open = open.pop(),
                    _ => return None,
                }
                if open == Open::NONE {
                    return (reader.at == json.len()).then_some(());
                }
            }
        }
    }
}

/// Brackets that are open, the innermost in the lowest bit: one for an object, zero for an array, and
/// a one above all.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Open(u32);

impl Open {
    const NONE: Self = Self(1);
    const OBJECT: Self = Self(0b11);

    #[inline(always)]
    fn push(self, object: bool) -> Option<Self> {
        (self.0.leading_zeros() > 0).then_some(Self(self.0 << 1 | u32::from(object)))
    }

    #[inline(always)]
    fn pop(self) -> Self {
        Self(self.0 >> 1)
    }

    #[inline(always)]
    fn is_object(self) -> bool {
        self.0 & 1 == 1
    }
}

/// What a value begins with.
enum Begun {
    Whole,
    Object,
    Array,
}

/// Reads tokens from left to right.
struct Reader<'a> {
    text: &'a [u8],
    /// Where the next token begins.
    at: usize,
    /// The stops of the block that begins at `block`, from the next one on.
    stops: u64,
    block: usize,
}

impl<'a> Reader<'a> {
    #[inline(always)]
    fn new(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            stops: stops(text.as_bytes(), 0).unwrap_or_default(),
            block: 0,
        }
    }

    /// The next byte; behind the end one that is no token.
    #[inline(always)]
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or_default()
    }

    #[inline(always)]
    fn token(&mut self, token: u8) -> Option<()> {
        (self.peek() == token).then_some(())?;
        self.at += 1;
        Some(())
    }

    /// Any value, as it stands.
    #[inline(always)]
    fn value(&mut self) -> Option<Begun> {
        match self.peek() {
            b'"' => {
                self.string()?;
            }
            b'{' => {
                self.at += 1;
                if self.peek() != b'}' {
                    return Some(Begun::Object);
                }
                self.at += 1;
            }
            b'[' => {
                self.at += 1;
                if self.peek() != b']' {
                    return Some(Begun::Array);
                }
                self.at += 1;
            }
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => self.word("null")?,
            _ => self.number()?,
        }
        Some(Begun::Whole)
    }

    /// A string without its quotes.
    #[inline(always)]
    fn string(&mut self) -> Option<std::ops::Range<usize>> {
        self.token(b'"')?;
        let start = self.at;
        // The first stop is the quote here: those before it were passed in the same way.
        self.stop()?;
        self.at = self.stop()?;
        let text = start..self.at;
        self.token(b'"')?;
        Some(text)
    }

    /// The next place at which a string may end.
    #[inline(always)]
    fn stop(&mut self) -> Option<usize> {
        while self.stops == 0 {
            self.block += SIZE;
            self.stops = stops(self.text, self.block)?;
        }
        let at = self.block + self.stops.trailing_zeros() as usize;
        self.stops &= self.stops - 1;
        Some(at)
    }

    #[inline(always)]
    fn word(&mut self, word: &str) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        edges::begins(rest, word.as_bytes()).then_some(())?;
        self.at += word.len();
        Some(())
    }

    #[inline(always)]
    fn number(&mut self) -> Option<()> {
        self.at += number(self.text.get(self.at..)?)?;
        Some(())
    }
}

/// How long the number at the start of `text` is, `-?(0|[1-9][0-9]*)(\.[0-9]+)?`; what else a number may
/// have stands behind it.
#[inline]
pub fn number(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        let rest = text.get(from..)?;
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then_some(from + count)
    };
    let start = usize::from(text.first() == Some(&b'-'));
    let end = match text.get(start) {
        Some(b'0') => start + 1,
        _ => digits(start)?,
    };
    match text.get(end) {
        Some(b'.') => digits(end + 1),
        _ => Some(end),
    }
}

/// Where the stops are among the 64 bytes from `at` on, the first byte in the lowest bit; `None` behind
/// the text.
#[inline(always)]
fn stops(text: &[u8], at: usize) -> Option<u64> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    Some(match rest.first_chunk() {
        Some(block) => blocks::stops(block),
        None => stops_of_last(rest),
    })
}

#[inline(never)]
fn stops_of_last(rest: &[u8]) -> u64 {
    let mut block = [b'_'; SIZE];
    let bytes = block.iter_mut().zip(rest);
    bytes.for_each(|(to, from)| *to = *from);
    blocks::stops(&block)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::{prelude::*, sample::Index};
    use serde_json::value::RawValue;

    use super::*;
    use crate::record::tests::edited;

    fn quickly(json: &str) -> Option<Vec<(String, String)>> {
        let mut found = Vec::new();
        members(json, |key, value| {
            found.push((key.to_owned(), value.json().to_owned()));
            Some(())
        })?;
        Some(found)
    }

    /// What serde says: each member, in order.
    fn by_serde(json: &str) -> Option<Vec<(String, String)>> {
        struct All(Vec<(String, String)>);
        impl<'de> serde::Deserialize<'de> for All {
            fn deserialize<D: serde::Deserializer<'de>>(object: D) -> Result<Self, D::Error> {
                object.deserialize_map(Members)
            }
        }
        struct Members;
        impl<'de> serde::de::Visitor<'de> for Members {
            type Value = All;

            fn expecting(&self, words: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                words.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<All, A::Error> {
                let mut all = Vec::new();
                while let Some((key, value)) = map.next_entry::<Cow<'_, str>, &RawValue>()? {
                    all.push((key.into_owned(), value.get().to_owned()));
                }
                Ok(All(all))
            }
        }
        serde_json::from_str::<All>(json).ok().map(|all| all.0)
    }

    const RECORD: &str = r#"{"eventVersion":"1.08","userIdentity":{"accountId":"111122223333","a":{},"b":[]},"eventTime":"2026-03-02T10:00:00Z","eventName":"Token_POST","requestParameters":null,"additionalEventData":{"responseParameters":{"status":200.5,"x":[-1,0,[{"é":true},{}]]},"requestParameters":{"grant_type":["refresh_token"],"client_id":["1aaaaaaaaaaaaaaaaaaexample","b"]}},"readOnly":false}"#;

    #[test]
    fn what_aws_writes_is_read() {
        let found = quickly(RECORD).expect("it is compact");
        assert_eq!(Some(&found), by_serde(RECORD).as_ref());
        assert_eq!(found.len(), 7);
        assert_eq!(quickly("{}"), Some(Vec::new()));
    }

    #[test]
    fn texts_are_what_they_are() {
        let text = |json: &'static str| (Value(json).text(), Value(json).lone_text());
        assert_eq!(text(r#""a""#), (Some("a"), None));
        assert_eq!(text(r#"["a"]"#), (None, Some("a")));
        assert_eq!(text(r#"["a","b"]"#), (None, None));
        assert_eq!(text(r#"[["a"]]"#), (None, None));
        assert_eq!(text("[]"), (None, None));
    }

    #[test]
    fn all_else_is_left_to_serde() {
        for json in [
            r#"{"a": 1}"#,
            r#"{"a":1,}"#,
            r#"{"a":1e5}"#,
            r#"{"a":01}"#,
            r#"{"a":-}"#,
            r#"{"a":"\n"}"#,
            r#"{"a":1}}"#,
            r#"{"a":[1}]"#,
            r#"{"a":tru}"#,
            "[]",
            "",
        ] {
            assert_eq!(quickly(json), None, "{json}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(99), "]".repeat(99));
        assert_eq!(quickly(&deep), None);
    }

    proptest! {
        #[test]
        fn what_is_read_serde_reads_too(
            edits in prop::collection::vec((any::<Index>(), 0..3u8, "[{}\\[\\]\":,\\\\ \n0-9.tfn-]{1,2}"), 0..4),
            start in prop::sample::select(vec![0, 20, 150]),
        ) {
            let text = match start {
                0 => RECORD.to_owned(),
                start => format!("{{\"a\":{}", &RECORD[start..]),
            };
            let text = edited(&text, edits);
            if let Some(found) = quickly(&text) {
                prop_assert_eq!(Some(found), by_serde(&text));
            }
        }

        #[test]
        fn what_looks_like_json_is_read_as_serde_reads_it(
            text in "\\{(\"[ab]?\":(\"[a{}\\[]{0,2}\"|[\\[{]{0,2}|[\\]}]{0,2}|-?[0-9]{1,2}|0\\.[0-9]?|true|null),?){0,4}\\}{0,3}",
        ) {
            if let Some(found) = quickly(&text) {
                prop_assert_eq!(Some(found), by_serde(&text));
            }
        }
    }
}
