//! From what replay says to evidence: log-odds, each with one plain sentence.
//!
//! The weights are stated here and nowhere else. They are set by hand from what the effects table
//! documents; the classes that rest on inferred effects weigh less.

use chrono::TimeDelta;

use super::{
    case::{Broken, Case, HEALING_TIME, Reach, Tally},
    finding::{Evidence, EvidenceKind},
    phrase,
};
use crate::{
    cognito::{
        effects::{OF_TRIGGERS, Strength},
        history::{ConfigChange, Standing},
        setting::Setting,
    },
    detect::Kind,
};

/// A mechanism that explains every failure by a documented rule.
const MECHANISM: f64 = 6.0;
/// A mechanism that may refuse a request, and need not.
const POSSIBLE_MECHANISM: f64 = 2.0;
/// Codes that fit, by strength.
const CODE_DOCUMENTED: f64 = 2.0;
const CODE_OBSERVED: f64 = 1.5;
const CODE_INFERRED: f64 = 0.5;
/// A code that nothing but a trigger gives, of a change to a trigger.
const CODE_OF_TRIGGER: f64 = 4.0;
/// The setting may have been the same before: one in twelve that an update sends is altered.
const UNTOLD: f64 = -2.5;
/// The requests may not need what was taken away: most of what is cleaned up is unused.
const UNSEEN: f64 = -3.0;
/// All failures with a code the mechanism cannot give: a contradiction outweighs an agreement.
const WRONG_CODE: f64 = -8.0;
/// Requests that should have been refused and were accepted.
const CONTRADICTED: f64 = -10.0;
/// No failure is explained: the change cannot be the cause.
const NO_MECHANISM: f64 = -14.0;
/// Bounds of the evidence of time.
const TIME_MOST: f64 = 5.0;
const TIME_LEAST: f64 = -12.0;
/// The outage ended with the change that put the setting back.
const HEALED: f64 = 2.0;
/// It ended without: if it had been the setting, requests would still be refused.
const ENDED_ALONE: f64 = -6.0;
/// It went on although the setting was put back.
const NOT_HEALED: f64 = -6.0;

/// What speaks for and against one change.
#[derive(Debug)]
pub struct Weighed {
    /// Index of the change.
    pub index: usize,
    /// What replay says.
    pub tally: Tally,
    /// The facts, in the order design.md lists them.
    pub evidence: Vec<Evidence>,
    /// Why it cannot be the cause, if it cannot.
    pub innocent: Option<String>,
}

impl Weighed {
    /// The sum of the evidence.
    pub fn score(&self) -> f64 {
        self.evidence.iter().map(|evidence| evidence.weight).sum()
    }
}

/// Weighs the change at `index` against the case.
pub fn weigh(case: &Case<'_>, index: usize, reach: Reach) -> Weighed {
    let change = &case.history.changes()[index];
    if let Some(innocent) = powerless(change) {
        return Weighed {
            index,
            tally: Tally::default(),
            evidence: vec![fact(EvidenceKind::Prior, NO_MECHANISM, innocent.clone())],
            innocent: Some(innocent),
        };
    }
    let tally = case.tally(index);
    if let Some(innocent) = no_mechanism(case, &tally) {
        return Weighed {
            index,
            evidence: vec![fact(EvidenceKind::Replay, NO_MECHANISM, innocent.clone())],
            tally,
            innocent: Some(innocent),
        };
    }
    let mut evidence = vec![replay(case, &tally)];
    evidence.extend(unseen(&tally));
    evidence.extend(untold(&tally));
    evidence.extend(code(case, &tally));
    evidence.extend(contradictions(&tally));
    evidence.push(time(case, change, &tally));
    evidence.extend(scope(case, reach, &tally));
    evidence.extend(healing(case, &tally));
    evidence.push(prior(change, &tally));
    Weighed {
        index,
        tally,
        evidence,
        innocent: None,
    }
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
    let strength = match (broken.certain, broken.effect.strength) {
        (true, Strength::Documented) => MECHANISM,
        (true, Strength::Observed) => MECHANISM - 1.0,
        (true, Strength::Inferred) => MECHANISM - 2.0,
        (false, Strength::Documented) => POSSIBLE_MECHANISM + 1.0,
        (false, Strength::Observed) => POSSIBLE_MECHANISM,
        (false, Strength::Inferred) => POSSIBLE_MECHANISM - 1.5,
    };
    let uncovered = 4.0 * (1.0 - coverage);
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
        .then(|| fact(EvidenceKind::Replay, UNSEEN, text.to_owned()))
}

