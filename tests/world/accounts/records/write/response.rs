//! What a call answered, as far as the trail tells it.

use serde_json::{Map, Value, json};

use super::{
    super::{
        super::{
            chance::luck,
            model::{DAY, Does, Kind, Millis, Settings},
            truth::iso,
        },
        choice::{label, letters},
        clock::of_java,
        links,
        style::{Dates, MASK, Responses},
    },
    Around, elsewhere, parameters, stores, visible,
};

/// The answer's members by the names of the API's model; `None` where the trail has none.
pub fn of(around: &Around<'_>) -> Option<Map<String, Value>> {
    let creates_or_updates = !matches!(around.write.does, Does::Delete | Does::Nothing(_));
    let answer = match around.write.resource.kind {
        Kind::Client if creates_or_updates => json!({"UserPoolClient": client(around)}),
        Kind::Client => no_op_client(around)?,
        Kind::ClientSecrets => secrets(around),
        Kind::Provider if creates_or_updates => {
            json!({"IdentityProvider": state(around, "ProviderName")})
        }
        Kind::ResourceServer if creates_or_updates => {
            json!({"ResourceServer": state(around, "Identifier")})
        }
        Kind::Branding if creates_or_updates => {
            json!({"ManagedLoginBranding": state(around, "ManagedLoginBrandingId")})
        }
        Kind::UiCustomization if creates_or_updates => {
            json!({"UICustomization": state(around, "ClientId")})
        }
        Kind::RiskConfiguration if creates_or_updates => {
            json!({"RiskConfiguration": state(around, "ClientId")})
        }
        Kind::PoolMfa if creates_or_updates && around.style.responses == Responses::Full => {
            Value::Object(around.after.map(visible).unwrap_or_default())
        }
        Kind::Domain if creates_or_updates => json!({
            "CloudFrontDomain": format!(
                "d{}.cloudfront.net",
                letters(around.world.seed, &[label(&around.name())], b"abcdefghijklmn0123456789", 13)
            ),
        }),
        Kind::Pool if matches!(around.write.does, Does::Replace(_) | Does::Merge(_)) => json!({}),
        Kind::Function if creates_or_updates => function(around),
        Kind::FunctionPermission if creates_or_updates => permission(around),
        Kind::Acl | Kind::IpSet if creates_or_updates => {
            json!({"NextLockToken": around.next_lock()})
        }
        Kind::StoredSecret => stores::secret_answer(around),
        Kind::Parameter if creates_or_updates => {
            json!({"Version": 2 + around.write.id % 40, "Tier": "Standard"})
        }
        _ => return None,
    };
    match answer {
        Value::Object(mut members) => {
            members.retain(|_, value| !value.is_null());
            Some(members)
        }
        _ => None,
    }
}

/// An app client as it was left.
fn client(around: &Around<'_>) -> Value {
    let mut members = match around.style.responses {
        Responses::Full => around.after.map(visible).unwrap_or_default(),
        _ => Settings::new(),
    };
    members.remove("GenerateSecret");
    let estate = &around.world.estate;
    if let Some(client) = around.client() {
        let client = &estate.clients[client];
        members.insert(
            "UserPoolId".into(),
            estate.pools[client.pool].id.as_str().into(),
        );
        members.insert("ClientId".into(), client.id.as_str().into());
        members
            .entry("ClientName")
            .or_insert_with(|| client.name.as_str().into());
    }
    if around.style.responses == Responses::Full {
        if has_secret(around) {
            members.insert("ClientSecret".into(), MASK.into());
        }
        members.insert("LastModifiedDate".into(), date(around, around.write.at));
        let creates = matches!(around.write.does, Does::Create(_));
        let created = match creates {
            true => around.write.at,
            false => born(around),
        };
        members.insert("CreationDate".into(), date(around, created));
    }
    Value::Object(members)
}

