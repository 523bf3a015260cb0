//! From what replay says to evidence: log-odds, each with one plain sentence.
//!
//! Two accounts are given of each change: by the effects that the table lists, and by what requests
//! did while its settings were in force, whatever it does ([`unlisted`]). Its odds are the sum of both.

use chrono::TimeDelta;

use super::{
    case::{Broken, Case, HEALING_TIME, Reach, Tally},
    finding::{Evidence, EvidenceKind},
    parameters as p, phrase, unlisted,
};
use crate::{
    cognito::{
        effects::{OF_TRIGGERS, Strength},
        history::{ConfigChange, Standing},
        setting::Setting,
    },
    detect::Kind,
};

/// What speaks for and against one change.
#[derive(Debug)]
pub struct Weighed {
    /// Index of the change.
    pub index: usize,
    /// What replay says.
    pub tally: Tally,
    /// The facts, in the order design.md lists them.
    pub evidence: Vec<Evidence>,
    /// Why no listed effect can be the cause, if none can.
    pub innocent: Option<String>,
    /// The log-odds that listed effects give it.
    pub listed: f64,
    /// What speaks for a mechanism that is not listed.
    pub unlisted: Option<unlisted::Weighed>,
}

impl Weighed {
    /// Its log-odds by both accounts.
    pub fn score(&self) -> f64 {
        let unlisted = self.unlisted.as_ref();
        let unlisted = unlisted.map_or(f64::NEG_INFINITY, unlisted::Weighed::score);
        let most = self.listed.max(unlisted);
        most + ((self.listed - most).exp() + (unlisted - most).exp()).ln()
    }

    /// Whether listed effects carry its odds.
    pub fn is_by_listed(&self) -> bool {
        (self.listed - self.score()).exp() >= p::KNOWN.value
    }

    /// Whether it is told by listed effects: those that carry its odds, or explain the failures.
    pub fn is_told_by_listed(&self) -> bool {
        let explains = self.tally.explained >= EXPLAINS * self.tally.failed;
        self.is_by_listed() || (self.innocent.is_none() && explains)
    }

    /// The facts of the account that it is told by.
    pub fn facts(&self) -> &[Evidence] {
        match &self.unlisted {
            Some(unlisted) if !self.is_told_by_listed() => &unlisted.evidence,
            _ => &self.evidence,
        }
    }

    /// The change that took it back as the outage ended.
    pub fn cure(&self) -> Option<usize> {
        let unlisted = self.unlisted.as_ref().filter(|_| !self.is_by_listed());
        unlisted.map_or(self.tally.cure, |unlisted| {
            unlisted.cure.or(self.tally.cure)
        })
    }
}

/// Weighs the change at `index` against the case.
pub fn weigh(case: &Case<'_>, index: usize, reach: Option<Reach>) -> Weighed {
    let change = &case.history.changes()[index];
    if let Some(innocent) = powerless(change) {
        let fact = fact(EvidenceKind::Prior, p::NO_MECHANISM.value, innocent.clone());
        return Weighed {
            index,
            tally: Tally::default(),
            listed: fact.weight,
            evidence: vec![fact],
            innocent: Some(innocent),
            unlisted: None,
        };
    }
    let tally = match reach {
        Some(_) => case.tally(index),
        None => Tally::default(),
    };
    let (evidence, innocent) = match no_mechanism(case, &tally).or_else(|| beyond(reach)) {
        Some(why) => {
            let fact = fact(EvidenceKind::Replay, p::NO_MECHANISM.value, why.clone());
            (vec![fact], Some(why))
        }
        None => (by_listed(case, change, reach, &tally), None),
    };
    Weighed {
        index,
        listed: evidence.iter().map(|fact| fact.weight).sum(),
        unlisted: unlisted::weigh(case, index, &tally),
        evidence,
        tally,
        innocent,
    }
}

fn beyond(reach: Option<Reach>) -> Option<String> {
    let text = "No listed effect of it reaches these requests.";
    reach.is_none().then(|| text.to_owned())
}

