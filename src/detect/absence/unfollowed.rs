//! Sign-ins that begin and go no further: authorize requests after which neither a login page nor a code
//! exchange comes, of an app client whose authorize requests were followed until then.
//!
//! A refused authorize request is answered with the same status as another, and what does not follow is
//! the only trace of it. The requests themselves are the clock: it does not matter how many come.

use std::rc::Rc;

use crate::{
    detect::{
        series::times,
        slice::{Role, Slice},
        spell::Spell,
        unit::Unit,
    },
    frame::{Cells, Key, attempts::is_sign_in},
    queries::endpoint,
};

/// So many authorize requests in a row that nothing follows are a silence, …
const FEWEST: usize = 12;
/// … over at least so long, …
const SHORTEST: i64 = 5 * 60_000_000;
/// … where so many steps would have followed at the rate before, …
const EXPECTED: f64 = 4.0;
/// … and where so many came before, …
const BEFORE: usize = 20;
/// … of which at least this share was followed.
const FOLLOWED: f64 = 0.5;

/// The times in which nothing followed.
pub fn unfollowed<'a>(cells: &Cells, unit: &Rc<Unit<'a>>) -> Vec<Spell<'a>> {
    let accepted = |key: &Key| Role::of(cells, key) != Role::Failed;
    let is_first =
        |key: &Key| accepted(key) && cells.text(key.endpoint) == Some(endpoint::AUTHORIZE);
    let asked = at(cells, unit, is_first);
    let Some(slice) = slice(cells, unit).filter(|_| asked.len() >= BEFORE + FEWEST) else {
        return Vec::new();
    };
    let came = at(cells, unit, |key| accepted(key) && is_next(cells, key));
    let until = |times: &[i64], time: i64| times.partition_point(|at| *at <= time);
    let last = asked.last().copied().unwrap_or_default();
    let ends = came.iter().copied().skip(1).chain([last]);
    let gaps = came.iter().copied().zip(ends).enumerate();
    let spell = |(place, (start, end)): (usize, (i64, i64))| {
        let (begin, before) = (until(&asked, start), place + 1);
        let alone = until(&asked, end) - begin;
        let share = before as f64 / begin.max(1) as f64;
        let took = (start - came.first()?.min(asked.first()?)).max(1) as f64;
        let expected = before as f64 * (end - start) as f64 / took;
        let first = *asked.get(begin)?;
        let holds = alone >= FEWEST
            && begin >= BEFORE
            && share >= FOLLOWED
            && expected >= EXPECTED
            && end - first >= SHORTEST;
        holds.then(|| Spell {
            unit: Rc::clone(unit),
            slice: slice.clone(),
            start,
            end,
            score: alone as f64,
            normal: 0.0,
            rows: Vec::new(),
            silence: Some((alone as f64 * share.min(1.0), first)),
            ended: end < last,
        })
    };
    gaps.filter_map(spell).collect()
}

/// When requests of some kinds came.
fn at(cells: &Cells, unit: &Unit<'_>, is_of: impl Fn(&Key) -> bool) -> Vec<i64> {
    let taken = unit.by_key(cells, |_, key| is_of(key));
    let rows = unit.rows.iter().filter(|row| *taken.of(row.key));
    let mut all: Vec<i64> = rows.flat_map(times).collect();
    all.sort_unstable();
    all
}

/// Whether a request is what follows an authorize request.
fn is_next(cells: &Cells, key: &Key) -> bool {
    match cells.text(key.endpoint) {
        Some(endpoint::LOGIN | endpoint::IDP_RESPONSE) => true,
        Some(endpoint::TOKEN) => is_sign_in(cells.text(key.grant)),
        _ => false,
    }
}

/// The requests that stay away: code exchanges, or else the pages before them.
fn slice(cells: &Cells, unit: &Unit<'_>) -> Option<Slice> {
    let next = unit.keys(cells).map(|(_, key)| key);
    let next = next.filter(|key| is_next(cells, key));
    let last = next.max_by_key(|key| cells.text(key.endpoint) == Some(endpoint::TOKEN))?;
    Some(Slice {
        depth: 2,
        endpoint: last.endpoint,
        grant: last.grant,
        ..Slice::ALL
    })
}
