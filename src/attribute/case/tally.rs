//! What replay says of one change, counted over the requests around an outage.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Agreement, CODES_IN_FLIGHT, Case, HEALING_TIME, LOOK_BACK, agreement, is_client,
    replayed::Replayed, suffering::Suffered,
};
use crate::{
    attribute::{Crossing, times::Amount},
    cognito::{
        effects::{Delay, Effect},
        history::{ConfigChange, DiffLine, Standing},
        replay::{Break, Prediction},
        setting::{Resource, Setting},
    },
    detect::Kind,
    frame::{Key, symbols::Symbol},
};

/// What less than this share of the explained requests ask for may be others' noise.
const FEW: f64 = 0.1;

/// What replay says of one change.
#[derive(Debug, Default)]
pub struct Tally {
    /// Failed requests of the outage (of a silence: requests that stopped).
    pub failed: f64,
    /// … that the change breaks, with a possible code.
    pub explained: f64,
    /// … that it breaks, but whose code it cannot give.
    pub wrong_code: f64,
    /// … of these, such that every request of the kind is refused.
    pub wrong_code_certain: f64,
    /// … of which the logs or settings do not say enough.
    pub untold: f64,
    /// … whose code is known and fits.
    pub right_code: f64,
    /// Requests that should have been refused during the outage and were accepted.
    pub accepted_despite: f64,
    /// Exposed requests accepted between the change's delay and the onset.
    pub accepted_before: f64,
    /// Exposed requests accepted within the change's delay.
    pub accepted_within_delay: f64,
    /// Exposed requests in the day before the onset.
    pub usual: f64,
    /// Exposed requests accepted after the outage's end and before the change was undone.
    pub accepted_after: f64,
    /// Other app clients that the change exposes and that asked during the outage.
    pub other_clients: BTreeSet<String>,
    /// … and went on as before.
    pub unharmed_clients: BTreeSet<String>,
    /// Diff lines that break failed requests.
    pub breaks: BTreeMap<Setting, Broken>,
    /// The change that put it right again, if any did.
    pub cure: Option<usize>,
    /// Requests of the failing kinds that the settings before the change refuse already.
    pub refused_before: f64,
    /// All these in requests, to be printed.
    pub requests: Crossing,
    /// Requests of the kind that were accepted after the outage's end.
    pub requests_after: u64,
    /// What the requests that it explains asked for.
    asked: BTreeMap<Asked, f64>,
}

/// Redirect URI, scopes and identity provider of a request.
type Asked = [Option<Symbol>; 3];

fn asked(key: &Key) -> Asked {
    [key.redirect_uri, key.scopes, key.identity_provider]
}

/// How a diff line breaks requests.
#[derive(Clone, Copy, Debug)]
pub struct Broken {
    /// The row of the effects table.
    pub effect: &'static Effect,
    /// Whether every such request is refused.
    pub certain: bool,
    /// Failed requests it explains.
    pub requests: f64,
    /// Whether no log tells the attribute of the requests that decides.
    pub unseen: bool,
    /// Where no log tells the setting before the change: whether the setting after it refuses
    /// every such request.
    pub untold: Option<bool>,
}

impl Tally {
    /// The requests around the outage, judged by the settings before and after.
    pub fn crossing(&self) -> Crossing {
        Crossing {
            certain: self.breaks.values().any(|broken| broken.certain),
            ..self.requests
        }
    }
}

impl<'a> Case<'a> {
    /// Lays the outage out against the change at `index`.
    pub fn tally(&self, index: usize) -> Tally {
        let change = &self.history.changes()[index];
        let replayed = Replayed::new(self, index);
        let mut tally = Tally::default();
        self.count_failures(index, &replayed, &mut tally);
        let mut exposed = self.exposed(&replayed, &tally);
        if self.infer_before(change, &exposed, &mut tally) {
            exposed.values_mut().for_each(|certain| *certain = true);
        }
        tally.cure = self.cure(index, &exposed, &tally.breaks);
        self.count_successes(change, &exposed, &mut tally);
        tally
    }