fn by_listed(
    case: &Case<'_>,
    change: &ConfigChange,
    reach: Option<Reach>,
    tally: &Tally,
) -> Vec<Evidence> {
    let mut evidence = vec![replay(case, tally)];
    evidence.extend(unseen(tally));
    evidence.extend(untold(tally));
    evidence.extend(code(case, tally));
    evidence.extend(contradictions(tally));
    // What refuses every such request is contradicted by each that is accepted.
    evidence.extend(unlisted::what::partly(case).filter(|_| !is_certain(tally)));
    evidence.push(time(case, change, tally));
    evidence.extend(reach.and_then(|reach| scope(case, reach, tally)));
    evidence.extend(healing(case, tally));
    evidence.push(prior(change, tally));
    evidence
}

fn fact(kind: EvidenceKind, weight: f64, text: String) -> Evidence {
    Evidence { kind, weight, text }
}

/// A failed call or an empty diff cannot cause anything.
fn powerless(change: &ConfigChange) -> Option<String> {
    match &change.standing {
        Standing::Failed(code) => Some(format!("The call failed with {code} and changed nothing.")),
        Standing::NoDifference => {
            Some("It left every setting as it was, so it cannot cause anything.".to_owned())
        }
        Standing::Release => Some("It released an application and altered no setting.".to_owned()),
        Standing::OnUsers => Some("It was done to users and altered no setting.".to_owned()),
        Standing::Effective | Standing::Opaque => None,
    }
}

fn no_mechanism(case: &Case<'_>, tally: &Tally) -> Option<String> {
    if tally.ruled_out.is_some() {
        return tally.ruled_out.clone();
    }
    if tally.explained > 0.0 || tally.untold >= 0.5 * tally.failed.max(1.0) {
        return None;
    }
    let requests = phrase::failed_requests(case.incident);
    if tally.refused_before > 0.5 * tally.failed {
        return Some(format!(
            "The settings refused the {requests} already when it was made."
        ));
    }
    let errors = phrase::errors(case.incident);
    Some(match (tally.wrong_code > 0.0, case.incident.kind) {
        (true, Kind::Failures) => format!("It can break the {requests}, but not with {errors}."),
        (true, Kind::Absence) => {
            format!("It can break the {requests}, but they would still come and fail.")
        }
        (false, _) => {
            format!("The {requests} are judged the same by the settings before and after it.")
        }
    })
}

/// Listed effects explain an outage when they do this share of its failures.
const EXPLAINS: f64 = 0.8;
/// A line that explains less than this share of what the first one does is a side effect.
const AS_MANY: f64 = 0.9;

/// The surest of the broken lines that explain most: what a change alters beside it takes nothing from
/// that.
fn main_line(tally: &Tally) -> Option<(&Setting, &Broken)> {
    let most = tally.breaks.values().map(|broken| broken.requests);
    let most = most.fold(0.0, f64::max);
    let lines = tally.breaks.iter();
    let lines = lines.filter(|(_, broken)| broken.requests >= AS_MANY * most);
    let sure = |broken: &Broken| {
        let told = broken.untold.is_none();
        (broken.certain, !broken.unseen, told, broken.effect.strength)
    };
    lines.max_by(|(_, a), (_, b)| {
        let requests = a.requests.total_cmp(&b.requests);
        sure(a).cmp(&sure(b)).then(requests)
    })
}

pub(super) fn main_break(tally: &Tally) -> Option<&Broken> {
    main_line(tally).map(|(_, broken)| broken)
}

fn is_certain(tally: &Tally) -> bool {
    main_break(tally).is_some_and(|broken| broken.certain)
}

