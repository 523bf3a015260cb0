//! Links out of calls, one a line.

use chrono::DateTime;
use expect_test::{Expect, expect};

use super::*;
use crate::record::Change;

const POOL: &str = "eu-west-1_EXAMPLE";

/// `second service api {request}[ => {response}]`; the client is the request's `clientId`.
fn change(index: usize, line: &str) -> Change {
    let (head, response) = line.split_once(" => ").unwrap_or((line, ""));
    let mut words = head.splitn(4, ' ');
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (second, service, name, request) = (word(), word(), word(), word());
    let second: i64 = second.parse().expect("a second");
    let body: Value = serde_json::from_str(&request).expect("a request");
    Change {
        time: DateTime::from_timestamp(1_772_446_500 + second, 0).unwrap_or_default(),
        event_id: format!("e{index}"),
        name,
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        user_pool: (service == "cognito-idp").then(|| POOL.to_owned()),
        service: format!("{service}.amazonaws.com"),
        client: body["clientId"].as_str().map(str::to_owned),
        actor: Some("arn:aws:iam::111122223333:user/dana".to_owned()),
        request: Some(request),
        response: (!response.is_empty()).then(|| response.to_owned()),
        ..Change::default()
    }
}

#[track_caller]
fn check(lines: &str, expected: Expect) {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    let changes = lines.enumerate().map(|(index, line)| change(index, line));
    let history = History::new(changes.collect(), Vec::new());
    let told = links(&history).into_iter().map(|link| {
        let id = link.known_from.map_or("?".to_owned(), |id| id.to_string());
        let end = |end: End| format!("{} {}", end.kind, end.name);
        format!(
            "{id}: {} -> {} ({})\n",
            end(link.from),
            end(link.to),
            link.how
        )
    });
    expected.assert_eq(&told.collect::<String>());
}

