//! What replay says of one change, counted over the requests around an outage.

use std::collections::{BTreeMap, BTreeSet};

use super::{Agreement, CODES_IN_FLIGHT, Case, HEALING_TIME, LOOK_BACK, agreement, is_client};
use crate::{
    attribute::Crossing,
    cognito::{
        effects::{Delay, Effect},
        history::{At, ConfigChange, DiffLine, Standing},
        replay::{self, Break, Prediction},
        setting::{Resource, Setting},
    },
    detect::Kind,
    frame::{Cell, Cells, Key},
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
    /// What the requests that it explains asked for.
    asked: BTreeMap<Asked, f64>,
}

/// Redirect URI, scopes and identity provider of a request.
type Asked = [Option<String>; 3];

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
            during: self.failed,
            during_broken: self.explained + self.wrong_code,
            during_refused_before: self.refused_before,
            during_untold: self.untold,
            before_broken: self.usual,
            between_accepted: self.accepted_before + self.accepted_within_delay,
            despite_accepted: self.accepted_despite,
            certain: self.breaks.values().any(|broken| broken.certain),
        }
    }
}

impl<'a> Case<'a> {
    /// Lays the outage out against the change at `index`.
    pub fn tally(&self, index: usize) -> Tally {
        let change = &self.history.changes()[index];
        let predictions = self.predictions(index);
        let mut tally = Tally::default();
        self.count_failures(index, &predictions, &mut tally);
        let mut exposed = self.exposed(&predictions, &tally);
        if self.infer_before(change, &exposed, &mut tally) {
            exposed.values_mut().for_each(|certain| *certain = true);
        }
        tally.cure = self.cure(index, &exposed, &tally.breaks);
        self.count_successes(change, &exposed, &mut tally);
        tally
    }

    /// Whether a change by itself refuses every request of the outage.
    pub fn refuses_all(&self, index: usize) -> bool {
        let predictions = self.predictions(index);
        let mut suffering = self.suffering().peekable();
        let certain = |prediction: &Prediction| match prediction {
            Prediction::Breaks(breaks) => breaks.iter().any(|broken| broken.certain),
            _ => false,
        };
        suffering.peek().is_some()
            && suffering.all(|(row, _, _)| predictions.get(&row.key).is_some_and(certain))
    }

    /// What the change does to each kind of request it can reach.
    fn predictions(&self, index: usize) -> BTreeMap<u32, Prediction> {
        let change = &self.history.changes()[index];
        let mut predictions = BTreeMap::new();
        for row in &self.rows {
            let Some(key) = self.cells.keys.get(row.key as usize) else {
                continue;
            };
            predictions
                .entry(row.key)
                .or_insert_with(|| match self.within(index, key) {
                    true => replay::predict(change, &self.attempt(key)),
                    false => Prediction::Unaffected,
                });
        }
        predictions
    }

    fn count_failures(
        &self,
        index: usize,
        predictions: &BTreeMap<u32, Prediction>,
        tally: &mut Tally,
    ) {
        for (row, key, weight) in self.suffering() {
            tally.failed += weight;
            match predictions.get(&row.key) {
                Some(Prediction::CannotTell) => tally.untold += weight,
                Some(Prediction::Breaks(_)) if self.preempted(index, key) => {
                    tally.refused_before += weight;
                }
                Some(Prediction::Breaks(breaks)) => {
                    self.count_break(breaks, key, weight, tally);
                }
                _ => {
                    if self.refused_before(index, key) {
                        tally.refused_before += weight;
                    }
                }
            }
        }
    }