/// Mechanism: coverage and how sure the rule is.
fn replay(case: &Case<'_>, tally: &Tally) -> Evidence {
    let requests = phrase::failed_requests(case.incident);
    let told = tally.failed - tally.untold;
    let Some(broken) = main_break(tally) else {
        let text =
            format!("The logs do not say enough of the {requests} to tell whether it breaks them.");
        return fact(EvidenceKind::Replay, 0.0, text);
    };
    let coverage = tally.explained / told.max(1.0);
    let step = p::LESS_SURE.value;
    let strength = match (broken.certain, broken.effect.strength) {
        (true, Strength::Documented) => p::MECHANISM.value,
        (true, Strength::Observed) => p::MECHANISM.value - step,
        (true, Strength::Inferred) => p::MECHANISM.value - 2.0 * step,
        (false, Strength::Documented) => p::POSSIBLE_MECHANISM.value + step,
        (false, Strength::Observed) => p::POSSIBLE_MECHANISM.value,
        (false, Strength::Inferred) => p::POSSIBLE_MECHANISM.value - 1.5 * step,
    };
    let uncovered = p::UNCOVERED.value * (1.0 - coverage);
    let share = phrase::share(coverage, &requests);
    let verb = if broken.certain {
        "refuse"
    } else {
        "may refuse"
    };
    let text = match case.incident.kind {
        _ if broken.untold.is_some() => {
            format!("{share} meet settings that {verb} {}.", broken.effect.says)
        }
        Kind::Failures => format!(
            "{share} pass under the settings before it; those after it {verb} {}.",
            broken.effect.says
        ),
        Kind::Absence => format!(
            "{share} pass under the settings before it; those after it {verb} {} \
             before any token is asked for, so that requests stop.",
            broken.effect.says
        ),
    };
    fact(EvidenceKind::Replay, strength * coverage - uncovered, text)
}

/// What was taken away may be what no request needed.
fn unseen(tally: &Tally) -> Option<Evidence> {
    let broken = main_break(tally)?;
    let text = "No log tells what the requests asked for: perhaps none needed what was taken away.";
    broken
        .unseen
        .then(|| fact(EvidenceKind::Replay, p::UNSEEN.value, text.to_owned()))
}

/// An update sends every setting, and alters few of them.
fn untold(tally: &Tally) -> Option<Evidence> {
    let (setting, broken) = main_line(tally)?;
    broken.untold?;
    let text = format!("No log tells what `{setting}` was before it: perhaps it did not change.");
    Some(fact(EvidenceKind::Replay, p::UNTOLD.value, text))
}

/// Whether the codes fit.
fn code(case: &Case<'_>, tally: &Tally) -> Option<Evidence> {
    if case.incident.kind == Kind::Absence {
        return None;
    }
    let broken = main_break(tally)?;
    let errors = phrase::errors(case.incident);
    if tally.wrong_code > 0.0 {
        let share = tally.wrong_code / (tally.wrong_code + tally.explained);
        let text = format!(
            "{} with a code that such a change does not give.",
            phrase::share(
                share,
                &format!("{} failed", phrase::failed_requests(case.incident))
            )
        );
        return Some(fact(
            EvidenceKind::Replay,
            p::WRONG_CODE.value * share,
            text,
        ));
    }
    if tally.right_code == 0.0 {
        let text =
            format!("Only the status is known of the failures ({errors}): any code is possible.");
        return Some(fact(EvidenceKind::Replay, 0.0, text));
    }
    let mut given = case.incident.errors.keys();
    if given.all(|code| OF_TRIGGERS.contains(&code.as_str())) {
        let text = format!("Nothing but a trigger answers with {errors}.");
        return Some(fact(EvidenceKind::Replay, p::CODE_OF_TRIGGER.value, text));
    }
    let fitting = broken
        .effect
        .codes
        .iter()
        .filter(|code| case.incident.errors.contains_key(code.0))
        .map(|code| code.1)
        .max()?;
    let (weight, known) = match fitting {
        Strength::Documented => (p::CODE_DOCUMENTED.value, "documented"),
        Strength::Observed => (p::CODE_OBSERVED.value, "observed"),
        Strength::Inferred => (p::CODE_INFERRED.value, "inferred"),
    };
    let text = format!("{errors} is the {known} answer to such a request.");
    Some(fact(EvidenceKind::Replay, weight, text))
}

/// Requests that should have been refused and were not.
fn contradictions(tally: &Tally) -> Option<Evidence> {
    let purity = tally.explained / (tally.explained + tally.accepted_despite).max(1.0);
    if tally.accepted_despite == 0.0 || purity > 0.98 {
        return None;
    }
    let text = format!(
        "{} of the kind it breaks were accepted during the outage.",
        phrase::count(tally.requests.despite_accepted as f64, "request")
    );
    Some(fact(
        EvidenceKind::Replay,
        p::CONTRADICTED.value * (1.0 - purity),
        text,
    ))
}

