//! Undoing the change of an identity provider.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Case, Undo,
    call::{put, quoted},
    document::{Document, Input},
    named,
    parts::cognito,
};
use crate::{
    cognito::{
        members::IDENTITY_PROVIDER,
        setting::{Known, Setting, Settings, known, may_exist, value},
    },
    ids::UserPoolId,
};

/// What stands in a command for a secret that no log shows.
const PLACE_OF_SECRET: &str = "SECRET_OF_THE_PROVIDER";

/// Details that Cognito tells and does not take. Source: SDK, `IdentityProviderType`,
/// `ProviderDetails`: the examples of requests and of responses.
const FOUND_OUT: &[&str] = &[
    "ProviderDetails.ActiveEncryptionCertificate",
    "ProviderDetails.SLORedirectBindingURI",
    "ProviderDetails.SSORedirectBindingURI",
];

/// The undo of a change of the provider `name`.
pub(super) fn undo(case: &Case<'_>, pool: &UserPoolId, name: &str) -> Undo {
    let gone = !may_exist(case.now);
    let target = target(case, gone);
    let mut document = document(&target);
    let secrets = secrets(&target, &mut document);
    put(&mut document.members, "UserPoolId", pool.as_str().into());
    put(&mut document.members, "ProviderName", name.into());
    if let Some(kind) = kind_of(&target, name).filter(|_| gone) {
        put(&mut document.members, "ProviderType", kind.into());
    }
    let unknown = unknown(case, &document, gone);
    let kind = match gone {
        true => "create_identity_provider",
        false => "update_identity_provider",
    };
    let call = cognito(case, kind);
    if !gone {
        // Naming the type is for the creation only.
        document.members.remove("ProviderType");
    }
    let input = Value::from(document.members);
    match (unknown.as_slice(), secrets.as_slice()) {
        ([], []) => Undo {
            assumed: document.assumed,
            steps: document.notes,
            ..Undo::call(&call, input)
        },
        (unknown, secrets) => {
            let mut steps = Vec::new();
            if !gone {
                steps.push(format!(
                    "Look at it as it is: `{} --user-pool-id {} --provider-name {}`.",
                    cognito(case, "describe_identity_provider").start(),
                    quoted(pool.as_str()),
                    quoted(name)
                ));
            }
            if !unknown.is_empty() {
                steps.push(format!("The logs do not hold {}: add it.", named(unknown)));
            }
            if !secrets.is_empty() {
                steps.push(format!(
                    "No log shows {}: put it where `{PLACE_OF_SECRET}` stands.",
                    named(secrets)
                ));
            }
            steps.push(format!("Send it complete: `{}`.", call.filled_in(&input)));
            Undo::steps(steps)
        }
    }
}

/// The type of a provider: as the logs tell it, by its name where that is its type, or by what only
/// one type has. Source: SDK, `CreateIdentityProvider`, `ProviderDetails`.
fn kind_of(target: &Settings, name: &str) -> Option<String> {
    const SOCIAL: [&str; 4] = ["Facebook", "Google", "LoginWithAmazon", "SignInWithApple"];
    let has = |detail: &'static str| value(target, detail).is_some();
    let told = value(target, "ProviderType").and_then(Value::as_str);
    let kind = match told {
        Some(kind) => kind,
        None if SOCIAL.contains(&name) => name,
        None if has("ProviderDetails.MetadataURL") || has("ProviderDetails.MetadataFile") => "SAML",
        None if has("ProviderDetails.oidc_issuer") => "OIDC",
        None => return None,
    };
    Some(kind.to_owned())
}

/// The provider as it is now with the guilty lines back; one that is gone as it was.
fn target(case: &Case<'_>, gone: bool) -> Settings {
    let mut target = case.now.clone();
    if gone {
        target = case.before.clone();
    } else {
        for setting in &case.guilty {
            target.insert(setting.clone(), case.states().put_back(setting));
        }
    }
    target.retain(|setting, _| !FOUND_OUT.contains(&setting.as_str()));
    target
}

fn document(target: &Settings) -> Document {
    let input = Input {
        table: IDENTITY_PROVIDER,
        target,
        now: &Settings::new(),
        put_back: &BTreeSet::new(),
        description: None,
    };
    input.document()
}

/// The details that are hidden, each with a placeholder in the document.
fn secrets(target: &Settings, document: &mut Document) -> Vec<Setting> {
    let hidden = target.iter().filter(|(setting, known)| {
        **known == Known::Unknown && setting.as_str().starts_with("ProviderDetails.")
    });
    let hidden: Vec<Setting> = hidden.map(|(setting, _)| setting.clone()).collect();
    for setting in &hidden {
        put(
            &mut document.members,
            setting.as_str(),
            PLACE_OF_SECRET.into(),
        );
    }
    hidden
}

/// What the call needs and the logs do not hold.
fn unknown(case: &Case<'_>, document: &Document, gone: bool) -> Vec<Setting> {
    let is_lost = |setting: &&Setting| {
        let is_detail = setting.as_str().starts_with("ProviderDetails.");
        **setting != Setting::EXISTS && !is_detail && known(case.before, setting).value().is_none()
    };
    let mut unknown: Vec<Setting> = case.guilty.iter().filter(is_lost).cloned().collect();
    unknown.extend(document.unknown.iter().cloned().map(Setting::from));
    if gone && !document.members.contains_key("ProviderType") {
        unknown.push(Setting::named("ProviderType"));
    }
    if !document.members.contains_key("ProviderDetails") {
        unknown.push(Setting::named("ProviderDetails"));
    }
    unknown
}
