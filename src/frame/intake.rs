//! Reads inputs on all cores and folds what they hold, in their order.
//!
//! Each reader takes the next input, inflates and parses it, and hands in batches of rows. These are
//! folded in the order of the inputs, so that the answer is that of reading one after the other, and
//! a reader that is too far ahead waits: memory grows with what is kept, not with what is read.

use std::{
    io::{self, Read},
    num::NonZero,
    sync::Arc,
    thread,
};

use super::{
    Bounds, Fold,
    gather::{Batch, Gather},
};
use crate::{
    record::{self, Learned, Located, Malformed},
    source::{
        ahead::read_ahead,
        archive::Opened,
        aws::Page,
        files::{Counter, Input},
        inflate::{Limits, WHOLE, Whole},
    },
};

mod desk;

use desk::{Desk, Seat};

/// Something to read.
#[derive(Debug)]
pub enum Job {
    /// A file or standard input.
    Input(Input),
    /// A page of an answer of AWS, or a file of a bucket.
    Page(Arc<Page>),
}

/// Reads all `jobs` with so many readers and folds what they hold inside `bounds`.
pub fn read(
    jobs: impl Iterator<Item = Job> + Send,
    bounds: Bounds,
    readers: NonZero<usize>,
    fold: &mut Fold,
) {
    let desk = Desk::new(jobs, readers.get(), fold);
    thread::scope(|scope| {
        for number in 0..readers.get() {
            let seat = desk.seat(number);
            scope.spawn(move || Reader::new(bounds).run(&seat));
        }
    });
}

/// What one reader needs from one job to the next.
struct Reader {
    gather: Gather,
    whole: Whole,
    learned: Learned,
    limits: Limits,
}

impl Reader {
    fn new(bounds: Bounds) -> Self {
        Self {
            gather: Gather::new(bounds),
            whole: Whole::default(),
            learned: Learned::default(),
            limits: Limits::default(),
        }
    }

    fn run(mut self, seat: &Seat<'_, '_, impl Iterator<Item = Job>>) {
        while let Some((number, job)) = seat.next() {
            match &job {
                Job::Input(input) => self.input(input, |batch| seat.hand(number, batch)),
                Job::Page(page) => self.page(page, |batch| seat.hand(number, batch)),
            }
            seat.end(number, self.gather.batch());
        }
    }

    fn input(&mut self, input: &Input, hand: impl FnMut(Batch)) {
        let name = input.name();
        let bytes = Counter::default();
        self.gather.begin(&name);
        let result = match input.load(&mut self.whole, self.limits, &bytes) {
            Ok(true) => self.read_whole(&name, hand),
            Ok(false) => match input.open(&bytes) {
                Ok(opened) => self.read_opened(opened, &name, hand),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        let failure = result.err().map(|error| error.to_string());
        self.gather.end(bytes.count(), failure);
    }

    fn page(&mut self, page: &Page, hand: impl FnMut(Batch)) {
        match page.file {
            true => self.gather.begin(&page.name),
            false => self.gather.begin_page(&page.name),
        }
        let failure = page.failure.clone().or_else(|| {
            let result = match self.whole.take(&page.bytes, self.limits) {
                true => self.read_whole(&page.name, hand),
                false => self.read_opened(Opened::of_bytes(&page.bytes), &page.name, hand),
            };
            result.err().map(|error| error.to_string())
        });
        let bytes = page.bytes.len() as u64;
        match page.file {
            true => self.gather.end(bytes, failure),
            false => self.gather.end_page(bytes, failure),
        }
    }

    fn read_whole(&mut self, name: &str, hand: impl FnMut(Batch)) -> io::Result<()> {
        self.gather.note_members(self.whole.members);
        let take = taking(&mut self.gather, hand);
        record::read_whole(&mut self.whole.text, name, &mut self.learned, take)
    }

    /// Reads what is large or odd.
    fn read_opened(
        &mut self,
        opened: Opened<'_>,
        name: &str,
        mut hand: impl FnMut(Batch),
    ) -> io::Result<()> {
        let limits = self.limits;
        if !opened.is_text() {
            opened.texts(name, limits, &mut |member, text| {
                self.member(member, text, &mut hand);
            });
            return Ok(());
        }
        let members = Counter::default();
        let take = taking(&mut self.gather, hand);
        let counted = members.clone();
        let result = read_ahead(
            || opened.text(limits, &counted),
            |bytes| record::read(bytes, name, take),
        );
        self.gather.note_members(members.count());
        result
    }

    /// Reads a text of an archive, at once where it is not too long.
    fn member(
        &mut self,
        name: &str,
        text: io::Result<&mut dyn io::Read>,
        hand: &mut impl FnMut(Batch),
    ) {
        self.gather.begin_member(name);
        let failure = text.and_then(|text| {
            let mut start = std::mem::take(&mut self.whole.text);
            start.clear();
            let failure = text.take(WHOLE as u64).read_to_end(&mut start).err();
            let take = taking(&mut self.gather, hand);
            let result = match start.len() < WHOLE {
                true => record::read_whole(&mut start, name, &mut self.learned, take),
                false => record::read(start.chain(text), name, take),
            };
            self.whole.text = start;
            failure.map_or(result, Err)
        });
        let failure = failure.err().map(|error| error.to_string());
        self.gather.end_member(failure);
    }
}

/// Gathers records, and hands in a batch as soon as one is full.
fn taking(
    gather: &mut Gather,
    mut hand: impl FnMut(Batch),
) -> impl FnMut(Result<Located<'_>, Malformed>) {
    move |record| {
        gather.take(record);
        if gather.is_full() {
            hand(gather.batch());
        }
    }
}
