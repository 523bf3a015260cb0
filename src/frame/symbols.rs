//! Texts as small numbers, so that keys compare and hash at once. Their secrets are masked here: every
//! text of a row passes, and each is looked at once.

use std::{borrow::Cow, hash::BuildHasher};

use foldhash::fast::RandomState;
use hashbrown::hash_table::{Entry, HashTable};

use crate::record::mask;

/// A text of a [`Symbols`] table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(u32);

impl Symbol {
    /// Its place in the table.
    pub(super) fn number(self) -> usize {
        self.0 as usize
    }
}

/// Texts by number, one behind the other in memory.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    all: String,
    ends: Vec<usize>,
}

/// Texts, each held once.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    /// By the texts that they stand for.
    symbols: HashTable<Symbol>,
    hasher: RandomState,
    texts: Texts,
    handed_out: usize,
}

impl Symbols {
    /// The symbol of `text` without its secrets, made if it is new.
    pub fn intern(&mut self, text: &str) -> Symbol {
        self.masked(text, mask::field)
    }

    /// The same of a message or a line.
    pub fn intern_line(&mut self, line: &str) -> Symbol {
        self.masked(line, mask::text)
    }

    fn masked(&mut self, text: &str, mask: fn(&str) -> Cow<'_, str>) -> Symbol {
        let (texts, hasher) = (&self.texts, &self.hasher);
        let hash = hasher.hash_one(text);
        let is_it = |symbol: &Symbol| texts.get(symbol.number()) == text;
        let hash_of = |symbol: &Symbol| hasher.hash_one(texts.get(symbol.number()));
        match self.symbols.entry(hash, is_it, hash_of) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => match mask(text) {
                masked if *masked == *text => {
                    let symbol = Symbol(u32::try_from(texts.ends.len()).unwrap_or(u32::MAX));
                    entry.insert(symbol);
                    self.texts.push(text);
                    symbol
                }
                masked => self.masked(&masked, |text| Cow::Borrowed(text)),
            },
        }
    }

    /// The symbol of `text`, if it has one.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        let is_it = |symbol: &Symbol| self.text(*symbol) == text;
        let symbol = self.symbols.find(self.hasher.hash_one(text), is_it);
        symbol.copied()
    }

    /// Texts since the last call, by number.
    pub(super) fn new_ones(&mut self) -> Texts {
        let new = self.texts.from(self.handed_out);
        self.handed_out = self.texts.ends.len();
        new
    }

    /// The text of `symbol`.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.number())
    }
}

impl Texts {
    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|number| self.get(number))
    }

    fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(self.all.len());
    }

    fn get(&self, number: usize) -> &str {
        let text = self.start(number)..self.ends.get(number).copied().unwrap_or_default();
        self.all.get(text).unwrap_or_default()
    }

    /// Where the text of a number begins.
    fn start(&self, number: usize) -> usize {
        let before = number
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        before.copied().unwrap_or_default()
    }

    /// Those from a number on.
    fn from(&self, number: usize) -> Self {
        let start = self.start(number);
        let ends = self.ends.get(number..).unwrap_or_default();
        Self {
            all: self.all.get(start..).unwrap_or_default().to_owned(),
            ends: ends.iter().map(|end| end - start).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_symbol() {
        let mut symbols = Symbols::default();
        let texts: Vec<String> = (0..1000).map(|number| "é".repeat(number % 500)).collect();
        let made: Vec<Symbol> = texts.iter().map(|text| symbols.intern(text)).collect();
        for (text, symbol) in texts.iter().zip(made) {
            assert_eq!(symbols.text(symbol), text);
            assert_eq!(symbols.find(text), Some(symbol));
            assert_eq!(symbol.number(), text.len() / 2);
        }
        assert_eq!(symbols.find("other"), None);
    }

    #[test]
    fn a_secret_has_no_symbol_of_its_own() {
        let mut symbols = Symbols::default();
        let [first, second] =
            ["x7", "y8"].map(|code| symbols.intern(&format!("https://example.com/cb?code={code}")));
        assert_eq!(first, second);
        assert!(!symbols.text(first).contains("x7"));
    }

    #[test]
    fn new_texts_are_handed_out_once() {
        let mut symbols = Symbols::default();
        let mut new = |texts: &[&str]| {
            for text in texts {
                symbols.intern(text);
            }
            let new = symbols.new_ones();
            new.iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(new(&["", "a", ""]), ["", "a"]);
        assert_eq!(new(&["a"]), [""; 0]);
        assert_eq!(new(&["b", "a", "cd"]), ["b", "cd"]);
    }
}
