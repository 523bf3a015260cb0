//! Who decides when a request comes: traffic of one kind rises and falls together.

use super::SHARE_SPAN;
use crate::{
    detect::{slice::Roles, unit::Unit},
    frame::{Cells, Key},
};

/// Who has just got a token does not need another for as long.
const TOKEN_LIFETIME: i64 = 3_600_000_000;

/// Who decides when a request comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// People who sign in.
    People,
    /// Sessions that refresh.
    Sessions,
    /// Machines.
    Machines,
}

impl Rhythm {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::People, Self::Sessions, Self::Machines];

    /// That of a kind of requests.
    pub fn of(cells: &Cells, key: &Key) -> Self {
        match cells.text(key.grant) {
            Some("client_credentials") => Self::Machines,
            Some("refresh_token" | "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN") => Self::Sessions,
            _ => Self::People,
        }
    }

    /// That of most requests of a slice.
    pub fn of_most(cells: &Cells, unit: &Unit<'_>, roles: &Roles) -> Self {
        let mut counts = [0; 3];
        for (number, key) in unit.keys(cells) {
            if roles.of(number).is_some() {
                counts[Self::of(cells, key) as usize] += unit.requests_of(number);
            }
        }
        let most = Self::ALL
            .into_iter()
            .max_by_key(|rhythm| counts[*rhythm as usize]);
        most.unwrap_or(Self::People)
    }

    /// How much of the time from `start` to `stop` is paid for: who has just got a token needs no
    /// other for as long as it lives, so workers that were started together are silent together.
    pub fn paid(self, times: &[i64], start: i64, stop: i64) -> i64 {
        let held_since = stop - TOKEN_LIFETIME;
        if self == Self::People || held_since >= start {
            return 0;
        }
        let count = |from, to| {
            let until = |bound: i64| times.partition_point(|time| *time <= bound);
            (until(to) - until(from)) as i64
        };
        let first = times.first().copied().unwrap_or(start);
        let lifetimes = (1..=SHARE_SPAN / TOKEN_LIFETIME).map(|n| start - n * TOKEN_LIFETIME);
        let mut given: Vec<i64> = lifetimes
            .map(|end| (end - TOKEN_LIFETIME, end))
            .filter(|(from, _)| *from >= first)
            .map(|(from, end)| count(from, end))
            .collect();
        given.sort_unstable();
        let Some(usual) = given.get(given.len() / 2) else {
            return 0;
        };
        let held = count(held_since, start);
        (held * TOKEN_LIFETIME / (*usual).max(1) - (start - held_since)).max(0)
    }
}
