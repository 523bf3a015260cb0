//! Settings out of JSON: what a request gave, what a response or saved description showed.
//!
//! Takes both spellings of names (`callbackURLs`, `CallbackURLs`), numbers as text and masks in
//! place of anything (domain.md §2.1, §7).

use serde_json::{Map, Number, Value, json};

use super::{
    lifetime,
    members::{Kind, Member, Omission, find},
    setting::{Known, Setting, Settings},
};

/// Members of requests, responses and descriptions that are no settings.
const NOT_SETTINGS: &[&str] = &[
    "AliasAttributes",
    "Arn",
    "ClientId",
    "ClientSecret",
    "CreationDate",
    "CustomDomain",
    "Domain",
    "EmailConfigurationFailure",
    "EstimatedNumberOfUsers",
    "GenerateSecret",
    "Id",
    "LastModifiedDate",
    "ProviderName",
    "Schema",
    "SchemaAttributes",
    "SmsConfigurationFailure",
    "Status",
    "UserPoolId",
    "UsernameAttributes",
    "UsernameConfiguration",
];

/// Whether a member of a request, response or description is no setting.
pub(super) fn is_no_setting(key: &str) -> bool {
    let mut names = NOT_SETTINGS.iter();
    names.any(|name| name.eq_ignore_ascii_case(key))
}

/// JSON text as an object; `None` for anything else, a mask included. An object inside a JSON
/// string is taken too (domain.md §5.3).
pub(super) fn object(text: &str) -> Option<Map<String, Value>> {
    match serde_json::from_str(text).ok()? {
        Value::Object(object) => Some(object),
        Value::String(inner) => serde_json::from_str(&inner).ok(),
        _ => None,
    }
}

/// What `object` holds under `name`, in whatever case; null counts as nothing.
pub(super) fn get<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object
        .iter()
        .find(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null())
        .map(|(_, value)| value)
}

/// The object under `name`.
pub(super) fn get_object<'a>(
    object: &'a Map<String, Value>,
    name: &str,
) -> Option<&'a Map<String, Value>> {
    get(object, name)?.as_object()
}

/// The text under `name`; empty and masked texts are none.
pub(super) fn get_text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    let value = get(object, name)?;
    value
        .as_str()
        .filter(|text| !text.is_empty() && !is_mask(value))
}

/// The settings that `object` names, observed or masked, and no others.
pub(super) fn given(object: &Map<String, Value>, table: &[Member]) -> Settings {
    let mut settings = Settings::new();
    for (key, value) in object {
        if !is_no_setting(key) {
            take(&mut settings, table, canonical(key), value);
        }
    }
    if get(object, "ClientSecret").is_some() {
        settings.insert(Setting::CLIENT_SECRET, Known::Unknown);
    }
    lifetime::spell_out_zero(&mut settings);
    settings
}

/// The settings of a resource that `object` shows in full: a member that is not there has its
/// default.
pub(super) fn full(object: &Map<String, Value>, table: &[Member]) -> Settings {
    let mut settings = given(object, table);
    // Units stand behind validities in the alphabet but before them in meaning.
    for member in units_first(table) {
        if !settings.contains_key(&member.setting()) {
            let default = default_of(member, &settings);
            settings.insert(
                member.setting(),
                default.map_or(Known::Unknown, Known::Observed),
            );
        }
    }
    lifetime::spell_out_zero(&mut settings);
    settings
}

/// The value of `member` when nobody set it, beside `settings`; `None` when it cannot be told.
pub(super) fn default_of(member: &Member, settings: &Settings) -> Option<Value> {
    match lifetime::token_of_validity(member.name) {
        Some(token) => lifetime::default_count(settings, token),
        None => member.default_value(),
    }
}

/// Members that can be set by an update and have one value, units before the rest.
pub(super) fn units_first(table: &[Member]) -> impl Iterator<Item = &Member> {
    let settable = |member: &&Member| member.omission != Omission::Key && member.kind != Kind::Map;
    let is_unit = |member: &&Member| member.name.starts_with("TokenValidityUnits.");
    let units = table.iter().filter(settable).filter(is_unit);
    units.chain(
        table
            .iter()
            .filter(settable)
            .filter(move |member| !is_unit(member)),
    )
}

