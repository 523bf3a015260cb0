//! The arrows of design: a module uses only modules of a lower rank, the accounts that the program
//! is judged by know nothing of it, and what the folder `queries/` holds is what the program prints.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Modules of the library, left to right. `cognito` and `detect` share a rank, so that finding
/// outages never looks at changes.
const RANKS: &[(&str, u8)] = &[
    ("error", 0),
    ("ids", 0),
    ("queries", 0),
    ("window", 0),
    ("source", 1),
    ("record", 2),
    ("frame", 3),
    ("archive", 4),
    ("cognito", 4),
    ("detect", 4),
    ("engine", 4),
    ("attribute", 5),
    ("plan", 5),
    ("check", 6),
    ("usage", 7),
    ("report", 8),
];

#[test]
fn data_flow_one_way() {
    let mut against: Vec<String> = Vec::new();
    for (module, rank) in RANKS {
        for file in files_of(module) {
            let text = fs::read_to_string(&file).expect("a source file");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (other, other_rank) in RANKS {
                let used = uses(code, other);
                let allowed = other_rank < rank || other == module || *other_rank == 0;
                if used && !allowed {
                    against.push(format!("{} uses {other}", file.display()));
                }
            }
        }
    }
    assert_eq!(against, Vec::<String>::new());
}

#[test]
fn every_module_has_a_rank() {
    let text = fs::read_to_string(src().join("lib.rs")).expect("lib.rs");
    for line in text.lines() {
        let name = line
            .strip_prefix("pub mod ")
            .and_then(|rest| rest.strip_suffix(';'));
        if let Some(name) = name {
            assert!(
                RANKS.iter().any(|(module, _)| *module == name),
                "{name} has no rank"
            );
        }
    }
}

#[test]
fn the_library_never_prints_nor_reads_clock_or_environment() {
    for (module, _) in RANKS {
        for file in files_of(module) {
            let text = fs::read_to_string(&file).expect("a source file");
            for word in [
                "println!",
                "eprintln!",
                "Utc::now",
                "std::env",
                "process::exit",
            ] {
                assert!(!text.contains(word), "{} has {word}", file.display());
            }
        }
    }
}

/// The program, and its modules that know how it thinks.
const OF_THE_PROGRAM: [&str; 6] = [
    "attribute",
    "detect",
    "effects",
    "history",
    "replay",
    "trailblame",
];

#[test]
fn accounts_that_disagree_know_nothing_of_the_program() {
    let world = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/world");
    let files = files_at(&world, "accounts");
    assert!(files.len() > 5, "{files:?}");
    let mut against: Vec<String> = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file");
        let uses = uses_of_the_program(&text).into_iter();
        against.extend(uses.map(|what| format!("{}: {what}", file.display())));
    }
    assert_eq!(against, Vec::<String>::new());
}

#[test]
fn uses_of_the_program_are_seen() {
    let check = |code: &str, seen: usize| {
        assert_eq!(uses_of_the_program(code).len(), seen, "{code}");
    };
    check("use super::{model::World, rules};", 0);
    check("//! We detect nothing.\nlet history = replay(1);", 0);
    check("use trailblame::ids::EventId;", 1);
    check("let id = trailblame::ids::EventId::new();", 1);
    check(
        "pub(super) use crate::{\n    a,\n    cognito::effects::table,\n};",
        1,
    );
    check("use super::detector;\nuse super::detect;", 1);
}

/// What code takes from the program: its crate, or one of its modules by name.
fn uses_of_the_program(code: &str) -> Vec<String> {
    let names_one = |statement: &str| {
        let mut words =
            statement.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
        words.any(|word| OF_THE_PROGRAM.contains(&word))
    };
    let mut found = Vec::new();
    let mut begun: Option<String> = None;
    for line in code.lines().map(str::trim) {
        let begins = line.starts_with("use ") || line.starts_with("pub") && line.contains(" use ");
        if begins || begun.is_some() {
            begun.get_or_insert_default().push_str(line);
        } else if line.contains("trailblame::") {
            found.push(line.to_owned());
        }
        if line.ends_with(';') {
            found.extend(begun.take().filter(|statement| names_one(statement)));
        }
    }
    found
}

#[test]
fn every_saved_query_is_embedded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let mut found = Vec::new();
    for folder in fs::read_dir(&root).expect("queries").flatten() {
        for file in fs::read_dir(folder.path()).expect("a folder").flatten() {
            let path = file.path();
            let name = path.strip_prefix(&root).expect("below the root");
            let text = fs::read_to_string(&path).expect("a query");
            found.push((name.to_str().expect("UTF-8").to_owned(), text));
        }
    }
    found.sort();
    let embedded = trailblame::queries::SAVED.iter();
    let embedded = embedded.map(|saved| (saved.name.to_owned(), saved.text.to_owned()));
    assert_eq!(embedded.collect::<Vec<_>>(), found);
}

/// Whether the code names `crate::other`, alone or in a braced list.
fn uses(code: &str, other: &str) -> bool {
    let direct = format!("crate::{other}::");
    if code.contains(&direct) || code.contains(&format!("crate::{other};")) {
        return true;
    }
    // `use crate::{ a, b::c };`: names at the first level of the braces.
    code.split("use crate::{").skip(1).any(|rest| {
        let mut depth = 0;
        let mut name = String::new();
        for letter in rest.chars() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => return name.trim() == other,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    if name.trim() == other {
                        return true;
                    }
                    name.clear();
                    continue;
                }
                _ => {}
            }
            if depth == 0 && (letter.is_alphanumeric() || letter == '_') {
                name.push(letter);
            } else if depth == 0 && letter == ':' && name.trim() == other {
                return true;
            }
        }
        false
    })
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files_of(module: &str) -> Vec<PathBuf> {
    files_at(&src(), module)
}

fn files_at(parent: &Path, module: &str) -> Vec<PathBuf> {
    let mut files = vec![parent.join(format!("{module}.rs"))];
    let mut folders = vec![parent.join(module)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|end| end == "rs") => files.push(path),
                false => {}
            }
        }
    }
    // Tests of a module make folders to work in.
    files.retain(|path| !path.ends_with("tests.rs"));
    files.sort();
    files
}
