//! Rows about threat protection, which blocks what it takes for risky.

use super::{
    Code, Effect, PLAIN,
    Strength::{Documented, Inferred},
    Test,
    kinds::{CUSTOM, PASSWORD_FLOWS},
};

const BLOCKED: &[Code] = &[
    Code("NotAuthorizedException", Documented),
    Code("PasswordResetRequiredException", Inferred),
];

/// They refuse some sign-ins, never all.
pub static ROWS: &[Effect] = &[
    Effect {
        id: "threat-protection-enforced",
        setting: "UserPoolAddOns.AdvancedSecurityMode",
        grants: PASSWORD_FLOWS,
        test: Test::Not("ENFORCED"),
        codes: BLOCKED,
        strength: Documented,
        says: "sign-ins that threat protection takes for risky",
        source: "§4.5 row 29; threat protection",
        ..PLAIN
    },
    Effect {
        id: "custom-threat-protection-enforced",
        setting: "UserPoolAddOns.AdvancedSecurityAdditionalFlows.CustomAuthMode",
        grants: CUSTOM,
        test: Test::Not("ENFORCED"),
        codes: BLOCKED,
        strength: Documented,
        says: "custom sign-ins that threat protection takes for risky",
        source: "§4.5 row 29; threat protection",
        ..PLAIN
    },
    Effect {
        id: "compromised-credentials-blocked",
        setting: "CompromisedCredentialsRiskConfiguration.Actions.EventAction",
        grants: PASSWORD_FLOWS,
        test: Test::Not("BLOCK"),
        codes: BLOCKED,
        strength: Documented,
        says: "sign-ins with a password that is known to be compromised",
        source: "§4.5 row 29; CompromisedCredentialsActionsType reference",
        ..PLAIN
    },
    Effect {
        id: "compromised-credentials-elsewhere",
        setting: "CompromisedCredentialsRiskConfiguration.EventFilter",
        grants: PASSWORD_FLOWS,
        test: Test::NotAdded,
        codes: BLOCKED,
        strength: Inferred,
        says: "sign-ins with a compromised password, if they are blocked at this step",
        source: "§4.5 row 29; CompromisedCredentialsRiskConfigurationType reference",
        ..PLAIN
    },
    Effect {
        id: "risky-sign-in-blocked",
        setting: "AccountTakeoverRiskConfiguration.Actions.",
        grants: PASSWORD_FLOWS,
        test: Test::Not("BLOCK"),
        codes: BLOCKED,
        strength: Documented,
        says: "sign-ins of the level of risk that is now blocked",
        source: "§4.5 row 29; AccountTakeoverActionType reference",
        ..PLAIN
    },
    Effect {
        id: "risky-sign-in-needs-factor",
        setting: "AccountTakeoverRiskConfiguration.Actions.",
        grants: PASSWORD_FLOWS,
        test: Test::Not("MFA_REQUIRED"),
        codes: BLOCKED,
        strength: Documented,
        says: "risky sign-ins of users without a second factor",
        source: "§4.5 row 29; AccountTakeoverActionType reference",
        ..PLAIN
    },
    Effect {
        id: "address-blocked",
        setting: "RiskExceptionConfiguration.BlockedIPRangeList",
        grants: PASSWORD_FLOWS,
        test: Test::NotAdded,
        codes: BLOCKED,
        strength: Documented,
        says: "sign-ins from an address that is now blocked",
        source: "§4.5 row 29; RiskExceptionConfigurationType reference",
        ..PLAIN
    },
    Effect {
        id: "address-no-longer-skipped",
        setting: "RiskExceptionConfiguration.SkippedIPRangeList",
        grants: PASSWORD_FLOWS,
        test: Test::NotNarrower,
        codes: BLOCKED,
        strength: Documented,
        says: "risky sign-ins from an address that was let through before",
        source: "§4.5 row 29; RiskExceptionConfigurationType reference",
        ..PLAIN
    },
    Effect {
        id: "risk-configuration-changed",
        setting: "RiskConfiguration",
        grants: PASSWORD_FLOWS,
        test: Test::Same,
        codes: BLOCKED,
        strength: Inferred,
        says: "sign-ins that the risk configuration now blocks",
        source: "§4.5 row 29",
        ..PLAIN
    },
];
