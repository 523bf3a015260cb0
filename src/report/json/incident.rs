//! An incident with its suspects, as the contract has it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{
    attribute::{
        EvidenceKind, Finding, Suspect,
        breakdown::{self, AttributeKind},
    },
    cognito::{
        history::{ConfigChange, DiffLine},
        setting::{Resource, Setting},
        shown,
    },
    report::words::{self, rfc3339},
};

#[derive(Serialize)]
pub(super) struct Incident<'a> {
    id: &'a str,
    number: usize,
    account_id: Option<&'a str>,
    region: Option<&'a str>,
    user_pool_id: Option<&'a str>,
    client_ids: Vec<&'a str>,
    kind: &'static str,
    onset: String,
    onset_interval: [String; 2],
    begun_before: bool,
    end: Option<String>,
    end_state: &'static str,
    provisional: bool,
    failed: u64,
    total: u64,
    attempts: Option<f64>,
    callers: Option<usize>,
    known_callers: Option<usize>,
    set_apart: Option<u64>,
    expected: Option<f64>,
    users: Option<u64>,
    errors: &'a BTreeMap<String, u64>,
    grants: &'a BTreeMap<String, u64>,
    first_failed_event_id: Option<&'a str>,
    last_success: Option<String>,
    verdict: &'static str,
    reason: String,
    probability_no_change: f64,
    alternatives: Vec<Alternative>,
    suspects: Vec<SuspectRow<'a>>,
    one_of: Vec<&'a str>,
    ended_by: Option<EndedBy<'a>>,
    why_failed: Vec<Attribute<'a>>,
    releases: Vec<Release<'a>>,
    recurrence: Option<Recurrence<'a>>,
}

/// An attribute of the failed requests.
#[derive(Serialize)]
struct Attribute<'a> {
    attribute: &'static str,
    distinct: usize,
    unknown: u64,
    values: Vec<Share<'a>>,
}

#[derive(Serialize)]
struct Share<'a> {
    value: &'a str,
    failed: u64,
    note: Option<String>,
}

/// A release of the application shortly before the onset.
#[derive(Serialize)]
struct Release<'a> {
    event_id: &'a str,
    event_name: &'a str,
    event_time: String,
    actor: Option<&'a str>,
}

/// How often the same change was made before.
#[derive(Serialize)]
struct Recurrence<'a> {
    times: usize,
    first: String,
    last: String,
    setting: &'a str,
    lost: &'a [String],
}

#[derive(Serialize)]
struct Alternative {
    kind: &'static str,
    probability: f64,
}

#[derive(Serialize)]
struct SuspectRow<'a> {
    rank: usize,
    probability: f64,
    event_id: &'a str,
    event_ids: Vec<&'a str>,
    event_name: &'a str,
    event_source: &'a str,
    event_time: String,
    lag_seconds: i64,
    actor: Option<&'a str>,
    actors: Vec<&'a str>,
    actor_chain: &'a [String],
    tool: Option<&'a str>,
    source_ip: Option<&'a str>,
    change_set: Option<&'a str>,
    diff: Vec<Diff<'a>>,
    evidence: Vec<Evidence>,
    undo: Option<Undo<'a>>,
}

/// One setting of a diff.
#[derive(Serialize)]
pub(in crate::report) struct Diff<'a> {
    setting: &'a str,
    before: Option<Value>,
    after: Option<Value>,
    known: &'static str,
    guilty: bool,
}

impl<'a> Diff<'a> {
    pub(in crate::report) fn new(resource: &Resource, line: &'a DiffLine, guilty: bool) -> Self {
        let shown = shown::line(resource, line);
        Self {
            setting: &line.setting.0,
            before: shown.before.value().cloned(),
            after: shown.after.value().cloned(),
            known: words::certainty(line),
            guilty,
        }
    }
}

#[derive(Serialize)]
struct Evidence {
    kind: &'static str,
    weight: f64,
    text: String,
}

/// What the same call reset besides, and the command that puts that back together with the rest.
#[derive(Serialize)]
struct Resets<'a> {
    settings: Vec<&'a str>,
    command: Option<&'a str>,
    assumed: Vec<&'a str>,
}

