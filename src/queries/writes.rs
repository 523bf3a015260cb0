//! Names of the writes that are of use, by event source: configuration of user pools, of what sign-in
//! depends on elsewhere, and releases of applications.

use super::COGNITO;

mod others;

use others::{OTHERS, RELEASES, Service};

/// Calls on one user, by the user or an administrator: no configuration.
const USER_LEVEL: [&str; 29] = [
    "SignUp",
    "ConfirmSignUp",
    "ResendConfirmationCode",
    "ForgotPassword",
    "ConfirmForgotPassword",
    "ChangePassword",
    "GlobalSignOut",
    "RevokeToken",
    "UpdateUserAttributes",
    "DeleteUserAttributes",
    "DeleteUser",
    "VerifyUserAttribute",
    "GetUserAttributeVerificationCode",
    "SetUserMFAPreference",
    "SetUserSettings",
    "AssociateSoftwareToken",
    "VerifySoftwareToken",
    "ConfirmDevice",
    "ForgetDevice",
    "UpdateDeviceStatus",
    "StartWebAuthnRegistration",
    "CompleteWebAuthnRegistration",
    "DeleteWebAuthnCredential",
    "UpdateAuthEventFeedback",
    "StartUserImportJob",
    "StopUserImportJob",
    "CreateUserImportJob",
    "GetUser",
    "GetUserAuthFactors",
];

/// Configuration calls of user pools (domain.md §2.2), those that break sign-in most often first.
/// Unknown ones are changes too, but a look-up by name cannot ask for them.
const POOL_CHANGES: [&str; 35] = [
    "UpdateUserPoolClient",
    "DeleteUserPoolClient",
    "CreateUserPoolClient",
    "AddUserPoolClientSecret",
    "DeleteUserPoolClientSecret",
    "UpdateUserPool",
    "DeleteUserPool",
    "CreateUserPool",
    "SetUserPoolMfaConfig",
    "UpdateIdentityProvider",
    "DeleteIdentityProvider",
    "CreateIdentityProvider",
    "UpdateResourceServer",
    "DeleteResourceServer",
    "CreateResourceServer",
    "UpdateUserPoolDomain",
    "DeleteUserPoolDomain",
    "CreateUserPoolDomain",
    "SetRiskConfiguration",
    "AddCustomAttributes",
    "UpdateManagedLoginBranding",
    "DeleteManagedLoginBranding",
    "CreateManagedLoginBranding",
    "SetUICustomization",
    "UpdateTerms",
    "DeleteTerms",
    "CreateTerms",
    "UpdateGroup",
    "DeleteGroup",
    "CreateGroup",
    "SetLogDeliveryConfiguration",
    "CreateUserPoolReplica",
    "UpdateUserPoolReplica",
    "DeleteUserPoolReplica",
    "UpdateProvisionedLimit",
];

/// Services whose calls only [`GLOBAL_REGION`](super::GLOBAL_REGION) logs.
const GLOBAL: [&str; 4] = [
    "acm.amazonaws.com",
    "cloudfront.amazonaws.com",
    "route53.amazonaws.com",
    "iam.amazonaws.com",
];

/// Writes of other services that are kept, releases included, by event source.
pub fn changes_of_others() -> impl Iterator<Item = (&'static str, &'static str)> {
    let configuration = OTHERS.iter().flat_map(|service| {
        let names = service.asked.iter().chain(service.taken);
        names.map(|name| (service.source, *name))
    });
    let releases = RELEASES.iter();
    configuration
        .chain(releases.flat_map(|(source, names)| names.iter().map(|name| (*source, *name))))
}

/// The services whose writes every source of records is asked for.
pub(super) fn asked_services() -> impl Iterator<Item = &'static str> {
    let asked = OTHERS.iter().filter(|service| !service.asked.is_empty());
    asked.map(|service| service.source)
}

/// Writes of another service that are of a pool as its own configuration is.
const OF_POOLS: [&str; 2] = ["AssociateWebACL", "DisassociateWebACL"];

/// Names of the changes to look up over the whole history of a pool.
pub fn pool_change_names() -> Vec<&'static str> {
    POOL_CHANGES.into_iter().chain(OF_POOLS).collect()
}

/// Names of all changes to look up in a Region of a user pool, where no incident says when.
pub fn regional_change_names() -> Vec<&'static str> {
    let regional = names_of(|source| !GLOBAL.contains(&source), |service| service.asked);
    POOL_CHANGES.into_iter().chain(regional).collect()
}

/// Names of the changes to look up where only [`GLOBAL_REGION`](super::GLOBAL_REGION) logs them.
pub fn global_change_names() -> Vec<&'static str> {
    names_of(|source| GLOBAL.contains(&source), |service| service.asked).collect()
}

/// Names of the changes to look up in a Region around incidents.
pub fn change_names_near_incidents() -> Vec<&'static str> {
    near_incidents(|source| !GLOBAL.contains(&source))
}

/// The same where only [`GLOBAL_REGION`](super::GLOBAL_REGION) logs them.
pub fn global_change_names_near_incidents() -> Vec<&'static str> {
    near_incidents(|source| GLOBAL.contains(&source))
}

