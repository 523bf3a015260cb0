//! Spells: from segments of slices to what fails together.

use std::{
    cell::LazyCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::{
    Config,
    digest::Digest,
    scan,
    slice::{self, Part, Role, Roles, Slice},
    unit::{ByKey, Unit},
};
use crate::frame::{Cell, Cells, symbols::Symbol};

mod pauses;

/// Spells of one pool with the same error whose onsets lie this near are one incident
/// (contract.md).
const SAME_ONSET: i64 = 60_000_000;
/// More spells of one client than this are noise that no threshold fits.
const MOST_SPELLS: usize = 40;
const WEEK: f64 = 7.0 * 86_400e6;
/// So many successes at least show that earlier failures had left them alone, …
const FEWEST: f64 = 3.0;
/// … and this share of their rate that they ended.
const ENDED: f64 = 0.25;
/// A slice must be this much better, in nats, for each attribute it fixes.
const PRICE_OF_DEPTH: f64 = 0.5;

/// A part of one unit's traffic that fails, or is silent, for a time.
#[derive(Clone, Debug)]
pub struct Spell<'a> {
    /// The unit.
    pub unit: Rc<Unit<'a>>,
    /// The slice that shows it best.
    pub slice: Slice,
    /// First failure; for a silence, the last attempt before it.
    pub start: i64,
    /// Last failure; for a silence, the first attempt after it or the end of the data.
    pub end: i64,
    /// Log-likelihood ratio.
    pub score: f64,
    /// Failure rate otherwise.
    pub normal: f64,
    /// Places of the unit's rows that fail.
    pub rows: Vec<usize>,
    /// For a silence: attempts to be expected, and by when the first of them was (µs).
    pub silence: Option<(f64, i64)>,
    /// For a silence: whether an attempt ended it.
    pub ended: bool,
}

/// The failing spells of a unit: the best slice first, then what its failures do not explain.
pub fn failing<'a>(
    cells: &Cells,
    unit: &Rc<Unit<'a>>,
    parts: &[Part],
    config: &Config,
) -> Vec<Spell<'a>> {
    let mut search = Search::new(cells, unit, parts, config);
    let mut spells = Vec::new();
    while spells.len() < MOST_SPELLS {
        let found: Vec<Spell<'a>> = parts
            .iter()
            .filter_map(|part| search.best_of(part))
            .collect();
        let best = found.iter().max_by(|a, b| worth(a).total_cmp(&worth(b)));
        let Some(best) = best else { break };
        let spell = search.within(&found, best).unwrap_or(best).clone();
        let explains = search.explain(&spell);
        spells.push(spell);
        if !explains {
            break;
        }
    }
    spells
}

/// What is looked for in one unit.
struct Search<'s, 'a> {
    cells: &'s Cells,
    unit: &'s Rc<Unit<'a>>,
    digest: Digest,
    failed: ByKey<bool>,
    threshold: f64,
    /// Rows that earlier spells explain.
    explained: Vec<bool>,
}

impl<'s, 'a> Search<'s, 'a> {
    fn new(cells: &'s Cells, unit: &'s Rc<Unit<'a>>, parts: &[Part], config: &Config) -> Self {
        Self {
            digest: Digest::new(cells, unit, Vec::new()),
            failed: unit.by_key(cells, |_, key| cells.failed(key)),
            threshold: threshold(unit, parts.len() * scan::RATES_SCANNED, config),
            explained: vec![false; unit.rows.len()],
            cells,
            unit,
        }
    }

