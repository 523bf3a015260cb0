//! What really happened: an account is run again without what is suspected, and what then does not
//! fail was its doing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    model::{
        Attempt, By, Cause, DAY, Demand, MINUTE, Millis, Outcome, Owner, Source, Story, World,
        Write,
    },
    oracle, records,
    records::Shown,
    run::{self, Without},
};

/// So many failures that somebody can see, or so many requests that never came, have to be found.
const VISIBLE: usize = 5;
const LOST: usize = 30;
/// A write is guilty if without it so much of the incident would not have happened.
const BUT_FOR: f64 = 0.1;
/// What nobody's change caused stays to this share when every change is taken away.
const STAYS: f64 = 0.8;

/// What is true of an account.
#[derive(Clone, Debug)]
pub struct Truth {
    pub incidents: Vec<Incident>,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Incident {
    pub told: String,
    pub family: &'static str,
    /// Whether the rule by which it came about is one that somebody wrote down.
    pub listed: bool,
    /// Whether it has to be found; else it may be.
    pub must_be_found: bool,
    /// Whether nothing failed that somebody can see, and requests stopped.
    pub absence: bool,
    pub onset: Millis,
    /// `None` if it goes on when the logs end.
    pub end: Option<Millis>,
    /// Whether it was there when the logs begin.
    pub begun_before: bool,
    pub clients: Vec<usize>,
    /// Writes without which it would not have happened, by their id; as far as they are in the logs.
    pub guilty: Vec<usize>,
    /// Whether a write did it that is in no log.
    pub unlogged: bool,
    pub visible: usize,
    pub lost: usize,
    /// In what words most of its failures are told.
    pub told_as: &'static str,
    /// What who knows the rules of this account would believe.
    pub oracle: Option<oracle::Belief>,
}

/// What happened in an account, of which these are the requests.
pub fn tell(world: &World, attempts: &[Attempt]) -> Truth {
    let shown = Shows::of(world, attempts);
    let mut incidents: Vec<Incident> = world
        .stories
        .iter()
        .filter_map(|story| incident(world, attempts, &shown, story))
        .chain(stops(world))
        .collect();
    incidents.sort_by_key(|incident| incident.onset);
    Truth { incidents }
}

/// Times in which the callers of some app clients all rest, as announced to them: the records do not
/// tell them from a fault without a change, so who reports them is not wrong.
fn stops(world: &World) -> impl Iterator<Item = Incident> + '_ {
    let total = |demand: &&Demand| demand.from == 0.0 && demand.to == 0.0;
    let within = |demand: &&Demand| {
        world.window.holds(demand.span.start) && world.window.holds(demand.span.end)
    };
    let stops = world.demand.iter().filter(total).filter(within);
    stops.map(|demand| Incident {
        told: "the callers were told of a stop".to_owned(),
        family: "announced stop",
        listed: false,
        must_be_found: false,
        absence: true,
        onset: demand.span.start,
        end: Some(demand.span.end),
        begun_before: false,
        clients: demand.clients.clone(),
        guilty: Vec::new(),
        unlogged: false,
        visible: 0,
        lost: 0,
        told_as: "not at all",
        oracle: None,
    })
}

/// What the records show of each request, by plan and number.
struct Shows(BTreeMap<(u32, u16), Shown>);

impl Shows {
    fn of(world: &World, attempts: &[Attempt]) -> Self {
        let shown = run::within(attempts, world.window)
            .map(|attempt| ((attempt.plan, attempt.nth), records::shown(world, attempt)));
        Self(shown.collect())
    }

    fn is_failure(&self, attempt: &Attempt) -> bool {
        self.0.get(&(attempt.plan, attempt.nth)) == Some(&Shown::Failure)
    }
}

/// What some causes did: requests that failed, and those that were never sent.
struct Harm<'a> {
    broken: Vec<&'a Attempt>,
    /// Times and app clients of requests that did not come.
    lost: Vec<(Millis, usize)>,
}

/// Holds a run against one in which a cause is left out.
fn harm<'a>(world: &World, full: &'a [Attempt], without: &[Attempt]) -> Harm<'a> {
    let other = run::by_key(without);
    let failed_without = |attempt: &Attempt| {
        let other = other.get(&(attempt.plan, attempt.nth));
        other.is_some_and(|other| !other.outcome.is_ok())
    };
    let broken = run::within(full, world.window)
        .filter(|attempt| !attempt.outcome.is_ok() && !failed_without(attempt));
    let leaves_record = |attempt: &&Attempt| records::shown(world, attempt) != Shown::Nothing;
    let mut came: BTreeMap<u32, usize> = BTreeMap::new();
    for attempt in run::within(full, world.window).filter(leaves_record) {
        *came.entry(attempt.plan).or_default() += 1;
    }
    let mut lost = Vec::new();
    for attempt in run::within(without, world.window).filter(leaves_record) {
        match came.get_mut(&attempt.plan).filter(|left| **left > 0) {
            Some(left) => *left -= 1,
            None => lost.push((attempt.at, attempt.client)),
        }
    }
    Harm {
        broken: broken.collect(),
        lost,
    }
}

