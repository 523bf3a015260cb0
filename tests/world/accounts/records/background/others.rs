//! Other services' traffic: none to speak of, or several times that of sign-in.

use super::{
    super::{
        super::{
            chance::Chance,
            model::{DAY, Tool, World},
        },
        json::object_text,
    },
    Event, Who,
};

/// Share of the accounts with much of it.
const BUSY: f64 = 0.5;
/// No account has more.
const MOST: f64 = 12_000.0;

/// A call that is made all the time: service, name, what it says, how often.
struct Usual {
    service: &'static str,
    call: &'static str,
    /// Members with their values; `#` stands for six letters, `%` for the id of an instance.
    says: &'static [(&'static str, &'static str)],
    weight: f64,
}

const fn usual(
    service: &'static str,
    call: &'static str,
    says: &'static [(&'static str, &'static str)],
    weight: f64,
) -> Usual {
    Usual {
        service,
        call,
        says,
        weight,
    }
}

const USUAL: [Usual; 36] = [
    usual(
        "sts.amazonaws.com",
        "AssumeRole",
        &[
            ("roleArn", "arn:aws:iam::000000000000:role/task-#"),
            ("roleSessionName", "#"),
        ],
        12.0,
    ),
    usual(
        "kms.amazonaws.com",
        "Decrypt",
        &[("encryptionAlgorithm", "SYMMETRIC_DEFAULT")],
        9.0,
    ),
    usual(
        "kms.amazonaws.com",
        "GenerateDataKey",
        &[("keySpec", "AES_256")],
        3.0,
    ),
    usual("monitoring.amazonaws.com", "GetMetricData", &[], 7.0),
    usual(
        "monitoring.amazonaws.com",
        "DescribeAlarms",
        &[("maxRecords", "100")],
        4.0,
    ),
    usual(
        "monitoring.amazonaws.com",
        "PutMetricAlarm",
        &[("alarmName", "cpu-#"), ("metricName", "CPUUtilization")],
        0.2,
    ),
    usual(
        "logs.amazonaws.com",
        "CreateLogStream",
        &[("logGroupName", "/ecs/#"), ("logStreamName", "#")],
        5.0,
    ),
    usual("logs.amazonaws.com", "DescribeLogGroups", &[], 3.0),
    usual(
        "logs.amazonaws.com",
        "StartQuery",
        &[("queryLanguage", "CWLI")],
        1.0,
    ),
    usual("ec2.amazonaws.com", "DescribeInstances", &[], 6.0),
    usual("ec2.amazonaws.com", "DescribeSecurityGroups", &[], 4.0),
    usual("ec2.amazonaws.com", "DescribeNetworkInterfaces", &[], 3.0),
    usual(
        "ec2.amazonaws.com",
        "CreateTags",
        &[("resourcesSet", "i-0%")],
        0.3,
    ),
    usual(
        "ec2.amazonaws.com",
        "RunInstances",
        &[("instanceType", "m6i.large")],
        0.15,
    ),
    usual(
        "ec2.amazonaws.com",
        "TerminateInstances",
        &[("instancesSet", "i-0%")],
        0.12,
    ),
    usual(
        "s3.amazonaws.com",
        "GetBucketAcl",
        &[("bucketName", "assets-#")],
        3.0,
    ),
    usual("s3.amazonaws.com", "ListBuckets", &[], 1.5),
    usual(
        "s3.amazonaws.com",
        "PutBucketTagging",
        &[("bucketName", "exports-#")],
        0.15,
    ),
    usual(
        "s3.amazonaws.com",
        "PutBucketLifecycle",
        &[("bucketName", "exports-#")],
        0.08,
    ),
    usual(
        "ecs.amazonaws.com",
        "DescribeServices",
        &[("cluster", "main")],
        3.0,
    ),
    usual(
        "ecs.amazonaws.com",
        "RegisterTaskDefinition",
        &[("family", "batch-#")],
        0.15,
    ),
    usual(
        "ecs.amazonaws.com",
        "RunTask",
        &[("cluster", "batch"), ("taskDefinition", "batch-#")],
        0.6,
    ),
    usual("ecr.amazonaws.com", "GetAuthorizationToken", &[], 2.0),
    usual(
        "ecr.amazonaws.com",
        "PutImage",
        &[("repositoryName", "reports-#")],
        0.15,
    ),
    usual("rds.amazonaws.com", "DescribeDBInstances", &[], 2.0),
    usual(
        "dynamodb.amazonaws.com",
        "DescribeTable",
        &[("tableName", "orders-#")],
        2.0,
    ),
    usual(
        "sqs.amazonaws.com",
        "SetQueueAttributes",
        &[("queueUrl", "https://sqs.amazonaws.com/000000000000/jobs-#")],
        0.06,
    ),
    usual(
        "secretsmanager.amazonaws.com",
        "GetSecretValue",
        &[("secretId", "db/#")],
        4.0,
    ),
    usual(
        "ssm.amazonaws.com",
        "GetParameters",
        &[("names", "/app/#")],
        2.0,
    ),
    usual(
        "ssm.amazonaws.com",
        "UpdateInstanceInformation",
        &[("instanceId", "i-0%")],
        2.0,
    ),
    usual("lambda.amazonaws.com", "ListFunctions20150331", &[], 1.0),
    usual(
        "lambda.amazonaws.com",
        "GetFunctionConfiguration20150331v2",
        &[("functionName", "reports-#")],
        1.5,
    ),
    usual(
        "autoscaling.amazonaws.com",
        "DescribeAutoScalingGroups",
        &[],
        2.0,
    ),
    usual(
        "config.amazonaws.com",
        "PutEvaluations",
        &[("testMode", "false")],
        1.0,
    ),
    usual("iam.amazonaws.com", "ListRoles", &[], 0.8),
    usual(
        "iam.amazonaws.com",
        "GetRole",
        &[("roleName", "task-#")],
        0.8,
    ),
];

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
const AGENTS: [&str; 4] = [
    "aws-sdk-go-v2/1.32.2 os/linux lang/go#1.22.5",
    "aws-sdk-java/2.29.20 md/io#sync md/http#Apache os/Linux lang/java#21.0.5",
    "Boto3/1.35.80 md/Botocore#1.35.80 ua/2.0 os/linux lang/python#3.11.9",
    "aws-sdk-js/3.687.0 ua/2.1 os/linux lang/js md/nodejs#20.18.0",
];
const ROLES: [&str; 8] = [
    "eks-node",
    "orders-task",
    "billing-task",
    "observability",
    "nightly-export",
    "build-runner",
    "image-scanner",
    "search-indexer",
];