    /// The best spell of a slice, if it has any.
    fn best_of(&self, part: &Part) -> Option<Spell<'a>> {
        let keys = part.keys.iter().filter(|key| *self.failed.of(**key));
        let failures = keys.map(|key| self.unit.requests_of(*key)).sum();
        if !scan::may_reach(failures, self.threshold) {
            return None;
        }
        let items = self.digest.items(&part.keys, &self.explained);
        let roles = LazyCell::new(|| part.slice.roles(self.cells, self.unit));
        let whole = || slice::items(self.unit, &roles, &self.explained);
        let found = scan::scan(&items, whole, self.threshold);
        let segment = found
            .segments
            .iter()
            .max_by(|a, b| a.score.total_cmp(&b.score))?;
        let failing = items.get(segment.start..segment.end)?;
        let failing = failing.iter().filter(|item| item.failed > 0.0);
        let times: Vec<i64> = failing.map(|item| item.time).collect();
        let only_failures = part.keys.iter().all(|key| *self.failed.of(*key));
        let (run, share) = match only_failures {
            true => pauses::longest_run(self.cells, self.unit, &times),
            false => ((*times.first()?, *times.last()?), 1.0),
        };
        let score = segment.score * share;
        let mut spell = Spell {
            score,
            normal: found.normal,
            ..Spell::failing(self.unit, part.slice.clone(), &roles, run)
        };
        spell.rows.retain(|row| !self.explained[*row]);
        (score >= self.threshold).then_some(spell)
    }

    /// A break inside a spell of other failures: one error begins later than they do, and with it
    /// the successes of its grants end, which the others had left alone.
    fn within<'f>(&self, found: &'f [Spell<'a>], outer: &Spell<'_>) -> Option<&'f Spell<'a>> {
        let of_one_error = found.iter().filter(|spell| spell.slice.error.is_some());
        of_one_error
            .filter(|inner| inner.start - outer.start > SAME_ONSET && inner.start < outer.end)
            .filter(|inner| self.ends_successes(inner, outer.start))
            .max_by(|a, b| worth(a).total_cmp(&worth(b)))
    }

    /// Whether successes of the spell's grants came from `since` to its start, and hardly any after.
    fn ends_successes(&self, spell: &Spell<'_>, since: i64) -> bool {
        let grants = spell.grants(self.cells);
        let accepted = |from: i64, to: i64| {
            let rows = self
                .unit
                .during(self.cells, (from, to))
                .filter(|(row, key)| {
                    let inside = (from..to).contains(&row.first);
                    inside && !self.cells.failed(key) && grants.contains(&key.grant)
                });
            rows.map(|(row, _)| row.callers.max(1)).sum::<u64>() as f64
        };
        let (before, during) = (
            accepted(since, spell.start),
            accepted(spell.start, spell.end),
        );
        let [lasted, lasts] =
            [spell.start - since, spell.end - spell.start].map(|span| span as f64);
        before >= FEWEST && during * lasted < ENDED * before * lasts
    }

    /// Notes that a spell's rows are explained; whether some were not before.
    fn explain(&mut self, spell: &Spell<'_>) -> bool {
        let mut new = false;
        for row in &spell.rows {
            new |= !std::mem::replace(&mut self.explained[*row], true);
        }
        new
    }
}

/// What a spell is worth beside one of another slice: its score less a price for narrowness.
pub fn worth(spell: &Spell<'_>) -> f64 {
    spell.score - PRICE_OF_DEPTH * spell.slice.depth as f64
}

/// The threshold of a unit of whose every request so many things are asked.
pub fn threshold(unit: &Unit<'_>, questions: usize, config: &Config) -> f64 {
    let questions = unit.requests().max(2) as usize * questions.max(1);
    threshold_of(unit.span(|_| true), questions, config)
}

/// The threshold of attempts over a span of time of which so many things are asked.
pub fn threshold_of(span: Option<(i64, i64)>, questions: usize, config: &Config) -> f64 {
    let weeks = span.map_or(0.0, |(first, last)| (last - first) as f64 / WEEK);
    scan::threshold(questions, config.false_alarms, weeks.max(1.0 / 7.0))
}

impl<'a> Spell<'a> {
    /// From its start to its end.
    pub fn span(&self) -> (i64, i64) {
        (self.start, self.end)
    }

