//! Settings over time and their undoing, as data and as laws.

use std::collections::BTreeMap;

use chrono::DateTime;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{
    history::{At, ConfigChange, History, Snapshot, Standing},
    members::{CLIENT, Kind, Omitted},
    read,
    setting::{Known, Resource, Setting},
    undo::undo,
};
use crate::{
    ids::{AppClientId, UserPoolId},
    record::Change,
};

const POOL: &str = "eu-west-1_EXAMPLE";
const CLIENT_ID: &str = "1aaaaaaaaaaaaaaaaaaexample";

fn change(second: i64, name: &str, request: Value, response: Value) -> Change {
    let text = |value: Value| (!value.is_null()).then(|| value.to_string());
    Change {
        time: DateTime::from_timestamp(1_772_460_000 + second, 0).expect("a time"),
        event_id: format!("e-{second}"),
        name: name.to_owned(),
        service: "cognito-idp.amazonaws.com".to_owned(),
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        user_pool: Some(POOL.to_owned()),
        client: name.contains("Client").then(|| CLIENT_ID.to_owned()),
        actor: None,
        actor_chain: Vec::new(),
        tool: None,
        source_ip: None,
        request: text(request),
        response: text(response),
        error: None,
    }
}

fn client() -> Resource {
    Resource::Client(UserPoolId::new(POOL), AppClientId::new(CLIENT_ID))
}

/// The diff as `setting: before -> after`, `?` for unknown and `~` before what is assumed.
fn diff(change: &ConfigChange) -> Vec<String> {
    let said = |known: &Known| match known {
        Known::Observed(value) => value.to_string(),
        Known::Assumed(value) => format!("~{value}"),
        Known::Unknown => "?".to_owned(),
    };
    let lines = change.diff.iter();
    lines
        .map(|l| format!("{}: {} -> {}", l.setting, said(&l.before), said(&l.after)))
        .collect()
}

fn created(settings: Value) -> Change {
    let mut full = json!({"userPoolId": POOL, "clientId": CLIENT_ID, "clientName": "web"});
    merge(&mut full, settings.clone());
    change(
        0,
        "CreateUserPoolClient",
        settings,
        json!({"userPoolClient": full}),
    )
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}

