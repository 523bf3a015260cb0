//! A check for code scanning: SARIF 2.1.0, one result a setting, at its place in the plan.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde_json::{Value, json};

use super::{Sentences, whose};
use crate::{
    attribute::utc,
    check::{Check, Checked, Problem, SettingCheck, Severity, Verdict},
    report::json::print,
};

/// The rule of what no rule is about.
const UNKNOWN: &str = "cannot-tell";
const UNUSED: &str = "no-request-needs-it";
const PROBLEM: &str = "plan-problem";

/// Writes the log.
///
/// # Errors
///
/// What the output said.
pub fn write(check: &Check, out: &mut impl Write) -> io::Result<()> {
    let sentences = Sentences::new(check, utc);
    let settings = check.settings();
    let mut results: Vec<Value> = settings
        .map(|(target, setting)| result(&sentences, target, setting))
        .collect();
    results.extend(check.problems.iter().map(|one| problem(check, one)));
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "trailblame",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules(check),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": {"verdict": check.verdict.as_str(), "answer": sentences.answer()},
        }],
    });
    print(&log, out)
}

/// Every rule that a result names.
fn rules(check: &Check) -> Vec<Value> {
    let mut rules: BTreeMap<&str, (String, String)> = BTreeMap::new();
    for (_, setting) in check.settings() {
        let (says, help) = match setting.rule {
            Some(rule) => (
                format!("Refuses {}.", rule.says),
                format!("{}: {}.", rule.strength.as_str(), rule.source),
            ),
            None => {
                let says = match setting.verdict {
                    Verdict::Safe => "No recorded request needs what goes.",
                    _ => "The logs, the plan or the rules do not say enough.",
                };
                (says.to_owned(), says.to_owned())
            }
        };
        rules.insert(rule_of(setting), (says, help));
    }
    if !check.problems.is_empty() {
        let says = "The plan is wrong, whatever requests there are.".to_owned();
        rules.insert(PROBLEM, (says.clone(), says));
    }
    let rule = |(id, (says, help)): (&str, (String, String))| json!({"id": id, "shortDescription": {"text": says}, "help": {"text": help}});
    rules.into_iter().map(rule).collect()
}

fn rule_of(setting: &SettingCheck) -> &'static str {
    match (setting.rule, setting.verdict) {
        (Some(rule), _) => rule.id,
        (None, Verdict::Safe) => UNUSED,
        (None, _) => UNKNOWN,
    }
}

fn result(sentences: &Sentences<'_>, target: &Checked, setting: &SettingCheck) -> Value {
    let (level, kind) = match setting.verdict {
        Verdict::Breaks => ("error", "fail"),
        Verdict::MayBreak => ("warning", "fail"),
        Verdict::CannotTell => ("note", "fail"),
        Verdict::Safe => ("none", "pass"),
    };
    let name = setting.line.setting.as_str();
    let text = match setting.verdict {
        Verdict::Breaks | Verdict::MayBreak => format!("{}.", sentences.harm(target, setting)),
        Verdict::CannotTell => format!("{}.", sentences.doubt(target, setting)),
        Verdict::Safe => format!(
            "`{name}` of {}: no recorded request needs it.",
            whose(target)
        ),
    };
    let plan = sentences.check.plans.get(target.plan);
    let path = plan.map_or("", |plan| plan.path.as_str());
    json!({
        "ruleId": rule_of(setting),
        "level": level,
        "kind": kind,
        "message": {"text": text},
        "locations": [location(path, target.line, Some(&format!("{}.{name}", target.name)))],
        "partialFingerprints": {"setting/v1": format!("{}/{name}", target.name)},
        "properties": {
            "verdict": setting.verdict.as_str(),
            "refused": setting.refused,
            "of": setting.of,
        },
    })
}

fn problem(check: &Check, problem: &Problem) -> Value {
    let level = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let path = check
        .plans
        .get(problem.plan)
        .map_or("", |plan| plan.path.as_str());
    json!({
        "ruleId": PROBLEM,
        "level": level,
        "kind": "fail",
        "message": {"text": problem.text},
        "locations": [location(path, problem.line, problem.target.as_deref())],
    })
}

fn location(path: &str, line: usize, name: Option<&str>) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(path)},
            "region": {"startLine": line},
        },
    });
    if let Some(name) = name {
        location["logicalLocations"] = json!([{"fullyQualifiedName": name, "kind": "resource"}]);
    }
    location
}

/// A path as a reference: relative ones stay so.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len() + 8);
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    if path == "-" {
        return "stdin".to_owned();
    }
    for byte in path.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(byte as char),
            byte if byte.is_ascii_alphanumeric() => uri.push(byte as char),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_references() {
        for (path, expected) in [
            ("plans/a b.json", "plans/a%20b.json"),
            ("/tmp/x.json", "file:///tmp/x.json"),
            ("-", "stdin"),
            ("ä:1", "%C3%A4%3A1"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
