//! What reading a trail costs beside inflating it: `cargo bench --bench scan`.
//!
//! Writes an organisation's trail (seeded; `-- --bytes 2GB --cognito 0.01`, one of a hundred records of
//! user pools, in every file and in the files of a few accounts; and half of them), and runs the
//! program on it by turns: `inflate`, which only reads and inflates, and `investigate`, the whole
//! job. Prints the median of `--runs` runs, with the files in the page cache; below it what the job
//! costs to start, and with files that are not in the cache (where `dd` can drop them from it).
//! `--single` measures one huge file, `--grow` trails from 10 MB to 10 GB. What the archive costs stands
//! in `cargo bench --bench aws`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

#[allow(dead_code)]
#[path = "../it/program.rs"]
mod program;
#[allow(dead_code)]
#[path = "../world/world.rs"]
mod world;

use world::organisation::{Organisation, Spread};

struct Options {
    bytes: u64,
    runs: usize,
    single: bool,
    grow: bool,
}

fn main() {
    let options = options();
    println!(
        "{:<34}{:>9}{:>9}{:>8}{:>8}{:>8}{:>9}",
        "", "inflate", "whole", "ratio", "wall", "of CPU", "peak"
    );
    if options.grow {
        for megabytes in [10, 100, 1_000, 10_000] {
            let trail = Organisation {
                bytes: megabytes * 1_000_000,
                ..Organisation::default()
            };
            measure(&format!("{megabytes} MB"), &trail, options.runs);
        }
        return;
    }
    let one_of_a_hundred = Organisation {
        bytes: options.bytes,
        ..Organisation::default()
    };
    if options.single {
        let single = Organisation {
            single: true,
            ..one_of_a_hundred
        };
        return measure("1 %, one file", &single, options.runs);
    }
    let of_few = Organisation {
        spread: Spread::Accounts,
        ..one_of_a_hundred.clone()
    };
    let half = Organisation {
        cognito: 0.5,
        ..one_of_a_hundred.clone()
    };
    measure("1 %, in the files of few accounts", &of_few, options.runs);
    measure("1 %, in every file", &one_of_a_hundred, options.runs);
    measure("50 %, in every file", &half, options.runs);
}

fn options() -> Options {
    let mut options = Options {
        bytes: 2_000_000_000,
        runs: 5,
        single: false,
        grow: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bytes" => {
                let bytes = arguments.next().expect("a size");
                let (number, unit) = bytes.split_at(bytes.len().saturating_sub(2));
                let unit = match unit {
                    "MB" => 1_000_000,
                    "GB" => 1_000_000_000,
                    _ => panic!("a size such as 2GB"),
                };
                options.bytes = number.parse::<u64>().expect("a number") * unit;
            }
            "--runs" => {
                options.runs = arguments
                    .next()
                    .expect("a number")
                    .parse()
                    .expect("a number");
            }
            "--single" => options.single = true,
            "--grow" => options.grow = true,
            // Cargo's own.
            _ => {}
        }
    }
    options
}

/// What one run cost.
#[derive(Clone, Copy)]
struct Cost {
    cpu: f64,
    wall: f64,
    /// Megabytes.
    peak: u64,
}

fn measure(what: &str, trail: &Organisation, runs: usize) {
    let folder = program::folder("bench-scan");
    let written = trail.write(&folder).expect("a trail");
    let path = folder.to_str().expect("a name");
    let (inflating, job) = (["inflate", path], ["investigate", path]);
    let nothing = program::folder("bench-scan-nothing");
    let tiny = Organisation {
        bytes: 100_000,
        ..Organisation::default()
    };
    tiny.write(&nothing).expect("a trail");
    // The first run fills the page cache.
    cost(&inflating);
    let (inflate, whole) = by_turns(&inflating, &job, runs);
    let nothing = nothing.to_str().expect("a name");
    let (inflate_start, whole_start) =
        by_turns(&["inflate", nothing], &["investigate", nothing], runs);
    let ratio = (whole.cpu - whole_start.cpu) / (inflate.cpu - inflate_start.cpu);
    println!(
        "{what:<34}{:>7.2} s{:>7.2} s{ratio:>8.2}{:>6.2} s{:>8.2}{:>6} MB",
        inflate.cpu,
        whole.cpu,
        whole.wall,
        whole.wall / whole.cpu,
        whole.peak
    );
    println!(
        "    {} files, {:.2} GB inflated, {:.1} : 1; {} records, {} of user pools; to start {:.3} s",
        written.files,
        written.inflated as f64 / 1e9,
        written.inflated as f64 / written.bytes as f64,
        written.records,
        written.cognito,
        whole_start.cpu
    );
    cold(&folder, &inflating, &job);
    fs::remove_dir_all(&folder).expect("the trail is removed");
}

/// Medians of runs of one command and another.
fn by_turns(one: &[&str], other: &[&str], runs: usize) -> (Cost, Cost) {
    let (ones, others) = (0..runs).map(|_| (cost(one), cost(other))).unzip();
    (median(ones), median(others))
}

/// Both commands with files that must come from the disk.
fn cold(folder: &Path, inflating: &[&str], job: &[&str]) {
    let from_disk = |command: &[&str]| drop_from_cache(folder).then(|| cost(command));
    let (Some(inflate), Some(whole)) = (from_disk(inflating), from_disk(job)) else {
        return println!("    not in the cache: `dd` cannot drop files from it here");
    };
    println!(
        "    not in the cache: inflate {:.2} s of CPU in {:.2} s, whole {:.2} s in {:.2} s",
        inflate.cpu, inflate.wall, whole.cpu, whole.wall
    );
}

/// Drops the files below a folder from the page cache; false where that cannot be done.
fn drop_from_cache(folder: &Path) -> bool {
    let drop = "oflag=nocache conv=notrunc,fdatasync count=0 status=none";
    let script = format!("find . -type f -exec dd of={{}} {drop} \\;");
    let shell = Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder)
        .output();
    shell.is_ok_and(|output| output.status.success() && output.stderr.is_empty())
}

fn median(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by(|a, b| a.cpu.total_cmp(&b.cpu));
    costs[costs.len() / 2]
}

fn cost(command: &[&str]) -> Cost {
    let (before, begun) = (of_children(), Instant::now());
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailblame"))
        .args(command)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    while child.try_wait().expect("a state").is_none() {
        peak = peak_of(&status).unwrap_or(peak);
        thread::sleep(Duration::from_millis(5));
    }
    let wall = begun.elapsed().as_secs_f64();
    let cpu = of_children()
        .zip(before)
        .map(|(after, before)| after - before);
    Cost {
        // Where the system does not tell, the time that went by.
        cpu: cpu.unwrap_or(wall),
        wall,
        peak,
    }
}

/// CPU seconds of all processes that were waited for.
fn of_children() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let after = stat.rsplit(')').next()?;
    let ticks = |at: usize| after.split_whitespace().nth(at)?.parse::<f64>().ok();
    Some((ticks(13)? + ticks(14)?) / 100.0)
}

fn peak_of(status: &Path) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let peak: u64 = peak.split_whitespace().next()?.parse().ok()?;
    Some(peak / 1024)
}
