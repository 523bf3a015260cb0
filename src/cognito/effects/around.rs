//! Rows about what stands around a pool: its host, firewall, identity providers, resource servers,
//! and what callers keep or pass.

use super::{
    Code, Delay, Effect, PLAIN, Silences,
    Strength::{Documented, Inferred, Observed},
    Test,
    kinds::{
        AUTHORIZE, CLIENT_TOKEN, CODE_FLOW, ERROR_PAGE, HOSTED, IDP, LOGIN, OAUTH, PAGES, TOKEN,
    },
};

const FEDERATED: &[&str] = &[AUTHORIZE, LOGIN, IDP, ERROR_PAGE, TOKEN];
const FEDERATION_CODES: &[Code] = &[
    Code("server_error", Documented),
    Code("invalid_request", Documented),
    Code("access_denied", Inferred),
];
/// How callers fare with a host whose name or certificate is wrong.
const UNREACHED: &[Code] = &[
    Code("tls", Documented),
    Code("dns", Inferred),
    Code("connect", Inferred),
    Code("timeout", Inferred),
    Code("http_403", Inferred),
];
/// How callers fare with a host that is not there.
const GONE: &[Code] = &[
    Code("dns", Inferred),
    Code("connect", Inferred),
    Code("timeout", Inferred),
    Code("http_403", Inferred),
    Code("http_404", Inferred),
];

