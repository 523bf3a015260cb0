//! Holds an answer against the truth of its world.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    answer::{Answer, Found, Suspect, Verdict},
    rivals::{self, Rivals},
    truth::{Incident, Kind, Truth},
    worlds::World,
};

/// So much beside the truth, in seconds, an incident may be told and still be the same: it ended
/// before the true one began, begins after the true one ended, or begins before it.
const BEFORE: f64 = 60.0;
const AFTER: f64 = 900.0;
const EARLY: f64 = 1800.0;
/// The same for requests that stopped: when that was, nobody can say to the minute.
const BESIDE_ABSENCE: f64 = 1800.0;
/// So far from one the probabilities of an incident may add up.
const ROUNDING: f64 = 1e-3;

/// How a world was answered.
#[derive(Serialize)]
pub struct Judged {
    pub seed: Option<u64>,
    pub kind: String,
    pub folder: String,
    pub days: f64,
    pub client_weeks: Option<f64>,
    /// Why there is no answer.
    pub failed: Option<String>,
    pub incidents: Vec<Outcome>,
    /// What was reported beside.
    pub extras: Vec<Extra>,
    pub accusations: Vec<Claim>,
    /// What is wrong, a line each.
    pub wrong: Vec<String>,
}

/// A true incident, and what was said of it.
#[derive(Serialize)]
pub struct Outcome {
    pub required: bool,
    pub guilty: bool,
    pub absence: bool,
    pub family: String,
    /// In what words its failures are told.
    pub told_as: Option<String>,
    pub listed: Option<bool>,
    pub visible: Option<usize>,
    pub onset: DateTime<Utc>,
    pub found: bool,
    /// Seconds between the onset that is told and the true one.
    pub onset_error: Option<f64>,
    pub said: Said,
    /// The first suspect: is it a guilty one?
    pub first: Option<Claim>,
    /// Whether the program's own rules say of a guilty change that it refuses what failed.
    pub replayed: bool,
    pub rivals: Rivals,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// A guilty change is named.
    Right,
    /// An innocent one is named.
    Wrong,
    NoChange,
    Undetermined,
    /// It is not reported at all.
    Nothing,
}

/// A probability that was told, and whether it was so.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Claim {
    pub probability: f64,
    pub right: bool,
}

/// An incident that is reported and is no other than one already met, or none.
#[derive(Serialize)]
pub struct Extra {
    pub onset: DateTime<Utc>,
    pub absence: bool,
    pub failed: u64,
    /// Whether it is a piece of a true one; else it is a false alarm.
    pub piece: bool,
}

/// Judges what was answered, or that nothing was.
pub fn judge(world: &World, truth: &Truth, answer: Result<Answer, String>) -> Judged {
    let (found, failed) = match answer {
        Ok(answer) => (answer.incidents, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let matches = matches(&truth.incidents, &found);
    let mut wrong: Vec<String> = failed.iter().cloned().collect();
    let pairs = truth.incidents.iter().zip(&matches);
    let outcomes = pairs.map(|(incident, place)| {
        let hit = place.map(|place| &found[place]);
        wrong.extend(complaint(truth, incident, hit));
        outcome(truth, incident, hit)
    });
    let incidents: Vec<Outcome> = outcomes.collect();
    let used: BTreeSet<usize> = matches.into_iter().flatten().collect();
    let beside = found.iter().enumerate();
    let beside = beside.filter(|(place, _)| !used.contains(place));
    let extras: Vec<Extra> = beside.map(|(_, found)| extra(truth, found)).collect();
    let unmatched = found.iter().enumerate();
    let unmatched = unmatched.filter(|(place, _)| !used.contains(place));
    wrong.extend(unmatched.map(|(_, found)| superfluous(truth, found)));
    wrong.extend(found.iter().filter_map(unsummed));
    let accused = found
        .iter()
        .filter(|found| found.verdict == Verdict::Change);
    Judged {
        seed: world.seed,
        kind: world.kind.clone(),
        folder: world.folder.display().to_string(),
        days: truth.window.days(),
        client_weeks: truth.client_weeks,
        failed,
        incidents,
        extras,
        accusations: accused.map(|found| accusation(truth, found)).collect(),
        wrong,
    }
}

/// For each true incident the place of the one that is told of it. Those that have to be found
/// choose first, each the nearest in onset.
fn matches(incidents: &[Incident], found: &[Found]) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..incidents.len()).collect();
    order.sort_by_key(|place| !incidents[*place].must_be_found);
    let mut matches = vec![None; incidents.len()];
    for place in order {
        let incident = &incidents[place];
        let free = (0..found.len()).filter(|at| !matches.contains(&Some(*at)));
        let same = free.filter(|at| is_same(&found[*at], incident));
        matches[place] = same.min_by_key(|at| (found[*at].onset - incident.onset).abs());
    }
    matches
}

/// Whether a reported incident is the true one: overlap in time and an app client in common.
fn is_same(found: &Found, incident: &Incident) -> bool {
    let seconds = |time: DateTime<Utc>| time.timestamp_millis() as f64 / 1e3;
    let end_of = |end: Option<DateTime<Utc>>| end.map_or(f64::INFINITY, seconds);
    let (onset, end) = (seconds(found.onset), end_of(found.end));
    let (start, stop) = (seconds(incident.onset), end_of(incident.end));
    let absent = incident.kind == Kind::Absence;
    let (before, after) = match absent {
        true => (BESIDE_ABSENCE, BESIDE_ABSENCE),
        false => (BEFORE, AFTER),
    };
    let may_be_early = absent || found.kind == Kind::Absence;
    let meets =
        end >= start - before && onset <= stop + after && (may_be_early || onset >= start - EARLY);
    let (ours, theirs) = (&found.client_ids, &incident.client_ids);
    let shares = ours.iter().any(|client| theirs.contains(client));
    meets && (shares || ours.is_empty() || theirs.is_empty())
}

