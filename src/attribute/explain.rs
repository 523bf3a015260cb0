//! From evidence to a verdict: ranks changes and alternatives, and says when neither will do.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    alternatives,
    breakdown::Breakdown,
    case::{Case, Reach},
    finding::{Alternative, EndedBy, Evidence, Explained, Finding, Suspect, SuspectLine, Verdict},
    inquiry::Inquiry,
    merge, parameters as p, phrase,
    recurrence::Recurrence,
    second_look::{has_moved, is_same, is_same_grant, second_look},
    unlisted,
    weigh::{self, Weighed},
};
use crate::{
    cognito::{
        history::{ConfigChange, History, Standing},
        setting::{Resource, Setting},
        undo,
    },
    detect::{EndState, Ground, Incident, Kind, Severity, begin_later},
    frame::{CoverageRow, CoverageStatus, coverage},
    ids::EventId,
    window::Window,
};

/// Changes without a mechanism are shown as looked at when they lie this near to the onset.
const SHOWN: TimeDelta = TimeDelta::hours(24);
const MOST_SHOWN: usize = 12;
/// … unless they are this likely by a mechanism that is not listed.
const SHOWN_FROM: f64 = 0.001;
/// So many witnesses a mechanism needs that is not listed.
const WITNESSES: usize = 2;
/// Fewer failures are no outage, whatever change is named for them.
const FEWEST_FAILED: u64 = 3;
/// So many failures of the normal level may stand before an onset unseen.
const FEW_BEFORE: u64 = 3;
/// A change that was not seen may be the cause only so long after it was made: files are not read
/// further back either, unless that is asked for.
const LOOKED_BACK: TimeDelta = TimeDelta::days(7);
/// A trail is complete this long after an event (domain.md §9).
const DELIVERY: TimeDelta = TimeDelta::minutes(15);

/// What explaining needs besides the outages.
pub struct Scene<'a> {
    /// Attempts, and what was looked at.
    pub ground: &'a Ground<'a>,
    /// Changes with their diffs.
    pub history: &'a History,
}

/// Explains each outage, and those that only a second look at the changes finds; outages of one
/// named change become one.
pub fn explain(incidents: Vec<Incident>, scene: &Scene<'_>) -> Explained {
    let inquiry = &Inquiry::new(scene, &incidents);
    let (mut blips, pages): (Vec<Incident>, Vec<Incident>) = incidents
        .into_iter()
        .partition(|incident| incident.severity == Severity::Blip);
    let small = seconds(second_look(&pages, inquiry), inquiry);
    blips.retain(|blip| !small.iter().any(|found| is_same(blip, &found.incident)));
    let pages = pages.into_iter();
    let pages = pages.flat_map(|incident| by_cause(incident, inquiry));
    let blips = blips.into_iter().map(|blip| finding(blip, inquiry));
    let mut findings: Vec<Finding> = pages.chain(small).collect();
    let (caused, blips): (Vec<Finding>, Vec<Finding>) = blips.partition(|blip| {
        let caused = is_caused(blip, &findings) || is_rest_of(blip, &findings);
        caused && !has_moved(inquiry, &blip.incident)
    });
    findings.extend(caused);
    findings.sort_by_key(|finding| finding.incident.onset);
    let cells = scene.ground.cells;
    let findings = merge::together(findings, cells, |incident| finding(incident, inquiry));
    let mut findings = merge::merge(findings, cells);
    for (at, finding) in findings.iter_mut().enumerate() {
        finding.number = at + 1;
        recount(finding, inquiry);
        finding.breakdown = Breakdown::new(&finding.incident, cells, scene.history);
        finding.recurrence = Recurrence::of(finding, scene.history);
    }
    Explained {
        findings,
        blips: blips.into_iter().map(|blip| blip.incident).collect(),
    }
}

/// Counts the requests that the likeliest change breaks anew where the outage is of several that
/// became one.
fn recount(finding: &mut Finding, inquiry: &Inquiry<'_>) {
    let incident = &finding.incident;
    let Some(first) = finding.suspects.first_mut() else {
        return;
    };
    if incident.kind == Kind::Absence || first.crossing.during == incident.failed {
        return;
    }
    let mut changes = inquiry.scene.history.changes().iter();
    let id = &first.change.change.event_id;
    if let Some(index) = changes.position(|change| change.change.event_id == *id) {
        first.crossing = Case::new(incident, inquiry).tally(index).crossing();
    }
}

