//! What was looked at and what was not.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::{
    ids::{AccountId, Region},
    record::LookAlike,
    source::{Rejected, aws::Cost},
    window::Window,
};

/// What went into the frames and what did not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Files opened, standard input included.
    pub files: u64,
    /// Pages of AWS's answers.
    pub pages: u64,
    /// Their bytes, as they lie on disk or came.
    pub bytes: u64,
    /// Of the files, or of the texts in archives, those that are logs of any kind.
    pub logs: u64,
    /// Attempts at sign-in and changes of user pools met, whatever their time.
    pub events: u64,
    /// CloudTrail records seen, wanted or not.
    pub records: u64,
    /// Attempts, after duplicates were removed and sources joined.
    pub requests: u64,
    /// Those of them that met a page or were redirected, which does not tell how they ended.
    pub undecided: u64,
    /// Configuration writes, after duplicates were removed.
    pub changes: u64,
    /// Kept records met again.
    pub duplicates: u64,
    /// Files and records that could not be read.
    pub rejected: Vec<Rejected>,
    /// More of them, in files of which a hundred are listed.
    pub rejected_unlisted: u64,
    /// Questions to AWS that were not answered whole, as sentences without an end.
    pub notes: Vec<String>,
    /// What could not be asked at all, as sentences without an end.
    pub remarks: Vec<String>,
    /// Look-alikes passed over, by kind.
    pub passed_over: BTreeMap<LookAlike, u64>,
    /// How application lines without a client id were tied to one, as a phrase (`by request id`,
    /// `by --map`, `by the only client its log stream names`, …), and how many lines.
    pub ties: BTreeMap<&'static str, u64>,
    /// Application lines with an OAuth error that could not be tied to any client.
    pub untied: u64,
    /// Log streams that tell of failures only, so that no failure rate can be had from them.
    pub failures_only: Vec<String>,
}

impl Summary {
    /// Adds the counts of a part of the inputs.
    pub(super) fn add(&mut self, part: Self) {
        self.files += part.files;
        self.pages += part.pages;
        self.bytes += part.bytes;
        self.logs += part.logs;
        self.events += part.events;
        self.records += part.records;
        self.duplicates += part.duplicates;
        self.rejected.extend(part.rejected);
        self.rejected_unlisted += part.rejected_unlisted;
        self.remarks.extend(part.remarks);
        for (kind, count) in part.passed_over {
            *self.passed_over.entry(kind).or_default() += count;
        }
    }

    /// How many files and records could not be read.
    pub fn rejected_count(&self) -> u64 {
        let listed: u64 = self.rejected.iter().map(|rejected| rejected.count).sum();
        listed + self.rejected_unlisted
    }

    /// Whether something could not be read, or not wholly.
    pub fn is_incomplete(&self) -> bool {
        !self.rejected.is_empty() || !self.notes.is_empty()
    }
}

/// What one source was able to show of an interval.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageRow {
    /// `trail`, or the kind of log.
    pub source: &'static str,
    /// The account; `None` when the log does not say.
    pub account: Option<AccountId>,
    /// The Region; `None` when the log does not say.
    pub region: Option<Region>,
    /// Time of the first record.
    pub from: DateTime<Utc>,
    /// Time of the last record.
    pub to: DateTime<Utc>,
    /// Late deliveries may still add records after this time.
    pub complete_until: DateTime<Utc>,
    /// Spans in which nothing at all was observed.
    pub gaps: Vec<Window>,
    /// How much of the interval was seen.
    pub status: CoverageStatus,
    /// Whether it told nothing for unusually long up to the window's end.
    pub dark: bool,
    /// What asking cost, where it was looked up.
    pub cost: Option<Cost>,
}

/// How much of an interval was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageStatus {
    /// All of it, as far as can be told.
    Complete,
    /// Parts: there are gaps, or files were rejected.
    Partial,
    /// Access was denied.
    Denied,
    /// Nobody asked for it.
    NotAsked,
}

impl CoverageStatus {
    /// The name in the `status` column and in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Denied => "denied",
            Self::NotAsked => "not_asked",
        }
    }
}
