//! One target of a plan: the change that it would be, and what would come of it.

use std::{cmp::Reverse, collections::BTreeSet};

use serde_json::Value;

use super::{
    Asked, Checked, SettingCheck, Verdict, reach::Reach, tally::tallies, traffic::REFRESH_FLOW,
};
use crate::{
    cognito::{
        history::{
            At, DiffLine, History,
            planned::{self, Planned},
        },
        replay::Replay,
        setting::{Known, Resource, Setting, Settings},
    },
    frame::{Key, Owner},
    plan::{Action, Intent, Kind, Subject, Target},
    queries::endpoint,
    record::Change,
};

/// The change that a target would be; `None` where the plan does not say of what, or makes it anew.
pub(super) fn planned(target: &Target, history: &History) -> Option<Planned> {
    let resource = target.subject.resource()?;
    if target.action == Action::Create && !is_part(target.subject.kind) {
        return None;
    }
    Some(match &target.intent {
        Intent::Deletion => planned::deletion(change(target, "Delete", None), resource),
        Intent::States {
            before,
            after,
            hidden,
            ..
        } => {
            let body = Value::Object(after.clone()).to_string();
            let change = change(target, update_of(target.subject.kind), Some(body));
            planned::states(change, resource, before, after, hidden)
        }
        Intent::Call {
            service,
            api,
            request,
        } => {
            let body = Value::Object(request.clone()).to_string();
            let mut change = change(target, api, Some(body));
            change.service = (*service).to_owned();
            let nothing = Settings::new();
            let now = history.settings(&resource, At::Now).unwrap_or(&nothing);
            planned::call(change, resource, now)
        }
    })
}

/// What is made may concern what is there: a web ACL for a pool, a permission of a function.
fn is_part(kind: Kind) -> bool {
    matches!(kind, Kind::Attachment | Kind::Function)
}

fn update_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Client => "UpdateUserPoolClient",
        Kind::Pool => "UpdateUserPool",
        Kind::ResourceServer => "UpdateResourceServer",
        Kind::IdentityProvider => "UpdateIdentityProvider",
        Kind::Domain => "UpdateUserPoolDomain",
        Kind::Attachment | Kind::Function => "Update",
    }
}

fn change(target: &Target, name: &str, request: Option<String>) -> Change {
    let subject = &target.subject;
    let pool = subject.pool.as_ref().map(ToString::to_string);
    let client = subject.id.clone().filter(|_| subject.kind == Kind::Client);
    Change {
        name: name.to_owned(),
        service: "cognito-idp.amazonaws.com".to_owned(),
        user_pool: pool,
        client,
        request,
        ..Change::default()
    }
}

/// What would come of a target.
pub(super) fn checked(
    plan: usize,
    target: &Target,
    planned: Option<Planned>,
    reach: &Reach<'_>,
) -> Checked {
    let resource = target.subject.resource();
    let owners = resource.as_ref().map(|resource| reach.owners(resource));
    let owners = owners.unwrap_or_default();
    let mut settings = match &planned {
        Some(planned) => of_change(target, planned, reach),
        None => unnamed(target),
    };
    settings.sort_by_key(|setting| Reverse(harm_of(setting)));
    let subject = &target.subject;
    Checked {
        plan,
        name: target.name.clone(),
        line: target.line,
        action: target.action,
        account: subject.account.clone().or_else(|| reach.account(&owners)),
        region: region(subject),
        pool: subject.pool.clone(),
        client: match &resource {
            Some(Resource::Client(_, client)) => Some(client.clone()),
            _ => None,
        },
        resource,
        settings,
    }
}

fn region(subject: &Subject) -> Option<String> {
    let (region, _) = subject.pool.as_ref()?.as_str().split_once('_')?;
    Some(region.to_owned())
}

fn of_change(target: &Target, planned: &Planned, reach: &Reach<'_>) -> Vec<SettingCheck> {
    let change = &planned.change;
    let replay = Replay::new(change);
    let owners = reach.owners(&change.resource);
    let mut found = tallies(&replay, &owners, reach.traffic);
    let omitted = omitted(target, &change.diff);
    let is_logged = reach.is_logged(&change.resource);
    let mut lines: Vec<DiffLine> = change.diff.clone();
    // A line that stands for what is not shown.
    let stand_in = replay.lines().iter();
    let stand_in =
        stand_in.filter(|line| !change.diff.iter().any(|own| own.setting == line.setting));
    lines.extend(stand_in.cloned());
    let setting = |line: DiffLine| {
        let tally = found.remove(&line.setting).unwrap_or_default();
        let by_omission = omitted.contains(&line.setting);
        let setting = doubt_logouts(tally.verdict(line, by_omission, reach), &owners, reach);
        let setting = doubt_refreshes(setting, &owners, reach);
        match is_logged || is_unused(&change.resource, reach) {
            true => setting,
            false => not_logged(setting, &change.resource),
        }
    };
    lines.into_iter().map(setting).collect()
}

