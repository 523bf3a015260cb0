//! Identity providers that a user pool trusts, and resource servers that define its scopes.

use serde_json::{Value, json};

use super::{
    super::model::{Kind, Owner},
    founding::Founding,
    words,
};

/// Adds up to three identity providers.
pub fn providers(f: &mut Founding<'_>, pool: usize) {
    let count = f.chance.weighted(&[0.35, 0.35, 0.2, 0.1]);
    let mut kinds = ["Google", "OIDC", "SAML"];
    f.chance.shuffle(&mut kinds);
    for kind in &kinds[..count] {
        let (name, details, mapping) = match *kind {
            "Google" => google(f),
            "OIDC" => oidc(f),
            _ => saml(f),
        };
        let settings = json!({
            "ProviderName": name,
            "ProviderType": kind,
            "ProviderDetails": details,
            "AttributeMapping": mapping,
            "IdpIdentifiers": [],
        });
        f.add(Kind::Provider, Owner::Pool(pool), name, settings);
    }
}

fn google(f: &mut Founding<'_>) -> (String, Value, Value) {
    let id = format!(
        "{}-{}.apps.googleusercontent.com",
        f.chance.whole(100_000_000_000, 999_999_999_999),
        words::lower(32, f.chance)
    );
    let details = json!({
        "client_id": id,
        "client_secret": words::lower(24, f.chance),
        "authorize_scopes": "openid email profile",
    });
    let mapping = json!({"email": "email", "name": "name", "username": "sub"});
    ("Google".to_owned(), details, mapping)
}

fn oidc(f: &mut Founding<'_>) -> (String, Value, Value) {
    let name = *f.chance.pick(&[
        "CorpLogin",
        "PartnerID",
        "StaffDirectory",
        "CityID",
        "BankID",
    ]);
    let issuer = format!("https://idp.{}.example.com", name.to_lowercase());
    let details = json!({
        "client_id": words::lower(20, f.chance),
        "client_secret": words::lower(40, f.chance),
        "authorize_scopes": "openid email profile",
        "oidc_issuer": issuer,
        "attributes_request_method": f.chance.pick(&["GET", "POST"]),
    });
    let mapping = json!({
        "email": "email",
        "given_name": "given_name",
        "family_name": "family_name",
        "username": "sub",
    });
    (name.to_owned(), details, mapping)
}

fn saml(f: &mut Founding<'_>) -> (String, Value, Value) {
    let name = *f.chance.pick(&[
        "AzureEntra",
        "Workforce",
        "UniversitySSO",
        "HoldingSAML",
        "ADFS",
    ]);
    let claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
    let details = json!({
        "MetadataURL": format!("https://{}.example.com/metadata.xml", name.to_lowercase()),
        "IDPSignout": f.chance.pick(&["true", "false"]),
        "RequestSigningAlgorithm": "rsa-sha256",
    });
    let mapping = json!({
        "email": format!("{claims}/emailaddress"),
        "given_name": format!("{claims}/givenname"),
        "family_name": format!("{claims}/surname"),
    });
    (name.to_owned(), details, mapping)
}

/// What people's clients may ask for besides the scopes of resource servers.
pub const STANDARD: [&str; 5] = [
    "openid",
    "email",
    "profile",
    "phone",
    "aws.cognito.signin.user.admin",
];

/// Adds one to three resource servers.
pub fn resource_servers(f: &mut Founding<'_>, pool: usize, areas: &[&str]) {
    let first = f.chance.whole(4, 30) as usize;
    for number in 0..f.chance.whole(1, 3) as usize {
        let area = areas[first + number];
        let identifier = match f.chance.whole(0, 2) {
            0 => format!("https://{area}.api.example.com"),
            1 => format!("{area}-api"),
            _ => area.to_owned(),
        };
        let mut scopes = [
            "read",
            "write",
            "admin",
            "export",
            "events.publish",
            "quotes:create",
        ];
        f.chance.shuffle(&mut scopes);
        let scopes = &scopes[..f.chance.whole(2, 5) as usize];
        let listed: Vec<Value> = scopes
            .iter()
            .map(|scope| json!({"ScopeName": scope, "ScopeDescription": format!("{scope} of {area}")}))
            .collect();
        let own = scopes.iter().map(|scope| format!("{identifier}/{scope}"));
        let standard = STANDARD.iter().map(|scope| (*scope).to_owned());
        let settings = json!({
            "Identifier": identifier,
            "Name": format!("{} API", words::title(area)),
            "Scopes": listed,
            "~Admits": own.chain(standard).collect::<Vec<_>>(),
        });
        f.add(
            Kind::ResourceServer,
            Owner::Pool(pool),
            identifier,
            settings,
        );
    }
}
