//! What an organisation's trail is made of: busy services, and now and then a write.

use std::sync::LazyLock;

use super::{
    super::{clock::DAY, dice::Dice},
    account::{
        Account,
        Actor::{Function, Instance, Job},
    },
    calls::{
        By::{For, Service},
        Call, DEPLOY, FUNCTION, INSTANCE, JOB, PERSON, USER, read, write,
    },
    record::Pen,
};

const KEY: &str = r#""resources":[{"accountId":"<account>","type":"AWS::KMS::Key","ARN":"arn:aws:kms:<region>:<account>:key/<key>"}],"#;
const BUCKET: &str = r#""resources":[{"accountId":"<account>","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::<name>-<account>-<region>"}],"#;
const ROLE: &str = r#""resources":[{"accountId":"<account>","type":"AWS::IAM::Role","ARN":"arn:aws:iam::<account>:role/<name>-role"}],"#;
const TABLE: &str = r#""resources":[{"accountId":"<account>","type":"AWS::DynamoDB::Table","ARN":"arn:aws:dynamodb:<region>:<account>:table/<name>"}],"#;
const PARAMETER: &str = r#""resources":[{"accountId":"<account>","ARN":"arn:aws:ssm:<region>:<account>:parameter/<name>/endpoint"}],"#;
const TRANSFER: &str = r#""additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"<base64-76>","bytesTransferredOut":<number>},"#;
const OF_BUCKET: &str = r#"{"bucketName":"<name>-<account>-<region>","Host":"<name>-<account>-<region>.s3.<region>.amazonaws.com","<aspect>":""}"#;
const CREDENTIALS: &str = r#"{"credentials":{"accessKeyId":"<access-key>","sessionToken":"<token>","expiration":"<expiry>"},"assumedRoleUser":{"assumedRoleId":"<principal>:<session>","arn":"arn:aws:sts::<account>:assumed-role/<name>-role/<session>"}}"#;
const NO_FILTER: &str = r#"{"filterSet":{},"maxResults":1000}"#;
const BY_VPC: &str =
    r#"{"filterSet":{"items":[{"name":"vpc-id","valueSet":{"items":[{"value":"vpc-<hex>"}]}}]}}"#;