/// An update sends every setting, and alters few of them.
fn untold(tally: &Tally) -> Option<Evidence> {
    let (setting, broken) = main_line(tally)?;
    broken.untold?;
    let text = format!("No log tells what `{setting}` was before it: perhaps it did not change.");
    Some(fact(EvidenceKind::Replay, UNTOLD, text))
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
        return Some(fact(EvidenceKind::Replay, WRONG_CODE * share, text));
    }
    if tally.right_code == 0.0 {
        let text =
            format!("Only the status is known of the failures ({errors}): any code is possible.");
        return Some(fact(EvidenceKind::Replay, 0.0, text));
    }
    let mut given = case.incident.errors.keys();
    if given.all(|code| OF_TRIGGERS.contains(&code.as_str())) {
        let text = format!("Nothing but a trigger answers with {errors}.");
        return Some(fact(EvidenceKind::Replay, CODE_OF_TRIGGER, text));
    }
    let fitting = broken
        .effect
        .codes
        .iter()
        .filter(|code| case.incident.errors.contains_key(code.0))
        .map(|code| code.1)
        .max()?;
    let (weight, known) = match fitting {
        Strength::Documented => (CODE_DOCUMENTED, "documented"),
        Strength::Observed => (CODE_OBSERVED, "observed"),
        Strength::Inferred => (CODE_INFERRED, "inferred"),
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
        phrase::count(tally.accepted_despite, "request")
    );
    Some(fact(
        EvidenceKind::Replay,
        CONTRADICTED * (1.0 - purity),
        text,
    ))
}

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
    let weight = weight.min(TIME_MOST) - by_chance(case, change);
    let passed = tally.accepted_before + tally.accepted_within_delay;
    let ago = phrase::duration(lag);
    let text = match (case.incident.kind, passed) {
        (Kind::Absence, 0.0) => "No request of the kind it breaks came after it.".to_owned(),
        (Kind::Absence, passed) => format!(
            "{} of the kind it breaks were still accepted after it.",
            phrase::count(passed, "request")
        ),
        (Kind::Failures, 0.0) => {
            format!("The first request it breaks came {ago} after it and was refused.")
        }
        (Kind::Failures, passed) => format!(
            "{} of the kind it breaks were accepted in the {ago} between it and the onset.",
            phrase::count(passed, "request")
        ),
    };
    fact(
        EvidenceKind::Time,
        weight.clamp(TIME_LEAST, TIME_MOST),
        text,
    )
}

/// How unlikely it is that requests stayed away by chance until a change that came after the next
/// was to be expected, in nats.
fn by_chance(case: &Case<'_>, change: &ConfigChange) -> f64 {
    let (last, expected) = case.incident.onset_interval;
    let late = (change.change.time - expected).as_seconds_f64();
    match case.incident.kind {
        // 95 of 100 waits end by then: three times the mean.
        Kind::Absence => (3.0 * late / (expected - last).as_seconds_f64().max(1.0)).max(0.0),
        Kind::Failures => 0.0,
    }
}

/// Without exposed requests before the onset only the clock is left.
fn by_the_clock(lag: TimeDelta) -> Evidence {
    let weight = match lag.num_minutes() {
        ..=2 => 3.0,
        3..=15 => 2.0,
        16..=60 => 1.0,
        61..=1440 => 0.0,
        _ => -1.5,
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
                (clients as f64).ln().min(2.5),
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
            Some(fact(EvidenceKind::Scope, weight.max(-4.0), text))
        }
        Reach::Pool if !tally.other_clients.is_empty() => {
            let others = tally.other_clients.len() as f64;
            let text = format!(
                "It concerns every app client of the user pool, and {} failed too.",
                phrase::count(others, "other exposed app client")
            );
            Some(fact(EvidenceKind::Scope, (1.0 + others).min(2.5), text))
        }
        Reach::Pool => Some(fact(
            EvidenceKind::Scope,
            0.5,
            "It concerns the user pool of the app client, and no exposed request of another \
             app client went on as before."
                .to_owned(),
        )),
        Reach::Account => Some(fact(
            EvidenceKind::Scope,
            -3.0,
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
                HEALED,
                format!("The outage ended when the setting was put back at {time}."),
            )
        }
        (Some(cure), _) if last > cure.change.time + HEALING_TIME => {
            let time = phrase::clock(cure.change.time);
            (
                NOT_HEALED,
                format!("Failures went on after the setting was put back at {time}."),
            )
        }
        (_, Some(_)) if is_certain(tally) && tally.accepted_after > 0.0 => (
            ENDED_ALONE,
            format!(
                "The outage ended without the setting being put back: {} of the kind it breaks \
                 were accepted afterwards.",
                phrase::count(tally.accepted_after, "request")
            ),
        ),
        (None, Some(_)) => (
            -0.7,
            "The outage ended without the setting being put back.".to_owned(),
        ),
        _ => (
            -0.3,
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
    fact(EvidenceKind::Prior, weight, text.to_owned())
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
