//! The fold that takes what was gathered while reading, and drops what need not be kept.
//!
//! Failures stay single, successes are counted per minute and kind, repeated events are dropped:
//! memory grows with what must be kept, not with what was read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

pub(super) use super::kinds::{Kind, Successes};
use super::{
    callers::{ByCaller, CallerId, Callers},
    coverage::Observed,
    event_key::EventKey,
    gather::{Batch, FailureRow, Gather, Place, Row},
    kinds::{KindNumber, Kinds},
    summary::Summary,
    symbols::{Symbol, Symbols},
    visits::{Visit, Visits},
};
use crate::{
    queries,
    record::{Change, Located, Malformed, SourceKind},
    source::{Rejected, aws::Reach},
    window::{Window, Windows},
};

mod accepted;
mod bulk;
mod given;
mod reached;
mod spells;

use accepted::Accepted;
use bulk::OnUsers;
use spells::Spells;
pub(super) use spells::spell;

/// Which records to keep.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    /// Requests before this time are dropped.
    pub since: Option<DateTime<Utc>>,
    /// Requests and changes from this time on are dropped.
    pub until: Option<DateTime<Utc>>,
    /// Changes before this time are dropped.
    pub history: Option<DateTime<Utc>>,
}

/// Takes records and keeps what the frames need.
#[derive(Clone, Default)]
pub struct Fold {
    bounds: Bounds,
    /// What is taken record by record, in the order of reading.
    own: Gather,
    /// The numbers of its texts and kinds in this fold.
    own_numbers: Numbers,
    pub(super) symbols: Symbols,
    pub(super) kinds: Kinds,
    /// Every kept event, and successes by minute.
    spells: Spells,
    /// Who was accepted when, if the rows are for an archive.
    accepted: Option<Accepted>,
    pub(super) callers: Callers,
    pub(super) visits: Visits,
    pub(super) failures: Vec<FailedAttempt>,
    pub(super) changes: Vec<Change>,
    on_users: OnUsers,
    pub(super) coverage: BTreeMap<Place, Observed>,
    pub(super) streams: BTreeMap<Symbol, Stream>,
    /// Spans of which all attempts of the trail were taken, by account and Region.
    told: BTreeMap<(Symbol, Symbol), Windows>,
    /// Accounts and Regions whose trail this section of the archive has told of.
    places_here: BTreeSet<(Symbol, Symbol)>,
    /// Questions for changes that were not answered whole, or whose cost is told.
    pub(super) blind: Vec<Reach>,
    /// Those that might have told of any account and Region.
    pub(super) blind_everywhere: Vec<Reach>,
    /// How far questions to AWS got, by the kind of log they read.
    pub(super) reaches: Vec<(SourceKind, Reach)>,
    pub(super) summary: Summary,
    /// Kinds of logs in files that were not read whole.
    pub(super) damaged: BTreeSet<SourceKind>,
}

/// One failure, kept whole.
#[derive(Clone, Debug)]
pub(super) struct FailedAttempt {
    pub time: i64,
    pub kind: Kind,
    pub event_id: Box<str>,
    pub request_id: Option<Box<str>>,
    pub principal: Option<Symbol>,
    pub source_ip: Option<Symbol>,
    pub agent: Option<Symbol>,
    /// Address and agent as one.
    pub who: Option<CallerId>,
    pub message: Option<Symbol>,
    /// False for the repeat of a known principal in the same five minutes: known when all were
    /// read.
    pub caller: bool,
}

/// What is known of a log stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Stream {
    /// Client ids that its lines name; two are enough to know that it is not one client's.
    pub clients: Vec<Symbol>,
    pub ok: u64,
    pub failed: u64,
}

/// The numbers in the fold of one reader's texts and kinds.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    symbols: Vec<Symbol>,
    kinds: Vec<KindNumber>,
}

