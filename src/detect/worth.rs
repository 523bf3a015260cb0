//! What an incident is worth: whether somebody has to look, or it is a blip.
//!
//! Judged by who fails, how completely and for how long, never by what was changed.

use super::{
    Ground,
    affected::{Part, Who, chains, parts},
    incident::{Affected, EndState, Incident, Kind, Severity},
    quiet,
    slice::Role,
    spell::Spell,
};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 86_400 * SECOND;

/// Fewer callers are an outage only where they are those who usually ask.
const SEVERAL: usize = 3;
/// Fewer attempts, the repeats of one caller discounted, are no outage.
const FEWEST_ATTEMPTS: f64 = 3.0;

/// What heals by itself within this …
const SHORT: i64 = 150 * SECOND;
/// … with fewer failures than this is a blip: a service restarted.
const FEW: u64 = 20;
/// What heals by itself within this …
const BRIEF: i64 = 7 * MINUTE;
/// … with fewer failures than this, …
const FEWEST: u64 = 10;
/// … or fewer attempts and failures than these, is one too.
const FEWEST_BRIEF: f64 = 4.0;
const FEW_BRIEF: u64 = 30;

/// So many failures, …
const LARGE: u64 = 60;
/// … so unlike the normal level (nats), …
const SURE: f64 = 100.0;
/// … and so large a share are told whoever they are of, if they begin at some time, …
const LARGE_SHARE: f64 = 0.15;
/// … which is after this share of the time that is known.
const AT_SOME_TIME: f64 = 0.05;

/// Where fewer of the requests fail, others of their kind go on: that is a partial outage, …
const WHOLLY: f64 = 0.8;
/// … which needs this share, …
const PARTLY: f64 = 0.12;
/// … so many times the usual one, …
const ABOVE_USUAL: f64 = 3.0;
/// … for so long, …
const LASTING: i64 = 10 * MINUTE;
/// … and so many callers, failures and attempts; …
const PARTLY_CALLERS: usize = 4;
const MANY: u64 = 30;
const MANY_ATTEMPTS: f64 = 10.0;
/// … where this share fails, these are enough.
const MOSTLY: f64 = 0.5;
const SOME: u64 = 15;
const SOME_ATTEMPTS: f64 = 8.0;

/// Failures that begin within this share of the time that is known may have begun before it.
const FROM_THE_START: f64 = 0.15;
/// What fills this share of the time is what always fails.
const MOST_OF_IT: f64 = 0.6;
/// A step of which no success is ever seen and that fills this share is told where those who fail
/// succeed nowhere, or so many fail.
const MUCH_OF_IT: f64 = 0.35;
const VERY_MANY: u64 = 100;
/// The same where the log does not tell who asks: fewer attempts need a clear beginning.
const UNTOLD_ATTEMPTS: f64 = 5.0;
const UNTOLD_START: f64 = 0.1;
/// Failures at the same hours of another day make a habit if they are so large a share of these.
const HABIT: f64 = 0.4;
/// Days to each side that are looked at for it.
const DAYS: i64 = 14;

/// Successes that are usual, but for so large a share, are demand that goes on.
const GOES_ON: f64 = 0.5;
/// So many successes must be usual for that to be said.
const TELLING: f64 = 3.0;
/// From so many callers on a flood is an attack that somebody has to see, whoever goes on.
const ATTACKERS: usize = 20;

/// Share of the app client's requests that its usual callers send.
const USUAL_CALLERS: f64 = 0.8;
/// So long at least they must be without success, …
const WITHOUT_SUCCESS: i64 = 15 * MINUTE;
/// … in so many attempts.
const FEWEST_CHAINS: usize = 3;
/// … or so many of their successes must be missing …
const MISSED: f64 = 5.0;
/// … but for this share of them, …
const LEFT: f64 = 0.3;
/// … with so many failures where hardly any are usual.
const USUAL_FAILURES: u64 = 7;
const RARE: f64 = 0.06;
/// Half of their requests are enough for so many failures and attempts, where fewer still are usual.
const HALF_FAILURES: u64 = 25;
const HALF_ATTEMPTS: f64 = 5.0;
const RARER: f64 = 0.03;

/// Whether an incident of some spells deserves a page.
pub fn severity(ground: &Ground<'_>, spells: &[Spell<'_>], incident: &Incident) -> Severity {
    let page = match incident.kind {
        Kind::Absence => !spells
            .iter()
            .all(|spell| quiet::comes_by_itself(ground, spell)),
        Kind::Failures if incident.affected.callers == 0 => true,
        Kind::Failures => Shape::new(ground, spells, incident).deserves_page(),
    };
    match page {
        true => Severity::Page,
        false => Severity::Blip,
    }
}