/// What takes a caller's way or a pool's function away: a look-up of a name takes a second.
fn near_incidents(of: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let adds = |name: &str| {
        ["Create", "Add", "Associate", "Enable"]
            .iter()
            .any(|verb| name.starts_with(verb))
    };
    let asked = names_of(&of, |service| service.asked);
    let asked = asked.filter(|name| !OF_POOLS.contains(name));
    let near = |source: &str| of(source) && !SELDOM.contains(&source);
    let taken = names_of(near, |service| service.taken);
    asked.chain(taken.filter(|name| !adds(name))).collect()
}

/// Services on which sign-in depends for few, and whose files tell of them.
const SELDOM: [&str; 8] = [
    "cloudformation.amazonaws.com",
    "network-firewall.amazonaws.com",
    "organizations.amazonaws.com",
    "route53domains.amazonaws.com",
    "route53resolver.amazonaws.com",
    "ses.amazonaws.com",
    "sms-voice.amazonaws.com",
    "sns.amazonaws.com",
];

fn names_of(
    of: impl Fn(&str) -> bool,
    names: impl Fn(&Service) -> &'static [&'static str],
) -> impl Iterator<Item = &'static str> {
    let services = OTHERS.iter().filter(move |service| of(service.source));
    services.flat_map(move |service| names(service).iter().copied())
}

/// Whether a write is a change of configuration, or a release. Unknown names of cognito-idp are:
/// AWS adds calls.
pub fn is_change(service: &str, name: &str) -> bool {
    match service {
        COGNITO => !USER_LEVEL.contains(&name) && !name.starts_with("Admin"),
        _ => is_of_others(service.as_bytes(), name.as_bytes()),
    }
}

/// Calls on one user that end a session or keep the user out; many in a row are a deed of their own.
const ON_USERS: [&str; 7] = [
    "AdminDeleteUser",
    "AdminDisableUser",
    "AdminResetUserPassword",
    "AdminSetUserPassword",
    "AdminUserGlobalSignOut",
    "GlobalSignOut",
    "RevokeToken",
];

/// Whether a call ends a session of one user, or keeps the user out.
pub fn is_on_users(service: &str, name: &str) -> bool {
    service == COGNITO && ON_USERS.contains(&name)
}

/// Whether a call released an application.
pub fn is_release(service: &str, name: &str) -> bool {
    let mut releases = RELEASES.iter();
    releases.any(|(source, names)| *source == service && names.contains(&name))
}

/// Whether a call of this service and name may be of any use: an attempt or a change. Takes bytes, as
/// they are met before anybody knows that they are text.
pub fn may_matter(service: &[u8], name: &[u8]) -> bool {
    service == COGNITO.as_bytes() || is_of_others(service, name)
}

fn is_of_others(service: &[u8], name: &[u8]) -> bool {
    let is_one =
        |(source, known): (&str, &str)| known.as_bytes() == name && source.as_bytes() == service;
    SIGNS[sign(name)] && changes_of_others().any(is_one)
}

/// The signs of the names of other services: most names have another, and need not be compared.
static SIGNS: [bool; 2048] = {
    let mut signs = [false; 2048];
    let mut at = 0;
    while at < OTHERS.len() {
        mark(&mut signs, OTHERS[at].asked);
        mark(&mut signs, OTHERS[at].taken);
        at += 1;
    }
    at = 0;
    while at < RELEASES.len() {
        mark(&mut signs, RELEASES[at].1);
        at += 1;
    }
    signs
};

const fn mark(signs: &mut [bool; 2048], names: &[&str]) {
    let mut at = 0;
    while at < names.len() {
        signs[sign(names[at].as_bytes())] = true;
        at += 1;
    }
}

/// A number below 2,048 of a name's first, middle and last letter and its length; the factors are
/// such that the busiest calls of all (`PutObject`, `Decrypt`, `AssumeRole`, …) share none with those
/// above.
const fn sign(name: &[u8]) -> usize {
    match name {
        [first, .., last] => {
            let middle = name[name.len() / 2] as usize;
            (*first as usize * 19 + middle * 93 + *last as usize * 27 + name.len()) % 2048
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_asked_for_is_kept() {
        for name in POOL_CHANGES {
            assert!(is_change(COGNITO, name), "{name}");
        }
        for (service, name) in changes_of_others() {
            assert!(is_change(service, name), "{name}");
            assert!(may_matter(service.as_bytes(), name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_name_counts_with_its_service_only() {
        let ec2 = "ec2.amazonaws.com";
        assert!(is_change(ec2, "DeleteRoute"));
        for (service, name) in [
            (ec2, "UpdateService"),
            (ec2, "DescribeInstances"),
            (ec2, ""),
            ("s3.amazonaws.com", "DeleteRoute"),
        ] {
            assert!(!is_change(service, name), "{service} {name}");
        }
    }

    #[test]
    fn releases_are_told_from_configuration() {
        assert!(is_release("ecs.amazonaws.com", "UpdateService"));
        assert!(is_release("apigateway.amazonaws.com", "CreateDeployment"));
        assert!(!is_release("apigateway.amazonaws.com", "UpdateDomainName"));
        assert!(!is_release(COGNITO, "UpdateUserPoolClient"));
    }

    #[test]
    fn the_busiest_calls_have_signs_of_their_own() {
        for name in [
            "PutObject",
            "GetObject",
            "Decrypt",
            "GenerateDataKey",
            "AssumeRole",
            "BatchGetImage",
            "GetParameter",
            "CreateLogStream",
            "DescribeInstances",
            "SendMessage",
        ] {
            assert!(!SIGNS[sign(name.as_bytes())], "{name}");
        }
    }
}
