//! What a group of spells looks like from outside: an incident.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{
    Ground, affected,
    incident::{EndState, Incident, Kind, Severity},
    slice::Role,
    spell::Spell,
    unit::ByKey,
    worth,
};
use crate::{
    frame::{Cell, Cells, Failure, Key, Owner, Timeline, symbols::Symbol},
    ids::{AccountId, AppClientId, EventId, Region, UserPoolId},
    window::Window,
};

/// Bins of a chart.
const BINS: usize = 60;

/// What a group of spells looks like from outside; the strongest stands first.
pub fn incident(ground: &Ground<'_>, spells: &[Spell<'_>]) -> Incident {
    let (cells, window) = (ground.cells, ground.window);
    let strongest = &spells[0];
    let stratum = strongest.slice.stratum(cells, &strongest.unit);
    let silent = strongest.silence.is_some();
    let start = spells
        .iter()
        .map(|spell| spell.start)
        .min()
        .unwrap_or_default();
    let end = spells
        .iter()
        .map(|spell| spell.end)
        .max()
        .unwrap_or_default();
    let around = around(cells, strongest);
    // The attempts that a silence lies between are not in it.
    let apart = i64::from(silent);
    let inside = Inside::new(cells, spells, start + apart, end - apart);
    let first = first_failure(cells, strongest.start, &stratum);
    let (end_state, recovered) = ending(&around, strongest, end, window);
    let expected_by = strongest.silence.map_or(start, |(_, by)| by);
    let key = spells
        .iter()
        .flat_map(|spell| spell.unit.cells(cells))
        .map(|(_, key)| key);
    let place = Place::of(cells, key);
    let kind = if silent {
        Kind::Absence
    } else {
        Kind::Failures
    };
    let last_success = if silent {
        Some(start)
    } else {
        around.last_before
    };
    let kept = kept(cells, strongest);
    let share = inside.failed as f64 / (inside.total as f64).max(1.0);
    let mut incident = Incident {
        id: id(&place, kind, &stratum, first, start),
        account: place.account.map(AccountId::new),
        region: place.region.map(Region::new),
        user_pool: cells.text(strongest.unit.user_pool).map(UserPoolId::new),
        clients: clients(cells, spells),
        kind,
        onset: time(start),
        onset_interval: (time(last_success.unwrap_or(start)), time(expected_by)),
        end: (end_state != EndState::Ongoing).then(|| time(end)),
        recovered: recovered.map(time),
        end_state,
        failed: inside.failed,
        total: inside.total,
        expected: strongest.silence.map(|_| {
            let expected = spells.iter().filter_map(|spell| spell.silence);
            expected.map(|(expected, _)| expected).sum()
        }),
        users: inside.users(cells, &clients(cells, spells), start, end),
        errors: inside.errors,
        grants: inside.grants,
        first_failed_event_id: first.map(|failure| failure.event_id.clone()),
        last_success: last_success.map(time),
        normal_failure_rate: strongest.normal,
        score: spells.iter().map(|spell| spell.score).sum(),
        substitutive: silent || kept.as_ref().map_or(share > 0.8, Kept::fell),
        successes_kept: kept.map(|kept| kept.share()),
        timeline: timeline(cells, spells, start, end, window),
        begun_before: false,
        severity: Severity::Page,
        affected: affected::affected(ground, spells),
        parts: by_client(spells)
            .iter()
            .map(|spells| incident(ground, spells))
            .collect(),
        stratum,
    };
    incident.severity = worth::severity(ground, spells, &incident);
    incident
}

/// The spells of each app client, where there are several.
fn by_client<'a>(spells: &[Spell<'a>]) -> Vec<Vec<Spell<'a>>> {
    let mut parts: BTreeMap<Option<Symbol>, Vec<Spell<'a>>> = BTreeMap::new();
    for spell in spells {
        parts
            .entry(spell.unit.client)
            .or_default()
            .push(spell.clone());
    }
    match parts.len() {
        0 | 1 => Vec::new(),
        _ => parts.into_values().collect(),
    }
}

