//! Undoing a change of multi-factor authentication.

use serde_json::{Map, Value};

use super::{
    Case, Undo,
    call::{put, quoted},
    pool::{call, plan},
};
use crate::{
    cognito::setting::{Settings, is_nothing, known, value},
    ids::UserPoolId,
};

/// The factors of `SetUserPoolMfaConfig`.
const FACTORS: &[&str] = &[
    "EmailMfaConfiguration.",
    "SmsMfaConfiguration.",
    "SoftwareTokenMfaConfiguration.",
    "WebAuthnConfiguration.",
];

const MODE: &str = "MfaConfiguration";

/// The undo of a `SetUserPoolMfaConfig`.
pub(super) fn undo(case: &Case<'_>, pool: &UserPoolId) -> Undo {
    let target = plan(case, &case.guilty, &[]).target;
    let lost = |setting| known(case.before, setting).value().is_none();
    let input = input(&target).filter(|_| !case.guilty.iter().any(lost));
    let Some(mut input) = input else {
        return by_hand(case, pool);
    };
    put(&mut input, "UserPoolId", pool.as_str().into());
    let mut undo = Undo::call(&call(case, "set_user_pool_mfa_config"), input.into());
    undo.steps.push(format!(
        "Compare with `{} --user-pool-id {}` first: it may show a factor that the logs do not.",
        call(case, "get_user_pool_mfa_config").start(),
        quoted(pool.as_str())
    ));
    undo
}

/// The mode with every factor that is known; `None` where too little is. Without the mode the call
/// turns it off, with a mode it needs a factor, and off takes none (measured, domain.md §11).
fn input(target: &Settings) -> Option<Map<String, Value>> {
    let mode = value(target, MODE)?;
    let mut input = Map::new();
    put(&mut input, MODE, mode.clone());
    if mode == "OFF" {
        return Some(input);
    }
    for (setting, known) in target {
        let name = setting.as_str();
        if FACTORS.iter().any(|factor| name.starts_with(factor)) {
            let value = known.value()?;
            if !is_nothing(value) {
                put(&mut input, name, value.clone());
            }
        }
    }
    (input.len() > 1).then_some(input)
}

fn by_hand(case: &Case<'_>, pool: &UserPoolId) -> Undo {
    let pool = quoted(pool.as_str());
    let mut steps = vec![format!(
        "Look at the settings as they are: `{} --user-pool-id {pool}`.",
        call(case, "get_user_pool_mfa_config").start()
    )];
    for setting in &case.guilty {
        let value = case.was(setting);
        let value = value
            .as_deref()
            .unwrap_or("its value of before, which the logs do not hold");
        steps.push(format!("Put `{setting}` back to {value}."));
    }
    steps.push(format!(
        "Send them all: `{} --user-pool-id {pool} …`.",
        call(case, "set_user_pool_mfa_config").start()
    ));
    Undo::steps(steps)
}
