//! What is wrong with a plan whatever requests there are.

use super::{Problem, Severity};
use crate::{
    cognito::{
        history::planned::{self, Planned},
        setting::{Resource, Settings},
        undo,
    },
    ids::{AppClientId, UserPoolId},
    plan::{Action, Intent, Kind, Plan, Target},
};

/// What the plan as a whole does not say.
pub(super) fn of_plan(number: usize, plan: &Plan) -> Vec<Problem> {
    let problem = |gap: &String| Problem {
        severity: Severity::Warning,
        text: format!("{}: {gap}.", plan.path),
        setting: None,
        target: None,
        plan: number,
        line: 1,
    };
    plan.gaps.iter().map(problem).collect()
}

/// What is wrong with one target.
pub(super) fn of_target(number: usize, target: &Target, planned: Option<&Planned>) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut add = |severity, text: String, setting: Option<&str>| {
        found.push(Problem {
            severity,
            text: format!("{}: {text}", target.name),
            setting: setting.map(str::to_owned),
            target: Some(target.name.clone()),
            plan: number,
            line: target.line,
        });
    };
    for refusal in refusals(target, planned) {
        let text = format!(
            "Cognito would refuse it, since {} ({}).",
            refusal.reason, refusal.source
        );
        add(Severity::Error, text, refusal.settings.first().copied());
    }
    if let (Action::Replace, Some(text)) = (target.action, replaced(target.subject.kind)) {
        add(Severity::Error, text.to_owned(), None);
    }
    for (setting, text) in planned.map(downgrades).unwrap_or_default() {
        add(Severity::Warning, text, Some(setting));
    }
    found
}

/// Combinations of settings that Cognito does not take.
fn refusals(target: &Target, planned: Option<&Planned>) -> Vec<undo::Refusal> {
    if let Some(planned) = planned {
        return match planned.change.diff.is_empty() {
            true => Vec::new(),
            false => undo::refusals(&planned.change.resource, &planned.after),
        };
    }
    let (Intent::States { after, .. }, Action::Create) = (&target.intent, target.action) else {
        return Vec::new();
    };
    let pool = UserPoolId::new("");
    let resource = match target.subject.kind {
        Kind::Client => Resource::Client(pool, AppClientId::new("")),
        Kind::Pool => Resource::Pool(pool),
        _ => return Vec::new(),
    };
    let settings: Settings = planned::whole(&resource, after);
    undo::refusals(&resource, &settings)
}

/// What it means that another takes its place.
fn replaced(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Client => {
            "another app client takes its place, with another id and secret: every caller has to be \
             given them."
        }
        Kind::Pool => {
            "another user pool takes its place, without its users and with other ids: nobody can sign \
             in until each has signed up again."
        }
        Kind::Domain => "the domain is gone until the other one is active.",
        _ => return None,
    })
}

const TIER: &str = "UserPoolTier";
const VERSION: &str = "LambdaConfig.PreTokenGenerationConfig.LambdaVersion";

/// Settings with an order, which go down.
fn downgrades(planned: &Planned) -> Vec<(&'static str, String)> {
    const ORDERS: [(&str, &[&str]); 2] = [
        (TIER, &["LITE", "ESSENTIALS", "PLUS"]),
        (VERSION, &["V1_0", "V2_0", "V3_0"]),
    ];
    let down = |(setting, order): (&'static str, &[&str])| {
        let line = planned
            .change
            .diff
            .iter()
            .find(|line| line.setting.as_str() == setting)?;
        let place = |value: Option<&serde_json::Value>| {
            let text = value?.as_str()?;
            order.iter().position(|step| *step == text)
        };
        let (before, after) = (place(line.before.value())?, place(line.after.value())?);
        (after < before).then(|| {
            let text = format!(
                "`{setting}` goes down from {} to {}.",
                order[before], order[after]
            );
            (setting, text)
        })
    };
    ORDERS.into_iter().filter_map(down).collect()
}
