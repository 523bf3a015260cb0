//! Attempts per minute and kind in plain Rust: what detection, attribution and replay eat.

use std::ops::Range;

use chrono::{DateTime, Utc};

use super::{
    counts::{Key, OK},
    kinds::Seconds,
    symbols::{Symbol, Symbols},
};
use crate::{ids::EventId, queries::endpoint, record::SourceKind};

mod order;
mod union;

/// Attempts of one kind: the successes of a minute, or one failure. Times are microseconds since
/// 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Index into [`Cells::keys`].
    pub key: u32,
    /// Time of the first attempt.
    pub first: i64,
    /// Time of the last attempt.
    pub last: i64,
    /// Attempts.
    pub requests: u64,
    /// Attempts with the repeats of a known principal collapsed.
    pub callers: u64,
    /// The seconds of its minute that held one.
    pub seconds: Seconds,
}

/// One failed attempt: what single requests are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// When.
    pub time: DateTime<Utc>,
    /// Its event id.
    pub event_id: EventId,
    /// What may join it to a line of another log.
    pub request_id: Option<Box<str>>,
    /// Index into [`Cells::keys`].
    pub key: u32,
    /// The user's sub.
    pub principal: Option<Symbol>,
    /// The caller's address.
    pub source_ip: Option<Symbol>,
    /// The caller's user agent.
    pub agent: Option<Symbol>,
    /// What the log says of the error beside its code.
    pub message: Option<Symbol>,
}

/// Whose attempts: those of one app client or, where no log names the client, of one pool. All that
/// is theirs stands together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user pool.
    pub user_pool: Option<Symbol>,
    /// The app client.
    pub client: Option<Symbol>,
    /// Places in [`Cells::keys`].
    pub keys: Range<usize>,
    /// Places in [`Cells::rows`].
    pub rows: Range<usize>,
    /// Places in [`Cells::failures`].
    pub failures: Range<usize>,
}

/// Attempts, owner by owner. The same attempts give the same cells, in whatever order they were
/// read.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    /// Texts of the keys and of the failures, those of the earliest rows first.
    pub symbols: Symbols,
    /// Kinds of rows, each once, by owner and texts.
    pub keys: Vec<Key>,
    /// Rows, by owner and `first`.
    pub rows: Vec<Cell>,
    /// Failed attempts one by one, by owner and time.
    pub failures: Vec<Failure>,
    /// By the names of pool and client.
    pub owners: Vec<Owner>,
    /// Microseconds of the longest row.
    longest: i64,
}

impl Cell {
    /// The time between its first attempt and its last.
    pub fn middle(&self) -> i64 {
        self.first + (self.last - self.first) / 2
    }
}

impl Cells {
    /// The text of a key's attribute.
    pub fn text(&self, symbol: Option<Symbol>) -> Option<&str> {
        symbol.map(|symbol| self.symbols.text(symbol))
    }

    /// Whether an accepted attempt of this kind says that it was really accepted: a page that was
    /// served, or a redirect in the trail, does not.
    pub fn tells(&self, key: &Key) -> bool {
        let trail = self.text(key.source) == Some(SourceKind::Trail.as_str());
        let error_page = self.text(key.endpoint) == Some(endpoint::ERROR_PAGE);
        !trail || error_page || !self.is_page(key)
    }

    /// Whether attempts of this kind ask for a page or a redirect of managed login, not for tokens.
    pub fn is_page(&self, key: &Key) -> bool {
        let pages = [
            endpoint::AUTHORIZE,
            endpoint::LOGIN,
            endpoint::IDP_RESPONSE,
            endpoint::ERROR_PAGE,
        ];
        self.text(key.endpoint)
            .is_some_and(|endpoint| pages.contains(&endpoint))
    }

    /// Whether it is known how attempts of this kind ended.
    pub fn is_decided(&self, key: &Key) -> bool {
        self.failed(key) || self.tells(key)
    }