    /// Whether a change by itself refuses every request of the outage.
    pub fn refuses_all(&self, index: usize) -> bool {
        let replayed = Replayed::new(self, index);
        let mut kinds = self.suffering.kinds.values();
        kinds.len() > 0 && kinds.all(|suffered| replayed.refuses(suffered.key))
    }

    fn count_failures(&self, index: usize, replayed: &Replayed<'_, '_>, tally: &mut Tally) {
        for suffered in self.suffering.kinds.values() {
            let (weight, requests) = (suffered.weight, suffered.requests);
            tally.failed += weight;
            tally.requests.during += requests;
            match replayed.predict(suffered.key) {
                Prediction::CannotTell => {
                    tally.untold += weight;
                    tally.requests.during_untold += requests;
                }
                Prediction::Breaks(breaks) if !self.preempted(index, suffered) => {
                    tally.requests.during_broken += requests;
                    self.count_break(&breaks, suffered, tally);
                }
                prediction => {
                    let breaks = matches!(prediction, Prediction::Breaks(_));
                    if breaks || suffered.refused_before(index) {
                        tally.refused_before += weight;
                        tally.requests.during_refused_before += requests;
                    }
                }
            }
        }
    }

    fn count_break(&self, breaks: &[Break], suffered: &Suffered<'_>, tally: &mut Tally) {
        let (key, weight) = (suffered.key, suffered.weight);
        let outcome = self.cells.text(key.outcome).unwrap_or_default();
        let agreement = |effect: &Effect| agreement(effect, outcome, suffered.reason);
        let silence = self.incident.kind == Kind::Absence;
        let possible = |effect: &Effect| match silence {
            true => effect.silences.has(self.cells.text(key.grant)),
            false => agreement(effect) != Agreement::Contradicts,
        };
        let Some(fitting) = breaks.iter().find(|b| possible(b.effect)) else {
            tally.wrong_code += weight;
            let certain = breaks.iter().any(|broken| broken.certain);
            tally.wrong_code_certain += if certain { weight } else { 0.0 };
            return;
        };
        tally.explained += weight;
        *tally.asked.entry(asked(key)).or_default() += weight;
        if !silence && matches!(agreement(fitting.effect), Agreement::Fits(_)) {
            tally.right_code += weight;
        }
        for each in breaks.iter().filter(|b| possible(b.effect)) {
            let broken = tally.breaks.entry(each.setting.clone()).or_insert(Broken {
                effect: each.effect,
                certain: each.certain,
                requests: 0.0,
                unseen: each.unseen,
                untold: each.untold,
            });
            broken.requests += weight;
            broken.certain |= each.certain;
        }
    }

    /// Whether such requests were refused already when the change was made, by one that was made
    /// after the last of them was accepted: what is broken cannot be broken again.
    fn preempted(&self, index: usize, suffered: &Suffered<'_>) -> bool {
        let changes = self.history.changes();
        let Some(last) = self.incident.last_success else {
            return false;
        };
        let earlier = self.history.writes(&changes[index].resource);
        let mut earlier = earlier
            .take_while(|earlier| *earlier < index)
            .filter(|earlier| {
                let earlier = &changes[*earlier];
                earlier.standing == Standing::Effective && earlier.change.time >= last
            });
        let attempt = self.attempt(suffered.key);
        let breaks = |earlier: usize| match self.inquiry.replays[earlier].predict(&attempt) {
            Prediction::Breaks(breaks) => breaks
                .iter()
                .any(|broken| broken.certain || broken.untold == Some(true)),
            _ => false,
        };
        earlier.any(breaks) && suffered.refused_before(index)
    }

