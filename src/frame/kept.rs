//! What the fold keeps, as frames that can be stored and taken back: before lines are tied to
//! clients and sources are joined, since that needs all of them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use polars::prelude::*;

use super::{
    callers::{CallerId, Callers},
    changes::Changes,
    columns::*,
    counts::{KEY, Key, OK},
    event_key::EventKey,
    fold::{FailedAttempt, Fold, Kind, Successes},
    kinds::Seconds,
    symbols::Symbols,
};
use crate::{
    error::{DuringStage, Result},
    record::SourceKind,
    window::{Window, Windows},
};

/// Rows of one span of time.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Failed attempts, one a row; successes, a row for each minute, kind and caller; and accepted visits
    /// of pages, which are among these, one a row with an event id and no requests.
    ///
    /// | column | type | meaning |
    /// |---|---|---|
    /// | `account` … `source` | str, null | the key of [`Counts`](super::Counts) |
    /// | `requests`, `callers` | u64 | attempts; repeats of a known principal collapsed |
    /// | `first`, `last` | datetime\[µs], UTC | times of the first and the last of them |
    /// | `seconds` | u64 | a bit for each second of the minute that held one |
    /// | `stream`, `domain` | str, null | what may tie a line to a client |
    /// | `source_ip`, `user_agent` | str, null | the caller; null: not told, or one of too many in a minute |
    /// | `event_id` … `error_message` | str, null | of single requests only |
    pub attempts: DataFrame,
    /// Configuration writes.
    pub changes: Changes,
    /// App clients that lines of a log stream name.
    pub streams: DataFrame,
}

const STREAM: &str = "stream";
const DOMAIN: &str = "domain";
const TEXTS: [&str; 8] = [
    STREAM,
    DOMAIN,
    EVENT_ID,
    REQUEST_ID,
    PRINCIPAL,
    SOURCE_IP,
    USER_AGENT,
    ERROR_MESSAGE,
];

impl Kept {
    /// Columns and types of the attempts, in order.
    pub fn attempts_schema() -> Schema {
        let text = |name| (name, DataType::String);
        let mut columns: Vec<_> = KEY.into_iter().map(text).collect();
        columns.extend([(REQUESTS, DataType::UInt64), (CALLERS, DataType::UInt64)]);
        columns.extend([(FIRST, time_type()), (LAST, time_type())]);
        columns.push((SECONDS, DataType::UInt64));
        columns.extend(TEXTS.map(text));
        schema(&columns)
    }

    /// Columns and types of the streams, in order.
    pub fn streams_schema() -> Schema {
        schema(&[(STREAM, DataType::String), (CLIENT, DataType::String)])
    }

    /// No rows at all.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn empty() -> Result<Self> {
        Ok(Self {
            attempts: DataFrame::empty_with_schema(&Self::attempts_schema()),
            changes: Changes::from_rows(&[])?,
            streams: DataFrame::empty_with_schema(&Self::streams_schema()),
        })
    }

    /// Checks the columns of frames that were stored.
    ///
    /// # Errors
    ///
    /// [`Error::Schema`](crate::Error::Schema) when a column is missing or has another type.
    pub fn new(attempts: DataFrame, changes: DataFrame, streams: DataFrame) -> Result<Self> {
        check(&attempts, "attempts", &Self::attempts_schema())?;
        check(&streams, "streams", &Self::streams_schema())?;
        Ok(Self {
            attempts,
            changes: Changes::new(changes)?,
            streams,
        })
    }

    /// The rows inside `window`; streams have no time.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn within(&self, window: Window) -> Result<Self> {
        self.filtered(|name| is_inside(name, window))
    }

    /// These rows, with those of `other` in the place of what lies inside `windows`.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn replaced(&self, other: &Self, windows: &Windows) -> Result<Self> {
        let inside = |name: &'static str| {
            let spans = windows.as_slice().iter();
            spans
                .map(|window| is_inside(name, *window))
                .fold(lit(false), Expr::or)
        };
        let old = self.filtered(|name| inside(name).not())?;
        let new = other.filtered(inside)?;
        let stage = "put rows in the place of others";
        let mut by = vec![FIRST, LAST, EVENT_ID, STREAM, DOMAIN, SOURCE_IP, USER_AGENT];
        by.extend(KEY);
        let attempts = old.attempts.vstack(&new.attempts).during(stage)?;
        let changes = old.changes.frame().vstack(new.changes.frame());
        let streams = old.streams.vstack(&new.streams).during(stage)?;
        Ok(Self {
            attempts: attempts
                .sort(by, SortMultipleOptions::default())
                .during(stage)?,
            changes: Changes::new(changes.during(stage)?)?,
            streams: streams
                .lazy()
                .unique_stable(None, UniqueKeepStrategy::First)
                .sort([STREAM, CLIENT], SortMultipleOptions::default())
                .collect()
                .during(stage)?,
        })
    }

    fn filtered(&self, condition: impl Fn(&'static str) -> Expr) -> Result<Self> {
        let stage = "take rows of a span of time";
        let attempts = self.attempts.clone().lazy().filter(condition(FIRST));
        let changes = self.changes.lazy().filter(condition(TIME));
        Ok(Self {
            attempts: attempts.collect().during(stage)?,
            changes: Changes::new(changes.collect().during(stage)?)?,
            streams: self.streams.clone(),
        })
    }
}

