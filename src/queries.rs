//! What to ask logs for: names of events, endpoints and services.
//!
//! Knows nothing of how anything is fetched.

/// Values of the `endpoint` column that this program gives meaning to. Any other endpoint event or
/// sign-in API stands there under its own event name.
pub mod endpoint {
    /// `/oauth2/token`.
    pub const TOKEN: &str = "token";
    /// `/oauth2/authorize`.
    pub const AUTHORIZE: &str = "authorize";
    /// `/login` and its managed-login pages.
    pub const LOGIN: &str = "login";
    /// `/oauth2/idpresponse` and `/saml2/idpresponse`: the way back from an identity provider.
    pub const IDP_RESPONSE: &str = "idpresponse";
    /// `/error`, where a refused authorize request lands.
    pub const ERROR_PAGE: &str = "error";
    /// `/logout`.
    pub const LOGOUT: &str = "logout";
    /// `/oauth2/userInfo`.
    pub const USER_INFO: &str = "userinfo";
    /// `/oauth2/revoke`.
    pub const REVOKE: &str = "revoke";
}

/// The event source of user pools.
pub const COGNITO: &str = "cognito-idp.amazonaws.com";

/// Calls by which an application signs a user in.
const SIGN_IN_APIS: [&str; 5] = [
    "InitiateAuth",
    "AdminInitiateAuth",
    "RespondToAuthChallenge",
    "AdminRespondToAuthChallenge",
    "GetTokensFromRefreshToken",
];

/// Whether a cognito-idp call is a sign-in attempt.
pub fn is_sign_in_api(name: &str) -> bool {
    SIGN_IN_APIS.contains(&name)
}

/// Calls on one user, by the user or an administrator: no configuration.
const USER_LEVEL: [&str; 30] = [
    "SignUp",
    "ConfirmSignUp",
    "ResendConfirmationCode",
    "ForgotPassword",
    "ConfirmForgotPassword",
    "ChangePassword",
    "GlobalSignOut",
    "RevokeToken",
    "UpdateUserAttributes",
    "DeleteUserAttributes",
    "DeleteUser",
    "VerifyUserAttribute",
    "GetUserAttributeVerificationCode",
    "SetUserMFAPreference",
    "SetUserSettings",
    "AssociateSoftwareToken",
    "VerifySoftwareToken",
    "ConfirmDevice",
    "ForgetDevice",
    "UpdateDeviceStatus",
    "StartWebAuthnRegistration",
    "CompleteWebAuthnRegistration",
    "DeleteWebAuthnCredential",
    "GetClientToken",
    "UpdateAuthEventFeedback",
    "StartUserImportJob",
    "StopUserImportJob",
    "CreateUserImportJob",
    "GetUser",
    "GetUserAuthFactors",
];

/// Writes of other services that the token endpoint may depend on (domain.md §2.3). Names of
/// events, not of services: a busy service is no needle.
const OTHER_CHANGES: [(&str, &[&str]); 10] = [
    (
        "lambda.amazonaws.com",
        &[
            "UpdateFunctionCode20150331v2",
            "UpdateFunctionConfiguration20150331v2",
            "PublishVersion20150331",
            "UpdateAlias20150331",
            "AddPermission20150331v2",
            "RemovePermission20150331v2",
            "PutFunctionConcurrency20171031",
            "DeleteFunctionConcurrency20171031",
            "DeleteFunction20150331",
            "CreateFunction20150331",
        ],
    ),
    (
        "wafv2.amazonaws.com",
        &[
            "AssociateWebACL",
            "DisassociateWebACL",
            "UpdateWebACL",
            "DeleteWebACL",
            "UpdateRuleGroup",
            "UpdateIPSet",
        ],
    ),
    (
        "secretsmanager.amazonaws.com",
        &[
            "RotateSecret",
            "PutSecretValue",
            "UpdateSecret",
            "UpdateSecretVersionStage",
            "DeleteSecret",
            "RestoreSecret",
            "PutResourcePolicy",
            "RotationStarted",
            "RotationSucceeded",
            "RotationFailed",
            "RotationAbandoned",
        ],
    ),
    ("ssm.amazonaws.com", &["PutParameter", "DeleteParameter"]),
    (
        "acm.amazonaws.com",
        &[
            "DeleteCertificate",
            "ImportCertificate",
            "RequestCertificate",
        ],
    ),
    ("route53.amazonaws.com", &["ChangeResourceRecordSets"]),
    (
        "kms.amazonaws.com",
        &[
            "DisableKey",
            "ScheduleKeyDeletion",
            "PutKeyPolicy",
            "RevokeGrant",
        ],
    ),
    (
        "iam.amazonaws.com",
        &[
            "PutRolePolicy",
            "DetachRolePolicy",
            "UpdateAssumeRolePolicy",
        ],
    ),
    (
        "cloudformation.amazonaws.com",
        &[
            "UpdateStack",
            "ExecuteChangeSet",
            "CreateStack",
            "DeleteStack",
        ],
    ),
    (
        "elasticloadbalancing.amazonaws.com",
        &["ModifyRule", "ModifyListener", "CreateRule"],
    ),
];

/// Whether a write is a change of configuration. Unknown names of cognito-idp are: AWS adds calls.
pub fn is_change(service: &str, name: &str) -> bool {
    if service == COGNITO {
        return !USER_LEVEL.contains(&name) && !name.starts_with("Admin");
    }
    OTHER_CHANGES
        .iter()
        .any(|(other, names)| *other == service && names.contains(&name))
}
