//! What a change was made to.

use serde_json::{Map, Value};

use super::object;
use crate::{
    cognito::setting::Resource,
    ids::{AppClientId, UserPoolId},
    queries,
    record::Change,
};

/// The resource a change names.
pub fn of(change: &Change) -> Resource {
    let request = object(&change.request);
    let name = change.name.as_str();
    match change.service.as_str() {
        queries::COGNITO => of_cognito(change, &request),
        "lambda.amazonaws.com" => Resource::Function(function(&text(&request, "functionName"))),
        "wafv2.amazonaws.com" => match (&change.user_pool, name) {
            (Some(pool), "AssociateWebACL" | "DisassociateWebACL") => {
                Resource::Pool(UserPoolId::new(pool))
            }
            _ => Resource::Firewall(first(&request, &["aRN", "arn", "id", "name"])),
        },
        service => Resource::Other(
            service.trim_end_matches(".amazonaws.com").to_owned(),
            first(
                &request,
                &[
                    "secretId",
                    "name",
                    "certificateArn",
                    "hostedZoneId",
                    "keyId",
                    "roleName",
                    "stackName",
                    "ruleArn",
                    "listenerArn",
                ],
            ),
        ),
    }
}

fn of_cognito(change: &Change, request: &Map<String, Value>) -> Resource {
    let Some(pool) = change.user_pool.as_ref().map(UserPoolId::new) else {
        return Resource::Other("cognito-idp".to_owned(), change.name.clone());
    };
    let name = change.name.as_str();
    if name.ends_with("ResourceServer") {
        return Resource::ResourceServer(pool, text(request, "identifier"));
    }
    if name.ends_with("IdentityProvider") {
        return Resource::IdentityProvider(pool, text(request, "providerName"));
    }
    if name.ends_with("UserPoolDomain") {
        return Resource::Domain(pool, text(request, "domain"));
    }
    match &change.client {
        Some(client) => Resource::Client(pool, AppClientId::new(client)),
        None => Resource::Pool(pool),
    }
}

/// A request's text member, in either spelling.
pub fn text(request: &Map<String, Value>, name: &str) -> String {
    let found = request
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name));
    found
        .and_then(|(_, value)| value.as_str())
        .unwrap_or_default()
        .to_owned()
}

fn first(request: &Map<String, Value>, names: &[&str]) -> String {
    let mut texts = names.iter().map(|name| text(request, name));
    texts.find(|text| !text.is_empty()).unwrap_or_default()
}

/// The bare name in a name, partial ARN or ARN of a function.
pub fn function(name: &str) -> String {
    let tail = name.split_once("function:").map_or(name, |(_, tail)| tail);
    tail.split(':').next().unwrap_or(tail).to_owned()
}
