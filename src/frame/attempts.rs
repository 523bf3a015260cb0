//! One attempt, seen twice: joining what several logs tell of the same attempt.
//!
//! Two rows are one attempt when both carry the request id and client and minute agree. Otherwise
//! one source counts per client, endpoint and minute (the trail where it has rows, else the next
//! best), and the others only add the error code. Sources are never summed.

use std::collections::{BTreeMap, BTreeSet};

use crate::frame::hash::{HashMap, HashSet};

use super::{
    fold::{FailedAttempt, Kind, spell},
    symbols::{Symbol, Symbols},
    ties::SAME_MINUTE,
};
use crate::{queries::endpoint, record::SourceKind};

mod take;
mod told;

pub(super) use take::{Folded, OfKind};
use told::Told;

const MINUTE: i64 = 60_000_000;
/// A browser follows the redirect to the page of errors within so much.
const PAGE_WITHIN: i64 = 10_000_000;

/// Attempts as the logs tell them, tied to clients, not yet joined.
pub(super) struct Attempts {
    /// By time, source and id.
    pub failures: Vec<FailedAttempt>,
    /// Kinds of the successes.
    pub kinds: Vec<OfKind>,
    /// In no order.
    pub successes: Vec<Folded>,
}

/// Refused authorize requests, by client and minute.
type Refused = BTreeMap<(Symbol, i64), u64>;

/// Client and endpoint in one minute.
type Place = (Symbol, Option<Symbol>, i64);

impl Attempts {
    /// Makes one row of each attempt.
    pub fn join(mut self, symbols: &Symbols) -> Self {
        self.join_request_ids(symbols);
        let told = Told::new(&self);
        self.take_refused_redirects(symbols);
        let codes = self.drop_told_again(symbols, &told);
        self.add_codes(symbols, &codes);
        self.count_callers();
        self
    }

    /// The first failure of a known principal in a spell counts as a caller, its repeats do not.
    fn count_callers(&mut self) {
        let mut met = HashSet::default();
        for attempt in &mut self.failures {
            let spell = spell(attempt.time);
            attempt.caller = attempt
                .principal
                .is_none_or(|principal| met.insert((principal, spell, attempt.kind)));
        }
    }

    /// Joins failures of two sources that carry one request id.
    fn join_request_ids(&mut self, symbols: &Symbols) {
        let trail = self.trail_by_request_id();
        let twin = |other: &FailedAttempt| {
            let twin = *trail.get(other.request_id.as_deref()?)?;
            let same = !is_trail(other) && same_attempt(&self.failures[twin], other);
            same.then_some(twin)
        };
        let twins: Vec<Option<usize>> = self.failures.iter().map(twin).collect();
        for (index, twin) in twins.iter().enumerate() {
            if let Some(twin) = twin {
                let code = self.failures[index].kind.key.outcome;
                refine(&mut self.failures[*twin].kind, code, symbols);
            }
        }
        let mut twins = twins.into_iter();
        self.failures.retain(|_| twins.next().flatten().is_none());
    }

    /// Where the trail's failures stand whose request ids other logs name too.
    fn trail_by_request_id(&self) -> HashMap<Box<str>, usize> {
        let others = self.failures.iter().filter(|attempt| !is_trail(attempt));
        let asked: HashSet<&str> = others.filter_map(|o| o.request_id.as_deref()).collect();
        let places = self.failures.iter().enumerate();
        places
            .filter(|(_, attempt)| is_trail(attempt))
            .filter_map(|(place, attempt)| Some((attempt.request_id.as_deref()?, place)))
            .filter(|(id, _)| asked.contains(*id))
            .map(|(id, place)| (id.into(), place))
            .collect()
    }

    /// A redirect in the trail is not an outcome: where the application says that the redirect
    /// brought an error, or the page of errors is met, that failure takes the place of the trail's
    /// accepted authorize request.
    fn take_refused_redirects(&mut self, symbols: &Symbols) {
        let authorize = symbols.find(endpoint::AUTHORIZE);
        let page = symbols.find(endpoint::ERROR_PAGE);
        let by_application = self.refused(|_| true, SourceKind::Application, authorize);
        let by_page = self.refused(|_| true, SourceKind::Trail, page);
        self.take_accepted(authorize, by_application, 0, symbols);
        let mut open = self.take_accepted(authorize, by_page, 0, symbols);
        let early = |attempt: &FailedAttempt| attempt.time.rem_euclid(MINUTE) < PAGE_WITHIN;
        let early = self.refused(early, SourceKind::Trail, page);
        open.retain(|place, left| {
            *left = (*left).min(early.get(place).copied().unwrap_or_default());
            *left > 0
        });
        self.take_accepted(authorize, open, 1, symbols);
    }

