//! How Cognito answers what it refuses: where AWS leaves that open, one answer is drawn.

use std::sync::Arc;

use super::{
    super::{
        chance::Chance,
        model::{Answer, Effect},
    },
    table::Reply,
};

/// One of the answers that a rule may have.
pub fn one(replies: &[Reply], chance: &mut Chance) -> Effect {
    Effect::Refused(Arc::new(answer(chance.pick(replies))))
}

/// Any answer at all, as a rule has it that nobody wrote down.
pub fn any(of_endpoint: bool, chance: &mut Chance) -> Effect {
    let replies = match (chance.happens(0.06), of_endpoint) {
        (true, true) => SERVER,
        (true, false) => SERVER_API,
        (false, true) => ENDPOINT,
        (false, false) => API,
    };
    one(replies, chance)
}

/// What the service itself answers when it is ill.
pub fn fault(of_endpoint: bool, chance: &mut Chance) -> Effect {
    one(if of_endpoint { SERVER } else { SERVER_API }, chance)
}

/// What it answers when too much is asked.
pub fn throttled(of_endpoint: bool, chance: &mut Chance) -> Effect {
    one(if of_endpoint { SLOWER } else { SLOWER_API }, chance)
}

pub fn answer((code, message, status): &Reply) -> Answer {
    Answer {
        code: (*code).to_owned(),
        message: (!message.is_empty()).then(|| (*message).to_owned()),
        status: *status,
    }
}

const ENDPOINT: &[Reply] = &[
    ("invalid_grant", "", 400),
    ("invalid_grant", "", 400),
    ("invalid_request", "", 400),
    ("invalid_request", "", 400),
    ("unauthorized_client", "", 400),
    ("invalid_client", "", 400),
    ("invalid_client", "", 401),
    ("invalid_scope", "", 400),
    ("access_denied", "", 400),
    ("unsupported_grant_type", "", 400),
    ("server_error", "", 400),
    ("NotAuthorizedException", "", 400),
];

const API: &[Reply] = &[
    ("NotAuthorizedException", "", 400),
    (
        "NotAuthorizedException",
        "Incorrect username or password.",
        400,
    ),
    (
        "NotAuthorizedException",
        "Invalid session for the user.",
        400,
    ),
    ("InvalidParameterException", "", 400),
    ("ForbiddenException", "", 400),
    ("UserLambdaValidationException", "", 400),
    ("InvalidUserPoolConfigurationException", "", 400),
    ("ResourceNotFoundException", "", 400),
    ("PasswordResetRequiredException", "", 400),
    ("UserNotConfirmedException", "", 400),
];

const SERVER: &[Reply] = &[
    ("server_error", "", 500),
    ("server_error", "", 503),
    ("", "Service Unavailable", 503),
    ("temporarily_unavailable", "", 503),
    ("", "Internal Server Error", 500),
];

const SERVER_API: &[Reply] = &[
    ("InternalErrorException", "", 500),
    ("ServiceUnavailableException", "", 503),
    ("InternalErrorException", "Something went wrong", 500),
];

const SLOWER: &[Reply] = &[
    ("", "Too Many Requests", 429),
    ("slow_down", "", 429),
    ("TooManyRequestsException", "Rate exceeded", 400),
];

const SLOWER_API: &[Reply] = &[
    ("TooManyRequestsException", "Rate exceeded", 400),
    ("TooManyRequestsException", "Too many requests", 400),
];
