//! Input cut into pieces: JSON values and lines of text, with memory bounded by the largest piece.
//!
//! A state machine over bytes, not a parser: it knows strings, nesting and the containers whose
//! arrays hold records, and leaves every other question to those who parse the pieces.

use std::io::{self, Read};

pub(super) mod scan;
mod shortcuts;

use scan::{Next, Scan};

use super::{Learned, Seen, templates::Object};

/// A longer piece is malformed.
const LONGEST: usize = 16 << 20;
const TOO_LONG: &str = "is longer than 16 MiB";
/// What stands before a container's list is read again for each element; AWS writes 200 bytes.
const LONGEST_HEAD: usize = 16 << 10;
/// A list that ends inside a record is searched so often for records behind the broken one.
const MOST_RETRIES: u32 = 16;
const CHUNK: usize = 256 << 10;

/// A piece of input.
#[derive(Debug)]
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
    /// A record that nobody needs, with others like it.
    Unwanted(Seen<'a>),
    /// An element of `Records` that is written like one before it.
    Known(&'a Object<'a>),
    /// The end of the rows of an answer, with what stood before and behind them:
    /// `{"queryLanguage":"CWLI",` and `,"status":"Complete"}`.
    Answered { head: &'a [u8], tail: &'a [u8] },
}

/// Cuts an input into pieces.
pub struct Splitter<'t, R> {
    /// What is still to be read; `None` where all of it is in the buffer.
    input: Option<R>,
    buffer: Vec<u8>,
    /// Where the next piece begins in the buffer.
    start: usize,
    /// Where what was read ends in it.
    filled: usize,
    /// Offset of the buffer's first byte in the input.
    offset: u64,
    failure: Option<io::Error>,
    container: Option<Container>,
    retries: u32,
    learned: &'t mut Learned,
    /// Whether what is neither odd nor needed is taken quickly: always but for the tests, which hold
    /// the long way and the short ones equal.
    shortcuts: bool,
}

struct Container {
    name: Option<&'static str>,
    head: Vec<u8>,
    /// An array at the top level ends with its bracket, an object's with the object.
    object: bool,
    sifting: Sifting,
}

/// Whether records of a list may be passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sifting {
    /// Perhaps all of them.
    Begins,
    /// Some of them.
    Goes,
    /// Some of them, and not the next one.
    Met,
    /// No more: one of them is odd.
    Ended,
}

impl<'t, R: Read> Splitter<'t, R> {
    /// Cuts what stands in `buffer` and then `input`.
    pub fn new(buffer: Vec<u8>, input: Option<R>, learned: &'t mut Learned) -> Self {
        Self {
            input,
            start: 0,
            filled: buffer.len(),
            buffer,
            offset: 0,
            failure: None,
            container: None,
            retries: 0,
            learned,
            shortcuts: true,
        }
    }

    /// Whether what nobody needs may be passed over.
    pub fn has_shortcuts(&self) -> bool {
        self.shortcuts
    }

    /// The same splitter, that takes the long way byte by byte.
    #[cfg(test)]
    pub fn without_shortcuts(self) -> Self {
        Self {
            shortcuts: false,
            ..self
        }
    }

