//! What undoes a change: a three-way merge of the settings as they are now with only the guilty
//! lines put back.
//!
//! Legitimate changes made since survive. Nothing here calls AWS: it writes down the call.

mod call;
mod client;
mod merge;
mod parts;
mod pool;
mod rules;

use serde_json::Value;

use super::{
    history::{At, ConfigChange, History, Standing},
    setting::{Resource, Setting, Settings, known},
};

/// How a change is undone.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// The API call in snake case (`update_user_pool_client`), `steps` when no single call does,
    /// or `none` when there is nothing (left) to undo.
    pub kind: &'static str,
    /// The AWS CLI command, ready for a POSIX shell; `None` when only `steps` help.
    pub command: Option<String>,
    /// The call's input as `--cli-input-json` takes it, for `--write-undo`.
    pub document: Option<Value>,
    /// What a person has to do where no update can undo it, or has to check before.
    pub steps: Vec<String>,
    /// Settings the command sends whose value is assumed, not observed: to be reviewed.
    pub assumed: Vec<Setting>,
}

impl Undo {
    fn none(step: impl Into<String>) -> Self {
        Self {
            kind: "none",
            command: None,
            document: None,
            steps: vec![step.into()],
            assumed: Vec::new(),
        }
    }

    fn steps(steps: Vec<String>) -> Self {
        Self {
            kind: "steps",
            steps,
            ..Self::none(String::new())
        }
    }

    /// One call, in snake case, with its whole input.
    fn call(call: &call::Call, document: Value) -> Self {
        Self {
            kind: call.kind,
            command: Some(call.command(&document)),
            document: Some(document),
            steps: Vec::new(),
            assumed: Vec::new(),
        }
    }
}

/// What is asked: which lines of which change, and the states around it.
struct Case<'a> {
    found: &'a ConfigChange,
    guilty: Vec<Setting>,
    region: Option<String>,
    before: &'a Settings,
    after: &'a Settings,
    now: &'a Settings,
}

/// The undo of the `guilty` lines of the change at index `change`; no lines means all of them.
///
/// `region` goes into the command; without it the change's own Region does.
pub fn undo(history: &History, change: usize, guilty: &[Setting], region: Option<&str>) -> Undo {
    let Some(found) = history.changes().get(change) else {
        return Undo::none("There is no such change.");
    };
    if let Standing::Failed(error) = &found.standing {
        return Undo::none(format!(
            "The call failed with `{error}` and changed nothing."
        ));
    }
    let nothing = Settings::new();
    let at = |at| history.settings(&found.resource, at).unwrap_or(&nothing);
    let all = || found.diff.iter().map(|line| line.setting.clone()).collect();
    let case = Case {
        found,
        guilty: match guilty {
            [] => all(),
            lines => lines.to_vec(),
        },
        region: region_of(found, region),
        before: at(At::Before(change)),
        after: at(At::After(change)),
        now: at(At::Now),
    };
    let undo = match &found.resource {
        Resource::Client(pool, client) => client::undo(&case, pool, client),
        Resource::Pool(pool) => pool::undo(&case, pool),
        _ => parts::undo(&case),
    };
    match (case.is_healed(), undo.kind) {
        (false, _) => undo,
        // The whole document is worth showing: sent now, it would change nothing.
        (true, "update_user_pool_client" | "update_user_pool") => {
            let mut steps = undo.steps;
            steps.insert(0, case.healed());
            steps.insert(1, NOTHING_LEFT.to_owned());
            Undo { steps, ..undo }
        }
        (true, _) => Undo::none(case.healed()),
    }
}

/// Said where a call is printed that need not be made.
const NOTHING_LEFT: &str =
    "Do not send the call now: as far as the logs reach, it changes nothing.";

impl Case<'_> {
    /// Whether every guilty line has its value of before again.
    fn is_healed(&self) -> bool {
        let back = |setting: &Setting| {
            let merged = merge::put_back(self.before, self.after, self.now, setting);
            merged.same(known(self.now, setting))
        };
        !self.guilty.is_empty() && self.guilty.iter().all(back)
    }

    fn healed(&self) -> String {
        let lines: Vec<String> = self.guilty.iter().map(|line| format!("`{line}`")).collect();
        match lines.as_slice() {
            [line] => format!("It is undone already: {line} is as it was before the change again."),
            _ => format!(
                "It is undone already: {} are as they were before the change again.",
                lines.join(", ")
            ),
        }
    }

    /// The value of `setting` before, as JSON text.
    fn was(&self, setting: &Setting) -> Option<String> {
        known(self.before, setting).value().map(Value::to_string)
    }

    fn asked(&self, name: &str) -> Option<String> {
        let request = super::read::object(self.found.change.request.as_deref()?)?;
        super::read::get_text(&request, name).map(str::to_owned)
    }
}

/// The Region named, the change's own, or the one a pool's id begins with.
fn region_of(found: &ConfigChange, named: Option<&str>) -> Option<String> {
    let of_pool = || {
        let pool = found.resource.pool()?.as_str();
        pool.split_once('_').map(|(region, _)| region)
    };
    let of_change = || found.change.region.as_deref();
    let is_region = |region: &&str| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !region.is_empty() && region.bytes().all(letter)
    };
    let region = named.or_else(of_pool).or_else(of_change);
    region.filter(is_region).map(str::to_owned)
}

#[cfg(test)]
mod tests;
