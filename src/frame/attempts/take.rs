//! Takes what was read out of the fold: failures in order, successes by kinds that stand once.

use super::{Attempts, MINUTE};
use crate::{
    frame::{
        fold::{Fold, Kind, Successes},
        symbols::{Symbol, Symbols},
    },
    queries::outcome,
    record::KnownBy,
};

/// Successes of one kind in one minute.
#[derive(Clone, Copy)]
pub(in crate::frame) struct Folded {
    /// Index into [`Attempts::kinds`].
    pub kind: u32,
    pub counted: Successes,
}

/// All successes of one kind.
pub(in crate::frame) struct OfKind {
    pub kind: Kind,
    pub requests: u64,
    /// When the earliest row begins, and the latest.
    begins: (i64, i64),
    /// Time of the last of them.
    last: i64,
}

impl Attempts {
    /// Takes what was read out of the fold.
    pub fn take(fold: &mut Fold) -> Self {
        let mut failures = std::mem::take(&mut fold.failures);
        failures.sort_unstable_by(|a, b| {
            (a.time, a.kind.source, &a.event_id).cmp(&(b.time, b.kind.source, &b.event_id))
        });
        let (kinds, successes) = fold.take_successes();
        let mut kinds: Vec<OfKind> = kinds.into_iter().map(OfKind::new).collect();
        let successes = successes.into_iter().map(|(kind, counted)| {
            if let Some(of_kind) = kinds.get_mut(kind as usize) {
                of_kind.add(&counted);
            }
            Folded { kind, counted }
        });
        Self {
            successes: successes.collect(),
            failures,
            kinds,
        }
    }

    /// Takes apart the attempts whose outcome is known in a way that no verdict rests on yet.
    pub fn take_aside(&mut self, symbols: &Symbols) -> Self {
        let is_aside = |kind: &Kind| is_aside(kind, symbols);
        let (failures, rest) = std::mem::take(&mut self.failures)
            .into_iter()
            .partition(|attempt| is_aside(&attempt.kind));
        self.failures = rest;
        let mut aside = Self {
            failures,
            kinds: Vec::new(),
            successes: Vec::new(),
        };
        if !self.kinds.iter().any(|kind| is_aside(&kind.kind)) {
            return aside;
        }
        let (kinds, successes) = (
            std::mem::take(&mut self.kinds),
            std::mem::take(&mut self.successes),
        );
        let mut places = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let apart = is_aside(&kind.kind);
            let list = if apart { &mut aside } else { &mut *self };
            places.push((apart, list.kinds.len() as u32));
            list.kinds.push(kind);
        }
        for folded in successes {
            let (apart, kind) = places[folded.kind as usize];
            let list = if apart { &mut aside } else { &mut *self };
            list.successes.push(Folded { kind, ..folded });
        }
        aside
    }

    /// The times of the first attempt and of the last.
    pub fn span(&self) -> Option<(i64, i64)> {
        let failures = self.failures.iter();
        let failures = failures.map(|attempt| (attempt.time, attempt.time));
        let successes = self.kinds.iter().map(|kind| (kind.begins.0, kind.last));
        let all = failures.chain(successes);
        all.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// The kinds of the successes by the minute in which the earliest of each began, or the latest,
    /// then by texts.
    pub fn kinds_by(&self, symbols: &Symbols, time: impl Fn((i64, i64)) -> i64) -> Vec<&Kind> {
        let mut kinds: Vec<&OfKind> = self.kinds.iter().collect();
        kinds.sort_by_cached_key(|kind| {
            let minute = time(kind.begins).div_euclid(MINUTE);
            (minute, kind.kind.key.texts(symbols))
        });
        kinds.into_iter().map(|kind| &kind.kind).collect()
    }
}

/// Whether it is known only by the next step or by the words of a line, or never reached Cognito.
fn is_aside(kind: &Kind, symbols: &Symbols) -> bool {
    let text = |symbol: Option<Symbol>| symbol.map_or("", |symbol| symbols.text(symbol));
    let known_by = text(kind.key.known_by);
    known_by == KnownBy::NextStep.as_str()
        || known_by == KnownBy::Log.as_str()
        || outcome::is_network(text(kind.key.outcome))
}

impl OfKind {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            requests: 0,
            begins: (i64::MAX, i64::MIN),
            last: i64::MIN,
        }
    }

    fn add(&mut self, counted: &Successes) {
        self.requests += counted.requests;
        self.begins.0 = self.begins.0.min(counted.first);
        self.begins.1 = self.begins.1.max(counted.first);
        self.last = self.last.max(counted.last);
    }
}
