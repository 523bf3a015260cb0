//! Random incidents with their truth, for measuring how often an analysis is right: one seed, one
//! incident. Classes after the adversarial ones that an analysis is known to get wrong.

mod callers;
pub mod classes;
mod logs;
mod setup;

use super::{
    changes::{History, Role, Timeline},
    clock::Second,
    cognito::{Ask, Flaw, Quirks, UNREACHABLE, decide_by},
    config::Secret,
    dice::Dice,
    traffic::Attempt,
};
use setup::Setup;

use classes::{Class, Guilt};

/// An incident: the logs of a day, and what really happened.
pub struct Case {
    pub class: &'static Class,
    pub seed: u64,
    /// Records of the trail, as they were delivered, one a line.
    pub trail: Vec<u8>,
    /// What `aws logs filter-log-events` prints of the application's log, if it keeps one.
    pub application: Option<Vec<u8>>,
    pub truth: Truth,
    /// Whether these logs can decide it.
    pub decidable: bool,
    /// App clients with traffic.
    pub clients: usize,
}

/// What really happened.
#[derive(Clone, Debug)]
pub struct Truth {
    /// The outage, if there was one.
    pub outage: Option<Outage>,
    /// Other outages of the day, for which nobody is to blame.
    pub others: Vec<Outage>,
    /// Event ids of the guilty changes, each of which explains the outage.
    pub culprits: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Outage {
    pub clients: Vec<&'static str>,
    /// Second of the first failure in the logs; of an absence, of the guilty change.
    pub onset: Second,
    pub end: Second,
    /// Failed requests in the trail; of an absence, requests that never came.
    pub broken: usize,
    /// Whether requests stopped without a failure.
    pub absence: bool,
}

/// How the world may deviate from the rule book.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mismatch {
    /// Probability that a rule is another than the documented one.
    pub probability: f64,
}

/// The incident of a seed; with a number, beside one more decoy of that number.
pub fn make(class: &'static Class, seed: u64, mismatch: Mismatch, decoy: Option<u64>) -> Case {
    let mut dice = Dice::new(&format!("{} {seed}", class.name));
    let quirks = quirks(&mut dice, mismatch);
    let mut setup = Setup::new(dice, quirks);
    (class.plan)(&mut setup);
    setup.surround();
    if let Some(number) = decoy {
        setup.tempt(number);
    }
    let timeline = Timeline::run(setup.planned.clone());
    let attempts = callers::simulate(&setup, &timeline.history);
    let innocent = setup
        .planned
        .iter()
        .filter(|planned| !planned.is(Role::Culprit));
    let without = Timeline::run(innocent.cloned().collect());
    let truth = Truth {
        others: others(class, &attempts),
        outage: outage(class, &setup, &timeline, &without.history, &attempts),
        culprits: match setup.hidden {
            true => Vec::new(),
            false => culprits(&timeline),
        },
    };
    let mut dice = Dice::new(&format!("logs of {} {seed}", class.name));
    Case {
        class,
        seed,
        trail: logs::trail(&mut dice, &setup, &timeline, &attempts),
        application: logs::application(&mut dice, &setup, &attempts),
        truth,
        decidable: class.decidable && (setup.tells_form || !class.by_form),
        clients: setup.clients(),
    }
}

fn quirks(dice: &mut Dice, mismatch: Mismatch) -> Quirks {
    const CODES: [&str; 4] = [
        "invalid_request",
        "invalid_grant",
        "unauthorized_client",
        "invalid_client",
    ];
    Quirks {
        wrong_callback: dice.pick::<&str>(&["invalid_grant", "unauthorized_client"]),
        oauth_off: dice.pick::<&str>(&["invalid_grant", "invalid_grant", "unauthorized_client"]),
        refuses_scopes: true,
        deviates: dice
            .chance(mismatch.probability)
            .then(|| *dice.pick::<&str>(&CODES)),
    }
}

fn culprits(timeline: &Timeline) -> Vec<String> {
    let guilty = timeline
        .writes
        .iter()
        .filter(|write| matches!(write.part, Some((_, Role::Culprit))));
    guilty.map(|write| write.event_id.clone()).collect()
}

/// What failed, or never came, and would not have without the culprit, or but for the fault.
fn outage(
    class: &Class,
    setup: &Setup,
    timeline: &Timeline,
    without: &History,
    attempts: &[Attempt],
) -> Option<Outage> {
    let of_change = |attempt: &&Attempt| {
        attempt.refusal.is_some()
            && decide_by(
                &setup.quirks,
                &attempt.request,
                without.at(attempt.request.time),
            )
            .is_ok()
    };
    let hit: Vec<&Attempt> = match class.guilt {
        Guilt::Change => attempts.iter().filter(of_change).collect(),
        Guilt::Nobody => attempts
            .iter()
            .filter(|attempt| (setup.fault)(attempt))
            .collect(),
        Guilt::NoOutage => return None,
    };
    let is_seen = |attempt: &&&Attempt| {
        !matches!(attempt.request.ask, Ask::Authorize { .. })
            && attempt.refusal != Some(UNREACHABLE)
            && !setup.is_silent(attempt.request.time)
    };
    let seen: Vec<&Attempt> = hit.iter().filter(is_seen).copied().collect();
    let absence = seen.is_empty();
    let of_kind = if absence { &hit } else { &seen };
    let (first, last) = (of_kind.first()?, of_kind.last()?);
    let guilty = timeline
        .writes
        .iter()
        .find(|write| matches!(write.part, Some((_, Role::Culprit))));
    Some(Outage {
        clients: clients(of_kind),
        onset: match (absence, guilty) {
            (true, Some(guilty)) => guilty.time,
            _ => first.request.time,
        },
        end: last.request.time,
        broken: of_kind.len(),
        absence,
    })
}

/// Outages that are nobody's change, beside the one that is.
fn others(class: &Class, attempts: &[Attempt]) -> Vec<Outage> {
    if class.guilt != Guilt::Change {
        return Vec::new();
    }
    let faults = attempts.iter().filter(|attempt| {
        let request = &attempt.request;
        let known = [Flaw::Guessed, Flaw::Provider].map(Some);
        attempt.refusal.is_some()
            && (known.contains(&request.flaw) || request.secret == Some(Secret::Mistyped))
    });
    let faults: Vec<&Attempt> = faults.collect();
    let (Some(first), Some(last)) = (faults.first(), faults.last()) else {
        return Vec::new();
    };
    vec![Outage {
        clients: clients(&faults),
        onset: first.request.time,
        end: last.request.time,
        broken: faults.len(),
        absence: false,
    }]
}

fn clients(attempts: &[&Attempt]) -> Vec<&'static str> {
    let mut clients: Vec<&str> = attempts
        .iter()
        .map(|attempt| attempt.request.client)
        .collect();
    clients.sort_unstable();
    clients.dedup();
    clients
}
