//! The effects table: which change of a setting refuses which requests, with which codes.
//!
//! Data, not code: a row per effect. What is certain and what is not stands in each row, with its
//! source; [`super::replay`] is the only reader of the tests.

use chrono::TimeDelta;

/// One way in which a change breaks requests.
#[derive(Debug)]
pub struct Effect {
    /// A name for reports and tests.
    pub id: &'static str,
    /// The setting it is about; a name that ends in `.` stands for all settings it begins.
    pub setting: &'static str,
    /// Endpoints and sign-in APIs that look at the setting; empty: all.
    pub endpoints: &'static [&'static str],
    /// Grants and auth flows that look at it; empty: all, also unknown ones.
    pub grants: &'static [&'static str],
    /// What is asked of the value.
    pub test: Test,
    /// Codes a refused request may get, likeliest first; empty: not established.
    pub codes: &'static [Code],
    /// Whether refusal happens before the token endpoint, so that its requests stop instead of
    /// failing.
    pub silences: bool,
    /// When the first exposed request feels it.
    pub delay: Delay,
    /// How sure it is that the request is refused at all.
    pub strength: Strength,
    /// What happens, for a sentence: "… refuses {this}".
    pub says: &'static str,
    /// Where this is known from.
    pub source: &'static str,
}

/// An error code and how well it is established.
#[derive(Debug)]
pub struct Code(pub &'static str, pub Strength);

/// How well a fact is established (domain.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// No source says it.
    Inferred,
    /// Seen in somebody's real logs, or in code that runs.
    Observed,
    /// AWS says so.
    Documented,
}

/// What is asked of a setting's value before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    /// The list must hold what the request needs.
    Lists(Need),
    /// The flag must be true.
    IsTrue,
    /// The value must not be null, absent or empty.
    IsSet,
    /// The thing must exist.
    Exists,
    /// Any difference may break.
    Same,
    /// A lifetime must not become shorter.
    NotShorter,
    /// A list must not lose an item.
    NotNarrower,
    /// The value must not become set, or another.
    NotAdded,
    /// The switch must not become this text.
    Not(&'static str),
}

/// What a request needs a list to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Its redirect URI, exactly.
    RedirectUri,
    /// The OAuth flow of its grant.
    OAuthFlow,
    /// The explicit auth flow of its sign-in API.
    AuthFlow,
    /// Every scope it asks for.
    Scopes,
    /// The identity provider it asks for.
    IdentityProvider,
}

/// When a change is felt (domain.md §4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// By the next exposed request.
    Step,
    /// As tokens in callers' caches expire: up to their lifetime.
    Ramp,
    /// By each session at its next refresh, or its second.
    NextRefresh,
    /// Minutes to an hour, as caches of names, certificates and rules expire.
    Minutes,
}

impl Delay {
    /// The longest wait until the first exposed request feels the change.
    pub fn longest(self) -> TimeDelta {
        match self {
            Self::Step => TimeDelta::minutes(2),
            Self::Ramp => TimeDelta::minutes(2),
            Self::NextRefresh => TimeDelta::hours(24),
            Self::Minutes => TimeDelta::hours(1),
        }
    }
}

use Strength::{Documented, Inferred, Observed};

