//! Rules about what lies between callers and Cognito: domains, firewalls, the caller's own network,
//! and the stores that callers read.

use super::super::super::model::{Ask, Kind, Network, Step};
use super::{ENDPOINT, OPEN_API, PAGES, Pace, Reply, Row, TOKEN, When};

const DOMAIN: &str = "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html";
const CUSTOM: &str = "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html";
const BRANDING: &str =
    "https://docs.aws.amazon.com/cognito/latest/developerguide/managed-login-branding.html";
const WAF: &str = "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-waf.html";
const ROUTES: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html";
const GROUPS: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html";
const SUBNETS: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html";
const ROTATION: &str =
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets.html";

const FORBIDDEN: &[Reply] = &[
    ("", "Forbidden", 403),
    ("access_denied", "", 403),
    ("Forbidden", "", 403),
];
const FORBIDDEN_API: &[Reply] = &[(
    "ForbiddenException",
    "Request not allowed due to WAF block.",
    403,
)];
const NO_PAGE: &[Reply] = &[
    (
        "",
        "Login pages unavailable. Please contact an administrator.",
        403,
    ),
    ("access_denied", "Login pages unavailable", 403),
];
const WRONG_SECRET: &[Reply] = &[
    ("invalid_client", "", 400),
    ("invalid_client", "invalid_client_secret", 401),
];
const WRONG_HASH: &[Reply] = &[(
    "NotAuthorizedException",
    "Unable to verify secret hash for client",
    400,
)];
const CUT: &[Network] = &[Network::Timeout, Network::Connect];

const fn blocks(kind: Kind, member: &'static str, when: When, name: &'static str) -> Row {
    Row::of(kind, member, when, ENDPOINT)
        .named("edge", name)
        .documented(WAF)
        .answers(FORBIDDEN)
}

const fn blocks_api(kind: Kind, member: &'static str, when: When, name: &'static str) -> Row {
    Row::of(kind, member, when, OPEN_API)
        .named("edge", name)
        .documented(WAF)
        .answers(FORBIDDEN_API)
}

const fn of_domain(kind: Kind, member: &'static str, when: When, name: &'static str) -> Row {
    Row::of(kind, member, when, ENDPOINT)
        .named("domain", name)
        .documented(CUSTOM)
}

const fn cuts(kind: Kind, member: &'static str, when: When, name: &'static str) -> Row {
    Row::of(kind, member, when, &Step::ALL)
        .named("network", name)
        .network(CUT)
        .certain()
}

const fn store(kind: Kind, member: &'static str, when: When, name: &'static str) -> Row {
    Row::of(kind, member, when, TOKEN)
        .named("stores", name)
        .documented(ROTATION)
        .doubtful()
        .pace(Pace::Cached)
        .answers(WRONG_SECRET)
}

const fn store_api(kind: Kind, member: &'static str, when: When, name: &'static str) -> Row {
    Row::of(kind, member, when, super::API)
        .named("stores", name)
        .documented(ROTATION)
        .doubtful()
        .pace(Pace::Cached)
        .answers(WRONG_HASH)
}

