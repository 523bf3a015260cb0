//! Rows about the auth flows and attributes of an app client.

use super::{
    Code, Delay, Effect, Need, PLAIN, Silences,
    Strength::{Documented, Inferred},
    Test,
    kinds::{CLIENT_TOKEN, IDP, PASSWORD_FLOWS, SIGN_IN, TOKEN},
};

/// What the APIs look at; the pages do not.
pub static ROWS: &[Effect] = &[
    Effect {
        id: "auth-flow-removed",
        setting: "ExplicitAuthFlows",
        endpoints: SIGN_IN,
        test: Test::Lists(Need::AuthFlow),
        codes: &[
            Code("InvalidParameterException", Documented),
            Code("NotAuthorizedException", Inferred),
        ],
        strength: Documented,
        says: "an auth flow that `ExplicitAuthFlows` does not list",
        source: "§4.5 row 14; boto3#1607",
        ..PLAIN
    },
    Effect {
        id: "client-token-flow-removed",
        setting: "ExplicitAuthFlows",
        endpoints: &[CLIENT_TOKEN],
        test: Test::Lists(Need::AuthFlow),
        codes: &[
            Code("NotAuthorizedException", Inferred),
            Code("InvalidParameterException", Inferred),
            Code("OperationNotEnabledException", Inferred),
        ],
        delay: Delay::Ramp,
        strength: Documented,
        says: "`GetClientToken` while `ALLOW_CLIENT_TOKEN_AUTH` is not listed",
        source: "§11; GetClientToken reference",
        ..PLAIN
    },
    Effect {
        id: "read-attribute-removed",
        setting: "ReadAttributes",
        endpoints: &[TOKEN],
        grants: &["authorization_code", "refresh_token"],
        test: Test::Lists(Need::ReadAttributes),
        codes: &[Code("invalid_grant", Documented)],
        strength: Documented,
        says: "scopes with an attribute that `ReadAttributes` does not list",
        source: "§4.5 row 15; token endpoint reference",
        ..PLAIN
    },
    Effect {
        id: "write-attribute-removed",
        setting: "WriteAttributes",
        endpoints: &[IDP],
        test: Test::NotNarrower,
        codes: &[
            Code("invalid_request", Inferred),
            Code("server_error", Inferred),
        ],
        silences: Silences::SignIn,
        strength: Documented,
        says: "federated sign-in that maps an attribute the client may not write",
        source: "§4.5 row 16",
        ..PLAIN
    },
    Effect {
        id: "user-existence-errors-changed",
        setting: "PreventUserExistenceErrors",
        endpoints: SIGN_IN,
        test: Test::Same,
        codes: &[
            Code("UserNotFoundException", Documented),
            Code("NotAuthorizedException", Documented),
        ],
        strength: Inferred,
        says: "nothing more than before, but under another code",
        source: "§4.5 row 17",
        ..PLAIN
    },
    Effect {
        id: "context-data-switched-off",
        setting: "EnablePropagateAdditionalUserContextData",
        endpoints: SIGN_IN,
        grants: PASSWORD_FLOWS,
        test: Test::Not("false"),
        codes: &[Code("NotAuthorizedException", Inferred)],
        strength: Inferred,
        says: "sign-ins that threat protection now judges by the server's own address",
        source: "§3",
        ..PLAIN
    },
];
