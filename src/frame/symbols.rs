//! Texts as small numbers, so that keys compare and hash at once.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// A text of a [`Symbols`] table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(u32);

impl Symbol {
    /// Its place in the table.
    pub(super) fn number(self) -> usize {
        self.0 as usize
    }
}

/// Texts, each held once.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    numbers: HashMap<Box<str>, Symbol, RandomState>,
    texts: Vec<Box<str>>,
    handed_out: usize,
}

impl Symbols {
    /// The symbol of `text`, made if it is new.
    pub fn intern(&mut self, text: &str) -> Symbol {
        if let Some(&symbol) = self.numbers.get(text) {
            return symbol;
        }
        let symbol = Symbol(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(text.into());
        self.numbers.insert(text.into(), symbol);
        symbol
    }

    /// The symbol of `text`, if it has one.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.numbers.get(text).copied()
    }

    /// Texts since the last call, by number.
    pub(super) fn new_ones(&mut self) -> Vec<Box<str>> {
        let new = self
            .texts
            .get(self.handed_out..)
            .unwrap_or_default()
            .to_vec();
        self.handed_out = self.texts.len();
        new
    }

    /// The text of `symbol`.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.0 as usize).map_or("", |text| text)
    }
}
