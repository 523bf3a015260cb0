//! What calls of other services say: Lambda, WAF, Route 53, EC2, the stores of secrets.

use serde_json::{Map, Value, json};

use super::{
    super::{
        super::{
            chance::{bits, id},
            model::{Does, Kind, Settings},
        },
        choice::label,
        links,
        style::MASK,
    },
    Around,
    parameters::last,
    stores,
};

/// How resources of other services are named by their calls.
pub fn parameters(around: &Around<'_>) -> Map<String, Value> {
    let name = around.name();
    let call = around.write.call;
    let members = match around.write.resource.kind {
        Kind::Function => function(around, &name),
        Kind::FunctionPermission => permission(around, &name),
        Kind::FunctionConcurrency if call.starts_with("Put") => json!({
            "FunctionName": name,
            "ReservedConcurrentExecutions": around.said().get("reserved"),
        }),
        Kind::FunctionConcurrency => json!({"FunctionName": name}),
        Kind::FunctionRole => role(around, &name),
        Kind::AclAssociation => association(around),
        Kind::Acl | Kind::IpSet => json!({
            "Name": name,
            "Scope": "REGIONAL",
            "Id": acl_id(around, &name),
            "LockToken": around.lock(),
        }),
        Kind::Certificate => json!({"CertificateArn": name}),
        Kind::DnsRecord => record(around, &name),
        Kind::StoredSecret => stores::secret(around, &name),
        Kind::Parameter => parameter(around, &name),
        Kind::Route => json!({
            "RouteTableId": name,
            "DestinationCidrBlock": held(around, "DestinationCidrBlock"),
        }),
        Kind::SecurityGroup => json!({
            "GroupId": name, "IpPermissions": {"Items": altered(around, "egress")},
        }),
        Kind::NetworkAcl => entry(around, &name),
        Kind::KmsKey => stores::key(around, &name),
        _ => json!({"Name": name}),
    };
    match members {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn function(around: &Around<'_>, name: &str) -> Value {
    match around.write.call {
        call if call.starts_with("UpdateFunctionCode") => json!({
            "FunctionName": name,
            "Publish": false,
            "DryRun": false,
            "S3Bucket": format!("artifacts-{}", around.world.estate.region),
            "S3Key": format!("{}/{}.zip", last(name), code_hash(around)),
        }),
        // Who says all that a function is says its key too.
        call if call.starts_with("UpdateFunctionConf") && around.said().len() > 2 => json!({
            "FunctionName": name,
            "KMSKeyArn": links::key_of(around.world, around.write.resource),
        }),
        _ => json!({"FunctionName": name}),
    }
}

/// What a function's code hashes to: another text for another code.
pub fn code_hash(around: &Around<'_>) -> String {
    let code = |settings: &Settings| settings.get("code").map(ToString::to_string);
    let sent = code(&around.said());
    let code = sent.or(around.after.and_then(code)).unwrap_or_default();
    let numbers = [label(&code), label(&around.name())];
    format!("{:016x}", bits(around.world.seed, &numbers))
}

fn permission(around: &Around<'_>, name: &str) -> Value {
    let pool = around.pool().map(|pool| pool_arn(around, pool));
    let principal = altered(around, "principals").into_iter().next();
    let principal = principal.unwrap_or_else(|| "cognito-idp.amazonaws.com".into());
    let service = principal.as_str().unwrap_or_default().split('.').next();
    let statement = format!("allow-{}", service.unwrap_or_default());
    match around.write.call.starts_with("Add") {
        true => json!({
            "FunctionName": name,
            "StatementId": statement,
            "Action": "lambda:InvokeFunction",
            "Principal": principal,
            "SourceArn": pool,
        }),
        false => json!({"FunctionName": name, "StatementId": statement}),
    }
}

fn role(around: &Around<'_>, name: &str) -> Value {
    let call = around.write.call;
    let held = |member: &str| held(around, member).unwrap_or_default();
    if call.contains("AssumeRole") {
        let principals = json!({"Service": held("trusts")});
        let statement =
            json!([{"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}]);
        let document = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
        return json!({"RoleName": last(name), "PolicyDocument": document});
    }
    let policy = altered(around, "policies").into_iter().next();
    let policy = policy.or_else(|| held("policies").get(0).cloned());
    let policy = policy.as_ref().and_then(Value::as_str).unwrap_or("access");
    match call.starts_with("Attach") || call.starts_with("Detach") {
        true => json!({
            "RoleName": last(name),
            "PolicyArn": format!("arn:aws:iam::{}:policy/{policy}", around.world.estate.account),
        }),
        false => json!({"RoleName": last(name), "PolicyName": policy}),
    }
}

fn entry(around: &Around<'_>, name: &str) -> Value {
    let entry = altered(around, "egress").into_iter().next();
    let mut members = match entry {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    members.insert("NetworkAclId".into(), name.into());
    members.insert("Egress".into(), true.into());
    Value::Object(members)
}

/// What a list holds now and did not, or else did and does not now.
fn altered(around: &Around<'_>, member: &str) -> Vec<Value> {
    let list = |settings: Option<&Settings>| -> Vec<Value> {
        let list = settings
            .and_then(|it| it.get(member))
            .and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let (before, after) = (list(around.before), list(around.after));
    let not_in = |one: &[Value], other: &[Value]| -> Vec<Value> {
        one.iter()
            .filter(|it| !other.contains(it))
            .cloned()
            .collect()
    };
    let added = not_in(&after, &before);
    match added.is_empty() {
        true => not_in(&before, &after),
        false => added,
    }
}

/// The value of a member now, or before it was deleted.
pub fn held(around: &Around<'_>, member: &str) -> Option<Value> {
    let settings = around.after.or(around.before)?;
    settings.get(member).cloned()
}

fn association(around: &Around<'_>) -> Value {
    let pool = around.pool().map(|pool| pool_arn(around, pool));
    let acl = held(around, "acl").filter(|_| around.write.call.starts_with("Associate"));
    match acl.filter(Value::is_string) {
        Some(acl) => json!({"WebACLArn": acl, "ResourceArn": pool}),
        None => json!({"ResourceArn": pool}),
    }
}

/// The id of an ACL or a set of addresses, as its ARN has it.
fn acl_id(around: &Around<'_>, name: &str) -> String {
    let own = held(around, "~Arn");
    let known = own.as_ref().and_then(Value::as_str).map(last);
    let known = known
        .map(str::to_owned)
        .or_else(|| id_in_rules(around, name));
    known.unwrap_or_else(|| id(around.world.seed, &[label("acl"), label(name)]))
}

/// A set of addresses is known by the rules that refer to it.
fn id_in_rules(around: &Around<'_>, name: &str) -> Option<String> {
    let settings = around.world.estate.settings.iter();
    let acls = settings.filter(|(resource, _)| resource.kind == Kind::Acl);
    let mut rules = acls
        .filter_map(|(_, acl)| acl.get("Rules")?.as_array())
        .flatten();
    rules.find_map(|rule| {
        let arn = rule
            .pointer("/Statement/IPSetReferenceStatement/ARN")?
            .as_str()?;
        let (_, tail) = arn.split_once(&format!("/ipset/{name}/"))?;
        Some(tail.to_owned())
    })
}

pub fn pool_arn(around: &Around<'_>, pool: usize) -> String {
    let estate = &around.world.estate;
    format!(
        "arn:aws:cognito-idp:{}:{}:userpool/{}",
        estate.region, estate.account, estate.pools[pool].id
    )
}

fn record(around: &Around<'_>, name: &str) -> Value {
    let zone = format!("Z{:016X}", label(around.world.estate.account.as_str()));
    let action = match around.write.does {
        Does::Delete => "DELETE",
        _ => "UPSERT",
    };
    let value = |member: &str| held(around, member);
    let records = value("Value").map(|value| json!([{"Value": value}]));
    json!({
        "HostedZoneId": zone,
        "ChangeBatch": {"Changes": [{
            "Action": action,
            "ResourceRecordSet": {"Name": name, "Type": value("Type"), "TTL": value("TTL"), "ResourceRecords": records},
        }]},
    })
}

fn parameter(around: &Around<'_>, name: &str) -> Value {
    if !around.write.call.starts_with("Put") {
        return json!({"Name": name});
    }
    let sent = around.said().contains_key("value").then_some(MASK);
    let kind = held(around, "type").unwrap_or_else(|| "SecureString".into());
    json!({"Name": name, "Type": kind, "Value": sent, "Overwrite": true})
}
