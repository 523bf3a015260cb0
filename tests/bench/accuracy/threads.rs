//! Work on many things at a time.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// What `work` makes of each of `all`, in their order, on so many threads; `done` says on stderr
/// how far it is.
pub fn each<T: Sync, R: Send>(
    threads: usize,
    all: &[T],
    done: &str,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, R)>> = Mutex::default();
    let step = (all.len() / 10).max(25);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = all.get(place) else { return };
                    let result = work(one);
                    let mut results = results.lock().expect("a lock");
                    results.push((place, result));
                    if results.len().is_multiple_of(step) {
                        eprintln!("{done} {} of {}", results.len(), all.len());
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().expect("a lock");
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}
