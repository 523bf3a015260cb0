//! Undoing changes around a pool: resource servers, providers, domains, functions, firewalls.

use serde_json::{Map, Value, json};

use super::{
    Case, Undo,
    call::{Call, quoted},
    merge::put_back,
};
use crate::{
    cognito::setting::{Known, Resource, Setting, Settings, known, may_exist, value},
    ids::UserPoolId,
};

/// The undo of a change of anything but a client or a pool.
pub(super) fn undo(case: &Case<'_>) -> Undo {
    let created = case.found.change.name.starts_with("Create");
    match &case.found.resource {
        _ if created => Undo::none("What was created took nothing away."),
        Resource::ResourceServer(pool, identifier) => resource_server(case, pool, identifier),
        Resource::IdentityProvider(pool, name) => identity_provider(case, pool, name),
        Resource::Domain(pool, domain) => self::domain(case, pool, domain),
        Resource::Function(name) => function(case, name),
        Resource::Firewall(name) => firewall(name),
        Resource::Other(service, name) => other(case, service, name),
        Resource::Client(..) | Resource::Pool(_) => Undo::none("Nothing is known to undo."),
    }
}

fn resource_server(case: &Case<'_>, pool: &UserPoolId, identifier: &str) -> Undo {
    let setting = Setting::named("Scopes");
    let restores = may_exist(case.now);
    let scopes = if restores {
        put_back(case.before, case.after, case.now, &setting)
    } else {
        known(case.before, &setting).clone()
    };
    let Some(scopes) = scopes.value().and_then(Value::as_array) else {
        return Undo::steps(vec![format!(
            "The logs do not hold the scopes that the resource server `{identifier}` had: ask \
             whoever set it up, and create them again."
        )]);
    };
    let name = value(case.before, "Name").cloned();
    let document = json!({
        "UserPoolId": pool.as_str(),
        "Identifier": identifier,
        "Name": name.unwrap_or_else(|| json!(identifier)),
        "Scopes": scopes.iter().map(|scope| described(case.before, case.now, scope)).collect::<Value>(),
    });
    let kind = if restores {
        "update_resource_server"
    } else {
        "create_resource_server"
    };
    Undo::call(&cognito(case, kind), document)
}

/// A scope with the description that the API asks for; its own name where none is known.
fn described(before: &Settings, now: &Settings, scope: &Value) -> Value {
    let name = scope.as_str().unwrap_or_default();
    let setting = Setting::from(format!("ScopeDescription.{name}"));
    let description = [before, now]
        .iter()
        .find_map(|settings| known(settings, &setting).value())
        .unwrap_or(scope);
    json!({"ScopeName": scope, "ScopeDescription": description})
}

fn identity_provider(case: &Case<'_>, pool: &UserPoolId, name: &str) -> Undo {
    let arguments = format!(
        "--user-pool-id {} --provider-name {}",
        quoted(pool.as_str()),
        quoted(name)
    );
    let (read, write) = if may_exist(case.now) {
        ("describe_identity_provider", "update_identity_provider")
    } else {
        ("list_identity_providers", "create_identity_provider")
    };
    let mut steps = Vec::new();
    if read.starts_with("describe") {
        let read = cognito(case, read).start();
        steps.push(format!("Look at it as it is: `{read} {arguments}`."));
    }
    steps.extend(lines(case));
    steps.push(format!(
        "Send it complete, with the provider's client secret, which no log shows: `{} {arguments} \
         --provider-details …`.",
        cognito(case, write).start()
    ));
    Undo::steps(steps)
}

/// The lines that were there before and are another way now, as instructions.
fn lines(case: &Case<'_>) -> Vec<String> {
    let deleted = !may_exist(case.now);
    let settings: Vec<&Setting> = if deleted {
        case.before.keys().collect()
    } else {
        case.guilty.iter().collect()
    };
    let told = settings
        .into_iter()
        .filter(|setting| **setting != Setting::EXISTS);
    told.map(|setting| match case.was(setting) {
        Some(value) if value == "null" => format!("Take `{setting}` out."),
        Some(value) => format!("Set `{setting}` to `{value}`."),
        None => format!("The logs do not hold what `{setting}` was before."),
    })
    .collect()
}

