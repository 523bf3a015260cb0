//! Tables: what the console saves as CSV.

use std::{
    borrow::Cow,
    io::{self, BufRead, BufReader, Read},
};

use serde_json::{Map, Value};

use super::{Located, MOST_ROWS, Malformed, Reader, insights_time, stream_name};
use crate::record::{Context, Record, forms, unread};

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
    columns.len() > 1 && (is_log(&columns) || forms::is_header(&columns))
}

/// Whether columns are those of a log group's lines.
fn is_log(columns: &[&str]) -> bool {
    let has = |name: &str| {
        columns
            .iter()
            .any(|column| column.trim_start_matches('@') == name)
    };
    has("timestamp") && has("message")
}

/// Reads every row.
pub fn read<E: FnMut(Result<Located<'_>, Malformed>)>(
    input: impl Read,
    reader: &mut Reader<'_, '_, E>,
) -> io::Result<()> {
    let mut rows = Rows::new(BufReader::new(input));
    let Some(header) = rows.next(&[])? else {
        return Ok(());
    };
    let columns: Vec<String> = header
        .cells
        .iter()
        .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
        .collect();
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    match is_log(&names) {
        true => read_lines(&mut rows, &names, reader),
        false => read_forms(&mut rows, &columns, reader),
    }
}

/// Reads rows that are lines of a log group.
fn read_lines<E: FnMut(Result<Located<'_>, Malformed>)>(
    rows: &mut Rows<impl BufRead>,
    columns: &[&str],
    reader: &mut Reader<'_, '_, E>,
) -> io::Result<()> {
    let column = |name: &str| {
        let is = |column: &&str| column.strip_prefix('@').unwrap_or(column) == name;
        columns.iter().position(is)
    };
    let (time, text) = (column("timestamp"), column("message"));
    let (group, stream) = (column("log"), column("logStream"));
    // Only where the time comes first does a line show that it begins a row.
    let first: &[u8] = if time == Some(0) { b"0123456789" } else { b"" };
    let mut read = 0;
    while let Some(row) = rows.next(first)? {
        read += 1;
        let Row { offset, cells, .. } = &row;
        let offset = *offset;
        if let Some(reason) = row.broken {
            reader.broken(offset, reason.to_owned());
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
            stream: Some(stream_name(
                group.as_deref(),
                stream.as_deref(),
                reader.name,
            )),
            log_group: group.map(Cow::Owned),
            ..Context::default()
        };
        if let Err(reason) = reader.message(offset, &cell(text), &context) {
            reader.broken(offset, reason);
        }
    }
    if read == MOST_ROWS && column("message").is_some_and(|at| columns[at].starts_with('@')) {
        reader.broken(rows.offset, format!("holds {}", super::cut(read, None)));
    }
    Ok(())
}

/// Reads rows that other programs saved.
fn read_forms<E: FnMut(Result<Located<'_>, Malformed>)>(
    rows: &mut Rows<impl BufRead>,
    columns: &[String],
    reader: &mut Reader<'_, '_, E>,
) -> io::Result<()> {
    let context = reader.context(None);
    while let Some(row) = rows.next(b"")? {
        let offset = row.offset;
        if let Some(reason) = row.broken {
            reader.broken(offset, reason.to_owned());
            continue;
        }
        let cells = row.cells.iter().map(String::from_utf8_lossy);
        let cells = columns
            .iter()
            .zip(cells)
            .filter(|(_, cell)| !cell.is_empty());
        let cells: Map<String, Value> = cells
            .map(|(column, cell)| (column.clone(), Value::from(cell)))
            .collect();
        let result = match forms::of_row(&cells) {
            Some(forms) => reader.forms(offset, forms, &context),
            None => {
                let text = Value::Object(cells).to_string();
                if let Some(unread) = unread::of(&text) {
                    reader.give(offset, &[], Record::Unread(unread));
                }
                Ok(())
            }
        };
        if let Err(reason) = result {
            reader.broken(offset, reason);
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
