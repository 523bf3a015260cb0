//! Undoing the change of an app client.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Case, Resets, Undo,
    accepted::requests,
    around,
    call::{Call, put, quoted},
    document::{Document, Input},
    merge::{Merge, items, merge, texts},
    named, resets,
};
use crate::{
    cognito::{
        members::{CLIENT, Member, Omission, find},
        setting::{Known, Setting, Settings, known, may_exist, value},
        shown,
    },
    ids::{AppClientId, UserPoolId},
};

/// The undo of a change of `client`.
pub(super) fn undo(case: &Case<'_>, pool: &UserPoolId, client: &AppClientId) -> Undo {
    match case.found.change.name.as_str() {
        "UpdateUserPoolClient" if may_exist(case.now) => update(case, pool, client),
        "DeleteUserPoolClientSecret" => deleted_secret(case, pool, client),
        "AddUserPoolClientSecret" => Undo::none(
            "A second secret locks nobody out. Remove it with `delete-user-pool-client-secret` \
             only when no caller uses it.",
        ),
        "UpdateUserPoolClient" | "DeleteUserPoolClient" => deleted(case, pool, client),
        "CreateUserPoolClient" => Undo::none("A new app client takes nothing from the others."),
        name => Undo::steps(vec![
            format!("Look up what `{name}` was given, and by whom, in the record of the event."),
            "Put back what it replaced with the same call.".to_owned(),
        ]),
    }
}

fn update(case: &Case<'_>, pool: &UserPoolId, client: &AppClientId) -> Undo {
    let merge = merge(case.states(), &case.guilty, &[]);
    let mut steps = remarks(case, &merge);
    let document = match complete(case, &merge, pool, client) {
        Ok(document) if !merge.put_back.is_empty() => document,
        incomplete => {
            steps.extend(incomplete.err());
            steps.extend(by_hand(case, &merge, pool, client));
            return Undo::steps(steps);
        }
    };
    let kept = members(Omission::MayPersist)
        .filter(|member| known(&merge.target, &member.setting()) == &Known::Unknown);
    steps.extend(kept.map(|member| {
        format!(
            "`{}` is not known and not sent: compare it before and after the command.",
            member.name
        )
    }));
    steps.extend(document.notes);
    let others = case.resets();
    if !others.is_empty() {
        steps.push(resets::sentence(case, &others));
    }
    let call = call(case, "update_user_pool_client");
    Undo {
        steps,
        assumed: document.assumed,
        resets: (!others.is_empty()).then(|| restored(case, others, pool, client)),
        ..Undo::call(&call, document.members.into())
    }
}

/// What else the call reset, with the call that puts it back together with what broke.
fn restored(
    case: &Case<'_>,
    settings: Vec<Setting>,
    pool: &UserPoolId,
    client: &AppClientId,
) -> Resets {
    let merge = merge(case.states(), &case.guilty, &settings);
    let call = call(case, "update_user_pool_client");
    match complete(case, &merge, pool, client) {
        Ok(document) => resets::offered(settings, &call, document),
        Err(_) => resets::unoffered(settings),
    }
}

fn call<'a>(case: &'a Case<'_>, kind: &'static str) -> Call<'a> {
    Call {
        kind,
        service: "cognito-idp",
        region: case.region.as_deref(),
    }
}

fn members(omission: Omission) -> impl Iterator<Item = &'static Member> {
    CLIENT
        .iter()
        .filter(move |member| member.omission == omission)
}

/// The whole input, or why there is none: a member is not known, or Cognito would refuse it.
fn complete(
    case: &Case<'_>,
    merge: &Merge,
    pool: &UserPoolId,
    client: &AppClientId,
) -> Result<Document, String> {
    let mut document = input(case, merge).document();
    let blind = members(Omission::Resets)
        .filter(|member| known(&merge.target, &member.setting()) == &Known::Unknown);
    let unknown: Vec<Setting> = blind
        .map(Member::setting)
        .chain(document.unknown.iter().cloned().map(Setting::from))
        .collect();
    if !unknown.is_empty() {
        return Err(format!(
            "No command is printed: it would reset {}, whose value no log shows.",
            named(&unknown)
        ));
    }
    if let Some(rule) = merge.refused.first() {
        return Err(rule.refusal());
    }
    if let Some(reason) = around::refusal(case, &merge.target, pool) {
        return Err(reason);
    }
    put(&mut document.members, "ClientId", client.as_str().into());
    put(&mut document.members, "UserPoolId", pool.as_str().into());
    Ok(document)
}

