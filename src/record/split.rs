//! Input cut into pieces: JSON values and lines of text, with memory bounded by the largest piece.
//!
//! A state machine over bytes, not a parser: it knows strings, nesting and the containers whose
//! arrays hold records, and leaves every other question to those who parse the pieces.

use std::io::{self, Read};

mod scan;

use scan::{Next, Scan};

/// A longer piece is malformed.
const LONGEST: usize = 16 << 20;
/// What stands before a container's list is read again for each element; AWS writes 200 bytes.
const LONGEST_HEAD: usize = 16 << 10;
/// A list that ends inside a record is searched so often for records behind the broken one.
const MOST_RETRIES: u32 = 16;
const CHUNK: usize = 256 << 10;

/// A piece of input.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A JSON value; inside a container its name and the head of the container.
    Json {
        /// The value.
        bytes: &'a [u8],
        /// The container's array it is an element of.
        within: Option<&'static str>,
        /// What stood before that array, without its opening: `{"owner":"…",`.
        head: &'a [u8],
    },
    /// A line of text, without its end.
    Line(&'a [u8]),
    /// Something that began as a value and is none.
    Broken(&'static str),
}

/// Cuts an input into pieces.
pub struct Splitter<R> {
    input: R,
    buffer: Vec<u8>,
    /// Where the next piece begins in the buffer.
    start: usize,
    /// Offset of the buffer's first byte in the input.
    offset: u64,
    ended: bool,
    failure: Option<io::Error>,
    container: Option<Container>,
    retries: u32,
}

struct Container {
    name: Option<&'static str>,
    head: Vec<u8>,
    /// An array at the top level ends with its bracket, an object's with the object.
    object: bool,
}

impl<R: Read> Splitter<R> {
    /// Cuts `input`.
    pub fn new(input: R) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            start: 0,
            offset: 0,
            ended: false,
            failure: None,
            container: None,
            retries: 0,
        }
    }

    /// Hands every piece with its offset to `each`.
    ///
    /// # Errors
    ///
    /// What the input said; the pieces before were handed out.
    pub fn run(mut self, mut each: impl FnMut(u64, Piece<'_>)) -> io::Result<()> {
        while self.step(&mut each) {}
        match self.failure {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// One piece; false at the end.
    fn step(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) -> bool {
        if !self.skip_blank() {
            if self.container.is_some() && self.failure.is_none() {
                each(self.position(), Piece::Broken("ends inside a record"));
            }
            return false;
        }
        match self.container {
            Some(_) => self.element(each),
            None => self.top(each),
        }
        true
    }

    /// A value or line at the top level.
    fn top(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) {
        match self.peek(0) {
            Some(b'{') => self.value(each),
            Some(b'[') => match self.peek_after_bracket() {
                Some(b'{' | b'[' | b'"') | None => self.open_array(),
                Some(b']') => self.value(each),
                _ => self.line(each),
            },
            Some(0) => self.binary(each),
            _ => self.line(each),
        }
    }

    fn open_array(&mut self) {
        self.start += 1;
        self.container = Some(Container {
            name: None,
            head: Vec::new(),
            object: false,
        });
    }

    /// An element of the open container, or its end.
    fn element(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) {
        match self.peek(0) {
            Some(b',') => self.start += 1,
            Some(b']') => {
                self.start += 1;
                let object = self
                    .container
                    .take()
                    .is_some_and(|container| container.object);
                if object {
                    self.skip_tail();
                }
            }
            Some(b'{' | b'[' | b'"') => self.value(each),
            _ => {
                each(
                    self.position(),
                    Piece::Broken("is neither a record nor the end of a list"),
                );
                self.find_next(|_, byte| matches!(byte, b',' | b']'));
            }
        }
    }

    /// What follows a container's array up to the end of its object.
    fn skip_tail(&mut self) {
        let mut scan = Scan::in_object();
        let mut at = 0;
        loop {
            while let Some(byte) = self.peek(at) {
                at += 1;
                scan.take(byte);
                if scan.is_over() || at > LONGEST {
                    self.start += at;
                    return;
                }
            }
            if !self.fill() {
                self.start = self.buffer.len();
                return;
            }
        }
    }

    /// A JSON value: handed out, opened when it is a container, or told broken.
    fn value(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) {
        let mut scan = match self.container {
            Some(_) => Scan::default(),
            None => Scan::at_top(),
        };
        let mut at = 0;
        loop {
            let piece = self.buffer.get(self.start..).unwrap_or_default();
            match scan.go(piece, &mut at) {
                Next::End(end) => return self.give(end, each),
                Next::Opens(end, name) => return self.open(end, name),
                Next::Broken(end, why) => {
                    each(self.position(), Piece::Broken(why));
                    self.start += end;
                    if self.container.is_some() {
                        self.find_next(begins_element);
                    }
                    return;
                }
                Next::More if at > LONGEST => return self.too_long(scan, at, each),
                Next::More => {}
            }
            if !self.fill() {
                return self.cut(each);
            }
        }
    }

    /// A value that the input's end cuts. In a list it may be one that lost its end, and those
    /// behind it are whole: the next few that may begin there are tried.
    fn cut(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) {
        if self.failure.is_none() {
            each(self.position(), Piece::Broken("ends inside a record"));
        }
        if self.container.is_some() && self.retries < MOST_RETRIES {
            self.retries += 1;
            self.start += 1;
            self.find_next(begins_element);
        } else {
            self.container = None;
            self.start = self.buffer.len();
        }
    }

    /// Goes on at the next byte of which `is_it` says so, given the last byte before it that is
    /// not blank.
    fn find_next(&mut self, is_it: fn(u8, u8) -> bool) {
        let mut before = 0;
        loop {
            while let Some(byte) = self.peek(0) {
                if is_it(before, byte) {
                    return;
                }
                if !byte.is_ascii_whitespace() {
                    before = byte;
                }
                self.start += 1;
            }
            if !self.fill() {
                self.container = None;
                return;
            }
        }
    }

    fn give(&mut self, end: usize, each: &mut impl FnMut(u64, Piece<'_>)) {
        let position = self.position();
        let bytes = self
            .buffer
            .get(self.start..self.start + end)
            .unwrap_or_default();
        let (within, head) = match &self.container {
            Some(container) => (container.name, container.head.as_slice()),
            None => (None, &[][..]),
        };
        each(
            position,
            Piece::Json {
                bytes,
                within,
                head,
            },
        );
        self.start += end;
    }

    fn open(&mut self, end: usize, name: &'static str) {
        // The head without `"Records":[`, so that it can be closed as an object.
        let head = self
            .buffer
            .get(self.start..self.start + end)
            .unwrap_or_default();
        let key = head.iter().rposition(|byte| *byte == b'"').unwrap_or(0);
        let key = key.saturating_sub(name.len() + 1);
        self.container = Some(Container {
            name: Some(name),
            head: head
                .get(..key)
                .filter(|head| head.len() <= LONGEST_HEAD)
                .unwrap_or_default()
                .to_vec(),
            object: true,
        });
        self.start += end;
    }

    /// Skips a value that is too long without keeping it.
    fn too_long(&mut self, scan: Scan, at: usize, each: &mut impl FnMut(u64, Piece<'_>)) {
        each(self.position(), Piece::Broken("is longer than 16 MiB"));
        self.start += at;
        let mut scan = scan.skipping();
        loop {
            let piece = self.buffer.get(self.start..).unwrap_or_default();
            let mut at = 0;
            match scan.go(piece, &mut at) {
                Next::End(end) | Next::Broken(end, _) | Next::Opens(end, _) => {
                    self.start += end;
                    return;
                }
                Next::More => self.start = self.buffer.len(),
            }
            if !self.fill() {
                return;
            }
        }
    }

    /// A line of text.
    fn line(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) {
        let mut searched = 0;
        loop {
            let rest = self.buffer.get(self.start..).unwrap_or_default();
            let new = rest.get(searched..).unwrap_or_default();
            let found = memchr::memchr(b'\n', new).map(|at| searched + at);
            searched = rest.len();
            if let Some(end) = found {
                each(
                    self.position(),
                    Piece::Line(trimmed(rest.get(..end).unwrap_or_default())),
                );
                self.start += end + 1;
                return;
            }
            if rest.len() > LONGEST {
                each(self.position(), Piece::Broken("is longer than 16 MiB"));
                return self.skip_line();
            }
            if !self.fill() {
                let rest = self.buffer.get(self.start..).unwrap_or_default();
                each(self.position(), Piece::Line(trimmed(rest)));
                self.start = self.buffer.len();
                return;
            }
        }
    }

    /// A run of zeros is told once.
    fn binary(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) {
        each(self.position(), Piece::Broken("is not text"));
        loop {
            let rest = self.buffer.get(self.start..).unwrap_or_default();
            match rest.iter().position(|byte| *byte != 0) {
                Some(end) => {
                    self.start += end;
                    return;
                }
                None => self.start = self.buffer.len(),
            }
            if !self.fill() {
                return;
            }
        }
    }

    fn skip_line(&mut self) {
        loop {
            let rest = self.buffer.get(self.start..).unwrap_or_default();
            if let Some(end) = memchr::memchr(b'\n', rest) {
                self.start += end + 1;
                return;
            }
            self.start = self.buffer.len();
            if !self.fill() {
                return;
            }
        }
    }

    /// Skips white space; false at the end of the input.
    fn skip_blank(&mut self) -> bool {
        loop {
            while let Some(byte) = self.peek(0) {
                if !byte.is_ascii_whitespace() {
                    return true;
                }
                self.start += 1;
            }
            if !self.fill() {
                return false;
            }
        }
    }

    fn peek(&self, at: usize) -> Option<u8> {
        self.buffer.get(self.start + at).copied()
    }

    fn peek_after_bracket(&mut self) -> Option<u8> {
        let mut at = 1;
        loop {
            match self.peek(at) {
                Some(byte) if byte.is_ascii_whitespace() => at += 1,
                Some(byte) => return Some(byte),
                None if at > CHUNK || !self.fill() => return Some(b'x'),
                None => {}
            }
        }
    }

    fn position(&self) -> u64 {
        self.offset + self.start as u64
    }

    /// Reads more behind what is left; false at the end of the input.
    fn fill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        self.buffer.drain(..self.start);
        self.offset += self.start as u64;
        self.start = 0;
        let length = self.buffer.len();
        self.buffer.resize(length + CHUNK.max(length), 0);
        let mut filled = length;
        let read = loop {
            match self
                .input
                .read(self.buffer.get_mut(filled..).unwrap_or_default())
            {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(error);
                    break 0;
                }
                Ok(read) => break read,
            }
        };
        filled += read;
        self.buffer.truncate(filled);
        self.ended = read == 0;
        read > 0
    }
}

/// Whether an object begins that may be the next element of a list.
fn begins_element(before: u8, byte: u8) -> bool {
    before == b',' && byte == b'{'
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
