//! The sample logs: the program against the truth that their generator knows.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use serde_json::Value;

use crate::{
    program,
    world::{
        self, World,
        clock::iso,
        truth::{Kind, Truth, Verdict},
    },
};

static WORLD: LazyLock<World> = LazyLock::new(world::sample);
static ANSWER: LazyLock<Value> = LazyLock::new(|| program::investigate(&["sample-logs"]));

/// Application logs have a clock of their own, off by a second and more.
const ANOTHER_CLOCK: i64 = 2;

fn incidents() -> &'static [Value] {
    ANSWER["incidents"].as_array().expect("incidents")
}

/// The incident of a story, by its app client.
fn of(truth: &Truth) -> &'static Value {
    let found: Vec<&Value> = incidents()
        .iter()
        .filter(|incident| incident["client_ids"] == serde_json::json!(truth.clients))
        .collect();
    assert_eq!(found.len(), 1, "{}: {found:#?}", truth.story);
    found[0]
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn seconds(value: &Value) -> i64 {
    let time: chrono::DateTime<chrono::Utc> = text(value).parse().expect("a time");
    time.timestamp()
}

#[test]
fn each_outage_is_found_and_no_other() {
    let stories: BTreeSet<_> = WORLD
        .truth
        .iter()
        .map(|truth| truth.clients.clone())
        .collect();
    assert_eq!(stories.len(), WORLD.truth.len());
    for truth in &WORLD.truth {
        of(truth);
    }
    assert_eq!(incidents().len(), WORLD.truth.len());
}

#[test]
fn verdicts_name_the_guilty_and_nobody_else() {
    for truth in &WORLD.truth {
        let incident = of(truth);
        match truth.verdict {
            Verdict::NoChange => {
                assert_eq!(incident["verdict"], "no_change", "{}", truth.story);
            }
            Verdict::Change => {
                assert_eq!(
                    incident["verdict"], "change",
                    "{}: {incident:#}",
                    truth.story
                );
                let named = text(&incident["suspects"][0]["event_id"]);
                assert_eq!(Some(named), truth.culprit.as_deref(), "{}", truth.story);
            }
        }
    }
}

#[test]
fn decoys_are_looked_at_and_not_believed() {
    for truth in &WORLD.truth {
        for suspect in of(truth)["suspects"].as_array().expect("suspects") {
            let id = text(&suspect["event_id"]);
            if truth.decoys.iter().any(|decoy| decoy == id) {
                let probability = suspect["probability"].as_f64().expect("a number");
                assert!(probability < 0.01, "{}: {suspect:#}", truth.story);
            }
        }
    }
}

#[test]
fn the_guilty_settings_are_marked() {
    for truth in WORLD
        .truth
        .iter()
        .filter(|truth| truth.verdict == Verdict::Change)
    {
        let diff = of(truth)["suspects"][0]["diff"].as_array().expect("a diff");
        let guilty: Vec<&str> = diff
            .iter()
            .filter(|line| line["guilty"] == true)
            .map(|line| text(&line["setting"]))
            .collect();
        assert_eq!(
            guilty.len(),
            truth.guilty_settings.len(),
            "{}: {diff:#?}",
            truth.story
        );
        for (found, expected) in guilty.iter().zip(&truth.guilty_settings) {
            // A secret is named with its id.
            assert!(
                found.starts_with(expected.as_str()),
                "{}: {found}",
                truth.story
            );
        }
    }
}

#[test]
fn onsets_and_ends_are_exact_to_the_second() {
    for truth in &WORLD.truth {
        let incident = of(truth);
        let onset = seconds(&incident["onset"]);
        assert_eq!(onset, truth.onset, "{}: {incident:#}", truth.story);
        let end = seconds(&incident["end"]);
        let exact = match (truth.kind, truth.story) {
            // The last lost request of a silence stands in no log: the first one after it does.
            (Kind::Absence, _) => end == truth.recovery,
            (_, "webshop") => (end - truth.end).abs() <= ANOTHER_CLOCK,
            _ => end == truth.end,
        };
        assert!(
            exact,
            "{}: {} {}",
            truth.story,
            text(&incident["end"]),
            iso(truth.end)
        );
    }
}

#[test]
fn kinds_errors_and_healing_are_told() {
    for truth in &WORLD.truth {
        let incident = of(truth);
        let kind = match truth.kind {
            Kind::Failures => "failures",
            Kind::Absence => "absence",
        };
        assert_eq!(incident["kind"], kind, "{}", truth.story);
        assert_eq!(incident["user_pool_id"], truth.user_pool, "{}", truth.story);
        assert_eq!(incident["end_state"], "recovered", "{}", truth.story);
        if truth.verdict == Verdict::Change {
            let ended_by = incident["ended_by"]["event_id"].as_str();
            assert_eq!(ended_by, truth.healed_by.as_deref(), "{}", truth.story);
        }
        if let Some(error) = truth.error.filter(|_| truth.story != "webshop") {
            assert!(
                !incident["errors"][error].is_null(),
                "{}: {incident:#}",
                truth.story
            );
        }
    }
}

#[test]
fn probabilities_sum_to_one() {
    for incident in incidents() {
        let suspects = incident["suspects"].as_array().expect("suspects");
        let changes: f64 = suspects
            .iter()
            .filter_map(|s| s["probability"].as_f64())
            .sum();
        let none = incident["probability_no_change"]
            .as_f64()
            .expect("a number");
        let alternatives = incident["alternatives"].as_array().expect("alternatives");
        let split: f64 = alternatives
            .iter()
            .filter_map(|a| a["probability"].as_f64())
            .sum();
        assert!((changes + none - 1.0).abs() < 0.001, "{incident:#}");
        assert!((split - none).abs() < 0.001, "{incident:#}");
    }
}

#[test]
fn every_duplicate_is_met_and_dropped() {
    let inputs = &ANSWER["inputs"];
    assert_eq!(inputs["rejected"], 0);
    assert!(
        inputs["duplicates"].as_u64().expect("a number") > 100,
        "{inputs:#}"
    );
}

#[test]
fn no_change_is_missing_in_the_logs() {
    assert_eq!(ANSWER["gaps"], serde_json::json!([]));
}

#[test]
fn the_answer_follows_its_schema() {
    let schema = include_str!("../../src/report/investigation.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<String> = validator
        .iter_errors(&ANSWER)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn the_folder_is_what_the_generator_writes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs");
    let mut stale: BTreeSet<PathBuf> = files_below(&root);
    let mut size = 0;
    for (name, bytes) in &WORLD.files {
        let path = root.join(name);
        let found = fs::read(&path).unwrap_or_default();
        assert!(found == *bytes, "{name} differs: run the generator");
        stale.remove(&path);
        size += bytes.len();
    }
    assert_eq!(stale, BTreeSet::new());
    assert!(size < 2_200_000, "{size} bytes");
}

fn files_below(root: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            match entry.path().is_dir() {
                true => folders.push(entry.path()),
                false => drop(found.insert(entry.path())),
            }
        }
    }
    found
}

#[test]
fn shuffled_input_gives_the_same_answer() {
    let mut files: Vec<String> =
        files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs"))
            .into_iter()
            .map(|path| path.to_str().expect("UTF-8").to_owned())
            .collect();
    files.reverse();
    let reversed: Vec<&str> = files.iter().map(String::as_str).collect();
    let answer = program::investigate(&reversed);
    assert_eq!(answer["incidents"], ANSWER["incidents"]);
}
