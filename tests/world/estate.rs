//! The invented account: two user pools, their app clients, and how they were first made.

use serde_json::{Value, json};

use super::{
    changes::{Action, Call, Planned},
    clock::before,
    config::Settings,
    people::DEPLOY,
};

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "eu-west-1";

pub const SHOP: &str = "eu-west-1_ShopEXAMPLE";
pub const STAFF: &str = "eu-west-1_StaffEXAMPLE";

pub const BILLING: &str = "4billing0m2m0000000example";
pub const CATALOG: &str = "9catalog0m2m0000000example";
pub const MOBILE: &str = "6mobile00app0000000example";
pub const PARTNER: &str = "5partner0m2m0000000example";
pub const REPORTS: &str = "1reports0m2m0000000example";
pub const WEBSHOP: &str = "2webshop0web0000000example";
pub const INTRANET: &str = "7intranet0web000000example";
pub const KIOSK: &str = "3kiosk000app0000000example";
pub const PORTAL: &str = "0portal00web0000000example";
pub const SSO: &str = "8sso00000web0000000example";

pub const WEBSHOP_CALLBACK: &str = "https://shop.example.com/api/auth/callback/cognito";
pub const INTRANET_CALLBACK: &str = "https://intranet.example.com/oauth2/idpresponse";
pub const PORTAL_CALLBACK: &str = "https://portal.example.com/callback";
/// The provider that signs people of the intranet in.
pub const CORPORATE: &str = "Corporate";
/// The one the deploy of story `portal` forgets.
pub const PORTAL_LEGACY_CALLBACK: &str = "https://legacy.portal.example.com/callback";

/// Host name of the pool's token endpoint: a prefix domain for one, a custom domain for the other.
pub fn domain(pool: &str) -> &'static str {
    match pool {
        SHOP => "shop-example.auth.eu-west-1.amazoncognito.com",
        _ => "login.staff.example.com",
    }
}

/// The user pool of an app client.
pub fn pool(client: &str) -> &'static str {
    match client {
        INTRANET | KIOSK | PORTAL | SSO => STAFF,
        _ => SHOP,
    }
}

/// A fortnight before the day of traffic Terraform makes it all, one call after the other.
pub fn founding() -> Vec<Planned> {
    let mut actions = vec![
        Action::CreatePool {
            pool: SHOP,
            settings: shop(),
        },
        Action::CreatePool {
            pool: STAFF,
            settings: staff(),
        },
        create_domain(SHOP, "shop-example", Value::Null),
        create_domain(
            STAFF,
            "login.staff.example.com",
            json!({"certificateArn": format!("arn:aws:acm:us-east-1:{ACCOUNT}:certificate/EXAMPLE")}),
        ),
        resource_server("CreateResourceServer"),
    ];
    actions.extend(
        clients().map(|(client, secret, settings)| Action::CreateClient {
            client,
            secret,
            settings: Settings::of(settings),
        }),
    );
    let start = before(14, "09:00:11");
    let paced = actions.into_iter().zip((start..).step_by(2));
    paced
        .map(|(action, time)| Planned::new(time, &DEPLOY, action))
        .collect()
}

/// Settings of an app client as it was made.
pub fn first_settings(client: &str) -> Settings {
    let made = clients().find(|(known, ..)| *known == client);
    let (_, _, settings) = made.expect("the app client is of this account");
    Settings::of(settings)
}

fn shop() -> Settings {
    Settings::of(json!({
        "poolName": "shop",
        "policies": passwords(12, false),
        "deletionProtection": "ACTIVE",
        "autoVerifiedAttributes": ["email"],
        "mfaConfiguration": "OFF",
        "lambdaConfig": {"preTokenGeneration": lambda("shop-claims")},
        "userPoolTags": {"team": "shop"},
    }))
}

/// The staff pool as it was made.
pub fn staff() -> Settings {
    Settings::of(json!({
        "poolName": "staff",
        "policies": passwords(14, true),
        "deletionProtection": "ACTIVE",
        "autoVerifiedAttributes": ["email"],
        "mfaConfiguration": "OFF",
        "lambdaConfig": {
            "defineAuthChallenge": lambda("staff-badge-define"),
            "createAuthChallenge": lambda("staff-badge-create"),
            "verifyAuthChallengeResponse": lambda("staff-badge-verify"),
        },
        "userPoolTags": {"team": "staff"},
    }))
}

fn passwords(length: u8, symbols: bool) -> Value {
    json!({"passwordPolicy": {
        "minimumLength": length,
        "requireLowercase": true,
        "requireNumbers": true,
        "requireSymbols": symbols,
        "requireUppercase": true,
        "temporaryPasswordValidityDays": 7,
    }})
}

fn lambda(function: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}")
}

