//! Changes whose mechanism no rule lists, or lists otherwise: how likely such a change breaks such
//! requests at all, and what the outcomes of requests around it say.
//!
//! The core is one comparison: the value that a change gave a setting is in force over [`spans`] of
//! time; requests like those of the outage fail inside them and succeed outside, or do not.

mod alike;
mod end;
mod links;
mod mechanism;
mod others;
pub(in crate::attribute) mod spans;
mod time;
pub(in crate::attribute) mod what;

pub use alike::Alike;
pub use links::Reachable;
pub use mechanism::{Mechanism, Spread};
pub use spans::Span;

use super::{
    case::{Case, Tally},
    finding::{Evidence, EvidenceKind},
    parameters::{self, Parameter},
    phrase,
};
use crate::{
    cognito::history::{ConfigChange, Standing},
    detect::Kind,
};

/// A change as the cause of an outage by a mechanism that is not listed.
pub struct Hypothesis<'c, 'a> {
    case: &'c Case<'a>,
    index: usize,
    change: &'c ConfigChange,
    mechanism: Mechanism,
    spans: Vec<Span>,
}

/// What speaks for and against it.
#[derive(Debug)]
pub struct Weighed {
    /// Log-odds against what no logged change explains, each with a sentence.
    pub evidence: Vec<Evidence>,
    /// The write that took it back as the outage ended.
    pub cure: Option<usize>,
    /// Whether its class is known to break such requests.
    pub is_known: bool,
    /// Log-odds of what came with it, in no log: the same time, another mechanism.
    pub came_with_it: f64,
    /// How many of three witnesses stand for it: at once, wholly, ended by its undo.
    pub witnesses: usize,
}

impl Weighed {
    /// The sum of the evidence.
    pub fn score(&self) -> f64 {
        self.evidence.iter().map(|fact| fact.weight).sum()
    }
}

/// Weighs the change at `index`; `None` where it reaches nothing of the outage.
pub fn weigh(case: &Case<'_>, index: usize, tally: &Tally) -> Option<Weighed> {
    let change = &case.history.changes()[index];
    let told = matches!(change.standing, Standing::Effective | Standing::Opaque);
    let near = case.incident.onset - change.change.time;
    if !told || near.as_seconds_f64() > parameters::EARLIEST.value {
        return None;
    }
    let mechanism = mechanism::of(case, index, tally)?;
    let ends = end::of_undo(case);
    let untold = ends.and_then(|ends| spans::in_force_until(case.history, index, ends));
    let hypothesis = Hypothesis {
        spans: match untold {
            Some(span) => vec![span],
            None => spans::in_force(case.history, index),
        },
        case,
        index,
        change,
        mechanism,
    };
    Some(hypothesis.weigh())
}

impl Hypothesis<'_, '_> {
    fn weigh(&self) -> Weighed {
        let end = end::end(self);
        let mut evidence = vec![self.prior(), self.against_chance()];
        evidence.extend(time::works_with_it(self));
        evidence.extend(time::lag(self));
        evidence.extend(time::worked_before(self));
        evidence.extend(end.evidence);
        evidence.extend(others::fail(self));
        evidence.extend(others::go_on(self));
        evidence.extend(others::control(self));
        evidence.extend(what::amid(self));
        evidence.extend(what::partly(self.case));
        evidence.extend(what::codes(self));
        let chance = self.mechanism.chance.value * self.mechanism.factor;
        let exact = what::exact(self);
        let shared: f64 = evidence.iter().map(|fact| fact.weight).sum();
        let came_with_it = shared - chance.ln() + parameters::CAME_WITH_IT.ln();
        evidence.extend(exact);
        Weighed {
            came_with_it,
            is_known: chance > parameters::KNOWN_CHANCE.value
                && self.case.incident.last_success.is_some(),
            witnesses: self.witnesses(end.cure.is_some()),
            evidence,
            cure: end.cure,
        }
    }

    /// How likely such a change breaks such requests at all.
    fn prior(&self) -> Evidence {
        let chance = self.mechanism.chance.value * self.mechanism.factor;
        let text = self.mechanism.text.clone();
        fact(EvidenceKind::Prior, chance.ln(), text)
    }

    /// An outage that begins between the last success and the first failure by chance.
    fn against_chance(&self) -> Evidence {
        let rate = match self.case.incident.kind {
            Kind::Failures => parameters::BACKGROUND,
            Kind::Absence => parameters::BACKGROUND_SILENCE,
        };
        let (from, to) = self.case.incident.onset_interval;
        let text = match self.case.incident.last_success {
            Some(_) => format!(
                "The onset is known to {}: few outages that no logged change explains begin in so \
                 short a time.",
                phrase::duration(to - from)
            ),
            None => "No earlier request of the kind tells when it began.".to_owned(),
        };
        let chance = (rate.value * self.gap()).ln();
        fact(
            EvidenceKind::Time,
            -chance - self.case.late(self.change),
            text,
        )
    }

    /// Seconds between which the onset is known to lie.
    fn gap(&self) -> f64 {
        let (from, to) = self.case.incident.onset_interval;
        let (least, most) = (
            parameters::SHORTEST_GAP.value,
            parameters::LONGEST_GAP.value,
        );
        match self.case.incident.last_success {
            Some(_) => (to - from).as_seconds_f64().clamp(least, most),
            None => most,
        }
    }

    /// The start of the change in microseconds, and the end of its second: it lies somewhere between.
    fn made(&self) -> (i64, i64) {
        let made = self.change.change.time.timestamp_micros();
        (made, made + 1_000_000)
    }

    fn onset(&self) -> i64 {
        self.case.onset()
    }

    fn witnesses(&self, ended: bool) -> usize {
        let lag = (self.onset() - self.made().0) as f64 / 1e6;
        let between = self.case.alike().between(self.made().1, self.onset());
        let at_once = lag <= parameters::WITNESS_WITHIN.value
            || (between < 1.0 && lag <= parameters::WITNESS_CLEAN.value);
        usize::from(at_once) + usize::from(what::is_complete(self)) + usize::from(ended)
    }
}

fn fact(kind: EvidenceKind, weight: f64, text: String) -> Evidence {
    Evidence { kind, weight, text }
}

/// A weight for each of several things, up to a most.
fn each(count: f64, weight: Parameter, most: Parameter) -> f64 {
    let sum = count * weight.value;
    match most.value < 0.0 {
        true => sum.max(most.value),
        false => sum.min(most.value),
    }
}
