//! How far the questions to AWS got, and what need not be counted again.

use chrono::DateTime;

use super::{Fold, Kind};
use crate::{record::SourceKind, source::aws::Reach, window::Windows};

impl Fold {
    /// Takes how far a question for requests in logs of this kind got.
    pub fn looked(&mut self, kind: SourceKind, reach: Reach) {
        self.reaches.push((kind, reach));
    }

    /// Takes how far a question for changes got; one that was not answered whole stands in the
    /// coverage, since the cause may be among what was not seen.
    pub fn looked_for_changes(&mut self, reach: Reach) {
        if !reach.is_whole() {
            self.blind.push(reach);
        }
    }

    /// Takes how far a look-up of other services' changes got, and so what it cost.
    pub fn looked_near_incidents(&mut self, reach: Reach) {
        self.blind.push(reach);
    }

    /// The same of a source that may tell of other accounts and Regions than the one that was
    /// asked: a bucket, a table, a trail's log group.
    pub fn looked_for_changes_of_all(&mut self, reach: Reach) {
        if !reach.is_whole() {
            self.blind_everywhere.push(reach);
        }
    }

    /// Takes how far reading a log group got; its rows tell what kind of log it is.
    pub fn looked_at_log(&mut self, reach: &Reach) {
        if reach.holds_trail {
            return self.looked_for_changes_of_all(reach.clone());
        }
        let place = [reach.account.as_str(), reach.region.as_str()];
        let place = place.map(|text| Some(self.symbols.intern(text)));
        let kinds = [
            SourceKind::Application,
            SourceKind::UserAuth,
            SourceKind::Lambda,
            SourceKind::Waf,
        ];
        let seen = |kind: &SourceKind| self.coverage.contains_key(&(*kind, place[0], place[1]));
        let mut seen: Vec<SourceKind> = kinds.into_iter().filter(seen).collect();
        if seen.is_empty() && reach.stop.is_some() {
            seen.push(SourceKind::Application);
        }
        let reaches = seen.into_iter().map(|kind| (kind, reach.clone()));
        self.reaches.extend(reaches);
    }

    /// Says that all of the trail's attempts of an account and Region in `windows` were taken: what
    /// comes of them after that is a repeat. Folded successes have no ids to tell it by.
    pub fn told(&mut self, account: &str, region: &str, windows: &Windows) {
        let place = (self.symbols.intern(account), self.symbols.intern(region));
        let told = self.told.entry(place).or_default();
        told.extend(windows.as_slice().iter().copied());
    }

    /// Begins to take back a section of the archive.
    pub fn begin_section(&mut self) {
        self.places_here.clear();
    }

    /// Ends it: all that it holds of `windows` was taken, and what another source kept of the same
    /// trails is a repeat.
    pub fn end_section(&mut self, windows: &Windows) {
        for place in std::mem::take(&mut self.places_here) {
            let told = self.told.entry(place).or_default();
            told.extend(windows.as_slice().iter().copied());
        }
    }

    /// Whether all attempts of the kind were taken at this time (µs).
    pub(super) fn is_told(&self, kind: &Kind, time: i64) -> bool {
        if kind.source != SourceKind::Trail || self.told.is_empty() {
            return false;
        }
        let time = DateTime::from_timestamp_micros(time).unwrap_or_default();
        let place = kind.key.account.zip(kind.key.region);
        let told = place.and_then(|place| self.told.get(&place));
        told.is_some_and(|told| told.contains(time))
    }

    /// Takes what no question could have told.
    pub fn remark(&mut self, remark: String) {
        if !self.summary.remarks.contains(&remark) {
            self.summary.remarks.push(remark);
        }
    }

    /// Takes what the reader of a report should know of the inputs.
    pub fn note(&mut self, note: String) {
        self.summary.notes.push(note);
    }
}
