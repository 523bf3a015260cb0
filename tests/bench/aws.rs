//! How fast AWS is asked and the archive read: `cargo bench --bench aws`.
//!
//! Against the server of the tests, with the quotas of AWS and slow answers. Prints what it
//! measured; `kills` as an argument runs the pull that is killed a hundred times as well.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use trailblame::{
    archive::{Archive, Section},
    frame::{Bounds, Fold},
    ids::{AccountId, Region},
    record,
    window::{Window, Windows},
};

#[allow(dead_code)]
#[path = "../it/program.rs"]
mod program;
#[allow(dead_code)]
#[path = "../it/aws/stand_in/stand_in.rs"]
mod stand_in;
#[allow(dead_code)]
#[path = "../world/world.rs"]
mod world;

use stand_in::{
    logs::{LogEvent, chatter},
    server::{Manners, Server},
    state::{State, moved},
};

const CREDENTIALS: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "EXAMPLE"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("AWS_CONFIG_FILE", "/dev/null"),
];

fn main() {
    let benches: [(&str, fn()); 4] = [
        ("look-up", look_up),
        ("filter", filter),
        ("archive", archive),
        ("kills", kills),
    ];
    let named: Vec<String> = std::env::args()
        .filter(|named| benches.iter().any(|(name, _)| name == named))
        .collect();
    for (name, bench) in benches {
        // A hundred kills take a quarter of an hour: only when they are asked for.
        let by_default = named.is_empty() && name != "kills";
        if by_default || named.iter().any(|named| named == name) {
            bench();
        }
    }
}

fn day() -> Window {
    let start: chrono::DateTime<chrono::Utc> = "2026-03-02T00:00:00Z".parse().expect("a time");
    let start = start + moved();
    Window {
        start,
        end: start + chrono::TimeDelta::days(1),
    }
}

/// Runs a command against the server over the sample's day.
fn run(server: &Server, command: &str, more: &[&str]) -> Duration {
    let [since, until] = [day().start, day().end].map(|time| time.to_rfc3339());
    let mut all = vec![
        command,
        "--region",
        "eu-west-1",
        "--endpoint-url",
        server.url(),
    ];
    all.extend(["--since", &since, "--until", &until]);
    all.extend(more);
    let begun = Instant::now();
    let run = program::with_environment(&all, &CREDENTIALS);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    begun.elapsed()
}

/// Requests of a day by LookupEvents at the documented quota.
fn look_up() {
    let manners = Manners {
        quota: Some(2.0),
        latency: Duration::from_millis(600),
        ..Manners::default()
    };
    let mut state = State::sample();
    state.page = 100;
    let server = Server::start(state, manners);
    let took = run(&server, "failures", &["--max-rps", "2"]);
    rate("LookupEvents", server.answers("LookupEvents"), took, 2.0);
}

/// Busy log groups by FilterLogEvents at the documented quota: one as busy all day, one in an hour.
fn filter() {
    let hour = chatter(30_000).into_iter().enumerate();
    let hour = hour.map(|(number, event)| LogEvent {
        time: event.time + 40_000_000 - 880 * number as i64,
        ..event
    });
    for (what, events) in [
        ("a busy day", chatter(40_000)),
        ("a busy hour", hour.collect()),
    ] {
        println!("{what}:");
        filter_group(events);
    }
}

fn filter_group(busy: Vec<LogEvent>) {
    let manners = Manners {
        quota: Some(10.0),
        latency: Duration::from_millis(600),
        ..Manners::default()
    };
    let mut state = State::default();
    let events = &mut state.groups.events;
    events.insert("busy".to_owned(), busy);
    let server = Server::start(state, manners);
    let took = run(
        &server,
        "failures",
        &["--log-group", "busy", "--max-rps", "10"],
    );
    let answers = server.answers("FilterLogEvents");
    rate("FilterLogEvents", answers, took, 10.0);
    let one_by_one = Duration::from_millis(600) * u32::try_from(answers).expect("a count");
    println!(
        "    one page after another they take {:.0} s: {:.1} times as long",
        one_by_one.as_secs_f64(),
        one_by_one.as_secs_f64() / took.as_secs_f64()
    );
}

fn rate(what: &str, answers: usize, took: Duration, quota: f64) {
    let rate = answers as f64 / took.as_secs_f64();
    println!(
        "{what}: {answers} pages in {:.1} s, {rate:.2} a second, {:.0} % of the quota of {quota}",
        took.as_secs_f64(),
        100.0 * rate / quota
    );
}

