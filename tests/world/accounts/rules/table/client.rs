//! Rules about app clients and their secrets.

use super::super::super::model::{Ask, Kind, Step};
use super::{API, ENDPOINT, Pace, Row, TOKEN, When};

const UPDATE: &str = "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html";
const TOKEN_PAGE: &str =
    "https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html";
const AUTHORIZE_PAGE: &str =
    "https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html";
const LOGOUT_PAGE: &str =
    "https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html";
const REFRESH_PAGE: &str = "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html";

pub const ROWS: &[Row] = &[
    Row::of(Kind::Client, "", When::Gone, ENDPOINT)
        .named("client-secret", "app client deleted")
        .documented(TOKEN_PAGE)
        .answers(&[
            ("invalid_client", "", 400),
            ("invalid_client", "Client does not exist.", 400),
            ("invalid_request", "Client does not exist.", 400),
        ])
        .certain(),
    Row::of(Kind::Client, "", When::Gone, API)
        .named("client-secret", "app client deleted")
        .documented(UPDATE)
        .answers(&[(
            "ResourceNotFoundException",
            "User pool client does not exist.",
            400,
        )])
        .certain(),
    Row::of(
        Kind::Client,
        "AllowedOAuthFlowsUserPoolClient",
        When::Empty,
        &[Step::Authorize],
    )
    .named("client-flows", "OAuth switched off")
    .documented(UPDATE)
    .answers(&[
        (
            "invalid_request",
            "Client is not enabled for OAuth2.0 flows.",
            400,
        ),
        ("unauthorized_client", "", 400),
    ])
    .certain(),
    Row::of(
        Kind::Client,
        "AllowedOAuthFlowsUserPoolClient",
        When::Empty,
        &[Step::Code],
    )
    .named("client-flows", "OAuth switched off")
    .answers(&[("invalid_grant", "", 400), ("unauthorized_client", "", 400)]),
    Row::of(
        Kind::Client,
        "AllowedOAuthFlowsUserPoolClient",
        When::Empty,
        &[Step::Machine],
    )
    .named("client-flows", "OAuth switched off")
    .answers(&[("invalid_grant", "", 400), ("unauthorized_client", "", 400)]),
    Row::of(
        Kind::Client,
        "AllowedOAuthFlowsUserPoolClient",
        When::Empty,
        &[Step::Logout],
    )
    .named("client-flows", "OAuth switched off")
    .answers(&[("invalid_request", "", 400)]),
    Row::of(
        Kind::Client,
        "AllowedOAuthFlows",
        When::Lacks(Ask::Flow),
        &[Step::Authorize],
    )
    .named("client-flows", "code flow not allowed")
    .documented(AUTHORIZE_PAGE)
    .answers(&[
        ("unauthorized_client", "", 400),
        ("invalid_request", "response type not allowed", 400),
    ]),
    Row::of(
        Kind::Client,
        "AllowedOAuthFlows",
        When::Lacks(Ask::Flow),
        &[Step::Code],
    )
    .named("client-flows", "code flow not allowed")
    .documented(TOKEN_PAGE)
    .answers(&[("unauthorized_client", "", 400)]),
    Row::of(
        Kind::Client,
        "AllowedOAuthFlows",
        When::Lacks(Ask::Flow),
        &[Step::Machine],
    )
    .named("client-flows", "client credentials not allowed")
    .pace(Pace::Cached)
    .answers(&[("unauthorized_client", "", 400), ("invalid_grant", "", 400)]),
    Row::of(
        Kind::Client,
        "CallbackURLs",
        When::Lacks(Ask::Redirect),
        &[Step::Authorize],
    )
    .named("client-callbacks", "callback URL not listed")
    .documented(AUTHORIZE_PAGE)
    .answers(&[
        ("redirect_mismatch", "", 400),
        ("invalid_request", "Invalid redirect_uri", 400),
    ])
    .certain(),
    Row::of(
        Kind::Client,
        "CallbackURLs",
        When::Lacks(Ask::Redirect),
        &[Step::Code],
    )
    .named("client-callbacks", "callback URL not listed")
    .answers(&[("unauthorized_client", "", 400), ("invalid_grant", "", 400)]),
    Row::of(
        Kind::Client,
        "LogoutURLs",
        When::Lacks(Ask::Logout),
        &[Step::Logout],
    )
    .named("client-callbacks", "logout URL not listed")
    .documented(LOGOUT_PAGE)
    .doubtful()
    .answers(&[
        ("redirect_mismatch", "", 400),
        (
            "invalid_request",
            "Required String parameter 'redirect_uri' is not present",
            400,
        ),
    ]),
    Row::of(
        Kind::Client,
        "AllowedOAuthScopes",
        When::Lacks(Ask::Scopes),
        &[Step::Authorize],
    )
    .named("client-scopes", "scope not allowed")
    .documented(AUTHORIZE_PAGE)
    .answers(&[("invalid_scope", "", 400)]),
    Row::of(
        Kind::Client,
        "AllowedOAuthScopes",
        When::Lacks(Ask::Scopes),
        &[Step::Machine],
    )
    .named("client-scopes", "scope not allowed")
    .answers(&[("invalid_scope", "", 400), ("invalid_grant", "", 400)]),
    Row::of(
        Kind::Client,
        "SupportedIdentityProviders",
        When::Lacks(Ask::Provider),
        &[Step::Authorize],
    )
    .named("client-providers", "provider not supported by the client")
    .answers(&[
        ("invalid_request", "", 400),
        ("unauthorized_client", "", 400),
    ]),
    Row::of(
        Kind::Client,
        "SupportedIdentityProviders",
        When::Lacks(Ask::Provider),
        &[Step::IdpResponse],
    )
    .named("client-providers", "provider not supported by the client")
    .answers(&[
        ("invalid_request", "", 400),
        (
            "server_error",
            "Identity provider is not enabled for the client",
            302,
        ),
    ]),
    Row::of(
        Kind::Client,
        "~LocalUsers",
        When::Flag(false),
        &[Step::LoginPage, Step::LoginPost],
    )
    .named("client-providers", "no sign-in with a password")
    .documented(UPDATE)
    .doubtful()
    .answers(&[
        ("invalid_request", "Login option is not available", 400),
        ("unauthorized_client", "", 400),
    ]),
    Row::of(
        Kind::Client,
        "~AuthFlows",
        When::Lacks(Ask::Flow),
        &[Step::Password],
    )
    .named("client-auth-flows", "password sign-in not allowed")
    .documented(UPDATE)
    .answers(&[
        (
            "InvalidParameterException",
            "USER_PASSWORD_AUTH flow not enabled for this client",
            400,
        ),
        ("NotAuthorizedException", "", 400),
    ])
    .certain(),
    Row::of(
        Kind::Client,
        "~AuthFlows",
        When::Lacks(Ask::Flow),
        &[Step::Srp],
    )
    .named("client-auth-flows", "SRP sign-in not allowed")
    .documented(UPDATE)
    .answers(&[
        (
            "InvalidParameterException",
            "USER_SRP_AUTH is not enabled for the client.",
            400,
        ),
        ("NotAuthorizedException", "", 400),
    ]),
    Row::of(
        Kind::Client,
        "~AuthFlows",
        When::Lacks(Ask::Flow),
        &[Step::AdminPassword],
    )
    .named("client-auth-flows", "admin sign-in not allowed")
    .documented(UPDATE)
    .answers(&[
        (
            "InvalidParameterException",
            "Auth flow not enabled for this client",
            400,
        ),
        ("NotAuthorizedException", "", 400),
    ]),
    Row::of(
        Kind::Client,
        "~AuthFlows",
        When::Lacks(Ask::Flow),
        &[Step::ApiRefresh],
    )
    .named("client-auth-flows", "refresh not allowed")
    .answers(&[
        (
            "NotAuthorizedException",
            "REFRESH_TOKEN_AUTH flow not enabled for this client",
            400,
        ),
        (
            "InvalidParameterException",
            "Auth flow not enabled for this client",
            400,
        ),
    ]),
    Row::of(
        Kind::Client,
        "~RefreshTokenMillis",
        When::Outlived,
        &[Step::Refresh],
    )
    .named("lifetimes", "refresh token outlived")
    .documented(REFRESH_PAGE)
    .doubtful()
    .answers(&[("invalid_grant", "", 400)]),
    Row::of(
        Kind::Client,
        "~RefreshTokenMillis",
        When::Outlived,
        &[Step::ApiRefresh, Step::ApiRotate],
    )
    .named("lifetimes", "refresh token outlived")
    .documented(REFRESH_PAGE)
    .doubtful()
    .answers(&[
        ("NotAuthorizedException", "Refresh Token has expired", 400),
        ("NotAuthorizedException", "Invalid Refresh Token.", 400),
    ]),
    Row::of(
        Kind::Client,
        "~Rotates",
        When::Flag(true),
        &[Step::ApiRefresh],
    )
    .named("lifetimes", "rotation refuses REFRESH_TOKEN_AUTH")
    .documented(REFRESH_PAGE)
    .answers(&[
        ("NotAuthorizedException", "Invalid Refresh Token.", 400),
        ("InvalidParameterException", "", 400),
    ]),
    Row::of(Kind::Client, "~Rotates", When::Flag(true), &[Step::Refresh])
        .named("lifetimes", "rotated token used again")
        .documented(REFRESH_PAGE)
        .doubtful()
        .share(0.3, 0.9)
        .answers(&[("invalid_grant", "", 400)]),
    Row::of(
        Kind::Client,
        "~Rotates",
        When::Flag(false),
        &[Step::ApiRotate],
    )
    .named("lifetimes", "no rotation, no new refresh token")
    .answers(&[("InvalidParameterException", "", 400)]),
    Row::of(
        Kind::Client,
        "~ReadableScopes",
        When::Lacks(Ask::Scopes),
        &[Step::Code],
    )
    .named("attributes", "attribute of a scope not readable")
    .documented(TOKEN_PAGE)
    .answers(&[("invalid_grant", "", 400)]),
    Row::of(
        Kind::Client,
        "~ReadableScopes",
        When::Lacks(Ask::Scopes),
        &[Step::Refresh],
    )
    .named("attributes", "attribute of a scope not readable")
    .documented(TOKEN_PAGE)
    .answers(&[("invalid_grant", "", 400)]),
    Row::of(
        Kind::Client,
        "~Writable",
        When::Flag(false),
        &[Step::IdpResponse],
    )
    .named("attributes", "mapped attribute not writable")
    .documented(UPDATE)
    .answers(&[
        (
            "invalid_request",
            "user.email: Attribute cannot be updated.",
            302,
        ),
        ("server_error", "attributes required", 302),
        ("invalid_grant", "", 400),
    ]),
    Row::of(
        Kind::ClientSecrets,
        "secrets",
        When::Lacks(Ask::Secret),
        TOKEN,
    )
    .named("client-secret", "secret deleted")
    .documented(TOKEN_PAGE)
    .answers(&[
        ("invalid_client", "", 400),
        ("invalid_client", "invalid_client_secret", 400),
    ])
    .certain(),
    Row::of(
        Kind::ClientSecrets,
        "secrets",
        When::Lacks(Ask::Secret),
        API,
    )
    .named("client-secret", "secret deleted")
    .documented(UPDATE)
    .answers(&[(
        "NotAuthorizedException",
        "Unable to verify secret hash for client",
        400,
    )])
    .certain(),
];