/// Sign-outs go by a page of their own. Where people sign in by pages and no log has any sign-out, the
/// logs need not hold them.
fn doubt_logouts(setting: SettingCheck, owners: &[&Owner], reach: &Reach<'_>) -> SettingCheck {
    let cells = reach.traffic.cells;
    let is_narrower = || {
        let items = |known: &Known| {
            known
                .value()
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default()
        };
        let after = items(&setting.line.after);
        items(&setting.line.before)
            .iter()
            .any(|item| !after.contains(item))
    };
    let signs_in = || {
        let mut keys = owners.iter().flat_map(|owner| reach.traffic.of(owner));
        keys.any(|(key, _)| cells.is_page(key))
    };
    let is_logout = |key: &Key| cells.text(key.endpoint) == Some(endpoint::LOGOUT);
    let is_doubtful = setting.line.setting.as_str() == "LogoutURLs"
        && setting.of == 0
        && is_narrower()
        && signs_in()
        && !cells.keys.iter().any(is_logout);
    match is_doubtful {
        false => setting,
        true => SettingCheck {
            verdict: Verdict::CannotTell,
            missing: Some("the logs hold no sign-out at all".to_owned()),
            ..setting
        },
    }
}

/// Whether the token endpoint refreshes where the flow of the API is not listed, no page says and
/// nobody has measured (domain.md §8).
fn doubt_refreshes(setting: SettingCheck, owners: &[&Owner], reach: &Reach<'_>) -> SettingCheck {
    let lists = |known: &Known| {
        let items = known.value().and_then(Value::as_array);
        items.is_some_and(|items| items.iter().any(|item| item == REFRESH_FLOW))
    };
    let line = &setting.line;
    let is_lost =
        line.setting.as_str() == "ExplicitAuthFlows" && lists(&line.before) && !lists(&line.after);
    let refreshes = match is_lost && setting.verdict == Verdict::Safe {
        true => reach.traffic.refreshes(owners),
        false => 0,
    };
    match refreshes {
        0 => setting,
        untold => SettingCheck {
            verdict: Verdict::CannotTell,
            untold,
            missing: Some(format!(
                "whether the token endpoint refreshes without `{REFRESH_FLOW}` is not established"
            )),
            ..setting
        },
    }
}

/// A function that is no trigger of any pool, where those of all pools are known.
fn is_unused(resource: &Resource, reach: &Reach<'_>) -> bool {
    let is_no_trigger = |name: &str| reach.knows_triggers && reach.pools_of(name).is_empty();
    matches!(resource, Resource::Function(name) if is_no_trigger(name))
}

/// Silence says nothing where the logs are of something else.
fn not_logged(setting: SettingCheck, resource: &Resource) -> SettingCheck {
    let what = match resource.pool() {
        Some(pool) => format!("user pool {pool}"),
        None => "a user pool that names it as a trigger".to_owned(),
    };
    SettingCheck {
        verdict: Verdict::CannotTell,
        missing: Some(format!("the logs hold nothing of {what}")),
        ..setting
    }
}

/// An existing resource that the plan does not identify.
fn unnamed(target: &Target) -> Vec<SettingCheck> {
    if target.action == Action::Create {
        return Vec::new();
    }
    vec![SettingCheck {
        line: DiffLine {
            setting: Setting::EXISTS,
            before: Known::Unknown,
            after: Known::Unknown,
        },
        by_omission: false,
        verdict: Verdict::CannotTell,
        rule: None,
        refused: 0,
        of: 0,
        untold: 0,
        last_seen: None,
        begins: None,
        errors: Vec::new(),
        asked: Asked::default(),
        missing: Some(match &target.subject.called {
            Some(called) => format!(
                "no log or description names a resource called `{}`; give its id with `--id {}=ID`",
                called.name.as_ref().unwrap_or(&called.logical_id),
                called.logical_id
            ),
            None => {
                "the plan does not say which resource of AWS it is, or what it becomes".to_owned()
            }
        }),
    }]
}

/// Settings that are reset since nobody gives them any more.
fn omitted(target: &Target, diff: &[DiffLine]) -> BTreeSet<Setting> {
    let is_omitted = |line: &&DiffLine| match &target.intent {
        Intent::States { omitted, .. } => omitted.iter().any(|name| is_of(&line.setting, name)),
        Intent::Call { api, request, .. } => {
            let top = line.setting.as_str().split('.').next().unwrap_or_default();
            let is_update = api.starts_with("Update") || api == "SetRiskConfiguration";
            is_update && !request.keys().any(|key| key.eq_ignore_ascii_case(top))
        }
        Intent::Deletion => false,
    };
    let omitted = diff.iter().filter(is_omitted);
    omitted.map(|line| line.setting.clone()).collect()
}

/// Whether a setting is what a name says, or a part of it.
fn is_of(setting: &Setting, name: &str) -> bool {
    let rest = setting.as_str().strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn harm_of(setting: &SettingCheck) -> (Verdict, u64, u64) {
    (setting.verdict, setting.refused, setting.untold)
}

/// How much harm a target does; then by name.
pub(super) fn harm(target: &Checked) -> ((Verdict, u64), Reverse<(usize, String)>) {
    let refused = target.settings.iter().map(|setting| setting.refused).max();
    let order = Reverse((target.plan, target.name.clone()));
    ((target.verdict(), refused.unwrap_or_default()), order)
}
