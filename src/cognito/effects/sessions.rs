//! Rows about how long tokens and sessions live.

use super::{
    Code, Delay, Effect, PLAIN,
    Strength::{Documented, Inferred, Observed},
    Test,
    kinds::{PASSWORD_FLOWS, REFRESH, REFRESH_AUTH, RESPOND, SIGN_IN},
};

/// Lifetimes, rotation, revocation.
pub static ROWS: &[Effect] = &[
    Effect {
        id: "refresh-lifetime-shortened",
        setting: "RefreshTokenValidity",
        grants: REFRESH,
        test: Test::NotShorter,
        codes: &[
            Code("invalid_grant", Documented),
            Code("NotAuthorizedException", Observed),
        ],
        delay: Delay::NextRefresh,
        strength: Inferred,
        says: "refresh tokens older than the new lifetime",
        source: "§4.5 row 9",
        ..PLAIN
    },
    Effect {
        id: "access-lifetime-shortened",
        setting: "AccessTokenValidity",
        test: Test::NotShorter,
        codes: &[
            Code("TooManyRequestsException", Inferred),
            Code("http_429", Inferred),
        ],
        delay: Delay::Ramp,
        strength: Inferred,
        says: "nothing by itself: callers ask more often, and may be throttled",
        source: "§4.5 row 10",
        ..PLAIN
    },
    Effect {
        id: "id-lifetime-shortened",
        setting: "IdTokenValidity",
        test: Test::NotShorter,
        codes: &[
            Code("TooManyRequestsException", Inferred),
            Code("http_429", Inferred),
        ],
        delay: Delay::Ramp,
        strength: Inferred,
        says: "nothing by itself: callers ask more often, and may be throttled",
        source: "§4.5 row 10",
        ..PLAIN
    },
    Effect {
        id: "refresh-lifetime-unit-changed",
        setting: "TokenValidityUnits.RefreshToken",
        grants: REFRESH,
        test: Test::NotShorter,
        codes: &[
            Code("invalid_grant", Documented),
            Code("NotAuthorizedException", Observed),
        ],
        delay: Delay::NextRefresh,
        strength: Inferred,
        says: "refresh tokens older than the new lifetime",
        source: "§4.5 row 11",
        ..PLAIN
    },
    Effect {
        id: "access-lifetime-unit-changed",
        setting: "TokenValidityUnits.AccessToken",
        test: Test::NotShorter,
        codes: &[
            Code("TooManyRequestsException", Inferred),
            Code("http_429", Inferred),
        ],
        delay: Delay::Ramp,
        strength: Inferred,
        says: "nothing by itself: callers ask more often, and may be throttled",
        source: "§4.5 row 11",
        ..PLAIN
    },
    Effect {
        id: "id-lifetime-unit-changed",
        setting: "TokenValidityUnits.IdToken",
        test: Test::NotShorter,
        codes: &[
            Code("TooManyRequestsException", Inferred),
            Code("http_429", Inferred),
        ],
        delay: Delay::Ramp,
        strength: Inferred,
        says: "nothing by itself: callers ask more often, and may be throttled",
        source: "§4.5 row 11",
        ..PLAIN
    },
    Effect {
        id: "revocation-switched-off",
        setting: "EnableTokenRevocation",
        endpoints: &["revoke", "RevokeToken"],
        test: Test::IsTrue,
        codes: &[
            Code("invalid_request", Documented),
            Code("UnsupportedOperationException", Inferred),
        ],
        strength: Documented,
        says: "revocation while `EnableTokenRevocation` is off",
        source: "§4.5 row 12; revocation endpoint reference",
        ..PLAIN
    },
    Effect {
        id: "refresh-rotation-enabled",
        setting: "RefreshTokenRotation.Feature",
        grants: &["refresh_token"],
        test: Test::Not("ENABLED"),
        codes: &[
            Code("invalid_grant", Observed),
            Code("RefreshTokenReuseException", Documented),
            Code("NotAuthorizedException", Inferred),
        ],
        delay: Delay::NextRefresh,
        strength: Documented,
        says: "a refresh token used twice, once rotation is on",
        source: "§4.5 row 13; GetTokensFromRefreshToken reference; oidc-client-ts#2039",
        ..PLAIN
    },
    Effect {
        id: "refresh-flow-refused-by-rotation",
        setting: "RefreshTokenRotation.Feature",
        endpoints: SIGN_IN,
        grants: REFRESH_AUTH,
        test: Test::Never("ENABLED"),
        codes: &[
            Code("NotAuthorizedException", Observed),
            Code("InvalidParameterException", Inferred),
            Code("UnsupportedOperationException", Inferred),
        ],
        strength: Documented,
        says: "the `REFRESH_TOKEN_AUTH` flow while rotation is on",
        source: "§4.5 row 13; RefreshTokenRotationType reference; aws-sdk-js-v3#7162",
        ..PLAIN
    },
    Effect {
        id: "refresh-grace-shortened",
        setting: "RefreshTokenRotation.RetryGracePeriodSeconds",
        grants: &["refresh_token"],
        test: Test::NotShorter,
        codes: &[
            Code("invalid_grant", Observed),
            Code("RefreshTokenReuseException", Documented),
            Code("NotAuthorizedException", Inferred),
        ],
        delay: Delay::NextRefresh,
        strength: Inferred,
        says: "a refresh token used twice within what was the grace period",
        source: "§4.5 row 13; RefreshTokenRotationType reference",
        ..PLAIN
    },
    Effect {
        id: "challenge-session-shortened",
        setting: "AuthSessionValidity",
        endpoints: RESPOND,
        test: Test::NotShorter,
        codes: &[
            Code("NotAuthorizedException", Observed),
            Code("ExpiredCodeException", Inferred),
            Code("CodeMismatchException", Inferred),
        ],
        strength: Documented,
        says: "answers to a challenge that take longer than `AuthSessionValidity`",
        source: "§3; UpdateUserPoolClient reference",
        ..PLAIN
    },
    Effect {
        id: "users-signed-out",
        setting: "Sessions",
        grants: REFRESH,
        test: Test::Same,
        codes: &[
            Code("invalid_grant", Documented),
            Code("NotAuthorizedException", Observed),
        ],
        delay: Delay::NextRefresh,
        strength: Documented,
        says: "refresh tokens of the users who were signed out or disabled",
        source: "§4.5 row 33; token revocation",
        ..PLAIN
    },
    Effect {
        id: "users-disabled",
        setting: "Sessions",
        grants: PASSWORD_FLOWS,
        test: Test::Same,
        codes: &[
            Code("NotAuthorizedException", Documented),
            Code("PasswordResetRequiredException", Documented),
            Code("UserNotFoundException", Documented),
        ],
        strength: Inferred,
        says: "sign-ins of users who were disabled, deleted or given another password",
        source: "§4.5 row 33",
        ..PLAIN
    },
];