/// None of them is a setting of the app client.
pub static ROWS: &[Effect] = &[
    Effect {
        id: "domain-deleted",
        setting: "Domain",
        endpoints: HOSTED,
        test: Test::Exists,
        codes: GONE,
        silences: Silences::All,
        delay: Delay::Minutes,
        strength: Documented,
        says: "every request to its host, which is gone",
        source: "§4.5 row 20",
        ..PLAIN
    },
    Effect {
        id: "custom-domain-changed",
        setting: "CustomDomainConfig.CertificateArn",
        endpoints: HOSTED,
        test: Test::Same,
        codes: UNREACHED,
        silences: Silences::All,
        delay: Delay::Minutes,
        strength: Documented,
        says: "TLS connections to the domain while its certificate does not fit",
        source: "§4.5 row 21",
        ..PLAIN
    },
    Effect {
        id: "domain-security-policy-changed",
        setting: "CustomDomainConfig.SecurityPolicy",
        endpoints: HOSTED,
        test: Test::Same,
        codes: UNREACHED,
        silences: Silences::All,
        delay: Delay::Minutes,
        strength: Documented,
        says: "callers that speak no version of TLS which the new policy takes",
        source: "§11; CustomDomainConfigType reference",
        ..PLAIN
    },
    Effect {
        id: "domain-routing-changed",
        setting: "Routing.",
        endpoints: HOSTED,
        test: Test::Same,
        codes: GONE,
        silences: Silences::All,
        delay: Delay::Minutes,
        strength: Inferred,
        says: "requests that are routed to a Region which cannot answer them",
        source: "§11; FailoverType reference",
        ..PLAIN
    },
    Effect {
        id: "login-version-changed",
        setting: "ManagedLoginVersion",
        endpoints: PAGES,
        grants: CODE_FLOW,
        test: Test::Same,
        codes: &[Code("http_403", Observed)],
        silences: Silences::SignIn,
        delay: Delay::Minutes,
        strength: Inferred,
        says: "sign-in pages of app clients that have no branding in the other version",
        source: "§4.2; §4.5 row 34",
    },
    Effect {
        id: "identity-provider-changed",
        setting: "IdentityProvider",
        endpoints: FEDERATED,
        grants: CODE_FLOW,
        test: Test::Same,
        codes: FEDERATION_CODES,
        silences: Silences::SignIn,
        strength: Documented,
        says: "sign-ins through the identity provider that was changed",
        source: "§4.5 row 27; federation endpoint reference",
        ..PLAIN
    },
    Effect {
        id: "identity-provider-deleted",
        setting: "Provider",
        endpoints: FEDERATED,
        grants: CODE_FLOW,
        test: Test::Exists,
        codes: FEDERATION_CODES,
        silences: Silences::SignIn,
        strength: Documented,
        says: "sign-ins through the identity provider that is gone",
        source: "§4.5 row 27",
        ..PLAIN
    },
    Effect {
        id: "provider-details-changed",
        setting: "ProviderDetails.",
        endpoints: FEDERATED,
        grants: CODE_FLOW,
        test: Test::Same,
        codes: FEDERATION_CODES,
        silences: Silences::SignIn,
        strength: Documented,
        says: "sign-ins through the identity provider, if it expects other details",
        source: "§4.5 row 27; federation endpoint reference",
        ..PLAIN
    },
    Effect {
        id: "attribute-mapping-changed",
        setting: "AttributeMapping.",
        endpoints: FEDERATED,
        grants: CODE_FLOW,
        test: Test::Same,
        codes: FEDERATION_CODES,
        silences: Silences::SignIn,
        strength: Documented,
        says: "sign-ins whose attributes no longer map to those that the pool requires or the client may write",
        source: "§4.5 rows 16 and 27; identity provider attribute mapping",
        ..PLAIN
    },
    Effect {
        id: "provider-identifier-removed",
        setting: "IdpIdentifiers",
        endpoints: FEDERATED,
        grants: CODE_FLOW,
        test: Test::NotNarrower,
        codes: FEDERATION_CODES,
        silences: Silences::SignIn,
        strength: Documented,
        says: "sign-ins that name the identity provider by an identifier it no longer has",
        source: "§4.5 row 27",
        ..PLAIN
    },
    Effect {
        id: "context-class-mapping-changed",
        setting: "AcrMapping.",
        endpoints: FEDERATED,
        grants: CODE_FLOW,
        test: Test::Same,
        codes: FEDERATION_CODES,
        silences: Silences::SignIn,
        strength: Inferred,
        says: "sign-ins that ask the identity provider for an authentication context class",
        source: "§11; IdentityProviderType reference",
        ..PLAIN
    },
    Effect {
        id: "resource-server-scope-removed",
        setting: "Scopes",
        endpoints: &[TOKEN, AUTHORIZE, CLIENT_TOKEN],
        grants: OAUTH,
        test: Test::NotNarrower,
        codes: &[
            Code("invalid_scope", Observed),
            Code("invalid_grant", Observed),
            Code("InvalidParameterException", Inferred),
        ],
        delay: Delay::Ramp,
        strength: Observed,
        says: "a scope that the resource server no longer has",
        source: "§4.5 row 28",
        ..PLAIN
    },
    Effect {
        id: "web-acl-changed",
        setting: "WebACL",
        test: Test::NotAdded,
        codes: &[
            Code("waf_block", Documented),
            Code("http_403", Documented),
            Code("ForbiddenException", Documented),
        ],
        silences: Silences::All,
        delay: Delay::Minutes,
        strength: Documented,
        says: "requests that the web ACL blocks before Cognito sees them",
        source: "§4.5 row 30; using AWS WAF with user pools",
        ..PLAIN
    },
    Effect {
        id: "certificate-or-record-changed",
        setting: "Host",
        endpoints: HOSTED,
        test: Test::Same,
        codes: UNREACHED,
        silences: Silences::All,
        delay: Delay::Minutes,
        strength: Inferred,
        says: "what connects to the custom domain while its name or certificate is wrong",
        source: "§4.5 row 31",
        ..PLAIN
    },
    Effect {
        id: "stored-secret-changed",
        setting: "StoredSecret",
        endpoints: &[TOKEN],
        test: Test::Same,
        codes: &[Code("invalid_client", Inferred)],
        delay: Delay::Minutes,
        strength: Inferred,
        says: "the application that reads the secret or parameter from there, if it does",
        source: "§4.5 row 32",
        ..PLAIN
    },
    Effect {
        id: "listener-changed",
        setting: "Listener",
        endpoints: &[TOKEN, AUTHORIZE, LOGIN, IDP, ERROR_PAGE],
        grants: CODE_FLOW,
        test: Test::Same,
        codes: &[
            Code("invalid_client", Inferred),
            Code("invalid_grant", Inferred),
            Code("unauthorized_client", Inferred),
            Code("redirect_mismatch", Inferred),
        ],
        silences: Silences::SignIn,
        strength: Inferred,
        says: "sign-ins that the load balancer asks for with another client, secret or scope",
        source: "§2.3 elasticloadbalancing",
        ..PLAIN
    },
    Effect {
        id: "network-changed",
        setting: "Network",
        test: Test::Same,
        codes: &[
            Code("timeout", Inferred),
            Code("connect", Inferred),
            Code("dns", Inferred),
        ],
        silences: Silences::All,
        delay: Delay::Minutes,
        strength: Inferred,
        says: "callers whose network no longer leads to Cognito",
        source: "reasoning of an engineer: a route or security group, and time-outs within minutes",
        ..PLAIN
    },
];
