//! Named steps where no single update undoes a change.

use serde_json::{Value, json};

use super::{Undo, command, quoted};
use crate::cognito::{
    history::ConfigChange,
    setting::{Known, Resource, Setting},
};

/// Steps and nothing else.
pub fn only(steps: Vec<String>) -> Undo {
    Undo {
        kind: "steps",
        command: None,
        document: None,
        steps,
        assumed: Vec::new(),
    }
}

/// What a person has to do to undo the lines of a change.
pub fn for_change(
    change: &ConfigChange,
    lines: &[(&Setting, &Known)],
    region: Option<&str>,
) -> Undo {
    let name = change.change.name.as_str();
    match &change.resource {
        Resource::Client(pool, client) if name == "DeleteUserPoolClientSecret" => {
            let call = format!(
                "--user-pool-id {} --client-id {} --client-secret …",
                quoted(pool.as_str()),
                quoted(client.as_str())
            );
            only(vec![
                "A deleted secret cannot be read back from Cognito.".to_owned(),
                format!(
                    "If the callers still hold its value, add it again: `{}`.",
                    command("add-user-pool-client-secret", region, &call)
                ),
                "Else give the callers the secret that is left.".to_owned(),
            ])
        }
        Resource::Client(..) if name == "DeleteUserPoolClient" => only(vec![
            "A deleted app client cannot be restored; its id does not come back.".to_owned(),
            "Create a new one with the settings shown above, and give its id and secret to the \
             callers."
                .to_owned(),
        ]),
        Resource::Client(pool, client) => put_back(
            lines,
            "update-user-pool-client",
            &command(
                "describe-user-pool-client",
                region,
                &format!(
                    "--user-pool-id {} --client-id {}",
                    quoted(pool.as_str()),
                    quoted(client.as_str())
                ),
            ),
        ),
        Resource::Pool(_) if name == "DeleteUserPool" => only(vec![
            "A deleted user pool can be restored by AWS Support for 14 days.".to_owned(),
        ]),
        Resource::Pool(pool) if name.ends_with("WebACL") => web_acl(pool.as_str(), lines, region),
        Resource::Pool(pool) => put_back(
            lines,
            "update-user-pool",
            &command(
                "describe-user-pool",
                region,
                &format!("--user-pool-id {}", quoted(pool.as_str())),
            ),
        ),
        Resource::ResourceServer(pool, identifier) => {
            resource_server(change, pool.as_str(), identifier, lines, region)
        }
        Resource::IdentityProvider(_, provider) => only(vec![
            format!("Put the settings of the identity provider `{provider}` back as shown above."),
            "Its client secret is masked in every log: take it from the provider.".to_owned(),
        ]),
        Resource::Domain(pool, domain) => only(vec![format!(
            "Create the domain again: `{}`.",
            command(
                "create-user-pool-domain",
                region,
                &format!(
                    "--user-pool-id {} --domain {}",
                    quoted(pool.as_str()),
                    quoted(domain)
                )
            )
        )]),
        Resource::Function(function) => only(vec![
            format!("Deploy the version of the function `{function}` from before the change."),
            "If its permission for Cognito was removed: `aws lambda add-permission`; if its \
             concurrency was limited: `aws lambda delete-function-concurrency`."
                .to_owned(),
        ]),
        Resource::Firewall(name) => only(vec![format!(
            "Take the change of `{name}` back in AWS WAF; its rules are in no log."
        )]),
        Resource::Other(service, name) => only(vec![format!(
            "Put `{name}` of {service} back; its value is in no log."
        )]),
    }
}

/// Read everything, put the lines back, send everything.
fn put_back(lines: &[(&Setting, &Known)], update: &str, describe: &str) -> Undo {
    let mut steps = vec![format!("Save the settings as they are: `{describe}`.")];
    for (name, before) in lines {
        steps.push(match before.value() {
            Some(Value::Null) | None => match before {
                Known::Unknown => format!("Put `{name}` back; its value before is not known."),
                _ => format!("Remove `{name}`."),
            },
            Some(value) => format!("Put `{name}` back to `{value}`."),
        });
    }
    steps.push(format!(
        "Send everything with `aws cognito-idp {update}`: what an update leaves out is reset."
    ));
    only(steps)
}

fn web_acl(pool: &str, lines: &[(&Setting, &Known)], region: Option<&str>) -> Undo {
    let region = region.map_or(String::new(), |region| {
        format!(" --region {}", quoted(region))
    });
    let before = lines.first().and_then(|(_, before)| before.value());
    let call = match before.and_then(Value::as_str).filter(|arn| !arn.is_empty()) {
        Some(arn) => format!("associate-web-acl{region} --web-acl-arn {}", quoted(arn)),
        None => format!("disassociate-web-acl{region}"),
    };
    only(vec![format!(
        "`aws wafv2 {call} --resource-arn …`, with the ARN of the user pool `{pool}`."
    )])
}

/// The scopes of a resource server are all in its requests: a real call.
fn resource_server(
    change: &ConfigChange,
    pool: &str,
    identifier: &str,
    lines: &[(&Setting, &Known)],
    region: Option<&str>,
) -> Undo {
    let scopes = change
        .diff
        .iter()
        .find(|line| line.setting.0 == "Scopes")
        .map(|line| &line.before)
        .or_else(|| lines.first().map(|(_, before)| *before));
    let Some(Value::Array(names)) = scopes.and_then(Known::value) else {
        return only(vec![format!(
            "Create the resource server `{identifier}` again with the scopes it had."
        )]);
    };
    let scopes: Vec<Value> = names
        .iter()
        .map(|name| json!({"ScopeName": name, "ScopeDescription": name}))
        .collect();
    let document = json!({
        "UserPoolId": pool,
        "Identifier": identifier,
        "Name": identifier,
        "Scopes": scopes,
    });
    let (kind, operation) = match change.change.name.as_str() {
        "DeleteResourceServer" => ("create_resource_server", "create-resource-server"),
        _ => ("update_resource_server", "update-resource-server"),
    };
    let input = format!("--cli-input-json {}", quoted(&document.to_string()));
    Undo {
        kind,
        command: Some(command(operation, region, &input)),
        document: Some(document),
        steps: vec![
            "Descriptions of the scopes are in no log: their names stand for them.".to_owned(),
        ],
        assumed: Vec::new(),
    }
}
