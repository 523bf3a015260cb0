//! Undoing the change of a pool's domain.

use std::collections::BTreeSet;

use super::{
    Case, Undo,
    call::{put, quoted},
    document::Input,
    named,
    parts::cognito,
};
use crate::{
    cognito::{
        members::DOMAIN,
        setting::{Setting, Settings, is_nothing, known, may_exist, value},
    },
    ids::UserPoolId,
};

/// The undo of a change of `domain`.
pub(super) fn undo(case: &Case<'_>, pool: &UserPoolId, domain: &str) -> Undo {
    let gone = !may_exist(case.now);
    let target = target(case, gone);
    let certificate = value(&target, "CustomDomainConfig.CertificateArn");
    // A custom domain is a host name; a prefix domain holds no dot.
    let custom = domain.contains('.');
    let mut lost: Vec<Setting> = case.guilty.clone();
    lost.retain(|setting| known(case.before, setting).value().is_none());
    if custom && certificate.is_none_or(is_nothing) {
        lost.push(Setting::named("CustomDomainConfig.CertificateArn"));
        lost.dedup();
    }
    let kind = match gone {
        true => "create_user_pool_domain",
        false => "update_user_pool_domain",
    };
    let call = cognito(case, kind);
    let input = Input {
        table: DOMAIN,
        target: &target,
        now: &Settings::new(),
        put_back: &BTreeSet::new(),
        description: None,
    };
    let mut document = input.document();
    put(&mut document.members, "Domain", domain.into());
    put(&mut document.members, "UserPoolId", pool.as_str().into());
    lost.extend(document.unknown.into_iter().map(Setting::from));
    if !lost.is_empty() {
        return Undo::steps(vec![
            format!("The logs do not hold what {} was before.", named(&lost)),
            format!(
                "Put the domain back with it: `{} --user-pool-id {} --domain {} \
                 --custom-domain-config CertificateArn=ARN_OF_THE_CERTIFICATE`.",
                call.start(),
                quoted(pool.as_str()),
                quoted(domain)
            ),
        ]);
    }
    let mut undo = Undo::call(&call, document.members.into());
    undo.assumed = document.assumed;
    undo.steps = document.notes;
    if custom && gone {
        undo.steps.push(
            "Point the DNS record of the domain at the CloudFront host that the call prints."
                .to_owned(),
        );
    }
    undo
}

/// The domain as it is now with the guilty lines back; one that is gone as it was.
fn target(case: &Case<'_>, gone: bool) -> Settings {
    if gone {
        return case.before.clone();
    }
    let mut target = case.now.clone();
    for setting in &case.guilty {
        target.insert(setting.clone(), known(case.before, setting).clone());
    }
    target
}
