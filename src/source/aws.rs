//! AWS as a source: an account and Region to ask, and how far each question got.
//!
//! Knows how to ask without taking a colleague's share of the quota, and nothing of what the
//! answers say.

use std::{fmt, time::Duration};

use aws_config::SdkConfig;
use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use crate::{
    ids::{AccountId, Region},
    window::{Window, Windows},
};

pub mod call;
pub mod describe;
pub mod filter;
pub mod insights;
pub mod lookup;
pub mod pace;
pub mod s3;

pub use call::Stop;
pub use pace::Pace;

/// An account and Region, and the configuration to ask it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The account that answers.
    pub account: AccountId,
    /// The Region that answers.
    pub region: Region,
    /// Credentials, endpoint, HTTP client, time-outs.
    pub config: SdkConfig,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {} in {}", self.account, self.region)
    }
}

/// Records as they came, in a container that [`crate::record`] reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where they came from, for messages: `cloudtrail 111122223333 eu-west-1`.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Records in them, where that is known without reading them.
    pub records: usize,
    /// Whether it is a file of its own, plain or gzip.
    pub file: bool,
    /// Why there are no bytes.
    pub failure: Option<String>,
}

/// Where pages go. Bounded: what reads them sets the speed.
pub type Pages = mpsc::Sender<Page>;

/// How far one question got.
#[derive(Clone, Debug)]
pub struct Reach {
    /// What was asked, for messages: `CloudTrail look-up of changes`.
    pub question: String,
    /// The account.
    pub account: AccountId,
    /// The Region.
    pub region: Region,
    /// The span that was asked for.
    pub asked: Window,
    /// The part of it that was read to its end.
    pub got: Windows,
    /// When it was asked: later deliveries were not there yet.
    pub at: DateTime<Utc>,
    /// Bytes that AWS scanned for it and bills; `None` where it does not say.
    pub scanned: Option<u64>,
    /// Calls and time of a look-up, one name after another.
    pub cost: Option<Cost>,
    /// Whether a log group was found to hold a trail.
    pub holds_trail: bool,
    /// What ended it early.
    pub stop: Option<Stop>,
}

/// What a look-up cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Answers of AWS.
    pub calls: u64,
    /// From the first question to the last answer.
    pub took: Duration,
}

impl Cost {
    /// What both cost, one after the other.
    pub fn sum(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(Self {
                calls: one.calls + other.calls,
                took: one.took + other.took,
            }),
            (one, other) => one.or(other),
        }
    }
}

impl Reach {
    /// Whether all that was asked for was read.
    pub fn is_whole(&self) -> bool {
        self.got.missing(self.asked).is_empty()
    }
}