    fn count_break(&self, breaks: &[Break], key: &Key, weight: f64, tally: &mut Tally) {
        let outcome = self.cells.text(key.outcome).unwrap_or_default();
        let silence = self.incident.kind == Kind::Absence;
        let possible = |effect: &Effect| match silence {
            true => effect.silences.has(self.cells.text(key.grant)),
            false => agreement(effect, outcome) != Agreement::Contradicts,
        };
        let Some(fitting) = breaks.iter().find(|b| possible(b.effect)) else {
            tally.wrong_code += weight;
            return;
        };
        tally.explained += weight;
        *tally.asked.entry(self.asked(key)).or_default() += weight;
        if !silence && matches!(agreement(fitting.effect, outcome), Agreement::Fits(_)) {
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

    /// Whether the client's settings just before the change refuse such requests already.
    fn refused_before(&self, index: usize, key: &Key) -> bool {
        let (Some(pool), Some(client)) =
            (self.incident.user_pool.clone(), self.cells.text(key.client))
        else {
            return false;
        };
        let resource = Resource::Client(pool, crate::ids::AppClientId::new(client));
        let settings = self.history.settings(&resource, At::Before(index));
        settings.is_some_and(|settings| replay::refused_by(settings, &self.attempt(key)).is_some())
    }

    /// Whether such requests were refused already when the change was made, by one that was made
    /// after the last of them was accepted: what is broken cannot be broken again.
    fn preempted(&self, index: usize, key: &Key) -> bool {
        let changes = self.history.changes();
        let Some(last) = self.incident.last_success else {
            return false;
        };
        let ours = &changes[index].resource;
        let earlier = changes.iter().take(index).filter(|earlier| {
            earlier.resource == *ours
                && earlier.standing == Standing::Effective
                && earlier.change.time >= last
        });
        let attempt = self.attempt(key);
        let breaks = |earlier: &ConfigChange| match replay::predict(earlier, &attempt) {
            Prediction::Breaks(breaks) => breaks
                .iter()
                .any(|broken| broken.certain || broken.untold == Some(true)),
            _ => false,
        };
        earlier.into_iter().any(breaks) && self.refused_before(index, key)
    }

    fn asked(&self, key: &Key) -> Asked {
        [key.redirect_uri, key.scopes, key.identity_provider]
            .map(|symbol| self.cells.text(symbol).map(str::to_owned))
    }

    /// Kinds of requests that the change breaks by a line that explains failures, and whether all
    /// such requests are refused.
    fn exposed(
        &self,
        predictions: &BTreeMap<u32, Prediction>,
        tally: &Tally,
    ) -> BTreeMap<u32, bool> {
        let exposed = predictions.iter().filter_map(|(key, prediction)| {
            let Prediction::Breaks(breaks) = prediction else {
                return None;
            };
            let mut ours = breaks
                .iter()
                .filter(|b| tally.breaks.contains_key(&b.setting))
                .peekable();
            ours.peek()?;
            let certain = ours.any(|b| b.certain);
            // Where only some are refused, those that ask for something else tell nothing.
            let asked = self
                .cells
                .keys
                .get(*key as usize)
                .map(|key| self.asked(key));
            let alike = asked.and_then(|asked| tally.asked.get(&asked));
            let alike = alike.is_some_and(|weight| *weight >= FEW * tally.explained);
            (certain || alike).then_some((*key, certain))
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
        let accepted = self.rows.iter().any(|row| {
            let key = self.cells.keys.get(row.key as usize);
            row.last < made
                && exposed_success(exposed, self.cells, row).is_some()
                && key.is_some_and(|key| is_client(self.incident, self.cells.text(key.client)))
        });
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
        let mut later = self.history.changes().iter().enumerate().skip(index + 1);
        if guilty.standing == Standing::Opaque {
            return later
                .find(|(_, change)| self.ends_with(guilty, change))
                .map(|(later, _)| later);
        }
        later
            .filter(|(_, change)| change.standing == Standing::Effective)
            .find(|(_, change)| self.cures(guilty, change, exposed, breaks))
            .map(|(later, _)| later)
    }

    /// Whether the outage ended when the same thing was changed again, in ways no log shows.
    fn ends_with(&self, guilty: &ConfigChange, later: &ConfigChange) -> bool {
        let made = later.change.time;
        later.resource == guilty.resource
            && later.standing == Standing::Opaque
            && made > self.incident.onset
            && self.incident.recovered.is_some_and(|time| made <= time)
            && self
                .incident
                .end
                .is_some_and(|end| end <= made + HEALING_TIME)
    }

    fn cures(
        &self,
        guilty: &ConfigChange,
        later: &ConfigChange,
        exposed: &BTreeMap<u32, bool>,
        breaks: &BTreeMap<Setting, Broken>,
    ) -> bool {
        let mut broken = guilty
            .diff
            .iter()
            .filter(|line| breaks.contains_key(&line.setting));
        let put_back = later.resource == guilty.resource
            && broken.any(|was| {
                let mut lines = later.diff.iter();
                lines.any(|line| was.setting == line.setting && takes_back(was, line))
            });
        let passes = || {
            later.resource == guilty.resource
                && exposed.keys().any(|key| {
                    let key = self.cells.keys.get(*key as usize);
                    key.is_some_and(|key| {
                        let prediction = replay::predict(later, &self.attempt(key));
                        matches!(prediction, Prediction::Cures(_))
                    })
                })
        };
        (put_back && !exposed.is_empty()) || passes()
    }

    fn count_successes(
        &self,
        change: &ConfigChange,
        exposed: &BTreeMap<u32, bool>,
        tally: &mut Tally,
    ) {
        let made = change.change.time.timestamp_micros();
        // The change lies anywhere in its second, and so do requests.
        let felt = made + 1_000_000 + self.grace(tally);
        let cured = tally.cure.and_then(|cure| self.history.changes().get(cure));
        let cured = cured.map_or(i64::MAX, |cure| cure.change.time.timestamp_micros());
        let (onset, end) = (self.onset(), self.end());
        let recovered = self.incident.recovered.map(|time| time.timestamp_micros());
        for row in &self.rows {
            let Some(key) = self.cells.keys.get(row.key as usize) else {
                continue;
            };
            let ours = is_client(self.incident, self.cells.text(key.client));
            let during = row.first > onset && row.last < end.min(cured);
            if !ours && during && row.first > made + 1_000_000 && exposed.contains_key(&row.key) {
                self.count_other(key, tally);
            }
            let certain = exposed_success(exposed, self.cells, row).filter(|_| ours);
            let Some(certain) = certain else { continue };
            let accepted = row.callers.max(1) as f64;
            if onset - LOOK_BACK <= row.first && row.first < onset {
                tally.usual += accepted;
            }
            if row.first > made + 1_000_000 && row.last < onset {
                match row.last <= felt {
                    true => tally.accepted_within_delay += accepted,
                    false => tally.accepted_before += accepted,
                }
            }
            if !certain {
                continue;
            }
            if during {
                tally.accepted_despite += accepted;
            }
            if recovered.is_some_and(|recovered| row.first >= recovered) && row.last < cured {
                tally.accepted_after += accepted;
            }
        }
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

/// Whether every request of a row's kind is refused; `None` when the row is no exposed success.
fn exposed_success(exposed: &BTreeMap<u32, bool>, cells: &Cells, row: &Cell) -> Option<bool> {
    let key = cells.keys.get(row.key as usize)?;
    let certain = *exposed.get(&row.key)?;
    (!cells.failed(key) && cells.tells(key)).then_some(certain)
}
