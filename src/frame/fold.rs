//! The fold that takes records one by one while they are read, and drops what need not be kept.
//!
//! Failures stay single, successes are counted per minute and kind, repeated events are dropped:
//! memory grows with what must be kept, not with what was read.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, btree_map, hash_map};

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::{
    counts::Key,
    coverage::Observed,
    summary::Summary,
    symbols::{Symbol, Symbols},
};
use crate::{
    record::{Change, Located, Malformed, Outcome, Record, Request, SourceKind},
    source::{Rejected, aws::Reach},
    window::{Window, Windows},
};

mod given;
mod reached;

/// A principal's repeats within such a block count as one caller.
const CALLER_BLOCK: i64 = 5 * 60_000_000;
const MINUTE: i64 = 60_000_000;
/// So many pieces of one file are listed as rejected; the rest are counted.
const MOST_REJECTED: usize = 100;

/// Which requests to keep.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    /// Requests before this time are dropped.
    pub since: Option<DateTime<Utc>>,
    /// Requests from this time on are dropped.
    pub until: Option<DateTime<Utc>>,
    /// Changes before this time are dropped.
    pub history: Option<DateTime<Utc>>,
}

/// Takes records and keeps what the frames need.
#[derive(Default)]
pub struct Fold {
    bounds: Bounds,
    pub(super) symbols: Symbols,
    /// 128 bits of every kept event's id.
    seen: HashSet<u128>,
    pub(super) failures: Vec<FailedAttempt>,
    pub(super) successes: BTreeMap<(i64, Kind), Successes>,
    /// The minute of the first success of each known principal in each block.
    callers: HashMap<(Symbol, i64, Kind), i64>,
    pub(super) changes: Vec<Change>,
    pub(super) coverage: BTreeMap<(SourceKind, Option<Symbol>, Option<Symbol>), Observed>,
    pub(super) streams: BTreeMap<Symbol, Stream>,
    /// Spans of which all attempts of the trail were taken, by account and Region.
    told: BTreeMap<(Symbol, Symbol), Windows>,
    /// Accounts and Regions whose trail this section of the archive has told of.
    places_here: BTreeSet<(Symbol, Symbol)>,
    /// Questions for changes that were not answered whole.
    pub(super) blind: Vec<Reach>,
    /// Those that might have told of any account and Region.
    pub(super) blind_everywhere: Vec<Reach>,
    /// How far questions to AWS got, by the kind of log they read.
    pub(super) reaches: Vec<(SourceKind, Reach)>,
    pub(super) summary: Summary,
    file: String,
    rejected_here: usize,
    /// Kinds of logs that this file has told of, and those of files that were not read whole.
    told_here: BTreeSet<SourceKind>,
    pub(super) damaged: BTreeSet<SourceKind>,
    /// How often the same line of the same second was met in this file.
    ordinals: HashMap<[u8; 16], u32>,
}

/// A key with what may later tie it to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Kind {
    pub key: Key,
    pub source: SourceKind,
    pub stream: Option<Symbol>,
    pub domain: Option<Symbol>,
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
    /// False for the repeat of a known principal in the same five minutes: known when all were
    /// read.
    pub caller: bool,
}

/// The successes of one kind in one minute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Successes {
    pub requests: u64,
    pub callers: u64,
    pub first: i64,
    pub last: i64,
}

/// What is known of a log stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Stream {
    /// Client ids that its lines name; two are enough to know that it is not one client's.
    pub clients: Vec<Symbol>,
    pub ok: u64,
    pub failed: u64,
}

