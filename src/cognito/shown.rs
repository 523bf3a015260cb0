//! Values that displays show: those of settings that this program knows. What others hold nobody
//! knows, and it may be a secret: history, replay and undo go by it, and no page prints it.

use serde_json::{Map, Value};

use super::{
    history::DiffLine,
    members::{CLIENT, DOMAIN, IDENTITY_PROVIDER, Kind, Member, POOL},
    read::{canonical, is_no_setting},
    setting::{Known, Resource, Setting},
};
use crate::record::{Change, mask::MASK};

/// Details of identity providers; those that are secrets were masked long before. Source: SDK,
/// `CreateIdentityProvider`, `ProviderDetails`.
const DETAILS: [&str; 24] = [
    "ActiveEncryptionCertificate",
    "EncryptedResponses",
    "IDPInit",
    "IDPSignout",
    "MetadataFile",
    "MetadataURL",
    "RequestSigningAlgorithm",
    "SLORedirectBindingURI",
    "SSORedirectBindingURI",
    "api_version",
    "attributes_request_method",
    "attributes_url",
    "attributes_url_add_attributes",
    "authorize_scopes",
    "authorize_url",
    "client_id",
    "client_secret",
    "jwks_uri",
    "key_id",
    "oidc_issuer",
    "private_key",
    "team_id",
    "token_request_method",
    "token_url",
];

/// Settings of other calls, which are read member by member.
const OF_OTHER_CALLS: [&str; 14] = [
    "AccountTakeoverRiskConfiguration",
    "ClientName",
    "ClientSecret",
    "CompromisedCredentialsRiskConfiguration",
    "EmailMfaConfiguration",
    "Exists",
    "MfaConfiguration",
    "Name",
    "PoolName",
    "ProviderName",
    "RiskExceptionConfiguration",
    "SmsMfaConfiguration",
    "SoftwareTokenMfaConfiguration",
    "WebACL",
];

/// Services of whose calls each member is taken for a setting, whatever it is.
const TAKEN_AS_THEY_ARE: [&str; 4] = ["apigateway", "elasticloadbalancing", "ses", "sns"];

/// A line as displays show it.
pub fn line(resource: &Resource, line: &DiffLine) -> DiffLine {
    let side = |known: &Known| match known {
        Known::Observed(is) => Known::Observed(value(resource, &line.setting, is)),
        Known::Assumed(is) => Known::Assumed(value(resource, &line.setting, is)),
        Known::Unknown => Known::Unknown,
    };
    DiffLine {
        setting: line.setting.clone(),
        before: side(&line.before),
        after: side(&line.after),
    }
}

/// The value of a setting as displays show it.
pub fn value(resource: &Resource, setting: &Setting, value: &Value) -> Value {
    match resource {
        Resource::Client(..) => of_table(CLIENT, setting.as_str(), value),
        Resource::Pool(_) => of_table(POOL, setting.as_str(), value),
        Resource::IdentityProvider(..) => of_table(IDENTITY_PROVIDER, setting.as_str(), value),
        Resource::Domain(..) => of_table(DOMAIN, setting.as_str(), value),
        Resource::Other(service, _) if is_taken_as_it_is(service, setting) => masked(value),
        // Taken apart by this program, which names each setting itself.
        Resource::ResourceServer(..)
        | Resource::Function(_)
        | Resource::Firewall(_)
        | Resource::Other(..) => value.clone(),
    }
}

/// The input of a call as displays show it.
pub(super) fn input(table: &[Member], input: &Value) -> Value {
    let Value::Object(members) = input else {
        return input.clone();
    };
    let shown = |(key, value): (&String, &Value)| (key.clone(), of_table(table, key, value));
    Value::Object(members.iter().map(shown).collect::<Map<String, Value>>())
}

/// A change with what it asked and was answered as displays show it.
pub fn change(mut change: Change) -> Change {
    let Change {
        name,
        request,
        response,
        ..
    } = &mut change;
    for json in [request, response].into_iter().flatten() {
        if let Ok(mut value) = serde_json::from_str(json) {
            call(name, &mut value);
            *json = value.to_string();
        }
    }
    change
}

/// What a call of this name asked or was answered, as displays show it.
pub fn call(name: &str, value: &mut Value) {
    const WRAPPERS: [&str; 4] = [
        "domainDescription",
        "identityProvider",
        "userPool",
        "userPoolClient",
    ];
    let tables = [
        ("UserPoolClient", CLIENT),
        ("UserPool", POOL),
        ("IdentityProvider", IDENTITY_PROVIDER),
        ("UserPoolDomain", DOMAIN),
    ];
    // A record may say more in the place of the name.
    let name = name.split_whitespace().next().unwrap_or_default();
    let table = tables.into_iter().find(|(of, _)| name.ends_with(of));
    let (Some((_, table)), Value::Object(members)) = (table, value) else {
        return;
    };
    for (key, value) in members {
        match value {
            value @ Value::Object(_) if WRAPPERS.contains(&key.as_str()) => call(name, value),
            value => *value = of_table(table, &canonical(key), value),
        }
    }
}