    /// Takes as many accepted authorize requests of the trail away as were refused after `wait`
    /// minutes; returns those that none is left for.
    fn take_accepted(
        &mut self,
        authorize: Option<Symbol>,
        mut refused: Refused,
        wait: i64,
        symbols: &Symbols,
    ) -> Refused {
        refused.retain(|_, left| *left > 0);
        if refused.is_empty() || authorize.is_none() {
            return refused;
        }
        let kinds = &self.kinds;
        let place = |folded: &Folded| {
            let kind = &kinds[folded.kind as usize].kind;
            let ours = kind.source == SourceKind::Trail && kind.key.endpoint == authorize;
            let client = kind.key.client.filter(|_| ours)?;
            Some((client, folded.counted.first.div_euclid(MINUTE) + wait))
        };
        let accepted = self.successes.iter_mut();
        let mut accepted: Vec<&mut Folded> = accepted
            .filter(|folded| place(folded).is_some_and(|place| refused.contains_key(&place)))
            .collect();
        accepted.sort_by_cached_key(|folded| {
            let counted = &folded.counted;
            let texts = kinds[folded.kind as usize].kind.key.texts(symbols);
            (counted.first, counted.last, counted.requests, texts)
        });
        for folded in accepted {
            let Some(left) = place(folded).and_then(|place| refused.get_mut(&place)) else {
                continue;
            };
            let counted = &mut folded.counted;
            let taken = counted.requests.min(*left);
            counted.requests -= taken;
            counted.callers = counted.callers.min(counted.requests);
            *left -= taken;
        }
        self.successes.retain(|folded| folded.counted.requests > 0);
        refused
    }

    /// Authorize requests that a source tells to have been refused, by client and minute.
    fn refused(
        &self,
        which: impl Fn(&FailedAttempt) -> bool,
        source: SourceKind,
        endpoint: Option<Symbol>,
    ) -> Refused {
        let mut refused = Refused::new();
        for attempt in self.failures.iter().filter(|attempt| which(attempt)) {
            let (kind, minute) = (&attempt.kind, attempt.time.div_euclid(MINUTE));
            if kind.source == source
                && endpoint.is_some()
                && kind.key.endpoint == endpoint
                && let Some(client) = kind.key.client
            {
                *refused.entry((client, minute)).or_default() += 1;
            }
        }
        refused
    }

    /// Drops rows of places where a better source has rows; returns the codes they told.
    fn drop_told_again(
        &mut self,
        symbols: &Symbols,
        told: &Told,
    ) -> BTreeMap<Place, BTreeSet<Symbol>> {
        let authorize = symbols.find(endpoint::AUTHORIZE);
        let mut codes: BTreeMap<Place, BTreeSet<Symbol>> = BTreeMap::new();
        self.failures.retain(|attempt| {
            let kind = &attempt.kind;
            let told_here = kind.key.endpoint == authorize;
            if told_here || !told.better(kind, attempt.time) {
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
        if !told.is_empty() {
            let kinds = &self.kinds;
            self.successes.retain(|folded| {
                let kind = &kinds[folded.kind as usize].kind;
                !told.better(kind, folded.counted.first)
            });
        }
        codes
    }

    /// Gives failures of known status the code that another source told for their minute, if it
    /// told but one.
    fn add_codes(&mut self, symbols: &Symbols, codes: &BTreeMap<Place, BTreeSet<Symbol>>) {
        if codes.is_empty() {
            return;
        }
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

fn is_trail(attempt: &FailedAttempt) -> bool {
    attempt.kind.source == SourceKind::Trail
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

/// Whether a grant is that of people who sign in by pages.
pub fn is_sign_in(grant: Option<&str>) -> bool {
    matches!(grant, Some("authorization_code" | "implicit"))
}

/// Whether an outcome is only an HTTP status: a set of possible codes.
pub fn is_status(outcome: &str) -> bool {
    outcome.starts_with("http_")
}
