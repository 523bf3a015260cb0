//! How the sign-in pages look and what they ask to agree to: branding, customization, terms.

use serde_json::{Map, Value, json};

use super::{effect::Effect, write::Write};
use crate::cognito::{
    read::{self, get_object},
    setting::{Known, Setting, Settings},
};

/// What a write to the pages of a pool or client did; `None` if it is no such write.
pub(super) fn pages(write: &Write<'_>, before: &Settings) -> Option<Effect> {
    let (kind, wrapper, id) = kind(write.api)?;
    let named = write.asked(id).or_else(|| write.answered(wrapper, id));
    let prefix = named.map_or_else(|| kind.to_owned(), |id| format!("{kind}.{id}"));
    if write.api.starts_with("Delete") {
        return Some(deleted(before, &prefix));
    }
    let answer = write.response.as_ref();
    let shown = answer.and_then(|answer| get_object(answer, wrapper));
    let shown = shown.filter(|object| !lines(object, &prefix).is_empty());
    let Some(object) = shown.or(write.request.as_ref()) else {
        return Some(Effect::opaque(before));
    };
    let to = lines(object, &prefix);
    match to.is_empty() {
        true => Some(Effect::opaque(before)),
        false => Some(Effect::overlay(before, to)),
    }
}

/// What settings of a call are called, what its response wraps them in, and which member names it.
fn kind(api: &str) -> Option<(&'static str, &'static str, &'static str)> {
    if api.ends_with("ManagedLoginBranding") {
        Some(("Branding", "managedLoginBranding", "managedLoginBrandingId"))
    } else if api.ends_with("Terms") {
        Some(("Terms", "terms", "termsId"))
    } else if api == "SetUICustomization" {
        Some(("UICustomization", "uICustomization", "clientId"))
    } else {
        None
    }
}

/// The members of an object; those of a document in it one by one.
fn lines(object: &Map<String, Value>, prefix: &str) -> Settings {
    let mut settings = Settings::new();
    for (name, known) in read::given(object, &[]) {
        let name = name.as_str();
        let mut parts = name.splitn(3, '.');
        let (first, second) = (parts.next().unwrap_or_default(), parts.next());
        let aside = first.ends_with("Id") || first.ends_with("Version") || first == "ImageUrl";
        if aside {
            continue;
        }
        let short = [Some(first), second].into_iter().flatten();
        let short = short.collect::<Vec<_>>().join(".");
        let setting = Setting::from(format!("{prefix}.{short}"));
        let rest = parts.next();
        match (rest, known) {
            (Some(rest), Known::Observed(value)) => {
                insert_below(&mut settings, setting, rest, value)
            }
            (_, known) => _ = settings.insert(setting, known),
        }
    }
    settings
}

/// Keeps what lies deeper in a document as one value.
fn insert_below(settings: &mut Settings, setting: Setting, name: &str, value: Value) {
    let entry = settings
        .entry(setting)
        .or_insert_with(|| Known::Observed(json!({})));
    if let Known::Observed(Value::Object(members)) = entry {
        members.insert(name.to_owned(), value);
    }
}

fn deleted(before: &Settings, prefix: &str) -> Effect {
    let below = format!("{prefix}.");
    let mut to: Settings = before
        .keys()
        .filter(|setting| setting.as_str().starts_with(&below))
        .map(|setting| (setting.clone(), Known::Observed(Value::Null)))
        .collect();
    let whole = Setting::from(prefix.to_owned());
    to.insert(whole.clone(), Known::Observed(Value::Null));
    let mut effect = Effect::overlay(before, to);
    effect.implied = Settings::from([(whole, Known::Observed(json!("present")))]);
    effect
}