/// What only a second look finds, where a change is named for it; each once.
fn seconds(found: Vec<Incident>, inquiry: &Inquiry<'_>) -> Vec<Finding> {
    let found = found
        .into_iter()
        .filter(|incident| !has_moved(inquiry, incident));
    let found = found.map(|incident| finding(incident, inquiry));
    let mut named: Vec<Finding> = found
        .filter(|finding| finding.verdict == Verdict::Change)
        .collect();
    named.sort_by(|a, b| b.incident.score.total_cmp(&a.incident.score));
    let mut kept: Vec<Finding> = Vec::new();
    for finding in named {
        let known = |other: &Finding| is_same_grant(&other.incident, &finding.incident);
        if !kept.iter().any(known) {
            kept.push(finding);
        }
    }
    kept
}

/// Whether a blip is an outage after all: a change is named for a silence, for failures of several
/// callers, for what did not heal by itself, or for
/// another outage too.
fn is_caused(blip: &Finding, findings: &[Finding]) -> bool {
    let incident = &blip.incident;
    let several = incident.affected.callers > 1 || incident.end_state != EndState::Recovered;
    let many = incident.failed >= FEWEST_FAILED && several;
    let enough = many || incident.kind == Kind::Absence || blip.ended_by.is_some();
    let Some(cause) = blip.named().and_then(|named| named.event_ids.first()) else {
        return false;
    };
    enough || findings.iter().any(|other| other.names(cause.as_str()))
}

/// Whether a blip is the end of an outage with a cause: a few that fail on while others recover.
fn is_rest_of(blip: &Finding, findings: &[Finding]) -> bool {
    let mut named = findings.iter().filter(|found| found.named().is_some());
    named.any(|found| found.incident.onset <= blip.incident.onset && merge::is_rest(found, blip))
}

/// Explains one outage; where no change reaches all of it, and each of its app clients' failures has a
/// change of its own (two people who each break one, a deploy that makes one mistake in several places),
/// as one for each.
fn by_cause(mut incident: Incident, inquiry: &Inquiry<'_>) -> Vec<Finding> {
    let parts = std::mem::take(&mut incident.parts);
    let whole = finding(incident, inquiry);
    let reaches_all = whole.named().is_some_and(|suspect| {
        let of_client = matches!(suspect.change.resource, Resource::Client(..));
        !of_client || whole.incident.clients.len() < 2
    });
    if reaches_all || parts.is_empty() {
        return vec![whole];
    }
    let parts = parts.into_iter().map(|part| finding(part, inquiry));
    let (named, unnamed): (Vec<Finding>, Vec<Finding>) =
        parts.partition(|part| part.verdict == Verdict::Change);
    // What nobody explains stands by itself, if it deserves to.
    let rest = unnamed
        .into_iter()
        .filter(|part| part.incident.severity == Severity::Page);
    let rest: Vec<Finding> = rest.collect();
    let several = named.len() > 1 && (whole.verdict == Verdict::Change || rest.is_empty());
    match several {
        true => [named, rest].concat(),
        false => vec![whole],
    }
}

/// Explains one outage; where failures of the normal level stand before it, from the change on
/// that explains the rest.
fn finding(incident: Incident, inquiry: &Inquiry<'_>) -> Finding {
    let found = finding_at(incident.clone(), inquiry);
    if found.verdict == Verdict::Change || incident.kind == Kind::Absence {
        return found;
    }
    let later = later_onsets(&incident, inquiry.scene)
        .into_iter()
        .map(|later| finding_at(later, inquiry))
        .find(|finding| {
            let lag = finding.suspects.first().map(|suspect| suspect.lag);
            finding.verdict == Verdict::Change
                && lag < Some(finding.incident.onset - incident.onset)
        });
    later.unwrap_or(found)
}