    /// Whether attempts of this kind failed.
    pub fn failed(&self, key: &Key) -> bool {
        self.text(key.outcome) != Some(OK)
    }

    /// The owners of that app client, one for each pool it is named with; `None`: of no known one.
    pub fn owners_of(&self, client: Option<&str>) -> impl Iterator<Item = &Owner> {
        let symbol = client.map(|client| self.symbols.find(client));
        let known = symbol != Some(None);
        let owners = self.owners.iter().filter(move |_| known);
        owners.filter(move |owner| owner.client == symbol.flatten())
    }

    /// The place of the owner of a key's rows.
    pub fn owner_of(&self, key: u32) -> Option<usize> {
        let later = |owner: &Owner| owner.keys.end <= key as usize;
        let place = self.owners.partition_point(later);
        (place < self.owners.len()).then_some(place)
    }

    /// All rows of an owner, by time.
    pub fn of(&self, owner: &Owner) -> &[Cell] {
        self.rows.get(owner.rows.clone()).unwrap_or_default()
    }

    /// Rows with their keys.
    pub fn with_keys<'a>(&'a self, rows: &'a [Cell]) -> impl Iterator<Item = (&'a Cell, &'a Key)> {
        rows.iter()
            .filter_map(|row| Some((row, self.keys.get(row.key as usize)?)))
    }

    /// Microseconds of the longest row.
    pub fn longest(&self) -> i64 {
        self.longest
    }

    /// Those of some rows by time that may touch `[from, to]`.
    pub fn touching<'a>(&self, rows: &'a [Cell], from: i64, to: i64) -> &'a [Cell] {
        let begin = rows.partition_point(|row| row.first < from.saturating_sub(self.longest));
        let end = rows.partition_point(|row| row.first <= to);
        rows.get(begin..end.max(begin)).unwrap_or_default()
    }

    /// The last time until `until` at which an attempt of some rows by time is known to have come.
    pub fn last_until(&self, rows: &[Cell], until: i64, of: impl Fn(&Cell) -> bool) -> Option<i64> {
        let mut last: Option<i64> = None;
        for row in self.touching(rows, i64::MIN, until).iter().rev() {
            if last.is_some_and(|last| row.first + self.longest < last) {
                break;
            }
            let times = [row.first, row.last]
                .into_iter()
                .filter(|time| *time <= until);
            if of(row) {
                last = last.max(times.max());
            }
        }
        last
    }

    /// The first time from `from` on at which an attempt of some rows by time is known to have come.
    pub fn first_from(&self, rows: &[Cell], from: i64, of: impl Fn(&Cell) -> bool) -> Option<i64> {
        let mut first = None;
        for row in self.touching(rows, from, i64::MAX) {
            if first.is_some_and(|first| row.first > first) {
                break;
            }
            let times = [row.first, row.last]
                .into_iter()
                .filter(|time| *time >= from);
            if of(row) {
                first = first.into_iter().chain(times).min();
            }
        }
        first
    }

    /// The rows of some owners that may touch `[from, to]`, with their keys, by time.
    pub fn during<'a>(
        &'a self,
        owners: impl Iterator<Item = &'a Owner>,
        from: i64,
        to: i64,
    ) -> Vec<(&'a Cell, &'a Key)> {
        let rows = owners.map(|owner| self.touching(self.of(owner), from, to));
        let mut rows: Vec<_> = rows.flat_map(|rows| self.with_keys(rows)).collect();
        rows.sort_by_key(|(row, _)| (row.first, row.last, row.key));
        rows
    }

    /// The failed attempts of an owner from a time (µs) on.
    pub fn failures_since(&self, owner: &Owner, from: i64) -> &[Failure] {
        let failures = self.failures.get(owner.failures.clone());
        let failures = failures.unwrap_or_default();
        let begin = failures.partition_point(|failure| failure.time.timestamp_micros() < from);
        failures.get(begin..).unwrap_or_default()
    }
}
