//! What simpler rules would have said of the same incidents.

use std::collections::BTreeMap;

use trailblame::{
    attribute::{Finding, Verdict},
    cognito::{
        history::{ConfigChange, DiffLine, History, Standing},
        setting::Resource,
    },
    frame::Cells,
};

use crate::score::Said;

/// So long before an alarm a change is looked for, in seconds.
const HORIZON: i64 = 24 * 3600;
/// An alarm of counts is raised so long after the first failure at least.
const BIN: i64 = 300;

/// The rules, in the order of the table.
pub const RULES: [&str; 6] = [
    "nearest preceding change",
    "nearest change to the same client",
    "nearest change that removes something",
    "z-score alarm, nearest change",
    "CUSUM alarm, nearest change",
    "CUSUM alarm, nearest to the same client",
];

/// What each rule says of an incident; `Nothing` where it raises no alarm.
pub fn answers(
    findings: &[&Finding],
    cells: &Cells,
    history: &History,
    clients: &[&str],
    culprits: &[String],
) -> [Said; 6] {
    let client = clients.first().copied().unwrap_or_default();
    // The first three get the onsets that the program found.
    let onset = findings
        .iter()
        .map(|finding| finding.incident.onset.timestamp())
        .min();
    let failures = cells
        .owners_of(Some(client))
        .flat_map(|owner| cells.failures_since(owner, i64::MIN));
    let mut times: Vec<i64> = failures.map(|failure| failure.time.timestamp()).collect();
    times.sort_unstable();
    let (score, sum) = (z_score(&times), cusum(&times));
    let said = |alarm: Option<i64>, fits: &dyn Fn(&ConfigChange) -> bool| {
        let Some(alarm) = alarm else {
            return Said::Nothing;
        };
        let made = |change: &&ConfigChange| change.change.time.timestamp();
        let nearest = history
            .changes()
            .iter()
            .filter(|change| !matches!(change.standing, Standing::Failed(_)))
            .filter(|change| (alarm - HORIZON..=alarm).contains(&made(change)))
            .filter(|change| fits(change))
            .max_by_key(made);
        match nearest {
            None => Said::NoChange,
            Some(change) if culprits.contains(&change.change.event_id.to_string()) => Said::Right,
            Some(_) => Said::Wrong,
        }
    };
    let any = |_: &ConfigChange| true;
    let same = |change: &ConfigChange| matches!(&change.resource, Resource::Client(_, id) if id.as_str() == client);
    let removes = |change: &ConfigChange| change.diff.iter().any(removes);
    [
        said(onset, &any),
        said(onset, &same),
        said(onset, &removes),
        said(score, &any),
        said(sum, &any),
        said(sum, &same),
    ]
}

/// Whether a line takes something away.
fn removes(line: &DiffLine) -> bool {
    let (Some(before), Some(after)) = (line.before.value(), line.after.value()) else {
        return false;
    };
    match (before.as_array(), after.as_array()) {
        (Some(before), Some(after)) => before.iter().any(|item| !after.contains(item)),
        _ => before.as_bool() == Some(true) && after.as_bool() == Some(false),
    }
}

fn bins(times: &[i64], length: i64) -> Vec<(i64, f64)> {
    let mut counts: BTreeMap<i64, f64> = BTreeMap::new();
    for time in times {
        *counts.entry(time.div_euclid(length)).or_default() += 1.0;
    }
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return Vec::new();
    };
    let all = first.div_euclid(length)..=last.div_euclid(length);
    all.map(|bin| (bin * length, counts.get(&bin).copied().unwrap_or(0.0)))
        .collect()
}

/// The end of the first bin of five minutes that stands four deviations above the day's mean.
fn z_score(times: &[i64]) -> Option<i64> {
    let bins = bins(times, BIN);
    let count = 86_400.0 / BIN as f64;
    let mean = times.len() as f64 / count;
    let squares: f64 = bins.iter().map(|(_, failed)| failed * failed).sum();
    let deviation = (squares / count - mean * mean).max(1.0).sqrt();
    let high = bins
        .iter()
        .find(|(_, failed)| (failed - mean) / deviation > 4.0)?;
    Some(high.0 + BIN)
}

/// The end of the minute in which the sum of what exceeds the day's usual level passes eight.
fn cusum(times: &[i64]) -> Option<i64> {
    let bins = bins(times, 60);
    let mut counts: Vec<f64> = bins.iter().map(|(_, failed)| *failed).collect();
    counts.sort_by(f64::total_cmp);
    let usual = counts.get(counts.len() / 2).copied().unwrap_or(0.0);
    let mut sum = 0.0_f64;
    for (time, failed) in bins {
        sum = (sum + failed - usual - 0.5).max(0.0);
        if sum > 8.0 {
            return Some(time + 60);
        }
    }
    None
}

/// What the program would have said without one kind of evidence: whether it names a change, and
/// which. Probabilities are weighed anew; what it does not list is left out.
pub fn without(finding: &Finding, kind: trailblame::attribute::EvidenceKind) -> (Verdict, usize) {
    use trailblame::attribute::parameters::{LEAD, NAMED, NO_CHANGE};
    let (lead, least) = (LEAD.value, NAMED.value);
    let odds: Vec<f64> = finding
        .suspects
        .iter()
        .map(|suspect| {
            let gone = suspect.evidence.iter().filter(|fact| fact.kind == kind);
            let weight: f64 = gone.map(|fact| fact.weight).sum();
            suspect.probability * (-weight).exp()
        })
        .collect();
    let none = finding.probability_no_change;
    let all = none + odds.iter().sum::<f64>();
    let mut ranked: Vec<(usize, f64)> = odds.into_iter().map(|odd| odd / all).enumerate().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    let Some((place, top)) = ranked.first().copied() else {
        return (Verdict::NoChange, 0);
    };
    let rival = ranked.get(1).map_or(0.0, |(_, other)| *other);
    let none = none / all;
    let named = top >= least && top >= lead * rival.max(none / lead);
    match (named, none >= NO_CHANGE.value) {
        (true, _) => (Verdict::Change, place),
        (_, true) => (Verdict::NoChange, place),
        _ => (Verdict::Undetermined, place),
    }
}
