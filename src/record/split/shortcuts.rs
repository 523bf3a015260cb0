//! The short ways: records that nobody needs are passed over, and what is neither odd nor a container
//! is cut by its brackets alone. Where one does not lead to the end, the long way byte by byte does.

use std::io::Read;

use super::{Container, LONGEST, Piece, Sifting, Splitter, scan, trimmed};
use crate::record::{blocks, cloudtrail, edges, sieve};

impl<R: Read> Splitter<'_, R> {
    /// Passes over a line at the top level that is a record nobody needs; false if it is none.
    pub(super) fn passes_line(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) -> bool {
        let Some(line) = self.record_line().filter(|line| edges::ends(line, b"}")) else {
            return false;
        };
        let Some(seen) = sieve::unwanted(line) else {
            return false;
        };
        let length = line.len();
        each(self.position(), Piece::Unwanted(seen));
        self.start += length;
        true
    }

    /// The line that begins here, if a record of AWS begins with it.
    fn record_line(&self) -> Option<&[u8]> {
        let rest = self.rest();
        (self.shortcuts && edges::begins(rest, sieve::BEGIN)).then_some(())?;
        match memchr::memchr(b'\n', rest) {
            Some(end) => rest.get(..end).map(trimmed),
            None => Some(rest).filter(|_| self.input.is_none()),
        }
    }

    /// Passes over the next elements of a list if nobody needs them; false if it is needed.
    pub(super) fn passes_records(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) -> bool {
        let sifting = match &mut self.container {
            Some(list) if self.shortcuts => std::mem::replace(&mut list.sifting, Sifting::Goes),
            _ => Sifting::Ended,
        };
        let is_whole = self.input.is_none();
        let rest = self.buffer.get(self.start..self.filled);
        let (rest, names) = (rest.unwrap_or_default(), &mut self.learned.names);
        if sifting == Sifting::Begins {
            names.begin_list();
        }
        let passed = match sifting {
            Sifting::Begins if is_whole => sieve::unwanted_to_end(rest, names)
                .or_else(|| sieve::unwanted_of(rest, is_whole, names)),
            Sifting::Begins | Sifting::Goes => sieve::unwanted_of(rest, is_whole, names),
            Sifting::Met => return false,
            Sifting::Ended => None,
        };
        let Some(passed) = passed else {
            if let Some(list) = &mut self.container {
                list.sifting = Sifting::Ended;
            }
            return false;
        };
        let (bytes, is_next_needed) = (passed.bytes, passed.is_next_needed);
        if bytes == 0 {
            return false;
        }
        let position = self.offset + self.start as u64;
        for seen in passed.records() {
            each(position, Piece::Unwanted(seen));
        }
        self.start += bytes;
        if let Some(list) = self.container.as_mut().filter(|_| is_next_needed) {
            list.sifting = Sifting::Met;
        }
        true
    }

    /// Hands out the next element of a list if it is written like one before it; false if it is not.
    pub(super) fn gives_known(&mut self, each: &mut impl FnMut(u64, Piece<'_>)) -> bool {
        if !self.is_of_trail() {
            return false;
        }
        let position = self.position();
        let rest = self.buffer.get(self.start..self.filled);
        let found = self.learned.templates.find(rest.unwrap_or_default());
        let Some(object) = found.filter(|object| object.text().len() <= LONGEST) else {
            return false;
        };
        each(position, Piece::Known(&object));
        self.start += object.text().len();
        true
    }

    /// Learns how the next element of a list is written, which ends there.
    pub(super) fn learn(&mut self, end: usize) {
        if !self.is_of_trail() || !self.learned.templates.has_room() {
            return;
        }
        let bytes = self.buffer.get(self.start..self.start + end);
        if let Ok(json) = std::str::from_utf8(bytes.unwrap_or_default()) {
            cloudtrail::learn(json, &mut self.learned.templates);
        }
    }

    /// Whether elements are records of a trail that may be taken quickly.
    fn is_of_trail(&self) -> bool {
        let is = |list: &Container| list.name == Some("Records");
        self.shortcuts && self.container.as_ref().is_some_and(is)
    }

    /// The end of a value that is in the buffer, neither odd nor a container.
    pub(super) fn quick_end(&self) -> Option<usize> {
        let value = match self.container {
            Some(_) if !self.shortcuts => return None,
            Some(_) => self.rest(),
            None => self
                .record_line()
                .filter(|line| !scan::names_container(line))?,
        };
        blocks::end_of(value).filter(|end| *end <= LONGEST)
    }
}
