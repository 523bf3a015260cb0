//! Who asks: the callers of each app client, those that were accepted and those that were not.
//!
//! A caller is an address and an agent. A user's `sub` stands beside accepted requests only, and codes
//! and tokens are masked: neither tells who failed.

use std::{borrow::Cow, collections::BTreeSet, hash::BuildHasher};

use super::{
    hash::HashMap,
    kinds::{Kind, KindNumber, Successes},
    symbols::{Symbol, Symbols},
};
use crate::{
    ids::{AppClientId, UserPoolId},
    record::mask,
};
use foldhash::quality::FixedState;

mod frame;
mod sessions;

pub use frame::frame;
pub use sessions::Sessions;
use sessions::Step;

/// So many callers of an app client are kept, the busiest; the others count as one.
pub const MOST: usize = 4_096;

/// A caller, told apart by a number made of its address and agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallerId(u64);

impl CallerId {
    /// The caller with this address and agent; `None` where neither is told.
    pub fn new(address: Option<&str>, agent: Option<&str>) -> Option<Self> {
        (address.is_some() || agent.is_some())
            .then(|| Self(FixedState::with_seed(0).hash_one((address, agent))))
    }
}

/// The address and agent of a caller.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Caller {
    pub source_ip: Option<Box<str>>,
    pub agent: Option<Box<str>>,
}

/// Callers that one reader met for the first time.
#[derive(Clone, Debug, Default)]
pub struct Met {
    /// Callers as they are written, and without secrets.
    known: HashMap<CallerId, CallerId>,
    new: Vec<(CallerId, Caller)>,
}

impl Met {
    /// The number of a caller, who is noted when he is new.
    pub fn number(&mut self, source_ip: Option<&str>, agent: Option<&str>) -> Option<CallerId> {
        let written = CallerId::new(source_ip, agent)?;
        if let Some(id) = self.known.get(&written) {
            return Some(*id);
        }
        let [source_ip, agent] = [source_ip, agent].map(|text| text.map(mask::field));
        let id = CallerId::new(source_ip.as_deref(), agent.as_deref())?;
        self.known.insert(written, id);
        let [source_ip, agent] = [source_ip, agent].map(|text| text.map(Cow::into_owned));
        let caller = Caller {
            source_ip: source_ip.map(Into::into),
            agent: agent.map(Into::into),
        };
        self.new.push((id, caller));
        Some(id)
    }

    /// Those met since the last call.
    pub fn new_ones(&mut self) -> Vec<(CallerId, Caller)> {
        std::mem::take(&mut self.new)
    }
}

/// What came of a caller's requests, with the times (µs) of the first and the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    pub requests: u64,
    pub first: i64,
    pub last: i64,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            requests: 0,
            first: i64::MAX,
            last: i64::MIN,
        }
    }
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// A caller's accepted requests and the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub accepted: Tally,
    pub refused: Tally,
}

impl Record {
    fn add(&mut self, other: &Self) {
        self.accepted.add(&other.accepted);
        self.refused.add(&other.refused);
    }

    fn requests(&self) -> u64 {
        self.accepted.requests + self.refused.requests
    }
}

/// The callers of one app client, or of a pool where no log names the client.
#[derive(Clone, Debug, Default)]
pub struct OfClient {
    callers: HashMap<CallerId, Record>,
    /// Of those that signed in or refreshed.
    sessions: HashMap<CallerId, Sessions>,
    /// Known once the clients of all hosts are put together.
    hosts: HashMap<CallerId, BTreeSet<Symbol>>,
    others: Record,
}

impl OfClient {
    fn count(&mut self, caller: CallerId, counted: &Tally, accepted: bool) {
        let record = self.callers.entry(caller).or_default();
        match accepted {
            true => record.accepted.add(counted),
            false => record.refused.add(counted),
        }
        // A sweep at twice as many costs little for each.
        if self.callers.len() > 2 * MOST {
            self.keep_busiest();
        }
    }

