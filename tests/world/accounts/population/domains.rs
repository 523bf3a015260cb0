//! Hosts of a user pool: a prefix domain, a custom one, or both.

use serde_json::json;

use super::{
    super::model::{Kind, Owner},
    founding::Founding,
    words,
};

pub fn draw(f: &mut Founding<'_>, pool: usize, area: &str) {
    let kinds = f.chance.weighted(&[0.45, 0.3, 0.25]);
    let version = f.chance.whole(1, 2);
    if kinds != 1 {
        prefix(f, pool, area, version);
    }
    if kinds != 0 {
        custom(f, pool, area, version);
    }
}

fn prefix(f: &mut Founding<'_>, pool: usize, area: &str, version: i64) {
    let domain = format!("{area}-{}", words::lower(5, f.chance));
    let host = format!("{domain}.auth.{}.amazoncognito.com", f.estate.region);
    let settings = json!({"Domain": domain, "ManagedLoginVersion": version, "~Host": host});
    f.add(Kind::Domain, Owner::Pool(pool), domain, settings);
    f.estate.pools[pool].hosts.push(host);
}

fn custom(f: &mut Founding<'_>, pool: usize, area: &str, version: i64) {
    let first = *f
        .chance
        .pick(&["auth", "login", "id", "sso", "signin", "accounts"]);
    let host = format!("{first}.{area}.example.com");
    // Certificates of custom domains live in us-east-1.
    let certificate = format!(
        "arn:aws:acm:us-east-1:{}:certificate/{}",
        f.estate.account,
        f.chance.uuid()
    );
    let owner = Owner::Pool(pool);
    let settings = json!({"DomainName": host, "Status": "ISSUED", "ValidationMethod": "DNS"});
    f.add(Kind::Certificate, owner, certificate.clone(), settings);
    let target = format!("d{}.cloudfront.net", words::lower(13, f.chance));
    let ttl = *f.chance.pick(&[60, 300, 300, 3600]);
    let settings = json!({"Type": "CNAME", "TTL": ttl, "Value": target});
    f.add(Kind::DnsRecord, owner, host.clone(), settings);
    let settings = json!({
        "Domain": host,
        "ManagedLoginVersion": version,
        "CustomDomainConfig": {"CertificateArn": certificate},
        "~Host": host,
    });
    f.add(Kind::Domain, owner, host.clone(), settings);
    f.estate.pools[pool].hosts.push(host);
}
