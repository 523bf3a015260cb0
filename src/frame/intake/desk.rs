//! The desk between readers and fold: jobs go out in order, batches come in in any and go on in that
//! of the jobs.

use std::{
    collections::{BTreeMap, VecDeque},
    iter::{Enumerate, Fuse},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use super::Job;
use crate::frame::{
    fold::{Fold, Numbers},
    gather::Batch,
};

/// Readers are at most so many jobs ahead of the fold …
const JOBS_AHEAD: usize = 16;
/// … and have so many batches of a job waiting.
const BATCHES_AHEAD: usize = 2;

/// Where jobs are taken and batches are handed in.
pub struct Desk<J> {
    jobs: Mutex<Enumerate<Fuse<J>>>,
    readers: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The job whose batches the fold takes.
    now: usize,
    waiting: BTreeMap<usize, VecDeque<Handed>>,
    /// Readers that have left.
    left: usize,
    /// Whether one of them fell over.
    broken: bool,
}

struct Handed {
    reader: usize,
    batch: Batch,
    is_last: bool,
}

impl<J: Iterator<Item = Job>> Desk<J> {
    /// A desk for so many readers.
    pub fn new(jobs: J, readers: usize) -> Self {
        Self {
            jobs: Mutex::new(jobs.fuse().enumerate()),
            readers,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// The seat of a reader.
    pub fn seat(&self, reader: usize) -> Seat<'_, J> {
        Seat { desk: self, reader }
    }

    /// Folds batches as they come, until all readers have left.
    pub fn fold(&self, fold: &mut Fold) {
        let mut numbers: Vec<Numbers> = Vec::new();
        numbers.resize_with(self.readers, Numbers::default);
        while let Some(handed) = self.next_batch() {
            if let Some(numbers) = numbers.get_mut(handed.reader) {
                fold.absorb(handed.batch, numbers);
            }
            if handed.is_last {
                self.lock().now += 1;
                self.changed.notify_all();
            }
        }
    }

    fn next_batch(&self) -> Option<Handed> {
        let mut state = self.lock();
        loop {
            let now = state.now;
            if let Some(handed) = state.waiting.get_mut(&now).and_then(VecDeque::pop_front) {
                if handed.is_last {
                    state.waiting.remove(&now);
                }
                self.changed.notify_all();
                return Some(handed);
            }
            if state.left == self.readers || state.broken {
                return None;
            }
            state = self.wait(state);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let woken = self.changed.wait(state);
        woken.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where one reader takes jobs and hands in batches.
pub struct Seat<'a, J> {
    desk: &'a Desk<J>,
    reader: usize,
}

impl<J: Iterator<Item = Job>> Seat<'_, J> {
    /// The next job, once the fold is near enough.
    pub fn next(&self) -> Option<(usize, Job)> {
        let mut jobs = self.desk.jobs.lock().ok()?;
        let job = jobs.next()?;
        drop(jobs);
        let mut state = self.desk.lock();
        while job.0 >= state.now + JOBS_AHEAD && !state.broken {
            state = self.desk.wait(state);
        }
        (!state.broken).then_some(job)
    }

    /// Hands in a batch of a job that goes on.
    pub fn hand(&self, job: usize, batch: Batch) {
        let mut state = self.desk.lock();
        let far = |state: &State| {
            let waiting = state.waiting.get(&job).map_or(0, VecDeque::len);
            waiting >= BATCHES_AHEAD && !state.broken
        };
        while far(&state) {
            state = self.desk.wait(state);
        }
        self.put(state, job, batch, false);
    }

    /// Hands in the last batch of a job.
    pub fn end(&self, job: usize, batch: Batch) {
        self.put(self.desk.lock(), job, batch, true);
    }

    fn put(&self, mut state: MutexGuard<'_, State>, job: usize, batch: Batch, is_last: bool) {
        state.waiting.entry(job).or_default().push_back(Handed {
            reader: self.reader,
            batch,
            is_last,
        });
        self.desk.changed.notify_all();
    }
}

impl<J> Drop for Seat<'_, J> {
    fn drop(&mut self) {
        let state = self.desk.state.lock();
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        state.left += 1;
        state.broken |= thread::panicking();
        self.desk.changed.notify_all();
    }
}