/// A call on an app client that altered nothing answers as the others do.
fn no_op_client(around: &Around<'_>) -> Option<Value> {
    let answers = matches!(around.write.does, Does::Nothing(_))
        && around.write.call.ends_with("UserPoolClient")
        && !around.write.call.starts_with("Delete");
    answers.then(|| json!({"UserPoolClient": client(around)}))
}

fn has_secret(around: &Around<'_>) -> bool {
    let Some(client) = around.client() else {
        return false;
    };
    around
        .world
        .estate
        .settings
        .iter()
        .any(|(resource, settings)| {
            resource.kind == Kind::ClientSecrets
                && super::client_of(around.world, *resource) == Some(client)
                && settings
                    .get("secrets")
                    .is_some_and(|it| it.as_array().is_some_and(|it| !it.is_empty()))
        })
}

fn born(around: &Around<'_>) -> Millis {
    let numbers = [label("born"), u64::from(around.write.resource.index)];
    let age = 20.0 + 900.0 * luck(around.world.seed, &numbers);
    around.world.window.start - (age * DAY as f64) as Millis
}

pub fn date(around: &Around<'_>, at: Millis) -> Value {
    match around.style.dates {
        Dates::Java => of_java(at).into(),
        Dates::Iso => iso(at).into(),
        Dates::Epoch => (at / 1_000).into(),
    }
}

fn secrets(around: &Around<'_>) -> Value {
    if !around.write.call.starts_with("Add") {
        return json!({});
    }
    json!({"ClientSecretDescriptor": {
        "ClientSecretId": parameters::secret_id(around),
        "ClientSecretValue": MASK,
        "ClientSecretCreateDate": date(around, around.write.at),
    }})
}

/// What a resource of a pool was left as, with the member that names it.
fn state(around: &Around<'_>, named_by: &str) -> Value {
    let mut members = match around.style.responses {
        Responses::Full => around.after.map(visible).unwrap_or_default(),
        _ => Settings::new(),
    };
    if let Some(pool) = around.pool() {
        let id = around.world.estate.pools[pool].id.as_str();
        members.insert("UserPoolId".into(), id.into());
    }
    let name = match (named_by, around.client()) {
        ("ClientId", Some(client)) => around.world.estate.clients[client].id.clone(),
        ("ClientId", None) => "ALL".to_owned(),
        _ => around.name(),
    };
    members.insert(named_by.into(), name.into());
    Value::Object(members)
}

fn function(around: &Around<'_>) -> Value {
    let estate = &around.world.estate;
    let name = around.name();
    let short = parameters::last(&name);
    let mut members = around.after.map(visible).unwrap_or_default();
    members.retain(|member, _| !parameters::is_internal(Kind::Function, member));
    let known = json!({
        "FunctionName": short,
        "FunctionArn": format!("arn:aws:lambda:{}:{}:function:{short}", estate.region, estate.account),
        "CodeSha256": elsewhere::code_hash(around),
        "LastModified": iso(around.write.at),
        "Version": "$LATEST",
        "State": "Active",
    });
    members.extend(known.as_object().cloned().unwrap_or_default());
    if let Some(key) = links::key_of(around.world, around.write.resource) {
        members.insert("KMSKeyArn".into(), key.into());
    }
    Value::Object(members)
}

fn permission(around: &Around<'_>) -> Value {
    if !around.write.call.starts_with("Add") {
        return json!({});
    }
    let pool = around.pool().map(|pool| elsewhere::pool_arn(around, pool));
    let statement = json!({
        "Effect": "Allow",
        "Principal": {"Service": "cognito-idp.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Condition": {"ArnLike": {"AWS:SourceArn": pool}},
    });
    json!({"Statement": statement.to_string()})
}

pub fn secret_arn(around: &Around<'_>) -> String {
    let name = around.name();
    if name.starts_with("arn:") {
        return name;
    }
    let estate = &around.world.estate;
    let tail = letters(
        around.world.seed,
        &[label(&name)],
        b"abcdefghijkABCDEFGH0123456789",
        6,
    );
    format!(
        "arn:aws:secretsmanager:{}:{}:secret:{name}-{tail}",
        estate.region, estate.account
    )
}
