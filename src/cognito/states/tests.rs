//! Intervals as data: one line per call in, rows of the members asked for out.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{
    cognito::{
        fixture::{POOL, change, changes, time},
        history::{At, Snapshot},
    },
    record::Change,
};

/// The first call is `a`, the next `b`.
fn letter(id: &EventId) -> String {
    let place = id.as_str().strip_prefix("EXAMPLE-");
    let place: u8 = place.and_then(|place| place.parse().ok()).unwrap_or(25);
    char::from(b'a' + place).to_string()
}

/// `member from..to value, set by, known by, confirmed by`; `-` where there is none.
fn shown(state: &State) -> String {
    let second = |at: Option<DateTime<Utc>>| {
        at.map_or_else(String::new, |at| (at - time(0)).num_seconds().to_string())
    };
    let value = state.value.as_ref();
    let confirmed: String = state.confirmed_by.iter().map(letter).collect();
    let line = format!(
        "{} {}..{} {} {} {} {}",
        state.member,
        second(state.from),
        second(state.to),
        value.map_or_else(|| "?".to_owned(), Value::to_string),
        state.set_by.as_ref().map_or("-".to_owned(), letter),
        state.known_by.map_or("-", KnownFrom::as_str),
        confirmed,
    );
    line.trim_end().to_owned() + "\n"
}

fn rows(changes: Vec<Change>, snapshots: Vec<Snapshot>, members: &[&str]) -> String {
    let states = states(&History::new(changes, snapshots));
    let wanted = |state: &&State| members.is_empty() || members.contains(&state.member.as_str());
    states.iter().filter(wanted).map(shown).collect()
}

#[track_caller]
fn check(lines: &str, members: &[&str], expected: Expect) {
    expected.assert_eq(&rows(changes(lines), Vec::new(), members));
}

#[track_caller]
fn check_described(lines: &str, description: &str, members: &[&str], expected: Expect) {
    let snapshots = Snapshot::read(description).expect("a description");
    expected.assert_eq(&rows(changes(lines), snapshots, members));
}

