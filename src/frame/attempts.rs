//! One attempt, seen twice: joining what several logs tell of the same attempt.
//!
//! Two rows are one attempt when both carry the request id and client and minute agree. Otherwise
//! one source counts per client, endpoint and minute (the trail where it has rows, else the next
//! best), and the others only add the error code. Sources are never summed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    fold::{FailedAttempt, Kind, Successes, caller_block},
    symbols::{Symbol, Symbols},
    ties::SAME_MINUTE,
};
use crate::{queries::endpoint, record::SourceKind};

const MINUTE: i64 = 60_000_000;

/// Attempts as the logs tell them, tied to clients, not yet joined.
pub(super) struct Attempts {
    pub failures: Vec<FailedAttempt>,
    pub successes: Vec<(Kind, Successes)>,
}

/// Client and endpoint in one minute; no endpoint means any.
type Place = (Symbol, Option<Symbol>, i64);

impl Attempts {
    /// Makes one row of each attempt.
    pub fn join(mut self, symbols: &mut Symbols) -> Self {
        self.failures.sort_by(|a, b| {
            (a.time, a.kind.source, &a.event_id).cmp(&(b.time, b.kind.source, &b.event_id))
        });
        self.successes
            .sort_by_key(|(_, counted)| (counted.first, counted.last, counted.requests));
        self.join_request_ids(symbols);
        let best = self.best_sources();
        self.take_refused_redirects(symbols);
        let codes = self.drop_told_again(symbols, &best);
        self.add_codes(symbols, &codes);
        self.count_callers();
        self
    }

    /// The first failure of a known principal in a block counts as a caller, its repeats do not.
    fn count_callers(&mut self) {
        let mut met = HashSet::new();
        for attempt in &mut self.failures {
            let block = caller_block(attempt.time);
            attempt.caller = attempt
                .principal
                .is_none_or(|principal| met.insert((principal, block, attempt.kind)));
        }
    }

    /// Joins failures of two sources that carry one request id.
    fn join_request_ids(&mut self, symbols: &Symbols) {
        let mut trail: HashMap<Box<str>, usize> = HashMap::new();
        for (index, attempt) in self.failures.iter().enumerate() {
            if let (SourceKind::Trail, Some(id)) = (attempt.kind.source, &attempt.request_id) {
                trail.insert(id.clone(), index);
            }
        }
        let mut joined = BTreeSet::new();
        for index in 0..self.failures.len() {
            let other = &self.failures[index];
            let twin = other.request_id.as_ref().and_then(|id| trail.get(id));
            let Some(&twin) = twin.filter(|_| other.kind.source != SourceKind::Trail) else {
                continue;
            };
            if !same_attempt(&self.failures[twin], other) {
                continue;
            }
            let code = other.kind.key.outcome;
            joined.insert(index);
            refine(&mut self.failures[twin].kind, code, symbols);
        }
        let mut index = 0;
        self.failures.retain(|_| {
            index += 1;
            !joined.contains(&(index - 1))
        });
    }

    /// The best source that has rows at each place.
    fn best_sources(&self) -> BTreeMap<Place, SourceKind> {
        let mut best = BTreeMap::new();
        let mut note = |kind: &Kind, time: i64| {
            let Some(client) = kind.key.client.filter(|_| kind.source != SourceKind::Waf) else {
                return;
            };
            for endpoint in [kind.key.endpoint, None] {
                let place = (client, endpoint, time.div_euclid(MINUTE));
                let source = best.entry(place).or_insert(kind.source);
                *source = kind.source.min(*source);
            }
        };
        for attempt in &self.failures {
            note(&attempt.kind, attempt.time);
        }
        for (kind, counted) in &self.successes {
            note(kind, counted.first);
        }
        best
    }