#[derive(Serialize)]
struct Undo<'a> {
    kind: &'a str,
    command: Option<&'a str>,
    assumed: Vec<&'a str>,
    steps: &'a [String],
    also_reset: Option<Resets<'a>>,
}

#[derive(Serialize)]
struct EndedBy<'a> {
    event_id: &'a str,
    event_time: String,
}

impl<'a> Incident<'a> {
    pub(super) fn new(finding: &'a Finding) -> Self {
        let incident = &finding.incident;
        let (from, to) = incident.onset_interval;
        let (suspects, probability_no_change) = probabilities(finding);
        let counted = incident.affected.callers > 0;
        Self {
            id: &incident.id,
            number: finding.number,
            account_id: incident.account.as_ref().map(|id| id.as_str()),
            region: incident.region.as_ref().map(|id| id.as_str()),
            user_pool_id: incident.user_pool.as_ref().map(|id| id.as_str()),
            client_ids: incident.clients.iter().map(|id| id.as_str()).collect(),
            kind: words::kind(incident.kind),
            onset: rfc3339(incident.onset),
            onset_interval: [rfc3339(from), rfc3339(to)],
            begun_before: incident.begun_before,
            end: incident.end.map(rfc3339),
            end_state: words::end_state(incident.end_state),
            provisional: finding.provisional,
            failed: incident.failed,
            total: incident.total,
            attempts: counted.then_some(rounded(incident.affected.attempts, 1)),
            callers: counted.then_some(incident.affected.callers),
            known_callers: counted.then_some(incident.affected.known_callers),
            set_apart: counted.then_some(incident.affected.set_apart),
            expected: incident.expected.map(|expected| rounded(expected, 1)),
            users: incident.users,
            errors: &incident.errors,
            grants: &incident.grants,
            first_failed_event_id: incident
                .first_failed_event_id
                .as_ref()
                .map(|id| id.as_str()),
            last_success: incident.last_success.map(rfc3339),
            verdict: words::verdict(finding.verdict),
            reason: words::utc(&finding.reason),
            probability_no_change,
            alternatives: alternatives(finding),
            suspects,
            one_of: finding.one_of.iter().map(|id| id.as_str()).collect(),
            ended_by: finding.ended_by.as_ref().map(|ended| EndedBy {
                event_id: ended.event_id.as_str(),
                event_time: rfc3339(ended.event_time),
            }),
            why_failed: finding
                .breakdown
                .attributes
                .iter()
                .map(why_failed)
                .collect(),
            releases: finding.releases.iter().map(release).collect(),
            recurrence: finding.recurrence.as_ref().map(|recurrence| Recurrence {
                times: recurrence.times,
                first: rfc3339(recurrence.first),
                last: rfc3339(recurrence.last),
                setting: recurrence.setting.as_str(),
                lost: &recurrence.lost,
            }),
        }
    }
}

fn why_failed(attribute: &breakdown::Attribute) -> Attribute<'_> {
    let values = attribute.values.iter().map(|share| Share {
        value: &share.value,
        failed: share.failed,
        note: share.note.as_deref().map(words::utc),
    });
    Attribute {
        attribute: match attribute.kind {
            AttributeKind::Endpoint => "endpoint",
            AttributeKind::Grant => "grant",
            AttributeKind::RedirectUri => "redirect_uri",
            AttributeKind::Scopes => "scopes",
            AttributeKind::IdentityProvider => "identity_provider",
            AttributeKind::Error => "error",
            AttributeKind::ErrorText => "error_text",
            AttributeKind::UserAgent => "user_agent",
            AttributeKind::SourceIp => "source_ip",
        },
        distinct: attribute.distinct,
        unknown: attribute.unknown,
        values: values.collect(),
    }
}

fn release(release: &ConfigChange) -> Release<'_> {
    let change = &release.change;
    Release {
        event_id: &change.event_id,
        event_name: &change.name,
        event_time: rfc3339(change.time),
        actor: change.actor.as_deref(),
    }
}

/// The suspects, and the probability that no change did it: rounded together, since their sum is
/// one.
fn probabilities(finding: &Finding) -> (Vec<SuspectRow<'_>>, f64) {
    let suspects = finding.suspects.iter();
    let mut all: Vec<f64> = suspects.map(|suspect| suspect.probability).collect();
    all.push(finding.probability_no_change);
    let printed = rounded_together(&all);
    let suspects = finding.suspects.iter().zip(&printed).enumerate();
    let suspects = suspects.map(|(at, (suspect, printed))| SuspectRow::new(at, suspect, *printed));
    (suspects.collect(), printed.last().copied().unwrap_or(0.0))
}

