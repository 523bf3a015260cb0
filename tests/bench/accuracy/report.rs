//! What the bench prints: tables of at most a hundred columns, and JSON for who compares two runs.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::{
    calibration::wilson,
    command::Options,
    families::{self, Families, Family},
    figures::{self, Figure, Value, outcomes},
    judge::{Judged, Outcome, Said},
    rivals::RULES,
};

/// A program, and how it answered the worlds of each set.
pub type Row = (String, Vec<(String, Vec<Judged>)>);

pub fn print(rows: &[Row], list: bool) {
    for (program, sets) in rows {
        figures(program, sets);
    }
    compared(rows);
    for (program, sets) in rows {
        for (set, judged) in sets {
            if set != "plain" || list {
                families(&format!("{program}, {set} worlds"), judged);
            }
            if list {
                wrongs(&format!("{program}, {set} worlds"), judged);
            }
        }
    }
}

fn figures(program: &str, sets: &[(String, Vec<Judged>)]) {
    let columns: Vec<Vec<Figure>> = sets.iter().map(|(_, judged)| figures::of(judged)).collect();
    println!(
        "{program:<52}{}",
        cells(sets.iter().map(|(set, _)| set.clone()))
    );
    let rows = columns.first().map_or(0, Vec::len);
    for row in 0..rows {
        let Figure { label, value, .. } = &columns[0][row];
        match value {
            Value::Title => println!("{label}"),
            _ => {
                let values = columns.iter().map(|column| text(column[row].value));
                println!("  {label:<50}{}", cells(values));
            }
        }
    }
    println!();
}

fn cells(texts: impl Iterator<Item = String>) -> String {
    texts.map(|text| format!("{text:>23}")).collect()
}

fn text(value: Value) -> String {
    match value {
        Value::Title => String::new(),
        Value::Count(count) => count.to_string(),
        Value::Number(None) | Value::Seconds(None) | Value::Share { of: 0, .. } => "-".to_owned(),
        Value::Number(Some(number)) if number >= 10.0 => format!("{number:.0}"),
        Value::Number(Some(number)) => format!("{number:.3}"),
        Value::Seconds(Some(seconds)) => format!("{seconds:.0} s"),
        Value::Share { are, of } => {
            let (low, high) = wilson(are, of);
            let share = percent(are, of);
            format!("{share} of {of} [{:.0}-{:.0}]", 100.0 * low, 100.0 * high)
        }
    }
}

fn percent(are: usize, of: usize) -> String {
    match of {
        0 => "-".to_owned(),
        of => format!("{:.1}%", 100.0 * are as f64 / of as f64),
    }
}

/// The programs, the oracle and simpler rules, on the same incidents.
fn compared(rows: &[Row]) {
    let Some((_, sets)) = rows.first() else {
        return;
    };
    println!(
        "The same outages. The oracle knows the rules of the account; it and the simple rules are"
    );
    println!("given the outages and their true onsets, which programs have to find.");
    let heads = sets.iter().map(|(set, _)| format!("{set:>26}"));
    println!("{:<46}{}", "", heads.collect::<String>());
    let heads = sets
        .iter()
        .map(|_| format!("{:>8}{:>8}{:>10}", "right", "wrong", "accused"));
    println!("{:<46}{}", "", heads.collect::<String>());
    let line =
        |name: &str, sets: &[(String, Vec<Judged>)], said: &dyn Fn(&Outcome) -> Option<Said>| {
            let columns = sets.iter().map(|(_, judged)| {
                let of = |guilty: bool, what: Said| {
                    let asked = outcomes(judged).filter(|outcome| outcome.required);
                    let asked = asked.filter(|outcome| outcome.guilty == guilty);
                    let said: Vec<Said> = asked.filter_map(said).collect();
                    percent(
                        said.iter().filter(|said| **said == what).count(),
                        said.len(),
                    )
                };
                let (right, wrong) = (of(true, Said::Right), of(true, Said::Wrong));
                format!("{right:>8}{wrong:>8}{:>10}", of(false, Said::Wrong))
            });
            println!("{name:<46}{}", columns.collect::<String>());
        };
    for (program, sets) in rows {
        line(program, sets, &|outcome| Some(outcome.said));
    }
    line("the oracle, where it is sure (.9)", sets, &|outcome| {
        outcome.rivals.oracle
    });
    for (at, name) in RULES.iter().enumerate() {
        line(name, sets, &|outcome| Some(outcome.rivals.rules[at]));
    }
    println!("right, wrong: where a change is guilty; accused: where none is.\n");
}

fn families(title: &str, judged: &[Judged]) {
    let heads = |said: &str, last: &str| {
        let one = format!("{:>6}{:>7}{said:>7}{last:>7}", "n", "found");
        println!("{:<38}{:>27}{:>27}", title, "rule listed", "unlisted");
        println!("{:<38}{one}{one}", "");
    };
    let lines = |families: Families, last: &dyn Fn(&Family) -> usize| {
        for (name, both) in families {
            let columns = both.iter().map(|family| {
                let of = |are| percent_short(are, family.count);
                let (count, found, said) = (family.count, of(family.found), of(family.said));
                format!("{count:>6}{found:>7}{said:>7}{:>7}", of(last(family)))
            });
            let name: String = name.chars().take(37).collect();
            println!("{name:<38}{}", columns.collect::<String>());
        }
        println!();
    };
    heads("named", "first");
    lines(families::of(judged, true), &|family| family.first);
    heads("none", "wrong");
    lines(families::of(judged, false), &|family| family.wrong);
    heads("named", "first");
    lines(families::by_words(judged), &|family| family.first);
}

fn percent_short(are: usize, of: usize) -> String {
    match of {
        0 => "-".to_owned(),
        of => format!("{:.0}%", 100.0 * are as f64 / of as f64),
    }
}

/// Each thing that is judged wrong, by kind of world.
fn wrongs(title: &str, judged: &[Judged]) {
    let mut kinds: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for world in judged {
        kinds.entry(&world.kind).or_default().push(world);
    }
    println!("{title}: what is wrong, by kind");
    for (kind, worlds) in kinds {
        let wrong: Vec<&&Judged> = worlds
            .iter()
            .filter(|world| !world.wrong.is_empty())
            .collect();
        println!(
            "{kind}: {} of {} right",
            worlds.len() - wrong.len(),
            worlds.len()
        );
        for world in wrong {
            println!("  {}", world.folder);
            for line in &world.wrong {
                println!("    {line}");
            }
        }
    }
    println!();
}

/// All figures, and all that they are made of.
pub fn json(rows: &[Row], options: &Options) -> String {
    let programs = rows.iter().map(|(program, sets)| {
        let sets = sets.iter().map(|(set, judged)| {
            let one = json!({
                "figures": figures::json(&figures::of(judged)),
                "families": families::json(judged),
                "worlds": judged,
            });
            (set.clone(), one)
        });
        json!({"program": program, "sets": sets.collect::<Json>()})
    });
    let whole = json!({
        "first_seed": options.first,
        "kind": options.kind,
        "rules": RULES,
        "programs": programs.collect::<Vec<_>>(),
    });
    format!("{whole:#}\n")
}
