//! How fast time passes: the accepted requests of everybody, by rhythm.

use super::rhythm::Rhythm;
use crate::frame::{Cell, Cells, Owner};

const MINUTE: i64 = 60_000_000;
/// So many spans are enough to say which pauses are no silences.
const MOST_SPANS: i64 = 1 << 17;

/// Accepted requests of everybody, by rhythm.
pub struct Pulse {
    /// The rhythm of each key; `None` for failures.
    rhythms: Vec<Option<Rhythm>>,
    first: i64,
    /// Microseconds of a span.
    span: i64,
    /// Of each rhythm, how many requests came before each span and in all; a row came at its middle.
    before: [Vec<f64>; 3],
}

impl Pulse {
    pub fn new(cells: &Cells) -> Self {
        let rhythm = |key| (!cells.failed(key)).then(|| Rhythm::of(cells, key));
        let ends = cells.owners.iter().filter_map(|owner| {
            let rows = cells.of(owner);
            Some((rows.first()?.first, rows.last()?.first))
        });
        let ends = ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let (first, last) = ends.unwrap_or_default();
        let span = MINUTE.max((last - first) / MOST_SPANS + 1);
        let spans = ((last + cells.longest() - first) / span) as usize + 2;
        let mut pulse = Self {
            rhythms: cells.keys.iter().map(rhythm).collect(),
            first,
            span,
            before: [(); 3].map(|()| vec![0.0; spans]),
        };
        pulse.count(cells);
        pulse
    }

    fn count(&mut self, cells: &Cells) {
        for row in &cells.rows {
            if let Some(rhythm) = self.rhythms[row.key as usize] {
                let span = (row.middle() - self.first) / self.span;
                self.before[rhythm as usize][span as usize + 1] += row.requests as f64;
            }
        }
        for before in &mut self.before {
            let mut sum = 0.0;
            for requests in before {
                sum += *requests;
                *requests = sum;
            }
        }
    }

    /// Requests of a rhythm between two times: at least so many, and at most.
    pub fn about(&self, rhythm: Rhythm, from: i64, to: i64) -> (f64, f64) {
        let before = &self.before[rhythm as usize];
        let at = |span: i64| before[span.clamp(0, before.len() as i64 - 1) as usize];
        let span = |time: i64| (time - self.first).div_euclid(self.span);
        let inner = at(span(to)) - at(span(from) + 1);
        let outer = at(span(to) + 1) - at(span(from));
        (inner.max(0.0), outer)
    }

    /// The same exactly; neither time is included.
    pub fn between(&self, cells: &Cells, rhythm: Rhythm, from: i64, to: i64) -> f64 {
        let of_owner = |owner: &Owner| {
            let rows = cells.touching(cells.of(owner), from, to).iter();
            let alike = |row: &&Cell| self.rhythms[row.key as usize] == Some(rhythm);
            let inside = |row: &&Cell| from < row.middle() && row.middle() < to;
            let rows = rows.filter(alike).filter(inside);
            rows.map(|row| row.requests as f64).sum::<f64>()
        };
        cells.owners.iter().map(of_owner).sum()
    }
}
