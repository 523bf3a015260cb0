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
        Self(Arc::new(Mutex::new(State::new(
            requests_per_second,
            Instant::now(),
        ))))
    }

    /// Waits for this request's turn.
    pub async fn turn(&self) {
        let slot = self.state().slot(Instant::now());
        sleep_until(slot).await;
    }

    /// The service said that it was asked too often.
    pub fn throttled(&self) {
        self.state().throttle(Instant::now());
    }

    /// The service answered.
    pub fn answered(&self) {
        self.state().recover();
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

impl State {
    fn new(requests_per_second: f64, now: Instant) -> Self {
        Self {
            full: requests_per_second,
            rate: requests_per_second,
            next: now,
            throttled: None,
        }
    }

    /// Takes the next free moment, which is `now` or later.
    fn slot(&mut self, now: Instant) -> Instant {
        let slot = self.next.max(now);
        self.next = slot + Duration::from_secs_f64(1.0 / self.rate);
        slot
    }

    fn throttle(&mut self, now: Instant) {
        let known = self.throttled.is_some_and(|at| now - at < SAME_NEWS);
        if !known {
            self.throttled = Some(now);
            self.rate = (self.rate / 2.0).max(self.full * LEAST);
            let pause = Duration::from_secs_f64(1.0 / self.rate);
            self.next = self.next.max(now + pause);
        }
    }

    fn recover(&mut self) {
        self.rate = (self.rate + self.full * RECOVERY).min(self.full);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throttle_halves_the_pace_once_and_answers_bring_it_back() {
        let start = Instant::now();
        let mut pace = State::new(10.0, start);
        let slots: Vec<Instant> = (0..11).map(|_| pace.slot(start)).collect();
        assert_eq!((slots[10] - start).as_millis(), 1000);
        let now = slots[10];
        pace.throttle(now);
        pace.throttle(now);
        assert_eq!(pace.rate, 5.0);
        let first = pace.slot(now);
        let second = pace.slot(first);
        assert_eq!((second - now).as_millis(), 400);
        for _ in 0..100 {
            pace.recover();
        }
        assert_eq!(pace.rate, 10.0);
    }

    #[test]
    fn many_throttles_leave_a_pace() {
        let start = Instant::now();
        let mut pace = State::new(16.0, start);
        for turn in 1..=10 {
            pace.throttle(start + Duration::from_secs(2 * turn));
        }
        assert_eq!(pace.rate, 1.0);
    }
}