fn incident(world: &World, full: &[Attempt], shown: &Shows, story: &Story) -> Option<Incident> {
    let without = run::run(world, &Without::causes(&story.causes));
    let harm = harm(world, full, &without);
    let visible: Vec<&Attempt> = harm
        .broken
        .iter()
        .copied()
        .filter(|attempt| shown.is_failure(attempt))
        .collect();
    // Too few of either to have to be found are still true of who finds them.
    let absence = visible.len() < VISIBLE && (harm.lost.len() >= LOST || visible.is_empty());
    let times: Vec<Millis> = match absence {
        true => harm.lost.iter().map(|(at, _)| *at).collect(),
        false => visible.iter().map(|attempt| attempt.at).collect(),
    };
    let (onset, last) = (*times.iter().min()?, *times.iter().max()?);
    let clients: BTreeSet<usize> = match absence {
        true => harm.lost.iter().map(|(_, client)| *client).collect(),
        false => visible.iter().map(|attempt| attempt.client).collect(),
    };
    let writes: Vec<&Write> = world
        .writes
        .iter()
        .filter(|write| story.causes.contains(&Cause::Write(write.id)))
        .collect();
    let guilty = guilty(world, full, &writes, &harm);
    let is_logged = |id: &usize| {
        let write = world.writes.iter().find(|write| write.id == *id);
        !world.undelivered.contains(id) && write.is_some_and(|write| world.window.holds(write.at))
    };
    let logged: Vec<usize> = guilty.iter().copied().filter(is_logged).collect();
    let unlogged = logged.is_empty() && !guilty.is_empty();
    // What is told as nobody's doing must not have been somebody's.
    let fair = !guilty.is_empty() || stays(world, full, &harm);
    let window = world.window;
    let spacing = (last - onset) / times.len().max(1) as i64;
    let begun_before = first_ever(full, &without) < window.start;
    let mut incident = Incident {
        told: story.told.clone(),
        family: story.family,
        listed: listed(world, &harm, &writes),
        must_be_found: story.matters
            && fair
            && (visible.len() >= VISIBLE || harm.lost.len() >= LOST),
        absence,
        onset,
        end: (last + (5 * spacing).max(5 * MINUTE) < window.end).then_some(last),
        begun_before,
        clients: clients.into_iter().collect(),
        guilty: logged,
        unlogged,
        visible: visible.len(),
        lost: harm.lost.len(),
        told_as: told_as(world, &visible),
        oracle: None,
    };
    incident.oracle = Some(oracle::believe(world, story, &incident));
    Some(incident)
}

/// The writes without each of which it would not have happened; of several that each suffice, the
/// earliest.
fn guilty(
    world: &World,
    full: &[Attempt],
    writes: &[&Write],
    harm_of_all: &Harm<'_>,
) -> Vec<usize> {
    let size = |harm: &Harm<'_>| harm.broken.len() + harm.lost.len();
    let whole = size(harm_of_all) as f64;
    let of_one = writes.iter().filter(|write| {
        let without = run::run(world, &Without::causes(&[Cause::Write(write.id)]));
        size(&harm(world, full, &without)) as f64 >= BUT_FOR * whole
    });
    let of_one: Vec<usize> = of_one.map(|write| write.id).collect();
    if !of_one.is_empty() {
        return of_one;
    }
    let alone = writes.iter().find(|write| {
        let others = writes.iter().filter(|other| other.id != write.id);
        let others: Vec<Cause> = others.map(|other| Cause::Write(other.id)).collect();
        let with_it = run::run(world, &Without::causes(&others));
        let all: Vec<Cause> = writes.iter().map(|write| Cause::Write(write.id)).collect();
        let with_none = run::run(world, &Without::causes(&all));
        size(&harm(world, &with_it, &with_none)) as f64 >= BUT_FOR * whole
    });
    alone.map(|write| write.id).into_iter().collect()
}

/// Whether what is broken stays broken when every write is taken away.
fn stays(world: &World, full: &[Attempt], harm_of_all: &Harm<'_>) -> bool {
    let unaltered = run::run(world, &Without::every_write());
    let by_writes = harm(world, full, &unaltered);
    let by_writes: BTreeSet<(u32, u16)> = by_writes
        .broken
        .iter()
        .map(|attempt| (attempt.plan, attempt.nth))
        .collect();
    let broken = harm_of_all.broken.iter();
    let gone = broken.filter(|attempt| by_writes.contains(&(attempt.plan, attempt.nth)));
    gone.count() as f64 <= (1.0 - STAYS) * harm_of_all.broken.len() as f64
}

