//! Web ACLs in front of user pools.

use serde_json::{Value, json};

use super::{
    super::model::{Kind, Owner},
    callers,
    founding::Founding,
    words,
};

/// Guards about a third of the pools.
pub fn draw(f: &mut Founding<'_>, pool: usize) {
    if !f.chance.happens(0.34) {
        return;
    }
    let owner = Owner::Pool(pool);
    let blocked = *f
        .chance
        .pick(&["blocked", "deny-list", "bad-actors", "blocklist"]);
    let set = format!("{blocked}-{}", words::lower(4, f.chance));
    let addresses: Vec<String> = (0..f.chance.whole(0, 4))
        .map(|_| callers::public(0.0, f.chance))
        .collect();
    let id = f.chance.uuid();
    let set_arn = f.arn("wafv2", &format!("regional/ipset/{set}/{id}"));
    let settings = json!({
        "Name": set,
        "Scope": "REGIONAL",
        "IPAddressVersion": "IPV4",
        "Addresses": addresses.iter().map(|address| format!("{address}/32")).collect::<Vec<_>>(),
        "~Addresses": addresses,
    });
    f.add(Kind::IpSet, owner, set, settings);
    let acl = format!("{}-acl", f.estate.pools[pool].name);
    let id = f.chance.uuid();
    let acl_arn = f.arn("wafv2", &format!("regional/webacl/{acl}/{id}"));
    let settings = json!({
        "Name": acl,
        "Scope": "REGIONAL",
        "DefaultAction": {"Allow": {}},
        "Rules": rules(f, &set_arn),
        "~Arn": acl_arn,
    });
    f.add(Kind::Acl, owner, acl, settings);
    let pool_arn = f.pool_arn(pool);
    f.add(
        Kind::AclAssociation,
        owner,
        pool_arn,
        json!({"acl": acl_arn}),
    );
}

fn rules(f: &mut Founding<'_>, set: &str) -> Vec<Value> {
    let mut rules = vec![json!({
        "Name": "blocked-addresses",
        "Priority": 0,
        "Action": {"Block": {}},
        "Statement": {"IPSetReferenceStatement": {"ARN": set}},
    })];
    if f.chance.happens(0.6) {
        let limit = *f.chance.pick(&[500, 1_000, 2_000, 10_000]);
        rules.push(json!({
            "Name": "rate",
            "Priority": 1,
            "Action": {"Block": {}},
            "Statement": {"RateBasedStatement": {"Limit": limit, "AggregateKeyType": "IP"}},
        }));
    }
    if f.chance.happens(0.5) {
        let group = *f.chance.pick(&[
            "AWSManagedRulesCommonRuleSet",
            "AWSManagedRulesAmazonIpReputationList",
        ]);
        rules.push(json!({
            "Name": group,
            "Priority": 2,
            "OverrideAction": {"None": {}},
            "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": group}},
        }));
    }
    rules
}
