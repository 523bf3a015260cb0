//! Kinds of attempts as small numbers: a key, and what may later tie it to a client.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::{
    counts::Key,
    symbols::{Symbol, Symbols},
};
use crate::record::SourceKind;

/// A key with what may later tie it to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    pub key: Key,
    pub source: SourceKind,
    pub stream: Option<Symbol>,
    pub domain: Option<Symbol>,
}

/// A kind of a [`Kinds`] table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KindNumber(u32);

impl KindNumber {
    /// Its place in the table.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The successes of one kind in one minute.
#[derive(Clone, Copy, Debug)]
pub struct Successes {
    pub requests: u64,
    pub callers: u64,
    pub first: i64,
    pub last: i64,
    pub seconds: Seconds,
}

/// The seconds of a minute that held a success, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(pub u64);

impl Seconds {
    /// The second of a time (µs).
    pub fn of(time: i64) -> Self {
        Self(1 << time.div_euclid(1_000_000).rem_euclid(60))
    }

    /// What is known of a minute of which only the first and the last time (µs) are told.
    pub fn between(first: i64, last: i64) -> Self {
        Self(Self::of(first).0 | Self::of(last).0)
    }

    /// The first times of the seconds (µs) in the minute that begins then.
    pub fn times(self, minute: i64) -> impl Iterator<Item = i64> {
        let seconds = (0..60).filter(move |second| self.0 >> second & 1 == 1);
        seconds.map(move |second| minute + second * 1_000_000)
    }
}

impl Successes {
    /// Adds others of the same kind and minute.
    pub fn add(&mut self, others: &Self) {
        self.seconds.0 |= others.seconds.0;
        self.requests += others.requests;
        self.callers += others.callers;
        self.first = self.first.min(others.first);
        self.last = self.last.max(others.last);
    }
}

/// Kinds, each held once.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    numbers: HashMap<Kind, KindNumber, RandomState>,
    kinds: Vec<Kind>,
    handed_out: usize,
}

impl Kinds {
    /// The number of `kind`, made if it is new.
    pub fn number(&mut self, kind: Kind) -> KindNumber {
        let next = KindNumber(u32::try_from(self.kinds.len()).unwrap_or(u32::MAX));
        *self.numbers.entry(kind).or_insert_with(|| {
            self.kinds.push(kind);
            next
        })
    }

    /// The kind of a number of this table.
    pub fn kind(&self, number: KindNumber) -> Option<Kind> {
        self.kinds.get(number.index()).copied()
    }

    /// All kinds, by number.
    pub fn all(&self) -> &[Kind] {
        &self.kinds
    }

    /// Kinds since the last call, by number.
    pub fn new_ones(&mut self) -> Vec<Kind> {
        let new = self
            .kinds
            .get(self.handed_out..)
            .unwrap_or_default()
            .to_vec();
        self.handed_out = self.kinds.len();
        new
    }
}

/// Numbers of kinds by all their texts: looked up once for a kind and not once for each of them.
#[derive(Clone, Debug, Default)]
pub struct Spelled {
    numbers: HashMap<Box<[u8]>, KindNumber, RandomState>,
    /// The texts that are looked up.
    spelling: Vec<u8>,
}

impl Spelled {
    /// The number of the kind with these texts, `made` if they are new.
    pub fn number<'t>(
        &mut self,
        texts: impl Iterator<Item = Option<&'t str>>,
        made: impl FnOnce() -> KindNumber,
    ) -> KindNumber {
        self.spelling.clear();
        for text in texts {
            // Bytes that are in no text.
            self.spelling
                .extend_from_slice(text.unwrap_or_default().as_bytes());
            self.spelling.push(if text.is_some() { 0xfe } else { 0xff });
        }
        if let Some(number) = self.numbers.get(self.spelling.as_slice()) {
            return *number;
        }
        let number = made();
        self.numbers.insert(self.spelling.as_slice().into(), number);
        number
    }
}

impl Kind {
    /// The same kind with each symbol replaced.
    pub fn with_symbols(&self, of: impl Fn(Symbol) -> Symbol) -> Self {
        Self {
            key: Key::from_parts(self.key.parts().map(|part| part.map(&of))),
            source: self.source,
            stream: self.stream.map(&of),
            domain: self.domain.map(&of),
        }
    }

    /// A kind in words.
    pub fn said(&self, symbols: &Symbols) -> String {
        let parts = self.key.parts();
        let texts = parts.map(|part| part.map_or("", |symbol| symbols.text(symbol)));
        texts.join("|")
    }
}
