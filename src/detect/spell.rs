//! Spells: from segments of slices to what fails together.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Config, scan,
    slice::{Slice, Unit},
};
use crate::frame::{Cells, symbols::Symbol};

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
pub struct Spell {
    /// The unit.
    pub unit: Unit,
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
    /// Rows that fail.
    pub rows: BTreeSet<usize>,
    /// For a silence: attempts to be expected, and by when the first of them was (µs).
    pub silence: Option<(f64, i64)>,
    /// For a silence: whether an attempt ended it.
    pub ended: bool,
}

/// The failing spells of a unit: the best slice first, then what its failures do not explain.
pub fn failing(cells: &Cells, unit: &Unit, config: &Config) -> Vec<Spell> {
    let slices = unit.slices(cells);
    let threshold = threshold(cells, unit, slices.len() * scan::RATES_SCANNED, config);
    let mut explained = BTreeSet::new();
    let mut spells = Vec::new();
    while spells.len() < MOST_SPELLS {
        let found = slices
            .iter()
            .filter_map(|slice| best_spell(cells, unit, slice, &explained, threshold))
            .max_by(|a, b| worth(a).total_cmp(&worth(b)));
        let Some(spell) = found else { break };
        let spell = within(cells, unit, &slices, &explained, threshold, &spell).unwrap_or(spell);
        let before = explained.len();
        explained.extend(&spell.rows);
        spells.push(spell);
        if explained.len() == before {
            break;
        }
    }
    spells
}

/// A break inside a spell of other failures: one error begins later than they do, and with it the
/// successes of its grants end, which the others had left alone.
fn within(
    cells: &Cells,
    unit: &Unit,
    slices: &[Slice],
    explained: &BTreeSet<usize>,
    threshold: f64,
    outer: &Spell,
) -> Option<Spell> {
    let of_one_error = slices.iter().filter(|slice| slice.error.is_some());
    of_one_error
        .filter_map(|slice| best_spell(cells, unit, slice, explained, threshold))
        .filter(|inner| inner.start - outer.start > SAME_ONSET && inner.start < outer.end)
        .filter(|inner| ends_successes(cells, unit, inner, outer.start))
        .max_by(|a, b| worth(a).total_cmp(&worth(b)))
}

/// Whether successes of the spell's grants came from `since` to its start, and hardly any after.
fn ends_successes(cells: &Cells, unit: &Unit, spell: &Spell, since: i64) -> bool {
    let grant = |row: usize| {
        let row = cells.rows.get(row)?;
        cells.keys.get(row.key as usize)?.grant
    };
    let grants: BTreeSet<Option<Symbol>> = spell.rows.iter().map(|row| grant(*row)).collect();
    let accepted = |from: i64, to: i64| {
        let rows = unit.cells(cells).filter(|(_, row, key)| {
            !cells.failed(key) && grants.contains(&key.grant) && (from..to).contains(&row.first)
        });
        rows.map(|(_, row, _)| row.callers.max(1)).sum::<u64>() as f64
    };
    let (before, during) = (
        accepted(since, spell.start),
        accepted(spell.start, spell.end),
    );
    let [lasted, lasts] = [spell.start - since, spell.end - spell.start].map(|span| span as f64);
    before >= FEWEST && during * lasted < ENDED * before * lasts
}

/// What a spell is worth beside one of another slice: its score less a price for narrowness.
pub fn worth(spell: &Spell) -> f64 {
    spell.score - PRICE_OF_DEPTH * spell.slice.depth as f64
}

/// The threshold of a unit of whose every request so many things are asked.
pub fn threshold(cells: &Cells, unit: &Unit, questions: usize, config: &Config) -> f64 {
    let requests: u64 = unit.cells(cells).map(|(_, row, _)| row.requests).sum();
    threshold_of(
        cells,
        unit,
        requests.max(2) as usize * questions.max(1),
        config,
    )
}

/// The threshold of a unit of which so many things are asked.
pub fn threshold_of(cells: &Cells, unit: &Unit, questions: usize, config: &Config) -> f64 {
    let times = unit.cells(cells).map(|(_, row, _)| (row.first, row.last));
    let span = times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let weeks = span.map_or(0.0, |(first, last)| (last - first) as f64 / WEEK);
    scan::threshold(questions, config.false_alarms, weeks.max(1.0 / 7.0))
}

fn best_spell(
    cells: &Cells,
    unit: &Unit,
    slice: &Slice,
    explained: &BTreeSet<usize>,
    threshold: f64,
) -> Option<Spell> {
    let items = slice.items(cells, unit, explained);
    let found = scan::scan(&items, threshold);
    let segment = found
        .segments
        .iter()
        .max_by(|a, b| a.score.total_cmp(&b.score))?;
    let failing = items.get(segment.start..segment.end)?;
    let mut failing = failing.iter().filter(|item| item.failed > 0.0);
    let start = failing.next()?.time;
    let end = failing.next_back().map_or(start, |item| item.time);
    let mut spell = Spell::failing(
        cells,
        unit,
        slice.clone(),
        (start, end),
        segment.score,
        found.normal,
    );
    spell.rows.retain(|row| !explained.contains(row));
    Some(spell)
}

impl Spell {
    /// Whether the spell is of a unit, or of a part of it.
    pub fn is_of(&self, unit: &Unit) -> bool {
        self.unit.user_pool == unit.user_pool
            && (unit.client.is_none() || self.unit.client == unit.client)
    }

    /// The failures of a slice between two times, both included.
    pub fn failing(
        cells: &Cells,
        unit: &Unit,
        slice: Slice,
        (start, end): (i64, i64),
        score: f64,
        normal: f64,
    ) -> Self {
        let rows = unit.cells(cells).filter(|(_, row, key)| {
            slice.role(cells, key) == Some(true) && (start..=end).contains(&row.first)
        });
        Self {
            rows: rows.map(|(number, _, _)| number).collect(),
            unit: unit.clone(),
            slice,
            start,
            end,
            score,
            normal,
            silence: None,
            ended: false,
        }
    }
}

/// Groups spells that are one incident: same pool, same kind and main error, onsets at once.
pub fn merge(cells: &Cells, mut spells: Vec<Spell>) -> Vec<Vec<Spell>> {
    spells.sort_by(|a, b| {
        (a.start, name(cells, a.unit.client), &a.slice).cmp(&(
            b.start,
            name(cells, b.unit.client),
            &b.slice,
        ))
    });
    let mut groups: Vec<Vec<Spell>> = Vec::new();
    for spell in spells {
        let group = groups.iter_mut().find(|group| {
            group.first().is_some_and(|first| {
                first.unit.user_pool == spell.unit.user_pool
                    && first.silence.is_some() == spell.silence.is_some()
                    && main_error(cells, first) == main_error(cells, &spell)
                    && spell.start - first.start <= SAME_ONSET
            })
        });
        match group {
            Some(group) => group.push(spell),
            None => groups.push(vec![spell]),
        }
    }
    for group in &mut groups {
        group.sort_by(|a, b| worth(b).total_cmp(&worth(a)));
    }
    groups
}

fn name(cells: &Cells, symbol: Option<Symbol>) -> &str {
    cells.text(symbol).unwrap_or_default()
}

/// The outcome most failures have.
fn main_error<'a>(cells: &'a Cells, spell: &Spell) -> Option<&'a str> {
    let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
    for row in spell
        .rows
        .iter()
        .filter_map(|&number| cells.rows.get(number))
    {
        let key = cells.keys.get(row.key as usize)?;
        *counted.entry(cells.text(key.outcome)?).or_default() += row.requests;
    }
    counted
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(code, _)| code)
}
