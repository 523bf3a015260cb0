//! Who alters things, with what.

use super::{
    super::model::{Actor, Tool},
    callers,
    founding::Founding,
    words,
};

/// Adds at least one actor of each tool, and two to four administrators on the console.
pub fn draw(f: &mut Founding<'_>) {
    let runner = callers::public(0.0, f.chance);
    stacks(f);
    let stage = words::stage(f.chance);
    let run = run_id(f);
    assumed(
        f,
        Tool::Terraform,
        format!("terraform-{stage}/{run}"),
        runner.clone(),
    );
    let (session, address) = (words::lower(8, f.chance), callers::public(0.0, f.chance));
    assumed(f, Tool::Pulumi, format!("pulumi-deploy/{session}"), address);
    let (instance, address) = (words::hex(16, f.chance), callers::private(f.chance));
    assumed(
        f,
        Tool::Script,
        format!("ops-runner/i-0{instance}"),
        address,
    );
    let (run, address) = (run_id(f), callers::public(0.0, f.chance));
    assumed(
        f,
        Tool::Controller,
        format!("identity-controller/{run}"),
        address,
    );
    let role = pipeline(f);
    assumed(f, Tool::Pipeline, role, runner);
    people(f);
}

/// CloudFormation, by itself and for CDK.
fn stacks(f: &mut Founding<'_>) {
    let service = "cloudformation.amazonaws.com".to_owned();
    let stage = words::stage(f.chance);
    let role = format!("{stage}-stack-execution/AWSCloudFormation");
    assumed(f, Tool::CloudFormation, role, service.clone());
    let role = format!(
        "cdk-hnb659fds-cfn-exec-role-{}-{}/AWSCloudFormation",
        f.estate.account, f.estate.region
    );
    assumed(f, Tool::Cdk, role, service);
}

/// Somebody with keys of her own, and administrators who sign in to the console.
fn people(f: &mut Founding<'_>) {
    let mut people = words::people(f.chance).into_iter();
    let user = people.next().unwrap_or("admin");
    let arn = format!("arn:aws:iam::{}:user/{user}", f.estate.account);
    let address = callers::public(0.1, f.chance);
    add(f, Tool::Cli, arn, address);
    let set = *f
        .chance
        .pick(&["AdministratorAccess", "PowerUserAccess", "IdentityAdmin"]);
    let role = format!("AWSReservedSSO_{set}_{}", words::hex(16, f.chance));
    for person in people.take(f.chance.whole(2, 4) as usize) {
        let address = callers::public(0.1, f.chance);
        assumed(
            f,
            Tool::Console,
            format!("{role}/{person}@example.com"),
            address,
        );
    }
}

fn run_id(f: &mut Founding<'_>) -> i64 {
    f.chance.whole(1_000_000_000, 9_999_999_999)
}

/// What deploys the applications.
fn pipeline(f: &mut Founding<'_>) -> String {
    match f.chance.whole(0, 2) {
        0 => "app-deploy/GitHubActions".to_owned(),
        1 => format!("release-pipeline/{}", run_id(f)),
        _ => format!("codebuild-services/AWSCodeBuild-{}", f.chance.uuid()),
    }
}

/// Adds somebody who works under a role.
fn assumed(f: &mut Founding<'_>, tool: Tool, role: String, address: String) {
    let arn = format!("arn:aws:sts::{}:assumed-role/{role}", f.estate.account);
    add(f, tool, arn, address);
}

fn add(f: &mut Founding<'_>, tool: Tool, arn: String, address: String) {
    f.estate.actors.push(Actor { arn, tool, address });
}
