//! Changes that the people of an organisation make: a few break something, most do not.

use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use trailblame::record::Change;

use super::{
    minutes::{MINUTES, time},
    organisation::{Client, Organisation, Outage},
};

/// First what every client was set to before, then for each guilty outage its change and what puts
/// it right, and `idle` others that harm nobody.
pub fn make(organisation: &Organisation, idle: usize) -> Vec<Change> {
    let mut dice = ChaCha8Rng::seed_from_u64(7);
    let before = time(0) - TimeDelta::days(7);
    let clients = organisation.clients.iter();
    let mut changes: Vec<Change> = clients
        .map(|client| update(client, before, json!({})))
        .collect();
    let guilty = organisation.outages.iter().filter(|outage| outage.guilty);
    changes.extend(guilty.flat_map(|outage| broken_and_cured(organisation, outage)));
    changes.extend((0..idle).map(|number| harmless(organisation, number, &mut dice)));
    for (number, change) in changes.iter_mut().enumerate() {
        change.event_id = format!("change-{number}");
    }
    changes
}

fn broken_and_cured(organisation: &Organisation, outage: &Outage) -> [Change; 2] {
    let client = &organisation.clients[outage.client];
    let nothing =
        json!({"allowedOAuthFlows": [], "explicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]});
    [
        update(client, time(outage.start), nothing),
        update(client, time(outage.end), json!({})),
    ]
}

fn harmless(organisation: &Organisation, number: usize, dice: &mut ChaCha8Rng) -> Change {
    let at = time(dice.random_range(0..MINUTES));
    let client = &organisation.clients[dice.random_range(0..organisation.clients.len())];
    let hours = dice.random_range(1..24);
    match number % 8 {
        0..3 => update(client, at, json!({"idTokenValidity": hours})),
        3 => update(
            client,
            at,
            json!({"logoutURLs": [format!("https://{hours}.example.com")]}),
        ),
        4 => {
            let request = json!({"userPoolId": client.pool, "mfaConfiguration": "OFF",
                "userPoolTags": {"release": hours}});
            of_pool(client, at, request)
        }
        5 => {
            let function = json!({"functionName": format!("trigger-{hours}-EXAMPLE")});
            call(
                "lambda.amazonaws.com",
                "UpdateFunctionCode20150331v2",
                at,
                function,
            )
        }
        6 => {
            let secret = json!({"secretId": format!("service-{hours}-EXAMPLE")});
            call("secretsmanager.amazonaws.com", "PutSecretValue", at, secret)
        }
        _ => Change {
            error: Some("InvalidParameterException".to_owned()),
            ..update(client, at, json!({"callbackURLs": []}))
        },
    }
}

/// An update that sends every setting of the client, some of them altered.
fn update(client: &Client, at: DateTime<Utc>, altered: Value) -> Change {
    let mut request = json!({
        "userPoolId": client.pool,
        "clientId": client.id,
        "clientName": client.id,
        "explicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "callbackURLs": [format!("https://{}.example.com/callback", client.id)],
        "allowedOAuthFlows": match client.flows.len() {
            1 => ["client_credentials"],
            _ => ["code"],
        },
        "allowedOAuthScopes": ["api.EXAMPLE/read", "api.EXAMPLE/write", "openid"],
        "allowedOAuthFlowsUserPoolClient": true,
        "supportedIdentityProviders": ["COGNITO"],
        "refreshTokenValidity": 30,
        "idTokenValidity": 1,
    });
    if let (Some(all), Value::Object(altered)) = (request.as_object_mut(), altered) {
        all.extend(altered);
    }
    Change {
        client: Some(client.id.clone()),
        user_pool: Some(client.pool.clone()),
        ..call(
            "cognito-idp.amazonaws.com",
            "UpdateUserPoolClient",
            at,
            request,
        )
    }
}

fn of_pool(client: &Client, at: DateTime<Utc>, request: Value) -> Change {
    Change {
        user_pool: Some(client.pool.clone()),
        ..call("cognito-idp.amazonaws.com", "UpdateUserPool", at, request)
    }
}

fn call(service: &str, name: &str, time: DateTime<Utc>, request: Value) -> Change {
    Change {
        time,
        event_id: String::new(),
        name: name.to_owned(),
        service: service.to_owned(),
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        user_pool: None,
        client: None,
        actor: Some("arn:aws:iam::111122223333:role/deploy".to_owned()),
        actor_chain: Vec::new(),
        tool: Some("terraform".to_owned()),
        source_ip: Some("192.0.2.10".to_owned()),
        request: Some(request.to_string()),
        response: None,
        error: None,
        error_message: None,
    }
}
