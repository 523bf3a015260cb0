//! What undoes a change: a three-way merge of the settings as they are now with only the guilty
//! lines put back.
//!
//! Legitimate changes made since survive. Nothing here calls AWS: it writes down the call.

mod accepted;
mod around;
mod call;
mod client;
mod document;
mod domain;
mod function;
mod merge;
mod mfa;
mod parts;
mod passed;
mod pool;
mod provider;
mod resets;
mod rules;

use serde_json::Value;

use self::merge::States;
use super::{
    history::{At, ConfigChange, History, Standing},
    setting::{Resource, Setting, Settings, known},
    shown,
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
    /// What the same call reset besides, and how that is put back too.
    pub resets: Option<Resets>,
}

/// Settings that a call reset without any of these requests failing for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Resets {
    /// Those that still are as it left them.
    pub settings: Vec<Setting>,
    /// The command that puts them back together with what broke; `None` where Cognito would refuse
    /// it, or too little is known.
    pub command: Option<String>,
    /// Its input.
    pub document: Option<Value>,
    /// Settings it sends whose value is assumed.
    pub assumed: Vec<Setting>,
}

/// A combination of settings that Cognito refuses to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is asked of the settings.
    pub reason: &'static str,
    /// Where that is known from.
    pub source: &'static str,
    /// The settings that it ties together.
    pub settings: &'static [&'static str],
}

/// Why Cognito would refuse a call that leaves a client or pool with `settings`.
pub fn refusals(resource: &Resource, settings: &Settings) -> Vec<Refusal> {
    let rules = match resource {
        Resource::Client(..) => rules::CLIENT_RULES,
        Resource::Pool(_) => rules::POOL_RULES,
        _ => return Vec::new(),
    };
    let broken = rules::broken(rules, settings);
    let refusal = |rule: &'static rules::Rule| Refusal {
        reason: rule.reason,
        source: rule.source,
        settings: rule.lines,
    };
    broken.map(refusal).collect()
}

impl Undo {
    fn none(step: impl Into<String>) -> Self {
        Self {
            kind: "none",
            command: None,
            document: None,
            steps: vec![step.into()],
            assumed: Vec::new(),
            resets: None,
        }
    }

    /// Says where the input of the command is, if it does not stand in it.
    fn with_file(mut self) -> Self {
        let of_all = self.resets.as_ref().and_then(|all| all.command.as_ref());
        let mut commands = self.command.iter().chain(of_all);
        if commands.any(|command| command.ends_with(call::IN_A_FILE)) {
            self.steps.push(
                "The input holds members that this program does not know, whose values are not \
                 shown: `--write-undo DIR` writes it and prints the command that sends it."
                    .to_owned(),
            );
        }
        self
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
            resets: None,
        }
    }
}

/// What is asked: which lines of which change, and the states around it.
struct Case<'a> {
    history: &'a History,
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
        history,
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
    if case.is_healed() {
        return case.healed();
    }
    let undo = match &found.resource {
        Resource::Client(pool, client) => client::undo(&case, pool, client),
        Resource::Pool(pool) => pool::undo(&case, pool),
        _ => parts::undo(&case),
    };
    undo.with_file()
}

impl Case<'_> {
    /// Whether every guilty line has its value of before again.
    fn is_healed(&self) -> bool {
        let back = |setting: &Setting| {
            let wanted = self.states().put_back(setting);
            wanted.same(known(self.now, setting))
        };
        !self.guilty.is_empty() && self.guilty.iter().all(back)
    }

    /// Nothing is left to send; what the same call reset besides may still be.
    fn healed(&self) -> Undo {
        let exact = |line: &Setting| known(self.before, line).same(known(self.now, line));
        let names = named(&self.guilty);
        let mut undo = Undo::none(
            match (self.guilty.as_slice(), self.guilty.iter().all(exact)) {
                ([_], true) => format!("Already reverted: {names} has its previous value again."),
                (_, true) => format!("Already reverted: {names} have their previous values again."),
                ([_], false) => {
                    format!("Already reverted: {names} holds again what it held before.")
                }
                (_, false) => {
                    format!("Already reverted: {names} hold again what they held before.")
                }
            },
        );
        let others = self.resets();
        if !others.is_empty() {
            undo.steps.push(resets::sentence(self, &others));
        }
        undo
    }

    fn states(&self) -> States<'_> {
        States {
            before: self.before,
            after: self.after,
            now: self.now,
        }
    }

    /// The value of `setting` before, as JSON text, for people.
    fn was(&self, setting: &Setting) -> Option<String> {
        let value = known(self.before, setting).value()?;
        Some(shown::value(&self.found.resource, setting, value).to_string())
    }

    fn asked(&self, name: &str) -> Option<String> {
        let request = super::read::object(self.found.change.request.as_deref()?)?;
        super::read::get_text(&request, name).map(str::to_owned)
    }
}

/// Settings by name, in backticks.
fn named(settings: &[Setting]) -> String {
    let names: Vec<String> = settings.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, names)) => format!("{} and {last}", names.join(", ")),
        None => String::new(),
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
