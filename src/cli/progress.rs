//! How far asking AWS has come, on stderr, if somebody looks.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget};
use trailblame::{report::escape, source::aws::Page};

/// Counts what comes; hidden where stderr is no terminal.
#[derive(Clone)]
pub struct Progress {
    bar: ProgressBar,
    begun: Instant,
    pages: Arc<AtomicUsize>,
    records: Arc<AtomicUsize>,
}

impl Progress {
    /// Begins.
    pub fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.enable_steady_tick(Duration::from_millis(200));
        bar.set_message("asking AWS");
        Self {
            bar,
            begun: Instant::now(),
            pages: Arc::default(),
            records: Arc::default(),
        }
    }

    /// A page came.
    pub fn page(&self, page: &Page) {
        let pages = self.pages.fetch_add(1, Ordering::Relaxed) + 1;
        let records = self.records.fetch_add(page.records, Ordering::Relaxed) + page.records;
        let rate = records as f64 / self.begun.elapsed().as_secs_f64().max(0.1);
        let name = escape::terminal(&page.name);
        self.bar.set_message(format!(
            "{pages} pages, {records} events, {rate:.0} events/s; last: {name}"
        ));
    }

    /// Ends, and leaves the line empty.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
