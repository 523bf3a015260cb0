//! Deployments of applications, and other calls that sign-in does not depend on.

use serde_json::json;

use super::{
    super::model::{Kind, Owner, Resource, SECOND, Settings},
    calls::Call,
    draft::{By, Draft},
    harmless::object,
};

const ECS: &str = "ecs.amazonaws.com";
const ECR: &str = "ecr.amazonaws.com";
const LAMBDA: &str = "lambda.amazonaws.com";

/// A service is deployed: a few calls within seconds.
pub fn deploy(draft: &mut Draft, by: By) {
    let workloads = draft.world.estate.workloads.len();
    let workload = draft.chance.whole(0, workloads as i64 - 1) as usize;
    deploy_of(draft, by, workload);
}

/// The service of a workload is deployed.
pub fn deploy_of(draft: &mut Draft, by: By, workload: usize) {
    let name = draft.world.estate.workloads[workload].name.clone();
    let revision = draft.chance.whole(12, 480);
    let service = service(draft, &name);
    let calls: Vec<(Call, Settings)> = match draft.chance.whole(0, 3) {
        0 => vec![
            (
                (ECR, "PutImage"),
                object(json!({"repositoryName": name, "imageTag": format!("r{revision}")})),
            ),
            (
                (ECS, "RegisterTaskDefinition"),
                object(json!({"family": name, "networkMode": "awsvpc"})),
            ),
            (
                (ECS, "UpdateService"),
                object(json!({"service": name, "taskDefinition": format!("{name}:{revision}")})),
            ),
        ],
        1 => vec![(
            ("codedeploy.amazonaws.com", "CreateDeployment"),
            object(json!({"applicationName": name, "deploymentGroupName": "production"})),
        )],
        2 => vec![
            (
                (LAMBDA, "UpdateFunctionCode20150331v2"),
                object(json!({"functionName": name, "publish": true})),
            ),
            (
                (LAMBDA, "UpdateAlias20150331"),
                object(
                    json!({"functionName": name, "name": "live", "functionVersion": revision.to_string()}),
                ),
            ),
        ],
        _ => vec![(
            (ECS, "UpdateService"),
            object(json!({"service": name, "forceNewDeployment": true})),
        )],
    };
    for (place, (call, said)) in calls.into_iter().enumerate() {
        let after = place as i64 * SECOND + draft.chance.whole(0, 900);
        draft.mark(by.later(after), service, call, said);
    }
}

/// The deployed service as a resource, which may not be there yet.
fn service(draft: &mut Draft, name: &str) -> Resource {
    let names = draft.world.estate.names.iter();
    let mut known = names
        .filter(|(resource, known)| resource.kind == Kind::Bystander && known.as_str() == name);
    match known.next() {
        Some((resource, _)) => *resource,
        None => draft.add(Kind::Bystander, Owner::Nobody, name.to_owned()),
    }
}

/// Any call of another service.
pub fn other(draft: &mut Draft, by: By) {
    let bystanders: Vec<Resource> =
        super::super::rules::resources(&draft.world.estate, Kind::Bystander).collect();
    if bystanders.is_empty() {
        return deploy(draft, by);
    }
    let resource = *draft.chance.pick(&bystanders);
    let name = draft.name(resource).to_owned();
    let (call, said): (Call, Settings) = match draft.chance.whole(0, 7) {
        0 => (
            ("s3.amazonaws.com", "PutBucketTagging"),
            object(json!({"bucketName": name})),
        ),
        1 => (
            ("monitoring.amazonaws.com", "PutMetricAlarm"),
            object(json!({"alarmName": name, "threshold": 5, "period": 60})),
        ),
        2 => (
            ("sqs.amazonaws.com", "SetQueueAttributes"),
            object(json!({"queueUrl": name})),
        ),
        3 => (
            ("dynamodb.amazonaws.com", "UpdateTable"),
            object(json!({"tableName": name})),
        ),
        4 => (
            ("autoscaling.amazonaws.com", "SetDesiredCapacity"),
            object(json!({"autoScalingGroupName": name, "desiredCapacity": 4})),
        ),
        5 => (
            ("logs.amazonaws.com", "PutRetentionPolicy"),
            object(json!({"logGroupName": name, "retentionInDays": 30})),
        ),
        6 => (
            ("cloudformation.amazonaws.com", "UpdateStack"),
            object(json!({"stackName": name, "capabilities": ["CAPABILITY_IAM"]})),
        ),
        _ => (
            (
                "elasticloadbalancing.amazonaws.com",
                "ModifyTargetGroupAttributes",
            ),
            object(json!({"targetGroupArn": name})),
        ),
    };
    draft.mark(by, resource, call, said);
}
