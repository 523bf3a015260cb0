//! The desk between readers and fold: jobs go out in order, batches come in in any order and are
//! folded in that of the jobs, by the reader whose batch it was that was waited for.

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
pub struct Desk<'f, J> {
    jobs: Mutex<Enumerate<Fuse<J>>>,
    fold: Mutex<Folding<'f>>,
    state: Mutex<State>,
    changed: Condvar,
}

struct Folding<'f> {
    fold: &'f mut Fold,
    /// The numbers of each reader.
    numbers: Vec<Numbers>,
}

#[derive(Default)]
struct State {
    /// The job whose batches are folded now.
    now: usize,
    waiting: BTreeMap<usize, VecDeque<Handed>>,
    /// Whether a reader is folding.
    is_folding: bool,
    /// Readers that wait for the fold.
    held_up: usize,
    /// Whether one of them fell over.
    is_broken: bool,
}

struct Handed {
    reader: usize,
    batch: Batch,
    is_last: bool,
}

impl<'f, J: Iterator<Item = Job>> Desk<'f, J> {
    /// A desk for so many readers.
    pub fn new(jobs: J, readers: usize, fold: &'f mut Fold) -> Self {
        let mut numbers = Vec::new();
        numbers.resize_with(readers, Numbers::default);
        Self {
            jobs: Mutex::new(jobs.fuse().enumerate()),
            fold: Mutex::new(Folding { fold, numbers }),
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// The seat of a reader.
    pub fn seat(&self, reader: usize) -> Seat<'_, 'f, J> {
        Seat { desk: self, reader }
    }

    fn put(&self, mut state: MutexGuard<'_, State>, job: usize, handed: Handed) {
        state.waiting.entry(job).or_default().push_back(handed);
        // Whoever folds goes on until nothing more is to be folded.
        if !state.is_folding {
            self.fold(state);
        }
    }

    /// Folds what is there of the jobs whose turn it is.
    fn fold<'s>(&'s self, mut state: MutexGuard<'s, State>) {
        while let Some(handed) = state.next() {
            state.is_folding = true;
            drop(state);
            self.absorb(handed);
            state = self.lock();
            state.is_folding = false;
            if state.held_up > 0 {
                self.changed.notify_all();
            }
        }
    }

    fn absorb(&self, handed: Handed) {
        let mut folding = self.fold.lock().unwrap_or_else(PoisonError::into_inner);
        let Folding { fold, numbers } = &mut *folding;
        if let Some(numbers) = numbers.get_mut(handed.reader) {
            fold.absorb(handed.batch, numbers);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while the fold is too far behind.
    fn wait_while(&self, is_far: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        while is_far(&state) && !state.is_broken {
            state.held_up += 1;
            let woken = self.changed.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
            state.held_up -= 1;
        }
        state
    }
}

impl State {
    fn next(&mut self) -> Option<Handed> {
        let handed = self.waiting.get_mut(&self.now)?.pop_front()?;
        if handed.is_last {
            self.waiting.remove(&self.now);
            self.now += 1;
        }
        Some(handed)
    }
}

/// Where one reader takes jobs and hands in batches.
pub struct Seat<'a, 'f, J> {
    desk: &'a Desk<'f, J>,
    reader: usize,
}

impl<J: Iterator<Item = Job>> Seat<'_, '_, J> {
    /// The next job, once the fold is near enough.
    pub fn next(&self) -> Option<(usize, Job)> {
        let job = self.desk.jobs.lock().ok()?.next()?;
        let far = |state: &State| job.0 >= state.now + JOBS_AHEAD;
        let state = self.desk.wait_while(far);
        (!state.is_broken).then_some(job)
    }

    /// Hands in a batch of a job that goes on.
    pub fn hand(&self, job: usize, batch: Batch) {
        let waiting = |state: &State| state.waiting.get(&job).map_or(0, VecDeque::len);
        let state = self
            .desk
            .wait_while(|state| job != state.now && waiting(state) >= BATCHES_AHEAD);
        self.desk.put(state, job, self.handed(batch, false));
    }

    /// Hands in the last batch of a job.
    pub fn end(&self, job: usize, batch: Batch) {
        self.desk
            .put(self.desk.lock(), job, self.handed(batch, true));
    }

    fn handed(&self, batch: Batch, is_last: bool) -> Handed {
        Handed {
            reader: self.reader,
            batch,
            is_last,
        }
    }
}

impl<J> Drop for Seat<'_, '_, J> {
    /// A reader that falls over must not let the others wait for its job.
    fn drop(&mut self) {
        if thread::panicking() {
            let state = self.desk.state.lock();
            state.unwrap_or_else(PoisonError::into_inner).is_broken = true;
            self.desk.changed.notify_all();
        }
    }
}