/// `investigate --archive` over ten million requests: a week of twenty clients, one in a thousand
/// refused.
fn archive() {
    let root = program::folder("bench-archive").join("archive");
    let archive = Archive::new(&root);
    let lock = archive.lock(|| {}).expect("a lock");
    let section = Section {
        account: AccountId::new("111122223333"),
        region: Region::new("eu-west-1"),
        origin: "cloudtrail-requests-bench".to_owned(),
    };
    let mut requests = 0_u64;
    for ago in 1..=7 {
        let day = Window {
            start: day().start - chrono::TimeDelta::days(ago),
            end: day().end - chrono::TimeDelta::days(ago),
        };
        let mut rows = Vec::new();
        for minute in 0..1440 {
            let time = day.start + chrono::TimeDelta::minutes(minute);
            let [first, last] =
                [0, 59].map(|s| (time + chrono::TimeDelta::seconds(s)).to_rfc3339());
            for client in 0..20 {
                let cell = |field: &str, value: &str| json!({"field": field, "value": value});
                let row = |count: u64, status: &str| {
                    json!([
                        cell("requests", &count.to_string()),
                        cell("first", &first),
                        cell("last", &last),
                        cell("status", status),
                        cell("account", "111122223333"),
                        cell("region", "eu-west-1"),
                        cell("pool", "eu-west-1_EXAMPLE"),
                        cell("client", &format!("{client}aaaaaaaaaaaaaaaaaaexample")),
                        cell("grant", "client_credentials"),
                    ])
                };
                rows.push(row(50, "200"));
                requests += 50;
                if minute % 20 == client {
                    rows.push(row(1, "400"));
                    requests += 1;
                }
            }
        }
        let page = json!({"results": rows}).to_string();
        let mut fold = Fold::new(Bounds::default());
        record::read(page.as_bytes(), "bench", |record| fold.take(record)).expect("memory");
        let kept = fold.kept().expect("rows");
        let got = Windows::from_iter([day]);
        let stored = archive.store(&lock, &section, &kept, &got, day.end);
        stored.expect("stored");
    }
    drop(lock);
    let since = (day().start - chrono::TimeDelta::days(6)).to_rfc3339();
    let path = root.to_str().expect("UTF-8");
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailblame"))
        .args([
            "investigate",
            "--archive",
            "--archive-dir",
            path,
            "--since",
            &since,
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let (mut cpu, mut peak) = (0.0, 0);
    while child.try_wait().expect("a state").is_none() {
        if let Some(now) = usage(child.id()) {
            (cpu, peak) = now;
        }
        thread::sleep(Duration::from_millis(5));
    }
    println!(
        "archive: {requests} requests in {:.2} s, about {cpu:.2} s of CPU, peak {peak} MB",
        begun.elapsed().as_secs_f64()
    );
}

/// CPU seconds and peak memory (MB) of a process so far, where the system tells.
fn usage(id: u32) -> Option<(f64, u64)> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let after = stat.rsplit(')').next()?;
    let ticks = |at: usize| after.split_whitespace().nth(at)?.parse::<f64>().ok();
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let peak: u64 = peak.split_whitespace().next()?.parse().ok()?;
    Some(((ticks(11)? + ticks(12)?) / 100.0, peak / 1024))
}

/// A pull that is killed a hundred times ends with the same files as one that is not.
fn kills() {
    let manners = Manners {
        latency: Duration::from_millis(2),
        ..Manners::default()
    };
    let server = Server::start(State::sample(), manners);
    let pull = |root: &Path| {
        let path = root.to_str().expect("UTF-8");
        run(
            &server,
            "pull",
            &["--max-rps", "1000", "--archive-dir", path],
        );
    };
    let whole = program::folder("bench-whole").join("archive");
    pull(&whole);
    let killed = program::folder("bench-killed").join("archive");
    let mut dice = ChaCha8Rng::seed_from_u64(20_260_302);
    for _ in 0..100 {
        let [since, until] = [day().start, day().end].map(|time| time.to_rfc3339());
        let mut child = Command::new(env!("CARGO_BIN_EXE_trailblame"))
            .args([
                "pull",
                "--region",
                "eu-west-1",
                "--endpoint-url",
                server.url(),
            ])
            .args(["--since", &since, "--until", &until, "--max-rps", "1000"])
            .arg("--archive-dir")
            .arg(&killed)
            .envs(CREDENTIALS)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        thread::sleep(Duration::from_millis(dice.random_range(5..1500)));
        let _ = child.kill();
        child.wait().expect("the program ends");
    }
    pull(&killed);
    let same = Command::new("diff")
        .arg("-r")
        .args([&whole, &killed])
        .status();
    println!(
        "a hundred kills: {}",
        if same.is_ok_and(|same| same.success()) {
            "the same files"
        } else {
            "OTHER FILES"
        }
    );
}
