//! Tables: what the console saves as CSV.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use super::{Located, Malformed, insights_time, stream_name};
use crate::record::{Context, message};

/// Whether an input begins with the header of a saved log table.
pub fn is_header(start: &[u8]) -> bool {
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
    let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let headers = table.byte_headers().map_err(io::Error::other)?.clone();
    let column = |name: &str| {
        headers
            .iter()
            .position(|header| header.strip_prefix(b"@").unwrap_or(header) == name.as_bytes())
    };
    let (time, text) = (column("timestamp"), column("message"));
    let (group, stream) = (column("log"), column("logStream"));
    let mut row = csv::ByteRecord::new();
    loop {
        match table.read_byte_record(&mut row) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(error) => match error.into_kind() {
                csv::ErrorKind::Io(error) => return Err(error),
                _ => continue,
            },
        }
        let offset = row.position().map_or(0, csv::Position::byte);
        let cell = |column: Option<usize>| {
            let bytes = column
                .and_then(|column| row.get(column))
                .unwrap_or_default();
            String::from_utf8_lossy(bytes)
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
}