    /// Whether the spell is of a unit, or of a part of it.
    pub fn is_of(&self, unit: &Unit<'_>) -> bool {
        self.unit.user_pool == unit.user_pool
            && (unit.client.is_none() || self.unit.client == unit.client)
    }

    /// The failures of a slice between two times, both included.
    pub fn failing(
        unit: &Rc<Unit<'a>>,
        slice: Slice,
        roles: &Roles,
        (start, end): (i64, i64),
    ) -> Self {
        let begin = unit.rows.partition_point(|row| row.first < start);
        let rows = unit.rows.iter().enumerate().skip(begin);
        let rows = rows.take_while(|(_, row)| row.first <= end);
        let failed = rows.filter(|(_, row)| *roles.of(row.key) == Some(Role::Failed));
        Self {
            rows: failed.map(|(place, _)| place).collect(),
            unit: Rc::clone(unit),
            slice,
            start,
            end,
            score: 0.0,
            normal: 0.0,
            silence: None,
            ended: false,
        }
    }

    /// The rows that fail.
    pub fn failures(&self) -> impl Iterator<Item = &Cell> {
        self.rows
            .iter()
            .filter_map(|place| self.unit.rows.get(*place))
    }

    /// Grants of the failures; of a silence, of its slice.
    pub fn grants(&self, cells: &Cells) -> BTreeSet<Option<Symbol>> {
        if self.silence.is_some() {
            let keys = self.unit.keys(cells);
            let inside = keys.filter(|(_, key)| self.slice.role(cells, key).is_some());
            return inside.map(|(_, key)| key.grant).collect();
        }
        let kinds: BTreeSet<u32> = self.failures().map(|row| row.key).collect();
        let keys = kinds.iter().filter_map(|key| cells.keys.get(*key as usize));
        keys.map(|key| key.grant).collect()
    }
}

/// Groups spells that are one incident: same pool, same kind and main error, onsets at once.
pub fn merge<'a>(cells: &Cells, mut spells: Vec<Spell<'a>>) -> Vec<Vec<Spell<'a>>> {
    spells.sort_by(|a, b| {
        (
            a.start,
            cells.text(a.unit.client).unwrap_or_default(),
            &a.slice,
        )
            .cmp(&(
                b.start,
                cells.text(b.unit.client).unwrap_or_default(),
                &b.slice,
            ))
    });
    let mut groups: Vec<(Option<&str>, Vec<Spell<'a>>)> = Vec::new();
    for spell in spells {
        let error = main_error(cells, &spell);
        // The first spells of the groups are by time.
        let near = |first: &Spell<'_>| spell.start - first.start <= SAME_ONSET;
        let begin =
            groups.partition_point(|(_, group)| group.first().is_some_and(|one| !near(one)));
        let group = groups[begin..].iter_mut().find(|(own, group)| {
            group.first().is_some_and(|first| {
                first.unit.user_pool == spell.unit.user_pool
                    && first.silence.is_some() == spell.silence.is_some()
                    && *own == error
            })
        });
        match group {
            Some((_, group)) => group.push(spell),
            None => groups.push((error, vec![spell])),
        }
    }
    let mut groups: Vec<Vec<Spell<'a>>> = groups.into_iter().map(|(_, group)| group).collect();
    for group in &mut groups {
        group.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    }
    groups
}

/// The outcome most failures have.
fn main_error<'c>(cells: &'c Cells, spell: &Spell<'_>) -> Option<&'c str> {
    let mut by_key: BTreeMap<u32, u64> = BTreeMap::new();
    for row in spell.failures() {
        *by_key.entry(row.key).or_default() += row.requests;
    }
    let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
    for (key, requests) in by_key {
        let key = cells.keys.get(key as usize)?;
        *counted.entry(cells.text(key.outcome)?).or_default() += requests;
    }
    counted
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(code, _)| code)
}
