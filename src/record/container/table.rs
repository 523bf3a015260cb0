//! Tables: what the console saves as CSV.

use std::{
    borrow::Cow,
    io::{self, BufRead, BufReader, Read},
};

use super::{Located, Malformed, insights_time, stream_name};
use crate::record::{Context, message};

/// Whether an input begins with the header of a saved log table.
pub fn is_header(start: &[u8]) -> bool {
    // JSON is none, and may be one long line of many commas.
    if matches!(start.first(), Some(b'{' | b'[')) {
        return false;
    }
    let line = start
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let Ok(line) = std::str::from_utf8(line) else {
        return false;
    };
    let columns: Vec<&str> = line
        .trim()
        .split(',')
        .map(|c| c.trim_matches('"'))
        .collect();
    let has = |name: &str| {
        columns
            .iter()
            .any(|column| column.trim_start_matches('@') == name)
    };
    columns.len() > 1 && has("timestamp") && has("message")
}

/// Reads every row.
pub fn read(
    input: impl Read,
    name: &str,
    each: &mut impl FnMut(Result<Located<'_>, Malformed>),
) -> io::Result<()> {
    let mut rows = Rows::new(BufReader::new(input));
    let Some(Row { cells, .. }) = rows.next(&[])? else {
        return Ok(());
    };
    let column = |name: &str| {
        let is = |cell: &[u8]| cell.strip_prefix(b"@").unwrap_or(cell) == name.as_bytes();
        cells.iter().position(is)
    };
    let (time, text) = (column("timestamp"), column("message"));
    let (group, stream) = (column("log"), column("logStream"));
    // Only where the time comes first does a line show that it begins a row.
    let first: &[u8] = if time == Some(0) { b"0123456789" } else { b"" };
    while let Some(row) = rows.next(first)? {
        let Row { offset, cells, .. } = &row;
        let offset = *offset;
        if let Some(reason) = row.broken {
            let reason = reason.to_owned();
            each(Err(Malformed { offset, reason }));
            continue;
        }
        let cell = |column: Option<usize>| {
            let bytes = column.and_then(|column| cells.get(column));
            String::from_utf8_lossy(bytes.unwrap_or_default())
        };
        let known = |cell: Cow<'_, str>| (!cell.is_empty()).then(|| cell.into_owned());
        let (group, stream) = (known(cell(group)), known(cell(stream)));
        let context = Context {
            time: insights_time(cell(time).trim()),
            stream: Some(stream_name(group.as_deref(), stream.as_deref(), name)),
            log_group: group.map(Cow::Owned),
            ..Context::default()
        };
        let message = cell(text);
        match message::parse(&message, &context) {
            Ok(record) => each(Ok(Located {
                offset,
                raw: message.as_bytes(),
                record,
            })),
            Err(reason) => each(Err(Malformed { offset, reason })),
        }
    }
    Ok(())
}

/// A longer row is malformed.
const LONGEST: usize = 16 << 20;

/// Rows of a table, each of bounded length.
struct Rows<R> {
    input: R,
    offset: u64,
    /// A line that was read and belongs to the next row.
    ahead: Vec<u8>,
}

struct Row {
    offset: u64,
    cells: csv::ByteRecord,
    broken: Option<&'static str>,
}

impl<R: BufRead> Rows<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            offset: 0,
            ahead: Vec::new(),
        }
    }

    /// The next row; inside an open quote, a line that begins with one of `first` and holds a
    /// comma soon after it shows that the quote was never closed.
    fn next(&mut self, first: &[u8]) -> io::Result<Option<Row>> {
        let offset = self.offset;
        let mut row = std::mem::take(&mut self.ahead);
        if row.is_empty() {
            self.line(&mut row)?;
        }
        if row.is_empty() {
            return Ok(None);
        }
        let mut broken = None;
        let mut open = is_open(&row, false);
        while open && broken.is_none() {
            let mut line = Vec::new();
            self.line(&mut line)?;
            if line.is_empty() {
                broken = Some("ends inside a quote");
            } else if begins_row(&line, first) {
                broken = Some("has a quote that is not closed");
                self.ahead = line;
            } else {
                open = is_open(&line, true);
                row.extend_from_slice(&line);
            }
            if row.len() > LONGEST {
                broken = Some("is longer than 16 MiB");
            }
        }
        self.offset += row.len() as u64;
        let mut cells = csv::ByteRecord::new();
        if broken.is_none() {
            let mut reader = csv::ReaderBuilder::new();
            let mut reader = reader.has_headers(false).from_reader(&row[..]);
            reader
                .read_byte_record(&mut cells)
                .map_err(io::Error::other)?;
        }
        Ok(Some(Row {
            offset,
            cells,
            broken,
        }))
    }

    /// Adds a line with its end; of a longer one than a row may be, what is too much for it.
    fn line(&mut self, line: &mut Vec<u8>) -> io::Result<()> {
        let most = LONGEST as u64 + 1;
        (&mut self.input).take(most).read_until(b'\n', line)?;
        Ok(())
    }
}

/// Whether a quote is open behind a line, if it was before.
fn is_open(line: &[u8], open: bool) -> bool {
    let quotes = memchr::memchr_iter(b'"', line).count();
    open != (quotes % 2 == 1)
}

fn begins_row(line: &[u8], first: &[u8]) -> bool {
    let comma = line.iter().take(32).position(|byte| *byte == b',');
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let begins = line.first().is_some_and(|byte| first.contains(byte));
    begins && digits >= 4 && comma.is_some_and(|comma| comma >= 10)
}
