//! What writes to the parts around a pool did: resource servers, identity providers, domains, and
//! the Lambda functions that serve as triggers.

use serde_json::{Map, Value, json};

use super::{
    effect::{Effect, wrapped, yes},
    write::Write,
};
use crate::cognito::{
    members::{DOMAIN, IDENTITY_PROVIDER},
    read::{self, get, get_text},
    setting::{Known, Setting, Settings},
};

/// A resource server: its `Scopes` by name, replaced as a whole, and each scope's description.
pub(super) fn resource_server(write: &Write<'_>, before: &Settings) -> Effect {
    // A response may as well show the ids alone.
    let answered = wrapped(write, "resourceServer");
    let whole = answered.filter(|shown| get(shown, "Scopes").is_some());
    let to = whole.or(write.request.as_ref()).or(answered).map(scopes);
    match (write.api, to) {
        ("CreateResourceServer", to) => Effect::created(to.unwrap_or_default()),
        ("UpdateResourceServer", Some(to)) => Effect::overlay(before, to).of_existing(),
        ("DeleteResourceServer", _) => Effect::deleted(),
        _ => Effect::opaque(before).of_existing(),
    }
}

pub(super) fn scopes(object: &Map<String, Value>) -> Settings {
    let list = get(object, "Scopes").and_then(Value::as_array);
    let entries = || list.into_iter().flatten().filter_map(Value::as_object);
    let names = entries().filter_map(|scope| get_text(scope, "ScopeName"));
    let mut settings: Settings = entries()
        .filter_map(|scope| {
            let name = get_text(scope, "ScopeName")?;
            let described = get(scope, "ScopeDescription")?;
            let setting = Setting::from(format!("ScopeDescription.{name}"));
            let known = match read::is_mask(described) {
                true => Known::Unknown,
                false => Known::Observed(described.clone()),
            };
            Some((setting, known))
        })
        .collect();
    let is_masked = |scope: &Value| match scope.as_object() {
        Some(scope) => get(scope, "ScopeName").is_some_and(read::is_mask),
        None => read::is_mask(scope),
    };
    let names = match get(object, "Scopes") {
        Some(value) if !value.is_array() => Known::Unknown,
        Some(_) if list.into_iter().flatten().any(is_masked) => Known::Unknown,
        _ => Known::Observed(read::set(names.map(str::to_owned))),
    };
    settings.insert(Setting::named("Scopes"), names);
    if let Some(name) = get_text(object, "Name") {
        settings.insert(Setting::named("Name"), Known::Observed(json!(name)));
    }
    settings
}

const DETAILS: &str = "ProviderDetails.";
const MAPPING: &str = "AttributeMapping.";

fn has_lines(settings: &Settings, prefix: &str) -> bool {
    let mut names = settings.keys();
    names.any(|setting| setting.as_str().starts_with(prefix))
}

/// An identity provider: `ProviderDetails` and `AttributeMapping` line by line; its secret hidden.
pub(super) fn identity_provider(write: &Write<'_>, before: &Settings) -> Effect {
    let given = |object| read::given(object, IDENTITY_PROVIDER);
    let answered = wrapped(write, "identityProvider").map(given);
    let shows = |prefix: &str| {
        answered
            .as_ref()
            .is_some_and(|shown| has_lines(shown, prefix))
    };
    let shows_details = shows(DETAILS);
    let mut to = write.request.as_ref().map(given);
    if let Some(asked) = &mut to {
        // A map in the response is whole; a response may as well show the provider's type alone.
        let whole = [DETAILS, MAPPING]
            .into_iter()
            .filter(|prefix| shows(prefix));
        whole.for_each(|prefix| asked.retain(|setting, _| !setting.as_str().starts_with(prefix)));
    }
    if let Some(shown) = answered {
        to.get_or_insert_default().extend(shown);
    }
    match (write.api, to) {
        ("CreateIdentityProvider", to) => Effect::created(to.unwrap_or_default()),
        ("UpdateIdentityProvider", Some(to)) => {
            let mut effect = Effect::overlay(before, to);
            // A request need not repeat the details that Cognito found out itself.
            if shows_details {
                drop_lines(&mut effect, before, DETAILS);
            }
            drop_lines(&mut effect, before, MAPPING);
            effect.of_existing()
        }
        ("DeleteIdentityProvider", _) => Effect::deleted(),
        _ => Effect::opaque(before).of_existing(),
    }
}