    /// Kinds of requests that the change breaks by a line that explains failures, and whether all
    /// such requests are refused.
    fn exposed(&self, replayed: &Replayed<'_, '_>, tally: &Tally) -> BTreeMap<u32, bool> {
        if tally.breaks.is_empty() {
            return BTreeMap::new();
        }
        let exposed = self.keys().filter_map(|(number, key)| {
            let Prediction::Breaks(breaks) = replayed.predict(key) else {
                return None;
            };
            let mut ours = breaks
                .iter()
                .filter(|b| tally.breaks.contains_key(&b.setting))
                .peekable();
            ours.peek()?;
            let certain = ours.any(|b| b.certain);
            // Where only some are refused, those that ask for something else tell nothing.
            let alike = tally.asked.get(&asked(key));
            let alike = alike.is_some_and(|weight| *weight >= FEW * tally.explained);
            (certain || alike).then_some((number, certain))
        });
        exposed.collect()
    }

    /// A setting that refuses all such requests was another before the change, if such requests were
    /// accepted: then no log need tell it. Returns whether something was inferred.
    fn infer_before(
        &self,
        change: &ConfigChange,
        exposed: &BTreeMap<u32, bool>,
        tally: &mut Tally,
    ) -> bool {
        let made = change.change.time.timestamp_micros();
        let mut accepted = self.accepted(exposed).map(|(key, _)| key);
        let accepted = accepted.any(|key| self.inquiry.times.between(key, i64::MIN, made) > 0.0);
        let mut inferred = false;
        for broken in tally.breaks.values_mut() {
            if broken.untold == Some(true) && accepted {
                broken.untold = None;
                broken.certain = true;
                inferred = true;
            }
        }
        inferred
    }

    /// The first later change after which an exposed request passes again.
    fn cure(
        &self,
        index: usize,
        exposed: &BTreeMap<u32, bool>,
        breaks: &BTreeMap<Setting, Broken>,
    ) -> Option<usize> {
        let guilty = &self.history.changes()[index];
        let changes = self.history.changes();
        let later = self.history.writes(&guilty.resource);
        let mut later = later.skip_while(|later| *later <= index);
        let firewall = matches!(guilty.resource, Resource::Firewall(_));
        if guilty.standing == Standing::Opaque || firewall {
            return later.find(|later| self.ends_with(&changes[*later]));
        }
        later
            .filter(|later| changes[*later].standing == Standing::Effective)
            .find(|later| self.cures(guilty, *later, exposed, breaks))
    }

    /// Whether the outage ended with a later change of the same thing, in ways no log shows.
    fn ends_with(&self, later: &ConfigChange) -> bool {
        let made = later.change.time;
        let altered = match later.resource {
            Resource::Firewall(_) => later.standing == Standing::Effective,
            _ => false,
        };
        (altered || later.standing == Standing::Opaque)
            && made > self.incident.onset
            && self.incident.recovered.is_some_and(|time| made <= time)
            && self
                .incident
                .end
                .is_some_and(|end| end <= made + HEALING_TIME)
    }

    /// Whether a later change of the same thing puts back what the guilty one broke.
    fn cures(
        &self,
        guilty: &ConfigChange,
        later: usize,
        exposed: &BTreeMap<u32, bool>,
        breaks: &BTreeMap<Setting, Broken>,
    ) -> bool {
        let mut broken = guilty
            .diff
            .iter()
            .filter(|line| breaks.contains_key(&line.setting));
        let put_back = broken.any(|was| {
            let mut lines = self.history.changes()[later].diff.iter();
            lines.any(|line| was.setting == line.setting && takes_back(was, line))
        });
        let passes = |key: &u32| {
            let key = self.cells.keys.get(*key as usize);
            key.is_some_and(|key| {
                let prediction = self.inquiry.replays[later].predict(&self.attempt(key));
                matches!(prediction, Prediction::Cures(_))
            })
        };
        (put_back && !exposed.is_empty()) || exposed.keys().any(passes)
    }