/// Whether this value, or a part of it, was hidden: by CloudTrail, or by the data protection of a log
/// group, which writes stars. Half a value is none.
pub(super) fn is_mask(value: &Value) -> bool {
    const MASKS: [&str; 3] = [
        "HIDDEN_DUE_TO_SECURITY_REASONS",
        "HIDDEN_FOR_SECURITY_REASONS",
        "***",
    ];
    match value {
        Value::String(text) => MASKS.iter().any(|mask| text.contains(mask)),
        Value::Array(items) => items.iter().any(is_mask),
        Value::Object(members) => members.values().any(is_mask),
        _ => false,
    }
}

/// A set as lists are kept: sorted, each item once.
pub(super) fn set(items: impl IntoIterator<Item = String>) -> Value {
    let items: std::collections::BTreeSet<String> = items.into_iter().collect();
    json!(items)
}

fn take(settings: &mut Settings, table: &[Member], name: String, value: &Value) {
    if value.is_null() {
        return;
    }
    if let Some(member) = find(table, &name) {
        return take_member(settings, member, value);
    }
    let below = || members_below(table, &name);
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                take(settings, table, format!("{name}.{}", canonical(key)), value);
            }
        }
        masked if is_mask(masked) && below().next().is_some() => {
            settings.extend(below().map(|member| (member.setting(), Known::Unknown)));
        }
        masked if is_mask(masked) => {
            settings.insert(name.into(), Known::Unknown);
        }
        other => {
            settings.insert(name.into(), Known::Observed(as_it_stands(other)));
        }
    }
}

fn take_member(settings: &mut Settings, member: &Member, value: &Value) {
    match (member.omission, member.kind, value) {
        (Omission::Key, ..) => {}
        (_, Kind::Map, Value::Object(object)) => {
            for (key, value) in object {
                let name = Setting::from(format!("{}.{key}", member.name));
                settings.insert(name, read(Kind::Json, value));
            }
        }
        (_, kind, value) => {
            settings.insert(member.setting(), read(kind, value));
        }
    }
}

fn read(kind: Kind, value: &Value) -> Known {
    if is_mask(value) {
        return Known::Unknown;
    }
    Known::Observed(match (kind, value) {
        (Kind::Bool, Value::String(text)) if text.eq_ignore_ascii_case("true") => json!(true),
        (Kind::Bool, Value::String(text)) if text.eq_ignore_ascii_case("false") => json!(false),
        (Kind::Int, Value::String(text)) => number(text).unwrap_or_else(|| json!(text)),
        (Kind::List, Value::String(text)) => json!([text]),
        (Kind::Text, Value::String(text)) if text.is_empty() => Value::Null,
        (_, value) => as_it_stands(value),
    })
}

/// One spelling for one value: whole numbers without a fraction, lists of texts as sets.
pub(super) fn as_it_stands(value: &Value) -> Value {
    match value {
        Value::Number(number) => whole(number).unwrap_or_else(|| value.clone()),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            set(items.iter().filter_map(Value::as_str).map(str::to_owned))
        }
        Value::Array(items) => items.iter().map(as_it_stands).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (canonical(key), as_it_stands(value)))
            .collect(),
        other => other.clone(),
    }
}

fn number(text: &str) -> Option<Value> {
    whole(&text.trim().parse::<Number>().ok()?)
}

fn whole(number: &Number) -> Option<Value> {
    if let Some(whole) = number.as_i64() {
        return Some(json!(whole));
    }
    let float = number.as_f64()?;
    // Far inside the range in which every whole number is a float.
    (float.fract() == 0.0 && float.abs() < 1e15).then(|| json!(float as i64))
}