/// Where a new map was given, the lines that it lacks are gone.
fn drop_lines(effect: &mut Effect, before: &Settings, prefix: &str) {
    let in_map = |setting: &&Setting| setting.as_str().starts_with(prefix);
    if !effect.touched.iter().any(|setting| in_map(&setting)) {
        return;
    }
    let lost: Vec<Setting> = before
        .keys()
        .filter(in_map)
        .filter(|setting| !effect.touched.contains(setting))
        .cloned()
        .collect();
    for setting in lost {
        effect.after.insert(setting, Known::Assumed(Value::Null));
    }
}

/// A domain: its login version and certificate.
pub(super) fn domain(write: &Write<'_>, before: &Settings) -> Effect {
    let mut to = Settings::new();
    if let Some(request) = &write.request {
        to.extend(read::given(request, DOMAIN));
    }
    match write.api {
        "CreateUserPoolDomain" => Effect::created(to),
        "UpdateUserPoolDomain" => Effect::overlay(before, to).of_existing(),
        "DeleteUserPoolDomain" => Effect::deleted(),
        _ => Effect::opaque(before).of_existing(),
    }
}

/// A Lambda function: whether it is there, how many may run, who may call it. Its code and
/// environment stand in no log. Source:
/// <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>
pub(super) fn function(write: &Write<'_>, before: &Settings) -> Effect {
    let concurrency = |count: Option<&Value>| {
        let known = match count.map(read::as_it_stands) {
            Some(count) if !read::is_mask(&count) => Known::Observed(count),
            _ => Known::Unknown,
        };
        let setting = Setting::named("ReservedConcurrentExecutions");
        Effect::overlay(before, Settings::from([(setting, known)])).of_existing()
    };
    let request = write.request.as_ref();
    match write.api {
        "CreateFunction" => Effect::created(Settings::new()),
        // With a qualifier it deletes one version and leaves the function.
        "DeleteFunction" if write.asked("qualifier").is_none() => Effect::deleted(),
        "PutFunctionConcurrency" => {
            concurrency(request.and_then(|request| get(request, "reservedConcurrentExecutions")))
        }
        "DeleteFunctionConcurrency" => concurrency(Some(&Value::Null)),
        "AddPermission" | "RemovePermission" => permission(write, before),
        _ => Effect {
            after: {
                let mut after = before.clone();
                after.insert(Setting::EXISTS, yes());
                after
            },
            ..Effect::opaque(before)
        },
    }
}

/// Adding fails where the statement exists, removing where it does not.
fn permission(write: &Write<'_>, before: &Settings) -> Effect {
    let Some(id) = write.asked("statementId") else {
        return Effect::opaque(before).of_existing();
    };
    let setting = Setting::from(format!("Permission.{id}"));
    let adds = write.api == "AddPermission";
    let after = if adds { statement(write) } else { Value::Null };
    let to = Settings::from([(setting.clone(), Known::Observed(after))]);
    let mut effect = Effect::overlay(before, to).of_existing();
    if adds {
        let absent = Known::Observed(Value::Null);
        effect.implied.insert(setting, absent);
    }
    effect
}

fn statement(write: &Write<'_>) -> Value {
    ["Action", "Principal", "SourceAccount", "SourceArn"]
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), json!(write.asked(name)?))))
        .collect::<Map<String, Value>>()
        .into()
}