    /// Adds those of the same client at one more host.
    fn add(&mut self, other: Self, host: Option<Symbol>) {
        for (caller, record) in other.callers {
            self.callers.entry(caller).or_default().add(&record);
            if let Some(host) = host {
                self.hosts.entry(caller).or_default().insert(host);
            }
        }
        for (caller, sessions) in &other.sessions {
            self.sessions.entry(*caller).or_default().add(sessions);
        }
        self.others.add(&other.others);
    }

    fn keep_busiest(&mut self) {
        if self.callers.len() <= MOST {
            return;
        }
        let mut order: Vec<(CallerId, Record)> = self.callers.drain().collect();
        order.sort_unstable_by_key(|(id, record)| (std::cmp::Reverse(record.requests()), *id));
        for (_, record) in order.drain(MOST..) {
            self.others.add(&record);
        }
        self.callers.extend(order);
        let callers = &self.callers;
        self.sessions
            .retain(|caller, _| callers.contains_key(caller));
    }
}

/// Whose request of which kind.
#[derive(Clone, Copy, Debug)]
pub struct ByCaller<'a> {
    pub number: KindNumber,
    pub kind: &'a Kind,
    pub caller: CallerId,
}

/// The callers of all app clients, while they are read.
#[derive(Clone, Debug, Default)]
pub struct Callers {
    /// By number of the kind: the place of its client, and what its requests are to a session.
    places: Vec<Option<(usize, Option<Step>)>>,
    by_client: HashMap<[Option<Symbol>; 3], usize>,
    clients: Vec<(Kind, OfClient)>,
    names: HashMap<CallerId, Caller>,
}

impl Callers {
    /// Takes what a reader met for the first time.
    pub fn meet(&mut self, met: Vec<(CallerId, Caller)>) {
        self.names.extend(met);
    }

    /// The address and agent of a caller.
    pub fn named(&self, caller: CallerId) -> Option<&Caller> {
        self.names.get(&caller)
    }

    /// Counts a request.
    pub fn count(&mut self, request: &ByCaller<'_>, time: i64, accepted: bool, symbols: &Symbols) {
        let counted = Tally {
            requests: 1,
            first: time,
            last: time,
        };
        self.add(request, &counted, [time].into_iter(), accepted, symbols);
    }

    /// Counts the accepted requests of a minute.
    pub fn count_accepted(
        &mut self,
        request: &ByCaller<'_>,
        counted: &Successes,
        symbols: &Symbols,
    ) {
        let tally = Tally {
            requests: counted.requests,
            first: counted.first,
            last: counted.last,
        };
        let minute = counted.first - counted.first.rem_euclid(60_000_000);
        let times = counted.seconds.times(minute);
        self.add(request, &tally, times, true, symbols);
    }

    fn add(
        &mut self,
        request: &ByCaller<'_>,
        counted: &Tally,
        times: impl Iterator<Item = i64>,
        accepted: bool,
        symbols: &Symbols,
    ) {
        let (place, step) = self.place(request, symbols);
        let Some((_, of_client)) = self.clients.get_mut(place) else {
            return;
        };
        of_client.count(request.caller, counted, accepted);
        if let Some(step) = step {
            let sessions = of_client.sessions.entry(request.caller).or_default();
            times.for_each(|time| sessions.note(step, time, accepted));
        }
    }

    fn place(&mut self, request: &ByCaller<'_>, symbols: &Symbols) -> (usize, Option<Step>) {
        let (number, kind) = (request.number, request.kind);
        if let Some(Some(place)) = self.places.get(number.index()) {
            return *place;
        }
        let client = [kind.key.user_pool, kind.key.client, kind.domain];
        let next = self.clients.len();
        let place = *self.by_client.entry(client).or_insert(next);
        if place == next {
            self.clients.push((*kind, OfClient::default()));
        }
        if self.places.len() <= number.index() {
            self.places.resize(number.index() + 1, None);
        }
        let place = (place, Step::of(kind, symbols));
        self.places[number.index()] = Some(place);
        place
    }