fn is_inside(column: &'static str, window: Window) -> Expr {
    let micros = |time: DateTime<Utc>| lit(time.timestamp_micros()).cast(time_type());
    col(column)
        .gt_eq(micros(window.start))
        .and(col(column).lt(micros(window.end)))
}

/// A row of the attempts.
struct Row<'a> {
    kind: &'a Kind,
    counted: Successes,
    failure: Option<&'a FailedAttempt>,
    /// Of an accepted visit.
    event_id: Option<String>,
    caller: Option<CallerId>,
}

impl Fold {
    /// What was kept so far.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn kept(&mut self) -> Result<Kept> {
        self.absorb_own();
        let fold = &*self;
        let successes = fold.successes();
        let failures = fold.failures.iter().map(|failure| Row {
            kind: &failure.kind,
            counted: Successes {
                requests: 1,
                callers: 1,
                first: failure.time,
                last: failure.time,
                seconds: Seconds::of(failure.time),
            },
            failure: Some(failure),
            event_id: None,
            caller: None,
        });
        let successes = successes.iter().map(|(kind, caller, counted)| Row {
            kind,
            counted: *counted,
            failure: None,
            event_id: None,
            caller: *caller,
        });
        let visits = fold.visits.visits.iter().filter_map(|visit| {
            let counted = Successes {
                requests: 0,
                callers: 0,
                first: visit.time,
                last: visit.time,
                seconds: Seconds::default(),
            };
            Some((fold.kinds.kind(visit.kind)?, counted, visit))
        });
        let ok = fold.symbols.find(OK);
        let visits: Vec<_> = visits.filter(|(kind, ..)| kind.key.outcome == ok).collect();
        let visits = visits.iter().map(|(kind, counted, visit)| Row {
            kind,
            counted: *counted,
            failure: None,
            event_id: Some(visit.event.to_string()),
            caller: visit.caller,
        });
        let rows: Vec<Row<'_>> = failures.chain(successes).chain(visits).collect();
        let named: BTreeSet<(&str, &str)> = self
            .streams
            .iter()
            .flat_map(|(stream, seen)| {
                let stream = fold.symbols.text(*stream);
                let clients = seen.clients.iter();
                clients.map(move |client| (stream, fold.symbols.text(*client)))
            })
            .collect();
        let streams = vec![
            texts(STREAM, named.iter().map(|(stream, _)| Some(*stream))),
            texts(CLIENT, named.iter().map(|(_, client)| Some(*client))),
        ];
        Kept::new(
            attempts(&rows, &fold.symbols, &fold.callers)?,
            Changes::from_rows(&fold.all_changes())?.frame().clone(),
            frame(streams, "keep log streams")?,
        )?
        .replaced(&Kept::empty()?, &Windows::default())
    }

    /// Takes back what was kept.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn restore(&mut self, kept: &Kept) -> Result<()> {
        let columns = KEY
            .iter()
            .chain(&TEXTS)
            .map(|name| strings(&kept.attempts, name))
            .collect::<Result<Vec<_>>>()?;
        let (first, last) = (
            micros(&kept.attempts, FIRST)?,
            micros(&kept.attempts, LAST)?,
        );
        let requests = counts(&kept.attempts, REQUESTS)?;
        let callers = counts(&kept.attempts, CALLERS)?;
        let seconds = counts(&kept.attempts, SECONDS)?;
        for row in 0..first.len() {
            let text = |at: usize| columns.get(at).and_then(|column| column.get(row));
            self.restore_row(
                text,
                Successes {
                    requests: requests[row],
                    callers: callers[row],
                    first: first[row],
                    last: last[row],
                    seconds: Seconds(seconds[row]),
                },
            );
        }
        for change in kept.changes.rows()? {
            self.keep_change(change.without_secrets());
        }
        let (streams, clients) = (
            strings(&kept.streams, STREAM)?,
            strings(&kept.streams, CLIENT)?,
        );
        for (stream, client) in streams.iter().zip(clients.iter()) {
            if let (Some(stream), Some(client)) = (stream, client) {
                self.name_client(stream, client);
            }
        }
        Ok(())
    }

    fn restore_row<'a>(&mut self, text: impl Fn(usize) -> Option<&'a str>, counted: Successes) {
        const AFTER: usize = KEY.len();
        let mut parts = [None; AFTER];
        for (at, part) in parts.iter_mut().enumerate() {
            *part = text(at).map(|text| self.symbols.intern(text));
        }
        let mut own = |at: usize| text(AFTER + at).map(|text| self.symbols.intern(text));
        let kind = Kind {
            key: Key::from_parts(parts),
            source: text(AFTER - 1)
                .and_then(SourceKind::from_name)
                .unwrap_or_default(),
            stream: own(0),
            domain: own(1),
        };
        let [principal, source_ip, agent, message] = [4, 5, 6, 7].map(own);
        let (address, agent_text) = (text(AFTER + 5), text(AFTER + 6));
        let who = CallerId::new(address, agent_text);
        match text(AFTER + 2) {
            None => self.keep_successes(kind, counted, address, agent_text),
            Some(event_id) if counted.requests == 0 => {
                let visit = (EventKey::new(event_id), counted.first);
                self.keep_visit(kind, visit, address, agent_text);
            }
            Some(event_id) => self.keep_failure(FailedAttempt {
                time: counted.first,
                kind,
                event_id: event_id.into(),
                request_id: text(AFTER + 3).map(Into::into),
                principal,
                source_ip,
                agent,
                who,
                message,
                caller: true,
            }),
        }
    }
}

