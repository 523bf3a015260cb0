//! A setting's change element by element, as a review shows a file's.

use serde_json::Value;

use crate::{
    attribute::{Suspect, SuspectLine},
    cognito::{
        history::{ConfigChange, DiffLine},
        setting::{Known, Resource},
        shown,
    },
    report::words,
};

/// A setting with its elements.
#[derive(Debug)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Whether it is to blame.
    pub guilty: bool,
    /// Its elements.
    pub rows: Vec<Row>,
}

/// An element that is gone, new or kept.
#[derive(Debug, PartialEq)]
pub struct Row {
    /// `removed`, `added` or `kept`.
    pub class: &'static str,
    /// `-`, `+` or a space.
    pub sign: char,
    /// The element.
    pub text: String,
}

/// More elements than this that stay are counted.
const MOST_KEPT: usize = 3;

impl Row {
    fn removed(text: String) -> Self {
        Self {
            class: "removed",
            sign: '-',
            text,
        }
    }

    fn added(text: String) -> Self {
        Self {
            class: "added",
            sign: '+',
            text,
        }
    }

    fn kept(text: String) -> Self {
        Self {
            class: "kept",
            sign: ' ',
            text,
        }
    }
}

/// The settings of a suspect: those to blame, and the others.
pub fn of_suspect(suspect: &Suspect) -> (Vec<Setting>, Vec<Setting>) {
    let setting = |line: &SuspectLine| Setting {
        guilty: line.guilty,
        ..setting(&suspect.change.resource, &line.line)
    };
    let settings = suspect.diff.iter().map(setting);
    settings.partition(|setting| setting.guilty)
}

/// The settings of a change.
pub fn of_change(change: &ConfigChange) -> Vec<Setting> {
    let lines = change.diff.iter();
    lines.map(|line| setting(&change.resource, line)).collect()
}

fn setting(resource: &Resource, line: &DiffLine) -> Setting {
    let line = shown::line(resource, line);
    Setting {
        name: line.setting.to_string(),
        guilty: false,
        rows: rows(&line),
    }
}

fn rows(line: &DiffLine) -> Vec<Row> {
    let (Some(Value::Array(before)), Some(Value::Array(after))) =
        (line.before.value(), line.after.value())
    else {
        return vec![
            Row::removed(words::value(&line.before)),
            Row::added(words::value(&line.after)),
        ];
    };
    let element = |value: &Value, known: &Known| match known {
        Known::Assumed(_) => format!("{} (assumed)", words::plain(value)),
        _ => words::plain(value),
    };
    let kept = before.iter().filter(|item| after.contains(item));
    let removed = before.iter().filter(|item| !after.contains(item));
    let added = after.iter().filter(|item| !before.contains(item));
    let mut rows: Vec<Row> = removed
        .map(|item| Row::removed(element(item, &line.before)))
        .collect();
    match kept.clone().count() {
        0..=MOST_KEPT => rows.extend(kept.map(|item| Row::kept(words::plain(item)))),
        many => rows.push(Row::kept(format!("({many} unchanged)"))),
    }
    rows.extend(added.map(|item| Row::added(element(item, &line.after))));
    rows
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{attribute::Verdict, report::fixture::investigation};

    fn shown(before: Value, after: Value) -> String {
        let line = DiffLine {
            setting: crate::cognito::setting::Setting("CallbackURLs".into()),
            before: Known::Observed(before),
            after: Known::Assumed(after),
        };
        let rows = rows(&line);
        let rows = rows.iter().map(|row| format!("{} {}", row.sign, row.text));
        rows.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn lists_are_compared_element_by_element() {
        assert_eq!(
            shown(
                json!(["code", "implicit"]),
                json!(["implicit", "client_credentials"])
            ),
            "- code\n  implicit\n+ client_credentials (assumed)"
        );
        let many: Vec<u32> = (0..40).collect();
        let more: Vec<u32> = (1..40).collect();
        assert_eq!(shown(json!(many), json!(more)), "- 0\n  (39 unchanged)");
        assert_eq!(shown(json!(60), json!(5)), "- 60\n+ 5 (assumed)");
    }

    #[test]
    fn the_guilty_setting_stands_apart() {
        let finding = investigation(Verdict::Change, None).findings.remove(0);
        let (guilty, others) = of_suspect(&finding.suspects[0]);
        assert_eq!(guilty.len(), 1);
        assert_eq!(guilty[0].name, "AllowedOAuthFlows");
        assert_eq!(others.len(), 2);
    }
}
