//! Changes of anything but app clients that break something by a rule that somebody wrote down.

use serde_json::json;

use super::{
    super::{
        super::model::Kind as Of,
        changes::{access, domains, edge, pool, stores, triggers},
    },
    Kind, change,
};

pub const KINDS: &[Kind] = &[
    change(
        "pool-settings",
        "second factor required",
        pool::mfa_required,
    ),
    change("pool-settings", "second factor required by update", |d| {
        pool::set_on(d, Of::Pool, "MfaConfiguration", json!("ON"))
    }),
    change("pool-settings", "devices remembered", pool::devices),
    change("pool-settings", "plan reduced", |d| {
        pool::set_on(d, Of::Pool, "UserPoolTier", json!("LITE"))
    }),
    change("pool-settings", "threat protection enforced", |d| {
        pool::set_on(
            d,
            Of::Pool,
            "UserPoolAddOns.AdvancedSecurityMode",
            json!("ENFORCED"),
        )
    }),
    change("pool-settings", "passwords are no first factor", |d| {
        let path = "Policies.SignInPolicy.AllowedFirstAuthFactors";
        pool::set_on(d, Of::Pool, path, json!(["WEB_AUTHN", "EMAIL_OTP"]))
    }),
    change(
        "pool-settings",
        "low risks blocked",
        pool::low_risks_blocked,
    ),
    change("pool-settings", "pool deleted", pool::pool_deleted),
    change("triggers", "token trigger may not be invoked", |d| {
        triggers::foreign(d, "PreTokenGeneration")
    }),
    change("triggers", "first trigger may not be invoked", |d| {
        triggers::foreign(d, "PreAuthentication")
    }),
    change("triggers", "last trigger may not be invoked", |d| {
        triggers::foreign(d, "PostAuthentication")
    }),
    change("triggers", "triggers lost by a partial update", |d| {
        pool::partial(d, &["PoolName", "DeletionProtection"])
    }),
    change("triggers", "triggers removed", |d| triggers::lost(d, true)),
    change("triggers", "trigger removed", |d| triggers::lost(d, false)),
    change("triggers", "broken code deployed", triggers::broken_code),
    change("triggers", "variable lost", |d| {
        triggers::broken_setting(d, "revisionId", &json!("r2"))
    }),
    change("triggers", "function cut off its network", |d| {
        triggers::broken_setting(
            d,
            "vpcConfig",
            &json!({"subnetIds": ["subnet-0f1e2d3c4b5a69788"]}),
        )
    }),
    change("triggers", "time-out of a second", triggers::timeout),
    change("triggers", "no such handler", triggers::handler),
    change("triggers", "other role", triggers::role),
    change("triggers", "no concurrency", |d| {
        triggers::concurrency(d, 0)
    }),
    change("triggers", "concurrency of one", |d| {
        triggers::concurrency(d, 1)
    }),
    change(
        "triggers",
        "permission removed",
        triggers::permission_removed,
    ),
    change("triggers", "policy detached", |d| triggers::policy(d, true)),
    change("triggers", "policy denies", |d| triggers::policy(d, false)),
    change("triggers", "key disabled", |d| triggers::key(d, "Disabled")),
    change("triggers", "key to be deleted", |d| {
        triggers::key(d, "PendingDeletion")
    }),
    change("triggers", "function deleted", triggers::function_deleted),
    change("identity-provider", "other client id", |d| {
        pool::provider_detail(d, "client_id", |old, _| format!("{old}-prod"))
    }),
    change("identity-provider", "other secret", |d| {
        pool::provider_detail(d, "client_secret", |_, d| {
            d.chance.letters("abcdefghijkmnpqrstuvwxyz23456789", 24)
        })
    }),
    change("identity-provider", "other issuer", |d| {
        pool::provider_detail(d, "oidc_issuer", |old, _| {
            format!("{}/v2", old.trim_end_matches('/'))
        })
    }),
    change("identity-provider", "other metadata", |d| {
        pool::provider_detail(d, "MetadataURL", |old, _| {
            old.replace("metadata", "metadata-new")
        })
    }),
    change("identity-provider", "fewer scopes", |d| {
        pool::provider_detail(d, "authorize_scopes", |_, _| "openid".to_owned())
    }),
    change("identity-provider", "provider deleted", |d| {
        pool::deleted(d, Of::Provider)
    }),
    change(
        "identity-provider",
        "email mapped from another claim",
        |d| pool::mapping(d, Some("mail")),
    ),
    change("identity-provider", "email mapped no more", |d| {
        pool::mapping(d, None)
    }),
    change("domain", "domain deleted", domains::deleted),
    change("domain", "prefix replaced", domains::replaced),
    change(
        "domain",
        "certificate swapped",
        domains::certificate_swapped,
    ),
    change(
        "domain",
        "certificate imported",
        domains::certificate_imported,
    ),
    change("domain", "record deleted", domains::record_deleted),
    change("domain", "record moved", |d| {
        domains::record_moved(d, "portal.example.com")
    }),
    change("domain", "record moved to an old distribution", |d| {
        domains::record_moved(d, "d0aaaabbbbcccc.cloudfront.net")
    }),
    change(
        "domain",
        "managed login without branding",
        domains::managed_login,
    ),
    change("domain", "branding deleted", domains::branding_deleted),
    change("edge", "strict ACL associated", edge::strict_acl),
    change("edge", "denied by default", edge::deny_by_default),
    change("edge", "rule on token requests", |d| {
        let path = json!({"ByteMatchStatement": {"SearchString": "/oauth2/token", "FieldToMatch": {"UriPath": {}}}});
        edge::rule(d, "token", "no-automation", &path)
    }),
    change("edge", "rule on pages", |d| {
        let path = json!({"ByteMatchStatement": {"SearchString": "/login", "FieldToMatch": {"UriPath": {}}}});
        edge::rule(d, "pages", "bot-control", &path)
    }),
    change("edge", "rule on forms", |d| {
        let group = json!({"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesCommonRuleSet"}});
        edge::rule(d, "forms", "common", &group)
    }),
    change("edge", "rule on the API", |d| {
        let header = json!({"ByteMatchStatement": {"SearchString": "InitiateAuth", "FieldToMatch": {"SingleHeader": {"Name": "x-amzn-cognito-operation-name"}}}});
        edge::rule(d, "api", "api-only-inside", &header)
    }),
    change("edge", "rule on countries", |d| {
        edge::rule(
            d,
            "some",
            "countries",
            &json!({"NotStatement": {"Statement": {"GeoMatchStatement": {"CountryCodes": ["DE", "FR"]}}}}),
        )
    }),
    change("edge", "rule on rates", |d| {
        edge::rule(
            d,
            "rate",
            "rate-low",
            &json!({"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "IP"}}),
        )
    }),
    change("edge", "gateway address blocked", |d| {
        edge::addresses(d, 0.0)
    }),
    change("edge", "many addresses blocked", |d| {
        edge::addresses(d, 0.6)
    }),
    change("network", "route deleted", access::route_deleted),
    change("network", "route to a dead gateway", access::route_replaced),
    change("network", "egress revoked", |d| {
        access::egress(d, &json!([]))
    }),
    change("network", "egress to its own network", |d| {
        access::egress(
            d,
            &json!([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"}]),
        )
    }),
    change("network", "subnet denies", |d| {
        access::subnet(
            d,
            &json!({"RuleNumber": 50, "Protocol": "6", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}),
        )
    }),
    change("network", "subnet denies replies", |d| {
        access::subnet(
            d,
            &json!({"RuleNumber": 90, "Protocol": "6", "PortRange": {"From": 1024, "To": 65535}, "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}),
        )
    }),
    change("stores", "stored secret overwritten", |d| {
        stores::wrong(d, Of::StoredSecret, "PutSecretValue")
    }),
    change("stores", "stored secret rotated alone", |d| {
        stores::wrong(d, Of::StoredSecret, "RotateSecret")
    }),
    change("stores", "stored secret updated", |d| {
        stores::wrong(d, Of::StoredSecret, "UpdateSecret")
    }),
    change("stores", "stored secret deleted", |d| {
        stores::deleted(d, Of::StoredSecret)
    }),
    change("stores", "parameter overwritten", |d| {
        stores::wrong(d, Of::Parameter, "PutParameter")
    }),
    change("stores", "parameter deleted", |d| {
        stores::deleted(d, Of::Parameter)
    }),
    change("resource-servers", "scope deleted", |d| {
        pool::scope(d, None)
    }),
    change("resource-servers", "scope renamed", |d| {
        pool::scope(d, Some(".all"))
    }),
    change("resource-servers", "scopes cut", pool::scopes_cut),
    change("resource-servers", "resource server deleted", |d| {
        pool::deleted(d, Of::ResourceServer)
    }),
    change(
        "resource-servers",
        "resource server replaced",
        pool::server_replaced,
    ),
];