/// So many events, all over the window, beside so many records of sign-in.
pub fn draw(world: &World, requests: usize, chance: &mut Chance) -> Vec<Event> {
    let days = world.window.length() as f64 / DAY as f64;
    let count = match chance.happens(BUSY) {
        true => requests as f64 * chance.by_magnitude(0.1, 4.0),
        false => days * chance.by_magnitude(1.0, 200.0),
    };
    let roles: Vec<Who> = ROLES.iter().map(|role| who(role, chance)).collect();
    let weights: Vec<f64> = USUAL.iter().map(|usual| usual.weight).collect();
    (0..count.min(MOST) as usize)
        .map(|_| {
            let usual = &USUAL[chance.weighted(&weights)];
            event(world, usual, &roles, chance)
        })
        .collect()
}

/// Calls that no instance or task makes by itself.
fn is_deployed(call: &str) -> bool {
    !matches!(
        call,
        "CreateLogStream" | "PutEvaluations" | "UpdateInstanceInformation" | "RunTask"
    )
}

/// What builds images and alters machines.
fn deployers(world: &World) -> Vec<usize> {
    let actors = world.estate.actors.iter().enumerate();
    let deployers = actors.filter(|(_, actor)| {
        matches!(
            actor.tool,
            Tool::Pipeline | Tool::Terraform | Tool::CloudFormation
        )
    });
    deployers.map(|(place, _)| place).collect()
}

fn who(role: &'static str, chance: &mut Chance) -> Who {
    let session = format!("i-0{}", chance.letters("0123456789abcdef", 16));
    let address = format!(
        "10.{}.{}.{}",
        chance.whole(0, 63),
        chance.whole(0, 255),
        chance.whole(4, 250)
    );
    Who::Role(role, session, address, chance.pick::<&str>(&AGENTS))
}

fn event(world: &World, usual: &'static Usual, roles: &[Who], chance: &mut Chance) -> Event {
    let reads = [
        "Get",
        "List",
        "Describe",
        "Decrypt",
        "GenerateDataKey",
        "AssumeRole",
        "StartQuery",
    ];
    let read_only = reads.iter().any(|start| usual.call.starts_with(start));
    let deployers = deployers(world);
    let by_service = matches!(usual.call, "AssumeRole" | "CreateLogStream") && chance.happens(0.5);
    let who = match by_service {
        true => Who::Service(chance.pick::<&str>(&[
            "ecs-tasks.amazonaws.com",
            "lambda.amazonaws.com",
            "ec2.amazonaws.com",
        ])),
        false if !read_only && is_deployed(usual.call) && !deployers.is_empty() => {
            Who::Actor(*chance.pick(&deployers))
        }
        false => chance.pick(roles).clone(),
    };
    let request_json = match usual.says {
        [] => "null".to_owned(),
        says => object_text(|request| {
            for (member, value) in says {
                let own = value.replace('#', &chance.letters(LETTERS, 6));
                let own = own.replace('%', &chance.letters("0123456789abcdef", 16));
                request.text(member, &own.replace("000000000000", &world.estate.account));
            }
        }),
    };
    Event {
        at: chance.time(world.window.start, world.window.end),
        service: usual.service,
        call: usual.call,
        who,
        read_only,
        global: usual.service == "iam.amazonaws.com",
        request_json,
        error: chance.happens(0.012).then_some(match usual.service {
            "ec2.amazonaws.com" => "Client.UnauthorizedOperation",
            _ => "AccessDenied",
        }),
        told_json: None,
    }
}
