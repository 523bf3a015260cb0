//! When: what came between the change and the onset, and what the same settings did earlier.

use super::{Hypothesis, Spread, fact, spans};
use crate::{
    attribute::{
        finding::{Evidence, EvidenceKind},
        parameters as p, phrase,
    },
    cognito::{
        history::{At, DiffLine},
        setting::known,
    },
};

/// So many earlier writes to the same thing are looked at.
const MOST: usize = 200;
/// Fewer successes under the same settings say nothing.
const FEWEST: f64 = 3.0;

/// Successes between the change and the onset, each by how far the change had spread.
pub fn works_with_it(hypothesis: &Hypothesis<'_, '_>) -> Option<Evidence> {
    let (alike, felt) = (hypothesis.case.alike(), hypothesis.made().1);
    let onset = hypothesis.onset();
    let between = alike.between(felt, onset);
    if between < 0.5 {
        return None;
    }
    let until = |after: p::Parameter| onset.min(felt + after.micros()).max(felt);
    let (within, spread) = match hypothesis.mechanism.spread {
        Spread::Fast => {
            let near = alike.between(felt, until(p::NEAR));
            let within = alike.between(until(p::NEAR), until(p::SPREAD));
            let cost = near * p::SUCCESS_NEAR.value + within * p::SUCCESS_WITHIN.value;
            (cost, until(p::SPREAD))
        }
        Spread::Slow => {
            let within = alike.between(felt, until(p::SLOW_SPREAD));
            (within * p::SUCCESS_SLOW.value, until(p::SLOW_SPREAD))
        }
    };
    // Felt anywhere within its spread, it is felt in just that gap by so small a chance.
    let missed = ((spread - felt) as f64 / 1e6 / hypothesis.gap()).ln();
    let after = alike.between(spread, onset) * p::SUCCESS_AFTER.value;
    let within = within.min(p::WITHIN_MOST.value.max(missed));
    let cost = (within + after).min(p::AFTER_MOST.value);
    let text = format!(
        "{} of the kind succeeded between it and the onset.",
        phrase::count(between, "request")
    );
    Some(fact(EvidenceKind::Time, -cost, text))
}

/// Hours between the change and the onset without any request in between.
pub fn lag(hypothesis: &Hypothesis<'_, '_>) -> Option<Evidence> {
    let lag = hypothesis.case.incident.onset - hypothesis.change.change.time;
    let hours = (lag.as_seconds_f64() - p::WITNESS_CLEAN.value).max(0.0) / 3600.0;
    let cost = (p::LAG.value * (4.0 * hours).ln_1p()).min(p::LAG_MOST.value);
    let text = format!("It was made {} before the onset.", phrase::duration(lag));
    (cost > 0.0).then(|| fact(EvidenceKind::Time, -cost, text))
}

/// The very same settings were in force earlier while such requests succeeded.
pub fn worked_before(hypothesis: &Hypothesis<'_, '_>) -> Option<Evidence> {
    let (history, change) = (hypothesis.case.history, hypothesis.change);
    let lines = spans::bearing(&change.diff);
    let told = |line: &&DiffLine| line.after.value().is_some() && line.before.value().is_some();
    if lines.is_empty() || !lines.iter().all(told) {
        return None;
    }
    let time = |index: usize| history.changes()[index].change.time.timestamp_micros();
    let writes: Vec<usize> = history.writes(&change.resource).collect();
    let own = writes.partition_point(|write| *write < hypothesis.index);
    let from = own.saturating_sub(MOST);
    let same = writes[from..own].iter().zip(&writes[from + 1..]);
    let same = same.filter(|(earlier, _)| {
        let settings = history.settings(&change.resource, At::After(**earlier));
        settings.is_some_and(|settings| {
            let now = |line: &&&DiffLine| known(settings, &line.setting).same(&line.after);
            lines.iter().filter(now).count() == lines.len()
        })
    });
    let alike = hypothesis.case.alike();
    let accepted = |(from, to): (&usize, &usize)| {
        let felt = time(*from) + p::SPREAD.micros();
        alike.between(felt, time(*to).max(felt))
    };
    let accepted: f64 = same.map(accepted).sum();
    let text = format!(
        "The same settings were in force earlier while {} succeeded.",
        phrase::count(accepted, "such request")
    );
    (accepted >= FEWEST).then(|| fact(EvidenceKind::Replay, p::WORKED_BEFORE.value, text))
}