fn input<'a>(case: &'a Case<'_>, merge: &'a Merge) -> Input<'a> {
    Input {
        table: CLIENT,
        target: &merge.target,
        now: case.now,
        put_back: &merge.put_back,
        description: case.history.description(&case.found.resource),
    }
}

/// What a person should know beside the command.
fn remarks(case: &Case<'_>, merge: &Merge) -> Vec<String> {
    let mut steps = Vec::new();
    for (setting, reason) in &merge.partners {
        steps.push(format!("`{setting}` goes back too: {reason}."));
    }
    steps.extend(
        merge
            .put_back
            .iter()
            .filter_map(|line| remark(case, merge, line)),
    );
    for setting in &merge.lost {
        steps.push(format!(
            "The logs do not hold what `{setting}` was before: ask whoever set it up."
        ));
    }
    for (setting, item, reason) in &merge.dropped {
        steps.push(format!("`{item}` cannot stay in `{setting}`: {reason}."));
    }
    steps.extend(refused_then(case, merge));
    steps
}

/// What is particular about the way in which a line goes back.
fn remark(case: &Case<'_>, merge: &Merge, setting: &Setting) -> Option<String> {
    let target = known(&merge.target, setting);
    let default = find(CLIENT, setting.as_str()).and_then(Member::default_value);
    let by_default = ["ReadAttributes", "WriteAttributes"].contains(&setting.as_str());
    if target.value().is_some_and(Value::is_null) {
        return Some(format!(
            "`{setting}` had no value; it is left out, which removes it. Check it afterwards."
        ));
    }
    if by_default && target.value() == default.as_ref() {
        return Some(format!(
            "`{setting}` was at its default; it is left out, which brings that back."
        ));
    }
    let is_list = target.value().is_some_and(Value::is_array);
    if !case.states().is_later_altered(setting) {
        let kept = kept(case, target, setting);
        return kept.map(|items| {
            format!("`{setting}` keeps what was added since the change or by it: {items}.")
        });
    }
    let now = known(case.now, setting).value();
    let now = now.map(|now| shown::value(&case.found.resource, setting, now));
    Some(match is_list {
        true => format!("`{setting}` was changed again since; what came later is kept."),
        false => format!(
            "`{setting}` was changed again since, to `{}`; the command takes that back too.",
            now.as_ref().map(Value::to_string).unwrap_or_default()
        ),
    })
}

/// The items of a list that were not in it before.
fn kept(case: &Case<'_>, target: &Known, setting: &Setting) -> Option<String> {
    let before = items(case.before, setting)?;
    let all = texts(target.value())?.into_iter();
    let new: Vec<String> = all
        .filter(|item| !before.contains(item))
        .map(|item| format!("`{item}`"))
        .collect();
    (!new.is_empty()).then(|| new.join(", "))
}

/// The requests that pass now and would not any more.
fn refused_then(case: &Case<'_>, merge: &Merge) -> Vec<String> {
    let mut refused: BTreeMap<Setting, BTreeSet<String>> = BTreeMap::new();
    for request in requests(&merge.put_back, &[case.before, case.now]) {
        let passes = request.refused_by(case.now).is_none();
        if let Some(setting) = request.refused_by(&merge.target).filter(|_| passes) {
            let name = format!("`{}`", request.name(&setting));
            refused.entry(setting).or_default().insert(name);
        }
    }
    let told = refused.into_iter().map(|(setting, names)| {
        let names: Vec<String> = names.into_iter().collect();
        format!(
            "With its value of before, `{setting}` refuses again what passes now: {}.",
            names.join(", ")
        )
    });
    told.collect()
}