/// The outage as it looks from each effective change on that was made while only a few of its
/// failures had come.
fn later_onsets(incident: &Incident, scene: &Scene<'_>) -> Vec<Incident> {
    let times: BTreeSet<DateTime<Utc>> = scene
        .history
        .changes()
        .iter()
        .filter(|change| change.standing == Standing::Effective)
        .map(|change| change.change.time)
        .filter(|time| incident.onset < *time && incident.end.is_none_or(|end| *time < end))
        .collect();
    let few = |later: &Incident| {
        let before = incident.failed.saturating_sub(later.failed);
        before <= FEW_BEFORE && before * 10 <= incident.failed
    };
    let mut later: Vec<Incident> = times
        .into_iter()
        .map_while(|time| begin_later(incident, scene.ground.cells, time))
        .take_while(few)
        .collect();
    later.dedup_by(|later, earlier| later.onset == earlier.onset);
    later
}

fn finding_at(incident: Incident, inquiry: &Inquiry<'_>) -> Finding {
    let (scene, sets) = (inquiry.scene, &inquiry.sets);
    let case = Case::new(&incident, inquiry);
    let weighed = candidates(&case);
    let mut others = alternatives::weigh(&case);
    alternatives::add_what_came_with(&mut others, &weighed);
    let scores: Vec<f64> = weighed.iter().map(Weighed::score).collect();
    let odds: Vec<f64> = others.iter().map(|other| other.weight).collect();
    let (changes, alternatives) = probabilities(&scores, &odds);
    let mut ranked: Vec<(f64, Weighed)> = changes.into_iter().zip(weighed).collect();
    // The later of two equals stands first.
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.index.cmp(&a.1.index)));
    let none: f64 = alternatives.iter().sum();
    let mut verdict = verdict(&ranked, none, sets);
    let reason = reason(verdict, &case, &ranked, &others, scene);
    if verdict == Verdict::NoChange && !trail_covers(&incident, scene) {
        verdict = Verdict::Undetermined;
    }
    let named = ranked.first().filter(|_| verdict == Verdict::Change);
    let ended_by = named.and_then(|(_, top)| ended_by(&incident, top, scene.history));
    let releases = case.releases(p::RELEASED_WITHIN.micros());
    let releases = releases.into_iter().cloned().collect();
    let incident = match named {
        Some((_, top)) => begun_by(&incident, &scene.history.changes()[top.index]),
        None => incident,
    };
    Finding {
        // Known when all are.
        number: 0,
        cut: false,
        verdict,
        reason,
        provisional: provisional(&incident, scene),
        probability_no_change: none,
        alternatives: listed(&others, &alternatives),
        suspects: suspects(ranked, &incident, scene.history, sets),
        ended_by,
        one_of: Vec::new(),
        breakdown: Breakdown::default(),
        releases,
        recurrence: None,
        incident,
    }
}

fn listed(others: &[alternatives::Weighed], probabilities: &[f64]) -> Vec<Alternative> {
    let mut listed: Vec<Alternative> = others
        .iter()
        .zip(probabilities)
        .map(|(other, probability)| Alternative {
            kind: other.kind,
            probability: *probability,
        })
        .collect();
    listed.sort_by(|a, b| {
        b.probability
            .total_cmp(&a.probability)
            .then(a.kind.cmp(&b.kind))
    });
    listed
}

/// A silence begins with the change that caused it, where that lies between the last request and
/// the time by which the next was to be expected (contract.md).
fn begun_by(incident: &Incident, change: &ConfigChange) -> Incident {
    let time = change.change.time;
    let (from, to) = incident.onset_interval;
    let inside = incident.kind == Kind::Absence && from <= time && time <= to;
    Incident {
        onset: if inside { time } else { incident.onset },
        ..incident.clone()
    }
}

/// Every change that was made in time and can reach the outage's clients.
fn candidates(case: &Case<'_>) -> Vec<Weighed> {
    let deadline = case.deadline();
    let changes = case.history.changes().iter().enumerate();
    changes
        .filter(|(_, change)| change.change.time <= deadline && !change.is_beside_settings())
        .map(|(index, _)| (index, case.reach(index)))
        .map(|(index, reach)| (index, Some(reach).filter(|reach| *reach > Reach::Outside)))
        .map(|(index, reach)| (reach, weigh::weigh(case, index, reach)))
        .filter(|(reach, weighed)| reach.is_some() || weighed.unlisted.is_some())
        .map(|(_, weighed)| weighed)
        .filter(|weighed| !undone_before(case, weighed))
        .collect()
}