impl Fold {
    /// An empty fold that keeps what lies inside `bounds`.
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            own: Gather::new(bounds),
            ..Self::default()
        }
    }

    /// Keeps what lies inside other bounds from now on.
    pub fn bound(&mut self, bounds: Bounds) {
        self.absorb_own();
        self.bounds = bounds;
        self.own.bound(bounds);
    }

    /// An empty fold whose rows go to an archive.
    pub fn for_archive() -> Self {
        Self {
            accepted: Some(Accepted::default()),
            ..Self::default()
        }
    }

    /// Begins a new input; its name stands in messages.
    pub fn begin(&mut self, name: &str) {
        self.own.begin(name);
    }

    /// Begins a page of an answer of AWS; its name stands in messages.
    pub fn begin_page(&mut self, name: &str) {
        self.own.begin_page(name);
    }

    /// Ends the input: how many bytes lay on disk, and what stopped it short.
    pub fn end(&mut self, bytes: u64, failure: Option<String>) {
        self.own.end(bytes, failure);
        self.absorb_own();
    }

    /// Ends the page: how many bytes it had, and what stopped reading it short.
    pub fn end_page(&mut self, bytes: u64, failure: Option<String>) {
        self.own.end_page(bytes, failure);
        self.absorb_own();
    }

    /// Takes one record, or the news that it could not be read.
    pub fn take(&mut self, record: Result<Located<'_>, Malformed>) {
        self.own.take(record);
        if self.own.is_full() {
            self.absorb_own();
        }
    }

    /// The changes with bursts of calls on users, each as one.
    pub(super) fn all_changes(&self) -> Vec<Change> {
        let mut changes = self.changes.clone();
        changes.extend(self.on_users.bursts());
        changes
    }

    pub(super) fn absorb_own(&mut self) {
        let batch = self.own.batch();
        let mut numbers = std::mem::take(&mut self.own_numbers);
        self.absorb(batch, &mut numbers);
        self.own_numbers = numbers;
    }

    /// Takes the next batch of a reader, whose numbers so far are `numbers`.
    pub fn absorb(&mut self, batch: Batch, numbers: &mut Numbers) {
        let texts = batch.texts.iter().map(|text| self.symbols.intern(text));
        numbers.symbols.extend(texts);
        for kind in &batch.kinds {
            let kind = kind.with_symbols(|symbol| numbers.symbol(symbol));
            numbers.kinds.push(self.kinds.number(kind));
        }
        self.callers.meet(batch.callers);
        for ((source, account, region), observed) in batch.observed {
            let of = |symbol: Option<Symbol>| symbol.map(|symbol| numbers.symbol(symbol));
            let place = (source, of(account), of(region));
            self.coverage.entry(place).or_default().extend(observed);
        }
        for (stream, client) in batch.named {
            let stream = self.streams.entry(numbers.symbol(stream)).or_default();
            stream.name(numbers.symbol(client));
        }
        self.damaged.extend(batch.damaged);
        self.summary.add(batch.summary);
        for row in batch.rows {
            self.row(row, numbers);
        }
    }

    fn row(&mut self, row: Row, numbers: &Numbers) {
        match row {
            Row::Success {
                event,
                time,
                kind,
                principal,
                caller,
            } => {
                if self.first_sight(event, time) {
                    let principal = principal.map(|symbol| numbers.symbol(symbol));
                    self.success(event, time, numbers.kind(kind), principal, caller);
                }
            }
            Row::Failure(failure) => {
                if self.first_sight(failure.event, failure.time) {
                    self.failure(*failure, numbers);
                }
            }
            Row::Counted(kind, successes) => {
                self.count(numbers.kind(kind), successes);
            }
            Row::Change(event, change) => {
                if self.first_sight(event, change.time.timestamp_micros()) {
                    match queries::is_on_users(&change.service, &change.name) {
                        true => self.on_users.take(*change),
                        false => self.changes.push(*change),
                    }
                }
            }
        }
    }

    fn failure(&mut self, row: FailureRow, numbers: &Numbers) {
        let number = numbers.kind(row.kind);
        let Some(kind) = self.kinds.kind(number) else {
            return;
        };
        let visit = Visit {
            time: row.time,
            kind: number,
            event: row.event,
            caller: row.caller,
        };
        self.visits.note(visit, &kind, &self.symbols);
        if let Some(caller) = row.caller {
            let request = ByCaller {
                number,
                kind: &kind,
                caller,
            };
            self.callers.count(&request, row.time, false, &self.symbols);
        }
        let of = |symbol: Option<Symbol>| symbol.map(|symbol| numbers.symbol(symbol));
        if let Some(stream) = kind.stream {
            self.streams.entry(stream).or_default().failed += 1;
        }
        self.failures.push(FailedAttempt {
            time: row.time,
            kind,
            event_id: row.event_id,
            request_id: row.request_id,
            principal: of(row.principal),
            source_ip: of(row.source_ip),
            agent: of(row.agent),
            who: row.caller,
            message: of(row.message),
            caller: true,
        });
    }

    fn success(
        &mut self,
        event: EventKey,
        time: i64,
        number: KindNumber,
        principal: Option<Symbol>,
        caller: Option<CallerId>,
    ) {
        let Some(kind) = self.kinds.kind(number) else {
            return;
        };
        if let Some(stream) = kind.stream {
            self.streams.entry(stream).or_default().ok += 1;
        }
        if self.is_told(&kind, time) {
            self.summary.duplicates += 1;
            return;
        }
        self.spells.succeed(number, time, principal);
        let visit = Visit {
            time,
            kind: number,
            event,
            caller,
        };
        self.visits.note(visit, &kind, &self.symbols);
        if let Some(caller) = caller {
            let request = ByCaller {
                number,
                kind: &kind,
                caller,
            };
            self.callers.count(&request, time, true, &self.symbols);
            if let Some(accepted) = &mut self.accepted {
                accepted.take(number, caller, time);
            }
        }
    }

    /// Whether nothing was kept.
    pub fn is_empty(&self) -> bool {
        self.failures.is_empty() && self.spells.has_no_successes() && self.changes.is_empty()
    }

    /// Adds inputs that could not even be opened.
    pub fn rejected(&mut self, rejected: impl IntoIterator<Item = Rejected>) {
        self.summary.rejected.extend(rejected);
    }

    /// Notes that a line of a stream names a client.
    pub(super) fn name_client(&mut self, stream: &str, client: &str) {
        let [stream, client] = [stream, client].map(|text| self.symbols.intern(text));
        self.streams.entry(stream).or_default().name(client);
    }

    /// Whether the event is met for the first time; a repeat is counted.
    fn first_sight(&mut self, event: EventKey, time: i64) -> bool {
        let new = self.spells.is_new(event, time);
        self.summary.duplicates += u64::from(!new);
        new
    }

    /// Takes the successes, counted per minute and kind, out of the fold: the kinds that have any, and
    /// the counts by the place of their kind among these, in no order.
    pub(super) fn take_successes(&mut self) -> (Vec<Kind>, Vec<(u32, Successes)>) {
        let mut places: Vec<Option<u32>> = vec![None; self.kinds.all().len()];
        let mut kinds = Vec::new();
        let spells = std::mem::take(&mut self.spells);
        let placed = spells.successes().filter_map(|(_, number, counted)| {
            let kind = self.kinds.kind(number)?;
            let place = places.get_mut(number.index())?.get_or_insert_with(|| {
                kinds.push(kind);
                u32::try_from(kinds.len() - 1).unwrap_or(u32::MAX)
            });
            Some((*place, counted))
        });
        let placed = placed.collect();
        (kinds, placed)
    }

    /// Successes counted per minute, kind and caller, as far as callers are kept, in the order of these.
    pub(super) fn successes(&self) -> Vec<(Kind, Option<CallerId>, Successes)> {
        let nobody = Accepted::default();
        let accepted = self.accepted.as_ref().unwrap_or(&nobody);
        let mut rows = Vec::new();
        for (minute, number, counted) in self.spells.successes() {
            let Some(kind) = self.kinds.kind(number) else {
                continue;
            };
            let parts = accepted.parts(minute, number, counted).into_iter();
            rows.extend(parts.map(|(caller, part)| (minute, kind, caller, part)));
        }
        rows.sort_unstable_by_key(|(minute, kind, caller, _)| (*minute, *kind, *caller));
        let rows = rows.into_iter();
        rows.map(|(_, kind, caller, counted)| (kind, caller, counted))
            .collect()
    }

    /// The bounds of the requests kept, whose first and last times are given: those that were set,
    /// else what the inputs hold.
    pub(super) fn window(&self, span: Option<(i64, i64)>) -> Window {
        let records = || {
            let seen = self.coverage.values().filter_map(Observed::span);
            seen.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        };
        let held = span.or_else(records).map(|(first, last)| {
            let time = |micros| DateTime::from_timestamp_micros(micros).unwrap_or_default();
            (time(first), time(last) + TimeDelta::seconds(1))
        });
        let start = self.bounds.since.or(held.map(|(start, _)| start));
        let start = start.unwrap_or_default();
        let end = self.bounds.until.or(held.map(|(_, end)| end));
        Window {
            start,
            end: end.unwrap_or(start),
        }
    }
}

impl Numbers {
    fn symbol(&self, own: Symbol) -> Symbol {
        self.symbols.get(own.number()).copied().unwrap_or(own)
    }

    fn kind(&self, own: KindNumber) -> KindNumber {
        self.kinds.get(own.index()).copied().unwrap_or(own)
    }
}

impl Stream {
    fn name(&mut self, client: Symbol) {
        if self.clients.len() < 2 && !self.clients.contains(&client) {
            self.clients.push(client);
        }
    }
}

impl Bounds {
    pub(super) fn keep_request(&self, time: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }

    pub(super) fn keep_change(&self, time: DateTime<Utc>) -> bool {
        self.history.is_none_or(|history| history <= time)
            && self.until.is_none_or(|until| time < until)
    }
}
