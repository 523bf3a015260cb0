//! Bodies of writes to other services, one call a line.

use chrono::DateTime;
use expect_test::{Expect, expect};

use crate::{
    cognito::{history::History, setting::Known},
    record::Change,
};

/// `service api {request}`, a second apart.
fn change(index: usize, line: &str) -> Change {
    let mut words = line.splitn(3, ' ');
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (service, name, request) = (word(), word(), word());
    Change {
        time: DateTime::from_timestamp(1_772_446_500 + index as i64, 0).unwrap_or_default(),
        event_id: format!("EXAMPLE-{index:02}"),
        name,
        service: format!("{service}.amazonaws.com"),
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        request: (!request.is_empty()).then_some(request),
        ..Change::default()
    }
}

#[track_caller]
fn check(lines: &str, expected: Expect) {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    let changes = lines.enumerate().map(|(index, line)| change(index, line));
    let history = History::new(changes.collect(), Vec::new());
    let shown = |known: &Known| match known {
        Known::Observed(value) => value.to_string(),
        Known::Assumed(value) => format!("{value}?"),
        Known::Unknown => "?".to_owned(),
    };
    let mut told = String::new();
    for found in history.changes() {
        told += &format!("{} {:?}\n", found.change.name, found.standing);
        for line in &found.diff {
            let (before, after) = (shown(&line.before), shown(&line.after));
            told += &format!("  {}: {before} -> {after}\n", line.setting);
        }
    }
    assert_eq!(history.gaps(), []);
    expected.assert_eq(&told);
}