static CALLS: &[Call<'static>] = &[
    // Keys.
    read(9_000, "kms", "Decrypt", For(Function, "lambda.amazonaws.com"), r#"{"encryptionContext":{"aws:lambda:FunctionArn":"arn:aws:lambda:<region>:<account>:function:<name>"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#).on(KEY),
    read(6_000, "kms", "Decrypt", For(Function, "secretsmanager.amazonaws.com"), r#"{"encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"SecretARN":"arn:aws:secretsmanager:<region>:<account>:secret:<name>/database","SecretVersionId":"<id>"}}"#).on(KEY),
    read(3_500, "kms", "Decrypt", For(Job, "AWS Internal"), r#"{"encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"PARAMETER_ARN":"arn:aws:ssm:<region>:<account>:parameter/<name>/endpoint"}}"#).on(KEY),
    read(2_500, "kms", "Decrypt", Service("dynamodb.amazonaws.com"), r#"{"encryptionContext":{"aws:dynamodb:tableName":"<name>","aws:dynamodb:subscriberId":"<account>"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#).on(KEY),
    read(2_000, "kms", "Decrypt", JOB, r#"{"keyId":"arn:aws:kms:<region>:<account>:key/<key>","encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#).on(KEY),
    read(4_500, "kms", "GenerateDataKey", For(Job, "s3.amazonaws.com"), r#"{"keyId":"arn:aws:kms:<region>:<account>:key/<key>","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::<name>-<account>-<region>"},"keySpec":"AES_256"}"#).on(KEY),
    read(2_000, "kms", "GenerateDataKey", Service("cloudtrail.amazonaws.com"), r#"{"keyId":"arn:aws:kms:<region>:<account>:key/<key>","encryptionContext":{"aws:cloudtrail:arn":"arn:aws:cloudtrail:<region>:<account>:trail/organisation","aws:s3:arn":"arn:aws:s3:::trail-example/AWSLogs/<account>/CloudTrail/<region>"},"keySpec":"AES_256"}"#).on(KEY),
    read(700, "kms", "DescribeKey", JOB, r#"{"keyId":"alias/<name>"}"#).on(KEY),
    write(250, "kms", "CreateGrant", For(Instance, "AWS Internal"), r#"{"keyId":"arn:aws:kms:<region>:<account>:key/<key>","granteePrincipal":"<account>:aws:ec2-infrastructure:<instance>","constraints":{"encryptionContextSubset":{"aws:ebs:id":"vol-<hex>"}},"operations":["Decrypt","ReEncryptFrom"]}"#).answered(r#"{"grantId":"<digest>","keyId":"arn:aws:kms:<region>:<account>:key/<key>"}"#).on(KEY),
    // Roles.
    read(2_700, "sts", "AssumeRole", Service("lambda.amazonaws.com"), r#"{"roleArn":"arn:aws:iam::<account>:role/<name>-role","roleSessionName":"<session>"}"#).answered(CREDENTIALS).on(ROLE),
    read(1_100, "sts", "AssumeRole", Service("ec2.amazonaws.com"), r#"{"roleArn":"arn:aws:iam::<account>:role/<name>-role","roleSessionName":"<instance>"}"#).answered(CREDENTIALS).on(ROLE),
    read(900, "sts", "AssumeRole", JOB, r#"{"roleArn":"arn:aws:iam::<account>:role/<name>-role","roleSessionName":"<session>","durationSeconds":3600,"externalId":"<id>"}"#).answered(CREDENTIALS).on(ROLE),
    read(250, "sts", "AssumeRole", Service("rds.amazonaws.com"), r#"{"roleArn":"arn:aws:iam::<account>:role/<name>-role","roleSessionName":"SLRManagement","policy":"<policy>","durationSeconds":900}"#).answered(CREDENTIALS).on(ROLE),
    // Cognito takes a role to send text messages: its name stands here too.
    read(20, "sts", "AssumeRole", Service("cognito-idp.amazonaws.com"), r#"{"roleArn":"arn:aws:iam::<account>:role/<name>-role","roleSessionName":"CognitoSMS","externalId":"<id>"}"#).answered(CREDENTIALS).on(ROLE),
    read(1_500, "sts", "GetCallerIdentity", USER, "null"),
    // Buckets.
    read(2_600, "s3", "GetBucketAcl", Service("cloudtrail.amazonaws.com"), OF_BUCKET).with(TRANSFER).on(BUCKET),
    read(1_500, "s3", "GetBucketLocation", JOB, OF_BUCKET).with(TRANSFER).on(BUCKET),
    read(900, "s3", "GetBucketVersioning", DEPLOY, OF_BUCKET).with(TRANSFER).on(BUCKET),
    read(700, "s3", "GetBucketEncryption", USER, OF_BUCKET).with(TRANSFER).on(BUCKET),
    read(500, "s3", "ListBuckets", PERSON, r#"{"Host":"s3.<region>.amazonaws.com"}"#).with(TRANSFER),
    // Machines and networks.
    read(2_600, "ec2", "DescribeInstances", JOB, r#"{"instancesSet":{"items":[{"instanceId":"<instance>"}]},"filterSet":{}}"#),
    read(1_200, "ec2", "DescribeInstances", For(Job, "autoscaling.amazonaws.com"), NO_FILTER),
    read(1_500, "ec2", "DescribeNetworkInterfaces", For(Function, "lambda.amazonaws.com"), BY_VPC),
    read(1_200, "ec2", "DescribeSecurityGroups", DEPLOY, r#"{"securityGroupSet":{},"securityGroupIdSet":{"items":[{"groupId":"sg-<hex>"}]},"filterSet":{}}"#),
    read(1_000, "ec2", "DescribeVolumes", INSTANCE, r#"{"volumeSet":{"items":[{"volumeId":"vol-<hex>"}]},"filterSet":{}}"#),
    read(1_100, "ec2", "DescribeSubnets", JOB, BY_VPC),
    read(900, "ec2", "DescribeRouteTables", DEPLOY, BY_VPC),
    read(900, "ec2", "DescribeTags", INSTANCE, r#"{"maxResults":50,"filterSet":{"items":[{"name":"resource-id","valueSet":{"items":[{"value":"<instance>"}]}}]}}"#),
    read(700, "ec2", "DescribeImages", JOB, r#"{"executableBySet":{},"imagesSet":{"items":[{"imageId":"ami-<hex>"}]},"ownersSet":{},"filterSet":{}}"#),
    read(500, "ec2", "DescribeVpcs", PERSON, NO_FILTER),
    read(400, "ec2", "DescribeAvailabilityZones", JOB, r#"{"availabilityZoneSet":{},"availabilityZoneIdSet":{}}"#),
    write(250, "ec2", "CreateNetworkInterface", For(Function, "lambda.amazonaws.com"), r#"{"subnetId":"subnet-<hex>","description":"AWS Lambda VPC ENI-<name>-<uuid>","groupSet":{"items":[{"groupId":"sg-<hex>"}]},"privateIpAddressesSet":{},"clientToken":"<uuid>"}"#).answered(r#"{"requestId":"<uuid>","networkInterface":{"networkInterfaceId":"eni-<hex>","subnetId":"subnet-<hex>","vpcId":"vpc-<hex>","availabilityZone":"<region>a","description":"AWS Lambda VPC ENI-<name>","ownerId":"<account>","requesterId":"<principal>:<session>","requesterManaged":true,"status":"pending","privateIpAddress":"<address>","sourceDestCheck":true,"interfaceType":"lambda","groupSet":{"items":[{"groupId":"sg-<hex>","groupName":"<name>"}]},"tagSet":{}}}"#),
    write(60, "ec2", "RunInstances", For(Job, "autoscaling.amazonaws.com"), r#"{"instancesSet":{"items":[{"imageId":"ami-<hex>","minCount":1,"maxCount":1}]},"instanceType":"m7g.large","blockDeviceMapping":{},"monitoring":{"enabled":false},"disableApiTermination":false,"clientToken":"fleet-<uuid>","tagSpecificationSet":{"items":[{"resourceType":"instance","tags":[{"key":"service","value":"<name>"},{"key":"aws:autoscaling:groupName","value":"<name>"}]}]},"launchTemplate":{"launchTemplateId":"lt-<hex>","version":"7"}}"#).answered(r#"{"requestId":"<uuid>","reservationId":"r-<hex>","ownerId":"<account>","groupSet":{},"instancesSet":{"items":[{"instanceId":"<instance>","imageId":"ami-<hex>","currentState":{"code":0,"name":"pending"},"privateDnsName":"ip.example.com","amiLaunchIndex":0,"productCodes":{},"instanceType":"m7g.large","launchTime":0,"placement":{"availabilityZone":"<region>b","tenancy":"default"},"monitoring":{"state":"pending"},"subnetId":"subnet-<hex>","vpcId":"vpc-<hex>","privateIpAddress":"<address>","stateReason":{"code":"pending","message":"pending"},"architecture":"arm64","rootDeviceType":"ebs","rootDeviceName":"/dev/xvda","virtualizationType":"hvm","hypervisor":"xen","groupSet":{"items":[{"groupId":"sg-<hex>","groupName":"<name>"}]},"sourceDestCheck":true,"ebsOptimized":true}]}}"#),
    // Systems Manager.
    write(5_500, "ssm", "UpdateInstanceInformation", INSTANCE, r#"{"instanceId":"<instance>","agentVersion":"3.3.1611.0","agentStatus":"Active","platformType":"Linux","platformName":"Amazon Linux","platformVersion":"2023","iPAddress":"<address>","computerName":"<instance>.example.com","agentName":"amazon-ssm-agent","availabilityZone":"<region>a","sSMConnectionChannel":"ssmmessages"}"#),
    read(2_600, "ssm", "GetParameter", FUNCTION, r#"{"name":"/<name>/endpoint","withDecryption":true}"#).on(PARAMETER),
    read(1_600, "ssm", "GetParameters", JOB, r#"{"names":["/<name>/endpoint","/<name>/database/host","/<name>/database/port"],"withDecryption":true}"#).on(PARAMETER),
    read(900, "ssm", "GetParametersByPath", FUNCTION, r#"{"path":"/<name>/","recursive":true,"withDecryption":true,"maxResults":10}"#).on(PARAMETER),
    write(900, "ssm", "PutInventory", INSTANCE, r#"{"instanceId":"<instance>","items":[{"typeName":"AWS:InstanceInformation","schemaVersion":"1.0","captureTime":"<time>","contentHash":"<hash>"}]}"#),
    // Logs and metrics.
    write(4_200, "logs", "CreateLogStream", FUNCTION, r#"{"logGroupName":"/aws/lambda/<name>","logStreamName":"<day>/[$LATEST]<hash>"}"#),
    read(1_600, "logs", "DescribeLogGroups", DEPLOY, r#"{"logGroupNamePrefix":"/aws/lambda/<name>"}"#),
    read(700, "logs", "DescribeLogStreams", INSTANCE, r#"{"logGroupName":"/ecs/<name>","logStreamNamePrefix":"<instance>"}"#),
    read(1_600, "monitoring", "DescribeAlarms", USER, r#"{"alarmNamePrefix":"<name>","maxRecords":100}"#),
    // Data.
    read(3_200, "dynamodb", "DescribeTable", FUNCTION, r#"{"tableName":"<name>"}"#).on(TABLE),
    read(800, "dynamodb", "ListTagsOfResource", DEPLOY, r#"{"resourceArn":"arn:aws:dynamodb:<region>:<account>:table/<name>"}"#).on(TABLE),
    read(3_200, "secretsmanager", "GetSecretValue", FUNCTION, r#"{"secretId":"arn:aws:secretsmanager:<region>:<account>:secret:<name>/database"}"#),
    read(900, "secretsmanager", "DescribeSecret", JOB, r#"{"secretId":"<name>/database"}"#),
    read(1_500, "rds", "DescribeDBInstances", JOB, r#"{"dBInstanceIdentifier":"<name>"}"#),
    read(400, "rds", "DescribeDBClusters", PERSON, r#"{"maxRecords":100}"#),
    // Functions and containers.
    read(900, "lambda", "ListFunctions20150331", JOB, r#"{"maxItems":50}"#),
    read(800, "lambda", "GetFunction20150331v2", DEPLOY, r#"{"functionName":"arn:aws:lambda:<region>:<account>:function:<name>"}"#),
    read(500, "lambda", "GetPolicy20150331v2", DEPLOY, r#"{"functionName":"<name>"}"#),
    read(1_700, "ecr", "BatchGetImage", For(Instance, "AWS Internal"), r#"{"registryId":"<account>","repositoryName":"<name>","imageIds":[{"imageDigest":"sha256:<image>"}],"acceptedMediaTypes":["application/vnd.docker.distribution.manifest.v2+json","application/vnd.oci.image.manifest.v1+json"]}"#),
    read(1_300, "ecr", "GetDownloadUrlForLayer", For(Instance, "AWS Internal"), r#"{"registryId":"<account>","repositoryName":"<name>","layerDigest":"sha256:<image>"}"#),
    read(900, "ecr", "GetAuthorizationToken", INSTANCE, "null").answered("null"),
    read(1_200, "ecs", "DescribeTasks", JOB, r#"{"cluster":"arn:aws:ecs:<region>:<account>:cluster/main","tasks":["arn:aws:ecs:<region>:<account>:task/main/<hash>"]}"#),
    read(900, "ecs", "DescribeServices", PERSON, r#"{"cluster":"main","services":["<name>"],"include":["TAGS"]}"#),
    write(1_500, "ecs", "SubmitTaskStateChange", INSTANCE, r#"{"cluster":"main","task":"arn:aws:ecs:<region>:<account>:task/main/<hash>","status":"RUNNING","containers":[{"containerName":"<name>","runtimeId":"<digest>","status":"RUNNING","networkBindings":[]}]}"#).answered(r#"{"acknowledgment":"<hash>"}"#),
    read(1_800, "autoscaling", "DescribeAutoScalingGroups", JOB, r#"{"autoScalingGroupNames":["<name>"],"maxRecords":100}"#),
    read(1_900, "elasticloadbalancing", "DescribeTargetHealth", JOB, r#"{"targetGroupArn":"arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/<name>/<hex>"}"#),
    write(500, "elasticloadbalancing", "RegisterTargets", For(Job, "ecs.amazonaws.com"), r#"{"targetGroupArn":"arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/<name>/<hex>","targets":[{"id":"<address>","port":8080,"availabilityZone":"<region>a"}]}"#),
    // Rights, stacks and the rest.
    read(1_500, "iam", "GetRole", DEPLOY, r#"{"roleName":"<name>-role"}"#),
    read(900, "iam", "ListAttachedRolePolicies", DEPLOY, r#"{"roleName":"<name>-role"}"#),
    read(700, "iam", "GetRolePolicy", PERSON, r#"{"roleName":"<name>-role","policyName":"inline"}"#),
    write(30, "iam", "CreatePolicyVersion", DEPLOY, r#"{"policyArn":"arn:aws:iam::<account>:policy/<name>","policyDocument":"<policy>","setAsDefault":true}"#).answered(r#"{"policyVersion":{"versionId":"v4","isDefaultVersion":true,"createDate":"<spelled>"}}"#),
    read(900, "cloudformation", "DescribeStacks", PERSON, r#"{"stackName":"arn:aws:cloudformation:<region>:<account>:stack/<name>/<id>"}"#),
    read(700, "sqs", "GetQueueAttributes", JOB, r#"{"attributeNames":["ApproximateNumberOfMessages"],"queueUrl":"https://sqs.<region>.amazonaws.com/<account>/<name>"}"#).with(r#""additionalEventData":{"sqsQueueArn":"arn:aws:sqs:<region>:<account>:<name>"},"#),
    read(600, "sns", "GetTopicAttributes", DEPLOY, r#"{"topicArn":"arn:aws:sns:<region>:<account>:<name>"}"#),
    read(600, "config", "DescribeConfigRules", JOB, r#"{"configRuleNames":["<name>"]}"#),
    // Long ones, 10 to 60 kB.
    write(35, "config", "PutEvaluations", FUNCTION, r#"{"evaluations":[<evaluations>],"resultToken":"<token>","testMode":false}"#).answered(r#"{"failedEvaluations":[]}"#),
    write(20, "ssm", "SendCommand", JOB, r#"{"documentName":"AWS-RunShellScript","instanceIds":["<instance>"],"parameters":{"commands":["<script>"]},"interactive":false}"#).answered(r#"{"command":{"commandId":"<uuid>","documentName":"AWS-RunShellScript","status":"Pending","instanceIds":["<instance>"],"timeoutSeconds":3600}}"#),
    write(20, "ecs", "RegisterTaskDefinition", DEPLOY, r#"{"family":"<name>","networkMode":"awsvpc","cpu":"512","memory":"1024","containerDefinitions":[<containers>]}"#),
    // Writes that a sign-in may depend on.
    write(12, "lambda", "UpdateFunctionConfiguration20150331v2", DEPLOY, r#"{"functionName":"<name>","memorySize":512,"timeout":30,"environment":{}}"#).answered(r#"{"functionName":"<name>","functionArn":"arn:aws:lambda:<region>:<account>:function:<name>","runtime":"python3.12","role":"arn:aws:iam::<account>:role/<name>-role","handler":"app.handler","timeout":30,"memorySize":512,"lastModified":"<time>","environment":{},"revisionId":"<uuid>","state":"Active","lastUpdateStatus":"InProgress"}"#),
    write(8, "lambda", "UpdateFunctionCode20150331v2", JOB, r#"{"functionName":"<name>","publish":true,"dryRun":false}"#).answered(r#"{"functionName":"<name>","functionArn":"arn:aws:lambda:<region>:<account>:function:<name>","codeSize":<number>,"codeSha256":"<base64-76>","version":"7","lastModified":"<time>","revisionId":"<uuid>"}"#),
    write(6, "secretsmanager", "PutSecretValue", JOB, r#"{"secretId":"<name>/database","clientRequestToken":"<uuid>","versionStages":["AWSCURRENT"]}"#).answered(r#"{"arn":"arn:aws:secretsmanager:<region>:<account>:secret:<name>/database"}"#),
    write(5, "ssm", "PutParameter", DEPLOY, r#"{"name":"/<name>/endpoint","type":"String","overwrite":true,"tier":"Standard"}"#).answered(r#"{"version":3,"tier":"Standard"}"#).on(PARAMETER),
    write(2, "iam", "PutRolePolicy", DEPLOY, r#"{"roleName":"<name>-role","policyName":"inline","policyDocument":"<policy>"}"#),
    write(2, "cloudformation", "UpdateStack", DEPLOY, r#"{"stackName":"<name>","capabilities":["CAPABILITY_IAM"],"clientRequestToken":"<uuid>"}"#).answered(r#"{"stackId":"arn:aws:cloudformation:<region>:<account>:stack/<name>/<id>"}"#),
    write(2, "elasticloadbalancing", "ModifyRule", DEPLOY, r#"{"ruleArn":"arn:aws:elasticloadbalancing:<region>:<account>:listener-rule/app/<name>/<hex>/<hex>","conditions":[{"field":"path-pattern","values":["/v2/*"]}]}"#),
    write(1, "wafv2", "UpdateIPSet", DEPLOY, r#"{"name":"<name>","scope":"REGIONAL","id":"<uuid>","addresses":["203.0.113.0/24"],"lockToken":"<uuid>"}"#).answered(r#"{"nextLockToken":"<uuid>"}"#),
    write(1, "route53", "ChangeResourceRecordSets", DEPLOY, r#"{"hostedZoneId":"ZEXAMPLE<number>","changeBatch":{"changes":[{"action":"UPSERT","resourceRecordSet":{"name":"<name>.example.com","type":"A","tTL":60,"resourceRecords":[{"value":"<address>"}]}}]}}"#).answered(r#"{"changeInfo":{"id":"/change/CEXAMPLE<number>","status":"PENDING","submittedAt":"<spelled>"}}"#),
    write(1, "kms", "PutKeyPolicy", DEPLOY, r#"{"keyId":"arn:aws:kms:<region>:<account>:key/<key>","policyName":"default","policy":"<policy>","bypassPolicyLockoutSafetyCheck":false}"#).on(KEY),
];

/// Sums of the weights up to each call.
static SUMS: LazyLock<Vec<i64>> = LazyLock::new(|| {
    let sums = CALLS.iter().scan(0, |sum, call| {
        *sum += call.weight;
        Some(*sum)
    });
    sums.collect()
});

/// A call as often as its weight says.
pub fn draw(dice: &mut Dice) -> &'static Call<'static> {
    let sums = &*SUMS;
    let at = dice.between(0, sums[sums.len() - 1] - 1);
    &CALLS[sums.partition_point(|sum| *sum <= at)]
}

/// Size of a record, on average.
pub fn mean_size(account: &Account) -> f64 {
    const SAMPLE: usize = 8_000;
    let mut pen = Pen::new(account, Dice::new("organisation mean"));
    for _ in 0..SAMPLE {
        let call = draw(&mut pen.dice);
        pen.record(call, DAY);
    }
    // The comma behind each.
    pen.out.len() as f64 / SAMPLE as f64 + 1.0
}