/// Requests are not independent: log-odds that count them are divided by this. Fitted on plain
/// incidents.
pub(super) const OVERSTATED: f64 = 1.5;

/// The exposure clock: how many exposed requests passed between change and onset.
fn time(case: &Case<'_>, change: &ConfigChange, tally: &Tally) -> Evidence {
    let lag = case.incident.onset - change.change.time;
    if main_break(tally).is_none() || tally.usual < 1.0 {
        return by_the_clock(lag);
    }
    let refused = if is_certain(tally) {
        0.985
    } else {
        let failing = tally.explained / (tally.explained + tally.usual / 24.0).max(1.0);
        failing.clamp(0.05, 0.9)
    };
    // Within its usual delay a change need not be felt yet: an accepted request says little.
    let within = tally.accepted_within_delay.min(30.0) * 0.1;
    let accepted = tally.accepted_before * f64::ln(1.0 - refused);
    let weight = f64::ln(refused * tally.usual.max(2.0)) + accepted - within;
    let weight = (weight / OVERSTATED).min(p::TIME_MOST.value) - case.late(change) / OVERSTATED;
    let passed = tally.accepted_before + tally.accepted_within_delay;
    let requests = tally.requests.between_accepted as f64;
    let ago = phrase::duration(lag);
    let text = match (case.incident.kind, passed) {
        (Kind::Absence, 0.0) => "No request of the kind it breaks came after it.".to_owned(),
        (Kind::Absence, _) => format!(
            "{} of the kind it breaks were still accepted after it.",
            phrase::count(requests, "request")
        ),
        (Kind::Failures, 0.0) => {
            format!("The first request it breaks came {ago} after it and was refused.")
        }
        (Kind::Failures, _) => format!(
            "{} of the kind it breaks were accepted in the {ago} between it and the onset.",
            phrase::count(requests, "request")
        ),
    };
    fact(
        EvidenceKind::Time,
        weight.clamp(p::TIME_LEAST.value, p::TIME_MOST.value),
        text,
    )
}

/// Without exposed requests before the onset only the clock is left.
fn by_the_clock(lag: TimeDelta) -> Evidence {
    let weight = match lag.num_minutes() {
        ..=2 => 2.0,
        3..=15 => 1.3333,
        16..=60 => 0.6667,
        61..=1440 => 0.0,
        _ => -1.0,
    };
    let text = format!(
        "It was made {} before the onset; no earlier request of the kind is on record.",
        phrase::duration(lag)
    );
    fact(EvidenceKind::Time, weight, text)
}

/// Whether the change's reach is the outage's.
fn scope(case: &Case<'_>, reach: Reach, tally: &Tally) -> Option<Evidence> {
    let clients = case.clients_of_pool();
    match reach {
        Reach::Client if clients > 1 => {
            let text =
                format!("It changed the app client that fails, one of {clients} of the user pool.");
            Some(fact(
                EvidenceKind::Scope,
                (clients as f64).ln().min(2.5) / OVERSTATED,
                text,
            ))
        }
        Reach::Client => None,
        Reach::Pool if !tally.unharmed_clients.is_empty() => {
            let unharmed = tally.unharmed_clients.len();
            let text = format!(
                "It concerns every app client of the user pool, and {} went on as before.",
                phrase::count(unharmed as f64, "other exposed app client")
            );
            let weight = -(1.0 + unharmed as f64).ln() - 1.0;
            Some(fact(
                EvidenceKind::Scope,
                weight.max(-4.0) / OVERSTATED,
                text,
            ))
        }
        Reach::Pool if !tally.other_clients.is_empty() => {
            let others = tally.other_clients.len() as f64;
            let text = format!(
                "It concerns every app client of the user pool, and {} failed too.",
                phrase::count(others, "other exposed app client")
            );
            let weight = (1.0 + others).min(2.5) / OVERSTATED;
            Some(fact(EvidenceKind::Scope, weight, text))
        }
        Reach::Pool => Some(fact(
            EvidenceKind::Scope,
            0.5 / OVERSTATED,
            "It concerns the user pool of the app client, and no exposed request of another \
             app client went on as before."
                .to_owned(),
        )),
        Reach::Account => Some(fact(
            EvidenceKind::Scope,
            -3.0 / OVERSTATED,
            "Nothing in the logs says that the application reads what it changed.".to_owned(),
        )),
        Reach::Outside => None,
    }
}

