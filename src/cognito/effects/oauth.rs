//! Rows about what an app client may do with OAuth, and about its being there.

use super::{
    Code, Delay, Effect, Need, PLAIN, Silences,
    Strength::{Documented, Inferred, Observed},
    Test,
    kinds::{
        AUTHORIZE, CLIENT_TOKEN, CODE_FLOW, ERROR_PAGE, IDP, LOGIN, MACHINE, OAUTH, PAGES, TOKEN,
    },
};

/// In the order of domain.md §4.5.
pub static ROWS: &[Effect] = &[
    Effect {
        id: "oauth-switched-off",
        setting: "AllowedOAuthFlowsUserPoolClient",
        endpoints: &[TOKEN, AUTHORIZE, LOGIN, ERROR_PAGE],
        grants: OAUTH,
        test: Test::IsTrue,
        codes: &[
            Code("invalid_grant", Observed),
            Code("unauthorized_client", Inferred),
            Code("invalid_request", Inferred),
            Code("invalid_client", Inferred),
        ],
        silences: Silences::SignIn,
        delay: Delay::Ramp,
        strength: Observed,
        says: "every OAuth request while the client is not enabled for OAuth flows",
        source: "§4.5 row 1; terraform-provider-aws#34945",
    },
    Effect {
        id: "code-flow-removed",
        setting: "AllowedOAuthFlows",
        endpoints: &[TOKEN, AUTHORIZE, LOGIN, ERROR_PAGE],
        grants: &["authorization_code"],
        test: Test::Lists(Need::OAuthFlow),
        codes: &[
            Code("unauthorized_client", Documented),
            Code("invalid_grant", Inferred),
        ],
        silences: Silences::SignIn,
        strength: Documented,
        says: "the authorization code grant, which `AllowedOAuthFlows` must list",
        source: "§4.5 row 2; token endpoint reference",
        ..PLAIN
    },
    Effect {
        id: "client-credentials-removed",
        setting: "AllowedOAuthFlows",
        endpoints: &[TOKEN],
        grants: MACHINE,
        test: Test::Lists(Need::OAuthFlow),
        codes: &[
            Code("unauthorized_client", Documented),
            Code("invalid_grant", Inferred),
        ],
        delay: Delay::Ramp,
        strength: Documented,
        says: "the client credentials grant, which `AllowedOAuthFlows` must list",
        source: "§4.5 row 3; token endpoint reference",
        ..PLAIN
    },
    Effect {
        id: "implicit-flow-removed",
        setting: "AllowedOAuthFlows",
        endpoints: &[AUTHORIZE, LOGIN, ERROR_PAGE],
        grants: &["implicit"],
        test: Test::Lists(Need::OAuthFlow),
        codes: &[Code("unauthorized_client", Documented)],
        silences: Silences::SignIn,
        strength: Documented,
        says: "the implicit grant, which `AllowedOAuthFlows` must list",
        source: "§4.5 row 4; authorize endpoint reference",
        ..PLAIN
    },
    Effect {
        id: "callback-url-removed",
        setting: "CallbackURLs",
        endpoints: &[TOKEN, AUTHORIZE, LOGIN, ERROR_PAGE],
        grants: CODE_FLOW,
        test: Test::Lists(Need::RedirectUri),
        codes: &[
            Code("redirect_mismatch", Observed),
            Code("unauthorized_client", Observed),
            Code("invalid_grant", Observed),
            Code("invalid_request", Inferred),
        ],
        silences: Silences::SignIn,
        strength: Observed,
        says: "a redirect URI that `CallbackURLs` does not list",
        source: "§4.5 row 5; amplify-js#4308",
        ..PLAIN
    },
    Effect {
        id: "default-redirect-changed",
        setting: "DefaultRedirectURI",
        endpoints: PAGES,
        grants: CODE_FLOW,
        test: Test::StandsIn,
        codes: &[
            Code("invalid_request", Inferred),
            Code("redirect_mismatch", Inferred),
            Code("invalid_grant", Inferred),
        ],
        silences: Silences::SignIn,
        strength: Documented,
        says: "sign-ins that name no redirect URI and rely on the default one",
        source: "§3; UpdateUserPoolClient reference",
        ..PLAIN
    },
    Effect {
        id: "logout-url-removed",
        setting: "LogoutURLs",
        endpoints: &["logout", ERROR_PAGE],
        test: Test::NotNarrower,
        codes: &[
            Code("redirect_mismatch", Observed),
            Code("invalid_request", Inferred),
        ],
        strength: Observed,
        says: "a logout that returns to a URL `LogoutURLs` does not list",
        source: "§4.5 row 6",
        ..PLAIN
    },
    Effect {
        id: "scope-removed",
        setting: "AllowedOAuthScopes",
        endpoints: &[TOKEN, AUTHORIZE, LOGIN, ERROR_PAGE, CLIENT_TOKEN],
        grants: OAUTH,
        test: Test::Lists(Need::Scopes),
        codes: &[
            Code("invalid_scope", Documented),
            Code("invalid_grant", Inferred),
        ],
        silences: Silences::SignIn,
        delay: Delay::Ramp,
        strength: Observed,
        says: "a scope that `AllowedOAuthScopes` does not list",
        source: "§4.5 row 7; authorize endpoint reference",
    },
    Effect {
        id: "identity-provider-unlisted",
        setting: "SupportedIdentityProviders",
        endpoints: &[AUTHORIZE, LOGIN, IDP, ERROR_PAGE, TOKEN],
        grants: CODE_FLOW,
        test: Test::Lists(Need::IdentityProvider),
        codes: &[
            Code("invalid_request", Inferred),
            Code("unauthorized_client", Inferred),
        ],
        silences: Silences::SignIn,
        strength: Inferred,
        says: "sign-in through a provider that `SupportedIdentityProviders` does not list",
        source: "§4.5 row 8",
        ..PLAIN
    },
    Effect {
        id: "secret-deleted",
        setting: "ClientSecret.",
        test: Test::IsSet,
        codes: &[
            Code("invalid_client", Documented),
            Code("NotAuthorizedException", Observed),
        ],
        delay: Delay::Ramp,
        strength: Documented,
        says: "callers that still use the deleted secret",
        source: "§4.5 row 18; DeleteUserPoolClientSecret reference",
        ..PLAIN
    },
    Effect {
        id: "client-deleted",
        setting: "Exists",
        test: Test::Exists,
        codes: &[
            Code("invalid_client", Documented),
            Code("ResourceNotFoundException", Documented),
            Code("invalid_request", Inferred),
        ],
        silences: Silences::SignIn,
        delay: Delay::Ramp,
        strength: Documented,
        says: "everything, since it no longer exists",
        source: "§4.5 rows 19 and 20",
        ..PLAIN
    },
];
