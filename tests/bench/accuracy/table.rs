//! The table that the bench prints.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{
    baselines::RULES,
    score::{KINDS, LARGE, Said, Scored, TEMPERATURES},
};

pub fn print(scored: &[Scored]) {
    println!(
        "{:<52} {:>5} {:>6} {:>7} {:>7} {:>6} {:>6} {:>6} {:>6}",
        "class", "cases", "found", "onset", "p90", "right", "wrong", "none", "unsure"
    );
    let mut classes: Vec<&str> = scored.iter().map(|scored| scored.class).collect();
    classes.dedup();
    for class in classes {
        let of: Vec<&Scored> = scored
            .iter()
            .filter(|scored| scored.class == class)
            .collect();
        line(class, &of);
    }
    let all: Vec<&Scored> = scored.iter().filter(|scored| scored.decidable).collect();
    line("all that can be decided", &all);
    totals(&all);
    compared(&all);
}

/// What must hold of the incidents that can be decided, and does not. In a world that deviates from
/// the documented rules less is asked.
pub fn missed(scored: &[Scored], deviates: bool) -> Vec<String> {
    let (named, wrong) = if deviates { (0.85, 0.02) } else { (0.95, 0.01) };
    let all: Vec<&Scored> = scored.iter().filter(|scored| scored.decidable).collect();
    let share = |of: &dyn Fn(&Scored) -> bool, what: &dyn Fn(&Scored) -> bool| {
        let asked: Vec<&&Scored> = all.iter().filter(|scored| of(scored)).collect();
        asked.iter().filter(|scored| what(scored)).count() as f64 / asked.len().max(1) as f64
    };
    let guilty = |scored: &Scored| scored.guilty == Some(true);
    let innocent = |scored: &Scored| scored.guilty != Some(true);
    let accused = |scored: &Scored| scored.said == Said::Wrong || scored.accused_beside > 0;
    let large = |scored: &Scored| scored.guilty.is_some() && scored.broken >= LARGE;
    let weeks: f64 = all.iter().map(|scored| scored.client_weeks).sum();
    let alarms: usize = all.iter().map(|scored| scored.false_alarms).sum();
    let mut errors: Vec<i64> = all.iter().filter_map(|scored| scored.onset_error).collect();
    errors.sort_unstable();
    let median = errors.get(errors.len() / 2).copied().unwrap_or(0) as f64;
    let believed: Vec<(f64, bool)> = all.iter().filter_map(|scored| scored.believed).collect();
    let gates = [
        (
            "recall of large outages",
            -share(&large, &|s| s.found),
            -0.97,
        ),
        (
            "false alarms per client and week",
            alarms as f64 / weeks,
            0.05,
        ),
        ("median onset error in seconds", median, 2.0),
        (
            "named rightly",
            -share(&guilty, &|s| s.said == Said::Right),
            -named,
        ),
        ("named wrongly", share(&guilty, &accused), wrong),
        (
            "accused where nobody is guilty",
            share(&innocent, &accused),
            0.01,
        ),
        ("calibration error", calibration_error(&believed), 0.03),
    ];
    gates
        .into_iter()
        .filter(|(_, is, most)| is > most)
        .map(|(name, is, most)| format!("{name} is {:.3}, not {:.3}", is.abs(), most.abs()))
        .collect()
}

/// Simpler rules, and the program without one kind of evidence, on the same incidents.
fn compared(all: &[&Scored]) {
    let outages: Vec<&&Scored> = all
        .iter()
        .filter(|scored| scored.guilty.is_some())
        .collect();
    let row = |name: &str, said: &dyn Fn(&Scored) -> Said| {
        let of = |guilty: bool, what: Said| {
            let asked = outages
                .iter()
                .filter(|scored| scored.guilty == Some(guilty));
            let count = asked.clone().filter(|scored| said(scored) == what).count();
            percent(count, asked.count())
        };
        println!(
            "{name:<46} {:>8} {:>8} {:>10}",
            of(true, Said::Right),
            of(true, Said::Wrong),
            of(false, Said::Wrong)
        );
    };
    println!();
    println!("{:<46} {:>8} {:>8} {:>10}", "", "right", "wrong", "accused");
    println!(
        "{:<46} {:>8} {:>8} {:>10}",
        "", "given a", "change", "if nobody"
    );
    row("trailblame", &|scored| scored.said);
    for (at, (_, name)) in KINDS.iter().enumerate() {
        row(&format!("    without {name}"), &|scored| scored.without[at]);
    }
    for (at, name) in RULES.iter().enumerate() {
        row(name, &|scored| scored.baselines[at]);
    }
}

