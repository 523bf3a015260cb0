//! Previews of Pulumi: `pulumi preview --json`.
//!
//! Its AWS provider is made from Terraform's: the same properties in camel case, blocks as objects.
//! Source: <https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/>.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Action, Error, Format, Lines, Plan, Target, Text, broken, obscure::MASK, terraform};

/// What stands for a value that is not known yet.
const UNKNOWN: &str = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/// The member that marks an object as a secret.
const SECRET: &str = "4dabf18193072939515e22adb298388d";

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    steps: Vec<Step<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step<'a> {
    #[serde(borrow)]
    op: Text<'a>,
    #[serde(borrow)]
    urn: Text<'a>,
    #[serde(default)]
    old_state: Option<State>,
    #[serde(default)]
    new_state: Option<State>,
}

#[derive(Default, Deserialize)]
struct State {
    #[serde(default)]
    id: String,
    #[serde(default)]
    inputs: Map<String, Value>,
    #[serde(default)]
    outputs: Map<String, Value>,
}

/// Reads a preview.
pub(super) fn read(path: &str, text: &str) -> Result<Plan, Error> {
    let document: Document<'_> = serde_json::from_str(text).map_err(|error| broken(&error))?;
    let lines = Lines::of(text);
    let mut plan = Plan::new(path, Format::Pulumi);
    for step in document.steps {
        let Some(action) = action(&step.op.0) else {
            continue;
        };
        let line = match &step.urn.0 {
            std::borrow::Cow::Borrowed(urn) => lines.of_part(urn),
            std::borrow::Cow::Owned(_) => 1,
        };
        match target(step, action, line) {
            Some(target) => plan.targets.push(target),
            None => plan.passed_over += 1,
        }
    }
    Ok(plan)
}

/// What happens: a replacement is told in several steps, of which one counts.
fn action(op: &str) -> Option<Action> {
    match op {
        "create" => Some(Action::Create),
        "update" => Some(Action::Update),
        "replace" => Some(Action::Replace),
        "delete" => Some(Action::Delete),
        _ => None,
    }
}

fn target(step: Step<'_>, action: Action, line: usize) -> Option<Target> {
    // urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME
    let mut parts = step.urn.0.rsplit("::");
    let name = parts.next()?.to_owned();
    let kind = parts.next()?.rsplit('$').next()?;
    let shape = terraform::shape(terraform_type(kind)?)?;
    let (old, new) = (
        step.old_state.unwrap_or_default(),
        step.new_state.unwrap_or_default(),
    );
    let id = old.id.clone();
    let mut before = attributes(&old.inputs);
    let mut after = attributes(&new.inputs);
    let outputs = attributes(&old.outputs);
    // The program is given some of what tells which resource it is, and finds out the rest.
    for side in [&mut before, &mut after]
        .into_iter()
        .filter(|side| !side.is_empty())
    {
        if !id.is_empty() {
            side.insert("id".to_owned(), Value::from(id.as_str()));
        }
        for known in ["arn", "user_pool_id", "function_name"] {
            if let Some(value) = outputs.get(known) {
                side.entry(known).or_insert_with(|| value.clone());
            }
        }
    }
    terraform::target_of(name, shape, action, &before, &after, Vec::new())
        .map(|target| Target { line, ..target })
}

/// Terraform's name of a type of Pulumi's AWS provider.
fn terraform_type(kind: &str) -> Option<&'static str> {
    Some(match kind.strip_prefix("aws:")? {
        "cognito/userPoolClient:UserPoolClient"
        | "cognito/managedUserPoolClient:ManagedUserPoolClient" => "aws_cognito_user_pool_client",
        "cognito/userPool:UserPool" => "aws_cognito_user_pool",
        "cognito/userPoolDomain:UserPoolDomain" => "aws_cognito_user_pool_domain",
        "cognito/identityProvider:IdentityProvider" => "aws_cognito_identity_provider",
        "cognito/resourceServer:ResourceServer" => "aws_cognito_resource_server",
        "cognito/userPoolUICustomization:UserPoolUICustomization" => {
            "aws_cognito_user_pool_ui_customization"
        }
        "cognito/managedLoginBranding:ManagedLoginBranding" => "aws_cognito_managed_login_branding",
        "cognito/riskConfiguration:RiskConfiguration" => "aws_cognito_risk_configuration",
        "wafv2/webAclAssociation:WebAclAssociation" => "aws_wafv2_web_acl_association",
        "lambda/permission:Permission" => "aws_lambda_permission",
        "lambda/function:Function" => "aws_lambda_function",
        _ => return None,
    })
}

fn attributes(properties: &Map<String, Value>) -> Map<String, Value> {
    let own = properties
        .iter()
        .filter(|(name, _)| !name.starts_with("__"));
    own.map(|(name, value)| (attribute(name), self::value(name, value)))
        .collect()
}

fn value(name: &str, value: &Value) -> Value {
    // The keys of these are anybody's.
    const MAPS: [&str; 4] = ["attributeMapping", "providerDetails", "tags", "tagsAll"];
    match value {
        Value::String(text) if text == UNKNOWN => Value::from(MASK),
        Value::Object(members) if members.contains_key(SECRET) => Value::from(MASK),
        Value::Object(members) if MAPS.contains(&name) => {
            let inner = |(key, value): (&String, &Value)| (key.clone(), self::value("", value));
            Value::Object(
                members
                    .iter()
                    .filter(|(key, _)| *key != "__defaults")
                    .map(inner)
                    .collect(),
            )
        }
        Value::Object(members) => Value::Object(attributes(members)),
        Value::Array(items) => items.iter().map(|item| self::value(name, item)).collect(),
        value => value.clone(),
    }
}

/// `callbackUrls` becomes `callback_urls`; lists that Terraform names in the singular, too.
fn attribute(name: &str) -> String {
    match name {
        "scopes" => return "scope".to_owned(),
        "recoveryMechanisms" => return "recovery_mechanism".to_owned(),
        "function" => return "function_name".to_owned(),
        _ => {}
    }
    let mut out = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}
