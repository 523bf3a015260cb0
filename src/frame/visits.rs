//! Visits of a pool's pages, one by one, and whether the step that usually follows did.
//!
//! A refused authorize is a redirect like an accepted one: what tells them apart is the login page,
//! the identity provider or the code that follows, or does not. How often the next step follows is
//! learned for each app client from its own visits; only where it nearly always does, its absence
//! says something.

use super::{
    attempts::Attempts,
    callers::CallerId,
    event_key::EventKey,
    fold::FailedAttempt,
    hash::HashMap,
    kinds::{Kind, KindNumber, Kinds},
    symbols::{Symbol, Symbols},
};
use crate::{
    queries::{endpoint, outcome},
    record::{KnownBy, SourceKind},
};

const SECOND: i64 = 1_000_000;
/// The next page of a sign-in comes within so much: a redirect is followed at once, a slow page late.
const PAGE_WITHIN: i64 = 60 * SECOND;
/// A code comes back so soon where a session is still good and no page is shown.
const CODE_WITHIN: i64 = 20 * SECOND;
/// Visits of a client are looked at in so many at a time, …
const BLOCK: usize = 10;
/// … and their next step is usual if so many of them are followed in the better blocks.
const USUAL: f64 = 0.9;
/// One block of so many is among the better ones, however long an outage lasts.
const BETTER: f64 = 0.85;

/// What a request is in a sign-in by pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Authorize,
    /// A page that an authorize request leads to.
    Page,
    /// A code that is exchanged.
    Exchange,
}

/// One visit.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    pub time: i64,
    pub kind: KindNumber,
    pub event: EventKey,
    pub caller: Option<CallerId>,
}

/// All visits, while they are read.
#[derive(Clone, Debug, Default)]
pub struct Visits {
    /// By number of the kind.
    roles: Vec<Option<Option<Role>>>,
    pub visits: Vec<Visit>,
}

impl Visits {
    /// Notes an accepted or refused request, if it is a step of a sign-in by pages.
    pub fn note(&mut self, visit: Visit, kind: &Kind, symbols: &Symbols) {
        let number = visit.kind.index();
        if self.roles.len() <= number {
            self.roles.resize(number + 1, None);
        }
        let role = *self.roles[number].get_or_insert_with(|| role(kind, symbols));
        if role.is_some() {
            self.visits.push(visit);
        }
    }
}

fn role(kind: &Kind, symbols: &Symbols) -> Option<Role> {
    if kind.source != SourceKind::Trail {
        return None;
    }
    let text = |symbol: Option<Symbol>| symbol.map(|symbol| symbols.text(symbol));
    match text(kind.key.endpoint)? {
        endpoint::AUTHORIZE => Some(Role::Authorize),
        endpoint::LOGIN | endpoint::IDP_RESPONSE | endpoint::ERROR_PAGE => Some(Role::Page),
        endpoint::TOKEN => {
            (text(kind.key.grant) == Some("authorization_code")).then_some(Role::Exchange)
        }
        _ => None,
    }
}

/// A visit with what it is; its kind is tied to a client.
struct Step {
    time: i64,
    role: Role,
    kind: Kind,
    accepted: bool,
    event: EventKey,
    caller: Option<CallerId>,
}

/// Authorize requests whose usual next step did not come, as failed attempts.
pub fn not_followed(
    visits: Visits,
    kinds: &Kinds,
    symbols: &mut Symbols,
    end: i64,
    tie: impl Fn(&mut Kind),
) -> Vec<FailedAttempt> {
    let ok = symbols.find(super::counts::OK);
    let step = |visit: &Visit| {
        let mut kind = kinds.kind(visit.kind)?;
        let role = role(&kind, symbols)?;
        tie(&mut kind);
        Some(Step {
            time: visit.time,
            role,
            accepted: kind.key.outcome == ok,
            kind,
            event: visit.event,
            caller: visit.caller,
        })
    };
    let mut steps: Vec<Step> = visits.visits.iter().filter_map(step).collect();
    steps.sort_by_key(|step| (step.time, step.role, step.event));
    let followed = Followed::of(&steps);
    let mut by_client: HashMap<[Option<Symbol>; 2], Vec<usize>> = HashMap::default();
    for (place, step) in steps.iter().enumerate() {
        let told = step.role == Role::Authorize && step.accepted && step.time + PAGE_WITHIN < end;
        if told {
            let client = [step.kind.key.user_pool, step.kind.key.client];
            by_client.entry(client).or_default().push(place);
        }
    }
    let refused = symbols.intern(outcome::NOT_FOLLOWED);
    let known_by = symbols.intern(KnownBy::NextStep.as_str());
    let usual = by_client
        .into_values()
        .filter(|places| is_usual(places, &followed.0));
    let lone = usual.flatten().filter(|place| !followed.0[*place]);
    let failed = lone.map(|place| {
        let mut kind = steps[place].kind;
        kind.key.outcome = Some(refused);
        kind.key.known_by = Some(known_by);
        failed(&steps[place], kind)
    });
    failed.collect()
}

