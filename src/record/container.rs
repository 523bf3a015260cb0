//! Containers: the wrappers around records, told apart by content (domain.md §9).

use std::{
    borrow::Cow,
    io::{self, Read},
};

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{
    Context, Learned, Located, LookAlike, Malformed, Record, Seen, cloudtrail, counted,
    forms::{self, Form, Inner},
    message, sieve,
    split::{Piece, Splitter},
    templates::Object,
    time, unread,
};

mod table;

/// Lines that continue a message are joined to it up to this length.
const LONGEST_MESSAGE: usize = 64 << 10;
/// Lines that a container's runtime cut are joined up to this length: that of the largest event.
const LONGEST_CUT: usize = 256 << 10;
/// So much of an input tells whether it is a table; some have hundreds of columns.
const PEEK: usize = 32 << 10;
/// Texts in texts are read this deep.
const DEEPEST: u32 = 4;

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
    each: impl FnMut(Result<Located<'_>, Malformed>),
) -> io::Result<()> {
    if table::is_header(buffer.get(..PEEK).unwrap_or(buffer)) {
        return match rest {
            Some(rest) => read_table(buffer.chain(rest), name, each),
            None => read_table(buffer.as_slice(), name, each),
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
        outer: Outer::default(),
        pending: None,
        sifts: splitter.has_shortcuts(),
        rows: Rows::default(),
        each: &mut each,
    };
    let result = splitter.run(|offset, piece| reader.piece(offset, piece));
    reader.flush();
    reader.check_rows();
    result
}

/// Reads the rows of a table.
fn read_table(
    input: impl Read,
    name: &str,
    mut each: impl FnMut(Result<Located<'_>, Malformed>),
) -> io::Result<()> {
    let mut reader = Reader {
        name,
        outer: Outer::default(),
        pending: None,
        sifts: false,
        rows: Rows::default(),
        each: &mut each,
    };
    table::read(input, &mut reader)
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
    /// What the texts stand in.
    outer: Outer,
    /// A message whose next lines may belong to it.
    pending: Option<Pending>,
    /// Whether records that nobody needs are passed over.
    sifts: bool,
    /// Rows of Logs Insights that are messages, in the answer that is read.
    rows: Rows,
    each: &'e mut E,
}

/// What a text stands in that is itself in a text, and what that says of it.
#[derive(Default)]
struct Outer {
    depth: u32,
    context: Context<'static>,
}

/// Rows met, and where the last of them is.
#[derive(Default)]
struct Rows {
    count: u64,
    last: u64,
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

/// What an answer of Logs Insights says beside its rows.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    statistics: Option<Statistics>,
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statistics {
    records_matched: Option<f64>,
}

impl Rows {
    fn add(&mut self, offset: u64) {
        self.count += 1;
        self.last = offset;
    }
}

/// Logs Insights returns no more rows.
const MOST_ROWS: u64 = 10_000;

/// Why an export of Logs Insights is not whole.
fn cut(rows: u64, matched: Option<u64>) -> String {
    let cure = "export it in shorter spans of time";
    match matched {
        Some(matched) => format!("{rows} of {matched} rows that matched; {cure}"),
        None => format!("{rows} rows, the most that Logs Insights returns; {cure}"),
    }
}

impl<E: FnMut(Result<Located<'_>, Malformed>)> Reader<'_, '_, E> {
    fn piece(&mut self, offset: u64, piece: Piece<'_>) {
        match piece {
            Piece::Line(line) => self.line(offset, line),
            Piece::Broken(reason) => self.broken(offset, reason.to_owned()),
            Piece::Unwanted(seen) => self.unwanted(offset, seen),
            Piece::Known(record) => self.known(offset, record),
            Piece::Answered { head, tail } => self.answered(offset, head, tail),
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
            Some("results") if json.starts_with('[') => self.row(offset, json),
            // Splunk's rows are objects.
            Some("results") => self.value(offset, json),
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
        match record {
            None | Some(Record::PassedOver(LookAlike::Notification)) => {
                self.no_record(offset, json)
            }
            Some(record) => self.give(offset, json.as_bytes(), record),
        }
    }

    /// An element of a list of records that is none: a notification, or what carries a payload.
    fn no_record(&mut self, offset: u64, json: &str) {
        let deeper = self.outer.depth < DEEPEST;
        let context = self.context(None);
        let result = match deeper.then(|| forms::of_message(json)).flatten() {
            Some(forms) => self.forms(offset, forms, &context),
            None => {
                let record = Record::PassedOver(LookAlike::Notification);
                self.give(offset, json.as_bytes(), unread::instead(record, json));
                Ok(())
            }
        };
        if let Err(reason) = result {
            self.broken(offset, reason);
        }
    }

    /// A value of no container: a record, an envelope, an application's JSON line.
    fn value(&mut self, offset: u64, json: &str) -> Result<(), String> {
        if json.starts_with('[') && json.len() < 64 && json[1..].trim_start() == "]" {
            return Ok(());
        }
        if json.starts_with('"') {
            let message: String = serde_json::from_str(json).map_err(told)?;
            let context = self.context(None);
            return self.message(offset, &message, &context);
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
        let context = self.context(time);
        self.message(offset, json, &context)
    }

    /// A message, or what stands in it.
    fn message(&mut self, offset: u64, text: &str, context: &Context<'_>) -> Result<(), String> {
        let deeper = self.outer.depth < DEEPEST;
        if let Some(forms) = deeper.then(|| forms::of_message(text)).flatten() {
            return self.forms(offset, forms, context);
        }
        let record = message::parse(text, context)?;
        self.give(offset, text.as_bytes(), unread::instead(record, text));
        Ok(())
    }

    /// What other programs keep a record in.
    fn forms(
        &mut self,
        offset: u64,
        forms: Vec<Form>,
        context: &Context<'_>,
    ) -> Result<(), String> {
        for form in forms {
            match form {
                Form::Text(inner) => {
                    if inner.is_row {
                        self.rows.add(offset);
                    }
                    self.inner(offset, inner, context)?;
                }
                Form::Row(record, text) => self.give(offset, text.as_bytes(), *record),
                Form::Unread(unread) => self.give(offset, &[], Record::Unread(unread)),
                Form::Record(json) => {
                    // It is in no other form once more.
                    let record = cloudtrail::parse(&json)?;
                    let record = record.unwrap_or(Record::PassedOver(LookAlike::Notification));
                    self.give(offset, json.as_bytes(), record);
                }
            }
        }
        Ok(())
    }

    /// A text in a text: one message, or a container of its own.
    fn inner(&mut self, offset: u64, inner: Inner, context: &Context<'_>) -> Result<(), String> {
        let context = Context {
            time: inner.time.or(context.time),
            stream: inner
                .stream
                .map(Cow::Owned)
                .or_else(|| context.stream.clone()),
            ..context.clone()
        }
        .into_owned();
        let mut reader = Reader {
            name: self.name,
            outer: Outer {
                depth: self.outer.depth + 1,
                context,
            },
            pending: None,
            sifts: self.sifts,
            rows: Rows::default(),
            each: &mut *self.each,
        };
        if !inner.text.trim_start().starts_with(['{', '[']) {
            let context = reader.context(None);
            return reader.message(offset, &inner.text, &context);
        }
        let mut learned = Learned::default();
        let text = inner.text.into_bytes();
        let mut splitter = Splitter::new(text, None::<io::Empty>, &mut learned);
        // Memory does not fail.
        let _ = splitter.run(|_, piece| reader.piece(offset, piece));
        reader.flush();
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
        self.message(offset, &message, &context)
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
        self.rows.add(offset);
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
        self.message(offset, message, &context)
    }

    /// The end of an answer of Logs Insights, which may hold fewer rows than matched.
    fn answered(&mut self, offset: u64, head: &[u8], tail: &[u8]) {
        let rows = std::mem::take(&mut self.rows).count;
        let before = [
            head.trim_ascii_end().strip_suffix(b",").unwrap_or(head),
            b"}",
        ]
        .concat();
        let behind = tail
            .trim_ascii_start()
            .strip_prefix(b",")
            .unwrap_or_default();
        let behind = [b"{", behind].concat();
        let [before, behind] = [before, behind]
            .map(|json| serde_json::from_slice::<Answer>(&json).unwrap_or_default());
        let statistics = before.statistics.or(behind.statistics);
        let matched = statistics.and_then(|statistics| statistics.records_matched);
        let status = before.status.or(behind.status);
        let matched = matched.map(|matched| matched as u64);
        let is_cut = match matched {
            Some(matched) => 0 < rows && rows < matched,
            None => rows == MOST_ROWS,
        };
        if is_cut {
            self.broken(offset, format!("holds {}", cut(rows, matched)));
        }
        if let Some(status) = status.filter(|status| status != "Complete" && status != "Unknown") {
            self.broken(
                offset,
                format!("is the answer of a query whose status was {status}"),
            );
        }
    }

    /// Rows that the console saved, without how many matched.
    fn check_rows(&mut self) {
        if self.rows.count == MOST_ROWS {
            let reason = format!("holds {}", cut(MOST_ROWS, None));
            self.broken(self.rows.last, reason);
        }
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
        if let Some(pending) = &mut self.pending
            && pending.text.len() < LONGEST_CUT
            && let Some(joined) = forms::joined(&pending.text, text)
        {
            pending.text = joined;
            return;
        }
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
        let context = self.context(pending.time);
        if let Err(reason) = self.message(pending.offset, &pending.text, &context) {
            self.broken(pending.offset, reason);
        }
    }

    fn context(&self, time: Option<DateTime<Utc>>) -> Context<'static> {
        let outer = &self.outer.context;
        Context {
            time: time.or(outer.time),
            stream: Some(match &outer.stream {
                Some(stream) => stream.clone(),
                None => Cow::Owned(self.name.to_owned()),
            }),
            ..outer.clone()
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