impl Fold {
    /// An empty fold that keeps what lies inside `bounds`.
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            ..Self::default()
        }
    }

    /// Begins a new input; its name stands in messages.
    pub fn begin(&mut self, name: &str) {
        self.begin_page(name);
        self.summary.files += 1;
    }

    /// Begins a page of an answer of AWS; its name stands in messages.
    pub fn begin_page(&mut self, name: &str) {
        self.file = name.to_owned();
        self.ordinals.clear();
        self.rejected_here = 0;
        self.told_here.clear();
    }

    /// Ends the input: how many bytes lay on disk, and what stopped it short.
    pub fn end(&mut self, bytes: u64, failure: Option<String>) {
        self.summary.bytes += bytes;
        if let Some(reason) = failure {
            self.reject(None, reason);
        }
        if self.rejected_here > 0 {
            self.damaged.append(&mut self.told_here);
        }
    }

    /// Ends the page: how many bytes it had, and what stopped reading it short.
    pub fn end_page(&mut self, bytes: u64, failure: Option<String>) {
        self.summary.pages += 1;
        self.end(bytes, failure);
    }

    /// Whether nothing was kept.
    pub fn is_empty(&self) -> bool {
        self.failures.is_empty() && self.successes.is_empty() && self.changes.is_empty()
    }

    /// Adds inputs that could not even be opened.
    pub fn rejected(&mut self, rejected: impl IntoIterator<Item = Rejected>) {
        self.summary.rejected.extend(rejected);
    }

    /// Takes one record, or the news that it could not be read.
    pub fn take(&mut self, record: Result<Located<'_>, Malformed>) {
        match record {
            Err(malformed) => self.reject(Some(malformed.offset), malformed.reason),
            Ok(located) => self.keep(located),
        }
    }

    fn reject(&mut self, offset: Option<u64>, reason: String) {
        self.rejected_here += 1;
        if self.rejected_here > MOST_REJECTED {
            self.summary.rejected_unlisted += 1;
            return;
        }
        self.summary.rejected.push(Rejected {
            path: self.file.clone(),
            offset,
            reason,
        });
    }

    fn keep(&mut self, located: Located<'_>) {
        match located.record {
            Record::Request(request) => self.request(request, located.raw),
            Record::Counted(counted) => self.counted(&counted),
            Record::Change(change) => self.change(*change, located.raw),
            Record::Unwanted(seen) => {
                if seen.source == SourceKind::Trail {
                    self.summary.records += 1;
                }
                if let (Some(stream), Some(client)) = (&seen.stream, &seen.client) {
                    self.name_client(stream, client);
                }
                if let Some(time) = seen.time {
                    self.observe(
                        seen.source,
                        seen.account.as_deref(),
                        seen.region.as_deref(),
                        time,
                    );
                }
            }
            Record::PassedOver(kind) => *self.summary.passed_over.entry(kind).or_default() += 1,
        }
    }

    fn request(&mut self, request: Request<'_>, raw: &[u8]) {
        if request.source == SourceKind::Trail {
            self.summary.records += 1;
        }
        let (account, region) = (request.account.as_deref(), request.region.as_deref());
        self.observe(request.source, account, region, request.time);
        if !self.bounds.keep_request(request.time) {
            return;
        }
        let event_id = self.event_id(
            request.event_id.as_deref(),
            request.source,
            request.stream.as_deref(),
            request.time,
            raw,
        );
        if !self.first_sight(&event_id) {
            return;
        }
        let failed = !matches!(request.outcome, Outcome::Ok);
        if let Some(name) = request.stream.as_deref() {
            let client = request.client.as_deref().map(|id| self.symbols.intern(id));
            let stream = self.stream(name);
            client.into_iter().for_each(|client| stream.name(client));
            *(if failed {
                &mut stream.failed
            } else {
                &mut stream.ok
            }) += 1;
        }
        let kind = self.kind(&request);
        if failed {
            self.failure(&request, kind, event_id);
        } else {
            self.success(&request, kind);
        }
    }

    fn kind(&mut self, request: &Request<'_>) -> Kind {
        let mut intern = |text: Option<&str>| text.map(|text| self.symbols.intern(text));
        let outcome = match &request.outcome {
            Outcome::Ok => super::counts::OK,
            Outcome::Failed(code) => code,
        };
        let key = Key {
            account: intern(request.account.as_deref()),
            region: intern(request.region.as_deref()),
            user_pool: intern(request.user_pool.as_deref()),
            client: intern(request.client.as_deref()),
            endpoint: intern(Some(&request.endpoint)),
            grant: intern(request.grant.as_deref()),
            redirect_uri: intern(request.redirect_uri.as_deref()),
            scopes: intern(request.scopes.as_deref()),
            identity_provider: intern(request.identity_provider.as_deref()),
            auth_method: intern(request.auth_method.as_deref()),
            outcome: intern(Some(outcome)),
            source: intern(Some(request.source.as_str())),
        };
        Kind {
            key,
            source: request.source,
            stream: intern(request.stream.as_deref()),
            domain: intern(request.domain.as_deref()),
        }
    }

    fn failure(&mut self, request: &Request<'_>, kind: Kind, event_id: String) {
        let mut intern = |text: Option<&str>| text.map(|text| self.symbols.intern(text));
        let attempt = FailedAttempt {
            time: request.time.timestamp_micros(),
            kind,
            event_id: event_id.into(),
            request_id: request.request_id.as_deref().map(Into::into),
            principal: intern(request.principal.as_deref()),
            source_ip: intern(request.source_ip.as_deref()),
            caller: true,
        };
        self.failures.push(attempt);
    }

    fn success(&mut self, request: &Request<'_>, kind: Kind) {
        if self.is_told(&kind, request.time) {
            self.summary.duplicates += 1;
            return;
        }
        let time = request.time.timestamp_micros();
        let minute = time - time.rem_euclid(MINUTE);
        let caller = u64::from(self.is_caller(request, kind, minute));
        match self.successes.entry((minute, kind)) {
            btree_map::Entry::Vacant(entry) => {
                entry.insert(Successes {
                    requests: 1,
                    callers: caller,
                    first: time,
                    last: time,
                });
            }
            btree_map::Entry::Occupied(mut entry) => {
                let counted = entry.get_mut();
                counted.requests += 1;
                counted.callers += caller;
                counted.first = counted.first.min(time);
                counted.last = counted.last.max(time);
            }
        }
    }

    /// Whether the attempt counts as a caller: an unknown principal always, a known one once a
    /// block, in the first minute of it that has one, whatever the order of reading.
    fn is_caller(&mut self, request: &Request<'_>, kind: Kind, minute: i64) -> bool {
        let Some(principal) = request.principal.as_deref() else {
            return true;
        };
        let principal = self.symbols.intern(principal);
        let block = caller_block(minute);
        let counted = match self.callers.entry((principal, block, kind)) {
            hash_map::Entry::Vacant(entry) => {
                entry.insert(minute);
                return true;
            }
            hash_map::Entry::Occupied(entry) => entry.into_mut(),
        };
        if *counted <= minute {
            return false;
        }
        if let Some(later) = self.successes.get_mut(&(*counted, kind)) {
            later.callers = later.callers.saturating_sub(1);
        }
        *counted = minute;
        true
    }

    fn change(&mut self, mut change: Change, raw: &[u8]) {
        self.summary.records += 1;
        let (account, region) = (change.account.as_deref(), change.region.as_deref());
        self.observe(SourceKind::Trail, account, region, change.time);
        if !self.bounds.keep_change(change.time) {
            return;
        }
        if change.event_id.is_empty() {
            change.event_id = self.event_id(None, SourceKind::Trail, None, change.time, raw);
        }
        if self.first_sight(&change.event_id) {
            self.changes.push(change);
        }
    }

    /// Notes that a line of a stream names a client.
    pub(super) fn name_client(&mut self, stream: &str, client: &str) {
        let client = self.symbols.intern(client);
        self.stream(stream).name(client);
    }

    fn stream(&mut self, name: &str) -> &mut Stream {
        let name = self.symbols.intern(name);
        self.streams.entry(name).or_default()
    }

    fn observe(
        &mut self,
        source: SourceKind,
        account: Option<&str>,
        region: Option<&str>,
        time: DateTime<Utc>,
    ) {
        self.told_here.insert(source);
        let account = account.map(|text| self.symbols.intern(text));
        let region = region.map(|text| self.symbols.intern(text));
        let seen = self.coverage.entry((source, account, region));
        seen.or_default().add(time.timestamp_micros());
    }

    /// Whether the event is met for the first time; a repeat is counted.
    fn first_sight(&mut self, event_id: &str) -> bool {
        let digest = Sha256::digest(event_id.as_bytes());
        let new = self.seen.insert(u128::from_le_bytes(first_half(&digest)));
        self.summary.duplicates += u64::from(!new);
        new
    }

    /// The event's own id, else a hash of source, stream, time, message and ordinal.
    fn event_id(
        &mut self,
        own: Option<&str>,
        source: SourceKind,
        stream: Option<&str>,
        time: DateTime<Utc>,
        raw: &[u8],
    ) -> String {
        if let Some(own) = own {
            return own.to_owned();
        }
        let mut hash = Sha256::new();
        hash.update(source.as_str());
        hash.update([0]);
        hash.update(stream.unwrap_or_default());
        hash.update(time.timestamp_micros().to_le_bytes());
        hash.update(raw);
        let ordinal = self
            .ordinals
            .entry(first_half(&hash.clone().finalize()))
            .or_default();
        *ordinal += 1;
        hash.update(ordinal.to_le_bytes());
        let digest = first_half(&hash.finalize());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The bounds of the requests kept, whose first and last times are given: as asked for, else
    /// what the inputs hold.
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

impl Stream {
    fn name(&mut self, client: Symbol) {
        if self.clients.len() < 2 && !self.clients.contains(&client) {
            self.clients.push(client);
        }
    }
}

impl Bounds {
    /// The normal level of failures is taken from a day before the window, where there is one.
    fn keep_request(&self, time: DateTime<Utc>) -> bool {
        self.since
            .is_none_or(|since| since - TimeDelta::days(1) <= time)
            && self.until.is_none_or(|until| time < until)
    }

    fn keep_change(&self, time: DateTime<Utc>) -> bool {
        self.history.is_none_or(|history| history <= time)
            && self.until.is_none_or(|until| time < until)
    }
}

/// The block of a time (µs) in which a principal's repeats count once.
pub(super) fn caller_block(time: i64) -> i64 {
    time.div_euclid(CALLER_BLOCK)
}

fn first_half(digest: &[u8]) -> [u8; 16] {
    let mut half = [0; 16];
    half.iter_mut()
        .zip(digest)
        .for_each(|(to, from)| *to = *from);
    half
}
