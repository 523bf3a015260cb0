//! Changes to a pool and what belongs to it: triggers, rules of signing in, providers, resource servers,
//! domains.

use super::{HALF, Mechanism, altering, is_listed, is_untold, judged, nothing};
use crate::{
    attribute::{
        case::{Case, Tally},
        parameters as p,
    },
    cognito::{
        history::{ConfigChange, DiffLine, Standing},
        replay,
        setting::Setting,
    },
};

/// Settings of a pool about how users prove who they are.
const SIGN_IN_RULES: [&str; 10] = [
    "AccountTakeoverRiskConfiguration.",
    "CompromisedCredentialsRiskConfiguration.",
    "DeviceConfiguration.",
    "EmailMfaConfiguration.",
    "MfaConfiguration",
    "Policies.",
    "SmsMfaConfiguration.",
    "SoftwareTokenMfaConfiguration.",
    "UserPoolAddOns.",
    "WebAuthnConfiguration.",
];

pub(super) fn pool(case: &Case<'_>, index: usize, tally: &Tally) -> Mechanism {
    if let Some(judged) = judged(tally) {
        return judged;
    }
    let change = &case.history.changes()[index];
    let lines = altering(change);
    if lines.is_empty() {
        return nothing(change);
    }
    let told: Vec<&&DiffLine> = lines.iter().filter(|line| !is_untold(line)).collect();
    if told.is_empty() {
        return Mechanism::new(
            p::POOL_UNSEEN,
            "No log shows the pool's settings before it.",
        );
    }
    let trigger = |line: &&&&DiffLine| line.setting.as_str().starts_with("LambdaConfig");
    let triggers: Vec<&&&DiffLine> = told.iter().filter(trigger).collect();
    if triggers
        .iter()
        .any(|line| is_run(case, change, &line.setting))
    {
        let text = "It altered a trigger that such requests run.";
        return Mechanism::new(p::TRIGGER_ALTERED, text).of_triggers();
    }
    let of_rules = |line: &&&DiffLine| {
        let name = line.setting.as_str();
        SIGN_IN_RULES.iter().any(|rule| name.starts_with(rule))
    };
    if told.iter().any(of_rules) {
        return Mechanism::new(p::SIGN_IN_RULES, "It altered how users prove who they are.");
    }
    if triggers.len() == told.len() {
        let text = "It altered triggers that such requests do not run.";
        return Mechanism::new(p::FAR, text);
    }
    let listed = told.iter().all(|line| is_listed(line));
    let text = match listed {
        true => "It altered settings of the pool that are known to break other requests.",
        false => "It altered a setting of the pool whose effect no rule lists.",
    };
    Mechanism::new(p::POOL_SETTING, text)
}

/// Whether most of the requests run a trigger, at the version that a change gave it.
fn is_run(case: &Case<'_>, change: &ConfigChange, trigger: &Setting) -> bool {
    let version = replay::version(change);
    let share = case.share(|attempt| replay::look_at(trigger, version.as_deref(), attempt));
    share >= HALF
}

pub(super) fn resource_server(
    case: &Case<'_>,
    change: &ConfigChange,
    identifier: &str,
    tally: &Tally,
) -> Mechanism {
    if let Some(judged) = judged(tally) {
        return judged;
    }
    let prefix = format!("{identifier}/");
    let asked = case.share(|attempt| attempt.scopes.is_some());
    let uses = case.share(|attempt| {
        let mut scopes = attempt.scopes.unwrap_or_default().split(' ');
        scopes.any(|scope| scope.starts_with(&prefix))
    });
    if lacks(case, change, &prefix) >= HALF {
        let text = "The resource server has no scope any more that such requests ask for.";
        return Mechanism::new(p::SCOPE_LACKS, text).total();
    }
    match (asked >= HALF, uses >= HALF) {
        (_, true) => Mechanism::new(
            p::ADMITS,
            "The scopes that such requests ask for are still there.",
        ),
        (true, false) => Mechanism::new(p::OTHER, "Such requests ask for none of its scopes."),
        (false, false) => Mechanism::new(
            p::SCOPE_BESIDE,
            "The records do not show which scopes are asked for.",
        ),
    }
}

/// The share of the requests that ask for a scope which a resource server does not have after a change.
fn lacks(case: &Case<'_>, change: &ConfigChange, prefix: &str) -> f64 {
    let scopes = change
        .diff
        .iter()
        .find(|line| line.setting.as_str() == "Scopes");
    let scopes = scopes.and_then(|line| line.after.value()?.as_array());
    let Some(scopes) = scopes else { return 0.0 };
    let has = |name: &str| scopes.iter().any(|scope| scope.as_str() == Some(name));
    case.share(|attempt| {
        let mut asked = attempt.scopes.unwrap_or_default().split(' ');
        asked.any(|scope| scope.strip_prefix(prefix).is_some_and(|name| !has(name)))
    })
}

pub(super) fn provider(case: &Case<'_>, change: &ConfigChange, name: &str) -> Mechanism {
    let of_pages = case.share(|attempt| {
        !matches!(
            attempt.grant,
            Some("client_credentials" | "refresh_token" | "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN")
        )
    });
    if of_pages < HALF {
        return Mechanism::new(p::OTHER, "Such requests ask no identity provider.");
    }
    let told = case.share(|attempt| attempt.identity_provider.is_some());
    let asks = case.share(|attempt| attempt.identity_provider == Some(name));
    if told >= HALF && asks < HALF {
        return Mechanism::new(p::OTHER, "Such requests ask another identity provider.");
    }
    if change.change.name.starts_with("Create") {
        return Mechanism::new(p::ADMITS, "It made an identity provider.");
    }
    let mapping = |line: &&DiffLine| line.setting.as_str().starts_with("AttributeMapping");
    let lines = altering(change);
    let only_mapping = !lines.is_empty() && lines.iter().all(mapping);
    match (told >= HALF, change.change.name.starts_with("Delete")) {
        (true, true) => Mechanism::new(
            p::PROVIDER_GONE,
            "The identity provider that they ask is gone.",
        )
        .total(),
        _ if only_mapping => Mechanism::new(
            p::PROVIDER_MAPPING,
            "It altered how attributes of the identity provider are mapped.",
        ),
        _ if lines.is_empty() && change.standing != Standing::Opaque => {
            Mechanism::new(p::SAME, "It altered nothing.")
        }
        (true, false) => Mechanism::new(
            p::PROVIDER_ALTERED,
            "It altered the identity provider that they ask.",
        ),
        (false, _) => Mechanism::new(
            p::PROVIDER_BESIDE,
            "It altered an identity provider, and the records do not show which one they ask.",
        ),
    }
}

pub(super) fn domain(case: &Case<'_>, change: &ConfigChange) -> Mechanism {
    if !case.asks_hosts() {
        return Mechanism::new(p::OTHER, "Such requests do not go by a domain of the pool.");
    }
    let name = change.change.name.as_str();
    let mechanism = match name {
        _ if name.starts_with("Delete") => {
            Mechanism::new(p::DOMAIN_GONE, "It removed a domain of the pool.").total()
        }
        _ if name.starts_with("Create") => Mechanism::new(p::DOMAIN_NEW, "It made a domain."),
        _ => Mechanism::new(p::DOMAIN_ALTERED, "It altered a domain of the pool."),
    };
    mechanism.slow().before_cognito()
}
