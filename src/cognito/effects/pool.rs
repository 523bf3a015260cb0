//! Rows about a pool as a whole: its tier, pages, keys, Regions and limits.

use super::{
    Code, Delay, Effect, PLAIN, Silences,
    Strength::{Documented, Inferred, Observed},
    Test,
    kinds::{
        AUTHORIZE, CHOICE, CODE_FLOW, ERROR_PAGE, LOGIN, MACHINE, PAGES, SIGN_IN, TOKEN, USER_INFO,
        USER_TOKENS,
    },
};

/// Every app client of the pool meets them.
pub static ROWS: &[Effect] = &[
    Effect {
        id: "pool-tier-changed",
        setting: "UserPoolTier",
        endpoints: SIGN_IN,
        grants: CHOICE,
        test: Test::Not("LITE"),
        codes: &[
            Code("FeatureUnavailableInTierException", Documented),
            Code("InvalidParameterException", Inferred),
        ],
        strength: Inferred,
        says: "sign-in by choice, which the new tier does not have",
        source: "§4.5 row 24; feature plans",
        ..PLAIN
    },
    Effect {
        id: "tier-without-token-trigger",
        setting: "UserPoolTier",
        grants: USER_TOKENS,
        test: Test::Not("LITE"),
        codes: &[
            Code("FeatureUnavailableInTierException", Documented),
            Code("InvalidLambdaResponseException", Inferred),
            Code("invalid_grant", Inferred),
            Code("invalid_request", Inferred),
        ],
        strength: Inferred,
        says: "tokens for which a trigger of version 2 or 3 runs, which the new tier does not have",
        source: "§4.5 row 24; turning off features to change feature plans",
        ..PLAIN
    },
    Effect {
        id: "tier-without-machine-trigger",
        setting: "UserPoolTier",
        grants: MACHINE,
        test: Test::Not("LITE"),
        codes: &[
            Code("FeatureUnavailableInTierException", Documented),
            Code("invalid_grant", Inferred),
            Code("invalid_request", Inferred),
        ],
        strength: Inferred,
        says: "tokens for which a trigger of version 3 runs, which the new tier does not have",
        source: "§4.5 row 24; turning off features to change feature plans",
        ..PLAIN
    },
    Effect {
        id: "tier-without-pages",
        setting: "UserPoolTier",
        endpoints: PAGES,
        grants: CODE_FLOW,
        test: Test::Not("LITE"),
        codes: &[
            Code("http_403", Inferred),
            Code("invalid_request", Inferred),
        ],
        silences: Silences::SignIn,
        strength: Inferred,
        says: "managed login, passkeys and codes as a first factor, which the new tier does not have",
        source: "§4.5 row 24; feature plans",
        ..PLAIN
    },
    Effect {
        id: "issuer-changed",
        setting: "IssuerConfiguration.",
        endpoints: &[USER_INFO, TOKEN],
        test: Test::Same,
        codes: &[
            Code("invalid_token", Inferred),
            Code("invalid_grant", Inferred),
        ],
        silences: Silences::SignIn,
        delay: Delay::Ramp,
        strength: Inferred,
        says: "tokens of the issuer before, wherever the issuer is checked",
        source: "§11; IssuerConfigurationType reference",
        ..PLAIN
    },
    Effect {
        id: "pool-key-changed",
        setting: "KeyConfiguration.",
        test: Test::Same,
        codes: &[
            Code("InternalErrorException", Inferred),
            Code("server_error", Inferred),
            Code("NotAuthorizedException", Inferred),
        ],
        delay: Delay::Minutes,
        strength: Inferred,
        says: "every request, while Cognito may not use the key of the pool's data",
        source: "§11; KeyConfigurationType reference",
        ..PLAIN
    },
    Effect {
        id: "replica-changed",
        setting: "Replica",
        test: Test::Same,
        codes: &[
            Code("OperationNotEnabledException", Documented),
            Code("ResourceNotFoundException", Inferred),
            Code("invalid_client", Inferred),
        ],
        silences: Silences::All,
        delay: Delay::Minutes,
        strength: Inferred,
        says: "what is asked of a replica that is gone or inactive",
        source: "§11; UpdateUserPoolReplica reference",
        ..PLAIN
    },
    Effect {
        id: "limit-changed",
        setting: "ProvisionedLimit",
        test: Test::Same,
        codes: &[
            Code("TooManyRequestsException", Documented),
            Code("http_429", Inferred),
        ],
        delay: Delay::Minutes,
        strength: Documented,
        says: "what is asked more often than the new limit allows",
        source: "§11; UpdateProvisionedLimit reference",
        ..PLAIN
    },
    Effect {
        id: "context-class-changed",
        setting: "AcrConfiguration.",
        endpoints: PAGES,
        grants: CODE_FLOW,
        test: Test::Same,
        codes: &[Code("invalid_request", Inferred)],
        silences: Silences::SignIn,
        strength: Inferred,
        says: "sign-ins that ask for an authentication context class by its old name",
        source: "§11; AcrLevelConfigType reference",
        ..PLAIN
    },
    Effect {
        id: "pages-changed",
        setting: "Pages",
        endpoints: &[AUTHORIZE, LOGIN, ERROR_PAGE],
        test: Test::Same,
        codes: &[Code("http_403", Observed)],
        silences: Silences::SignIn,
        strength: Inferred,
        says: "sign-in pages without the branding or terms they need",
        source: "§4.5 row 34",
        ..PLAIN
    },
];
