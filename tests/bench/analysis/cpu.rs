//! Seconds of CPU that this process has had, in all of its threads.

use std::{
    fs,
    sync::LazyLock,
    time::{Duration, Instant},
};

static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// What was spent so far; where the system does not tell, the time that went by.
pub fn spent() -> Duration {
    let begun = *BEGUN;
    of_threads().unwrap_or_else(|| begun.elapsed())
}

/// The first number of a thread's `schedstat`: nanoseconds on a CPU.
fn of_threads() -> Option<Duration> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    let nanoseconds = threads.map(|thread| {
        let stat = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<u64>().ok()
    });
    nanoseconds.sum::<Option<u64>>().map(Duration::from_nanos)
}

/// CPU seconds of `work`, and what it gave.
pub fn seconds<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begun = spent();
    let given = work();
    ((spent() - begun).as_secs_f64(), given)
}