/// Whether the change had been put right before the outage began.
fn undone_before(case: &Case<'_>, weighed: &Weighed) -> bool {
    let cure = weighed
        .cure()
        .and_then(|cure| case.history.changes().get(cure));
    cure.is_some_and(|cure| cure.change.time < case.incident.onset)
}

/// Probabilities of the changes and of the alternatives; all sum to one.
fn probabilities(changes: &[f64], alternatives: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let all = changes.iter().chain(alternatives);
    let most = all.clone().copied().fold(f64::NEG_INFINITY, f64::max);
    let odds = |score: &f64| (score - most).exp();
    let sum: f64 = all.map(odds).sum();
    let share = |scores: &[f64]| scores.iter().map(|score| odds(score) / sum).collect();
    (share(changes), share(alternatives))
}

fn verdict(ranked: &[(f64, Weighed)], none: f64, sets: &[Option<String>]) -> Verdict {
    let Some((top, first)) = ranked.first() else {
        return Verdict::NoChange;
    };
    let set = |weighed: &Weighed| sets.get(weighed.index).cloned().flatten();
    let rivals = ranked.iter().skip(1);
    let rival = rivals
        .filter(|(_, other)| set(first).is_none() || set(other) != set(first))
        .map(|(probability, _)| *probability)
        .fold(0.0, f64::max);
    let (named, lead) = (p::NAMED.value, p::LEAD.value);
    let leads = *top >= named && *top >= lead * rival.max(none / lead);
    match (leads && is_witnessed(first), none >= p::NO_CHANGE.value) {
        (true, _) => Verdict::Change,
        (_, true) => Verdict::NoChange,
        _ => Verdict::Undetermined,
    }
}

/// Whether a listed effect is at work, or two of three witnesses stand for one that is not.
fn is_witnessed(first: &Weighed) -> bool {
    let stands =
        |unlisted: &unlisted::Weighed| unlisted.is_known || unlisted.witnesses >= WITNESSES;
    first.is_by_listed() || first.unlisted.as_ref().is_some_and(stands)
}

/// Why, in one sentence.
fn reason(
    verdict: Verdict,
    case: &Case<'_>,
    ranked: &[(f64, Weighed)],
    others: &[alternatives::Weighed],
    scene: &Scene<'_>,
) -> String {
    match (verdict, ranked.first()) {
        (Verdict::Change, Some((_, top))) => named(case, top),
        (Verdict::NoChange, _) => {
            let likeliest = others.iter().max_by(|a, b| a.weight.total_cmp(&b.weight));
            let because = likeliest.map_or(String::new(), |other| other.text.clone());
            match trail_covers(case.incident, scene) {
                true => format!("No logged change explains it: {because}."),
                false if missed_changes(case.incident, scene) => format!(
                    "Not all changes could be read, so that one cannot be excluded; without one, \
                     {because}."
                ),
                false => format!(
                    "The logs hold no CloudTrail record of the time of the onset, so that a \
                     change cannot be excluded; without one, {because}."
                ),
            }
        }
        _ => undecided(case, ranked),
    }
}

/// The sentence that names a change.
fn named(case: &Case<'_>, top: &Weighed) -> String {
    let change = &case.history.changes()[top.index].change;
    if !top.is_told_by_listed() {
        return unlisted_named(case, top);
    }
    let settings: Vec<String> = top.tally.breaks.keys().map(|s| format!("`{s}`")).collect();
    let broken = weigh::main_break(&top.tally);
    let says = broken.map_or("such requests", |broken| broken.effect.says);
    format!(
        "{} at {} changed {}, which refuses {says}.{}",
        change.name,
        phrase::clock(change.time),
        settings.join(" and "),
        also_refused(case, top),
    )
}

