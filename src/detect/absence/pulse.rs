//! How fast time passes: the accepted requests of everybody, by rhythm, to be counted between any
//! two times at once.

use super::rhythm::Rhythm;
use crate::frame::Cells;

/// So many rows stand in one span on average: few enough to be put in order fast.
const ROWS_OF_SPAN: usize = 32;

/// Accepted requests of everybody, by rhythm.
pub struct Pulse([Beats; 3]);

/// Requests in order of time, each row at its middle.
struct Beats {
    first: i64,
    /// Microseconds of a span.
    span: i64,
    /// Where each span begins, and the last ends.
    begins: Vec<usize>,
    /// Times, and how many requests came until then.
    counted: Vec<(i64, f64)>,
}

impl Pulse {
    pub fn new(cells: &Cells) -> Self {
        let rhythms: Vec<Option<Rhythm>> = cells
            .keys
            .iter()
            .map(|key| (!cells.failed(key)).then(|| Rhythm::of(cells, key)))
            .collect();
        Self(Rhythm::ALL.map(|rhythm| {
            let rows = cells.rows.iter();
            let own = rows.filter(|row| rhythms[row.key as usize] == Some(rhythm));
            let beats = own.map(|row| (row.middle(), row.requests as f64));
            Beats::new(&beats.collect::<Vec<_>>())
        }))
    }

    /// Requests of a rhythm between two times, both excluded.
    pub fn between(&self, rhythm: Rhythm, from: i64, to: i64) -> f64 {
        let beats = &self.0[rhythm as usize];
        match from < to {
            true => beats.until(to - 1) - beats.until(from),
            false => 0.0,
        }
    }
}

impl Beats {
    fn new(rows: &[(i64, f64)]) -> Self {
        let times = || rows.iter().map(|(time, _)| *time);
        let (first, last) = (times().min().unwrap_or(0), times().max().unwrap_or(0));
        let spans = rows.len() / ROWS_OF_SPAN + 1;
        let mut beats = Self {
            first,
            span: (last - first) / spans as i64 + 1,
            begins: vec![0; spans + 1],
            counted: vec![(0, 0.0); rows.len()],
        };
        for time in times() {
            let span = beats.span_of(time);
            beats.begins[span + 1] += 1;
        }
        let mut sum = 0;
        for begin in &mut beats.begins {
            sum += *begin;
            *begin = sum;
        }
        beats.place(rows);
        beats.count();
        beats
    }

    fn span_of(&self, time: i64) -> usize {
        ((time - self.first) / self.span) as usize
    }

    /// Puts the rows into their spans, and each span in order.
    fn place(&mut self, rows: &[(i64, f64)]) {
        let mut next = self.begins.clone();
        for row in rows {
            let place = &mut next[self.span_of(row.0)];
            self.counted[*place] = *row;
            *place += 1;
        }
        for ends in self.begins.windows(2) {
            self.counted[ends[0]..ends[1]].sort_unstable_by_key(|(time, _)| *time);
        }
    }

    /// Makes sums of what came until then of what came then.
    fn count(&mut self) {
        let mut sum = 0.0;
        for (_, requests) in &mut self.counted {
            sum += *requests;
            *requests = sum;
        }
    }

    /// Requests until a time, which is included.
    fn until(&self, time: i64) -> f64 {
        let span = match time < self.first {
            true => return 0.0,
            false => self.span_of(time).min(self.begins.len() - 2),
        };
        let inside = &self.counted[self.begins[span]..self.begins[span + 1]];
        let later = inside.partition_point(|(own, _)| *own <= time);
        let last = (self.begins[span] + later).checked_sub(1);
        last.map_or(0.0, |last| self.counted[last].1)
    }
}
