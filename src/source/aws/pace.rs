//! Requests per second, shared by everything that counts against one quota.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// A throttle within this time of another is the same news.
const SAME_NEWS: Duration = Duration::from_secs(1);
/// Each answer brings back this share of the full pace.
const RECOVERY: f64 = 0.02;
/// However often it is throttled, this share of the full pace is kept.
const LEAST: f64 = 1.0 / 16.0;

/// Spaces requests evenly, halves the pace when throttled and lets it recover with each answer.
#[derive(Clone, Debug)]
pub struct Pace(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    full: f64,
    rate: f64,
    next: Instant,
    throttled: Option<Instant>,
}

impl Pace {
    /// A pace of at most so many requests per second.
    pub fn new(requests_per_second: f64) -> Self {
        Self(Arc::new(Mutex::new(State {
            full: requests_per_second,
            rate: requests_per_second,
            next: Instant::now(),
            throttled: None,
        })))
    }

    /// Waits for this request's turn.
    pub async fn turn(&self) {
        let slot = {
            let mut state = self.state();
            let slot = state.next.max(Instant::now());
            state.next = slot + Duration::from_secs_f64(1.0 / state.rate);
            slot
        };
        sleep_until(slot).await;
    }

    /// The service said that it was asked too often.
    pub fn throttled(&self) {
        let mut state = self.state();
        let now = Instant::now();
        let known = state.throttled.is_some_and(|at| now - at < SAME_NEWS);
        if !known {
            state.throttled = Some(now);
            state.rate = (state.rate / 2.0).max(state.full * LEAST);
            let pause = Duration::from_secs_f64(1.0 / state.rate);
            state.next = state.next.max(now + pause);
        }
    }

    /// The service answered.
    pub fn answered(&self) {
        let mut state = self.state();
        state.rate = (state.rate + state.full * RECOVERY).min(state.full);
    }

    /// Requests per second at present.
    pub fn rate(&self) -> f64 {
        self.state().rate
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Numbers stay numbers, whoever panicked while holding them.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_throttle_halves_the_pace_once_and_answers_bring_it_back() {
        let pace = Pace::new(10.0);
        let start = Instant::now();
        for _ in 0..11 {
            pace.turn().await;
        }
        assert_eq!(start.elapsed().as_millis(), 1000);
        pace.throttled();
        pace.throttled();
        assert_eq!(pace.rate(), 5.0);
        let start = Instant::now();
        pace.turn().await;
        pace.turn().await;
        assert_eq!(start.elapsed().as_millis(), 400);
        for _ in 0..100 {
            pace.answered();
        }
        assert_eq!(pace.rate(), 10.0);
    }

    #[tokio::test(start_paused = true)]
    async fn many_throttles_leave_a_pace() {
        let pace = Pace::new(16.0);
        for _ in 0..10 {
            tokio::time::advance(Duration::from_secs(2)).await;
            pace.throttled();
        }
        assert_eq!(pace.rate(), 1.0);
    }
}