#[test]
fn snapshots_are_compared_and_lists_are_sets() {
    let first =
        created(json!({"allowedOAuthFlows": ["code", "implicit"], "callbackURLs": ["b", "a"]}));
    let second = change(
        1,
        "UpdateUserPoolClient",
        json!({"allowedOAuthFlows": ["code"]}),
        json!({"userPoolClient": {"clientName": "web", "allowedOAuthFlows": ["code"], "callbackURLs": ["a", "b", "a"]}}),
    );
    let history = History::new(vec![second, first], Vec::new());
    assert_eq!(
        diff(&history.changes()[1]),
        [r#"AllowedOAuthFlows: ["code","implicit"] -> ["code"]"#]
    );
    assert_eq!(history.changes()[1].standing, Standing::Effective);
}

#[test]
fn an_update_resets_what_it_leaves_out() {
    let first = created(json!({
        "allowedOAuthFlows": ["code"],
        "explicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "refreshTokenValidity": 7,
    }));
    let second = change(
        1,
        "UpdateUserPoolClient",
        json!({"logoutURLs": ["x"]}),
        Value::Null,
    );
    let history = History::new(vec![first, second], Vec::new());
    assert_eq!(
        diff(&history.changes()[1]),
        [
            r#"AllowedOAuthFlows: ["code"] -> ~[]"#,
            r#"ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] -> ~["ALLOW_CUSTOM_AUTH","ALLOW_REFRESH_TOKEN_AUTH","ALLOW_USER_SRP_AUTH"]"#,
            r#"LogoutURLs: [] -> ["x"]"#,
            "RefreshTokenValidity: 7 -> ~30",
        ]
    );
}

#[test]
fn both_spellings_are_one_setting() {
    let first = created(json!({"callbackURLs": ["a"]}));
    let second = change(
        1,
        "UpdateUserPoolClient",
        json!({"CallbackUrls": ["a"], "ClientName": "web"}),
        Value::Null,
    );
    let history = History::new(vec![first, second], Vec::new());
    assert_eq!(history.changes()[1].standing, Standing::NoDifference);
}

#[test]
fn failed_writes_change_nothing() {
    let mut second = change(
        1,
        "UpdateUserPoolClient",
        json!({"callbackURLs": []}),
        Value::Null,
    );
    second.error = Some("AccessDenied".to_owned());
    let history = History::new(
        vec![created(json!({"callbackURLs": ["a"]})), second],
        Vec::new(),
    );
    let failed = &history.changes()[1];
    assert_eq!(
        (&failed.standing, failed.diff.len()),
        (&Standing::Failed("AccessDenied".to_owned()), 0)
    );
    let now = history.settings(&client(), At::Now).expect("settings");
    assert_eq!(
        now[&read::setting("CallbackURLs")],
        Known::Observed(json!(["a"]))
    );
}

#[test]
fn without_a_baseline_the_value_before_is_unknown() {
    let update = change(
        1,
        "UpdateUserPoolClient",
        json!({"allowedOAuthFlows": ["code"]}),
        Value::Null,
    );
    let history = History::new(vec![update], Vec::new());
    assert_eq!(
        diff(&history.changes()[0]),
        [r#"AllowedOAuthFlows: ? -> ["code"]"#]
    );
}

#[test]
fn a_mask_is_unknown_and_never_equal() {
    let update = change(
        1,
        "UpdateUserPoolClient",
        json!({"callbackURLs": "HIDDEN_DUE_TO_SECURITY_REASONS"}),
        Value::Null,
    );
    let history = History::new(
        vec![created(json!({"callbackURLs": ["a"]})), update],
        Vec::new(),
    );
    let lines = diff(&history.changes()[1]);
    assert!(
        lines.contains(&r#"CallbackURLs: ["a"] -> ?"#.to_owned()),
        "{lines:?}"
    );
}

#[test]
fn a_pool_update_drops_the_trigger_it_leaves_out() {
    let pool = json!({"userPool": {"id": POOL, "name": "p", "lambdaConfig": {"defineAuthChallenge": "arn:d", "preSignUp": "arn:p"}, "mfaConfiguration": "ON"}});
    let first = change(0, "CreateUserPool", json!({}), pool);
    let second = change(
        1,
        "UpdateUserPool",
        json!({"lambdaConfig": {"preSignUp": "arn:p"}}),
        json!({}),
    );
    let history = History::new(vec![first, second], Vec::new());
    assert_eq!(
        diff(&history.changes()[1]),
        [
            r#"LambdaConfig.DefineAuthChallenge: "arn:d" -> ~null"#,
            r#"MfaConfiguration: "ON" -> ~"OFF""#,
        ]
    );
    // An assumed value could wipe MFA: no document, but steps.
    let guilty = [Setting("LambdaConfig.DefineAuthChallenge".into())];
    let undo = undo(&history, 1, &guilty, None);
    assert_eq!((undo.kind, undo.document), ("steps", None));
    assert!(
        undo.steps.iter().any(|step| step.contains("arn:d")),
        "{:?}",
        undo.steps
    );
}

#[test]
fn a_deleted_secret_was_there() {
    let name = format!("{CLIENT_ID}--1");
    let delete = change(
        1,
        "DeleteUserPoolClientSecret",
        json!({"clientSecretId": name}),
        json!({}),
    );
    let history = History::new(vec![delete], Vec::new());
    assert_eq!(
        diff(&history.changes()[0]),
        [format!(r#"ClientSecret.{name}: "present" -> null"#)]
    );
}

#[test]
fn a_saved_description_closes_the_history_and_shows_what_is_missing() {
    let first = created(json!({"allowedOAuthFlows": ["code"], "callbackURLs": ["a"]}));
    let described = |flows: Value| {
        let text = json!({"UserPoolClient": {"UserPoolId": POOL, "ClientId": CLIENT_ID, "ClientName": "web",
            "AllowedOAuthFlows": flows, "CallbackURLs": ["a"]}});
        Snapshot::read(&text.to_string()).expect("a description")
    };
    let same = History::new(vec![first.clone()], described(json!(["code"])));
    assert!(same.gaps().is_empty());
    let other = History::new(vec![first], described(json!(["implicit"])));
    assert_eq!(other.gaps().len(), 1);
    assert_eq!(
        other.gaps()[0].settings,
        [read::setting("AllowedOAuthFlows")]
    );
    let now = other.settings(&client(), At::Now).expect("settings");
    assert_eq!(
        now[&read::setting("AllowedOAuthFlows")],
        Known::Observed(json!(["implicit"]))
    );
}

#[test]
fn what_is_no_description_is_refused() {
    for text in ["", "[1]", "{}", r#"{"UserPoolClient":{}}"#, "nonsense"] {
        assert!(Snapshot::read(text).is_err(), "{text}");
    }
}

#[test]
fn the_undo_keeps_what_was_changed_since() {
    let first = created(
        json!({"allowedOAuthFlows": ["client_credentials"], "allowedOAuthFlowsUserPoolClient": true}),
    );
    let state = |flows: Value, logout: Value| {
        json!({"userPoolClient": {"clientName": "web", "allowedOAuthFlows": flows,
            "allowedOAuthFlowsUserPoolClient": true, "logoutURLs": logout}})
    };
    let breaks = change(
        1,
        "UpdateUserPoolClient",
        json!({"allowedOAuthFlows": ["code"]}),
        state(json!(["code"]), json!([])),
    );
    let later = change(
        2,
        "UpdateUserPoolClient",
        json!({"logoutURLs": ["l"]}),
        state(json!(["code"]), json!(["l"])),
    );
    let history = History::new(vec![first, breaks, later], Vec::new());
    let undo = undo(
        &history,
        1,
        &[read::setting("AllowedOAuthFlows")],
        Some("eu-west-1"),
    );
    let document = undo.document.expect("a document");
    assert_eq!(document["AllowedOAuthFlows"], json!(["client_credentials"]));
    assert_eq!(document["LogoutURLs"], json!(["l"]));
    assert_eq!(
        document["RefreshTokenRotation"],
        json!({"Feature": "DISABLED"})
    );
    assert_eq!(document["TokenValidityUnits"]["RefreshToken"], "days");
    let command = undo.command.expect("a command");
    assert!(command.starts_with(
        "aws cognito-idp update-user-pool-client --region eu-west-1 --cli-input-json '{"
    ));
}

/// A client's settings by name, every member present.
type State = BTreeMap<&'static str, Value>;

/// What an update with `document` makes of `now`, if a member it leaves out is reset, or kept.
fn apply(now: &State, document: &Value, reset: bool) -> State {
    let given = read::flatten(document.as_object().expect("an object"));
    CLIENT
        .iter()
        .map(|member| {
            let (Omitted::Resets(default) | Omitted::MayPersist(default)) = member.omitted;
            let left = if reset {
                default.value(member.kind)
            } else {
                now[member.name].clone()
            };
            (member.name, given.get(member.name).cloned().unwrap_or(left))
        })
        .collect()
}

fn snapshot(state: &State) -> Value {
    let mut object = Map::new();
    for (name, value) in state {
        match name.split_once('.') {
            None => drop(object.insert((*name).to_owned(), value.clone())),
            Some((top, part)) => {
                let top = object.entry(top).or_insert_with(|| json!({}));
                top[part] = value.clone();
            }
        }
    }
    json!({"userPoolClient": object})
}

fn state() -> impl Strategy<Value = State> {
    let members: Vec<BoxedStrategy<(&'static str, Value)>> = CLIENT
        .iter()
        .map(|member| {
            let (Omitted::Resets(default) | Omitted::MayPersist(default)) = member.omitted;
            let default = default.value(member.kind);
            let name = member.name;
            let value: BoxedStrategy<Value> = match member.kind {
                Kind::Flag => any::<bool>().prop_map(Value::from).boxed(),
                Kind::Number => (1i64..60).prop_map(Value::from).boxed(),
                Kind::Text => prop::sample::select(vec!["a", "b"])
                    .prop_map(Value::from)
                    .boxed(),
                Kind::Set => prop::collection::btree_set("[abc]", 0..3)
                    .prop_map(|items| json!(items))
                    .boxed(),
            };
            let value = prop_oneof![Just(default), value];
            value.prop_map(move |value| (name, value)).boxed()
        })
        .collect();
    members.prop_map(|members| {
        let mut state: State = members.into_iter().collect();
        // Cognito knows the feature as on or off, and a grace period only while it is on.
        let on = state["RefreshTokenRotation.Feature"] == "a";
        let feature = if on { "ENABLED" } else { "DISABLED" };
        state.insert("RefreshTokenRotation.Feature", json!(feature));
        if !on {
            state.insert("RefreshTokenRotation.RetryGracePeriodSeconds", Value::Null);
        }
        state
    })
}

proptest! {
    #[test]
    fn under_both_readings_of_omission_only_the_guilty_settings_change(
        before in state(), after in state(), now in state(), pick in prop::collection::vec(any::<bool>(), 8),
    ) {
        let name = |second, state: &State| {
            change(second, "UpdateUserPoolClient", json!({"clientName": "x"}), snapshot(state))
        };
        let history = History::new(vec![name(0, &before), name(1, &after), name(2, &now)], Vec::new());
        let differing: Vec<&'static str> = CLIENT.iter().map(|member| member.name)
            .filter(|name| before[name] != after[name])
            // Rotation is one switch with its grace period; what was not set cannot be sent.
            .filter(|name| !name.starts_with("RefreshTokenRotation") && !before[name].is_null())
            .collect();
        let guilty: Vec<&'static str> = differing.into_iter().zip(pick.into_iter().cycle())
            .filter_map(|(name, picked)| picked.then_some(name)).collect();
        let settings: Vec<Setting> = guilty.iter().map(|name| read::setting(name)).collect();
        let undo = undo(&history, 1, &settings, None);
        let document = undo.document.expect("a document");
        let mut expected = now.clone();
        for name in &guilty {
            expected.insert(name, before[name].clone());
        }
        for reset in [true, false] {
            let got = apply(&now, &document, reset);
            for name in got.keys() {
                prop_assert_eq!(&got[name], &expected[name], "{} (reset: {})", name, reset);
            }
        }
    }

    #[test]
    fn any_json_in_request_and_response_is_no_panic(
        request in "\\PC{0,60}", name in prop::sample::select(vec![
            "UpdateUserPoolClient", "UpdateUserPool", "CreateResourceServer", "DeleteUserPoolClientSecret", "SetUserPoolMfaConfig",
        ]),
        key in prop::sample::select(vec!["callbackURLs", "userPoolClient", "lambdaConfig", "scopes", "clientSecretId"]),
    ) {
        let mut odd = change(0, name, json!({key: request, "x": [1.5e300, null, {"y": [[]]}]}), json!({key: {key: [request, 1, true]}}));
        odd.request = odd.request.map(|text| if request.len() % 3 == 0 { request.clone() } else { text });
        let history = History::new(vec![odd], Vec::new());
        let _ = undo(&history, 0, &[read::setting("CallbackURLs")], None);
    }
}
