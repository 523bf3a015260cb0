//! What one reader takes from records, on its way to the fold: rows over its own small numbers.
//!
//! Many readers gather side by side and know nothing of each other; what needs to know everything
//! (repeated events, successes counted per minute, callers) is left to the [`Fold`](super::Fold),
//! which takes their batches in the order of the inputs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{
    Bounds,
    callers::{Caller, CallerId, Met},
    counts::Key,
    coverage::Observed,
    event_key::{EventKey, first_half},
    kinds::{Kind, KindNumber, Kinds, Spelled, Successes},
    summary::Summary,
    symbols::{Symbol, Symbols, Texts},
};
use crate::{
    queries,
    record::{
        Change, Located, Malformed, Outcome, Record, Request, Seen, SourceKind, Unread, mask,
    },
    source::Rejected,
};

mod counted;
mod functions;

use functions::Functions;

/// So many pieces of one file are listed as rejected; the rest are counted.
const MOST_REJECTED: usize = 100;
/// A batch of so many rows is worth handing on.
const FULL: usize = 32 << 10;

/// Takes records and keeps what the fold needs of them.
#[derive(Clone, Debug, Default)]
pub struct Gather {
    bounds: Bounds,
    symbols: Symbols,
    kinds: Kinds,
    spelled: Spelled,
    batch: Batch,
    met: Met,
    /// The last place that was noted, which is nearly always the next one too.
    last: Option<(SourceKind, Box<str>, Box<str>, Place)>,
    file: String,
    rejected_here: usize,
    /// What this file holds that is recognised and not read: where it begins, and how often it stands.
    unread_here: BTreeMap<Unread, (u64, u64)>,
    /// Kinds of logs that this file has told of.
    told_here: BTreeSet<SourceKind>,
    /// What this file tells of functions.
    functions: Functions,
    /// How often the same line of the same second was met in this file.
    ordinals: HashMap<[u8; 16], u32>,
}

/// A kind of log, account and Region.
pub(super) type Place = (SourceKind, Option<Symbol>, Option<Symbol>);

/// What was gathered since the last batch. Symbols and kinds are the reader's own.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Texts that the reader met for the first time, by number.
    pub(super) texts: Texts,
    /// Kinds that it met for the first time, by number.
    pub(super) kinds: Vec<Kind>,
    /// Callers that it met for the first time.
    pub(super) callers: Vec<(CallerId, Caller)>,
    pub(super) rows: Vec<Row>,
    pub(super) observed: BTreeMap<Place, Observed>,
    /// Log streams, and app clients that their lines name.
    pub(super) named: BTreeSet<(Symbol, Symbol)>,
    /// Kinds of logs in files that were not read whole.
    pub(super) damaged: BTreeSet<SourceKind>,
    /// Counts alone; what only the fold can know is missing.
    pub(super) summary: Summary,
}

/// Something to keep, in the order of reading.
#[derive(Clone, Debug)]
pub(super) enum Row {
    Success {
        event: EventKey,
        time: i64,
        kind: KindNumber,
        principal: Option<Symbol>,
        caller: Option<CallerId>,
    },
    Failure(Box<FailureRow>),
    /// Successes that a query has counted.
    Counted(KindNumber, Successes),
    Change(EventKey, Box<Change>),
}

/// A failure with the reader's own symbols.
#[derive(Clone, Debug)]
pub(super) struct FailureRow {
    pub event: EventKey,
    pub time: i64,
    pub kind: KindNumber,
    pub event_id: Box<str>,
    pub request_id: Option<Box<str>>,
    pub principal: Option<Symbol>,
    pub source_ip: Option<Symbol>,
    pub agent: Option<Symbol>,
    pub caller: Option<CallerId>,
    pub message: Option<Symbol>,
}

/// Whether a file is named as CloudTrail names what it delivers:
/// `111122223333_CloudTrail_eu-west-1_20260302T1401Z_TNE6kjo9b9h5lKPE.json.gz`.
fn is_delivered(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let account = name.split('_').next().unwrap_or_default();
    name.contains("_CloudTrail_")
        && name.ends_with(".json.gz")
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
}

