//! What a change did, as one would say it: `removed code from AllowedOAuthFlows`.

use serde_json::Value;

use super::{plain, resource, standing};
use crate::{
    attribute::Suspect,
    cognito::{
        history::{ConfigChange, DiffLine, Standing},
        shown,
    },
    report::escape::cut,
};

/// How names of settings and values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// As they are.
    None,
    /// Between backticks.
    Code,
}

/// Values of a list that are named; the others are counted.
const MOST_ITEMS: usize = 2;
const LONGEST_ITEM: usize = 100;

impl Quote {
    fn write(self, text: &str) -> String {
        match self {
            Self::None => text.to_owned(),
            // A backtick in it would end it.
            Self::Code => format!("`{}`", text.replace('`', "'")),
        }
    }
}

/// What the settings to blame took away or set: in full, and without the setting's name.
pub fn forms(suspect: &Suspect, quote: Quote) -> [String; 2] {
    let guilty: Vec<DiffLine> = suspect
        .diff
        .iter()
        .filter(|line| line.guilty)
        .map(|line| shown::line(&suspect.change.resource, &line.line))
        .collect();
    let of = guilty
        .iter()
        .map(|line| line_forms(line, &suspect.change, quote));
    let of: Vec<[String; 2]> = of.collect();
    match &of[..] {
        [] => {
            let text = undiffed(&suspect.change, quote);
            [text.clone(), text]
        }
        [one] => one.clone(),
        [first, rest @ ..] => {
            let all: Vec<&str> = of.iter().map(|[long, _]| long.as_str()).collect();
            let more = rest.len();
            [all.join("; "), format!("{} and {more} more", first[1])]
        }
    }
}

/// What a change did, where no line of it is to blame.
fn undiffed(change: &ConfigChange, quote: Quote) -> String {
    match &change.standing {
        Standing::Opaque => format!(
            "called {} on {} (change details not logged)",
            quote.write(&change.change.name),
            resource(&change.resource)
        ),
        _ => standing(change),
    }
}

fn line_forms(line: &DiffLine, change: &ConfigChange, quote: Quote) -> [String; 2] {
    let name = line.setting.as_str();
    let setting = quote.write(name);
    // `DefineAuthChallenge` of `LambdaConfig.DefineAuthChallenge` says it.
    let short = quote.write(name.rsplit('.').next().unwrap_or(name));
    let both = |text: String| [text.clone(), text];
    if name.starts_with("ClientSecret.") {
        return both("deleted a client secret".to_owned());
    }
    match (line.before.value(), line.after.value()) {
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            let (lost, gained) = (missing(before, after), missing(after, before));
            match (&lost[..], &gained[..]) {
                ([], []) => both(format!("changed {setting}")),
                ([], gained) => {
                    let items = items(gained, quote);
                    [
                        format!("added {items} to {setting}"),
                        format!("added {items}"),
                    ]
                }
                (lost, _) => {
                    let items = items(lost, quote);
                    [
                        format!("removed {items} from {setting}"),
                        format!("removed {items}"),
                    ]
                }
            }
        }
        (_, Some(Value::Bool(false))) if name == "Exists" => [
            format!("deleted {}", resource(&change.resource)),
            "deleted it".to_owned(),
        ],
        (_, Some(Value::Bool(false))) => [
            format!("turned off {setting}"),
            format!("turned off {short}"),
        ],
        (_, Some(Value::Bool(true))) => {
            [format!("turned on {setting}"), format!("turned on {short}")]
        }
        (Some(_), Some(Value::Null)) => [format!("removed {setting}"), format!("removed {short}")],
        (_, Some(after)) => {
            let value = quote.write(&cut(&plain(after), LONGEST_ITEM));
            [
                format!("set {setting} to {value}"),
                format!("changed {short}"),
            ]
        }
        _ => [format!("changed {setting}"), format!("changed {short}")],
    }
}

fn missing(from: &[Value], other: &[Value]) -> Vec<String> {
    let own = from.iter().filter(|item| !other.contains(item));
    own.map(plain).collect()
}

/// `a`, `a and b`, `a, b and 3 more`.
fn items(items: &[String], quote: Quote) -> String {
    let shown = items.iter().take(MOST_ITEMS);
    let shown: Vec<String> = shown
        .map(|item| quote.write(&cut(item, LONGEST_ITEM)))
        .collect();
    match items.len().saturating_sub(MOST_ITEMS) {
        0 => shown.join(" and "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