    /// One row for each caller of each client, and one for the others where there are any; `tie` fills
    /// in the client and pool that a kind lacks.
    pub fn rows(self, symbols: &Symbols, tie: impl Fn(&mut Kind)) -> Vec<CallerRow> {
        let mut clients: HashMap<[Option<Symbol>; 2], OfClient> = HashMap::default();
        for (mut kind, of_client) in self.clients {
            tie(&mut kind);
            let client = [kind.key.user_pool, kind.key.client];
            let all = clients.entry(client).or_default();
            all.add(of_client, kind.domain);
        }
        let mut rows = Vec::new();
        for ([user_pool, client], mut of_client) in clients {
            of_client.keep_busiest();
            let text = |symbol: Option<Symbol>| symbol.map(|symbol| symbols.text(symbol));
            let row = |caller, record| CallerRow {
                user_pool: text(user_pool).map(UserPoolId::new),
                client: text(client).map(AppClientId::new),
                caller,
                record,
                sessions: Sessions::default(),
                hosts: Vec::new(),
            };
            let others = Some(of_client.others).filter(|others| others.requests() > 0);
            rows.extend(others.map(|record| row(None, record)));
            rows.extend(of_client.callers.into_iter().map(|(caller, record)| {
                let named = self.names.get(&caller).cloned();
                let hosts = of_client.hosts.remove(&caller).unwrap_or_default();
                let hosts = hosts.into_iter().map(|host| symbols.text(host));
                let mut hosts: Vec<Box<str>> = hosts.map(Into::into).collect();
                hosts.sort();
                CallerRow {
                    sessions: of_client.sessions.remove(&caller).unwrap_or_default(),
                    hosts,
                    ..row(Some(named.unwrap_or_default()), record)
                }
            }));
        }
        rows.sort_by(|a, b| {
            let client = (&a.user_pool, &a.client).cmp(&(&b.user_pool, &b.client));
            client.then_with(|| a.caller.cmp(&b.caller))
        });
        rows
    }
}

/// What came of the requests of one caller of an app client.
#[derive(Clone, Debug, PartialEq)]
pub struct CallerRow {
    pub user_pool: Option<UserPoolId>,
    pub client: Option<AppClientId>,
    /// `None`: all callers beyond the busiest.
    pub caller: Option<Caller>,
    pub record: Record,
    pub sessions: Sessions,
    /// Hosts that were asked, or prefixes of Cognito's own, in order.
    pub hosts: Vec<Box<str>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(number: usize) -> CallerId {
        CallerId::new(Some(&format!("192.0.2.{number}")), Some("curl/8")).expect("a caller")
    }

    #[test]
    fn an_address_with_another_agent_is_another_caller() {
        let of = |agent| CallerId::new(Some("192.0.2.1"), agent);
        assert_ne!(of(Some("curl/8")), of(Some("axios/1")));
        assert_ne!(of(Some("curl/8")), of(None));
        assert_eq!(of(Some("curl/8")), of(Some("curl/8")));
        assert_eq!(CallerId::new(None, None), None);
    }

    #[test]
    fn the_busiest_stay_and_the_others_count_as_one() {
        let mut of_client = OfClient::default();
        let at = |time| Tally {
            requests: 1,
            first: time,
            last: time,
        };
        for time in 0..3 {
            of_client.count(caller(0), &at(time), false);
        }
        for number in 1..=2 * MOST + 10 {
            of_client.count(caller(number), &at(number as i64), true);
        }
        of_client.keep_busiest();
        assert_eq!(of_client.callers.len(), MOST);
        let busiest = of_client.callers[&caller(0)];
        assert_eq!((busiest.refused.requests, busiest.refused.last), (3, 2));
        let kept: u64 = of_client.callers.values().map(Record::requests).sum();
        assert_eq!(kept + of_client.others.requests(), 3 + 2 * MOST as u64 + 10);
    }
}