fn line(name: &str, of: &[&Scored]) {
    let outages: Vec<&&Scored> = of.iter().filter(|scored| scored.guilty.is_some()).collect();
    let found = outages.iter().filter(|scored| scored.found).count();
    let mut errors: Vec<i64> = outages
        .iter()
        .filter_map(|scored| scored.onset_error)
        .collect();
    errors.sort_unstable();
    let share = |what: &dyn Fn(&Scored) -> bool| {
        let count = of.iter().filter(|scored| what(scored)).count();
        percent(count, of.len())
    };
    println!(
        "{name:<52} {:>5} {:>6} {:>7} {:>7} {:>6} {:>6} {:>6} {:>6}{}",
        of.len(),
        percent(found, outages.len()),
        quantile(&errors, 0.5),
        quantile(&errors, 0.9),
        share(&|scored| scored.said == Said::Right),
        share(&|scored| scored.said == Said::Wrong || scored.accused_beside > 0),
        share(&|scored| scored.said == Said::NoChange),
        share(&|scored| scored.said == Said::Undetermined),
        match of.iter().map(|scored| scored.false_alarms).sum::<usize>() {
            0 => String::new(),
            alarms => format!("  {alarms} false alarms"),
        }
    );
}

fn totals(all: &[&Scored]) {
    let large: Vec<&&Scored> = all
        .iter()
        .filter(|scored| scored.guilty.is_some() && scored.broken >= LARGE)
        .collect();
    let found = large.iter().filter(|scored| scored.found).count();
    let weeks: f64 = all.iter().map(|scored| scored.client_weeks).sum();
    let alarms: usize = all.iter().map(|scored| scored.false_alarms).sum();
    let guilty: Vec<&&Scored> = all
        .iter()
        .filter(|scored| scored.guilty == Some(true))
        .collect();
    let innocent: Vec<&&Scored> = all
        .iter()
        .filter(|scored| scored.guilty != Some(true))
        .collect();
    let count = |of: &[&&Scored], what: &dyn Fn(&Scored) -> bool| {
        percent(of.iter().filter(|scored| what(scored)).count(), of.len())
    };
    let accused = |scored: &Scored| scored.said == Said::Wrong || scored.accused_beside > 0;
    let ranks: f64 = guilty
        .iter()
        .map(|scored| scored.rank.map_or(0.0, |rank| 1.0 / rank as f64))
        .sum();
    println!();
    println!(
        "recall of outages with {LARGE} broken requests or more  {}",
        percent(found, large.len())
    );
    println!(
        "false alarms per client and week                 {:.3}",
        alarms as f64 / weeks
    );
    println!(
        "named rightly, given a guilty change             {}",
        count(&guilty, &|s| s.said == Said::Right)
    );
    println!(
        "mean reciprocal rank, given a guilty change      {:.3}",
        ranks / guilty.len().max(1) as f64
    );
    println!(
        "named wrongly, given a guilty change             {}",
        count(&guilty, &accused)
    );
    println!(
        "accusations where nothing was guilty             {}",
        count(&innocent, &accused)
    );
    let believed: Vec<(f64, bool)> = all.iter().filter_map(|scored| scored.believed).collect();
    println!(
        "Brier score of the likeliest explanation         {:.3}",
        brier(&believed)
    );
    println!(
        "calibration error (10 bins)                      {:.3}, of {} verdicts",
        calibration_error(&believed),
        believed.len()
    );
    let (median, high) = perfect(&believed);
    println!("    a perfectly calibrated program would show  {median:.3}, up to {high:.3}");
    for (low, mean, right, count) in reliability(&believed) {
        println!("    from {low:.2}: said {mean:.3}, was {right:.3} ({count})");
    }
}

