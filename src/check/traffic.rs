//! The attempts of a window by kind: each kind is replayed once, however many attempts are of it.

use chrono::{DateTime, Timelike};

use crate::{
    attribute::usual::Usual,
    cognito::{effects::Need, replay::Attempt},
    frame::{Cells, Key, Owner},
    queries::endpoint,
    window::Window,
};

/// The flow by which the API refreshes.
pub(crate) const REFRESH_FLOW: &str = "ALLOW_REFRESH_TOKEN_AUTH";

/// Attempts of a window by kind.
pub(crate) struct Traffic<'a> {
    pub cells: &'a Cells,
    usual: Usual<'a>,
    kinds: Vec<Counted>,
}

/// Accepted attempts of one kind.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    pub requests: u64,
    /// The last of them (µs).
    pub last: i64,
    /// Those in the first half of the window.
    pub early: u64,
    /// By hour of the day, UTC.
    pub hours: [u64; 24],
}

impl<'a> Traffic<'a> {
    pub fn new(cells: &'a Cells, window: Window) -> Self {
        let mut kinds = vec![Counted::default(); cells.keys.len()];
        let (start, end) = (
            window.start.timestamp_micros(),
            window.end.timestamp_micros() - 1,
        );
        let middle = start + (end - start) / 2;
        let accepted: Vec<bool> = cells.keys.iter().map(|key| !cells.failed(key)).collect();
        for row in &cells.rows {
            let place = row.key as usize;
            if accepted.get(place) != Some(&true) {
                continue;
            }
            let requests = row.count(start, end);
            if let Some(counted) = kinds.get_mut(place).filter(|_| requests > 0) {
                counted.requests += requests;
                counted.last = counted.last.max(row.last.min(end));
                counted.early += row.count(start, middle);
                counted.hours[hour(row.first)] += requests;
            }
        }
        Self {
            usual: Usual::new(cells),
            cells,
            kinds,
        }
    }

    /// All accepted attempts.
    pub fn accepted(&self) -> u64 {
        self.kinds.iter().map(|counted| counted.requests).sum()
    }

    /// The kinds of an owner that had accepted attempts.
    pub fn of(&self, owner: &Owner) -> impl Iterator<Item = (&'a Key, &Counted)> {
        let keys = self.cells.keys.get(owner.keys.clone()).unwrap_or_default();
        let kinds = self.kinds.get(owner.keys.clone()).unwrap_or_default();
        let all = keys.iter().zip(kinds);
        all.filter(|(_, counted)| counted.requests > 0)
    }

    /// A kind as replay takes it.
    pub fn attempt(&self, key: &Key) -> Attempt<'a> {
        self.usual.attempt(key)
    }

    /// Refreshes at the token endpoint.
    pub fn refreshes(&self, owners: &[&Owner]) -> u64 {
        let kinds = owners.iter().flat_map(|owner| self.of(owner));
        let refreshes = kinds.filter(|(key, _)| {
            self.cells.text(key.endpoint) == Some(endpoint::TOKEN)
                && self.cells.text(key.grant) == Some("refresh_token")
        });
        refreshes.map(|(_, counted)| counted.requests).sum()
    }

    /// Whether the sign-ins of an owner tell what its requests for tokens do not: then these need not
    /// be asked, since each of them came from one of those.
    pub fn tells(&self, owner: &Owner, need: Need) -> bool {
        let of = |key: &Key| match need {
            Need::RedirectUri => key.redirect_uri,
            Need::Scopes => key.scopes,
            Need::IdentityProvider => key.identity_provider,
            Need::OAuthFlow | Need::AuthFlow | Need::FirstFactor | Need::ReadAttributes => None,
        };
        let is_sign_in = |key: &Key| self.cells.text(key.endpoint) == Some(endpoint::AUTHORIZE);
        self.of(owner)
            .any(|(key, _)| is_sign_in(key) && of(key).is_some())
    }
}

fn hour(micros: i64) -> usize {
    let time = DateTime::from_timestamp_micros(micros).unwrap_or_default();
    time.hour() as usize
}
