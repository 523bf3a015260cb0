//! Before the change: what recorded requests would meet if a plan were carried out.
//!
//! Replay, as after an outage: every kind of request that was accepted is asked of the settings before
//! and after. What no rule lists, no log tells or no plan shows is "cannot tell".

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::{
    cognito::{
        effects::Effect,
        history::{DiffLine, History},
        setting::Resource,
    },
    frame::{Cells, CoverageRow, CoverageStatus},
    ids::{AppClientId, UserPoolId},
    plan::{Action, Format, Plan},
    window::Window,
};

mod begins;
mod identify;
mod problems;
mod reach;
mod tally;
mod target;
pub(crate) mod traffic;

pub use begins::Begins;

/// What is known beside the plans.
pub struct Evidence<'a> {
    /// Recorded attempts.
    pub cells: &'a Cells,
    /// Settings over time.
    pub history: &'a History,
    /// The time whose attempts count.
    pub window: Window,
    /// What was looked at of that time.
    pub coverage: Vec<CoverageRow>,
    /// Whether something could not be read.
    pub is_incomplete: bool,
    /// Ids of resources, by their names in the plan.
    pub ids: &'a BTreeMap<String, String>,
}

/// What would come of some plans.
#[derive(Clone, Debug)]
pub struct Check {
    /// The worst of all.
    pub verdict: Verdict,
    /// The plans, without their targets.
    pub plans: Vec<Plan>,
    /// What they would alter, the most harmful first.
    pub targets: Vec<Checked>,
    /// Resources that stay as they are.
    pub unchanged: u64,
    /// What is wrong without any request.
    pub problems: Vec<Problem>,
    /// The time whose attempts were replayed.
    pub window: Window,
    /// Attempts in it that were accepted.
    pub requests: u64,
    /// What was looked at.
    pub coverage: Vec<CoverageRow>,
    /// Whether all of it was.
    pub is_complete: bool,
}

/// What would come of a setting, a target or a plan; the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// No recorded request needs what goes.
    Safe,
    /// The logs, the plan or the rules do not say enough.
    CannotTell,
    /// Some recorded requests may be refused.
    MayBreak,
    /// Recorded requests would be refused.
    Breaks,
}

impl Verdict {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::CannotTell => "cannot_tell",
            Self::MayBreak => "may_break",
            Self::Breaks => "breaks",
        }
    }
}

/// One resource of a plan.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The plan, by its place in [`Check::plans`].
    pub plan: usize,
    /// Its name in the plan.
    pub name: String,
    /// The line of the plan's file, from 1.
    pub line: usize,
    /// What happens to it.
    pub action: Action,
    /// The AWS account, where the plan or a log names it.
    pub account: Option<String>,
    /// The Region of its pool.
    pub region: Option<String>,
    /// The user pool.
    pub pool: Option<UserPoolId>,
    /// The app client.
    pub client: Option<AppClientId>,
    /// What it is; `None` where the plan does not say which of its kind.
    pub resource: Option<Resource>,
    /// Each setting that would change, the most harmful first.
    pub settings: Vec<SettingCheck>,
}

impl Checked {
    /// The worst of its settings.
    pub fn verdict(&self) -> Verdict {
        let verdicts = self.settings.iter().map(|setting| setting.verdict);
        verdicts.max().unwrap_or(Verdict::Safe)
    }
}

/// One setting that would change.
#[derive(Clone, Debug)]
pub struct SettingCheck {
    /// Its value before and after.
    pub line: DiffLine,
    /// Whether it is reset because nobody gives it any more.
    pub by_omission: bool,
    /// What would come of it.
    pub verdict: Verdict,
    /// The rule that says so.
    pub rule: Option<&'static Effect>,
    /// Attempts of the window that would be refused, or may be.
    pub refused: u64,
    /// Accepted attempts of the window that look at the setting.
    pub of: u64,
    /// Accepted attempts of which the logs do not say enough.
    pub untold: u64,
    /// When such an attempt was seen last.
    pub last_seen: Option<DateTime<Utc>>,
    /// When the first is refused.
    pub begins: Option<Begins>,
    /// The codes they would get, likeliest first.
    pub errors: Vec<&'static str>,
    /// What the refused attempts ask for.
    pub asked: Asked,
    /// What is missing to tell, as a sentence without an end.
    pub missing: Option<String>,
}

