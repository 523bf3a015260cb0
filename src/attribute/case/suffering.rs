//! What an outage consists of: its failures, or the traffic that stopped.

use std::collections::BTreeMap;

use super::{is_client, words::reasons};
use crate::{
    attribute::{times::weight, usual::Usual},
    cognito::{
        effects::reason::Reason,
        history::{At, History},
        replay,
        setting::Resource,
    },
    detect::{Incident, Kind},
    frame::{Cells, Key, Owner},
    ids::AppClientId,
    window::Window,
};

/// Traffic so long before a silence says which requests stopped.
const BEFORE_SILENCE: i64 = 3 * 3_600_000_000;

/// What an outage consists of, by kind.
pub struct Suffering<'a> {
    /// By the number of the key.
    pub kinds: BTreeMap<u32, Suffered<'a>>,
    /// Whether an application's clock told of the first of it.
    pub by_application: bool,
}

/// Requests of one kind.
pub struct Suffered<'a> {
    pub key: &'a Key,
    pub weight: f64,
    /// Requests that the outage counts; others say what it is about all the same.
    pub requests: u64,
    /// Why they failed, where the words of the errors agree.
    pub reason: Option<Reason>,
    refused: Refused,
}

/// Whether the client's settings refuse such requests, over time.
#[derive(Default)]
struct Refused {
    /// As far back as is known.
    ever: bool,
    /// Just before each of the client's changes, and just after.
    changes: Vec<(usize, bool, bool)>,
}

impl<'a> Suffering<'a> {
    /// Those of some owners' requests that an outage consists of.
    pub fn new(
        incident: &Incident,
        usual: &Usual<'a>,
        history: &History,
        window: Window,
        owners: &[&'a Owner],
    ) -> Self {
        let cells = usual.cells();
        let mut suffering = Self {
            kinds: BTreeMap::new(),
            by_application: false,
        };
        let (from, to) = span(incident, window);
        let mut first: Option<(i64, i64, Option<&str>)> = None;
        let ours = |owner: &&&Owner| is_client(incident, cells.text(owner.client));
        for owner in owners.iter().filter(ours) {
            let rows = cells.with_keys(cells.touching(cells.of(owner), from, to));
            let inside = rows.filter(|(row, _)| row.last >= from && row.first <= to);
            for (row, key) in inside.filter(|(_, key)| is_of(incident, cells, key)) {
                let own = (row.first, row.last, cells.text(key.source));
                first = Some(first.map_or(own, |first| first.min(own)));
                let refused = || Refused::new(incident, usual, history, key);
                let new = || Suffered {
                    key,
                    weight: 0.0,
                    requests: 0,
                    reason: None,
                    refused: refused(),
                };
                let suffered = suffering.kinds.entry(row.key).or_insert_with(new);
                suffered.weight += weight(row);
                if incident.has_grant(cells.text(key.grant)) {
                    suffered.requests += row.requests;
                }
            }
            for (kind, reason) in reasons(cells, owner, from, to) {
                if let Some(suffered) = suffering.kinds.get_mut(&kind) {
                    suffered.reason = Some(reason);
                }
            }
        }
        let source = first.and_then(|(.., source)| source);
        suffering.by_application = source.is_some_and(|source| source != "trail");
        suffering
    }
}

fn span(incident: &Incident, window: Window) -> (i64, i64) {
    let onset = incident.onset.timestamp_micros();
    let end = incident.end.unwrap_or(window.end).timestamp_micros();
    match incident.kind {
        Kind::Failures => (onset, end),
        Kind::Absence => (onset - BEFORE_SILENCE, onset),
    }
}

/// Whether requests of that kind may be what an outage of their client consists of.
fn is_of(incident: &Incident, cells: &Cells, key: &Key) -> bool {
    let failed = cells.failed(key);
    match incident.kind {
        Kind::Failures => failed && has_grant(incident, cells.text(key.grant)),
        Kind::Absence => !failed && incident.stratum.asks(cells, key),
    }
}

fn has_grant(incident: &Incident, grant: Option<&str>) -> bool {
    let grants = &incident.grants;
    grant.is_none_or(|grant| grants.is_empty() || grants.contains_key(grant))
}

impl Suffered<'_> {
    /// Whether the client's settings just before a change refuse such requests already.
    pub fn refused_before(&self, change: usize) -> bool {
        let changes = &self.refused.changes;
        let next = changes.partition_point(|(own, ..)| *own < change);
        match changes.get(next) {
            Some((own, before, _)) if *own == change => *before,
            _ => next
                .checked_sub(1)
                .map_or(self.refused.ever, |last| changes[last].2),
        }
    }
}

impl Refused {
    fn new(incident: &Incident, usual: &Usual<'_>, history: &History, key: &Key) -> Self {
        let client = usual.cells().text(key.client).map(AppClientId::new);
        let Some((pool, client)) = incident.user_pool.clone().zip(client) else {
            return Self::default();
        };
        let (resource, attempt) = (Resource::Client(pool, client), usual.attempt(key));
        let refused = |at| {
            let settings = history.settings(&resource, at);
            settings.is_some_and(|settings| replay::refused_by(settings, &attempt).is_some())
        };
        let changes = history.writes(&resource);
        Self {
            ever: refused(At::Before(0)),
            changes: changes
                .map(|own| (own, refused(At::Before(own)), refused(At::After(own))))
                .collect(),
        }
    }
}
