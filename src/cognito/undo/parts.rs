//! Undoing changes around a pool: resource servers, firewalls, secrets and parameters.

use serde_json::{Value, json};

use super::{
    Case, Undo,
    call::{Call, quoted},
    domain, function, provider,
};
use crate::{
    cognito::setting::{Resource, Setting, Settings, known, may_exist, value},
    ids::UserPoolId,
};

/// The undo of a change of anything but a client or a pool.
pub(super) fn undo(case: &Case<'_>) -> Undo {
    let created = case.found.change.name.starts_with("Create");
    match &case.found.resource {
        _ if created => Undo::none("What was created took nothing away."),
        Resource::ResourceServer(pool, identifier) => resource_server(case, pool, identifier),
        Resource::IdentityProvider(pool, name) => provider::undo(case, pool, name),
        Resource::Domain(pool, domain) => domain::undo(case, pool, domain),
        Resource::Function(name) => function::undo(case, name),
        Resource::Firewall(name) => firewall(name),
        Resource::Other(service, name) => other(case, service, name),
        Resource::Client(..) | Resource::Pool(_) => Undo::none("Nothing is known to undo."),
    }
}

fn resource_server(case: &Case<'_>, pool: &UserPoolId, identifier: &str) -> Undo {
    let setting = Setting::named("Scopes");
    let restores = may_exist(case.now);
    let scopes = if restores {
        case.states().put_back(&setting)
    } else {
        known(case.before, &setting).clone()
    };
    let Some(scopes) = scopes.value().and_then(Value::as_array) else {
        return Undo::steps(vec![format!(
            "The logs do not hold the scopes that the resource server `{identifier}` had: ask \
             whoever set it up, and create them again."
        )]);
    };
    let name = [case.now, case.before]
        .into_iter()
        .find_map(|settings| value(settings, "Name"));
    let nameless = scopes
        .iter()
        .filter(|scope| description(case, scope).is_none());
    let nameless: Vec<String> = nameless.map(|scope| format!("`{scope}`")).collect();
    let document = json!({
        "UserPoolId": pool.as_str(),
        "Identifier": identifier,
        "Name": name.cloned().unwrap_or_else(|| json!(identifier)),
        "Scopes": scopes.iter().map(|scope| described(case, scope)).collect::<Value>(),
    });
    let kind = match restores {
        true => "update_resource_server",
        false => "create_resource_server",
    };
    let mut undo = Undo::call(&cognito(case, kind), document);
    if !nameless.is_empty() {
        undo.steps.push(format!(
            "The logs do not show how {} was described: the name stands in place of it.",
            nameless.join(", ").replace('"', "")
        ));
    }
    undo
}

/// A scope with the description that the API asks for; its own name where none is known.
fn described(case: &Case<'_>, scope: &Value) -> Value {
    let description = description(case, scope).unwrap_or(scope);
    json!({"ScopeName": scope, "ScopeDescription": description})
}

fn description<'a>(case: &Case<'a>, scope: &Value) -> Option<&'a Value> {
    let name = scope.as_str().unwrap_or_default();
    let setting = Setting::from(format!("ScopeDescription.{name}"));
    let states: [&'a Settings; 2] = [case.now, case.before];
    states
        .into_iter()
        .find_map(|settings| known(settings, &setting).value())
}

fn firewall(name: &str) -> Undo {
    Undo::steps(vec![
        format!("Look in the AWS WAF log for the rule of `{name}` that blocks the requests."),
        "Set that rule to count, or take out what the change put in; no log holds the rules of \
         before."
            .to_owned(),
    ])
}

fn other(case: &Case<'_>, service: &str, name: &str) -> Undo {
    let name = if name.is_empty() { service } else { name };
    Undo::steps(match service {
        "secretsmanager" => vec![
            format!(
                "Make the version of before current again: `aws secretsmanager \
                 list-secret-version-ids --secret-id {0}`, then `aws secretsmanager \
                 update-secret-version-stage --secret-id {0} --version-stage AWSCURRENT …`.",
                quoted(name)
            ),
            "Let the applications read it again.".to_owned(),
        ],
        "ssm" => vec![
            format!(
                "Look up the value of before: `aws ssm get-parameter-history --name {}`, and put \
                 it back.",
                quoted(name)
            ),
            "Let the applications read it again.".to_owned(),
        ],
        _ => vec![format!(
            "Undo `{}` of `{name}` where it is managed; the logs do not hold what was there \
             before.",
            case.found.change.name
        )],
    })
}

pub(super) fn cognito<'a>(case: &'a Case<'_>, kind: &'static str) -> Call<'a> {
    Call {
        kind,
        service: "cognito-idp",
        region: case.region.as_deref(),
    }
}
