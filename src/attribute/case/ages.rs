//! How old tokens can be: a shorter lifetime refuses only those that are older than it.

use super::{Case, Tally};
use crate::{
    attribute::phrase,
    cognito::{
        effects::Test,
        history::{At, ConfigChange},
        lifetime::{self, Token},
        setting::Setting,
    },
};

/// From this share of the requests on nearly all fail.
const NEARLY_ALL: f64 = 0.9;
/// Up to this share of the tokens of the old lifetime outlive the new one, they are not nearly all.
const FEW: f64 = 0.5;

impl Case<'_> {
    /// Why the failing requests' tokens cannot all have been older than the lifetime that the change at
    /// `index` gave, if that is all that it may have broken.
    pub(super) fn too_young(&self, index: usize, tally: &Tally) -> Option<String> {
        let change = &self.history.changes()[index];
        let mut broken = tally.breaks.iter().peekable();
        broken.peek()?;
        let is_age = |(setting, broken): (&Setting, &super::Broken)| {
            let of_refresh = lifetime::token_of(setting.as_str()) == Some(Token::Refresh);
            of_refresh && broken.effect.test == Test::NotShorter
        };
        if !broken.all(is_age) {
            return None;
        }
        let made_before = || self.younger_than_lifetime(index, change);
        made_before().or_else(|| self.more_than_outlived(change))
    }

    /// An app client has no token older than itself.
    fn younger_than_lifetime(&self, index: usize, change: &ConfigChange) -> Option<String> {
        let settings = self.history.settings(&change.resource, At::After(index))?;
        let lifetime = lifetime::lifetime(settings, Token::Refresh)?;
        let writes = self.history.writes(&change.resource);
        let mut writes = writes.map(|write| &self.history.changes()[write].change);
        let made = writes.find(|write| write.name == "CreateUserPoolClient")?;
        let age = self.incident.onset - made.time;
        (age < lifetime).then(|| {
            format!(
                "The app client was made {} before: no refresh token is older than the new \
                 lifetime of {}.",
                phrase::duration(age),
                phrase::duration(lifetime)
            )
        })
    }

    /// Tokens of all ages are in use: few are older than a lifetime that is little shorter.
    fn more_than_outlived(&self, change: &ConfigChange) -> Option<String> {
        let (before, after) = lifetime::before_and_after(&change.diff, Token::Refresh)?;
        let outlived = 1.0 - after / before.max(after);
        let failed = self.failures_between(self.onset() - 1, self.end() + 1);
        let amid = self.alike().between(self.onset() + 1, self.end());
        let nearly_all = failed >= NEARLY_ALL * (failed + amid);
        (nearly_all && outlived < FEW).then(|| {
            format!(
                "It made refresh tokens expire {:.0} % earlier, and nearly all refreshes fail: few \
                 tokens are that old.",
                100.0 * outlived
            )
        })
    }
}
