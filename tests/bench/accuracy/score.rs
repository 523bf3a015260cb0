//! One incident: what the analysis said of it, held against the truth.

use std::fmt;

use chrono::{DateTime, Utc};
use trailblame::{
    attribute::{self, EvidenceKind, Finding, Scene, Verdict},
    cognito::history::History,
    detect::{self, Ground},
    frame::{Bounds, Cells, Fold},
    ids::EventId,
    record,
};

use super::baselines;
use crate::world::incidents::{Case, Outage, classes::Guilt};

/// A finding may begin and end so much beside the truth, in seconds.
const BESIDE: i64 = 900;
/// Outages of so many broken requests must be found.
pub const LARGE: usize = 30;

/// How one incident was answered.
#[derive(Clone, Debug)]
pub struct Scored {
    pub class: &'static str,
    pub seed: u64,
    pub decidable: bool,
    /// Whether a change is guilty; `None` when there is no outage.
    pub guilty: Option<bool>,
    pub broken: usize,
    pub found: bool,
    /// Whether it shows as a silence.
    pub absence: bool,
    /// Seconds between the onset found and the true one.
    pub onset_error: Option<i64>,
    pub said: Said,
    /// Place of the guilty change among the suspects, from 1.
    pub rank: Option<usize>,
    /// Probability of the likeliest explanation, and whether it was the right one.
    pub believed: Option<(f64, bool)>,
    /// The same at each of [`TEMPERATURES`].
    pub believed_at: Option<[(f64, bool); TEMPERATURES.len()]>,
    /// Findings where nothing was.
    pub false_alarms: usize,
    /// Findings without a guilty change that name one.
    pub accused_beside: usize,
    pub client_weeks: f64,
    pub reason: String,
    /// What simpler rules say, in the order of [`baselines::RULES`].
    pub baselines: [Said; 6],
    /// What is said without each kind of evidence, in the order of [`KINDS`].
    pub without: [Said; 5],
}

/// Kinds of evidence, each left out in turn.
pub const KINDS: [(EvidenceKind, &str); 5] = [
    (EvidenceKind::Replay, "replay"),
    (EvidenceKind::Time, "exposure clock"),
    (EvidenceKind::Scope, "scope"),
    (EvidenceKind::Healing, "healing"),
    (EvidenceKind::Prior, "prior"),
];

/// Temperatures among which the best is looked for; 1 is the model as it stands.
pub const TEMPERATURES: [f64; 12] = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 1.8, 2.0];

/// What was said of the outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// A guilty change was named.
    Right,
    /// An innocent change was named.
    Wrong,
    NoChange,
    Undetermined,
    /// Nothing: it was not found, or there was none.
    Nothing,
}

impl Scored {
    pub fn is_right(&self) -> bool {
        let answered = match self.guilty {
            Some(true) => self.said == Said::Right,
            Some(false) => self.said != Said::Wrong && self.found,
            None => true,
        };
        answered && self.false_alarms == 0 && self.accused_beside == 0
    }
}

impl Scored {
    /// How good the answer is: 0 when somebody innocent is accused.
    #[allow(dead_code, reason = "the tests have no decoys")]
    pub fn merit(&self) -> u8 {
        let accused = self.said == Said::Wrong || self.accused_beside > 0;
        match (accused, self.is_right()) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => 2,
        }
    }
}

impl fmt::Display for Scored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.absence { "silence" } else { "failures" };
        write!(
            f,
            "{} {}: {} broken ({kind}), {:?}, {} false alarms: {}",
            self.class, self.seed, self.broken, self.said, self.false_alarms, self.reason
        )
    }
}

/// Analyses the incident as `trailblame investigate` does.
pub fn analyse(case: &Case) -> (Vec<Finding>, Cells, History) {
    let mut fold = Fold::new(Bounds::default());
    let logs = [
        ("trail", Some(&case.trail)),
        ("application", case.application.as_ref()),
    ];
    for (name, bytes) in logs {
        let Some(bytes) = bytes else { continue };
        fold.begin(name);
        record::read(&bytes[..], name, |record| fold.take(record)).expect("a log");
        fold.end(bytes.len() as u64, None);
    }
    let frames = fold.finish(&[]);
    let history = History::new(frames.changes, Vec::new());
    let cells = frames.cells.with_lost(&frames.aside);
    let ground = Ground::new(&cells, &frames.coverage, frames.window).with_callers(&frames.callers);
    let incidents = detect::detect(&ground, &detect::Config::default());
    let scene = Scene {
        ground: &ground,
        history: &history,
    };
    let findings = attribute::explain(incidents, &scene).findings;
    (findings, cells, history)
}

