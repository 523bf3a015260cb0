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

pub fn spent_token(flow: Flow, chance: &mut Chance) -> Arc<Answer> {
    match flow {
        Flow::ApiRotate => answer(
            "RefreshTokenReuseException",
            Some("Refresh token has been invalidated due to reuse"),
            400,
        ),
        Flow::ApiRefresh => {
            let message = *chance.pick(&[
                "Refresh Token has been revoked",
                "Invalid Refresh Token",
                "Refresh Token has expired",
            ]);
            answer("NotAuthorizedException", Some(message), 400)
        }
        _ => answer("invalid_grant", None, 400),
    }
}

pub fn spent_code(chance: &mut Chance) -> Arc<Answer> {
    match chance.happens(0.85) {
        true => answer("invalid_grant", None, 400),
        false => answer("invalid_request", None, 400),
    }
}

pub fn broken_off(chance: &mut Chance) -> Arc<Answer> {
    let message = *chance.pick(&[
        "The resource owner denied the request",
        "User cancelled the sign-in",
        "Invalid state",
    ]);
    answer("access_denied", Some(message), 400)
}

pub fn tried_out(chance: &mut Chance) -> Arc<Answer> {
    let code = *chance.pick(&[
        "invalid_client",
        "invalid_scope",
        "invalid_request",
        "unsupported_grant_type",
    ]);
    answer(code, None, 400)
}

pub fn turned_away(chance: &mut Chance) -> Arc<Answer> {
    match chance.weighted(&[0.5, 0.3, 0.2]) {
        0 => answer("TooManyRequestsException", Some("Rate exceeded"), 429),
        1 => answer("server_error", None, 500),
        _ => answer("server_error", Some("Service unavailable"), 503),
    }
}