#[test]
fn a_firewall_tells_what_changed() {
    check(
        r#"
        wafv2 UpdateIPSet {"name":"blocked","scope":"REGIONAL","id":"a-EXAMPLE","addresses":["192.0.2.8/32","192.0.2.1/32"],"lockToken":"1"}
        wafv2 UpdateIPSet {"name":"blocked","scope":"REGIONAL","id":"a-EXAMPLE","addresses":["192.0.2.1/32","192.0.2.8/32"],"lockToken":"2"}
        wafv2 UpdateIPSet {"name":"blocked","scope":"REGIONAL","id":"a-EXAMPLE","addresses":["0.0.0.0/1"],"lockToken":"3"}
        wafv2 UpdateWebACL {"name":"front","id":"b-EXAMPLE","defaultAction":{"allow":{}},"rules":[{"name":"rate","priority":1,"action":{"block":{}},"statement":{"rateBasedStatement":{"limit":2000}},"visibilityConfig":{"metricName":"rate"}}],"lockToken":"1"}
        wafv2 UpdateWebACL {"name":"front","id":"b-EXAMPLE","defaultAction":{"block":{}},"rules":[],"lockToken":"2"}
        wafv2 UpdateWebACL {"name":"front","id":"b-EXAMPLE"}
        "#,
        expect![[r#"
            UpdateIPSet Effective
              Addresses: ? -> ["192.0.2.1/32","192.0.2.8/32"]
            UpdateIPSet NoDifference
            UpdateIPSet Effective
              Addresses: ["192.0.2.1/32","192.0.2.8/32"] -> ["0.0.0.0/1"]
            UpdateWebACL Effective
              DefaultAction: ? -> "allow"
              Rule.rate.Action: ? -> "block"
              Rule.rate.Priority: ? -> 1
              Rule.rate.Statement: ? -> {"RateBasedStatement":{"Limit":2000}}
              Rules: ? -> ["rate"]
            UpdateWebACL Effective
              DefaultAction: "allow" -> "block"
              Rule.rate.Action: "block" -> null?
              Rule.rate.Priority: 1 -> null?
              Rule.rate.Statement: {"RateBasedStatement":{"Limit":2000}} -> null?
              Rules: ["rate"] -> []
            UpdateWebACL Opaque
        "#]],
    );
}

#[test]
fn a_network_tells_what_was_taken_away() {
    check(
        r#"
        ec2 DeleteRoute {"routeTableId":"rtb-EXAMPLE","destinationCidrBlock":"0.0.0.0/0"}
        ec2 CreateRoute {"routeTableId":"rtb-EXAMPLE","destinationCidrBlock":"0.0.0.0/0","natGatewayId":"nat-EXAMPLE"}
        ec2 DeleteRoute {"routeTableId":"rtb-EXAMPLE","destinationCidrBlock":"0.0.0.0/0"}
        ec2 RevokeSecurityGroupEgress {"groupId":"sg-EXAMPLE","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":443,"toPort":443,"groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}
        ec2 AuthorizeSecurityGroupEgress {"groupId":"sg-EXAMPLE","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":443,"toPort":443,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}
        ec2 ReplaceNetworkAclEntry {"networkAclId":"acl-EXAMPLE","ruleNumber":100,"egress":true,"ruleAction":"deny","cidrBlock":"0.0.0.0/0"}
        ec2 DeleteNatGateway {"DeleteNatGatewayRequest":{"NatGatewayId":"nat-EXAMPLE"}}
        "#,
        expect![[r#"
            DeleteRoute Effective
              Route.0.0.0.0/0: "present" -> null
            CreateRoute Effective
              Route.0.0.0.0/0: null -> "nat-EXAMPLE"
            DeleteRoute Effective
              Route.0.0.0.0/0: "nat-EXAMPLE" -> null
            RevokeSecurityGroupEgress Effective
              Egress.tcp 443 0.0.0.0/0: "present" -> null
            AuthorizeSecurityGroupEgress Effective
              Egress.tcp 443 0.0.0.0/0: null -> "present"
            ReplaceNetworkAclEntry Effective
              Egress.100: ? -> {"CidrBlock":"0.0.0.0/0","RuleAction":"deny"}
            DeleteNatGateway Effective
              Exists: true -> false
        "#]],
    );
}

#[test]
fn hosts_roles_and_keys_tell_too() {
    check(
        r#"
        route53 ChangeResourceRecordSets {"hostedZoneId":"ZEXAMPLE","changeBatch":{"changes":[{"action":"UPSERT","resourceRecordSet":{"name":"auth.example.com.","type":"A","aliasTarget":{"dNSName":"d111.cloudfront.net."}}},{"action":"DELETE","resourceRecordSet":{"name":"old.example.com.","type":"CNAME","tTL":300,"resourceRecords":[{"value":"example.org"}]}}]}}
        cloudfront UpdateDistribution {"id":"EEXAMPLE","distributionConfig":{"aliases":{"quantity":1,"items":["auth.example.com"]},"enabled":true,"origins":{"quantity":1,"items":[{"domainName":"pool.auth.eu-west-1.amazoncognito.com","customHeaders":{"items":[]}}]}}}
        iam DeleteRolePolicy {"roleName":"trigger","policyName":"read"}
        iam PutRolePolicy {"roleName":"trigger","policyName":"read","policyDocument":"{\"Statement\": []}"}
        iam PutRolePolicy {"roleName":"trigger","policyName":"read","policyDocument":"{ \"Statement\":[] }"}
        kms DisableKey {"keyId":"k-EXAMPLE"}
        kms EnableKey {"keyId":"k-EXAMPLE"}
        elasticloadbalancing ModifyRule {"ruleArn":"arn:rule","actions":[{"type":"fixed-response"}]}
        ecs UpdateService {"service":"orders","cluster":"prod"}
        "#,
        expect![[r#"
            ChangeResourceRecordSets Effective
              Record.auth.example.com.A: ? -> "d111.cloudfront.net"
              Record.old.example.com.CNAME: ["example.org"] -> null
            UpdateDistribution Effective
              Aliases: ? -> ["auth.example.com"]
              DefaultCacheBehavior: ? -> null
              Enabled: ? -> true
              Origins: ? -> ["pool.auth.eu-west-1.amazoncognito.com"]
              ViewerCertificate: ? -> null
              WebACLId: ? -> null
            DeleteRolePolicy Effective
              RolePolicy.read: ? -> null
            PutRolePolicy Effective
              RolePolicy.read: null -> {"Statement":[]}
            PutRolePolicy NoDifference
            DisableKey Effective
              Enabled: ? -> false
            EnableKey Effective
              Enabled: false -> true
            ModifyRule Effective
              Actions: ? -> [{"Type":"fixed-response"}]
            UpdateService Release
        "#]],
    );
}