fn clients(cells: &Cells, spells: &[Spell<'_>]) -> Vec<AppClientId> {
    let clients = spells.iter().flat_map(|spell| match spell.unit.client {
        Some(client) => vec![Some(client)],
        // A silent pool is the silence of all its clients.
        None => spell.unit.keys(cells).map(|(_, key)| key.client).collect(),
    });
    let ids: BTreeSet<&str> = clients.filter_map(|client| cells.text(client)).collect();
    ids.into_iter().map(AppClientId::new).collect()
}

/// The last success before a spell and the first after it, in its slice.
struct Around {
    last_before: Option<i64>,
    first_after: Option<i64>,
}

fn around(cells: &Cells, spell: &Spell<'_>) -> Around {
    let successes = successes(cells, spell);
    let accepted = |row: &Cell| *successes.of(row.key);
    Around {
        last_before: cells.last_until(&spell.unit.rows, spell.start, accepted),
        first_after: cells.first_from(&spell.unit.rows, spell.end, accepted),
    }
}

/// Which attempts of a spell's slice are successes of what fails in it: those of its grants. Where
/// the logs hold none, those of any grant; where they hold no certain success at all, answers.
fn successes(cells: &Cells, spell: &Spell<'_>) -> ByKey<bool> {
    let grants = spell.grants(cells);
    let roles = spell.slice.roles(cells, &spell.unit);
    let distance = |number: u32, key: &Key| match (roles.of(number), grants.contains(&key.grant)) {
        (Some(Role::Accepted), true) => Some(0),
        (Some(Role::Accepted), false) => Some(1),
        (Some(Role::Answered), _) => Some(2),
        (Some(Role::Failed) | None, _) => None,
    };
    let keys = spell.unit.keys(cells);
    let nearest = keys.filter_map(|(number, key)| distance(number, key)).min();
    let is_nearest = |number, key: &Key| {
        let distance = distance(number, key);
        distance.is_some() && distance == nearest
    };
    spell.unit.by_key(cells, is_nearest)
}

/// Whether the spell ended, fell silent, or goes on at the end of the data.
fn ending(around: &Around, spell: &Spell<'_>, end: i64, window: Window) -> (EndState, Option<i64>) {
    if spell.silence.is_some() {
        return match spell.ended {
            true => (EndState::Recovered, Some(spell.end)),
            false => (EndState::Ongoing, None),
        };
    }
    if let Some(first) = around.first_after {
        return (EndState::Recovered, Some(first));
    }
    let failures = spell.rows.len().max(2) as i64;
    let spacing = (spell.end - spell.start) / (failures - 1);
    let patience = (10 * spacing).max(120_000_000);
    match window.end.timestamp_micros() - end <= patience {
        true => (EndState::Ongoing, None),
        false => (EndState::Silent, None),
    }
}

/// Successes of a slice during a spell beside those usual for that long.
struct Kept {
    during: f64,
    usual: f64,
}

impl Kept {
    fn share(&self) -> f64 {
        self.during / self.usual
    }

    /// Whether fewer succeeded than chance allows: two standard deviations of a Poisson count.
    fn fell(&self) -> bool {
        self.during + 2.0 * self.usual.sqrt() < self.usual
    }
}

/// `None` where too little is known of the time before the spell.
fn kept(cells: &Cells, spell: &Spell<'_>) -> Option<Kept> {
    let length = (spell.end - spell.start).max(60_000_000);
    let before = length.max(1_800_000_000);
    let data_start = spell.unit.rows.first()?.first;
    let from = (spell.start - before).max(data_start);
    let (mut usual, mut during) = (0.0, 0.0);
    let successes = successes(cells, spell);
    for (row, _) in spell.unit.during(cells, (from, spell.end)) {
        if *successes.of(row.key) {
            usual += row.between(from, spell.start - 1);
            during += row.between(spell.start, spell.end);
        }
    }
    let observed = (spell.start - from) as f64;
    (usual >= 5.0 && observed > 0.0).then(|| Kept {
        during,
        usual: usual / observed * length as f64,
    })
}

/// What the incident's clients and grants did between onset and end.
#[derive(Default)]
struct Inside {
    failed: u64,
    total: u64,
    /// Attempts, those of rows that lie only partly inside as their share.
    attempts: f64,
    errors: BTreeMap<String, u64>,
    grants: BTreeMap<String, u64>,
    flows: BTreeSet<Option<Symbol>>,
}

impl Inside {
    fn new(cells: &Cells, spells: &[Spell<'_>], start: i64, end: i64) -> Self {
        let mut inside = Self::default();
        let grants: BTreeSet<Option<Symbol>> = spells
            .iter()
            .flat_map(|spell| spell.grants(cells))
            .collect();
        let own = |owner: &&Owner| {
            let mut units = spells.iter().map(|spell| &spell.unit);
            units.any(|unit| (unit.user_pool, unit.client) == (owner.user_pool, owner.client))
        };
        for (row, key) in cells.during(cells.owners.iter().filter(own), start, end) {
            if grants.contains(&key.grant) {
                inside.add(cells, key, row.between(start, end));
            }
        }
        inside.total = inside.attempts.round() as u64;
        if let Some((expected, _)) = spells.first().and_then(|spell| spell.silence) {
            for grant in grants.iter().filter_map(|grant| cells.text(*grant)) {
                let expected = expected.round() as u64;
                inside.grants.insert(grant.to_owned(), expected);
            }
        }
        inside.flows = grants;
        inside
    }

    fn add(&mut self, cells: &Cells, key: &Key, requests: f64) {
        self.attempts += requests;
        // Failures are single rows: they lie inside or outside.
        let requests = requests.round() as u64;
        if requests == 0 || !cells.failed(key) {
            return;
        }
        self.failed += requests;
        let outcome = cells.text(key.outcome).unwrap_or_default().to_owned();
        *self.errors.entry(outcome).or_default() += requests;
        if let Some(grant) = cells.text(key.grant) {
            *self.grants.entry(grant.to_owned()).or_default() += requests;
        }
    }

    /// Distinct users that failed.
    fn users(&self, cells: &Cells, clients: &[AppClientId], start: i64, end: i64) -> Option<u64> {
        let owners = clients
            .iter()
            .flat_map(|client| cells.owners_of(Some(client.as_str())));
        let failures = owners.flat_map(|owner| cells.failures_since(owner, start));
        let users: BTreeSet<Symbol> = failures
            .filter(|failure| failure.time.timestamp_micros() <= end)
            .filter(|failure| {
                let key = cells.keys.get(failure.key as usize);
                key.is_some_and(|key| self.flows.contains(&key.grant))
            })
            .filter_map(|failure| failure.principal)
            .collect();
        (!users.is_empty()).then_some(users.len() as u64)
    }
}

/// Where an incident happened.
struct Place<'a> {
    account: Option<&'a str>,
    region: Option<&'a str>,
    user_pool: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of<'k>(cells: &'a Cells, keys: impl Iterator<Item = &'k Key>) -> Self {
        let mut place = Self {
            account: None,
            region: None,
            user_pool: None,
        };
        for key in keys {
            if place.account.is_some() && place.region.is_some() && place.user_pool.is_some() {
                break;
            }
            place.account = place.account.or(cells.text(key.account));
            place.region = place.region.or(cells.text(key.region));
            place.user_pool = place.user_pool.or(cells.text(key.user_pool));
        }
        place
    }
}

