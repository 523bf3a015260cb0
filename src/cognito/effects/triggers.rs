//! Rows about Lambda triggers that a pool names.

use super::{
    Code, Effect, PLAIN, Silences,
    Strength::{Documented, Inferred, Observed},
    Test,
    kinds::{
        BY_EMAIL, BY_TEXT, CODE_FLOW, CUSTOM, ERROR_PAGE, IDP, MACHINE, PAGES, PASSWORD_FLOWS,
        SEND_CODE, SIGN_IN, TOKEN, USER_TOKENS,
    },
};

/// Codes that nothing but a trigger gives.
pub const OF_TRIGGERS: [&str; 3] = [
    "UserLambdaValidationException",
    "UnexpectedLambdaException",
    "InvalidLambdaResponseException",
];
pub(super) const LAMBDA_CODES: &[Code] = &[
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
const REPLACED_CODES: &[Code] = &[
    Code("UserLambdaValidationException", Documented),
    Code("UnexpectedLambdaException", Documented),
    Code("InvalidLambdaResponseException", Documented),
    Code("NotAuthorizedException", Inferred),
    Code("UserNotFoundException", Inferred),
];
/// A code that is not sent is missed when it is asked for.
const SENDER_CODES: &[Code] = &[
    Code("CodeDeliveryFailureException", Documented),
    Code("UserLambdaValidationException", Documented),
    Code("UnexpectedLambdaException", Documented),
    Code("InvalidLambdaResponseException", Documented),
    Code("ExpiredCodeException", Inferred),
    Code("CodeMismatchException", Inferred),
];
/// Where users are confirmed; federated ones are at their first sign-in.
const CONFIRMED: &[&str] = &[
    "Confirm_GET",
    "Confirm_POST",
    "Confirm_With_Link_GET",
    "confirmUser_GET",
    "signup_confirm_POST",
    IDP,
];

/// Every app client of the pool meets them.
pub static ROWS: &[Effect] = &[
    Effect {
        id: "define-auth-challenge-removed",
        setting: "LambdaConfig.DefineAuthChallenge",
        endpoints: SIGN_IN,
        grants: CUSTOM,
        test: Test::IsSet,
        codes: CUSTOM_AUTH_CODES,
        strength: Documented,
        says: "custom authentication, which needs the `DefineAuthChallenge` trigger",
        source: "§4.5 row 22; custom authentication challenge triggers",
        ..PLAIN
    },
    Effect {
        id: "create-auth-challenge-removed",
        setting: "LambdaConfig.CreateAuthChallenge",
        endpoints: SIGN_IN,
        grants: CUSTOM,
        test: Test::IsSet,
        codes: CUSTOM_AUTH_CODES,
        strength: Documented,
        says: "custom authentication, which needs the `CreateAuthChallenge` trigger",
        source: "§4.5 row 22; custom authentication challenge triggers",
        ..PLAIN
    },
    Effect {
        id: "verify-auth-challenge-removed",
        setting: "LambdaConfig.VerifyAuthChallengeResponse",
        endpoints: SIGN_IN,
        grants: CUSTOM,
        test: Test::IsSet,
        codes: CUSTOM_AUTH_CODES,
        strength: Documented,
        says: "custom authentication, which needs the `VerifyAuthChallengeResponse` trigger",
        source: "§4.5 row 22; custom authentication challenge triggers",
        ..PLAIN
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
        strength: Inferred,
        says: "users who were not migrated yet",
        source: "§4.5 row 22",
        ..PLAIN
    },
    Effect {
        id: "define-auth-challenge-replaced",
        setting: "LambdaConfig.DefineAuthChallenge",
        endpoints: SIGN_IN,
        grants: CUSTOM,
        test: Test::NotReplaced,
        codes: REPLACED_CODES,
        strength: Inferred,
        says: "custom authentication that the new `DefineAuthChallenge` trigger fails on",
        source: "§4.5 row 23",
        ..PLAIN
    },
    Effect {
        id: "create-auth-challenge-replaced",
        setting: "LambdaConfig.CreateAuthChallenge",
        endpoints: SIGN_IN,
        grants: CUSTOM,
        test: Test::NotReplaced,
        codes: REPLACED_CODES,
        strength: Inferred,
        says: "custom authentication that the new `CreateAuthChallenge` trigger fails on",
        source: "§4.5 row 23",
        ..PLAIN
    },
    Effect {
        id: "verify-auth-challenge-replaced",
        setting: "LambdaConfig.VerifyAuthChallengeResponse",
        endpoints: SIGN_IN,
        grants: CUSTOM,
        test: Test::NotReplaced,
        codes: REPLACED_CODES,
        strength: Inferred,
        says: "custom authentication that the new `VerifyAuthChallengeResponse` trigger fails on",
        source: "§4.5 row 23",
        ..PLAIN
    },
    Effect {
        id: "user-migration-replaced",
        setting: "LambdaConfig.UserMigration",
        endpoints: SIGN_IN,
        grants: &["USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH"],
        test: Test::NotReplaced,
        codes: REPLACED_CODES,
        strength: Inferred,
        says: "users whom the new `UserMigration` trigger does not find",
        source: "§4.5 row 23",
        ..PLAIN
    },
    Effect {
        id: "token-trigger-changed",
        setting: "LambdaConfig.PreTokenGeneration",
        grants: USER_TOKENS,
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        strength: Inferred,
        says: "tokens that the new `PreTokenGeneration` trigger fails on",
        source: "§4.5 row 23",
        ..PLAIN
    },
    Effect {
        id: "token-trigger-version-changed",
        setting: "LambdaConfig.PreTokenGenerationConfig.",
        grants: USER_TOKENS,
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        strength: Inferred,
        says: "tokens that the new `PreTokenGeneration` trigger fails on",
        source: "§4.5 row 23",
        ..PLAIN
    },
    Effect {
        id: "machine-token-trigger-changed",
        setting: "LambdaConfig.PreTokenGenerationConfig.",
        grants: MACHINE,
        test: Test::NotAddedAt("V3_0"),
        codes: LAMBDA_CODES,
        strength: Inferred,
        says: "machine tokens that the new `PreTokenGeneration` trigger fails on",
        source: "§4.5 row 23; §11",
        ..PLAIN
    },
    Effect {
        id: "authentication-trigger-changed",
        setting: "LambdaConfig.PreAuthentication",
        grants: PASSWORD_FLOWS,
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        strength: Inferred,
        says: "sign-ins that the new `PreAuthentication` trigger refuses",
        source: "§4.5 row 23",
        ..PLAIN
    },
    Effect {
        id: "post-authentication-trigger-changed",
        setting: "LambdaConfig.PostAuthentication",
        grants: PASSWORD_FLOWS,
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        strength: Inferred,
        says: "sign-ins that the new `PostAuthentication` trigger fails on",
        source: "§4.5 row 23",
        ..PLAIN
    },
    Effect {
        id: "page-trigger-changed",
        setting: "LambdaConfig.PreAuthentication",
        endpoints: PAGES,
        grants: CODE_FLOW,
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        silences: Silences::SignIn,
        strength: Inferred,
        says: "sign-ins on the pages that the new `PreAuthentication` trigger refuses",
        source: "§4.5 row 23; pre authentication trigger",
        ..PLAIN
    },
    Effect {
        id: "post-page-trigger-changed",
        setting: "LambdaConfig.PostAuthentication",
        endpoints: PAGES,
        grants: CODE_FLOW,
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        silences: Silences::SignIn,
        strength: Inferred,
        says: "sign-ins on the pages that the new `PostAuthentication` trigger fails on",
        source: "§4.5 row 23; post authentication trigger",
        ..PLAIN
    },
    Effect {
        id: "sign-up-trigger-changed",
        setting: "LambdaConfig.PreSignUp",
        endpoints: &["Signup_POST", "signup_POST", IDP],
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        strength: Inferred,
        says: "new users, whom the new `PreSignUp` trigger refuses",
        source: "§4.5 row 23; pre sign-up trigger",
        ..PLAIN
    },
    Effect {
        id: "confirmation-trigger-changed",
        setting: "LambdaConfig.PostConfirmation",
        endpoints: CONFIRMED,
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        strength: Inferred,
        says: "new users, on whom the new `PostConfirmation` trigger fails",
        source: "§4.5 row 23; post confirmation trigger",
        ..PLAIN
    },
    Effect {
        id: "message-trigger-changed",
        setting: "LambdaConfig.CustomMessage",
        endpoints: SEND_CODE,
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        strength: Inferred,
        says: "messages with a code, whose new `CustomMessage` trigger fails",
        source: "§4.5 row 23; custom message trigger",
        ..PLAIN
    },
    Effect {
        id: "sign-in-message-trigger-changed",
        setting: "LambdaConfig.CustomMessage",
        endpoints: SIGN_IN,
        grants: PASSWORD_FLOWS,
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        strength: Inferred,
        says: "sign-ins that send a code, whose new `CustomMessage` trigger fails",
        source: "§4.5 row 23; custom message trigger",
        ..PLAIN
    },
    Effect {
        id: "text-sender-trigger-changed",
        setting: "LambdaConfig.CustomSMSSender.",
        endpoints: SIGN_IN,
        grants: BY_TEXT,
        test: Test::NotAdded,
        codes: SENDER_CODES,
        strength: Inferred,
        says: "sign-ins that wait for a text message which the new trigger does not send",
        source: "§4.5 row 23; custom SMS sender trigger",
        ..PLAIN
    },
    Effect {
        id: "email-sender-trigger-changed",
        setting: "LambdaConfig.CustomEmailSender.",
        endpoints: SIGN_IN,
        grants: BY_EMAIL,
        test: Test::NotAdded,
        codes: SENDER_CODES,
        strength: Inferred,
        says: "sign-ins that wait for an e-mail which the new trigger does not send",
        source: "§4.5 row 23; custom email sender trigger",
        ..PLAIN
    },
    Effect {
        id: "sender-key-changed",
        setting: "LambdaConfig.KMSKeyID",
        endpoints: SIGN_IN,
        grants: &[
            "USER_AUTH",
            "SELECT_CHALLENGE",
            "EMAIL_OTP",
            "SMS_OTP",
            "SMS_MFA",
        ],
        test: Test::Same,
        codes: SENDER_CODES,
        strength: Inferred,
        says: "codes that the custom senders cannot decrypt under another key",
        source: "§4.5 row 23; custom sender triggers",
        ..PLAIN
    },
    Effect {
        id: "federation-trigger-changed",
        setting: "LambdaConfig.InboundFederation.",
        endpoints: &[IDP, TOKEN, ERROR_PAGE],
        grants: CODE_FLOW,
        test: Test::NotAdded,
        codes: LAMBDA_CODES,
        silences: Silences::SignIn,
        strength: Inferred,
        says: "federated sign-ins that the new `InboundFederation` trigger fails on",
        source: "§11; InboundFederationLambdaType reference",
        ..PLAIN
    },
];
