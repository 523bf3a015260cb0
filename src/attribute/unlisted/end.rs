//! How the outage ended: as the change was taken back, long after, or while what it set stands.

use super::{Hypothesis, Span, Spread, fact};
use crate::{
    attribute::{
        case::{Case, Reach},
        finding::{Evidence, EvidenceKind},
        parameters as p, phrase,
    },
    cognito::{effects::is_indifferent, history::Standing, setting::Resource},
    detect::Kind,
};

/// A success so long before the call that takes a change back may be due to it: clocks differ.
const CLOCKS: i64 = 20_000_000;
/// Callers of a silence come back late: so much, at least.
const COME_BACK: i64 = 600_000_000;
/// Failures that went on say something from so many on …
const WENT_ON: f64 = 5.0;
/// … and from this share of all on.
const WENT_ON_SHARE: f64 = 0.1;
/// Successes under the same settings say something from so many on.
const FEWEST: f64 = 2.0;

/// What the end says.
#[derive(Default)]
pub struct End {
    pub evidence: Option<Evidence>,
    /// The change that took it back as the outage ended.
    pub cure: Option<usize>,
}

/// Compares the end of the outage with the time that the change was in force.
pub fn end(hypothesis: &Hypothesis<'_, '_>) -> End {
    let incident = hypothesis.case.incident;
    let Some(recovered) = incident.recovered.map(|time| time.timestamp_micros()) else {
        return End::default();
    };
    let bounds = (
        incident.end.map_or(recovered, |end| end.timestamp_micros()),
        recovered,
    );
    if let Some(span) = taken_back(hypothesis, bounds) {
        let time = phrase::clock_of(span.to);
        let text = format!("The outage ended when it was taken back at {time}.");
        return End {
            evidence: Some(fact(EvidenceKind::Healing, p::TAKEN_BACK.value, text)),
            cure: span.ended_by,
        };
    }
    End {
        evidence: went_on(hypothesis, bounds.0)
            .or_else(|| repaired(hypothesis, bounds))
            .or_else(|| settings_stay(hypothesis, bounds)),
        cure: None,
    }
}

/// From when to when a call may have been made that ended the outage.
pub fn of_undo(case: &Case<'_>) -> Option<(i64, i64)> {
    let recovered = case.incident.recovered?.timestamp_micros();
    let end = case
        .incident
        .end
        .map_or(recovered, |end| end.timestamp_micros());
    let near = near(case);
    Some(((end - near).max(case.onset() + 1), recovered + CLOCKS))
}

/// The span at whose end the outage ended.
fn taken_back(hypothesis: &Hypothesis<'_, '_>, (end, recovered): (i64, i64)) -> Option<Span> {
    let near = near(hypothesis.case);
    let mut spans = hypothesis.spans.iter().filter(|span| span.to < i64::MAX);
    let ended = |span: &&Span| {
        hypothesis.onset() < span.to && end <= span.to + near && recovered >= span.to - CLOCKS
    };
    spans.find(ended).copied()
}

/// How long after its undo an outage may last.
fn near(case: &Case<'_>) -> i64 {
    let (from, to) = case.incident.onset_interval;
    match case.incident.kind {
        Kind::Failures => p::TAKEN_BACK_WITHIN.micros(),
        Kind::Absence => COME_BACK.max(2 * (to - from).num_microseconds().unwrap_or(0)),
    }
}

fn went_on(hypothesis: &Hypothesis<'_, '_>, end: i64) -> Option<Evidence> {
    let first = hypothesis.spans.first().filter(|span| span.to < i64::MAX)?;
    let after = first.to + p::TAKEN_BACK_WITHIN.micros();
    let mut later = hypothesis.case.failures_between(after, end);
    for span in hypothesis.spans.iter().skip(1) {
        let until = span.to.saturating_add(p::TAKEN_BACK_WITHIN.micros());
        later -= hypothesis
            .case
            .failures_between(span.from.max(after), until.min(end));
    }
    let failed = hypothesis.case.incident.failed as f64;
    let time = phrase::clock_of(first.to);
    let text = format!("Failures went on after it was taken back at {time}.");
    (later >= WENT_ON.max(WENT_ON_SHARE * failed))
        .then(|| fact(EvidenceKind::Healing, p::WENT_ON.value, text))
}

/// A write of the same kind to something that stands for the same: another domain of the pool.
fn repaired(hypothesis: &Hypothesis<'_, '_>, bounds: (i64, i64)) -> Option<Evidence> {
    let own = &hypothesis.change.resource;
    let is_domain = |resource: &Resource| matches!(resource, Resource::Domain(..));
    let mut others = others_at(hypothesis, bounds);
    let repairs = others.any(|(_, resource)| {
        is_domain(own) && is_domain(resource) && own != resource && own.pool() == resource.pool()
    });
    let text = "The outage ended as something of the same kind was written.".to_owned();
    repairs.then(|| fact(EvidenceKind::Healing, p::REPAIRED.value, text))
}

/// Effective changes around the recovery, beside this one, that reach the outage.
fn others_at<'h>(
    hypothesis: &'h Hypothesis<'_, '_>,
    (end, recovered): (i64, i64),
) -> impl Iterator<Item = (usize, &'h Resource)> {
    let from = end - p::TAKEN_BACK_WITHIN.micros();
    let changes = hypothesis.case.history.changes();
    let first = changes.partition_point(|change| change.change.time.timestamp_micros() < from);
    let near = changes.iter().enumerate().skip(first);
    let near = near
        .take_while(move |(_, change)| change.change.time.timestamp_micros() <= recovered + CLOCKS);
    near.filter(|(index, change)| {
        let bearing = match change.standing {
            Standing::Effective => change
                .diff
                .iter()
                .any(|line| !is_indifferent(line.setting.as_str())),
            ref standing => *standing == Standing::Opaque,
        };
        bearing && *index != hypothesis.index
    })
    .map(|(index, change)| (index, &change.resource))
}

/// Requests succeed later with the very same settings.
fn settings_stay(hypothesis: &Hypothesis<'_, '_>, bounds: (i64, i64)) -> Option<Evidence> {
    let alike = hypothesis.case.alike();
    let spans = hypothesis.spans.iter().filter(|span| span.to > bounds.0);
    let accepted: f64 = spans
        .map(|span| alike.between(span.from.max(bounds.0 + 1), span.to))
        .sum();
    if accepted < FEWEST {
        return None;
    }
    let own = &hypothesis.change.resource;
    let mut others = others_at(hypothesis, bounds);
    let cured = others
        .any(|(index, resource)| resource != own && hypothesis.case.reach(index) >= Reach::Pool);
    let stays = hypothesis.mechanism.spread == Spread::Fast && !cured;
    let weight = match stays {
        true => p::SETTINGS_STAY,
        false => p::SETTINGS_STAY_SLOW,
    };
    let text = format!(
        "{} succeeded after the outage while what it set was still in force.",
        phrase::count(accepted, "such request")
    );
    Some(fact(EvidenceKind::Healing, weight.value, text))
}
