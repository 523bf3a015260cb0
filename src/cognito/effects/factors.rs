//! Rows about the factors by which users prove who they are, and about the devices they use.

use super::{
    Code, Delay, Effect, Need, PLAIN, Silences,
    Strength::{Documented, Inferred},
    Test,
    kinds::{
        BY_EMAIL, BY_TEXT, CHOICE, CODE_FLOW, LOGIN, PAGES, PASSKEY, PASSWORD_FLOWS, REFRESH,
        SIGN_IN,
    },
};

const TEXT_CODES: &[Code] = &[
    Code("CodeDeliveryFailureException", Documented),
    Code("InvalidSmsRoleAccessPolicyException", Documented),
    Code("InvalidSmsRoleTrustRelationshipException", Documented),
    Code("MFAMethodNotFoundException", Documented),
];
const EMAIL_CODES: &[Code] = &[
    Code("CodeDeliveryFailureException", Documented),
    Code("InvalidEmailRoleAccessPolicyException", Documented),
    Code("MFAMethodNotFoundException", Documented),
];

/// First factors, second ones, and remembered devices.
pub static ROWS: &[Effect] = &[
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
        silences: Silences::SignIn,
        strength: Inferred,
        says: "nothing at once: users without a second factor meet a challenge",
        source: "§4.5 row 25",
        ..PLAIN
    },
    Effect {
        id: "totp-switched-off",
        setting: "SoftwareTokenMfaConfiguration.Enabled",
        endpoints: SIGN_IN,
        grants: &["SOFTWARE_TOKEN_MFA"],
        test: Test::IsTrue,
        codes: &[
            Code("SoftwareTokenMFANotFoundException", Documented),
            Code("MFAMethodNotFoundException", Documented),
            Code("NotAuthorizedException", Inferred),
        ],
        strength: Documented,
        says: "codes of an authenticator application, which the pool no longer takes",
        source: "§2.2; SoftwareTokenMFANotFoundException reference",
        ..PLAIN
    },
    Effect {
        id: "only-factor-switched-off",
        setting: "SoftwareTokenMfaConfiguration.Enabled",
        endpoints: SIGN_IN,
        grants: PASSWORD_FLOWS,
        test: Test::Not("false"),
        codes: &[
            Code("NotAuthorizedException", Inferred),
            Code("InvalidParameterException", Inferred),
        ],
        strength: Inferred,
        says: "users whose only second factor was an authenticator application",
        source: "§2.2",
        ..PLAIN
    },
    Effect {
        id: "text-factor-changed",
        setting: "SmsMfaConfiguration.SmsConfiguration.",
        endpoints: SIGN_IN,
        grants: &["SMS_MFA", "SMS_OTP"],
        test: Test::Same,
        codes: TEXT_CODES,
        strength: Documented,
        says: "sign-ins that wait for a text message which the new settings do not send",
        source: "§2.2; InitiateAuth errors",
        ..PLAIN
    },
    Effect {
        id: "email-factor-switched-off",
        setting: "EmailMfaConfiguration.",
        endpoints: SIGN_IN,
        grants: &["EMAIL_OTP"],
        test: Test::IsSet,
        codes: EMAIL_CODES,
        strength: Inferred,
        says: "sign-ins that wait for a code by e-mail, once it is no second factor",
        source: "§2.2; InitiateAuth errors",
        ..PLAIN
    },
    Effect {
        id: "text-sender-changed",
        setting: "SmsConfiguration.",
        endpoints: SIGN_IN,
        grants: BY_TEXT,
        test: Test::Same,
        codes: TEXT_CODES,
        strength: Documented,
        says: "sign-ins that wait for a text message which Cognito may no longer send",
        source: "§2.2; InitiateAuth errors",
        ..PLAIN
    },
    Effect {
        id: "email-sender-changed",
        setting: "EmailConfiguration.",
        endpoints: SIGN_IN,
        grants: BY_EMAIL,
        test: Test::Same,
        codes: EMAIL_CODES,
        strength: Documented,
        says: "sign-ins that wait for an e-mail which Cognito may no longer send",
        source: "§2.2; InitiateAuth errors",
        ..PLAIN
    },
    Effect {
        id: "sender-identity-changed",
        setting: "Sender",
        endpoints: SIGN_IN,
        grants: &[
            "USER_AUTH",
            "SELECT_CHALLENGE",
            "EMAIL_OTP",
            "SMS_OTP",
            "SMS_MFA",
        ],
        test: Test::Same,
        codes: &[
            Code("CodeDeliveryFailureException", Documented),
            Code("InvalidEmailRoleAccessPolicyException", Documented),
            Code("InvalidSmsRoleAccessPolicyException", Documented),
        ],
        delay: Delay::Minutes,
        strength: Inferred,
        says: "sign-ins that wait for a message of an identity that may no longer send",
        source: "§11",
        ..PLAIN
    },
    Effect {
        id: "first-factor-removed",
        setting: "Policies.SignInPolicy.AllowedFirstAuthFactors",
        endpoints: SIGN_IN,
        grants: CHOICE,
        test: Test::Lists(Need::FirstFactor),
        codes: &[
            Code("InvalidParameterException", Inferred),
            Code("NotAuthorizedException", Inferred),
            Code("WebAuthnNotEnabledException", Inferred),
        ],
        strength: Documented,
        says: "a first factor that `AllowedFirstAuthFactors` does not list",
        source: "§11; SignInPolicyType reference",
        ..PLAIN
    },
    Effect {
        id: "first-factor-off-the-pages",
        setting: "Policies.SignInPolicy.AllowedFirstAuthFactors",
        endpoints: PAGES,
        grants: CODE_FLOW,
        test: Test::NotNarrower,
        codes: &[
            Code("access_denied", Inferred),
            Code("invalid_request", Inferred),
        ],
        silences: Silences::SignIn,
        strength: Inferred,
        says: "users who sign in on the pages by a factor that is no longer offered",
        source: "§11; SignInPolicyType reference",
        ..PLAIN
    },
    Effect {
        id: "passkey-domain-changed",
        setting: "WebAuthnConfiguration.RelyingPartyId",
        endpoints: &[
            "InitiateAuth",
            "AdminInitiateAuth",
            "RespondToAuthChallenge",
            "AdminRespondToAuthChallenge",
            LOGIN,
        ],
        grants: &[
            "USER_AUTH",
            "SELECT_CHALLENGE",
            "WEB_AUTHN",
            "authorization_code",
            "implicit",
        ],
        test: Test::Same,
        codes: &[
            Code("WebAuthnRelyingPartyMismatchException", Documented),
            Code("WebAuthnOriginNotAllowedException", Documented),
            Code("NotAuthorizedException", Inferred),
            Code("InvalidParameterException", Inferred),
        ],
        strength: Documented,
        says: "passkeys that were registered for another domain",
        source: "§11; WebAuthnConfigurationType reference",
        ..PLAIN
    },
    Effect {
        id: "passkey-verification-required",
        setting: "WebAuthnConfiguration.UserVerification",
        endpoints: SIGN_IN,
        grants: PASSKEY,
        test: Test::Not("required"),
        codes: &[
            Code("NotAuthorizedException", Inferred),
            Code("WebAuthnCredentialNotSupportedException", Inferred),
        ],
        strength: Documented,
        says: "passkeys that cannot verify their user",
        source: "§11; WebAuthnConfigurationType reference",
        ..PLAIN
    },
    Effect {
        id: "passkey-no-second-factor",
        setting: "WebAuthnConfiguration.FactorConfiguration",
        endpoints: SIGN_IN,
        grants: PASSKEY,
        test: Test::Not("SINGLE_FACTOR"),
        codes: &[Code("NotAuthorizedException", Inferred)],
        strength: Inferred,
        says: "passkeys alone, where a second factor is required",
        source: "§11; WebAuthnFactorConfigurationType reference",
        ..PLAIN
    },
    Effect {
        id: "device-tracking-changed",
        setting: "DeviceConfiguration.",
        grants: REFRESH,
        test: Test::NotAdded,
        codes: &[
            Code("invalid_grant", Inferred),
            Code("NotAuthorizedException", Documented),
        ],
        delay: Delay::NextRefresh,
        strength: Documented,
        says: "refresh tokens without a device key, once devices are remembered",
        source: "§4.5 row 26; token endpoint reference; re:Post `Invalid Refresh Token`",
        ..PLAIN
    },
];
