//! What is deleted, and what is around a pool.

use expect_test::expect;
use serde_json::{Value, json};

use super::{change, check};

#[test]
fn what_no_update_can_undo() {
    let none = Value::Null;
    let secret = json!({"clientSecretId": "webEXAMPLE--1"});
    let secret = change(1, "DeleteUserPoolClientSecret", secret, none.clone());
    check(
        vec![secret],
        0,
        &[],
        expect![[r#"
        steps
        - A deleted secret cannot be read back from Cognito.
        - Where a caller still has its value, add it again: `aws cognito-idp add-user-pool-client-secret --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE --client-id webEXAMPLE --client-secret VALUE`. A client holds two secrets at most.
        - Otherwise switch callers to the remaining secret.
    "#]],
    );
    let client = change(1, "DeleteUserPoolClient", json!({}), none.clone());
    check(
        vec![client],
        0,
        &[],
        expect![[r#"
            steps
            - A deleted app client cannot be restored: a new one gets another id. Tokens issued by `webEXAMPLE` are valid until they expire.
            - The logs do not hold its settings: create one with those that the applications need, `aws cognito-idp create-user-pool-client --region eu-west-1 --user-pool-id eu-west-1_EXAMPLE --client-name NAME`.
            - Give the new id, and the secret if it has one, to every caller of the old one.
        "#]],
    );
    let provider = json!({"providerName": "corp", "providerDetails": {"client_id": "a", "oidc_issuer": "https://idp.example.com", "client_secret": "HIDDEN_DUE_TO_SECURITY_REASONS"}});
    let create = change(0, "CreateIdentityProvider", provider.clone(), none.clone());
    let delete = change(1, "DeleteIdentityProvider", provider, none);
    check(
        vec![create, delete],
        1,
        &[],
        expect![[r#"
            steps
            - No log shows `ProviderDetails.client_secret`: put it where `SECRET_OF_THE_PROVIDER` stands.
            - Send it complete: `aws cognito-idp create-identity-provider --region eu-west-1 --cli-input-json '{"ProviderDetails":{"client_id":"a","client_secret":"SECRET_OF_THE_PROVIDER","oidc_issuer":"https://idp.example.com"},"ProviderName":"corp","ProviderType":"OIDC","UserPoolId":"eu-west-1_EXAMPLE"}'`.
        "#]],
    );
}

#[test]
fn deleted_parts_are_made_again() {
    let none = Value::Null;
    let server = json!({"identifier": "api", "name": "API",
        "scopes": [{"scopeName": "read", "scopeDescription": "to read"}]});
    let create = change(0, "CreateResourceServer", server.clone(), none.clone());
    let delete = change(1, "DeleteResourceServer", server, none.clone());
    check(
        vec![create, delete],
        1,
        &[],
        expect![[r#"
        create_resource_server
        $ aws cognito-idp create-resource-server --region eu-west-1 --cli-input-json '{"Identifier":"api","Name":"API","Scopes":[{"ScopeDescription":"to read","ScopeName":"read"}],"UserPoolId":"eu-west-1_EXAMPLE"}'
    "#]],
    );
    let domain = json!({"domain": "signin-example"});
    let delete = change(1, "DeleteUserPoolDomain", domain, none);
    check(
        vec![delete],
        0,
        &[],
        expect![[r#"
        create_user_pool_domain
        $ aws cognito-idp create-user-pool-domain --region eu-west-1 --cli-input-json '{"Domain":"signin-example","UserPoolId":"eu-west-1_EXAMPLE"}'
    "#]],
    );
}

#[test]
fn firewall_and_functions() {
    let none = Value::Null;
    let arn = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE";
    let off = change(
        0,
        "DisassociateWebACL",
        json!({"resourceArn": arn}),
        none.clone(),
    );
    let on = json!({"resourceArn": arn, "webACLArn": "arn:acl"});
    let on = change(1, "AssociateWebACL", on, none.clone());
    check(
        vec![off, on],
        1,
        &["WebACL"],
        expect![[r#"
        disassociate_web_acl
        $ aws wafv2 disassociate-web-acl --region eu-west-1 --cli-input-json '{"ResourceArn":"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE"}'
    "#]],
    );
    let zero = json!({"functionName": "define", "reservedConcurrentExecutions": 0});
    let zero = change(1, "PutFunctionConcurrency20171031", zero, none.clone());
    check(
        vec![zero],
        0,
        &[],
        expect![[r#"
        delete_function_concurrency
        $ aws lambda delete-function-concurrency --region eu-west-1 --cli-input-json '{"FunctionName":"define"}'
        assumed ReservedConcurrentExecutions
    "#]],
    );
    let permission = json!({"functionName": "define", "statementId": "cognito",
        "action": "lambda:InvokeFunction", "principal": "cognito-idp.amazonaws.com"});
    let add = change(
        0,
        "AddPermission20150331v2",
        permission.clone(),
        none.clone(),
    );
    let remove = change(1, "RemovePermission20150331v2", permission, none);
    check(
        vec![add, remove],
        1,
        &[],
        expect![[r#"
        add_permission
        $ aws lambda add-permission --region eu-west-1 --cli-input-json '{"Action":"lambda:InvokeFunction","FunctionName":"define","Principal":"cognito-idp.amazonaws.com","StatementId":"cognito"}'
    "#]],
    );
}

#[test]
fn a_deleted_client_is_made_again_with_all_that_is_known() {
    let state = json!({"clientName": "web", "allowedOAuthFlows": ["code"], "allowedOAuthScopes": ["openid"],
        "callbackURLs": ["https://example.com/cb"], "allowedOAuthFlowsUserPoolClient": true,
        "refreshTokenValidity": 30, "clientSecret": "HIDDEN_DUE_TO_SECURITY_REASONS"});
    let create = change(
        0,
        "CreateUserPoolClient",
        state.clone(),
        json!({"userPoolClient": state}),
    );
    let delete = change(1, "DeleteUserPoolClient", json!({}), Value::Null);
    check(
        vec![create, delete],
        1,
        &[],
        expect![[r#"
        steps
        - A deleted app client cannot be restored: a new one gets another id. Tokens issued by `webEXAMPLE` are valid until they expire.
        - Create one with the settings of before: `aws cognito-idp create-user-pool-client --region eu-west-1 --cli-input-json '{"AccessTokenValidity":1,"AllowedOAuthFlows":["code"],"AllowedOAuthFlowsUserPoolClient":true,"AllowedOAuthScopes":["openid"],"AuthSessionValidity":3,"CallbackURLs":["https://example.com/cb"],"ClientName":"web","EnablePropagateAdditionalUserContextData":false,"ExplicitAuthFlows":["ALLOW_CUSTOM_AUTH","ALLOW_REFRESH_TOKEN_AUTH","ALLOW_USER_SRP_AUTH"],"GenerateSecret":true,"IdTokenValidity":1,"PreventUserExistenceErrors":"LEGACY","RefreshTokenRotation":{"Feature":"DISABLED"},"RefreshTokenValidity":30,"TokenValidityUnits":{"AccessToken":"hours","IdToken":"hours","RefreshToken":"days"},"UserPoolId":"eu-west-1_EXAMPLE"}'`.
        - Give the new id, and the secret if it has one, to every caller of the old one.
        - Where the domain uses managed login, the new client has no pages until a style is assigned to it with `create-managed-login-branding`.
    "#]],
    );
}

#[test]
fn a_provider_without_a_secret_comes_back_by_one_call() {
    let saml = |url: &str| {
        json!({"providerName": "corp", "providerType": "SAML",
            "providerDetails": {"MetadataURL": url, "IDPSignout": "true"},
            "attributeMapping": {"email": "mail"}, "acrMapping": {"Level1": "urn:one"}})
    };
    let shown = |state: Value| json!({"identityProvider": state});
    let right = saml("https://idp.example.com/metadata");
    let wrong = saml("https://old.example.com/metadata");
    let create = change(
        0,
        "CreateIdentityProvider",
        right.clone(),
        shown(right.clone()),
    );
    let update = change(1, "UpdateIdentityProvider", wrong.clone(), shown(wrong));
    check(
        vec![create.clone(), update],
        1,
        &["ProviderDetails.MetadataURL"],
        expect![[r#"
            update_identity_provider
            $ aws cognito-idp update-identity-provider --region eu-west-1 --cli-input-json '{"AcrMapping":{"Level1":"urn:one"},"AttributeMapping":{"email":"mail"},"ProviderDetails":{"IDPSignout":"true","MetadataURL":"https://idp.example.com/metadata"},"ProviderName":"corp","UserPoolId":"eu-west-1_EXAMPLE"}'
        "#]],
    );
    let delete = change(1, "DeleteIdentityProvider", right, Value::Null);
    check(
        vec![create, delete],
        1,
        &[],
        expect![[r#"
        create_identity_provider
        $ aws cognito-idp create-identity-provider --region eu-west-1 --cli-input-json '{"AcrMapping":{"Level1":"urn:one"},"AttributeMapping":{"email":"mail"},"ProviderDetails":{"IDPSignout":"true","MetadataURL":"https://idp.example.com/metadata"},"ProviderName":"corp","ProviderType":"SAML","UserPoolId":"eu-west-1_EXAMPLE"}'
    "#]],
    );
}

#[test]
fn a_domain_keeps_what_it_has() {
    let domain = |arn: &str| {
        json!({"domain": "auth.example.com", "managedLoginVersion": 2,
            "customDomainConfig": {"certificateArn": arn, "securityPolicy": "TLS_V1_2_2021"},
            "routing": {"failover": {"secondaryRegion": "us-east-1",
                "primaryRoute53HealthCheckId": "check-EXAMPLE"}}})
    };
    let create = change(0, "CreateUserPoolDomain", domain("arn:one"), Value::Null);
    let update = change(1, "UpdateUserPoolDomain", domain("arn:two"), Value::Null);
    check(
        vec![create, update],
        1,
        &["CustomDomainConfig.CertificateArn"],
        expect![[r#"
            update_user_pool_domain
            $ aws cognito-idp update-user-pool-domain --region eu-west-1 --cli-input-json '{"CustomDomainConfig":{"CertificateArn":"arn:one","SecurityPolicy":"TLS_V1_2_2021"},"Domain":"auth.example.com","ManagedLoginVersion":2,"Routing":{"Failover":{"PrimaryRoute53HealthCheckId":"check-EXAMPLE","SecondaryRegion":"us-east-1"}},"UserPoolId":"eu-west-1_EXAMPLE"}'
        "#]],
    );
}

#[test]
fn a_removed_permission_is_whole_though_no_log_shows_it() {
    let pool = json!({"lambdaConfig": {"preTokenGeneration":
        "arn:aws:lambda:eu-west-1:111122223333:function:tokens"}});
    let pool = change(0, "UpdateUserPool", pool, Value::Null);
    let remove = json!({"functionName": "tokens", "statementId": "from-pool"});
    let remove = change(1, "RemovePermission20150331v2", remove, Value::Null);
    check(
        vec![pool, remove],
        1,
        &[],
        expect![[r#"
        add_permission
        $ aws lambda add-permission --region eu-west-1 --cli-input-json '{"Action":"lambda:InvokeFunction","FunctionName":"tokens","Principal":"cognito-idp.amazonaws.com","SourceArn":"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE","StatementId":"from-pool"}'
        - No log shows the statement that was removed: this one is what Cognito needs.
        assumed Permission.from-pool
    "#]],
    );
}