#[test]
fn what_stands_before_a_pool_is_linked_with_it() {
    check(
        r#"
        1 cognito-idp UpdateUserPool {"lambdaConfig":{"preTokenGeneration":"arn:aws:lambda:eu-west-1:111122223333:function:claims:live"}}
        2 wafv2 AssociateWebACL {"webACLArn":"arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/front/aclEXAMPLE","resourceArn":"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE"}
        3 wafv2 UpdateWebACL {"name":"front","id":"aclEXAMPLE","defaultAction":{"allow":{}},"rules":[{"name":"known","priority":0,"action":{"block":{}},"statement":{"iPSetReferenceStatement":{"aRN":"arn:aws:wafv2:eu-west-1:111122223333:regional/ipset/known/setEXAMPLE"}}}]}
        4 cognito-idp CreateUserPoolDomain {"domain":"auth.example.com","customDomainConfig":{"certificateArn":"arn:aws:acm:us-east-1:111122223333:certificate/EXAMPLE"}} => {"cloudFrontDomain":"d111.cloudfront.net"}
        5 route53 ChangeResourceRecordSets {"hostedZoneId":"ZEXAMPLE","changeBatch":{"changes":[{"action":"CREATE","resourceRecordSet":{"name":"auth.example.com.","type":"A","aliasTarget":{"dNSName":"d111.cloudfront.net."}}},{"action":"CREATE","resourceRecordSet":{"name":"shop.example.com.","type":"A","resourceRecords":[{"value":"192.0.2.1"}]}}]}}
        "#,
        expect![[r#"
            e0: user_pool eu-west-1_EXAMPLE -> function claims (LambdaConfig.PreTokenGeneration)
            e1: firewall aclEXAMPLE -> user_pool eu-west-1_EXAMPLE (WebACL)
            e2: firewall aclEXAMPLE -> firewall setEXAMPLE (Rule.known.Statement)
            e3: domain auth.example.com -> alias d111.cloudfront.net (cloudFrontDomain)
            e3: domain auth.example.com -> certificate arn:aws:acm:us-east-1:111122223333:certificate/EXAMPLE (CustomDomainConfig.CertificateArn)
            e3: domain auth.example.com -> user_pool eu-west-1_EXAMPLE (userPoolId)
            e3: host auth.example.com -> domain auth.example.com (domain)
            e4: host auth.example.com -> alias d111.cloudfront.net (Record.auth.example.com.A)
        "#]],
    );
}

#[test]
fn what_a_client_uses_is_linked_with_it() {
    check(
        r#"
        1 cognito-idp CreateResourceServer {"identifier":"orders","name":"orders","scopes":[{"scopeName":"read","scopeDescription":"r"}]}
        2 cognito-idp CreateUserPoolClient {"clientId":"1ordersEXAMPLE","clientName":"orders-web"} => {"userPoolClient":{"clientId":"1ordersEXAMPLE","clientName":"orders-web","callbackURLs":["https://orders.example.com/cb"],"allowedOAuthScopes":["openid","orders/read"],"supportedIdentityProviders":["Corp"]}}
        3 cognito-idp CreateUserPoolClient {"clientId":"2stockEXAMPLE","clientName":"stock"} => {"userPoolClient":{"clientId":"2stockEXAMPLE","clientName":"stock"}}
        4 secretsmanager PutSecretValue {"secretId":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/orders-web/client-secret-AbCdEf"}
        5 ssm PutParameter {"name":"/prod/database/flag"}
        6 ecs UpdateService {"service":"stock","cluster":"prod"}
        7 elasticloadbalancing ModifyRule {"ruleArn":"arn:rule","actions":[{"type":"authenticate-cognito","authenticateCognitoConfig":{"userPoolClientId":"2stockEXAMPLE"}}]}
        "#,
        expect![[r#"
            e0: scope orders/read -> resource_server orders (Scopes)
            e1: client 1ordersEXAMPLE -> scope orders/read (AllowedOAuthScopes)
            e1: identity_provider Corp -> client 1ordersEXAMPLE (SupportedIdentityProviders)
            e3: secret prod/orders-web/client-secret -> client 1ordersEXAMPLE (name)
            e5: service stock -> client 2stockEXAMPLE (name)
            e6: load_balancer arn:rule -> client 2stockEXAMPLE (userPoolClientId)
        "#]],
    );
}

#[test]
fn a_host_of_an_api_leads_to_its_certificate_and_its_api() {
    check(
        r#"
        1 apigateway CreateDomainName {"createDomainNameInput":{"domainName":"api.example.com","regionalCertificateArn":"arn:aws:acm:eu-west-1:111122223333:certificate/OLDEXAMPLE"}} => {"domainName":"api.example.com","regionalDomainName":"d-example.execute-api.eu-west-1.amazonaws.com"}
        2 apigateway CreateBasePathMapping {"domainName":"api.example.com","createBasePathMappingInput":{"restApiId":"apiEXAMPLE","basePath":"login"}}
        3 apigateway UpdateDomainName {"domainName":"api.example.com","updateDomainNameInput":{"patchOperations":[{"op":"replace","path":"/regionalCertificateArn","value":"arn:aws:acm:eu-west-1:111122223333:certificate/NEWEXAMPLE"}]}}
        4 apigateway CreateDeployment {"restApiId":"apiEXAMPLE","createDeploymentInput":{"stageName":"prod"}}
        "#,
        expect![[r#"
            e0: host api.example.com -> alias d-example.execute-api.eu-west-1.amazonaws.com (domainName)
            e0: host api.example.com -> certificate arn:aws:acm:eu-west-1:111122223333:certificate/OLDEXAMPLE (certificateArn)
            e1: host api.example.com -> api apiEXAMPLE (apiMapping)
            e2: host api.example.com -> certificate arn:aws:acm:eu-west-1:111122223333:certificate/NEWEXAMPLE (certificateArn)
        "#]],
    );
}

#[test]
fn a_delete_and_a_create_are_one_replacement() {
    check(
        r#"
        0 cognito-idp UpdateUserPoolClient {"clientId":"1EXAMPLE","clientName":"a"}
        1 cognito-idp DeleteUserPoolDomain {"domain":"staff"}
        3 cognito-idp CreateUserPoolDomain {"domain":"staff-eu"}
        10 cognito-idp CreateUserPoolClient {"clientName":"a"} => {"userPoolClient":{"clientId":"2EXAMPLE","clientName":"a","userPoolId":"eu-west-1_EXAMPLE"}}
        11 cognito-idp CreateUserPoolClient {"clientName":"b"} => {"userPoolClient":{"clientId":"3EXAMPLE","clientName":"b","userPoolId":"eu-west-1_EXAMPLE"}}
        12 cognito-idp DeleteUserPoolClient {"clientId":"1EXAMPLE"}
        900 cognito-idp DeleteUserPoolClient {"clientId":"3EXAMPLE"}
        "#,
        expect![[r#"
            e5: client 1EXAMPLE -> client 2EXAMPLE (replaced by)
            e1: domain staff -> user_pool eu-west-1_EXAMPLE (userPoolId)
            e1: host staff.auth.eu-west-1.amazoncognito.com -> domain staff (domain)
            e2: domain staff -> domain staff-eu (replaced by)
            e2: domain staff-eu -> user_pool eu-west-1_EXAMPLE (userPoolId)
            e2: host staff-eu.auth.eu-west-1.amazoncognito.com -> domain staff-eu (domain)
        "#]],
    );
}
