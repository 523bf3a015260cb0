//! When the first request would be refused.

use crate::cognito::effects::Delay;

/// When a break is felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begins {
    /// How long after the change.
    pub delay: Delay,
    /// The hour of the day, UTC, in which such requests come, where they come in one hour only.
    pub hour: Option<u32>,
}

/// So many days must be seen before a daily hour is one.
const FEWEST_DAYS: f64 = 2.0;

impl Begins {
    /// By the rule's delay, and by when such requests come.
    pub(super) fn new(delay: Delay, hours: &[u64; 24], days: f64) -> Self {
        let busy: Vec<u32> = (0..24).filter(|hour| hours[*hour as usize] > 0).collect();
        let hour = match busy[..] {
            [only] if days >= FEWEST_DAYS => Some(only),
            _ => None,
        };
        Self { delay, hour }
    }

    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match (self.hour, self.delay) {
            (Some(_), _) => "daily",
            (_, Delay::Step) => "at_once",
            (_, Delay::Ramp) => "token_expiry",
            (_, Delay::NextRefresh) => "next_refresh",
            (_, Delay::Minutes) => "within_an_hour",
        }
    }

    /// For people, after "begins".
    pub fn in_words(self) -> String {
        match (self.hour, self.delay) {
            (Some(hour), _) => format!(
                "at the next of these requests, which come between {hour:02}:00 and {:02}:00 UTC only",
                (hour + 1) % 24
            ),
            (_, Delay::Step) => "at once".to_owned(),
            (_, Delay::Ramp) => "as cached tokens expire".to_owned(),
            (_, Delay::NextRefresh) => "at the next refresh of each session".to_owned(),
            (_, Delay::Minutes) => "within an hour, as caches expire".to_owned(),
        }
    }
}
