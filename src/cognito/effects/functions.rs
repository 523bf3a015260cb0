//! Rows about the functions behind triggers, and what they need: permission, room, keys, a role.

use super::{
    Code, Delay, Effect, PLAIN,
    Strength::{Documented, Inferred, Observed},
    Test,
    triggers::LAMBDA_CODES,
};

/// Which requests run the function, the pool's triggers tell.
pub static ROWS: &[Effect] = &[
    Effect {
        id: "trigger-function-changed",
        setting: "Function",
        test: Test::Same,
        codes: LAMBDA_CODES,
        strength: Inferred,
        says: "requests whose trigger function now fails",
        source: "§4.5 row 23",
        ..PLAIN
    },
    Effect {
        id: "trigger-function-deleted",
        setting: "TriggerFunction",
        test: Test::Exists,
        codes: LAMBDA_CODES,
        strength: Documented,
        says: "requests whose trigger function is gone",
        source: "§1.e; Lambda triggers",
        ..PLAIN
    },
    Effect {
        id: "trigger-permission-removed",
        setting: "Permission.",
        test: Test::IsSet,
        codes: LAMBDA_CODES,
        strength: Observed,
        says: "requests whose trigger function Cognito may no longer invoke",
        source: "§1.e; pulumi-aws#678",
        ..PLAIN
    },
    Effect {
        id: "trigger-concurrency-reduced",
        setting: "ReservedConcurrentExecutions",
        test: Test::NotFewer,
        codes: LAMBDA_CODES,
        strength: Documented,
        says: "requests whose trigger function is throttled",
        source: "§1.e; Lambda triggers; PutFunctionConcurrency reference",
        ..PLAIN
    },
    Effect {
        id: "key-changed",
        setting: "Key",
        test: Test::Same,
        codes: &[
            Code("KMSAccessDeniedException", Inferred),
            Code("UnexpectedLambdaException", Inferred),
            Code("UserLambdaValidationException", Inferred),
            Code("server_error", Inferred),
        ],
        delay: Delay::Minutes,
        strength: Inferred,
        says: "requests whose trigger function or data needs the key",
        source: "§2.3 kms",
        ..PLAIN
    },
    Effect {
        id: "role-changed",
        setting: "Role",
        test: Test::Same,
        codes: &[
            Code("UnexpectedLambdaException", Inferred),
            Code("UserLambdaValidationException", Inferred),
            Code("server_error", Inferred),
        ],
        delay: Delay::Minutes,
        strength: Inferred,
        says: "requests whose trigger function needs the role",
        source: "§2.3 iam",
        ..PLAIN
    },
];