fn is_taken_as_it_is(service: &str, setting: &Setting) -> bool {
    TAKEN_AS_THEY_ARE.contains(&service) && *setting != Setting::EXISTS
}

/// The value at a dotted name, without what the table does not know.
fn of_table(table: &[Member], name: &str, value: &Value) -> Value {
    if is_known(table, name) {
        return value.clone();
    }
    let below = format!("{}.", name.to_lowercase());
    let is_below = |member: &Member| member.name.to_lowercase().starts_with(&below);
    match value {
        Value::Object(members) if table.iter().any(is_below) => {
            let inner = |(key, value): (&String, &Value)| {
                let name = format!("{name}.{}", canonical(key));
                (key.clone(), of_table(table, &name, value))
            };
            Value::Object(members.iter().map(inner).collect())
        }
        Value::Object(members) if name == "ProviderDetails" => {
            let inner = |(key, value): (&String, &Value)| {
                let shown = of_table(table, &format!("{name}.{key}"), value);
                (key.clone(), shown)
            };
            Value::Object(members.iter().map(inner).collect())
        }
        value => masked(value),
    }
}

fn is_known(table: &[Member], name: &str) -> bool {
    if let Some(detail) = name.strip_prefix("ProviderDetails.") {
        return DETAILS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(detail));
    }
    let top = name.split('.').next().unwrap_or_default();
    let is = |member: &Member| {
        let length = member.name.len();
        let begins = name
            .get(..length)
            .is_some_and(|begin| begin.eq_ignore_ascii_case(member.name));
        let below = matches!(member.kind, Kind::Map | Kind::Json);
        match name.get(length..) {
            Some("") => begins && member.name != "ProviderDetails",
            Some(rest) => begins && below && rest.starts_with('.'),
            None => false,
        }
    };
    OF_OTHER_CALLS.contains(&top) || is_no_setting(name) || table.iter().any(is)
}

/// Flags and numbers stay: no secret is one.
fn masked(value: &Value) -> Value {
    match value {
        Value::String(text) if !text.is_empty() => Value::from(MASK),
        Value::Array(items) => items.iter().map(masked).collect(),
        Value::Object(members) => {
            let members = members.iter();
            Value::Object(
                members
                    .map(|(key, value)| (key.clone(), masked(value)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::{AppClientId, UserPoolId};

    #[test]
    fn members_that_are_not_known_are_not_shown() {
        let pool = UserPoolId::new("eu-west-1_EXAMPLE");
        let client = Resource::Client(pool.clone(), AppClientId::new("webEXAMPLE"));
        let provider = Resource::IdentityProvider(pool.clone(), "Apple".to_owned());
        let pool = Resource::Pool(pool);
        let rule = Resource::Other("elasticloadbalancing".to_owned(), "rule".to_owned());
        let hidden = json!(MASK);
        for (resource, setting, value, expected) in [
            (&client, "ClientName", json!("x"), json!("x")),
            (&client, "CallbackURLs", json!(["x"]), json!(["x"])),
            (
                &client,
                "NewThing",
                json!({"a": "x", "b": 1}),
                json!({"a": hidden, "b": 1}),
            ),
            (&pool, "UserPoolTags.team", json!("x"), json!("x")),
            (&pool, "PoolName", json!("x"), json!("x")),
            (
                &pool,
                "SmsConfiguration.EumsSms",
                json!("x"),
                hidden.clone(),
            ),
            (&pool, "NewThing.Switch", json!(true), json!(true)),
            (&provider, "ProviderDetails.team_id", json!("x"), json!("x")),
            (&provider, "ProviderDetails.pin", json!("x"), hidden.clone()),
            (&provider, "AttributeMapping.email", json!("x"), json!("x")),
            (
                &rule,
                "Actions",
                json!([{"type": "x"}]),
                json!([{"type": hidden}]),
            ),
        ] {
            let setting = Setting::named(setting);
            assert_eq!(
                super::value(resource, &setting, &value),
                expected,
                "{setting}"
            );
        }
    }

    #[test]
    fn a_call_is_shown_but_for_such_members() {
        let shown = |of: &str| {
            json!({"clientId": "c", "defaultRedirectUri": "u", "newThing": of,
                   "tokenValidityUnits": {"accessToken": "hours", "other": of}})
        };
        let mut answer = json!({"userPoolClient": shown("x")});
        call("UpdateUserPoolClient", &mut answer);
        assert_eq!(answer, json!({"userPoolClient": shown(MASK)}));
        let mut other = json!({"newThing": "x"});
        call("PutParameter", &mut other);
        assert_eq!(other, json!({"newThing": "x"}));
    }

    #[test]
    fn an_input_is_shown_but_for_such_members() {
        let whole = json!({
            "UserPoolId": "p", "ProviderName": "n",
            "ProviderDetails": {"client_id": "c", "pin": "x"},
        });
        let shown = json!({
            "UserPoolId": "p", "ProviderName": "n",
            "ProviderDetails": {"client_id": "c", "pin": MASK},
        });
        assert_eq!(input(IDENTITY_PROVIDER, &whole), shown);
    }
}
