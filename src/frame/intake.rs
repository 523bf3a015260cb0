//! Reads inputs on all cores and folds what they hold, in their order.
//!
//! Each reader takes the next input, inflates and parses it, and hands in batches of rows. These are
//! folded in the order of the inputs, so that the answer is that of reading one after the other, and
//! a reader that is too far ahead waits: memory grows with what is kept, not with what is read.

use std::{io, num::NonZero, sync::Arc, thread};

use super::{
    Bounds, Fold,
    gather::{Batch, Gather},
};
use crate::{
    record::{self, Learned, Located, Malformed},
    source::{
        ahead::read_ahead,
        aws::Page,
        files::{Counter, Input},
        inflate::{Inflated, Limits, Whole},
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
        let counter = Counter::default();
        self.gather.begin(&name);
        let result = match input.load(&mut self.whole, self.limits, &counter) {
            Ok(true) => self.read_whole(&name, hand),
            Ok(false) => {
                let limits = self.limits;
                self.read(|| input.open(limits, &counter), &name, hand)
            }
            Err(error) => Err(error),
        };
        let failure = result.err().map(|error| error.to_string());
        self.gather.end(counter.bytes(), failure);
    }

    fn page(&mut self, page: &Page, hand: impl FnMut(Batch)) {
        match page.file {
            true => self.gather.begin(&page.name),
            false => self.gather.begin_page(&page.name),
        }
        let failure = page.failure.clone().or_else(|| {
            let limits = self.limits;
            let result = match self.whole.take(&page.bytes, limits) {
                true => self.read_whole(&page.name, hand),
                false => self.read(|| Inflated::new(&page.bytes[..], limits), &page.name, hand),
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
        let take = taking(&mut self.gather, hand);
        record::read_whole(&mut self.whole.text, name, &mut self.learned, take)
    }

    fn read<R: io::Read>(
        &mut self,
        open: impl FnOnce() -> io::Result<R> + Send,
        name: &str,
        hand: impl FnMut(Batch),
    ) -> io::Result<()> {
        let take = taking(&mut self.gather, hand);
        read_ahead(open, |bytes| record::read(bytes, name, take))
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
