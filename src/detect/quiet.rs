//! Silences that come by themselves: batch jobs, nights, and traffic that moved to another app client.

use super::{Ground, absence::attempts, spell::Spell};
use crate::frame::symbols::Symbol;

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Days to each side that are looked at for the same hours.
const DAYS: i64 = 14;
/// Such hours tell if they lie within what is known to this share, …
const TOLD: f64 = 0.5;
/// … and were as silent if so small a share of the requests that are missing came then.
const AS_SILENT: f64 = 0.25;
/// A machine that has not worked for so long works in batches, …
const BATCH: i64 = 3 * HOUR;
/// … or for so many times its silence, if that ended, …
const BATCHES: i64 = 3;
/// … and so does one that paused before for this share of the silence, or for this long.
const PAUSED: f64 = 0.5;
const LONG_PAUSE: i64 = HOUR;
/// Traffic has moved if another app client, new since a day or an hour later, has such a share of it …
const MOVED: f64 = 0.4;
/// … and is new if so many of its requests would have come before, at its rate since.
const SURPRISING: f64 = 10.0;

/// Whether a silence is one that comes by itself.
pub fn comes_by_itself(ground: &Ground<'_>, spell: &Spell<'_>) -> bool {
    let roles = spell.slice.roles(ground.cells, &spell.unit);
    let times = attempts(&spell.unit, &roles);
    let quiet = Quiet {
        known: ground.span(),
        span: spell.span(),
        ended: spell.ended,
        expected: spell.silence.map_or(0.0, |(expected, _)| expected),
        times,
    };
    let machine = spell
        .grants(ground.cells)
        .iter()
        .all(|grant| ground.cells.text(*grant) == Some("client_credentials"));
    let ours = |client| client == spell.unit.client;
    quiet.recurs()
        || machine && quiet.is_of_batches()
        || has_moved(
            ground,
            (spell.unit.user_pool, &ours),
            quiet.span,
            quiet.expected,
        )
}

/// A silence among the attempts of its slice.
struct Quiet {
    known: (i64, i64),
    span: (i64, i64),
    ended: bool,
    expected: f64,
    times: Vec<i64>,
}

impl Quiet {
    fn length(&self) -> i64 {
        self.span.1 - self.span.0
    }

    fn between(&self, from: i64, to: i64) -> usize {
        let until = |time: i64| self.times.partition_point(|at| *at < time);
        until(to).saturating_sub(until(from))
    }

    /// Whether the same hours of another day, since the first request, were as silent.
    fn recurs(&self) -> bool {
        let first = self.times.first().copied().unwrap_or(self.known.0);
        let days = (1..=DAYS).flat_map(|day| [-day, day]);
        let mut days = days.filter(|day| day.abs() * DAY > self.length());
        days.any(|day| {
            let from = (self.span.0 + day * DAY).max(first);
            let to = (self.span.1 + day * DAY).min(self.known.1);
            let told = (to - from) as f64 / (self.length() as f64).max(1.0);
            let came = self.between(from + 1, to) as f64;
            told >= TOLD && came <= AS_SILENT * self.expected * told
        })
    }

    /// Whether the requests come in batches with pauses between.
    fn is_of_batches(&self) -> bool {
        let (start, end) = self.span;
        let long = LONG_PAUSE.min((PAUSED * self.length() as f64) as i64);
        let all = std::iter::once(self.known.0).chain(self.times.iter().copied());
        let all: Vec<i64> = all.chain([self.known.1]).collect();
        let pauses = all.windows(2).map(|pair| (pair[0], pair[1]));
        let others = pauses.filter(|(from, to)| to - from >= long);
        let others: Vec<(i64, i64)> = others
            .filter(|(from, to)| *to <= start || *from >= end)
            .collect();
        let worked = start - self.times.first().copied().unwrap_or(start);
        let enough = match self.ended {
            true => BATCH.min(BATCHES * self.length()),
            false => BATCH,
        };
        !others.is_empty() || worked < enough
    }
}

/// Whether another app client of the pool, which is new, has the traffic now.
pub fn has_moved(
    ground: &Ground<'_>,
    (user_pool, is_ours): (Option<Symbol>, &dyn Fn(Option<Symbol>) -> bool),
    (start, end): (i64, i64),
    expected: f64,
) -> bool {
    let cells = ground.cells;
    let (from, until) = ground.span();
    let same_pool = |place: &usize| {
        let owner = &cells.owners[*place];
        owner.user_pool == user_pool && !is_ours(owner.client)
    };
    let mut others = (0..cells.owners.len()).filter(same_pool);
    others.any(|place| {
        let series = ground.series(place).iter();
        let first = series
            .clone()
            .filter_map(|one| one.successes.first_from(i64::MIN));
        let all: u64 = series.clone().map(|one| one.successes.total()).sum();
        let new = first.min().is_some_and(|at| {
            let rate = all as f64 / ((until - at) as f64).max(1.0);
            let near = (start - DAY..start + HOUR).contains(&at);
            near && rate * (at - from) as f64 >= SURPRISING
        });
        let came: f64 = series.map(|one| one.successes.between(start, end)).sum();
        new && came >= MOVED * expected
    })
}
