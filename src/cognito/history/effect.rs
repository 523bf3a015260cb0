//! What one successful write did to the settings of its resource.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{elsewhere, pages, parts, replace, write::Write};
use crate::cognito::{
    members::{CLIENT, POOL},
    read::{self, get_object, get_text},
    setting::{Known, Resource, Setting, Settings},
};

/// What a write did.
#[derive(Debug, Default)]
pub(super) struct Effect {
    /// What must have held before, or the call would not have succeeded.
    pub implied: Settings,
    /// Values that neither the request, nor a default, nor the state before explains: they were
    /// there before the call, put there by a call that the logs lack.
    pub unexplained: Settings,
    /// The state after.
    pub after: Settings,
    /// What the request gave or reset.
    pub touched: BTreeSet<Setting>,
    /// Whether it changed something that no log shows.
    pub opaque: bool,
}

impl Effect {
    /// Nothing but the settings in `to`, given by the request.
    pub fn overlay(before: &Settings, to: Settings) -> Self {
        let touched = to.keys().cloned().collect();
        let mut after = before.clone();
        after.extend(to);
        Self {
            after,
            touched,
            ..Self::default()
        }
    }

    /// A change that no log shows the inside of.
    pub fn opaque(before: &Settings) -> Self {
        Self {
            after: before.clone(),
            opaque: true,
            ..Self::default()
        }
    }

    /// A creation: nothing was there, now there is `to`.
    pub fn created(to: Settings) -> Self {
        let mut after = to;
        after.insert(Setting::EXISTS, yes());
        Self {
            implied: exists(no()),
            after,
            touched: BTreeSet::from([Setting::EXISTS]),
            ..Self::default()
        }
    }

    /// A deletion: it was there and nothing of it is left.
    pub fn deleted() -> Self {
        Self {
            implied: exists(yes()),
            after: exists(no()),
            touched: BTreeSet::from([Setting::EXISTS]),
            ..Self::default()
        }
    }

    /// The same, known to have been there before: an update of nothing fails.
    pub fn of_existing(mut self) -> Self {
        self.implied.insert(Setting::EXISTS, yes());
        self.after.insert(Setting::EXISTS, yes());
        self
    }
}

/// Cognito calls that no request for tokens or sign-in can notice (domain.md §2.2).
const HARMLESS: &[&str] = &[
    "AddCustomAttributes",
    "CreateGroup",
    "CreateUserImportJob",
    "DeleteGroup",
    "PutLoggingConfiguration",
    "SetLogDeliveryConfiguration",
    "StartUserImportJob",
    "StopUserImportJob",
    "TagResource",
    "UntagResource",
    "UpdateGroup",
];

/// What `write`, made to `resource` in the state `before`, did.
pub(super) fn effect(write: &Write<'_>, resource: &Resource, before: &Settings) -> Effect {
    if HARMLESS.contains(&write.api) {
        return Effect {
            opaque: false,
            ..Effect::opaque(before)
        };
    }
    match resource {
        Resource::Client(..) => client(write, before),
        Resource::Pool(_) => pool(write, before),
        Resource::ResourceServer(..) => parts::resource_server(write, before),
        Resource::IdentityProvider(..) => parts::identity_provider(write, before),
        Resource::Domain(..) => parts::domain(write, before),
        Resource::Function(_) => parts::function(write, before),
        Resource::Firewall(_) => elsewhere::firewall(write, before),
        Resource::Other(..) => elsewhere::other(write, before),
    }
}

fn client(write: &Write<'_>, before: &Settings) -> Effect {
    match write.api {
        "CreateUserPoolClient" => Effect::created(new_client(write)),
        "UpdateUserPoolClient" => {
            let answer = wrapped(write, "userPoolClient");
            replace::replace(before, write.request.as_ref(), answer, CLIENT).of_existing()
        }
        "DeleteUserPoolClient" => Effect::deleted(),
        "AddUserPoolClientSecret" => secret(write, before, json!(null), json!("present")),
        "DeleteUserPoolClientSecret" => secret(write, before, json!("present"), json!(null)),
        "SetRiskConfiguration" => risk(write, before),
        _ => rest(write, before),
    }
}

/// Writes about the pages, and those that this program does not know.
fn rest(write: &Write<'_>, before: &Settings) -> Effect {
    let effect = pages::pages(write, before);
    effect
        .unwrap_or_else(|| Effect::opaque(before))
        .of_existing()
}

fn new_client(write: &Write<'_>) -> Settings {
    let shown = requested_and_answered(write, "userPoolClient");
    let mut settings = shown.map_or_else(Settings::new, |object| read::full(&object, CLIENT));
    let generated = write
        .request
        .as_ref()
        .and_then(|request| read::get(request, "generateSecret"))
        .is_some_and(|value| value == &json!(true) || value == &json!("true"));
    if generated {
        settings.insert(Setting::CLIENT_SECRET, Known::Unknown);
    }
    settings
}