pub fn score(case: &Case) -> Scored {
    let (findings, cells, history) = analyse(case);
    let truth = &case.truth;
    let of = |outage: &Outage| -> Vec<&Finding> {
        let findings = findings.iter();
        findings.filter(|finding| is_of(finding, outage)).collect()
    };
    let guilty = match case.class.guilt {
        Guilt::Change => Some(!truth.culprits.is_empty()),
        Guilt::Nobody => Some(false),
        Guilt::NoOutage => None,
    };
    let guilty = truth.outage.as_ref().and(guilty);
    let mut ours: Vec<&Finding> = truth.outage.as_ref().map(of).unwrap_or_default();
    // The one that names a guilty change, else the largest.
    ours.sort_by_key(|finding| {
        let named = said(finding, &truth.culprits) == Said::Right;
        (!named, std::cmp::Reverse(finding.incident.failed))
    });
    let beside: Vec<&Finding> = truth.others.iter().flat_map(of).collect();
    let unknown = findings.iter().filter(|finding| {
        let known = ours.iter().chain(&beside);
        known
            .clone()
            .all(|known| known.incident.id != finding.incident.id)
    });
    let unknown: Vec<&Finding> = unknown.collect();
    let accuses = |finding: &&&Finding| said(finding, &truth.culprits) == Said::Wrong;
    let first = ours.first();
    let clients = truth.outage.as_ref().map(|outage| outage.clients.clone());
    let clients = clients.unwrap_or_default();
    Scored {
        baselines: baselines::answers(&ours, &cells, &history, &clients, &truth.culprits),
        without: KINDS.map(|(kind, _)| {
            first.map_or(Said::Nothing, |finding| {
                let (verdict, place) = baselines::without(finding, kind);
                let named = finding.suspects.get(place);
                let ids = named.map(|named| named.event_ids.as_slice());
                says(verdict, ids.unwrap_or_default(), &truth.culprits)
            })
        }),
        class: case.class.name,
        seed: case.seed,
        decidable: case.decidable,
        guilty,
        broken: truth.outage.as_ref().map_or(0, |outage| outage.broken),
        absence: truth.outage.as_ref().is_some_and(|outage| outage.absence),
        found: first.is_some(),
        onset_error: first
            .zip(truth.outage.as_ref())
            .map(|(finding, outage)| (finding.incident.onset.timestamp() - outage.onset).abs()),
        said: match ours
            .iter()
            .any(|finding| said(finding, &truth.culprits) == Said::Wrong)
        {
            true => Said::Wrong,
            false => first.map_or(Said::Nothing, |finding| said(finding, &truth.culprits)),
        },
        rank: first.and_then(|finding| {
            let mut suspects = finding.suspects.iter();
            let place = suspects.position(|suspect| {
                suspect
                    .event_ids
                    .iter()
                    .any(|id| truth.culprits.contains(&id.to_string()))
            });
            place.map(|place| place + 1)
        }),
        believed: first.map(|finding| believed(finding, &truth.culprits, 1.0)),
        believed_at: first
            .map(|finding| TEMPERATURES.map(|at| believed(finding, &truth.culprits, at))),
        false_alarms: unknown.len(),
        accused_beside: unknown.iter().filter(accuses).count()
            + beside
                .iter()
                .filter(|finding| {
                    ours.iter()
                        .all(|own| own.incident.id != finding.incident.id)
                })
                .filter(|finding| said(finding, &truth.culprits) == Said::Wrong)
                .count(),
        client_weeks: case.clients as f64 / 7.0,
        reason: first.map_or_else(
            || {
                unknown
                    .first()
                    .map_or(String::new(), |finding| finding.reason.clone())
            },
            |finding| finding.reason.clone(),
        ),
    }
}

fn is_of(finding: &Finding, outage: &Outage) -> bool {
    let seconds = |time: DateTime<Utc>| time.timestamp();
    let incident = &finding.incident;
    let start = seconds(incident.onset);
    let end = incident.end.map_or(i64::MAX, seconds);
    let meets = start <= outage.end + BESIDE && outage.onset - BESIDE <= end;
    let clients = incident.clients.iter();
    let shares = clients
        .clone()
        .any(|id| outage.clients.contains(&id.as_str()));
    meets && (shares || incident.clients.is_empty())
}

fn said(finding: &Finding, culprits: &[String]) -> Said {
    let named = finding.suspects.first();
    let ids = named.map(|named| named.event_ids.as_slice());
    says(finding.verdict, ids.unwrap_or_default(), culprits)
}

fn says(verdict: Verdict, named: &[EventId], culprits: &[String]) -> Said {
    match verdict {
        Verdict::Change if named.iter().any(|id| culprits.contains(&id.to_string())) => Said::Right,
        Verdict::Change => Said::Wrong,
        Verdict::NoChange => Said::NoChange,
        Verdict::Undetermined => Said::Undetermined,
    }
}

/// The probability of the likeliest explanation at a temperature, and whether it is the right one.
fn believed(finding: &Finding, culprits: &[String], temperature: f64) -> (f64, bool) {
    let tempered = |probability: f64| probability.powf(1.0 / temperature);
    let others = finding.alternatives.iter();
    let none: f64 = others.map(|other| tempered(other.probability)).sum();
    let suspects = finding.suspects.iter();
    let suspects: Vec<f64> = suspects.map(|one| tempered(one.probability)).collect();
    let all = none + suspects.iter().sum::<f64>();
    let top = finding.suspects.first().zip(suspects.first());
    match top {
        Some((top, odds)) if *odds >= none => {
            let mut ids = top.event_ids.iter();
            let right = ids.any(|id| culprits.contains(&id.to_string()));
            (odds / all, right)
        }
        _ => (none / all, culprits.is_empty()),
    }
}
