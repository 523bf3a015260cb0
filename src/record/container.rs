//! Containers: the wrappers around records, told apart by content (domain.md §9).

use std::{
    borrow::Cow,
    io::{self, Read},
};

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{
    Context, Learned, Located, LookAlike, Malformed, Record, Seen, cloudtrail, counted, message,
    sieve,
    split::{Piece, Splitter},
    templates::Object,
    time,
};

mod table;

/// Lines that continue a message are joined to it up to this length.
const LONGEST_MESSAGE: usize = 64 << 10;
/// So much of an input tells whether it is a table.
const PEEK: usize = 4 << 10;

/// Reads every record of one input.
pub(super) fn read(
    mut input: impl Read,
    name: &str,
    each: impl FnMut(Result<Located<'_>, Malformed>),
) -> io::Result<()> {
    let mut start = Vec::with_capacity(PEEK);
    let failure = (&mut input).take(PEEK as u64).read_to_end(&mut start).err();
    let rest = Some(Rest { input, failure });
    read_on(&mut start, rest, name, &mut Learned::default(), each)
}

/// Reads every record of what stands in `buffer` and then comes from `rest`, if anything does.
pub(super) fn read_on(
    buffer: &mut Vec<u8>,
    rest: Option<impl Read>,
    name: &str,
    learned: &mut Learned,
    mut each: impl FnMut(Result<Located<'_>, Malformed>),
) -> io::Result<()> {
    if table::is_header(buffer.get(..PEEK).unwrap_or(buffer)) {
        return match rest {
            Some(rest) => table::read(buffer.chain(rest), name, &mut each),
            None => table::read(buffer.as_slice(), name, &mut each),
        };
    }
    let mut splitter = Splitter::new(std::mem::take(buffer), rest, learned);
    let result = run(&mut splitter, name, each);
    *buffer = splitter.into_buffer();
    result
}

/// Reads every record of the pieces.
fn run(
    splitter: &mut Splitter<'_, impl Read>,
    name: &str,
    mut each: impl FnMut(Result<Located<'_>, Malformed>),
) -> io::Result<()> {
    let mut reader = Reader {
        name,
        pending: None,
        sifts: splitter.has_shortcuts(),
        each: &mut each,
    };
    let result = splitter.run(|offset, piece| reader.piece(offset, piece));
    reader.flush();
    result
}

/// Reads every record of a text byte by byte, passing over none.
#[cfg(test)]
pub(super) fn read_slowly(
    text: &[u8],
    name: &str,
    each: impl FnMut(Result<Located<'_>, Malformed>),
) {
    let mut learned = Learned::default();
    let splitter = Splitter::new(text.to_vec(), None::<io::Empty>, &mut learned);
    let _ = run(&mut splitter.without_shortcuts(), name, each);
}

/// The input behind its peeked start, whose failure comes after what was peeked.
struct Rest<R> {
    input: R,
    failure: Option<io::Error>,
}

impl<R: Read> Read for Rest<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.failure.take() {
            Some(error) => Err(error),
            None => self.input.read(buffer),
        }
    }
}

struct Reader<'n, 'e, E> {
    name: &'n str,
    /// A message whose next lines may belong to it.
    pending: Option<Pending>,
    /// Whether records that nobody needs are passed over.
    sifts: bool,
    each: &'e mut E,
}

struct Pending {
    offset: u64,
    time: Option<DateTime<Utc>>,
    text: String,
}

/// A log event of FilterLogEvents, GetLogEvents or a subscription.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogEvent<'a> {
    #[serde(borrow, alias = "id")]
    event_id: Option<Cow<'a, str>>,
    timestamp: Option<i64>,
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow)]
    log_stream_name: Option<Cow<'a, str>>,
}

/// What a subscription's payload says before its events.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Head<'a> {
    #[serde(borrow)]
    message_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    owner: Option<Cow<'a, str>>,
    /// No subscription says it; pages of a log group that was asked for do.
    #[serde(borrow)]
    region: Option<Cow<'a, str>>,
    #[serde(borrow)]
    log_group: Option<Cow<'a, str>>,
    #[serde(borrow)]
    log_stream: Option<Cow<'a, str>>,
}

/// A cell of a Logs Insights row.
#[derive(Deserialize)]
struct Field<'a> {
    #[serde(borrow)]
    field: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