fn alternatives(finding: &Finding) -> Vec<Alternative> {
    let all = finding.alternatives.iter().map(|other| other.probability);
    let printed = rounded_together(&all.collect::<Vec<f64>>());
    let alternatives = finding.alternatives.iter().zip(printed);
    alternatives
        .map(|(other, probability)| Alternative {
            kind: words::alternative(other.kind),
            probability,
        })
        .collect()
}

impl<'a> SuspectRow<'a> {
    fn new(at: usize, suspect: &'a Suspect, probability: f64) -> Self {
        let change = &suspect.change.change;
        Self {
            rank: at + 1,
            probability,
            event_id: &change.event_id,
            event_ids: suspect.event_ids.iter().map(|id| id.as_str()).collect(),
            event_name: &change.name,
            event_source: &change.service,
            event_time: rfc3339(change.time),
            lag_seconds: (suspect.lag.as_seconds_f64()).round() as i64,
            actor: change.actor.as_deref(),
            actors: words::actors(suspect).collect(),
            actor_chain: &change.actor_chain,
            tool: change.tool.as_deref(),
            source_ip: change.source_ip.as_deref(),
            change_set: suspect.change_set.as_deref(),
            diff: suspect
                .diff
                .iter()
                .map(|line| Diff::new(&suspect.change.resource, &line.line, line.guilty))
                .collect(),
            evidence: suspect
                .evidence
                .iter()
                .map(|fact| Evidence {
                    kind: evidence(fact.kind),
                    weight: rounded(fact.weight, 2),
                    text: words::utc(&fact.text),
                })
                .collect(),
            undo: suspect.undo.as_ref().map(|undo| Undo {
                kind: undo.kind,
                command: undo.command.as_deref(),
                assumed: undo.assumed.iter().map(Setting::as_str).collect(),
                steps: &undo.steps,
                also_reset: undo.resets.as_ref().map(|resets| Resets {
                    settings: resets.settings.iter().map(Setting::as_str).collect(),
                    command: resets.command.as_deref(),
                    assumed: resets.assumed.iter().map(Setting::as_str).collect(),
                }),
            }),
        }
    }
}

fn evidence(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Replay => "replay",
        EvidenceKind::Time => "time",
        EvidenceKind::Scope => "scope",
        EvidenceKind::Healing => "healing",
        EvidenceKind::Prior => "prior",
    }
}

fn rounded(number: f64, digits: i32) -> f64 {
    let scale = 10f64.powi(digits);
    (number * scale).round() / scale
}

/// Steps of a printed probability.
const STEPS: f64 = 1e6;

/// Numbers rounded so that their sum is that of the numbers rounded, and their order stays: what
/// rounding down leaves goes to those that lost most (largest remainder).
fn rounded_together(numbers: &[f64]) -> Vec<f64> {
    let scaled: Vec<f64> = numbers.iter().map(|number| number * STEPS).collect();
    let mut steps: Vec<f64> = scaled.iter().map(|number| number.floor()).collect();
    let left = (scaled.iter().sum::<f64>().round() - steps.iter().sum::<f64>()).max(0.0);
    let mut places: Vec<usize> = (0..steps.len()).collect();
    places.sort_by(|a, b| scaled[*b].fract().total_cmp(&scaled[*a].fract()));
    for place in places.into_iter().take(left as usize) {
        steps[place] += 1.0;
    }
    steps.into_iter().map(|steps| steps / STEPS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_probabilities_keep_their_sum_and_their_order() {
        // Each of these alone would be rounded to nothing.
        let mut many = vec![0.6, 0.2];
        many.extend(std::iter::repeat_n(0.2 / 600_000.0, 600_000));
        let printed = rounded_together(&many);
        assert!((printed.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(printed.windows(2).all(|pair| pair[0] >= pair[1]));
        assert_eq!(
            rounded_together(&[1.0 / 3.0; 3]),
            [0.333334, 0.333333, 0.333333]
        );
        assert_eq!(rounded_together(&[]), Vec::<f64>::new());
    }
}