    /// A redirect in the trail is not an outcome: where the application says that the redirect
    /// brought an error, its failure takes the place of the trail's accepted authorize request.
    fn take_refused_redirects(&mut self, symbols: &Symbols) {
        let authorize = symbols.find(endpoint::AUTHORIZE);
        let mut refused: BTreeMap<(Symbol, i64), u64> = BTreeMap::new();
        for attempt in &self.failures {
            let (kind, minute) = (&attempt.kind, attempt.time.div_euclid(MINUTE));
            if kind.source == SourceKind::Application
                && kind.key.endpoint == authorize
                && let Some(client) = kind.key.client
            {
                *refused.entry((client, minute)).or_default() += 1;
            }
        }
        for (kind, counted) in &mut self.successes {
            let place = kind
                .key
                .client
                .map(|c| (c, counted.first.div_euclid(MINUTE)));
            if kind.source == SourceKind::Trail
                && kind.key.endpoint == authorize
                && let Some(left) = place.and_then(|place| refused.get_mut(&place))
            {
                let taken = counted.requests.min(*left);
                counted.requests -= taken;
                counted.callers = counted.callers.min(counted.requests);
                *left -= taken;
            }
        }
        self.successes.retain(|(_, counted)| counted.requests > 0);
    }

    /// Drops rows of places where a better source has rows; returns the codes they told.
    fn drop_told_again(
        &mut self,
        symbols: &Symbols,
        best: &BTreeMap<Place, SourceKind>,
    ) -> BTreeMap<Place, BTreeSet<Symbol>> {
        let authorize = symbols.find(endpoint::AUTHORIZE);
        let told_better = |kind: &Kind, time: i64| {
            let any = kind.source == SourceKind::UserAuth;
            let endpoint = kind.key.endpoint.filter(|_| !any);
            let Some(client) = kind.key.client.filter(|_| kind.source != SourceKind::Waf) else {
                return false;
            };
            let minute = time.div_euclid(MINUTE);
            (minute - 1..=minute + 1)
                .filter_map(|minute| best.get(&(client, endpoint, minute)))
                .any(|source| *source < kind.source)
        };
        let mut codes: BTreeMap<Place, BTreeSet<Symbol>> = BTreeMap::new();
        self.failures.retain(|attempt| {
            let kind = &attempt.kind;
            let told_here = kind.key.endpoint == authorize;
            if told_here || !told_better(kind, attempt.time) {
                return true;
            }
            if let (Some(client), Some(code)) = (kind.key.client, kind.key.outcome)
                && !is_status(symbols.text(code))
            {
                let place = (client, kind.key.endpoint, attempt.time.div_euclid(MINUTE));
                codes.entry(place).or_default().insert(code);
            }
            false
        });
        self.successes
            .retain(|(kind, counted)| !told_better(kind, counted.first));
        codes
    }

    /// Gives failures of known status the code that another source told for their minute, if it
    /// told but one.
    fn add_codes(&mut self, symbols: &Symbols, codes: &BTreeMap<Place, BTreeSet<Symbol>>) {
        for attempt in &mut self.failures {
            let Some(client) = attempt.kind.key.client else {
                continue;
            };
            let minute = attempt.time.div_euclid(MINUTE);
            let told: BTreeSet<Symbol> = (minute - 1..=minute + 1)
                .filter_map(|minute| codes.get(&(client, attempt.kind.key.endpoint, minute)))
                .flatten()
                .copied()
                .collect();
            if told.len() == 1 {
                refine(&mut attempt.kind, told.first().copied(), symbols);
            }
        }
    }
}

fn same_attempt(trail: &FailedAttempt, other: &FailedAttempt) -> bool {
    let (a, b) = (trail.kind.key.client, other.kind.key.client);
    (a == b || b.is_none()) && (trail.time - other.time).abs() <= SAME_MINUTE
}

/// Puts a code in the place of a mere status.
fn refine(kind: &mut Kind, code: Option<Symbol>, symbols: &Symbols) {
    let is_status = |outcome: Option<Symbol>| outcome.is_some_and(|o| is_status(symbols.text(o)));
    if is_status(kind.key.outcome) && code.is_some() && !is_status(code) {
        kind.key.outcome = code;
    }
}

/// Whether an outcome is only an HTTP status: a set of possible codes.
pub fn is_status(outcome: &str) -> bool {
    outcome.starts_with("http_")
}
