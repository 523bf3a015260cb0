//! Kinds of requests that rows name: endpoints, grants, auth flows and challenges.

use crate::queries;

pub const TOKEN: &str = "token";
pub const AUTHORIZE: &str = "authorize";
pub const LOGIN: &str = "login";
pub const IDP: &str = "idpresponse";
pub const ERROR_PAGE: &str = "error";
pub const LOGOUT: &str = "logout";
pub const USER_INFO: &str = "userinfo";
pub const REVOKE: &str = "revoke";
/// The API for machines.
pub const CLIENT_TOKEN: &str = "GetClientToken";

/// What is asked of the domain's host.
pub const HOSTED: &[&str] = &[
    TOKEN, AUTHORIZE, LOGIN, IDP, ERROR_PAGE, LOGOUT, USER_INFO, REVOKE,
];
/// What a sign-in by pages consists of, and the exchange that follows it.
pub const PAGES: &[&str] = &[AUTHORIZE, LOGIN, ERROR_PAGE, TOKEN];
/// Pages that send a code.
pub const SEND_CODE: &[&str] = &[
    "Signup_POST",
    "signup_POST",
    "ResendCode_POST",
    "ForgotPassword_POST",
    "forgotPassword_POST",
    "mfa_phone_register_POST",
    "mfa_phone_resendCode_POST",
];

/// APIs by which an application signs a user in.
pub const SIGN_IN: &[&str] = &[
    "InitiateAuth",
    "AdminInitiateAuth",
    "RespondToAuthChallenge",
    "AdminRespondToAuthChallenge",
    "GetTokensFromRefreshToken",
];
/// Those that answer a challenge.
pub const RESPOND: &[&str] = &["RespondToAuthChallenge", "AdminRespondToAuthChallenge"];

pub const CODE_FLOW: &[&str] = &["authorization_code", "implicit"];
pub const OAUTH: &[&str] = &["authorization_code", "implicit", "client_credentials"];
pub const MACHINE: &[&str] = &["client_credentials"];
pub const REFRESH: &[&str] = &queries::REFRESH_GRANTS;
/// Refreshes by the APIs that came before rotation.
pub const REFRESH_AUTH: &[&str] = &["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"];
pub const PASSWORD_FLOWS: &[&str] = &[
    "USER_PASSWORD_AUTH",
    "USER_SRP_AUTH",
    "ADMIN_NO_SRP_AUTH",
    "ADMIN_USER_PASSWORD_AUTH",
    "USER_AUTH",
    "CUSTOM_AUTH",
    "PASSWORD_VERIFIER",
    "CUSTOM_CHALLENGE",
];
pub const CUSTOM: &[&str] = &["CUSTOM_AUTH", "CUSTOM_CHALLENGE"];
/// `USER_AUTH` and the challenges that only it begins.
pub const CHOICE: &[&str] = &[
    "USER_AUTH",
    "SELECT_CHALLENGE",
    "PASSWORD",
    "PASSWORD_SRP",
    "EMAIL_OTP",
    "SMS_OTP",
    "WEB_AUTHN",
];
/// `USER_AUTH` where it may use a passkey.
pub const PASSKEY: &[&str] = &["USER_AUTH", "SELECT_CHALLENGE", "WEB_AUTHN"];
/// Sign-ins that wait for a code sent to a telephone.
pub const BY_TEXT: &[&str] = &["USER_AUTH", "SELECT_CHALLENGE", "SMS_OTP", "SMS_MFA"];
/// Sign-ins that wait for a code sent by e-mail.
pub const BY_EMAIL: &[&str] = &["USER_AUTH", "SELECT_CHALLENGE", "EMAIL_OTP"];
/// Tokens of users, for which every version of the *PreTokenGeneration* trigger runs; for machines
/// only the third does.
pub const USER_TOKENS: &[&str] = &[
    "authorization_code",
    "implicit",
    "refresh_token",
    "REFRESH_TOKEN_AUTH",
    "REFRESH_TOKEN",
    "USER_PASSWORD_AUTH",
    "USER_SRP_AUTH",
    "ADMIN_NO_SRP_AUTH",
    "ADMIN_USER_PASSWORD_AUTH",
    "USER_AUTH",
    "CUSTOM_AUTH",
    "PASSWORD_VERIFIER",
    "CUSTOM_CHALLENGE",
];
