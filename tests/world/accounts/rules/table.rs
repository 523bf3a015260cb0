//! The rules that somebody wrote down, one row each, without what is drawn for an account.

mod client;
mod federation;
mod network;
mod pool;

use super::super::model::{Ask, Kind, Network, Source, Step};

/// Every row.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [client::ROWS, pool::ROWS, federation::ROWS, network::ROWS]
        .into_iter()
        .flatten()
}

/// A rule for each resource of a kind.
#[derive(Clone, Copy)]
pub struct Row {
    pub name: &'static str,
    pub family: &'static str,
    pub source: Source,
    pub kind: Kind,
    /// By dots; `.*` at the end stands for each member below.
    pub member: &'static str,
    pub when: When,
    pub steps: &'static [Step],
    pub effects: Effects,
    /// Share of the requests that are refused: between these.
    pub share: (f64, f64),
    pub pace: Pace,
    /// Holds in each account, for all requests.
    pub certain: bool,
    /// The page that it refers to does not say that requests fail so.
    pub doubtful: bool,
}

/// When a value breaks requests, as far as it can be said for all accounts.
#[derive(Clone, Copy)]
pub enum When {
    Lacks(Ask),
    Lists(Ask),
    Text(&'static str),
    Flag(bool),
    Number(i64),
    Json(&'static str),
    StrictAcl,
    ForeignFunction,
    ForeignCertificate,
    Empty,
    Changed,
    Gone,
    Outlived,
}

/// Code, message and status of an answer.
pub type Reply = (&'static str, &'static str, u16);

/// What a request that is broken meets: one of these, in an account.
#[derive(Clone, Copy)]
pub enum Effects {
    Answers(&'static [Reply]),
    Network(&'static [Network]),
}

/// How fast a change comes into force.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    Prompt,
    /// Who asks may keep what was for up to a day.
    Cached,
    /// Certificates and content delivery: up to an hour.
    Slow,
}

impl Row {
    const fn of(kind: Kind, member: &'static str, when: When, steps: &'static [Step]) -> Self {
        Self {
            name: "",
            family: "",
            source: Source::Assumed,
            kind,
            member,
            when,
            steps,
            effects: Effects::Answers(&[]),
            share: (1.0, 1.0),
            pace: Pace::Prompt,
            certain: false,
            doubtful: false,
        }
    }

    const fn named(mut self, family: &'static str, name: &'static str) -> Self {
        self.family = family;
        self.name = name;
        self
    }

    const fn documented(mut self, page: &'static str) -> Self {
        self.source = Source::Documented(page);
        self
    }

    const fn assumed(mut self) -> Self {
        self.source = Source::Assumed;
        self
    }

    const fn answers(mut self, replies: &'static [Reply]) -> Self {
        self.effects = Effects::Answers(replies);
        self
    }

    const fn network(mut self, networks: &'static [Network]) -> Self {
        self.effects = Effects::Network(networks);
        self
    }

    const fn share(mut self, least: f64, most: f64) -> Self {
        self.share = (least, most);
        self
    }

    const fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    const fn doubtful(mut self) -> Self {
        self.doubtful = true;
        self
    }

    /// Whether there may be accounts in which nothing comes of it, without contradicting what is
    /// documented.
    pub fn may_be_idle(&self) -> bool {
        !self.certain && (self.doubtful || self.source == Source::Assumed)
    }

    const fn certain(mut self) -> Self {
        self.certain = true;
        self
    }
}

/// Requests to the domain.
const ENDPOINT: &[Step] = &[
    Step::Authorize,
    Step::LoginPage,
    Step::LoginPost,
    Step::IdpResponse,
    Step::Code,
    Step::Refresh,
    Step::Machine,
    Step::UserInfo,
    Step::Logout,
];
const PAGES: &[Step] = &[Step::Authorize, Step::LoginPage, Step::LoginPost];
const TOKEN: &[Step] = &[Step::Code, Step::Refresh, Step::Machine];
/// Requests to the API.
const API: &[Step] = &[
    Step::Password,
    Step::Srp,
    Step::SrpReply,
    Step::AdminPassword,
    Step::ApiRefresh,
    Step::ApiRotate,
];
/// Requests to the API that a firewall sees: those that carry no AWS credentials.
const OPEN_API: &[Step] = &[
    Step::Password,
    Step::Srp,
    Step::SrpReply,
    Step::ApiRefresh,
    Step::ApiRotate,
];
/// A password is checked.
const SIGN_IN: &[Step] = &[Step::Password, Step::SrpReply, Step::AdminPassword];
