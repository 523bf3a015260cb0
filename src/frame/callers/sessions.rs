//! How old the refresh tokens are that a caller sends: as old as the sign-in before.
//!
//! A shorter lifetime refuses only what is older than it, and a new sign-in brings a new token.

use crate::{
    frame::{
        kinds::Kind,
        symbols::{Symbol, Symbols},
    },
    queries::{self, endpoint},
    record::SourceKind,
};

/// More sign-ins in different seconds are a server's, of which nobody can tell whose token it sends.
const MOST_SIGN_INS: usize = 8;
const SECOND: i64 = 1_000_000;

/// What a request is to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    SignIn,
    Refresh,
}

impl Step {
    /// What requests of a kind are; those of one exchange alone tell of sessions.
    pub fn of(kind: &Kind, symbols: &Symbols) -> Option<Self> {
        if kind.source != SourceKind::Trail {
            return None;
        }
        let text = |symbol: Option<Symbol>| symbol.map(|symbol| symbols.text(symbol));
        let grant = text(kind.key.grant)?;
        match text(kind.key.endpoint)? {
            _ if queries::REFRESH_GRANTS.contains(&grant) => Some(Self::Refresh),
            endpoint::TOKEN => (grant == "authorization_code").then_some(Self::SignIn),
            "InitiateAuth" | "AdminInitiateAuth" => Some(Self::SignIn),
            _ => None,
        }
    }
}

/// Sign-ins and refreshes of one caller with one app client; times in µs, to the second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sessions {
    /// In order, each second once; one more than can be told apart when there are more.
    sign_ins: Vec<i64>,
    first_sign_in: Option<i64>,
    last_sign_in: Option<i64>,
    /// The last accepted refresh.
    pub refreshed: Option<i64>,
    /// The first refused refresh.
    pub refused: Option<i64>,
}

impl Sessions {
    pub(super) fn note(&mut self, step: Step, time: i64, accepted: bool) {
        let time = time - time.rem_euclid(SECOND);
        match (step, accepted) {
            (Step::SignIn, true) => self.signed_in(time),
            (Step::SignIn, false) => {}
            (Step::Refresh, true) => self.refreshed = self.refreshed.max(Some(time)),
            (Step::Refresh, false) => self.refused = earlier(self.refused, Some(time)),
        }
    }

    fn signed_in(&mut self, time: i64) {
        self.first_sign_in = earlier(self.first_sign_in, Some(time));
        self.last_sign_in = self.last_sign_in.max(Some(time));
        self.keep(time);
    }

    fn keep(&mut self, time: i64) {
        if self.sign_ins.len() <= MOST_SIGN_INS
            && let Err(place) = self.sign_ins.binary_search(&time)
        {
            self.sign_ins.insert(place, time);
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.first_sign_in = earlier(self.first_sign_in, other.first_sign_in);
        self.last_sign_in = self.last_sign_in.max(other.last_sign_in);
        self.refreshed = self.refreshed.max(other.refreshed);
        self.refused = earlier(self.refused, other.refused);
        other.sign_ins.iter().for_each(|time| self.keep(*time));
    }

    /// The first sign-in.
    pub fn first_sign_in(&self) -> Option<i64> {
        self.first_sign_in
    }

    /// The last sign-in.
    pub fn last_sign_in(&self) -> Option<i64> {
        self.last_sign_in
    }

    /// The last sign-in before a time: a token that was sent then is as old. `None`: not seen, or one of
    /// many people's.
    pub fn signed_in_before(&self, time: i64) -> Option<i64> {
        let known = Some(&self.sign_ins).filter(|times| times.len() <= MOST_SIGN_INS)?;
        let before = known.partition_point(|sign_in| *sign_in <= time);
        known.get(before.checked_sub(1)?).copied()
    }
}

/// The earlier of two times, as far as both are known.
fn earlier(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_as_old_as_the_sign_in_before_it() {
        let mut sessions = Sessions::default();
        for (second, step, accepted) in [
            (9_000, Step::SignIn, true),
            (8_000, Step::Refresh, false),
            (100, Step::SignIn, true),
            (9_400, Step::Refresh, true),
            (7_000, Step::Refresh, false),
            (6_000, Step::SignIn, false),
        ] {
            sessions.note(step, second * SECOND, accepted);
        }
        assert_eq!(sessions.refused, Some(7_000 * SECOND));
        let age = |time: Option<i64>| time.and_then(|time| sessions.signed_in_before(time));
        assert_eq!(age(sessions.refused), Some(100 * SECOND));
        assert_eq!(age(sessions.refreshed), Some(9_000 * SECOND));
        assert_eq!(sessions.signed_in_before(99 * SECOND), None);
    }

    #[test]
    fn nobody_knows_whose_token_a_server_sends() {
        let mut one = Sessions::default();
        let mut other = Sessions::default();
        for number in 0..6 {
            one.note(Step::SignIn, 10 * number * SECOND, true);
            other.note(Step::SignIn, (10 * number + 1) * SECOND, true);
        }
        assert_eq!(one.signed_in_before(55 * SECOND), Some(50 * SECOND));
        one.add(&other);
        assert_eq!(one.signed_in_before(55 * SECOND), None);
        assert_eq!(one.last_sign_in(), Some(51 * SECOND));
    }
}