/// The sentence that names a change by what requests did, whatever its mechanism.
fn unlisted_named(case: &Case<'_>, top: &Weighed) -> String {
    let change = &case.history.changes()[top.index].change;
    let mut strongest: Vec<&Evidence> = top
        .facts()
        .iter()
        .filter(|fact| fact.weight > 0.0)
        .collect();
    strongest.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let said: Vec<&str> = strongest
        .iter()
        .take(2)
        .map(|fact| fact.text.as_str())
        .collect();
    format!(
        "{} at {} came {} before the onset. {}",
        change.name,
        phrase::clock(change.time),
        phrase::duration(case.incident.onset - change.time),
        said.join(" "),
    )
}

/// A sentence on a later change that would have caused the outage alone: undoing the first would
/// not have ended it.
fn also_refused(case: &Case<'_>, top: &Weighed) -> String {
    let end = case.incident.end.unwrap_or(case.window.end);
    let changes = case.history.changes().iter().enumerate();
    let mut later = changes.skip(top.index + 1).filter(|(index, change)| {
        change.standing == Standing::Effective
            && change.change.time <= end
            && case.reach(*index) >= Reach::Pool
            && case.refuses_all(*index)
    });
    later.next().map_or(String::new(), |(_, change)| {
        format!(
            " {} at {} refuses them too: it takes both to be put back.",
            change.change.name,
            phrase::clock(change.change.time)
        )
    })
}

/// The sentence that says what is missing to decide.
fn undecided(case: &Case<'_>, ranked: &[(f64, Weighed)]) -> String {
    let possible: Vec<&(f64, Weighed)> = ranked.iter().filter(|(p, _)| *p >= 0.05).collect();
    let untold = possible
        .iter()
        .any(|(_, weighed)| weighed.tally.untold > 0.5 * weighed.tally.failed);
    let statuses = case
        .incident
        .errors
        .keys()
        .all(|code| code.starts_with("http_"));
    let missing = if untold {
        "the logs do not carry the attribute of the requests (redirect URI, scope, settings \
         before) that would decide"
    } else if case.incident.kind == Kind::Failures && statuses {
        "the trail shows only the status; an application log with the error code would decide"
    } else if case.incident.last_success.is_none() {
        "no success of the kind is on record before the onset"
    } else {
        "no request tells the explanations apart"
    };
    match possible[..] {
        [] => format!("The logs cannot decide: {missing}."),
        [(_, one)] => format!(
            "{} may have caused it, but {missing}.",
            case.history.changes()[one.index].change.name
        ),
        _ => format!("{} changes may have caused it: {missing}.", possible.len()),
    }
}

/// Whether some trail of the outage's account says anything around its onset.
fn trail_covers(incident: &Incident, scene: &Scene<'_>) -> bool {
    if missed_changes(incident, scene) {
        return false;
    }
    scene.ground.coverage.iter().any(|row| {
        let gap = |gap: &Window| gap.contains(incident.onset);
        row.source == "trail"
            && row.status != CoverageStatus::Denied
            && is_of(&incident.account, &row.account)
            && is_of(&incident.region, &row.region)
            && row.from <= incident.onset + DELIVERY
            && incident.onset <= row.to + DELIVERY
            && !row.gaps.iter().any(gap)
    })
}

/// Whether a row may be of the outage's account or Region, as far as the outage's is known.
fn is_of<T: PartialEq>(ours: &Option<T>, theirs: &Option<T>) -> bool {
    ours.is_none() || ours == theirs
}

/// Whether changes around the onset were asked for and not all seen.
fn missed_changes(incident: &Incident, scene: &Scene<'_>) -> bool {
    scene.ground.coverage.iter().any(|row| {
        let same = row.account.is_none() || is_of(&incident.account, &row.account);
        let here = row.region.is_none() || is_of(&incident.region, &row.region);
        let missed =
            |gap: &Window| gap.start <= incident.onset && incident.onset - LOOKED_BACK < gap.end;
        row.source == coverage::CHANGES && same && here && row.gaps.iter().any(missed)
    })
}