impl Gather {
    /// Gathers what lies inside `bounds`.
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            ..Self::default()
        }
    }

    /// Gathers what lies inside other bounds from now on.
    pub fn bound(&mut self, bounds: Bounds) {
        self.bounds = bounds;
    }

    /// Begins a new input; its name stands in messages.
    pub fn begin(&mut self, name: &str) {
        self.begin_page(name);
        self.batch.summary.files += 1;
    }

    /// Begins a page of an answer of AWS; its name stands in messages.
    pub fn begin_page(&mut self, name: &str) {
        self.file.replace_range(.., name);
        self.ordinals.clear();
        self.functions.clear();
        self.rejected_here = 0;
        self.told_here.clear();
        self.last = None;
    }

    /// Begins a text of an archive that was begun; its name stands in messages.
    pub fn begin_member(&mut self, name: &str) {
        self.begin_page(name);
    }

    /// Ends the input: how many bytes lay on disk, and what stopped it short.
    pub fn end(&mut self, bytes: u64, failure: Option<String>) {
        self.batch.summary.bytes += bytes;
        self.end_member(failure);
    }

    /// Ends the text of an archive: what stopped it short.
    pub fn end_member(&mut self, failure: Option<String>) {
        if let Some(reason) = failure {
            self.reject(None, reason);
        }
        for (unread, (offset, count)) in std::mem::take(&mut self.unread_here) {
            self.rejected_here += 1;
            self.batch.summary.rejected.push(Rejected {
                path: self.file.clone(),
                offset: Some(offset),
                count,
                reason: unread.reason().to_owned(),
            });
        }
        self.batch.summary.logs += u64::from(!self.told_here.is_empty());
        match self.rejected_here > 0 {
            true => self.batch.damaged.append(&mut self.told_here),
            // An archive ends behind its last member.
            false => self.told_here.clear(),
        }
        self.rejected_here = 0;
    }

    /// Notes of how many members of gzip the input is: CloudTrail delivers one.
    pub fn note_members(&mut self, members: u64) {
        if members > 1 && is_delivered(&self.file) {
            self.batch.summary.remarks.push(format!(
                "{}: {members} gzip members, where CloudTrail delivers one: somebody may have added \
                 to this file",
                self.file
            ));
        }
    }

    /// Ends the page: how many bytes it had, and what stopped reading it short.
    pub fn end_page(&mut self, bytes: u64, failure: Option<String>) {
        self.batch.summary.pages += 1;
        self.end(bytes, failure);
    }

    /// Whether there is enough to hand on before the input ends.
    pub fn is_full(&self) -> bool {
        self.batch.rows.len() >= FULL
    }

    /// What was gathered since the last batch.
    pub fn batch(&mut self) -> Batch {
        Batch {
            texts: self.symbols.new_ones(),
            kinds: self.kinds.new_ones(),
            callers: self.met.new_ones(),
            ..std::mem::take(&mut self.batch)
        }
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
        let summary = &mut self.batch.summary;
        if self.rejected_here > MOST_REJECTED {
            summary.rejected_unlisted += 1;
            return;
        }
        summary.rejected.push(Rejected {
            path: self.file.clone(),
            offset,
            count: 1,
            // What is wrong may be told with the value that is.
            reason: mask::text(&reason).into_owned(),
        });
    }

    fn keep(&mut self, located: Located<'_>) {
        match located.record {
            Record::Request(request) => self.request(&request, located.raw),
            Record::Counted(counted) => self.counted(&counted),
            Record::Change(change) => self.change(change, located.raw),
            Record::Unwanted(mut seen) => match seen.invocation.take() {
                Some(invocation) => self.invocation(invocation, &seen, located.raw),
                None => self.unwanted(&seen),
            },
            Record::PassedOver(kind) => {
                *self.batch.summary.passed_over.entry(kind).or_default() += 1;
            }
            Record::Unread(unread) => {
                let met = self.unread_here.entry(unread);
                met.or_insert((located.offset, 0)).1 += 1;
            }
        }
    }

    fn unwanted(&mut self, seen: &Seen<'_>) {
        if seen.source == SourceKind::Trail {
            self.batch.summary.records += 1 + seen.more;
        }
        if let (Some(stream), Some(client)) = (&seen.stream, &seen.client) {
            self.name_client(stream, client);
        }
        let place = (seen.account.as_deref(), seen.region.as_deref());
        for time in [seen.time, seen.last].into_iter().flatten() {
            self.observe(seen.source, place, time);
        }
    }

    fn request(&mut self, request: &Request<'_>, raw: &[u8]) {
        if request.source == SourceKind::Trail {
            self.batch.summary.records += 1;
        }
        self.batch.summary.events += 1;
        let place = (request.account.as_deref(), request.region.as_deref());
        self.observe(request.source, place, request.time);
        if !self.bounds.keep_request(request.time) {
            return;
        }
        if let (Some(stream), Some(client)) = (&request.stream, &request.client) {
            self.name_client(stream, client);
        }
        let made_up = request
            .event_id
            .is_none()
            .then(|| self.made_up(request, raw));
        let event_id = request.event_id.as_deref().or(made_up.as_deref());
        let event_id = event_id.unwrap_or_default();
        let (event, time) = (EventKey::new(event_id), request.time.timestamp_micros());
        let kind = self.kind(request);
        let message = request.message.as_deref();
        let message = message.map(|message| self.symbols.intern_line(message));
        let mut intern = |text: Option<&str>| text.map(|text| self.symbols.intern(text));
        let principal = intern(request.principal.as_deref());
        let (source_ip, agent) = (request.source_ip.as_deref(), request.agent.as_deref());
        let caller = self.met.number(source_ip, agent);
        self.batch.rows.push(match request.outcome {
            Outcome::Ok => Row::Success {
                event,
                time,
                kind,
                principal,
                caller,
            },
            Outcome::Failed(_) => Row::Failure(Box::new(FailureRow {
                event,
                time,
                kind,
                event_id: mask::field(event_id).into(),
                request_id: request
                    .request_id
                    .as_deref()
                    .map(mask::field)
                    .map(Into::into),
                principal,
                source_ip: intern(source_ip),
                agent: intern(agent),
                caller,
                message,
            })),
        });
    }

    fn kind(&mut self, request: &Request<'_>) -> KindNumber {
        let outcome = match &request.outcome {
            Outcome::Ok => super::counts::OK,
            Outcome::Failed(code) => code,
        };
        // In the order of `Key::parts`.
        let key = [
            request.account.as_deref(),
            request.region.as_deref(),
            request.user_pool.as_deref(),
            request.client.as_deref(),
            Some(&*request.endpoint),
            request.grant.as_deref(),
            request.redirect_uri.as_deref(),
            request.scopes.as_deref(),
            request.identity_provider.as_deref(),
            request.auth_method.as_deref(),
            Some(outcome),
            Some(request.known_by.as_str()),
            Some(request.source.as_str()),
        ];
        let (stream, domain) = (request.stream.as_deref(), request.domain.as_deref());
        let (symbols, kinds) = (&mut self.symbols, &mut self.kinds);
        self.spelled
            .number(key.into_iter().chain([stream, domain]), || {
                let mut intern = |text: Option<&str>| text.map(|text| symbols.intern(text));
                kinds.number(Kind {
                    key: Key::from_parts(key.map(&mut intern)),
                    source: request.source,
                    stream: intern(stream),
                    domain: intern(domain),
                })
            })
    }

    fn change(&mut self, mut change: Box<Change>, raw: &[u8]) {
        self.batch.summary.records += 1;
        self.batch.summary.events += u64::from(change.service == queries::COGNITO);
        let place = (change.account.as_deref(), change.region.as_deref());
        self.observe(SourceKind::Trail, place, change.time);
        if !self.bounds.keep_change(change.time) {
            return;
        }
        if change.event_id.is_empty() {
            change.event_id = self.event_id(SourceKind::Trail, None, change.time, raw);
        }
        let event = EventKey::new(&change.event_id);
        self.batch.rows.push(Row::Change(event, change));
    }

    /// Notes that a line of a stream names a client.
    fn name_client(&mut self, stream: &str, client: &str) {
        let named = (self.symbols.intern(stream), self.symbols.intern(client));
        self.batch.named.insert(named);
    }

    fn observe(
        &mut self,
        source: SourceKind,
        (account, region): (Option<&str>, Option<&str>),
        time: DateTime<Utc>,
    ) {
        let place = match &self.last {
            Some((kind, of, at, place))
                if *kind == source && account == Some(of) && region == Some(at) =>
            {
                *place
            }
            _ => self.place(source, account, region),
        };
        let observed = self.batch.observed.entry(place).or_default();
        observed.add(time.timestamp_micros());
    }

    fn place(&mut self, source: SourceKind, account: Option<&str>, region: Option<&str>) -> Place {
        self.told_here.insert(source);
        let mut intern = |text: Option<&str>| text.map(|text| self.symbols.intern(text));
        let place = (source, intern(account), intern(region));
        self.last = account
            .zip(region)
            .map(|(account, region)| (source, account.into(), region.into(), place));
        place
    }

    /// An id for an attempt that has none.
    fn made_up(&mut self, request: &Request<'_>, raw: &[u8]) -> String {
        self.event_id(request.source, request.stream.as_deref(), request.time, raw)
    }

    fn event_id(
        &mut self,
        source: SourceKind,
        stream: Option<&str>,
        time: DateTime<Utc>,
        raw: &[u8],
    ) -> String {
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
}