fn secret(write: &Write<'_>, before: &Settings, was: Value, is: Value) -> Effect {
    let id = write
        .asked("clientSecretId")
        .or_else(|| write.answered("clientSecretDescriptor", "clientSecretId"));
    let Some(id) = id else {
        return Effect::opaque(before).of_existing();
    };
    let setting = Setting::from(format!("ClientSecret.{id}"));
    let to = Settings::from([(setting.clone(), Known::Observed(is))]);
    let mut effect = Effect::overlay(before, to).of_existing();
    effect.implied.insert(setting, Known::Observed(was));
    effect
}

fn pool(write: &Write<'_>, before: &Settings) -> Effect {
    match write.api {
        "CreateUserPool" => {
            let shown = requested_and_answered(write, "userPool");
            let settings = shown.map_or_else(Settings::new, |object| full_pool(&object));
            Effect::created(settings)
        }
        "UpdateUserPool" => {
            let answer = wrapped(write, "userPool");
            let mut effect = replace::replace(before, write.request.as_ref(), answer, POOL);
            replace::pair_token_triggers(before, &mut effect);
            effect.of_existing()
        }
        "DeleteUserPool" => Effect::deleted(),
        "SetUserPoolMfaConfig" => mfa(write, before),
        "SetRiskConfiguration" => risk(write, before),
        "AssociateWebACL" => web_acl(before, write.asked("webACLArn").map(|arn| json!(arn))),
        "DisassociateWebACL" => web_acl(before, Some(Value::Null)),
        _ => rest(write, before),
    }
}

/// The settings of a pool that `object` shows in full.
pub(in crate::cognito) fn full_pool(object: &Map<String, Value>) -> Settings {
    let mut settings = read::full(object, POOL);
    // The request calls it `PoolName`, the response `Name`.
    if let Some(name) = get_text(object, "Name") {
        settings.insert(Setting::named("PoolName"), Known::Observed(json!(name)));
    }
    settings.remove(&Setting::named("Name"));
    settings
}

/// Without a mode and without a factor it turns multi-factor authentication off (measured,
/// domain.md §11).
fn mfa(write: &Write<'_>, before: &Settings) -> Effect {
    let mut to = Settings::new();
    let request = write.request.as_ref();
    if request.is_some_and(|request| read::given(request, POOL).is_empty()) {
        let mode = Setting::named("MfaConfiguration");
        to.insert(mode, Known::Assumed(json!("OFF")));
    }
    for object in [&write.request, &write.response].into_iter().flatten() {
        to.extend(read::given(object, POOL));
    }
    Effect::overlay(before, to).of_existing()
}

fn risk(write: &Write<'_>, before: &Settings) -> Effect {
    let shown = wrapped(write, "riskConfiguration").or(write.request.as_ref());
    match shown.map(|object| read::given(object, &[])) {
        Some(to) => replaced_risk(before, to).of_existing(),
        None => Effect::opaque(before).of_existing(),
    }
}

/// A call without a section resets it: one with the ids alone resets everything. Source: botocore
/// `cognito-idp`, `SetRiskConfiguration`.
fn replaced_risk(before: &Settings, to: Settings) -> Effect {
    let lost = before.keys().filter(|setting| {
        setting.as_str().contains("RiskConfiguration.") && !to.contains_key(*setting)
    });
    let lost = lost.map(|setting| (setting.clone(), Known::Assumed(Value::Null)));
    let lost: Settings = lost.collect();
    let mut effect = Effect::overlay(before, to);
    effect.after.extend(lost);
    effect
}

fn web_acl(before: &Settings, arn: Option<Value>) -> Effect {
    let known = arn.map_or(Known::Unknown, Known::Observed);
    Effect::overlay(before, Settings::from([(Setting::WEB_ACL, known)])).of_existing()
}

/// The members of the request and, over them, of the response, which need not show all.
fn requested_and_answered(write: &Write<'_>, name: &str) -> Option<Map<String, Value>> {
    let answered = wrapped(write, name);
    let Some(request) = &write.request else {
        return answered.cloned();
    };
    let mut all = request.clone();
    if let Some(answered) = answered {
        all.retain(|key, _| read::get(answered, key).is_none());
        all.extend(answered.clone());
    }
    Some(all)
}

/// The object that the response wraps the whole state in, if it holds more than ids.
pub(super) fn wrapped<'a>(write: &'a Write<'_>, name: &str) -> Option<&'a Map<String, Value>> {
    let object = get_object(write.response.as_ref()?, name)?;
    (!read::given(object, &[]).is_empty()).then_some(object)
}

fn exists(known: Known) -> Settings {
    Settings::from([(Setting::EXISTS, known)])
}

pub(super) fn yes() -> Known {
    Known::Observed(Value::Bool(true))
}

pub(super) fn no() -> Known {
    Known::Observed(Value::Bool(false))
}
