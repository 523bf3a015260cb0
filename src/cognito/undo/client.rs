//! Undoing the change of an app client.

use serde_json::{Map, Value};

use super::{
    Case, Undo,
    call::{Call, put, quoted},
    merge::{Merge, merge},
};
use crate::{
    cognito::{
        members::{CLIENT, Member, Omission},
        setting::{Known, Setting, known, may_exist},
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
    let merge = merge(case.before, case.after, case.now, &case.guilty);
    let mut steps = remarks(case, &merge);
    let blind: Vec<String> = members(Omission::Resets)
        .filter(|member| known(&merge.target, &member.setting()) == &Known::Unknown)
        .map(|member| format!("`{}`", member.name))
        .collect();
    if (merge.put_back.is_empty() && !case.is_healed()) || !blind.is_empty() {
        steps.extend(by_hand(case, &merge, pool, client));
        return Undo::steps(steps);
    }
    let kept = members(Omission::MayPersist)
        .filter(|member| known(&merge.target, &member.setting()) == &Known::Unknown);
    steps.extend(kept.map(|member| {
        format!(
            "`{}` is not known and not sent: compare it before and after the command.",
            member.name
        )
    }));
    let (document, assumed) = document(&merge, case, pool, client);
    let call = Call {
        kind: "update_user_pool_client",
        service: "cognito-idp",
        region: case.region.as_deref(),
    };
    Undo {
        steps,
        assumed,
        ..Undo::call(&call, document)
    }
}

fn members(omission: Omission) -> impl Iterator<Item = &'static Member> {
    CLIENT
        .iter()
        .filter(move |member| member.omission == omission)
}

/// The whole input, complete because an update resets what it omits, and the settings in it that
/// are assumed.
fn document(
    merge: &Merge,
    case: &Case<'_>,
    pool: &UserPoolId,
    client: &AppClientId,
) -> (Value, Vec<Setting>) {
    let mut document = Map::new();
    let mut assumed = Vec::new();
    put(&mut document, "ClientId", client.as_str().into());
    put(&mut document, "UserPoolId", pool.as_str().into());
    for member in CLIENT {
        let setting = member.setting();
        let target = known(&merge.target, &setting);
        let Some(value) = target.value().filter(|value| !value.is_null()) else {
            continue;
        };
        if may_be_left_out(member, merge, case, value) {
            continue;
        }
        put(&mut document, member.name, value.clone());
        if matches!(target, Known::Assumed(_)) {
            assumed.push(setting);
        }
    }
    (document.into(), assumed)
}

/// Whether leaving a line out says the same as sending it, however Cognito reads omission: it is
/// the default, and it is what is there. Only lists are left out so, which read better short.
fn may_be_left_out(member: &Member, merge: &Merge, case: &Case<'_>, value: &Value) -> bool {
    let setting = member.setting();
    let stays =
        !merge.put_back.contains(&setting) && known(case.now, &setting).value() == Some(value);
    let rotation_off = member.name == "RefreshTokenRotation.RetryGracePeriodSeconds";
    let short = value.is_array() || rotation_off;
    stays && short && member.default_value().as_ref() == Some(value)
}

/// What a person should know beside the command.
fn remarks(case: &Case<'_>, merge: &Merge) -> Vec<String> {
    let mut steps = Vec::new();
    for (setting, reason) in &merge.partners {
        steps.push(format!("`{setting}` goes back too: {reason}."));
    }
    for setting in &merge.put_back {
        let target = known(&merge.target, setting);
        if target.value().is_some_and(Value::is_null) {
            steps.push(format!(
                "`{setting}` had no value; it is left out, which removes it. Check it afterwards."
            ));
        } else if target.differs(known(case.before, setting)) {
            steps.push(format!(
                "`{setting}` was changed again since; what came later is kept."
            ));
        } else if known(case.after, setting).differs(known(case.now, setting)) {
            let now = known(case.now, setting).value();
            let now = now.map(Value::to_string).unwrap_or_default();
            steps.push(format!(
                "`{setting}` was changed again since, to `{now}`; the command takes that back too."
            ));
        }
    }
    for setting in &merge.lost {
        steps.push(format!(
            "The logs do not hold what `{setting}` was before: ask whoever set it up."
        ));
    }
    for reason in &merge.refused {
        steps.push(format!("Cognito may refuse this: {reason}."));
    }
    steps
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
        let value = value.map(Value::to_string).unwrap_or_default();
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
        "Else give the callers the secret that is left.".to_owned(),
    ])
}

fn deleted(case: &Case<'_>, pool: &UserPoolId, client: &AppClientId) -> Undo {
    let mut steps = vec![format!(
        "A deleted app client cannot be restored: a new one gets another id. Tokens issued by \
         `{client}` are valid until they expire."
    )];
    let known_before = CLIENT
        .iter()
        .filter(|member| known(case.before, &member.setting()).value().is_some())
        .count();
    let source = if known_before > 0 {
        "with the settings of before"
    } else {
        "with the settings that the applications need"
    };
    steps.push(format!(
        "Create one {source}: `{} --user-pool-id {}`.",
        start(case, "create_user_pool_client"),
        quoted(pool.as_str())
    ));
    steps.push("Give the new id and secret to every caller of the old one.".to_owned());
    Undo::steps(steps)
}

fn ids(pool: &UserPoolId, client: &AppClientId) -> String {
    format!(
        "--user-pool-id {} --client-id {}",
        quoted(pool.as_str()),
        quoted(client.as_str())
    )
}

fn start(case: &Case<'_>, kind: &'static str) -> String {
    let call = Call {
        kind,
        service: "cognito-idp",
        region: case.region.as_deref(),
    };
    call.start()
}