fn outcome(truth: &Truth, incident: &Incident, hit: Option<&Found>) -> Outcome {
    let guilty = &incident.guilty_event_ids;
    let first = hit.and_then(|found| found.suspects.first());
    let replayed = hit.is_some_and(|found| {
        let mut suspects = found.suspects.iter();
        suspects.any(|suspect| suspect.has_one_of(guilty) && suspect.is_replayed())
    });
    Outcome {
        required: incident.must_be_found,
        guilty: !guilty.is_empty(),
        absence: incident.kind == Kind::Absence,
        family: incident.family.clone(),
        told_as: incident.told_as.clone(),
        listed: incident.listed,
        visible: incident.visible,
        onset: incident.onset,
        found: hit.is_some(),
        onset_error: hit
            .map(|found| (found.onset - incident.onset).num_milliseconds().abs() as f64 / 1e3),
        said: hit.map_or(Said::Nothing, |found| said(found, guilty)),
        first: first.map(|suspect| claim(suspect, suspect.is_among(guilty))),
        replayed,
        rivals: rivals::answers(truth, incident),
    }
}

fn said(found: &Found, guilty: &BTreeSet<String>) -> Said {
    let first = found.suspects.first();
    match found.verdict {
        Verdict::Change if first.is_some_and(|first| first.is_among(guilty)) => Said::Right,
        Verdict::Change => Said::Wrong,
        Verdict::NoChange => Said::NoChange,
        Verdict::Undetermined => Said::Undetermined,
    }
}

fn claim(suspect: &Suspect, right: bool) -> Claim {
    Claim {
        probability: suspect.probability,
        right,
    }
}

/// True incidents that the reported one may be, or be a piece of.
fn same<'a>(truth: &'a Truth, found: &'a Found) -> impl Iterator<Item = &'a Incident> {
    let incidents = truth.incidents.iter();
    incidents.filter(|incident| is_same(found, incident))
}

/// A change is named rightly if it is guilty of a true incident that this may be.
fn accusation(truth: &Truth, found: &Found) -> Claim {
    let Some(first) = found.suspects.first() else {
        return Claim {
            probability: 1.0 - found.probability_no_change,
            right: false,
        };
    };
    let right = same(truth, found).any(|incident| first.is_among(&incident.guilty_event_ids));
    claim(first, right)
}

fn extra(truth: &Truth, found: &Found) -> Extra {
    Extra {
        onset: found.onset,
        absence: found.kind == Kind::Absence,
        failed: found.failed.unwrap_or(0),
        piece: same(truth, found).next().is_some(),
    }
}

/// What is wrong with what is said of a true incident.
fn complaint(truth: &Truth, incident: &Incident, hit: Option<&Found>) -> Option<String> {
    let onset = incident.onset;
    let guilty = &incident.guilty_event_ids;
    let Some(found) = hit else {
        let missed = || format!("missed: {} from {onset:?}", incident.kind.text());
        return incident.must_be_found.then(missed);
    };
    let first = found.suspects.first();
    let accepted = incident.also_accepted.iter();
    let accepted = accepted
        .map(String::as_str)
        .any(|one| one == found.verdict.text());
    let named = first.is_some_and(|first| first.is_among(guilty));
    let (verdict, said) = (found.verdict, found.verdict.text());
    if verdict == Verdict::Change && !accusation(truth, found).right {
        Some(innocent(found))
    } else if !guilty.is_empty() && incident.must_be_found {
        let answered = accepted || (named && verdict == Verdict::Change);
        let first = if named { "right" } else { "wrong" };
        (!answered).then(|| format!("not named: {onset:?}, {said}, first suspect {first}"))
    } else {
        let undecided = guilty.is_empty() && verdict == Verdict::Undetermined && !accepted;
        undecided.then(|| format!("no change expected: {onset:?}, {said}"))
    }
}

fn innocent(found: &Found) -> String {
    let first = found.suspects.first();
    let name = first.and_then(|first| first.event_name.as_deref());
    let name = name.unwrap_or("a change");
    format!("innocent change named: {name} at {:?}", found.onset)
}

/// What is wrong with an incident that is reported beside the true ones.
fn superfluous(truth: &Truth, found: &Found) -> String {
    let Extra { failed, piece, .. } = extra(truth, found);
    let (kind, onset, verdict) = (found.kind.text(), found.onset, found.verdict.text());
    let accused = found.verdict == Verdict::Change && !accusation(truth, found).right;
    let and = match accused {
        true => format!("; {}", innocent(found)),
        false => String::new(),
    };
    match piece {
        true => format!("in pieces: {kind} at {onset:?} belongs to one already told{and}"),
        false => format!("false alarm: {kind} at {onset:?}, {failed} failed, {verdict}{and}"),
    }
}

fn unsummed(found: &Found) -> Option<String> {
    let suspects = found.suspects.iter().map(|suspect| suspect.probability);
    let total = found.probability_no_change + suspects.sum::<f64>();
    let off = (total - 1.0).abs() > ROUNDING;
    off.then(|| format!("probabilities at {:?} add up to {total:.4}", found.onset))
}