/// Where too little is known for a complete document.
fn by_hand(case: &Case<'_>, merge: &Merge, pool: &UserPoolId, client: &AppClientId) -> Vec<String> {
    let ids = ids(pool, client);
    let mut steps = vec![format!(
        "Save the settings as they are: `{} {ids} > client.json`.",
        start(case, "describe_user_pool_client")
    )];
    for setting in &merge.put_back {
        let value = known(&merge.target, setting).value();
        let value = value.map(|value| shown::value(&case.found.resource, setting, value));
        let value = value.as_ref().map(Value::to_string).unwrap_or_default();
        steps.push(format!("Set `{setting}` to `{value}`."));
    }
    steps.push(format!(
        "Send everything back, without `ClientSecret` and the dates: `{} --cli-input-json \
         file://client.json`; what is left out is reset.",
        start(case, "update_user_pool_client")
    ));
    steps
}

fn deleted_secret(case: &Case<'_>, pool: &UserPoolId, client: &AppClientId) -> Undo {
    let ids = ids(pool, client);
    Undo::steps(vec![
        "A deleted secret cannot be read back from Cognito.".to_owned(),
        format!(
            "Where a caller still has its value, add it again: `{} {ids} --client-secret VALUE`. \
             A client holds two secrets at most.",
            start(case, "add_user_pool_client_secret")
        ),
        "Otherwise switch callers to the remaining secret.".to_owned(),
    ])
}

/// A new client with everything that is known of the old one.
fn deleted(case: &Case<'_>, pool: &UserPoolId, client: &AppClientId) -> Undo {
    let is_known = |settings: &&Settings| {
        let mut members = CLIENT
            .iter()
            .filter(|member| member.omission != Omission::Key);
        members.any(|member| known(settings, &member.setting()).value().is_some())
    };
    let settings = Some(case.before).filter(is_known);
    let mut steps = vec![format!(
        "A deleted app client cannot be restored: a new one gets another id. Tokens issued by \
         `{client}` are valid until they expire."
    )];
    let call = call(case, "create_user_pool_client");
    let Some(settings) = settings else {
        steps.push(format!(
            "The logs do not hold its settings: create one with those that the applications need, \
             `{} --user-pool-id {} --client-name NAME`.",
            call.start(),
            quoted(pool.as_str())
        ));
        steps.push(HAND_OUT.to_owned());
        return Undo::steps(steps);
    };
    let new = Input {
        table: CLIENT,
        target: settings,
        now: &Settings::new(),
        put_back: &BTreeSet::new(),
        description: None,
    };
    let mut document = new.document();
    put(&mut document.members, "UserPoolId", pool.as_str().into());
    if value(settings, "ClientName").is_none() {
        put(&mut document.members, "ClientName", client.as_str().into());
    }
    if settings.contains_key(&Setting::CLIENT_SECRET) {
        put(&mut document.members, "GenerateSecret", true.into());
    }
    let unknown: Vec<Setting> = document.unknown.into_iter().map(Setting::from).collect();
    if !unknown.is_empty() {
        steps.push(format!("The logs do not show {}.", named(&unknown)));
    }
    steps.push(format!(
        "Create one with the settings of before: `{}`.",
        call.filled_in(&document.members.into())
    ));
    steps.push(HAND_OUT.to_owned());
    steps.push(BRANDING.to_owned());
    Undo::steps(steps)
}

/// What remains to do with a new client.
const HAND_OUT: &str = "Give the new id, and the secret if it has one, to every caller of the old \
                        one.";

/// Source: domain.md §2.2, §4.2.
const BRANDING: &str = "Where the domain uses managed login, the new client has no pages until a \
                        style is assigned to it with `create-managed-login-branding`.";

fn ids(pool: &UserPoolId, client: &AppClientId) -> String {
    format!(
        "--user-pool-id {} --client-id {}",
        quoted(pool.as_str()),
        quoted(client.as_str())
    )
}

fn start(case: &Case<'_>, kind: &'static str) -> String {
    call(case, kind).start()
}