const TOKEN: &str = "token";
const AUTHORIZE: &str = "authorize";
const LOGIN: &str = "login";
const IDP: &str = "idpresponse";
const ERROR_PAGE: &str = "error";
/// What is asked of the domain's host.
const HOSTED: &[&str] = &[
    TOKEN, AUTHORIZE, LOGIN, IDP, ERROR_PAGE, "logout", "userinfo", "revoke",
];
const LAMBDA_CODES: &[Code] = &[
    Code("UserLambdaValidationException", Documented),
    Code("UnexpectedLambdaException", Documented),
    Code("InvalidLambdaResponseException", Documented),
    Code("invalid_grant", Inferred),
    Code("invalid_request", Inferred),
    Code("server_error", Inferred),
];
const CUSTOM_AUTH_CODES: &[Code] = &[
    Code("InvalidParameterException", Observed),
    Code("InvalidLambdaResponseException", Inferred),
    Code("UnexpectedLambdaException", Inferred),
    Code("NotAuthorizedException", Inferred),
    Code("UserLambdaValidationException", Inferred),
];
const SIGN_IN: &[&str] = &[
    "InitiateAuth",
    "AdminInitiateAuth",
    "RespondToAuthChallenge",
    "AdminRespondToAuthChallenge",
    "GetTokensFromRefreshToken",
];
const PASSWORD_FLOWS: &[&str] = &[
    "USER_PASSWORD_AUTH",
    "USER_SRP_AUTH",
    "ADMIN_NO_SRP_AUTH",
    "ADMIN_USER_PASSWORD_AUTH",
    "USER_AUTH",
    "CUSTOM_AUTH",
    "PASSWORD_VERIFIER",
    "CUSTOM_CHALLENGE",
];
const REFRESH: &[&str] = &["refresh_token", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"];
const CODE_FLOW: &[&str] = &["authorization_code", "implicit"];

/// All effects known. Rows of domain.md §4.5 stand in its order.
pub static EFFECTS: &[Effect] = &[
    Effect {
        id: "oauth-switched-off",
        setting: "AllowedOAuthFlowsUserPoolClient",
        endpoints: &[TOKEN, AUTHORIZE, LOGIN, ERROR_PAGE],
        grants: &["authorization_code", "implicit", "client_credentials"],
        test: Test::IsTrue,
        codes: &[
            Code("invalid_grant", Observed),
            Code("unauthorized_client", Inferred),
            Code("invalid_request", Inferred),
            Code("invalid_client", Inferred),
        ],
        silences: true,
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
        silences: true,
        delay: Delay::Step,
        strength: Documented,
        says: "the authorization code grant, which `AllowedOAuthFlows` must list",
        source: "§4.5 row 2; token endpoint reference",
    },
    Effect {
        id: "client-credentials-removed",
        setting: "AllowedOAuthFlows",
        endpoints: &[TOKEN],
        grants: &["client_credentials"],
        test: Test::Lists(Need::OAuthFlow),
        codes: &[
            Code("unauthorized_client", Documented),
            Code("invalid_grant", Inferred),
        ],
        silences: false,
        delay: Delay::Ramp,
        strength: Documented,
        says: "the client credentials grant, which `AllowedOAuthFlows` must list",
        source: "§4.5 row 3; token endpoint reference",
    },
    Effect {
        id: "implicit-flow-removed",
        setting: "AllowedOAuthFlows",
        endpoints: &[AUTHORIZE, LOGIN, ERROR_PAGE],
        grants: &["implicit"],
        test: Test::Lists(Need::OAuthFlow),
        codes: &[Code("unauthorized_client", Documented)],
        silences: true,
        delay: Delay::Step,
        strength: Documented,
        says: "the implicit grant, which `AllowedOAuthFlows` must list",
        source: "§4.5 row 4; authorize endpoint reference",
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
        silences: true,
        delay: Delay::Step,
        strength: Observed,
        says: "a redirect URI that `CallbackURLs` does not list",
        source: "§4.5 row 5; amplify-js#4308",
    },
    Effect {
        id: "logout-url-removed",
        setting: "LogoutURLs",
        endpoints: &["logout", ERROR_PAGE],
        grants: &[],
        test: Test::NotNarrower,
        codes: &[
            Code("redirect_mismatch", Observed),
            Code("invalid_request", Inferred),
        ],
        silences: false,
        delay: Delay::Step,
        strength: Observed,
        says: "a logout that returns to a URL `LogoutURLs` does not list",
        source: "§4.5 row 6",
    },
    Effect {
        id: "scope-removed",
        setting: "AllowedOAuthScopes",
        endpoints: &[TOKEN, AUTHORIZE, LOGIN, ERROR_PAGE],
        grants: &["authorization_code", "implicit", "client_credentials"],
        test: Test::Lists(Need::Scopes),
        codes: &[
            Code("invalid_scope", Documented),
            Code("invalid_grant", Inferred),
        ],
        silences: true,
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
        silences: true,
        delay: Delay::Step,
        strength: Inferred,
        says: "sign-in through a provider that `SupportedIdentityProviders` does not list",
        source: "§4.5 row 8",
    },
    Effect {
        id: "refresh-lifetime-shortened",
        setting: "RefreshTokenValidity",
        endpoints: &[],
        grants: REFRESH,
        test: Test::NotShorter,
        codes: &[
            Code("invalid_grant", Documented),
            Code("NotAuthorizedException", Observed),
        ],
        silences: false,
        delay: Delay::NextRefresh,
        strength: Inferred,
        says: "refresh tokens older than the new lifetime",
        source: "§4.5 row 9",
    },
    Effect {
        id: "refresh-lifetime-unit-changed",
        setting: "TokenValidityUnits.RefreshToken",
        endpoints: &[],
        grants: REFRESH,
        test: Test::NotShorter,
        codes: &[
            Code("invalid_grant", Documented),
            Code("NotAuthorizedException", Observed),
        ],
        silences: false,
        delay: Delay::NextRefresh,
        strength: Inferred,
        says: "refresh tokens older than the new lifetime",
        source: "§4.5 row 11",
    },
    Effect {
        id: "revocation-switched-off",
        setting: "EnableTokenRevocation",
        endpoints: &["revoke", "RevokeToken"],
        grants: &[],
        test: Test::IsTrue,
        codes: &[
            Code("invalid_request", Documented),
            Code("UnsupportedOperationException", Inferred),
        ],
        silences: false,
        delay: Delay::Step,
        strength: Documented,
        says: "revocation while `EnableTokenRevocation` is off",
        source: "§4.5 row 12; revocation endpoint reference",
    },
    Effect {
        id: "refresh-rotation-enabled",
        setting: "RefreshTokenRotation.Feature",
        endpoints: &[],
        grants: REFRESH,
        test: Test::Not("ENABLED"),
        codes: &[
            Code("invalid_grant", Observed),
            Code("NotAuthorizedException", Observed),
            Code("InvalidParameterException", Inferred),
        ],
        silences: false,
        delay: Delay::NextRefresh,
        strength: Observed,
        says: "a refresh token used twice, once rotation is on",
        source: "§4.5 row 13; oidc-client-ts#2039, aws-sdk-js-v3#7162",
    },
    Effect {
        id: "auth-flow-removed",
        setting: "ExplicitAuthFlows",
        endpoints: SIGN_IN,
        grants: &[],
        test: Test::Lists(Need::AuthFlow),
        codes: &[
            Code("InvalidParameterException", Documented),
            Code("NotAuthorizedException", Inferred),
        ],
        silences: false,
        delay: Delay::Step,
        strength: Documented,
        says: "an auth flow that `ExplicitAuthFlows` does not list",
        source: "§4.5 row 14; boto3#1607",
    },
    Effect {
        id: "read-attribute-removed",
        setting: "ReadAttributes",
        endpoints: &[TOKEN],
        grants: &["authorization_code", "refresh_token"],
        test: Test::NotNarrower,
        codes: &[Code("invalid_grant", Documented)],
        silences: false,
        delay: Delay::Step,
        strength: Documented,
        says: "scopes whose attributes the client may not read",
        source: "§4.5 row 15; token endpoint reference",
    },
    Effect {
        id: "write-attribute-removed",
        setting: "WriteAttributes",
        endpoints: &[IDP],
        grants: &[],
        test: Test::NotNarrower,
        codes: &[
            Code("invalid_request", Inferred),
            Code("server_error", Inferred),
        ],
        silences: true,
        delay: Delay::Step,
        strength: Documented,
        says: "federated sign-in that maps an attribute the client may not write",
        source: "§4.5 row 16",
    },
    Effect {
        id: "user-existence-errors-changed",
        setting: "PreventUserExistenceErrors",
        endpoints: SIGN_IN,
        grants: &[],
        test: Test::Same,
        codes: &[
            Code("UserNotFoundException", Documented),
            Code("NotAuthorizedException", Documented),
        ],
        silences: false,
        delay: Delay::Step,
        strength: Inferred,
        says: "nothing more than before, but under another code",
        source: "§4.5 row 17",
    },
    Effect {
        id: "secret-deleted",
        setting: "ClientSecret.",
        endpoints: &[],
        grants: &[],
        test: Test::IsSet,
        codes: &[
            Code("invalid_client", Documented),
            Code("NotAuthorizedException", Observed),
        ],
        silences: false,
        delay: Delay::Ramp,
        strength: Documented,
        says: "callers that still use the deleted secret",
        source: "§4.5 row 18; DeleteUserPoolClientSecret reference",
    },
    Effect {
        id: "client-deleted",
        setting: "Exists",
        endpoints: &[],
        grants: &[],
        test: Test::Exists,
        codes: &[
            Code("invalid_client", Documented),
            Code("ResourceNotFoundException", Documented),
            Code("invalid_request", Inferred),
        ],
        silences: true,
        delay: Delay::Ramp,
        strength: Documented,
        says: "everything, since it no longer exists",
        source: "§4.5 rows 19 and 20",
    },
    Effect {
        id: "domain-deleted",
        setting: "Domain",
        endpoints: HOSTED,
        grants: &[],
        test: Test::Exists,
        codes: &[Code("http_403", Inferred), Code("http_404", Inferred)],
        silences: true,
        delay: Delay::Minutes,
        strength: Documented,
        says: "every request to its host, which is gone",
        source: "§4.5 row 20",
    },
    Effect {
        id: "custom-domain-changed",
        setting: "CustomDomainConfig.CertificateArn",
        endpoints: &[TOKEN, AUTHORIZE, LOGIN],
        grants: &[],
        test: Test::Same,
        codes: &[],
        silences: true,
        delay: Delay::Minutes,
        strength: Documented,
        says: "TLS connections to the domain while its certificate does not fit",
        source: "§4.5 row 21",
    },
    Effect {
        id: "define-auth-challenge-removed",
        setting: "LambdaConfig.DefineAuthChallenge",
        endpoints: SIGN_IN,
        grants: &["CUSTOM_AUTH", "CUSTOM_CHALLENGE"],
        test: Test::IsSet,
        codes: CUSTOM_AUTH_CODES,
        silences: false,
        delay: Delay::Step,
        strength: Documented,
        says: "custom authentication, which needs the *DefineAuthChallenge* trigger",
        source: "§4.5 row 22; custom authentication challenge triggers",
    },
    Effect {
        id: "create-auth-challenge-removed",
        setting: "LambdaConfig.CreateAuthChallenge",
        endpoints: SIGN_IN,
        grants: &["CUSTOM_AUTH", "CUSTOM_CHALLENGE"],
        test: Test::IsSet,
        codes: CUSTOM_AUTH_CODES,
        silences: false,
        delay: Delay::Step,
        strength: Documented,
        says: "custom authentication, which needs the *CreateAuthChallenge* trigger",
        source: "§4.5 row 22; custom authentication challenge triggers",
    },
    Effect {
        id: "verify-auth-challenge-removed",
        setting: "LambdaConfig.VerifyAuthChallengeResponse",
        endpoints: SIGN_IN,
        grants: &["CUSTOM_AUTH", "CUSTOM_CHALLENGE"],
        test: Test::IsSet,
        codes: CUSTOM_AUTH_CODES,
        silences: false,
        delay: Delay::Step,
        strength: Documented,
        says: "custom authentication, which needs the *VerifyAuthChallengeResponse* trigger",
        source: "§4.5 row 22; custom authentication challenge triggers",
    },
    Effect {
        id: "user-migration-removed",
        setting: "LambdaConfig.UserMigration",
        endpoints: SIGN_IN,
        grants: &["USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH"],
        test: Test::IsSet,
        codes: &[
            Code("NotAuthorizedException", Inferred),
            Code("UserNotFoundException", Inferred),
        ],
        silences: false,
        delay: Delay::Step,
        strength: Inferred,
        says: "users who were not migrated yet",
        source: "§4.5 row 22",
    },
    Effect {
        id: "token-trigger-changed",
        setting: "LambdaConfig.PreTokenGeneration",
        endpoints: &[],
        grants: &[],
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        silences: false,
        delay: Delay::Step,
        strength: Inferred,
        says: "tokens that the new *PreTokenGeneration* trigger fails on",
        source: "§4.5 row 23",
    },
    Effect {
        id: "token-trigger-version-changed",
        setting: "LambdaConfig.PreTokenGenerationConfig.",
        endpoints: &[],
        grants: &[],
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        silences: false,
        delay: Delay::Step,
        strength: Inferred,
        says: "tokens that the new *PreTokenGeneration* trigger fails on",
        source: "§4.5 row 23",
    },
    Effect {
        id: "authentication-trigger-changed",
        setting: "LambdaConfig.PreAuthentication",
        endpoints: &[],
        grants: PASSWORD_FLOWS,
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        silences: false,
        delay: Delay::Step,
        strength: Inferred,
        says: "sign-ins that the new *PreAuthentication* trigger refuses",
        source: "§4.5 row 23",
    },
    Effect {
        id: "post-authentication-trigger-changed",
        setting: "LambdaConfig.PostAuthentication",
        endpoints: &[],
        grants: PASSWORD_FLOWS,
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        silences: false,
        delay: Delay::Step,
        strength: Inferred,
        says: "sign-ins that the new *PostAuthentication* trigger fails on",
        source: "§4.5 row 23",
    },
    Effect {
        id: "trigger-function-changed",
        setting: "Function",
        endpoints: &[],
        grants: &[],
        test: Test::Same,
        codes: LAMBDA_CODES,
        silences: false,
        delay: Delay::Step,
        strength: Inferred,
        says: "requests whose trigger function now fails",
        source: "§4.5 row 23",
    },
    Effect {
        id: "mfa-required",
        setting: "MfaConfiguration",
        endpoints: SIGN_IN,
        grants: PASSWORD_FLOWS,
        test: Test::Not("ON"),
        codes: &[
            Code("NotAuthorizedException", Inferred),
            Code("InvalidParameterException", Inferred),
        ],
        silences: true,
        delay: Delay::Step,
        strength: Inferred,
        says: "nothing at once: users without a second factor meet a challenge",
        source: "§4.5 row 25",
    },
    Effect {
        id: "device-tracking-changed",
        setting: "DeviceConfiguration.",
        endpoints: &[],
        grants: REFRESH,
        test: Test::NotAdded,
        codes: &[
            Code("invalid_grant", Inferred),
            Code("NotAuthorizedException", Inferred),
        ],
        silences: false,
        delay: Delay::NextRefresh,
        strength: Inferred,
        says: "refresh tokens without a device key, once devices are remembered",
        source: "§4.5 row 26",
    },
    Effect {
        id: "identity-provider-changed",
        setting: "IdentityProvider",
        endpoints: &[AUTHORIZE, LOGIN, IDP, ERROR_PAGE, TOKEN],
        grants: CODE_FLOW,
        test: Test::Same,
        codes: &[
            Code("server_error", Documented),
            Code("invalid_request", Documented),
            Code("access_denied", Inferred),
        ],
        silences: true,
        delay: Delay::Step,
        strength: Documented,
        says: "sign-ins through the identity provider that was changed",
        source: "§4.5 row 27; federation endpoint reference",
    },
    Effect {
        id: "resource-server-scope-removed",
        setting: "Scopes",
        endpoints: &[TOKEN, AUTHORIZE],
        grants: &["client_credentials", "authorization_code"],
        test: Test::NotNarrower,
        codes: &[
            Code("invalid_scope", Observed),
            Code("invalid_grant", Observed),
        ],
        silences: false,
        delay: Delay::Ramp,
        strength: Observed,
        says: "a scope that the resource server no longer has",
        source: "§4.5 row 28",
    },
    Effect {
        id: "risk-configuration-changed",
        setting: "RiskConfiguration",
        endpoints: &[],
        grants: PASSWORD_FLOWS,
        test: Test::Same,
        codes: &[Code("NotAuthorizedException", Documented)],
        silences: false,
        delay: Delay::Step,
        strength: Inferred,
        says: "sign-ins that the risk configuration now blocks",
        source: "§4.5 row 29",
    },
    Effect {
        id: "web-acl-changed",
        setting: "WebACL",
        endpoints: &[],
        grants: &[],
        test: Test::NotAdded,
        codes: &[
            Code("waf_block", Documented),
            Code("http_403", Documented),
            Code("ForbiddenException", Documented),
        ],
        silences: true,
        delay: Delay::Minutes,
        strength: Documented,
        says: "requests that the web ACL blocks before Cognito sees them",
        source: "§4.5 row 30; using AWS WAF with user pools",
    },
    Effect {
        id: "stored-secret-changed",
        setting: "StoredSecret",
        endpoints: &[TOKEN],
        grants: &[],
        test: Test::Same,
        codes: &[Code("invalid_client", Inferred)],
        silences: false,
        delay: Delay::Minutes,
        strength: Inferred,
        says: "the application that reads the secret or parameter from there, if it does",
        source: "§4.5 row 32",
    },
    Effect {
        id: "pool-tier-changed",
        setting: "UserPoolTier",
        endpoints: SIGN_IN,
        grants: &["USER_AUTH"],
        test: Test::Same,
        codes: &[
            Code("FeatureUnavailableInTierException", Documented),
            Code("InvalidParameterException", Inferred),
        ],
        silences: false,
        delay: Delay::Step,
        strength: Inferred,
        says: "features that the new tier does not have",
        source: "§4.5 row 24",
    },
];