fn domain(case: &Case<'_>, pool: &UserPoolId, domain: &str) -> Undo {
    let before = |name| value(case.before, name).filter(|value| !value.is_null());
    let certificate = before("CustomDomainConfig.CertificateArn");
    let gone = !may_exist(case.now);
    // A custom domain is a host name; a prefix domain holds no dot.
    let custom = domain.contains('.');
    let lost = |setting: &Setting| known(case.before, setting).value().is_none();
    if custom && certificate.is_none() || case.guilty.iter().any(lost) {
        return Undo::steps(vec![format!(
            "Put the domain `{domain}` back with what it had, which the logs do not hold: `{} --user-pool-id {} --domain {} --custom-domain-config CertificateArn=…`.",
            cognito(case, domain_call(gone)).start(),
            quoted(pool.as_str()),
            quoted(domain)
        )]);
    }
    let mut document = Map::new();
    document.insert("Domain".to_owned(), json!(domain));
    document.insert("UserPoolId".to_owned(), json!(pool.as_str()));
    if let Some(version) = before("ManagedLoginVersion") {
        document.insert("ManagedLoginVersion".to_owned(), version.clone());
    }
    if let Some(arn) = certificate {
        let config = json!({"CertificateArn": arn});
        document.insert("CustomDomainConfig".to_owned(), config);
    }
    let call = cognito(case, domain_call(gone));
    let mut undo = Undo::call(&call, document.into());
    if custom && gone {
        undo.steps.push(
            "Point the DNS record of the domain at the CloudFront host that the call prints."
                .to_owned(),
        );
    }
    undo
}

fn domain_call(gone: bool) -> &'static str {
    if gone {
        "create_user_pool_domain"
    } else {
        "update_user_pool_domain"
    }
}

/// A function's concurrency and permissions can be put back; its code only by who deployed it.
fn function(case: &Case<'_>, name: &str) -> Undo {
    for setting in &case.guilty {
        let was = known(case.before, setting);
        let undo = match setting.as_str() {
            "ReservedConcurrentExecutions" => concurrency(case, name, was),
            permission => match permission.strip_prefix("Permission.") {
                Some(id) => self::permission(case, name, id, was),
                None => None,
            },
        };
        if let Some(undo) = undo {
            return undo;
        }
    }
    let alias = format!(
        "`aws lambda list-versions-by-function --function-name {}`",
        quoted(name)
    );
    let api = case.found.change.name.as_str();
    Undo::steps(match api {
        _ if case.guilty.contains(&Setting::EXISTS) => vec![format!(
            "Deploy the function `{name}` again and let Cognito call it (`aws lambda \
             add-permission`, principal `cognito-idp.amazonaws.com`)."
        )],
        _ if api.contains("Permission") => vec![format!(
            "Let Cognito call the function `{name}` again: `aws lambda add-permission \
             --function-name {} --statement-id cognito --action lambda:InvokeFunction --principal \
             cognito-idp.amazonaws.com --source-arn ARN_OF_THE_USER_POOL`.",
            quoted(name)
        )],
        _ => vec![
            format!("Look for the version before the change: {alias}."),
            format!("Deploy that code and configuration of `{name}` again; no log holds them."),
        ],
    })
}

fn concurrency(case: &Case<'_>, name: &str, was: &Known) -> Option<Undo> {
    let count = was.value();
    // Nothing known of before: most functions reserve nothing.
    let (kind, document) = match count.filter(|count| !count.is_null()) {
        Some(count) => (
            "put_function_concurrency",
            json!({"FunctionName": name, "ReservedConcurrentExecutions": count}),
        ),
        None => ("delete_function_concurrency", json!({"FunctionName": name})),
    };
    let mut undo = Undo::call(&lambda(case, kind), document);
    if count.is_none() {
        undo.assumed
            .push(Setting::named("ReservedConcurrentExecutions"));
    }
    Some(undo)
}

fn permission(case: &Case<'_>, name: &str, id: &str, was: &Known) -> Option<Undo> {
    let mut document = Map::new();
    document.insert("FunctionName".to_owned(), json!(name));
    document.insert("StatementId".to_owned(), json!(id));
    match was.value()? {
        Value::Null => Some(Undo::call(
            &lambda(case, "remove_permission"),
            document.into(),
        )),
        statement => {
            document.extend(statement.as_object()?.clone());
            let whole = document.contains_key("Action") && document.contains_key("Principal");
            let call = lambda(case, "add_permission");
            whole.then(|| Undo::call(&call, document.into()))
        }
    }
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

fn cognito<'a>(case: &'a Case<'_>, kind: &'static str) -> Call<'a> {
    Call {
        kind,
        service: "cognito-idp",
        region: case.region.as_deref(),
    }
}

fn lambda<'a>(case: &'a Case<'_>, kind: &'static str) -> Call<'a> {
    Call {
        kind,
        service: "lambda",
        region: case.region.as_deref(),
    }
}
