//! An input whose first bytes were looked at and are still to be read.

use std::io::{self, Read};

/// An input with its first bytes.
pub struct Peeked<R> {
    start: Vec<u8>,
    /// What was read of them.
    at: usize,
    input: R,
    /// What stopped the look, to be told behind the bytes.
    failure: Option<io::Error>,
}

impl<R: Read> Peeked<R> {
    /// Looks at the first `most` bytes.
    pub fn new(mut input: R, most: usize) -> Self {
        let mut start = Vec::with_capacity(most);
        let failure = (&mut input).take(most as u64).read_to_end(&mut start).err();
        Self {
            start,
            at: 0,
            input,
            failure,
        }
    }

    /// The first bytes, those already read included.
    pub fn start(&self) -> &[u8] {
        &self.start
    }

    /// Passes over so many of the first bytes.
    pub fn skip(&mut self, bytes: usize) {
        self.at = (self.at + bytes).min(self.start.len());
    }
}

impl<R: Read> Read for Peeked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut left = self.start.get(self.at..).unwrap_or_default();
        if !left.is_empty() {
            let read = left.read(buffer)?;
            self.at += read;
            return Ok(read);
        }
        match self.failure.take() {
            Some(error) => Err(error),
            None => self.input.read(buffer),
        }
    }
}