fn failed(step: &Step, kind: Kind) -> FailedAttempt {
    FailedAttempt {
        time: step.time,
        kind,
        event_id: step.event.to_string().into(),
        request_id: None,
        principal: None,
        source_ip: None,
        agent: None,
        who: step.caller,
        message: None,
        caller: true,
    }
}

/// Whether the next step nearly always comes, where nothing is wrong.
fn is_usual(places: &[usize], followed: &[bool]) -> bool {
    let share = |block: &[usize]| {
        let came = block.iter().filter(|place| followed[**place]).count();
        came as f64 / block.len() as f64
    };
    let mut shares: Vec<f64> = places.chunks_exact(BLOCK).map(share).collect();
    shares.sort_by(f64::total_cmp);
    let better = (BETTER * shares.len() as f64) as usize;
    shares.get(better).is_some_and(|share| *share >= USUAL)
}

/// Of each step, whether its next one came.
struct Followed(Vec<bool>);

impl Followed {
    fn of(steps: &[Step]) -> Self {
        let mut followed = Self(vec![false; steps.len()]);
        let mut exchanged = vec![false; steps.len()];
        followed.by_caller(steps, &mut exchanged);
        followed.by_code(steps, &mut exchanged);
        followed
    }

    /// The next step of the same caller, before it begins anew.
    fn by_caller(&mut self, steps: &[Step], exchanged: &mut [bool]) {
        let mut begun: HashMap<(Option<Symbol>, CallerId), usize> = HashMap::default();
        for (place, step) in steps.iter().enumerate() {
            let Some(caller) = step.caller else { continue };
            let key = (step.kind.key.user_pool, caller);
            if step.role == Role::Authorize {
                begun.insert(key, place);
                continue;
            }
            let Some(authorize) = begun.get(&key) else {
                continue;
            };
            if step.time - steps[*authorize].time <= PAGE_WITHIN {
                self.0[*authorize] = true;
                exchanged[place] = step.role == Role::Exchange;
            }
            begun.remove(&key);
        }
    }

    /// A code that the client's backend exchanges for whoever asked seconds before.
    fn by_code(&mut self, steps: &[Step], exchanged: &mut [bool]) {
        let mut waiting: HashMap<Option<Symbol>, Vec<usize>> = HashMap::default();
        for (place, step) in steps.iter().enumerate() {
            let client = step.kind.key.client;
            if step.role == Role::Authorize && !self.0[place] {
                waiting.entry(client).or_default().push(place);
            }
            if step.role != Role::Exchange || exchanged[place] {
                continue;
            }
            let Some(waiting) = waiting.get_mut(&client) else {
                continue;
            };
            waiting.retain(|authorize| step.time - steps[*authorize].time <= CODE_WITHIN);
            if !waiting.is_empty() {
                self.0[waiting.remove(0)] = true;
                exchanged[place] = true;
            }
        }
    }
}

/// Fills in what the pages of a refused sign-in do not tell, from the authorize request of the same
/// caller shortly before.
pub fn complete(attempts: &mut Attempts, visits: &Visits, kinds: &Kinds, symbols: &Symbols) {
    let mut asked: HashMap<CallerId, Vec<(i64, Kind)>> = HashMap::default();
    for visit in &visits.visits {
        let kind = kinds.kind(visit.kind);
        let of_authorize = kind.filter(|kind| role(kind, symbols) == Some(Role::Authorize));
        if let (Some(caller), Some(kind)) = (visit.caller, of_authorize) {
            asked.entry(caller).or_default().push((visit.time, kind));
        }
    }
    for list in asked.values_mut() {
        list.sort_unstable_by_key(|(time, _)| *time);
    }
    for attempt in &mut attempts.failures {
        let list = attempt.who.and_then(|caller| asked.get(&caller));
        let of_page = role(&attempt.kind, symbols) == Some(Role::Page);
        let Some(list) = list.filter(|_| of_page) else {
            continue;
        };
        let before = list.partition_point(|(time, _)| *time <= attempt.time);
        let Some((time, kind)) = before.checked_sub(1).and_then(|place| list.get(place)) else {
            continue;
        };
        if attempt.time - time <= PAGE_WITHIN {
            fill_in(&mut attempt.kind, kind);
        }
    }
}

/// Takes over what is missing, if both are of one client as far as they tell.
fn fill_in(kind: &mut Kind, asked: &Kind) {
    let agree = |a: Option<Symbol>, b: Option<Symbol>| a.is_none() || b.is_none() || a == b;
    let (own, other) = (&mut kind.key, &asked.key);
    if !agree(own.client, other.client) || !agree(own.user_pool, other.user_pool) {
        return;
    }
    for (own, other) in [
        (&mut own.client, other.client),
        (&mut own.user_pool, other.user_pool),
        (&mut own.grant, other.grant),
        (&mut own.redirect_uri, other.redirect_uri),
        (&mut own.scopes, other.scopes),
        (&mut own.identity_provider, other.identity_provider),
    ] {
        *own = own.or(other);
    }
}

#[cfg(test)]
mod tests;
