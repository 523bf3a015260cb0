//! How Cognito answers what fails for reasons of its own.

use std::sync::Arc;

use super::super::{
    super::{
        chance::Chance,
        model::{Answer, Flow, Kind, Resource, World},
    },
    draft::answer,
};

/// Answers to a password that is not right, and to a few accounts that are not either.
pub fn wrong_password(world: &World, client: usize, chance: &mut Chance) -> Arc<Answer> {
    let resource = Resource {
        kind: Kind::Client,
        index: client as u16,
    };
    let settings = world.estate.settings.get(&resource);
    let errors = settings.and_then(|it| it.get("PreventUserExistenceErrors")?.as_str());
    let tells = errors == Some("LEGACY");
    match chance.weighted(&[0.8, if tells { 0.15 } else { 0.0 }, 0.03, 0.02]) {
        0 => answer(
            "NotAuthorizedException",
            Some("Incorrect username or password."),
            400,
        ),
        1 => answer("UserNotFoundException", Some("User does not exist."), 400),
        2 => answer(
            "NotAuthorizedException",
            Some("Password attempts exceeded"),
            400,
        ),
        _ => answer(
            "UserNotConfirmedException",
            Some("User is not confirmed."),
            400,
        ),
    }
}

/// How the answers of one app client's usual failures are spread: one or two of them come often.
pub struct Taste([f64; 5]);

impl Taste {
    pub fn draw(own: &mut Chance) -> Self {
        Self(std::array::from_fn(|_| own.by_magnitude(0.02, 1.0)))
    }

    /// One of some texts, the favourites mostly.
    fn pick<'a, T>(&self, from: &'a [T], chance: &mut Chance) -> &'a T {
        &from[chance.weighted(&self.0[..from.len()])]
    }

    /// The first or second favourite.
    fn favourite<'a, T>(&self, from: &'a [T], chance: &mut Chance) -> &'a T {
        let mut places: Vec<usize> = (0..from.len()).collect();
        places.sort_by(|one, other| self.0[*other].total_cmp(&self.0[*one]));
        &from[places[chance.weighted(&[1.0, self.0[places[1]]])]]
    }
}

pub fn spent_token(flow: Flow, taste: &Taste, chance: &mut Chance) -> Arc<Answer> {
    match flow {
        Flow::ApiRotate => answer(
            "RefreshTokenReuseException",
            Some("Refresh token has been invalidated due to reuse"),
            400,
        ),
        Flow::ApiRefresh => {
            let messages = [
                "Refresh Token has been revoked",
                "Invalid Refresh Token",
                "Refresh Token has expired",
            ];
            let message = *taste.pick(&messages, chance);
            answer("NotAuthorizedException", Some(message), 400)
        }
        _ => answer("invalid_grant", None, 400),
    }
}

pub fn spent_code(taste: &Taste, chance: &mut Chance) -> Arc<Answer> {
    match chance.happens(1.0 - 0.2 * taste.0[0]) {
        true => answer("invalid_grant", None, 400),
        false => answer("invalid_request", None, 400),
    }
}

pub fn broken_off(taste: &Taste, chance: &mut Chance) -> Arc<Answer> {
    let messages = [
        "The resource owner denied the request",
        "User cancelled the sign-in",
        "Invalid state",
    ];
    answer("access_denied", Some(*taste.pick(&messages, chance)), 400)
}

/// What a machine meets whose requests are all the same: the service is busy or ill for a moment, or
/// a task has not got the new secret yet. One app client knows one or two of these.
pub fn turned_away(taste: &Taste, chance: &mut Chance) -> Arc<Answer> {
    let answers = [
        ("TooManyRequestsException", Some("Rate exceeded"), 429),
        ("", Some("Too Many Requests"), 429),
        ("server_error", None, 500),
        ("server_error", Some("Service unavailable"), 503),
        ("invalid_client", None, 400),
    ];
    let (code, message, status) = *taste.favourite(&answers, chance);
    answer(code, message, status)
}