/// The first failure of a stratum from a time on.
pub fn first_failure<'a>(
    cells: &'a Cells,
    from: i64,
    stratum: &super::Stratum,
) -> Option<&'a Failure> {
    let holds = |number: usize| {
        cells.keys.get(number).is_some_and(|key| {
            let error = cells.text(key.outcome).unwrap_or_default();
            let same = stratum.error.as_deref().is_none_or(|own| own == error);
            same && stratum.asks(cells, key)
        })
    };
    let client = stratum.client.as_ref().map(|id| id.as_str());
    let firsts = cells.owners_of(client).filter_map(|owner| {
        let held: Vec<bool> = owner.keys.clone().map(holds).collect();
        let mut failures = cells.failures_since(owner, from).iter();
        failures.find(|failure| held[failure.key as usize - owner.keys.start])
    });
    firsts.min_by_key(|failure| (failure.time, &failure.event_id))
}

/// Same data, same id.
fn id(
    place: &Place<'_>,
    kind: Kind,
    stratum: &super::Stratum,
    first: Option<&Failure>,
    start: i64,
) -> String {
    let mut hash = Sha256::new();
    for part in [place.account, place.region, place.user_pool] {
        hash.update(part.unwrap_or_default());
        hash.update([0]);
    }
    hash.update(match kind {
        Kind::Failures => "failures",
        Kind::Absence => "absence",
    });
    match first.map(|failure| &failure.event_id) {
        Some(event_id) => hash.update(EventId::as_str(event_id)),
        None => hash.update(format!("{stratum:?}{start}")),
    }
    let hex = hash
        .finalize()
        .iter()
        .take(6)
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!("inc-{hex}")
}

/// Requests of the incident's clients and grants over time, with a margin around the spell.
fn timeline(cells: &Cells, spells: &[Spell<'_>], start: i64, end: i64, window: Window) -> Timeline {
    let margin = ((end - start) / 3).max(300_000_000);
    let span = Window {
        start: time(start - margin).max(window.start),
        end: time(end + margin).min(window.end),
    };
    let grants: BTreeSet<_> = spells
        .iter()
        .flat_map(|spell| spell.grants(cells))
        .collect();
    let mut seen = BTreeSet::new();
    let units = spells.iter().map(|spell| &spell.unit);
    let units = units.filter(|unit| seen.insert((unit.user_pool, unit.client)));
    let shown = Timeline::shown(span, BINS);
    let rows = units.flat_map(|unit| unit.during(cells, shown));
    let rows = rows.filter(|(_, key)| grants.contains(&key.grant));
    Timeline::new(cells, rows, span, BINS)
}

fn time(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}