/// An incident of failures as it is judged.
struct Shape<'g, 'i> {
    ground: &'g Ground<'g>,
    incident: &'i Incident,
    affected: &'i Affected,
    parts: Vec<Part<'g>>,
    failed: u64,
    start: i64,
    end: i64,
    /// Share of the requests that fail in the slices that show it.
    share: f64,
}

impl<'g, 'i> Shape<'g, 'i> {
    fn new(ground: &'g Ground<'g>, spells: &[Spell<'_>], incident: &'i Incident) -> Self {
        let affected = &incident.affected;
        let starts = affected.episodes.iter().map(|one| one.start);
        let ends = affected.episodes.iter().map(|one| one.end);
        Self {
            parts: parts(ground, spells),
            failed: affected.episodes.iter().map(|one| one.failed).sum(),
            start: starts.min().unwrap_or_default(),
            end: ends.max().unwrap_or_default(),
            share: share(ground, spells),
            ground,
            incident,
            affected,
        }
    }

    fn deserves_page(&self) -> bool {
        let recovered = self.incident.end_state == EndState::Recovered;
        if recovered && self.heals_by_itself() {
            return false;
        }
        if self.never_succeeded() {
            return self.begins();
        }
        if self.is_large() {
            return true;
        }
        if self.tells_callers() && self.affected.callers < SEVERAL {
            return self.usual_callers_fail();
        }
        let usual = self.always_fails() || self.is_habit() || self.are_strangers();
        let enough = self.wide_share() >= WHOLLY || self.is_partial_outage();
        self.affected.attempts >= FEWEST_ATTEMPTS && enough && !usual
    }

    fn length(&self) -> i64 {
        self.end - self.start
    }

    /// How much of the time that is known lies before it, and how much it fills, as shares.
    fn place(&self) -> (f64, f64) {
        let (first, last) = self.ground.span();
        let known = ((last - first) as f64).max(1.0);
        let before = (self.start - first) as f64 / known;
        (before, self.length() as f64 / known)
    }

    /// The share that fails in the slices or, where that is more, of the steps.
    fn wide_share(&self) -> f64 {
        let failed = self.failed as f64;
        let of_steps = failed / (failed + self.affected.succeeded);
        match self.tells_callers() {
            true => self.share.max(of_steps),
            false => self.share,
        }
    }

    /// Whether so little failed for so short a time that a restart explains it.
    fn heals_by_itself(&self) -> bool {
        let few = self.affected.attempts < FEWEST_BRIEF && self.failed < FEW_BRIEF;
        let brief = self.failed < FEWEST || few;
        self.length() < SHORT && self.failed < FEW || self.length() < BRIEF && brief
    }

    /// Whether so much begins to fail that it is told whoever is concerned.
    fn is_large(&self) -> bool {
        let (before, filled) = self.place();
        let large = self.failed >= LARGE && self.share >= LARGE_SHARE;
        let begins = before > AT_SOME_TIME && filled < MOST_OF_IT;
        large && self.incident.score >= SURE && begins && !self.is_habit()
    }

    /// Whether a share fails from the beginning of what is known for most of its time.
    fn always_fails(&self) -> bool {
        let (before, filled) = self.place();
        self.share < WHOLLY && before < FROM_THE_START && filled > MOST_OF_IT
    }

    /// Whether a share fails that fails at the same hours of another day too.
    fn is_habit(&self) -> bool {
        self.share < WHOLLY && self.recurs()
    }

    /// Whether about as much fails at the same hours of another day.
    fn recurs(&self) -> bool {
        let on_day = |day: i64| -> usize {
            let (from, to) = (self.start + day * DAY, self.end + day * DAY);
            let all = self.parts.iter().map(|part| {
                let failures = &part.series.failures;
                let begin = failures.partition_point(|failed| failed.time < from);
                failures.partition_point(|failed| failed.time <= to) - begin
            });
            all.sum()
        };
        let others = (1..=DAYS).flat_map(|day| [-day, day]);
        let apart = others.filter(|day| day.abs() * DAY > self.length());
        let most = apart.map(on_day).max().unwrap_or_default();
        most as f64 >= HABIT * self.failed as f64
    }

    fn never_succeeded(&self) -> bool {
        let totals = self.parts.iter().map(|part| part.series.successes.total());
        totals.sum::<u64>() == 0
    }

    /// Whether what never succeeds begins to be asked for at some time, or by those who succeed
    /// nowhere.
    fn begins(&self) -> bool {
        let (before, filled) = self.place();
        let affected = self.affected;
        if self.share < WHOLLY {
            return false;
        }
        if !self.tells_callers() {
            let some = self.failed >= SOME && affected.attempts >= UNTOLD_ATTEMPTS;
            return some && filled < MOST_OF_IT && before > UNTOLD_START && !self.recurs();
        }
        let locked_out = 2 * affected.known_callers < affected.callers;
        if affected.callers < SEVERAL {
            false
        } else if before < FROM_THE_START {
            locked_out && self.failed >= MANY && filled > MOST_OF_IT
        } else {
            let clear = filled < MUCH_OF_IT || locked_out || self.failed >= VERY_MANY;
            affected.attempts >= SOME_ATTEMPTS && clear
        }
    }

    /// Whether the log tells who asks.
    fn tells_callers(&self) -> bool {
        let failed = self.parts.iter().flat_map(|part| &part.failed);
        let (told, all) = failed.fold((0, 0), |(told, all), failed| {
            let unknown = matches!(Who::of(failed), Who::Minute(_));
            (told + usize::from(!unknown), all + 1)
        });
        2 * told >= all
    }

    /// Whether demand goes on as usual beside the failures.
    fn goes_on(&self) -> bool {
        let affected = self.affected;
        affected.usual >= TELLING && affected.succeeded >= GOES_ON * affected.usual
    }

    /// Whether a share of the requests fails that is far above the usual one, for many and for long.
    fn is_partial_outage(&self) -> bool {
        let (affected, share) = (self.affected, self.wide_share());
        let usual = self.incident.normal_failure_rate;
        let many = self.failed >= MANY && affected.attempts >= MANY_ATTEMPTS;
        let enough = match share >= MOSTLY {
            true => self.failed >= SOME && affected.attempts >= SOME_ATTEMPTS,
            false => many && affected.callers >= PARTLY_CALLERS,
        };
        enough && share >= f64::max(PARTLY, ABOVE_USUAL * usual) && self.length() >= LASTING
    }

    /// Whether callers who never succeeded fail while the others go on; many are an attack.
    fn are_strangers(&self) -> bool {
        let unknown = 2 * self.affected.known_callers < self.affected.callers;
        let attack = self.affected.callers >= ATTACKERS && self.wide_share() >= MOSTLY;
        self.tells_callers() && unknown && self.goes_on() && !attack
    }

    /// Whether one or two callers fail who are nearly all that the app client has, or whose successes
    /// are missing.
    fn usual_callers_fail(&self) -> bool {
        let (affected, share) = (self.affected, self.wide_share());
        let normal = self.incident.normal_failure_rate;
        if affected.known_callers == 0 {
            return false;
        }
        let missing = affected.usual >= MISSED && affected.succeeded <= LEFT * affected.usual;
        let without = missing || self.parts.iter().any(|part| self.is_without_success(part));
        let wholly = share >= WHOLLY && without && self.failed >= USUAL_FAILURES && normal < RARE;
        let many = self.failed >= HALF_FAILURES && affected.attempts >= HALF_ATTEMPTS;
        let half = share >= MOSTLY && many && self.length() >= WITHOUT_SUCCESS && normal < RARER;
        wholly || half
    }

    fn is_without_success(&self, part: &Part<'_>) -> bool {
        let callers = part.by_caller();
        let own = self.ground.known();
        let own = own.of(part.series.user_pool, part.series.client);
        let ids = callers.keys().filter_map(|who| match who {
            Who::Caller(caller) => Some(*caller),
            Who::User(_) | Who::Minute(_) => None,
        });
        let share = own.map_or(1.0, |own| own.share(ids));
        let attempts: usize = callers.values().map(|times| chains(times)).sum();
        let (start, end) = part.span();
        share >= USUAL_CALLERS
            && attempts >= FEWEST_CHAINS
            && part.series.successes.between(start, end + 1) < 1.0
            && end - start >= patience(part)
    }
}

/// How long a series may well be without success.
fn patience(part: &Part<'_>) -> i64 {
    let rows = part.series.successes.rows().windows(2);
    let mut gaps: Vec<i64> = rows.map(|pair| pair[1].first - pair[0].last).collect();
    gaps.sort_unstable();
    let long = gaps.get(gaps.len().saturating_sub(1) * 99 / 100).copied();
    WITHOUT_SUCCESS.max(3 * long.unwrap_or_default())
}

/// Share of the requests that fail in the slices of some spells.
fn share(ground: &Ground<'_>, spells: &[Spell<'_>]) -> f64 {
    let (mut failed, mut all) = (0.0, 0.0);
    for spell in spells.iter().filter(|spell| spell.silence.is_none()) {
        let roles = spell.slice.roles(ground.cells, &spell.unit);
        failed += spell.rows.len() as f64;
        all += spell.rows.len() as f64;
        for (row, _) in spell.unit.during(ground.cells, spell.span()) {
            if *roles.of(row.key) == Some(Role::Accepted) {
                all += row.between(spell.start, spell.end);
            }
        }
    }
    failed / f64::max(all, 1.0)
}

#[cfg(test)]
mod tests;