/// The temperature that makes the truth likeliest on every other class, and the calibration that it
/// gives on the rest: so that no class is judged by what was fitted on it.
pub fn fit(scored: &[Scored]) {
    let mut classes: Vec<&str> = scored.iter().map(|scored| scored.class).collect();
    classes.dedup();
    let half = |rest: usize, at: usize| -> Vec<(f64, bool)> {
        let decided = scored.iter().filter(|scored| scored.decidable);
        decided
            .filter(|scored| {
                let place = classes.iter().position(|class| *class == scored.class);
                place.is_some_and(|place| place % 2 == rest)
            })
            .filter_map(|scored| Some(scored.believed_at?[at]))
            .collect()
    };
    println!("temperature   surprise per verdict   calibration error");
    println!("              even      odd          even      odd     classes");
    for (at, temperature) in TEMPERATURES.iter().enumerate() {
        let [even, odd] = [half(0, at), half(1, at)];
        println!(
            "{temperature:<13} {:<9.4} {:<12.4} {:<9.4} {:<9.4}",
            surprise(&even),
            surprise(&odd),
            calibration_error(&even),
            calibration_error(&odd)
        );
    }
}

/// Mean negative log-likelihood.
fn surprise(believed: &[(f64, bool)]) -> f64 {
    let surprises = believed.iter().map(|(p, right)| match right {
        true => -p.max(1e-6).ln(),
        false => -(1.0 - p).max(1e-6).ln(),
    });
    surprises.sum::<f64>() / believed.len().max(1) as f64
}

fn percent(count: usize, of: usize) -> String {
    match of {
        0 => "-".to_owned(),
        of => format!("{:.1}%", 100.0 * count as f64 / of as f64),
    }
}

fn quantile(sorted: &[i64], share: f64) -> String {
    let at = (sorted.len() as f64 * share) as usize;
    sorted
        .get(at.min(sorted.len().saturating_sub(1)))
        .map_or_else(|| "-".to_owned(), |value| format!("{value} s"))
}

fn brier(believed: &[(f64, bool)]) -> f64 {
    let squares = believed.iter().map(|(p, right)| {
        let was = if *right { 1.0 } else { 0.0 };
        (p - was) * (p - was)
    });
    squares.sum::<f64>() / believed.len().max(1) as f64
}

/// Bins of equal mass: lowest probability, mean probability, share that was right, count.
fn reliability(believed: &[(f64, bool)]) -> Vec<(f64, f64, f64, usize)> {
    let mut sorted = believed.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = sorted.len().div_ceil(10).max(1);
    sorted
        .chunks(size)
        .map(|bin| {
            let count = bin.len() as f64;
            let mean = bin.iter().map(|(p, _)| p).sum::<f64>() / count;
            let right = bin.iter().filter(|(_, right)| *right).count() as f64 / count;
            (bin[0].0, mean, right, bin.len())
        })
        .collect()
}

/// The calibration error that chance gives to a program whose probabilities are true: the median
/// and the 95th percentile of 200 draws.
fn perfect(believed: &[(f64, bool)]) -> (f64, f64) {
    let mut dice = ChaCha8Rng::seed_from_u64(7);
    let mut errors: Vec<f64> = (0..200)
        .map(|_| {
            let draws = believed.iter();
            let draws = draws.map(|(p, _)| (*p, dice.random_bool(p.clamp(0.0, 1.0))));
            calibration_error(&draws.collect::<Vec<_>>())
        })
        .collect();
    errors.sort_by(f64::total_cmp);
    let at = |share: f64| errors.get((errors.len() as f64 * share) as usize);
    (
        at(0.5).copied().unwrap_or(0.0),
        at(0.95).copied().unwrap_or(0.0),
    )
}

fn calibration_error(believed: &[(f64, bool)]) -> f64 {
    let bins = reliability(believed);
    let weighted = bins
        .iter()
        .map(|(_, mean, right, count)| (mean - right).abs() * *count as f64);
    weighted.sum::<f64>() / believed.len().max(1) as f64
}
