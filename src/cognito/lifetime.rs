//! How long tokens live: a validity is a number that means nothing without its unit.
//!
//! Source: botocore `cognito-idp`, `UpdateUserPoolClientRequest` (domain.md §3).

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    history::DiffLine,
    setting::{Known, Setting, Settings, known, value},
};

/// The three tokens a client is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Token {
    /// The access token.
    Access,
    /// The ID token.
    Id,
    /// The refresh token.
    Refresh,
}

impl Token {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Access, Self::Id, Self::Refresh];

    /// The setting that holds the number.
    pub const fn validity(self) -> &'static str {
        match self {
            Self::Access => "AccessTokenValidity",
            Self::Id => "IdTokenValidity",
            Self::Refresh => "RefreshTokenValidity",
        }
    }

    /// The setting that holds its unit.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Access => "TokenValidityUnits.AccessToken",
            Self::Id => "TokenValidityUnits.IdToken",
            Self::Refresh => "TokenValidityUnits.RefreshToken",
        }
    }

    /// How long it lives when nobody said.
    fn default_lifetime(self) -> TimeDelta {
        match self {
            Self::Access | Self::Id => TimeDelta::hours(1),
            Self::Refresh => TimeDelta::days(30),
        }
    }
}

/// How long `token` lives under `settings`; `None` when the number or its unit is not known.
pub fn lifetime(settings: &Settings, token: Token) -> Option<TimeDelta> {
    let count = i32::try_from(value(settings, token.validity())?.as_i64()?).ok()?;
    if count == 0 {
        return Some(token.default_lifetime());
    }
    unit_length(value(settings, token.unit())?)?.checked_mul(count)
}

/// The default lifetime as a number in the unit of `settings`, so that 60 minutes and nothing at
/// all are the same setting; `None` when the unit is not known or does not go into it.
pub(super) fn default_count(settings: &Settings, token: Token) -> Option<Value> {
    let unit = unit_length(value(settings, token.unit())?)?.num_seconds();
    let default = token.default_lifetime().num_seconds();
    (default % unit == 0).then(|| json!(default / unit))
}

/// Writes a validity of zero, which Cognito takes for the default, as that default.
pub(super) fn spell_out_zero(settings: &mut Settings) {
    for token in Token::ALL {
        let setting = Setting::named(token.validity());
        let default = default_count(settings, token);
        let zero = json!(0);
        let spelled = match (known(settings, &setting), default) {
            (Known::Observed(value), Some(default)) if *value == zero => Known::Observed(default),
            (Known::Assumed(value), Some(default)) if *value == zero => Known::Assumed(default),
            _ => continue,
        };
        settings.insert(setting, spelled);
    }
}

/// The token whose validity the setting `name` is.
pub(super) fn token_of_validity(name: &str) -> Option<Token> {
    Token::ALL
        .into_iter()
        .find(|token| token.validity() == name)
}

/// The token whose validity, or its unit, the setting `name` is.
pub fn token_of(name: &str) -> Option<Token> {
    let mut tokens = Token::ALL.into_iter();
    tokens.find(|token| token.validity() == name || token.unit() == name)
}

/// How long `token` lives before and after a change, in a unit of their own: what stands in no line
/// is the same on both sides.
pub(super) fn before_and_after(lines: &[DiffLine], token: Token) -> Option<(f64, f64)> {
    let line = |name: &str| lines.iter().find(|line| line.setting.as_str() == name);
    let (count, unit) = (line(token.validity()), line(token.unit()));
    let length = |side: fn(&DiffLine) -> &Known| -> Option<f64> {
        let count = match count {
            Some(line) => side(line).value()?.as_f64()?,
            None => 1.0,
        };
        let unit = match unit {
            Some(line) => unit_length(side(line).value()?)?.as_seconds_f64(),
            None => 1.0,
        };
        Some(count * unit)
    };
    length(|line| &line.before).zip(length(|line| &line.after))
}

fn unit_length(unit: &Value) -> Option<TimeDelta> {
    Some(match unit.as_str()? {
        "seconds" => TimeDelta::seconds(1),
        "minutes" => TimeDelta::minutes(1),
        "hours" => TimeDelta::hours(1),
        "days" => TimeDelta::days(1),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(count: i64, unit: &str, minutes: Option<i64>) {
        let settings = Settings::from([
            (
                Setting::named("RefreshTokenValidity"),
                Known::Observed(json!(count)),
            ),
            (
                Setting::named("TokenValidityUnits.RefreshToken"),
                Known::Assumed(json!(unit)),
            ),
        ]);
        let expected = minutes.map(TimeDelta::minutes);
        assert_eq!(lifetime(&settings, Token::Refresh), expected);
    }

    #[test]
    fn unit_gives_the_number_its_meaning() {
        check(60, "minutes", Some(60));
        check(60, "days", Some(60 * 24 * 60));
        check(3600, "seconds", Some(60));
        check(1, "fortnights", None);
        check(i64::MAX, "days", None);
    }

    #[test]
    fn zero_is_thirty_days_in_any_unit() {
        check(0, "days", Some(30 * 24 * 60));
        check(0, "seconds", Some(30 * 24 * 60));
        check(0, "never seen", Some(30 * 24 * 60));
    }
}