/// Whether the outage ended as the settings say.
fn healing(case: &Case<'_>, tally: &Tally) -> Option<Evidence> {
    let recovered = case.incident.recovered;
    let cure = tally.cure.and_then(|cure| case.history.changes().get(cure));
    main_break(tally)?;
    let last = case.incident.end.unwrap_or(case.window.end);
    let (weight, text) = match (cure, recovered) {
        (Some(cure), Some(recovered))
            if recovered >= cure.change.time && last <= cure.change.time + HEALING_TIME =>
        {
            let time = phrase::clock(cure.change.time);
            (
                p::HEALED.value,
                format!("The outage ended when the setting was put back at {time}."),
            )
        }
        (Some(cure), _) if last > cure.change.time + HEALING_TIME => {
            let time = phrase::clock(cure.change.time);
            (
                p::NOT_HEALED.value,
                format!("Failures went on after the setting was put back at {time}."),
            )
        }
        (_, Some(_)) if is_certain(tally) && tally.accepted_after > 0.0 => (
            p::ENDED_ALONE.value,
            format!(
                "The outage ended without the setting being put back: {} of the kind it breaks \
                 were accepted afterwards.",
                phrase::count(tally.requests_after as f64, "request")
            ),
        ),
        (None, Some(_)) => (
            -0.7 / OVERSTATED,
            "The outage ended without the setting being put back.".to_owned(),
        ),
        _ => (
            -0.3 / OVERSTATED,
            "Nothing was put back and the outage did not end: healing says nothing.".to_owned(),
        ),
    };
    Some(fact(EvidenceKind::Healing, weight, text))
}

/// How often such changes break things, before looking.
fn prior(change: &ConfigChange, tally: &Tally) -> Evidence {
    let (weight, text) = match main_break(tally) {
        Some(broken) if broken.certain => (
            -1.0,
            "It takes something away that requests rely on: such changes often break sign-in.",
        ),
        Some(broken) if broken.effect.strength == Strength::Documented => (
            -2.0,
            "It may break some requests and leave others: such changes sometimes break sign-in.",
        ),
        Some(broken) if broken.effect.strength == Strength::Observed => (
            -2.5,
            "It may break some requests and leave others; it was seen to, and is not documented.",
        ),
        Some(_) => (
            -3.5,
            "That such a change breaks sign-in is inferred, not documented.",
        ),
        None if change.standing == Standing::Opaque => (-5.0, "What it altered is not in any log."),
        None => (-5.0, "No rule says that it breaks such requests."),
    };
    fact(EvidenceKind::Prior, weight / OVERSTATED, text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cognito::effects::effects;

    fn broken(id: &str, requests: f64, certain: bool) -> (Setting, Broken) {
        let effect = effects().find(|effect| effect.id == id).expect("a row");
        let broken = Broken {
            effect,
            certain,
            requests,
            unseen: !certain,
            untold: None,
        };
        (Setting::named(effect.setting), broken)
    }

    #[track_caller]
    fn check(lines: [(Setting, Broken); 2], expected: &str) {
        let mut tally = Tally::default();
        tally.breaks.extend(lines);
        let main = main_break(&tally).expect("a line");
        assert_eq!(main.effect.id, expected);
    }

    #[test]
    fn what_a_change_alters_beside_takes_nothing_from_its_surest_effect() {
        let callback = || broken("callback-url-removed", 278.0, true);
        let provider = |requests| broken("identity-provider-unlisted", requests, false);
        check([callback(), provider(278.0)], "callback-url-removed");
        check([callback(), provider(290.0)], "callback-url-removed");
        check([callback(), provider(900.0)], "identity-provider-unlisted");
    }
}