/// CloudTrail lowers the first letter of a member; the API does not.
pub(super) fn canonical(key: &str) -> String {
    let mut letters = key.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn members_below<'a>(table: &'a [Member], name: &str) -> impl Iterator<Item = &'a Member> {
    table.iter().filter(move |member| {
        let below = member.name.get(name.len()..);
        let above = member.name.get(..name.len());
        above.is_some_and(|above| above.eq_ignore_ascii_case(name))
            && below.is_some_and(|below| below.starts_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;
    use crate::cognito::members::{CLIENT, POOL};

    fn shown(settings: &Settings) -> String {
        settings
            .iter()
            .map(|(setting, known)| match known.value() {
                Some(value) => format!("{setting} = {value}\n"),
                None => format!("{setting} unknown\n"),
            })
            .collect()
    }

    #[track_caller]
    fn check(table: &[Member], text: &str, expected: Expect) {
        let object = object(text).expect("an object");
        expected.assert_eq(&shown(&given(&object, table)));
    }

    #[test]
    fn names_in_any_case_have_one_spelling() {
        check(
            CLIENT,
            r#"{"callbackURLs":["b","a","b"],"defaultRedirectUri":"a","allowedoauthflowsuserpoolclient":"True"}"#,
            expect![[r#"
                AllowedOAuthFlowsUserPoolClient = true
                CallbackURLs = ["a","b"]
                DefaultRedirectURI = "a"
            "#]],
        );
    }

    #[test]
    fn numbers_in_any_form_are_whole() {
        check(
            CLIENT,
            r#"{"accessTokenValidity":60.0,"IdTokenValidity":"60","authSessionValidity":3,"tokenValidityUnits":{"accessToken":"minutes"}}"#,
            expect![[r#"
                AccessTokenValidity = 60
                AuthSessionValidity = 3
                IdTokenValidity = 60
                TokenValidityUnits.AccessToken = "minutes"
            "#]],
        );
    }

    #[test]
    fn masks_are_unknown_at_every_depth() {
        check(
            CLIENT,
            r#"{"callbackURLs":["HIDDEN_DUE_TO_SECURITY_REASONS"],"refreshTokenRotation":"HIDDEN_FOR_SECURITY_REASONS","clientSecret":"s3cret"}"#,
            expect![[r#"
                CallbackURLs unknown
                ClientSecret unknown
                RefreshTokenRotation.Feature unknown
                RefreshTokenRotation.RetryGracePeriodSeconds unknown
            "#]],
        );
    }

    #[test]
    fn what_is_masked_in_part_is_unknown() {
        check(
            POOL,
            r#"{"emailVerificationSubject":"Code HIDDEN_DUE_TO_SECURITY_REASONS","emailConfiguration":{"from":"*******@example.com"},"accountRecoverySetting":{"recoveryMechanisms":[{"name":"***"}]}}"#,
            expect![[r#"
                AccountRecoverySetting.RecoveryMechanisms unknown
                EmailConfiguration.From unknown
                EmailVerificationSubject unknown
            "#]],
        );
    }

    #[test]
    fn ids_and_dates_are_no_settings_and_new_members_are() {
        check(
            POOL,
            r#"{"id":"eu-west-1_EXAMPLE","lastModifiedDate":1,"lambdaConfig":{"preSignUp":"arn"},"newThing":{"switch":true},"userPoolTags":{"team":"a"}}"#,
            expect![[r#"
                LambdaConfig.PreSignUp = "arn"
                NewThing.Switch = true
                UserPoolTags.team = "a"
            "#]],
        );
    }

    #[track_caller]
    fn check_full(text: &str, setting: &'static str, expected: Known) {
        let settings = full(&object(text).expect("an object"), CLIENT);
        assert_eq!(settings.get(&Setting::named(setting)), Some(&expected));
    }

    #[test]
    fn what_a_full_state_does_not_show_has_its_default() {
        let observed = |value| Known::Observed(value);
        check_full("{}", "CallbackURLs", observed(json!([])));
        check_full(
            "{}",
            "AllowedOAuthFlowsUserPoolClient",
            observed(json!(false)),
        );
        check_full("{}", "EnableTokenRevocation", Known::Unknown);
        check_full("{}", "RefreshTokenValidity", observed(json!(30)));
        check_full(
            r#"{"TokenValidityUnits":{"AccessToken":"minutes"}}"#,
            "AccessTokenValidity",
            observed(json!(60)),
        );
        check_full(
            r#"{"TokenValidityUnits":{"RefreshToken":"hours"},"RefreshTokenValidity":0}"#,
            "RefreshTokenValidity",
            observed(json!(720)),
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,80}", key in "[a-zA-Zß]{0,12}", value in "[\\[\\]{}\":,0-9a-z.-]{0,40}") {
            for text in [text, format!("{{\"{key}\":{value}}}"), format!("{{\"{key}\":{{\"{key}\":\"{key}\"}}}}")] {
                if let Some(object) = object(&text) {
                    full(&object, CLIENT);
                    full(&object, POOL);
                }
            }
        }
    }
}
