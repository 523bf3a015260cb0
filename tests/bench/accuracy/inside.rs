//! How often the analysis is right when it is called in this process, on the plain incidents alone:
//! what each kind of evidence is worth, how the probabilities are fitted, what deviating rules and
//! misleading changes do.
//!
//! `inside --cases N` sets the incidents of each class, `--seeds FIRST` the first seed, `--mismatch P`
//! the probability that a world deviates from the documented rules, `--class TEXT` the classes.
//! Ends with status 1 when a gate is missed, unless `--class` is given.
//!
//! `--decoys N` makes each incident N times more, each time with another change that is innocent and
//! looks guilty, and counts the worst answer.
//!
//! `--fit` looks for the temperature of the probabilities, on seeds kept for fitting; in half of its
//! worlds rules deviate from what is documented, as they may where the program is used.
//!
//! `--list` prints every incident that was not answered rightly, and `--write FOLDER` writes its logs
//! there, for `trailblame investigate FOLDER/…`.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Mutex,
    thread,
};

use crate::{
    score::{self, Scored},
    table,
    world::incidents::{
        Case, Mismatch,
        classes::{CLASSES, Class},
        make,
    },
};

/// Seeds from here on are for testing alone; what is fitted is fitted on those below.
const TEST: u64 = 10_000_000;

/// How likely a rule deviates in the worlds that do.
const DEVIANT: f64 = 0.05;

struct Options {
    cases: u64,
    seeds: u64,
    mismatch: f64,
    class: String,
    list: bool,
    fit: bool,
    decoys: u64,
    write: Option<PathBuf>,
}

fn options(mut arguments: impl Iterator<Item = String>) -> Options {
    let mut options = Options {
        cases: 160,
        seeds: TEST,
        mismatch: 0.0,
        class: String::new(),
        list: false,
        fit: false,
        decoys: 0,
        write: None,
    };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().expect("a value");
        match argument.as_str() {
            "--cases" => options.cases = value().parse().expect("a number"),
            "--seeds" => options.seeds = value().parse().expect("a number"),
            "--mismatch" => {
                options.mismatch = value().parse().expect("a probability");
                assert!((0.0..=1.0).contains(&options.mismatch), "a probability");
            }
            "--class" => options.class = value(),
            "--decoys" => options.decoys = value().parse().expect("a number"),
            "--list" => options.list = true,
            "--fit" => (options.fit, options.seeds) = (true, 0),
            "--write" => options.write = Some(value().into()),
            _ => {}
        }
    }
    options
}

/// Measures as the words after `inside` say.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let options = options(arguments);
    let classes = CLASSES.iter();
    let classes = classes.filter(|class| class.name.contains(&options.class));
    let work: Vec<(&'static Class, u64)> = classes
        .flat_map(|class| (0..options.cases).map(move |case| (class, case)))
        .collect();
    let left = Mutex::new(work.into_iter());
    let done: Mutex<Vec<Scored>> = Mutex::default();
    let mismatch = |case: u64| Mismatch {
        probability: match options.fit && case % 2 == 1 {
            true => DEVIANT,
            false => options.mismatch,
        },
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let next = left.lock().expect("a lock").next();
                    let Some((class, case)) = next else { return };
                    let decoys = (0..options.decoys).map(Some).chain([None]);
                    let tried = decoys.map(|decoy| {
                        let case = make(class, options.seeds + case, mismatch(case), decoy);
                        (score::score(&case), case)
                    });
                    // The first of the worst: without decoys there is one.
                    let worst = tried.min_by_key(|(scored, _)| scored.merit());
                    let Some((scored, case)) = worst else { return };
                    if let (Some(folder), false) = (&options.write, scored.is_right()) {
                        write(folder, &case).expect("a folder to write to");
                    }
                    done.lock().expect("a lock").push(scored);
                }
            });
        }
    });
    let mut scored = done.into_inner().expect("a lock");
    scored.sort_by_key(|scored| {
        let place = CLASSES.iter().position(|class| class.name == scored.class);
        (place, scored.seed)
    });
    if options.list {
        for scored in scored.iter().filter(|scored| !scored.is_right()) {
            println!("{scored}");
        }
    }
    if options.fit {
        table::fit(&scored);
        return ExitCode::SUCCESS;
    }
    table::print(&scored);
    let missed = table::missed(&scored, options.mismatch > 0.0);
    for gate in &missed {
        println!("MISSED: {gate}");
    }
    // A few classes, or a few cases, need not meet what holds of all.
    match options.class.is_empty() && !missed.is_empty() {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

/// The logs of an incident, as a folder.
fn write(folder: &Path, case: &Case) -> io::Result<()> {
    let name = format!("{}-{}", case.class.name.replace(' ', "-"), case.seed);
    let folder = folder.join(name);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("trail.json"), &case.trail)?;
    if let Some(application) = &case.application {
        fs::write(folder.join("application.json"), application)?;
    }
    fs::write(folder.join("truth.txt"), format!("{:#?}\n", case.truth))
}