fn attempts(rows: &[Row<'_>], symbols: &Symbols, callers: &Callers) -> Result<DataFrame> {
    let of = |symbol: Option<super::symbols::Symbol>| symbol.map(|symbol| symbols.text(symbol));
    let mut columns = Vec::new();
    for (at, name) in KEY.into_iter().enumerate() {
        let part = |row: &Row<'_>| of(row.kind.key.parts().get(at).copied().flatten());
        columns.push(texts(name, rows.iter().map(part)));
    }
    let count = |value: fn(&Successes) -> u64| rows.iter().map(|row| value(&row.counted)).collect();
    let time = |value: fn(&Successes) -> i64| rows.iter().map(|row| value(&row.counted)).collect();
    columns.push(numbers(REQUESTS, count(|counted| counted.requests)));
    columns.push(numbers(CALLERS, count(|counted| counted.callers)));
    columns.push(times(FIRST, time(|counted| counted.first)));
    columns.push(times(LAST, time(|counted| counted.last)));
    columns.push(numbers(SECONDS, count(|counted| counted.seconds.0)));
    for name in TEXTS {
        let value = |row: &Row<'_>| match name {
            STREAM => of(row.kind.stream),
            DOMAIN => of(row.kind.domain),
            _ => None,
        };
        let failed = rows.iter().map(|row| row.failure);
        let caller = |row: &'_ Row<'_>| callers.named(row.caller?);
        let address = |row| caller(row)?.source_ip.as_deref();
        let agent = |row| caller(row)?.agent.as_deref();
        columns.push(match name {
            EVENT_ID => texts(
                name,
                rows.iter().map(|row| match row.failure {
                    Some(failure) => Some(&*failure.event_id),
                    None => row.event_id.as_deref(),
                }),
            ),
            REQUEST_ID => texts(name, failed.map(|one| one?.request_id.as_deref())),
            PRINCIPAL => texts(name, failed.map(|one| of(one?.principal))),
            SOURCE_IP => texts(
                name,
                rows.iter().map(|row| match row.failure {
                    Some(failure) => of(failure.source_ip),
                    None => address(row),
                }),
            ),
            USER_AGENT => texts(
                name,
                rows.iter().map(|row| match row.failure {
                    Some(failure) => of(failure.agent),
                    None => agent(row),
                }),
            ),
            ERROR_MESSAGE => texts(name, failed.map(|one| of(one?.message))),
            _ => texts(name, rows.iter().map(value)),
        });
    }
    frame(columns, "keep attempts")
}