const OFF: When = When::Flag(false);
const WRONG: When = When::Text("wrong");
const DENY_ALL: When = When::Json(r#"{"Block":{}}"#);

pub const ROWS: &[Row] = &[
    of_domain(Kind::Domain, "", When::Gone, "domain deleted")
        .documented(DOMAIN)
        .network(&[Network::Dns])
        .certain(),
    of_domain(
        Kind::Domain,
        "CustomDomainConfig.CertificateArn",
        When::ForeignCertificate,
        "certificate of another name",
    )
    .network(&[Network::Tls])
    .pace(Pace::Slow),
    of_domain(Kind::Certificate, "~Valid", OFF, "certificate not valid")
        .doubtful()
        .network(&[Network::Tls])
        .pace(Pace::Slow),
    of_domain(Kind::Certificate, "", When::Gone, "certificate deleted")
        .network(&[Network::Tls])
        .pace(Pace::Slow),
    of_domain(Kind::DnsRecord, "", When::Gone, "DNS record deleted")
        .network(&[Network::Dns])
        .pace(Pace::Slow)
        .certain(),
    of_domain(
        Kind::DnsRecord,
        "~Elsewhere",
        When::Flag(true),
        "DNS record of another target",
    )
    .network(&[Network::Connect, Network::Tls])
    .pace(Pace::Slow)
    .certain(),
    Row::of(
        Kind::Domain,
        "~Unbranded",
        When::Flag(true),
        &[Step::LoginPage, Step::LoginPost],
    )
    .named("domain", "managed login without branding")
    .documented(BRANDING)
    .doubtful()
    .answers(NO_PAGE),
    Row::of(
        Kind::Branding,
        "",
        When::Gone,
        &[Step::LoginPage, Step::LoginPost],
    )
    .named("domain", "managed login without branding")
    .documented(BRANDING)
    .doubtful()
    .answers(NO_PAGE),
    blocks(Kind::AclAssociation, "acl", When::StrictAcl, "strict ACL"),
    blocks_api(Kind::AclAssociation, "acl", When::StrictAcl, "strict ACL"),
    blocks(
        Kind::Acl,
        "DefaultAction",
        DENY_ALL,
        "ACL denies by default",
    ),
    blocks_api(
        Kind::Acl,
        "DefaultAction",
        DENY_ALL,
        "ACL denies by default",
    ),
    Row::of(Kind::Acl, "~Blocks", When::Text("token"), TOKEN)
        .named("edge", "ACL rule on token requests")
        .documented(WAF)
        .answers(FORBIDDEN),
    Row::of(Kind::Acl, "~Blocks", When::Text("pages"), PAGES)
        .named("edge", "ACL rule on pages")
        .documented(WAF)
        .answers(FORBIDDEN),
    Row::of(
        Kind::Acl,
        "~Blocks",
        When::Text("forms"),
        &[Step::LoginPost],
    )
    .named("edge", "ACL rule on forms")
    .documented(WAF)
    .answers(FORBIDDEN),
    blocks_api(
        Kind::Acl,
        "~Blocks",
        When::Text("api"),
        "ACL rule on the API",
    ),
    blocks(
        Kind::Acl,
        "~Blocks",
        When::Text("some"),
        "ACL rule on countries",
    )
    .doubtful()
    .share(0.25, 0.75),
    blocks_api(
        Kind::Acl,
        "~Blocks",
        When::Text("some"),
        "ACL rule on countries",
    )
    .doubtful()
    .share(0.25, 0.75),
    blocks(
        Kind::Acl,
        "~Blocks",
        When::Text("rate"),
        "ACL rule on rates",
    )
    .doubtful()
    .share(0.3, 0.9),
    blocks_api(
        Kind::Acl,
        "~Blocks",
        When::Text("rate"),
        "ACL rule on rates",
    )
    .doubtful()
    .share(0.3, 0.9),
    blocks(
        Kind::IpSet,
        "~Addresses",
        When::Lists(Ask::Address),
        "address blocked",
    ),
    blocks_api(
        Kind::IpSet,
        "~Addresses",
        When::Lists(Ask::Address),
        "address blocked",
    ),
    cuts(Kind::Route, "", When::Gone, "route deleted").documented(ROUTES),
    cuts(Kind::Route, "~Passes", OFF, "route leads nowhere").documented(ROUTES),
    cuts(Kind::SecurityGroup, "~Passes", OFF, "egress not allowed").documented(GROUPS),
    cuts(Kind::NetworkAcl, "~Passes", OFF, "subnet does not let out").documented(SUBNETS),
    store(
        Kind::StoredSecret,
        "value",
        WRONG,
        "stored secret does not match",
    ),
    store_api(
        Kind::StoredSecret,
        "value",
        WRONG,
        "stored secret does not match",
    ),
    store(Kind::StoredSecret, "", When::Gone, "stored secret deleted"),
    store_api(Kind::StoredSecret, "", When::Gone, "stored secret deleted"),
    store(Kind::Parameter, "value", WRONG, "parameter does not match"),
    store_api(Kind::Parameter, "value", WRONG, "parameter does not match"),
    store(Kind::Parameter, "", When::Gone, "parameter deleted"),
    store_api(Kind::Parameter, "", When::Gone, "parameter deleted"),
];
