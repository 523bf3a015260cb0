//! How often a program is right about accounts whose truth is known: `cargo bench --bench accuracy`.
//!
//! Each account is written once as a folder, as AWS and the applications deliver it, and kept below
//! `target/accuracy/`. The program is run on it as anybody would run it, and the JSON that it prints
//! is held against the truth; so any build, and any program that prints that JSON, can be measured on
//! the same accounts. Two sets stand side by side: accounts that disagree with the program's own
//! rules ([`world::accounts`]), and the plain incidents that are made by them ([`world::incidents`]).
//!
//! The options are in [`command::USAGE`]. After the word `inside` the library is measured in this
//! process: see [`inside`].

#[path = "accuracy/answer.rs"]
mod answer;
#[path = "accuracy/baselines.rs"]
mod baselines;
#[path = "accuracy/calibration.rs"]
mod calibration;
#[path = "accuracy/command.rs"]
mod command;
#[path = "accuracy/families.rs"]
mod families;
#[path = "accuracy/figures.rs"]
mod figures;
#[path = "accuracy/inside.rs"]
mod inside;
#[path = "accuracy/judge.rs"]
mod judge;
#[path = "accuracy/plain.rs"]
mod plain;
#[path = "accuracy/program.rs"]
mod program;
#[path = "accuracy/report.rs"]
mod report;
#[path = "accuracy/rivals.rs"]
mod rivals;
#[path = "accuracy/score.rs"]
mod score;
#[path = "accuracy/table.rs"]
mod table;
#[path = "accuracy/threads.rs"]
mod threads;
#[path = "accuracy/truth.rs"]
mod truth;
#[path = "../world/world.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod world;
#[path = "accuracy/worlds.rs"]
mod worlds;

use std::{fs, io, process::ExitCode};

use command::Options;
use judge::Judged;
use program::Program;
use worlds::{Set, World};

/// A program is run on so many accounts at a time.
const AT_A_TIME: usize = 2;

fn main() -> ExitCode {
    // Cargo adds `--bench` of its own.
    let words = std::env::args().skip(1).filter(|word| word != "--bench");
    let mut words = words.peekable();
    if words.next_if_eq("inside").is_some() {
        return inside::main(words);
    }
    let done = match command::parse(words) {
        Ok(options) => measure(&options),
        Err(wrong) => {
            eprintln!("error: {wrong}\n\n{}", command::USAGE);
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the programs on the worlds of each set, and tells what came of it.
fn measure(options: &Options) -> io::Result<()> {
    let sets: Vec<(String, Vec<World>)> = match &options.folder {
        Some(folder) => vec![("given".to_owned(), worlds::given(folder, options)?)],
        None => Set::ALL
            .into_iter()
            .filter(|set| options.only.is_none_or(|only| only == *set))
            .map(|set| Ok((set.name().to_owned(), worlds::of(set, options)?)))
            .collect::<io::Result<_>>()?,
    };
    let count = sets.iter().map(|(_, worlds)| worlds.len()).max();
    let mut programs = vec![Program::ours(&options.program)];
    programs.extend(options.sketch(count.unwrap_or(0)).map(Program::sketch));
    let mut rows = Vec::new();
    for program in programs {
        let sets = sets.iter().map(|(name, worlds)| {
            let judging = format!("{} on {name} worlds:", program.name);
            let judged = threads::each(AT_A_TIME, worlds, &judging, |world| {
                judge_one(&program, world)
            });
            let judged = judged.into_iter().collect::<io::Result<Vec<Judged>>>()?;
            Ok((name.clone(), judged))
        });
        let sets = sets.collect::<io::Result<Vec<_>>>()?;
        rows.push((program.name.clone(), sets));
    }
    report::print(&rows, options.list);
    match &options.json {
        Some(file) => fs::write(file, report::json(&rows, options)),
        None => Ok(()),
    }
}

fn judge_one(program: &Program, world: &World) -> io::Result<Judged> {
    let truth = truth::read(&world.folder.join("truth.json"))?;
    let answer = program.answer(world)?;
    Ok(judge::judge(world, &truth, answer))
}