/// Each with whether it has a secret.
fn clients() -> impl Iterator<Item = (&'static str, bool, Value)> {
    [
        (BILLING, true, machine("billing", "shop-api/invoices.write")),
        (CATALOG, true, machine("catalog", "shop-api/catalog.read")),
        (PARTNER, true, machine("partner", "shop-api/orders.read")),
        (REPORTS, true, machine("reports", "shop-api/reports.read")),
        (
            WEBSHOP,
            false,
            web(
                "webshop",
                &["code", "implicit"],
                &[WEBSHOP_CALLBACK],
                "https://shop.example.com/",
            ),
        ),
        (
            MOBILE,
            false,
            sign_in(
                web(
                    "mobile",
                    &["code"],
                    &["myshop://callback"],
                    "myshop://signout",
                ),
                &[
                    "ALLOW_REFRESH_TOKEN_AUTH",
                    "ALLOW_USER_PASSWORD_AUTH",
                    "ALLOW_USER_SRP_AUTH",
                ],
            ),
        ),
        (
            INTRANET,
            true,
            federated(web(
                "intranet",
                &["code"],
                &[INTRANET_CALLBACK],
                "https://intranet.example.com/",
            )),
        ),
        (
            PORTAL,
            true,
            web(
                "portal",
                &["code"],
                &[PORTAL_CALLBACK, PORTAL_LEGACY_CALLBACK],
                "https://portal.example.com/bye",
            ),
        ),
        (
            KIOSK,
            false,
            sign_in(
                base("kiosk"),
                &["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            ),
        ),
        (
            SSO,
            false,
            sign_in(
                web(
                    "sso",
                    &["code"],
                    &["https://sso.example.com/callback"],
                    "https://sso.example.com/bye",
                ),
                &["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"],
            ),
        ),
    ]
    .into_iter()
}

fn base(name: &str) -> Value {
    json!({
        "clientName": name,
        "refreshTokenValidity": 30,
        "accessTokenValidity": 60,
        "idTokenValidity": 60,
        "tokenValidityUnits": {"accessToken": "minutes", "idToken": "minutes", "refreshToken": "days"},
        "explicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
        "supportedIdentityProviders": ["COGNITO"],
        "allowedOAuthFlowsUserPoolClient": false,
        "preventUserExistenceErrors": "ENABLED",
        "enableTokenRevocation": true,
        "enablePropagateAdditionalUserContextData": false,
        "authSessionValidity": 3,
    })
}

fn machine(name: &str, scope: &str) -> Value {
    let mut settings = base(name);
    settings["allowedOAuthFlowsUserPoolClient"] = json!(true);
    settings["allowedOAuthFlows"] = json!(["client_credentials"]);
    settings["allowedOAuthScopes"] = json!([scope]);
    settings
}

fn web(name: &str, flows: &[&str], callbacks: &[&str], logout: &str) -> Value {
    let mut settings = base(name);
    settings["allowedOAuthFlowsUserPoolClient"] = json!(true);
    settings["allowedOAuthFlows"] = json!(flows);
    settings["allowedOAuthScopes"] = json!(["email", "openid", "profile"]);
    settings["callbackURLs"] = json!(callbacks);
    settings["logoutURLs"] = json!([logout]);
    settings
}

fn federated(mut settings: Value) -> Value {
    settings["supportedIdentityProviders"] = json!(["COGNITO", CORPORATE]);
    settings
}

fn sign_in(mut settings: Value, flows: &[&str]) -> Value {
    settings["explicitAuthFlows"] = json!(flows);
    settings
}

fn create_domain(pool: &str, domain: &str, custom: Value) -> Action {
    let mut request = json!({"userPoolId": pool, "domain": domain});
    // A custom domain shows managed login, the prefix domain the classic pages.
    request["managedLoginVersion"] = json!(if custom.is_null() { 1 } else { 2 });
    if !custom.is_null() {
        request["customDomainConfig"] = custom;
    }
    Action::Other(Call::cognito("CreateUserPoolDomain", request))
}

/// The staff's identity provider, made before the app client that uses it.
pub fn provider() -> Planned {
    let request = json!({
        "userPoolId": STAFF,
        "providerName": CORPORATE,
        "providerType": "OIDC",
        "providerDetails": {
            "client_id": "staff-pool",
            "client_secret": "HIDDEN_DUE_TO_SECURITY_REASONS",
            "oidc_issuer": "https://idp.example.com",
            "authorize_scopes": "openid email",
            "attributes_request_method": "GET",
        },
        "attributeMapping": {"email": "email", "username": "sub"},
    });
    let call = Call::cognito("CreateIdentityProvider", request.clone());
    let call = call.answered(json!({"identityProvider": request}));
    Planned::new(before(14, "09:00:20"), &DEPLOY, Action::Other(call)).apart("provider")
}

/// A call that gives the resource server of the shop its scopes, always the same.
pub fn resource_server(name: &'static str) -> Action {
    let scopes = [
        "catalog.read",
        "invoices.write",
        "orders.read",
        "reports.read",
    ]
    .map(|scope| json!({"scopeName": scope, "scopeDescription": scope}));
    let server = json!({
        "userPoolId": SHOP,
        "identifier": "shop-api",
        "name": "shop-api",
        "scopes": scopes,
    });
    let call = Call::cognito(name, server.clone());
    Action::Other(call.answered(json!({"resourceServer": server})))
}
