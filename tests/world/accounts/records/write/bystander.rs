//! What calls say that concern nobody's sign-in.

use serde_json::{Map, Value};

use super::{
    super::{
        super::{chance::bits, model::Settings},
        choice::{SMALL, label, letters},
        style::MASK,
    },
    Around, COGNITO,
    elsewhere::pool_arn,
};

/// Parameters of a call, but for what it sends.
pub fn parameters(around: &Around<'_>) -> Map<String, Value> {
    let mut members = Map::new();
    if around.write.service == COGNITO {
        of_cognito(around, &mut members);
    } else if !around.said().keys().any(|member| names_a_resource(member)) {
        let member = named_by(around.write.service).to_owned();
        members.insert(member, around.name().into());
    }
    members
}

/// What is said with the names that resources of this service have: a resource of the simulator may
/// stand for several.
pub fn named(around: &Around<'_>, said: Settings) -> Settings {
    let name = around.name();
    let own = own_name(around, &name);
    let renamed = said.into_iter().map(|(member, value)| match value {
        Value::String(text) if text == name => (member, own.clone().into()),
        value => (member, value),
    });
    renamed.collect()
}

fn own_name(around: &Around<'_>, name: &str) -> String {
    let estate = &around.world.estate;
    let (region, account) = (&estate.region, &estate.account);
    let service = around.write.service.split('.').next().unwrap_or_default();
    let settings = estate.settings.get(&around.write.resource);
    let of_another = settings.is_some_and(|settings| {
        settings
            .get("service")
            .is_some_and(|known| known != around.write.service)
    });
    let numbers = [label(name), label(service)];
    let other = |what: &str| match of_another {
        true => {
            let area = name.split(['-', '/']).next().unwrap_or(name);
            format!(
                "{area}-{what}-{}",
                letters(around.world.seed, &numbers, SMALL, 5)
            )
        }
        false => name.to_owned(),
    };
    match service {
        "s3" => other("files"),
        "monitoring" => other("latency"),
        "sqs" => format!(
            "https://sqs.{region}.amazonaws.com/{account}/{}",
            other("jobs")
        ),
        "dynamodb" => other("sessions"),
        "autoscaling" => other("workers"),
        "logs" => format!("/app/{}", other("service")),
        "cloudformation" => other("stack"),
        "elasticloadbalancing" => format!(
            "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{}/{:016x}",
            other("tg"),
            bits(around.world.seed, &numbers)
        ),
        _ => name.to_owned(),
    }
}

fn of_cognito(around: &Around<'_>, members: &mut Map<String, Value>) {
    let pools = &around.world.estate.pools;
    let pool = around.pool().unwrap_or(around.write.id % pools.len());
    let call = around.write.call;
    let mut put = |member: &str, value: Value| members.insert(member.to_owned(), value);
    match call.contains("TagResource") {
        true => put("ResourceArn", pool_arn(around, pool).into()),
        false => put("UserPoolId", pools[pool].id.as_str().into()),
    };
    if call.contains("Group") && !around.said().contains_key("groupName") {
        put("GroupName", around.name().into());
    }
    if call.starts_with("Admin") {
        put("Username", MASK.into());
    }
    if call.ends_with("UserPoolClient") && !call.starts_with("Create") {
        put("ClientId", around.name().into());
    }
}

fn names_a_resource(member: &str) -> bool {
    let member = member.to_ascii_lowercase();
    ["id", "name", "arn", "key", "url"]
        .iter()
        .any(|end| member.ends_with(end))
}

/// By which member calls of a service name what they alter.
fn named_by(service: &str) -> &'static str {
    match service.split('.').next().unwrap_or_default() {
        "s3" => "BucketName",
        "monitoring" => "AlarmName",
        "logs" => "LogGroupName",
        "ecs" => "Service",
        "ecr" => "RepositoryName",
        "iam" => "RoleName",
        "lambda" => "FunctionName",
        "sqs" => "QueueName",
        "sns" => "TopicArn",
        "dynamodb" => "TableName",
        "rds" => "DBInstanceIdentifier",
        "cloudformation" => "StackName",
        "secretsmanager" => "SecretId",
        "kms" => "KeyId",
        "autoscaling" => "AutoScalingGroupName",
        "ssm" | "events" => "Name",
        "apigateway" => "RestApiId",
        "codedeploy" => "ApplicationName",
        "ec2" => "ResourceId",
        _ => "Id",
    }
}