/// An update of the client that gives its callback and `rest`, and is answered with all of it.
fn update(second: u32, callback: &str, rest: &str) -> String {
    let body = format!(r#"{{"clientName":"web","callbackURLs":["{callback}"]{rest}}}"#);
    format!("{second} UpdateUserPoolClient {body} => {{\"userPoolClient\":{body}}}\n")
}

#[test]
fn undo_and_re_application_are_intervals_of_their_own() {
    let lines = [
        update(10, "https://a.example.com", ""),
        update(20, "https://b.example.com", ""),
        update(30, "https://a.example.com", ""),
        update(40, "https://b.example.com", ""),
    ];
    check(
        &lines.concat(),
        &["CallbackURLs", "ClientName"],
        expect![[r#"
        CallbackURLs 10..20 ["https://a.example.com"] a response
        CallbackURLs 20..30 ["https://b.example.com"] b response
        CallbackURLs 30..40 ["https://a.example.com"] c response
        CallbackURLs 40.. ["https://b.example.com"] d response
        ClientName 10.. "web" a response bcd
    "#]],
    );
}

#[test]
fn flag_toggled_three_times() {
    let flag = |second, on| {
        update(
            second,
            "https://a.example.com",
            &format!(r#","allowedOAuthFlowsUserPoolClient":{on}"#),
        )
    };
    let lines = [
        flag(1, true),
        flag(2, false),
        flag(3, true),
        flag(4, false),
        flag(5, true),
        flag(6, false),
    ];
    check(
        &lines.concat(),
        &["AllowedOAuthFlowsUserPoolClient"],
        expect![[r#"
        AllowedOAuthFlowsUserPoolClient 1..2 true a response
        AllowedOAuthFlowsUserPoolClient 2..3 false b response
        AllowedOAuthFlowsUserPoolClient 3..4 true c response
        AllowedOAuthFlowsUserPoolClient 4..5 false d response
        AllowedOAuthFlowsUserPoolClient 5..6 true e response
        AllowedOAuthFlowsUserPoolClient 6.. false f response
    "#]],
    );
}

#[test]
fn later_write_carries_a_loss_along() {
    let flows = r#","allowedOAuthFlows":["code"]"#;
    let lines = [
        update(10, "https://a.example.com", flows),
        update(20, "https://a.example.com", ""),
        update(30, "https://b.example.com", ""),
        update(40, "https://b.example.com", flows),
    ];
    check(
        &lines.concat(),
        &["AllowedOAuthFlows", "CallbackURLs"],
        expect![[r#"
        AllowedOAuthFlows 10..20 ["code"] a response
        AllowedOAuthFlows 20..40 [] b response c
        AllowedOAuthFlows 40.. ["code"] d response
        CallbackURLs 10..30 ["https://a.example.com"] a response b
        CallbackURLs 30.. ["https://b.example.com"] c response d
    "#]],
    );
}

#[test]
fn what_only_looks_different_confirms() {
    check(
        r#"10 UpdateUserPoolClient {"callbackURLs":["a","b"],"accessTokenValidity":60,"tokenValidityUnits":{"accessToken":"minutes"}}
           20 UpdateUserPoolClient {"callbackURLs":["b","a"],"accessTokenValidity":1,"tokenValidityUnits":{"accessToken":"hours"},"refreshTokenValidity":0}
           30 UpdateUserPoolClient {"callbackURLs":["b","a"],"accessTokenValidity":5,"tokenValidityUnits":{"accessToken":"minutes"},"explicitAuthFlows":[]}"#,
        &[
            "CallbackURLs",
            "AccessTokenValidity",
            "RefreshTokenValidity",
            "TokenValidityUnits.AccessToken",
            "ExplicitAuthFlows",
        ],
        expect![[r#"
            AccessTokenValidity 10..30 3600 a request b
            AccessTokenValidity 30.. 300 c request
            CallbackURLs 10.. ["a","b"] a request bc
            ExplicitAuthFlows 10.. ["ALLOW_CUSTOM_AUTH","ALLOW_REFRESH_TOKEN_AUTH","ALLOW_USER_SRP_AUTH"] a default c
            RefreshTokenValidity 10.. 2592000 a default b
        "#]],
    );
}

#[test]
fn refused_write_between_changes_nothing() {
    let lines = [
        update(10, "https://a.example.com", ""),
        r#"20 UpdateUserPoolClient {"callbackURLs":["https://b.example.com"]} => !InvalidParameterException
        "#.to_owned(),
        update(30, "https://a.example.com", ""),
    ];
    check(
        &lines.concat(),
        &["CallbackURLs", "Exists"],
        expect![[r#"
        CallbackURLs 10.. ["https://a.example.com"] a response c
        Exists .. true - implied ac
    "#]],
    );
}

#[test]
fn twins_of_one_second_leave_an_empty_interval() {
    let lines = [
        update(10, "https://a.example.com", ""),
        update(20, "https://b.example.com", ""),
        update(20, "https://c.example.com", ""),
    ];
    check(
        &lines.concat(),
        &["CallbackURLs"],
        expect![[r#"
        CallbackURLs 10..20 ["https://a.example.com"] a response
        CallbackURLs 20..20 ["https://b.example.com"] b response
        CallbackURLs 20.. ["https://c.example.com"] c response
    "#]],
    );
}

#[test]
fn deletion_takes_everything_along() {
    let created = |second| {
        r#"SECOND CreateUserPoolClient {"clientName":"web"} => {"userPoolClient":{"clientName":"web","callbackURLs":["https://a.example.com"],"enableTokenRevocation":true}}
        "#.replace("SECOND", second)
    };
    let lines = [
        created("10"),
        update(20, "https://b.example.com", ""),
        "30 DeleteUserPoolClient {}\n".to_owned(),
        created("40"),
    ];
    check(
        &lines.concat(),
        &["CallbackURLs", "EnableTokenRevocation", "Exists"],
        expect![[r#"
            CallbackURLs 10..20 ["https://a.example.com"] a response
            CallbackURLs 20..30 ["https://b.example.com"] b response
            CallbackURLs 40.. ["https://a.example.com"] d response
            EnableTokenRevocation 10..20 true a response
            EnableTokenRevocation 20..30 ? b -
            EnableTokenRevocation 40.. true d response
            Exists ..10 false - implied
            Exists 10..30 true a response b
            Exists 30..40 false c request
            Exists 40.. true d response
        "#]],
    );
}

#[test]
fn unseen_deletion_is_a_gap() {
    let created = r#"CreateUserPoolClient {} => {"userPoolClient":{"clientName":"web","callbackURLs":["https://a.example.com"]}}"#;
    let lines = format!(
        "10 {created}\n 20 DeleteUserPoolClient {{}}\n 30 UpdateUserPoolClient {{\"callbackURLs\":[]}}\n 40 {created}"
    );
    check(
        &lines,
        &["CallbackURLs", "Exists"],
        expect![[r#"
            CallbackURLs 10..20 ["https://a.example.com"] a response
            CallbackURLs 30..30 [] c request
            CallbackURLs 30..40 ? - -
            CallbackURLs 40.. ["https://a.example.com"] d response
            Exists ..10 false - implied
            Exists 10..20 true a response
            Exists 20..20 false b request
            Exists 20..30 ? - -
            Exists 30..30 true - implied c
            Exists 30..40 ? - -
            Exists 40.. true d response
        "#]],
    );
}

#[test]
fn what_no_write_set_was_set_unseen() {
    let lines = [
        update(10, "https://a.example.com", r#","enableTokenRevocation":true"#),
        update(20, "https://a.example.com", r#","enableTokenRevocation":true"#),
        r#"30 UpdateUserPoolClient {"clientName":"web","callbackURLs":["https://a.example.com"]} => {"userPoolClient":{"clientName":"web","callbackURLs":["https://a.example.com"],"enableTokenRevocation":true,"refreshTokenRotation":{"feature":"ENABLED"}}}
        "#.to_owned(),
        update(40, "https://a.example.com", ""),
    ];
    check(
        &lines.concat(),
        &["RefreshTokenRotation.Feature", "EnableTokenRevocation"],
        expect![[r#"
            EnableTokenRevocation 10..40 true a response bc
            EnableTokenRevocation 40.. ? d -
            RefreshTokenRotation.Feature 10..20 "DISABLED" a response b
            RefreshTokenRotation.Feature 20..30 ? - -
            RefreshTokenRotation.Feature 30..40 "ENABLED" - response c
            RefreshTokenRotation.Feature 40.. "DISABLED" d response
        "#]],
    );
}

#[test]
fn first_response_shows_what_was_there_before() {
    check(
        r#"10 UpdateUserPoolClient {"callbackURLs":["a"]} => {"userPoolClient":{"callbackURLs":["a"],"clientName":"web","defaultRedirectURI":"a"}}"#,
        &[
            "CallbackURLs",
            "ClientName",
            "DefaultRedirectURI",
            "LogoutURLs",
        ],
        expect![[r#"
            CallbackURLs 10.. ["a"] a response
            ClientName .. "web" - response a
            DefaultRedirectURI .. "a" - response a
            LogoutURLs 10.. [] a response
        "#]],
    );
}

#[test]
fn each_member_left_out_has_its_own_rule() {
    check(
        r#"10 UpdateUserPool {"mfaConfiguration":"ON","policies":{"passwordPolicy":{"minimumLength":12}},"autoVerifiedAttributes":["email"],"deletionProtection":"ACTIVE","userAttributeUpdateSettings":{"attributesRequireVerificationBeforeUpdate":["email"]}} => {}
           20 UpdateUserPool {"poolName":"p"} => {}
           30 SetUserPoolMfaConfig {"userPoolId":"eu-west-1_EXAMPLE"}
           40 SetUserPoolMfaConfig {"mfaConfiguration":"OFF"} => {"mfaConfiguration":"OFF"}"#,
        &[
            "MfaConfiguration",
            "Policies.PasswordPolicy.MinimumLength",
            "AutoVerifiedAttributes",
            "DeletionProtection",
            "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate",
        ],
        expect![[r#"
            AutoVerifiedAttributes 10..20 ["email"] a request
            AutoVerifiedAttributes 20.. [] b default
            DeletionProtection 10..20 "ACTIVE" a request
            DeletionProtection 20.. "INACTIVE" b assumed
            MfaConfiguration 10..30 "ON" a request
            MfaConfiguration 30.. "OFF" c default d
            Policies.PasswordPolicy.MinimumLength 10.. 12 a request
            UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate 10.. ["email"] a request
        "#]],
    );
}

#[test]
fn hidden_write_ends_what_was_known() {
    let lines = [
        update(10, "https://a.example.com", ""),
        "20 UpdateUserPoolClient\n".to_owned(),
        update(30, "https://a.example.com", ""),
    ];
    check(
        &lines.concat(),
        &["CallbackURLs", "Version"],
        expect![[r#"
        CallbackURLs 10..20 ["https://a.example.com"] a response
        CallbackURLs 20..30 ? b -
        CallbackURLs 30.. ["https://a.example.com"] c response
        Version 20.. ? b -
    "#]],
    );
}

#[test]
fn content_that_no_log_shows_has_versions() {
    check(
        r#"10 UpdateFunctionCode20150331v2 {"functionName":"define"} => {"functionName":"define","codeSha256":"EXAMPLE1=","revisionId":"r1"}
           20 UpdateFunctionConfiguration20150331v2 {"functionName":"define"} => {"functionName":"define","codeSha256":"EXAMPLE1=","revisionId":"r2"}
           30 UpdateFunctionCode20150331v2 {"functionName":"define"}
           40 DeleteFunction20150331 {"functionName":"define"}
           50 PutSecretValue {"secretId":"web/secret"} => {"versionId":"v1"}
           60 PutSecretValue {"secretId":"web/secret"}"#,
        &[],
        expect![[r#"
            CodeSha256 10..30 "EXAMPLE1=" a response b
            CodeSha256 30..40 ? c -
            Exists ..40 true - implied abc
            Exists 40.. false d request
            RevisionId 10..20 "r1" a response
            RevisionId 20..30 "r2" b response
            RevisionId 30..40 ? c -
            Version 50..60 "v1" e response
            Version 60.. ? f -
        "#]],
    );
}

#[test]
fn description_holds_since_its_date() {
    let describe = |minute: &str, callback: &str| {
        format!(
            r#"{{"UserPoolId":"{POOL}","ClientId":"webEXAMPLE","LastModifiedDate":"2026-03-02T10:{minute}:00Z","CallbackURLs":["{callback}"]}}"#
        )
    };
    let lines = update(10, "https://a.example.com", "");
    check_described(
        &lines,
        &describe("45", "https://b.example.com"),
        &["CallbackURLs"],
        expect![[r#"
            CallbackURLs 10..10 ["https://a.example.com"] a response
            CallbackURLs 10..1800 ? - -
            CallbackURLs 1800.. ["https://b.example.com"] - description
        "#]],
    );
    check_described(
        &lines,
        &describe("05", "https://b.example.com"),
        &["CallbackURLs"],
        expect![[r#"
            CallbackURLs -600..10 ["https://b.example.com"] - description
            CallbackURLs 10.. ["https://a.example.com"] a response
        "#]],
    );
    check_described(
        "",
        &describe("45", "https://b.example.com"),
        &["CallbackURLs", "Exists"],
        expect![[r#"
            CallbackURLs 1800.. ["https://b.example.com"] - description
            Exists 1800.. true - description
        "#]],
    );
}

/// The same calls with every member spelled as the API spells it.
fn in_pascal_case(changes: Vec<Change>) -> Vec<Change> {
    fn pascal(value: Value) -> Value {
        match value {
            Value::Object(object) => object
                .into_iter()
                .map(|(key, value)| (key[..1].to_uppercase() + &key[1..], pascal(value)))
                .collect(),
            Value::Array(items) => items.into_iter().map(pascal).collect(),
            other => other,
        }
    }
    let body = |text: Option<String>| {
        let text = text?;
        Some(pascal(serde_json::from_str(&text).ok()?).to_string())
    };
    let changes = changes.into_iter().map(|change| Change {
        request: body(change.request.clone()),
        response: body(change.response.clone()),
        ..change
    });
    changes.collect()
}

#[test]
fn members_in_either_spelling_are_the_same() {
    let lines = [
        update(10, "https://a.example.com", r#","tokenValidityUnits":{"accessToken":"minutes"},"accessTokenValidity":30"#),
        r#"15 UpdateUserPool {"lambdaConfig":{"preSignUp":"arn:a"},"smsConfiguration":{"snsRegion":"eu-west-1"},"acrConfiguration":{"level":1}} => {}
           20 CreateResourceServer {"userPoolId":"eu-west-1_EXAMPLE","identifier":"api","scopes":[{"scopeName":"read","scopeDescription":"r"}]}
           25 SetUICustomization {"userPoolId":"eu-west-1_EXAMPLE","clientId":"webEXAMPLE","cSS":"a"}
           30 AddUserPoolClientSecret {} => {"clientSecretDescriptor":{"clientSecretId":"webEXAMPLE--2"}}
           35 PutSecretValue {"aRN":"web","secretId":"web"} => {"versionId":"v1"}"#.to_owned(),
    ];
    let lowered = changes(&lines.concat());
    let spelled = in_pascal_case(lowered.clone());
    assert_ne!(lowered, spelled);
    assert_eq!(
        rows(spelled, Vec::new(), &[]),
        rows(lowered, Vec::new(), &[])
    );
}

#[test]
fn frame_has_a_row_a_state_and_times_like_the_other_frames() {
    let lines = update(10, "https://a.example.com", "");
    let states = states(&History::new(changes(&lines), Vec::new()));
    let frame = frame(&states).expect("a frame");
    assert_eq!(frame.height(), states.len());
    let changes = crate::frame::Changes::schema();
    for name in ["from", "to"] {
        let kind = frame.column(name).expect("a column").dtype();
        assert_eq!(Some(kind), changes.get("time"));
    }
}

/// Calls of one client, ten seconds apart.
fn any_calls() -> impl Strategy<Value = Vec<Change>> {
    let body = prop::sample::select(vec![
        r#"{"callbackURLs":["a"]}"#,
        r#"{"callbackURLs":["a","b"],"allowedOAuthFlows":["code"]}"#,
        r#"{"clientName":"web","enableTokenRevocation":true}"#,
        r#"{"refreshTokenRotation":{"feature":"ENABLED"},"explicitAuthFlows":[]}"#,
        r#"{"acrConfiguration":{"level":1},"callbackURLs":"***"}"#,
    ]);
    let name = prop::sample::select(vec![
        "CreateUserPoolClient",
        "UpdateUserPoolClient",
        "UpdateUserPoolClient",
        "DeleteUserPoolClient",
        "AddUserPoolClientSecret",
    ]);
    let answer = prop::sample::select(vec!["", "own", "other", "!InvalidParameterException"]);
    let call = (name, body.clone(), body, answer);
    prop::collection::vec(call, 1..9).prop_map(|calls| {
        let calls = calls.into_iter().enumerate();
        calls
            .map(|(index, (name, request, other, answer))| {
                let answer = match answer {
                    "own" => format!(" => {{\"userPoolClient\":{request}}}"),
                    "other" => format!(" => {{\"userPoolClient\":{other}}}"),
                    "" => String::new(),
                    error => format!(" => {error}"),
                };
                change(index, &format!("{} {name} {request}{answer}", index * 10))
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn rows_of_a_member_follow_each_other_and_say_what_the_history_says(calls in any_calls()) {
        let history = History::new(calls, Vec::new());
        let states = states(&history);
        for pair in states.windows(2) {
            if let [one, next] = pair && one.member == next.member {
                prop_assert!(one.to.is_some() && one.to <= next.from, "{one:?} {next:?}");
            }
        }
        let changes = history.changes().iter().enumerate();
        for (index, found) in changes.filter(|(_, found)| found.change.error.is_none()) {
            let settings = history.settings(&found.resource, At::After(index));
            for (setting, known) in settings.into_iter().flatten() {
                let is_lifetime = setting.as_str().contains("Validity");
                let time = Some(found.change.time);
                let row = states.iter().find(|state| {
                    state.member == *setting
                        && state.from <= time
                        && state.to.is_none_or(|to| Some(to) > time)
                });
                // A later write proves that it ended unseen, before this write or after it.
                if row.is_some_and(|row| row.value.is_none() && row.set_by.is_none()) {
                    continue;
                }
                let value = row.and_then(|row| row.value.as_ref());
                let rows: String = states.iter().filter(|state| state.member == *setting).map(shown).collect();
                prop_assert!(is_lifetime || value == known.value(), "{setting} at {index}: {rows}");
            }
        }
    }
}