/// Whether a source that could hold the cause may still be incomplete at the onset.
fn provisional(incident: &Incident, scene: &Scene<'_>) -> bool {
    let trails = scene
        .ground
        .coverage
        .iter()
        .filter(|row| row.source == "trail");
    let ours = trails.filter(|row| incident.account.is_none() || row.account == incident.account);
    let latest = ours
        .filter(|row| incident.region.is_none() || row.region == incident.region)
        .map(|row| row.complete_until.max(heard(row, scene) - DELIVERY))
        .max();
    latest.is_none_or(|until| until < incident.onset + DELIVERY)
}

/// When the trail of a row told of something last, requests or changes.
fn heard(row: &CoverageRow, scene: &Scene<'_>) -> DateTime<Utc> {
    let changes = scene.history.changes().iter().map(|change| &change.change);
    let own = |told: &Option<String>, row: Option<&str>| told.is_none() || told.as_deref() == row;
    let ours = changes.filter(|change| {
        own(&change.account, row.account.as_ref().map(|id| id.as_str()))
            && own(&change.region, row.region.as_ref().map(|id| id.as_str()))
    });
    let last = ours.map(|change| change.time).max();
    last.map_or(row.to, |last| last.max(row.to))
}

fn ended_by(incident: &Incident, top: &Weighed, history: &History) -> Option<EndedBy> {
    let cure = history.changes().get(top.cure()?)?;
    incident
        .recovered
        .filter(|time| *time >= cure.change.time)?;
    Some(EndedBy {
        event_id: EventId::new(&cure.change.event_id),
        event_time: cure.change.time,
    })
}

/// The changes as they are reported, the likeliest first: those with a mechanism, and those that
/// were looked at and found innocent, nearest to the onset.
fn suspects(
    ranked: Vec<(f64, Weighed)>,
    incident: &Incident,
    history: &History,
    sets: &[Option<String>],
) -> Vec<Suspect> {
    let all: f64 = ranked.iter().map(|(probability, _)| probability).sum();
    let (possible, innocent): (Vec<_>, Vec<_>) =
        ranked.into_iter().partition(|(probability, weighed)| {
            weighed.innocent.is_none() || *probability >= SHOWN_FROM
        });
    let near = |(_, weighed): &(f64, Weighed)| {
        let time = history.changes()[weighed.index].change.time;
        incident.onset - time <= SHOWN
    };
    let shown = MOST_SHOWN.saturating_sub(possible.len());
    let mut innocent: Vec<_> = innocent.into_iter().filter(near).collect();
    innocent.sort_by_key(|(_, weighed)| std::cmp::Reverse(weighed.index));
    let mut listed: Vec<_> = possible;
    listed.extend(innocent.into_iter().take(shown));
    listed.sort_by(|a, b| b.0.total_cmp(&a.0));
    // What the hidden ones have is given to those that are shown: together they are all there is.
    let shown: f64 = listed.iter().map(|(probability, _)| probability).sum();
    let scale = match shown > 0.0 {
        true => all / shown,
        false => 1.0,
    };
    listed
        .into_iter()
        .map(|(probability, weighed)| {
            suspect(probability * scale, weighed, incident, history, sets)
        })
        .collect()
}

fn suspect(
    probability: f64,
    weighed: Weighed,
    incident: &Incident,
    history: &History,
    sets: &[Option<String>],
) -> Suspect {
    let change: &ConfigChange = &history.changes()[weighed.index];
    let crossing = weighed.tally.crossing();
    let guilty: Vec<Setting> = weighed.tally.breaks.keys().cloned().collect();
    let region = incident.region.as_ref().map(|region| region.as_str());
    let undo = (!guilty.is_empty()).then(|| undo::undo(history, weighed.index, &guilty, region));
    let mut evidence: Vec<Evidence> = weighed.facts().to_vec();
    evidence.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    Suspect {
        probability,
        crossing,
        event_ids: vec![EventId::new(&change.change.event_id)],
        actors: Vec::new(),
        lag: incident.onset - change.change.time,
        change_set: sets.get(weighed.index).cloned().flatten(),
        diff: change
            .diff
            .iter()
            .map(|line| SuspectLine {
                guilty: guilty.contains(&line.setting),
                line: line.clone(),
            })
            .collect(),
        change: change.clone(),
        evidence,
        undo,
    }
}
