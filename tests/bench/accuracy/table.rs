//! The table that the bench prints.

use crate::score::{LARGE, Said, Scored};

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
    for (low, mean, right, count) in reliability(&believed) {
        println!("    from {low:.2}: said {mean:.3}, was {right:.3} ({count})");
    }
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

fn calibration_error(believed: &[(f64, bool)]) -> f64 {
    let bins = reliability(believed);
    let weighted = bins
        .iter()
        .map(|(_, mean, right, count)| (mean - right).abs() * *count as f64);
    weighted.sum::<f64>() / believed.len().max(1) as f64
}
