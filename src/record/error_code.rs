//! Error codes: which texts say why a request was refused, and which say nothing.

use std::borrow::Cow;

/// Codes of OAuth, OpenID Connect and Cognito's own pages.
const OAUTH: [&str; 20] = [
    "access_denied",
    "account_selection_required",
    "consent_required",
    "expired_token",
    "interaction_required",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "invalid_token",
    "login_required",
    "redirect_mismatch",
    "redirect_uri_mismatch",
    "server_error",
    "slow_down",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "unsupported_token_type",
];

/// Exceptions that any refusal may be told as.
const GENERIC: [&str; 6] = [
    "BadRequestException",
    "ClientException",
    "CognitoIdentityProviderException",
    "HttpException",
    "ServiceException",
    "UnknownException",
];

/// Whether a code is one that Cognito or OAuth gives to particular refusals. `BadRequest`, a status
/// or a sentence says that something was refused, and not why.
pub fn is_informative(code: &str) -> bool {
    OAUTH.contains(&code) || (code.ends_with("Exception") && !GENERIC.contains(&code))
}

/// An exception without its package. What is no name stays whole: a part of it could be half of a
/// secret, which nobody would know for one.
pub fn short(code: Cow<'_, str>) -> Cow<'_, str> {
    let part = |c: char| c.is_ascii_alphanumeric() || "._#$/-".contains(c);
    if !code.chars().all(part) {
        return code;
    }
    match code.rsplit(['.', '#']).next() {
        Some(name) if name.len() < code.len() && !name.is_empty() => Cow::Owned(name.to_owned()),
        _ => code,
    }
}

/// The status that stands in the place of a code.
pub fn status(code: &str) -> Option<u16> {
    let number: f64 = code.trim().parse().ok()?;
    (number.fract() == 0.0 && (100.0..600.0).contains(&number)).then_some(number as u16)
}

/// The code that a message is, or begins with: `invalid_client`, `NotAuthorizedException: …`.
pub fn in_message(message: &str) -> Option<&str> {
    let end = message.find(|c: char| !c.is_ascii_alphanumeric() && !"_.#".contains(c));
    let (first, rest) = message.split_at(end.unwrap_or(message.len()));
    let name = first.rsplit(['.', '#']).find(|part| !part.is_empty())?;
    let ends = rest.is_empty() || rest.starts_with([':', ',', ';', ' ', '(']);
    (ends && is_informative(name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generic_text_says_nothing() {
        for code in [
            "BadRequest",
            "ClientError",
            "http_400",
            "Fehler",
            "BadRequestException",
        ] {
            assert!(!is_informative(code), "{code}");
        }
        for code in [
            "invalid_grant",
            "NotAuthorizedException",
            "redirect_mismatch",
        ] {
            assert!(is_informative(code), "{code}");
        }
    }

    #[test]
    fn a_message_may_be_a_code_or_begin_with_one() {
        assert_eq!(in_message("invalid_client"), Some("invalid_client"));
        let exception = "com.amazonaws.NotAuthorizedException: Incorrect username";
        assert_eq!(in_message(exception), Some("NotAuthorizedException"));
        assert_eq!(in_message("The client is not enabled"), None);
        assert_eq!(in_message("invalid_grants_are_many"), None);
        assert_eq!(in_message(""), None);
    }

    #[test]
    fn a_number_is_a_status_and_no_code() {
        assert_eq!(status("400"), Some(400));
        assert_eq!(status("401.0"), Some(401));
        assert_eq!(status("42"), None);
        assert_eq!(status("invalid_grant"), None);
    }
}
