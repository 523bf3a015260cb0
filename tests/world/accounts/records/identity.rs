//! Who makes a call: `userIdentity` and agent of the people, tools and services of an account.

use serde_json::{Value, json};

use super::super::{
    chance::luck,
    model::{Actor, HOUR, MINUTE, Millis, Tool, World},
    truth::iso,
};
use super::{
    choice::{CAPITALS, label, letters, of_luck},
    style::principal,
};

/// The `userIdentity` of whoever this ARN is, as JSON.
pub fn of_arn(world: &World, arn: &str, at: Millis, invoked_by: Option<&str>) -> String {
    let account = &world.estate.account;
    let mut parts = arn.splitn(3, '/');
    let mut part = || parts.next().unwrap_or_default();
    let (kind, name, session) = (part(), part(), part());
    let mut identity = if arn.ends_with(".amazonaws.com") {
        json!({"type": "AWSService", "invokedBy": arn})
    } else if arn.ends_with(":root") {
        json!({"type": "Root", "principalId": account, "arn": arn, "accountId": account})
    } else if kind.ends_with(":user") {
        json!({
            "type": "IAMUser",
            "principalId": principal(world, "AIDA", name),
            "arn": arn,
            "accountId": account,
            "accessKeyId": key(world, "AKIA", name, 0),
            "userName": arn.rsplit('/').next(),
        })
    } else {
        of_role(world, arn, name, session, at)
    };
    if let Some(service) = invoked_by {
        identity["invokedBy"] = service.into();
    }
    identity.to_string()
}

fn of_role(world: &World, arn: &str, name: &str, session: &str, at: Millis) -> Value {
    let account = &world.estate.account;
    let role = principal(world, "AROA", name);
    // A session lasts an hour, more or less, and has a key of its own.
    let begun = at - at.rem_euclid(HOUR) - (at.div_euclid(HOUR) % 7) * MINUTE;
    json!({
        "type": "AssumedRole",
        "principalId": format!("{role}:{session}"),
        "arn": arn,
        "accountId": account,
        "accessKeyId": key(world, "ASIA", arn, begun),
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": role,
                "arn": format!("arn:aws:iam::{account}:role/{name}"),
                "accountId": account,
                "userName": name,
            },
            "attributes": {"creationDate": iso(begun), "mfaAuthenticated": "false"},
        },
    })
}

fn key(world: &World, prefix: &str, name: &str, session: Millis) -> String {
    let numbers = [label(name), session as u64, 2];
    prefix.to_owned() + &letters(world.seed, &numbers, CAPITALS, 16)
}

/// Through which service a tool works, if through one.
pub fn invoked_by(tool: Tool) -> Option<&'static str> {
    matches!(tool, Tool::CloudFormation | Tool::Cdk).then_some("cloudformation.amazonaws.com")
}

/// From where a tool's calls come.
pub fn address(actor: &Actor) -> &str {
    invoked_by(actor.tool).unwrap_or(&actor.address)
}

/// The agent of somebody's calls to a service.
pub fn agent(world: &World, place: usize, service: &str, call: &str) -> String {
    let luck = luck(world.seed, &[label("agent"), place as u64]);
    let service = service.split('.').next().unwrap_or_default();
    let known: &[&str] = match world.estate.actors[place].tool {
        Tool::Terraform => return of_terraform(luck, service),
        Tool::Cli => return of_cli(luck, service, call),
        Tool::CloudFormation | Tool::Cdk => &["cloudformation.amazonaws.com"],
        Tool::Pulumi => &PULUMI,
        Tool::Console => &BROWSERS,
        Tool::Script => &SCRIPTS,
        Tool::Controller => &CONTROLLERS,
        Tool::Pipeline => &PIPELINES,
    };
    (*of_luck(known, luck)).to_owned()
}

fn of_cli(luck: f64, service: &str, call: &str) -> String {
    let version = of_luck(&["2.15.30", "2.19.1", "2.22.7"], luck);
    let system = of_luck(
        &["macos#24.1.0 md/arch#arm64", "linux#6.8.0 md/arch#x86_64"],
        luck * 5.0 % 1.0,
    );
    format!(
        "aws-cli/{version} md/awscrt#0.23.4 ua/2.0 os/{system} lang/python#3.12.6 cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#{service}.{}",
        kebab(call)
    )
}

fn of_terraform(luck: f64, service: &str) -> String {
    let (terraform, provider) = of_luck(
        &[
            ("1.5.7", "5.31.0"),
            ("1.9.8", "5.82.2"),
            ("1.10.3", "6.2.0"),
            ("1.7.4", "4.67.0"),
        ],
        luck,
    );
    let agent = format!(
        "APN/1.0 HashiCorp/1.0 Terraform/{terraform} (+https://www.terraform.io) terraform-provider-aws/{provider} (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.32.2 os/linux lang/go#1.22.5 api/{}#1.46.3",
        service.replace('-', "")
    );
    match luck * 10.0 % 1.0 < 0.2 {
        true => format!("[{agent}]"),
        false => agent,
    }
}

const PULUMI: [&str; 2] = [
    "APN/1.0 Pulumi/1.0 PulumiAws/6.52.0 aws-sdk-go-v2/1.32.2 os/linux lang/go#1.22.5",
    "APN/1.0 Pulumi/1.0 PulumiAws/6.66.1 aws-sdk-go-v2/1.32.2 os/linux lang/go#1.23.4",
];

const SCRIPTS: [&str; 2] = [
    "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#5.15 md/arch#x86_64 lang/python#3.11.9 md/pyimpl#CPython",
    "Boto3/1.36.2 md/Botocore#1.36.2 ua/2.0 os/linux#6.1 md/arch#aarch64 lang/python#3.12.6 md/pyimpl#CPython",
];

const CONTROLLERS: [&str; 3] = [
    "aws-controllers-k8s/cognitoidentityprovider.services.k8s.aws-v0.1.2 aws-sdk-go/1.55.5 (go1.22.5; linux; amd64)",
    "crossplane-provider-aws/v1.14.0 aws-sdk-go-v2/1.32.2 os/linux lang/go#1.22.5",
    "Boto3/1.35.80 md/Botocore#1.35.80 os/linux exec-env/AWS_Lambda_python3.12",
];

const PIPELINES: [&str; 2] = [
    "aws-sdk-js/3.687.0 ua/2.1 os/linux lang/js md/nodejs#20.18.0",
    "aws-cli/2.19.1 md/awscrt#0.23.4 os/linux#6.8.0 lang/python#3.12.6",
];

const BROWSERS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
];

/// `UpdateUserPool` as `update-user-pool`.
fn kebab(call: &str) -> String {
    let call = call.trim_end_matches(|last: char| last.is_ascii_digit() || last == 'v');
    let mut kebab = String::new();
    for letter in call.chars() {
        if letter.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}
