//! The contract of a check: what other programs read. `check.schema.json` beside this file says it for
//! programs.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::{Sentences, shown_line};
use crate::{
    attribute::utc,
    check::{Check, Checked, Count, SettingCheck},
    report::{
        json::print,
        words::{self, rfc3339},
    },
};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    verdict: &'static str,
    answer: String,
    plans: Vec<Plan<'a>>,
    targets: Vec<Target<'a>>,
    unchanged: u64,
    problems: Vec<Problem<'a>>,
    coverage: Coverage<'a>,
}

#[derive(Serialize)]
struct Plan<'a> {
    path: &'a str,
    format: &'static str,
    passed_over: u64,
}

#[derive(Serialize)]
struct Target<'a> {
    account_id: Option<&'a str>,
    region: Option<&'a str>,
    user_pool_id: Option<&'a str>,
    client_id: Option<&'a str>,
    resource: &'a str,
    what: Option<String>,
    plan: &'a str,
    line: usize,
    action: &'static str,
    verdict: &'static str,
    settings: Vec<Setting<'a>>,
}

#[derive(Serialize)]
struct Setting<'a> {
    setting: &'a str,
    before: Option<Value>,
    after: Option<Value>,
    known: &'static str,
    by_omission: bool,
    verdict: &'static str,
    rule: Option<&'static str>,
    strength: Option<&'static str>,
    refused: u64,
    of: u64,
    cannot_tell: u64,
    per_day: f64,
    last_seen: Option<String>,
    begins: Option<&'static str>,
    begins_hour: Option<u32>,
    errors: &'a [&'static str],
    endpoints: Vec<Asked<'a>>,
    grants: Vec<&'a str>,
    redirect_uris: Vec<Asked<'a>>,
    scopes: Vec<Asked<'a>>,
    identity_providers: Vec<Asked<'a>>,
    missing: Option<&'a str>,
}

/// Something that refused attempts ask for.
#[derive(Serialize)]
struct Asked<'a> {
    value: &'a str,
    requests: u64,
    last_seen: Option<String>,
}

#[derive(Serialize)]
struct Problem<'a> {
    severity: &'static str,
    text: &'a str,
    setting: Option<&'a str>,
    resource: Option<&'a str>,
    plan: Option<&'a str>,
    line: usize,
}

#[derive(Serialize)]
struct Coverage<'a> {
    start: String,
    end: String,
    days: f64,
    requests: u64,
    complete: bool,
    sources: Vec<Source<'a>>,
}

#[derive(Serialize)]
struct Source<'a> {
    source: &'a str,
    account_id: Option<&'a str>,
    region: Option<&'a str>,
    from: String,
    to: String,
    status: &'static str,
}

/// Writes the document.
///
/// # Errors
///
/// What the output said.
pub fn write(check: &Check, out: &mut impl Write) -> io::Result<()> {
    let plan = |number: usize| check.plans.get(number).map(|plan| plan.path.as_str());
    let days = check.days();
    let document = Document {
        schema: "trailblame/check/1",
        verdict: check.verdict.as_str(),
        answer: Sentences::new(check, utc).answer(),
        plans: check
            .plans
            .iter()
            .map(|plan| Plan {
                path: &plan.path,
                format: plan.format.as_str(),
                passed_over: plan.passed_over,
            })
            .collect(),
        targets: check
            .targets
            .iter()
            .map(|target| Target {
                account_id: target.account.as_deref(),
                region: target.region.as_deref(),
                user_pool_id: target.pool.as_ref().map(|pool| pool.as_str()),
                client_id: target.client.as_ref().map(|client| client.as_str()),
                resource: &target.name,
                what: target.resource.as_ref().map(words::resource),
                plan: plan(target.plan).unwrap_or_default(),
                line: target.line,
                action: target.action.as_str(),
                verdict: target.verdict().as_str(),
                settings: target
                    .settings
                    .iter()
                    .map(|own| setting(target, own, days))
                    .collect(),
            })
            .collect(),
        unchanged: check.unchanged,
        problems: check
            .problems
            .iter()
            .map(|problem| Problem {
                severity: problem.severity.as_str(),
                text: &problem.text,
                setting: problem.setting.as_deref(),
                resource: problem.target.as_deref(),
                plan: plan(problem.plan),
                line: problem.line,
            })
            .collect(),
        coverage: coverage(check),
    };
    print(&document, out)
}

fn setting<'a>(target: &Checked, setting: &'a SettingCheck, days: f64) -> Setting<'a> {
    let line = shown_line(target, &setting.line);
    let rate = setting.refused as f64 / days;
    let asked = &setting.asked;
    Setting {
        setting: setting.line.setting.as_str(),
        before: line.before.value().cloned(),
        after: line.after.value().cloned(),
        known: words::certainty(&line),
        by_omission: setting.by_omission,
        verdict: setting.verdict.as_str(),
        rule: setting.rule.map(|rule| rule.id),
        strength: setting.rule.map(|rule| rule.strength.as_str()),
        refused: setting.refused,
        of: setting.of,
        cannot_tell: setting.untold,
        per_day: (rate * 10.0).round() / 10.0,
        last_seen: setting.last_seen.map(rfc3339),
        begins: setting.begins.map(|begins| begins.as_str()),
        begins_hour: setting.begins.and_then(|begins| begins.hour),
        errors: &setting.errors,
        endpoints: asked.endpoints.iter().map(counted).collect(),
        grants: asked.grants.keys().map(String::as_str).collect(),
        redirect_uris: asked.redirect_uris.iter().map(counted).collect(),
        scopes: asked.scopes.iter().map(counted).collect(),
        identity_providers: asked.providers.iter().map(counted).collect(),
        missing: setting.missing.as_deref(),
    }
}

fn counted<'a>((value, count): (&'a String, &Count)) -> Asked<'a> {
    Asked {
        value,
        requests: count.requests,
        last_seen: chrono::DateTime::from_timestamp_micros(count.last).map(rfc3339),
    }
}

fn coverage(check: &Check) -> Coverage<'_> {
    Coverage {
        start: rfc3339(check.window.start),
        end: rfc3339(check.window.end),
        days: (check.days() * 100.0).round() / 100.0,
        requests: check.requests,
        complete: check.is_complete,
        sources: check
            .coverage
            .iter()
            .map(|row| Source {
                source: row.source,
                account_id: row.account.as_ref().map(|id| id.as_str()),
                region: row.region.as_ref().map(|id| id.as_str()),
                from: rfc3339(row.from),
                to: rfc3339(row.to),
                status: row.status.as_str(),
            })
            .collect(),
    }
}