    fn count_successes(
        &self,
        change: &ConfigChange,
        exposed: &BTreeMap<u32, bool>,
        tally: &mut Tally,
    ) {
        // The change lies anywhere in its second, and so do requests.
        let made = change.change.time.timestamp_micros() + 1_000_000;
        let felt = made + self.grace(tally);
        let cured = tally.cure.and_then(|cure| self.history.changes().get(cure));
        let cured = cured.map_or(i64::MAX, |cure| cure.change.time.timestamp_micros());
        let (onset, end) = (self.onset(), self.end().min(cured));
        let recovered = self.incident.recovered.map(|time| time.timestamp_micros());
        let times = &self.inquiry.times;
        for (number, key, ours) in self.exposed_keys(exposed) {
            if !ours && times.between(number, onset.max(made), end) > 0.0 {
                self.count_other(key, tally);
            }
        }
        for (key, certain) in self.accepted(exposed) {
            let usual = times.begun_in(key, onset - LOOK_BACK, onset);
            tally.usual += usual.weight;
            tally.requests.before_broken += usual.requests;
            let all = times.amount_between(key, made, onset);
            let within = times.between(key, made, onset.min(felt + 1));
            tally.accepted_within_delay += within;
            tally.accepted_before += all.weight - within;
            tally.requests.between_accepted += all.requests;
            if certain {
                let despite = times.amount_between(key, onset, end);
                tally.accepted_despite += despite.weight;
                tally.requests.despite_accepted += despite.requests;
                let after = |recovered: i64| times.amount_between(key, recovered - 1, cured);
                let after = recovered.map_or_else(Amount::default, after);
                tally.accepted_after += after.weight;
                tally.requests_after += after.requests;
            }
        }
    }

    /// The exposed kinds of accepted requests of the outage's clients, and whether all such
    /// requests are refused.
    fn accepted(&self, exposed: &BTreeMap<u32, bool>) -> impl Iterator<Item = (u32, bool)> {
        let accepted = self.exposed_keys(exposed).filter(|(_, key, ours)| {
            let accepted = !self.cells.failed(key) && self.cells.tells(key);
            *ours && accepted
        });
        accepted.filter_map(|(key, ..)| Some((key, *exposed.get(&key)?)))
    }

    /// The exposed kinds of requests, and whether they are of the outage's clients.
    fn exposed_keys(
        &self,
        exposed: &BTreeMap<u32, bool>,
    ) -> impl Iterator<Item = (u32, &'a Key, bool)> {
        exposed.keys().filter_map(|number| {
            let key = self.cells.keys.get(*number as usize)?;
            let ours = is_client(self.incident, self.cells.text(key.client));
            Some((*number, key, ours))
        })
    }

    /// How long exposed requests may still be accepted after a change.
    fn grace(&self, tally: &Tally) -> i64 {
        let delays = tally
            .breaks
            .values()
            .map(|broken| broken.effect.delay.longest());
        let longest = delays.max().unwrap_or(Delay::Step.longest());
        let codes = match self.incident.kind {
            Kind::Absence => CODES_IN_FLIGHT,
            Kind::Failures => 0,
        };
        longest
            .num_microseconds()
            .unwrap_or(i64::MAX / 4)
            .max(codes)
    }

    /// Another client asked with an exposed request during the outage.
    fn count_other(&self, key: &Key, tally: &mut Tally) {
        let Some(client) = self.cells.text(key.client) else {
            return;
        };
        tally.other_clients.insert(client.to_owned());
        if !self.cells.failed(key) {
            tally.unharmed_clients.insert(client.to_owned());
        }
    }
}

/// Whether a later line gives a setting the value it had before, or, where no log tells that, takes
/// the value away that it was given.
fn takes_back(was: &DiffLine, later: &DiffLine) -> bool {
    match was.before.value() {
        Some(_) => was.before.same(&later.after),
        None => later.before.same(&was.after) && later.after.differs(&was.after),
    }
}
