//! What the API accepts: settings that no update leads to, since the call would be refused.

use serde_json::{Value, json};

use super::{
    super::{
        model::{DAY, Estate, HOUR, Kind, MINUTE, Millis, Owner, Resource, SECOND, Settings},
        state::member,
    },
    derived::texts,
};

/// Whether an update or creation may leave a resource with these settings.
pub fn accepts(estate: &Estate, resource: Resource, settings: &Settings) -> bool {
    match resource.kind {
        Kind::Client => {
            lifetimes(settings)
                && oauth(settings)
                && flows(settings)
                && has_secret(estate, resource, settings)
        }
        Kind::ResourceServer => settings
            .get("Scopes")
            .and_then(Value::as_array)
            .is_none_or(|scopes| scopes.len() <= 100),
        Kind::Domain => member(settings, "ManagedLoginVersion")
            .and_then(Value::as_i64)
            .is_none_or(|version| (1..=2).contains(&version)),
        _ => true,
    }
}

/// Access and ID tokens live from five minutes to a day, refresh tokens from an hour to ten years,
/// and no token longer than the refresh token.
fn lifetimes(settings: &Settings) -> bool {
    let access = lifetime(settings, "AccessToken", HOUR);
    let id = lifetime(settings, "IdToken", HOUR);
    let refresh = lifetime(settings, "RefreshToken", DAY);
    let session = settings.get("AuthSessionValidity").and_then(Value::as_i64);
    (5 * MINUTE..=DAY).contains(&access)
        && (5 * MINUTE..=DAY).contains(&id)
        && (HOUR..=3_650 * DAY).contains(&refresh)
        && access <= refresh
        && id <= refresh
        && session.is_none_or(|session| (3..=15).contains(&session))
}

/// A lifetime of tokens; `unit` is what a number without one means.
fn lifetime(settings: &Settings, token: &str, unit: Millis) -> Millis {
    let number = member(settings, &format!("{token}Validity")).and_then(Value::as_i64);
    let said = member(settings, &format!("TokenValidityUnits.{token}")).and_then(Value::as_str);
    let said = match said {
        Some("seconds") => SECOND,
        Some("minutes") => MINUTE,
        Some("hours") => HOUR,
        Some("days") => DAY,
        _ => unit,
    };
    match (number, token) {
        (None | Some(0), "RefreshToken") => 30 * DAY,
        (None | Some(0), _) => HOUR,
        (Some(number), _) => number * said,
    }
}

/// What OAuth needs: flows that go together, scopes, and addresses to come back to.
fn oauth(settings: &Settings) -> bool {
    let flows = texts(settings, "AllowedOAuthFlows");
    let callbacks = texts(settings, "CallbackURLs");
    let is_on = settings.get("AllowedOAuthFlowsUserPoolClient") == Some(&json!(true));
    let machine = flows.iter().any(|flow| flow == "client_credentials");
    let people = flows.iter().any(|flow| flow != "client_credentials");
    let scopes = !texts(settings, "AllowedOAuthScopes").is_empty();
    let default = settings.get("DefaultRedirectURI").and_then(Value::as_str);
    let goes_together = match (machine, people) {
        (true, true) => false,
        (_, people) => !people || !callbacks.is_empty(),
    };
    goes_together
        && !(is_on && (flows.is_empty() || !scopes))
        && default.is_none_or(|default| callbacks.iter().any(|url| url == default))
}

/// Rotation and the flow that renews without it exclude each other.
fn flows(settings: &Settings) -> bool {
    let rotates = member(settings, "RefreshTokenRotation.Feature") == Some(&json!("ENABLED"));
    let flows = texts(settings, "ExplicitAuthFlows");
    !(rotates && flows.iter().any(|flow| flow == "ALLOW_REFRESH_TOKEN_AUTH"))
}

/// Machines sign in with a secret.
fn has_secret(estate: &Estate, client: Resource, settings: &Settings) -> bool {
    let secrets = Resource {
        kind: Kind::ClientSecrets,
        index: client.index,
    };
    let is_known = matches!(estate.owners.get(&client), Some(Owner::Client(_)))
        && estate.settings.contains_key(&client);
    let machine = texts(settings, "AllowedOAuthFlows").contains(&"client_credentials".to_owned());
    !machine || !is_known || estate.settings.contains_key(&secrets)
}