impl<E: FnMut(Result<Located<'_>, Malformed>)> Reader<'_, '_, E> {
    fn piece(&mut self, offset: u64, piece: Piece<'_>) {
        match piece {
            Piece::Line(line) => self.line(offset, line),
            Piece::Broken(reason) => self.broken(offset, reason.to_owned()),
            Piece::Unwanted(seen) => self.unwanted(offset, seen),
            Piece::Known(record) => self.known(offset, record),
            Piece::Json {
                bytes,
                within,
                head,
            } => match self.sifts.then(|| wrapped(bytes, within)).flatten() {
                Some(seen) => self.unwanted(offset, seen),
                None => match std::str::from_utf8(bytes) {
                    Ok(json) => self.json(offset, json, within, head),
                    Err(_) => self.broken(offset, "is not UTF-8".to_owned()),
                },
            },
        }
    }

    fn unwanted(&mut self, offset: u64, seen: Seen<'_>) {
        self.give(offset, &[], Record::Unwanted(seen));
    }

    fn broken(&mut self, offset: u64, reason: String) {
        (self.each)(Err(Malformed { offset, reason }));
    }

    fn json(&mut self, offset: u64, json: &str, within: Option<&'static str>, head: &[u8]) {
        let result = match within {
            Some("events" | "logEvents") => self.log_event(offset, json, head),
            Some("results") => self.row(offset, json),
            Some(_) => self.trail_record(offset, json),
            None => self.value(offset, json),
        };
        if let Err(reason) = result {
            self.broken(offset, reason);
        }
    }

    /// An element of `Records` or `Events`.
    fn trail_record(&mut self, offset: u64, json: &str) -> Result<(), String> {
        let record = cloudtrail::parse(json)?;
        self.give_listed(offset, json, record);
        Ok(())
    }

    /// An element of `Records` that is written like one before it.
    fn known(&mut self, offset: u64, object: &Object<'_>) {
        match cloudtrail::parse_known(object) {
            Ok(record) => self.give_listed(offset, object.text(), record),
            Err(reason) => self.broken(offset, reason),
        }
    }

    fn give_listed(&mut self, offset: u64, json: &str, record: Option<Record<'_>>) {
        let record = record.unwrap_or(Record::PassedOver(LookAlike::Notification));
        self.give(offset, json.as_bytes(), record);
    }

    /// A value of no container: a record, an envelope, an application's JSON line.
    fn value(&mut self, offset: u64, json: &str) -> Result<(), String> {
        if json.starts_with('[') && json.len() < 64 && json[1..].trim_start() == "]" {
            return Ok(());
        }
        if json.starts_with('"') {
            let message: String = serde_json::from_str(json).map_err(told)?;
            let record = message::parse(&message, &self.context(None))?;
            self.give(offset, json.as_bytes(), record);
            return Ok(());
        }
        if let Ok(event) = serde_json::from_str::<LogEvent<'_>>(json)
            && event.timestamp.is_some()
            && event.message.is_some()
        {
            return self.log_event(offset, json, &[]);
        }
        // JSON behind a line of text has that line's time, if it has none of its own.
        let time = self.pending.as_ref().and_then(|pending| pending.time);
        self.flush();
        let record = message::parse(json, &self.context(time))?;
        self.give(offset, json.as_bytes(), record);
        Ok(())
    }

    fn log_event(&mut self, offset: u64, json: &str, head: &[u8]) -> Result<(), String> {
        let mut closed = head.trim_ascii_end().to_vec();
        if closed.last() == Some(&b',') {
            closed.pop();
        }
        closed.push(b'}');
        let head: Head<'_> = serde_json::from_slice(&closed).unwrap_or_default();
        if head.message_type.as_deref() == Some("CONTROL_MESSAGE") {
            self.give(
                offset,
                json.as_bytes(),
                Record::PassedOver(LookAlike::Control),
            );
            return Ok(());
        }
        let event: LogEvent<'_> = serde_json::from_str(json).map_err(told)?;
        let time = event.timestamp.and_then(time::from_millis);
        if event.timestamp.is_some() && time.is_none() {
            return Err("has no readable `timestamp`".to_owned());
        }
        let stream = event.log_stream_name.or(head.log_stream);
        let context = Context {
            time,
            event_id: event.event_id,
            account: head.owner,
            region: head.region,
            stream: Some(stream_name(
                head.log_group.as_deref(),
                stream.as_deref(),
                self.name,
            )),
            log_group: head.log_group,
        };
        let message = event.message.unwrap_or_default();
        let record = message::parse(&message, &context)?;
        self.give(offset, message.as_bytes(), record);
        Ok(())
    }

    /// A row of Logs Insights.
    fn row(&mut self, offset: u64, json: &str) -> Result<(), String> {
        let fields: Vec<Field<'_>> = serde_json::from_str(json).map_err(told)?;
        let of = |name: &str| {
            let field = fields.iter().find(|field| field.field == name);
            field.map(|field| field.value.as_ref())
        };
        if let Some(counted) = counted::parse(of) {
            let record = Record::Counted(counted?);
            self.give(offset, json.as_bytes(), record);
            return Ok(());
        }
        let Some(message) = of("@message") else {
            return Err("is a row without `@message`".to_owned());
        };
        // ACCOUNT:GROUP
        let (owner, group) = of("@log")
            .map(|log| {
                log.split_once(':')
                    .map_or((None, log), |(id, of)| (Some(id), of))
            })
            .unzip();
        let owner = owner.flatten();
        let context = Context {
            time: of("@timestamp").and_then(insights_time),
            event_id: None,
            account: of("@aws.account").or(owner).map(Cow::Borrowed),
            region: of("@aws.region").map(Cow::Borrowed),
            stream: Some(stream_name(group, of("@logStream"), self.name)),
            log_group: group.map(Cow::Borrowed),
        };
        let record = message::parse(message, &context)?;
        self.give(offset, message.as_bytes(), record);
        Ok(())
    }

    /// A line of text: the start of a message, or more of the one before.
    fn line(&mut self, offset: u64, line: &[u8]) {
        if let Some(seen) = self.sifts.then(|| exported(line)).flatten() {
            self.flush();
            return self.unwanted(offset, seen);
        }
        let line = String::from_utf8_lossy(line);
        let (time, text) = match line.split_once(' ') {
            Some((first, rest)) => match time::from_text(first) {
                Some(time) => (Some(time), rest),
                None => (None, line.as_ref()),
            },
            None => (None, line.as_ref()),
        };
        if time.is_none()
            && !begins_message(text)
            && let Some(pending) = &mut self.pending
            && (pending.time.is_some() || begins_message(&pending.text))
            && !is_object(pending.text.as_bytes())
            && pending.text.len() + text.len() < LONGEST_MESSAGE
        {
            pending.text.push('\n');
            pending.text.push_str(text);
            return;
        }
        self.flush();
        self.pending = Some(Pending {
            offset,
            time,
            text: text.to_owned(),
        });
    }

    /// Hands out the pending message: no line of it is to come.
    fn flush(&mut self) {
        let Some(pending) = self.pending.take() else {
            return;
        };
        match message::parse(&pending.text, &self.context(pending.time)) {
            Ok(record) => self.give(pending.offset, pending.text.as_bytes(), record),
            Err(reason) => self.broken(pending.offset, reason),
        }
    }

    fn context(&self, time: Option<DateTime<Utc>>) -> Context<'static> {
        Context {
            time,
            stream: Some(Cow::Owned(self.name.to_owned())),
            ..Context::default()
        }
    }

    fn give(&mut self, offset: u64, raw: &[u8], record: Record<'_>) {
        (self.each)(Ok(Located {
            offset,
            raw,
            record,
        }));
    }
}