/// In what words most of these failures are told.
fn told_as(world: &World, visible: &[&Attempt]) -> &'static str {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for attempt in visible {
        if let Some(way) = records::told_as(world, attempt) {
            *counts.entry(way).or_default() += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map_or("not at all", |(way, _)| way)
}

/// When a run first differs from the one without the causes.
fn first_ever(full: &[Attempt], without: &[Attempt]) -> Millis {
    let other = run::by_key(without);
    let differing = full.iter().find(|attempt| {
        let other = other.get(&(attempt.plan, attempt.nth));
        !attempt.outcome.is_ok() && other.is_none_or(|other| other.outcome.is_ok())
    });
    differing.map_or(Millis::MAX, |attempt| attempt.at)
}

/// Whether most of what broke was refused by a rule that somebody wrote down.
fn listed(world: &World, harm: &Harm<'_>, writes: &[&Write]) -> bool {
    let rules = harm
        .broken
        .iter()
        .filter_map(|attempt| match &attempt.outcome {
            Outcome::Refused {
                by: By::Rule(place),
                ..
            }
            | Outcome::Unreached {
                by: By::Rule(place),
                ..
            } => world.rules.get(*place),
            _ => None,
        });
    let listed: Vec<bool> = rules.map(|rule| rule.source != Source::Unlisted).collect();
    match listed.is_empty() {
        true => writes.is_empty(),
        false => 2 * listed.iter().filter(|listed| **listed).count() > listed.len(),
    }
}

impl Truth {
    /// As `truth.json` holds it.
    pub fn json(&self, world: &World) -> Value {
        let incidents = self.incidents.iter().map(|incident| incident.json(world));
        let changes = world.writes.iter();
        let changes = changes
            .filter(|write| world.window.holds(write.at) && !world.undelivered.contains(&write.id));
        json!({
            "seed": world.seed,
            "kind": world.kind,
            "rates": world.rates.json(),
            "window": {"start": iso(world.window.start), "end": iso(world.window.end)},
            "client_weeks": world.estate.clients.len() as f64
                * world.window.length() as f64 / (7 * DAY) as f64,
            "incidents": incidents.collect::<Vec<_>>(),
            "nothing_to_report": self.incidents.iter().all(|incident| !incident.must_be_found),
            "changes": changes.map(|write| change(world, write)).collect::<Vec<_>>(),
        })
    }
}

impl Incident {
    fn json(&self, world: &World) -> Value {
        let estate = &world.estate;
        let clients = self
            .clients
            .iter()
            .map(|client| estate.clients[*client].id.clone());
        let pool = self
            .clients
            .first()
            .map(|client| estate.clients[*client].pool);
        let verdict = if self.guilty.is_empty() {
            "no_change"
        } else {
            "change"
        };
        let accepted: &[&str] = if self.guilty.is_empty() {
            &["undetermined"]
        } else {
            &[]
        };
        let guilty = self.guilty.iter().map(|id| records::event_id(world, *id));
        json!({
            "must_be_found": self.must_be_found,
            "kind": if self.absence { "absence" } else { "failures" },
            "onset": iso(self.onset),
            "end": self.end.map(iso),
            "begun_before": self.begun_before,
            "account_id": estate.account,
            "region": estate.region,
            "user_pool_id": pool.map(|pool| estate.pools[pool].id.clone()),
            "client_ids": clients.collect::<Vec<_>>(),
            "guilty_event_ids": guilty.collect::<Vec<_>>(),
            "expected_verdict": verdict,
            "also_accepted": accepted,
            "family": self.family,
            "listed": self.listed,
            "unlogged": self.unlogged,
            "visible": self.visible,
            "lost": self.lost,
            "told_as": self.told_as,
            "oracle": self.oracle.as_ref().map(|belief| belief.json(world)),
            "what_happened": self.told,
        })
    }
}

/// A change as simple rules look at it.
fn change(world: &World, write: &Write) -> Value {
    let owner = world.estate.owners.get(&write.resource);
    json!({
        "event_id": records::event_id(world, write.id),
        "event_name": write.call,
        "time": iso(write.at),
        "client_id": match owner {
            Some(Owner::Client(client)) => Some(&world.estate.clients[*client].id),
            _ => None,
        },
        "user_pool_id": match owner {
            Some(Owner::Client(client)) => Some(&world.estate.pools[world.estate.clients[*client].pool].id),
            Some(Owner::Pool(pool)) => Some(&world.estate.pools[*pool].id),
            _ => None,
        },
        "failed": write.error.is_some(),
    })
}

/// A time as RFC 3339 in UTC, to the second.
pub fn iso(time: Millis) -> String {
    let time = chrono::DateTime::from_timestamp_millis(time).unwrap_or_default();
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