/// What refused attempts ask for, with how many attempts do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// Endpoints and sign-in APIs.
    pub endpoints: BTreeMap<String, Count>,
    /// OAuth grants and auth flows.
    pub grants: BTreeMap<String, Count>,
    /// Redirect URIs.
    pub redirect_uris: BTreeMap<String, Count>,
    /// Scopes, as they were asked for.
    pub scopes: BTreeMap<String, Count>,
    /// Identity providers.
    pub providers: BTreeMap<String, Count>,
    /// App clients.
    pub clients: BTreeSet<String>,
}

/// So many attempts, and when the last of them came (µs).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Attempts.
    pub requests: u64,
    /// The last of them.
    pub last: i64,
}

/// Something that is wrong with a plan whatever requests there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, as a sentence.
    pub text: String,
    /// The setting that it is about.
    pub setting: Option<String>,
    /// The name of the target that it is about.
    pub target: Option<String>,
    /// The plan, by its place.
    pub plan: usize,
    /// The line of the plan's file.
    pub line: usize,
}

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Note,
    /// Look at it.
    Warning,
    /// It will not work.
    Error,
}

impl Severity {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Replays the recorded attempts against each plan.
pub fn check(plans: Vec<Plan>, evidence: &Evidence<'_>) -> Check {
    let identified = |plan| identify::identified(plan, evidence.history, evidence.ids);
    let plans: Vec<Plan> = plans.into_iter().map(identified).collect();
    let traffic = traffic::Traffic::new(evidence.cells, evidence.window);
    let reach = reach::Reach::new(&plans, evidence, &traffic);
    let mut targets = Vec::new();
    let mut problems = Vec::new();
    for (number, plan) in plans.iter().enumerate() {
        problems.extend(problems::of_plan(number, plan));
        for target in &plan.targets {
            let planned = target::planned(target, evidence.history);
            problems.extend(problems::of_target(number, target, planned.as_ref()));
            targets.push(target::checked(number, target, planned, &reach));
        }
    }
    let all = targets.len();
    targets.retain(|target| target.action != Action::Update || !target.settings.is_empty());
    let unchanged = (all - targets.len()) as u64;
    targets.sort_by_key(|target| std::cmp::Reverse(target::harm(target)));
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
    let verdicts = targets.iter().map(Checked::verdict);
    let complete = |row: &CoverageRow| row.status == CoverageStatus::Complete;
    Check {
        verdict: verdicts.max().unwrap_or(Verdict::Safe),
        targets,
        unchanged,
        problems,
        window: evidence.window,
        requests: traffic.accepted(),
        is_complete: !evidence.is_incomplete && evidence.coverage.iter().all(complete),
        coverage: evidence.coverage.clone(),
        plans: plans.into_iter().map(without_targets).collect(),
    }
}

fn without_targets(plan: Plan) -> Plan {
    Plan {
        targets: Vec::new(),
        ..plan
    }
}

impl Check {
    /// Days of the window; a shorter one counts as a whole day.
    pub fn days(&self) -> f64 {
        days(self.window)
    }

    /// Which tools wrote the plans.
    pub fn formats(&self) -> BTreeSet<&'static str> {
        let formats = self.plans.iter().map(|plan| plan.format);
        formats.map(Format::as_str).collect()
    }

    /// All settings that would change, with their targets.
    pub fn settings(&self) -> impl Iterator<Item = (&Checked, &SettingCheck)> {
        let targets = self.targets.iter();
        targets.flat_map(|target| target.settings.iter().map(move |setting| (target, setting)))
    }
}

pub(crate) fn days(window: Window) -> f64 {
    let seconds = (window.end - window.start).num_seconds();
    (seconds as f64 / 86_400.0).max(1.0)
}