/// What a record in a string says, if nobody needs it.
fn wrapped<'a>(object: &'a [u8], within: Option<&'static str>) -> Option<Seen<'a>> {
    let key = match within? {
        "events" | "logEvents" => sieve::IN_MESSAGE,
        "Events" => sieve::IN_LOOK_UP,
        _ => return None,
    };
    sieve::unwanted_inside(object, key)
}

fn told(error: serde_json::Error) -> String {
    format!("is no sound record: {error}")
}

/// What the record in a line of an exported log group says, if nobody needs it.
fn exported(line: &[u8]) -> Option<Seen<'_>> {
    let space = memchr::memchr(b' ', line)?;
    let (time, record) = (line.get(..space)?, line.get(space + 1..)?);
    let seen = sieve::unwanted(record).filter(|_| is_object(record))?;
    time::from_text(std::str::from_utf8(time).ok()?).map(|_| seen)
}

/// Whether a message is JSON, which no next line continues.
fn is_object(message: &[u8]) -> bool {
    message.starts_with(b"{") && message.ends_with(b"}")
}

/// `GROUP:STREAM`, `:STREAM`, or the input's name.
fn stream_name(group: Option<&str>, stream: Option<&str>, name: &str) -> Cow<'static, str> {
    Cow::Owned(match (group, stream) {
        (None, None) => name.to_owned(),
        (group, stream) => {
            format!(
                "{}:{}",
                group.unwrap_or_default(),
                stream.unwrap_or_default()
            )
        }
    })
}

/// `2026-03-02 14:05:04.000`, in UTC.
fn insights_time(text: &str) -> Option<DateTime<Utc>> {
    let time = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok();
    time.and_then(|time| time::sensible(time.and_utc()))
        .or_else(|| time::from_text(text))
        .or_else(|| time::from_millis(text.parse().ok()?))
}

/// A line that begins with a date, or with the keys of `key=value`, begins a message, whatever its
/// clock looks like.
fn begins_message(text: &str) -> bool {
    let bytes = text.strip_prefix('[').unwrap_or(text).as_bytes();
    let date = bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => matches!(byte, b'-' | b'/'),
            _ => byte.is_ascii_digit(),
        });
    date || ["time=", "ts=", "level=", "timestamp="]
        .iter()
        .any(|key| text.starts_with(key))
}