    /// Hands every piece with its offset to `each`.
    ///
    /// # Errors
    ///
    /// What the input said; the pieces before were handed out.
    pub fn run(&mut self, mut each: impl FnMut(u64, Piece<'_>)) -> io::Result<()> {
        while self.step(&mut each) {}
        match self.failure.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// The buffer, to be used again.
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
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
            Some(b'{') if self.passes_line(each) => {}
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
            sifting: Sifting::Begins,
        });
    }

    /// An element of the open container, or its end.
    fn element(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) {
        match self.peek(0) {
            Some(b',') => self.start += 1,
            Some(b']') => {
                self.start += 1;
                let container = self.container.take();
                if let Some(container) = container.filter(|container| container.object) {
                    self.skip_tail(&container, each);
                }
            }
            Some(b'{') if self.passes_records(each) || self.gives_known(each) => {}
            Some(b'{' | b'[' | b'"') => self.value(each),
            _ => {
                each(
                    self.position(),
                    Piece::Broken("is neither a record nor the end of a list"),
                );
                self.find_next(|_, byte| matches!(byte, b',' | b']' | b'{' | b'[' | b'"'));
            }
        }
    }

    /// What follows a container's array up to the end of its object.
    fn skip_tail(&mut self, container: &Container, each: &mut impl FnMut(u64, Piece<'_>)) {
        let mut scan = Scan::in_object();
        let mut at = 0;
        loop {
            while let Some(byte) = self.peek(at) {
                at += 1;
                scan.take(byte);
                if scan.is_over() || at > LONGEST {
                    if container.name == Some("results") {
                        let (head, rest) = (container.head.as_slice(), self.rest());
                        let tail = rest.get(..at).unwrap_or_default();
                        each(self.position(), Piece::Answered { head, tail });
                    }
                    self.start += at;
                    return;
                }
            }
            if !self.fill() {
                self.start = self.filled;
                return;
            }
        }
    }

    /// A JSON value: handed out, opened when it is a container, or told broken.
    fn value(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) {
        if let Some(end) = self.quick_end() {
            self.learn(end);
            return self.give(end, each);
        }
        let mut scan = match self.container {
            Some(_) => Scan::default(),
            None => Scan::at_top(),
        };
        let mut at = 0;
        loop {
            match scan.go(self.rest(), &mut at) {
                Next::End(end) if end > LONGEST => {
                    each(self.position(), Piece::Broken(TOO_LONG));
                    self.start += end;
                    return;
                }
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
            self.start = self.filled;
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
        let bytes = self.rest().get(..end).unwrap_or_default();
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
        let head = self.rest().get(..end).unwrap_or_default();
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
            sifting: match name {
                "Records" | "Events" => Sifting::Begins,
                _ => Sifting::Ended,
            },
        });
        self.start += end;
    }

    /// Skips a value that is too long without keeping it.
    fn too_long(&mut self, scan: Scan, at: usize, each: &mut impl FnMut(u64, Piece<'_>)) {
        each(self.position(), Piece::Broken(TOO_LONG));
        self.start += at;
        let mut scan = scan.skipping();
        loop {
            let piece = self.rest();
            let mut at = 0;
            match scan.go(piece, &mut at) {
                Next::End(end) | Next::Broken(end, _) | Next::Opens(end, _) => {
                    self.start += end;
                    return;
                }
                Next::More => self.start = self.filled,
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
            let rest = self.rest();
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
                each(self.position(), Piece::Broken(TOO_LONG));
                return self.skip_line();
            }
            if !self.fill() {
                let rest = self.rest();
                each(self.position(), Piece::Line(trimmed(rest)));
                self.start = self.filled;
                return;
            }
        }
    }

    /// A run of zeros is told once.
    fn binary(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) {
        each(self.position(), Piece::Broken("is not text"));
        loop {
            let rest = self.rest();
            match rest.iter().position(|byte| *byte != 0) {
                Some(end) => {
                    self.start += end;
                    return;
                }
                None => self.start = self.filled,
            }
            if !self.fill() {
                return;
            }
        }
    }

    fn skip_line(&mut self) {
        loop {
            let rest = self.rest();
            if let Some(end) = memchr::memchr(b'\n', rest) {
                self.start += end + 1;
                return;
            }
            self.start = self.filled;
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

    /// What was read and not yet handed out.
    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..self.filled).unwrap_or_default()
    }

    fn peek(&self, at: usize) -> Option<u8> {
        self.rest().get(at).copied()
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
        let Some(input) = &mut self.input else {
            return false;
        };
        self.buffer.copy_within(self.start..self.filled, 0);
        self.offset += self.start as u64;
        self.filled -= self.start;
        self.start = 0;
        let room = self.filled + CHUNK.max(self.filled);
        if self.buffer.len() < room {
            self.buffer.resize(room, 0);
        }
        let read = loop {
            let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
            match input.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(error);
                    break 0;
                }
                Ok(read) => break read,
            }
        };
        self.filled += read;
        if read == 0 {
            self.input = None;
        }
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
