//! What fails or is missing in an incident: attempts, callers, and the successes beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Ground,
    incident::{Affected, Episode},
    known::Callers,
    series::{Failed, Series},
    spell::Spell,
};
use crate::frame::{callers::CallerId, symbols::Symbol};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Failures of one caller no further apart than this are one attempt: people and programs try again.
const AGAIN: i64 = MINUTE;
/// … until so much has passed.
const LONGEST: i64 = 10 * MINUTE;
/// The n-th attempt in a row of one caller counts 1 / (1 + this · n).
const FATIGUE: f64 = 0.15;
/// The rate of successes before and after is taken over at least this long …
const USUAL_SPAN: i64 = 2 * HOUR;
/// … unless less was seen of it than this.
const SHORTEST_SPAN: i64 = 30 * MINUTE;

/// Who failed, as well as the log tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    Caller(CallerId),
    User(Symbol),
    /// Nobody is told: whoever it was in that minute.
    Minute(i64),
}

impl Who {
    pub fn of(failed: &Failed) -> Self {
        let user = || failed.user.map(Self::User);
        let caller = failed.caller.map(Self::Caller);
        caller
            .or_else(user)
            .unwrap_or(Self::Minute(failed.time.div_euclid(MINUTE)))
    }
}

/// What fails of one series in an incident.
pub(super) struct Part<'g> {
    pub series: &'g Series,
    pub failed: Vec<&'g Failed>,
}

impl Part<'_> {
    pub fn span(&self) -> (i64, i64) {
        let time = |failed: Option<&&Failed>| failed.map_or(0, |failed| failed.time);
        (time(self.failed.first()), time(self.failed.last()))
    }

    fn episode(&self) -> Episode {
        let (start, end) = self.span();
        let successes = &self.series.successes;
        Episode {
            client: self.series.client,
            step: self.series.step,
            start,
            end,
            last_before: successes.last_before(start),
            first_after: successes.first_from(end + 1),
            failed: self.failed.len() as u64,
            succeeded: successes.between(start, end + 1),
        }
    }

    /// Times of each one's failures.
    pub fn by_caller(&self) -> BTreeMap<Who, Vec<i64>> {
        let mut times: BTreeMap<Who, Vec<i64>> = BTreeMap::new();
        for failed in &self.failed {
            times.entry(Who::of(failed)).or_default().push(failed.time);
        }
        times
    }
}

/// What fails or is missing in some spells.
pub fn affected(ground: &Ground<'_>, spells: &[Spell<'_>]) -> Affected {
    let parts = parts(ground, spells);
    let mut affected = Affected::default();
    let mut callers: BTreeSet<Who> = BTreeSet::new();
    let mut known: BTreeSet<Who> = BTreeSet::new();
    for part in &parts {
        let episode = part.episode();
        let own = ground.known().of(part.series.user_pool, part.series.client);
        for failed in &part.failed {
            *affected.kinds.entry(failed.key).or_default() += 1.0;
        }
        for (who, times) in part.by_caller() {
            affected.attempts += discounted(chains(&times));
            callers.insert(who);
            if is_known(own, part.series, who) {
                known.insert(who);
            }
        }
        affected.succeeded += episode.succeeded;
        affected.succeeded_before += part.series.successes.between(i64::MIN, episode.start);
        affected.usual += usual(ground, part.series, (episode.start, episode.end));
        affected.episodes.push(episode);
    }
    affected.callers = callers.len();
    affected.known_callers = known.len();
    affected
}

/// Whether somebody succeeded before or after; nothing speaks against it where the successes do not
/// tell their callers.
fn is_known(callers: Option<&Callers>, series: &Series, who: Who) -> bool {
    let Who::Caller(caller) = who else {
        return false;
    };
    let tells = callers.is_some_and(Callers::tells_who_succeeds);
    match tells {
        true => callers.is_some_and(|own| own.succeeded(caller)),
        false => series.successes.total() > 0,
    }
}

/// The failures of each series in some spells.
pub(super) fn parts<'g>(ground: &'g Ground<'_>, spells: &[Spell<'_>]) -> Vec<Part<'g>> {
    let mut places: BTreeMap<(usize, usize), BTreeSet<usize>> = BTreeMap::new();
    for spell in spells.iter().filter(|spell| spell.silence.is_none()) {
        let kinds: BTreeSet<u32> = spell.failures().map(|row| row.key).collect();
        for owner in ground.places(spell.unit.owners) {
            for (number, series) in ground.series(owner).iter().enumerate() {
                let ours: Vec<usize> = of_spell(series, spell, &kinds).collect();
                if !ours.is_empty() {
                    places.entry((owner, number)).or_default().extend(ours);
                }
            }
        }
    }
    let part = |((owner, number), failed): ((usize, usize), BTreeSet<usize>)| {
        let series = ground.series(owner).get(number)?;
        let failed = failed
            .iter()
            .filter_map(|place| series.failures.get(*place));
        Some(Part {
            series,
            failed: failed.collect(),
        })
    };
    places.into_iter().filter_map(part).collect()
}

/// The places of a series' failures that a spell of some kinds holds.
fn of_spell(
    series: &Series,
    spell: &Spell<'_>,
    kinds: &BTreeSet<u32>,
) -> impl Iterator<Item = usize> {
    let failures = &series.failures;
    let begin = failures.partition_point(|failed| failed.time < spell.start);
    let inside = failures.iter().enumerate().skip(begin);
    let inside = inside.take_while(|(_, failed)| failed.time <= spell.end);
    let ours = inside.filter(|(_, failed)| kinds.contains(&failed.key));
    ours.map(|(place, _)| place)
}

/// Attempts among the failures of one caller.
pub(super) fn chains(times: &[i64]) -> usize {
    let (mut count, mut begun, mut last) = (0, i64::MIN, i64::MIN);
    for &time in times {
        if time.saturating_sub(last) > AGAIN || time.saturating_sub(begun) > LONGEST {
            count += 1;
            begun = time;
        }
        last = time;
    }
    count
}

/// What so many attempts of one caller count.
fn discounted(chains: usize) -> f64 {
    (0..chains)
        .map(|number| 1.0 / (1.0 + FATIGUE * number as f64))
        .sum()
}

/// Successes of a series that are usual in so long a time: the highest of the rates before, after and
/// over everything else.
pub(super) fn usual(ground: &Ground<'_>, series: &Series, (start, end): (i64, i64)) -> f64 {
    let (first, last) = ground.span();
    let successes = &series.successes;
    let length = (end - start).max(SECOND);
    let span = length.max(USUAL_SPAN);
    let inside = successes.between(start, end + 1);
    let outside = (last - first - length).max(10 * MINUTE);
    let mut rate = (successes.total() as f64 - inside) / outside as f64;
    let seen = (start - first).min(span);
    if seen > SHORTEST_SPAN {
        rate = f64::max(rate, successes.between(start - seen, start) / seen as f64);
    }
    let seen = (last - end).min(span);
    if seen > SHORTEST_SPAN {
        let after = successes.between(end + 1, end + 1 + seen);
        rate = f64::max(rate, after / seen as f64);
    }
    rate * length as f64
}
