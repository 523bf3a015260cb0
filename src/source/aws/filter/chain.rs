//! Parts of a window, each read by a chain of pages; how far a chain has come, and what of its part is
//! better read by others.

use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use chrono::{DateTime, Utc};

use super::Stop;
use crate::window::Window;

/// A chain that is cut goes on for so many pages first, and its rest must be as long.
const PAGES_A_PART: u32 = 6;

/// A part of the window.
#[derive(Debug, PartialEq)]
pub(super) struct Part {
    pub window: Window,
    /// The chain that goes on with it.
    pub chain: Chain,
}

/// A chain of pages: its window, which may end later than the part, and the next page.
#[derive(Debug, PartialEq)]
pub(super) struct Chain {
    pub window: Window,
    pub token: Option<String>,
}

impl Part {
    pub fn new(window: Window) -> Self {
        let token = None;
        let chain = Chain { window, token };
        Self { window, chain }
    }
}

/// What came of a part.
pub(super) struct Read {
    /// What was read of it, from its beginning on.
    pub got: Window,
    /// Time of the first event.
    first: Option<DateTime<Utc>>,
    pages: u32,
    /// Whether the events came in the order of time, as AWS documents it.
    sorted: bool,
    /// What is left to other chains.
    pub rest: Vec<Part>,
    pub stop: Option<Stop>,
}

impl Read {
    pub fn new(part: Window) -> Self {
        Self {
            got: Window {
                end: part.start,
                ..part
            },
            first: None,
            pages: 0,
            sorted: true,
            rest: Vec::new(),
            stop: None,
        }
    }

    /// Takes a page. Its latest millisecond may go on on the next one.
    pub fn take(&mut self, events: &[FilteredLogEvent]) {
        self.pages += 1;
        for time in events.iter().filter_map(FilteredLogEvent::timestamp) {
            let Some(time) = DateTime::from_timestamp_millis(time) else {
                continue;
            };
            self.sorted &= time >= self.got.end;
            self.got.end = self.got.end.max(time);
            self.first.get_or_insert(time);
        }
    }

    /// Whether all of a part was read, though its chain has more.
    pub fn is_past(&self, part: Window) -> bool {
        self.sorted && self.got.end >= part.end
    }

    /// Ends a part before its end.
    pub fn end_at(&mut self, end: DateTime<Utc>, stop: Stop) {
        // What comes after the part was not sent.
        self.got.end = self.got.end.min(end);
        self.stop = Some(stop);
    }

    /// Leaves the rest to others, but for its beginning, with which the chain goes on.
    pub fn hand_on(&mut self, rest: Vec<Window>, chain: Chain) {
        self.rest = rest.into_iter().map(Part::new).collect();
        if let Some(first) = self.rest.last_mut() {
            first.chain = chain;
        }
    }

    /// The rest of a part for so many idle chains, each of which has some pages to read, the latest first;
    /// empty if the chain had better go on.
    pub fn cut(&self, part: Window, idle: usize) -> Vec<Window> {
        let rest = Window {
            start: self.got.end,
            ..part
        };
        // A busy hour may begin late in a part.
        let begun = self.first.unwrap_or(self.got.start);
        let read = (self.got.end - begun).as_seconds_f64();
        let left = (rest.end - rest.start).as_seconds_f64();
        if !self.sorted || idle == 0 || self.pages < PAGES_A_PART || read <= 0.0 {
            return Vec::new();
        }
        let pages_left = f64::from(self.pages) * left / read;
        let worth = (pages_left / f64::from(PAGES_A_PART)) as u32;
        let parts = worth.min(u32::try_from(idle).unwrap_or(u32::MAX).saturating_add(1));
        match parts {
            0 | 1 => Vec::new(),
            parts => rest.split(parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(start: i64, end: i64) -> Window {
        let at = |seconds| DateTime::from_timestamp_secs(seconds).expect("a time");
        Window {
            start: at(start),
            end: at(end),
        }
    }

    fn page(seconds: &[i64]) -> Vec<FilteredLogEvent> {
        let event = |second: &i64| FilteredLogEvent::builder().timestamp(second * 1000).build();
        seconds.iter().map(event).collect()
    }

    #[test]
    fn the_rest_of_a_long_chain_is_left_to_idle_ones() {
        let whole = part(0, 1000);
        let mut read = Read::new(whole);
        for second in 5..4 + i64::from(PAGES_A_PART) {
            read.take(&page(&[second]));
        }
        assert_eq!(read.cut(whole, 3), [], "too few pages");
        read.take(&page(&[11, 40]));
        assert_eq!(read.cut(whole, 0), [], "no chain is idle");
        let rest = read.cut(whole, 2);
        assert_eq!(rest, [part(680, 1000), part(360, 680), part(40, 360)]);
        read.take(&page(&[600]));
        assert_eq!(read.cut(whole, 9), [], "less than a part is left");
    }

    #[test]
    fn hours_without_events_do_not_hide_how_busy_the_next_one_is() {
        let whole = part(0, 10_800);
        let mut read = Read::new(whole);
        for second in 0..i64::from(PAGES_A_PART) {
            read.take(&page(&[7200 + 10 * second]));
        }
        assert_eq!(read.cut(whole, 3).len(), 4);
    }

    #[test]
    fn a_chain_that_is_cut_goes_on_with_the_beginning_of_its_rest() {
        let mut read = Read::new(part(0, 1000));
        read.take(&page(&[5, 40]));
        let chain = || Chain {
            window: part(0, 1000),
            token: Some("3".to_owned()),
        };
        read.hand_on(vec![part(520, 1000), part(40, 520)], chain());
        let goes_on = Part {
            window: part(40, 520),
            chain: chain(),
        };
        assert_eq!(read.rest, [Part::new(part(520, 1000)), goes_on]);
        let mut read = Read::new(part(40, 520));
        read.take(&page(&[40, 519]));
        assert!(!read.is_past(part(40, 520)), "its last second may go on");
        read.take(&page(&[519, 520]));
        assert!(read.is_past(part(40, 520)));
    }

    #[test]
    fn a_chain_out_of_order_is_not_cut() {
        let whole = part(0, 1000);
        let mut read = Read::new(whole);
        read.take(&page(&[1, 40]));
        for _ in 1..PAGES_A_PART {
            read.take(&page(&[39]));
        }
        assert_eq!(read.cut(whole, 9), []);
        assert_eq!(read.got, part(0, 40));
    }
}
