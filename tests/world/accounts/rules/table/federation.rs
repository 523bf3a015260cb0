//! Rules about identity providers and resource servers.

use super::super::super::model::{Kind, Step};
use super::{Pace, Row, When};

const FEDERATION: &str = "https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoint-idp-responses.html";
const SCOPES: &str = "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html";

const fn provider(member: &'static str, when: When, name: &'static str) -> Row {
    Row::of(Kind::Provider, member, when, &[Step::IdpResponse])
        .named("identity-provider", name)
        .documented(FEDERATION)
        .answers(&[
            ("server_error", "Bad token response: HTTP/1.1 400", 302),
            ("invalid_request", "Error - 401 error getting token", 302),
            ("server_error", "", 400),
        ])
}

pub const ROWS: &[Row] = &[
    provider("", When::Gone, "provider deleted").certain(),
    Row::of(Kind::Provider, "", When::Gone, &[Step::Authorize])
        .named("identity-provider", "provider deleted")
        .documented(FEDERATION)
        .answers(&[("invalid_request", "", 400), ("server_error", "", 400)])
        .certain(),
    provider(
        "ProviderDetails.client_id",
        When::Changed,
        "other client id at the provider",
    ),
    provider(
        "ProviderDetails.client_secret",
        When::Changed,
        "other secret at the provider",
    ),
    provider("ProviderDetails.oidc_issuer", When::Changed, "other issuer"),
    provider(
        "ProviderDetails.token_url",
        When::Changed,
        "other token endpoint",
    ),
    provider(
        "ProviderDetails.MetadataURL",
        When::Changed,
        "other metadata",
    )
    .doubtful(),
    provider(
        "ProviderDetails.MetadataFile",
        When::Changed,
        "other metadata",
    )
    .doubtful(),
    provider(
        "ProviderDetails.authorize_scopes",
        When::Changed,
        "other scopes",
    )
    .doubtful()
    .share(0.5, 1.0),
    provider(
        "~MapsWell",
        When::Flag(false),
        "attribute mapping does not fit",
    )
    .doubtful()
    .share(0.4, 1.0),
    Row::of(Kind::ResourceServer, "", When::Gone, &[Step::Machine])
        .named("resource-servers", "resource server deleted")
        .documented(SCOPES)
        .doubtful()
        .answers(&[("invalid_scope", "", 400), ("invalid_grant", "", 400)]),
    Row::of(Kind::ResourceServer, "", When::Gone, &[Step::Authorize])
        .named("resource-servers", "resource server deleted")
        .documented(SCOPES)
        .doubtful()
        .answers(&[("invalid_scope", "", 400), ("invalid_request", "", 400)]),
    Row::of(
        Kind::ResourceServer,
        "~Lists.*",
        When::Empty,
        &[Step::Machine],
    )
    .named("resource-servers", "scope deleted")
    .documented(SCOPES)
    .doubtful()
    .pace(Pace::Cached)
    .answers(&[("invalid_scope", "", 400), ("invalid_grant", "", 400)]),
    Row::of(
        Kind::ResourceServer,
        "~Lists.*",
        When::Empty,
        &[Step::Authorize],
    )
    .named("resource-servers", "scope deleted")
    .documented(SCOPES)
    .doubtful()
    .answers(&[("invalid_scope", "", 400)]),
];
